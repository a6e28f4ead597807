//! Where targets stand in a cell.

use std::ops::Range;

use ruff_python_ast::{Expr, Stmt};

use crate::rewrite::Target;
use crate::syntax::python::literal::literal;
use crate::syntax::python::{Literal, Node, Parsed, literals};

/// A place in a cell that is edited as one, and the indices of the targets
/// that stand there, in the order of the text.
pub(super) struct Place<'p> {
    pub what: What<'p>,
    pub members: Vec<usize>,
    span: Range<usize>,
}

/// What stands at a place; the road leads to it from the cell.
pub(super) enum What<'p> {
    Comment,
    /// A line that IPython reads.
    Line(Vec<Node<'p>>),
    Literal(Literal, Vec<Node<'p>>),
    Other,
}

/// The places of `targets`, in the order of the text.
pub(super) fn places<'p>(parsed: &'p Parsed, targets: &[Target<'_>]) -> Vec<Place<'p>> {
    let comments: Vec<_> = parsed.comments().collect();
    let folded: Vec<_> = literals(parsed)
        .into_iter()
        .filter(|literal| literal.folded)
        .collect();
    let spans: Vec<_> = targets.iter().map(|target| target.span.clone()).collect();
    let roads = roads(parsed, &spans);
    let mut order: Vec<usize> = (0..targets.len()).collect();
    order.sort_by_key(|&index| spans[index].start);
    let mut places: Vec<Place<'p>> = Vec::new();
    for index in order {
        let at = &spans[index];
        let known = |place: &Place<'_>| match &place.what {
            What::Literal(literal, road) => {
                literal.folded && covers(&place.span, at)
                    || road
                        .last()
                        .is_some_and(|node| is(node, roads[index].last()))
            }
            _ => false,
        };
        if let Some(place) = places.iter_mut().rev().find(|place| known(place)) {
            place.members.push(index);
            continue;
        }
        let commented = comments.iter().any(|comment| comment.contains(&at.start));
        let (span, what) = if commented {
            (at.clone(), What::Comment)
        } else {
            place(parsed, at, &roads[index], &folded)
        };
        // A folding is written anew as a whole, with what stands in its parts.
        let folds = matches!(&what, What::Literal(literal, _) if literal.folded);
        let within: Vec<_> = places
            .extract_if(.., |place| {
                place.span == span || (folds && covers(&span, &place.span))
            })
            .collect();
        let mut members: Vec<_> = within.into_iter().flat_map(|place| place.members).collect();
        members.push(index);
        places.push(Place {
            what,
            members,
            span,
        });
    }
    places
}

fn place<'p>(
    parsed: &'p Parsed,
    span: &Range<usize>,
    road: &[Node<'p>],
    folded: &[Literal],
) -> (Range<usize>, What<'p>) {
    match road.last() {
        Some(
            node @ (Node::Stmt(Stmt::IpyEscapeCommand(_)) | Node::Expr(Expr::IpyEscapeCommand(_))),
        ) => return (node.span(), What::Line(road.to_vec())),
        Some(Node::Expr(expr)) => {
            if let Some(literal) = literal(parsed.text(), expr) {
                return (literal.span.clone(), What::Literal(literal, road.to_vec()));
            }
        }
        _ => {}
    }
    let folding = folded
        .iter()
        .filter(|literal| covers(&literal.span, span))
        .min_by_key(|literal| literal.span.len());
    match folding {
        Some(literal) => {
            let road = roads(parsed, std::slice::from_ref(&literal.span)).remove(0);
            (literal.span.clone(), What::Literal(literal.clone(), road))
        }
        None => (span.clone(), What::Other),
    }
}

/// For each span the road to the innermost statement or expression around it.
fn roads<'p>(parsed: &'p Parsed, spans: &[Range<usize>]) -> Vec<Vec<Node<'p>>> {
    let mut roads = vec![Vec::new(); spans.len()];
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|&index| spans[index].start);
    parsed.walk(&mut |road| {
        let Some(node @ (Node::Stmt(_) | Node::Expr(_))) = road.last() else {
            return;
        };
        let outer = node.span();
        let first = order.partition_point(|&index| spans[index].start < outer.start);
        let within = order[first..].iter();
        for &index in within.take_while(|&&index| spans[index].start < outer.end) {
            if covers(&outer, &spans[index]) {
                roads[index] = road.to_vec();
            }
        }
    });
    roads
}

fn is(node: &Node<'_>, other: Option<&Node<'_>>) -> bool {
    match (node, other) {
        (Node::Expr(expr), Some(Node::Expr(other))) => std::ptr::eq(*expr, *other),
        _ => false,
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

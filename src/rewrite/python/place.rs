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
        let commented = comments.iter().any(|comment| comment.contains(&at.start));
        let (span, what) = if commented {
            (at.clone(), What::Comment)
        } else {
            place(parsed, at, &roads[index], &folded)
        };
        match places.iter_mut().find(|place| place.span == span) {
            Some(place) => place.members.push(index),
            None => places.push(Place {
                what,
                members: vec![index],
                span,
            }),
        }
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
    parsed.walk(&mut |road| {
        let Some(node @ (Node::Stmt(_) | Node::Expr(_))) = road.last() else {
            return;
        };
        let outer = node.span();
        for (found, span) in roads.iter_mut().zip(spans) {
            if covers(&outer, span) {
                *found = road.to_vec();
            }
        }
    });
    roads
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

//! Each target finds the place where it stands, and each place its edits.

use std::ops::Range;

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, IpyEscapeKind, Stmt, StringFlags};

use super::fate::{Fate, fate};
use super::literal::{Site, quoted};
use super::look_up::Speller;
use super::magic::{Line, Remedy, quoted_value};
use super::pattern::{self, Place};
use super::scope::Scope;
use crate::edit::Edit;
use crate::rewrite::shell::ipython::{Escape, rewrite_ipython};
use crate::rewrite::{Outcome, Rewritten, Target, mask};
use crate::syntax::python::bindings::{is_environ, string};
use crate::syntax::python::literal::literal;
use crate::syntax::python::magic::set_env_call;
use crate::syntax::python::{Literal, Node, Parsed, dotted, literals, parse, span_of};

const SHOWN: &str = "the code shows it";
const UNPROVED: &str = "a look-up here could not be proved";

/// Edits for all targets of a cell, and what becomes of each.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub edits: Vec<Edit>,
    pub outcomes: Vec<Outcome>,
}

/// Edits with look-ups, or why there must be masks.
type Edits = Result<Vec<Edit>, Option<&'static str>>;

/// Where a target stands.
enum Where<'p> {
    Comment,
    Magic(Vec<Node<'p>>),
    Literal(Literal, Vec<Node<'p>>),
    Elsewhere,
}

struct Planner<'p, 'c> {
    parsed: &'p Parsed,
    scope: &'c Scope,
    speller: &'c Speller,
}

impl Plan {
    /// Plans for `targets`; those of them that are `refused` get a mask.
    pub(super) fn new(
        parsed: &Parsed,
        targets: &[Target<'_>],
        refused: &[bool],
        scope: &Scope,
        speller: &Speller,
    ) -> Self {
        let planner = Planner {
            parsed,
            scope,
            speller,
        };
        let mut plan = Self {
            edits: Vec::new(),
            outcomes: vec![Outcome::LookUp; targets.len()],
        };
        for (place, members) in planner.places(targets) {
            let group: Vec<_> = members.iter().map(|&member| &targets[member]).collect();
            let refused = members.iter().any(|&member| refused[member]);
            let made = if refused {
                Err(Some(UNPROVED))
            } else {
                planner.look_up(&place, &group)
            };
            let made = made.unwrap_or_else(|reason| Rewritten {
                edits: planner.mask(&place, &group),
                outcomes: vec![Outcome::Masked(reason); group.len()],
            });
            plan.edits.extend(made.edits);
            for (member, outcome) in members.into_iter().zip(made.outcomes) {
                plan.outcomes[member] = outcome;
            }
        }
        plan
    }
}

impl<'p> Planner<'p, '_> {
    /// The places of the targets in the order of the text, each with the
    /// indices of the targets that stand there.
    fn places(&self, targets: &[Target<'_>]) -> Vec<(Where<'p>, Vec<usize>)> {
        let comments: Vec<_> = self.parsed.comments().collect();
        let folded: Vec<_> = literals(self.parsed)
            .into_iter()
            .filter(|literal| literal.folded)
            .collect();
        let mut order: Vec<usize> = (0..targets.len()).collect();
        order.sort_by_key(|&index| targets[index].span.start);
        let mut places: Vec<(Range<usize>, Where<'p>, Vec<usize>)> = Vec::new();
        for index in order {
            let span = &targets[index].span;
            let (hull, place) = self.place(span, &comments, &folded);
            match places.iter_mut().find(|(other, ..)| *other == hull) {
                Some((.., members)) => members.push(index),
                None => places.push((hull, place, vec![index])),
            }
        }
        places
            .into_iter()
            .map(|(_, place, members)| (place, members))
            .collect()
    }

    fn place(
        &self,
        span: &Range<usize>,
        comments: &[Range<usize>],
        folded: &[Literal],
    ) -> (Range<usize>, Where<'p>) {
        if comments.iter().any(|comment| comment.contains(&span.start)) {
            return (span.clone(), Where::Comment);
        }
        let road = self.road(span);
        match road.last() {
            Some(Node::Stmt(Stmt::IpyEscapeCommand(_)) | Node::Expr(Expr::IpyEscapeCommand(_))) => {
                (node_span(&road), Where::Magic(road))
            }
            Some(Node::Expr(expr)) if literal(self.parsed.text(), expr).is_some() => {
                match literal(self.parsed.text(), expr) {
                    Some(literal) => (literal.span.clone(), Where::Literal(literal, road)),
                    None => (span.clone(), Where::Elsewhere),
                }
            }
            _ => match folded
                .iter()
                .filter(|literal| covers(&literal.span, span))
                .min_by_key(|literal| literal.span.len())
            {
                Some(literal) => {
                    let road = self.road(&literal.span);
                    (literal.span.clone(), Where::Literal(literal.clone(), road))
                }
                None => (span.clone(), Where::Elsewhere),
            },
        }
    }

    /// The road to the innermost statement or expression around `span`.
    fn road(&self, span: &Range<usize>) -> Vec<Node<'p>> {
        let mut found = Vec::new();
        self.parsed.walk(&mut |road| {
            if let Some(node @ (Node::Stmt(_) | Node::Expr(_))) = road.last()
                && covers(&one_span(node), span)
            {
                found = road.to_vec();
            }
        });
        found
    }

    fn look_up(
        &self,
        place: &Where<'p>,
        targets: &[&Target<'_>],
    ) -> Result<Rewritten, Option<&'static str>> {
        let edits = match place {
            Where::Comment => return Err(None),
            Where::Elsewhere => return Err(Some("it is not in a string")),
            Where::Literal(literal, road) => self.literal(literal, road, targets)?,
            Where::Magic(road) => match self.magic(road, targets)? {
                Remedy::Edits(edits) => edits,
                Remedy::Code(code) => self.code(code, targets)?,
                Remedy::Command(span, magic) => {
                    let captured = matches!(road.last(), Some(Node::Expr(_)));
                    return Ok(self.command(span, magic.as_deref(), captured, targets));
                }
            },
        };
        Ok(Rewritten {
            edits,
            outcomes: vec![Outcome::LookUp; targets.len()],
        })
    }

    fn mask(&self, place: &Where<'p>, targets: &[&Target<'_>]) -> Vec<Edit> {
        if let Where::Literal(literal, road) = place {
            let site = self.site(literal, road, targets);
            return match default_of(road) {
                Some(call) if fate(self.parsed, road) != Fate::Hidden && targets.len() == 1 => {
                    let masked = quoted(&mask(targets[0].variable), '"');
                    vec![Edit::replace(span_of(call), masked)]
                }
                _ => site.mask(),
            };
        }
        targets
            .iter()
            .map(|target| Edit::replace(target.span.clone(), mask(target.variable)))
            .collect()
    }

    fn site<'s>(
        &'s self,
        literal: &'s Literal,
        road: &[Node<'p>],
        targets: &[&'s Target<'s>],
    ) -> Site<'s> {
        let taken = road.iter().filter_map(|node| match node {
            Node::Other(AnyNodeRef::FString(format)) => Some(format.flags.quote_style().as_char()),
            _ => None,
        });
        Site {
            text: self.parsed.text(),
            literal,
            targets: targets.to_vec(),
            taken: taken.collect(),
        }
    }

    fn literal(&self, literal: &Literal, road: &[Node<'p>], targets: &[&Target<'_>]) -> Edits {
        let text = self.parsed.text();
        if let [.., Node::Stmt(Stmt::Expr(_)), Node::Expr(_)] = road {
            return Err(None);
        }
        if road.iter().any(shows_its_source) {
            return Err(Some(SHOWN));
        }
        let mut edits = Vec::new();
        match fate(self.parsed, road) {
            Fate::Shown => return Err(Some(SHOWN)),
            Fate::Bound(end) => edits.push(Edit::insert(end, ";")),
            Fate::Hidden => {}
        }
        match pattern::place(road) {
            Place::Elsewhere => {}
            Place::Within => return Err(Some("a pattern cannot look anything up")),
            Place::Case(case) => {
                let name = self.scope.fresh("_secret");
                let guard = pattern::guard(text, case, literal.span.start, &name);
                edits.extend(guard.ok_or(Some(UNPROVED))?);
            }
        }
        if let Some(statement) = self.set_env_statement(road, targets)? {
            return Ok(vec![statement]);
        }
        if let Some(call) = default_of(road)
            && let [target] = targets
            && literal.value == target.value
            && call.arguments.args.first().and_then(string).as_deref() == Some(target.variable)
        {
            let quote = if text[literal.span.clone()].contains('\'') {
                '\''
            } else {
                '"'
            };
            let look_up = self.speller.look_up(target.variable, quote);
            edits.push(Edit::replace(span_of(call), look_up));
            return Ok(edits);
        }
        edits.extend(
            self.site(literal, road, targets)
                .look_up(self.speller)
                .map_err(Some)?,
        );
        Ok(edits)
    }

    /// `get_ipython().run_line_magic("env", "NAME=value")` as a statement.
    fn set_env_statement(
        &self,
        road: &[Node<'p>],
        targets: &[&Target<'_>],
    ) -> Result<Option<Edit>, Option<&'static str>> {
        let statement = road.iter().rev().find_map(|node| match node {
            Node::Stmt(Stmt::Expr(line)) => Some(line),
            _ => None,
        });
        let Some(statement) = statement else {
            return Ok(None);
        };
        let Expr::Call(call) = &*statement.value else {
            return Ok(None);
        };
        let Some((argument, set)) = set_env_call(call) else {
            return Ok(None);
        };
        let Some(value) = literal(self.parsed.text(), argument) else {
            return Ok(None);
        };
        let hull = value.map.hull(set.value.clone());
        let line = Line {
            text: self.parsed.text(),
            start: 0,
            kind: IpyEscapeKind::Magic,
            statement: true,
            targets: targets.to_vec(),
        };
        let name = &set.name;
        let set = crate::syntax::python::magic::SetEnv {
            name: name.clone(),
            value: hull,
        };
        let value = quoted_value(&line, &set, self.speller).map_err(Some)?;
        let text = format!("{}[\"{name}\"] = {value}", self.speller.environ());
        Ok(Some(Edit::replace(span_of(statement), text)))
    }

    fn magic(
        &self,
        road: &[Node<'p>],
        targets: &[&Target<'_>],
    ) -> Result<Remedy, Option<&'static str>> {
        let (span, kind) = match road.last() {
            Some(Node::Stmt(Stmt::IpyEscapeCommand(line))) => (span_of(line), line.kind),
            Some(Node::Expr(Expr::IpyEscapeCommand(line))) => (span_of(line), line.kind),
            _ => return Err(Some(UNPROVED)),
        };
        let line = Line {
            text: &self.parsed.text()[span.clone()],
            start: span.start,
            kind,
            statement: matches!(road.last(), Some(Node::Stmt(_))),
            targets: targets.to_vec(),
        };
        line.look_up(self.speller).map_err(Some)
    }

    /// The arguments of a magic, or a command for the shell.
    fn command(
        &self,
        span: Range<usize>,
        magic: Option<&str>,
        captured: bool,
        targets: &[&Target<'_>],
    ) -> Rewritten {
        let made = rewrite_ipython(
            &self.parsed.text()[span.clone()],
            magic.map_or(Escape::Shell { captured }, Escape::Magic),
            &within(&span, targets),
            self.scope.names(),
            self.speller.os(),
        );
        let mut rewritten = made.rewritten;
        if made.needs_os {
            self.speller.use_os();
        }
        for (target, outcome) in targets.iter().zip(&rewritten.outcomes) {
            if *outcome == Outcome::LookUp {
                self.speller.export(target.variable);
            }
        }
        shift(&mut rewritten.edits, span.start);
        rewritten
    }

    /// Python within a magic: rewritten like a cell of its own, except that
    /// nothing can stand before it.
    fn code(&self, span: Range<usize>, targets: &[&Target<'_>]) -> Edits {
        let parsed = parse(&self.parsed.text()[span.clone()]);
        if !parsed.is_valid() {
            return Err(Some("the magic's argument is not valid Python"));
        }
        let inner = within(&span, targets);
        let none = vec![false; inner.len()];
        let mut plan = Plan::new(&parsed, &inner, &none, self.scope, self.speller);
        for outcome in &plan.outcomes {
            if let Outcome::Masked(reason) = outcome {
                return Err(*reason);
            }
        }
        shift(&mut plan.edits, span.start);
        Ok(plan.edits)
    }
}

/// Targets with their spans in the part of the text at `span`.
fn within<'t>(span: &Range<usize>, targets: &[&Target<'t>]) -> Vec<Target<'t>> {
    let inner = targets.iter().map(|target| Target {
        span: target.span.start.saturating_sub(span.start)
            ..target.span.end.saturating_sub(span.start),
        value: target.value,
        variable: target.variable,
    });
    inner.collect()
}

fn shift(edits: &mut [Edit], by: usize) {
    for edit in edits {
        edit.span = edit.span.start + by..edit.span.end + by;
    }
}

/// The call of `os.getenv("NAME", default)` whose default the last node is.
fn default_of<'p>(road: &[Node<'p>]) -> Option<&'p ExprCall> {
    let [before @ .., Node::Expr(value)] = road else {
        return None;
    };
    let before = match before {
        [before @ .., Node::Other(AnyNodeRef::Keyword(keyword))]
            if keyword
                .arg
                .as_ref()
                .is_some_and(|name| name.as_str() == "default") =>
        {
            before
        }
        _ => before,
    };
    let [
        ..,
        Node::Expr(Expr::Call(call)),
        Node::Other(AnyNodeRef::Arguments(_)),
    ] = before
    else {
        return None;
    };
    let callee = dotted(&call.func)?;
    let (object, method) = callee.rsplit_once('.').unwrap_or(("", &callee));
    let reads = method == "getenv" || (method == "get" && is_environ(object));
    let is_default = !call
        .arguments
        .args
        .first()
        .is_some_and(|name| std::ptr::eq(name, *value));
    (reads && is_default).then_some(call)
}

/// Whether a node shows the text of the code within it: `f"{x=}"`. Also a
/// template string, whose parts are not for us to know.
fn shows_its_source(node: &Node<'_>) -> bool {
    match node {
        Node::Other(AnyNodeRef::InterpolatedElement(element)) => element.debug_text.is_some(),
        Node::Other(AnyNodeRef::TString(_)) => true,
        _ => false,
    }
}

fn covers(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn one_span(node: &Node<'_>) -> Range<usize> {
    match node {
        Node::Stmt(stmt) => span_of(stmt),
        Node::Expr(expr) => span_of(expr),
        Node::Other(node) => span_of(node),
    }
}

fn node_span(road: &[Node<'_>]) -> Range<usize> {
    road.last().map_or(0..0, one_span)
}

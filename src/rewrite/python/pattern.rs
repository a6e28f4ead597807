//! `case "x":` compares with a literal only; a look-up needs a guard.

use ruff_python_ast::{AnyNodeRef, MatchCase};

use crate::edit::Edit;
use crate::syntax::python::{Node, span_of};

/// What a literal is to the patterns of a `match`.
pub(super) enum Role<'p> {
    /// Not in a pattern.
    None,
    /// It is the whole pattern of this case.
    Whole(&'p MatchCase),
    /// It is a part of a pattern.
    Part,
}

/// What the last node of `road` is to a pattern.
pub(super) fn role<'p>(road: &[Node<'p>]) -> Role<'p> {
    let value = road
        .iter()
        .rposition(|node| matches!(node, Node::Other(AnyNodeRef::PatternMatchValue(_))));
    match value.and_then(|at| at.checked_sub(1)).map(|up| road[up]) {
        None => Role::None,
        Some(Node::Other(AnyNodeRef::MatchCase(case))) => Role::Whole(case),
        Some(_) => Role::Part,
    }
}

/// The edits around the rewritten literal at `start`: a name catches the
/// value, and the guard compares it.
pub(super) fn guard(text: &str, case: &MatchCase, start: usize, name: &str) -> Option<Vec<Edit>> {
    let mut edits = vec![Edit::insert(start, format!("{name} if {name} == "))];
    if let Some(guard) = &case.guard {
        let from = span_of(&case.pattern).end;
        let word = text[from..span_of(&**guard).start].find("if")? + from;
        let end = span_of(&**guard).end;
        let colon = text[end..].find(':')? + end;
        edits.push(Edit::replace(word..word + 2, "and ("));
        edits.push(Edit::insert(colon, ")"));
    }
    Some(edits)
}

//! Calls that set or read a variable of the environment as a whole.

use ruff_python_ast::{AnyNodeRef, Expr, ExprCall, IpyEscapeKind, Stmt};

use super::look_up::Speller;
use super::magic::{Line, quoted_value};
use crate::edit::Edit;
use crate::rewrite::Target;
use crate::syntax::python::bindings::is_environ;
use crate::syntax::python::literal::literal;
use crate::syntax::python::magic::{SetEnv, set_env_call};
use crate::syntax::python::{Node, Parsed, dotted, span_of};

/// The call of `os.getenv("NAME", default)` whose default the last node is.
pub(super) fn default_of<'p>(road: &[Node<'p>]) -> Option<&'p ExprCall> {
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

/// `get_ipython().run_line_magic("env", "NAME=value")` as a statement that
/// sets the variable; `None` if `road` leads to nothing of the kind.
pub(super) fn set_statement(
    parsed: &Parsed,
    road: &[Node<'_>],
    targets: &[&Target<'_>],
    speller: &Speller,
) -> Option<Result<Edit, &'static str>> {
    let statement = road.iter().rev().find_map(|node| match node {
        Node::Stmt(Stmt::Expr(line)) => Some(line),
        _ => None,
    })?;
    let Expr::Call(call) = &*statement.value else {
        return None;
    };
    let (argument, set) = set_env_call(call)?;
    let value = literal(parsed.text(), argument)?;
    let line = Line {
        text: parsed.text(),
        start: 0,
        kind: IpyEscapeKind::Magic,
        statement: true,
        targets: targets.to_vec(),
    };
    let set = SetEnv {
        value: value.map.hull(set.value),
        ..set
    };
    Some(quoted_value(&line, &set, speller).map(|value| {
        let text = format!("{}[\"{}\"] = {value}", speller.environ(), set.name);
        Edit::replace(span_of(statement), text)
    }))
}

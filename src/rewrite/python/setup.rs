//! Where lines go that a cell needs before everything else.

use ruff_python_ast::{Expr, IpyEscapeKind, Stmt};

use crate::edit::Edit;
use crate::syntax::python::{Parsed, span_of};

/// First words of comments that mean something only at the top of a cell:
/// Colab's forms, an interpreter line, an encoding, cells of scripts, titles
/// of Databricks, licences.
const FIRST: [&str; 17] = [
    "#!",
    "#@",
    "# @",
    "# -*-",
    "#%%",
    "# %%",
    "# In[",
    "# coding",
    "# +",
    "# DBTITLE",
    "# ///",
    "# Copyright",
    "# SPDX",
    "# Licensed",
    "# mypy:",
    "# ruff:",
    "# pylint:",
];

/// The edit that puts `lines` into the cell: behind cell magics, the
/// docstring, imports from `__future__` and comments that must stay first,
/// with the cell's own line ends.
pub(super) fn insertion(parsed: &Parsed, lines: &[String]) -> Edit {
    let text = parsed.text();
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let first = parsed
        .body()
        .iter()
        .enumerate()
        .find(|(index, stmt)| !goes_first(*index, stmt))
        .map(|(_, stmt)| span_of(stmt).start);
    let at = first.unwrap_or(text.len());
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    if !text[line..at].trim().is_empty() {
        return Edit::insert(at, format!("{}; ", lines.join("; ")));
    }
    let mut block = lines.join(newline);
    block.push_str(newline);
    Edit::insert(before_comments(text, line), block)
}

fn goes_first(index: usize, stmt: &Stmt) -> bool {
    match stmt {
        Stmt::IpyEscapeCommand(magic) => magic.kind == IpyEscapeKind::Magic2,
        Stmt::ImportFrom(import) => import
            .module
            .as_ref()
            .is_some_and(|module| module.as_str() == "__future__"),
        Stmt::Expr(line) => index == 0 && matches!(&*line.value, Expr::StringLiteral(_)),
        _ => false,
    }
}

/// The start of the comment lines right above `line`, which speak of what
/// follows; `line` itself if one of them must stay first.
fn before_comments(text: &str, line: usize) -> usize {
    let mut start = line;
    while let Some(above) = text[..start].strip_suffix('\n') {
        let previous = above.rfind('\n').map_or(0, |end| end + 1);
        let comment = above[previous..].trim_end();
        if !comment.starts_with('#') {
            break;
        }
        if FIRST.iter().any(|first| comment.starts_with(first)) {
            return line;
        }
        start = previous;
    }
    start
}

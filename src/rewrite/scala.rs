//! Scala: `sys.env("NAME")`.

use std::ops::Range;

use super::context::{Around, Bracket, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const PATTERN: &str = "a pattern must be a literal";
const ANNOTATION: &str = "an annotation must be a literal";

const SCALA: Tongue = Tongue {
    dialect: Dialect::Scala,
    look_up: |name| format!("sys.env(\"{name}\")"),
    part: |prefix, form, triple| match (prefix, form) {
        // Quotes in the hole of a single-quoted interpolation: only from
        // Scala 2.13.6 on, so that one is joined.
        ("s" | "f" | "raw", Form::Template) if triple => Part::Inline("${", "}"),
        ("" | "s" | "f" | "raw", _) => Part::Joined("(", " + ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "println",
        "print",
        "printf",
        "display",
        "displayHTML",
        "show",
        "pprint",
        "error",
        "log",
    ],
    builders: &[
        "String",
        "Seq",
        "List",
        "Map",
        "Array",
        "Vector",
        "Set",
        "Some",
        "Option",
        "format",
        "mkString",
        "trim",
        "toUpperCase",
        "toLowerCase",
        "stripMargin",
        "concat",
    ],
};

/// Rewrites Scala code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &SCALA)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let before = code.before(span.start).map(|(_, byte)| byte);
    let statement = code.text(&around.statement).trim_start();
    let in_case = statement.starts_with("case ")
        && code
            .after(span.end)
            .windows(2)
            .take(80)
            .any(|pair| pair == b"=>");
    if code.word_before(span.start) == "case" || (in_case && before == Some(b'|')) {
        return Some(PATTERN);
    }
    let annotation = around
        .brackets
        .iter()
        .any(|bracket| matches!(bracket, Bracket::Call(name) if name.starts_with('@')));
    annotation.then_some(ANNOTATION)
}

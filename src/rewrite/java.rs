//! Java: `System.getenv("NAME")`.

use std::ops::Range;

use super::constant::{self, ANNOTATION, LABEL};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const JAVA: Tongue = Tongue {
    dialect: Dialect::Java,
    look_up: |name| format!("System.getenv(\"{name}\")"),
    part: |_, form, _| match form {
        Form::Plain => Part::Joined("(", " + ", ")"),
        // A block loses its margin when it is cut.
        _ => Part::Never,
    },
    veto,
    printers: PRINTERS,
    builders: BUILDERS,
};

/// What shows its arguments, in Java and in Kotlin.
pub(super) const PRINTERS: &[&str] = &[
    "println",
    "print",
    "printf",
    "format",
    "log",
    "info",
    "debug",
    "warn",
    "warning",
    "error",
    "severe",
    "fine",
    "trace",
    "Exception",
    "RuntimeException",
    "IllegalStateException",
    "IllegalArgumentException",
    "Error",
    "error",
    "append",
];

/// What gives back what it is given, in Java and in Kotlin.
pub(super) const BUILDERS: &[&str] = &[
    "String",
    "valueOf",
    "concat",
    "join",
    "trim",
    "toUpperCase",
    "toLowerCase",
    "substring",
    "List.of",
    "Map.of",
    "Arrays.asList",
    "replace",
    "getBytes",
];

/// Rewrites Java code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &JAVA)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_label(code, span, around) {
        return Some(LABEL);
    }
    constant::is_in_annotation(around).then_some(ANNOTATION)
}

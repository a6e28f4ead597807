//! Kotlin: `System.getenv("NAME")`, also within a string.

use std::ops::Range;

use super::constant::{self, ANNOTATION, CONSTANT, LABEL};
use super::context::{Around, Code};
use super::java::{BUILDERS, PRINTERS};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::Dialect;

const KOTLIN: Tongue = Tongue {
    dialect: Dialect::Kotlin,
    look_up: |name| format!("System.getenv(\"{name}\")"),
    part: |_, _, _| Part::Inline("${", "}"),
    veto,
    printers: PRINTERS,
    builders: BUILDERS,
};

/// Rewrites Kotlin code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &KOTLIN)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_declared(code, span, around, &["const"]) {
        return Some(CONSTANT);
    }
    if constant::is_in_annotation(around) {
        return Some(ANNOTATION);
    }
    code.after(span.end).starts_with(b"->").then_some(LABEL)
}

//! Julia: `ENV["NAME"]`, also as an interpolation.

use std::ops::Range;

use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const SYMBOL: &str = "a symbol, not a string";
const LOGGED: &str = "a look-up here would print the value";

const JULIA: Tongue = Tongue {
    dialect: Dialect::Julia,
    look_up: |name| format!("ENV[\"{name}\"]"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Template | Form::Command) => Part::Inline("$(", ")"),
        ("raw", _) => Part::Joined("(", " * ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "print",
        "println",
        "show",
        "display",
        "printstyled",
        "dump",
        "error",
        "@show",
        "@info",
        "@warn",
        "@error",
        "@debug",
        "@printf",
        "@sprintf",
    ],
    builders: &[
        "string",
        "join",
        "repr",
        "String",
        "Dict",
        "strip",
        "lowercase",
        "uppercase",
        "first",
        "last",
        "reverse",
        "collect",
    ],
};

/// Rewrites Julia code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &JULIA)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if code.before(span.start) == Some((span.start.wrapping_sub(1), b':')) {
        return Some(SYMBOL);
    }
    const LOGGING: [&str; 8] = [
        "@show", "@info", "@warn", "@error", "@debug", "@printf", "@time", "@sprintf",
    ];
    let statement = code.text(&around.statement).trim_start();
    let macro_name = statement
        .split(|c: char| c.is_whitespace() || c == '(')
        .next()
        .unwrap_or("");
    LOGGING.contains(&macro_name).then_some(LOGGED)
}

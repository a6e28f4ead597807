//! Ruby: `ENV.fetch("NAME")`, which fails clearly; also within a string.

use std::ops::Range;

use super::constant::{self, LABEL, PRINTED};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const SYMBOL: &str = "a symbol or a key, not a value";
const SHOWS: &[&str] = &["puts", "print", "p", "pp", "warn", "raise", "abort", "fail"];

const RUBY: Tongue = Tongue {
    dialect: Dialect::Ruby,
    look_up: |name| format!("ENV.fetch(\"{name}\")"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Template) => Part::Inline("#{", "}"),
        ("", Form::Plain) => Part::Joined("(", " + ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "puts", "print", "p", "pp", "warn", "raise", "abort", "fail", "printf", "info", "debug",
        "error", "fatal", "inspect", "display",
    ],
    builders: &[
        "format", "sprintf", "join", "to_s", "strip", "upcase", "downcase", "freeze", "dup",
        "reverse", "String", "Array",
    ],
};

/// Rewrites Ruby code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &RUBY)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_command(code, around, SHOWS) {
        return Some(PRINTED);
    }
    let before = code.before(span.start);
    let is_symbol = before == Some((span.start.wrapping_sub(1), b':'));
    let is_key = code.get(span.end) == Some(b':') && code.get(span.end + 1) != Some(b':');
    if is_symbol || is_key {
        return Some(SYMBOL);
    }
    // Two literals side by side are one.
    let touches = before.is_some_and(|(_, byte)| byte == super::context::LITERAL)
        || code.after(span.end).first() == Some(&super::context::LITERAL);
    if touches {
        return Some(SYMBOL);
    }
    constant::is_label(code, span, around).then_some(LABEL)
}

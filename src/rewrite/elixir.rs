//! Elixir: `System.fetch_env!("NAME")`, which fails clearly; also within a
//! string.

use std::ops::Range;

use super::constant::{self, LABEL, PRINTED};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const TEXT: &str = "a text about the code";

const ELIXIR: Tongue = Tongue {
    dialect: Dialect::Elixir,
    look_up: |name| format!("System.fetch_env!(\"{name}\")"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Template) => Part::Inline("#{", "}"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "puts", "inspect", "write", "raise", "info", "debug", "warning", "error", "dbg",
    ],
    builders: &[
        "to_string",
        "join",
        "trim",
        "upcase",
        "downcase",
        "reverse",
        "concat",
    ],
};

/// Rewrites Elixir code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &ELIXIR)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let shows = ["IO.puts", "IO.inspect", "raise", "throw"];
    if constant::is_command(code, around, &shows) {
        return Some(PRINTED);
    }
    if constant::is_command(code, around, &["@doc", "@moduledoc", "@typedoc"]) {
        return Some(TEXT);
    }
    let is_pattern = code.after(span.end).starts_with(b"->")
        || constant::is_command(code, around, &["def", "defp", "defmacro"])
        || matches!(code.after(span.end), [b'=', next, ..] if !matches!(next, b'=' | b'~' | b'>'));
    is_pattern.then_some(LABEL)
}

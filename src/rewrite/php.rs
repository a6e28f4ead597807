//! PHP: `getenv('NAME')`.

use std::ops::Range;

use super::constant::{self, CONSTANT, LABEL, PRINTED};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const PHP: Tongue = Tongue {
    dialect: Dialect::Php,
    look_up: |name| format!("getenv('{name}')"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Plain | Form::Template) => Part::Joined("(", " . ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "echo",
        "print",
        "print_r",
        "printf",
        "var_dump",
        "die",
        "exit",
        "var_export",
        "error_log",
        "Exception",
        "trigger_error",
        "dd",
        "dump",
    ],
    builders: &[
        "sprintf",
        "implode",
        "join",
        "trim",
        "strtoupper",
        "strtolower",
        "strrev",
        "array",
        "htmlspecialchars",
        "json_encode",
    ],
};

/// Rewrites PHP code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &PHP)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let head =
        code.text(&(around.statement.start.max(span.start.saturating_sub(4096))..span.start));
    let head = head.rsplit("<?php").next().unwrap_or_default();
    let shows = |word: &str| {
        let rest = head.trim_start().strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    };
    if ["echo", "print", "die", "exit", "throw"]
        .into_iter()
        .any(shows)
        || head.contains("<?=")
    {
        return Some(PRINTED);
    }
    if constant::is_label(code, span, around) {
        return Some(LABEL);
    }
    let words = [
        "const",
        "static",
        "public",
        "protected",
        "private",
        "var",
        "readonly",
    ];
    let is_member = !head.contains("function")
        && head
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| words.contains(&word));
    (is_member || constant::is_default(code, span, around)).then_some(CONSTANT)
}

//! Rust: `env!("NAME")`.
//!
//! Not `std::env::var`: that gives an owned string at run time, and a literal
//! is a `&'static str` that also stands in constants. `env!` is exactly that,
//! read when the program is built, and the build fails clearly without it.

use std::ops::Range;

use super::constant::{self, ANNOTATION, LABEL};
use super::context::{Around, Bracket, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const FORMATTED: &str = "a format string must be a literal";

const RUST: Tongue = Tongue {
    dialect: Dialect::Rust,
    look_up: |name| format!("env!(\"{name}\")"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Plain) | ("r", Form::Raw) => Part::Joined("concat!(", ", ", ")"),
        // Bytes, and strings of C.
        _ => Part::Never,
    },
    veto,
    printers: &[
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "panic!",
        "dbg!",
        "info!",
        "debug!",
        "warn!",
        "error!",
        "trace!",
        "assert!",
        "assert_eq!",
        "assert_ne!",
        "unreachable!",
        "todo!",
        "expect",
        "bail!",
        "anyhow!",
        "log!",
    ],
    builders: &[
        "to_string",
        "to_owned",
        "format!",
        "vec!",
        "String::from",
        "from",
        "concat!",
        "into",
        "Some",
        "Ok",
        "Err",
        "trim",
        "to_uppercase",
        "to_lowercase",
    ],
};

/// Rewrites Rust code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &RUST)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let after = code.after(span.end);
    if after.starts_with(b"=>") || after.starts_with(b"|") && !after.starts_with(b"||") {
        return Some(LABEL);
    }
    if constant::is_in_attribute(code, around) {
        return Some(ANNOTATION);
    }
    // `format!("{x} …")` takes names from its literal.
    let in_macro =
        matches!(around.brackets.first(), Some(Bracket::Call(name)) if name.ends_with('!'));
    in_macro.then_some(FORMATTED)
}

//! R: `Sys.getenv("NAME")`.

use std::ops::Range;

use super::context::{Around, Bracket, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::Dialect;

const NAME: &str = "a name, not a value";

const R: Tongue = Tongue {
    dialect: Dialect::R,
    look_up: |name| format!("Sys.getenv(\"{name}\")"),
    part: |_, _, _| Part::Joined("paste0(", ", ", ")"),
    veto,
    printers: &[
        "print",
        "cat",
        "message",
        "warning",
        "stop",
        "writeLines",
        "show",
        "display",
        "view",
        "View",
        "str",
        "dput",
        "head",
        "summary",
        "display_html",
        "display_markdown",
    ],
    builders: &[
        "paste",
        "paste0",
        "sprintf",
        "format",
        "toString",
        "c",
        "list",
        "str_c",
        "glue",
        "toupper",
        "tolower",
        "trimws",
        "substr",
        "substring",
        "rev",
        "unlist",
        "strsplit",
        "identity",
        "as.character",
        "data.frame",
        "tibble",
        "invisible",
        "nchar",
        "setNames",
        "I",
        "gsub",
        "sub",
    ],
};

/// Rewrites R code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &R)
}

/// `c("x" = 1)`, `"x" <- 1` and `d$"x"` use a string as a name.
fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let after = code.after(span.end);
    let in_call = matches!(around.brackets.first(), Some(Bracket::Call(_)));
    let assigned = after.starts_with(b"<-")
        || (after.starts_with(b"=") && !after.starts_with(b"==") && (in_call || after.len() > 1));
    let member = matches!(code.before(span.start), Some((_, b'$' | b'@')));
    (assigned || member).then_some(NAME)
}

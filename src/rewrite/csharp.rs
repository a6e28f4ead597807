//! C#: `System.Environment.GetEnvironmentVariable("NAME")`, in full so that no
//! `using` is needed.

use std::ops::Range;

use super::constant::{self, ANNOTATION, CONSTANT, LABEL};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const CSHARP: Tongue = Tongue {
    dialect: Dialect::CSharp,
    look_up: |name| format!("System.Environment.GetEnvironmentVariable(\"{name}\")"),
    part: |prefix, form, is_triple| match (prefix, form) {
        _ if is_triple => Part::Never,
        ("", Form::Plain) | ("@", Form::Raw) => Part::Joined("(", " + ", ")"),
        ("$", Form::Template) => Part::Inline("{", "}"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "WriteLine",
        "Write",
        "display",
        "Display",
        "LogInformation",
        "LogDebug",
        "LogWarning",
        "LogError",
        "LogTrace",
        "Exception",
        "ArgumentException",
        "InvalidOperationException",
    ],
    builders: &[
        "string.Format",
        "String.Format",
        "Concat",
        "Join",
        "Trim",
        "ToUpper",
        "ToLower",
        "Substring",
        "Replace",
        "ToString",
    ],
};

/// Rewrites C# code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &CSHARP)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_label(code, span, around) || code.after(span.end).starts_with(b"=>") {
        return Some(LABEL);
    }
    if constant::is_in_attribute(code, around) {
        return Some(ANNOTATION);
    }
    let is_constant = constant::is_declared(code, span, around, &["const"])
        || constant::is_default(code, span, around)
        || matches!(code.word_before(span.start), "is" | "or" | "and" | "not");
    is_constant.then_some(CONSTANT)
}

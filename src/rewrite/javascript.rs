//! JavaScript and TypeScript on Node, Deno and Bun: `process.env.NAME`.

use std::ops::Range;

use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Rewritten, Target};
use crate::syntax::strings::{Dialect, Form};

const KEY: &str = "a key, not a value";
const MODULE: &str = "the name of a module";
const TYPE: &str = "a type, not a value";
const JSX: &str = "an attribute of JSX";

const JAVASCRIPT: Tongue = Tongue {
    dialect: Dialect::JavaScript,
    look_up: |name| format!("process.env.{name}"),
    part: |tag, form, _| match (tag, form) {
        ("", Form::Plain) => Part::Joined("(", " + ", ")"),
        ("", Form::Template) => Part::Inline("${", "}"),
        // A tag sees the pieces of its template: `sql` would make a
        // parameter of a look-up.
        _ => Part::Never,
    },
    veto,
    printers: &[
        "console.log",
        "console.info",
        "console.warn",
        "console.error",
        "console.debug",
        "console.dir",
        "console.table",
        "console.trace",
        "alert",
        "document.write",
        "Error",
        "process.stdout.write",
        "process.stderr.write",
        "print",
        "display",
        "display.text",
        "display.html",
    ],
    builders: &[
        "String",
        "JSON.stringify",
        "concat",
        "trim",
        "toString",
        "toUpperCase",
        "toLowerCase",
        "slice",
        "substring",
        "split",
        "join",
        "btoa",
        "Object",
        "Array",
        "util.inspect",
        "inspect",
        "replace",
    ],
};

/// Rewrites JavaScript and TypeScript code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    literal::rewrite(text, targets, &JAVASCRIPT)
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    let before = code.before(span.start).map(|(_, byte)| byte);
    if code.after(span.end).starts_with(b":") && matches!(before, Some(b'{' | b',')) {
        return Some(KEY);
    }
    match code.word_before(span.start) {
        "from" | "import" => return Some(MODULE),
        "as" | "extends" | "satisfies" => return Some(TYPE),
        _ => {}
    }
    let statement = code.text(&around.statement).trim_start();
    let statement = statement.strip_prefix("export ").unwrap_or(statement);
    let declares_type = ["type ", "interface ", "declare "]
        .iter()
        .any(|word| statement.starts_with(word));
    if declares_type || before == Some(b'<') {
        return Some(TYPE);
    }
    in_markup(code, span.start).then_some(JSX)
}

/// Whether `at` seems to be the value of an attribute: `<Name … attr=`.
fn in_markup(code: &Code, at: usize) -> bool {
    let attribute = matches!(code.before(at), Some((found, b'=')) if found + 1 == at);
    let text = code.text(&(at.saturating_sub(2000)..at));
    let tag = text.rfind('<').filter(|&sign| {
        let rest = text.get(sign + 1..).unwrap_or("");
        rest.starts_with(|c: char| c.is_ascii_alphabetic()) && !rest.contains('>')
    });
    attribute && tag.is_some()
}

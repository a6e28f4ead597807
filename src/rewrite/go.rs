//! Go: `os.Getenv("NAME")`, and the import that it needs.

use std::ops::Range;

use super::constant::{self, CONSTANT, LABEL};
use super::context::{Around, Code};
use super::literal::{self, Part, Tongue};
use super::{Outcome, Rewritten, Target, config};
use crate::edit::{self, Edit};
use crate::syntax::strings::{Dialect, Form};

const TAG: &str = "the tag of a field";

const GO: Tongue = Tongue {
    dialect: Dialect::Go,
    look_up: |name| format!("os.Getenv(\"{name}\")"),
    part: |_, form, _| match form {
        Form::Plain | Form::Raw => Part::Joined("(", " + ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: &[
        "Println",
        "Printf",
        "Print",
        "Fprintln",
        "Fprintf",
        "Errorf",
        "Fatal",
        "Fatalf",
        "Fatalln",
        "Panic",
        "Panicf",
        "panic",
        "print",
        "println",
        "Info",
        "Infof",
        "Debug",
        "Debugf",
        "Warn",
        "Warnf",
        "Error",
        "errors.New",
        "Log",
        "Logf",
        "Skip",
    ],
    builders: &[
        "Sprintf",
        "Sprint",
        "Sprintln",
        "Join",
        "TrimSpace",
        "ToUpper",
        "ToLower",
        "string",
        "Replace",
        "Repeat",
    ],
};

/// Rewrites Go code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    if shadows_os(text) {
        return config::rewrite(text, targets);
    }
    let mut rewritten = literal::rewrite(text, targets, &GO);
    if rewritten.outcomes.contains(&Outcome::LookUp) && !imports_os(text) {
        rewritten.edits.push(import(text));
        edit::settle(&mut rewritten.edits);
    }
    rewritten
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_label(code, span, around) {
        return Some(LABEL);
    }
    let statement = code.text(&around.statement).trim_start();
    if statement.starts_with("const") || statement.starts_with("import") {
        return Some(CONSTANT);
    }
    // `Field string `json:"…"``: a literal right behind a type.
    let is_tag = matches!(code.before(span.start), Some((_, byte)) if byte.is_ascii_alphanumeric())
        && !matches!(code.word_before(span.start), "return" | "range" | "case");
    is_tag.then_some(TAG)
}

/// Whether something else is called `os` here.
fn shadows_os(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim_start);
    lines.any(|line| {
        line.starts_with("os :=") || line.starts_with("os, ") || line.starts_with("var os ")
    })
}

fn imports_os(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| line == "\"os\"" || line == "import \"os\"")
}

/// The import, in a declaration of its own behind the package's name.
fn import(text: &str) -> Edit {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.starts_with("package ") {
            let newline = if line.ends_with("\r\n") { "\r\n" } else { "\n" };
            let before = if line.ends_with('\n') { "" } else { newline };
            return Edit::insert(at, format!("{before}{newline}import \"os\"{newline}"));
        }
    }
    Edit::insert(0, "import \"os\"\n")
}

//! PowerShell: `$env:NAME`.

use std::ops::Range;

use super::constant::{self, ANNOTATION, PRINTED};
use super::context::{Around, Bracket, Code};
use super::literal::{self, Part, Tongue};
use super::{Outcome, Rewritten, Target};
use crate::edit::{self, Edit};
use crate::syntax::strings::{self, Dialect, Form};

const KEY: &str = "a key, not a value";
const SHOWS: &[&str] = &[
    "echo",
    "write",
    "Write-Host",
    "Write-Output",
    "Write-Verbose",
    "Write-Error",
    "Write-Warning",
    "Write-Debug",
    "Write-Information",
    "Out-Host",
    "throw",
];

const POWERSHELL: Tongue = Tongue {
    dialect: Dialect::PowerShell,
    look_up: |name| format!("$env:{name}"),
    part: |prefix, form, _| match (prefix, form) {
        ("", Form::Template) => Part::Inline("$(", ")"),
        ("", Form::Raw) => Part::Joined("(", " + ", ")"),
        _ => Part::Never,
    },
    veto,
    printers: SHOWS,
    builders: &["Join", "Trim", "ToUpper", "ToLower", "Replace", "Substring"],
};

/// Rewrites PowerShell code.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    let mut rewritten = literal::rewrite(text, targets, &POWERSHELL);
    let tokens = strings::lex(text, Dialect::PowerShell);
    let code = Code::new(text, &tokens);
    for (target, outcome) in targets.iter().zip(&mut rewritten.outcomes) {
        let is_bare = strings::at(&tokens, target.span.start).is_none();
        if !is_bare || !is_word(text, &target.span) {
            continue;
        }
        let around = code.around(&target.span);
        if veto(&code, &target.span, &around).is_none() {
            let is_here = |edit: &&mut Edit| edit.span == target.span;
            if let Some(edit) = rewritten.edits.iter_mut().find(is_here) {
                edit.text = (POWERSHELL.look_up)(target.variable);
                *outcome = Outcome::LookUp;
            }
        }
    }
    edit::settle(&mut rewritten.edits);
    rewritten
}

/// Whether the span is an argument of its own: blanks around it.
fn is_word(text: &str, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let before = span.start.checked_sub(1).and_then(|at| bytes.get(at));
    let after = bytes.get(span.end);
    before.is_some_and(|byte| matches!(byte, b' ' | b'\t'))
        && after.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b';')
}

fn veto(code: &Code, span: &Range<usize>, around: &Around) -> Option<&'static str> {
    if constant::is_command(code, around, SHOWS) {
        return Some(PRINTED);
    }
    let in_attribute = around
        .brackets
        .windows(2)
        .any(|pair| matches!(pair, [Bracket::Call(_), Bracket::Collection]));
    if in_attribute {
        return Some(ANNOTATION);
    }
    let before = code.before(span.start).map(|(_, byte)| byte);
    let is_key = matches!(before, Some(b'{' | b';'))
        && matches!(code.after(span.end), [b'=', next, ..] if *next != b'=');
    is_key.then_some(KEY)
}

//! Lines that IPython reads before Python does.

use std::collections::BTreeSet;
use std::ops::Range;

use ruff_python_ast::IpyEscapeKind;

use super::literal::quoted;
use super::look_up::Speller;
use crate::edit::Edit;
use crate::rewrite::Target;
use crate::syntax::python::magic::{SetEnv, set_env};

/// Magics whose argument is Python code, and in whose lines IPython fills in
/// nothing.
const TAKE_CODE: [&str; 6] = ["time", "timeit", "prun", "memit", "mprun", "lprun"];

const FILLED_IN: &str = "IPython fills in other parts of this line";

/// A line with its place in the cell, and what is to be taken out of it.
pub(super) struct Line<'l> {
    pub text: &'l str,
    pub start: usize,
    pub kind: IpyEscapeKind,
    /// Whether the line is a statement, not the right side of `x = %magic`.
    pub statement: bool,
    pub targets: Vec<&'l Target<'l>>,
}

/// What is to be done about a line.
pub(super) enum Remedy {
    /// These edits of the cell.
    Edits(Vec<Edit>),
    /// The span of the cell is Python code: rewrite it as such.
    Code(Range<usize>),
    /// The line is for the shell.
    Shell,
}

impl Line<'_> {
    /// How the line reads the variables instead.
    pub(super) fn look_up(
        &self,
        speller: &Speller,
        names: &BTreeSet<String>,
    ) -> Result<Remedy, &'static str> {
        let command = self.text.trim_start_matches('%');
        let name = command.split_whitespace().next().unwrap_or("");
        match self.kind {
            IpyEscapeKind::Shell | IpyEscapeKind::ShCap => Ok(Remedy::Shell),
            IpyEscapeKind::Magic | IpyEscapeKind::Magic2 if TAKE_CODE.contains(&name) => {
                self.code().ok_or("it is an option of the magic")
            }
            IpyEscapeKind::Magic if ["sx", "system"].contains(&name) => Ok(Remedy::Shell),
            IpyEscapeKind::Magic => match set_env(self.text) {
                Some(set) if self.statement => {
                    let value = quoted_value(self, &set, speller)?;
                    let text = format!("{}[\"{}\"] = {value}", speller.environ(), set.name);
                    let span = self.start..self.start + self.text.trim_end().len();
                    Ok(Remedy::Edits(vec![Edit::replace(span, text)]))
                }
                Some(_) => Err("the value of the magic is used"),
                None => self.fill_in(speller, names),
            },
            IpyEscapeKind::Magic2 if !speller.has_environ() => {
                Err("no import can stand before a cell magic")
            }
            IpyEscapeKind::Magic2 => self.fill_in(speller, names),
            _ => Err("it is no code"),
        }
    }

    /// `{os.environ["NAME"]}`, which IPython replaces before the magic sees
    /// its line; but only if it can replace everything else of the kind.
    fn fill_in(&self, speller: &Speller, names: &BTreeSet<String>) -> Result<Remedy, &'static str> {
        let mut edits = Vec::new();
        let mut at = 0;
        for target in &self.targets {
            let span = target.span.start - self.start..target.span.end - self.start;
            fillable(self.text.get(at..span.start).ok_or(FILLED_IN)?, names)?;
            at = span.end;
            let look_up = speller.look_up(target.variable, '"');
            edits.push(Edit::replace(target.span.clone(), format!("{{{look_up}}}")));
        }
        fillable(self.text.get(at..).ok_or(FILLED_IN)?, names)?;
        Ok(Remedy::Edits(edits))
    }

    /// Where the code of `%time code` begins: behind the magic's name and the
    /// options before the first target.
    fn code(&self) -> Option<Remedy> {
        let first = self.targets.first()?.span.start - self.start;
        let mut at = 0;
        for word in self.text.split_inclusive([' ', '\t']) {
            let option = at == 0 || word.starts_with('-') || word.trim().parse::<u32>().is_ok();
            if !word.trim().is_empty() && !option {
                break;
            }
            at += word.len();
        }
        (at <= first).then(|| Remedy::Code(self.start + at..self.start + self.text.len()))
    }
}

/// The value of a `%env` line as a Python expression.
pub(super) fn quoted_value(
    line: &Line<'_>,
    set: &SetEnv,
    speller: &Speller,
) -> Result<String, &'static str> {
    let mut pieces = Vec::new();
    let mut at = set.value.start;
    let mut add = |pieces: &mut Vec<String>, text: &str| {
        if text.contains(['$', '{', '}', '\n']) {
            return Err(FILLED_IN);
        }
        if !text.is_empty() {
            let quote = if text.contains('"') { '\'' } else { '"' };
            pieces.push(quoted(text, quote));
        }
        Ok(())
    };
    for target in &line.targets {
        let span = target.span.start - line.start..target.span.end - line.start;
        let before = line
            .text
            .get(at..span.start)
            .ok_or("it is no value of the magic")?;
        add(&mut pieces, before)?;
        pieces.push(speller.look_up(target.variable, '"'));
        at = span.end;
    }
    add(
        &mut pieces,
        line.text
            .get(at..set.value.end)
            .ok_or("it is no value of the magic")?,
    )?;
    Ok(pieces.join(" + "))
}

/// Whether IPython can replace whatever in `text` looks like `$name` or
/// `{name}`; if one fails it leaves the whole line as it is.
fn fillable(text: &str, names: &BTreeSet<String>) -> Result<(), &'static str> {
    let mut rest = text;
    while let Some(at) = rest.find(['$', '{', '}']) {
        let braced = rest[at..].starts_with('{');
        let tail = &rest[at + 1..];
        let end = tail
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(tail.len());
        let closed = !braced || tail[end..].starts_with('}');
        if rest[at..].starts_with('}') || !closed || !names.contains(&tail[..end]) {
            return Err(FILLED_IN);
        }
        rest = &tail[end + usize::from(braced)..];
    }
    Ok(())
}

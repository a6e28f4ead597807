//! Lines that IPython reads before Python does.

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

/// Magics that pass their line to the shell.
const RUN_SHELL: [&str; 2] = ["sx", "system"];

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
    /// The rest of the line goes to a shell, or to the magic whose name
    /// stands before it, with the references in it evaluated.
    Command(Range<usize>, Option<String>),
}

impl Line<'_> {
    /// How the line reads the variables instead.
    pub(super) fn look_up(&self, speller: &Speller) -> Result<Remedy, &'static str> {
        match self.remedy(speller)? {
            Remedy::Command(rest, _)
                if self
                    .targets
                    .iter()
                    .any(|target| target.span.start < rest.start) =>
            {
                Err("it stands in the name of a magic")
            }
            remedy => Ok(remedy),
        }
    }

    fn remedy(&self, speller: &Speller) -> Result<Remedy, &'static str> {
        let escape = self.text.len() - self.text.trim_start_matches(['%', '!']).len();
        let name = self.text[escape..].split_whitespace().next().unwrap_or("");
        let end = self.start + self.text.len();
        let behind = |len: usize| self.start + escape + len..end;
        match self.kind {
            IpyEscapeKind::Shell | IpyEscapeKind::ShCap => Ok(Remedy::Command(behind(0), None)),
            IpyEscapeKind::Magic | IpyEscapeKind::Magic2 if TAKE_CODE.contains(&name) => {
                self.code().ok_or("it is an option of the magic")
            }
            IpyEscapeKind::Magic if RUN_SHELL.contains(&name) => {
                Ok(Remedy::Command(behind(name.len()), None))
            }
            IpyEscapeKind::Magic => match set_env(self.text) {
                Some(set) if self.statement => {
                    let value = quoted_value(self, &set, speller)?;
                    let text = format!("{}[\"{}\"] = {value}", speller.environ(), set.name);
                    let span = self.start..self.start + self.text.trim_end().len();
                    Ok(Remedy::Edits(vec![Edit::replace(span, text)]))
                }
                Some(_) => Err("the value of the magic is used"),
                None => Ok(Remedy::Command(behind(name.len()), Some(name.to_owned()))),
            },
            IpyEscapeKind::Magic2 if !speller.has_os() => {
                Err("no import can stand before a cell magic")
            }
            IpyEscapeKind::Magic2 => Ok(Remedy::Command(behind(name.len()), Some(name.to_owned()))),
            _ => Err("it is no code"),
        }
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
    let add = |pieces: &mut Vec<String>, text: &str| {
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

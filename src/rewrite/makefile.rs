//! Rules of make: a recipe is shell, behind make's own dollars; a variable is
//! set from the environment, which make has as variables of its own.

use std::ops::Range;

use super::{Outcome, Rewritten, Target, shell, targets};
use crate::edit::{self, Edit};
use crate::layer::dollars;

const UNSURE: &str = "it is not sure what make does with it here";
const DOLLAR: &str = "make would expand a dollar in the value";

/// Rewrites a makefile.
pub fn rewrite(text: &str, all: &[Target<'_>]) -> Rewritten {
    let lines = lines(text);
    let mut edits = Vec::new();
    let mut outcomes = vec![Outcome::Masked(Some(UNSURE)); all.len()];
    let mut at = 0;
    while at < all.len() {
        let line = line_of(&lines, all[at].span.start);
        let is_same = |target: &Target<'_>| {
            line_of(&lines, target.span.start).map(|l| l.span.start) == line.map(|l| l.span.start)
        };
        let count = all[at..]
            .iter()
            .take_while(|target| is_same(target))
            .count()
            .max(1);
        let members = &all[at..at + count];
        let made = match line {
            Some(line) => in_line(text, &lines, line, members),
            None => masked(text, members, UNSURE),
        };
        edits.extend(made.edits);
        for (slot, outcome) in outcomes[at..].iter_mut().zip(made.outcomes) {
            *slot = outcome;
        }
        at += count;
    }
    edit::settle(&mut edits);
    Rewritten { edits, outcomes }
}

fn masked(text: &str, members: &[Target<'_>], why: &'static str) -> Rewritten {
    targets::each(text, members, |target| targets::masked(target, Some(why)))
}

/// A line, with those that continue it.
struct Line {
    span: Range<usize>,
    kind: Kind,
}

enum Kind {
    /// What the shell gets begins here.
    Recipe(usize),
    Assignment(Assignment),
    Other,
}

struct Assignment {
    name: Range<usize>,
    operator: Range<usize>,
    value: Range<usize>,
}

/// All lines of a makefile.
fn lines(text: &str) -> Vec<Line> {
    // Recipes may begin with anything then.
    let is_usual = !text.contains(".RECIPEPREFIX");
    let mut lines = Vec::new();
    let mut at = 0;
    let mut in_define = false;
    while at < text.len() {
        let start = at;
        loop {
            let rest = &text[at..];
            let length = rest.find('\n').map_or(rest.len(), |length| length + 1);
            at += length;
            if length == 0 || !rest[..length].trim_end().ends_with('\\') {
                break;
            }
        }
        let line = &text[start..at];
        let word = line.split_whitespace().next().unwrap_or_default();
        in_define |= matches!(word, "define") || line.starts_with("override define");
        let kind = match line.strip_prefix('\t') {
            _ if in_define || !is_usual => Kind::Other,
            Some(recipe) => {
                let command = recipe.trim_start_matches(['@', '-', '+', ' ', '\t']);
                Kind::Recipe(at - command.len())
            }
            None => assignment(text, start..at).map_or(Kind::Other, Kind::Assignment),
        };
        in_define &= word != "endef";
        lines.push(Line {
            span: start..at,
            kind,
        });
    }
    lines
}

/// `NAME = value`, `export NAME := value`, `target: NAME = value`.
fn assignment(text: &str, span: Range<usize>) -> Option<Assignment> {
    let line = text.get(span.clone())?;
    let line = line.split(['\n', '#']).next()?;
    let sign = line.find('=')?;
    let head = line[..sign].trim_end_matches([':', '?', '+', '!']);
    let operator = span.start + head.len()..span.start + sign + 1;
    let name = head.trim_end();
    let name = name.rsplit([' ', '\t', ':']).next()?;
    let end = span.start + head.trim_end().len();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-' || c == '.';
    let value = span.start + sign + 1..span.start + line.trim_end().len();
    (!name.is_empty() && name.chars().all(is_name) && !line.trim_end().ends_with('\\')).then_some(
        Assignment {
            name: end - name.len()..end,
            operator,
            value,
        },
    )
}

fn line_of(lines: &[Line], at: usize) -> Option<&Line> {
    let before = lines.partition_point(|line| line.span.start <= at);
    lines.get(before.checked_sub(1)?)
}

fn in_line(text: &str, lines: &[Line], line: &Line, members: &[Target<'_>]) -> Rewritten {
    match &line.kind {
        Kind::Recipe(start) => recipe(text, lines, *start..line.span.end, members),
        Kind::Assignment(assignment) => targets::each(text, members, |target| {
            match assigned(text, lines, assignment, target) {
                Ok(edits) => (edits, Outcome::LookUp),
                Err(why) => targets::masked(target, Some(why)),
            }
        }),
        Kind::Other => masked(text, members, UNSURE),
    }
}

fn recipe(text: &str, lines: &[Line], span: Range<usize>, members: &[Target<'_>]) -> Rewritten {
    let Some(source) = text.get(span.clone()) else {
        return masked(text, members, UNSURE);
    };
    // A variable of make that came from the environment goes back there.
    let is_set = |target: &Target<'_>| sets(text, lines, target.variable, usize::MAX);
    if members.iter().any(is_set) || members.iter().any(|target| target.span.start < span.start) {
        return masked(text, members, UNSURE);
    }
    let peeled = dollars::peel(source);
    let inner: Vec<Target<'_>> = members
        .iter()
        .map(|target| Target {
            span: peeled.map.inner(target.span.start - span.start)
                ..peeled.map.inner(target.span.end - span.start),
            ..target.clone()
        })
        .collect();
    let made = shell::rewrite(&peeled.text, &inner);
    let mut edits = peeled.wrap(&made.edits);
    for edit in &mut edits {
        edit.span = edit.span.start + span.start..edit.span.end + span.start;
    }
    Rewritten {
        edits,
        outcomes: made.outcomes,
    }
}

/// Whether a line sets the variable, other than the one that begins at `but`.
fn sets(text: &str, lines: &[Line], variable: &str, but: usize) -> bool {
    lines.iter().any(|line| match &line.kind {
        Kind::Assignment(assignment) => {
            assignment.name.start != but && text.get(assignment.name.clone()) == Some(variable)
        }
        _ => false,
    })
}

fn assigned(
    text: &str,
    lines: &[Line],
    assignment: &Assignment,
    target: &Target<'_>,
) -> Result<Vec<Edit>, &'static str> {
    let is_in =
        assignment.value.start <= target.span.start && target.span.end <= assignment.value.end;
    if !is_in || sets(text, lines, target.variable, assignment.name.start) {
        return Err(UNSURE);
    }
    if target.value.contains('$') {
        return Err(DOLLAR);
    }
    let mut edits = Vec::new();
    if text.get(assignment.name.clone()) == Some(target.variable) {
        let value = text.get(assignment.value.clone()).unwrap_or_default();
        match text.get(assignment.operator.clone()) {
            Some(":=" | "::=" | "?=") => {}
            // `X = $(X)` would have no end.
            Some("=") if value.trim() == target.value => {
                edits.push(Edit::replace(assignment.operator.clone(), ":="));
            }
            _ => return Err(UNSURE),
        }
    }
    let look_up = format!("$({})", target.variable);
    edits.push(Edit::replace(target.span.clone(), look_up));
    Ok(edits)
}

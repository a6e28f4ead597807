//! Shell: `$NAME`, quoted so that the shell expands it.
//!
//! Scripts and `%%bash` cells here; the lines that IPython sends to a shell in
//! [`ipython`].

mod formatter;
pub mod ipython;
mod terminal;

use std::ops::Range;

pub use ipython::{Escape, IpythonRewritten, rewrite_ipython};

use super::{Outcome, Rewritten, Target, targets};
use crate::edit::{self, Edit};
use crate::syntax::shell::{self, HereDoc, Piece, PieceKind, Token, TokenKind};

const IN_COMMENT: &str = "a comment";
const PRINTED: &str = "a look-up here would print the value";
const HERE_QUOTED: &str = "the shell expands nothing in this here-document";
const TOLD: &str = "it tells people what to put there";
const UNSURE: &str = "it is not sure that the shell would expand a variable here";

/// Rewrites a script that a shell runs: a cell of `%%bash`, a file.
pub fn rewrite(script: &str, targets: &[Target<'_>]) -> Rewritten {
    rewrite_seen(script, targets, true)
}

/// Rewrites commands that a text tells people to type. Where one sets a
/// variable, a look-up would tell them nothing; nor would it in a session,
/// which shows what somebody has typed.
pub fn rewrite_told(script: &str, targets: &[Target<'_>]) -> Rewritten {
    let is_session = script.lines().any(terminal::is_prompt);
    let tokens = shell::lex(script);
    let (kept, masked): (Vec<usize>, Vec<usize>) = (0..targets.len()).partition(|&at| {
        let path = terminal::path_to(&tokens, &targets[at].span);
        !is_session && !terminal::sets(script, &path)
    });
    let pick =
        |of: &[usize]| -> Vec<Target<'_>> { of.iter().map(|&at| targets[at].clone()).collect() };
    let looked_up = rewrite(script, &pick(&kept));
    let told = targets::each(script, &pick(&masked), |target| {
        targets::masked(target, Some(TOLD))
    });
    let mut outcomes = vec![Outcome::Masked(Some(TOLD)); targets.len()];
    for (at, outcome) in kept.into_iter().zip(looked_up.outcomes) {
        outcomes[at] = outcome;
    }
    let mut edits = looked_up.edits;
    edits.extend(told.edits);
    edit::settle(&mut edits);
    Rewritten { edits, outcomes }
}

/// The same; `seen` tells whether somebody sees what the script prints.
fn rewrite_seen(script: &str, targets: &[Target<'_>], seen: bool) -> Rewritten {
    let tokens = shell::lex(script);
    targets::each(script, targets, |target| {
        let path = terminal::path_to(&tokens, &target.span);
        if seen && terminal::prints(script, &path) {
            return targets::masked(target, Some(PRINTED));
        }
        let answer = path
            .last()
            .and_then(|&(tokens, index)| tokens.get(index).map(|token| (tokens, index, token)))
            .map_or(Err(UNSURE), |(tokens, index, token)| match &token.kind {
                TokenKind::Comment => Err(IN_COMMENT),
                TokenKind::HereDoc(here) => in_here_document(script, here, token, target, targets),
                TokenKind::Word(pieces) => {
                    let word = Word {
                        script,
                        tokens,
                        index,
                        span: token.span.clone(),
                        pieces,
                    };
                    word.rewrite(target).ok_or(UNSURE)
                }
                TokenKind::Operator | TokenKind::Redirect => Err(UNSURE),
            });
        match answer {
            Ok(edits) => (edits, Outcome::LookUp),
            Err(why) => targets::masked(target, Some(why)),
        }
    })
}

/// In the body of a here-document. A quoted delimiter loses its quotes if
/// the shell finds nothing else to expand in the body.
fn in_here_document(
    script: &str,
    here: &HereDoc,
    token: &Token,
    target: &Target<'_>,
    targets: &[Target<'_>],
) -> Result<Vec<Edit>, &'static str> {
    if !here.quoted {
        return inline(script, &here.inner, target)
            .map(|edit| vec![edit])
            .ok_or(UNSURE);
    }
    let plain = literal_but_for(script, &token.span, targets);
    let bare_name = !here.name.is_empty() && here.name.bytes().all(shell::is_name);
    if !plain || !bare_name {
        return Err(HERE_QUOTED);
    }
    Ok(vec![
        Edit::replace(here.delimiter.clone(), here.name.clone()),
        Edit::replace(
            target.span.clone(),
            variable(script, target.span.end, target.variable),
        ),
    ])
}

/// Whether the shell would find nothing to expand in `body`, apart from what
/// stands in a target.
fn literal_but_for(script: &str, body: &Range<usize>, targets: &[Target<'_>]) -> bool {
    let special = |byte: u8| matches!(byte, b'$' | b'`' | b'\\');
    body.clone().all(|at| {
        !script.as_bytes().get(at).copied().is_some_and(special)
            || targets.iter().any(|target| target.span.contains(&at))
    })
}

/// The look-up in text where the shell expands but does not split: double
/// quotes, here-documents.
fn inline(script: &str, inner: &[Piece], target: &Target<'_>) -> Option<Edit> {
    let start = target.span.start;
    for piece in inner {
        if piece.span.end <= start || piece.span.start >= target.span.end {
            continue;
        }
        let default = piece.kind == PieceKind::Expansion
            && terminal::holds(&piece.span, &target.span)
            && is_plain_default(script, piece);
        let whole_escape =
            piece.kind == PieceKind::Escape && terminal::holds(&target.span, &piece.span);
        if !default && !whole_escape {
            return None;
        }
    }
    let before = script.as_bytes().get(start.checked_sub(1)?).copied();
    let after_escape = inner
        .iter()
        .any(|piece| piece.kind == PieceKind::Escape && piece.span.end == start);
    if before == Some(b'$') && !after_escape {
        return None;
    }
    let name = variable(script, target.span.end, target.variable);
    Some(Edit::replace(target.span.clone(), name))
}

/// `${X:-value}` without quotes: what they mean there differs from shell to
/// shell.
fn is_plain_default(script: &str, piece: &Piece) -> bool {
    script
        .get(piece.span.clone())
        .is_some_and(|text| text.starts_with("${") && !text.contains(['\'', '"', '\\', '`', '(']))
}

/// `$NAME`, or `${NAME}` before what would be read as part of the name.
fn variable(script: &str, end: usize, name: &str) -> String {
    let next = script.as_bytes().get(end).copied();
    if next.is_some_and(|byte| shell::is_name(byte) || byte == b'[') {
        format!("${{{name}}}")
    } else {
        format!("${name}")
    }
}

/// A word that holds a target.
struct Word<'s> {
    script: &'s str,
    tokens: &'s [Token],
    index: usize,
    span: Range<usize>,
    pieces: &'s [Piece],
}

impl Word<'_> {
    fn rewrite(&self, target: &Target<'_>) -> Option<Vec<Edit>> {
        let first = self.piece_at(target.span.start)?;
        let last = self.piece_at(target.span.end.checked_sub(1)?)?;
        let (from, close) = opening(self.script, first, target.span.start)?;
        let (to, reopen) = closing(self.script, last, target.span.end)?;
        if let Some(edit) = self.assigned(from..to, target) {
            return Some(vec![edit]);
        }
        if first.span == last.span {
            match &first.kind {
                PieceKind::Double(inner) => return inline(self.script, inner, target).map(one),
                PieceKind::Expansion => {
                    return inline(self.script, self.pieces, target).map(one);
                }
                PieceKind::Bare => return Some(one(self.bare(target))),
                _ => {}
            }
        }
        let expanded = |piece: &&Piece| {
            matches!(
                piece.kind,
                PieceKind::Expansion | PieceKind::Substitution(_)
            )
        };
        let within = |piece: &&Piece| piece.span.start < to && piece.span.end > from;
        if self
            .pieces
            .iter()
            .filter(within)
            .any(|piece| expanded(&piece))
        {
            return None;
        }
        let text = format!("{close}\"${}\"{reopen}", target.variable);
        Some(one(Edit::replace(from..to, text)))
    }

    fn piece_at(&self, at: usize) -> Option<&Piece> {
        self.pieces.iter().find(|piece| piece.span.contains(&at))
    }

    /// Outside quotes the shell splits what it expands, so the look-up brings
    /// its own quotes where it is a whole word or value, or where the value
    /// could be split.
    fn bare(&self, target: &Target<'_>) -> Edit {
        let before = target
            .span
            .start
            .checked_sub(1)
            .filter(|&at| at >= self.span.start)
            .and_then(|at| self.script.as_bytes().get(at).copied());
        let ends = target.span.end == self.span.end;
        let whole = ends && matches!(before, None | Some(b'='));
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./+=:%@,".contains(&byte);
        let text = if whole || !target.value.bytes().all(plain) || before == Some(b'$') {
            format!("\"${}\"", target.variable)
        } else {
            variable(self.script, target.span.end, target.variable)
        };
        Edit::replace(target.span.clone(), text)
    }

    /// `X=value` where the value is the whole target and X its variable:
    /// says so when X is missing, and prints nothing.
    fn assigned(&self, covered: Range<usize>, target: &Target<'_>) -> Option<Edit> {
        let word = self.script.get(self.span.clone())?;
        let name = terminal::assigned_name(word)?;
        let value = self.span.start + word.find('=')? + 1;
        if covered != (value..self.span.end) || name != target.variable {
            return None;
        }
        let command = terminal::command_at(self.tokens, self.index);
        let words = terminal::words(self.script, self.tokens, command);
        let declared = words
            .iter()
            .take_while(|(index, _)| *index < self.index)
            .any(|(_, word)| terminal::DECLARING.contains(word));
        let alone = words
            .iter()
            .all(|(_, word)| terminal::assigned_name(word).is_some());
        let text = if declared || alone {
            format!("\"${{{name}:?}}\"")
        } else {
            format!("\"${name}\"")
        };
        Some(Edit::replace(covered, text))
    }
}

/// `text`, which is expanded before the shell reads the line, in place of a
/// target; where that stands in single quotes, in double ones of its own.
fn requoted(script: &str, path: &[(&[Token], usize)], target: &Target<'_>, text: &str) -> Edit {
    let as_it_stands = || Edit::replace(target.span.clone(), text);
    let token = path.last().and_then(|&(tokens, index)| tokens.get(index));
    let Some(TokenKind::Word(pieces)) = token.map(|token| &token.kind) else {
        return as_it_stands();
    };
    let single = pieces.iter().find(|piece| {
        piece.kind == PieceKind::Single && terminal::holds(&piece.content, &target.span)
    });
    let literal = !target.value.contains(['"', '$', '`', '\\', '!']);
    let around = single.filter(|_| literal).and_then(|piece| {
        let opening = opening(script, piece, target.span.start)?;
        Some((opening, closing(script, piece, target.span.end)?))
    });
    match around {
        Some(((from, close), (to, reopen))) => {
            Edit::replace(from..to, format!("{close}\"{text}\"{reopen}"))
        }
        None => as_it_stands(),
    }
}

fn one(edit: Edit) -> Vec<Edit> {
    vec![edit]
}

/// The quotes that a piece opens and closes with.
fn quotes(piece: &Piece) -> (&'static str, &'static str) {
    match piece.kind {
        PieceKind::Single => ("'", "'"),
        PieceKind::Ansi => ("$'", "'"),
        PieceKind::Double(_) => ("\"", "\""),
        _ => ("", ""),
    }
}

/// Where an edit begins whose target begins in `piece`, and the quote that
/// must be closed before it.
fn opening(script: &str, piece: &Piece, start: usize) -> Option<(usize, &'static str)> {
    match &piece.kind {
        PieceKind::Bare | PieceKind::Expansion => Some((start, "")),
        PieceKind::Escape => Some((piece.span.start, "")),
        PieceKind::Substitution(_) => None,
        PieceKind::Double(inner) if splits(inner, start) => None,
        PieceKind::Ansi if odd_backslashes(script, start) => None,
        _ if start <= piece.content.start => Some((piece.span.start, "")),
        _ => Some((start, quotes(piece).1)),
    }
}

/// Where an edit ends whose target ends in `piece`, and the quote that must
/// be opened anew behind it.
fn closing(script: &str, piece: &Piece, end: usize) -> Option<(usize, &'static str)> {
    match &piece.kind {
        PieceKind::Bare | PieceKind::Expansion => Some((end, "")),
        PieceKind::Escape => Some((piece.span.end, "")),
        PieceKind::Substitution(_) => None,
        PieceKind::Double(inner) if splits(inner, end) => None,
        PieceKind::Ansi if odd_backslashes(script, end) => None,
        _ if end >= piece.content.end => Some((piece.span.end, "")),
        _ => Some((end, quotes(piece).0)),
    }
}

/// Whether `at` lies within an escape or an expansion.
fn splits(inner: &[Piece], at: usize) -> bool {
    inner.iter().any(|piece| {
        let default = matches!(piece.kind, PieceKind::Expansion);
        piece.span.start < at && at < piece.span.end && !default
    })
}

fn odd_backslashes(script: &str, at: usize) -> bool {
    let before = script.as_bytes().get(..at).unwrap_or(&[]);
    before
        .iter()
        .rev()
        .take_while(|&&byte| byte == b'\\')
        .count()
        % 2
        == 1
}

#[cfg(test)]
mod tests;

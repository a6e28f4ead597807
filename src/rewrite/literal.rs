//! Look-ups in the place of string literals: what R, Julia, JavaScript and
//! Scala have in common. Each language says in a [`Tongue`] how it looks a
//! variable up and where it must not.

use std::cell::RefCell;
use std::ops::Range;

use super::context::{Around, Bracket, Code, is_one_of};
use super::{Outcome, Rewritten, Target, targets};
use crate::edit::Edit;
use crate::syntax::strings::{self, Dialect, Form, Literal, Token, TokenKind, is_identifier};

/// What a rewriter must know of a language.
pub(super) struct Tongue {
    /// For the lexer.
    pub dialect: Dialect,
    /// The expression that gives the variable's value.
    pub look_up: fn(&str) -> String,
    /// How a look-up enters a longer literal: its prefix, triple or not.
    pub part: fn(&str, Form, bool) -> Part,
    /// Why a literal here must stay one.
    pub veto: fn(&Code, &Range<usize>, &Around) -> Option<&'static str>,
    /// Functions that print what they are given.
    pub printers: &'static [&'static str],
    /// Functions that give back what they are given, or a text made of it.
    pub builders: &'static [&'static str],
}

/// How a look-up enters a longer literal.
pub(super) enum Part {
    /// The literal is cut and its pieces joined: opening, joint, closing.
    Joined(&'static str, &'static str, &'static str),
    /// Code within the literal: what stands before and after the look-up.
    Inline(&'static str, &'static str),
    /// Not at all.
    Never,
}

const IN_COMMENT: &str = "a comment";
const NOT_A_STRING: &str = "not inside a string that is surely one";
const PRINTED: &str = "a look-up here would print the value";
const ESCAPED: &str = "the value begins or ends within an escape";
const NO_PART: &str = "nothing can be put into this kind of string";
const OVERLAP: &str = "several values overlap here";

/// Rewrites a text by the rules of `tongue`.
pub(super) fn rewrite(text: &str, targets: &[Target<'_>], tongue: &Tongue) -> Rewritten {
    let tokens = strings::lex(text, tongue.dialect);
    let mut sorted: Vec<&Target<'_>> = targets.iter().collect();
    sorted.sort_by_key(|target| target.span.start);
    let page = Page {
        text,
        code: Code::new(text, &tokens),
        tokens,
        sorted,
        tongue,
        statement: RefCell::default(),
    };
    targets::each(text, targets, |target| match page.look_up(target) {
        Ok(edits) => (edits, Outcome::LookUp),
        Err(why) => targets::masked(target, Some(why)),
    })
}

struct Page<'p> {
    text: &'p str,
    code: Code,
    tokens: Vec<Token>,
    /// In the order of the text.
    sorted: Vec<&'p Target<'p>>,
    tongue: &'p Tongue,
    /// The last statement that was looked at, and whether it shows its value:
    /// one statement may hold a whole table of values.
    statement: RefCell<Option<(Range<usize>, bool)>>,
}

impl Page<'_> {
    fn look_up(&self, target: &Target<'_>) -> Result<Vec<Edit>, &'static str> {
        let outer = strings::at(&self.tokens, target.span.start)
            .filter(|token| target.span.end <= token.span.end)
            .ok_or(NOT_A_STRING)?;
        let (token, literal) = innermost(outer, &target.span)?;
        let around = self.code.around(&outer.span);
        if self.shows(&around) {
            return Err(PRINTED);
        }
        if let Some(why) = (self.tongue.veto)(&self.code, &outer.span, &around) {
            return Err(why);
        }
        if literal.form != Form::Raw && self.cuts_escape(&target.span) {
            return Err(ESCAPED);
        }
        let look_up = (self.tongue.look_up)(target.variable);
        if target.span == literal.content && literal.form != Form::Command {
            let plain = literal.prefix.is_empty() || literal.form == Form::Raw;
            let part = self.part(token, literal);
            if plain && !matches!(part, Part::Never) {
                return Ok(vec![self.spaced(&token.span, &look_up)]);
            }
        }
        match self.part(token, literal) {
            Part::Never => Err(NO_PART),
            Part::Inline(open, close) => {
                let text = format!("{open}{look_up}{close}");
                Ok(vec![Edit::replace(target.span.clone(), text)])
            }
            Part::Joined(open, joint, close) => {
                self.joined(token, literal, target, &look_up, [open, joint, close])
            }
        }
    }

    fn part(&self, token: &Token, literal: &Literal) -> Part {
        let prefix = self.text.get(literal.prefix.clone()).unwrap_or("");
        let quotes = token.span.end.saturating_sub(literal.content.end);
        (self.tongue.part)(prefix, literal.form, quotes == 3)
    }

    /// Whether a notebook or a terminal shows the literal's value.
    fn shows(&self, around: &Around) -> bool {
        let builders = self.tongue.builders;
        for bracket in &around.brackets {
            match bracket {
                Bracket::Call(name) if is_one_of(name, self.tongue.printers) => return true,
                Bracket::Call(name) if name.is_empty() || is_one_of(name, builders) => {}
                Bracket::Collection => {}
                Bracket::Call(_) | Bracket::Subscript | Bracket::Block => break,
            }
        }
        if let Some((statement, shows)) = &*self.statement.borrow()
            && *statement == around.statement
        {
            return *shows;
        }
        let shows = self.statement_shows(around);
        *self.statement.borrow_mut() = Some((around.statement.clone(), shows));
        shows
    }

    /// Whether a statement is piped to what prints, or is only a value.
    fn statement_shows(&self, around: &Around) -> bool {
        let builders = self.tongue.builders;
        let piped = ["|>", "%>%"].iter().any(|pipe| {
            self.code
                .text(&around.statement)
                .split(pipe)
                .skip(1)
                .any(|stage| {
                    let name = stage.trim_start().split('(').next().unwrap_or("");
                    is_one_of(name.trim(), self.tongue.printers)
                })
        });
        piped
            || (self.tongue.dialect.displays()
                && self.code.only_values(&around.statement, builders))
    }

    fn cuts_escape(&self, span: &Range<usize>) -> bool {
        [span.start, span.end].into_iter().any(|at| {
            let before = self.text.as_bytes().get(..at).unwrap_or(&[]);
            let slashes = before.iter().rev().take_while(|&&byte| byte == b'\\');
            slashes.count() % 2 == 1
        })
    }

    /// The look-up in the place of a whole literal, apart from words that
    /// touched its quotes.
    fn spaced(&self, span: &Range<usize>, look_up: &str) -> Edit {
        let touches = |at: Option<usize>| {
            at.and_then(|at| self.text.as_bytes().get(at))
                .is_some_and(|&byte| is_identifier(byte))
        };
        let before = if touches(span.start.checked_sub(1)) {
            " "
        } else {
            ""
        };
        let after = if touches(Some(span.end)) { " " } else { "" };
        Edit::replace(span.clone(), format!("{before}{look_up}{after}"))
    }

    /// The literal cut at the target, its pieces joined to the look-up. The
    /// first target of a literal opens the join, the last one closes it.
    fn joined(
        &self,
        token: &Token,
        literal: &Literal,
        target: &Target<'_>,
        look_up: &str,
        [open, joint, close]: [&str; 3],
    ) -> Result<Vec<Edit>, &'static str> {
        let content = &literal.content;
        let (mut first, mut last) = (true, true);
        let within = self
            .sorted
            .partition_point(|other| other.span.start < content.start);
        let others = self.sorted.get(within..).unwrap_or_default().iter();
        for other in others.take_while(|other| other.span.start < content.end) {
            let inside = content.start <= other.span.start && other.span.end <= content.end;
            if !inside || other.span == target.span {
                continue;
            }
            if other.span.start < target.span.end && target.span.start < other.span.end {
                return Err(OVERLAP);
            }
            first &= other.span.start > target.span.start;
            last &= other.span.start < target.span.start;
        }
        let opening = self.text.get(token.span.start..content.start).unwrap_or("");
        let closing = self.text.get(content.end..token.span.end).unwrap_or("");
        let mut edits = Vec::new();
        let mut span = target.span.clone();
        let mut replacement = String::new();
        if first && span.start == content.start {
            span.start = token.span.start;
            replacement.push_str(open);
        } else {
            if first {
                edits.push(Edit::insert(token.span.start, open));
            }
            replacement.push_str(closing);
            replacement.push_str(joint);
        }
        replacement.push_str(look_up);
        if last && span.end == content.end {
            span.end = token.span.end;
            replacement.push_str(close);
        } else {
            replacement.push_str(joint);
            replacement.push_str(opening);
            if last {
                edits.push(Edit::insert(token.span.end, close));
            }
        }
        edits.push(Edit::replace(span, replacement));
        Ok(edits)
    }
}

fn holder<'t>(tokens: &'t [Token], span: &Range<usize>) -> Option<&'t Token> {
    tokens
        .iter()
        .find(|token| token.span.start <= span.start && span.end <= token.span.end)
}

/// The literal that holds `span` within `token`, down through its holes.
fn innermost<'t>(
    token: &'t Token,
    span: &Range<usize>,
) -> Result<(&'t Token, &'t Literal), &'static str> {
    let literal = match &token.kind {
        TokenKind::Comment => return Err(IN_COMMENT),
        TokenKind::Opaque => return Err(NOT_A_STRING),
        TokenKind::Literal(literal) => literal,
    };
    let touched = literal
        .holes
        .iter()
        .find(|hole| hole.span.start < span.end && span.start < hole.span.end);
    match touched {
        None if literal.content.start <= span.start && span.end <= literal.content.end => {
            Ok((token, literal))
        }
        None => Err(NOT_A_STRING),
        Some(hole) => innermost(holder(&hole.tokens, span).ok_or(NOT_A_STRING)?, span),
    }
}

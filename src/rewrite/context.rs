//! Where a literal stands in code of a C-like language: the calls around it,
//! its statement, its neighbours. Told from the code with its literals and
//! comments blanked, without a grammar, so it errs on the careful side.

use std::cell::RefCell;
use std::ops::Range;

use crate::syntax::strings::{Token, TokenKind, is_identifier};

/// Stands for each byte of a literal in blanked code.
pub(super) const LITERAL: u8 = 1;

/// Code whose comments are blanks and whose literals are [`LITERAL`].
pub(super) struct Code {
    bytes: Vec<u8>,
    /// How far the text has been read: places are asked for in its order.
    read: RefCell<Reading>,
}

/// What is open at a place.
#[derive(Debug, Default)]
struct Reading {
    at: usize,
    open: Vec<(Bracket, usize)>,
    start: usize,
    /// The statement that was asked for last.
    statement: Range<usize>,
}

/// The bracket around something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bracket {
    /// `name(…)`; the name is empty for a group.
    Call(String),
    /// `[…]` after a name.
    Subscript,
    /// `[…]` that is a list, `{…}` that is an object.
    Collection,
    /// `{…}` with statements.
    Block,
}

/// The surroundings of a literal.
pub(super) struct Around {
    /// From the inside outwards.
    pub brackets: Vec<Bracket>,
    /// The statement, without its end.
    pub statement: Range<usize>,
}

impl Code {
    /// Blanks a text.
    pub fn new(text: &str, tokens: &[Token]) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        for token in tokens {
            let comment = token.kind == TokenKind::Comment;
            for byte in bytes.get_mut(token.span.clone()).unwrap_or(&mut []) {
                *byte = match *byte {
                    b'\n' if comment => b'\n',
                    _ if comment => b' ',
                    _ => LITERAL,
                };
            }
        }
        Self {
            bytes,
            read: RefCell::default(),
        }
    }

    /// The byte at `at`.
    pub fn get(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The last byte before `at` that is not blank, and where it is.
    pub fn before(&self, at: usize) -> Option<(usize, u8)> {
        let before = self.bytes.get(..at)?;
        let found = before
            .iter()
            .rposition(|byte| !byte.is_ascii_whitespace())?;
        Some((found, self.get(found)?))
    }

    /// The first bytes from `at` on that are not blank.
    pub fn after(&self, at: usize) -> &[u8] {
        self.bytes.get(at..).unwrap_or(&[]).trim_ascii_start()
    }

    /// The dotted name that ends before `at`.
    pub fn name_before(&self, at: usize) -> &str {
        let before = self.bytes.get(..at).unwrap_or(&[]);
        let part = |byte: u8| is_identifier(byte) || b".:$@".contains(&byte);
        let start = before
            .iter()
            .rposition(|&byte| !part(byte))
            .map_or(0, |at| at + 1);
        std::str::from_utf8(before.get(start..).unwrap_or(&[])).unwrap_or("")
    }

    /// The word before `at`, blanks between.
    pub fn word_before(&self, at: usize) -> &str {
        self.before(at)
            .map_or("", |(found, _)| self.name_before(found + 1))
    }

    /// The text of a statement.
    pub fn text(&self, span: &Range<usize>) -> &str {
        std::str::from_utf8(self.bytes.get(span.clone()).unwrap_or(&[])).unwrap_or("")
    }

    /// What is around the bytes at `span`.
    pub fn around(&self, span: &Range<usize>) -> Around {
        let mut read = self.read.borrow_mut();
        if span.start < read.at {
            *read = Reading::default();
        }
        for at in read.at..span.start {
            self.step(&mut read, at);
        }
        read.at = span.start;
        // One statement may hold a whole table: its end is looked for once.
        let is_same = read.statement.start == read.start && span.end <= read.statement.end;
        if !is_same || read.statement.is_empty() {
            read.statement = read.start..self.statement_end(span.end, &read.open);
        }
        Around {
            brackets: read
                .open
                .iter()
                .rev()
                .map(|(bracket, _)| bracket.clone())
                .collect(),
            statement: read.statement.clone(),
        }
    }

    /// Reads one byte.
    fn step(&self, read: &mut Reading, at: usize) {
        let Reading { open, start, .. } = read;
        match self.get(at) {
            Some(byte @ (b'(' | b'[' | b'{')) => {
                let bracket = self.bracket(byte, at);
                let block = bracket == Bracket::Block;
                open.push((bracket, *start));
                if block {
                    *start = at + 1;
                }
            }
            Some(b')' | b']') => *start = open.pop().map_or(*start, |(_, start)| start),
            Some(b'}') => {
                *start = match open.pop() {
                    Some((Bracket::Block, _)) | None => at + 1,
                    Some((_, start)) => start,
                };
            }
            Some(b';') => *start = at + 1,
            Some(b'\n') if in_block(open) && self.ends_statement(at) => *start = at + 1,
            _ => {}
        }
    }

    fn bracket(&self, byte: u8, at: usize) -> Bracket {
        let name = self.name_before(at);
        match byte {
            // A macro of Rust: `name!(`.
            b'(' if name.is_empty() && at > 0 && self.get(at - 1) == Some(b'!') => {
                Bracket::Call(format!("{}!", self.name_before(at - 1)))
            }
            b'(' => Bracket::Call(name.to_owned()),
            b'[' if !name.is_empty() => Bracket::Subscript,
            b'[' => Bracket::Collection,
            _ => {
                let object = self
                    .before(at)
                    .is_some_and(|(_, byte)| b"(,=:[?&|".contains(&byte));
                let word = self.word_before(at);
                if object || word == "return" {
                    Bracket::Collection
                } else {
                    Bracket::Block
                }
            }
        }
    }

    /// Whether the line end at `at` ends a statement: no operator waits.
    fn ends_statement(&self, at: usize) -> bool {
        let waits = self
            .before(at)
            .is_some_and(|(_, byte)| b"+-*/%=<>&|,?:.~^!".contains(&byte));
        let next = self.after(at);
        let goes_on = next.first().is_some_and(|byte| b".+?*,%|&".contains(byte));
        !waits && !goes_on
    }

    fn statement_end(&self, from: usize, open: &[(Bracket, usize)]) -> usize {
        // Brackets that are open here and close within the statement.
        let mut depth = open
            .iter()
            .rev()
            .take_while(|(bracket, _)| *bracket != Bracket::Block)
            .count();
        for at in from..self.bytes.len() {
            match self.get(at) {
                Some(b'(' | b'[' | b'{') => depth += 1,
                Some(b')' | b']' | b'}') if depth == 0 => return at,
                Some(b')' | b']' | b'}') => depth -= 1,
                Some(b';') if depth == 0 => return at,
                Some(b'\n') if depth == 0 && self.ends_statement(at) => return at,
                _ => {}
            }
        }
        self.bytes.len()
    }

    /// Whether a statement is nothing but values: literals, brackets,
    /// operators and the functions in `builders`. Such a statement shows its
    /// value in a notebook.
    pub fn only_values(&self, statement: &Range<usize>, builders: &[&str]) -> bool {
        let text = self.bytes.get(statement.clone()).unwrap_or(&[]);
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            if !is_identifier(byte) || byte.is_ascii_digit() {
                let allowed = byte == LITERAL
                    || byte.is_ascii_whitespace()
                    || byte.is_ascii_digit()
                    || b"()[]{}+*,;:.=>".contains(&byte);
                if !allowed {
                    return false;
                }
                at += 1;
                continue;
            }
            let start = at;
            while text
                .get(at)
                .is_some_and(|&byte| is_identifier(byte) || byte == b'.')
            {
                at += 1;
            }
            let name = std::str::from_utf8(text.get(start..at).unwrap_or(&[])).unwrap_or("");
            let inside = text
                .get(..start)
                .unwrap_or(&[])
                .iter()
                .any(|byte| b"({[".contains(byte));
            let key = matches!(
                text.get(at..).unwrap_or(&[]).trim_ascii_start(),
                [b':' | b'=', ..]
            );
            let known = is_one_of(name, builders) || (inside && key);
            if !known {
                return false;
            }
        }
        true
    }
}

fn in_block(open: &[(Bracket, usize)]) -> bool {
    open.last()
        .is_none_or(|(bracket, _)| *bracket == Bracket::Block)
}

/// Whether the dotted `name` or its last part is in the list.
pub(super) fn is_one_of(name: &str, list: &[&str]) -> bool {
    let last = name.rsplit([':', '.']).next().unwrap_or(name);
    list.contains(&name) || list.contains(&last)
}

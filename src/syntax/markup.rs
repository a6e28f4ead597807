//! HTML and XML as tokens: where tags, text, comments and scripts are.
//!
//! Nothing is refused, and nothing is left out: tokens follow one another
//! without gaps and cover the text, so that no value can hide in what is
//! broken. HTML standard, section 13.2.5; XML 1.0, section 2.

use std::ops::Range;

/// Which rules hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Scripts and styles are no markup within.
    Html,
    /// Sections of character data, and no elements of another kind.
    Xml,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Byte offsets in the text.
    pub span: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// Characters.
    Text,
    /// `<name …>`.
    Open {
        /// Where the name is.
        name: Range<usize>,
        /// `<name …/>`.
        is_closed: bool,
    },
    /// `</name>`.
    Close {
        /// Where the name is.
        name: Range<usize>,
    },
    /// `<!-- … -->`.
    Comment,
    /// `<![CDATA[ … ]]>`, whose content is within.
    CharacterData(Range<usize>),
    /// What a script or a style says.
    Raw,
    /// A declaration or an instruction.
    Other,
}

/// An attribute of a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Where its name is.
    pub name: Range<usize>,
    /// Where its value is, without quotes.
    pub value: Range<usize>,
}

/// The tokens of a text, in order.
pub fn tokens(text: &str, dialect: Dialect) -> Tokens<'_> {
    Tokens {
        text,
        at: 0,
        dialect,
        raw: None,
        no_end: [usize::MAX; 4],
    }
}

/// See [`tokens`].
#[derive(Debug)]
pub struct Tokens<'t> {
    text: &'t str,
    at: usize,
    dialect: Dialect,
    /// The element whose raw content comes next.
    raw: Option<Range<usize>>,
    /// From where on there is no `>`, `"`, `'` or `]]>`: nobody looks twice.
    no_end: [usize; 4],
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let start = self.at;
        if start >= self.text.len() {
            return None;
        }
        let (end, kind) = match self.raw.take().map(|name| self.raw_end(&name)) {
            Some(end) if end > start => (end, TokenKind::Raw),
            _ => self.markup(start).unwrap_or_else(|| {
                let end = self.text_end(start);
                (end, TokenKind::Text)
            }),
        };
        self.at = end;
        let span = start..end;
        if let TokenKind::Open { name, is_closed } = &kind
            && self.dialect == Dialect::Html
            && !is_closed
            && is_raw(&self.text[name.clone()])
        {
            self.raw = Some(name.clone());
        }
        Some(Token { span, kind })
    }
}

fn is_raw(name: &str) -> bool {
    name.eq_ignore_ascii_case("script") || name.eq_ignore_ascii_case("style")
}

impl Tokens<'_> {
    /// What begins with the `<` at `start`, if anything does.
    fn markup(&mut self, start: usize) -> Option<(usize, TokenKind)> {
        let rest = self.text.as_bytes().get(start..)?;
        match rest {
            [b'<', b'!', b'-', b'-', ..] => {
                let end = memchr::memmem::find(&rest[4..], b"-->").map(|at| start + 4 + at + 3);
                Some((end.unwrap_or(self.text.len()), TokenKind::Comment))
            }
            [b'<', b'!', b'[', ..]
                if self.dialect == Dialect::Xml && rest.starts_with(b"<![CDATA[") =>
            {
                let end = self.find(3, start, b"]]>")?;
                let within = start + 9..end - 3;
                Some((end, TokenKind::CharacterData(within)))
            }
            [b'<', b'!' | b'?', ..] => Some((self.declaration_end(start)?, TokenKind::Other)),
            [b'<', b'/', first, ..] if first.is_ascii_alphabetic() => {
                let name = self.name(start + 2);
                let end = self.find(0, name.end, b">")?;
                Some((end, TokenKind::Close { name }))
            }
            [b'<', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
                let name = self.name(start + 1);
                let end = self.tag_end(name.end)?;
                let is_closed = self.text.as_bytes().get(end - 2) == Some(&b'/');
                Some((end, TokenKind::Open { name, is_closed }))
            }
            _ => None,
        }
    }

    fn name(&self, start: usize) -> Range<usize> {
        let rest = &self.text.as_bytes()[start..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"/><=\"'".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        start..start + length
    }

    /// Behind the first `mark` from `from` on, unless it is known that there
    /// is none.
    fn find(&mut self, which: usize, from: usize, mark: &[u8]) -> Option<usize> {
        if from >= self.no_end[which] {
            return None;
        }
        let rest = self.text.as_bytes().get(from..)?;
        let found = memchr::memmem::find(rest, mark).map(|at| from + at + mark.len());
        if found.is_none() {
            self.no_end[which] = from;
        }
        found
    }

    /// Behind the `>` of a tag: one within the quotes of a value is none.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        self.find(0, from, b">")?;
        let end = self.unquoted_end(from);
        if end.is_none() {
            self.no_end[0] = from;
        }
        end
    }

    fn unquoted_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            at += memchr::memchr3(b'>', b'"', b'\'', bytes.get(at..)?)?;
            let quote = bytes[at];
            if quote == b'>' {
                return Some(at + 1);
            }
            let mut before = bytes[from..at].iter().rev();
            let opens = before.find(|byte| !byte.is_ascii_whitespace()) == Some(&b'=');
            let which = if quote == b'"' { 1 } else { 2 };
            let closed = match opens {
                true => self.find(which, at + 1, &[quote]),
                false => None,
            };
            at = closed.unwrap_or(at + 1);
        }
    }

    /// Behind a declaration, whose brackets may hold others.
    fn declaration_end(&mut self, start: usize) -> Option<usize> {
        let end = self.find(0, start, b">")?;
        let has_subset = memchr::memchr(b'[', &self.text.as_bytes()[start..end]).is_some();
        match has_subset && self.dialect == Dialect::Xml {
            true => self.find(3, start, b"]>").or(Some(end)),
            false => Some(end),
        }
    }

    /// Where the raw content of an element ends: at its closing tag.
    fn raw_end(&self, name: &Range<usize>) -> usize {
        let bytes = self.text.as_bytes();
        let name = self.text[name.clone()].as_bytes();
        let closes = |at: &usize| {
            let named = bytes.get(at + 2..at + 2 + name.len());
            named.is_some_and(|found| found.eq_ignore_ascii_case(name))
        };
        memchr::memmem::find_iter(&bytes[self.at..], b"</")
            .map(|at| self.at + at)
            .find(closes)
            .unwrap_or(bytes.len())
    }

    /// Where text that begins at `start` ends: before the next markup.
    fn text_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let from = start + 1;
        let begins = |at: &usize| match bytes.get(at + 1) {
            Some(b'!' | b'?' | b'/' | b'_') => true,
            Some(byte) => byte.is_ascii_alphabetic(),
            None => false,
        };
        memchr::memchr_iter(b'<', bytes.get(from..).unwrap_or_default())
            .map(|at| from + at)
            .find(begins)
            .unwrap_or(bytes.len())
    }
}

/// The attributes of a tag that opens; those without a value are left out.
pub fn attributes(text: &str, name: &Range<usize>, tag: &Range<usize>) -> Vec<Attribute> {
    let bytes = text.as_bytes();
    let end = tag.end - 1;
    let mut attributes = Vec::new();
    let mut at = name.end;
    let skip = |at: usize, wanted: fn(&u8) -> bool| {
        let rest = bytes.get(at..end).unwrap_or_default();
        at + rest.iter().take_while(|byte| wanted(byte)).count()
    };
    let is_space = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
    let is_name = |byte: &u8| !byte.is_ascii_whitespace() && !b"=/>".contains(byte);
    loop {
        let start = skip(at, is_space);
        let name = start..skip(start, is_name);
        let equals = skip(name.end, u8::is_ascii_whitespace);
        if bytes.get(equals) != Some(&b'=') || equals >= end {
            if name.is_empty() {
                return attributes;
            }
            at = name.end;
            continue;
        }
        let from = skip(equals + 1, u8::is_ascii_whitespace);
        let value = match bytes.get(from) {
            Some(quote @ (b'"' | b'\'')) if from < end => {
                let length = memchr::memchr(*quote, &bytes[from + 1..end]);
                from + 1..length.map_or(end, |length| from + 1 + length)
            }
            _ => from..skip(from, |byte| !byte.is_ascii_whitespace()),
        };
        at = (value.end + 1).min(end).max(equals + 1);
        attributes.push(Attribute { name, value });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, dialect: Dialect) -> Vec<String> {
        let mut end = 0;
        let told = |token: Token| {
            assert_eq!(token.span.start, end, "no gaps in {text}");
            end = token.span.end;
            let letter = match token.kind {
                TokenKind::Text => "t",
                TokenKind::Open {
                    is_closed: false, ..
                } => "o",
                TokenKind::Open { .. } => "e",
                TokenKind::Close { .. } => "c",
                TokenKind::Comment => "!",
                TokenKind::CharacterData(_) => "d",
                TokenKind::Raw => "r",
                TokenKind::Other => "?",
            };
            format!("{letter}{}", &text[token.span])
        };
        let all = tokens(text, dialect).map(told).collect();
        assert_eq!(end, text.len());
        all
    }

    #[test]
    fn markup_becomes_tokens() {
        assert_eq!(
            told(
                "<!DOCTYPE html><p a='>'>x<br/>1 < 2</p><!-- c -->",
                Dialect::Html
            ),
            [
                "?<!DOCTYPE html>",
                "o<p a='>'>",
                "tx",
                "e<br/>",
                "t1 < 2",
                "c</p>",
                "!<!-- c -->"
            ]
        );
        assert_eq!(
            told("<Script>if (a<b) {}</SCRIPT>x", Dialect::Html),
            ["o<Script>", "rif (a<b) {}", "c</SCRIPT>", "tx"]
        );
        assert_eq!(
            told(
                "<?xml?><!DOCTYPE a [<!ENTITY b 'c'>]><a><![CDATA[<x>]]></a>",
                Dialect::Xml
            ),
            [
                "?<?xml?>",
                "?<!DOCTYPE a [<!ENTITY b 'c'>]>",
                "o<a>",
                "d<![CDATA[<x>]]>",
                "c</a>"
            ]
        );
    }

    #[test]
    fn broken_markup_is_text() {
        assert_eq!(told("a <b", Dialect::Html), ["ta ", "t<b"]);
        assert_eq!(told("<p x=\"1>y", Dialect::Html), ["o<p x=\"1>", "ty"]);
        assert_eq!(told("<p don't>y", Dialect::Html), ["o<p don't>", "ty"]);
        assert_eq!(told("<!-- a", Dialect::Html), ["!<!-- a"]);
        assert_eq!(told("<script>a", Dialect::Html), ["o<script>", "ra"]);
        assert_eq!(told("<>&<", Dialect::Html), ["t<>&<"]);
    }

    #[test]
    fn many_broken_tags_take_no_long_time() {
        for piece in [
            "<a b=\"",
            "<a b='",
            "<a",
            "<![CDATA[",
            "</a",
            "<!",
            "<p x='\">",
        ] {
            let text = piece.repeat(200_000 / piece.len());
            for dialect in [Dialect::Html, Dialect::Xml] {
                told(&text, dialect);
            }
        }
    }

    #[test]
    fn attributes_have_names_and_values() {
        let text = "<a b=1 c = 'x y' d e=\"\" f=g/>";
        let Some(Token {
            span,
            kind: TokenKind::Open { name, .. },
        }) = tokens(text, Dialect::Html).next()
        else {
            panic!("no tag");
        };
        let all: Vec<_> = attributes(text, &name, &span)
            .into_iter()
            .map(|one| (&text[one.name], &text[one.value]))
            .collect();
        assert_eq!(all, [("b", "1"), ("c", "x y"), ("e", ""), ("f", "g/")]);
    }
}

//! Regular expressions of Go (RE2) as those of the `regex` crate.
//!
//! Both are engines without backtracking and nearly the same language. Where
//! they differ the same text is written differently:
//!
//! | Go | here |
//! |---|---|
//! | `{` that begins no repetition is itself (`${X}`, `{,5}`) | `\{` |
//! | `[` within a class is itself | `\[` |
//! | `&&`, `--`, `~~` within a class are characters | `&\&`, … |
//! | `\<`, `\>` are characters | `<`, `>` |
//! | `\Q…\E` is a literal | escaped |
//!
//! Classes such as `\w` are ASCII in Go, so Unicode is off here, too.

use std::iter::Peekable;
use std::str::CharIndices;

use regex::bytes::{Regex, RegexBuilder};

/// A program may become this large; rules with great repetitions do.
const SIZE_LIMIT: usize = 64 << 20;

/// A pattern as the `regex` crate reads it.
pub struct Translated {
    /// The pattern.
    pub text: String,
    /// How many groups it has.
    pub groups: usize,
}

/// The same pattern for [`compile`], or why there is none.
pub fn translate(pattern: &str) -> Result<Translated, String> {
    let translated = Translation::new(pattern).whole();
    let parsed = regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .octal(true)
        .build()
        .parse(&translated);
    match parsed {
        Ok(parsed) => Ok(Translated {
            groups: parsed.properties().explicit_captures_len(),
            text: translated,
        }),
        Err(regex_syntax::Error::Parse(error)) => Err(error.kind().to_string()),
        Err(regex_syntax::Error::Translate(error)) => Err(error.kind().to_string()),
        Err(error) => Err(error.to_string().replace('\n', " ")),
    }
}

/// Compiles a translated pattern; `None` if it becomes too large.
pub fn compile(translated: &str) -> Option<Regex> {
    RegexBuilder::new(translated)
        .unicode(false)
        .octal(true)
        .size_limit(SIZE_LIMIT)
        .build()
        .ok()
}

struct Translation<'p> {
    pattern: &'p str,
    rest: Peekable<CharIndices<'p>>,
    out: String,
}

impl<'p> Translation<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            pattern,
            rest: pattern.char_indices().peekable(),
            out: String::with_capacity(pattern.len() + 8),
        }
    }

    fn whole(mut self) -> String {
        while let Some((at, c)) = self.rest.next() {
            match c {
                '\\' => self.escape(),
                '[' => self.class(),
                '{' if !is_repetition(self.pattern.get(at..).unwrap_or_default()) => {
                    self.out.push_str(r"\{");
                }
                other => self.out.push(other),
            }
        }
        self.out
    }

    /// What follows a backslash.
    fn escape(&mut self) {
        match self.rest.next().map(|(_, c)| c) {
            Some('Q') => self.literal(),
            Some(c @ ('<' | '>')) => self.out.push(c),
            Some(c) => self.out.extend(['\\', c]),
            None => self.out.push('\\'),
        }
    }

    /// Up to `\E` or the end.
    fn literal(&mut self) {
        let start = self.rest.peek().map_or(self.pattern.len(), |(at, _)| *at);
        let rest = self.pattern.get(start..).unwrap_or_default();
        let (text, skip) = match rest.find(r"\E") {
            Some(end) => (&rest[..end], end + 2),
            None => (rest, rest.len()),
        };
        self.out.push_str(&regex_syntax::escape(text));
        while self.rest.peek().is_some_and(|(at, _)| *at < start + skip) {
            self.rest.next();
        }
    }

    /// A class, from behind its `[`.
    fn class(&mut self) {
        self.out.push('[');
        if self.rest.next_if(|(_, c)| *c == '^').is_some() {
            self.out.push('^');
        }
        // A bracket that comes first is itself.
        if self.rest.next_if(|(_, c)| *c == ']').is_some() {
            self.out.push_str(r"\]");
        }
        let mut before = ' ';
        while let Some((at, c)) = self.rest.next() {
            match c {
                ']' => return self.out.push(']'),
                '\\' => {
                    self.escape();
                    before = ' ';
                    continue;
                }
                '[' => match named_class(self.pattern.get(at..).unwrap_or_default()) {
                    Some(name) => {
                        self.out.push_str(name);
                        while self
                            .rest
                            .peek()
                            .is_some_and(|(next, _)| *next < at + name.len())
                        {
                            self.rest.next();
                        }
                    }
                    None => self.out.push_str(r"\["),
                },
                '&' | '-' | '~' if before == c => self.out.extend(['\\', c]),
                other => self.out.push(other),
            }
            before = c;
        }
    }
}

/// `{2}`, `{2,}`, `{2,5}` at the start of a text.
fn is_repetition(text: &str) -> bool {
    let Some((inner, _)) = text[1..].split_once('}') else {
        return false;
    };
    let (from, to) = inner.split_once(',').unwrap_or((inner, "0"));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !from.is_empty() && is_number(from) && is_number(to)
}

/// `[:alpha:]` at the start of a text within a class.
fn named_class(text: &str) -> Option<&str> {
    let inner = text.strip_prefix("[:")?;
    let end = inner.find(":]")?;
    let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'^';
    inner[..end].bytes().all(is_name).then(|| &text[..end + 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(pattern: &str, text: &str) -> bool {
        let translated = translate(pattern).unwrap_or_else(|why| panic!("{pattern}: {why}"));
        let regex = compile(&format!(r"\A(?:{})\z", translated.text)).unwrap();
        regex.is_match(text.as_bytes())
    }

    #[test]
    fn what_go_reads_differently_is_written_differently() {
        for (pattern, matches, not) in [
            (r"\${[A-Z]+}", "${TOKEN}", "$TOKEN"),
            (r"a{,5}", "a{,5}", "aaa"),
            (r"a{2,3}", "aaa", "a{2,3}"),
            (r"[^[]+", "abc", "a[c"),
            (r"[[:alpha:]_]+", "ab_", "a1"),
            (r"[a&&b]+", "a&b", "c"),
            (r"[+--]+", "+,-", "a"),
            (r"\<a\>", "<a>", "a"),
            (r"\Qa.b\E.", "a.bc", "axbc"),
            (r"[]a]+", "a]", "b"),
            (r"[^]a]", "b", "]"),
            (r"(?P<x>a)|(?i:B)", "b", "c"),
            (r"[\w.\-]+", "a.-", "+"),
            (r"\x41\101", "AA", "BB"),
        ] {
            assert!(is_match(pattern, matches), "{pattern} {matches}");
            assert!(!is_match(pattern, not), "{pattern} {not}");
        }
    }

    #[test]
    fn what_cannot_be_expressed_is_told() {
        for pattern in [r"\p{Greek}", "(?=a)", "(", r"\C"] {
            let Err(why) = translate(pattern) else {
                panic!("{pattern} was translated");
            };
            assert!(!why.is_empty() && !why.contains('\n'), "{pattern}: {why}");
        }
    }
}

//! Backslash escapes, as in the `repr` of a string, JSON within a string, or
//! a literal of most languages: `\n`, `\"`, `\x68`, `\u0068`, `\150`.

use super::{Peeled, Wrapping, units};

#[derive(Debug)]
struct Escapes;

/// Peels `text`, or says `None` if it has no backslash escape.
pub fn peel(text: &str) -> Option<Peeled> {
    units::peel(text, b'\\', decode, Escapes)
}

fn decode(text: &str) -> Option<(char, usize)> {
    let coded = |from: usize, to: usize, radix: u32| {
        let digits = text.get(from..to)?;
        let all_digits = digits.chars().all(|digit| digit.is_digit(radix));
        let code = u32::from_str_radix(digits, radix).ok()?;
        all_digits
            .then(|| char::from_u32(code))
            .flatten()
            .map(|character| (character, to))
    };
    let simple = |character| Some((character, 2));
    match text.as_bytes().get(1)? {
        b'n' => simple('\n'),
        b't' => simple('\t'),
        b'r' => simple('\r'),
        // The last row: how LaTeX and Markdown write punctuation.
        b @ (b'\\' | b'\'' | b'"' | b'/' | b'`' | b'$' | b'_' | b'-' | b'#' | b'&' | b'%'
        | b'*') => simple(char::from(*b)),
        b'x' => coded(2, 4, 16),
        b'u' => coded(2, 6, 16),
        b'U' => coded(2, 10, 16),
        b'0'..=b'3' => coded(1, 4, 8),
        _ => None,
    }
}

impl Wrapping for Escapes {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len());
        for character in replacement.chars() {
            match character {
                '\n' => out.push_str("\\n"),
                '\t' => out.push_str("\\t"),
                '\r' => out.push_str("\\r"),
                '\\' | '"' | '\'' => {
                    out.push('\\');
                    out.push(character);
                }
                other => out.push(other),
            }
        }
        out
    }
}

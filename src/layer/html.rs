//! Character references of HTML and XML: `&amp;`, `&#39;`, `&#x2F;`.
//!
//! Named ones: the five of XML and the few that stand within credentials and
//! the punctuation around them. Source: the HTML standard, section 13.5.

use super::{Peeled, Wrapping, units};

#[derive(Debug)]
struct Html;

const NAMED: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("equals", '='),
    ("sol", '/'),
    ("colon", ':'),
    ("commat", '@'),
    ("lowbar", '_'),
    ("plus", '+'),
    ("dash", '\u{2010}'),
    ("period", '.'),
    ("percnt", '%'),
    ("dollar", '$'),
];

/// Peels `text`, or says `None` if it has no character reference.
pub fn peel(text: &str) -> Option<Peeled> {
    units::peel(text, b'&', decode, Html)
}

fn decode(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((character, end + 1))
}

impl Wrapping for Html {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len());
        for character in replacement.chars() {
            match character {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                other => out.push(other),
            }
        }
        out
    }
}

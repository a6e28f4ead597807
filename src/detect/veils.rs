//! Veils: escapes of letters that need none, which could hide an anchor from
//! the first look at the raw bytes of a file.
//!
//! Nobody writes `&#104;` for an `h` by accident, so there are few of them, and
//! the regions that hold one get a second look with their encodings peeled.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, packed};

/// What veils begin with, save `%`, which stands alone often enough.
const LEADS: [&str; 7] = [r"\u00", r"\u20", "\u{200b}", "&#", r"\\x", r"\\0", r"\\1"];

/// One search for all leads.
enum Leads {
    /// With vector instructions.
    Packed(packed::Searcher),
    /// Where there are none.
    Automaton(AhoCorasick),
}

static SEARCH: LazyLock<Option<Leads>> = LazyLock::new(|| {
    packed::Searcher::new(LEADS)
        .map(Leads::Packed)
        .or_else(|| AhoCorasick::new(LEADS).ok().map(Leads::Automaton))
});

/// The places of veils within `texts`, in order.
pub fn veils(bytes: &[u8], texts: &[Range<usize>]) -> Vec<usize> {
    let mut veils = Vec::new();
    for text in texts {
        let within = &bytes[text.clone()];
        let mut add = |at: usize| {
            if hides(&bytes[text.start + at..]) {
                veils.push(text.start + at);
            }
        };
        match &*SEARCH {
            Some(Leads::Packed(search)) => {
                search.find_iter(within).for_each(|hit| add(hit.start()));
            }
            Some(Leads::Automaton(search)) => {
                search.find_iter(within).for_each(|hit| add(hit.start()));
            }
            None => {}
        }
        memchr::memchr_iter(b'%', within).for_each(&mut add);
    }
    veils.sort_unstable();
    veils
}

/// The bytes with the characters in the place of their escapes, if there are
/// any: only good for a search, since nothing leads back.
pub fn lifted(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut end = 0;
    let whole = 0..bytes.len();
    for at in veils(bytes, &[whole]) {
        let character = character(bytes.get(at..)?).filter(|(byte, _)| is_of_values(*byte));
        if let Some((byte, length)) = character
            && at >= end
        {
            out.extend_from_slice(&bytes[end..at]);
            out.push(byte);
            end = at + length;
        }
    }
    out.extend_from_slice(&bytes[end..]);
    (end > 0).then_some(out)
}

/// Whether a veil begins here.
fn hides(tail: &[u8]) -> bool {
    match tail {
        [b'\\', b'u', digits @ ..] => is_veil(digits.get(..4).unwrap_or_default()),
        [0xe2, ..] => true,
        _ => character(tail).is_some_and(|(byte, _)| is_of_values(byte)),
    }
}

/// Whether four hexadecimal digits are a printable ASCII character, an escape
/// or a space of no width.
fn is_veil(digits: &[u8]) -> bool {
    matches!(
        digits,
        [b'0', b'0', b'2'..=b'7', _]
            | [b'0', b'0', b'1', b'b' | b'B']
            | [b'2', b'0', b'0', b'b'..=b'f' | b'B'..=b'F']
    )
}

/// Whether credentials are made of such characters. Quotes, spaces, colons and
/// slashes are escaped everywhere: a URL in a URL would be a veil.
fn is_of_values(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)
}

/// The ASCII character that raw bytes of a JSON file begin with as an escape,
/// and how long that is: `&#104;`, `&#x68;`, `%68`, `\\x68`, `\\150`, `\u0068`
/// and `\\u0068`.
pub fn character(text: &[u8]) -> Option<(u8, usize)> {
    let (lead, digits, radix, close) = match text {
        [b'&', b'#', b'x' | b'X', tail @ ..] => (3, run(tail, 16, 4), 16, 1),
        [b'&', b'#', tail @ ..] => (2, run(tail, 10, 4), 10, 1),
        [b'%', tail @ ..] => (1, tail.get(..2)?, 16, 0),
        [b'\\', b'\\', b'x', tail @ ..] => (3, tail.get(..2)?, 16, 0),
        [b'\\', b'\\', b'u', tail @ ..] => (3, tail.get(..4)?, 16, 0),
        [b'\\', b'u', tail @ ..] => (2, tail.get(..4)?, 16, 0),
        [b'\\', b'\\', tail @ ..] => (2, tail.get(..3)?, 8, 0),
        _ => return None,
    };
    let end = lead + digits.len();
    if close == 1 && text.get(end) != Some(&b';') {
        return None;
    }
    if !digits.iter().all(|byte| char::from(*byte).is_digit(radix)) {
        return None;
    }
    let digits = std::str::from_utf8(digits).ok()?;
    let byte = u8::from_str_radix(digits, radix).ok()?;
    byte.is_ascii().then_some((byte, end + close))
}

/// The digits at the beginning, as many as `most`.
fn run(text: &[u8], radix: u32, most: usize) -> &[u8] {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let length = text.iter().take(most).take_while(is_digit).count();
    &text[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        veils(text.as_bytes(), std::slice::from_ref(&(0..text.len()))).len()
    }

    #[test]
    fn escaped_letters_are_veils() {
        for text in [
            "&#104;f_",
            "&#x68;f_",
            "%68f_",
            r"\\x68f_",
            r"\\150f_",
            r"\u0068f_",
            r"\\u0068f_",
            "h\u{200b}f_",
            r"h\u001b[1mf_",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
    }

    #[test]
    fn veils_are_lifted() {
        let text = r"a &#39; &#104;f_%61\\x62\\143\u0064&#x65; z";
        assert_eq!(lifted(text.as_bytes()).unwrap(), b"a &#39; hf_abcde z");
        assert_eq!(lifted(b"hf_abcde"), None);
    }

    #[test]
    fn what_is_escaped_everywhere_is_none() {
        for text in [
            "it&#39;s &#x27;here&#x27;, a&#160;b, &#, &#104",
            "a%20b, 100%|####|, 50%, https%3A%2F%2Fexample.org",
            r"re.sub('\\1', x), '\\x00\\x89PNG', C:\\xfiles",
            r"\u00e9t\u00e9",
            "",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}

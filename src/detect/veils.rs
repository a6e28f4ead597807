//! Veils: escapes of letters that need none, which could hide an anchor from
//! the first look at the raw bytes of a file.
//!
//! Nobody writes `&#104;` for an `h` by accident, so there are few of them, and
//! the regions that hold one get a second look with their encodings peeled.

use memchr::memmem::find_iter;

/// The places of veils, in order.
pub fn veils(bytes: &[u8]) -> Vec<usize> {
    let hides = |at: &usize| {
        let tail = bytes.get(*at..).unwrap_or_default();
        character(tail).is_some_and(|(byte, _)| is_of_values(byte))
    };
    let mut veils: Vec<usize> = find_iter(bytes, br"\u")
        .filter(|&at| is_veil(bytes.get(at + 2..at + 6).unwrap_or_default()))
        .chain(find_iter(bytes, b"\xe2\x80\x8b"))
        .chain(find_iter(bytes, b"&#").filter(hides))
        .chain(memchr::memchr_iter(b'%', bytes).filter(hides))
        .chain(find_iter(bytes, br"\\x").filter(hides))
        .chain(octals(bytes).filter(hides))
        .collect();
    veils.sort_unstable();
    veils
}

/// The bytes with the characters in the place of their escapes, if there are
/// any: only good for a search, since nothing leads back.
pub fn lifted(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut end = 0;
    for at in veils(bytes) {
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

/// Where `\\0` or `\\1` stands: octal escapes of ASCII begin so.
fn octals(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let leads = [br"\\0", br"\\1"];
    leads.into_iter().flat_map(|lead| find_iter(bytes, lead))
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
    byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)
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
            assert_eq!(veils(text.as_bytes()).len(), 1, "{text}");
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
            assert!(veils(text.as_bytes()).is_empty(), "{text}");
        }
    }
}

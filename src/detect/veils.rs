//! Veils: escapes of letters that need none, which could hide an anchor from
//! the first look at the raw bytes of a file.
//!
//! Nobody writes `&#104;` for an `h` by accident, so there are few of them, and
//! the regions that hold one get a second look with their encodings peeled.

/// What veils begin with: the places where [`hides`] is to be asked.
pub(super) fn leads() -> Vec<String> {
    let escapes = [r"\u00", r"\u20", r"\ufe", r"\uFE", r"\\x", r"\\0", r"\\1"];
    let invisible = ('\u{200b}'..='\u{200f}').chain('\u{2060}'..='\u{2064}');
    let invisible = invisible.chain(['\u{feff}']).map(String::from);
    let entities = "0123456789xX".chars().map(|first| format!("&#{first}"));
    let mut percent: Vec<String> = (0..0x80)
        .filter(|&byte| is_of_values(byte))
        .flat_map(|byte| [format!("%{byte:02x}"), format!("%{byte:02X}")])
        .collect();
    percent.dedup();
    let escapes = escapes.into_iter().map(str::to_owned);
    let all = escapes.chain(invisible).chain(entities).chain(percent);
    all.collect()
}

/// The bytes with the characters in the place of their escapes, if there are
/// any: only good for a search, since nothing leads back. `veils` are the
/// places of the escapes, in order.
pub(super) fn lifted(bytes: &[u8], veils: &[usize]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut end = 0;
    for &at in veils {
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

/// Whether a veil begins at `at`.
pub(super) fn hides(text: &[u8], at: usize) -> bool {
    let Some((before, tail)) = text.split_at_checked(at) else {
        return false;
    };
    match tail {
        _ if invisible(tail).is_some() => stands_beside_letters(before, tail),
        [b'\\', b'u', digits @ ..] => is_veil(digits.get(..4).unwrap_or_default()),
        _ => character(tail).is_some_and(|(byte, _)| is_of_values(byte)),
    }
}

/// Whether four hexadecimal digits are a printable ASCII character or an escape.
fn is_veil(digits: &[u8]) -> bool {
    matches!(
        digits,
        [b'0', b'0', b'2'..=b'7', _] | [b'0', b'0', b'1', b'b' | b'B']
    )
}

/// The length of the character that raw bytes begin with, as it is or escaped,
/// if it is not shown and takes no room. Soft hyphens are told where they are
/// escaped alone: as they are, they are too short to be searched for.
fn invisible(text: &[u8]) -> Option<usize> {
    match text {
        [0xe2, 0x80, 0x8b..=0x8f, ..] | [0xe2, 0x81, 0xa0..=0xa4, ..] | [0xef, 0xbb, 0xbf, ..] => {
            Some(3)
        }
        [b'\\', b'u', digits @ ..] => {
            let digits = digits
                .first_chunk::<4>()?
                .map(|digit| digit.to_ascii_lowercase());
            let is_one = matches!(
                &digits,
                b"00ad"
                    | b"feff"
                    | [b'2', b'0', b'0', b'b'..=b'f']
                    | [b'2', b'0', b'6', b'0'..=b'4']
            );
            is_one.then_some(6)
        }
        _ => None,
    }
}

/// Whether a letter stands before or behind the invisible characters that `tail`
/// begins with. Notebooks hold thousands of strings with nothing else in them
/// (the captions of widgets), and emoji are joined by them.
fn stands_beside_letters(before: &[u8], mut tail: &[u8]) -> bool {
    let is_letter =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_graphic() && *byte != b'"');
    while let Some(length) = invisible(tail) {
        tail = &tail[length..];
    }
    is_letter(before.last()) || is_letter(tail.first())
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
    use crate::detect::needles::Needles;

    fn veils(text: &[u8]) -> Vec<usize> {
        let mut veils = Vec::new();
        Needles::new(leads()).each(text, 0..text.len(), |at, _| {
            if hides(text, at) {
                veils.push(at);
            }
        });
        veils
    }

    fn found(text: &str) -> usize {
        veils(text.as_bytes()).len()
    }

    fn lift(text: &str) -> Option<Vec<u8>> {
        lifted(text.as_bytes(), &veils(text.as_bytes()))
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
            "h\u{200d}f_",
            "h\u{feff}f_",
            r"h\u00adf_",
            r"h\u001b[1mf_",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
        assert_eq!(found(r"h\u2060\uFEFFf_"), 2);
        assert_eq!(found("token: \u{200b}x, token\u{200b} = x"), 2);
    }

    #[test]
    fn veils_are_lifted() {
        let text = r"a &#39; &#104;f_%61\\x62\\143\u0064&#x65; z";
        assert_eq!(lift(text).unwrap(), b"a &#39; hf_abcde z");
        assert_eq!(lift("hf_abcde"), None);
    }

    #[test]
    fn what_is_escaped_everywhere_is_none() {
        for text in [
            "it&#39;s &#x27;here&#x27;, a&#160;b, &#, &#104",
            "a%20b, 100%|####|, 50%, https%3A%2F%2Fexample.org",
            r"re.sub('\\1', x), '\\x00\\x89PNG', C:\\xfiles",
            r"\u00e9t\u00e9",
            "\"\u{200b}\", \" \u{200b}\", \u{1f469}\u{200d}\u{1f4bb}",
            "",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}

//! Quotation marks as people and their word processors set them: `“…”`, `‘…’`,
//! `„…“`, `«…»`. Notes have them, and code that was copied from a page or a document
//! (the Unicode standard, section 6.2, "Quotation Marks").

/// What closes what the mark at the beginning opens: with or against the direction it
/// is drawn in, as languages differ. The last two are bytes 0x91 to 0x94 of
/// Windows-1252, read as Latin-1.
const PAIRS: [(char, &[char]); 10] = [
    ('“', &['”', '“']),
    ('”', &['”']),
    ('„', &['“', '”', '‟']),
    ('‘', &['’', '‘']),
    ('’', &['’']),
    ('‚', &['‘', '’']),
    ('«', &['»']),
    ('»', &['«', '»']),
    ('\u{91}', &['\u{92}']),
    ('\u{93}', &['\u{94}']),
];

/// The marks that close what a text begins with, if that is an opening one.
pub(crate) fn closing(text: &str) -> Option<&'static [char]> {
    let first = text.chars().next().filter(|first| !first.is_ascii())?;
    let pair = PAIRS.iter().find(|(open, _)| *open == first);
    pair.map(|(_, close)| *close)
}

/// Whether it is such a mark, opening or closing.
pub(crate) fn is_mark(c: char) -> bool {
    matches!(c, '‘'..='‟' | '«' | '»' | '\u{91}'..='\u{94}')
}

/// How many bytes of UTF-8 the mark has that they begin with, 0 if there is none.
pub(crate) fn mark_length(bytes: &[u8]) -> usize {
    match bytes {
        [0xc2, 0x91..=0x94 | 0xab | 0xbb, ..] => 2,
        [0xe2, 0x80, 0x98..=0x9f, ..] => 3,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known_by_their_bytes() {
        for c in '\0'..='\u{ffff}' {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            let length = if is_mark(c) { bytes.len() } else { 0 };
            assert_eq!(mark_length(bytes), length, "{c:?}");
        }
    }

    #[test]
    fn what_opens_has_a_mark_that_closes_it() {
        for (open, close) in PAIRS {
            assert!(
                is_mark(open) && close.iter().copied().all(is_mark),
                "{open}"
            );
            assert_eq!(closing(&format!("{open}a")), Some(close));
        }
        assert_eq!(closing("\"a\""), None);
        assert_eq!(closing("é"), None);
    }
}

//! The encoding of a text file: UTF-8 nearly always, UTF-16 or UTF-32 where
//! some Windows programs wrote it, one byte a character in old files.
//!
//! Only what can be written back byte for byte is accepted, so a text edited
//! in between differs from the file in the edits alone.
//!
//! Byte order marks: the Unicode standard, section 23.8.

use std::borrow::Cow;

use simdutf8::compat;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark (which stays part of the text).
    Utf8,
    /// UTF-16, with or without its mark (which stays part of the text).
    Utf16 {
        /// The more significant byte comes first.
        big_endian: bool,
    },
    /// UTF-32 with a byte order mark.
    Utf32 {
        /// The most significant byte comes first.
        big_endian: bool,
    },
    /// A byte is a character: Latin-1, or a relative of it that differs in
    /// characters which no credential holds.
    Latin1,
}

/// How much of a file tells whether it is a text.
pub const BEGINNING: usize = 4096;

/// Decodes a text that may be of an old encoding; `None` if the bytes are no
/// text at all.
pub fn decode_any(bytes: &[u8]) -> Option<(Cow<'_, str>, Encoding)> {
    if let Some(big_endian) = unmarked_utf16(bytes) {
        let text = from_utf16(bytes, big_endian).ok()?;
        return Some((Cow::Owned(text), Encoding::Utf16 { big_endian }));
    }
    if is_binary(bytes) {
        return None;
    }
    match decode(bytes) {
        Ok(decoded) => Some(decoded),
        Err(_) if memchr::memchr(0, bytes).is_some() => None,
        Err(_) => {
            let text = bytes.iter().map(|&byte| char::from(byte)).collect();
            Some((Cow::Owned(text), Encoding::Latin1))
        }
    }
}

/// Whether a file that begins with these bytes is no text: a zero byte, or
/// more than a few control characters, and nothing of UTF-16 or UTF-32.
///
/// Only the beginning counts: a log that a crash has torn is a text.
pub fn is_binary(bytes: &[u8]) -> bool {
    let beginning = &bytes[..bytes.len().min(BEGINNING)];
    // Counted in bytes, of which many are added in one go.
    let controls = |bytes: &[u8]| -> u8 {
        let control = |byte: &u8| u8::from(matches!(byte, 1..=6 | 14..=26 | 28..=31));
        bytes.iter().map(control).sum()
    };
    let most = usize::from(u8::MAX);
    let all: usize = beginning
        .chunks(most)
        .map(|bytes| usize::from(controls(bytes)))
        .sum();
    !is_wide(beginning) && (memchr::memchr(0, beginning).is_some() || all > beginning.len() / 10)
}

/// Whether a text that begins with these bytes has more than one for a letter
/// of ASCII: UTF-16 or UTF-32.
pub fn is_wide(bytes: &[u8]) -> bool {
    let is_marked = matches!(
        bytes,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0, 0xfe, 0xff, ..]
    );
    is_marked || unmarked_utf16(bytes).is_some()
}

/// Whether bytes without a mark are UTF-16, and which byte comes first there:
/// most characters of most texts have a zero as their more significant byte,
/// and no character is one of control.
fn unmarked_utf16(bytes: &[u8]) -> Option<bool> {
    let (units, _) = bytes[..bytes.len().min(BEGINNING)].as_chunks::<2>();
    let big_endian = match units.first()? {
        [0, low] if *low != 0 => true,
        [low, 0] if *low != 0 => false,
        _ => return None,
    };
    let is_text = |unit: &u16| *unit >= 0x20 || matches!(unit, 9 | 10 | 12 | 13 | 27);
    let mut plain = 0;
    for unit in units {
        let unit = match big_endian {
            true => u16::from_be_bytes(*unit),
            false => u16::from_le_bytes(*unit),
        };
        if !is_text(&unit) {
            return None;
        }
        plain += usize::from(unit < 0x80);
    }
    (units.len() > 1 && plain * 4 > units.len() * 3).then_some(big_endian)
}

/// Decodes `bytes`; fails with the offset of the first byte that is no text.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), usize> {
    let encoding = match bytes {
        [0xff, 0xfe, 0, 0, ..] => Encoding::Utf32 { big_endian: false },
        [0, 0, 0xfe, 0xff, ..] => Encoding::Utf32 { big_endian: true },
        [0xff, 0xfe, ..] => Encoding::Utf16 { big_endian: false },
        [0xfe, 0xff, ..] => Encoding::Utf16 { big_endian: true },
        _ => {
            let text = compat::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
            return Ok((Cow::Borrowed(text), Encoding::Utf8));
        }
    };
    let text = match encoding {
        Encoding::Utf16 { big_endian } => from_utf16(bytes, big_endian)?,
        _ => from_utf32(bytes, encoding == Encoding::Utf32 { big_endian: true })?,
    };
    Ok((Cow::Owned(text), encoding))
}

fn from_utf16(bytes: &[u8], big_endian: bool) -> Result<String, usize> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(bytes.len() - rest.len());
    }
    let units = units.iter().map(|&unit| match big_endian {
        true => u16::from_be_bytes(unit),
        false => u16::from_le_bytes(unit),
    });
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut at = 0;
    for character in char::decode_utf16(units) {
        let character = character.map_err(|_| at)?;
        at += character.len_utf16() * 2;
        text.push(character);
    }
    Ok(text)
}

fn from_utf32(bytes: &[u8], big_endian: bool) -> Result<String, usize> {
    let (units, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(bytes.len() - rest.len());
    }
    let character = |(index, &unit): (usize, &[u8; 4])| {
        let code = match big_endian {
            true => u32::from_be_bytes(unit),
            false => u32::from_le_bytes(unit),
        };
        char::from_u32(code).ok_or(index * 4)
    };
    units.iter().enumerate().map(character).collect()
}

impl Encoding {
    /// The bytes of `text`, whose byte order mark is its first character.
    pub fn encode(self, text: String) -> Vec<u8> {
        match self {
            Self::Utf8 => text.into_bytes(),
            // What a replacement adds is ASCII.
            Self::Latin1 => text
                .chars()
                .map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?'))
                .collect(),
            Self::Utf16 { big_endian } => text
                .encode_utf16()
                .flat_map(|unit| match big_endian {
                    true => unit.to_be_bytes(),
                    false => unit.to_le_bytes(),
                })
                .collect(),
            Self::Utf32 { big_endian } => text
                .chars()
                .flat_map(|character| match big_endian {
                    true => u32::from(character).to_be_bytes(),
                    false => u32::from(character).to_le_bytes(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_texts_are_read_byte_by_byte_and_binaries_are_not() {
        let (text, encoding) = decode_any(b"caf\xe9 = 1").expect("is text");
        assert_eq!((text.as_ref(), encoding), ("café = 1", Encoding::Latin1));
        assert_eq!(encoding.encode(text.into_owned()), b"caf\xe9 = 1");
        assert_eq!(decode_any(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), None);
        assert_eq!(decode_any(b"PK\0text"), None);
        assert_eq!(
            decode_any(b"").map(|(_, encoding)| encoding),
            Some(Encoding::Utf8)
        );
        let wide = Encoding::Utf16 { big_endian: false }.encode("\u{feff}ab".to_owned());
        assert!(decode_any(&wide).is_some());
    }

    #[test]
    fn utf16_without_a_mark_is_told_by_its_zeros() {
        for big_endian in [false, true] {
            let encoding = Encoding::Utf16 { big_endian };
            let bytes = encoding.encode("token = é\r\n".to_owned());
            let (text, told) = decode_any(&bytes).expect("is text");
            assert_eq!((text.as_ref(), told), ("token = é\r\n", encoding));
            assert!(!is_binary(&bytes));
        }
        let samples: Vec<u8> = (0..400_u16).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode_any(&samples), None);
        assert_eq!(decode_any(b"a\0"), None);
    }

    #[test]
    fn a_log_that_a_crash_has_torn_is_a_text() {
        let mut torn = "step 1\n".repeat(2000).into_bytes();
        torn.extend([0; 512]);
        assert!(decode_any(&torn).is_some());
        torn.push(0xff);
        assert_eq!(decode_any(&torn), None);
    }

    const ALL: [Encoding; 5] = [
        Encoding::Utf8,
        Encoding::Utf16 { big_endian: false },
        Encoding::Utf16 { big_endian: true },
        Encoding::Utf32 { big_endian: false },
        Encoding::Utf32 { big_endian: true },
    ];

    #[test]
    fn what_is_decoded_is_written_back_byte_for_byte() {
        for encoding in ALL {
            let bytes = encoding.encode("\u{feff}{\"ä\": \"😀\"}\r\n".to_owned());
            let (text, told) = decode(&bytes).expect("is text");
            assert_eq!(told, encoding);
            assert_eq!(told.encode(text.into_owned()), bytes);
        }
    }

    #[test]
    fn what_could_not_be_written_back_is_refused() {
        assert_eq!(decode(b"ab\xff"), Err(2));
        assert_eq!(decode(b"\xff\xfea\0\0\xd8"), Err(4));
        assert_eq!(decode(b"\xff\xfea\0b"), Err(4));
        assert_eq!(decode(b"\xff\xfe\0\0a\0\0"), Err(4));
    }
}

//! The encoding of a text file: UTF-8 nearly always, UTF-16 or UTF-32 where
//! some Windows programs wrote it.
//!
//! Only what can be written back byte for byte is accepted, so a text edited
//! in between differs from the file in the edits alone.
//!
//! Byte order marks: the Unicode standard, section 23.8.

use std::borrow::Cow;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark (which stays part of the text).
    Utf8,
    /// UTF-16 with a byte order mark.
    Utf16 {
        /// The more significant byte comes first.
        big_endian: bool,
    },
    /// UTF-32 with a byte order mark.
    Utf32 {
        /// The most significant byte comes first.
        big_endian: bool,
    },
}

/// Decodes `bytes`; fails with the offset of the first byte that is no text.
pub fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Encoding), usize> {
    let encoding = match bytes {
        [0xff, 0xfe, 0, 0, ..] => Encoding::Utf32 { big_endian: false },
        [0, 0, 0xfe, 0xff, ..] => Encoding::Utf32 { big_endian: true },
        [0xff, 0xfe, ..] => Encoding::Utf16 { big_endian: false },
        [0xfe, 0xff, ..] => Encoding::Utf16 { big_endian: true },
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
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

//! The base64 layer: text within base64, standard or URL-safe, padded or not,
//! on one line or wrapped (RFC 4648, RFC 2045), as UTF-8 or as UTF-16 (which
//! `powershell -EncodedCommand` takes).
//!
//! Base64 has no borders between characters, so an edit encodes the whole
//! anew, in the style it had.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Map, Peeled, Wrapping};
use crate::edit::{self, Edit};

/// How something is written in base64.
#[derive(Debug)]
pub(super) struct Style {
    url_safe: bool,
    padded: bool,
    /// Characters a line and the line end, if it is wrapped.
    wrapped: Option<(usize, &'static str)>,
    /// White space behind the last character.
    tail: String,
}

/// How the text is written as bytes.
#[derive(Debug, Clone, Copy)]
enum Units {
    Utf8,
    Utf16Little,
    Utf16Big,
}

impl Units {
    /// The text in these bytes. Latin text in UTF-16 has a zero in every
    /// other byte, which no text in UTF-8 has.
    fn read(bytes: Vec<u8>) -> Option<(Self, String)> {
        let [first, second, ..] = bytes[..] else {
            return Some((Self::Utf8, String::from_utf8(bytes).ok()?));
        };
        let unit: fn([u8; 2]) -> u16 = match (first, second) {
            (0, 1..) => u16::from_be_bytes,
            (1.., 0) => u16::from_le_bytes,
            _ => return Some((Self::Utf8, String::from_utf8(bytes).ok()?)),
        };
        let (pairs, rest) = bytes.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
        let text = String::from_utf16(&units)
            .ok()
            .filter(|_| rest.is_empty())?;
        let units = match first {
            0 => Self::Utf16Big,
            _ => Self::Utf16Little,
        };
        Some((units, text))
    }

    fn bytes(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 => text.as_bytes().to_vec(),
            Self::Utf16Little => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Big => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

#[derive(Debug)]
struct Base64 {
    style: Style,
    units: Units,
    length: usize,
}

/// Peels `text` if the whole of it is base64 of text.
pub fn peel(text: &str) -> Option<Peeled> {
    let (style, decoded) = opened(text)?;
    let (units, decoded) = Units::read(decoded)?;
    let mut map = Map::starting_at(0);
    map.unit(decoded.len(), text.len());
    Some(Peeled {
        text: decoded,
        map,
        wrapping: Arc::new(Base64 {
            style,
            units,
            length: text.len(),
        }),
    })
}

/// The bytes that `text` is if the whole of it is base64, and how it is
/// written.
pub(super) fn opened(text: &str) -> Option<(Style, Vec<u8>)> {
    let body = text.trim_end();
    let url_safe = memchr::memchr2(b'-', b'_', body.as_bytes()).is_some();
    let compact: Cow<'_, str> = match memchr::memchr2(b'\n', b'\r', body.as_bytes()) {
        Some(_) => body.split(['\n', '\r']).collect(),
        None => Cow::Borrowed(body),
    };
    let decoded = engine(url_safe, true).decode(&*compact).ok()?;
    let wrapped = body.find('\n').map(|at| {
        let (end, line) = match body[..at].strip_suffix('\r') {
            Some(line) => ("\r\n", line),
            None => ("\n", &body[..at]),
        };
        (line.len(), end)
    });
    let style = Style {
        url_safe,
        padded: compact.ends_with('=') || compact.len().is_multiple_of(4),
        wrapped,
        tail: text[body.len()..].to_owned(),
    };
    Some((style, decoded))
}

/// A piece of the usual base64, without padding.
pub(super) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    engine(false, false).decode(text).ok()
}

fn engine(url_safe: bool, padded: bool) -> &'static GeneralPurpose {
    const fn of(alphabet: &alphabet::Alphabet, padded: bool) -> GeneralPurpose {
        let config = GeneralPurposeConfig::new()
            .with_encode_padding(padded)
            .with_decode_padding_mode(DecodePaddingMode::Indifferent);
        GeneralPurpose::new(alphabet, config)
    }
    static PLAIN: GeneralPurpose = of(&alphabet::STANDARD, false);
    static PADDED: GeneralPurpose = of(&alphabet::STANDARD, true);
    static SAFE: GeneralPurpose = of(&alphabet::URL_SAFE, false);
    static SAFE_PADDED: GeneralPurpose = of(&alphabet::URL_SAFE, true);
    match (url_safe, padded) {
        (false, false) => &PLAIN,
        (false, true) => &PADDED,
        (true, false) => &SAFE,
        (true, true) => &SAFE_PADDED,
    }
}

impl Style {
    /// The bytes written in this style.
    pub fn encode(&self, bytes: &[u8]) -> String {
        let plain = engine(self.url_safe, self.padded).encode(bytes);
        let Some((width, end)) = self.wrapped.filter(|&(width, _)| width > 0) else {
            return plain + &self.tail;
        };
        let mut out = String::with_capacity(plain.len() + plain.len() / width * 2 + 2);
        let mut rest = plain.as_str();
        while rest.len() > width {
            let (line, more) = rest.split_at(width);
            out.push_str(line);
            out.push_str(end);
            rest = more;
        }
        out.push_str(rest);
        out + &self.tail
    }
}

impl Wrapping for Base64 {
    fn encode(&self, replacement: &str) -> String {
        self.style.encode(&self.units.bytes(replacement))
    }

    fn carry(&self, text: &str, _map: &Map, edits: &[Edit]) -> Vec<Edit> {
        if edits.is_empty() {
            return Vec::new();
        }
        let changed = edit::apply_str(text, edits);
        vec![Edit::replace(0..self.length, self.encode(&changed))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str, edits: &[Edit]) -> String {
        let peeled = peel(text).expect("is base64");
        crate::edit::apply_str(text, &peeled.wrap(edits))
    }

    #[test]
    fn keeps_alphabet_padding_and_wrapping() {
        let same = [Edit::replace(0..1, "h")];
        for text in [
            "aGVsbG8gd29ybGQ=",
            "aGVsbG8gd29ybGQ",
            "aGVs\nbG8g\nd29y\nbGQ=\n",
            "aGVs\r\nbG8h",
        ] {
            assert_eq!(round(text, &same), text);
        }
        assert_eq!(round("aMO_aMO-", &same), "aMO_aMO-");
        for utf_16 in ["aABmAF8A", "AGgAZgBf"] {
            assert_eq!(peel(utf_16).expect("is base64").text, "hf_");
            assert_eq!(round(utf_16, &same), utf_16);
        }
    }

    #[test]
    fn an_edit_encodes_the_whole_anew() {
        assert_eq!(round("aGVsbG8=", &[Edit::replace(0..5, "bye")]), "Ynll");
    }

    #[test]
    fn what_is_not_text_in_base64_is_not_peeled() {
        assert!(peel("not base64!").is_none());
        assert!(peel("/////w==").is_none());
    }
}

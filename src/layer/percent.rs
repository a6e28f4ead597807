//! Percent-encoding, as in URLs and in pages that embed code (RFC 3986).

use std::fmt::Write;

use super::{Peeled, Wrapping, units};

#[derive(Debug)]
struct Percent;

/// Peels `text`, or says `None` if nothing in it is percent-encoded.
pub fn peel(text: &str) -> Option<Peeled> {
    units::peel(text, b'%', decode, Percent)
}

/// The character at the start of `text`, which may take several `%XX`.
fn decode(text: &str) -> Option<(char, usize)> {
    let byte = |at: usize| {
        let digits = text.get(at..)?.strip_prefix('%')?.get(..2)?;
        u8::from_str_radix(digits, 16)
            .ok()
            .filter(|_| !digits.starts_with('+'))
    };
    let first = byte(0)?;
    let length = match first {
        0x00..=0x7f => 1,
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let units: Option<Vec<u8>> = (0..length).map(|index| byte(index * 3)).collect();
    let units = units?;
    let character = std::str::from_utf8(&units).ok()?.chars().next()?;
    Some((character, length * 3))
}

impl Wrapping for Percent {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len());
        for byte in replacement.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                    out.push(char::from(byte));
                }
                _ => {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
        out
    }
}

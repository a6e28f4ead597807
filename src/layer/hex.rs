//! Hexadecimal digits that spell text, two for a byte.

use std::fmt::Write;
use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Hex {
    upper: bool,
}

/// Peels `text` if the whole of it is hexadecimal for printable ASCII.
pub fn peel(text: &str) -> Option<Peeled> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    let mut peeled = String::with_capacity(text.len() / 2);
    let mut map = Map::starting_at(0);
    for at in (0..text.len()).step_by(2) {
        let byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        if !(byte == b'\n' || matches!(byte, b' '..=b'~')) {
            return None;
        }
        peeled.push(char::from(byte));
        map.unit(1, 2);
    }
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    Some(Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(Hex { upper }),
    })
}

impl Wrapping for Hex {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len() * 2);
        for byte in replacement.bytes() {
            // Writing to a string cannot fail.
            let _ = if self.upper {
                write!(out, "{byte:02X}")
            } else {
                write!(out, "{byte:02x}")
            };
        }
        out
    }
}

//! Strings in FlatBuffers, found by their form: a length of four bytes on a
//! border of four, that many bytes of text, and a zero.
//!
//! The tables around them are not read: a string is replaced by one of the
//! same length, so whatever points to it still does.

use std::ops::Range;

use super::strings::SHORTEST;

/// Where the strings stand.
pub(super) fn strings(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut strings = Vec::new();
    let mut at = 0;
    while let Some(head) = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        let start = at + head.len();
        match string(bytes, start, u32::from_le_bytes(*head)) {
            Some(span) => {
                at = (span.end + 1).next_multiple_of(4);
                strings.push(span);
            }
            None => at = start,
        }
    }
    strings
}

fn string(bytes: &[u8], start: usize, len: u32) -> Option<Range<usize>> {
    let len = usize::try_from(len).ok().filter(|len| *len >= SHORTEST)?;
    let end = start.checked_add(len)?;
    if bytes.get(end) != Some(&0) {
        return None;
    }
    // The lengths and offsets of a table have zeros in them: this ends early
    // where there is no text.
    let text = bytes.get(start..end)?;
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x1b);
    let is_text = !text.iter().any(is_control) && std::str::from_utf8(text).is_ok();
    is_text.then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_by_their_form() {
        let mut bytes = vec![1, 0, 0, 0];
        for text in ["abcdefg", "short", "hub_token"] {
            bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
            bytes.extend_from_slice(text.as_bytes());
            bytes.resize((bytes.len() + 1).next_multiple_of(4), 0);
        }
        let found: Vec<&[u8]> = strings(&bytes).into_iter().map(|it| &bytes[it]).collect();
        assert_eq!(found, [&b"abcdefg"[..], b"hub_token"]);
        assert!(strings(&[0xff; 64]).is_empty());
    }
}

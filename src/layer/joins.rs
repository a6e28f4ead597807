//! String literals that a printer has broken over several lines: `pprint`
//! writes a long value as `'first part'`, a new line, `'second part'`.
//!
//! Peels the quotes and the white space between; an edit across them joins the
//! lines.

use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Joins;

impl Wrapping for Joins {
    fn encode(&self, replacement: &str) -> String {
        replacement.to_owned()
    }
}

/// Peels `text`, or says `None` if no literal in it is broken.
pub fn peel(text: &str) -> Option<Peeled> {
    let bytes = text.as_bytes();
    let mut peeled = String::new();
    let mut map = Map::starting_at(0);
    let mut done = 0;
    for newline in memchr::memchr_iter(b'\n', bytes) {
        let Some(gap) = gap(bytes, newline).filter(|gap| gap.start >= done) else {
            continue;
        };
        peeled.push_str(&text[done..gap.start]);
        map.verbatim(gap.start - done);
        map.gap(gap.len());
        done = gap.end;
    }
    if done == 0 {
        return None;
    }
    peeled.push_str(&text[done..]);
    map.verbatim(text.len() - done);
    Some(Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(Joins),
    })
}

/// From the closing quote before a line end to the opening quote behind it.
fn gap(bytes: &[u8], newline: usize) -> Option<std::ops::Range<usize>> {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let before = bytes[..newline].iter().rposition(|byte| !is_space(byte))?;
    let quote = bytes[before];
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let mut after = newline
        + 1
        + bytes[newline + 1..]
            .iter()
            .position(|byte| !is_space(byte))?;
    // The literals may carry a prefix: `b'…'`.
    if bytes[after].is_ascii_alphabetic() {
        after += 1;
    }
    (bytes.get(after) == Some(&quote)).then_some(before..after + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    #[test]
    fn joins_what_pprint_broke() {
        let text = "{'key': 'first '\n        'second',\n 'b': 1}";
        let peeled = peel(text).expect("is broken");
        assert_eq!(peeled.text, "{'key': 'first second',\n 'b': 1}");
        let out = apply_str(text, &peeled.wrap(&[Edit::replace(9..21, "X")]));
        assert_eq!(out, "{'key': 'X',\n 'b': 1}");
    }

    #[test]
    fn whole_literals_on_lines_of_their_own_stay() {
        assert!(peel("['a',\n 'b']").is_none());
    }
}

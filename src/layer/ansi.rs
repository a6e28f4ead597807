//! The colour layer: terminal control sequences and characters that nobody
//! sees, which lie between (or inside) the words of tracebacks and streams.
//!
//! Peels ECMA-48 control sequences (`ESC [ … final`), operating system
//! commands (`ESC ] … BEL`), other two-character escapes, and zero-width
//! characters. An edit across them takes them away.

use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Plain;

impl Wrapping for Plain {
    fn encode(&self, replacement: &str) -> String {
        replacement.to_owned()
    }
}

/// Peels `text`, or says `None` if there is nothing to peel.
pub fn peel(text: &str) -> Option<Peeled> {
    let mut at = next(text, 0)?;
    let mut peeled = String::with_capacity(text.len());
    let mut map = Map::starting_at(0);
    let mut done = 0;
    loop {
        peeled.push_str(&text[done..at]);
        map.verbatim(at - done);
        let length = sequence(&text[at..]);
        map.gap(length);
        done = at + length;
        match next(text, done) {
            Some(found) => at = found,
            None => break,
        }
    }
    peeled.push_str(&text[done..]);
    map.verbatim(text.len() - done);
    Some(Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(Plain),
    })
}

/// Whether a character is not shown and takes no room.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}'
    )
}

/// Where the next thing to peel begins, from `from` on.
fn next(text: &str, from: usize) -> Option<usize> {
    /// So many bytes are looked at together.
    const STEP: usize = 64;
    // All of it begins with one of four bytes, most of which are rare.
    let may_begin = |byte: u8| matches!(byte, 0x1b | 0xc2 | 0xe2 | 0xef);
    let begins = |at: &usize| {
        let first = text.get(*at..).and_then(|text| text.chars().next());
        first.is_some_and(|c| c == '\u{1b}' || is_invisible(c))
    };
    let mut start = from;
    text.as_bytes().get(from..)?.chunks(STEP).find_map(|bytes| {
        let at = start;
        start += bytes.len();
        if !bytes.iter().fold(false, |any, &byte| any | may_begin(byte)) {
            return None;
        }
        (at..start)
            .filter(|place| may_begin(bytes[place - at]))
            .find(begins)
    })
}

/// Length of the sequence at the start of `text`.
fn sequence(text: &str) -> usize {
    let mut characters = text.char_indices();
    match characters.next() {
        Some((_, '\u{1b}')) => {}
        Some((_, invisible)) => return invisible.len_utf8(),
        None => return 0,
    }
    match characters.next() {
        Some((_, '[')) => text
            .char_indices()
            .skip(2)
            .find(|(_, c)| !matches!(c, ' '..='?'))
            .map_or(
                text.len(),
                |(at, c)| {
                    if matches!(c, '@'..='~') { at + 1 } else { at }
                },
            ),
        Some((_, ']')) => text
            .char_indices()
            .skip(2)
            .find(|(_, c)| matches!(c, '\u{7}' | '\u{1b}' | '\n'))
            .map_or(text.len(), |(at, c)| match c {
                '\u{7}' => at + 1,
                '\u{1b}' if text[at + 1..].starts_with('\\') => at + 2,
                _ => at,
            }),
        Some((_, c @ ('(' | ')'))) => {
            let set = text.chars().nth(2).map_or(0, char::len_utf8);
            1 + c.len_utf8() + set
        }
        Some((_, c)) if c.is_ascii_graphic() => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    #[test]
    fn plain_text_has_nothing_to_peel() {
        assert!(peel("plain — with “quotes” and ünlaute").is_none());
    }

    #[test]
    fn colours_links_and_zero_width_go() {
        let text = "\u{1b}[0;31mred\u{1b}[0m \u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\ a\u{200b}b\u{1b}(B";
        let peeled = peel(text).expect("something to peel");
        assert_eq!(peeled.text, "red link ab");
    }

    #[test]
    fn what_is_to_peel_is_found_wherever_it_stands() {
        for length in 0..150 {
            let before = "\u{e9}".repeat(length / 2) + &"x".repeat(length % 2);
            for code in ["\u{1b}[0m", "\u{200b}", "\u{ad}", "\u{feff}"] {
                let peeled = peel(&format!("{before}{code}{before}{code}")).expect("peels");
                assert_eq!(peeled.text, before.repeat(2), "{length}");
            }
        }
    }

    #[test]
    fn an_edit_takes_the_codes_within_and_leaves_those_beside() {
        let text = "\u{1b}[31mto\u{1b}[0mken\u{1b}[0m.";
        let peeled = peel(text).expect("something to peel");
        let out = apply_str(text, &peeled.wrap(&[Edit::replace(0..5, "X")]));
        assert_eq!(out, "\u{1b}[31mX\u{1b}[0m.");
    }

    #[test]
    fn a_cut_off_sequence_is_peeled_to_the_end() {
        assert_eq!(peel("a\u{1b}[31").expect("peels").text, "a");
        assert_eq!(peel("a\u{1b}").expect("peels").text, "a");
    }
}

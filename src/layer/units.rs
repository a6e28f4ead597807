//! The common part of layers that write some characters as escapes: one
//! escape, one character, and everything else as it is.

use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

/// Peels `text` of escapes: `decode` gets the text from a place where `marker`
/// stands and says which character an escape there means and how long it is.
///
/// `None` if there is no escape at all.
pub fn peel(
    text: &str,
    marker: u8,
    decode: impl Fn(&str) -> Option<(char, usize)>,
    wrapping: impl Wrapping + 'static,
) -> Option<Peeled> {
    let bytes = text.as_bytes();
    let mut peeled = String::new();
    let mut map = Map::starting_at(0);
    let mut done = 0;
    let mut at = 0;
    while let Some(offset) = memchr::memchr(marker, &bytes[at..]) {
        at += offset;
        let Some((character, length)) = decode(&text[at..]) else {
            at += 1;
            continue;
        };
        peeled.push_str(&text[done..at]);
        map.verbatim(at - done);
        peeled.push(character);
        map.unit(character.len_utf8(), length);
        at += length;
        done = at;
    }
    if done == 0 {
        return None;
    }
    peeled.push_str(&text[done..]);
    map.verbatim(text.len() - done);
    Some(Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(wrapping),
    })
}

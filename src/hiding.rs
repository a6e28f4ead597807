//! Hides values in what is told: no report may show one, wherever it stands.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::detect::Secret;

/// What stands in the place of a value.
const HIDDEN: &str = "…";

/// Some values that are to be hidden. Where one begins with another the longer one
/// goes, so that no end of it stays.
#[derive(Debug)]
pub struct Hiding(AhoCorasick);

impl Hiding {
    /// `None` if there is nothing to hide.
    pub fn of<'v>(values: impl IntoIterator<Item = &'v Secret>) -> Option<Self> {
        let values: BTreeSet<&str> = values.into_iter().map(Secret::expose).collect();
        let mut values = values
            .into_iter()
            .filter(|value| !value.is_empty())
            .peekable();
        values.peek()?;
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(values);
        search.ok().map(Self)
    }

    /// Whether a text shows one of them.
    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// The text without them.
    pub fn text(&self, text: &str) -> String {
        self.0.replace_all(text, &self.blinds())
    }

    /// The bytes without them.
    pub fn bytes(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.replace_all_bytes(bytes, &self.blinds())
    }

    fn blinds(&self) -> Vec<&'static str> {
        vec![HIDDEN; self.0.patterns_len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_value_that_begins_another_nothing_stays() {
        let values = ["key", "key-and-more", "key"].map(Secret::new);
        let hiding = Hiding::of(&values).unwrap();
        assert_eq!(hiding.text("a key-and-more, a key."), "a …, a ….");
        assert_eq!(
            hiding.bytes(b"key\xff"),
            "…".bytes().chain([0xff]).collect::<Vec<u8>>()
        );
        assert!(hiding.is_in("monkey") && !hiding.is_in("a lock"));
        assert!(Hiding::of([]).is_none());
        assert!(Hiding::of([&Secret::new("")]).is_none());
    }
}

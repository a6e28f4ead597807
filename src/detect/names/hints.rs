//! What every name of a credential holds, and every call that takes one: a
//! text without any of it binds nothing, and no reader needs to look.

use aho_corasick::Anchored;
use aho_corasick::automaton::Automaton as _;
use aho_corasick::dfa::DFA;

use super::{STEMS, holds_stem, normal};
use crate::detect::needles::Needles;

/// The search for such hints.
#[derive(Debug)]
pub(super) struct Hints {
    /// The stems, and of names without one the longest words, in any case.
    words: Words,
    /// Calls, those words, and what binds a value without a name.
    others: Needles,
}

/// The user part of a URL, commands and clauses that take a password, and the
/// one word for it that is too short for a stem.
const NAMELESS: &[&str] = &[
    "://",
    "login",
    "IDENTIFIED",
    "SecureString",
    "Identified",
    "\tTRUE",
    "identified",
    " -p",
    " -P",
    " -u",
    " -a",
    " -b",
    "--user",
    "pw:",
    "pw=",
    "pw ",
    "pw\"",
    "pw'",
    "PW:",
    "PW=",
    "PW ",
    "PW\"",
    "PW'",
];

impl Hints {
    /// A search for the stems of names, for `calls`, and for those `names`
    /// that hold no stem.
    pub fn new<'n>(
        names: impl Iterator<Item = &'n str>,
        calls: impl Iterator<Item = &'n str>,
    ) -> Self {
        let stemless = names.filter(|name| !STEMS.iter().any(|stem| name.contains(stem)));
        let mut words: Vec<String> = stemless.map(longest_word).collect();
        words.sort_unstable();
        words.dedup();
        let mut others: Vec<String> = calls.map(str::to_owned).collect();
        others.extend(NAMELESS.iter().map(|hint| (*hint).to_owned()));
        others.extend(words.iter().flat_map(|word| written(word)));
        let pieces = words.iter().map(|word| longest_piece(word));
        Self {
            words: Words::new(STEMS.iter().copied().chain(pieces)),
            others: Needles::new(others),
        }
    }

    /// Whether a text holds one.
    pub fn are_in(&self, text: &str) -> bool {
        let mut any = holds_stem(text);
        if !any {
            let bytes = text.as_bytes();
            self.others.each(bytes, 0..bytes.len(), |_, _| any = true);
        }
        any
    }

    /// Whether a name may be that of a credential, to the general rules or in
    /// the catalogue. Most names are asked no more than this, so it is asked
    /// of the name as it is written: what may part two words parts no piece.
    pub fn are_in_name(&self, name: &str) -> bool {
        matches!(name.as_bytes().last(), Some(b'w' | b'W')) || self.words.are_in(name)
    }
}

/// The one letter beyond ASCII whose small letter is in ASCII: \u{212a}ey.
pub(super) const KELVIN: char = '\u{212a}';

/// A search for words in any case, made for names: to prepare a general search
/// takes longer than to go through so few letters.
#[derive(Debug)]
pub(super) struct Words {
    /// Without one everything holds a word.
    states: Option<DFA>,
}

impl Words {
    pub fn new<'w>(words: impl Iterator<Item = &'w str>) -> Self {
        let states = DFA::builder().ascii_case_insensitive(true).build(words);
        Self {
            states: states.ok(),
        }
    }

    /// Whether one of them stands in a name, however its letters are written.
    pub fn are_in(&self, name: &str) -> bool {
        self.stand_in(name)
            || !name.is_ascii() && name.contains(KELVIN) && self.stand_in(&normal(name))
    }

    fn stand_in(&self, name: &str) -> bool {
        let start = |states: &DFA| states.start_state(Anchored::No).ok();
        let Some((states, mut at)) = self.states.as_ref().and_then(|s| Some((s, start(s)?))) else {
            return true;
        };
        name.bytes().any(|byte| {
            at = states.next_state(Anchored::No, at, byte);
            states.is_match(at)
        })
    }
}

/// The longest run of letters or digits in a word: camel case has no more of
/// it in one piece.
fn longest_piece(word: &str) -> &str {
    let pieces = word.split(|c: char| !c.is_ascii_alphanumeric());
    pieces.max_by_key(|piece| piece.len()).unwrap_or(word)
}

/// A word in small letters, in capitals, and with a capital first.
fn written(word: &str) -> [String; 3] {
    let (first, rest) = word.split_at(word.len().min(1));
    [
        word.to_owned(),
        word.to_ascii_uppercase(),
        format!("{}{rest}", first.to_ascii_uppercase()),
    ]
}

/// The longest part of a name that stands in it however its words are joined;
/// all of it, if the search could not find so short a part (`li_at`).
fn longest_word(name: &str) -> String {
    let normal = normal(name);
    let words = normal.split(|c: char| !c.is_ascii_alphabetic());
    let longest = words.max_by_key(|word| word.len()).unwrap_or_default();
    match longest.len() {
        0..3 => normal,
        _ => longest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_calls_and_what_needs_no_name_are_hints() {
        let names = ["redis_url", "api_key", "li_at"].into_iter();
        let hints = Hints::new(names, ["cohere.Client"].into_iter());
        for text in [
            "my_Token = 1",
            "REDIS-URL: x",
            "li_at x",
            "a://b",
            "wandb login x",
            "x = cohere.Client('y')",
        ] {
            assert!(hints.are_in(text), "{text}");
        }
        for text in ["", "x = 1", "cohere.client()", "print('a'):"] {
            assert!(!hints.are_in(text), "{text}");
        }
        assert!(hints.are_in_name("redisUrl") && hints.are_in_name("apiKey"));
        assert!(!hints.are_in_name("cohere.Client"));
    }
}

//! Many literals found in one pass over a text.
//!
//! Speed decides here: a file without a credential costs this pass and the
//! reading of its format, and little else. With hundreds of literals the usual
//! searches let through much of what is English, or pass over the text again
//! and again. Here each literal is known by the rarest bytes in it
//! ([`known`]), and these are searched in one of two ways: byte by byte on any
//! processor ([`pairs`]), or 32 bytes at once ([`sieve`]), which takes a third
//! of the time and a while to prepare.
//!
//! Nothing depends on what the text is like: no text makes the search slow,
//! save one that is full of the literals themselves.

mod known;
mod pairs;
mod sieve;
mod vector;

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use pairs::Pairs;
use sieve::Sieve;

/// Bytes that are searched before a sieve is made: the time that it takes to
/// make one is won back by some more.
const UNTIL_SIEVE: usize = 4 << 20;

/// Parts of a text that are shorter are not worth its start.
const LEAST: usize = 256;

/// A searcher for a set of literals of three bytes and more.
#[derive(Debug)]
pub(super) struct Needles {
    literals: Vec<String>,
    pairs: Pairs,
    searched: AtomicUsize,
    sieve: OnceLock<Option<Sieve>>,
}

impl Needles {
    /// A searcher for these literals; shorter ones than three bytes are never
    /// found.
    pub(super) fn new(literals: Vec<String>) -> Self {
        Self {
            pairs: Pairs::new(&literals),
            literals,
            searched: AtomicUsize::new(0),
            sieve: OnceLock::new(),
        }
    }

    /// Calls `found` with the place and the number of each literal that starts
    /// in this part of `text`. In the order of what they are known by: what is
    /// found next may start before this place, by less than the length of a
    /// literal.
    #[inline]
    pub(super) fn each(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(usize, usize),
    ) {
        match self.sieve(part.len()) {
            Some(sieve) => sieve.each(&self.literals, text, part, &mut found),
            None => self.pairs.each(&self.literals, text, part, &mut found),
        }
    }

    /// The sieve, if there is one and it is worth its while for so many bytes.
    fn sieve(&self, length: usize) -> Option<&Sieve> {
        if length < LEAST {
            return None;
        }
        if self.sieve.get().is_none()
            && self.searched.fetch_add(length, Ordering::Relaxed) < UNTIL_SIEVE
        {
            return None;
        }
        self.sieve
            .get_or_init(|| Sieve::new(&self.literals))
            .as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::shapes::Shapes;
    use crate::detect::veils::leads;

    fn all(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let literals = literals.iter().map(|l| (*l).to_owned()).collect();
        within(literals, text.as_bytes(), 0..text.len())
    }

    /// What is found in a part, which both searches must agree on.
    fn within(literals: Vec<String>, text: &[u8], part: Range<usize>) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let pairs = Pairs::new(&literals);
        pairs.each(&literals, text, part.clone(), &mut |at, literal| {
            found.push((at, literal));
        });
        found.sort_unstable();
        // Not every processor has the other one.
        if let Some(sieve) = Sieve::new(&literals) {
            let mut sifted = Vec::new();
            sieve.each(&literals, text, part, &mut |at, literal| {
                sifted.push((at, literal));
            });
            sifted.sort_unstable();
            assert_eq!(found, sifted);
        }
        found
    }

    #[test]
    fn a_literal_belongs_to_the_part_that_it_starts_in() {
        let literals = || vec!["aaaa aaxqzj".to_owned(), "xqz".to_owned()];
        let text = "- aaaa aaxqzj -".as_bytes();
        assert_eq!(within(literals(), text, 0..3), [(2, 0)]);
        assert_eq!(within(literals(), text, 0..2), [(0, 0); 0]);
        assert_eq!(within(literals(), text, 3..9), [(9, 1); 0]);
        assert_eq!(within(literals(), text, 3..10), [(9, 1)]);
    }

    #[test]
    fn the_catalogue_is_found_either_way() {
        let mut literals = Shapes::builtin().literals().to_vec();
        literals.extend(leads());
        let text = literals.join(" 0 ").repeat(2);
        let mut expected = Vec::new();
        for (number, literal) in literals.iter().enumerate() {
            let all =
                (0..text.len()).filter(|&at| text.as_bytes()[at..].starts_with(literal.as_bytes()));
            expected.extend(all.map(|at| (at, number)));
        }
        expected.sort_unstable();
        let whole = 0..text.len();
        assert_eq!(within(literals, text.as_bytes(), whole), expected);
    }

    #[test]
    fn literals_that_begin_alike_are_all_found() {
        let literals = ["sk-", "sk-proj-", "sk-pr", "proj"];
        assert_eq!(
            all(&literals, "x sk-proj-y"),
            [(2, 0), (2, 1), (2, 2), (5, 3)]
        );
    }

    #[test]
    fn a_part_is_searched_from_its_first_to_its_last_byte() {
        let text = "hf_ hf_ hf_";
        let needles = Needles::new(vec!["hf_".to_owned()]);
        let within = |part: Range<usize>| {
            let mut found = Vec::new();
            needles.each(text.as_bytes(), part, |at, _| found.push(at));
            found
        };
        assert_eq!(within(0..11), [0, 4, 8]);
        assert_eq!(within(1..9), [4, 8]);
        assert_eq!(within(5..8), [0; 0]);
    }

    #[test]
    fn blanks_are_passed_over_unless_they_are_wanted() {
        let text = format!("{}hf_{}", " ".repeat(77), " ".repeat(77));
        assert_eq!(all(&["hf_", " hf_"], &text), [(76, 1), (77, 0)]);
        assert_eq!(all(&["   "], "    "), [(0, 0), (1, 0)]);
    }

    #[test]
    fn literals_are_found_wherever_they_stand_in_a_long_text() {
        let literals = ["hf_", "sk-proj-", "token", "://"];
        for lead in 2000..2060 {
            let text = format!(
                "{}sk-proj-{}://hf_token",
                "o ".repeat(lead / 2),
                "-".repeat(lead)
            );
            let first = lead / 2 * 2;
            let last = text.len() - "://hf_token".len();
            let expected = [(first, 1), (last, 3), (last + 3, 0), (last + 6, 2)];
            assert_eq!(all(&literals, &text), expected);
        }
    }

    #[test]
    fn a_sieve_is_made_for_those_who_search_much() {
        let needles = Needles::new(vec!["hf_".to_owned(), "token".to_owned()]);
        let text = format!("{}hf_{}", "k".repeat(1 << 20), "token".repeat(3));
        let expected: Vec<usize> = (0..4)
            .map(|at| {
                if at == 0 {
                    1 << 20
                } else {
                    (1 << 20) + 3 + 5 * (at - 1)
                }
            })
            .collect();
        for _ in 0..8 {
            let mut found = Vec::new();
            needles.each(text.as_bytes(), 0..text.len(), |at, _| found.push(at));
            assert_eq!(found, expected);
        }
        assert!(needles.sieve.get().is_some());
    }

    const PIECES: &[&str] = &["aaaa aaxqz", "aaaa", "ab-", "k", "b", " ", "-"];

    proptest::proptest! {
        /// Nothing is missed and nothing made up, wherever it stands.
        #[test]
        fn all_are_found(text in "[ abk\"é-]{0,160}") {
            let literals = ["ab-", "kab", "b\"k", "   ", "aaaa", "é-a", "-k b"];
            let mut expected: Vec<(usize, usize)> = literals
                .iter()
                .enumerate()
                .flat_map(|(index, literal)| {
                    let (text, literal) = (text.as_bytes(), literal.as_bytes());
                    (0..text.len())
                        .filter(|&at| text[at..].starts_with(literal))
                        .map(move |at| (at, index))
                        .collect::<Vec<_>>()
                })
                .collect();
            expected.sort_unstable();
            proptest::prop_assert_eq!(all(&literals, &text), expected);
        }

        /// Parts come apart without a rest: each literal is in one of them.
        #[test]
        fn parts_are_the_whole(pieces in proptest::collection::vec(0..PIECES.len(), 0..40), cut in 0_usize..160) {
            let text: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
            let literals = ["ab-", "kab", "aaaa aaxqz", "   ", "aaaa", "-k b"];
            let cut = cut.min(text.len());
            let owned = || literals.iter().map(|l| (*l).to_owned()).collect();
            let mut parts = within(owned(), text.as_bytes(), 0..cut);
            parts.extend(within(owned(), text.as_bytes(), cut..text.len()));
            proptest::prop_assert_eq!(parts, all(&literals, &text));
        }
    }
}

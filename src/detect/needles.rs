//! Many literals found in one pass over a text.
//!
//! Speed decides here: a file without a credential costs this pass and the
//! reading of its format, and little else. Vector searches take a few dozen
//! literals at most, and their filters let through much of what is English;
//! with hundreds of literals they pass over the text again and again. Here
//! each literal is known by the rarest three bytes in it. Two tables tell for
//! each pair of bytes to which of eight groups a trigram belongs that begins,
//! or ends, with that pair; both are looked up for every byte of the text, and
//! what is in a group by both is nearly always a trigram of some literal.
//!
//! Of the tables only the lines of common pairs are used, so they stay in the
//! processor's first cache. Nothing depends on what the text is like: no text
//! makes the search slow, save one that is full of the literals themselves.

use std::ops::Range;

use rustc_hash::FxHashMap;

/// Bytes of a literal that it is known by.
const GRAM: usize = 3;

/// Bytes that are looked at in one step.
const STEP: usize = 8;

/// Bytes that are read for a step: two words.
const READ: usize = 2 * STEP;

/// Number of the pairs of bytes.
const PAIRS: usize = 1 << 16;

/// A searcher for a set of literals of three bytes and more.
#[derive(Debug)]
pub(super) struct Needles {
    literals: Vec<String>,
    /// For each pair of bytes, the groups with a trigram that begins with it.
    begins: Box<[u8; PAIRS]>,
    /// For each pair of bytes, the groups with a trigram that ends with it.
    ends: Box<[u8; PAIRS]>,
    /// The members that are known by a trigram.
    grams: FxHashMap<[u8; GRAM], Range<usize>>,
    members: Vec<Member>,
    /// No literal is known by blanks: runs of them are passed over.
    skips_blanks: bool,
}

/// A literal under its trigram.
#[derive(Debug, Clone, Copy)]
struct Member {
    literal: usize,
    /// How far into the literal the trigram stands.
    lead: usize,
    /// Its first bytes as a word, and which bytes of a word these are.
    head: u64,
    mask: u64,
}

impl Member {
    fn new(literal: usize, text: &[u8], lead: usize) -> Self {
        let mut head = [0; STEP];
        let mut mask = [0; STEP];
        for ((head, mask), byte) in head.iter_mut().zip(&mut mask).zip(text) {
            (*head, *mask) = (*byte, 0xff);
        }
        Self {
            literal,
            lead,
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
        }
    }

    /// Whether `text` begins with the literal. Nearly all that do not are told
    /// by the first word.
    #[inline]
    fn begins(&self, text: &[u8], literal: &str) -> bool {
        match text.first_chunk::<STEP>() {
            Some(first) if u64::from_le_bytes(*first) & self.mask != self.head => false,
            Some(_) if literal.len() <= STEP => true,
            _ => text.starts_with(literal.as_bytes()),
        }
    }
}

impl Needles {
    /// A searcher for these literals; shorter ones than three bytes are never
    /// found.
    pub(super) fn new(literals: Vec<String>) -> Self {
        let mut known: Vec<([u8; GRAM], Member)> = literals
            .iter()
            .enumerate()
            .filter_map(|(literal, text)| {
                let (lead, gram) = rarest(text.as_bytes())?;
                Some((gram, Member::new(literal, text.as_bytes(), lead)))
            })
            .collect();
        known.sort_by_key(|&([first, middle, last], member)| (middle, first, last, member.literal));
        let mut needles = Self {
            literals,
            begins: Box::new([0; PAIRS]),
            ends: Box::new([0; PAIRS]),
            grams: FxHashMap::default(),
            members: known.iter().map(|&(_, member)| member).collect(),
            skips_blanks: known.iter().all(|(gram, _)| gram != b"   "),
        };
        needles.index(&known);
        needles
    }

    fn index(&mut self, known: &[([u8; GRAM], Member)]) {
        let mut groups = Groups::default();
        let mut middle = 0;
        let mut start = 0;
        for same in known.chunk_by(|(a, _), (b, _)| a == b) {
            let end = start + same.len();
            if let Some(&([a, b, c], _)) = same.first() {
                if b != middle {
                    (groups, middle) = (Groups::default(), b);
                }
                let (begins, ends) = (pair(a, b), pair(b, c));
                let group =
                    groups.take((often(a), self.begins[begins]), (often(c), self.ends[ends]));
                self.begins[begins] |= group;
                self.ends[ends] |= group;
                self.grams.insert([a, b, c], start..end);
            }
            start = end;
        }
    }

    /// Calls `found` with the place and the number of each literal that starts
    /// in this part of `text`. In the order of the trigrams: what is found
    /// next may start before this place, by less than the length of a literal.
    #[inline]
    pub(super) fn each(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(usize, usize),
    ) {
        let Range { start: from, end } = part;
        let mut at = from;
        while let Some(read) = self.step(text, at, end) {
            let words = read.as_chunks::<STEP>().0;
            if self.skips_blanks && words == [[b' '; STEP]; 2] {
                at += READ - GRAM + 1;
                continue;
            }
            if self.may_hold(read) {
                self.places(read)
                    .for_each(|place| self.meet(text, from, at + place, &mut found));
            }
            at += STEP;
        }
        for place in at..end {
            self.meet(text, from, place, &mut found);
        }
    }

    /// What is read for the step at `at`, if there is a whole one.
    #[inline]
    fn step<'t>(&self, text: &'t [u8], at: usize, end: usize) -> Option<&'t [u8; READ]> {
        text.get(at..)?.first_chunk().filter(|_| at + STEP <= end)
    }

    /// Whether one of the trigrams that begin in the first half may be known.
    #[inline]
    fn may_hold(&self, read: &[u8; READ]) -> bool {
        let mut any = 0;
        let mut begun = self.begins[pair(read[0], read[1])];
        for at in 1..=STEP {
            let next = pair(read[at], read[at + 1]);
            any |= begun & self.ends[next];
            begun = self.begins[next];
        }
        any != 0
    }

    /// Where in the first half trigrams begin that may be known.
    #[inline]
    fn places(&self, read: &[u8; READ]) -> impl Iterator<Item = usize> + use<> {
        let mut hits = (0..STEP).fold(0_u32, |hits, at| {
            let begun = self.begins[pair(read[at], read[at + 1])];
            let ended = self.ends[pair(read[at + 1], read[at + 2])];
            hits | u32::from(begun & ended != 0) << at
        });
        std::iter::from_fn(move || {
            let at = (hits != 0).then(|| hits.trailing_zeros() as usize)?;
            hits &= hits - 1;
            Some(at)
        })
    }

    /// Calls `found` with the literals whose trigram stands at `place`.
    fn meet(&self, text: &[u8], from: usize, place: usize, found: &mut impl FnMut(usize, usize)) {
        let Some(&gram) = text.get(place..).and_then(<[u8]>::first_chunk::<GRAM>) else {
            return;
        };
        let members = self.grams.get(&gram).cloned().unwrap_or_default();
        for member in &self.members[members] {
            let Some(start) = place.checked_sub(member.lead).filter(|&at| at >= from) else {
                continue;
            };
            if member.begins(&text[start..], &self.literals[member.literal]) {
                found(start, member.literal);
            }
        }
    }
}

/// The groups of the trigrams with one byte in the middle. Pairs that meet there
/// share it, so only within them something may meet that is no trigram: as
/// often as the first bytes of a group stand before its last ones.
#[derive(Default)]
struct Groups {
    firsts: [u32; 8],
    lasts: [u32; 8],
}

impl Groups {
    /// The group, as a bit, that another trigram costs least in: how often its
    /// first and last byte stand in texts, and the groups that have them.
    fn take(&mut self, (first, has_first): (u32, u8), (last, has_last): (u32, u8)) -> u8 {
        let with = |group: usize| {
            let new = |often: u32, has: u8| if has >> group & 1 == 1 { 0 } else { often };
            (
                self.firsts[group] + new(first, has_first),
                self.lasts[group] + new(last, has_last),
            )
        };
        let cost = |group: &usize| {
            let (firsts, lasts) = with(*group);
            firsts * lasts - self.firsts[*group] * self.lasts[*group]
        };
        let group = (0..8).min_by_key(cost).unwrap_or(0);
        (self.firsts[group], self.lasts[group]) = with(group);
        1 << group
    }
}

#[inline]
fn pair(first: u8, second: u8) -> usize {
    usize::from(first) | usize::from(second) << 8
}

/// The trigram of a literal that texts hold least often, and where it stands.
fn rarest(literal: &[u8]) -> Option<(usize, [u8; GRAM])> {
    let grams = literal.windows(GRAM).enumerate();
    let (lead, gram) =
        grams.min_by_key(|(_, gram)| gram.iter().map(|&byte| often(byte)).product::<u32>())?;
    Some((lead, *gram.first_chunk()?))
}

/// How often a byte stands in notebooks, roughly: in English text, in code,
/// and in what JSON writes around both.
fn often(byte: u8) -> u32 {
    const LETTERS: &[u8] = b"etaoinsrhldcumfpgwybvkxjqz";
    match byte {
        b' ' | b'"' | b'\\' => 120,
        b'a'..=b'z' => {
            let rank = LETTERS.iter().position(|&letter| letter == byte);
            100 / (rank.unwrap_or(LETTERS.len()) as u32 + 3)
        }
        b'_' | b'.' | b',' | b'/' | b'(' | b'=' | b'-' => 15,
        b'0'..=b'9' => 12,
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let needles = Needles::new(literals.iter().map(|l| (*l).to_owned()).collect());
        let mut found = Vec::new();
        needles.each(text.as_bytes(), 0..text.len(), |at, literal| {
            found.push((at, literal));
        });
        found.sort_unstable();
        found
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

    proptest::proptest! {
        /// Nothing is missed and nothing made up, wherever it stands.
        #[test]
        fn all_are_found(text in "[ abk\"é-]{0,60}") {
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
    }
}

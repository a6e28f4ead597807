//! The search on any processor: two tables tell for each pair of bytes to
//! which of eight groups a trigram belongs that begins, or ends, with that
//! pair; both are looked up for every byte of the text, and what is in a group
//! by both is nearly always a trigram of some literal.
//!
//! Of the tables only the lines of common pairs are used, so they stay in the
//! processor's first cache.

use std::ops::Range;

use super::known::{Known, Window, often};

/// Bytes of a literal that it is known by.
const GRAM: usize = 3;

/// Bytes that are looked at in one step.
const STEP: usize = 8;

/// Bytes that are read for a step: two words.
const READ: usize = 2 * STEP;

/// Number of the pairs of bytes.
const PAIRS: usize = 1 << 16;

/// A searcher by pairs of bytes.
#[derive(Debug)]
pub(super) struct Pairs {
    /// For each pair of bytes, the groups with a trigram that begins with it.
    begins: Box<[u8; PAIRS]>,
    /// For each pair of bytes, the groups with a trigram that ends with it.
    ends: Box<[u8; PAIRS]>,
    known: Known,
    /// No literal is known by blanks: runs of them are passed over.
    skips_blanks: bool,
}

impl Pairs {
    pub fn new(literals: &[String]) -> Self {
        let windows: Vec<(usize, Window)> = literals
            .iter()
            .enumerate()
            .filter_map(|(number, text)| {
                let windows = Window::all(text.as_bytes(), GRAM);
                Some((number, windows.min_by_key(Window::often)?))
            })
            .collect();
        let mut grams: Vec<[u8; GRAM]> = windows
            .iter()
            .filter_map(|(_, window)| window.text().first_chunk().copied())
            .collect();
        grams.sort_unstable_by_key(|&[first, middle, last]| (middle, first, last));
        grams.dedup();
        let mut pairs = Self {
            begins: Box::new([0; PAIRS]),
            ends: Box::new([0; PAIRS]),
            known: Known::new(literals, &windows),
            skips_blanks: !grams.contains(b"   "),
        };
        pairs.index(&grams);
        pairs
    }

    fn index(&mut self, grams: &[[u8; GRAM]]) {
        for same in grams.chunk_by(|[_, a, _], [_, b, _]| a == b) {
            let mut groups = Groups::default();
            for &[a, b, c] in same {
                let (begins, ends) = (pair(a, b), pair(b, c));
                let group =
                    groups.take((often(a), self.begins[begins]), (often(c), self.ends[ends]));
                self.begins[begins] |= group;
                self.ends[ends] |= group;
            }
        }
    }

    /// As [`super::Needles::each`].
    #[inline]
    pub fn each(
        &self,
        literals: &[String],
        text: &[u8],
        part: Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let Range { start: mut at, end } = self.known.windows(&part, text.len());
        let mut meet = |place| self.known.meet(literals, text, &part, place, found);
        while let Some(read) = step(text, at, end) {
            let words = read.as_chunks::<STEP>().0;
            if self.skips_blanks && words == [[b' '; STEP]; 2] {
                at += READ - GRAM + 1;
                continue;
            }
            if self.may_hold(read) {
                self.places(read).for_each(|place| meet(at + place));
            }
            at += STEP;
        }
        (at..end).for_each(meet);
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
}

/// What is read for the step at `at`, if there is a whole one.
#[inline]
fn step(text: &[u8], at: usize, end: usize) -> Option<&[u8; READ]> {
    text.get(at..)?.first_chunk().filter(|_| at + STEP <= end)
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

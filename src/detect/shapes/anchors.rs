//! Finds the literal anchors of many kinds in one pass over a text.
//!
//! Speed decides here: a notebook without a credential costs this pass and
//! nothing else. Packed searchers (SIMD) take at most 64 literals, so the
//! anchors are cut into groups that go over the same block while it is in the
//! cache; short literals get a group of their own, because the shortest
//! literal of a group decides how well it filters.

use std::ops::Range;

use aho_corasick::packed::{Config, MatchKind, Searcher};
use aho_corasick::{AhoCorasick, AhoCorasickKind, Span};

/// Bytes that all groups search before the next block is taken.
const BLOCK: usize = 128 << 10;

/// Most literals that a packed searcher takes.
const GROUP: usize = 64;

/// A searcher for a set of different literals.
#[derive(Debug)]
pub(super) struct Anchors {
    literals: Vec<String>,
    groups: Vec<Group>,
    longest: usize,
}

#[derive(Debug)]
struct Group {
    searcher: Engine,
    /// Place in `literals` of each of the searcher's patterns.
    members: Vec<usize>,
    /// For each pattern, all members that can start at the same place.
    kin: Vec<Vec<usize>>,
}

#[derive(Debug)]
enum Engine {
    Packed(Box<Searcher>),
    /// Where the processor has no packed search.
    Automaton(Box<AhoCorasick>),
}

impl Anchors {
    /// A searcher for these literals, which must differ.
    pub(super) fn new(literals: Vec<String>) -> Self {
        let (short, long): (Vec<usize>, Vec<usize>) =
            (0..literals.len()).partition(|&at| literals[at].len() < 4);
        let groups = short
            .chunks(GROUP)
            .chain(long.chunks(GROUP))
            .filter_map(|members| Group::new(&literals, members))
            .collect();
        let longest = literals.iter().map(String::len).max().unwrap_or(0);
        Self {
            literals,
            groups,
            longest,
        }
    }

    /// The literal of that number.
    pub(super) fn literal(&self, number: usize) -> Option<&str> {
        self.literals.get(number).map(String::as_str)
    }

    /// Calls `found` with the place and the number of each literal that starts
    /// in this part of `text`, until it returns `true`. In order within each
    /// group and block only.
    pub(super) fn each(
        &self,
        text: &[u8],
        part: Range<usize>,
        mut found: impl FnMut(usize, usize) -> bool,
    ) {
        let mut start = part.start;
        while start < part.end {
            let end = part.end.min(start + BLOCK);
            let until = text.len().min(end + self.longest.saturating_sub(1));
            for group in &self.groups {
                let stop = group.each(text, start, end, until, |at, member| {
                    text[at..].starts_with(self.literals[member].as_bytes()) && found(at, member)
                });
                if stop {
                    return;
                }
            }
            start = end;
        }
    }
}

impl Group {
    fn new(literals: &[String], members: &[usize]) -> Option<Self> {
        let patterns: Vec<&str> = members.iter().map(|&at| literals[at].as_str()).collect();
        let packed = Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .builder()
            .extend(&patterns)
            .build();
        let searcher = match packed {
            Some(searcher) => Engine::Packed(Box::new(searcher)),
            None => Engine::Automaton(Box::new(
                AhoCorasick::builder()
                    .kind(Some(AhoCorasickKind::DFA))
                    .match_kind(aho_corasick::MatchKind::LeftmostFirst)
                    .build(&patterns)
                    .ok()?,
            )),
        };
        let related = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
        let kin = patterns
            .iter()
            .map(|one| {
                let kin = members.iter().copied();
                kin.filter(|&other| related(one, &literals[other]))
                    .collect()
            })
            .collect();
        Some(Self {
            searcher,
            members: members.to_vec(),
            kin,
        })
    }

    /// Calls `found` for every literal that starts in `start..end`.
    fn each(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        until: usize,
        mut found: impl FnMut(usize, usize) -> bool,
    ) -> bool {
        let mut from = start;
        while let Some((at, pattern)) = self.next(text, from, until) {
            if at >= end {
                break;
            }
            let alone = self.members.get(pattern..=pattern).unwrap_or_default();
            let kin = self.kin.get(pattern).map_or(alone, Vec::as_slice);
            if kin.iter().any(|&member| found(at, member)) {
                return true;
            }
            from = at + 1;
        }
        false
    }

    fn next(&self, text: &[u8], from: usize, until: usize) -> Option<(usize, usize)> {
        match &self.searcher {
            Engine::Packed(searcher) => {
                let span = Span::from(from..until);
                let found = searcher.find_in(text, span)?;
                Some((found.start(), found.pattern().as_usize()))
            }
            Engine::Automaton(automaton) => {
                let found = automaton.find(aho_corasick::Input::new(text).span(from..until))?;
                Some((found.start(), found.pattern().as_usize()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(literals: &[&str], text: &str) -> Vec<(usize, usize)> {
        let anchors = Anchors::new(literals.iter().map(|l| (*l).to_owned()).collect());
        let mut found = Vec::new();
        anchors.each(text.as_bytes(), 0..text.len(), |at, literal| {
            found.push((at, literal));
            false
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
    fn literals_across_the_border_of_blocks_are_found_once() {
        let mut text = "a".repeat(BLOCK - 2);
        text.push_str("sk-proj-");
        text.push_str(&"a".repeat(BLOCK));
        assert_eq!(
            all(&["sk-", "sk-proj-"], &text),
            [(BLOCK - 2, 0), (BLOCK - 2, 1)]
        );
    }
}

//! Anchors cut in two: `"wandb_v1" "_…"`, two items of a list, two outputs.
//!
//! No search for whole anchors sees them. Here it is asked at each quote whether
//! the text before it ends as an anchor begins, and whether what follows the
//! joint goes on with it. Quotes are everywhere, so two bytes decide first.

use std::cell::LazyCell;
use std::ops::Range;

use super::borders;
use super::raw::{after_joint, is_between_parts, is_over};

/// So much of an anchor must stand before a joint.
const LEAST: usize = 2;
/// And so much, more than a word (`github`), where its other part may stand in
/// another output.
const LEAST_ALONE: usize = 4;

/// Bits in a word of [`Cuts::endings`].
const WORD: usize = u64::BITS as usize;

/// The beginnings of anchors, with what must follow.
#[derive(Debug)]
pub struct Cuts {
    /// A bit for each pair of bytes that a first half ends in.
    endings: Box<[u64]>,
    /// How many bits stand before each of these words.
    ranks: Box<[u16]>,
    /// Where the ways of each bit begin, and where the last ones end.
    starts: Vec<usize>,
    /// In the order of their endings.
    ways: Vec<Way>,
    anchors: Vec<Box<[u8]>>,
}

/// One way to cut one anchor. In their order the shorter first halves come
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    /// The pair of bytes before the cut, as a number.
    ending: u16,
    /// Where it is cut.
    at: usize,
    /// Its number.
    anchor: usize,
}

/// Where strings begin soon behind a cut: the same stream in an output that
/// follows may go on there.
fn beginnings(rest: &[u8]) -> Vec<&[u8]> {
    /// Another stream may have an output between.
    const SOON: usize = 1 << 10;
    let window = &rest[..rest.len().min(SOON)];
    let quotes = memchr::memchr_iter(b'"', window);
    quotes.map(|quote| &rest[quote + 1..]).collect()
}

impl Cuts {
    /// A search for the ways in which these can be cut.
    pub fn new<'a>(anchors: impl IntoIterator<Item = &'a str>) -> Self {
        let anchors = anchors.into_iter().map(|anchor| anchor.as_bytes().into());
        let mut cuts = Self {
            endings: vec![0; (1 << 16) / WORD].into(),
            ranks: Box::default(),
            starts: Vec::new(),
            ways: Vec::new(),
            anchors: anchors.collect(),
        };
        for (anchor, text) in cuts.anchors.iter().enumerate() {
            for at in LEAST..text.len() {
                if let Some(&ending) = text[..at].last_chunk() {
                    let ending = u16::from_le_bytes(ending);
                    let pair = usize::from(ending);
                    cuts.endings[pair / WORD] |= 1 << (pair % WORD);
                    cuts.ways.push(Way { ending, at, anchor });
                }
            }
        }
        cuts.ways.sort_unstable();
        let mut start = 0;
        for same in cuts.ways.chunk_by(|way, next| way.ending == next.ending) {
            cuts.starts.push(start);
            start += same.len();
        }
        cuts.starts.push(start);
        let rank = |before: &mut u16, word: &u64| {
            let rank = *before;
            *before += word.count_ones() as u16;
            Some(rank)
        };
        cuts.ranks = cuts.endings.iter().scan(0, rank).collect();
        cuts
    }

    /// Calls `found` with where first halves start before a quote in a part of
    /// raw bytes: a single one, one that is escaped, and with `double` also one
    /// that is not.
    pub fn each(
        &self,
        bytes: &[u8],
        part: Range<usize>,
        double: bool,
        mut found: impl FnMut(usize),
    ) {
        let text = bytes.get(part.clone()).unwrap_or_default();
        let mut ask = |at: usize| {
            if let Some(start) = self.before(bytes, part.start + at) {
                found(start);
            }
        };
        // Each by itself: backslashes that escape no quote are everywhere.
        memchr::memchr_iter(b'\'', text).for_each(&mut ask);
        memchr::memmem::find_iter(text, br#"\""#).for_each(&mut ask);
        if double {
            memchr::memchr_iter(b'"', text).for_each(&mut ask);
        }
    }

    /// Where the first half starts that ends before the quote at `end`, if the
    /// anchor goes on behind the joint.
    #[inline]
    pub fn before(&self, bytes: &[u8], end: usize) -> Option<usize> {
        let ending = *bytes.get(..end)?.last_chunk()?;
        let pair = usize::from(u16::from_le_bytes(ending));
        let word = self.endings.get(pair / WORD)? >> (pair % WORD);
        match word & 1 == 1 && may_be_joint(&bytes[end..]) {
            true => self.starts(bytes, end, self.ways(pair)),
            false => None,
        }
    }

    /// The ways of an ending that has some.
    fn ways(&self, pair: usize) -> &[Way] {
        let (word, bit) = (pair / WORD, pair % WORD);
        let below = self.endings[word] & ((1 << bit) - 1);
        let rank = usize::from(self.ranks[word]) + below.count_ones() as usize;
        &self.ways[self.starts[rank]..self.starts[rank + 1]]
    }

    fn starts(&self, bytes: &[u8], end: usize, ways: &[Way]) -> Option<usize> {
        let (before, rest) = bytes.split_at_checked(end)?;
        let mut halves = (ways.iter())
            .filter_map(|way| self.anchors.get(way.anchor)?.split_at_checked(way.at))
            .filter(|(head, _)| before.ends_with(head))
            .peekable();
        halves.peek()?;
        let next = after_joint(rest);
        if next.is_none() && !is_over(rest) {
            return None;
        }
        let beginnings = LazyCell::new(|| beginnings(rest));
        let goes_on_near = |tail: &[u8]| beginnings.iter().any(|text| text.starts_with(tail));
        let goes_on = |(head, tail): &(&[u8], &[u8])| match next {
            Some(next) => next.starts_with(tail),
            None if borders::begins(bytes, end - head.len(), None) => {
                is_telling(head) || goes_on_near(tail)
            }
            None => is_led(before) && goes_on_near(tail),
        };
        halves.find(goes_on).map(|(head, _)| end - head.len())
    }
}

/// Whether a quote that ends a string may be the beginning of a joint, or the
/// end of a text: nearly all are told by the byte behind it.
#[inline]
fn may_be_joint(rest: &[u8]) -> bool {
    match rest {
        // Behind a key nothing goes on.
        [b'"', next, ..] => *next != b':',
        [b'\'', next, ..] => *next == b'\'' || is_between_parts(*next),
        [b'\\', b'"', next, ..] => is_between_parts(*next),
        _ => false,
    }
}

/// Whether a long run stands before a joint: a value whose anchor stands within.
fn is_led(before: &[u8]) -> bool {
    /// No word is so long.
    const LONG: usize = 40;
    let run = before.last_chunk::<LONG>();
    run.is_some_and(|run| run.iter().all(u8::is_ascii_alphanumeric))
}

fn is_telling(head: &[u8]) -> bool {
    head.len() >= LEAST_ALONE && !head.iter().all(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<usize> {
        let mut places = Vec::new();
        let cuts = Cuts::new(["wandb_v1_", "hf_"]);
        cuts.each(text.as_bytes(), 0..text.len(), true, |at| places.push(at));
        places
    }

    #[test]
    fn a_short_half_counts_if_a_string_goes_on_with_it() {
        let outputs = |second: &str| {
            format!(
                r#"{{"text": ["key hf"]}}, {{"name": "stderr", "text": ["x\n"]}}, {{"text": ["{second}"]}}"#
            )
        };
        assert_eq!(places(&outputs("_aB")), [15]);
        assert_eq!(places(&outputs("-aB")), [0; 0]);
        assert_eq!(places(&outputs("_aB").replace("key hf", "keyhf")), [0; 0]);
        let led = format!("key {}hf", "aB3".repeat(20));
        assert_eq!(places(&outputs("_aB").replace("key hf", &led)), [75]);
    }

    #[test]
    fn both_halves_are_seen() {
        assert_eq!(places(r#"x = \"wandb_v1\" \"_aB\""#), [6]);
        assert_eq!(places(r#"x = 'h' + 'hf' 'hf_aB'"#), [0; 0]);
        assert_eq!(places(r#"x = 'hf' '_aB'"#), [5]);
        assert_eq!(places("[\"key wand\",\n  \"b_v1_aB\"]"), [6]);
        assert_eq!(places("[\"key wandb_\"\n ]}, {"), [6]);
    }

    #[test]
    fn halves_alone_are_not() {
        for text in [
            r#"{"wandb": "x"}"#,
            r#"wandb.init(\"wandb\", \"x\")"#,
            "[\"hf\"]",
            "[\"wandb\"]",
            "[\"my-own wandb\\n\",\n \"x\"]",
        ] {
            assert_eq!(places(text), [0; 0], "{text}");
        }
    }
}

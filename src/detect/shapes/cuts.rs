//! Anchors cut in two: `"wandb_v1" "_…"`, two items of a list, two outputs.
//!
//! No search for whole anchors sees them. Here it is asked at each quote whether
//! the text before it ends as an anchor begins, and whether what follows the
//! joint goes on with it.

use std::collections::BTreeMap;

use super::borders;
use super::raw::{after_joint, is_over};

/// So much of an anchor must stand before a joint.
const LEAST: usize = 2;
/// And so much, more than a word (`github`), where its other part may stand in
/// another output.
const LEAST_ALONE: usize = 4;

/// What can stand behind a first half: a quote, or one that is escaped.
const QUOTES: [char; 3] = ['"', '\'', '\\'];

/// The beginnings of anchors, with what must follow.
#[derive(Debug)]
pub struct Cuts {
    /// By the two bytes that they end in.
    endings: Vec<([u8; 2], Vec<Head>)>,
}

/// The beginning of some anchors.
#[derive(Debug)]
struct Head {
    text: Vec<u8>,
    /// How they go on.
    tails: Vec<Vec<u8>>,
}

impl Head {
    /// Whether another string goes on with it that begins soon: the same stream
    /// in an output that follows.
    fn goes_on_near(&self, rest: &[u8]) -> bool {
        /// Another stream may have an output between.
        const SOON: usize = 1 << 10;
        let window = &rest[..rest.len().min(SOON)];
        memchr::memchr_iter(b'"', window).any(|quote| {
            let text = &rest[quote + 1..];
            self.tails.iter().any(|tail| text.starts_with(tail))
        })
    }
}

impl Cuts {
    /// A search for the ways in which these can be cut.
    pub fn new<'a>(anchors: impl IntoIterator<Item = &'a str>) -> Self {
        /// By the heads, the shorter first.
        type Tails = BTreeMap<(usize, Vec<u8>), Vec<Vec<u8>>>;
        let mut endings: BTreeMap<[u8; 2], Tails> = BTreeMap::new();
        for anchor in anchors.into_iter().map(str::as_bytes) {
            for (head, tail) in (LEAST..anchor.len()).map(|at| anchor.split_at(at)) {
                if let Some(&ending) = head.last_chunk() {
                    let heads = endings.entry(ending).or_default();
                    let tails = heads.entry((head.len(), head.to_vec())).or_default();
                    tails.push(tail.to_vec());
                }
            }
        }
        let head = |((_, text), tails)| Head { text, tails };
        let endings = endings.into_iter();
        Self {
            endings: endings
                .map(|(ending, heads)| (ending, heads.into_iter().map(head).collect()))
                .collect(),
        }
    }

    /// What a first half ends with, its quote included: the search for these
    /// finds every place that [`Self::starts`] is to be asked about.
    pub fn literals(&self) -> impl Iterator<Item = String> {
        self.endings.iter().flat_map(|([first, second], _)| {
            let ending = [char::from(*first), char::from(*second)];
            QUOTES.map(|quote| ending.iter().chain([&quote]).collect())
        })
    }

    /// Where the first half starts that ends in the literal of this number at
    /// `at`, if the anchor goes on behind the joint.
    pub fn starts(&self, bytes: &[u8], at: usize, literal: usize) -> Option<usize> {
        let (ending, heads) = self.endings.get(literal / QUOTES.len())?;
        let end = at + ending.len();
        let rest = bytes.get(end..)?;
        if !matches!(rest, [b'"' | b'\'', ..] | [b'\\', b'"' | b'\'', ..]) {
            return None;
        }
        let before = &bytes[..end];
        let mut heads = heads
            .iter()
            .filter(|head| before.ends_with(&head.text))
            .peekable();
        heads.peek()?;
        let next = after_joint(rest);
        if next.is_none() && !is_over(rest) {
            return None;
        }
        let goes_on = |head: &&Head| match next {
            Some(next) => head.tails.iter().any(|tail| next.starts_with(tail)),
            None if borders::begins(bytes, end - head.text.len(), None) => {
                is_telling(&head.text) || head.goes_on_near(rest)
            }
            None => is_led(before) && head.goes_on_near(rest),
        };
        heads.find(goes_on).map(|head| end - head.text.len())
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
    use crate::detect::needles::Needles;

    fn places(text: &str) -> Vec<usize> {
        let mut places = Vec::new();
        let cuts = Cuts::new(["wandb_v1_", "hf_"]);
        let text = text.as_bytes();
        Needles::new(cuts.literals().collect()).each(text, 0..text.len(), |at, literal| {
            places.extend(cuts.starts(text, at, literal));
        });
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

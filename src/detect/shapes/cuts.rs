//! Anchors cut in two: `"wandb_v1" "_…"`, two items of a list, two outputs.
//!
//! No search of raw bytes for whole anchors sees them. Here it is asked at each
//! quote whether the text before it ends as an anchor begins, and whether what
//! follows the joint goes on with it.

use std::collections::HashMap;
use std::ops::Range;

use memchr::memchr2_iter;

use super::borders;
use super::raw::{after_joint, is_over};

/// So much of an anchor must stand before a joint.
const LEAST: usize = 2;
/// And so much, more than a word (`github`), where its other part may stand in
/// another output.
const LEAST_ALONE: usize = 4;

/// The beginnings of anchors, with what must follow.
#[derive(Debug)]
pub struct Cuts {
    tails: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    /// For each pair of bytes, whether a beginning ends in it.
    ends: Vec<bool>,
    longest: usize,
}

impl Cuts {
    /// A search for the ways in which these can be cut.
    pub fn new<'a>(anchors: impl IntoIterator<Item = &'a str>) -> Self {
        let mut cuts = Self {
            tails: HashMap::new(),
            ends: vec![false; 1 << 16],
            longest: 0,
        };
        for anchor in anchors.into_iter().map(str::as_bytes) {
            for (head, tail) in (LEAST..anchor.len()).map(|at| anchor.split_at(at)) {
                if let [.., first, second] = head {
                    cuts.ends[pair(*first, *second)] = true;
                }
                cuts.longest = cuts.longest.max(head.len());
                let tails = cuts.tails.entry(head.to_vec()).or_default();
                tails.push(tail.to_vec());
            }
        }
        cuts
    }

    /// Calls `f` with the place of each first half in this part of raw bytes,
    /// in order.
    pub fn each(&self, bytes: &[u8], part: Range<usize>, mut f: impl FnMut(usize)) {
        let text = bytes.get(part.clone()).unwrap_or_default();
        for quote in memchr2_iter(b'"', b'\'', text).map(|at| part.start + at) {
            let end = match bytes[..quote].last() {
                Some(b'\\') => quote - 1,
                _ => quote,
            };
            let [.., first, second] = &bytes[..end] else {
                continue;
            };
            if self.ends[pair(*first, *second)]
                && let Some(length) = self.cut(bytes, end)
            {
                f(end - length);
            }
        }
    }

    /// How much of an anchor stands before `end`, if it goes on behind the
    /// joint there.
    fn cut(&self, bytes: &[u8], end: usize) -> Option<usize> {
        let rest = &bytes[end..];
        let next = after_joint(rest);
        if next.is_none() && !is_over(rest) {
            return None;
        }
        (LEAST..=self.longest.min(end)).find(|&length| {
            let at = end - length;
            self.tails
                .get(&bytes[at..end])
                .is_some_and(|tails| match next {
                    Some(next) => tails.iter().any(|tail| next.starts_with(tail)),
                    None => is_telling(&bytes[at..end]) && borders::begins(bytes, at, None),
                })
        })
    }
}

fn is_telling(head: &[u8]) -> bool {
    head.len() >= LEAST_ALONE && !head.iter().all(u8::is_ascii_alphabetic)
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<usize> {
        let mut places = Vec::new();
        Cuts::new(["wandb_v1_", "hf_"]).each(text.as_bytes(), 0..text.len(), |at| places.push(at));
        places
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

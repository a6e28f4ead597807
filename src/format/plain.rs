//! Plain text: whatever no format tells, and what its own format cannot read.
//!
//! A long text is cut into blocks, so that only those near an anchor are
//! looked at. A block ends where a line does, and never within a private key.

use std::ops::Range;

use super::{Format, Opened, Outline};
use crate::layer::{ansi, slice};
use crate::region::{Extent, Place, Region, Role};

/// Plain text.
pub(super) const FORMAT: Format = Format {
    title: "plain text",
    is_told: |_| true,
    open: |hint| Ok(Box::new(Plain::new(hint.text))),
    is_strict: false,
};

/// How long a block is, if no line is longer.
const BLOCK: usize = 16 * 1024;

/// A text in blocks of lines.
#[derive(Debug)]
struct Plain<'t> {
    text: &'t str,
}

impl<'t> Plain<'t> {
    fn new(text: &'t str) -> Self {
        Self { text }
    }
}

impl Opened for Plain<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn may_be_encoded(&self) -> bool {
        is_coloured(self.text)
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let mut lines_before = 0;
        let mut counted = 0;
        let mut regions = Vec::new();
        for span in blocks(self.text, 0..self.text.len()) {
            let extent = Extent {
                is_encoded: is_coloured(&self.text[span.clone()]),
                ..Extent::plain(span.clone())
            };
            if !wanted(&extent) {
                continue;
            }
            lines_before += newlines(&self.text[counted..span.start]);
            counted = span.start;
            let peeled = slice::peel(self.text, span.clone());
            let mut region = Region {
                place: Place {
                    lines_before,
                    ..Place::default()
                },
                extent,
                ..Region::new(peeled, span, Role::Output)
            };
            if let Some(peeled) = ansi::peel(region.text()) {
                region.stack = region.stack.with(peeled);
            }
            regions.push(region);
        }
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    fn outline(&self) -> Outline {
        Outline::default()
    }
}

/// Whether colours may stand between a name and its value, where the first
/// look at the bytes sees neither.
fn is_coloured(text: &str) -> bool {
    memchr::memchr(b'\x1b', text.as_bytes()).is_some()
}

fn newlines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count()
}

/// Blocks of whole lines, in order; together they are the part of the text.
pub(super) fn blocks(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = part.start;
    std::iter::from_fn(move || {
        if start >= part.end {
            return None;
        }
        let end = end_of_block(text, start).min(part.end);
        let block = start..end;
        start = end;
        Some(block)
    })
}

/// The end of a block that begins at `start`: of the line that is long enough
/// out, or of the private key that stands there.
fn end_of_block(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let line_end = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        memchr::memchr(b'\n', rest).map_or(text.len(), |length| at + length + 1)
    };
    let end = line_end(start + BLOCK);
    let block = bytes.get(start..end).unwrap_or_default();
    let Some(begin) = memchr::memmem::rfind(block, b"-----BEGIN ") else {
        return end;
    };
    let is_closed = memchr::memmem::find(&block[begin..], b"-----END ").is_some();
    let rest = bytes.get(end..(end + BLOCK).min(text.len()));
    match rest.and_then(|rest| memchr::memmem::find(rest, b"-----END ")) {
        Some(length) if !is_closed => line_end(end + length),
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<usize> {
        let blocks = blocks(text, 0..text.len());
        blocks.map(|block| block.len()).collect()
    }

    #[test]
    fn blocks_are_whole_lines() {
        assert_eq!(cut(""), [] as [usize; 0]);
        assert_eq!(cut("a\nb"), [3]);
        let line = format!("{}\n", "x".repeat(99));
        let lengths = cut(&line.repeat(1000));
        assert_eq!(lengths.iter().sum::<usize>(), 100_000);
        assert!(lengths.len() == 7 && lengths[0].is_multiple_of(100));
        assert_eq!(cut(&"x".repeat(200_000)), [200_000]);
    }

    #[test]
    fn a_private_key_is_not_cut() {
        let before = format!("{}\n", "x".repeat(BLOCK - 30));
        let key = format!(
            "-----BEGIN KEY-----\n{}-----END KEY-----\n",
            "k\n".repeat(40)
        );
        assert_eq!(
            cut(&format!("{before}{key}y\n")),
            [before.len() + key.len(), 2]
        );
    }

    #[test]
    fn lines_are_counted_from_the_top_of_the_file() {
        let text = "x\n".repeat(BLOCK);
        let plain = Plain::new(&text);
        let places = |regions: &[Region]| -> Vec<usize> {
            regions
                .iter()
                .map(|region| region.place.lines_before)
                .collect()
        };
        let all = plain.regions(&|_| true);
        assert_eq!(places(&all), [0, BLOCK / 2 + 1]);
        let second = plain.regions(&|extent| extent.span.start > 0);
        assert_eq!(places(&second), [BLOCK / 2 + 1]);
    }
}

//! The plainest layer: a part of a text, such as a cell's body behind its
//! magic line.

use std::ops::Range;
use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Slice;

impl Wrapping for Slice {
    fn encode(&self, replacement: &str) -> String {
        replacement.to_owned()
    }
}

/// The part of `text` at `span`, which lies on character borders.
pub fn peel(text: &str, span: Range<usize>) -> Peeled {
    let mut map = Map::starting_at(span.start);
    map.verbatim(span.len());
    Peeled {
        text: text[span].to_owned(),
        map,
        wrapping: Arc::new(Slice),
    }
}

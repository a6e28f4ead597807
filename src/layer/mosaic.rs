//! A mosaic: pieces of a text as a person reads them, without the marks
//! between, such as the text of a page without its tags.
//!
//! The marks stay where they are, also when an edit goes across them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

/// Puts a mosaic together, in the order of the text.
#[derive(Debug)]
pub struct Mosaic<'t> {
    text: &'t str,
    at: usize,
    peeled: String,
    map: Map,
}

/// A wrapping that writes what no piece may hold in another way.
struct Pieces(fn(&str) -> String);

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pieces")
    }
}

impl Wrapping for Pieces {
    fn encode(&self, replacement: &str) -> String {
        (self.0)(replacement)
    }
}

impl<'t> Mosaic<'t> {
    /// An empty mosaic of the text from `start` on.
    pub fn new(text: &'t str, start: usize) -> Self {
        Self {
            text,
            at: start,
            peeled: String::new(),
            map: Map::starting_at(start),
        }
    }

    /// How long the peeled text is so far.
    pub fn len(&self) -> usize {
        self.peeled.len()
    }

    /// Whether nothing has been put in yet.
    pub fn is_empty(&self) -> bool {
        self.peeled.is_empty()
    }

    /// The last character so far.
    pub fn last(&self) -> Option<char> {
        self.peeled.chars().next_back()
    }

    /// Leaves out what stands before `to`.
    pub fn skip_to(&mut self, to: usize) {
        if to > self.at {
            self.map.kept_gap(to - self.at);
            self.at = to;
        }
    }

    /// Takes in a part as it stands.
    pub fn keep(&mut self, span: Range<usize>) {
        self.skip_to(span.start);
        if let Some(text) = self.text.get(self.at..span.end) {
            self.peeled.push_str(text);
            self.map.verbatim(text.len());
            self.at = span.end;
        }
    }

    /// Takes in a part as another text, which an edit may replace.
    pub fn read_as(&mut self, span: Range<usize>, text: &str) {
        self.skip_to(span.start);
        self.peeled.push_str(text);
        self.map.unit(text.len(), span.end - self.at);
        self.at = span.end;
    }

    /// Takes in a part as another text; the part itself always stays.
    pub fn mark(&mut self, span: Range<usize>, text: &str) {
        self.skip_to(span.start);
        self.peeled.push_str(text);
        self.map.kept_unit(text.len(), span.end - self.at);
        self.at = span.end;
    }

    /// The peeled text; `encode` writes replacements.
    pub fn peeled(self, encode: fn(&str) -> String) -> Peeled {
        Peeled {
            text: self.peeled,
            map: self.map,
            wrapping: Arc::new(Pieces(encode)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    #[test]
    fn edits_across_marks_leave_them() {
        let text = "<b>ab</b>cd<p>ef";
        let mut mosaic = Mosaic::new(text, 0);
        mosaic.keep(3..5);
        mosaic.keep(9..11);
        mosaic.mark(11..14, "\n");
        mosaic.keep(14..16);
        let peeled = mosaic.peeled(str::to_owned);
        assert_eq!(peeled.text, "abcd\nef");
        let out = apply_str(text, &peeled.wrap(&[Edit::replace(1..6, "X")]));
        assert_eq!(out, "<b>aX</b><p>f");
        assert_eq!(apply_str(text, &peeled.wrap(&[])), text);
    }

    #[test]
    fn what_is_read_as_something_else_is_replaced_as_a_whole() {
        let mut mosaic = Mosaic::new("a\"\"b", 0);
        mosaic.keep(0..1);
        mosaic.read_as(1..3, "\"");
        mosaic.keep(3..4);
        let peeled = mosaic.peeled(|text| text.replace('"', "\"\""));
        assert_eq!(peeled.text, "a\"b");
        let out = apply_str("a\"\"b", &peeled.wrap(&[Edit::replace(1..2, "-\"-")]));
        assert_eq!(out, "a-\"\"-b");
    }
}

//! JSON lines: a document a line, which is decoded only if something may stand
//! in it. A line that is no JSON (the last one of a log that broke off) is
//! read as text, and the others go on.

use std::ops::Range;

use super::file;
use super::{Document, Leaf};
use crate::format::{Opened, Outline, plain};
use crate::layer::slice;
use crate::region::{Extent, Region, Role};

/// Whether a text is lines of JSON: its first line is an object or an array
/// in itself, and the next one begins as one, too.
pub(super) fn are_lines(text: &str) -> bool {
    let mut lines = spans(text, 0..text.len()).map(|span| &text[span]);
    let begins = |line: &str| line.starts_with(['{', '[']);
    lines
        .next()
        .is_some_and(|first| begins(first) && Document::read(first).is_ok())
        && lines.next().is_some_and(begins)
}

/// The lines of a part of a text, without line ends and blank lines.
fn spans(text: &str, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = part.start;
    let lines = text[part].split_inclusive('\n').map(move |line| {
        let from = start;
        start += line.len();
        let bare = line.trim_start_matches('\u{feff}');
        let begin = from + line.len() - bare.trim_start().len();
        begin..begin + bare.trim().len()
    });
    lines.filter(|span| !span.is_empty())
}

/// A file of JSON lines.
#[derive(Debug)]
pub(super) struct Lines<'t> {
    text: &'t str,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text }
    }

    /// The regions of one line that are wanted.
    fn line(&self, line: Range<usize>, wanted: &dyn Fn(&Extent) -> bool, out: &mut Vec<Region>) {
        let source = &self.text[line.clone()];
        let Ok(document) = Document::read(source) else {
            let peeled = slice::peel(self.text, line.clone());
            out.push(Region::new(peeled, line, Role::Output));
            return;
        };
        let in_text = |leaf: &Leaf<'_>| {
            let span = leaf.span();
            line.start + span.start..line.start + span.end
        };
        for leaf in document.root().into_iter().flat_map(|root| root.leaves()) {
            let span = in_text(&leaf);
            if !span.is_empty() && wanted(&Extent::plain(span.clone())) {
                out.push(file::string(self.text, span, leaf.name()));
            }
        }
    }
}

impl Opened for Lines<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn names(&self, each: &mut dyn FnMut(&str, Range<usize>)) {
        for line in spans(self.text, 0..self.text.len()) {
            let Ok(document) = Document::read(&self.text[line.clone()]) else {
                continue;
            };
            for leaf in document.root().into_iter().flat_map(|root| root.leaves()) {
                if let Some(name) = leaf.name() {
                    let span = leaf.span();
                    each(name, line.start + span.start..line.start + span.end);
                }
            }
        }
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let mut regions = Vec::new();
        let whole = 0..self.text.len();
        let is_wanted = |span: &Range<usize>| wanted(&Extent::plain(span.clone()));
        for block in plain::blocks(self.text, whole).filter(is_wanted) {
            for line in spans(self.text, block).filter(is_wanted) {
                self.line(line, wanted, &mut regions);
            }
        }
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    fn outline(&self) -> Outline {
        let bones = |span: Range<usize>| match Document::read(&self.text[span]) {
            Ok(document) => document.bones(),
            Err(_) => "text".to_owned(),
        };
        Outline(spans(self.text, 0..self.text.len()).map(bones).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_the_first_two() {
        assert!(are_lines("\u{feff}{\"a\": 1}\r\n\r\n{\"b\""));
        for other in ["{\"a\": 1}", "{\n{", "{\"a\": 1}\nx", "", "1\n2"] {
            assert!(!are_lines(other), "{other}");
        }
    }

    #[test]
    fn a_broken_line_is_text_and_the_others_go_on() {
        let text = "{\"a\": \"x\"}\n{\"token\": \"y\n\n[\"z\"]\n";
        let regions = Lines::new(text).regions(&|_| true);
        let told: Vec<_> = regions.iter().map(Region::text).collect();
        assert_eq!(told, ["a", "x", "{\"token\": \"y", "z"]);
        assert_eq!(Lines::new(text).outline().0, ["{:\"", "text", "[\""]);
    }
}

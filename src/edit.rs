//! An edit: a span and what stands there afterwards.
//!
//! Every change that unspill makes, on any level of wrapping, is a list of
//! edits over the original text. Nothing is ever printed anew, so whatever no
//! edit touches stays as it was by construction.

use std::ops::Range;

/// One replacement in a text: the bytes at `span` become `text`.
///
/// An empty `span` inserts, an empty `text` deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Byte offsets in the text that the edit is meant for.
    pub span: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            span,
            text: text.into(),
        }
    }

    /// Puts `text` before the byte at `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(at..at, text)
    }

    /// Takes `span` away.
    pub fn delete(span: Range<usize>) -> Self {
        Self::replace(span, "")
    }
}

/// Sorts `edits` and drops each one that overlaps an earlier one.
///
/// Of two that start together the longer one stays, save that insertions at
/// one place are all kept, in the order they were given.
pub fn settle(edits: &mut Vec<Edit>) {
    edits.sort_by(|a, b| {
        a.span
            .start
            .cmp(&b.span.start)
            .then_with(|| match (a.span.is_empty(), b.span.is_empty()) {
                (true, false) => std::cmp::Ordering::Less,
                (false, true) => std::cmp::Ordering::Greater,
                _ => b.span.end.cmp(&a.span.end),
            })
    });
    let mut end = 0;
    edits.retain(|edit| {
        let stays = edit.span.start >= end;
        if stays {
            end = edit.span.end;
        }
        stays
    });
}

/// The text after `edits`, which must be sorted and must not overlap.
///
/// One linear pass; what stands outside the spans is copied as it is.
pub fn apply(text: &[u8], edits: &[Edit]) -> Vec<u8> {
    let grown: usize = edits.iter().map(|edit| edit.text.len()).sum();
    let mut out = Vec::with_capacity(text.len() + grown);
    let mut at = 0;
    for edit in edits {
        out.extend_from_slice(&text[at..edit.span.start]);
        out.extend_from_slice(edit.text.as_bytes());
        at = edit.span.end;
    }
    out.extend_from_slice(&text[at..]);
    out
}

/// [`apply`] for a `str`; the spans must lie on character borders.
pub fn apply_str(text: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(&text[at..edit.span.start]);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_inserts_and_deletes_in_one_pass() {
        let edits = [
            Edit::insert(0, ">"),
            Edit::replace(2..4, "XYZ"),
            Edit::delete(5..6),
        ];
        assert_eq!(apply(b"abcdefg", &edits), b">abXYZeg");
        assert_eq!(apply_str("abcdefg", &edits), ">abXYZeg");
    }

    #[test]
    fn settling_keeps_the_first_and_the_longer() {
        let mut edits = vec![
            Edit::replace(3..5, "b"),
            Edit::replace(0..4, "a"),
            Edit::replace(0..2, "c"),
            Edit::insert(0, "i"),
            Edit::insert(0, "j"),
        ];
        settle(&mut edits);
        let texts: Vec<_> = edits.iter().map(|edit| edit.text.as_str()).collect();
        assert_eq!(texts, ["i", "j", "a"]);
    }
}

//! Layers: wrappings of text that can be peeled off and put back.
//!
//! Peeling gives the text beneath the wrapping and a [`Map`] back. Edits made
//! on the peeled text are carried outwards: each layer turns them into edits
//! on the text (or bytes) that it was peeled from, encoding the replacement
//! its own way. Nothing outside an edit is ever encoded anew, except where the
//! wrapping leaves no choice (base64).

pub mod ansi;
pub mod base64;
pub mod dollars;
pub mod escapes;
pub mod hex;
pub mod html;
pub mod joins;
pub mod json_text;
pub mod margin;
pub mod mosaic;
pub mod percent;
pub mod picture;
pub mod quoted;
pub mod slice;
mod units;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::edit::{self, Edit};

/// How a wrapping encodes.
pub trait Wrapping: fmt::Debug + Send + Sync {
    /// The replacement as it must stand beneath the wrapping.
    fn encode(&self, replacement: &str) -> String;

    /// Turns edits on the peeled `text` into edits on what it was peeled from.
    ///
    /// `edits` are sorted and do not overlap; so is the result.
    fn carry(&self, text: &str, map: &Map, edits: &[Edit]) -> Vec<Edit> {
        let _ = text;
        map.carry(edits, |replacement| self.encode(replacement))
    }
}

/// A text peeled of one wrapping, and the way back.
#[derive(Debug, Clone)]
pub struct Peeled {
    /// The text beneath the wrapping.
    pub text: String,
    /// Where its characters lie in what it was peeled from.
    pub map: Map,
    /// How replacements are encoded.
    pub wrapping: Arc<dyn Wrapping>,
}

impl Peeled {
    /// Edits on the peeled text, as edits on what it was peeled from.
    pub fn wrap(&self, edits: &[Edit]) -> Vec<Edit> {
        self.wrapping.carry(&self.text, &self.map, edits)
    }
}

/// Layers on top of one another, the outermost first. Stacks share their
/// layers, so to put one more on top copies no text.
#[derive(Debug, Clone)]
pub struct Stack {
    layers: Vec<Arc<Peeled>>,
}

impl Stack {
    /// A stack of one layer over the bytes of a source.
    pub fn new(bottom: Peeled) -> Self {
        Self {
            layers: vec![Arc::new(bottom)],
        }
    }

    /// A stack over a text that is peeled already.
    pub fn identity(text: &str) -> Self {
        Self::new(slice::peel(text, 0..text.len()))
    }

    /// The same stack with one layer more, peeled from [`Stack::text`].
    pub fn with(&self, peeled: Peeled) -> Self {
        let mut layers = self.layers.clone();
        layers.push(Arc::new(peeled));
        Self { layers }
    }

    /// The layers of this stack on top of those of another, from whose text
    /// it was peeled.
    pub fn upon(&self, outer: &Self) -> Self {
        Self {
            layers: outer.layers.iter().chain(&self.layers).cloned().collect(),
        }
    }

    /// The text within all layers.
    pub fn text(&self) -> &str {
        self.layers.last().map_or("", |layer| layer.text.as_str())
    }

    /// Carries edits on the innermost text through all layers to the bytes.
    pub fn wrap(&self, mut edits: Vec<Edit>) -> Vec<Edit> {
        for layer in self.layers.iter().rev() {
            edit::settle(&mut edits);
            edits = layer.wrap(&edits);
        }
        edit::settle(&mut edits);
        edits
    }

    /// Where an offset of what the outermost layer was peeled from lies in the
    /// innermost text.
    pub fn inner(&self, outer: usize) -> usize {
        let layers = self.layers.iter();
        layers.fold(outer, |at, layer| layer.map.inner(at))
    }

    /// The bytes that a span of the innermost text comes from, from the first
    /// to the last.
    pub fn hull(&self, span: Range<usize>) -> Range<usize> {
        self.layers
            .iter()
            .rev()
            .fold(span, |span, layer| layer.map.hull(span))
    }
}

/// How spans of a peeled text lie in the text beneath: a list of pieces in
/// the order of both.
#[derive(Debug, Clone, Default)]
pub struct Map {
    pieces: Vec<Piece>,
    inner_end: usize,
    outer_end: usize,
}

/// One piece: characters that stand as they are (equal lengths), one escaped
/// character (a unit), or something without a counterpart inside (a gap).
#[derive(Debug, Clone, Copy)]
struct Piece {
    inner: usize,
    inner_len: usize,
    outer: usize,
    outer_len: usize,
    /// An edit across it must leave it in place.
    kept: bool,
}

impl Map {
    /// An empty map whose outer text begins at `outer`.
    pub fn starting_at(outer: usize) -> Self {
        Self {
            pieces: Vec::new(),
            inner_end: 0,
            outer_end: outer,
        }
    }

    /// Adds `len` bytes that stand alike inside and outside.
    pub fn verbatim(&mut self, len: usize) {
        if len == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.inner_len == last.outer_len
            && last.inner_len > 0
            && !last.kept
        {
            last.inner_len += len;
            last.outer_len += len;
            self.inner_end += len;
            self.outer_end += len;
            return;
        }
        self.push(len, len, false);
    }

    /// Adds something indivisible: `inner` bytes peeled from `outer` bytes.
    pub fn unit(&mut self, inner: usize, outer: usize) {
        self.push(inner, outer, false);
    }

    /// Adds `outer` bytes that an edit across them takes away (colour codes).
    pub fn gap(&mut self, outer: usize) {
        self.push(0, outer, false);
    }

    /// Adds `outer` bytes that an edit across them leaves in place (the
    /// quotes and the comma between two items of a list).
    pub fn kept_gap(&mut self, outer: usize) {
        self.push(0, outer, true);
    }

    /// Adds `inner` bytes that stand for `outer` bytes which an edit across
    /// them leaves in place (a line end for a tag).
    pub fn kept_unit(&mut self, inner: usize, outer: usize) {
        self.push(inner, outer, true);
    }

    fn push(&mut self, inner_len: usize, outer_len: usize, kept: bool) {
        if inner_len == 0 && outer_len == 0 {
            return;
        }
        self.pieces.push(Piece {
            inner: self.inner_end,
            inner_len,
            outer: self.outer_end,
            outer_len,
            kept,
        });
        self.inner_end += inner_len;
        self.outer_end += outer_len;
    }

    /// Where the outer text ends, so far.
    pub fn outer_end(&self) -> usize {
        self.outer_end
    }

    /// The outer span from the first to the last byte of the inner one.
    pub fn hull(&self, inner: Range<usize>) -> Range<usize> {
        if inner.is_empty() {
            let at = self.insertion(inner.start);
            return at..at;
        }
        let runs = self.runs(inner);
        match (runs.first(), runs.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => self.outer_end..self.outer_end,
        }
    }

    /// The inner spans that do not stand so outside, in order; empty ones where
    /// something was taken away.
    pub fn changes(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let pieces = self.pieces.iter();
        let changed = pieces.filter(|piece| piece.inner_len != piece.outer_len || piece.kept);
        changed.map(|piece| piece.inner..piece.inner + piece.inner_len)
    }

    /// Where an outer offset lies within; the start of what follows, if it has
    /// no counterpart.
    pub fn inner(&self, outer: usize) -> usize {
        let next = self
            .pieces
            .partition_point(|piece| piece.outer + piece.outer_len <= outer);
        match self.pieces.get(next) {
            Some(piece) if piece.inner_len == piece.outer_len => {
                piece.inner + outer.saturating_sub(piece.outer)
            }
            Some(piece) => piece.inner,
            None => self.inner_end,
        }
    }

    /// The outer spans of an inner one: one, unless kept gaps part it.
    pub fn runs(&self, inner: Range<usize>) -> Vec<Range<usize>> {
        let first = self
            .pieces
            .partition_point(|piece| piece.inner + piece.inner_len <= inner.start);
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut parted = true;
        for piece in &self.pieces[first..] {
            if piece.inner >= inner.end {
                break;
            }
            if piece.inner_len == 0 || piece.kept {
                parted |= piece.kept;
                continue;
            }
            let outer = piece.outer_span(&inner);
            match runs.last_mut() {
                Some(run) if !parted => run.end = outer.end,
                _ => runs.push(outer),
            }
            parted = false;
        }
        runs
    }

    /// Where an insertion before the inner byte `at` goes: after any gap, so
    /// that text put before a line lands in that line's item.
    fn insertion(&self, at: usize) -> usize {
        let next = self
            .pieces
            .partition_point(|piece| piece.inner + piece.inner_len <= at);
        match self.pieces.get(next) {
            Some(piece) if piece.inner_len == piece.outer_len => {
                piece.outer + (at - piece.inner.min(at))
            }
            Some(piece) => piece.outer,
            None => self
                .pieces
                .iter()
                .rev()
                .find(|piece| piece.inner_len > 0)
                .map_or(self.outer_end, |piece| piece.outer + piece.outer_len),
        }
    }

    /// Carries sorted edits outwards; the first run of each gets the encoded
    /// replacement, the others are deleted.
    pub fn carry(&self, edits: &[Edit], encode: impl Fn(&str) -> String) -> Vec<Edit> {
        let mut out = Vec::with_capacity(edits.len());
        for edit in edits {
            let text = encode(&edit.text);
            if edit.span.is_empty() {
                out.push(Edit::insert(self.insertion(edit.span.start), text));
                continue;
            }
            let mut text = Some(text);
            for run in self.runs(edit.span.clone()) {
                out.push(Edit::replace(run, text.take().unwrap_or_default()));
            }
        }
        out
    }
}

impl Piece {
    /// The part of this piece's outer span that `inner` covers; units whole.
    fn outer_span(&self, inner: &Range<usize>) -> Range<usize> {
        if self.inner_len != self.outer_len {
            return self.outer..self.outer + self.outer_len;
        }
        let from = inner.start.max(self.inner) - self.inner;
        let to = inner.end.min(self.inner + self.inner_len) - self.inner;
        self.outer + from..self.outer + to
    }
}

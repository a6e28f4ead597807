//! Regions become findings: the engine, and what it believes by.

pub mod candidates;
pub mod catalogue;
pub mod checksum;
pub mod engine;
pub mod entry;
mod expiry;
pub mod judge;
pub mod kind;
pub mod known;
mod look;
pub mod names;
pub mod near;
mod nearby;
mod needles;
pub mod own;
mod public;
mod reach;
pub mod rules;
pub mod sample;
pub mod secret;
pub(crate) mod settle;
pub mod shapes;
pub mod spelling;
mod traces;
pub mod veils;
pub mod views;

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::layer::Stack;

pub use kind::Kind;
pub use secret::Secret;

/// How surely a finding is a credential. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Worth a look; counts only if that is asked for, or as the beginning of a
    /// value that counts.
    Possible,
    /// Named like a credential and shaped like one.
    Likely,
    /// Told by its own shape, a checksum, or known to be one.
    Certain,
}

/// A kind, a region, a span in its text, and why it was believed.
#[derive(Debug, Clone)]
pub struct Finding {
    /// Which type of credential.
    pub kind: &'static Kind,
    /// Index of the region.
    pub region: usize,
    /// Where it stands in the region's text.
    pub span: Range<usize>,
    /// In a view of the text rather than the text itself: the layers from the
    /// region's text to the view's, and where it stands there.
    pub view: Option<(Arc<Stack>, Range<usize>)>,
    /// The value, decoded.
    pub value: Secret,
    /// The name that the structure binds it to, if any.
    pub name: Option<String>,
    /// The environment variable that the context names, if it does.
    pub variable: Option<String>,
    /// Only the beginning of the value stands there, cut off by a printer.
    pub cut: bool,
    /// It is known as one of the user's own values.
    pub is_own: bool,
    /// How surely.
    pub confidence: Confidence,
    /// Why, in words for people; never holds the value.
    pub reason: String,
}

impl Finding {
    /// Whether `other` lies within this finding, in the same view.
    pub fn covers(&self, other: &Finding) -> bool {
        let same_view = match (&self.view, &other.view) {
            (None, None) => true,
            (Some((a, _)), Some((b, _))) => a.text() == b.text(),
            _ => false,
        };
        same_view && self.span.start <= other.span.start && other.span.end <= self.span.end
    }
}

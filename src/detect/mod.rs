//! Regions become findings: the engine, and what it believes by.

pub mod judge;
pub mod kind;
pub mod names;
pub mod near;
pub mod secret;

use std::ops::Range;

pub use kind::Kind;
pub use secret::Secret;

/// How surely a finding is a credential. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Worth a look; masked by `fix`, but `check` does not fail on it.
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
    /// The value, decoded.
    pub value: Secret,
    /// The name that the structure binds it to, if any.
    pub name: Option<String>,
    /// The environment variable that the context names, if it does.
    pub variable: Option<String>,
    /// How surely.
    pub confidence: Confidence,
    /// Why, in words for people; never holds the value.
    pub reason: String,
}

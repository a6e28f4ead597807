//! The catalogue: every kind of credential, as data, one file a provider.
//!
//! A file names its `provider` and lists its kinds as `[[kind]]` entries whose
//! fields are those of [`Kind`]. A new provider is a new file; nothing else is
//! touched. `build.rs` turns the files into a static table and refuses an
//! entry that cannot work.
//!
//! # Cases
//!
//! Besides, each entry lists texts as `must` (the engine finds exactly the
//! value) and `must_not` (it finds nothing of this kind, at least not with
//! [`Confidence::Likely`](crate::detect::Confidence)). For kinds told by name
//! the case is a value that must, or must not, have the shape. The texts are
//! templates, so that the file never holds a whole token:
//!
//! | template | becomes |
//! |---|---|
//! | `{value}` | a made-up value of the kind |
//! | `{value-3}` | the same without its last three characters |
//! | `{value+5}` | the same with five more letters and digits |
//! | `{value~}` | the same with another last character: a wrong checksum |
//! | `{[A-Za-z0-9]{34}}` | random text of that shape (any regular expression that begins with a class) |
//! | `{x*34}` | that character 34 times |
//!
//! Any other brace stands for itself.

use std::borrow::Cow;

use super::kind::{Checksum, Kind, Severity, Told};
use super::shapes::{Bytes, Measure};

/// Sorted by id.
static KINDS: &[Kind] = include!(concat!(env!("OUT_DIR"), "/kinds.rs"));

/// What is known of their shapes, in the same order.
static MEASURES: &[Option<Measure>] = include!(concat!(env!("OUT_DIR"), "/measures.rs"));

/// All kinds of the catalogue, sorted by id.
pub fn kinds() -> &'static [Kind] {
    KINDS
}

/// The kind with that id.
pub fn kind(id: &str) -> Option<&'static Kind> {
    position(id).and_then(|at| KINDS.get(at))
}

/// What is known of the shape of a built-in kind.
pub(super) fn measure(id: &str) -> Option<&'static Measure> {
    position(id).and_then(|at| MEASURES.get(at)?.as_ref())
}

fn position(id: &str) -> Option<usize> {
    KINDS.binary_search_by(|kind| kind.id.as_ref().cmp(id)).ok()
}

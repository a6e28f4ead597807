//! Where something like a credential may stand in the bytes of a file, as the
//! first look saw it. A region that nothing of it concerns is never read.

use std::ops::Range;

use super::near::Handed;
use crate::region::Extent;

/// What every comment of ours holds that exempts something.
pub(super) const EXEMPTING: &str = "unspill:";

/// Where something like a credential may stand in the bytes of a file.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Of anchors, and of names that have a value.
    pub(super) offsets: Vec<usize>,
    /// Of escapes that could hide an anchor from the first look.
    pub(super) veils: Vec<usize>,
    /// The file has places that hold base64 of texts.
    pub(crate) encoded: bool,
    /// Something may stand anywhere.
    pub(super) everywhere: bool,
    /// The file has comments that may exempt something.
    pub(crate) comments: bool,
    /// The file has places of which its structure says that passwords stand
    /// there.
    pub(super) passwords: bool,
    /// Variables of the file that hold what a credential-like name is set to.
    pub(super) handed: Vec<Handed>,
}

/// Why a region is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// An anchor stands in it or shortly before.
    Near,
    /// Something in it could hide an anchor: a second look tells.
    Veiled,
}

impl Candidates {
    /// Whether the file can hold nothing of interest.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
            && self.veils.is_empty()
            && !(self.encoded || self.passwords || self.everywhere)
    }

    /// Whether a region that comes from these bytes is to be looked at, and
    /// why.
    pub fn concern(&self, extent: &Extent) -> Option<Interest> {
        let span = &extent.span;
        if self.everywhere || self.is_near(span) || self.passwords && extent.is_password {
            Some(Interest::Near)
        } else if within(&self.veils, span.clone()) || (self.encoded && extent.is_encoded) {
            Some(Interest::Veiled)
        } else {
            None
        }
    }

    fn is_near(&self, span: &Range<usize>) -> bool {
        /// A value's name stands before it, by no more than this.
        const NAME: usize = 256;
        within(&self.offsets, span.start.saturating_sub(NAME)..span.end)
    }
}

fn within(offsets: &[usize], span: Range<usize>) -> bool {
    let first = offsets.partition_point(|&offset| offset < span.start);
    offsets.get(first).is_some_and(|&offset| offset < span.end)
}

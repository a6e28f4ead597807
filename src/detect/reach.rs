//! Variables at work: what one is set to, as the value of the name that it is handed
//! to elsewhere in the file.

use super::near::Handed;
use crate::region::Region;
use crate::syntax::{Binding, Via};

/// A region of a file in which variables hold what names are set to.
pub(super) struct Reach<'r> {
    /// Where values are looked for.
    pub(super) region: &'r Region,
    /// What the first look met.
    pub(super) handed: &'r [Handed],
}

impl Reach<'_> {
    /// What a variable is set to, as the value of the name that it is handed to.
    pub(super) fn handed_to(&self, binding: &Binding) -> Option<Binding> {
        /// At most so many bytes behind the beginning of a variable stands its value.
        const REACH: usize = 120;
        let mut named = self.handed.iter();
        let handed = named.find(|handed| handed.variable == binding.name)?;
        let is_set = matches!(binding.via, Via::Assignment | Via::Environment);
        let at = self.region.stack.hull(binding.span.clone()).start;
        let is_here = |set: &usize| (*set..set + REACH).contains(&at);
        (is_set && handed.set.iter().any(is_here)).then(|| Binding {
            name: handed.name.clone(),
            via: match handed.name.contains(':') {
                true => Via::Position,
                false => Via::Assignment,
            },
            ..binding.clone()
        })
    }
}

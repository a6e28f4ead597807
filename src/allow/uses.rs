//! What exemptions were used for, in one source or in a whole run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use crate::detect::Secret;

/// What was used, and what could have been.
#[derive(Debug, Clone, Default)]
pub struct Uses {
    /// Entries that exempted something.
    pub entries: BTreeSet<usize>,
    /// Entries for the path of a source that was read.
    pub met: BTreeSet<usize>,
    /// Findings of the baseline that are still there.
    pub baseline: BTreeSet<usize>,
    /// Sources that were read, as the baseline calls them.
    pub files: BTreeSet<String>,
    /// Comments of ours, and whether they exempted something.
    pub comments: BTreeMap<Spot, bool>,
    /// Values that stay in a file: no report may show them, still.
    pub values: BTreeSet<Secret>,
}

/// Where a comment stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// In which source.
    pub source: PathBuf,
    /// Where in it, in words.
    pub place: String,
    /// Line within the place, from 1.
    pub line: usize,
}

impl Uses {
    /// Takes in what was used elsewhere, or in another look at the same.
    pub fn join(&mut self, other: Self) {
        self.entries.extend(other.entries);
        self.met.extend(other.met);
        self.baseline.extend(other.baseline);
        self.files.extend(other.files);
        self.values.extend(other.values);
        for (spot, used) in other.comments {
            *self.comments.entry(spot).or_insert(false) |= used;
        }
    }

    /// Comments that exempt nothing, in sentences.
    pub fn stale_comments(&self) -> impl Iterator<Item = String> {
        let unused = self.comments.iter().filter(|(_, used)| !**used);
        unused.map(|(spot, _)| format!("{spot}: `unspill: allow` exempts nothing any more"))
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.source.display())?;
        if !self.place.is_empty() {
            write!(f, "{}, ", self.place)?;
        }
        write!(f, "line {}", self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_used_once_is_used() {
        let spot = |line| Spot {
            source: "a.ipynb".into(),
            place: "cell 2".into(),
            line,
        };
        let mut uses = Uses::default();
        uses.comments.extend([(spot(1), false), (spot(2), false)]);
        let mut later = Uses::default();
        later.comments.insert(spot(1), true);
        uses.join(later);
        uses.join(Uses {
            comments: [(spot(1), false)].into(),
            ..Uses::default()
        });
        assert_eq!(
            uses.stale_comments().collect::<Vec<_>>(),
            ["a.ipynb, cell 2, line 2: `unspill: allow` exempts nothing any more"]
        );
    }
}

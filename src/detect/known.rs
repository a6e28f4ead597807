//! Values that are known already: found elsewhere in the run, or the user's
//! own. They are searched exactly, in the text and in every view of it.

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::secret::Secret;
use super::traces::Traces;
use super::{Confidence, Finding, views};
use crate::layer::Stack;
use crate::ledger::Ledger;
use crate::region::Region;

/// Below this a value is common enough to stand somewhere by chance: it
/// counts only where something binds or quotes it.
const SHORT: usize = 12;

/// Values shorter than this are never searched.
const SHORTEST: usize = 6;

/// A printer that cuts a long value leaves at least this much of it.
const SHORTEST_PART: usize = 12;

/// Values to search for.
#[derive(Debug, Default)]
pub struct Known {
    values: Vec<Secret>,
    search: Option<AhoCorasick>,
    /// What the values leave in the bytes of a file, whatever encodes them.
    traces: Traces,
}

/// A known value in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownHit {
    /// Where.
    pub span: Range<usize>,
    /// Index of the value, in the order given to [`Known::new`].
    pub value: usize,
    /// Only its beginning stands there, and then dots.
    pub cut: bool,
}

impl Known {
    /// Prepares the search for `values`.
    pub fn new(values: Vec<Secret>) -> Self {
        let patterns = values.iter().map(|value| value.expose());
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            .ok()
            .filter(|_| !values.is_empty());
        let long_enough = |value: &&str| value.len() >= SHORTEST;
        let exposed = values.iter().map(|value| value.expose());
        let traces = Traces::new(exposed.filter(long_enough));
        Self {
            values,
            search,
            traces,
        }
    }

    /// Whether one of the values may stand in the bytes of a file, in any of
    /// the encodings that [`super::views`] peels.
    pub fn may_stand_in(&self, bytes: &[u8]) -> bool {
        self.traces.stand_in(bytes)
    }

    /// Whether there is nothing to search for.
    pub fn is_empty(&self) -> bool {
        self.search.is_none()
    }

    /// Where known values stand in `text`, whole or cut off by dots.
    pub fn find(&self, text: &str) -> Vec<KnownHit> {
        let Some(search) = &self.search else {
            return Vec::new();
        };
        let mut hits: Vec<KnownHit> = search
            .find_iter(text)
            .filter(|hit| self.counts(text, hit.span().into(), hit.pattern().as_usize()))
            .map(|hit| KnownHit {
                span: hit.span().into(),
                value: hit.pattern().as_usize(),
                cut: false,
            })
            .collect();
        hits.extend(self.cut_off(text));
        hits
    }

    /// Where values of the ledger stand in a region, in its text and in every
    /// view of it. The values are those that the ledger gave.
    pub fn findings(&self, region: &Region, index: usize, ledger: &Ledger) -> Vec<Finding> {
        if self.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        let mut add = |hit: &KnownHit, view: Option<&Arc<Stack>>| {
            let Some(entry) = ledger.entries().get(hit.value) else {
                return;
            };
            found.push(Finding {
                kind: entry.kind,
                region: index,
                span: view.map_or_else(|| hit.span.clone(), |view| view.hull(hit.span.clone())),
                view: view.map(|view| (Arc::clone(view), hit.span.clone())),
                value: entry.value.clone(),
                name: None,
                variable: None,
                cut: hit.cut,
                confidence: if hit.cut {
                    Confidence::Possible
                } else {
                    entry.confidence
                },
                reason: if hit.cut {
                    "the beginning of a value that was found elsewhere".to_owned()
                } else {
                    "a value that was found elsewhere".to_owned()
                },
            });
        };
        for hit in self.find(region.text()) {
            add(&hit, None);
        }
        for view in views::views(&Stack::identity(region.text()))
            .into_iter()
            .map(Arc::new)
        {
            for hit in self.find(view.text()) {
                add(&hit, Some(&view));
            }
        }
        found
    }

    /// Whether a value at `span` is meant, and not there by chance.
    fn counts(&self, text: &str, span: Range<usize>, value: usize) -> bool {
        let value = self.values[value].expose();
        if value.len() < SHORTEST {
            return false;
        }
        let before = text[..span.start].chars().next_back();
        let after = text[span.end..].chars().next();
        let mixed = value.chars().any(|c| !c.is_alphabetic());
        if value.len() >= SHORT && mixed {
            return true;
        }
        let borders = |side: Option<char>| side.is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let whole = borders(before) && borders(after);
        if mixed {
            return whole;
        }
        let quoted = before == after && matches!(before, Some('"' | '\'' | '`'));
        let bound = matches!(before, Some('=' | ':' | '@'));
        whole && (quoted || bound)
    }

    /// Beginnings of long values before three dots or an ellipsis, as tables
    /// and reprs cut them.
    fn cut_off(&self, text: &str) -> Vec<KnownHit> {
        let mut hits = Vec::new();
        for dots in text.match_indices("...").chain(text.match_indices('…')) {
            let end = dots.0;
            let start = text[..end]
                .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
                .map_or(0, |at| {
                    at + text[at..].chars().next().map_or(1, char::len_utf8)
                });
            let part = text[start..end].trim_end_matches('.');
            if part.len() < SHORTEST_PART {
                continue;
            }
            let value = self.values.iter().position(|value| {
                value.expose().len() > part.len() && value.expose().starts_with(part)
            });
            if let Some(value) = value {
                hits.push(KnownHit {
                    span: start..start + part.len(),
                    value,
                    cut: true,
                });
            }
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(values: &[&str], text: &'t str) -> Vec<&'t str> {
        let known = Known::new(values.iter().map(|value| Secret::new(*value)).collect());
        known
            .find(text)
            .into_iter()
            .map(|hit| &text[hit.span])
            .collect()
    }

    #[test]
    fn long_values_are_found_anywhere() {
        assert_eq!(
            found(&["a1b2c3d4e5f6g7"], "xxa1b2c3d4e5f6g7yy"),
            ["a1b2c3d4e5f6g7"]
        );
    }

    #[test]
    fn short_values_must_stand_alone() {
        assert_eq!(
            found(&["hunter2"], "hunter22 xhunter2 hunter2."),
            ["hunter2"]
        );
        assert!(found(&["ab1"], "ab1").is_empty());
    }

    #[test]
    fn words_must_be_quoted_or_bound() {
        let text = "the correcthorse 'correcthorse' pw=correcthorse";
        assert_eq!(found(&["correcthorse"], text).len(), 2);
    }

    #[test]
    fn the_longer_of_two_values_wins() {
        let values = ["a1b2c3d4e5f6", "a1b2c3d4e5f6g7h8"];
        assert_eq!(found(&values, "=a1b2c3d4e5f6g7h8"), ["a1b2c3d4e5f6g7h8"]);
    }

    #[test]
    fn a_value_cut_off_by_dots_is_found() {
        let text = "0  a1b2c3d4e5f6g7... \n1  a1b2...";
        assert_eq!(found(&["a1b2c3d4e5f6g7h8i9"], text), ["a1b2c3d4e5f6g7"]);
        assert_eq!(
            found(&["a1b2c3d4e5f6g7h8i9"], "'a1b2c3d4e5f6g…'"),
            ["a1b2c3d4e5f6g"]
        );
    }
}

//! Values that are known already: found elsewhere in the run, or the user's
//! own. They are searched exactly, in the text and in every view of it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::judge;
use super::secret::Secret;
use super::traces::Traces;
use super::{Confidence, Finding, views};
use crate::layer::Stack;
use crate::ledger::{Fact, Ledger};
use crate::region::{Language, Region, Role};
use crate::syntax::python;

/// Below this a value is common enough to stand somewhere by chance: it
/// counts only where something binds or quotes it.
const SHORT: usize = 12;

/// Values shorter than this are never searched.
const SHORTEST: usize = 6;

/// As much of a long value as people print to see which one it is.
const HEAD: usize = 8;

/// Values to search for.
#[derive(Debug, Default)]
pub struct Known {
    values: Vec<Secret>,
    search: Option<AhoCorasick>,
    /// Which value each pattern of the search is.
    searched: Vec<usize>,
    /// What the values leave in the bytes of a file, whatever encodes them.
    traces: Traces,
    /// How the values begin: most texts hold none of it.
    beginnings: Traces,
    /// The beginnings of long values, and for each the values that have it.
    heads: Option<AhoCorasick>,
    by_head: Vec<Vec<usize>>,
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
    /// Prepares the search for those of the values that are `worth` it: what
    /// could stand somewhere by chance is not searched.
    pub fn new(values: Vec<Secret>, worth: impl Fn(&Secret) -> bool) -> Self {
        let searched: Vec<usize> = (0..values.len())
            .filter(|&value| worth(&values[value]))
            .collect();
        if searched.is_empty() {
            return Self::default();
        }
        let exposed = searched.iter().map(|&value| values[value].expose());
        let patterns = exposed.clone();
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(patterns)
            .ok();
        let long_enough = |value: &&str| value.len() >= SHORTEST;
        let exposed = exposed.filter(long_enough);
        let traces = Traces::new(exposed.clone());
        let beginnings = Traces::of(exposed.map(beginning).collect());
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for &index in &searched {
            let value = values[index].expose();
            // Every private key begins alike.
            let tells = value.len() >= 2 * HEAD && !value.starts_with("-----");
            if let Some(head) = value.get(..HEAD).filter(|_| tells) {
                groups.entry(head).or_default().push(index);
            }
        }
        let heads = (!groups.is_empty())
            .then(|| AhoCorasick::new(groups.keys()).ok())
            .flatten();
        let by_head = groups
            .into_values()
            .map(|mut group| {
                group.sort_by(|&a, &b| values[a].expose().cmp(values[b].expose()));
                group
            })
            .collect();
        Self {
            values,
            search,
            searched,
            traces,
            beginnings,
            heads,
            by_head,
        }
    }

    /// Whether one of the values may stand in the bytes of a file, in any of
    /// the encodings that [`super::views`] peels.
    pub fn may_stand_in(&self, bytes: &[u8]) -> bool {
        self.traces.stand_in(bytes)
    }

    /// Whether all that [`Self::may_stand_in`] searches is ASCII.
    pub fn leaves_ascii(&self) -> bool {
        self.traces.are_ascii()
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
        if !self.beginnings.stand_in(text.as_bytes()) {
            return Vec::new();
        }
        let mut hits: Vec<KnownHit> = search
            .find_iter(text)
            .filter_map(|hit| {
                let value = *self.searched.get(hit.pattern().as_usize())?;
                let span: Range<usize> = hit.span().into();
                self.counts(text, span.clone(), value).then_some(KnownHit {
                    span,
                    value,
                    cut: false,
                })
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
            let Some(fact) = ledger.fact(hit.value) else {
                return;
            };
            let text = view.map_or(region.text(), |view| view.text());
            if hit.cut && !tells(&fact, &text[hit.span.clone()]) {
                return;
            }
            found.push(Finding {
                kind: fact.kind,
                region: index,
                span: view.map_or_else(|| hit.span.clone(), |view| view.hull(hit.span.clone())),
                view: view.map(|view| (Arc::clone(view), hit.span.clone())),
                value: fact.value.clone(),
                name: fact.name.map(str::to_owned),
                variable: None,
                cut: hit.cut,
                is_own: fact.origin.is_some(),
                confidence: if hit.cut {
                    Confidence::Possible
                } else {
                    fact.confidence
                },
                reason: reason(hit.cut, fact.origin),
            });
        };
        for hit in self.find(region.text()) {
            add(&hit, None);
        }
        for view in views::views(region.text()) {
            for hit in self.find(view.stack.text()) {
                add(&hit, Some(&view.stack));
            }
        }
        if region.role == Role::Code(Language::Python) {
            for literal in python::broken_up(&python::parse(region.text())) {
                for mut hit in self.find(&literal.value) {
                    hit.span = literal.map.hull(hit.span.clone());
                    add(&hit, None);
                }
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

    /// Beginnings of long values that a printer or a careful person has cut
    /// off: `abcdefgh…wxyz`, `abcdefgh***`, or the first characters alone.
    fn cut_off(&self, text: &str) -> Vec<KnownHit> {
        let Some(heads) = &self.heads else {
            return Vec::new();
        };
        let mut hits = Vec::new();
        for hit in heads.find_iter(text) {
            let begins_word = text[..hit.start()]
                .chars()
                .next_back()
                .is_none_or(|c| !c.is_ascii_alphanumeric());
            let rest = &text[hit.start()..];
            // Sorted, so that what agrees longest stands beside where the text
            // itself would.
            let group = &self.by_head[hit.pattern().as_usize()];
            let at = group.partition_point(|&value| self.values[value].expose() < rest);
            let longest = group[at.saturating_sub(1)..group.len().min(at + 1)]
                .iter()
                .filter_map(|&value| Some((value, part(rest, self.values[value].expose())?)))
                .max_by_key(|&(_, length)| length);
            if let Some((value, length)) = longest.filter(|_| begins_word) {
                hits.push(KnownHit {
                    span: hit.start()..hit.start() + length,
                    value,
                    cut: true,
                });
            }
        }
        hits
    }
}

/// What of a value stands wherever it is found, whole or cut off.
fn beginning(value: &str) -> String {
    value[..value.floor_char_boundary(HEAD)].to_owned()
}

/// How long a part of `value` stands at the start of `text`: its beginning,
/// and its end too, if dots or stars stand between the two. `None` if it is
/// there whole, or if something else goes on.
fn part(text: &str, value: &str) -> Option<usize> {
    let pairs = text.bytes().zip(value.bytes());
    let length = pairs.take_while(|(a, b)| a == b).count();
    if length == value.len() || !text.is_char_boundary(length) {
        return None;
    }
    let after = &text[length..];
    let dots = after.len() - after.trim_start_matches(['.', '…', '*', '•']).len();
    let is_cut = after[..dots].starts_with(['…', '*', '•']) || dots >= 3;
    if !is_cut {
        let ends = |c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-';
        return after.chars().next().is_none_or(ends).then_some(length);
    }
    let end = &after[dots..];
    let tail = end
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(end.len());
    let of_value = tail > 0 && value.ends_with(&end[..tail]);
    Some(if of_value {
        length + dots + tail
    } else {
        length
    })
}

/// Whether the beginning of a value says which one it is: of a prefix that
/// all values of the kind share, or a header that most tokens of the Web
/// begin with, that cannot be said. Of a value that nothing shows to be in
/// use here, more must be there.
fn tells(fact: &Fact<'_>, part: &str) -> bool {
    let own = part.strip_prefix(fact.kind.prefix()).unwrap_or(part);
    let header = part.starts_with("eyJ") && !part.contains('.');
    let least = match fact.is_seen {
        true => SHORTEST,
        false => SHORT,
    };
    // `DefaultEndpointsProtocol=https;AccountName=`: what all of them begin with.
    own.len() >= least && !header && is_mixed(own) && !judge::reads_as_words(own)
}

/// Whether a part of a value can hardly be a word or a number that stands
/// somewhere by itself: `California` of a password that begins so.
fn is_mixed(part: &str) -> bool {
    let after_first = |test: fn(char) -> bool| part.chars().skip(1).any(test);
    let lower = after_first(|c| c.is_lowercase());
    let upper = after_first(|c| c.is_uppercase());
    let digit = part.chars().any(|c| c.is_ascii_digit());
    let letter = part.chars().any(char::is_alphabetic);
    digit && letter || lower && upper
}

/// Why a known value is believed.
fn reason(cut: bool, origin: Option<&str>) -> String {
    let what = match cut {
        true => "the beginning of a value",
        false => "a value",
    };
    match origin {
        Some(origin) => format!("{what} of your own: {origin}"),
        None => format!("{what} that was found elsewhere"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(values: &[&str], text: &'t str) -> Vec<&'t str> {
        let known = Known::new(
            values.iter().map(|value| Secret::new(*value)).collect(),
            |_| true,
        );
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
    fn values_of_other_letters_are_found() {
        for value in ["pässwörter", "пароль-1", "a€€€€-1"] {
            assert_eq!(found(&[value], &format!("x = '{value}'")), [value]);
        }
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
    fn what_people_print_to_see_which_one_it_is() {
        let value = &["a1b2c3d4e5f6g7h8i9"];
        assert_eq!(found(value, "key: a1b2c3d4"), ["a1b2c3d4"]);
        assert_eq!(found(value, "a1b2c3d4...h8i9."), ["a1b2c3d4...h8i9"]);
        assert_eq!(found(value, "a1b2c3d4e5****8i9"), ["a1b2c3d4e5****8i9"]);
        assert_eq!(found(value, "a1b2c3d4… and more"), ["a1b2c3d4"]);
        assert!(found(value, "a1b2c3d4zz xa1b2c3d4 a1b2c3").is_empty());
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

//! Rules of other tools, as far as they can be expressed: [`gitleaks`].
//!
//! Such a rule has no literal that stands in every value. It has keywords in
//! any case that must stand somewhere in the text, or none, and a regular
//! expression for the text around the value, too. So it goes its own way,
//! which is slower than that of the catalogue: keywords over the whole text,
//! then the expression over the whole text. Both take linear time.
//!
//! A rule is believed to be likely right, never certain; and like every other
//! finding what it finds must be no placeholder, look-up or mask, for these
//! are what a fix leaves.

pub mod gitleaks;
mod go;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use regex::bytes::{Captures, Regex};

use super::judge;
use super::shapes::Hit;
use super::{Confidence, Kind};

/// What masks begin with.
const MASK: &str = "REDACTED_";

/// Rules ready to search with.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    /// All keywords, in any case.
    keywords: Option<AhoCorasick>,
    /// For each keyword the rules that have it.
    users: Vec<Vec<usize>>,
    /// The part of each keyword that no encoding of JSON changes.
    traces: Option<AhoCorasick>,
    /// Rules without keywords.
    always: Vec<usize>,
    /// Some rule must look at every region.
    everywhere: bool,
}

/// One rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it finds.
    pub kind: &'static Kind,
    /// In small letters; one of them must stand in the text.
    pub keywords: Vec<String>,
    /// Finds the value with what stands around it.
    pub pattern: Pattern,
    /// The group that is the value; the first that matched, if `None`.
    pub group: Option<usize>,
    /// The value must have more bits a character than this.
    pub entropy: Option<f64>,
    /// The value must hold a digit.
    pub wants_digit: bool,
    /// What is no finding.
    pub except: Vec<Exception>,
}

/// What is no finding of a rule.
#[derive(Debug, Clone, Default)]
pub struct Exception {
    /// Patterns on the value, the match, or the line.
    pub patterns: Vec<Pattern>,
    /// What the patterns are held against.
    pub target: Target,
    /// Words in small letters that no value holds.
    pub stopwords: Vec<String>,
}

/// What an exception is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// The value.
    #[default]
    Secret,
    /// The value with what the rule matches around it.
    Match,
    /// The lines it stands on.
    Line,
}

/// A translated pattern, compiled when it is first needed.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    groups: usize,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Translates a pattern of Go, or says why it cannot be expressed.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let go::Translated { text, groups } = go::translate(pattern)?;
        Ok(Self {
            text,
            groups,
            regex: OnceLock::new(),
        })
    }

    /// How many groups it has.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// As the `regex` crate reads it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn regex(&self) -> Option<&Regex> {
        self.regex.get_or_init(|| go::compile(&self.text)).as_ref()
    }

    /// Whether it matches anywhere in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex()
            .is_some_and(|regex| regex.is_match(text.as_bytes()))
    }
}

impl Rules {
    /// Prepares rules.
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            for word in &rule.keywords {
                by_word.entry(word).or_default().push(at);
            }
            if rule.keywords.is_empty() {
                always.push(at);
            }
        }
        let traces: BTreeSet<&str> = by_word.keys().map(|word| trace(word)).collect();
        let everywhere = !always.is_empty() || traces.contains("");
        Self {
            keywords: search(by_word.keys().copied()),
            traces: search(traces.iter().copied().filter(|trace| !trace.is_empty())),
            users: by_word.into_values().collect(),
            rules,
            always,
            everywhere,
        }
    }

    /// Whether there is no rule.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The kinds of the rules.
    pub fn kinds(&self) -> impl Iterator<Item = &'static Kind> {
        self.rules.iter().map(|rule| rule.kind)
    }

    /// Whether every region must be looked at, because a rule has no keyword.
    pub fn look_everywhere(&self) -> bool {
        self.everywhere
    }

    /// Calls `f` with the places of keywords in the bytes of a file.
    pub fn candidates(&self, bytes: &[u8], mut f: impl FnMut(usize)) {
        if let Some(traces) = &self.traces {
            traces.find_iter(bytes).for_each(|hit| f(hit.start()));
        }
    }

    /// The values that the rules find in a text, in the order of the rules.
    pub fn find(&self, text: &str) -> Vec<Hit> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut wanted: BTreeSet<usize> = self.always.iter().copied().collect();
        if let Some(keywords) = &self.keywords {
            for hit in keywords.find_overlapping_iter(text) {
                let users = self.users.get(hit.pattern().as_usize());
                wanted.extend(users.into_iter().flatten());
            }
        }
        let rules = wanted.into_iter().filter_map(|at| self.rules.get(at));
        rules.flat_map(|rule| rule.find(text)).collect()
    }
}

impl Rule {
    fn find(&self, text: &str) -> Vec<Hit> {
        let Some(regex) = self.pattern.regex() else {
            return Vec::new();
        };
        regex
            .captures_iter(text.as_bytes())
            .filter_map(|groups| self.hit(text, &groups))
            .collect()
    }

    fn hit(&self, text: &str, groups: &Captures<'_>) -> Option<Hit> {
        let whole = groups.get(0)?.range();
        let span = match self.group {
            Some(group) => groups.get(group)?,
            None => groups
                .iter()
                .skip(1)
                .flatten()
                .find(|group| !group.is_empty())
                .or(groups.get(0))?,
        }
        .range();
        let value = text.get(span.clone())?;
        if value.is_empty() || value.contains(MASK) || judge::stands_for_a_secret(value) {
            return None;
        }
        if self.entropy.is_some_and(|least| entropy(value) <= least)
            || self.wants_digit && !value.bytes().any(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let matched = text.get(whole.clone())?;
        let line = lines_around(text, &whole);
        let is_excepted = |except: &Exception| except.holds(value, matched, line);
        if self.except.iter().any(is_excepted) {
            return None;
        }
        Some(Hit {
            kind: self.kind,
            span,
            whole,
            confidence: Confidence::Likely,
            reason: format!("the rule `{}` finds it", self.kind.id),
        })
    }
}

impl Exception {
    fn holds(&self, value: &str, matched: &str, line: &str) -> bool {
        let target = match self.target {
            Target::Secret => value,
            Target::Match => matched,
            Target::Line => line,
        };
        let lower = value.to_ascii_lowercase();
        self.patterns.iter().any(|pattern| pattern.is_match(target))
            || self
                .stopwords
                .iter()
                .any(|word| lower.contains(word.as_str()))
    }
}

fn search<'w>(words: impl Iterator<Item = &'w str>) -> Option<AhoCorasick> {
    let words: Vec<&str> = words.collect();
    if words.is_empty() {
        return None;
    }
    let mut builder = AhoCorasick::builder();
    builder.ascii_case_insensitive(true).build(words).ok()
}

/// The longest part of a keyword that stands in a JSON string as it is.
fn trace(word: &str) -> &str {
    let is_escaped = |c: char| !c.is_ascii_graphic() && c != ' ' || "\"\\/<>&'".contains(c);
    let parts = word.split(is_escaped);
    parts.max_by_key(|part| part.len()).unwrap_or_default()
}

/// The whole lines that a span stands on.
fn lines_around<'t>(text: &'t str, span: &std::ops::Range<usize>) -> &'t str {
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let rest = text.get(span.end..).unwrap_or_default();
    let end = rest.find('\n').map_or(text.len(), |at| span.end + at);
    text.get(start..end).unwrap_or_default()
}

/// Bits a character, by how often each stands there (Shannon).
fn entropy(value: &str) -> f64 {
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for c in value.chars() {
        *counts.entry(c).or_default() += 1;
    }
    let all = f64::from(counts.values().sum::<u32>());
    let share = |count: &u32| f64::from(*count) / all;
    counts.values().map(share).map(|p| -p * p.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_that_of_shannon() {
        for (value, bits) in [("", 0.0), ("aaaa", 0.0), ("abab", 1.0), ("abcdabcd", 2.0)] {
            assert!((entropy(value) - bits).abs() < 1e-9, "{value}");
        }
    }

    #[test]
    fn the_trace_of_a_keyword_is_what_json_leaves_alone() {
        assert_eq!(trace("api_key"), "api_key");
        assert_eq!(trace("https://hooks"), "https:");
        assert_eq!(trace("\"ä\""), "");
    }
}

//! Exemptions: findings that somebody looked at and wants to stay.
//!
//! There are three ways to say so: a comment on the line ([`comment`]), an
//! entry of `[allow]` in the configuration (by kind, path, place or value),
//! and a baseline of findings that were there before ([`baseline`]).
//!
//! A comment exempts a *place*, not a value: what stands there stays and is
//! not reported. If the same value stands elsewhere it is found and taken out
//! there; and where it was exempted it stays even then. So exemptions are
//! asked about every finding, those that know a value only from elsewhere
//! included. Outputs cannot exempt themselves: a comment counts in code, prose
//! and configurations only, although a traceback repeats the line it stands on.
//!
//! Exemptions keep account of what they were used for, so that one that
//! matches nothing any more can be told.

pub mod baseline;
pub mod comment;
mod entry;
mod uses;

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

pub use self::baseline::Baseline;
pub use self::entry::{Entry, Rule, Where};
pub use self::uses::{Spot, Uses};

use self::comment::Comment;
use crate::detect::rules::Pattern;
use crate::detect::{Finding, Kind};
use crate::globs::{relative_to, slashed};
use crate::lines::Lines;
use crate::region::{Region, Role};

/// All exemptions of a run but the comments, which stand in the files.
#[derive(Debug, Clone, Default)]
pub struct Exemptions {
    /// Those of the configuration.
    pub entries: Vec<Entry>,
    /// Findings that were there before.
    pub baseline: Option<Baseline>,
    /// The folder that the relative names of sources start from.
    pub here: PathBuf,
    /// Kinds that are found in certain files only.
    pub confined: Vec<Confined>,
}

/// In which files a kind is found: by patterns on the path as it is named.
#[derive(Debug, Clone)]
pub struct Confined {
    /// The kind.
    pub kind: &'static Kind,
    /// Only in these.
    pub only: Option<Pattern>,
    /// Not in these.
    pub except: Vec<Pattern>,
}

impl Confined {
    /// Whether the kind is not to be found in a file.
    fn is_out_of(&self, path: &str) -> bool {
        self.only.as_ref().is_some_and(|only| !only.is_match(path))
            || self.except.iter().any(|except| except.is_match(path))
    }
}

/// The exemptions of one source, and what they were used for.
#[derive(Debug)]
pub struct Visit<'e> {
    exemptions: &'e Exemptions,
    name: PathBuf,
    /// The entries that are for this path.
    paths: BTreeSet<usize>,
    /// The path as the baseline has it.
    in_baseline: String,
    /// Whether the source holds comments of ours.
    pub has_comments: bool,
    /// The whole text, if its lines may end in comments.
    lines: Option<&'e str>,
    /// Kinds that are not to be found in it.
    absent: BTreeSet<&'static str>,
    /// What was used.
    pub uses: Uses,
}

impl Exemptions {
    /// The exemptions of the source called `name`, which may have comments of
    /// ours.
    pub fn visit(&self, name: &Path, has_comments: bool) -> Visit<'_> {
        let entries = self.entries.iter().enumerate();
        let paths: BTreeSet<usize> = entries
            .filter(|(_, entry)| entry.is_for(&self.here, name))
            .map(|(at, _)| at)
            .collect();
        let mut uses = Uses::default();
        let in_baseline = match &self.baseline {
            Some(baseline) => slashed(&relative_to(&self.here, name, &baseline.root)),
            None => String::new(),
        };
        uses.met.extend(&paths);
        uses.files.insert(in_baseline.clone());
        Visit {
            exemptions: self,
            name: name.to_owned(),
            paths,
            in_baseline,
            absent: self.absent(name),
            has_comments,
            lines: None,
            uses,
        }
    }

    fn absent(&self, name: &Path) -> BTreeSet<&'static str> {
        let path = slashed(name);
        let confined = self.confined.iter();
        let absent = confined.filter(|confined| confined.is_out_of(&path));
        absent.map(|confined| confined.kind.id.as_ref()).collect()
    }

    /// What exempts nothing any more, in sentences. With `whole` the run has
    /// read all that the configuration is for; a run over a few files says
    /// nothing about the others.
    pub fn stale(&self, uses: &Uses, whole: bool) -> Vec<String> {
        let unused = self.entries.iter().enumerate().filter(|(at, entry)| {
            let told = whole || matches!(entry.rule, Rule::Path(_)) && uses.met.contains(at);
            told && !uses.entries.contains(at)
        });
        let mut stale: Vec<String> = unused
            .map(|(_, entry)| format!("{entry} in [allow] exempts nothing any more"))
            .collect();
        if let Some(baseline) = &self.baseline {
            stale.extend(baseline.stale(uses));
        }
        stale.extend(uses.stale_comments());
        stale
    }
}

impl<'e> Visit<'e> {
    /// The same for a source whose lines may end in comments, whatever stands on
    /// them: YAML, TOML, INI, `.env`.
    pub fn of_lines(self, text: &'e str) -> Self {
        Self {
            lines: Some(text),
            ..self
        }
    }

    /// Takes out of `found`, and out of `known` (places of values found
    /// elsewhere), what is exempted in a region. What is known only stays
    /// also where it overlaps an exempted finding, under whatever kind.
    pub fn spare(&mut self, region: &Region, found: &mut Vec<Finding>, known: &mut Vec<Finding>) {
        found.retain(|finding| !self.absent.contains(finding.kind.id.as_ref()));
        if found.is_empty() && known.is_empty() && !self.has_comments {
            return;
        }
        let comments = self.comments(region);
        let mut spared: Vec<Range<usize>> = Vec::new();
        found.retain(|finding| {
            let stays = self.exempts(region, &comments, finding);
            if stays {
                spared.push(finding.span.clone());
            }
            !stays
        });
        known.retain(|finding| {
            let span = &finding.span;
            let overlaps = |other: &Range<usize>| other.start < span.end && span.start < other.end;
            let stays = self.exempts(region, &comments, finding) || spared.iter().any(overlaps);
            if stays {
                self.uses.values.insert(finding.value.clone());
            }
            !stays
        });
    }

    /// The comments of a region: all lines that hold one.
    fn comments(&mut self, region: &Region) -> Vec<(Range<usize>, Spot, Comment)> {
        let found: Vec<_> = match (&region.role, self.lines) {
            (Role::Value { .. }, Some(text)) => beside(region, text).into_iter().collect(),
            (Role::Code(_) | Role::Prose, _) | (Role::Output, Some(_)) => {
                comment::all(region.text()).collect()
            }
            _ => return Vec::new(),
        };
        let lines = Lines::of(region.text());
        let with_spot = |(line, comment): (Range<usize>, Comment)| {
            let at = match region.role {
                Role::Value { .. } => line.end,
                _ => line.start,
            };
            let (place, number, _) = region.locate(at, &lines);
            let spot = Spot {
                source: self.name.clone(),
                place: place.to_string(),
                line: number,
            };
            (line, spot, comment)
        };
        let comments: Vec<_> = found.into_iter().map(with_spot).collect();
        for (_, spot, _) in comments.iter().filter(|(_, _, comment)| comment.ours) {
            self.uses.comments.entry(spot.clone()).or_insert(false);
        }
        comments
    }

    /// Whether anything exempts a finding; whatever does is used.
    fn exempts(
        &mut self,
        region: &Region,
        comments: &[(Range<usize>, Spot, Comment)],
        finding: &Finding,
    ) -> bool {
        let mut any = false;
        let span = &finding.span;
        for (line, spot, comment) in comments {
            let on_line = line.start < span.end && span.start <= line.end;
            if on_line && comment.exempts(&finding.kind.id) {
                any = true;
                if comment.ours {
                    self.uses.comments.insert(spot.clone(), true);
                }
            }
        }
        for (at, entry) in self.exemptions.entries.iter().enumerate() {
            if self.paths.contains(&at) || entry.exempts(region, finding) {
                any = true;
                self.uses.entries.insert(at);
            }
        }
        if let Some(baseline) = &self.exemptions.baseline
            && let Some(at) = baseline.position(&self.in_baseline, &finding.value)
        {
            any = true;
            self.uses.baseline.insert(at);
        }
        if any {
            self.uses.values.insert(finding.value.clone());
        }
        any
    }
}

/// The comment on the line of `text` where a value ends that its structure tells,
/// or on the one above a block of lines: it is for all of the value.
fn beside(region: &Region, text: &str) -> Option<(Range<usize>, Comment)> {
    let span = &region.extent.span;
    let before = text.get(..span.start)?.trim_end_matches([' ', '\t']);
    let above = before
        .strip_suffix('\n')
        .and_then(|text| text.lines().next_back());
    let ends_line = text.get(span.clone())?.ends_with('\n');
    let behind = text.get(span.end..)?.lines().next().filter(|_| !ends_line);
    let comment = [behind, above]
        .into_iter()
        .flatten()
        .find_map(comment::on_line)?;
    Some((0..region.text().len(), comment))
}

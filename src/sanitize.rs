//! The road: bytes, regions, findings, remedies, edits, bytes, proof.
//!
//! Why the result can be trusted: it is the original with a list of edits and
//! nothing else; the edits are made where a finding stands and nowhere else;
//! and before anybody may save it, [`crate::proof`] holds it against the laws
//! and the same eyes that found the credentials look at it again.
//!
//! Nothing here opens a file, prints, or asks for the time.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::Path;

use crate::detect::engine::{Candidates, Detector, Interest, settle};
use crate::detect::known::Known;
use crate::detect::{Confidence, Finding, Secret};
use crate::edit::{self, Edit};
use crate::format::Malformed;
use crate::format::notebook::{Draft, Unopened};
use crate::found;
pub use crate::found::{Found, Remedy};
pub use crate::ledger::{Ledger, Sighting};
use crate::proof;
use crate::region::Region;
use crate::rewrite::Style;
use crate::rewrite::rewriter::Rewriter;

/// What overlaps a finding waits for the next round; more than a few rounds
/// mean that something does not go away.
const ROUNDS: usize = 6;

/// What is wanted of a run.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How Python looks variables up.
    pub style: Style,
    /// Findings below this are not reported and not touched.
    pub confidence: Confidence,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            style: Style::default(),
            confidence: Confidence::Likely,
        }
    }
}

/// What was found in one source.
#[derive(Debug, Default)]
pub struct Inspection {
    /// In the order of the source; nothing is done about it yet.
    pub found: Vec<Found>,
    /// Each place with its value and names; empty if nothing was found.
    pub sightings: Vec<Sighting>,
    /// Environment variables that the source reads already.
    pub reads: BTreeSet<String>,
}

/// A sanitized source.
#[derive(Debug, Default)]
pub struct Sanitized {
    /// The whole new content, or `None` if nothing was to be changed.
    pub bytes: Option<Vec<u8>>,
    /// What was found, with what became of it.
    pub found: Vec<Found>,
    /// Things a person should know: a cell that does not parse.
    pub notes: Vec<String>,
    /// Edits on the old bytes that put [`Found::shown`] in the place of every
    /// value: the old file as it can be shown. Sorted, not overlapping.
    pub veil: Vec<Edit>,
    /// Variables that the code now needs, each with the value it held.
    pub moved: Vec<(String, Secret)>,
}

/// Why a source could not be inspected or sanitized.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file is not what its name says, or is broken.
    #[error("not a notebook: {0}")]
    Malformed(#[from] Malformed),
    /// A result that did not hold up to the laws; nothing may be written.
    #[error("cannot be sanitized safely: {0}")]
    Unproved(String),
}

/// Checks and sanitizes sources.
#[derive(Debug, Default)]
pub struct Sanitizer {
    /// What is wanted.
    pub policy: Policy,
    detector: Detector,
}

impl Sanitizer {
    /// A sanitizer that knows the whole catalogue.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            detector: Detector::default(),
        }
    }

    /// Finds what one source holds. `name` decides how it is read; no file is
    /// opened.
    pub fn inspect(&self, name: &Path, bytes: &[u8]) -> Result<Inspection, Problem> {
        let _ = name;
        let notebook = Unopened::read(text_of(bytes)?)?;
        let candidates = self.detector.candidates(&notebook);
        let regions = self.near(&notebook, &candidates);
        let findings = self.findings(&regions, None);
        if findings.is_empty() {
            return Ok(Inspection::default());
        }
        let notebook = notebook.walk();
        let code = notebook.regions_where(Draft::is_source);
        let reads = Rewriter::new(&code, self.policy.style).reads();
        let sightings: Vec<_> = findings.iter().map(Sighting::from).collect();
        let mut ledger = Ledger::default();
        ledger.add(&sightings, &reads);
        let undone = Remedy::Report("nothing is done yet".to_owned());
        let found = |finding| {
            Found::new(
                notebook.source(),
                &regions,
                finding,
                &ledger,
                undone.clone(),
            )
        };
        Ok(Inspection {
            found: findings.iter().map(found).collect(),
            sightings,
            reads,
        })
    }

    /// Takes out of one source what it holds itself and whatever the ledger
    /// knows, and proves the result.
    pub fn sanitize(
        &self,
        name: &Path,
        bytes: &[u8],
        ledger: &Ledger,
    ) -> Result<Sanitized, Problem> {
        let _ = name;
        let mut text = Cow::Borrowed(text_of(bytes)?);
        // Made here, so that all sources of a run share one search.
        ledger.known();
        let mut ledger = ledger.clone();
        let mut result = Sanitized::default();
        for _ in 0..ROUNDS {
            match self.round(&text, &mut ledger, &mut result)? {
                Some(next) => text = Cow::Owned(next),
                None => {
                    if let Cow::Owned(text) = text {
                        result.bytes = Some(text.into_bytes());
                    }
                    return Ok(result);
                }
            }
        }
        Err(Problem::Unproved(
            "something is found again after each pass".to_owned(),
        ))
    }

    /// The road once from its beginning to its end. `None` if nothing is
    /// found, which is how every walk ends: the last round looks at the result
    /// of the one before.
    fn round(
        &self,
        text: &str,
        ledger: &mut Ledger,
        result: &mut Sanitized,
    ) -> Result<Option<String>, Problem> {
        let notebook = Unopened::read(text)?;
        let candidates = self.detector.candidates(&notebook);
        let known = ledger.known();
        let stands = known.may_stand_in(text.as_bytes());
        if !stands
            && self
                .findings(&self.near(&notebook, &candidates), None)
                .is_empty()
        {
            return Ok(None);
        }
        let regions = notebook.walk().all_regions();
        let findings = self.findings(&regions, Some((&known, ledger)));
        if findings.is_empty() {
            return Ok(None);
        }

        let mut rewriter = Rewriter::new(&regions, self.policy.style);
        let sightings: Vec<_> = findings.iter().map(Sighting::from).collect();
        ledger.add(&sightings, &rewriter.reads());
        let rewriting = rewriter.rewrite(&findings, ledger);
        let next = edit::apply_str(text, &rewriting.edits);
        proof::hold(text, &next, &rewriting.edits).map_err(Problem::Unproved)?;

        for (finding, remedy) in findings.iter().zip(rewriting.remedies) {
            result
                .found
                .push(Found::new(text, &regions, finding, ledger, remedy));
        }
        if result.veil.is_empty() {
            result.veil = veil(&regions, &findings);
        }
        result.notes.extend(rewriting.notes);
        result.moved.extend(rewriting.moved);
        Ok(Some(next))
    }

    /// The regions in which something may be found. Nothing else is drafted.
    fn near(&self, notebook: &Unopened<'_>, candidates: &Candidates) -> Vec<Region> {
        let mut regions = Vec::new();
        if candidates.is_empty() {
            return regions;
        }
        let notebook = notebook
            .walk_where(&|bytes, encoded| candidates.concern_bytes(bytes, encoded).is_some());
        for draft in &notebook.drafts {
            match candidates.concern(draft) {
                Some(Interest::Near) => regions.extend(notebook.regions(draft)),
                Some(Interest::Veiled) => regions.extend(
                    notebook
                        .regions(draft)
                        .into_iter()
                        .filter(|region| self.detector.is_worth_a_look(region.text())),
                ),
                None => {}
            }
        }
        regions
    }

    /// What is believed of the regions, and where known values stand in them;
    /// in order, not overlapping, and as sure as the policy wants.
    fn findings(&self, regions: &[Region], known: Option<(&Known, &Ledger)>) -> Vec<Finding> {
        let mut all = Vec::new();
        for (index, region) in regions.iter().enumerate() {
            let mut found = self.detector.examine(region, index);
            found.retain(|finding| finding.confidence >= self.policy.confidence);
            if let Some((known, ledger)) = known {
                let mut copies = known.findings(region, index, ledger);
                copies.retain(|copy| !found.iter().any(|finding| finding.covers(copy)));
                found.extend(copies);
                found = settle(found);
            }
            all.extend(found);
        }
        all
    }
}

/// Edits that leave of every value what everybody may see.
fn veil(regions: &[Region], findings: &[Finding]) -> Vec<Edit> {
    let mut edits = Vec::new();
    for finding in findings {
        if let Some(region) = regions.get(finding.region) {
            let edit = Edit::replace(finding.span.clone(), found::shown(finding));
            edits.extend(region.stack.wrap(vec![edit]));
        }
    }
    edit::settle(&mut edits);
    edits
}

/// The text of a source.
fn text_of(bytes: &[u8]) -> Result<&str, Malformed> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        Malformed::at(&valid, valid.len(), "this is not UTF-8")
    })
}

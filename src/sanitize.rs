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
use std::sync::Arc;

use crate::allow::{Exemptions, Uses, Visit};
use crate::container::{self, Limits, Patch, ReadAt, Refusal};
use crate::detect::candidates::Candidates;
use crate::detect::engine::Detector;
use crate::detect::known::Known;
use crate::detect::own::Believer;
use crate::detect::settle::settle;
use crate::detect::{Confidence, Finding, Secret};
use crate::edit::{self, Edit};
use crate::format::encoding::{self, Encoding};
use crate::format::{self, Hint, Malformed, Source, Unreadable};
use crate::found;
use crate::found::Teller;
pub use crate::found::{Found, Remedy};
use crate::inside::{Fit, rewrite_in_same_length};
pub use crate::ledger::{Ledger, Sighting};
use crate::proof;
use crate::region::{Extent, Region};
use crate::rewrite::Style;
use crate::rewrite::rewriter::Rewriter;

/// What overlaps a finding waits for the next round; more than a few rounds
/// mean that something does not go away.
const ROUNDS: usize = 6;

/// Law 3: what cannot be read as what it is cannot be proved either.
pub(crate) const IN_A_BROKEN_FILE: &str = "left, as the file is broken; mend it, then fix it";

/// What is wanted of a run.
#[derive(Debug, Clone)]
pub struct Policy {
    /// How Python looks variables up.
    pub style: Style,
    /// Findings below this are not reported and not touched.
    pub confidence: Confidence,
    /// How much of archives and models is looked at.
    pub limits: Limits,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            style: Style::default(),
            confidence: Confidence::Likely,
            limits: Limits::default(),
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
    /// What is exempted, and by what.
    pub uses: Uses,
    /// Something stands in it that no search of its bytes sees, such as the
    /// text of a picture: [`Sanitizer::may_know`] says nothing of it.
    pub has_encoded: bool,
    /// What a person should know about how the source was read.
    pub notes: Vec<String>,
    /// Members of an archive that could not be looked at: each with the reason.
    pub troubles: Vec<String>,
}

/// A sanitized source.
#[derive(Debug, Default)]
pub struct Sanitized {
    /// The whole new content, or `None` if nothing was to be changed.
    pub bytes: Option<Vec<u8>>,
    /// The same as patches on the old bytes, if they are an archive or a
    /// model: these may be too large to be held.
    pub patches: Vec<Patch>,
    /// What was found, with what became of it.
    pub found: Vec<Found>,
    /// Edits on the old text that put [`Found::shown`] in the place of every
    /// value: the old file as it can be shown. Sorted, not overlapping.
    pub veil: Vec<Edit>,
    /// Variables that the code now needs, each with the value it held.
    pub moved: Vec<(String, Secret)>,
    /// Each place of [`Self::found`] with its value.
    pub sightings: Vec<Sighting>,
    /// What is exempted, and by what.
    pub uses: Uses,
    /// Members of an archive that could not be looked at: each with the reason.
    pub troubles: Vec<String>,
}

impl Sanitized {
    /// Values that stand nowhere any more, as a mask has their place, each with the
    /// variable that it is called by.
    pub fn masked(&self) -> impl Iterator<Item = (&str, &Secret)> {
        let places = self.found.iter().zip(&self.sightings);
        places
            .filter(|(found, _)| matches!(found.remedy, Remedy::Mask(..) | Remedy::Drop(_)))
            .map(|(found, sighting)| (found.variable.as_str(), &sighting.value))
    }
}

/// Why a source could not be inspected or sanitized.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file is not what it must be, or is broken.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The file should be a text, and is not.
    #[error("not a text: {0}")]
    NoText(Malformed),
    /// The file is of a kind that nobody here can read.
    #[error("neither a text nor a file that unspill knows")]
    Binary,
    /// An archive or a model is broken, or more than the limits allow.
    #[error(transparent)]
    Container(#[from] Refusal),
    /// A result that did not hold up to the laws; nothing may be written.
    #[error("cannot be sanitized safely: {0}")]
    Unproved(String),
}

impl Problem {
    /// Whether the file is not what it seems, so that its bytes may still be searched.
    pub fn is_of_the_file(&self) -> bool {
        match self {
            Self::Unreadable(_) | Self::NoText(_) => true,
            Self::Container(refusal) => {
                matches!(refusal, Refusal::Malformed(_) | Refusal::Limit(_))
            }
            Self::Binary | Self::Unproved(_) => false,
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::Container(Refusal::Io(error))
    }
}

/// Checks and sanitizes sources.
#[derive(Debug, Default)]
pub struct Sanitizer {
    /// What is wanted.
    pub policy: Policy,
    /// What may stay.
    pub exemptions: Exemptions,
    /// What finds.
    pub detector: Detector,
}

/// One source as far as it has been looked at.
pub(crate) struct Look<'t> {
    source: Source<'t>,
    candidates: Candidates,
    pub(crate) regions: Vec<Region>,
    pub(crate) findings: Vec<Finding>,
    /// All regions are there, not only those near an anchor.
    is_whole: bool,
    pub(crate) uses: Uses,
}

/// What of a source is to be looked at.
struct View<'e> {
    visit: Visit<'e>,
    candidates: Candidates,
    regions: Vec<Region>,
    /// All regions are there, not only those near an anchor.
    is_whole: bool,
    /// The search for what the ledger knows, if it may stand there.
    known: Option<Arc<Known>>,
}

impl Look<'_> {
    /// Whether places were looked at whose bytes do not show what they hold.
    fn has_encoded(&self) -> bool {
        let mut regions = self.regions.iter();
        self.candidates.encoded && regions.any(|region| region.extent.is_encoded)
    }
}

impl Sanitizer {
    /// A sanitizer that knows the whole catalogue.
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            exemptions: Exemptions::default(),
            detector: Detector::default(),
        }
    }

    /// Who decides which of the user's own values are worth a search.
    pub fn believer(&self) -> Believer<'_> {
        self.detector.believer()
    }

    /// Finds what one source holds itself, and where values stand that the
    /// ledger knows. `name` says which exemptions are meant; no file is opened.
    pub fn inspect(
        &self,
        name: &Path,
        bytes: &[u8],
        ledger: &Ledger,
    ) -> Result<Inspection, Problem> {
        self.inspect_at(name, &bytes, ledger)
    }

    /// [`Self::inspect`] for what is a text.
    pub(crate) fn inspect_text(
        &self,
        name: &Path,
        bytes: &[u8],
        ledger: &Ledger,
    ) -> Result<Inspection, Problem> {
        let (text, _) = text_of(name, bytes)?;
        let look = self.look(name, &text, ledger)?;
        Ok(self.told(&text, look, ledger))
    }

    /// What stands in a source that is broken, such as a notebook with the marks
    /// of an unfinished merge: as [`Self::inspect`], of its bytes as plain text, or
    /// of the texts in them. It can be told, and not be taken out. `None` if they
    /// cannot be read.
    pub fn inspect_broken(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
    ) -> Option<Inspection> {
        if encoding::is_binary(&bytes.start(encoding::BEGINNING as u64).ok()?) {
            return self.inspect_unknown(name, bytes, ledger).ok();
        }
        let bytes = container::whole(bytes).ok()?;
        let (text, _) = encoding::decode_any(&bytes)?;
        let source = format::open_plain(&Hint::new(name, &text)).ok()?;
        let look = self.look_at(source, name, ledger);
        Some(self.told(&text, look, ledger))
    }

    /// What a look at a text has found.
    fn told(&self, text: &str, look: Look<'_>, ledger: &Ledger) -> Inspection {
        let notes = look
            .source
            .instead
            .iter()
            .map(ToString::to_string)
            .collect();
        let has_encoded = look.has_encoded();
        if look.findings.is_empty() {
            return Inspection {
                uses: look.uses,
                has_encoded,
                notes,
                ..Inspection::default()
            };
        }
        let code = look.source.opened.code();
        let reads = Rewriter::new(&code, self.policy.style).reads();
        let sightings = sightings(&look.findings);
        let mut ledger = ledger.clone();
        ledger.add(&sightings, &reads);
        let undone = Remedy::Report("nothing is done yet".to_owned());
        let mut teller = Teller::new(text, &look.regions, &ledger);
        let found = |finding| teller.tell(finding, undone.clone());
        Inspection {
            found: look.findings.iter().map(found).collect(),
            sightings,
            reads,
            uses: look.uses,
            has_encoded,
            notes,
            troubles: Vec::new(),
        }
    }

    /// Whether values that the ledger knows may stand in a source: cheap, and
    /// `false` for nearly all sources of which that is the whole question. An
    /// [`Inspection::has_encoded`] says where it is not.
    pub fn may_know(&self, name: &Path, bytes: &dyn ReadAt, ledger: &Ledger) -> bool {
        let Some(bytes) = self.plain(name, bytes) else {
            return true;
        };
        let known = ledger.known();
        let is_wide = encoding::is_wide(&bytes) || memchr::memchr(0, &bytes).is_some();
        if known.leaves_ascii() && !is_wide {
            // ASCII is the same bytes in UTF-8 and where a byte is a character.
            return known.may_stand_in(&bytes);
        }
        text_of(name, &bytes).map_or(true, |(text, _)| known.may_stand_in(text.as_bytes()))
    }

    /// Whether [`Self::sanitize`] may find anything in a source in which an
    /// inspection found nothing, with a ledger that has learnt more since.
    ///
    /// What such a source holds itself is nothing, whatever the ledger knows;
    /// so only the values of the ledger are searched, in the regions in which
    /// the road would search them.
    pub fn may_hold_copies(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
        has_encoded: bool,
    ) -> bool {
        if !has_encoded && !self.may_know(name, bytes, ledger) {
            return false;
        }
        let Some(bytes) = self.plain(name, bytes) else {
            return true;
        };
        let Ok((text, _)) = text_of(name, &bytes) else {
            return true;
        };
        format::open(name, &text).map_or(true, |source| self.has_copies(&source, name, ledger))
    }

    /// Whether a look at a text meets values that the ledger knows.
    fn has_copies(&self, source: &Source<'_>, name: &Path, ledger: &Ledger) -> bool {
        let view = self.view(source, name, ledger);
        view.known.is_some_and(|known| {
            let mut regions = view.regions.iter();
            regions.any(|region| !known.findings(region, 0, ledger).is_empty())
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
        let mut sanitized = self.sanitize_at(name, &bytes, ledger)?;
        if !sanitized.patches.is_empty() {
            sanitized.bytes = Some(container::apply(bytes, &sanitized.patches));
        }
        Ok(sanitized)
    }

    /// [`Self::sanitize`] for what is a text, and has this much room.
    pub(crate) fn sanitize_text(
        &self,
        name: &Path,
        bytes: &[u8],
        ledger: &Ledger,
        fit: Fit,
    ) -> Result<Sanitized, Problem> {
        let (mut text, encoding) = text_of(name, bytes)?;
        // Made here, so that all sources of a run share one search.
        ledger.known();
        let mut ledger = ledger.clone();
        let mut result = Sanitized::default();
        for _ in 0..ROUNDS {
            match self.round(name, &text, &mut ledger, &mut result, fit)? {
                Some(next) => text = Cow::Owned(next),
                None => {
                    if !result.found.is_empty() {
                        result.bytes = Some(encoding.encode(text.into_owned()));
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
        name: &Path,
        text: &str,
        ledger: &mut Ledger,
        result: &mut Sanitized,
        fit: Fit,
    ) -> Result<Option<String>, Problem> {
        let mut look = self.look(name, text, ledger)?;
        if !look.findings.is_empty() {
            look = self.everywhere(name, look, ledger);
        }
        if result.found.is_empty() {
            // Told of the source as it was: later its lines have moved.
            result.uses = look.uses;
        }
        if look.findings.is_empty() {
            return Ok(None);
        }
        let (regions, findings) = (look.regions, look.findings);
        let mut rewriter = Rewriter::new(&regions, self.policy.style);
        let sightings = sightings(&findings);
        ledger.add(&sightings, &rewriter.reads());

        let rewriting = match fit {
            Fit::Any => rewriter.rewrite(&findings, ledger),
            Fit::Same => rewrite_in_same_length(&regions, &findings),
        };
        let next = edit::apply_str(text, &rewriting.edits);
        proof::hold(look.source.format, name, [text, &next], &rewriting.edits)
            .map_err(Problem::Unproved)?;

        let remedies = findings.iter().zip(rewriting.remedies);
        let mut teller = Teller::new(text, &regions, ledger);
        result
            .found
            .extend(remedies.map(|(finding, remedy)| teller.tell(finding, remedy)));
        if result.veil.is_empty() {
            result.veil = veil(&regions, &findings);
        }
        result.moved.extend(rewriting.moved);
        result.sightings.extend(sightings);
        Ok(Some(next))
    }

    /// The first half of the road: what is found in the regions near an
    /// anchor; in all of them, if a value that the ledger knows may stand in
    /// the text.
    fn look<'t>(
        &self,
        name: &'t Path,
        text: &'t str,
        ledger: &Ledger,
    ) -> Result<Look<'t>, Unreadable> {
        Ok(self.look_at(format::open(name, text)?, name, ledger))
    }

    /// The same for a text that is read already.
    pub(crate) fn look_at<'t>(&self, source: Source<'t>, name: &Path, ledger: &Ledger) -> Look<'t> {
        let View {
            mut visit,
            candidates,
            regions,
            is_whole,
            known,
        } = self.view(&source, name, ledger);
        let known = known.as_deref().map(|known| (known, ledger));
        let findings = self.findings(&regions, &candidates, known, &mut visit);
        Look {
            source,
            candidates,
            regions,
            findings,
            is_whole,
            uses: visit.uses,
        }
    }

    /// What of a text is looked at, before it is.
    fn view<'v>(&'v self, source: &Source<'v>, name: &Path, ledger: &Ledger) -> View<'v> {
        let bytes = source.text.as_bytes();
        let known = ledger.known();
        let stands = known.may_stand_in(bytes);
        let candidates = self.detector.candidates(source);
        let is_whole = stands || candidates.comments;
        let concerns = |extent: &Extent| is_whole || candidates.concern(extent).is_some();
        let regions = match candidates.is_empty() && !is_whole {
            true => Vec::new(),
            false => source.opened.regions(&concerns),
        };
        // What a picture holds may be compressed: then no search sees it before.
        let stands = stands || candidates.encoded && !known.is_empty();
        View {
            visit: self.visit(source, name, &candidates),
            candidates,
            regions,
            is_whole,
            known: stands.then_some(known),
        }
    }

    /// What is exempted in a text.
    fn visit<'v>(&'v self, source: &Source<'v>, name: &Path, candidates: &Candidates) -> Visit<'v> {
        let visit = self.exemptions.visit(name, candidates.comments);
        match source.opened.takes_comments() {
            true => visit.of_lines(source.text),
            false => visit,
        }
    }

    /// One value, everywhere: what a look near the anchors found is known now,
    /// and all regions are searched for it.
    pub(crate) fn everywhere<'t>(&self, name: &Path, look: Look<'t>, ledger: &Ledger) -> Look<'t> {
        let missing = |finding: &Finding| {
            ledger.get(&finding.value).is_none() || !ledger.is_searched(&finding.value)
        };
        if look.is_whole && !look.findings.iter().any(missing) {
            return look;
        }
        let mut ledger = ledger.clone();
        ledger.add(&sightings(&look.findings), &BTreeSet::new());
        ledger.meet(look.findings.iter().map(|finding| finding.value.clone()));
        let regions = look.source.opened.regions(&|_| true);
        let mut visit = self.visit(&look.source, name, &look.candidates);
        let known = ledger.known();
        let known = Some((&*known, &ledger));
        let findings = self.findings(&regions, &look.candidates, known, &mut visit);
        visit.uses.join(look.uses);
        Look {
            source: look.source,
            candidates: look.candidates,
            regions,
            findings,
            is_whole: true,
            uses: visit.uses,
        }
    }

    /// What is believed of the regions, and where known values stand in them;
    /// in order, not overlapping, as sure as the policy wants, and not exempt.
    fn findings(
        &self,
        regions: &[Region],
        candidates: &Candidates,
        known: Option<(&Known, &Ledger)>,
        visit: &mut Visit<'_>,
    ) -> Vec<Finding> {
        let mut all = Vec::new();
        for (index, region) in regions.iter().enumerate() {
            let mut found = self.detector.examine_near(region, index, candidates);
            let mut copies = known.map_or_else(Vec::new, |(known, ledger)| {
                known.findings(region, index, ledger)
            });
            visit.spare(region, &mut found, &mut copies);
            found.retain(|finding| finding.confidence >= self.policy.confidence);
            if known.is_some() {
                copies.retain(|copy| !is_covered(&mut found, copy));
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

/// Whether one of the findings, which are in order, covers a copy. If it is the
/// same value, what is known of it is worth saying, too.
fn is_covered(found: &mut [Finding], copy: &Finding) -> bool {
    let after = found.partition_point(|finding| finding.span.start <= copy.span.start);
    let covering = found[..after]
        .iter_mut()
        .rev()
        .take_while(|finding| finding.span.end > copy.span.start)
        .find(|finding| finding.covers(copy));
    let Some(covering) = covering else {
        return false;
    };
    if covering.value == copy.value && copy.is_own {
        covering.reason = format!("{}; {}", covering.reason, copy.reason);
    }
    true
}

fn sightings(findings: &[Finding]) -> Vec<Sighting> {
    findings.iter().map(Sighting::from).collect()
}

/// The text of a source; nothing at all is a text with nothing in it.
fn text_of<'b>(name: &Path, bytes: &'b [u8]) -> Result<(Cow<'b, str>, Encoding), Problem> {
    if !format::is_strict(name) {
        return encoding::decode_any(bytes).ok_or(Problem::Binary);
    }
    encoding::decode(bytes).map_err(|at| {
        let valid = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
        let what = "this is neither UTF-8 nor marked UTF-16";
        Problem::NoText(Malformed::at(&valid, valid.len(), what))
    })
}

//! A finding as it is reported: where, what, why, what becomes of it. It never
//! holds the value.

use std::collections::HashMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::detect::kind::Told;
use crate::detect::{Confidence, Finding, Kind, Secret};
use crate::ledger::Ledger;
use crate::lines::Lines;
use crate::region::{Place, Region, column_in};
pub use crate::rewrite::rewriter::Remedy;

/// One finding as it is reported.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which type of credential.
    pub kind: &'static Kind,
    /// In which member of an archive, in which part of a model; empty for
    /// other files.
    pub within: String,
    /// Where, in the words of the person who reads the report.
    pub place: Place,
    /// Line within the cell, output or file, from 1; 0 where there are none.
    pub line: usize,
    /// Column (characters) within that line, from 1; 0 where there are none.
    pub column: usize,
    /// Line of the file itself, from 1, for editors; 0 where there are none.
    pub file_line: usize,
    /// How surely.
    pub confidence: Confidence,
    /// Why it was believed.
    pub reason: String,
    /// The kind's public prefix and an ellipsis (`hf_…`), or only `…`.
    pub shown: String,
    /// The same for the same value: twelve hex digits for values that nobody
    /// can guess, `value 3` for the others, counted within the run.
    pub fingerprint: String,
    /// The variable that holds the value from now on.
    pub variable: String,
    /// What becomes of it.
    pub remedy: Remedy,
}

/// Tells findings of one text.
#[derive(Debug)]
pub struct Teller<'t> {
    text: &'t str,
    regions: &'t [Region],
    ledger: &'t Ledger,
    file: Lines,
    /// The lines of the regions that were asked for.
    within: HashMap<usize, Lines>,
}

impl<'t> Teller<'t> {
    /// For findings in `regions` of `text`.
    pub fn new(text: &'t str, regions: &'t [Region], ledger: &'t Ledger) -> Self {
        Self {
            text,
            regions,
            ledger,
            file: Lines::of(text),
            within: HashMap::new(),
        }
    }

    /// What is said of `finding`.
    pub fn tell(&mut self, finding: &Finding, remedy: Remedy) -> Found {
        let region = self.regions.get(finding.region);
        let (place, line, column) = region.map_or((Place::default(), 1, 1), |region| {
            let lines = self
                .within
                .entry(finding.region)
                .or_insert_with(|| Lines::of(region.text()));
            let (place, line, column) = region.locate(finding.span.start, lines);
            (place.clone(), line, column)
        });
        let byte = region.map_or(0, |region| region.stack.hull(finding.span.clone()).start);
        let file_line = self.file.line(byte) + 1;
        // Lines within a value say nothing if nothing says which value.
        let (line, column) = match place == Place::default() {
            true => (file_line, column_in(self.text, &self.file, byte)),
            false => (line, column),
        };
        Found {
            kind: finding.kind,
            within: String::new(),
            place,
            line,
            column,
            file_line,
            confidence: finding.confidence,
            reason: finding.reason.clone(),
            shown: shown(finding),
            fingerprint: fingerprint(finding, self.ledger),
            variable: self
                .ledger
                .get(&finding.value)
                .map_or_else(String::new, |entry| entry.variable.clone()),
            remedy,
        }
    }
}

/// As much of the value as everybody knows: its kind's prefix.
pub fn shown(finding: &Finding) -> String {
    shown_of(finding.kind, &finding.value)
}

/// The same of a value that was not found but is known.
pub fn shown_of(kind: &Kind, value: &Secret) -> String {
    let prefix = kind.prefix();
    if value.expose().starts_with(prefix) {
        format!("{prefix}…")
    } else {
        "…".to_owned()
    }
}

/// Of a value with a shape of its own a keyed hash, too short to be undone. A
/// password could be guessed from its hash, so it has only a number.
fn fingerprint(finding: &Finding, ledger: &Ledger) -> String {
    fingerprint_of(finding.kind, &finding.value).unwrap_or_else(|| {
        let number = ledger.number(&finding.value).unwrap_or(0);
        format!("value {number}")
    })
}

/// The fingerprint of a value of a kind that tells itself; the others can be
/// guessed, and have none.
pub fn fingerprint_of(kind: &Kind, value: &Secret) -> Option<String> {
    if kind.told == Told::Name {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(kind.id.as_bytes()).ok()?;
    mac.update(value.expose().as_bytes());
    let hash = mac.finalize().into_bytes();
    let digits = hash.iter().take(6).map(|byte| format!("{byte:02x}"));
    Some(digits.collect())
}

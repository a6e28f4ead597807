//! A finding as it is reported: where, what, why, what becomes of it. It never
//! holds the value.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::detect::kind::Told;
use crate::detect::{Confidence, Finding, Kind};
use crate::ledger::Ledger;
use crate::region::{Place, Region};
pub use crate::rewrite::rewriter::Remedy;

/// One finding as it is reported.
#[derive(Debug, Clone)]
pub struct Found {
    /// Which type of credential.
    pub kind: &'static Kind,
    /// Where, in the words of the person who reads the report.
    pub place: Place,
    /// Line within the cell, output or file, from 1.
    pub line: usize,
    /// Column (characters) within that line, from 1.
    pub column: usize,
    /// Line of the file itself, from 1, for editors.
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

impl Found {
    /// What is said of `finding`, which stands in one of `regions` of `text`.
    pub fn new(
        text: &str,
        regions: &[Region],
        finding: &Finding,
        ledger: &Ledger,
        remedy: Remedy,
    ) -> Self {
        let region = regions.get(finding.region);
        let (place, line, column) = region.map_or((Place::default(), 1, 1), |region| {
            let (place, line, column) = region.locate(finding.span.start);
            (place.clone(), line, column)
        });
        let byte = region.map_or(0, |region| region.stack.hull(finding.span.clone()).start);
        let before = text.as_bytes().get(..byte).unwrap_or_default();
        Self {
            kind: finding.kind,
            place,
            line,
            column,
            file_line: memchr::memchr_iter(b'\n', before).count() + 1,
            confidence: finding.confidence,
            reason: finding.reason.clone(),
            shown: shown(finding),
            fingerprint: fingerprint(finding, ledger),
            variable: ledger
                .get(&finding.value)
                .map_or_else(String::new, |entry| entry.variable.clone()),
            remedy,
        }
    }
}

/// As much of the value as everybody knows: its kind's prefix.
pub fn shown(finding: &Finding) -> String {
    let prefix = finding.kind.prefix();
    if finding.value.expose().starts_with(prefix) {
        format!("{prefix}…")
    } else {
        "…".to_owned()
    }
}

/// Of a value with a shape of its own a keyed hash, too short to be undone. A
/// password could be guessed from its hash, so it has only a number.
fn fingerprint(finding: &Finding, ledger: &Ledger) -> String {
    if finding.kind.told == Told::Name {
        let number = ledger.number(&finding.value).unwrap_or(0);
        return format!("value {number}");
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(finding.kind.id.as_bytes()) else {
        return String::new();
    };
    mac.update(finding.value.expose().as_bytes());
    let hash = mac.finalize().into_bytes();
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

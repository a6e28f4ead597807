//! The road: bytes, regions, findings, remedies, edits, bytes, proof.

use std::path::Path;

use crate::detect::{Confidence, Kind, Secret};
use crate::edit::Edit;
use crate::region::Place;
use crate::rewrite::Style;

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

/// One finding as it is reported: never holds the value.
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
    /// Twelve hex digits that are the same for the same value within a run.
    pub fingerprint: String,
    /// The variable that holds the value from now on.
    pub variable: String,
    /// What becomes of it.
    pub remedy: Remedy,
}

/// What is done about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// The code reads the variable: the look-up as written.
    LookUp(String),
    /// The mask as written, and why it is not a look-up, if one would be
    /// expected there.
    Mask(String, Option<&'static str>),
    /// Nothing is changed, and why.
    Report(String),
}

/// What was found in one source.
#[derive(Debug, Default)]
pub struct Inspection {
    /// In the order of the source.
    pub found: Vec<Found>,
    /// Things a person should know: a cell that does not parse.
    pub notes: Vec<String>,
    /// The values with their variables, for a whole run.
    pub values: Vec<(Secret, &'static Kind, Option<String>)>,
}

/// A sanitized source.
#[derive(Debug)]
pub struct Sanitized {
    /// The whole new content, or `None` if nothing was to be changed.
    pub bytes: Option<Vec<u8>>,
    /// What was found, with what became of it.
    pub found: Vec<Found>,
    /// Things a person should know.
    pub notes: Vec<String>,
    /// Variables that the code now needs, each with the value it held.
    pub moved: Vec<(String, Secret)>,
    /// Edits on the old bytes that put [`Found::shown`] in the place of every
    /// value, in whatever encoding it stands there: the old file as it can be
    /// shown. Sorted, not overlapping; empty only if nothing was changed.
    pub veil: Vec<Edit>,
}

/// Why a source could not be inspected or sanitized.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The file is not what its name says, or is broken.
    #[error("not a notebook: {what} (line {line}, column {column})")]
    Malformed {
        /// What is wrong.
        what: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// A result that did not hold up to the laws; nothing may be written.
    #[error("cannot be sanitized safely: {0}")]
    Unproved(String),
}

/// Values found anywhere in a run, each with its one variable.
#[derive(Debug, Default)]
pub struct Ledger {}

impl Ledger {
    /// Takes in what was found in one source. Call in a fixed order: it
    /// decides who gets the plain name and who the `_2`.
    pub fn add(&mut self, inspection: &Inspection) {
        let _ = inspection;
    }
}

/// Checks and sanitizes sources.
#[derive(Debug, Default)]
pub struct Sanitizer {
    /// What is wanted.
    pub policy: Policy,
}

impl Sanitizer {
    /// Finds what one source holds. `name` decides how it is read; no file is
    /// opened.
    pub fn inspect(&self, name: &Path, bytes: &[u8]) -> Result<Inspection, Problem> {
        let _ = (name, bytes);
        Ok(Inspection::default())
    }

    /// Takes out of one source what it holds itself and whatever the ledger
    /// knows, and proves the result.
    pub fn sanitize(
        &self,
        name: &Path,
        bytes: &[u8],
        ledger: &Ledger,
    ) -> Result<Sanitized, Problem> {
        let _ = (name, bytes, ledger);
        Ok(Sanitized {
            bytes: None,
            found: Vec::new(),
            notes: Vec::new(),
            moved: Vec::new(),
            veil: Vec::new(),
        })
    }
}

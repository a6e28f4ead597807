//! What a run tells, and who writes it down.
//!
//! A run emits [`Event`]s in a fixed order; a [`Printer`] turns them into one
//! form. No event holds a value: [`Found`] has the public prefix at most.

mod closing;
pub mod diff;
mod escape;
mod json;
pub mod kinds;
mod lines;
mod live;
mod row;
pub mod stores;
mod tally;
mod terminal;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

pub use escape::escape;
pub use json::Json;
pub use lines::Lines;
pub use live::Live;
pub use tally::{KeptIn, Shared, Summary, Taken, Tally};
pub use terminal::{Terminal, View, write_trouble};

use crate::sanitize::{Found, Remedy, Sanitized};

/// Something that happened in a run.
#[derive(Debug)]
pub enum Event<'a> {
    /// A folder was left out of a walk.
    Skipped {
        /// The folder.
        path: &'a Path,
        /// Why.
        why: &'a str,
    },
    /// A file was worked on.
    File(&'a FileReport),
    /// A file could not be read, sanitized or written.
    Trouble(&'a Trouble),
    /// Something a person should know about the run as a whole.
    Note(&'a str),
    /// What a copy leaves out, all of it.
    LeftOut(&'a [LeftOut]),
    /// Something happened while files are watched.
    Live(&'a Live<'a>),
    /// The run is over.
    Done(&'a Summary),
}

/// Something that a copy leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its path from the folder that is shared.
    pub path: PathBuf,
    /// Why, and what is there instead.
    pub why: String,
}

/// What was found in one file, and what became of it.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// The file, as a person would name it.
    pub path: PathBuf,
    /// In the order of the file.
    pub found: Vec<Found>,
    /// The variables that the code needs from now on.
    pub variables: BTreeSet<String>,
    /// What became of the file.
    pub outcome: Outcome,
}

impl FileReport {
    /// What became of a file that was sanitized.
    pub fn of(path: &Path, sanitized: Sanitized, outcome: Outcome) -> Self {
        let moved = sanitized.moved.into_iter();
        Self {
            path: path.to_owned(),
            found: sanitized.found,
            variables: moved.map(|(name, _)| name).collect(),
            outcome,
        }
    }

    /// A file that stays as it is although something was to be taken out: why.
    pub fn left(path: &Path, sanitized: Sanitized, why: &str) -> Self {
        let mut report = Self::of(path, sanitized, Outcome::Unchanged);
        report.variables.clear();
        for found in &mut report.found {
            found.remedy = Remedy::Report(why.to_owned());
        }
        report
    }
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was only looked at.
    Checked,
    /// It was left as it is, and would be changed by this much: the
    /// difference, with the old values hidden.
    Differs(String),
    /// It was left as it is, and the sanitized content was written out.
    Written,
    /// It was replaced.
    Fixed {
        /// Whether it is a notebook whose outputs Jupyter trusted, maybe.
        had_outputs: bool,
    },
    /// There was nothing to change.
    Unchanged,
}

impl Outcome {
    /// Whether findings are only told, and stay where they are.
    pub fn is_only_told(&self) -> bool {
        matches!(self, Self::Checked | Self::Differs(_))
    }

    /// The word that programs know it by.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Checked => "checked",
            Self::Differs(_) => "differs",
            Self::Written => "written",
            Self::Fixed { .. } => "fixed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Why a file could not be worked on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The file.
    pub path: PathBuf,
    /// What is wrong, as the end of a sentence that begins with the file.
    pub message: String,
    /// What a person can do about it.
    pub advice: Option<String>,
}

/// Writes events down in one form.
pub trait Printer {
    /// Takes in one event; the last one is [`Event::Done`].
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// A number with its noun: `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
pub(crate) mod samples {
    //! Findings made by hand, for the tests of the printers.

    use std::borrow::Cow;

    use super::*;
    use crate::detect::kind::{Severity, Told};
    use crate::detect::{Confidence, Kind};
    use crate::region::Place;

    static KIND: Kind = Kind {
        id: Cow::Borrowed("huggingface-user-token"),
        provider: Cow::Borrowed("Hugging Face"),
        name: Cow::Borrowed("User access token"),
        severity: Severity::Write,
        told: Told::Itself,
        anchors: Cow::Borrowed(&[]),
        shape: None,
        checksum: None,
        names: Cow::Borrowed(&[]),
        variables: Cow::Borrowed(&[]),
        calls: Cow::Borrowed(&[]),
        context: Cow::Borrowed(&[]),
        examples: Cow::Borrowed(&[]),
        revoke: Some(Cow::Borrowed("https://huggingface.co/settings/tokens")),
        note: None,
    };

    /// A finding in a cell's source.
    pub fn in_code(cell: usize, line: usize) -> Found {
        found(
            cell,
            "",
            line,
            Remedy::LookUp("os.environ[\"HF_TOKEN\"]".into()),
        )
    }

    /// A finding of the same value in the cell's first output.
    pub fn in_output(cell: usize, line: usize) -> Found {
        found(
            cell,
            "output 1",
            line,
            Remedy::Mask("REDACTED_HF_TOKEN".into(), None),
        )
    }

    /// A finding anywhere.
    pub fn found(cell: usize, part: &str, line: usize, remedy: Remedy) -> Found {
        Found {
            kind: &KIND,
            within: String::new(),
            place: Place {
                cell: Some(cell),
                part: part.into(),
                lines_before: 0,
            },
            line,
            column: 9,
            file_line: 20 + line,
            confidence: Confidence::Certain,
            reason: "has the shape of its kind".into(),
            shown: "hf_…".into(),
            fingerprint: "0123456789ab".into(),
            variable: "HF_TOKEN".into(),
            remedy,
        }
    }

    /// A file with findings.
    pub fn report(path: &str, found: Vec<Found>, outcome: Outcome) -> FileReport {
        FileReport {
            path: path.into(),
            found,
            variables: ["HF_TOKEN".to_owned()].into(),
            outcome,
        }
    }
}

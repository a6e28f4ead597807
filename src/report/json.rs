//! The report for programs: one JSON document, written at the end.
//!
//! The names of the fields are a promise; `version` changes when one of them
//! changes its meaning.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::{Event, FileReport, LeftOut, Printer, Summary, Trouble};
use crate::detect::Confidence;
use crate::detect::kind::Severity;
use crate::sanitize::{Found, Remedy};

/// Version of the document's form.
const VERSION: u32 = 1;

/// Collects the events and writes one document.
pub struct Json<W> {
    out: W,
    findings: Vec<Finding>,
    files: Vec<FileEntry>,
    errors: Vec<ErrorEntry>,
    notes: Vec<String>,
    left_out: Vec<LeftOutEntry>,
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    tool: &'static str,
    findings: &'a [Finding],
    files: &'a [FileEntry],
    errors: &'a [ErrorEntry],
    notes: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    left_out: &'a [LeftOutEntry],
    summary: SummaryEntry<'a>,
}

/// A finding, as programs read it.
#[derive(Serialize)]
pub(super) struct Finding {
    path: String,
    within: String,
    cell: Option<usize>,
    part: String,
    line: usize,
    column: usize,
    file_line: usize,
    kind: String,
    name: String,
    provider: String,
    severity: &'static str,
    confidence: &'static str,
    reason: String,
    shown: String,
    fingerprint: String,
    variable: String,
    remedy: RemedyEntry,
    revoke: Option<String>,
}

#[derive(Serialize)]
struct RemedyEntry {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Option<String>,
    why: Option<String>,
}

#[derive(Serialize)]
struct FileEntry {
    path: String,
    outcome: &'static str,
    variables: Vec<String>,
}

#[derive(Serialize)]
struct ErrorEntry {
    path: String,
    message: String,
    advice: Option<String>,
}

/// What a copy leaves out.
#[derive(Serialize)]
pub(super) struct LeftOutEntry {
    path: String,
    why: String,
}

impl LeftOutEntry {
    pub(super) fn new(left_out: &LeftOut) -> Self {
        Self {
            path: name(&left_out.path),
            why: left_out.why.clone(),
        }
    }
}

/// The figures at the end, as programs read them.
#[derive(Serialize)]
pub(super) struct SummaryEntry<'a> {
    files: usize,
    files_found: usize,
    findings: usize,
    values: usize,
    fixed: usize,
    left: usize,
    errors: usize,
    variables: Vec<&'a str>,
    exit: u8,
}

impl<W: Write> Json<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            findings: Vec::new(),
            files: Vec::new(),
            errors: Vec::new(),
            notes: Vec::new(),
            left_out: Vec::new(),
        }
    }

    fn file(&mut self, report: &FileReport) {
        let findings = report.found.iter();
        self.findings
            .extend(findings.map(|found| Finding::new(&report.path, found)));
        self.files.push(FileEntry {
            path: name(&report.path),
            outcome: report.outcome.word(),
            variables: report.variables.iter().cloned().collect(),
        });
    }

    fn trouble(&mut self, trouble: &Trouble) {
        self.errors.push(ErrorEntry {
            path: name(&trouble.path),
            message: trouble.message.clone(),
            advice: trouble.advice.clone(),
        });
    }

    fn done(&mut self, summary: &Summary) -> io::Result<()> {
        let document = Document {
            version: VERSION,
            tool: concat!("unspill ", env!("CARGO_PKG_VERSION")),
            findings: &self.findings,
            files: &self.files,
            errors: &self.errors,
            notes: &self.notes,
            left_out: &self.left_out,
            summary: SummaryEntry::new(summary),
        };
        serde_json::to_writer_pretty(&mut self.out, &document)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

impl<W: Write> Printer for Json<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Skipped { path, why } => {
                self.notes
                    .push(format!("{} was left out: {why}", name(path)));
            }
            Event::File(report) => self.file(report),
            Event::Trouble(trouble) => self.trouble(trouble),
            Event::Note(note) => self.notes.push((*note).to_owned()),
            Event::LeftOut(left_out) => {
                self.left_out.extend(left_out.iter().map(LeftOutEntry::new));
            }
            Event::Live(live) => self.notes.push(live.sentence()),
            Event::Done(summary) => self.done(summary)?,
        }
        Ok(())
    }
}

impl Finding {
    pub(super) fn new(path: &Path, found: &Found) -> Self {
        Self {
            within: found.within.clone(),
            path: name(path),
            cell: found.place.cell,
            part: found.place.part.clone(),
            line: found.line,
            column: found.column,
            file_line: found.file_line,
            kind: found.kind.id.to_string(),
            name: found.kind.name.to_string(),
            provider: found.kind.provider.to_string(),
            severity: severity(found.kind.severity),
            confidence: confidence(found.confidence),
            reason: found.reason.clone(),
            shown: found.shown.clone(),
            fingerprint: found.fingerprint.clone(),
            variable: found.variable.clone(),
            remedy: RemedyEntry::new(&found.remedy),
            revoke: found.kind.revoke.as_ref().map(ToString::to_string),
        }
    }
}

impl RemedyEntry {
    fn new(remedy: &Remedy) -> Self {
        let (kind, text, why) = match remedy {
            Remedy::LookUp(text) => ("look-up", Some(text.clone()), None),
            Remedy::Mask(text, why) => ("mask", Some(text.clone()), why.map(str::to_owned)),
            Remedy::Drop(why) => ("drop", None, Some((*why).to_owned())),
            Remedy::Report(why) => ("report", None, Some(why.clone())),
        };
        Self { kind, text, why }
    }
}

impl<'a> SummaryEntry<'a> {
    pub(super) fn new(summary: &'a Summary) -> Self {
        Self {
            files: summary.files,
            files_found: summary.files_found,
            findings: summary.findings,
            values: summary.values,
            fixed: summary.fixed,
            left: summary.left,
            errors: summary.errors,
            variables: summary.variables.iter().map(String::as_str).collect(),
            exit: summary.exit.code(),
        }
    }
}

/// A path as text; what is not Unicode becomes U+FFFD.
pub(super) fn name(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// What the holder of a leaked value can do, in one word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Write => "write",
        Severity::Billing => "billing",
        Severity::Read => "read",
        Severity::Low => "low",
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{in_code, in_output, report};
    use super::super::{Outcome, Tally};
    use super::*;

    #[test]
    fn one_document_with_the_documented_fields() {
        let report = report(
            "a \"b\"\n.ipynb",
            vec![in_code(3, 2), in_output(4, 1)],
            Outcome::Checked,
        );
        let mut tally = Tally::default();
        tally.event(&Event::File(&report));
        let summary = tally.summary();
        let mut out = Vec::new();
        let mut printer = Json::new(&mut out);
        printer.event(&Event::File(&report)).unwrap();
        printer.event(&Event::Done(&summary)).unwrap();

        let document: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(document["version"], 1);
        let first = &document["findings"][0];
        assert_eq!(first["path"], "a \"b\"\n.ipynb");
        assert_eq!(first["cell"], 3);
        assert_eq!(first["line"], 2);
        assert_eq!(first["kind"], "huggingface-user-token");
        assert_eq!(first["confidence"], "certain");
        assert_eq!(first["remedy"]["type"], "look-up");
        assert_eq!(document["findings"][1]["remedy"]["type"], "mask");
        assert_eq!(document["summary"]["findings"], 2);
        assert_eq!(document["summary"]["values"], 1);
        assert_eq!(document["summary"]["exit"], 1);
    }
}

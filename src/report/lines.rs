//! The report for programs that listen: one JSON object a line, as it happens.
//!
//! The names of the fields are those of the document of `--json`.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;

use super::json::{Finding, LeftOutEntry, SummaryEntry, name};
use super::{Event, FileReport, Live, Outcome, Printer};

/// Writes each event as it comes.
pub struct Lines<W> {
    out: W,
}

#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum Line<'a> {
    Watching {
        files: usize,
        folders: usize,
        polled: Option<u64>,
        mirror: Option<String>,
    },
    File {
        path: String,
        outcome: &'static str,
        variables: Vec<&'a str>,
        findings: Vec<Finding>,
    },
    Waiting {
        path: String,
        why: &'a str,
    },
    LeftAlone {
        path: String,
        why: &'a str,
    },
    Removed {
        path: String,
    },
    Skipped {
        path: String,
        why: &'a str,
    },
    Error {
        path: String,
        message: &'a str,
        advice: Option<&'a str>,
    },
    Note {
        text: &'a str,
    },
    LeftOut {
        files: Vec<LeftOutEntry>,
    },
    Done {
        summary: SummaryEntry<'a>,
    },
}

impl<W: Write> Lines<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> Printer for Lines<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if matches!(event, Event::File(report) if is_nothing(report)) {
            return Ok(());
        }
        serde_json::to_writer(&mut self.out, &Line::of(event))?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// Nothing was found and nothing done.
fn is_nothing(report: &FileReport) -> bool {
    report.found.is_empty() && !matches!(report.outcome, Outcome::Written)
}

impl<'a> Line<'a> {
    fn of(event: &'a Event) -> Self {
        match event {
            Event::Skipped { path, why } => Self::Skipped {
                path: name(path),
                why,
            },
            Event::File(report) => Self::File {
                path: name(&report.path),
                outcome: report.outcome.word(),
                variables: report.variables.iter().map(String::as_str).collect(),
                findings: findings(report),
            },
            Event::Trouble(trouble) => Self::Error {
                path: name(&trouble.path),
                message: &trouble.message,
                advice: trouble.advice.as_deref(),
            },
            Event::Note(text) => Self::Note { text },
            Event::LeftOut(left_out) => Self::LeftOut {
                files: left_out.iter().map(LeftOutEntry::new).collect(),
            },
            Event::Live(live) => Self::of_live(live),
            Event::Done(summary) => Self::Done {
                summary: SummaryEntry::new(summary),
            },
        }
    }

    fn of_live(live: &'a Live) -> Self {
        let text = |path: &Path| name(path);
        match live {
            Live::Watching {
                files,
                folders,
                polled,
                mirror,
            } => Self::Watching {
                files: *files,
                folders: *folders,
                polled: polled.map(|time| time.as_secs()),
                mirror: mirror.map(text),
            },
            Live::Waiting { path, why } => Self::Waiting {
                path: text(path),
                why,
            },
            Live::LeftAlone { path, why } => Self::LeftAlone {
                path: text(path),
                why,
            },
            Live::Removed { path } => Self::Removed { path: text(path) },
        }
    }
}

fn findings(report: &FileReport) -> Vec<Finding> {
    let found = report.found.iter();
    found
        .map(|found| Finding::new(&report.path, found))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::super::samples::{in_code, report};
    use super::*;

    #[test]
    fn one_object_a_line() {
        let fixed = Outcome::Fixed { had_outputs: false };
        let fixed = report("a.ipynb", vec![in_code(1, 1)], fixed);
        let clean = report("b.ipynb", Vec::new(), Outcome::Unchanged);
        let summary = Tally::default().summary();
        let mut out = Vec::new();
        let mut lines = Lines::new(&mut out);
        let waiting = Live::Waiting {
            path: Path::new("c\nd"),
            why: "waits",
        };
        for event in [
            Event::File(&fixed),
            Event::File(&clean),
            Event::Live(&waiting),
            Event::Note("text"),
            Event::Done(&summary),
        ] {
            lines.event(&event).unwrap();
        }
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let events: Vec<_> = lines.iter().map(|line| &line["event"]).collect();
        assert_eq!(events, ["file", "waiting", "note", "done"]);
        assert_eq!(lines[0]["outcome"], "fixed");
        assert_eq!(lines[0]["findings"][0]["cell"], 1);
        assert_eq!(lines[1]["path"], "c\nd");
        assert_eq!(lines[3]["summary"]["exit"], 0);
    }
}

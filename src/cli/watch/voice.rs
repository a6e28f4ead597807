//! What a watch says: events as they come, and on a terminal a last line with
//! how things stand.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::cli::Exit;
use crate::cli::reporter::Reporter;
use crate::cli::settings::Output;
use crate::report::{Event, FileReport, Live, Outcome, Trouble, count};

/// Tells what happens, and keeps the status line out of its way.
pub struct Voice {
    reporter: Reporter,
    /// Whether there is a status line at all.
    has_status: bool,
    status: String,
    is_shown: bool,
    /// How many times a file was sanitized.
    pub sanitized: usize,
    /// What is not as it should be, by file, as long as it is so.
    open: BTreeMap<PathBuf, Exit>,
    /// What is not as it should be about the run.
    run: Exit,
}

impl Voice {
    /// A voice for these settings.
    pub fn new(output: Output) -> Self {
        Self {
            reporter: Reporter::live(output),
            has_status: !output.json && !output.quiet && io::stderr().is_terminal(),
            status: String::new(),
            is_shown: false,
            sanitized: 0,
            open: BTreeMap::new(),
            run: Exit::Clean,
        }
    }

    /// Something happened.
    pub fn tell(&mut self, event: &Event) -> io::Result<()> {
        if matches!(event, Event::File(report) if report.found.is_empty()) {
            return self.reporter.tell(event);
        }
        self.hide()?;
        self.reporter.tell(event)
    }

    /// Something a person should know.
    pub fn note(&mut self, note: &str) -> io::Result<()> {
        self.tell(&Event::Note(note))
    }

    /// Something about a file that waits or the like.
    pub fn live(&mut self, live: &Live) -> io::Result<()> {
        self.tell(&Event::Live(live))
    }

    /// A file could not be worked on.
    pub fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.open.insert(trouble.path.clone(), Exit::Trouble);
        self.tell(&Event::Trouble(trouble))
    }

    /// Something is wrong that is not about a file.
    pub fn trouble_of_the_run(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.run = Exit::Trouble;
        self.tell(&Event::Trouble(trouble))
    }

    /// A file is as it should be.
    pub fn file(&mut self, report: &FileReport) -> io::Result<()> {
        let is_done = matches!(report.outcome, Outcome::Fixed { .. } | Outcome::Written);
        self.sanitized += usize::from(is_done && !report.found.is_empty());
        self.resolved(&report.path);
        self.tell(&Event::File(report))
    }

    /// Values stay in a file.
    pub fn left(&mut self, path: &Path) {
        self.open.insert(path.to_owned(), Exit::Found);
    }

    /// A part of a file is broken, which was told.
    pub fn broken(&mut self, path: &Path) {
        self.open.insert(path.to_owned(), Exit::Trouble);
    }

    /// Nothing is wrong about a file any more, or it is gone.
    pub fn resolved(&mut self, path: &Path) {
        self.open.remove(path);
    }

    /// Nothing is there any more at a path or below it.
    pub fn gone(&mut self, path: &Path) {
        self.open.retain(|open, _| !open.starts_with(path));
    }

    /// How things stand, shown if that changed.
    pub fn status(&mut self, watched: usize, waiting: usize) -> io::Result<()> {
        if !self.has_status {
            return Ok(());
        }
        let status = format!(
            "{} watched, {} sanitized, {waiting} waiting",
            count(watched, "file"),
            self.sanitized
        );
        if status == self.status && self.is_shown {
            return Ok(());
        }
        self.status = status;
        let mut err = io::stderr().lock();
        write!(err, "\r\x1b[K{}", self.status)?;
        self.is_shown = true;
        err.flush()
    }

    fn hide(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_shown) {
            write!(io::stderr(), "\r\x1b[K")?;
        }
        Ok(())
    }

    /// What the reporter counts.
    pub fn reporter(&mut self) -> &mut Reporter {
        &mut self.reporter
    }

    /// It is over.
    pub fn finish(mut self) -> io::Result<Exit> {
        self.hide()?;
        let open = self.open.values().copied();
        let exit = open.fold(self.run, Exit::and);
        self.reporter.tally.conclude(exit);
        self.reporter.finish()
    }
}

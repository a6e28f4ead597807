//! What a watch says: events as they come, and on a terminal a last line with
//! how things stand.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
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
    /// What was last told of a file in which something was found: a hash.
    told: HashMap<PathBuf, u64>,
    /// What is told of a file is what its copy lacks, and not what was done.
    is_mirror: bool,
    /// What is not as it should be about the run.
    run: Exit,
}

impl Voice {
    /// A voice for these settings.
    pub fn new(output: Output, is_mirror: bool) -> Self {
        Self {
            reporter: Reporter::live(output),
            has_status: !output.json && !output.quiet && io::stderr().is_terminal(),
            status: String::new(),
            is_shown: false,
            sanitized: 0,
            open: BTreeMap::new(),
            told: HashMap::new(),
            is_mirror,
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
        if !is_done && self.is_told(report) {
            self.open.remove(&report.path);
            return Ok(());
        }
        self.resolved(&report.path);
        if self.is_mirror && !report.found.is_empty() {
            self.reporter.tally.forget(&report.path);
        }
        self.remember(report);
        self.tell(&Event::File(report))
    }

    /// Whether just that was the last that was told of a file: it was searched
    /// again, for values that were found later.
    fn is_told(&self, report: &FileReport) -> bool {
        !report.found.is_empty() && self.told.get(&report.path) == Some(&hash(report))
    }

    fn remember(&mut self, report: &FileReport) {
        match report.found.is_empty() {
            true => self.told.remove(&report.path),
            false => self.told.insert(report.path.clone(), hash(report)),
        };
    }

    /// Values stay in a file, which was told.
    pub fn left(&mut self, path: &Path) {
        self.open.insert(path.to_owned(), Exit::Found);
    }

    /// So many values stay in a file that was to be sanitized.
    pub fn left_alone(&mut self, path: &Path, findings: usize) {
        self.left(path);
        self.still_there(path, findings);
    }

    /// So many values stay in a file of which it was told what is wrong.
    pub fn still_there(&mut self, path: &Path, findings: usize) {
        self.reporter.tally.left(path, findings);
        // What was told before does not hold any more.
        self.told.remove(path);
    }

    /// A part of a file is broken, which was told.
    pub fn broken(&mut self, path: &Path) {
        self.open.insert(path.to_owned(), Exit::Trouble);
    }

    /// Nothing is wrong about a file any more, or it is gone.
    pub fn resolved(&mut self, path: &Path) {
        self.open.remove(path);
        self.still_there(path, 0);
    }

    /// Nothing is there any more at a path or below it.
    pub fn gone(&mut self, path: &Path) {
        self.open.retain(|open, _| !open.starts_with(path));
        self.told.retain(|told, _| !told.starts_with(path));
        self.reporter.tally.gone(path);
    }

    /// There is no copy of a file any more.
    pub fn withdrawn(&mut self, path: &Path) {
        self.told.remove(path);
        self.reporter.tally.forget(path);
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

/// What is told of a file, as one number.
fn hash(report: &FileReport) -> u64 {
    let mut hasher = DefaultHasher::new();
    for found in &report.found {
        (&found.within, found.line, found.column, &found.fingerprint).hash(&mut hasher);
        format!("{:?} {:?}", found.place, found.remedy).hash(&mut hasher);
    }
    hasher.finish()
}

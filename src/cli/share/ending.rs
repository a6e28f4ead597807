//! The end of a copy: it takes its name or there is none, and only then the
//! report can say what happened.

use std::io;
use std::path::{Path, PathBuf};

use super::trouble;
use crate::cli::Exit;
use crate::cli::reporter::Reporter;
use crate::cli::settings::share::ShareSettings;
use crate::cli::survey::reason;
use crate::report::{Event, FileReport, LeftOut, Outcome, Shared, Trouble, count};
use crate::sanitize::Remedy;
use crate::share::target::Target;

/// As many files are named in a note.
const NAMED: usize = 3;

/// Why the making of a copy ends early.
pub(super) enum Stop {
    /// This could not be put into it.
    Target(PathBuf, io::Error),
    /// The report could not be written.
    Report(io::Error),
}

impl Stop {
    /// For an error that came while `path` was put into the copy.
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Target(path, error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Report(error)
    }
}

/// All that is known when everything is in the copy.
pub(super) struct Ending<'r> {
    pub(super) settings: &'r ShareSettings,
    /// What was found in the files.
    pub(super) reports: Vec<FileReport>,
    /// What is not in the copy as it should not be.
    pub(super) left_out: Vec<LeftOut>,
    /// What is not in the copy as it could not be made safe.
    pub(super) not_safe: Vec<LeftOut>,
    /// Places and files in which personal data was replaced.
    pub(super) personal: (usize, usize),
    /// Files that are in the copy.
    pub(super) files: usize,
    pub(super) has_example: bool,
}

impl Ending<'_> {
    /// Gives the copy its name if all of it is there and safe, and tells.
    pub(super) fn end(
        mut self,
        filled: Result<(), Stop>,
        target: Box<dyn Target>,
        mut reporter: Reporter,
    ) -> io::Result<Exit> {
        let out = &self.settings.out;
        let is_wanted = self.not_safe.is_empty() || self.settings.partial;
        let stop = match filled {
            Ok(()) if is_wanted => target.finish().err().map(Stop::at(out)),
            Ok(()) => None,
            Err(stop) => Some(stop),
        };
        let stopped = match stop {
            Some(Stop::Report(error)) => return Err(error),
            Some(Stop::Target(path, error)) => Some(unmade(out, &path, &error)),
            None => None,
        };
        let is_made = is_wanted && stopped.is_none();
        self.tell_files(is_made, &mut reporter)?;
        if self.settings.partial {
            self.left_out.extend(self.not_safe.iter().cloned());
        }
        reporter.tell(&Event::LeftOut(&self.left_out))?;
        if let (places @ 1.., files) = self.personal
            && is_made
        {
            let (places, files) = (count(places, "place"), count(files, "file"));
            reporter.tell(&Event::Note(&format!(
                "what names you was replaced in {places} of {files}"
            )))?;
        }
        if !self.not_safe.is_empty() {
            reporter.tally.exit(Exit::Found);
            reporter.tell(&Event::Note(&self.told_not_safe()))?;
        }
        if let Some(trouble) = stopped {
            reporter.trouble(&trouble)?;
        }
        if is_made {
            reporter.tally.shared(Shared {
                out: out.display().to_string(),
                files: self.files,
                left_out: self.left_out.len(),
                has_example: self.has_example,
            });
        }
        reporter.finish()
    }

    /// What was found, and taken out if there is a file without it.
    fn tell_files(&mut self, is_made: bool, reporter: &mut Reporter) -> io::Result<()> {
        for mut report in std::mem::take(&mut self.reports) {
            if !is_made {
                report.outcome = Outcome::Unchanged;
                report.variables.clear();
            } else if report.outcome == Outcome::Unchanged {
                let rest = report.found.iter_mut();
                for found in rest.filter(|it| !matches!(it.remedy, Remedy::Report(_))) {
                    found.remedy = Remedy::Report("left out with its file".to_owned());
                }
            }
            reporter.tell(&Event::File(&report))?;
        }
        Ok(())
    }

    /// What could not be made safe, and what that means.
    fn told_not_safe(&self) -> String {
        let files = count(self.not_safe.len(), "file");
        let (out, not) = (self.settings.out.display(), "could not be made safe");
        if self.settings.partial {
            return format!("{files} {not} and left out of {out}");
        }
        let first = self.not_safe.iter().take(NAMED);
        let mut names: Vec<String> = first.map(|it| it.path.display().to_string()).collect();
        if let Some(more @ 1..) = self.not_safe.len().checked_sub(NAMED) {
            names.push(format!("{more} more"));
        }
        let names = names.join(", ");
        format!("{files} {not}, so {out} was not made: {names}; --partial makes it without")
    }
}

/// Why there is no copy: `path` is what was put into it just then.
pub(super) fn unmade(out: &Path, path: &Path, error: &io::Error) -> Trouble {
    let mut message = format!("cannot be made: {}", reason(error));
    if path != out {
        message.push_str(&format!(", while {} was put into it", path.display()));
    }
    let advice = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Some("make room, or name a place on another disk")
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Some("name a place where you may write")
        }
        _ => None,
    };
    trouble(out, &message, advice)
}

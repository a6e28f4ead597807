//! Puts sanitized copies into the mirror, and takes away what has no place
//! there any more.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::after::{Change, ChangeKind};
use super::desk::{Desk, Failure};
use super::example::is_example;
use super::in_place::{is_any_left, report};
use super::live::Live;
use super::look::{Item, Job, is_young};
use crate::cli::parallel::in_order;
use crate::report::{Event, Live as Happening, Outcome, Trouble};
use crate::sanitize::Sanitized;
use crate::save::Snapshot;
use crate::store;
use crate::watch::mirror::Put;
use crate::watch::settle;

/// As many files as are copied between two looks at the signals.
const AT_ONCE: usize = 64;

/// Copies that could not be removed, by their paths below the mirror.
#[derive(Default)]
pub struct Stuck {
    files: BTreeSet<PathBuf>,
    /// When they are tried again, and how often they were.
    due: Option<Instant>,
    tries: u32,
}

impl Stuck {
    /// When they are tried again, if there are any.
    pub fn next_due(&self) -> Option<Instant> {
        self.due
    }

    /// A copy is gone, or is as it must be again. Says whether it was stuck.
    pub fn release(&mut self, file: &Path) -> bool {
        let was_stuck = self.files.remove(file);
        if self.files.is_empty() {
            *self = Self::default();
        }
        was_stuck
    }

    /// A copy could not be removed. Says whether that is new.
    fn hold(&mut self, file: &Path, quiet: Duration) -> bool {
        self.due
            .get_or_insert_with(|| Instant::now() + settle::pause(0, quiet));
        self.files.insert(file.to_owned())
    }

    /// Those that are to be tried now.
    fn take_due(&mut self, now: Instant, quiet: Duration) -> Vec<PathBuf> {
        if self.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.tries += 1;
        self.due = Some(now + settle::pause(self.tries, quiet));
        self.files.iter().cloned().collect()
    }
}

/// What one file becomes.
enum Made {
    /// A copy, of these bytes.
    Copy(Vec<u8>, Permissions, Box<Sanitized>),
    /// It is not what was examined any more.
    Changed,
    /// No copy.
    None(Trouble),
}

impl Live<'_> {
    /// Copies files, sanitized.
    pub(super) fn mirror_all(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() && !self.is_stopped() {
            let some: Vec<Job> = jobs.by_ref().take(AT_ONCE).collect();
            let some = self.written_no_more(some, |job| is_young(&job.state))?;
            let mut made = Vec::with_capacity(some.len());
            let desk = &self.desk;
            in_order(
                &some,
                self.settings.run.threads,
                |job| make_one(desk, job),
                |_, one| {
                    made.push(one);
                    Ok::<(), io::Error>(())
                },
            )?;
            let mut done = Vec::new();
            for (job, made) in some.into_iter().zip(made) {
                done.extend(self.made(job, made)?);
            }
            self.after.changed(&done);
        }
        Ok(())
    }

    fn made(&mut self, job: Job, made: Made) -> io::Result<Option<Change>> {
        match made {
            Made::Copy(bytes, mode, sanitized) => self.put(&job, &bytes, mode, *sanitized),
            Made::None(trouble) => {
                self.wrong(&job.path, Some(job.state), &absent(trouble))?;
                Ok(None)
            }
            Made::Changed => {
                let item = Item {
                    path: job.path,
                    waiting: job.waiting,
                };
                self.wait_again(item, None, 0, "changes all the time")?;
                Ok(None)
            }
        }
    }

    fn put(
        &mut self,
        job: &Job,
        bytes: &[u8],
        mode: Permissions,
        sanitized: Sanitized,
    ) -> io::Result<Option<Change>> {
        let path = &*job.path;
        let below = self.settings.below_root(path).to_owned();
        let Some(mirror) = &mut self.mirror else {
            return Ok(None);
        };
        if let Some(why) = mirror.leaves_out_content(&below, bytes) {
            self.seen.mark(path, &job.state);
            self.voice.tell(&Event::Skipped { path, why })?;
            self.remove_from_mirror(path)?;
            return Ok(None);
        }
        if is_example(&below) {
            self.examples.example(&below, bytes);
            self.seen.mark(path, &job.state);
            let report = report(path, sanitized, Outcome::Written);
            self.voice.file(&report)?;
            return Ok(None);
        }
        let moved = sanitized.moved.iter().map(|(name, _)| name.clone());
        self.examples.need(&below, moved.collect());
        let is_found = !sanitized.found.is_empty() || !job.inspection.found.is_empty();
        match mirror.put(&below, bytes, mode, &job.state, is_found) {
            Ok(put) => {
                self.seen.mark(path, &job.state);
                let outcome = match put {
                    Put::Written => Outcome::Written,
                    Put::Same => Outcome::Unchanged,
                };
                let copy = mirror.folder().join(&below);
                if self.stuck.release(&below) {
                    self.voice.resolved(&copy);
                }
                let kind = ChangeKind::written(&sanitized);
                let report = report(path, sanitized, outcome);
                self.voice.file(&report)?;
                Ok((put == Put::Written).then_some(Change { path: copy, kind }))
            }
            Err(error) => {
                let trouble = Trouble {
                    path: path.to_owned(),
                    message: format!("no copy of it in the mirror: {error}"),
                    advice: error.advice(),
                };
                self.wrong(path, Some(job.state), &trouble)?;
                Ok(None)
            }
        }
    }

    /// The names that a file of variables sets, for its example.
    pub(super) fn take_names(&mut self, path: &Path) {
        let below = self.settings.below_root(path);
        if self.mirror.is_some()
            && store::is_environment_file(below)
            && let Ok(bytes) = std::fs::read(path)
        {
            self.examples
                .env_file(below, &zeroize::Zeroizing::new(bytes));
        }
    }

    /// Nothing of a file, or of what was below it, stays in the mirror.
    pub(super) fn remove_from_mirror(&mut self, path: &Path) -> io::Result<()> {
        let below = self.settings.below_root(path).to_owned();
        let Some(mirror) = &self.mirror else {
            return Ok(());
        };
        self.examples.forget(&below);
        let files = mirror.at_or_below(&below);
        self.remove_copies(&files)
    }

    /// Removes files of the mirror. Of those that stay it is told once, and they
    /// are tried again.
    pub(super) fn remove_copies(&mut self, files: &[PathBuf]) -> io::Result<()> {
        let Some(mirror) = &mut self.mirror else {
            return Ok(());
        };
        let (mut removed, mut changes) = (Vec::new(), Vec::new());
        for file in files {
            let copy = mirror.folder().join(file);
            match mirror.remove(file) {
                Ok(was_there) => {
                    if self.stuck.release(file) {
                        self.voice.resolved(&copy);
                    }
                    if was_there {
                        self.voice.withdrawn(&self.settings.from_root(file));
                        removed.push(file);
                        changes.push(Change {
                            path: copy,
                            kind: ChangeKind::Removed,
                        });
                    }
                }
                Err(error) => {
                    // Should its source come back, it is not taken for a copy.
                    mirror.outdate(file);
                    if self.stuck.hold(file, self.settings.quiet) {
                        self.voice.trouble(&Trouble {
                            path: copy,
                            message: format!("cannot be removed from the mirror: {error}"),
                            advice: Some("it must not be shared: remove it by hand".into()),
                        })?;
                    }
                }
            }
        }
        for path in removed {
            self.voice.live(&Happening::Removed { path })?;
        }
        self.after.changed(&changes);
        Ok(())
    }

    /// Tries again to remove what could not be removed.
    pub(super) fn retry_removals(&mut self, now: Instant) -> io::Result<()> {
        let files = self.stuck.take_due(now, self.settings.quiet);
        self.remove_copies(&files)
    }

    /// Takes away what is in the mirror and not in the source any more.
    pub(super) fn keep_in_mirror(&mut self, there: &BTreeSet<PathBuf>) -> io::Result<()> {
        let Some(mirror) = &self.mirror else {
            return Ok(());
        };
        let paths = mirror.paths().map(|path| self.settings.from_root(path));
        let is_gone = |path: &PathBuf| !there.contains(path) && !is_example(path);
        let gone: Vec<PathBuf> = paths.filter(is_gone).collect();
        for path in gone {
            self.desk.forget(&path);
            self.remove_from_mirror(&path)?;
        }
        Ok(())
    }
}

fn make_one(desk: &Desk, job: &Job) -> Made {
    let path = &*job.path;
    let snapshot = match Snapshot::read(path) {
        Ok(snapshot) if snapshot.state() == job.state => snapshot,
        _ => return Made::Changed,
    };
    let Ok(mode) = std::fs::metadata(path).map(|metadata| metadata.permissions()) else {
        return Made::Changed;
    };
    let is_clean = job.inspection.found.is_empty()
        && !desk.may_hold_copies(path, snapshot.bytes(), &job.inspection);
    if is_clean {
        return Made::Copy(snapshot.bytes().to_vec(), mode, Box::default());
    }
    match desk.sanitize(path, snapshot.bytes()) {
        Ok(sanitized) if is_any_left(&sanitized) => Made::None(Trouble {
            path: path.to_owned(),
            message: "holds a credential that cannot be taken out".into(),
            advice: Some("`unspill check -v` says which; take it out by hand".into()),
        }),
        Ok(mut sanitized) => {
            let bytes = sanitized.bytes.take();
            Made::Copy(
                bytes.unwrap_or_else(|| snapshot.bytes().to_vec()),
                mode,
                Box::new(sanitized),
            )
        }
        Err(Failure::Unready(trouble) | Failure::Final(trouble)) => Made::None(trouble),
        Err(Failure::Binary) => Made::None(Trouble {
            path: path.to_owned(),
            message: "neither a text nor a file that unspill knows".into(),
            advice: None,
        }),
    }
}

fn absent(trouble: Trouble) -> Trouble {
    Trouble {
        message: format!("is not in the mirror: {}", trouble.message),
        ..trouble
    }
}

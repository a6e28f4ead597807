//! Puts sanitized copies into the mirror, and takes away what has no place
//! there any more.

use std::collections::BTreeSet;
use std::fs::Permissions;
use std::io;
use std::path::{Path, PathBuf};

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

/// As many files as are copied between two looks at the signals.
const AT_ONCE: usize = 64;

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
            self.after.sanitized(&done);
        }
        Ok(())
    }

    fn made(&mut self, job: Job, made: Made) -> io::Result<Option<PathBuf>> {
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
    ) -> io::Result<Option<PathBuf>> {
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
                let report = report(path, sanitized, outcome);
                self.voice.file(&report)?;
                Ok((put == Put::Written).then_some(copy))
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
        let Some(mirror) = &mut self.mirror else {
            return Ok(());
        };
        self.examples.forget(&below);
        let mut removed = Vec::new();
        for file in mirror.at_or_below(&below) {
            match mirror.remove(&file) {
                Ok(true) => removed.push(file),
                Ok(false) => {}
                Err(error) => {
                    let trouble = Trouble {
                        path: mirror.folder().join(&file),
                        message: format!("cannot be removed from the mirror: {error}"),
                        advice: Some("it must not be shared: remove it by hand".into()),
                    };
                    self.voice.trouble(&trouble)?;
                    return Ok(());
                }
            }
        }
        for path in &removed {
            self.voice.live(&Happening::Removed { path })?;
        }
        self.after.sanitized(&removed);
        Ok(())
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

//! Saves in place: when it is our turn, when nobody has the file open for
//! writing, and so that nothing is lost that was saved at the same moment.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::after::{Change, ChangeKind};
use super::desk::{Desk, Failure};
use super::live::Live;
use super::look::{Item, Job};
use crate::cli::fix::has_outputs;
use crate::cli::keep::Keeper;
use crate::cli::parallel::in_order;
use crate::cli::survey::{IN_A_STORE, leave};
use crate::detect::Secret;
use crate::env_file;
use crate::report::{FileReport, Live as Happening, Outcome, Trouble, count, escape};
use crate::sanitize::{Remedy, Sanitized};
use crate::save::{self, Identity, Saved, Snapshot, State};
use crate::source::Treatment;
use crate::watch::rally::{Rallies, Turn};
use crate::watch::retained::Retained;
use crate::watch::seen::{self, Digest};
use crate::watch::writers;

/// As many files as are saved between two looks at the signals.
const AT_ONCE: usize = 64;

/// What is needed to save in place.
pub struct InPlace {
    /// Replaced files.
    pub retained: Retained,
    /// What goes back and forth.
    pub rallies: Rallies,
    keeper: Option<Mutex<Keeper>>,
    /// Where values are kept, and what that file was when it was last read.
    env_file: Option<(PathBuf, Option<State>)>,
    /// Files that are left alone for now.
    resting: HashSet<PathBuf>,
    /// Files with other names of which that was said.
    linked: HashSet<PathBuf>,
    /// Stores of which it was said that they are left.
    stores: HashSet<PathBuf>,
}

impl InPlace {
    /// For files that are still after `quiet`; values go to `env_file`.
    pub fn new(quiet: Duration, env_file: Option<&Path>) -> Self {
        Self {
            retained: Retained::new(quiet),
            rallies: Rallies::default(),
            keeper: env_file.map(|path| Mutex::new(Keeper::new(path))),
            env_file: env_file.map(|path| (path.to_owned(), None)),
            resting: HashSet::new(),
            linked: HashSet::new(),
            stores: HashSet::new(),
        }
    }

    /// Nothing is there any more at a path or below it.
    pub fn gone(&mut self, path: &Path) {
        self.rallies.gone(path);
        for files in [&mut self.resting, &mut self.linked, &mut self.stores] {
            files.retain(|file| !file.starts_with(path));
        }
    }

    /// Who keeps the values, if anybody.
    pub fn into_keeper(self) -> Option<Keeper> {
        let keeper = self.keeper?;
        Some(keeper.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The variables that are set where values are kept, if that file is not as
    /// it was when this was last asked.
    fn set_by_now(&mut self) -> Option<Vec<(String, Secret)>> {
        let (path, before) = self.env_file.as_mut()?;
        let now = fs::metadata(&path).ok();
        let now = now.map(|metadata| State::of(&metadata));
        if now == *before {
            return None;
        }
        *before = now;
        Some(env_file::set_by(path))
    }

    /// Keeps the values of a file. Only then may it be replaced.
    pub fn keep(&self, sanitized: &Sanitized) -> Result<(), String> {
        match &self.keeper {
            Some(keeper) => {
                let mut keeper = keeper.lock().unwrap_or_else(PoisonError::into_inner);
                keeper.keep(sanitized)
            }
            None => Ok(()),
        }
    }
}

/// What became of one file.
enum Outcomes {
    /// It was replaced.
    Replaced(Box<Replacement>),
    /// There was nothing to change.
    Unchanged(Box<Sanitized>),
    /// It is not what was examined any more.
    Changed,
    /// It could not be done.
    Failed(Trouble),
}

struct Replacement {
    sanitized: Sanitized,
    saved: Saved,
    replaced: File,
    ours: Digest,
    had_outputs: bool,
}

impl Live<'_> {
    /// What a person writes where values are kept belongs to that person: no
    /// value may need such a name. To be asked before values get their names.
    pub(super) fn respect_variables(&mut self) {
        if let Some(set) = self.here.set_by_now() {
            self.desk.reserve(set);
        }
    }

    /// Takes the values out of files in which something was found.
    pub(super) fn save_all(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        let mut jobs = jobs.into_iter().peekable();
        while jobs.peek().is_some() && !self.is_stopped() {
            let some: Vec<Job> = jobs.by_ref().take(AT_ONCE).collect();
            let ready = self.ready(some)?;
            let mut outcomes = Vec::with_capacity(ready.len());
            let (desk, here) = (&self.desk, &self.here);
            in_order(
                &ready,
                self.settings.run.threads,
                |job| save_one(desk, here, job),
                |_, outcome| {
                    outcomes.push(outcome);
                    Ok::<(), io::Error>(())
                },
            )?;
            let mut done = Vec::new();
            for (job, outcome) in ready.into_iter().zip(outcomes) {
                done.extend(self.saved(job, outcome)?);
            }
            self.after.changed(&done);
        }
        // Somebody wanted it to end before these had their turn.
        for job in jobs.filter(|job| job.treatment == Treatment::Open) {
            let findings = job.inspection.found.len();
            self.voice.left_alone(&job.path, findings);
        }
        Ok(())
    }

    /// Those of the jobs that may be done now.
    fn ready(&mut self, jobs: Vec<Job>) -> io::Result<Vec<Job>> {
        let mut ready = Vec::new();
        for job in jobs {
            match job.treatment {
                Treatment::Open if self.is_our_turn(&job)? => ready.push(job),
                Treatment::Open => {}
                Treatment::Left | Treatment::Kept => self.leave_store(&job)?,
            }
        }
        self.written_no_more(ready, |_| true)
    }

    /// Those of the jobs whose file no program has open for writing, as far as
    /// that can be known. `may_be` says of which it is worth asking.
    pub(super) fn written_no_more(
        &mut self,
        jobs: Vec<Job>,
        may_be: impl Fn(&Job) -> bool,
    ) -> io::Result<Vec<Job>> {
        let asked = jobs.iter().filter(|job| may_be(job));
        let asked: HashSet<Identity> = asked.map(|job| job.state.identity()).collect();
        let open = writers::written(&asked);
        let (busy, free): (Vec<Job>, Vec<Job>) = jobs
            .into_iter()
            .partition(|job| open.contains(&job.state.identity()));
        for job in busy {
            self.try_later(job, "waits: a program has it open for writing")?;
        }
        Ok(free)
    }

    /// A job that cannot be done now is done when the file is looked at again.
    fn try_later(&mut self, job: Job, why: &str) -> io::Result<()> {
        let (state, tries) = (job.state, job.waiting.tries + 1);
        let item = Item {
            path: job.path,
            waiting: job.waiting,
        };
        self.wait_again(item, Some(state), tries, why)
    }

    fn is_our_turn(&mut self, job: &Job) -> io::Result<bool> {
        let modified = job.state.modified();
        let was_quiet = modified.and_then(|time| time.elapsed().ok());
        let was_quiet = was_quiet.unwrap_or_default();
        let now = Instant::now();
        let values = fingerprints(job);
        let Turn::Rest(rest) = self.here.rallies.turn(&job.path, &values, was_quiet, now) else {
            self.here.resting.remove(&*job.path);
            return Ok(true);
        };
        if self.here.resting.insert(job.path.to_path_buf()) {
            let why = format!(
                "gets the same value back again and again: it is left alone until it was quiet for {}. Close what writes it, or reload it there; or use --to",
                count(
                    usize::try_from(rest.as_secs()).unwrap_or_default(),
                    "second"
                )
            );
            let (path, why) = (&*job.path, why.as_str());
            self.voice.live(&Happening::LeftAlone { path, why })?;
        }
        let findings = job.inspection.found.len();
        self.voice.left_alone(&job.path, findings);
        let mut waiting = job.waiting;
        waiting.due = now + rest.saturating_sub(was_quiet).max(self.settings.quiet);
        waiting.state = Some(job.state);
        self.pending.wait_again(job.path.clone(), waiting);
        Ok(false)
    }

    /// Law 6: a store that was met on a walk is told and left as it is.
    fn leave_store(&mut self, job: &Job) -> io::Result<()> {
        self.seen.mark(&job.path, &job.state);
        let is_new = self.here.stores.insert(job.path.to_path_buf());
        if job.treatment == Treatment::Left {
            let mut report = report(&job.path, Sanitized::default(), Outcome::Unchanged);
            let mut left = Sanitized {
                found: job.inspection.found.clone(),
                ..Sanitized::default()
            };
            leave(&mut left, IN_A_STORE);
            report.found = left.found;
            self.voice.file(&report)?;
            self.voice.left(&job.path);
        } else if is_new {
            let path = escape(&job.path.to_string_lossy()).into_owned();
            let credentials = count(job.inspection.found.len(), "credential");
            self.voice.note(&format!(
                "{path} holds {credentials} and stays as it is: git ignores it, or values are kept there"
            ))?;
        }
        Ok(())
    }

    /// Tells what became of a file, and gives what was done to it, if anything.
    fn saved(&mut self, job: Job, outcome: Outcomes) -> io::Result<Option<Change>> {
        match outcome {
            Outcomes::Replaced(replacement) => {
                self.replaced(&job, *replacement)?;
                return Ok(Some(Change {
                    path: self.settings.near.full(&job.path),
                    kind: ChangeKind::Sanitized,
                }));
            }
            Outcomes::Unchanged(sanitized) => {
                self.seen.mark(&job.path, &job.state);
                let is_left = is_any_left(&sanitized);
                let report = report(&job.path, *sanitized, Outcome::Unchanged);
                self.voice.file(&report)?;
                self.stays_wrong(&job, is_left);
            }
            Outcomes::Changed => {
                let item = Item {
                    path: job.path,
                    waiting: job.waiting,
                };
                self.wait_again(item, None, 0, "changes all the time")?;
            }
            Outcomes::Failed(trouble) => {
                self.wrong(&job.path, Some(job.state), &trouble)?;
                let findings = job.inspection.found.len();
                self.voice.still_there(&job.path, findings);
            }
        }
        Ok(None)
    }

    fn replaced(&mut self, job: &Job, new: Replacement) -> io::Result<()> {
        let (path, now) = (&*job.path, Instant::now());
        self.seen.mark(path, &new.saved.state);
        self.seen.wrote(path, new.ours);
        self.here
            .retained
            .keep(path, new.replaced, job.state, new.ours, now);
        self.here.rallies.took(path, fingerprints(job), now);
        let had_outputs = new.had_outputs;
        let is_left = is_any_left(&new.sanitized);
        let report = report(path, new.sanitized, Outcome::Fixed { had_outputs });
        self.voice.file(&report)?;
        self.stays_wrong(job, is_left);
        self.tell_other_names(path, &new.saved)
    }

    /// What stays wrong about a file that was done.
    fn stays_wrong(&mut self, job: &Job, is_left: bool) {
        if is_left {
            self.voice.left(&job.path);
        }
        if !job.inspection.troubles.is_empty() {
            self.voice.broken(&job.path);
        }
    }

    /// The other names of a file hold the old content still.
    pub(super) fn tell_other_names(&mut self, path: &Path, saved: &Saved) -> io::Result<()> {
        if saved.other_names == 0 || !self.here.linked.insert(path.to_owned()) {
            return Ok(());
        }
        let others = usize::try_from(saved.other_names).unwrap_or(usize::MAX);
        self.voice.left(path);
        self.voice.note(&format!(
            "{} has {} that still holds the old content (hard link): fix it too, or delete it",
            path.display(),
            count(others, "other name"),
        ))
    }
}

fn save_one(desk: &Desk, here: &InPlace, job: &Job) -> Outcomes {
    let path = &*job.path;
    let snapshot = match Snapshot::read(path) {
        Ok(snapshot) if snapshot.state() == job.state => snapshot,
        _ => return Outcomes::Changed,
    };
    let sanitized = match desk.sanitize(path, snapshot.bytes()) {
        Ok(sanitized) => sanitized,
        Err(Failure::Unready(trouble) | Failure::Final(trouble)) => {
            return Outcomes::Failed(trouble);
        }
        Err(Failure::Binary) => return Outcomes::Unchanged(Box::default()),
    };
    let Some(new) = sanitized
        .bytes
        .as_deref()
        .filter(|new| *new != snapshot.bytes())
    else {
        return Outcomes::Unchanged(Box::new(sanitized));
    };
    if let Err(why) = here.keep(&sanitized) {
        return Outcomes::Failed(not_kept(path, &why));
    }
    match save::replace_keeping(&snapshot, new) {
        Ok((saved, replaced)) => Outcomes::Replaced(Box::new(Replacement {
            ours: seen::digest(new),
            had_outputs: has_outputs(new),
            sanitized,
            saved,
            replaced,
        })),
        Err(error) if error.is_passing() => Outcomes::Changed,
        Err(error) => Outcomes::Failed(Trouble {
            path: path.to_owned(),
            message: format!("not changed: {error}"),
            advice: error.advice(),
        }),
    }
}

/// What is told of a file whose values cannot be kept.
pub fn not_kept(path: &Path, why: &str) -> Trouble {
    Trouble {
        path: path.to_owned(),
        message: format!("not changed: its values cannot be kept: {why}"),
        advice: None,
    }
}

/// What is told of a file.
pub fn report(path: &Path, sanitized: Sanitized, outcome: Outcome) -> FileReport {
    FileReport {
        path: path.to_owned(),
        found: sanitized.found,
        variables: sanitized.moved.into_iter().map(|(name, _)| name).collect(),
        outcome,
    }
}

/// Whether something found stays where it is.
pub fn is_any_left(sanitized: &Sanitized) -> bool {
    let mut found = sanitized.found.iter();
    found.any(|found| matches!(found.remedy, Remedy::Report(_)))
}

fn fingerprints(job: &Job) -> BTreeSet<String> {
    let found = job.inspection.found.iter();
    found.map(|found| found.fingerprint.clone()).collect()
}

/// Whether one file was written to after the other.
pub fn is_newer(one: &State, other: &State) -> bool {
    one.modified() > other.modified()
}

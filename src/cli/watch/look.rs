//! Examines files that were quiet: which of them hold something, and which
//! cannot be taken yet.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::desk::{Desk, Failure};
use super::example::is_example;
use super::live::Live;
use crate::cli::parallel::in_order;
use crate::cli::settings::watch::WatchSettings;
use crate::cli::survey::unreadable;
use crate::format::{self, encoding};
use crate::report::{Event, FileReport, Live as Happening, Outcome, Trouble, escape};
use crate::sanitize::Inspection;
use crate::save::{Snapshot, State};
use crate::source::{self, Met, Treatment};
use crate::watch::mirror::Mirror;
use crate::watch::pending::Waiting;
use crate::watch::seen::{Seen, digest};
use crate::watch::settle::{self, Look};

/// How long it is waited for a file that does not parse, and how long a file
/// waits until that is told.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Files of this size that are no texts are not held.
const LARGE: u64 = 64 << 20;

const IS_BINARY: &str = "neither a text nor a file that unspill knows";
const IS_LARGE: &str = "a large file that is no text; `unspill fix` looks at it";

/// A file that is due.
#[derive(Clone)]
pub struct Item {
    /// The file.
    pub path: Arc<Path>,
    /// How it came to be due.
    pub waiting: Waiting,
}

/// A file about which something is to be done.
pub struct Job {
    /// The file.
    pub path: Arc<Path>,
    /// How it came to be due.
    pub waiting: Waiting,
    /// What it was when it was examined.
    pub state: State,
    /// What may be done about it.
    pub treatment: Treatment,
    /// What was found in it.
    pub inspection: Inspection,
}

/// What examining a file gave.
enum Examined {
    Gone,
    Other,
    Moving(State),
    Saving(PathBuf, State),
    /// We wrote it, or its copy is as it must be.
    Done(State),
    /// It is of no concern: why.
    LeftOut(State, &'static str),
    Read(State, Box<Inspection>),
    /// It may be half a file.
    Unready(State, Trouble),
    Wrong(Option<State>, Trouble),
}

impl Item {
    /// A file that is due now.
    pub fn now(path: &Path) -> Self {
        let now = Instant::now();
        Self {
            path: path.into(),
            waiting: Waiting {
                due: now,
                since: now,
                state: None,
                tries: 0,
                is_told: false,
            },
        }
    }
}

impl Live<'_> {
    /// Examines files, tells what is to be told, and gives those about which
    /// something is to be done.
    pub(super) fn examine_all(&mut self, items: Vec<Item>) -> io::Result<Vec<Job>> {
        let mut jobs = Vec::new();
        let mut examined = Vec::with_capacity(items.len());
        let examiner = Examiner {
            settings: self.settings,
            desk: &self.desk,
            seen: &self.seen,
            mirror: self.mirror.as_ref(),
        };
        let stop = self.stop_flag();
        in_order(
            &items,
            self.settings.run.threads,
            |item| match stop.load(Ordering::SeqCst) {
                true => None,
                false => Some(examiner.examine(item)),
            },
            |_, result| {
                examined.push(result);
                Ok::<(), io::Error>(())
            },
        )?;
        for (item, examined) in items.into_iter().zip(examined) {
            if let Some(examined) = examined {
                jobs.extend(self.sort_out(item, examined)?);
            }
        }
        Ok(jobs)
    }

    fn sort_out(&mut self, item: Item, examined: Examined) -> io::Result<Option<Job>> {
        if matches!(examined, Examined::LeftOut(..) | Examined::Read(..)) {
            self.stores.examined(&item.path);
        }
        match examined {
            Examined::Gone => self.gone(&item.path)?,
            Examined::Other => {
                self.seen.forget(&item.path);
                self.remove_from_mirror(&item.path)?;
            }
            Examined::Moving(state) => {
                let why = "changes all the time: it is touched when it is still";
                self.wait_again(item, Some(state), 0, why)?;
            }
            Examined::Saving(copy, state) => {
                let why = format!(
                    "waits: Jupyter is saving it; if Jupyter is not running, delete {}",
                    copy.display()
                );
                let tries = item.waiting.tries + 1;
                self.wait_again(item, Some(state), tries, &why)?;
            }
            Examined::Done(state) => self.seen.mark(&item.path, &state),
            Examined::LeftOut(state, why) => {
                self.tell_left_out(&item.path, &state, why)?;
                self.seen.mark(&item.path, &state);
                self.remove_from_mirror(&item.path)?;
                self.take_names(&item.path);
            }
            Examined::Unready(state, trouble) => self.unready(item, state, &trouble)?,
            Examined::Wrong(state, trouble) => self.wrong(&item.path, state, &trouble)?,
            Examined::Read(state, inspection) => return self.read_whole(item, state, *inspection),
        }
        Ok(None)
    }

    fn read_whole(
        &mut self,
        item: Item,
        state: State,
        inspection: Inspection,
    ) -> io::Result<Option<Job>> {
        let path = &item.path;
        // Said once, and not at each save.
        let notes = inspection.notes.iter().filter(|_| !self.seen.knows(path));
        for note in notes {
            let shown = escape(&path.to_string_lossy()).into_owned();
            self.voice.note(&format!("{shown}: {note}"))?;
        }
        for message in &inspection.troubles {
            self.voice.trouble(&Trouble {
                advice: Some("this part was not touched".to_owned()),
                ..plainly(path, message)
            })?;
        }
        if !inspection.troubles.is_empty() && self.mirror.is_some() {
            // What is in a broken part, nobody knows.
            self.seen.mark(path, &state);
            self.remove_from_mirror(path)?;
            return Ok(None);
        }
        if inspection.found.is_empty() && self.mirror.is_none() {
            if !self.seen.knows(path) {
                let report = nothing_found(path);
                self.voice.file(&report)?;
            }
            if inspection.troubles.is_empty() {
                self.voice.resolved(path);
            }
            self.seen.mark(path, &state);
            return Ok(None);
        }
        let met = Met {
            path: path.to_path_buf(),
            is_named: self.settings.run.wanted.names(path),
        };
        let treatment = match self.settings.run.keeps_values_in(path) {
            true => Treatment::Kept,
            false => met.treatment(),
        };
        Ok(Some(Job {
            path: item.path,
            waiting: item.waiting,
            state,
            treatment,
            inspection,
        }))
    }

    /// A file that does not parse is waited for: it may be half of one.
    fn unready(&mut self, item: Item, state: State, trouble: &Trouble) -> io::Result<()> {
        let has_waited = item.waiting.since.elapsed() >= PATIENCE;
        if has_waited || !is_young(&state) {
            return self.wrong(&item.path, Some(state), trouble);
        }
        let tries = item.waiting.tries + 1;
        self.wait_again(item, Some(state), tries, "waits: it is not whole")
    }

    /// A file cannot be worked on, until it changes.
    pub(super) fn wrong(
        &mut self,
        path: &Path,
        state: Option<State>,
        trouble: &Trouble,
    ) -> io::Result<()> {
        if let Some(state) = state {
            self.seen.mark(path, &state);
        }
        self.remove_from_mirror(path)?;
        self.voice.trouble(trouble)
    }

    /// A file cannot be taken yet. That is told when it takes long.
    pub(super) fn wait_again(
        &mut self,
        item: Item,
        state: Option<State>,
        tries: u32,
        why: &str,
    ) -> io::Result<()> {
        let now = Instant::now();
        let mut waiting = Waiting {
            due: now + settle::pause(tries, self.settings.quiet),
            state,
            tries,
            ..item.waiting
        };
        if !waiting.is_told && now.duration_since(waiting.since) >= PATIENCE {
            waiting.is_told = true;
            let path = &item.path;
            self.voice.live(&Happening::Waiting { path, why })?;
        }
        self.pending.wait_again(item.path, waiting);
        Ok(())
    }

    fn tell_left_out(&mut self, path: &Path, state: &State, why: &str) -> io::Result<()> {
        if self.seen.is_same(path, state) || self.seen.knows(path) {
            return Ok(());
        }
        self.voice.tell(&Event::Skipped { path, why })
    }
}

/// Looks at files, on any thread.
struct Examiner<'l> {
    settings: &'l WatchSettings,
    desk: &'l Desk,
    seen: &'l Seen,
    mirror: Option<&'l Mirror>,
}

impl Examiner<'_> {
    fn examine(&self, item: &Item) -> Examined {
        let path = &*item.path;
        let is_named = self.settings.run.wanted.names(path);
        let state = settle::state(path, is_named);
        if let Some(state) = state {
            if let Some(why) = self.left_out(path, &state) {
                return Examined::LeftOut(state, why);
            }
            if self.is_current(path, &state) {
                return Examined::Done(state);
            }
        }
        let look = settle::look(path, is_named, &item.waiting, self.settings.quiet);
        match look {
            Look::Gone => Examined::Gone,
            Look::Other => Examined::Other,
            Look::Moving(state) => Examined::Moving(state),
            Look::Saving { copy, state } => Examined::Saving(copy, state),
            Look::Unreadable(error, state) => Examined::Wrong(state, unreadable(path, &error)),
            Look::Still(snapshot) => self.read(path, is_named, &snapshot),
        }
    }

    /// Why a file is of no concern, by its name or its size.
    fn left_out(&self, path: &Path, state: &State) -> Option<&'static str> {
        if !self.settings.run.wanted.reaches(path, false) {
            // It turned out to be an environment, a cache or the like.
            return Some("in a folder that is left out");
        }
        let below = self.settings.below_root(path);
        let by_name = self.mirror.and_then(|mirror| mirror.leaves_out(below));
        by_name.or_else(|| is_large(path, state).then_some(IS_LARGE))
    }

    /// Whether the copy of a file in the mirror is as it must be, and the file
    /// holds nothing that must be known.
    fn is_current(&self, path: &Path, state: &State) -> bool {
        let below = self.settings.below_root(path);
        if is_example(below) {
            // What it says must be known.
            return false;
        }
        let entry = self.mirror.and_then(|mirror| mirror.current(below, state));
        entry.is_some_and(|entry| !entry.found)
    }

    fn read(&self, path: &Path, is_named: bool, snapshot: &Snapshot) -> Examined {
        let state = snapshot.state();
        let bytes = snapshot.bytes();
        if self.seen.wrote_any(path) && self.seen.is_ours(path, &digest(bytes)) {
            return Examined::Done(state);
        }
        if bytes.is_empty() && format::is_strict(path) && is_young(&state) {
            // Cut to nothing, and not written yet.
            return Examined::Unready(state, plainly(path, "the file is empty"));
        }
        match self.desk.inspect(path, bytes) {
            Ok(inspection) => {
                // It is read as plain text, since it does not parse; or a part
                // of it is broken.
                let doubt = doubts(&inspection).next().map(|why| plainly(path, why));
                match doubt {
                    Some(trouble) if is_young(&state) => Examined::Unready(state, trouble),
                    _ => Examined::Read(state, Box::new(inspection)),
                }
            }
            Err(Failure::Binary) if !is_named => Examined::LeftOut(state, IS_BINARY),
            Err(Failure::Binary) => Examined::Wrong(Some(state), plainly(path, IS_BINARY)),
            Err(Failure::Unready(trouble)) => Examined::Unready(state, trouble),
            Err(Failure::Final(trouble)) => Examined::Wrong(Some(state), trouble),
        }
    }
}

/// What speaks against a file's being whole.
fn doubts(inspection: &Inspection) -> impl Iterator<Item = &String> {
    inspection.notes.iter().chain(&inspection.troubles)
}

/// Whether a file is too large to be held, and no text.
fn is_large(path: &Path, state: &State) -> bool {
    state.len() > LARGE && source::beginning(path).is_ok_and(|bytes| encoding::is_binary(&bytes))
}

/// Whether a file was written to so lately that it may not be whole.
pub fn is_young(state: &State) -> bool {
    let modified = state.modified();
    modified.is_some_and(|time| time.elapsed().map_or(true, |age| age < PATIENCE))
}

fn plainly(path: &Path, why: &str) -> Trouble {
    Trouble {
        path: path.to_owned(),
        message: why.to_owned(),
        advice: None,
    }
}

fn nothing_found(path: &Path) -> FileReport {
    FileReport {
        path: path.to_owned(),
        found: Vec::new(),
        variables: Default::default(),
        outcome: Outcome::Unchanged,
    }
}

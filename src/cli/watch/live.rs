//! The loop of a watch: hears, waits until files are quiet, and calls those
//! who examine and save.
//!
//! It sleeps until something is heard or due. When nothing is, it sleeps for
//! ever: an idle watch costs nothing.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::{Duration, Instant};

use super::Message;
use super::after::{self, After};
use super::desk::Desk;
use super::example::Examples;
use super::in_place::InPlace;
use super::look::{Item, Job};
use super::mirrored::Stuck;
use super::search::Search;
use super::stores::Stores;
use super::voice::Voice;
use crate::cli::Exit;
use crate::cli::exempt;
use crate::cli::settings::Action;
use crate::cli::settings::watch::WatchSettings;
use crate::cli::survey::unreadable;
use crate::report::{Event, Live as Happening, Trouble};
use crate::watch::ears::Ears;
use crate::watch::events::{self, Heard};
use crate::watch::leftovers;
use crate::watch::mirror::Mirror;
use crate::watch::pending::Pending;
use crate::watch::seen::Seen;

/// How many files are examined at once in the first pass, and later.
const FIRST: usize = 4096;
const MOST: usize = 1024;

/// How long the end waits for a command that still runs.
const FOR_A_COMMAND: Duration = Duration::from_secs(60);

/// A watch.
pub struct Live<'s> {
    pub(super) settings: &'s WatchSettings,
    pub(super) desk: Desk,
    pub(super) mirror: Option<Mirror>,
    pub(super) here: InPlace,
    pub(super) voice: Voice,
    pub(super) pending: Pending,
    pub(super) seen: Seen,
    pub(super) search: Search,
    pub(super) examples: Examples,
    /// Copies in the mirror that could not be removed.
    pub(super) stuck: Stuck,
    /// Credential stores among the files.
    pub(super) stores: Stores,
    pub(super) after: After,
    pub(super) ears: Option<Ears>,
    /// How often all files are looked at.
    pub(super) poll: Option<Duration>,
    /// When all files are looked at next.
    pub(super) rescan: Option<Instant>,
    pub(super) messages: Sender<Message>,
    inbox: Receiver<Message>,
    stop: Arc<AtomicBool>,
    /// What is watched is gone.
    pub(super) is_over: bool,
}

impl<'s> Live<'s> {
    /// A watch that has not begun.
    pub fn new(
        settings: &'s WatchSettings,
        desk: Desk,
        mirror: Option<Mirror>,
        messages: Sender<Message>,
        inbox: Receiver<Message>,
        stop: Arc<AtomicBool>,
    ) -> Self {
        let env_file = match &settings.run.action {
            Action::Save { env_file } => env_file.as_deref(),
            _ => None,
        };
        let is_mirror = mirror.is_some();
        Self {
            settings,
            desk,
            mirror,
            here: InPlace::new(settings.quiet, env_file),
            voice: Voice::new(settings.run.output, is_mirror),
            pending: Pending::new(settings.quiet),
            seen: Seen::default(),
            search: Search::default(),
            examples: Examples::default(),
            stuck: Stuck::default(),
            stores: Stores::default(),
            after: After::new(settings.exec.clone(), settings.notify, messages.clone()),
            ears: None,
            poll: None,
            rescan: None,
            messages,
            inbox,
            stop,
            is_over: false,
        }
    }

    /// Watches until it is to end.
    pub fn run(mut self, notes: &[String]) -> io::Result<Exit> {
        for note in self.settings.run.project.problems.iter().chain(notes) {
            self.voice.note(note)?;
        }
        if let Some(program) = after::lacks_notifier().filter(|_| self.settings.notify) {
            self.voice
                .note(&format!("no notifications: there is no {program} here"))?;
        }
        self.begin()?;
        while !self.is_stopped() && !self.is_over {
            self.work()?;
            if self.settings.once && self.is_done() {
                break;
            }
            self.voice.status(self.seen.len(), self.pending.len())?;
            self.listen()?;
        }
        self.end()
    }

    /// Whether somebody wants it to end.
    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    pub(super) fn stop_flag(&self) -> &AtomicBool {
        &self.stop
    }

    fn is_done(&self) -> bool {
        self.pending.is_empty() && !self.has_search() && !self.here.retained.is_busy()
    }

    fn begin(&mut self) -> io::Result<()> {
        self.choose_how()?;
        let walked = self.walk_and_listen(&self.settings.run.wanted.clone())?;
        for (path, error) in &walked.troubles {
            self.voice.trouble_of_the_run(&unreadable(path, error))?;
        }
        for skipped in &walked.skipped {
            let (path, why) = (&*skipped.path, skipped.why);
            self.voice.tell(&Event::Skipped { path, why })?;
        }
        if self.mirror.is_none() {
            for folder in &walked.folders {
                leftovers::remove(folder);
            }
        }
        let files: BTreeSet<PathBuf> =
            self.of_concern(walked.files.into_iter().map(|met| met.path));
        self.keep_in_mirror(&files)?;
        self.advise(&walked.folders)?;
        self.first_pass(&files)?;
        let folders = walked.folders.len();
        drop(files);
        if !self.settings.once && !self.is_stopped() {
            let mirror = self.settings.mirror.as_deref();
            self.voice.live(&Happening::Watching {
                files: self.seen.len() + self.pending.len(),
                folders,
                polled: self.poll,
                mirror,
            })?;
        }
        Ok(())
    }

    /// What a person should know before it begins.
    fn advise(&mut self, folders: &[PathBuf]) -> io::Result<()> {
        if self.mirror.is_some() {
            return self.voice.note(
                "the originals are not touched. This is what to use while a notebook is open in JupyterLab; what must not travel or cannot be made safe is not in the mirror (-v names it)",
            );
        }
        let mut stores = folders
            .iter()
            .map(|folder| folder.join(".jupyter_ystore.db"));
        if let Some(store) = stores.find(|store| store.exists()) {
            self.voice.note(&format!(
                "{}: jupyter-collaboration keeps its own copy of open notebooks there and may put it back; close them, or use --to",
                store.display()
            ))?;
        }
        if self.settings.once {
            return Ok(());
        }
        self.voice.note(
            "a notebook that is open in JupyterLab meanwhile: Lab asks at its next save, answer Revert; `--to DIR` leaves the originals alone",
        )
    }

    /// All that is there, before anything is heard.
    fn first_pass(&mut self, files: &BTreeSet<PathBuf>) -> io::Result<()> {
        let known_before = self.seen.len();
        let mut jobs = Vec::new();
        let mut files = files.iter().peekable();
        while files.peek().is_some() && !self.is_stopped() {
            let some = files.by_ref().take(FIRST);
            let items = some.map(|path| Item::now(path)).collect();
            jobs.extend(self.examine_all(items)?);
            let waiting = self.pending.len();
            self.voice.status(self.seen.len() - known_before, waiting)?;
        }
        let made_before = self
            .mirror
            .as_ref()
            .map(|mirror| mirror.searched().map(str::to_owned));
        self.finish(jobs)?;
        match made_before {
            // Each file was searched for all that is known now, be it in an
            // earlier run.
            Some(Some(before)) if before == self.desk.signature() => self.all_searched(),
            Some(None) if !self.is_stopped() => self.all_searched(),
            _ => Ok(()),
        }
    }

    /// Does what is due.
    fn work(&mut self) -> io::Result<()> {
        let now = Instant::now();
        self.late_saves(now)?;
        self.retry_removals(now)?;
        self.know_stores()?;
        if self.rescan.is_some_and(|when| when <= now) {
            self.rescan = self.poll.map(|poll| now + poll);
            self.look_everywhere()?;
        }
        let due = self.pending.take_due(Instant::now(), MOST);
        if !due.is_empty() {
            let items = due
                .into_iter()
                .map(|(path, waiting)| Item { path, waiting });
            let items = self.admitted(items.collect());
            let jobs = self.examine_all(items)?;
            self.finish(jobs)?;
        } else if self.has_search() {
            self.search_some()?;
        }
        if let Err(error) = self.after.go_on() {
            let message = format!("the command of --exec cannot be started: {error}");
            self.voice.trouble_of_the_run(&of_the_run(message))?;
        }
        Ok(())
    }

    /// Learns what files hold, and does what is to be done about it.
    fn finish(&mut self, jobs: Vec<Job>) -> io::Result<()> {
        self.know_stores()?;
        self.respect_variables();
        let inspections = jobs.iter().map(|job| (&*job.path, &job.inspection));
        self.desk.learn(inspections.collect());
        match self.mirror {
            Some(_) => {
                self.mirror_all(jobs)?;
                self.write_examples()
            }
            None => self.save_all(jobs),
        }
    }

    /// Sleeps until something is due or heard, and takes in all that was.
    fn listen(&mut self) -> io::Result<()> {
        let first = match self.next_due() {
            Some(when) => {
                let time = when.saturating_duration_since(Instant::now());
                self.inbox.recv_timeout(time).ok()
            }
            // We hold a sender ourselves: this ends with a message only.
            None => self.inbox.recv().ok(),
        };
        let mut next = first;
        while let Some(message) = next {
            self.take_in(message)?;
            next = self.inbox.try_recv().ok();
        }
        self.write_examples()
    }

    fn next_due(&mut self) -> Option<Instant> {
        if self.has_search() {
            return Some(Instant::now());
        }
        let due = [
            self.pending.next_due(),
            self.here.retained.next_due(),
            self.stuck.next_due(),
            self.rescan,
        ];
        due.into_iter().flatten().min()
    }

    fn take_in(&mut self, message: Message) -> io::Result<()> {
        match message {
            Message::Stop => Ok(()),
            Message::Ended(status) => match self.after.ended(&status) {
                Some(message) => self.voice.trouble_of_the_run(&of_the_run(message)),
                None => Ok(()),
            },
            Message::Heard(Ok(event)) => {
                for heard in events::heard(&event, &self.settings.near) {
                    self.hear(heard)?;
                }
                Ok(())
            }
            Message::Heard(Err(error)) => match error.kind {
                notify::ErrorKind::MaxFilesWatch => self.go_deaf(&error),
                // What was missed is found by looking.
                _ => self.hear(Heard::Lost),
            },
        }
    }

    fn end(mut self) -> io::Result<Exit> {
        self.last_saves()?;
        let end = Instant::now() + FOR_A_COMMAND;
        while self.after.is_busy() && Instant::now() < end {
            if self.after.go_on().is_err() {
                break;
            }
            let time = end.saturating_duration_since(Instant::now());
            if let Ok(message @ Message::Ended(_)) = self.inbox.recv_timeout(time) {
                self.take_in(message)?;
            }
        }
        let exemptions = &self.desk.sanitizer().exemptions;
        if self.settings.once {
            exempt::tell_stale(
                &self.settings.run,
                exemptions,
                &self.desk.uses,
                self.voice.reporter(),
            )?;
        }
        if let Some(keeper) = self.here.into_keeper() {
            keeper.conclude(self.voice.reporter())?;
        }
        self.voice.finish()
    }
}

/// Trouble that is of no file.
fn of_the_run(message: String) -> Trouble {
    Trouble {
        path: PathBuf::from("watch"),
        message,
        advice: None,
    }
}

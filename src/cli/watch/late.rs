//! What was saved into a file at the moment in which it was replaced.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::after::{Change, ChangeKind};
use super::desk::Failure;
use super::in_place::{is_newer, not_kept, report};
use super::live::Live;
use crate::cli::fix::has_outputs;
use crate::report::{Outcome, Trouble};
use crate::sanitize::Sanitized;
use crate::save::{self, Snapshot};
use crate::watch::retained::Late;
use crate::watch::seen;

/// How long the end of a watch waits for what is being written.
const AT_THE_END: Duration = Duration::from_secs(10);

impl Live<'_> {
    /// Takes up what was written into replaced files.
    pub(super) fn late_saves(&mut self, now: Instant) -> io::Result<()> {
        for late in self.here.retained.take_late(now) {
            self.late_save(late, now)?;
        }
        Ok(())
    }

    /// Before the end: what is being written just now is waited for.
    pub(super) fn last_saves(&mut self) -> io::Result<()> {
        let end = Instant::now() + AT_THE_END;
        self.here.retained.hurry(Instant::now());
        while self.here.retained.is_busy() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
            self.late_saves(Instant::now())?;
        }
        for path in self.here.retained.busy() {
            self.lost(path, "was being saved when the watch ended".into())?;
        }
        Ok(())
    }

    fn late_save(&mut self, late: Late, now: Instant) -> io::Result<()> {
        let current = match Snapshot::read(&late.path) {
            Ok(current) => current,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.lost(late.path, "was moved or removed while it was saved".into());
            }
            Err(error) => return self.not_in_place(late, now, &error, false),
        };
        let is_ours = seen::digest(current.bytes()) == late.ours;
        if !is_ours && is_newer(&current.state(), &late.state) {
            // It was saved once more since.
            return Ok(());
        }
        match self.clean_late(&late) {
            Ok(sanitized) => match self.here.keep(&sanitized) {
                Ok(()) => self.put_late(late, &current, sanitized, now).map(drop),
                // Its values would stand nowhere any more.
                Err(why) => {
                    let trouble = not_kept(&late.path, &why);
                    self.put_as_it_is(late, &current, now, Some(&trouble))
                }
            },
            Err(Failure::Unready(trouble)) => {
                let path = late.path.clone();
                match self.here.retained.wait_for_more(late, now) {
                    true => Ok(()),
                    false => {
                        let why = format!("a save of it was not finished ({})", trouble.message);
                        self.lost(path, why)
                    }
                }
            }
            // Nobody's work is lost because it cannot be sanitized.
            Err(Failure::Binary) => self.put_as_it_is(late, &current, now, None),
            Err(Failure::Final(trouble)) => self.put_as_it_is(late, &current, now, Some(&trouble)),
        }
    }

    /// What stands in the place of a late save cannot be replaced. That may
    /// pass, but when the watch ends only what `passes` by itself is waited for.
    fn not_in_place(
        &mut self,
        late: Late,
        now: Instant,
        error: &dyn std::error::Error,
        passes: bool,
    ) -> io::Result<()> {
        let path = late.path.clone();
        let may_wait = passes || !self.is_stopped();
        if may_wait && self.here.retained.wait_for_more(late, now) {
            return Ok(());
        }
        let why =
            format!("was saved while it was replaced, and cannot be replaced again ({error})");
        self.lost(path, why)
    }

    /// A save is lost: `why` says what happened to its file.
    fn lost(&mut self, path: PathBuf, why: String) -> io::Result<()> {
        self.voice.trouble(&Trouble {
            path,
            message: format!("{why}: its last save is lost"),
            advice: Some("save it once more".into()),
        })
    }

    fn clean_late(&mut self, late: &Late) -> Result<Sanitized, Failure> {
        let inspection = self.desk.inspect(&late.path, &late.bytes)?;
        self.respect_variables();
        self.desk.learn(vec![(&late.path, &inspection)]);
        self.desk.sanitize(&late.path, &late.bytes)
    }

    /// Puts a late save in its place with whatever is in it, and tells `why`.
    fn put_as_it_is(
        &mut self,
        late: Late,
        current: &Snapshot,
        now: Instant,
        why: Option<&Trouble>,
    ) -> io::Result<()> {
        let is_put = self.put_late(late, current, Sanitized::default(), now)?;
        match why.filter(|_| is_put) {
            Some(trouble) => self.voice.trouble(trouble),
            None => Ok(()),
        }
    }

    /// Puts what a late save became in its place. Says whether it is there now.
    fn put_late(
        &mut self,
        late: Late,
        current: &Snapshot,
        sanitized: Sanitized,
        now: Instant,
    ) -> io::Result<bool> {
        let new = sanitized.bytes.as_deref().unwrap_or(&late.bytes);
        let (ours, had_outputs) = (seen::digest(new), has_outputs(new));
        if new == current.bytes() {
            self.here.retained.follow(late, ours, now);
            return Ok(true);
        }
        let (saved, replaced) = match save::replace_keeping(current, new) {
            Ok(put) => put,
            Err(error) => {
                let passes = error.is_passing();
                self.not_in_place(late, now, &error, passes)?;
                return Ok(false);
            }
        };
        let path: PathBuf = late.path.clone();
        self.seen.mark(&path, &saved.state);
        self.seen.wrote(&path, ours);
        self.here
            .retained
            .keep(&path, replaced, current.state(), ours, now);
        self.here.retained.follow(late, ours, now);
        self.after.changed(&[Change {
            path: self.settings.near.full(&path),
            kind: ChangeKind::written(&sanitized),
        }]);
        let report = report(&path, sanitized, Outcome::Fixed { had_outputs });
        self.voice.file(&report)?;
        self.voice.note(&format!(
            "{} was saved while it was replaced: that save is in its place now",
            path.display()
        ))?;
        Ok(true)
    }
}

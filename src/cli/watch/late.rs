//! What was saved into a file at the moment in which it was replaced.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

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
        while self.here.retained.is_busy() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
            self.late_saves(Instant::now())?;
        }
        Ok(())
    }

    fn late_save(&mut self, late: Late, now: Instant) -> io::Result<()> {
        let current = match Snapshot::read(&late.path) {
            Ok(current) => current,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return self.voice.trouble(&Trouble {
                    path: late.path,
                    message: "was moved or removed while it was saved: its last save is lost"
                        .into(),
                    advice: Some("save it once more".into()),
                });
            }
            Err(_) => {
                self.here.retained.wait_for_more(late, now);
                return Ok(());
            }
        };
        let is_ours = seen::digest(current.bytes()) == late.ours;
        if !is_ours && is_newer(&current.state(), &late.state) {
            // It was saved once more since.
            return Ok(());
        }
        match self.clean_late(&late) {
            Ok(sanitized) => match self.here.keep(&sanitized) {
                Ok(()) => self.put_late(late, &current, sanitized, now),
                // Its values would stand nowhere any more.
                Err(why) => {
                    let trouble = not_kept(&late.path, &why);
                    self.put_late(late, &current, Sanitized::default(), now)?;
                    self.voice.trouble(&trouble)
                }
            },
            Err(Failure::Unready(trouble)) if late.is_hopeless(now) => {
                self.voice.trouble(&Trouble {
                    message: format!("a save of it was not finished: {}", trouble.message),
                    ..trouble
                })
            }
            Err(Failure::Unready(_)) => {
                self.here.retained.wait_for_more(late, now);
                Ok(())
            }
            // Nobody's work is lost because it cannot be sanitized.
            Err(Failure::Binary) => self.put_late(late, &current, Sanitized::default(), now),
            Err(Failure::Final(trouble)) => {
                self.put_late(late, &current, Sanitized::default(), now)?;
                self.voice.trouble(&trouble)
            }
        }
    }

    fn clean_late(&mut self, late: &Late) -> Result<Sanitized, Failure> {
        let inspection = self.desk.inspect(&late.path, &late.bytes)?;
        self.respect_variables();
        self.desk.learn(vec![(&late.path, &inspection)]);
        self.desk.sanitize(&late.path, &late.bytes)
    }

    fn put_late(
        &mut self,
        late: Late,
        current: &Snapshot,
        sanitized: Sanitized,
        now: Instant,
    ) -> io::Result<()> {
        let new = sanitized.bytes.as_deref().unwrap_or(&late.bytes);
        let (ours, had_outputs) = (seen::digest(new), has_outputs(new));
        if new == current.bytes() {
            self.here.retained.follow(late, ours, now);
            return Ok(());
        }
        let Ok((saved, replaced)) = save::replace_keeping(current, new) else {
            // It is saved once more just now, or cannot be written: either is
            // seen at the next look.
            self.here.retained.wait_for_more(late, now);
            return Ok(());
        };
        let path: PathBuf = late.path.clone();
        self.seen.mark(&path, &saved.state);
        self.seen.wrote(&path, ours);
        self.here
            .retained
            .keep(&path, replaced, current.state(), ours, now);
        self.here.retained.follow(late, ours, now);
        self.after.sanitized(std::slice::from_ref(&path));
        let report = report(&path, sanitized, Outcome::Fixed { had_outputs });
        self.voice.file(&report)?;
        self.voice.note(&format!(
            "{} was saved while it was replaced: that save is in its place now",
            path.display()
        ))
    }
}

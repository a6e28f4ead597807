//! Replaced files, kept open until they are quiet.
//!
//! No call makes the last check and the rename one: a program may open the
//! file between the two, and then writes into a file that no name leads to any
//! more. What it writes there is the newer save. So each replaced file is kept
//! open for a while and looked at, often at first and then less often; what is
//! found in it when it is still again belongs in the place of ours.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::names;
use super::seen::Digest;
use super::writers;
use crate::save::{Identity, State};

/// How long a replaced file is looked at after it was last written to.
const WHILE: Duration = Duration::from_secs(20);
/// The time between two looks, at first and at most.
const OFTEN: Duration = Duration::from_millis(25);
const SELDOM: Duration = Duration::from_secs(5);
/// As many open files as a process may surely have.
const MOST: usize = 200;

/// A save that went into a replaced file.
#[derive(Debug)]
pub struct Late {
    /// The file that it was meant for.
    pub path: PathBuf,
    /// What was saved.
    pub bytes: Vec<u8>,
    /// What the replaced file was then.
    pub state: State,
    /// What we had put into its place.
    pub ours: Digest,
    kept: Kept,
}

/// Replaced files.
#[derive(Debug)]
pub struct Retained {
    quiet: Duration,
    files: Vec<Kept>,
}

#[derive(Debug)]
struct Kept {
    path: PathBuf,
    file: File,
    /// What we had put into its place.
    ours: Digest,
    /// As it was when it was replaced, or when it was last taken up.
    known: State,
    /// As it was at the last look, and since when.
    last: (State, Instant),
    next: Instant,
    pause: Duration,
    until: Instant,
}

impl Retained {
    /// Nothing yet; a file is still after `quiet` without a change.
    pub fn new(quiet: Duration) -> Self {
        Self {
            quiet,
            files: Vec::new(),
        }
    }

    /// A file was replaced: `was` is what it had been, `ours` what is in its
    /// place now.
    pub fn keep(&mut self, path: &Path, file: File, was: State, ours: Digest, now: Instant) {
        if self.files.len() >= MOST {
            self.make_room();
        }
        self.files.push(Kept {
            path: path.to_owned(),
            file,
            ours,
            known: was,
            last: (was, now),
            next: now,
            pause: OFTEN,
            until: now + WHILE,
        });
    }

    /// When the next look is due.
    pub fn next_due(&self) -> Option<Instant> {
        self.files.iter().map(|kept| kept.next).min()
    }

    /// All are to be looked at without delay: there is little time left.
    pub fn hurry(&mut self, now: Instant) {
        for kept in &mut self.files {
            kept.next = kept.next.min(now);
        }
    }

    /// Looks at those that are due, and gives what was written into them and
    /// is still by now.
    pub fn take_late(&mut self, now: Instant) -> Vec<Late> {
        let mut late = Vec::new();
        let mut index = 0;
        while index < self.files.len() {
            let kept = &mut self.files[index];
            match kept.next <= now {
                true => match kept.look(self.quiet, now) {
                    Found::Nothing => index += 1,
                    Found::Over => drop(self.files.swap_remove(index)),
                    Found::Written(bytes, state) => {
                        let kept = self.files.swap_remove(index);
                        late.push(Late {
                            path: kept.path.clone(),
                            bytes,
                            state,
                            ours: kept.ours,
                            kept,
                        });
                    }
                },
                false => index += 1,
            }
        }
        late
    }

    /// A late save could not be taken up: it may not be done, or what stands in
    /// its place cannot be replaced just now. It is looked at again, until it
    /// was as it is for so long that no more will come. Says whether it waits.
    pub fn wait_for_more(&mut self, late: Late, now: Instant) -> bool {
        let mut kept = late.kept;
        if now >= kept.until {
            return false;
        }
        kept.next = (now + kept.pause.max(self.quiet)).min(kept.until);
        kept.pause = (kept.pause * 2).min(SELDOM);
        self.files.push(kept);
        true
    }

    /// A late save was taken up, and the program may go on writing: `ours` is
    /// what we put into the place of what stood there.
    pub fn follow(&mut self, late: Late, ours: Digest, now: Instant) {
        let mut kept = late.kept;
        kept.ours = ours;
        kept.known = late.state;
        kept.last = (late.state, now);
        kept.next = now + OFTEN;
        kept.pause = OFTEN;
        kept.until = now + WHILE;
        self.files.push(kept);
    }

    /// Whether something is being written into one of them just now.
    pub fn is_busy(&self) -> bool {
        self.files.iter().any(Kept::is_written)
    }

    /// The files that these were, for those that are being written.
    pub fn busy(&self) -> Vec<PathBuf> {
        let busy = self.files.iter().filter(|kept| kept.is_written());
        busy.map(|kept| kept.path.clone()).collect()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Closes the oldest half of those that nobody writes to.
    fn make_room(&mut self) {
        let identities: HashSet<Identity> = self
            .files
            .iter()
            .map(|kept| kept.known.identity())
            .collect();
        let open = writers::written(&identities);
        let half = self.files.len() / 2;
        let mut closed = 0;
        self.files.retain(|kept| {
            let is_needed = open.contains(&kept.known.identity()) || kept.is_written();
            let closes = !is_needed && closed < half;
            closed += usize::from(closes);
            !closes
        });
    }
}

enum Found {
    Nothing,
    Over,
    Written(Vec<u8>, State),
}

impl Kept {
    fn state(&self) -> Option<State> {
        self.file
            .metadata()
            .ok()
            .map(|metadata| State::of(&metadata))
    }

    /// Whether it was written to since it was replaced or taken up.
    fn is_written(&self) -> bool {
        self.state().is_some_and(|state| state != self.known)
    }

    fn look(&mut self, quiet: Duration, now: Instant) -> Found {
        let Some(state) = self.state() else {
            return Found::Over;
        };
        if state != self.last.0 {
            self.last = (state, now);
            self.until = now + WHILE;
            self.pause = OFTEN;
        }
        self.next = now + self.pause;
        self.pause = (self.pause * 2).min(SELDOM);
        if state == self.known {
            return match now >= self.until {
                true => Found::Over,
                false => Found::Nothing,
            };
        }
        // A copy that lies there for so long was left by a Jupyter that is dead.
        let is_being_saved =
            now < self.until && names::jupyters_copy(&self.path).is_some_and(|copy| copy.exists());
        if is_being_saved || now.duration_since(self.last.1) < quiet {
            self.next = now + OFTEN.max(quiet / 4);
            return Found::Nothing;
        }
        match self.read() {
            Ok(bytes) if self.state() == Some(state) => Found::Written(bytes, state),
            Ok(_) => Found::Nothing,
            Err(_) => Found::Over,
        }
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0))?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::super::seen::digest;
    use super::*;
    use crate::save::{Snapshot, replace_keeping};

    const QUIET: Duration = Duration::from_millis(50);

    struct Replaced {
        _dir: tempfile::TempDir,
        path: PathBuf,
        /// What a program opened before the replacement.
        open: File,
        retained: Retained,
    }

    fn replaced() -> Replaced {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ipynb");
        fs::write(&path, "old").unwrap();
        let open = File::options().write(true).open(&path).unwrap();
        let snapshot = Snapshot::read(&path).unwrap();
        let (_, file) = replace_keeping(&snapshot, b"ours").unwrap();
        let mut retained = Retained::new(QUIET);
        retained.keep(
            &path,
            file,
            snapshot.state(),
            digest(b"ours"),
            Instant::now(),
        );
        Replaced {
            _dir: dir,
            path,
            open,
            retained,
        }
    }

    fn late(retained: &mut Retained) -> Option<Late> {
        let end = Instant::now() + Duration::from_secs(5);
        while Instant::now() < end {
            if let Some(late) = retained.take_late(Instant::now()).pop() {
                return Some(late);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        None
    }

    #[test]
    fn what_is_written_after_the_rename_is_found_when_it_is_whole() {
        let mut replaced = replaced();
        assert!(replaced.retained.take_late(Instant::now()).is_empty());
        replaced.open.set_len(0).unwrap();
        for piece in ["new", "er ", "save"] {
            std::thread::sleep(Duration::from_millis(20));
            replaced.open.write_all(piece.as_bytes()).unwrap();
            assert!(replaced.retained.take_late(Instant::now()).is_empty());
            assert!(replaced.retained.is_busy());
        }
        let late = late(&mut replaced.retained).expect("it was written to");
        assert_eq!(late.bytes, b"newer save");
        assert_eq!(late.path, replaced.path);
        assert_eq!(late.ours, digest(b"ours"));
        assert_eq!(fs::read(&replaced.path).unwrap(), b"ours");
    }

    #[test]
    fn a_program_that_goes_on_writing_is_followed() {
        let mut replaced = replaced();
        replaced.open.set_len(0).unwrap();
        replaced.open.write_all(b"one").unwrap();
        let first = late(&mut replaced.retained).unwrap();
        let now = Instant::now();
        replaced.retained.follow(first, digest(b"one"), now);
        assert!(!replaced.retained.is_busy());
        replaced.open.write_all(b", two").unwrap();
        let second = late(&mut replaced.retained).unwrap();
        assert_eq!(second.bytes, b"one, two");
    }

    #[test]
    fn what_cannot_be_taken_up_is_tried_for_a_while() {
        let mut replaced = replaced();
        let start = Instant::now();
        replaced.open.set_len(0).unwrap();
        let mut late = late(&mut replaced.retained).expect("it was written to");
        let mut tries = 1;
        let mut now = Instant::now();
        while replaced.retained.wait_for_more(late, now) {
            now = replaced.retained.next_due().unwrap();
            late = replaced.retained.take_late(now).pop().unwrap();
            tries += 1;
        }
        assert!(tries < 20, "{tries} tries");
        assert!(now < start + WHILE * 2);
        assert!(!replaced.retained.is_busy() && replaced.retained.is_empty());
    }

    #[test]
    fn nothing_is_taken_up_while_jupyter_saves() {
        let mut replaced = replaced();
        let copy = replaced.path.with_file_name(".~a.ipynb");
        fs::write(&copy, "old").unwrap();
        replaced.open.set_len(0).unwrap();
        std::thread::sleep(QUIET * 3);
        let now = Instant::now();
        assert!(replaced.retained.take_late(now).is_empty());
        std::thread::sleep(QUIET * 2);
        assert!(replaced.retained.take_late(now + QUIET * 2).is_empty());
        fs::remove_file(&copy).unwrap();
        assert!(late(&mut replaced.retained).is_some());
    }

    #[test]
    fn a_file_that_stays_quiet_is_closed() {
        let mut replaced = replaced();
        let start = Instant::now();
        let mut looks = 0;
        while let Some(next) = replaced.retained.next_due() {
            looks += 1;
            assert!(replaced.retained.take_late(next).is_empty());
        }
        assert!(looks < 20, "{looks} looks");
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "no time was waited for"
        );
        assert!(replaced.retained.is_empty());
    }

    #[test]
    fn of_very_many_the_oldest_are_closed_first() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "x").unwrap();
        let mut retained = Retained::new(QUIET);
        for _ in 0..MOST + 10 {
            let file = File::open(&path).unwrap();
            let state = State::of(&file.metadata().unwrap());
            retained.keep(&path, file, state, digest(b""), Instant::now());
        }
        assert!(retained.len() <= MOST);
    }
}

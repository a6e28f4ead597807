//! Whether a file may be taken: nobody is in the middle of a save.
//!
//! Jupyter copies a notebook to `.~name`, cuts the notebook to nothing and
//! writes into it. A reader in the middle sees half a file, and a rename in
//! the middle loses the save. So a file is taken only if it has been the same
//! for the quiet time, no copy of Jupyter's is beside it, and it was the same
//! before and after it was read. Whether it parses is seen later; what does
//! not parse waits as well, and is never mended.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::names;
use super::pending::Waiting;
use crate::save::{Snapshot, State};

/// What a look at a path gave.
pub enum Look {
    /// Nothing is there.
    Gone,
    /// Something is there that is no file of ours to read: a link, a device.
    Other,
    /// It changes: this is what it is now.
    Moving(State),
    /// Jupyter is saving it.
    Saving {
        /// Jupyter's copy.
        copy: PathBuf,
        /// What the file is now.
        state: State,
    },
    /// It is still.
    Still(Snapshot),
    /// It cannot be read.
    Unreadable(io::Error, Option<State>),
}

/// The longest time between two looks at a file that cannot be taken.
const LONGEST: Duration = Duration::from_secs(60);

/// Times of files that know only seconds say nothing within one, or two.
const COARSE: Duration = Duration::from_secs(2);

/// Looks at a path that was quiet. A link is followed only if it was `named`.
pub fn look(path: &Path, is_named: bool, waiting: &Waiting, quiet: Duration) -> Look {
    match still(path, is_named, waiting, quiet) {
        Ok(state) => read(path, state),
        Err(look) => look,
    }
}

/// The same without reading it: what a file is, if it is still.
fn still(path: &Path, is_named: bool, waiting: &Waiting, quiet: Duration) -> Result<State, Look> {
    let metadata = match metadata(path, is_named) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Look::Gone),
        Err(error) => return Err(Look::Unreadable(error, None)),
    };
    if !metadata.is_file() {
        return Err(Look::Other);
    }
    let state = State::of(&metadata);
    if let Some(copy) = names::jupyters_copy(path).filter(|copy| copy.exists()) {
        return Err(Look::Saving { copy, state });
    }
    let was_another = waiting.state.is_some_and(|before| before != state);
    match was_another || is_fresh(&state, quiet) {
        true => Err(Look::Moving(state)),
        false => Ok(state),
    }
}

/// What a path is now, if it is a file.
pub fn state(path: &Path, is_named: bool) -> Option<State> {
    let metadata = metadata(path, is_named).ok()?;
    metadata.is_file().then(|| State::of(&metadata))
}

/// When to look again at a file that could not be taken for the `tries`th
/// time: soon at first, then less and less often.
pub fn pause(tries: u32, quiet: Duration) -> Duration {
    let quiet = quiet.max(Duration::from_millis(50));
    quiet
        .saturating_mul(1 << tries.min(12))
        .min(LONGEST.max(quiet))
}

/// Whether a file was written to within the quiet time, by its own clock.
fn is_fresh(state: &State, quiet: Duration) -> bool {
    let Some(modified) = state.modified() else {
        return false;
    };
    let nanos = modified
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    let quiet = if nanos == 0 { quiet.max(COARSE) } else { quiet };
    // A time to come is no reason to wait for it.
    modified.elapsed().is_ok_and(|age| age < quiet)
}

fn read(path: &Path, state: State) -> Look {
    let snapshot = match Snapshot::read(path) {
        Ok(snapshot) => snapshot,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Look::Gone,
        Err(error) => return Look::Unreadable(error, Some(state)),
    };
    match fs::metadata(path).map(|metadata| State::of(&metadata)) {
        Ok(after) if after == state && snapshot.state() == state => Look::Still(snapshot),
        Ok(after) => Look::Moving(after),
        Err(_) => Look::Gone,
    }
}

fn metadata(path: &Path, is_named: bool) -> io::Result<Metadata> {
    match is_named {
        true => fs::metadata(path),
        false => fs::symlink_metadata(path),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    const QUIET: Duration = Duration::from_millis(60);

    fn waiting(path: &Path) -> Waiting {
        Waiting {
            due: Instant::now(),
            since: Instant::now(),
            state: state(path, false),
            tries: 0,
            is_told: false,
        }
    }

    fn file(content: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ipynb");
        fs::write(&path, content).unwrap();
        (dir, path)
    }

    #[test]
    fn a_file_is_taken_when_it_is_still() {
        let (_dir, path) = file("{}");
        let first = waiting(&path);
        assert!(matches!(look(&path, false, &first, QUIET), Look::Moving(_)));
        std::thread::sleep(QUIET);
        let Look::Still(snapshot) = look(&path, false, &first, QUIET) else {
            panic!("it is still");
        };
        assert_eq!(snapshot.bytes(), b"{}");
    }

    #[test]
    fn a_file_that_grew_is_not_taken() {
        let (_dir, path) = file("{}");
        let first = waiting(&path);
        fs::write(&path, "{} and more").unwrap();
        std::thread::sleep(QUIET);
        assert!(matches!(look(&path, false, &first, QUIET), Look::Moving(_)));
    }

    #[test]
    fn nothing_is_taken_while_jupyter_saves() {
        let (dir, path) = file("{}");
        let first = waiting(&path);
        std::thread::sleep(QUIET);
        let copy = dir.path().join(".~a.ipynb");
        fs::write(&copy, "{}").unwrap();
        assert!(matches!(
            look(&path, false, &first, QUIET),
            Look::Saving { .. }
        ));
        fs::remove_file(&copy).unwrap();
        assert!(matches!(look(&path, false, &first, QUIET), Look::Still(_)));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_only_if_named() {
        let (dir, path) = file("{}");
        std::thread::sleep(QUIET);
        let link = dir.path().join("link.ipynb");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let waiting = waiting(&path);
        assert!(matches!(look(&link, false, &waiting, QUIET), Look::Other));
        assert!(matches!(look(&link, true, &waiting, QUIET), Look::Still(_)));
        fs::remove_file(&path).unwrap();
        assert!(matches!(look(&link, true, &waiting, QUIET), Look::Gone));
    }

    #[test]
    fn looks_become_rare() {
        assert_eq!(pause(0, QUIET), QUIET);
        assert_eq!(pause(2, QUIET), QUIET * 4);
        assert_eq!(pause(99, QUIET), LONGEST);
    }
}

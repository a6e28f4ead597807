//! A sanitized copy of a folder, kept as the folder changes.
//!
//! A mirror holds nothing that was not looked at: what is put there comes from
//! the sanitizer, atomically, and what could not be made safe is not there.
//! The originals are only read. What the mirror holds is kept in a journal
//! outside of it ([`journal`]); files that somebody else puts into the mirror
//! (a `.git`) are left alone.

pub mod journal;

use std::fs::{self, Permissions};
use std::io;
use std::path::{Path, PathBuf};

pub use journal::{Entry, Journal, JournalError, Origin};

use super::leftovers;
use super::names;
use super::seen::{self, fingerprint};
use crate::save::{self, SaveError, State};
use crate::share::leave_out::{LeaveOut, Reason};

/// A mirror.
#[derive(Debug)]
pub struct Mirror {
    folder: PathBuf,
    journal: Journal,
    rules: LeaveOut,
}

/// Why there can be no mirror.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// One of the two folders is in the other, in the wrong way.
    #[error("a mirror cannot be {0}")]
    Place(&'static str),
    /// There are files in it that are not of a mirror.
    #[error("it is not empty, and no mirror that is known here: empty it, or name another folder")]
    Foreign,
    /// The rules of what travels cannot be read.
    #[error("{0}")]
    Rules(String),
    /// It cannot be made or read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// What it holds is not known.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What became of a file that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It was written.
    Written,
    /// The same was there already.
    Same,
}

impl Mirror {
    /// Opens the mirror of `source` in `folder`, or begins it. `made` says how
    /// it is made, `state` is the folder for what is known of mirrors.
    pub fn open(
        source: &Path,
        folder: &Path,
        made: String,
        state: &Path,
    ) -> Result<Self, MirrorError> {
        fs::create_dir_all(folder)?;
        let (source, folder) = (source.canonicalize()?, folder.canonicalize()?);
        if source == folder {
            return Err(MirrorError::Place("the folder that is watched"));
        }
        if source.starts_with(&folder) {
            return Err(MirrorError::Place("around the folder that is watched"));
        }
        let name = journal_name(&folder);
        let origin = Origin {
            source,
            mirror: folder.clone(),
            made,
        };
        let journal = Journal::open(&state.join(name), origin)?;
        if journal.is_empty() && folder.read_dir()?.next().is_some() {
            return Err(MirrorError::Foreign);
        }
        let mut mirror = Self {
            folder,
            journal,
            rules: LeaveOut::new([], []).map_err(MirrorError::Rules)?,
        };
        mirror.clean_up()?;
        Ok(mirror)
    }

    /// The folder of the mirror, links resolved.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files of the mirror.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.journal.entries.keys().map(PathBuf::as_path)
    }

    /// Why a file, relative to the folder that is mirrored, has no place here,
    /// by its name: the rules are those of a copy to share.
    pub fn leaves_out(&self, path: &Path) -> Option<Reason> {
        let folders = path.ancestors().skip(1);
        let mut folders = folders.filter(|folder| !folder.as_os_str().is_empty());
        folders
            .find_map(|folder| self.rules.by_name(folder, true))
            .or_else(|| self.rules.by_name(path, false))
            .or_else(|| names::is_passing(path).then_some("a temporary file"))
    }

    /// Why a file with this content has no place here.
    pub fn leaves_out_content(&self, path: &Path, bytes: &[u8]) -> Option<Reason> {
        self.rules
            .by_content(path, bytes.get(..4096).unwrap_or(bytes))
    }

    /// What is known of a copy, if its source is as it was when the copy was
    /// made, and the copy too.
    pub fn current(&self, path: &Path, source: &State) -> Option<Entry> {
        let entry = self.journal.entries.get(path)?;
        let copy = fs::symlink_metadata(self.folder.join(path)).ok()?;
        let is_current =
            entry.source == fingerprint(source) && entry.copy == fingerprint(&State::of(&copy));
        is_current.then_some(*entry)
    }

    /// A copy must be made again, though its source did not change.
    pub fn outdate(&mut self, path: &Path) {
        if let Some(entry) = self.journal.entries.get_mut(path) {
            entry.source = 0;
        }
    }

    /// Every copy must be made again.
    pub fn outdate_all(&mut self) {
        self.journal.outdate_all();
    }

    /// Puts what a source in `state` became.
    pub fn put(
        &mut self,
        path: &Path,
        bytes: &[u8],
        mode: Permissions,
        state: &State,
        found: bool,
    ) -> Result<Put, SaveError> {
        let target = self.folder.join(path);
        let is_ours = self.journal.entries.contains_key(path);
        if is_ours && holds(&target, bytes, &mode) {
            self.have(path, &target, state, found)?;
            return Ok(Put::Same);
        }
        self.prepare(path, &target)?;
        save::put(&target, bytes, Some(mode))?;
        self.have(path, &target, state, found)?;
        Ok(Put::Written)
    }

    /// Makes room for a file, and writes down that it is about to be put.
    fn prepare(&mut self, path: &Path, target: &Path) -> Result<(), SaveError> {
        self.make_way(path);
        self.journal.put(path).map_err(not_kept)?;
        let folder = target.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|source| SaveError::Folder {
            folder: folder.to_owned(),
            source,
        })
    }

    /// Puts a file that has no source of its own.
    pub fn put_made(&mut self, path: &Path, bytes: &[u8]) -> Result<Put, SaveError> {
        let target = self.folder.join(path);
        let is_same = self.journal.entries.contains_key(path)
            && fs::read(&target).is_ok_and(|held| held == bytes);
        if is_same {
            return Ok(Put::Same);
        }
        self.prepare(path, &target)?;
        save::put(&target, bytes, save::public_mode())?;
        let entry = Entry {
            source: 0,
            copy: 0,
            found: false,
        };
        self.journal.have(path, entry).map_err(not_kept)?;
        Ok(Put::Written)
    }

    /// Takes a file away, and folders that hold nothing any more. Says whether
    /// it was there.
    pub fn remove(&mut self, path: &Path) -> io::Result<bool> {
        if !self.journal.entries.contains_key(path) && !self.journal.doubtful.contains(path) {
            return Ok(false);
        }
        let target = self.folder.join(path);
        match fs::remove_file(&target) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            // A folder is there now, or what should be one is a file.
            Err(error) if is_another_kind(&error) => {}
            Err(error) => return Err(error),
        }
        let parents = target.ancestors().skip(1);
        for folder in parents.take_while(|folder| *folder != self.folder) {
            if fs::remove_dir(folder).is_err() {
                break;
            }
        }
        self.journal.dropped(path)?;
        Ok(true)
    }

    /// The files of the mirror at a path or below it.
    pub fn at_or_below(&self, path: &Path) -> Vec<PathBuf> {
        let entries = self.journal.entries.range(path.to_owned()..);
        entries
            .map(|(entry, _)| entry)
            .take_while(|entry| entry.starts_with(path))
            .cloned()
            .collect()
    }

    /// What all sources were searched for.
    pub fn searched(&self) -> Option<&str> {
        self.journal.searched.as_deref()
    }

    /// All sources were searched for values.
    pub fn set_searched(&mut self, values: String) -> io::Result<()> {
        self.journal.searched(values)
    }

    fn have(
        &mut self,
        path: &Path,
        target: &Path,
        source: &State,
        found: bool,
    ) -> Result<(), SaveError> {
        let copy = fs::symlink_metadata(target).map_err(not_kept)?;
        let entry = Entry {
            source: fingerprint(source),
            copy: fingerprint(&State::of(&copy)),
            found,
        };
        self.journal.have(path, entry).map_err(not_kept)
    }

    /// What was a file may be a folder now, and the other way round.
    fn make_way(&mut self, path: &Path) {
        let above: Vec<PathBuf> = path
            .ancestors()
            .skip(1)
            .filter(|folder| self.journal.entries.contains_key(*folder))
            .map(Path::to_owned)
            .collect();
        let below = self.at_or_below(path).into_iter();
        for other in above.into_iter().chain(below.filter(|below| below != path)) {
            // If it stays, the new file cannot be put, which is told.
            let _ = self.remove(&other);
        }
    }

    /// After a kill: files of which nobody knows what they hold, and temporary
    /// ones.
    fn clean_up(&mut self) -> io::Result<()> {
        let doubtful: Vec<PathBuf> = self.journal.doubtful.iter().cloned().collect();
        let folder_of = |path: &Path| path.parent().map(Path::to_owned);
        let mut folders: Vec<PathBuf> = self.paths().filter_map(folder_of).collect();
        folders.extend(doubtful.iter().filter_map(|path| folder_of(path)));
        folders.push(PathBuf::new());
        folders.sort();
        folders.dedup();
        for folder in folders {
            leftovers::remove(&self.folder.join(folder));
        }
        for path in doubtful {
            self.remove(&path)?;
        }
        Ok(())
    }
}

/// Whether a file holds these bytes already.
fn holds(path: &Path, bytes: &[u8], mode: &Permissions) -> bool {
    let is_alike = fs::symlink_metadata(path).is_ok_and(|metadata| {
        metadata.is_file()
            && metadata.len() == bytes.len() as u64
            && metadata.permissions() == *mode
    });
    is_alike && fs::read(path).is_ok_and(|held| held == bytes)
}

fn is_another_kind(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::IsADirectory | io::ErrorKind::NotADirectory
    )
}

fn not_kept(source: io::Error) -> SaveError {
    SaveError::Io {
        doing: "write down what the mirror holds",
        source,
    }
}

/// The name of a mirror's journal.
fn journal_name(folder: &Path) -> String {
    let digest = seen::digest(folder.as_os_str().as_encoded_bytes());
    let hex: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hex}.jsonl")
}

/// The folder for what is known of mirrors: that of the user's for state.
pub fn state_folder() -> Option<PathBuf> {
    let given = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let given = given.filter(|path| path.is_absolute());
    let home = || std::env::home_dir().map(|home| home.join(USUAL));
    Some(given.or_else(home)?.join("unspill").join("mirrors"))
}

#[cfg(target_os = "macos")]
const USUAL: &str = "Library/Application Support";
#[cfg(not(target_os = "macos"))]
const USUAL: &str = ".local/state";

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    struct Folders {
        dir: tempfile::TempDir,
    }

    impl Folders {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join("source")).unwrap();
            Self { dir }
        }

        fn mirror(&self) -> Result<Mirror, MirrorError> {
            let at = |name: &str| self.dir.path().join(name);
            Mirror::open(&at("source"), &at("mirror"), "test".into(), &at("state"))
        }

        fn state(&self, name: &str, content: &str) -> State {
            let path = self.dir.path().join("source").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            State::of(&path.metadata().unwrap())
        }
    }

    fn mode() -> Permissions {
        Permissions::from_mode(0o100_640)
    }

    #[test]
    fn files_come_and_go_with_their_folders() {
        let folders = Folders::new();
        let state = folders.state("a/b/c", "secret");
        let mut mirror = folders.mirror().unwrap();
        let path = Path::new("a/b/c");
        let put = |mirror: &mut Mirror| mirror.put(path, b"clean", mode(), &state, true);
        assert_eq!(put(&mut mirror).unwrap(), Put::Written);
        assert_eq!(put(&mut mirror).unwrap(), Put::Same);
        let copy = mirror.folder().join(path);
        assert_eq!(fs::read(&copy).unwrap(), b"clean");
        assert_eq!(
            fs::metadata(&copy).unwrap().permissions().mode() & 0o777,
            0o640
        );
        assert_eq!(mirror.at_or_below(Path::new("a")), [path]);
        assert!(mirror.remove(path).unwrap());
        assert!(!mirror.remove(path).unwrap());
        assert_eq!(mirror.folder().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn a_restart_knows_what_is_current() {
        let folders = Folders::new();
        let state = folders.state("a", "secret");
        let mut mirror = folders.mirror().unwrap();
        let path = Path::new("a");
        mirror.put(path, b"clean", mode(), &state, true).unwrap();
        drop(mirror);
        let mirror = folders.mirror().unwrap();
        assert!(mirror.current(path, &state).unwrap().found);
        let changed = folders.state("a", "another secret");
        assert!(mirror.current(path, &changed).is_none());
        fs::write(mirror.folder().join("a"), "somebody wrote here").unwrap();
        assert!(mirror.current(path, &state).is_none());
    }

    #[test]
    fn a_file_becomes_a_folder_and_a_file_again() {
        let folders = Folders::new();
        let state = folders.state("a", "x");
        let mut mirror = folders.mirror().unwrap();
        for path in ["a", "a/b", "a"] {
            mirror
                .put(Path::new(path), b"x", mode(), &state, false)
                .unwrap();
            assert_eq!(mirror.paths().collect::<Vec<_>>(), [Path::new(path)]);
        }
    }

    #[test]
    fn what_a_kill_left_in_doubt_is_removed() {
        let folders = Folders::new();
        let mut mirror = folders.mirror().unwrap();
        mirror.journal.put(Path::new("a")).unwrap();
        fs::write(mirror.folder().join("a"), "who knows").unwrap();
        drop(mirror);
        let mirror = folders.mirror().unwrap();
        assert!(!mirror.folder().join("a").exists());
    }

    #[test]
    fn what_does_not_travel_is_left_out_wherever_it_lies() {
        let mirror = Folders::new().mirror().unwrap();
        assert_eq!(mirror.leaves_out(Path::new("a/lesson.ipynb")), None);
        for path in [
            ".env",
            "a/.ipynb_checkpoints/lesson-checkpoint.ipynb",
            ".~lesson.ipynb",
            "wandb/run/config.yaml",
        ] {
            assert!(mirror.leaves_out(Path::new(path)).is_some(), "{path}");
        }
    }

    #[test]
    fn a_folder_with_other_files_is_no_mirror() {
        let folders = Folders::new();
        let mirror = folders.dir.path().join("mirror");
        fs::create_dir(&mirror).unwrap();
        fs::write(mirror.join("thesis.tex"), "").unwrap();
        assert!(matches!(folders.mirror(), Err(MirrorError::Foreign)));
        let source = folders.dir.path().join("source");
        let open = |folder: &Path| Mirror::open(&source, folder, "test".into(), &source);
        assert!(matches!(open(&source), Err(MirrorError::Place(_))));
        assert!(matches!(
            open(folders.dir.path()),
            Err(MirrorError::Place(_))
        ));
    }
}

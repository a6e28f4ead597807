//! What was looked at already, in sixteen bytes a file.
//!
//! Of the name of a file and of what `stat` says only hashes are kept: 100,000
//! files cost three megabytes. Two names with one hash are as good as
//! impossible, and would cost no more than a look too many. Folders are known
//! by their paths, so that one can be forgotten with all that is below it.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::save::State;

/// The hash of the content of a file.
pub type Digest = [u8; 32];

/// The hash of some content.
pub fn digest(bytes: &[u8]) -> Digest {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

/// What was looked at, and what we wrote ourselves.
#[derive(Debug, Default)]
pub struct Seen {
    folders: HashMap<PathBuf, Files>,
}

/// The files of one folder, by the hashes of their names.
#[derive(Debug, Default)]
struct Files {
    states: HashMap<u64, u64>,
    /// The content that we wrote last.
    written: HashMap<u64, Digest>,
}

impl Files {
    fn retain(&mut self, is_kept: impl Fn(&u64) -> bool) {
        self.states.retain(|name, _| is_kept(name));
        self.written.retain(|name, _| is_kept(name));
    }

    fn is_empty(&self) -> bool {
        self.states.is_empty() && self.written.is_empty()
    }
}

impl Seen {
    /// A file was looked at when it was in `state`: nothing is to be done.
    pub fn mark(&mut self, path: &Path, state: &State) {
        let (folder, name) = parts(path);
        self.folder(folder).states.insert(name, hash(state));
    }

    /// Whether a file is as it was when it was looked at.
    pub fn is_same(&self, path: &Path, state: &State) -> bool {
        self.state(path) == Some(&hash(state))
    }

    /// We wrote a file.
    pub fn wrote(&mut self, path: &Path, content: Digest) {
        let (folder, name) = parts(path);
        self.folder(folder).written.insert(name, content);
    }

    /// Whether we wrote a file ever.
    pub fn wrote_any(&self, path: &Path) -> bool {
        self.content(path).is_some()
    }

    /// Whether content is what we wrote there last.
    pub fn is_ours(&self, path: &Path, content: &Digest) -> bool {
        self.content(path) == Some(content)
    }

    /// Whether a path was looked at ever.
    pub fn knows(&self, path: &Path) -> bool {
        self.state(path).is_some()
    }

    /// A file is to be looked at as if it were new.
    pub fn forget(&mut self, path: &Path) {
        let (folder, name) = parts(path);
        if let Some(files) = self.folders.get_mut(folder) {
            files.states.remove(&name);
            files.written.remove(&name);
        }
    }

    /// Nothing is there any more at a path or below it.
    pub fn gone(&mut self, path: &Path) {
        self.forget(path);
        self.folders
            .retain(|folder, files| !folder.starts_with(path) && !files.is_empty());
    }

    /// Only these paths are there still.
    pub fn keep<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) {
        let mut there: HashMap<&Path, HashSet<u64>> = HashMap::new();
        for path in paths {
            let (folder, name) = parts(path);
            there.entry(folder).or_default().insert(name);
        }
        self.folders.retain(|folder, files| {
            let names = there.get(folder.as_path());
            files.retain(|name| names.is_some_and(|names| names.contains(name)));
            !files.is_empty()
        });
    }

    /// How many files were looked at.
    pub fn len(&self) -> usize {
        self.folders.values().map(|files| files.states.len()).sum()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn state(&self, path: &Path) -> Option<&u64> {
        let (folder, name) = parts(path);
        self.folders.get(folder)?.states.get(&name)
    }

    fn content(&self, path: &Path) -> Option<&Digest> {
        let (folder, name) = parts(path);
        self.folders.get(folder)?.written.get(&name)
    }

    fn folder(&mut self, folder: &Path) -> &mut Files {
        self.folders.entry(folder.to_owned()).or_default()
    }
}

/// The folder of a file, and the hash of its name.
fn parts(path: &Path) -> (&Path, u64) {
    let folder = path.parent().unwrap_or(Path::new(""));
    (folder, hash(path.file_name().unwrap_or(OsStr::new(""))))
}

/// What `stat` says of a file, as one number.
pub fn fingerprint(state: &State) -> u64 {
    hash(state)
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_same_until_it_is_written_to() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let state = || State::of(&path.metadata().unwrap());
        std::fs::write(&path, "one").unwrap();
        let mut seen = Seen::default();
        assert!(!seen.is_same(&path, &state()));
        seen.mark(&path, &state());
        assert!(seen.is_same(&path, &state()));
        std::fs::write(&path, "longer").unwrap();
        assert!(!seen.is_same(&path, &state()));
        seen.keep([dir.path()].into_iter());
        assert!(seen.is_empty());
    }

    #[test]
    fn a_folder_is_forgotten_with_all_that_is_below_it() {
        let dir = tempfile::tempdir().unwrap();
        let state = State::of(&dir.path().metadata().unwrap());
        let mut seen = Seen::default();
        let paths = ["a", "x", "x/a", "x/y/z/a", "xy/a", "y/x/a"].map(Path::new);
        for path in paths {
            seen.mark(path, &state);
            seen.wrote(path, digest(b"ours"));
        }
        seen.gone(Path::new("x"));
        let left: Vec<&Path> = paths.into_iter().filter(|path| seen.knows(path)).collect();
        assert_eq!(left, ["a", "xy/a", "y/x/a"].map(Path::new));
        assert!(left.iter().all(|path| seen.wrote_any(path)));
        assert!(!seen.wrote_any(Path::new("x/y/z/a")));
        assert_eq!(seen.len(), 3);
    }

    #[test]
    fn our_own_writing_is_known_by_its_content() {
        let path = Path::new("a");
        let mut seen = Seen::default();
        seen.wrote(path, digest(b"one"));
        assert!(seen.is_ours(path, &digest(b"one")));
        assert!(!seen.is_ours(path, &digest(b"two")));
        seen.forget(path);
        assert!(!seen.is_ours(path, &digest(b"one")));
    }
}

//! What was looked at already, in sixteen bytes a file.
//!
//! Of a path and of what `stat` says only hashes are kept: 100,000 files cost
//! three megabytes. Two paths with one hash are as good as impossible, and
//! would cost no more than a look too many.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

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
    states: HashMap<u64, u64>,
    /// The content that we wrote last.
    written: HashMap<u64, Digest>,
}

impl Seen {
    /// A file was looked at when it was in `state`: nothing is to be done.
    pub fn mark(&mut self, path: &Path, state: &State) {
        self.states.insert(hash(path), hash(state));
    }

    /// Whether a file is as it was when it was looked at.
    pub fn is_same(&self, path: &Path, state: &State) -> bool {
        self.states.get(&hash(path)) == Some(&hash(state))
    }

    /// We wrote a file.
    pub fn wrote(&mut self, path: &Path, content: Digest) {
        self.written.insert(hash(path), content);
    }

    /// Whether we wrote a file ever.
    pub fn wrote_any(&self, path: &Path) -> bool {
        self.written.contains_key(&hash(path))
    }

    /// Whether content is what we wrote there last.
    pub fn is_ours(&self, path: &Path, content: &Digest) -> bool {
        self.written.get(&hash(path)) == Some(content)
    }

    /// Whether a path was looked at ever.
    pub fn knows(&self, path: &Path) -> bool {
        self.states.contains_key(&hash(path))
    }

    /// A file is gone.
    pub fn forget(&mut self, path: &Path) {
        let path = hash(path);
        self.states.remove(&path);
        self.written.remove(&path);
    }

    /// Only these paths are there still.
    pub fn keep<'p>(&mut self, paths: impl Iterator<Item = &'p Path>) {
        let there: std::collections::HashSet<u64> = paths.map(hash).collect();
        self.states.retain(|path, _| there.contains(path));
        self.written.retain(|path, _| there.contains(path));
    }

    /// How many files were looked at.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
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

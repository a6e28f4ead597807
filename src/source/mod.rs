//! Where bytes come from: files that are named, files found in folders,
//! standard input.

pub mod beside;
pub mod inventory;
pub mod own;
pub mod upload;
mod walk;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::env_file::{self, Ignored};
use crate::format::encoding::BEGINNING;
use crate::globs::Globs;
use crate::store;

pub(crate) use walk::plain;
pub use walk::{Skipped, Walked, shallow, walk};

/// Which files are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Files and folders, as named.
    pub roots: Vec<PathBuf>,
    /// Whether folders are walked with the rules of `.gitignore`. Off unless
    /// asked for: ignored files are where secrets live on disk.
    pub respect_gitignore: bool,
    /// Whether folders are walked as an upload to the Hub would send them.
    pub as_upload: bool,
    /// What a walk leaves out.
    pub exclude: Vec<Globs>,
    /// The current folder, which relative roots start from.
    pub here: PathBuf,
    /// How many threads walk.
    pub threads: usize,
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Met {
    /// Where it lies.
    pub path: PathBuf,
    /// It was named itself, not only a folder above it.
    pub is_named: bool,
}

impl Met {
    /// What a run may do about it.
    pub fn treatment(&self) -> Treatment {
        if self.is_named || store::told_by_name(&self.path).is_none() {
            return Treatment::Open;
        }
        match env_file::ignored(&self.path) {
            Ignored::Yes => Treatment::Kept,
            _ => Treatment::Left,
        }
    }
}

/// What a run may do about a file. A store of credentials may hold the only
/// copy that somebody has, so a walk never changes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// Whatever is found may be taken out.
    Open,
    /// A store that could be shared by accident: each finding is told.
    Left,
    /// A store that git ignores, where credentials belong: a word says that
    /// it is there.
    Kept,
}

/// Whether a file met on a walk is read. (A file that is named always is.)
pub fn takes(path: &Path) -> bool {
    !is_jupyters_copy(path)
}

/// The first bytes of a file, enough to see whether it is a text.
pub fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(BEGINNING);
    File::open(path)?
        .take(BEGINNING as u64)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The copy `.~name.ipynb` that Jupyter keeps while it saves, and removes.
fn is_jupyters_copy(path: &Path) -> bool {
    path.file_name()
        .map(OsStr::as_encoded_bytes)
        .is_some_and(|name| name.starts_with(b".~"))
}

/// All of standard input.
pub fn stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_taken_but_what_jupyter_is_about_to_remove() {
        for path in [
            "a.ipynb",
            ".hidden/b.py",
            ".ipynb_checkpoints/a-checkpoint.ipynb",
            "c",
        ] {
            assert!(takes(Path::new(path)), "{path}");
        }
        assert!(!takes(Path::new("x/.~a.ipynb")));
    }

    #[test]
    fn a_store_is_left_unless_it_is_named_and_kept_if_git_ignores_it() {
        let dir = tempfile::tempdir().unwrap();
        let met = |name: &str, is_named| Met {
            path: dir.path().join(name),
            is_named,
        };
        assert_eq!(met(".env", false).treatment(), Treatment::Left);
        assert_eq!(met(".env", true).treatment(), Treatment::Open);
        assert_eq!(met("config.json", false).treatment(), Treatment::Open);
        std::fs::create_dir(dir.path().join(".git")).unwrap();
        assert_eq!(met(".env", false).treatment(), Treatment::Left);
        std::fs::write(dir.path().join(".gitignore"), ".env\n").unwrap();
        assert_eq!(met(".env", false).treatment(), Treatment::Kept);
    }
}

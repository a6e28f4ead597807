//! Where bytes come from: files that are named, files found in folders,
//! standard input.

pub mod own;
mod walk;

use std::ffi::OsStr;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::globs::Globs;

pub use walk::{Skipped, Walked, walk};

/// Which files are wanted.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Files and folders, as named.
    pub roots: Vec<PathBuf>,
    /// Whether folders are walked with the rules of `.gitignore`. Off unless
    /// asked for: ignored files are where secrets live on disk.
    pub respect_gitignore: bool,
    /// What a walk leaves out.
    pub exclude: Vec<Globs>,
    /// The current folder, which relative roots start from.
    pub here: PathBuf,
    /// How many threads walk.
    pub threads: usize,
}

/// Whether a file met on a walk is of a format that can be sanitized. (A file
/// that is named is taken whatever its name.)
pub fn takes(path: &Path) -> bool {
    let is_notebook = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("ipynb"));
    is_notebook && !is_jupyters_copy(path)
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
    fn takes_notebooks_and_their_checkpoints() {
        for path in [
            "a.ipynb",
            "x/A.IPYNB",
            ".hidden/b.ipynb",
            ".ipynb_checkpoints/a-checkpoint.ipynb",
        ] {
            assert!(takes(Path::new(path)), "{path}");
        }
        for path in ["a.py", "ipynb", ".ipynb", "a.ipynb.bak", ".~a.ipynb"] {
            assert!(!takes(Path::new(path)), "{path}");
        }
    }
}

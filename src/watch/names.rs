//! Names that tell what a file is for: the copy that Jupyter keeps while it
//! saves, and what editors put beside a file for a moment.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// What Jupyter's copy begins with; the name of the notebook follows.
const JUPYTERS_COPY: &str = ".~";

/// What begins the names of swap, lock and temporary files.
const BEGINNINGS: [&str; 8] = [
    ".unspill-",
    ".#",
    "~$",
    ".tmp",
    ".goutputstream-",
    ".fuse_hidden",
    ".nfs",
    ".sb-",
];

/// The file that vim makes to see whether it may write to a folder.
const VIMS_PROBE: &str = "4913";

/// What ends them.
const ENDINGS: [&str; 14] = [
    "~",
    ".swp",
    ".swo",
    ".swn",
    ".swx",
    ".kate-swp",
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",
    ".filepart",
    "___jb_tmp___",
    "___jb_old___",
];

/// The copy that Jupyter keeps beside a file while it writes it.
pub fn jupyters_copy(path: &Path) -> Option<PathBuf> {
    let mut name = OsString::from(JUPYTERS_COPY);
    name.push(path.file_name()?);
    Some(path.with_file_name(name))
}

/// The file that a copy of Jupyter's belongs to, if it is one.
pub fn copied_by_jupyter(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let original = name.strip_prefix(JUPYTERS_COPY)?;
    (!original.is_empty()).then(|| path.with_file_name(original))
}

/// Whether a file is only there for a moment, by its name.
pub fn is_passing(path: &Path) -> bool {
    let Some(name) = path.file_name().map(OsStr::to_string_lossy) else {
        return false;
    };
    name.starts_with(JUPYTERS_COPY)
        || name == VIMS_PROBE
        || (name.len() > 2 && name.starts_with('#') && name.ends_with('#'))
        || BEGINNINGS
            .iter()
            .any(|beginning| name.starts_with(beginning))
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jupyters_copy_and_back() {
        let path = Path::new("x/a.ipynb");
        let copy = jupyters_copy(path).unwrap();
        assert_eq!(copy, Path::new("x/.~a.ipynb"));
        assert_eq!(copied_by_jupyter(&copy).unwrap(), path);
        assert_eq!(copied_by_jupyter(path), None);
        assert_eq!(copied_by_jupyter(Path::new(".~")), None);
    }

    #[test]
    fn what_editors_put_beside_a_file_is_passed_over() {
        for name in [
            ".~a.ipynb",
            ".a.ipynb.swp",
            "a.ipynb~",
            "#a.ipynb#",
            ".#a.ipynb",
            ".tmpAb12.ipynb",
            "a.ipynb.tmp",
            ".unspill-12-ab.tmp",
            "a.ipynb___jb_tmp___",
            ".goutputstream-X",
        ] {
            assert!(is_passing(&Path::new("x").join(name)), "{name}");
        }
        for name in ["a.ipynb", ".hidden.ipynb", "#1.ipynb", "a-checkpoint.ipynb"] {
            assert!(!is_passing(&Path::new("x").join(name)), "{name}");
        }
    }
}

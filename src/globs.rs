//! Globs of files, written as in `.gitignore`, and the names that files have
//! from the folder that the globs start from.
//!
//! Nothing here looks at the disk: folders are as the command line knows them.

use std::path::{Component, Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Globs that start from one folder.
#[derive(Debug, Clone)]
pub struct Globs {
    root: PathBuf,
    matcher: Gitignore,
}

impl Globs {
    /// A matcher for globs that start from `root`: without a slash within, a
    /// glob is for that name in every folder below it.
    pub fn new<'g>(root: &Path, globs: impl IntoIterator<Item = &'g str>) -> Result<Self, String> {
        let mut builder = GitignoreBuilder::new("");
        for glob in globs {
            if glob.starts_with('!') || glob.trim().is_empty() {
                return Err(format!("`{glob}` is no glob of files"));
            }
            builder
                .add_line(None, glob)
                .map_err(|error| format!("`{glob}` is no glob: {error}"))?;
        }
        Ok(Self {
            root: root.to_owned(),
            matcher: builder.build().map_err(|error| error.to_string())?,
        })
    }

    /// Whether `name`, relative to `here`, or one of its folders matches.
    pub fn matches(&self, here: &Path, name: &Path) -> bool {
        self.matches_as(here, name, false)
    }

    /// The same for what is a folder.
    pub fn matches_folder(&self, here: &Path, name: &Path) -> bool {
        self.matches_as(here, name, true)
    }

    fn matches_as(&self, here: &Path, name: &Path, is_folder: bool) -> bool {
        if self.matcher.is_empty() {
            return false;
        }
        let path = relative_to(here, name, &self.root);
        !path.has_root()
            && self
                .matcher
                .matched_path_or_any_parents(path, is_folder)
                .is_ignore()
    }
}

/// `name`, which is relative to `here`, as it is called from `root`.
pub fn relative_to(here: &Path, name: &Path, root: &Path) -> PathBuf {
    let name = plain(&here.join(name));
    let root = plain(root);
    let mut up = PathBuf::new();
    let mut above = Some(root.as_path());
    while let Some(folder) = above {
        if let Ok(rest) = name.strip_prefix(folder) {
            return up.join(rest);
        }
        up.push("..");
        above = folder.parent();
    }
    name
}

/// Without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// A path as it is written on every system.
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_seen_from_the_root() {
        let seen = |here: &str, name: &str, root: &str| {
            slashed(&relative_to(
                Path::new(here),
                Path::new(name),
                Path::new(root),
            ))
        };
        assert_eq!(seen("/p", "a/b.ipynb", "/p"), "a/b.ipynb");
        assert_eq!(seen("/p/a", "b.ipynb", "/p"), "a/b.ipynb");
        assert_eq!(seen("/p/a", "./../c.ipynb", "/p"), "c.ipynb");
        assert_eq!(seen("/p", "/p/a/b.ipynb", "/p"), "a/b.ipynb");
        assert_eq!(seen("/p", "../q/b.ipynb", "/p"), "../q/b.ipynb");
        assert_eq!(seen("", "a.ipynb", ""), "a.ipynb");
    }

    #[test]
    fn globs_are_those_of_gitignore() {
        let matches = |glob: &str, name: &str| {
            let globs = Globs::new(Path::new("/p"), [glob]).unwrap();
            globs.matches(Path::new("/p"), Path::new(name))
        };
        assert!(matches("demo.ipynb", "a/b/demo.ipynb"));
        assert!(matches("examples/", "examples/x/demo.ipynb"));
        assert!(matches("/a/*.ipynb", "a/demo.ipynb"));
        assert!(!matches("/a/*.ipynb", "b/a/demo.ipynb"));
        assert!(matches("**/x/*", "b/x/demo.ipynb"));
        assert!(!matches("other.ipynb", "demo.ipynb"));
        for wrong in ["!a", "", "a{b"] {
            assert!(Globs::new(Path::new(""), [wrong]).is_err(), "{wrong}");
        }
    }
}

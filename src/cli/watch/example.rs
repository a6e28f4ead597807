//! The example of a `.env` in a mirror: as in a copy to share, it lists the
//! names of the variables that the project needs, and never a value.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::after::{Change, ChangeKind};
use super::live::Live;
use crate::env_file;
use crate::report::Trouble;
use crate::share::example;
use crate::store;
use crate::watch::mirror::Put;

/// Where the variables are listed that code reads from now on.
const AT_THE_TOP: &str = ".env.example";

/// What the examples of a mirror are made from; paths are below its folder.
#[derive(Default)]
pub struct Examples {
    /// The variables that the code of a file needs now.
    needed: BTreeMap<PathBuf, BTreeSet<String>>,
    /// The names that a file of variables sets, which stays at home.
    set: BTreeMap<PathBuf, BTreeSet<String>>,
    /// Examples of the source, sanitized.
    own: BTreeMap<PathBuf, String>,
    is_changed: bool,
}

impl Examples {
    /// The code of a file needs these variables now.
    pub fn need(&mut self, path: &Path, variables: BTreeSet<String>) {
        let before = match variables.is_empty() {
            true => self.needed.remove(path),
            false => self.needed.insert(path.to_owned(), variables.clone()),
        };
        self.is_changed |= before.unwrap_or_default() != variables;
    }

    /// A file of variables says this.
    pub fn env_file(&mut self, path: &Path, bytes: &[u8]) {
        let names = example::names(&store::text_of(bytes)).into_iter().collect();
        self.set.insert(path.to_owned(), names);
        self.is_changed = true;
    }

    /// An example of the source says this.
    pub fn example(&mut self, path: &Path, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.own.insert(path.to_owned(), text);
        self.is_changed = true;
    }

    /// Nothing is there any more at a path or below it.
    pub fn forget(&mut self, path: &Path) {
        let before = self.needed.len() + self.set.len() + self.own.len();
        self.needed.retain(|file, _| !file.starts_with(path));
        self.set.retain(|file, _| !file.starts_with(path));
        self.own.retain(|file, _| !file.starts_with(path));
        self.is_changed |= before != self.needed.len() + self.set.len() + self.own.len();
    }

    /// All examples that there must be.
    fn texts(&self) -> BTreeMap<PathBuf, String> {
        let mut names: BTreeMap<PathBuf, BTreeSet<&str>> = BTreeMap::new();
        for path in self.own.keys() {
            names.entry(path.clone()).or_default();
        }
        for (path, set) in &self.set {
            let of_it = names.entry(env_file::example_of(path)).or_default();
            of_it.extend(set.iter().map(String::as_str));
        }
        for needed in self.needed.values() {
            let of_it = names.entry(PathBuf::from(AT_THE_TOP)).or_default();
            of_it.extend(needed.iter().map(String::as_str));
        }
        let text = |path: &Path| self.own.get(path).map_or("", String::as_str);
        names
            .into_iter()
            .map(|(path, names)| {
                let made = example::with_names(text(&path), names);
                (path, made)
            })
            .collect()
    }
}

/// Whether a file is the example of a file of variables.
pub fn is_example(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "example")
        && store::is_environment_file(&path.with_extension(""))
}

impl Live<'_> {
    /// Writes the examples anew, if something about them changed.
    pub(super) fn write_examples(&mut self) -> io::Result<()> {
        let Some(mirror) = &self.mirror else {
            return Ok(());
        };
        if !std::mem::take(&mut self.examples.is_changed) {
            return Ok(());
        }
        let texts = self.examples.texts();
        let old: Vec<PathBuf> = mirror
            .paths()
            .filter(|path| is_example(path) && !texts.contains_key(*path))
            .map(Path::to_owned)
            .collect();
        self.remove_copies(&old)?;
        let Some(mirror) = &mut self.mirror else {
            return Ok(());
        };
        let mut changes = Vec::new();
        for (path, text) in &texts {
            let copy = mirror.folder().join(path);
            match mirror.put_made(path, text.as_bytes()) {
                Ok(put) => {
                    if self.stuck.release(path) {
                        self.voice.resolved(&copy);
                    }
                    changes.extend((put == Put::Written).then_some(Change {
                        path: copy,
                        kind: ChangeKind::Copied,
                    }));
                }
                Err(error) => self.voice.trouble(&Trouble {
                    path: copy,
                    message: format!("cannot be written: {error}"),
                    advice: error.advice(),
                })?,
            }
        }
        self.after.changed(&changes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_and_go_with_the_files_that_need_them() {
        let mut examples = Examples::default();
        examples.need(Path::new("x/a.ipynb"), ["HF_TOKEN".to_owned()].into());
        examples.env_file(Path::new("conf/.env"), b"A_KEY=secret\n");
        examples.example(Path::new(".env.example"), b"MINE=\n");
        let texts = examples.texts();
        let text = |path: &str| texts[Path::new(path)].as_str();
        assert!(text(".env.example").starts_with("MINE=\n"));
        assert!(text(".env.example").contains("HF_TOKEN=\n"));
        assert!(text("conf/.env.example").contains("A_KEY=\n"));
        assert!(!text("conf/.env.example").contains("secret"));
        examples.forget(Path::new("x"));
        examples.forget(Path::new("conf/.env"));
        let texts = examples.texts();
        assert_eq!(texts.len(), 1);
        assert_eq!(texts[Path::new(".env.example")], "MINE=\n");
    }

    #[test]
    fn examples_are_told_by_their_name() {
        assert!(is_example(Path::new("a/.env.example")));
        assert!(!is_example(Path::new(".env")));
        assert!(!is_example(Path::new("a.py.example")));
    }
}

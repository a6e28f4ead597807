//! `--env-file`: keeps the values that leave the files.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::reporter::Reporter;
use crate::detect::Secret;
use crate::env_file::{self, Ignored};
use crate::report::{Event, KeptIn, Trouble};
use crate::sanitize::Sanitized;

/// Keeps values in a file, and remembers what there is to say about it.
pub struct Keeper {
    path: PathBuf,
    /// Variables that the file sets to values of ours by now.
    kept: BTreeSet<String>,
    /// Variables that code reads from now on.
    read: BTreeSet<String>,
    /// Who issues what a variable holds.
    providers: BTreeMap<String, String>,
}

impl Keeper {
    /// A keeper for a file, which need not exist.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            kept: BTreeSet::new(),
            read: BTreeSet::new(),
            providers: BTreeMap::new(),
        }
    }

    /// Keeps the values of one file, those that code looks up and those that are
    /// masked: nothing may be lost that stood there alone. When this returns they are
    /// on the disk, and the file may be replaced. What was kept before is looked for
    /// again: somebody may have taken it out, or set its variable to something else.
    pub fn keep(&mut self, sanitized: &Sanitized) -> Result<(), String> {
        let issued = sanitized
            .found
            .iter()
            .filter(|found| found.kind.provider != "Generic");
        for found in issued {
            self.providers
                .entry(found.variable.clone())
                .or_insert_with(|| found.kind.provider.to_string());
        }
        self.read
            .extend(sanitized.moved.iter().map(|(name, _)| name.clone()));
        let moved = sanitized.moved.iter();
        let moved = moved.map(|(name, value)| (name.as_str(), value));
        let leaving: BTreeSet<(&str, &Secret)> = moved.chain(sanitized.masked()).collect();
        let leaving: Vec<(String, Secret)> = leaving
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        if leaving.is_empty() {
            return Ok(());
        }
        let shown = self.path.display();
        let kept =
            env_file::keep(&self.path, &leaving).map_err(|error| format!("{shown}: {error}"))?;
        let names = leaving.into_iter().map(|(name, _)| name);
        self.kept
            .extend(names.filter(|name| !kept.others.contains(name)));
        match kept.others.first() {
            Some(name) => Err(format!("{shown} sets {name} to another value")),
            None => Ok(()),
        }
    }

    /// Writes the example beside the file, and says what a person should know.
    pub fn conclude(self, reporter: &mut Reporter) -> io::Result<()> {
        if self.kept.is_empty() {
            return Ok(());
        }
        let shown = self.path.display().to_string();
        let example = env_file::example_of(&self.path);
        reporter.tally.kept(KeptIn {
            path: shown.clone(),
            names: self.kept.clone(),
            example: (!self.read.is_empty()).then(|| example.display().to_string()),
        });
        if env_file::ignored(&self.path) == Ignored::No {
            let name = self.path.file_name().unwrap_or_default().to_string_lossy();
            reporter.tell(&Event::Note(&format!(
                "git does not ignore {shown}: `echo '{name}' >> .gitignore`"
            )))?;
        }
        if env_file::others_may_read(&self.path) {
            reporter.tell(&Event::Note(&format!(
                "other users of this machine may read {shown}: `chmod 600 {shown}`"
            )))?;
        }
        self.write_example(reporter)
    }

    /// Lists what code reads: what is only masked needs no variable.
    fn write_example(&self, reporter: &mut Reporter) -> io::Result<()> {
        if self.read.is_empty() {
            return Ok(());
        }
        let unknown = String::new();
        let names: BTreeMap<&str, &str> = self
            .read
            .iter()
            .map(|name| {
                let provider = self.providers.get(name).unwrap_or(&unknown);
                (name.as_str(), provider.as_str())
            })
            .collect();
        let example = env_file::example_of(&self.path);
        match env_file::list_names(&example, &names) {
            Ok(()) => Ok(()),
            Err(error) => reporter.trouble(&Trouble {
                path: example,
                message: error.to_string(),
                advice: None,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(name: &str, value: &str) -> Sanitized {
        Sanitized {
            moved: vec![(name.to_owned(), Secret::new(value))],
            ..Sanitized::default()
        }
    }

    #[test]
    fn what_was_not_kept_is_an_error_and_what_was_is_looked_for_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(".env");
        let mut keeper = Keeper::new(&path);
        std::fs::write(&path, "A=mine\n").unwrap();
        let why = keeper.keep(&moved("A", "theirs")).unwrap_err();
        assert!(why.ends_with("sets A to another value"), "{why}");
        assert!(keeper.kept.is_empty());
        for _ in 0..2 {
            keeper.keep(&moved("B", "kept")).unwrap();
            assert!(
                std::fs::read_to_string(&path)
                    .unwrap()
                    .contains("B='kept'\n")
            );
            std::fs::remove_file(&path).unwrap();
        }
    }
}

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
    /// Values that are in the file by now, by variable.
    kept: BTreeMap<String, Secret>,
    /// Variables that the file sets to another value.
    others: BTreeSet<String>,
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
            kept: BTreeMap::new(),
            others: BTreeSet::new(),
            read: BTreeSet::new(),
            providers: BTreeMap::new(),
        }
    }

    /// Keeps the values of one file, those that code looks up and those that are
    /// masked: nothing may be lost that stood there alone. When this returns they are
    /// on the disk, and the file may be replaced.
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
        let is_new = |(name, value): &(&str, &Secret)| self.kept.get(*name) != Some(*value);
        let new: Vec<(String, Secret)> = leaving
            .into_iter()
            .filter(is_new)
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect();
        if new.is_empty() {
            return Ok(());
        }
        let kept = env_file::keep(&self.path, &new)
            .map_err(|error| format!("{}: {error}", self.path.display()))?;
        self.others.extend(kept.others);
        self.kept.extend(new);
        Ok(())
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
            names: self.kept.keys().cloned().collect(),
            example: (!self.read.is_empty()).then(|| example.display().to_string()),
        });
        for name in &self.others {
            reporter.tell(&Event::Note(&format!(
                "{shown} already sets {name} to another value, which stays; the file's value was not kept"
            )))?;
        }
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

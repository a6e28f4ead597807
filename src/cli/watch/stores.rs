//! Credential stores among the files: what they hold is known, also what is
//! written into them later. They themselves are never changed.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::live::Live;
use crate::source::own::gather;
use crate::store;

/// The stores that were met.
#[derive(Default)]
pub struct Stores {
    met: BTreeSet<PathBuf>,
    is_changed: bool,
}

impl Stores {
    /// A file was examined: if it is a store, it may hold other values now.
    pub fn examined(&mut self, path: &Path) {
        if store::told_by_name(path).is_some() {
            self.met.insert(path.to_owned());
            self.is_changed = true;
        }
    }

    /// Nothing is there any more at a path or below it.
    pub fn forget(&mut self, path: &Path) {
        let before = self.met.len();
        self.met.retain(|store| !store.starts_with(path));
        self.is_changed |= before != self.met.len();
    }
}

impl Live<'_> {
    /// Takes in what the user has, if a store changed.
    pub(super) fn know_stores(&mut self) -> io::Result<()> {
        if !std::mem::take(&mut self.stores.is_changed) {
            return Ok(());
        }
        let run = &self.settings.run;
        let met: Vec<PathBuf> = self.stores.met.iter().cloned().collect();
        let believer = self.desk.sanitizer().believer();
        let gathered = gather(run.own, &run.wanted.roots, &met, &believer);
        self.desk.know(gathered.values);
        for note in &gathered.notes {
            self.voice.note(note)?;
        }
        Ok(())
    }
}

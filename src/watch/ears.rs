//! Listens to folders, through the system.
//!
//! On Linux each folder is listened to by itself, so that folders of other
//! people's code cost nothing: the kernel's watches are limited. Elsewhere the
//! system listens to a whole tree at once. Either way a new folder must be
//! reported with [`Ears::listen`], and its files looked for after that: what
//! comes in between is then heard or seen, or both.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::events::{self, Near};

/// Whether the system listens to whole trees.
const WHOLE_TREES: bool = !cfg!(any(target_os = "linux", target_os = "android"));

/// Listens.
pub struct Ears {
    watcher: RecommendedWatcher,
    near: Near,
    folders: BTreeSet<PathBuf>,
}

impl Ears {
    /// Ears that listen to nothing yet. `hear` is called on a thread of its
    /// own, for events that tell something only.
    pub fn open(
        near: &Near,
        mut hear: impl FnMut(notify::Result<Event>) + Send + 'static,
    ) -> notify::Result<Self> {
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            if event.as_ref().map_or(true, events::tells) {
                hear(event);
            }
        })?;
        Ok(Self {
            watcher,
            near: near.clone(),
            folders: BTreeSet::new(),
        })
    }

    /// Listens to a folder, by the name that it is said by.
    pub fn listen(&mut self, folder: &Path) -> notify::Result<()> {
        let full = self.near.full(folder);
        if WHOLE_TREES && self.hears(&full) {
            return Ok(());
        }
        let mode = match WHOLE_TREES {
            true => RecursiveMode::Recursive,
            false => RecursiveMode::NonRecursive,
        };
        match self.watcher.watch(&full, mode) {
            Ok(()) => {
                self.folders.insert(full);
                Ok(())
            }
            // It is gone again, which will be heard.
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Forgets a folder that is gone, and all below it: a watch stays with a
    /// folder that was moved, and would tell its old name.
    pub fn forget(&mut self, folder: &Path) {
        let full = self.near.full(folder);
        let gone: Vec<PathBuf> = self
            .folders
            .range(full.clone()..)
            .take_while(|path| path.starts_with(&full))
            .cloned()
            .collect();
        for path in gone {
            self.folders.remove(&path);
            // Of most the system has told the watcher already.
            let _ = self.watcher.unwatch(&path);
        }
    }

    /// Whether a folder is listened to.
    pub fn listens_to(&self, folder: &Path) -> bool {
        let full = self.near.full(folder);
        match WHOLE_TREES {
            true => self.hears(&full),
            false => self.folders.contains(&full),
        }
    }

    /// How many folders are listened to.
    pub fn count(&self) -> usize {
        self.folders.len()
    }

    fn hears(&self, full: &Path) -> bool {
        full.ancestors().any(|folder| self.folders.contains(folder))
    }
}

fn is_missing(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::super::events::{Heard, heard};
    use super::*;

    #[test]
    fn hears_of_files_and_not_of_their_being_read() {
        let dir = tempfile::tempdir().unwrap();
        let near = Near::new(&dir.path().canonicalize().unwrap());
        let (send, receive) = mpsc::channel();
        let mut ears = Ears::open(&near, move |event| send.send(event).unwrap()).unwrap();
        ears.listen(Path::new(".")).unwrap();
        let path = dir.path().join("a");
        fs::write(&path, "x").unwrap();
        let wait = Duration::from_secs(10);
        let first = receive.recv_timeout(wait).unwrap().unwrap();
        assert!(heard(&first, &near).contains(&Heard::File("a".into())));
        while receive.recv_timeout(Duration::from_millis(300)).is_ok() {}
        fs::read(&path).unwrap();
        assert!(receive.recv_timeout(Duration::from_millis(300)).is_err());
        assert_eq!(ears.count(), 1);
        ears.forget(Path::new("."));
        assert_eq!(ears.count(), 0);
        ears.listen(Path::new("missing")).unwrap();
    }
}

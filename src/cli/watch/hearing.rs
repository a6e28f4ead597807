//! What is heard of files and folders, and what is looked for where nothing is
//! told.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Message;
use super::live::Live;
use super::look::Item;
use crate::report::Trouble;
use crate::source::{self, Walked, Wanted};
use crate::watch::ears::Ears;
use crate::watch::events::Heard;
use crate::watch::{file_system, limits, names, settle};

/// How often files are looked at where the system tells nothing.
const USUAL_POLL: Duration = Duration::from_secs(2);

impl Live<'_> {
    /// Listens, or looks every so often.
    pub(super) fn choose_how(&mut self) -> io::Result<()> {
        if self.settings.once {
            return Ok(());
        }
        self.poll = self.settings.poll;
        let near = self.settings.near.clone();
        if self.poll.is_none() {
            let roots = self.settings.run.wanted.roots.iter();
            let silent =
                roots.filter_map(|root| Some((root, file_system::silent(&near.full(root))?)));
            if let Some((root, kind)) = silent.clone().next() {
                self.poll = Some(USUAL_POLL);
                self.voice.note(&format!(
                    "{} is on {kind}, which may not tell of changes: all files are looked at every {} seconds (--poll)",
                    root.display(),
                    USUAL_POLL.as_secs()
                ))?;
            }
        }
        if self.poll.is_some() {
            return Ok(());
        }
        let messages = self.messages.clone();
        match Ears::open(&near, move |event| {
            // Nobody listens any more when the watch has ended.
            let _ = messages.send(Message::Heard(event));
        }) {
            Ok(ears) => self.ears = Some(ears),
            Err(error) => self.go_deaf(&error)?,
        }
        Ok(())
    }

    /// The system does not tell of changes (any more): files are looked at.
    pub(super) fn go_deaf(&mut self, error: &notify::Error) -> io::Result<()> {
        if self.poll.is_some() {
            return Ok(());
        }
        self.ears = None;
        self.poll = Some(USUAL_POLL);
        self.rescan = Some(Instant::now() + USUAL_POLL);
        let refused = limits::refused(error);
        let advice = refused.advice.map_or(String::new(), |advice| {
            format!(". To be told of changes: {advice}")
        });
        self.voice.note(&format!(
            "{}. All files are looked at every {} seconds instead{advice}",
            refused.message,
            USUAL_POLL.as_secs()
        ))
    }

    pub(super) fn hear(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::File(path) => self.touched(&path),
            Heard::Folder(path) => return self.folder_came(&path),
            Heard::Gone(path) => {
                self.gone(&path)?;
                if let Some(original) = names::copied_by_jupyter(&path) {
                    self.touched(&original);
                }
            }
            Heard::Lost => self.rescan = Some(Instant::now() + self.settings.quiet),
        }
        Ok(())
    }

    /// A file was written to, maybe.
    fn touched(&mut self, path: &Path) {
        if let Some(original) = names::copied_by_jupyter(path) {
            return self.touched(&original);
        }
        let wanted = &self.settings.run.wanted;
        let is_named = wanted.names(path);
        if !is_named && (names::is_passing(path) || !source::takes(path)) {
            return;
        }
        if !wanted.reaches(path, false) {
            return;
        }
        let Some(state) = settle::state(path, is_named) else {
            return;
        };
        if self.pending.get(path).is_none() && self.seen.is_same(path, &state) {
            return;
        }
        self.pending.touch(path, Some(state), Instant::now());
    }

    /// A folder was made or moved here, with whatever is in it.
    fn folder_came(&mut self, path: &Path) -> io::Result<()> {
        let wanted = &self.settings.run.wanted;
        if !wanted.reaches(path, true) || self.is_ignored(path) {
            return Ok(());
        }
        let wanted = Wanted {
            roots: vec![path.to_owned()],
            ..wanted.clone()
        };
        let walked = self.walk_and_listen(&wanted)?;
        for met in walked.files {
            self.touched(&met.path);
        }
        Ok(())
    }

    /// Nothing is there any more at a path.
    pub(super) fn gone(&mut self, path: &Path) -> io::Result<()> {
        self.pending.forget(path);
        self.seen.gone(path);
        self.here.gone(path);
        self.stores.forget(path);
        self.voice.gone(path);
        if let Some(ears) = &mut self.ears {
            ears.forget(path);
        }
        let roots = &self.settings.run.wanted.roots;
        if roots.iter().any(|root| root == path) && roots.iter().all(|root| !root.exists()) {
            self.is_over = true;
            return self.voice.trouble_of_the_run(&Trouble {
                path: path.to_owned(),
                message: "is gone: there is nothing to watch any more".into(),
                advice: None,
            });
        }
        if self.mirror.is_some() {
            let below = self.settings.below_root(path).to_owned();
            let files = self
                .mirror
                .as_ref()
                .map(|mirror| mirror.at_or_below(&below));
            for file in files.unwrap_or_default() {
                let file = self.settings.from_root(&file);
                self.desk.forget(&file);
            }
            self.remove_from_mirror(path)?;
        }
        Ok(())
    }

    /// Looks for what was not told: new files, changed ones, lost ones.
    pub(super) fn look_everywhere(&mut self) -> io::Result<()> {
        let roots = &self.settings.run.wanted.roots;
        if roots.iter().all(|root| !root.exists()) {
            let first = roots.first().cloned().unwrap_or_default();
            return self.gone(&first);
        }
        let wanted = self.settings.run.wanted.clone();
        let walked = self.walk_and_listen(&wanted)?;
        let files = self.of_concern(walked.files.into_iter().map(|met| met.path));
        self.keep_in_mirror(&files)?;
        self.seen.keep(files.iter().map(PathBuf::as_path));
        let now = Instant::now();
        for path in &files {
            let Some(state) = settle::state(path, wanted.names(path)) else {
                continue;
            };
            let waits = self.pending.get(path).map(|waiting| waiting.state);
            let is_known = match waits {
                Some(before) => before == Some(state),
                None => self.seen.is_same(path, &state),
            };
            if !is_known {
                self.pending.touch(path, Some(state), now);
            }
        }
        Ok(())
    }

    /// Walks, and listens to every folder before its files are looked for.
    pub(super) fn walk_and_listen(&mut self, wanted: &Wanted) -> io::Result<Walked> {
        if self.ears.is_none() {
            self.rescan = self.rescan.or(self.poll.map(|poll| Instant::now() + poll));
            return Ok(source::walk(wanted));
        }
        // A folder that is made during a walk may be missed by it, and is
        // heard of once the one above it is listened to.
        let first = source::walk(wanted);
        let named = wanted.roots.iter().filter(|root| root.is_file());
        let above: Vec<PathBuf> = named.map(|file| folder_of(file)).collect();
        for folder in first.folders.iter().chain(&above) {
            let Some(ears) = &mut self.ears else { break };
            if let Err(error) = ears.listen(folder) {
                self.go_deaf(&error)?;
            }
        }
        let second = source::walk(wanted);
        for folder in &second.folders {
            let Some(ears) = &mut self.ears else { break };
            if !ears.listens_to(folder)
                && let Err(error) = ears.listen(folder)
            {
                self.go_deaf(&error)?;
            }
        }
        Ok(second)
    }

    pub(super) fn of_concern(&self, files: impl Iterator<Item = PathBuf>) -> BTreeSet<PathBuf> {
        let wanted = &self.settings.run.wanted;
        files
            .filter(|path| !names::is_passing(path) || wanted.names(path))
            .collect()
    }

    /// Whether `.gitignore` and the like name a folder, if that is asked for.
    fn is_ignored(&self, folder: &Path) -> bool {
        let wanted = &self.settings.run.wanted;
        if !wanted.respect_gitignore || wanted.names(folder) {
            return false;
        }
        let above = source::shallow(wanted, &folder_of(folder));
        !above.folders.iter().any(|entered| entered == folder)
    }

    /// The same for files, each folder looked at once.
    pub(super) fn admitted(&self, items: Vec<Item>) -> Vec<Item> {
        let wanted = &self.settings.run.wanted;
        if !wanted.respect_gitignore {
            return items;
        }
        let mut folders: BTreeMap<PathBuf, BTreeSet<PathBuf>> = BTreeMap::new();
        let is_admitted = |item: &Item| {
            wanted.names(&item.path)
                || folders
                    .entry(folder_of(&item.path))
                    .or_insert_with_key(|folder| {
                        let files = source::shallow(wanted, folder).files.into_iter();
                        files.map(|met| met.path).collect()
                    })
                    .contains(&*item.path)
                || !item.path.exists()
        };
        let mut is_admitted = is_admitted;
        items.into_iter().filter(|item| is_admitted(item)).collect()
    }
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

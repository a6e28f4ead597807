//! What the system says of a folder, in the few words that matter here.
//!
//! The kinds of events differ from system to system, and an event is late by
//! nature: so what a path is now is looked up, and the kind only says whether
//! it is worth a look. A file that was moved has two paths: nothing is at the
//! one, something at the other.

use std::fs;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode, Event, EventKind, ModifyKind};

/// Something was heard.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// A file was written, made, moved here, or has another mode.
    File(PathBuf),
    /// A folder came, with whatever is in it.
    Folder(PathBuf),
    /// Nothing is there any more, neither a file nor a folder.
    Gone(PathBuf),
    /// Events were lost: everything must be looked at.
    Lost,
}

/// Whether an event says anything. That somebody reads a file does not, and
/// we are among those who read.
pub fn tells(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}

/// What an event says, its paths as they were typed.
pub fn heard(event: &Event, near: &Near) -> Vec<Heard> {
    if event.need_rescan() {
        return vec![Heard::Lost];
    }
    let may_be_new = !matches!(
        event.kind,
        EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_)) | EventKind::Access(_)
    );
    let paths = event.paths.iter().map(|path| (path, near.name(path)));
    paths
        .filter_map(|(full, path)| match fs::symlink_metadata(full) {
            Ok(metadata) if metadata.is_dir() => may_be_new.then_some(Heard::Folder(path)),
            Ok(_) => Some(Heard::File(path)),
            Err(_) => Some(Heard::Gone(path)),
        })
        .collect()
}

/// The current folder: names below it are said without it.
#[derive(Debug, Clone)]
pub struct Near {
    here: PathBuf,
}

impl Near {
    /// Names as seen from `here`.
    pub fn new(here: &Path) -> Self {
        Self {
            here: here.to_owned(),
        }
    }

    /// A path as it is said: one name for each path, however it was typed.
    pub fn name(&self, path: &Path) -> PathBuf {
        let full = self.full(path);
        match full.strip_prefix(&self.here) {
            Ok(rest) if rest.as_os_str().is_empty() => PathBuf::from("."),
            Ok(rest) => rest.to_owned(),
            Err(_) => full,
        }
    }

    /// A path that starts from the root.
    pub fn full(&self, path: &Path) -> PathBuf {
        let joined = self.here.join(crate::source::plain(path));
        match path == Path::new(".") {
            true => self.here.clone(),
            false => joined,
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, Flag, MetadataKind, RemoveKind};

    use super::*;

    #[test]
    fn a_path_has_one_name_however_it_was_typed() {
        let near = Near::new(Path::new("/p"));
        for (typed, name) in [
            (".", "."),
            ("./a", "a"),
            ("/p/a/b", "a/b"),
            ("/p", "."),
            ("/q/a", "/q/a"),
            ("../q", "../q"),
        ] {
            assert_eq!(near.name(Path::new(typed)), Path::new(name), "{typed}");
        }
        assert_eq!(near.full(Path::new("./a")), Path::new("/p/a"));
        assert_eq!(near.full(Path::new(".")), Path::new("/p"));
    }

    #[test]
    fn a_path_is_what_it_is_now() {
        let dir = tempfile::tempdir().unwrap();
        let near = Near::new(dir.path());
        fs::write(dir.path().join("file"), "").unwrap();
        fs::create_dir(dir.path().join("folder")).unwrap();
        let event =
            |kind, name: &str| heard(&Event::new(kind).add_path(dir.path().join(name)), &near);
        let remove = EventKind::Remove(RemoveKind::Any);
        let create = EventKind::Create(CreateKind::Any);
        assert_eq!(event(remove, "file"), [Heard::File("file".into())]);
        assert_eq!(event(create, "gone"), [Heard::Gone("gone".into())]);
        assert_eq!(event(create, "folder"), [Heard::Folder("folder".into())]);
        let mode = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert_eq!(event(mode, "folder"), []);
        assert_eq!(event(mode, "file"), [Heard::File("file".into())]);
    }

    #[test]
    fn reading_says_nothing_and_lost_events_say_all() {
        let opened = Event::new(EventKind::Access(AccessKind::Open(AccessMode::Any)));
        assert!(!tells(&opened));
        let closed = Event::new(EventKind::Access(AccessKind::Close(AccessMode::Write)));
        assert!(tells(&closed));
        let lost = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert!(tells(&lost));
        assert_eq!(heard(&lost, &Near::new(Path::new("/"))), [Heard::Lost]);
    }
}

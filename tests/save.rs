//! A save is atomic: whatever goes wrong, the file is the old or the new one.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use unspill::save::{SaveError, Snapshot, create_private, create_public, replace};

struct Folder {
    dir: TempDir,
}

impl Folder {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn file(&self, name: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o7777
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn replaces_the_content_and_keeps_the_mode() {
    for wanted in [0o644, 0o600, 0o755, 0o664] {
        let folder = Folder::new();
        let path = folder.file("a.ipynb", "old", wanted);
        let snapshot = Snapshot::read(&path).unwrap();
        let saved = replace(&snapshot, b"new").unwrap();
        assert_eq!(read(&path), "new");
        assert_eq!(mode(&path), wanted);
        assert_eq!(saved.other_names, 0);
        assert_eq!(folder.names(), ["a.ipynb"]);
    }
}

#[test]
fn keeps_the_owner_where_it_may() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o640);
    if std::os::unix::fs::chown(&path, Some(12345), Some(23456)).is_err() {
        return; // only root may give files away
    }
    replace(&Snapshot::read(&path).unwrap(), b"new").unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (12345, 23456));
    assert_eq!(mode(&path), 0o640);
}

#[test]
fn a_symbolic_link_stays_one_and_its_target_is_replaced() {
    let folder = Folder::new();
    let other = Folder::new();
    let target = other.file("real.ipynb", "old", 0o644);
    let link = folder.dir.path().join("link.ipynb");
    symlink(&target, &link).unwrap();
    replace(&Snapshot::read(&link).unwrap(), b"new").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(read(&target), "new");
    assert_eq!(other.names(), ["real.ipynb"]);
}

#[test]
fn says_how_many_other_names_keep_the_old_content() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o644);
    let twin = folder.dir.path().join("b.ipynb");
    fs::hard_link(&path, &twin).unwrap();
    let saved = replace(&Snapshot::read(&path).unwrap(), b"new").unwrap();
    assert_eq!(saved.other_names, 1);
    assert_eq!((read(&path), read(&twin)), ("new".into(), "old".into()));
    let saved = replace(&Snapshot::read(&twin).unwrap(), b"new").unwrap();
    assert_eq!(saved.other_names, 0);
}

#[test]
fn a_read_only_file_is_refused_though_its_folder_is_writable() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o444);
    let error = replace(&Snapshot::read(&path).unwrap(), b"new").unwrap_err();
    assert!(matches!(error, SaveError::ReadOnly));
    assert!(error.advice().unwrap().contains("chmod u+w"));
    assert_eq!(read(&path), "old");
    assert_eq!(folder.names(), ["a.ipynb"]);
}

#[test]
fn a_file_that_changed_is_not_replaced() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o644);
    let snapshot = Snapshot::read(&path).unwrap();
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    fs::write(&path, "OLD").unwrap();
    // The same length and the same time: only the bytes tell.
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    let error = replace(&snapshot, b"new").unwrap_err();
    assert!(matches!(error, SaveError::Changed));
    assert!(error.is_passing());
    assert_eq!(read(&path), "OLD");
    assert_eq!(folder.names(), ["a.ipynb"]);
}

#[test]
fn a_file_that_was_replaced_or_removed_counts_as_changed() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o644);
    let snapshot = Snapshot::read(&path).unwrap();
    let newer = folder.file("b", "old", 0o644);
    fs::rename(&newer, &path).unwrap();
    assert!(matches!(
        replace(&snapshot, b"new"),
        Err(SaveError::Changed)
    ));
    fs::remove_file(&path).unwrap();
    assert!(matches!(
        replace(&snapshot, b"new"),
        Err(SaveError::Changed)
    ));
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn nothing_is_replaced_while_jupyter_saves() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o644);
    folder.file(".~a.ipynb", "old", 0o644);
    let error = replace(&Snapshot::read(&path).unwrap(), b"new").unwrap_err();
    assert!(matches!(error, SaveError::Busy { .. }));
    assert_eq!(read(&path), "old");
}

#[test]
fn a_device_is_not_read() {
    let error = Snapshot::read(Path::new("/dev/zero")).err().unwrap();
    assert!(error.to_string().contains("not a regular file"));
}

#[test]
fn new_files_are_private_or_public_and_never_overwrite() {
    let folder = Folder::new();
    let path = folder.dir.path().join(".env");
    create_private(&path, b"A='b'\n").unwrap();
    assert_eq!(mode(&path), 0o600);
    assert!(matches!(
        create_private(&path, b"other"),
        Err(SaveError::Changed)
    ));
    assert_eq!(read(&path), "A='b'\n");
    let example = folder.dir.path().join(".env.example");
    create_public(&example, b"A=\n").unwrap();
    assert_eq!(mode(&example), 0o644);
    assert_eq!(folder.names(), [".env", ".env.example"]);
}

/// What the children of the next tests do; nothing unless a parent asks.
#[test]
fn child() {
    let Some(path) = std::env::var_os("UNSPILL_TEST_SAVE") else {
        return;
    };
    let path = PathBuf::from(path);
    let content = |byte: u8| vec![byte; 3_000_000];
    if std::env::var_os("UNSPILL_TEST_ONCE").is_some() {
        let error = replace(&Snapshot::read(&path).unwrap(), &content(b'n')).unwrap_err();
        assert!(matches!(error, SaveError::Io { .. }), "{error}");
        return;
    }
    for byte in (b'a'..=b'z').cycle() {
        replace(&Snapshot::read(&path).unwrap(), &content(byte)).unwrap();
    }
}

fn child_command(path: &Path) -> std::process::Command {
    let mut command = std::process::Command::new("sh");
    command
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f ${LIMIT:-unlimited}; exec \"$0\" \"$@\"",
        ])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "child"])
        .env("UNSPILL_TEST_SAVE", path)
        .stdout(std::process::Stdio::null());
    command
}

#[test]
fn a_kill_at_any_moment_leaves_a_whole_file() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "", 0o644);
    fs::write(&path, vec![b'A'; 3_000_000]).unwrap();
    for round in 0..12u64 {
        let mut child = child_command(&path).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20 + round * 7));
        child.kill().unwrap();
        child.wait().unwrap();
        let content = fs::read(&path).unwrap();
        assert_eq!(content.len(), 3_000_000);
        assert!(content.iter().all(|byte| *byte == content[0]));
    }
    // The children did replace it in the meantime, else nothing was tested.
    assert_ne!(fs::read(&path).unwrap()[0], b'A');
}

#[test]
fn a_full_disk_leaves_the_old_file_and_no_other() {
    let folder = Folder::new();
    let path = folder.file("a.ipynb", "old", 0o644);
    let status = child_command(&path)
        .env("UNSPILL_TEST_ONCE", "1")
        .env("LIMIT", "100")
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(read(&path), "old");
    assert_eq!(folder.names(), ["a.ipynb"]);
}

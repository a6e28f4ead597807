//! Archives that are small and hold more than any memory, or themselves.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use zip::write::{SimpleFileOptions, ZipWriter};

use crate::real::{token, unspill};

fn archive(path: &Path, members: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, content) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
}

/// The limit that a run names; nothing is written.
fn refused(folder: &Path, args: &[&str]) -> String {
    let before = std::fs::read(folder.join("a.zip")).unwrap();
    let run = unspill(folder, &[&["fix", "a.zip"], args].concat());
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(std::fs::read(folder.join("a.zip")).unwrap() == before);
    run.err
}

#[test]
fn a_member_that_grows_too_much_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zeros = vec![b'a'; 40 << 20];
    archive(&folder.path().join("a.zip"), &[("a.txt", &zeros)]);
    let said = refused(folder.path(), &[]);
    assert!(
        said.contains("a.txt") && said.contains("--max-ratio"),
        "{said}"
    );
    let said = refused(folder.path(), &["--max-ratio", "5000", "--max-size", "20"]);
    assert!(said.contains("--max-size"), "{said}");
    let said = refused(folder.path(), &["--max-ratio", "5000", "--max-total", "20"]);
    assert!(said.contains("--max-total"), "{said}");
    let run = unspill(folder.path(), &["check", "a.zip", "--max-ratio", "5000"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

#[test]
fn too_many_members_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let text = token();
    let members = [("a", text.as_bytes()), ("b", b"x"), ("c", b"y")];
    archive(&folder.path().join("a.zip"), &members);
    let said = refused(folder.path(), &["--max-members", "2"]);
    assert!(said.contains("--max-members"), "{said}");
}

#[test]
fn archives_within_archives_are_refused_beyond_a_depth() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    archive(&path, &[("a.txt", token().as_bytes())]);
    for _ in 0..9 {
        let inner = std::fs::read(&path).unwrap();
        archive(&path, &[("a.zip", &inner)]);
    }
    let said = refused(folder.path(), &[]);
    assert!(said.contains("--max-depth"), "{said}");
    let run = unspill(folder.path(), &["fix", "a.zip", "--max-depth", "20"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

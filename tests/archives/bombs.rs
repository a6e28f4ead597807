//! Archives that are small and hold more than any memory, or themselves: what
//! is beyond a limit is told, and everything else is done.

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

fn member(path: &Path, name: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut content = Vec::new();
    std::io::copy(&mut zip.by_name(name).unwrap(), &mut content).unwrap();
    content
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
fn a_member_that_grows_too_much_is_told_and_left() {
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
fn the_other_members_are_looked_at_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let zeros = vec![b'a'; 40 << 20];
    let inner = folder.path().join("inner.zip");
    archive(&inner, &[("bomb", &zeros), ("key.txt", token().as_bytes())]);
    let half = std::fs::read(&inner).unwrap();
    let note = format!("login with {}\n", token());
    archive(
        &path,
        &[
            ("bomb.txt", &zeros),
            ("half.zip", &half),
            ("note.txt", note.as_bytes()),
        ],
    );
    let run = unspill(folder.path(), &["fix", "a.zip"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    for told in ["bomb.txt: more than", "half.zip: bomb: more than"] {
        assert!(run.err.contains(told), "{}", run.err);
    }
    let note = String::from_utf8(member(&path, "note.txt")).unwrap();
    assert_eq!(note, "login with REDACTED_HF_TOKEN\n");
    std::fs::write(&inner, member(&path, "half.zip")).unwrap();
    assert_eq!(member(&inner, "key.txt"), b"REDACTED_HF_TOKEN");
    assert_eq!(member(&path, "bomb.txt"), zeros);
}

#[test]
fn a_nested_archive_beyond_a_limit_is_told_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    archive(&path, &[("x", b"x"), ("y", b"y"), ("z", b"z")]);
    let many = std::fs::read(&path).unwrap();
    let plain = token();
    archive(&path, &[("many.zip", &many), ("a.txt", plain.as_bytes())]);
    let run = unspill(folder.path(), &["fix", "a.zip", "--max-members", "2"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("many.zip: "), "{}", run.err);
    assert!(run.err.contains("--max-members"), "{}", run.err);
    assert_eq!(member(&path, "a.txt"), b"REDACTED_HF_TOKEN");
}

#[test]
fn many_bombs_are_told_briefly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let zeros = vec![0; 2 << 20];
    let names: Vec<String> = (0..24).map(|number| format!("b{number}")).collect();
    let members: Vec<(&str, &[u8])> = (names.iter())
        .map(|name| (name.as_str(), zeros.as_slice()))
        .collect();
    archive(&path, &members);
    let run = unspill(folder.path(), &["check", "a.zip", "--max-size", "1"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("of 4 more parts"), "{}", run.err);
}

#[test]
fn a_broken_member_is_told_and_the_others_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let text: String = (0..2000).map(|number| format!("{number} ")).collect();
    archive(
        &path,
        &[
            ("broken.txt", text.as_bytes()),
            ("a.txt", token().as_bytes()),
        ],
    );
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60..80].fill(0xff);
    std::fs::write(&path, &bytes).unwrap();
    let run = unspill(folder.path(), &["fix", "a.zip"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("broken.txt: "), "{}", run.err);
    assert_eq!(member(&path, "a.txt"), b"REDACTED_HF_TOKEN");
}

#[test]
fn what_stands_before_the_break_of_a_tar_archive_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tar");
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [
        ("a.txt", token()),
        ("b.txt", format!("key {} and something behind it", token())),
    ] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        tar.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let mut bytes = tar.into_inner().unwrap();
    bytes.truncate(3 * 512 + 50);
    std::fs::write(&path, &bytes).unwrap();
    let run = unspill(folder.path(), &["fix", "a.tar"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("broken here"), "{}", run.err);
    assert!(run.out.contains("from byte 1024"), "{}", run.out);
    let new = std::fs::read(&path).unwrap();
    assert_eq!(new.len(), bytes.len());
    assert!(new[512..1024].starts_with(b"REDACTED_HF_TOKEN\0"));
    assert_eq!(new[1024..], bytes[1024..]);
}

#[test]
fn what_is_left_of_an_archive_that_was_cut_off_is_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let filler: String = (0..9000).map(|number| format!("{number} ")).collect();
    let text = format!("first {}\n{filler}", token());
    archive(&folder.path().join("a.zip"), &[("a.txt", text.as_bytes())]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    std::fs::write(folder.path().join("b.txt.gz"), gzip.finish().unwrap()).unwrap();
    for name in ["a.zip", "b.txt.gz"] {
        let path = folder.path().join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.truncate(bytes.len() / 2);
        std::fs::write(&path, &bytes).unwrap();
        let run = unspill(folder.path(), &["fix", name]);
        assert_eq!(run.status, 2, "{}{}", run.out, run.err);
        assert!(run.out.contains("line 1"), "{}{}", run.out, run.err);
        assert!(run.out.contains("pack it again"), "{}", run.out);
        assert!(std::fs::read(&path).unwrap() == bytes);
    }
}

#[test]
fn an_encrypted_member_is_told_and_the_others_are_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.zip");
    let text = token();
    archive(
        &path,
        &[
            ("closed.txt", b"\x80 not to be read"),
            ("a.txt", text.as_bytes()),
        ],
    );
    let mut bytes = std::fs::read(&path).unwrap();
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = memchr::memmem::find(&bytes, mark).unwrap();
        bytes[at + flags] |= 1;
    }
    std::fs::write(&path, &bytes).unwrap();
    let run = unspill(folder.path(), &["fix", "a.zip"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let told = "closed.txt: it is encrypted, and was not looked at";
    assert!(run.err.contains(told), "{}", run.err);
    assert_eq!(member(&path, "a.txt"), b"REDACTED_HF_TOKEN");
}

#[test]
fn a_copy_to_share_has_no_archive_that_was_not_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let course = folder.path().join("course");
    std::fs::create_dir(&course).unwrap();
    let zeros = vec![b'a'; 40 << 20];
    archive(&course.join("a.zip"), &[("a.txt", &zeros)]);
    std::fs::write(course.join("cut.zip"), b"PK\x03\x04 and nothing more").unwrap();
    std::fs::write(course.join("plain.txt"), "plain").unwrap();
    let run = unspill(folder.path(), &["share", "course", "out"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(!folder.path().join("out").exists());
    let run = unspill(folder.path(), &["share", "--partial", "course", "out"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    let out = folder.path().join("out");
    assert!(out.join("plain.txt").exists());
    assert!(!out.join("a.zip").exists() && !out.join("cut.zip").exists());
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

//! Histories that no name tells: tokens of earlier commits stand compressed in
//! them, so that nothing else would find one.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use zip::write::SimpleFileOptions;

use crate::course::{Course, names};

/// The files of a repository, one object of which holds the value.
fn repository(course: &Course, at: &str) -> Vec<(String, Vec<u8>)> {
    let mut object = ZlibEncoder::new(Vec::new(), Compression::default());
    writeln!(object, "blob 50\0key = '{}'", course.values[0]).unwrap();
    let name = format!("{at}/objects/ab/{}", "0123456789".repeat(4).split_at(38).0);
    vec![
        (format!("{at}/HEAD"), b"ref: refs/heads/main\n".to_vec()),
        (format!("{at}/refs/heads/main"), b"0\n".to_vec()),
        (name, object.finish().unwrap()),
    ]
}

fn zipped(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive
            .start_file(name.as_str(), SimpleFileOptions::default())
            .unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tarred(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let packed = GzEncoder::new(Vec::new(), Compression::default());
    let mut archive = tar::Builder::new(packed);
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, name, bytes.as_slice())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_repository_of_any_name_is_left_out() {
    let course = Course::empty();
    course.write("a.py", "x = 1\n");
    for at in ["old.git", "deep/backup"] {
        for (name, bytes) in repository(&course, at) {
            course.write_bytes(&name, &bytes);
        }
    }
    course.write("all.bundle", "# v2 git bundle\n0 refs/heads/main\n\n");
    // Some of these names have other folders, too.
    course.write("world/objects/tree.obj", "v 1\n");
    course.write("world/HEAD", "x\n");
    let (status, out, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 0, "{out}{err}");
    let copy = course.around().join("handout");
    assert_eq!(
        names(&copy),
        ["a.py", "world/HEAD", "world/objects/tree.obj"]
    );
    for name in ["old.git ", "deep/backup ", "all.bundle "] {
        assert!(out.contains(&format!("  {name}")), "{out}");
    }
    let args = ["share", "course", "all", "--keep", "old.git/"];
    assert_eq!(course.run(&args).0, 0);
    assert!(course.around().join("all/old.git/HEAD").exists());

    let (status, _, err) = course.run(&["share", "course/old.git", "x"]);
    assert_eq!(status, 2);
    assert!(err.contains("the history of a repository"), "{err}");
}

#[test]
fn an_archive_of_a_repository_is_not_handed_out() {
    let course = Course::empty();
    let plain = [("src/a.py".to_owned(), b"x = 1\n".to_vec())];
    let mut all = plain.to_vec();
    all.extend(repository(&course, "src/.git"));
    course.write_bytes("plain.zip", &zipped(&plain));
    course.write_bytes("plain.tgz", &tarred(&plain));
    course.write_bytes("repo.zip", &zipped(&all));
    course.write_bytes("repo.tgz", &tarred(&all));
    let within = [("in/repo.tar.gz".to_owned(), tarred(&all))];
    course.write_bytes("deep.zip", &zipped(&within));
    let (status, out, err) = course.run(&["share", "course", "handout"]);
    assert_eq!(status, 1, "{out}{err}");
    assert!(!course.around().join("handout").exists());
    for name in ["repo.zip", "repo.tgz", "deep.zip"] {
        let note = format!(
            "{} holds the history",
            Path::new("course").join(name).display()
        );
        assert!(err.contains(&note), "{err}");
    }
    let args = ["share", "course", "handout", "--partial"];
    let (status, out, err) = course.run(&args);
    assert_eq!(status, 1, "{out}{err}");
    let copy = course.around().join("handout");
    assert_eq!(names(&copy), ["plain.tgz", "plain.zip"]);
    assert!(out.contains("  repo.zip  it holds the history"), "{out}");
    let bytes = fs::read(copy.join("plain.zip")).unwrap();
    assert_eq!(bytes, zipped(&plain));
}

//! Files that are cut off, or of which bits have changed: no panic, no hang,
//! and the original stays.

use std::io::Write;
use std::path::Path;

use proptest::prelude::*;
use unspill::sanitize::{Ledger, Sanitizer};

use crate::real::{sample, token, unspill};

const FORMATS: [&str; 20] = [
    "pickle0",
    "pickle4",
    "safetensors",
    "zip",
    "piped-zip",
    "torch",
    "gzip",
    "tar",
    "tar-gz",
    "npy-fields",
    "npz",
    "joblib",
    "bz2",
    "xz",
    "zst",
    "lz4",
    "joblib-lzma",
    "tar-zst",
    "torchscript",
    "deleted",
];

/// All samples, written once.
fn samples() -> &'static [(String, Vec<u8>)] {
    static SAMPLES: std::sync::OnceLock<Vec<(String, Vec<u8>)>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| {
        let read = |format: &&str| {
            let folder = sample(format);
            let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        };
        FORMATS.iter().map(read).collect()
    })
}

/// Whatever the bytes are, the answer is a result that holds or a refusal.
fn answers(sanitizer: &Sanitizer, name: &str, bytes: &[u8]) {
    let ledger = Ledger::default();
    let name = Path::new(name);
    let inspected = sanitizer.inspect(name, bytes, &ledger);
    let sanitized = sanitizer.sanitize(name, bytes, &ledger);
    if let (Ok(_), Ok(sanitized)) = (inspected, sanitized)
        && let Some(new) = sanitized.bytes
    {
        let again = sanitizer.sanitize(name, &new, &ledger);
        assert!(again.is_ok_and(|again| again.bytes.is_none()));
    }
}

#[test]
fn files_that_are_cut_off_are_answered() {
    let sanitizer = Sanitizer::default();
    for (name, bytes) in samples() {
        let step = (bytes.len() / 60).max(1);
        for len in (0..bytes.len()).step_by(step) {
            answers(&sanitizer, name, &bytes[..len]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn changed_bits_are_answered(
        which in 0..FORMATS.len(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0u8..8), 1..12),
    ) {
        let (name, bytes) = &samples()[which];
        let mut bytes = bytes.clone();
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        answers(&Sanitizer::default(), name, &bytes);
    }
}

/// A notebook of which a merge was not finished, in a course's archive.
#[test]
fn a_broken_notebook_in_an_archive_is_told_and_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("course.zip");
    let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        (
            "a.ipynb",
            format!("{{\n<<<<<<< HEAD\n \"cells\": [\"key = '{}'\"", token()),
        ),
        ("b.txt", format!("and {}\n", token())),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let run = unspill(folder.path(), &["fix", "course.zip"]);
    assert_eq!(run.status, 2, "{}{}", run.out, run.err);
    assert!(run.err.contains("a.ipynb: not a notebook"), "{}", run.err);
    for told in ["a.ipynb", "left, as the file is broken", "b.txt, line 1"] {
        assert!(run.out.contains(told), "{told}: {}", run.out);
    }
}

//! What the real libraries make of a file before and after.

use std::path::Path;
use std::process::Command;

use crate::support::project::Run;
use crate::support::venv;

/// The libraries that write the formats.
const PACKAGES: [&str; 5] = ["joblib", "lz4", "numpy", "safetensors", "zstandard"];

/// A user token of Hugging Face, which nobody ever issued.
pub fn token() -> String {
    ["hf_", "kQzRvTnWcLxBmYpHsJ", "dGfAeUoIqZwKrNtV"].concat()
}

/// A password, which only its name tells.
pub fn password() -> String {
    ["Tr0ub4", "dor&3x", "yzzy"].concat()
}

fn python(args: &[&str], folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/archives/files.py");
    let output = Command::new(venv::with("archives", &PACKAGES))
        .arg(script)
        .args(args)
        .arg(folder)
        .env("TOKEN", token())
        .env("PASSWORD", password())
        .output()
        .expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {errors}");
    String::from_utf8(output.stdout).expect("JSON is text")
}

/// The program, run in a folder.
pub fn unspill(folder: &Path, args: &[&str]) -> Run {
    Command::new(env!("CARGO_BIN_EXE_unspill"))
        .args(args)
        .args(["--no-own", "--no-config"])
        .current_dir(folder)
        .output()
        .expect("the program starts")
        .into()
}

/// A folder with a file of a format.
pub fn sample(format: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    python(&["write", format], folder.path());
    folder
}

/// Holds `fix` against the real library.
fn hold(format: &str) {
    let folder = sample(format);
    let folder = folder.path();
    let before = python(&["read", format], folder);
    assert!(before.contains("<T>"), "{before}");
    let run = unspill(folder, &["check", "."]);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    let run = unspill(folder, &["fix", "."]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(!run.out.contains(&token()) && !run.out.contains(&password()));
    assert_eq!(python(&["read", format], folder), before);
    assert_eq!(python(&["search"], folder).trim(), "[]", "{format}");
    let run = unspill(folder, &["check", "."]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

macro_rules! hold {
    ($($test:ident: $format:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            hold($format);
        })*
    };
}

hold! {
    pickle_of_protocol_0: "pickle0",
    pickle_of_protocol_1: "pickle1",
    pickle_of_protocol_2: "pickle2",
    pickle_of_protocol_3: "pickle3",
    pickle_of_protocol_4: "pickle4",
    pickle_of_protocol_5: "pickle5",
    safetensors: "safetensors",
    zip_with_archives_in_it: "zip",
    zip64: "zip64",
    zip_behind_a_program: "zipapp",
    zip_from_a_pipe: "piped-zip",
    pytorch_archive: "torch",
    pytorch_archive_without_checksums: "torch-without-checksums",
    pytorch_before_its_archives: "legacy-torch",
    pytorch_training_arguments: "torch-training-args",
    pytorch_script_whose_code_is_compressed: "torchscript",
    keras_model: "keras",
    torchserve_archive: "mar",
    skops_model: "skops",
    python_wheel: "whl",
    word_document: "docx",
    comet_experiment: "comet",
    gzip: "gzip",
    tar: "tar",
    tar_in_gzip: "tar-gz",
    tar_of_posix: "tar-pax",
    array_of_strings: "npy-unicode",
    array_of_strings_of_the_other_byte_order: "npy-big-endian",
    array_of_bytes: "npy-bytes",
    array_of_fields: "npy-fields",
    array_of_objects: "npy-objects",
    arrays: "npz",
    arrays_compressed: "npz-compressed",
    joblib: "joblib",
    joblib_in_zlib: "joblib-zlib",
    joblib_in_gzip: "joblib-gzip",
}

#[test]
fn places_are_told_as_the_structure_names_them() {
    let folder = sample("torch");
    let run = unspill(folder.path(), &["check", "model.pt"]);
    assert!(
        run.out.contains("archive/data.pkl, hub_token"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("archive/extra/note.txt, line 1"),
        "{}",
        run.out
    );
    let folder = sample("safetensors");
    let run = unspill(folder.path(), &["check", "--json", "m.safetensors"]);
    let report: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(
        findings
            .iter()
            .any(|found| found["part"] == "metadata hub_token")
    );
    let folder = sample("zip");
    let run = unspill(folder.path(), &["check", "course.zip"]);
    assert!(
        run.out
            .contains("inner.zip, deep/lesson.ipynb, cell 1, line 1"),
        "{}",
        run.out
    );
}

#[test]
fn values_of_texts_are_searched_in_models_and_the_other_way_round() {
    let folder = sample("torch");
    let path = folder.path();
    let hidden = format!("deploy with {} today\n", password());
    std::fs::write(path.join("notes.txt"), &hidden).unwrap();
    let run = unspill(path, &["fix", "."]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let notes = std::fs::read_to_string(path.join("notes.txt")).unwrap();
    assert_eq!(notes, hidden.replace(&password(), "REDACTED_PASSWORD"));
}

#[test]
fn a_value_in_a_name_is_told_and_not_shown() {
    let folder = sample("names");
    for args in [
        &["check", "n.zip"][..],
        &["check", "-v", "--json", "n.zip"],
        &["fix", "n.zip"],
    ] {
        let run = unspill(folder.path(), args);
        assert_eq!(run.status, 2, "{}{}", run.out, run.err);
        assert!(!run.out.contains(&token()), "{}", run.out);
        assert!(!run.err.contains(&token()), "{}", run.err);
        assert!(run.out.contains("….txt"), "{}", run.out);
        assert!(
            run.err.contains("….zip: ") || run.out.contains("….zip: "),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_member_that_was_deleted_and_is_still_there_is_told() {
    let folder = sample("deleted");
    let path = folder.path().join("d.zip");
    let before = std::fs::read(&path).unwrap();
    assert!(memchr::memmem::find(&before, token().as_bytes()).is_none());
    let run = unspill(folder.path(), &["fix", "d.zip"]);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    for told in ["old.txt, deleted, byte ", "pack the archive again"] {
        assert!(run.out.contains(told), "{}", run.out);
    }
    assert!(std::fs::read(&path).unwrap() == before);
}

#[test]
fn a_binary_of_no_known_kind_is_looked_at_and_left() {
    let folder = tempfile::tempdir().unwrap();
    let wide: Vec<u8> = token().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bytes = [
        &[0, 1, 2, 3],
        token().as_bytes(),
        &[0; 9],
        &wide,
        &[0xff; 5],
    ]
    .concat();
    std::fs::write(folder.path().join("x.dat"), &bytes).unwrap();
    let run = unspill(folder.path(), &["fix", "."]);
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("byte 4 "), "{}", run.out);
    assert!(run.out.contains("byte 50 "), "{}", run.out);
    assert!(run.out.contains("left as it is"), "{}", run.out);
    assert!(std::fs::read(folder.path().join("x.dat")).unwrap() == bytes);
}

#[test]
fn a_difference_of_bytes_is_told_in_one_line() {
    let folder = sample("torch");
    let before = std::fs::read(folder.path().join("model.pt")).unwrap();
    let run = unspill(folder.path(), &["fix", "--diff", "model.pt"]);
    assert!(
        run.out
            .contains("Binary files a/model.pt and b/model.pt differ"),
        "{}",
        run.out
    );
    assert!(std::fs::read(folder.path().join("model.pt")).unwrap() == before);
}

//! Values that move to a `.env` file arrive whole, and nothing there changes.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use unspill::detect::Secret;
use unspill::env_file::{EnvFileError, Ignored, example_of, ignored, keep, list_names};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn values(pairs: &[(&str, &str)]) -> Vec<(String, Secret)> {
    pairs
        .iter()
        .map(|(name, value)| (name.to_string(), Secret::new(*value)))
        .collect()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// What a POSIX shell reads from the file.
fn by_shell(path: &Path, name: &str) -> String {
    let script = format!(". \"$1\"; printf %s \"${name}\"");
    let output = Command::new("sh")
        .args(["-c", &script, "sh"])
        .arg(path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_new_file_is_private_and_a_shell_reads_the_values() {
    let folder = folder();
    let path = folder.path().join(".env");
    let tricky = [
        ("PLAIN", "Ab0-_./+=~"),
        ("SPACED", "  two words # no comment  "),
        ("DOLLAR", "$HOME`id`!x\"y"),
        ("APOSTROPHE", "it's \"so\""),
        ("BACKSLASH", r"a\nb\d"),
        ("BACKSLASHES", r"a\\b"),
        ("ENDS", r"abc\"),
        ("LINES", "-----BEGIN-----\nabc\n-----END-----\n"),
        ("EMPTY", ""),
    ];
    let kept = keep(&path, &values(&tricky)).unwrap();
    assert_eq!(kept.added.len(), tricky.len());
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    for (name, value) in tricky.iter().filter(|(name, _)| *name != "LINES") {
        assert_eq!(by_shell(&path, name), *value, "{name}");
    }
    assert!(by_shell(&path, "LINES").ends_with("-----END-----\n"));
    // They are read back the same, so a second run adds nothing.
    let before = read(&path);
    let kept = keep(&path, &values(&tricky)).unwrap();
    assert_eq!((kept.added.len(), kept.others.len()), (0, 0), "{kept:?}");
    assert_eq!(read(&path), before);
}

#[test]
fn what_no_form_carries_is_refused_and_nothing_written() {
    let folder = folder();
    let path = folder.path().join(".env");
    for value in ["a${HOME}b", "a\rb", "it's $5"] {
        let error = keep(&path, &values(&[("GOOD", "x"), ("BAD", value)])).unwrap_err();
        assert!(matches!(&error, EnvFileError::NotPortable(name) if name == "BAD"));
        assert!(!error.to_string().contains(value));
        assert!(!path.exists());
    }
}

#[test]
fn what_is_there_stays_byte_for_byte() {
    let folder = folder();
    for (old, line_end) in [
        ("# mine\nA = 'x'\n\nexport B=\"y z\"  # why", "\n"),
        ("# mine\r\nA = 'x'\r\n\r\nexport B=\"y z\"  # why", "\r\n"),
    ] {
        let path = folder.path().join(".env");
        fs::write(&path, old).unwrap();
        let kept = keep(&path, &values(&[("C", "new")])).unwrap();
        assert_eq!(kept.added, ["C"]);
        assert_eq!(read(&path), format!("{old}{line_end}C='new'{line_end}"));
    }
}

#[test]
fn names_that_are_set_are_respected() {
    let folder = folder();
    let path = folder.path().join(".env");
    let old = "\
A='x'
export B = \"y z\" # comment
C=bare#value # comment
#D=old
E='two
F=not a name
lines'
G=
A=later
";
    fs::write(&path, old).unwrap();
    let kept = keep(
        &path,
        &values(&[
            ("A", "later"),
            ("B", "y z"),
            ("C", "other"),
            ("D", "d"),
            ("E", "two\nF=not a name\nlines"),
            ("F", "f"),
            ("G", "g"),
        ]),
    )
    .unwrap();
    assert_eq!(kept.added, ["D", "F"]);
    assert_eq!(kept.others, ["C", "G"]);
    assert_eq!(read(&path), format!("{old}D='d'\nF='f'\n"));
}

#[test]
fn the_example_lists_each_name_once_and_no_value() {
    let folder = folder();
    let example = example_of(&folder.path().join(".env"));
    assert_eq!(example, folder.path().join(".env.example"));
    fs::write(&example, "# ours\nWANDB_API_KEY=\n").unwrap();
    let names = BTreeMap::from([
        ("WANDB_API_KEY", "Weights & Biases"),
        ("OPENAI_API_KEY", "OpenAI"),
        ("HF_TOKEN", "Hugging Face"),
    ]);
    let expected = "# ours\nWANDB_API_KEY=\n# Hugging Face\nHF_TOKEN=\n# OpenAI\nOPENAI_API_KEY=\n";
    for _ in 0..2 {
        list_names(&example, &names).unwrap();
        assert_eq!(read(&example), expected);
    }
}

fn repository(gitignore: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = folder();
    fs::create_dir_all(folder.path().join(".git/info")).unwrap();
    fs::create_dir_all(folder.path().join("course/week1")).unwrap();
    for (path, rules) in gitignore {
        fs::write(folder.path().join(path), rules).unwrap();
    }
    let path = folder.path().join("course/week1/.env");
    (folder, path)
}

#[test]
fn the_rules_of_git_are_read_up_to_the_root_of_the_repository() {
    for (rules, expected) in [
        (&[][..], Ignored::No),
        (&[(".gitignore", ".env\n")][..], Ignored::Yes),
        (&[(".gitignore", "*.env*\n!.env.example\n")], Ignored::Yes),
        (&[("course/.gitignore", "week1/.env\n")], Ignored::Yes),
        (&[(".gitignore", "course/\n")], Ignored::Yes),
        (&[(".git/info/exclude", ".env\n")], Ignored::Yes),
        (&[(".gitignore", "*.pyc\n")], Ignored::No),
        (
            &[(".gitignore", ".env\n"), ("course/.gitignore", "!.env\n")],
            Ignored::No,
        ),
    ] {
        let (_folder, path) = repository(rules);
        assert_eq!(ignored(&path), expected, "{rules:?}");
    }
}

#[test]
fn outside_a_repository_there_is_nothing_to_ignore() {
    let folder = folder();
    assert_eq!(ignored(&folder.path().join(".env")), Ignored::NoRepository);
}

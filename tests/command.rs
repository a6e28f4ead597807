//! The command as a person or a program meets it: arguments, streams, status.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const CLEAN: &str = r#"{
 "cells": [{"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": ["x = 1\n"]}],
 "metadata": {}, "nbformat": 4, "nbformat_minor": 5
}
"#;

struct Run {
    status: i32,
    out: String,
    err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
    command.current_dir(dir).args(args).env_remove("NO_COLOR");
    command
}

fn run(dir: &Path, args: &[&str]) -> Run {
    command(dir, args).output().unwrap().into()
}

fn run_with_input(dir: &Path, args: &[&str], input: &str) -> Run {
    let mut child = command(dir, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    child.wait_with_output().unwrap().into()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    dir
}

#[test]
fn help_explains_with_examples() {
    let dir = folder(&[]);
    let help = run(dir.path(), &["--help"]);
    assert_eq!(help.status, 0);
    assert!(help.out.contains("unspill fix --diff lesson.ipynb"));
    assert!(help.out.contains("Exit status:"));
    for verb in ["check", "fix", "filter"] {
        let help = run(dir.path(), &[verb, "--help"]);
        assert_eq!(help.status, 0, "{verb}");
        assert!(help.out.contains("Examples:"), "{verb}");
        assert_eq!(help.err, "", "{verb}");
    }
}

#[test]
fn version_is_told() {
    let dir = folder(&[]);
    let version = run(dir.path(), &["--version"]);
    assert_eq!(version.status, 0);
    assert_eq!(
        version.out,
        format!("unspill {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_usage_is_status_2_and_nothing_on_standard_output() {
    let dir = folder(&[("a.ipynb", CLEAN), ("b.ipynb", CLEAN)]);
    for args in [
        &["frobnicate"][..],
        &["check", "--frobnicate"],
        &["check", "--style", "cobol"],
        &["check", "--confidence", "none"],
        &["check", "--threads", "0"],
        &["check", "-q", "-v"],
        &["fix", "--diff", "--stdout", "a.ipynb"],
        &["fix", "--stdout", "a.ipynb", "b.ipynb"],
        &["fix", "--stdout", "."],
        &["fix", "-"],
        &[],
    ] {
        let run = run(dir.path(), args);
        assert_eq!(run.status, 2, "{args:?}");
        assert_eq!(run.out, "", "{args:?}");
        assert!(!run.err.is_empty(), "{args:?}");
    }
}

#[test]
fn a_missing_file_is_one_clear_line_and_the_others_go_on() {
    let dir = folder(&[("a.ipynb", CLEAN)]);
    for verb in ["check", "fix"] {
        let run = run(dir.path(), &[verb, "no.ipynb", "a.ipynb"]);
        assert_eq!(run.status, 2, "{verb}");
        assert_eq!(
            run.err,
            "unspill: no.ipynb: cannot be read: No such file or directory\n"
        );
        assert_eq!(run.out, "No credentials in 1 file.\n");
    }
}

#[test]
fn a_clean_folder_is_status_0_and_one_line() {
    let dir = folder(&[
        ("b.ipynb", CLEAN),
        (".x/a.ipynb", CLEAN),
        ("c.png", "\u{0}"),
    ]);
    let run = run(dir.path(), &["check"]);
    assert_eq!(
        (run.status, run.out.as_str(), run.err.as_str()),
        (0, "No credentials in 3 files.\n", "")
    );
    let empty = folder(&[]);
    assert_eq!(self::run(empty.path(), &["check"]).out, "No files found.\n");
}

#[test]
fn what_was_left_out_is_told_when_asked() {
    let dir = folder(&[("node_modules/a.ipynb", CLEAN), ("b.ipynb", CLEAN)]);
    assert_eq!(run(dir.path(), &["check"]).err, "");
    let told = run(dir.path(), &["check", "-v"]);
    assert!(told.err.contains("node_modules: left out"), "{}", told.err);
    let named = run(dir.path(), &["check", "node_modules"]);
    assert_eq!(named.out, "No credentials in 1 file.\n");
}

#[test]
fn quiet_says_nothing_unless_there_is_trouble() {
    let dir = folder(&[("a.ipynb", CLEAN)]);
    let quiet = run(dir.path(), &["check", "-q"]);
    assert_eq!((quiet.status, quiet.out + &quiet.err), (0, String::new()));
    let trouble = run(dir.path(), &["check", "-q", "no.ipynb"]);
    assert_eq!((trouble.status, trouble.out.as_str()), (2, ""));
    assert!(trouble.err.contains("no.ipynb"));
}

#[test]
fn json_is_one_document_in_the_order_of_the_paths() {
    let dir = folder(&[("z.ipynb", CLEAN), ("b/a.ipynb", CLEAN), ("a.ipynb", CLEAN)]);
    let args = &["check", "--json", "--threads", "4", ".", "no.ipynb"];
    let first = run(dir.path(), args);
    assert_eq!(first.status, 2);
    let document: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    let paths: Vec<_> = document["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["a.ipynb", "b/a.ipynb", "z.ipynb"]);
    assert_eq!(document["errors"][0]["path"], "no.ipynb");
    assert_eq!(document["summary"]["exit"], 2);
    for _ in 0..5 {
        assert_eq!(run(dir.path(), args).out, first.out);
    }
}

#[test]
fn colours_come_when_asked_and_never_in_a_pipe() {
    let dir = folder(&[]);
    let plain = run(dir.path(), &["check", "no.ipynb"]);
    assert!(!plain.err.contains('\x1b'));
    let coloured = run(dir.path(), &["check", "--color", "always", "no.ipynb"]);
    assert!(coloured.err.contains('\x1b'));
    let never = run(dir.path(), &["check", "--color", "never", "no.ipynb"]);
    assert!(!never.err.contains('\x1b'));
    let no_color: Run = command(dir.path(), &["check", "no.ipynb"])
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "0")
        .output()
        .unwrap()
        .into();
    assert!(!no_color.err.contains('\x1b'));
}

#[test]
fn file_names_cannot_steer_the_terminal() {
    let dir = folder(&[]);
    let run = run(dir.path(), &["check", "a\x1b[2J\u{202e}.ipynb"]);
    assert!(
        run.err.contains("a\\u{1b}[2J\\u{202e}.ipynb"),
        "{}",
        run.err
    );
}

#[test]
fn filter_and_stdout_pass_a_clean_notebook_on_byte_for_byte() {
    let dir = folder(&[("a.ipynb", CLEAN)]);
    let filtered = run_with_input(dir.path(), &["filter", "--name", "a.ipynb"], CLEAN);
    assert_eq!(
        (
            filtered.status,
            filtered.out.as_str(),
            filtered.err.as_str()
        ),
        (0, CLEAN, "")
    );
    let out = run(dir.path(), &["fix", "--stdout", "a.ipynb"]);
    assert_eq!((out.status, out.out.as_str()), (0, CLEAN));
    let piped = run_with_input(dir.path(), &["fix", "--stdout", "-"], CLEAN);
    assert_eq!((piped.status, piped.out.as_str()), (0, CLEAN));
}

#[test]
fn standard_input_can_be_checked() {
    let dir = folder(&[]);
    let run = run_with_input(dir.path(), &["check", "-"], CLEAN);
    assert_eq!(
        (run.status, run.out.as_str()),
        (0, "No credentials in 1 file.\n")
    );
}

#[test]
fn a_clean_file_is_not_written_at_all() {
    let dir = folder(&[("a.ipynb", CLEAN)]);
    let path = dir.path().join("a.ipynb");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(run(dir.path(), &["fix"]).status, 0);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let dir = folder(&[("a.ipynb", CLEAN)]);
    let mut child = command(dir.path(), &["check", "--json", "a.ipynb"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(output.stderr, b"");
}

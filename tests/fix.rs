//! `fix`, `check` and `filter` on notebooks that hold something.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

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
    command.current_dir(dir).args(args);
    command
}

/// Runs it, and makes sure that it shows no value.
fn run(dir: &Path, args: &[&str]) -> Run {
    let run: Run = command(dir, args).output().unwrap().into();
    assert_shows_nothing(&run.out);
    assert_shows_nothing(&run.err);
    run
}

fn filter(dir: &Path, input: &str) -> Run {
    let mut child = command(dir, &["filter", "--name", "a.ipynb"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap().into()
}

const BODY: &str = "kQzWvBnTyLmRfGhJpXsDcUeAoIiYtRqNwM";
const OTHER_BODY: &str = "ZpLmWqXsCvBnTyUrGhJkDfAeOiQwRtYuNz";

fn token() -> String {
    format!("hf{}{BODY}", '_')
}

fn other_token() -> String {
    format!("hf{}{OTHER_BODY}", '_')
}

fn assert_shows_nothing(text: &str) {
    assert!(!text.contains(&BODY[..8]), "{text}");
    assert!(!text.contains(&OTHER_BODY[..8]), "{text}");
}

/// A notebook with the token in its code and in its output.
fn dirty(token: &str) -> String {
    [
        r#"{
 "cells": [
  {
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {},
   "outputs": [{"name": "stdout", "output_type": "stream", "text": ["using "#,
        token,
        r#"\n"]}],
   "source": [
    "import os\n",
    "token = \""#,
        token,
        r#"\""
   ]
  }
 ],
 "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
 "nbformat": 4,
 "nbformat_minor": 4
}
"#,
    ]
    .concat()
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

fn read(dir: &TempDir, name: &str) -> String {
    fs::read_to_string(dir.path().join(name)).unwrap()
}

#[test]
fn check_reports_and_changes_nothing() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let check = run(dir.path(), &["check"]);
    assert_eq!((check.status, check.err.as_str()), (1, ""));
    assert!(check.out.starts_with("a.ipynb\n  cell 1"), "{}", check.out);
    assert!(check.out.contains("→ os.environ[\"HF_TOKEN\"]"));
    assert!(check.out.contains("→ REDACTED_HF_TOKEN"));
    assert!(
        check.out.contains(
            "2 credentials in 1 file (1 different value). `unspill fix .` takes them out."
        )
    );
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[test]
fn fix_takes_all_out_and_a_second_run_finds_nothing() {
    let dir = folder(&[
        ("a.ipynb", &dirty(&token())),
        ("b/c.ipynb", &dirty(&token())),
    ]);
    let fix = run(dir.path(), &["fix"]);
    assert_eq!((fix.status, fix.err.as_str()), (0, ""));
    assert!(
        fix.out
            .contains("4 credentials taken out of 2 files (1 different value)."),
        "{}",
        fix.out
    );
    assert!(fix.out.contains("The code now needs HF_TOKEN"));
    let fixed = read(&dir, "a.ipynb");
    assert_shows_nothing(&fixed);
    assert!(fixed.contains(r#"token = os.environ[\"HF_TOKEN\"]"#));
    assert_eq!(run(dir.path(), &["check"]).status, 0);
    assert_eq!(
        run(dir.path(), &["fix"]).out,
        "No credentials in 2 files.\n"
    );
    assert_eq!(read(&dir, "a.ipynb"), fixed);
}

#[test]
fn a_broken_file_is_told_and_the_others_are_fixed() {
    let dir = folder(&[
        ("a.ipynb", "{\"cells\": [\n  {]"),
        ("b.ipynb", &dirty(&token())),
    ]);
    let fix = run(dir.path(), &["fix"]);
    assert_eq!(fix.status, 2);
    assert!(
        fix.err.starts_with("unspill: a.ipynb: not a notebook: "),
        "{}",
        fix.err
    );
    assert!(fix.err.contains("(line 2, column "), "{}", fix.err);
    assert_shows_nothing(&read(&dir, "b.ipynb"));
}

/// A merge that was not finished: Jupyter cannot open it, but git pushes it.
#[test]
fn a_broken_notebook_is_searched_as_plain_text_and_left() {
    let whole = dirty(&token());
    let conflict = whole.replacen("{\n", "{\n<<<<<<< HEAD\n", 1);
    assert_ne!(whole, conflict);
    let dir = folder(&[
        ("a.ipynb", &conflict),
        ("b.txt", &format!("it prints {}\n", token())),
    ]);
    let check = run(dir.path(), &["check", "--json"]);
    assert_eq!(check.status, 2);
    let told = serde_json::from_str::<serde_json::Value>(&check.out).unwrap();
    assert_eq!(
        told["errors"].as_array().map(Vec::len),
        Some(1),
        "{}",
        check.out
    );
    let of = |path: &str| {
        let all = told["findings"].as_array().unwrap();
        all.iter().find(|found| found["path"] == path).cloned()
    };
    let found = of("a.ipynb").expect("found in the broken notebook");
    assert_eq!(found["remedy"]["type"], "report");
    assert!(found["file_line"].as_u64() > Some(1));
    assert!(of("b.txt").is_some());

    let fix = run(dir.path(), &["fix"]);
    assert_eq!(fix.status, 2);
    assert_eq!(fix.err.matches("not a notebook").count(), 1, "{}", fix.err);
    assert_eq!(read(&dir, "a.ipynb"), conflict);
    assert_shows_nothing(&read(&dir, "b.txt"));
    assert_shows_nothing(&fix.out);

    let out = run(dir.path(), &["fix", "--stdout", "a.ipynb"]);
    assert_eq!((out.status, out.out.as_str()), (2, ""));
}

/// The copy says nothing by itself: only the other file says what it is.
#[test]
fn a_copy_in_a_broken_notebook_is_told() {
    let value = ["kQ3vZ8rLw0", "XyTbN5mJcH"].concat();
    let broken = format!("{{\n<<<<<<< HEAD\n \"x\": \"run {value} now\"\n}}");
    let dir = folder(&[
        ("a.ipynb", &broken),
        ("b.py", &format!("api_key = '{value}'\n")),
    ]);
    let fix = run(dir.path(), &["fix"]);
    assert!(
        fix.out.contains("left, as the file is broken"),
        "{}",
        fix.out
    );
    assert!(!fix.out.contains(&value) && !read(&dir, "b.py").contains(&value));
}

/// `unspill check | head -1` must not pass what was found.
#[test]
fn a_reader_that_leaves_changes_no_status() {
    let dir = folder(&[("a.ipynb", &dirty(&token())), ("b.ipynb", &dirty(&token()))]);
    for (line, status) in [(&["check"][..], 1), (&["fix", "--diff"], 1), (&["fix"], 0)] {
        let mut child = command(dir.path(), line)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(status), "{line:?}");
    }
    for name in ["a.ipynb", "b.ipynb"] {
        assert!(
            !read(&dir, name).contains(&token()),
            "{name} is fixed all the same"
        );
    }
}

#[test]
fn a_diff_hides_the_old_value_and_writes_nothing() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let diff = run(dir.path(), &["fix", "--diff"]);
    assert_eq!(diff.status, 1, "the file still holds it");
    assert!(
        diff.err.contains("`unspill fix .` takes them out."),
        "{}",
        diff.err
    );
    assert!(
        diff.out.starts_with("--- a/a.ipynb\n+++ b/a.ipynb\n"),
        "{}",
        diff.out
    );
    assert!(
        diff.out.contains("\n-    \"token = \\\"hf_…\\\"\""),
        "{}",
        diff.out
    );
    assert!(
        diff.out
            .contains("\n+    \"token = os.environ[\\\"HF_TOKEN\\\"]\"")
    );
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[test]
fn filter_writes_the_clean_notebook_and_one_line_to_standard_error() {
    let dir = folder(&[]);
    let filtered = filter(dir.path(), &dirty(&token()));
    assert_eq!(filtered.status, 0);
    assert_shows_nothing(&filtered.out);
    assert!(filtered.out.contains("os.environ"));
    assert_eq!(filtered.err, "unspill: a.ipynb: 2 credentials taken out\n");
    let broken = filter(dir.path(), "{\"cells\": [");
    assert_eq!((broken.status, broken.out.as_str()), (2, ""));
    assert!(broken.err.starts_with("unspill: a.ipynb: not a notebook"));
}

/// The lines that the README gives, with this program in the place of `unspill`.
#[test]
fn the_filter_of_the_readme_works_both_ways() {
    let readme = include_str!("../README.md");
    let recipe = readme
        .split("```")
        .find(|block| block.contains("git config filter.unspill.clean"))
        .unwrap();
    let recipe = recipe.trim_start_matches("sh\n");
    let program = env!("CARGO_BIN_EXE_unspill");
    let recipe = recipe.replace("'unspill filter", &format!("'\"{program}\" filter"));
    let name = "-odd name.ipynb";
    let dir = folder(&[(name, &dirty(&token()))]);
    let shell = |script: &str| {
        let output = Command::new("sh")
            .args(["-ec", script])
            .current_dir(dir.path())
            .env("HOME", dir.path())
            .output()
            .unwrap();
        let run: Run = output.into();
        assert_eq!(run.status, 0, "{script}: {} {}", run.out, run.err);
        run.out
    };
    shell("git init -q . && git config user.email a@example.org && git config user.name a");
    shell(&recipe);
    shell("git add .gitattributes -- '-odd name.ipynb' && git commit -qm one");
    let committed = shell("git show 'HEAD:-odd name.ipynb'");
    assert!(committed.contains("os.environ") && !committed.contains(&token()));
    assert!(
        read(&dir, name).contains(&token()),
        "the work keeps its value"
    );
    assert_eq!(shell("git status --porcelain -- '-odd name.ipynb'"), "");
    // Back from the repository: without a smudge filter git would fail here.
    shell("rm -- '-odd name.ipynb' && git checkout -q -- '-odd name.ipynb'");
    assert_eq!(read(&dir, name), committed);
}

#[test]
fn values_move_to_the_env_file() {
    let dir = folder(&[
        (".git/HEAD", ""),
        ("a.ipynb", &dirty(&token())),
        ("b.ipynb", &dirty(&other_token())),
    ]);
    let fix = run(dir.path(), &["fix", "--env-file", ".env"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    assert_eq!(
        read(&dir, ".env"),
        format!("HF_TOKEN='{}'\nHF_TOKEN_2='{}'\n", token(), other_token())
    );
    assert!(
        fix.out
            .contains("The values are in .env: HF_TOKEN, HF_TOKEN_2")
    );
    assert!(fix.err.contains("git does not ignore .env"), "{}", fix.err);
    let example = read(&dir, ".env.example");
    assert!(example.contains("# Hugging Face\nHF_TOKEN=\n"), "{example}");
    assert!(
        fix.out.contains("(for others: .env.example)"),
        "{}",
        fix.out
    );
}

#[test]
fn values_that_become_masks_are_kept_too() {
    let password = ["Xk29", "..!", "pQ7z"].concat();
    let settings = format!("hub_token: {}\ndb_password: '{password}'\n", token());
    let dir = folder(&[("settings.yaml", &settings)]);
    let fix = run(dir.path(), &["fix", "--env-file", ".env"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    assert!(read(&dir, "settings.yaml").contains("REDACTED_DB_PASSWORD"));
    let kept = read(&dir, ".env");
    for line in [
        format!("HF_TOKEN='{}'", token()),
        format!("DB_PASSWORD='{password}'"),
    ] {
        assert!(kept.lines().any(|kept| kept == line), "{kept}");
    }
    let told = "The values are in .env: DB_PASSWORD, HF_TOKEN\n";
    assert!(fix.out.contains(told), "{}", fix.out);
    // No code looks them up.
    assert!(!dir.path().join(".env.example").exists());
}

#[test]
fn what_is_set_already_stays_and_no_value_is_lost() {
    let dir = folder(&[(".env", "HF_TOKEN=mine"), ("a.ipynb", &dirty(&token()))]);
    let fix = run(dir.path(), &["fix", "--env-file", ".env"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    let kept = format!("HF_TOKEN=mine\nHF_TOKEN_2='{}'\n", token());
    assert_eq!(read(&dir, ".env"), kept);
    assert!(read(&dir, "a.ipynb").contains("HF_TOKEN_2"));
}

#[test]
fn a_value_that_is_set_already_keeps_its_name() {
    let env = format!("MINE='{}'\n", token());
    let dir = folder(&[(".env", &env), ("a.ipynb", &dirty(&token()))]);
    let fix = run(dir.path(), &["fix", "--env-file", ".env"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    assert_eq!(read(&dir, ".env"), env);
    assert!(read(&dir, "a.ipynb").contains(r#"environ[\"MINE\"]"#));
}

#[test]
fn no_notebook_is_changed_whose_values_cannot_be_kept() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let fix = run(dir.path(), &["fix", "--env-file", "no/such/folder/.env"]);
    assert_eq!(fix.status, 2);
    assert!(fix.err.contains("its values cannot be kept"), "{}", fix.err);
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[cfg(unix)]
#[test]
fn a_read_only_file_is_told_and_stays() {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let path = dir.path().join("a.ipynb");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
    let fix = run(dir.path(), &["fix"]);
    assert_eq!(fix.status, 2);
    assert!(
        fix.err
            .starts_with("unspill: a.ipynb: not changed: the file is read-only\n"),
        "{}",
        fix.err
    );
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[cfg(unix)]
#[test]
fn another_name_that_keeps_the_old_content_is_told() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    fs::hard_link(dir.path().join("a.ipynb"), dir.path().join("b.ipynb")).unwrap();
    let one = run(dir.path(), &["fix", "a.ipynb"]);
    assert_eq!(one.status, 1);
    assert!(
        one.err.contains("1 other name outside this run"),
        "{}",
        one.err
    );

    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    fs::hard_link(dir.path().join("a.ipynb"), dir.path().join("b.ipynb")).unwrap();
    let both = run(dir.path(), &["fix"]);
    assert_eq!((both.status, both.err.as_str()), (0, ""));
    assert_shows_nothing(&read(&dir, "b.ipynb"));
}

#[test]
fn one_file_fixed_to_standard_output() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let fix = run(dir.path(), &["fix", "--stdout", "a.ipynb"]);
    assert_eq!(fix.status, 0);
    assert!(fix.out.contains("os.environ") && fix.out.ends_with("}\n"));
    assert!(fix.err.contains("2 credentials taken out of 1 file"));
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[test]
fn json_holds_the_findings() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let check = run(dir.path(), &["check", "--json"]);
    let document: serde_json::Value =
        serde_json::from_str::<serde_json::Value>(&check.out).unwrap();
    assert_eq!(check.status, 1);
    let findings = document["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    assert!(
        findings
            .iter()
            .all(|finding| finding["variable"] == "HF_TOKEN")
    );
    assert_eq!(findings[0]["fingerprint"], findings[1]["fingerprint"]);
}

#[test]
fn a_file_that_jupyter_is_saving_is_waited_for() {
    let dir = folder(&[("a.ipynb", &dirty(&token())), (".~a.ipynb", "")]);
    let child = command(dir.path(), &["fix", "a.ipynb"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
    fs::remove_file(dir.path().join(".~a.ipynb")).unwrap();
    let fix: Run = child.wait_with_output().unwrap().into();
    assert_eq!((fix.status, fix.err.as_str()), (0, ""));
    assert_shows_nothing(&read(&dir, "a.ipynb"));
}

#[test]
fn a_file_that_jupyter_never_ends_saving_is_told() {
    let dir = folder(&[("a.ipynb", &dirty(&token())), (".~a.ipynb", "")]);
    let fix = run(dir.path(), &["fix", "a.ipynb"]);
    assert_eq!(fix.status, 2);
    assert!(fix.err.contains("Jupyter is saving it"), "{}", fix.err);
    assert_eq!(read(&dir, "a.ipynb"), dirty(&token()));
}

#[cfg(unix)]
#[test]
fn a_link_and_its_target_are_one_file() {
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    std::os::unix::fs::symlink("a.ipynb", dir.path().join("link.ipynb")).unwrap();
    let fix = run(dir.path(), &["fix", "a.ipynb", "link.ipynb"]);
    assert_eq!((fix.status, fix.err.as_str()), (0, ""));
    assert_shows_nothing(&read(&dir, "a.ipynb"));
    let link = dir.path().join("link.ipynb");
    assert!(fs::symlink_metadata(link).unwrap().is_symlink());
}

/// The helper `run` holds that no value is shown.
#[test]
fn a_name_that_holds_a_value_is_told_and_not_shown() {
    let known = format!("out/{}.txt", other_token());
    let dir = folder(&[
        ("a.ipynb", &dirty(&other_token())),
        (&known, "x"),
        (&format!("run_{}/log.txt", token()), "x"),
    ]);
    for args in [
        &["check"][..],
        &["check", "--json"],
        &["fix", "--diff"],
        &["fix"],
    ] {
        let run = run(dir.path(), args);
        assert_eq!(run.status, 1, "{args:?}: {}", run.err);
        let told = format!("{}{}", run.out, run.err);
        assert!(
            told.contains("the name out/….txt holds a value"),
            "{args:?}: {told}"
        );
        assert!(
            told.contains("the name run_…/log.txt holds a value"),
            "{args:?}: {told}"
        );
    }
    // A word that is a password somewhere means itself in a path.
    let dir = folder(&[("models/a.py", "password = 'models'\n"), ("b.py", "")]);
    assert_eq!(run(dir.path(), &["check"]).status, 0);
}

#[test]
fn the_advice_is_that_of_the_style() {
    for (style, advice) in [
        ("environ", "`export HF_TOKEN=…`"),
        ("colab", "under Secrets"),
        ("kaggle", "Add-ons, Secrets"),
        ("getpass", "it asks"),
    ] {
        let dir = folder(&[("a.ipynb", &dirty(&token()))]);
        let fix = run(dir.path(), &["fix", "--style", style]);
        assert!(fix.out.contains(advice), "{}", fix.out);
    }
    let dir = folder(&[("a.ipynb", &dirty(&token()))]);
    let fix = run(
        dir.path(),
        &["fix", "--style", "dotenv", "--env-file", "my.env"],
    );
    assert!(fix.err.contains("load_dotenv(\"my.env\")"), "{}", fix.err);
}

#[test]
fn what_is_no_notebook_is_told_for_what_it_is() {
    let conflict = dirty("x").replacen("   \"source\"", "<<<<<<< HEAD\n   \"source\"", 1);
    for (text, told) in [
        ("<!DOCTYPE html>\n<html></html>\n", "this is a page"),
        (
            conflict.as_str(),
            "unfinished merge begin here; finish it (line 8",
        ),
    ] {
        let dir = folder(&[("a.ipynb", text)]);
        let check = run(dir.path(), &["check"]);
        assert_eq!(check.status, 2);
        assert!(check.err.contains(told), "{}", check.err);
    }
}

#[test]
fn a_copy_of_a_value_that_stays_where_it_is_kept_is_told() {
    let password = ["Xk29", "..!", "pQ7z"].concat();
    let dir = folder(&[
        (".git/HEAD", ""),
        (".gitignore", ".env\n"),
        (".env", &format!("DB_PASSWORD={password}\n")),
        ("a.py", &format!("open_all('db', '{password}')\n")),
    ]);
    let check = run(dir.path(), &["check", "--no-own"]);
    assert_eq!(check.status, 1, "{}", check.out);
    assert!(check.out.contains("a.py\n"), "{}", check.out);
    let fix = run(dir.path(), &["fix", "--no-own"]);
    assert_eq!(fix.status, 0, "{}", fix.err);
    assert!(!read(&dir, "a.py").contains(&password));
    assert!(read(&dir, ".env").contains(&password));
}

/// Of a longer value that is exempted no end may be shown.
#[test]
fn a_diff_hides_values_that_begin_with_others() {
    let password = "Xk29mQ7zLp";
    let longer = [password, "T4sW7yZ1bN6cD3"].concat();
    let script = format!("password = '{password}'\napi_key = '{longer}'  # unspill: allow\n");
    let dir = folder(&[("a.py", &script)]);
    let diff = run(dir.path(), &["fix", "--diff"]);
    assert!(diff.out.contains("api_key"), "{}", diff.out);
    assert!(!diff.out.contains("T4sW7y"), "{}", diff.out);
}

/// What only begins like a file of a kind is searched all the same.
#[test]
fn tokens_in_files_that_are_not_what_they_seem_are_told() {
    let noise: Vec<u8> = (0..2000_u32).map(|at| ((at * at) >> 3) as u8).collect();
    let zip = {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        writer
            .start_file("a.txt", zip::write::SimpleFileOptions::default())
            .unwrap();
        writer.write_all(b"nothing").unwrap();
        writer.finish().unwrap().into_inner()
    };
    // A pickle of the number 7, as protocol 4 has it.
    let pickle = b"\x80\x04K\x07.".to_vec();
    let cases: [(&str, Vec<u8>, i32); 9] = [
        ("x.bin", b"\x80\x04 ".to_vec(), 1),
        ("y.bin", [b"\x80\x02".as_slice(), &noise].concat(), 1),
        ("z.pkl", pickle, 1),
        ("a.zip", zip, 1),
        ("b.zip", b"PK\x03\x04 ".to_vec(), 2),
        ("c.gguf", [b"GGUF".as_slice(), &noise].concat(), 2),
        (
            "d.npy",
            [b"\x93NUMPY\x01\x00\xff\xff".as_slice(), &noise].concat(),
            2,
        ),
        (
            "e.png",
            [b"\x89PNG\r\n\x1a\n".as_slice(), &noise].concat(),
            2,
        ),
        (
            "f.safetensors",
            [b"\xff\x00\x00\x00\x00\x00\x00\x00{".as_slice(), &noise].concat(),
            2,
        ),
    ];
    for (name, mut bytes, status) in cases {
        bytes.extend(format!("\ntoken = {}\n", token()).bytes());
        let dir = folder(&[]);
        fs::write(dir.path().join(name), &bytes).unwrap();
        let check = run(dir.path(), &["check"]);
        assert!(
            check.out.contains("Hugging Face user access token"),
            "{name}: {} {}",
            check.out,
            check.err
        );
        assert_eq!(check.status, status, "{name}: {}", check.err);
        assert!(check.err.lines().count() <= 3, "{name}: {}", check.err);
    }
}

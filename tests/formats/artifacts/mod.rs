//! The files that lie in projects, each by the name, at the place and with the
//! content that its program gives it, and with values where they leak.
//!
//! Each file has values of its own, so that none is found because another file
//! was. What is asked: `check` tells every value, `fix` takes it out and
//! changes nothing else, and a parser that is not ours reads both to the same
//! data but for the values.

mod notebooks;
mod plumbing;
mod stores;
mod trackers;
mod training;

use std::fs;
use std::path::Path;
use std::process::Command;

use regex::Regex;
use unspill::detect::sample::Rng;

use super::planted;
use crate::support::project::{Project, token};
use crate::support::venv;

/// A file as its program writes it.
pub struct Row {
    /// Where it lies.
    pub path: &'static str,
    /// Who reads it a second time; see `readers.py`.
    pub reader: &'static str,
    /// `§` is a token that tells itself, `¶` a value that only its name tells.
    pub text: &'static str,
    /// What must come out, if it is more than a mask in place of each value.
    pub after: Option<&'static str>,
}

/// A file in which masks stand where values were.
const fn masked(path: &'static str, reader: &'static str, text: &'static str) -> Row {
    Row {
        path,
        reader,
        text,
        after: None,
    }
}

/// A file whose program knows look-ups.
const fn looked_up(
    path: &'static str,
    reader: &'static str,
    text: &'static str,
    after: &'static str,
) -> Row {
    Row {
        path,
        reader,
        text,
        after: Some(after),
    }
}

/// What stands in for the signs of a row.
struct Values([String; 2]);

const SIGNS: [char; 2] = ['§', '¶'];

impl Values {
    fn new(seed: usize) -> Self {
        let rng = &mut Rng::new(seed as u64 + 1000);
        Self([token(seed as u64 + 1000), planted::secret(rng)])
    }

    fn fill(&self, template: &str) -> String {
        let values = SIGNS.iter().zip(&self.0);
        values.fold(template.to_owned(), |text, (&sign, value)| {
            text.replace(sign, value)
        })
    }
}

/// Signs of which each stands for a mask.
fn with_masks(template: &str) -> Regex {
    let parts: Vec<String> = template.split(SIGNS).map(regex::escape).collect();
    Regex::new(&format!(r"\A{}\z", parts.join("REDACTED_[A-Z0-9_]+"))).expect("a pattern")
}

/// Holds each row of a table against what is asked.
fn hold(rows: &[Row]) {
    let before = Project::new(&[]);
    let after = Project::new(&[]);
    let mut wrong = Vec::new();
    for (seed, row) in rows.iter().enumerate() {
        let values = Values::new(seed);
        let text = values.fill(row.text);
        before.write(row.path, &text);
        after.write(row.path, &text);
        let (told, _) = after.check(&["--no-own", row.path]);
        let run = after.run(&["fix", "--no-own", row.path]);
        let fixed = after.read(row.path);
        let expected = row.after.unwrap_or(row.text);
        let is_right = with_masks(expected).is_match(&fixed);
        if told == 0 || !is_right || run.status != 0 {
            let Row { path, .. } = row;
            wrong.push(format!("{path}: {told} told\n{}\n{fixed}", run.err));
        }
        let (again, status) = after.check(&["--no-own", row.path]);
        if (again, status) != (0, 0) {
            wrong.push(format!("{}: {again} told in a second run", row.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n======\n"));
    read_again(rows, before.path(), after.path());
}

/// The same data is read from both folders, but for what holds a mask or a
/// look-up afterwards.
fn read_again(rows: &[Row], before: &Path, after: &Path) {
    let list: Vec<String> = rows
        .iter()
        .map(|row| format!("{}\t{}", row.reader, row.path))
        .collect();
    let list_file = before.join("list of files");
    fs::write(&list_file, list.join("\n")).expect("a file can be written");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/artifacts/readers.py");
    let output = Command::new(venv::with("readers", READERS))
        .arg(script)
        .args([list_file.as_path(), before, after])
        .output()
        .expect("Python starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{err}");
}

/// What the second readers are, and the programs that [`super::written`] runs.
pub const READERS: &[&str] = &[
    "configobj",
    "hydra-core",
    "json5",
    "jupytext",
    "pyhocon",
    "python-dotenv",
    "pyyaml",
    "ruamel.yaml",
];

#[test]
fn notebooks_and_their_twins() {
    hold(notebooks::ROWS);
}

#[test]
fn what_training_leaves() {
    hold(training::ROWS);
}

#[test]
fn what_trackers_leave() {
    hold(trackers::ROWS);
}

#[test]
fn what_a_project_is_set_up_with() {
    hold(plumbing::ROWS);
}

#[test]
fn stores_that_are_named() {
    hold(stores::ROWS);
}

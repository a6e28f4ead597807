//! A folder with notebooks, and the program run in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use unspill::detect::catalogue;
use unspill::detect::sample::{Rng, sample};

/// What a run of the program gave.
pub struct Run {
    /// Its exit status.
    pub status: i32,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
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

/// A folder with files.
pub struct Project(TempDir);

impl Project {
    /// The files by their paths.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        for (name, content) in files {
            project.write(name, content);
        }
        project
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a file there.
    pub fn write(&self, name: &str, content: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The content of a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs the program here.
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_in("", args)
    }

    /// Runs the program in a folder of it.
    pub fn run_in(&self, folder: &str, args: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
        command.current_dir(self.path().join(folder)).args(args);
        command.output().unwrap().into()
    }

    /// How many findings a check has, by its JSON; and its status.
    pub fn check(&self, args: &[&str]) -> (usize, i32) {
        let run = self.run(&[&["check", "--json"], args].concat());
        let document: serde_json::Value = serde_json::from_str(&run.out).expect(&run.err);
        (document["findings"].as_array().unwrap().len(), run.status)
    }
}

/// A made-up value of a kind, another one for each number.
pub fn value(kind: &str, number: u64) -> String {
    sample(catalogue::kind(kind).unwrap(), &mut Rng::new(number)).unwrap()
}

/// A made-up Hugging Face token.
pub fn token(number: u64) -> String {
    value("huggingface-user-token", number)
}

/// A notebook of code cells.
pub fn notebook(cells: &[&str]) -> String {
    let cells: Vec<_> = cells.iter().map(|source| code(source, "")).collect();
    of_cells(&cells)
}

/// A notebook of any cells.
pub fn of_cells(cells: &[serde_json::Value]) -> String {
    let notebook = serde_json::json!({
        "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4
    });
    serde_json::to_string_pretty(&notebook).unwrap() + "\n"
}

/// A code cell that printed something, maybe.
pub fn code(source: &str, printed: &str) -> serde_json::Value {
    let outputs = match printed {
        "" => serde_json::json!([]),
        text => serde_json::json!([{"output_type": "stream", "name": "stdout", "text": [text]}]),
    };
    let lines: Vec<&str> = source.split_inclusive('\n').collect();
    serde_json::json!({
        "cell_type": "code", "execution_count": null, "metadata": {}, "outputs": outputs,
        "source": lines
    })
}

/// A Markdown cell.
pub fn markdown(source: &str) -> serde_json::Value {
    serde_json::json!({"cell_type": "markdown", "metadata": {}, "source": [source]})
}

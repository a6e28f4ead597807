//! Programs that are run before and after: with the variable set they must do
//! the same.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::road::{Fixed, filled, fixed};

/// What a run came to: its status, what it printed, the files it left.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    status: Option<i32>,
    printed: String,
    complained: String,
    files: Vec<(String, String)>,
}

/// Whether a program is there. Tests that need one that may be missing say
/// that they did not run.
pub fn is_there(program: &str, argument: &str) -> bool {
    let there = Command::new(program)
        .arg(argument)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !there {
        println!("{program} is not here: its programs are not run");
    }
    there
}

/// Runs `program arguments… name` in an empty folder in which the file lies.
pub fn run(program: &[&str], name: &str, text: &str, variables: &[(String, String)]) -> Ran {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("folders can be made");
    fs::write(&path, text).expect("a file can be written");
    let (first, rest) = program.split_first().expect("a program");
    let output = Command::new(first)
        .args(rest)
        .arg(name)
        .current_dir(folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(variables.iter().cloned())
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    fs::remove_file(&path).expect("the file is there");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran {
        status: output.status.code(),
        printed: text(&output.stdout),
        complained: text(&output.stderr),
        files: files(folder.path()),
    }
}

fn files(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut files: Vec<(String, String)> = entries
        .flatten()
        .filter(|entry| entry.path().is_file())
        .map(|entry| {
            let bytes = fs::read(entry.path()).expect("a file");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect();
    files.sort();
    files
}

/// A program does before and after the same, and all of its values became
/// look-ups.
pub fn does_the_same(program: &[&str], name: &str, template: &str) -> Fixed {
    let before = filled(template);
    let fixed = fixed(name, &before);
    assert!(!fixed.found.is_empty(), "nothing is found in\n{template}");
    let first = run(program, name, &before, &fixed.variables);
    let second = run(program, name, &fixed.text, &fixed.variables);
    assert_eq!(first.status, Some(0), "{template}\n{}", first.complained);
    assert_eq!(first, second, "{template}\nbecame\n{}", fixed.text);
    assert_eq!(
        fixed.look_ups(),
        fixed.found.len(),
        "a mask stands in\n{}",
        fixed.text
    );
    fixed
}

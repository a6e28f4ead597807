//! The pictures in the README are what the program prints.
//!
//! Each `console` block is run on copies of the sample notebooks, from the
//! first to the last. `UNSPILL_README=write cargo test --test readme` puts
//! what is printed now in the place of what stands there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const OPEN: &str = "```console\n";
const CLOSE: &str = "```\n";

#[test]
fn the_pictures_show_what_the_program_prints() {
    let file = root().join("README.md");
    let readme = fs::read_to_string(&file).expect("the README can be read");
    let folder = samples();
    let mut current = String::new();
    let mut rest = readme.as_str();
    let mut blocks = 0;
    while let Some(at) = rest.find(OPEN) {
        let (before, behind) = rest.split_at(at + OPEN.len());
        let end = behind.find(CLOSE).expect("the block is closed");
        current.push_str(before);
        current.push_str(&played(&behind[..end], folder.path()));
        rest = &behind[end..];
        blocks += 1;
    }
    current.push_str(rest);
    assert!(blocks > 0, "the README has no picture");
    if std::env::var_os("UNSPILL_README").is_some_and(|what| what == "write") {
        fs::write(&file, &current).expect("the README can be written");
    } else {
        assert_eq!(readme, current);
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder with copies of the samples.
fn samples() -> TempDir {
    let folder = TempDir::new().expect("a folder can be made");
    for entry in fs::read_dir(root().join("sample_notebooks")).expect("the samples") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default();
        fs::copy(&path, folder.path().join(name)).expect("the copy can be made");
    }
    folder
}

/// The block with its commands run again, and what they print now.
fn played(block: &str, folder: &Path) -> String {
    let commands = block.lines().filter_map(|line| line.strip_prefix("$ "));
    let plays: Vec<String> = commands
        .map(|command| format!("$ {command}\n{}", printed(command, folder)))
        .collect();
    plays.join("\n")
}

fn printed(command: &str, folder: &Path) -> String {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("unspill"), "{command}");
    let output = Command::new(env!("CARGO_BIN_EXE_unspill"))
        .args(words)
        .current_dir(folder)
        .output()
        .expect("the program starts");
    String::from_utf8(output.stdout).expect("UTF-8")
}

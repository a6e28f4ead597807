//! With a real Jupyter Server: notebooks are saved through its contents API as
//! JupyterLab does, while the watch runs.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use super::support::project::{Project, token};
use super::support::venv;
use super::watcher::{Watcher, eventually, holding, holds_token};

const NOTEBOOKS: usize = 8;

/// How often each notebook is saved.
fn saves() -> usize {
    match std::env::var("UNSPILL_SOAK") {
        Ok(factor) => 30 * factor.parse::<usize>().unwrap(),
        Err(_) => 30,
    }
}

/// Saves through a server, and gives the mark of each notebook's last save.
fn save_through_jupyter(folder: &Path) -> serde_json::Map<String, serde_json::Value> {
    let python = venv::with("jupyter-server", &["jupyter_server"]);
    let driver = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/watch/jupyter_driver.py");
    let mut child = Command::new(python)
        .arg(driver)
        .arg(folder)
        .args([NOTEBOOKS.to_string(), saves().to_string(), "5".to_owned()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    for number in 0..2000 {
        writeln!(stdin, "{}", token(number)).unwrap();
    }
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["problems"], serde_json::json!([]));
    answer["last"].as_object().unwrap().clone()
}

fn is_there(path: &Path, mark: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| {
        serde_json::from_str::<serde_json::Value>(&text).is_ok()
            && text.contains(&format!("\\\"{mark}\\\""))
            && !holds_token(&text)
    })
}

/// Reads the mirror all the time: what is there is whole and sanitized.
fn read_all_the_time(mirror: &Path, is_over: &AtomicBool) {
    while !is_over.load(Ordering::SeqCst) {
        for index in 0..NOTEBOOKS {
            let Ok(text) = fs::read_to_string(mirror.join(format!("n{index}.ipynb"))) else {
                continue;
            };
            let whole = serde_json::from_str::<serde_json::Value>(&text);
            assert!(whole.is_ok(), "half a notebook: {} bytes", text.len());
            assert!(!holds_token(&text));
        }
        sleep(Duration::from_millis(2));
    }
}

#[test]
fn every_last_save_of_jupyter_is_there_and_sanitized_and_the_mirror_at_every_moment() {
    let project = Project::new(&[("notebooks/.keep", "")]);
    let folder = project.path().join("notebooks");
    let mirror = project.path().join("mirror");
    let mut in_place = Watcher::start(&folder, &[]);
    let mut mirroring = Watcher::start(project.path(), &["notebooks", "--to", "mirror"]);
    let is_over = AtomicBool::new(false);
    let last = std::thread::scope(|scope| {
        let reading = scope.spawn(|| read_all_the_time(&mirror, &is_over));
        let last = save_through_jupyter(&folder);
        for (name, mark) in &last {
            for folder in [&folder, &mirror] {
                let path = folder.join(format!("{name}.ipynb"));
                eventually(name, || is_there(&path, mark.as_str().unwrap()));
            }
        }
        is_over.store(true, Ordering::SeqCst);
        reading.join().unwrap();
        last
    });
    assert_eq!(last.len(), NOTEBOOKS);
    // Checkpoints too.
    eventually("no token is left", || holding_tokens(&folder).is_empty());
    assert!(holding_tokens(&mirror).is_empty());
    // No endless loop: when nobody saves, nothing is done.
    sleep(Duration::from_millis(500));
    let files = in_place.count(|event| event["event"] == "file");
    sleep(Duration::from_millis(700));
    assert_eq!(in_place.count(|event| event["event"] == "file"), files);
    assert!(files > NOTEBOOKS, "{files}");
    assert_eq!(in_place.stop(), 0);
    assert_eq!(mirroring.stop(), 0);
    for (name, mark) in &last {
        let path = folder.join(format!("{name}.ipynb"));
        assert!(is_there(&path, mark.as_str().unwrap()));
    }
    println!("{} saves, sanitized {files} times", NOTEBOOKS * saves());
}

fn holding_tokens(folder: &Path) -> Vec<PathBuf> {
    let candidates = holding(folder, "hf_").into_iter();
    candidates
        .filter(|path| fs::read_to_string(path).is_ok_and(|text| holds_token(&text)))
        .collect()
}

//! Every way in which editors save, with pauses, many times: the last save is
//! on disk, sanitized, and nobody sees half a file that no editor wrote.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::Duration;

use unspill::detect::sample::Rng;

use super::support::project::{Project, notebook, token};
use super::watcher::{Watcher, eventually, holds_token};

/// How a file is saved.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// Cut to nothing and written (VS Code, nano).
    Truncate,
    /// Written beside it and renamed over it (gedit, PyCharm).
    Rename,
    /// Moved away, made anew, and the old one removed (vim).
    Backup,
    /// Cut to nothing and written in small pieces.
    Pieces,
    /// As Jupyter does: a copy beside it as long as it is written.
    Jupyter,
}

pub const WAYS: [Way; 5] = [
    Way::Truncate,
    Way::Rename,
    Way::Backup,
    Way::Pieces,
    Way::Jupyter,
];

/// Saves a text in one of the ways.
pub fn save(path: &Path, text: &str, way: Way, rng: &mut Rng) {
    let beside = |ending: &str| {
        let name = path.file_name().unwrap().to_string_lossy();
        path.with_file_name(format!("{name}{ending}"))
    };
    match way {
        Way::Truncate => fs::write(path, text).unwrap(),
        Way::Rename => {
            fs::write(beside(".tmp"), text).unwrap();
            fs::rename(beside(".tmp"), path).unwrap();
        }
        Way::Backup => {
            // The first save has nothing to move away.
            let _ = fs::rename(path, beside("~"));
            fs::write(path, text).unwrap();
            let _ = fs::remove_file(beside("~"));
        }
        Way::Pieces => {
            let mut file = fs::File::create(path).unwrap();
            for piece in text.as_bytes().chunks(text.len() / 6 + 1) {
                file.write_all(piece).unwrap();
                pause(rng, 60);
            }
        }
        Way::Jupyter => {
            let name = path.file_name().unwrap().to_string_lossy();
            let copy = path.with_file_name(format!(".~{name}"));
            let _ = fs::copy(path, &copy);
            let mut file = fs::File::create(path).unwrap();
            let (first, second) = text.split_at(text.len() / 2);
            file.write_all(first.as_bytes()).unwrap();
            pause(rng, 30);
            file.write_all(second.as_bytes()).unwrap();
            file.sync_all().unwrap();
            drop(file);
            let _ = fs::remove_file(copy);
        }
    }
}

/// Waits for up to so many milliseconds.
pub fn pause(rng: &mut Rng, most: u64) {
    sleep(Duration::from_millis(rng.next_u64() % (most + 1)));
}

/// A notebook with a token that no other has, and a mark.
pub fn saved(number: u64, mark: &str) -> String {
    notebook(&[
        &format!("login(\"{}\")\nmark = \"{mark}\"", token(number)),
        &"print('something to read')\n".repeat(40),
    ])
}

/// Whether the save with a mark is there, whole and sanitized.
pub fn is_there(path: &Path, mark: &str) -> bool {
    fs::read_to_string(path).is_ok_and(|text| {
        let is_whole = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        is_whole && text.contains(&format!("\\\"{mark}\\\"")) && !holds_token(&text)
    })
}

/// Saves a file many times, and gives the mark of the last save.
fn edit(path: &Path, way: Way, seed: u64, times: u64) -> String {
    let mut rng = Rng::new(seed);
    let mut mark = String::new();
    for time in 0..times {
        mark = format!("{way:?} {time}");
        save(path, &saved(seed * 1_000 + time, &mark), way, &mut rng);
        // Sometimes at once, sometimes when it was just about to be replaced.
        pause(&mut rng, [5, 130, 250][usize::try_from(time % 3).unwrap()]);
    }
    mark
}

/// Reads a file all the time; it must be whole always.
fn read_all_the_time(path: PathBuf, is_over: &AtomicBool) -> usize {
    let mut reads = 0;
    while !is_over.load(Ordering::SeqCst) {
        if let Ok(bytes) = fs::read(&path) {
            let whole = serde_json::from_slice::<serde_json::Value>(&bytes);
            assert!(whole.is_ok(), "half a file: {} bytes", bytes.len());
            reads += 1;
        }
        sleep(Duration::from_millis(1));
    }
    reads
}

#[test]
fn every_last_save_is_there_and_sanitized() {
    let times = match std::env::var("UNSPILL_SOAK") {
        Ok(factor) => 25 * factor.parse::<u64>().unwrap(),
        Err(_) => 25,
    };
    let project = Project::new(&[]);
    let mut watcher = Watcher::start(project.path(), &[]);
    let is_over = AtomicBool::new(false);
    let marks: Vec<(PathBuf, String)> = std::thread::scope(|scope| {
        let mut editing = Vec::new();
        let mut reading = Vec::new();
        for (index, way) in WAYS.into_iter().cycle().take(10).enumerate() {
            let path = project.path().join(format!("{index}.ipynb"));
            if let Way::Rename = way {
                let (path, is_over) = (path.clone(), &is_over);
                reading.push(scope.spawn(move || read_all_the_time(path, is_over)));
            }
            let seed = index as u64 + 1;
            editing.push(scope.spawn(move || (path.clone(), edit(&path, way, seed, times))));
        }
        let marks = editing
            .into_iter()
            .map(|edit| edit.join().unwrap())
            .collect();
        is_over.store(true, Ordering::SeqCst);
        for reads in reading {
            assert!(reads.join().unwrap() > 100);
        }
        marks
    });
    for (path, mark) in &marks {
        eventually(mark, || is_there(path, mark));
    }
    assert_eq!(watcher.stop(), 0);
    for (path, mark) in &marks {
        assert!(is_there(path, mark));
    }
}

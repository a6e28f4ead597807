//! The watch is killed at random moments: no save is lost by that, no file is
//! half, and the next start cleans up and goes on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use unspill::detect::sample::Rng;

use super::editors::{WAYS, Way, is_there, pause, save, saved};
use super::support::project::Project;
use super::watcher::{Watcher, eventually, files};

fn edit(path: &Path, way: Way, seed: u64, is_over: &AtomicBool) -> String {
    let mut rng = Rng::new(seed);
    let mut mark = String::new();
    for time in 0.. {
        mark = format!("{way:?} {time}");
        save(path, &saved(seed * 1_000 + time, &mark), way, &mut rng);
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        pause(&mut rng, 200);
    }
    mark
}

#[test]
fn a_killed_watch_loses_nothing_and_the_next_one_goes_on() {
    let kills = match std::env::var("UNSPILL_SOAK") {
        Ok(factor) => 12 * factor.parse::<u64>().unwrap(),
        Err(_) => 12,
    };
    let project = Project::new(&[]);
    let is_over = AtomicBool::new(false);
    let marks: Vec<(PathBuf, String)> = std::thread::scope(|scope| {
        let mut editing = Vec::new();
        for (index, way) in WAYS.into_iter().enumerate() {
            let path = project.path().join(format!("{index}.ipynb"));
            let (seed, is_over) = (index as u64 + 1, &is_over);
            editing.push(scope.spawn(move || (path.clone(), edit(&path, way, seed, is_over))));
        }
        let mut rng = Rng::new(7);
        for _ in 0..kills {
            let watcher = Watcher::start_at_once(project.path(), &["--quiet-time", "20"]);
            std::thread::sleep(Duration::from_millis(50 + rng.next_u64() % 400));
            watcher.kill();
        }
        is_over.store(true, Ordering::SeqCst);
        editing
            .into_iter()
            .map(|edit| edit.join().unwrap())
            .collect()
    });
    // What a kill in the middle of a save may leave.
    let left = project.path().join(".unspill-1073741824-x.tmp");
    fs::write(&left, "half").unwrap();
    let mut watcher = Watcher::start(project.path(), &[]);
    for (path, mark) in &marks {
        eventually(mark, || is_there(path, mark));
    }
    assert_eq!(watcher.stop(), 0);
    assert_eq!(
        files(project.path()).len(),
        WAYS.len(),
        "nothing else is left"
    );
}

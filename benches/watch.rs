//! How long it takes from the moment a saved file is still to the sanitized
//! file, at 1, 10 and 100 saves a second; and what it costs to watch 100,000
//! files in which nothing happens. See `benches/README.md`.
#![cfg(unix)]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use unspill::detect::catalogue;
use unspill::detect::sample::{Rng, sample};

/// The usual quiet time.
const QUIET: Duration = Duration::from_millis(300);
/// Different files that are saved, and different values in them.
const FILES: usize = 200;
const VALUES: u64 = 200;
/// How exactly the moment of a replacement is known.
const TICK: Duration = Duration::from_millis(1);

fn main() {
    // `cargo test --benches` only sees that it works.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    println!(
        "from still to sanitized, in milliseconds; notebooks of 20 kB, each save with a token"
    );
    println!(
        "{:>9} {:>7} {:>10} {:>8} {:>8} {:>8}",
        "saves/s", "saves", "superseded", "median", "p99", "most"
    );
    let rates: &[(u64, usize)] = match is_bench {
        true => &[(1, 30), (10, 300), (100, 2000)],
        false => &[(10, 10)],
    };
    for (rate, saves) in rates {
        latency(*rate, *saves);
    }
    watched(if is_bench { 100_000 } else { 200 });
}

/// Saves at a rate, and prints how late the sanitized files came.
fn latency(rate: u64, saves: usize) {
    let folder = tempfile::tempdir().unwrap();
    let watch = Watch::start(folder.path());
    let mut rng = Rng::new(rate);
    let start = Instant::now();
    let mut open: HashMap<PathBuf, (Instant, u64)> = HashMap::new();
    let mut late = Vec::new();
    let (mut saved, mut superseded) = (0, 0);
    while late.len() + superseded < saves {
        let due = start + Duration::from_micros(1_000_000 / rate) * u32::try_from(saved).unwrap();
        if saved < saves && Instant::now() >= due {
            let path = folder.path().join(format!("{}.ipynb", saved % FILES));
            fs::write(&path, notebook(rng.next_u64() % VALUES)).unwrap();
            let inode = fs::metadata(&path).unwrap().ino();
            // Saved once more before it was sanitized: it was not still.
            superseded += usize::from(open.insert(path, (Instant::now(), inode)).is_some());
            saved += 1;
            continue;
        }
        open.retain(|path, (when, inode)| {
            let is_open = fs::metadata(path).is_ok_and(|file| file.ino() == *inode);
            if !is_open {
                late.push(when.elapsed().saturating_sub(QUIET));
            }
            is_open
        });
        std::thread::sleep(TICK);
    }
    drop(watch);
    late.sort();
    let late = if late.is_empty() {
        vec![Duration::MAX]
    } else {
        late
    };
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let at = |part: f64| ms(late[((late.len() - 1) as f64 * part) as usize]);
    println!(
        "{rate:>9} {saves:>7} {superseded:>10} {:>8.1} {:>8.1} {:>8.1}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Watches files in which nothing happens, and prints what that costs.
fn watched(files: usize) {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..files {
        let inner = folder.path().join(format!("{}", number % (files / 100)));
        fs::create_dir_all(&inner).unwrap();
        fs::write(inner.join(format!("{number}.ipynb")), CLEAN).unwrap();
    }
    std::thread::sleep(QUIET * 2);
    let start = Instant::now();
    let watch = Watch::start(folder.path());
    let first = start.elapsed();
    std::thread::sleep(Duration::from_secs(1));
    let before = watch.woken();
    std::thread::sleep(Duration::from_secs(5));
    let woken = watch.woken() - before;
    println!();
    println!("{files} files in {} folders", files / 100);
    println!("  first pass          {:>7.1} s", first.as_secs_f64());
    println!("  memory, now         {:>7.1} MB", watch.memory("VmRSS:"));
    println!("  memory, at its most {:>7.1} MB", watch.memory("VmHWM:"));
    println!("  wake-ups in 5 s     {woken:>7}");
}

const CLEAN: &str = r#"{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}"#;

fn notebook(number: u64) -> String {
    let kind = catalogue::kind("huggingface-user-token").unwrap();
    let token = sample(kind, &mut Rng::new(number)).unwrap();
    let printed: Vec<String> = (0..400)
        .map(|line| format!("step {line}: loss 0.{line}, lr 3e-4\n"))
        .collect();
    let output = serde_json::json!({"output_type": "stream", "name": "stdout", "text": printed});
    let cell = serde_json::json!({
        "cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [output],
        "source": [format!("login(\"{token}\")")],
    });
    serde_json::to_string_pretty(&serde_json::json!({
        "cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
    }))
    .unwrap()
}

/// A watch that runs.
struct Watch {
    child: Child,
    _lines: Receiver<()>,
}

impl Watch {
    /// Starts it, and waits until it has begun.
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_unspill"))
            .args(["watch", "--json", "--no-own"])
            .current_dir(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                if line.contains("\"event\":\"watching\"") {
                    let _ = send.send(());
                }
            }
        });
        lines.recv().unwrap();
        Self {
            child,
            _lines: lines,
        }
    }

    /// A line of its status, in megabytes; 0 where the system does not say.
    fn memory(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.unwrap_or(0.0) / 1024.0
    }

    /// How often its threads were woken so far.
    fn woken(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let tasks = tasks.into_iter().flatten().flatten();
        tasks
            .filter_map(|task| fs::read_to_string(task.path().join("status")).ok())
            .filter_map(|status| {
                let line = status
                    .lines()
                    .find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?;
                line.trim().parse::<u64>().ok()
            })
            .sum()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

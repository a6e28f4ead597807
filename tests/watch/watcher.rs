//! A running `unspill watch`, and what it tells.

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything here takes on a busy machine.
const LONG: Duration = Duration::from_secs(40);

/// A watch that runs.
pub struct Watcher {
    child: Child,
    events: Receiver<Value>,
    /// What was told so far.
    pub told: Vec<Value>,
}

impl Watcher {
    /// Starts it in a folder, and waits until it has begun.
    pub fn start(folder: &Path, args: &[&str]) -> Self {
        let mut watcher = Self::start_at_once(folder, args);
        watcher.wait_for("its beginning", |event| event["event"] == "watching");
        watcher
    }

    /// Starts it in a folder.
    pub fn start_at_once(folder: &Path, args: &[&str]) -> Self {
        Self::start_finding(folder, args, &std::env::var_os("PATH").unwrap())
    }

    /// Starts it in a folder, with these folders of programs.
    pub fn start_finding(folder: &Path, args: &[&str], programs: &OsStr) -> Self {
        let quiet = match args.contains(&"--quiet-time") {
            true => &[][..],
            false => &["--quiet-time", "100"],
        };
        let mut child = command(folder, &[&["--json"], quiet, args].concat())
            .env("PATH", programs)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, events) = channel();
        std::thread::spawn(move || {
            for line in out.lines() {
                let line = line.unwrap();
                let event = serde_json::from_str(&line).expect(&line);
                if send.send(event).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            events,
            told: Vec::new(),
        }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until something is told.
    pub fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + LONG;
        loop {
            let time = end.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(time) else {
                panic!("{what} is not told; only {:#?}", self.told);
            };
            self.told.push(event.clone());
            if is_it(&event) {
                return event;
            }
        }
    }

    /// Waits until a file is told to be sanitized.
    pub fn wait_for_file(&mut self, path: &str) -> Value {
        self.wait_for(path, |event| {
            event["event"] == "file" && event["path"] == path
        })
    }

    /// Waits until files are told to be sanitized, in any order.
    pub fn wait_for_files(&mut self, paths: &[&str]) {
        for path in paths {
            if self.count(|event| event["event"] == "file" && event["path"] == *path) == 0 {
                self.wait_for_file(path);
            }
        }
    }

    /// How often an event was told by now.
    pub fn count(&mut self, is_it: impl Fn(&Value) -> bool) -> usize {
        self.told.extend(self.events.try_iter());
        self.told.iter().filter(|event| is_it(event)).count()
    }

    /// Ends it as Ctrl-C does, and gives its exit status.
    pub fn stop(&mut self) -> i32 {
        signal(self.id(), "INT");
        let status = self.child.wait().unwrap();
        while let Ok(event) = self.events.recv_timeout(LONG) {
            self.told.push(event);
        }
        let last = self.told.last().expect("it says how it ended");
        assert_eq!(last["event"], "done", "{last}");
        status.code().expect("it ends by itself")
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, with a state folder of the test's own and no values of ours.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
    command
        .current_dir(folder)
        .arg("watch")
        .args(args)
        .env("XDG_STATE_HOME", state_of(folder));
    command
}

/// Where the state of a test lies: beside its folder, whatever part of it.
fn state_of(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    folder.with_file_name(format!("{name}-state"))
}

/// Sends a signal.
pub fn signal(process: u32, name: &str) {
    let status = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(process.to_string())
        .status();
    assert!(status.unwrap().success());
}

/// Waits until something holds.
pub fn eventually(what: &str, holds: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !holds() {
        assert!(Instant::now() < end, "{what}: not after {LONG:?}");
        sleep(Duration::from_millis(20));
    }
}

/// All files below a folder that hold a text, `.git` and the like too.
pub fn holding(folder: &Path, text: &str) -> Vec<PathBuf> {
    files(folder)
        .into_iter()
        .filter(|path| {
            let bytes = fs::read(path).unwrap_or_default();
            memchr::memmem::find(&bytes, text.as_bytes()).is_some()
        })
        .collect()
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files.extend(self::files(&entry.path())),
            _ => files.push(entry.path()),
        }
    }
    files.sort();
    files
}

/// Whether a text holds a made-up token.
pub fn holds_token(text: &str) -> bool {
    let bytes = text.as_bytes();
    text.match_indices("hf_").any(|(at, _)| {
        let body = bytes[at + 3..].iter();
        body.take_while(|byte| byte.is_ascii_alphanumeric()).count() >= 30
    })
}

//! What is done after files were changed: a command, a notification.
//!
//! Neither holds up the watch. A command that still runs when more files are
//! changed runs once again, for all of these.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;

use super::Message;
use crate::report::count;
use crate::sanitize::Sanitized;

/// A file that we wrote or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file: its full path, so that a command finds it from anywhere.
    pub path: PathBuf,
    /// What we did.
    pub kind: ChangeKind,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Values were taken out of it.
    Sanitized,
    /// It was put as it is: there was nothing to take out.
    Copied,
    /// It was removed from the mirror.
    Removed,
}

impl ChangeKind {
    /// Of a file that was written.
    pub fn written(sanitized: &Sanitized) -> Self {
        match sanitized.found.is_empty() {
            true => Self::Copied,
            false => Self::Sanitized,
        }
    }
}

/// The command to run, and for which files.
pub struct After {
    command: Option<String>,
    notifies: bool,
    waiting: BTreeSet<PathBuf>,
    is_running: bool,
    messages: Sender<Message>,
}

impl After {
    /// What is said of an end goes to `messages`.
    pub fn new(command: Option<String>, notifies: bool, messages: Sender<Message>) -> Self {
        Self {
            command,
            notifies,
            waiting: BTreeSet::new(),
            is_running: false,
            messages,
        }
    }

    /// Files were changed. A command wants to know of all of them, a person only
    /// of values that were taken out.
    pub fn changed(&mut self, changes: &[Change]) {
        if let Some(sentence) = sentence(changes).filter(|_| self.notifies) {
            notify(&sentence);
        }
        if self.command.is_some() {
            let paths = changes.iter().map(|change| change.path.clone());
            self.waiting.extend(paths);
        }
    }

    /// Starts the command, if there is something for it to do. An error says
    /// that it cannot be started.
    pub fn go_on(&mut self) -> io::Result<()> {
        let Some(command) = &self.command else {
            return Ok(());
        };
        if self.is_running || self.waiting.is_empty() {
            return Ok(());
        }
        let files = std::mem::take(&mut self.waiting);
        let mut child = shell(command)
            .args(files)
            .stdin(Stdio::null())
            // Standard output is for what we report.
            .stdout(io::stderr())
            .spawn()?;
        self.is_running = true;
        let messages = self.messages.clone();
        std::thread::spawn(move || {
            // Nobody listens any more when the watch has ended.
            let _ = messages.send(Message::Ended(child.wait()));
        });
        Ok(())
    }

    /// The command has ended; says what is wrong about that.
    pub fn ended(&mut self, status: &io::Result<ExitStatus>) -> Option<String> {
        self.is_running = false;
        match status {
            Ok(status) if status.success() => None,
            Ok(status) => Some(format!("the command of --exec failed: {status}")),
            Err(error) => Some(format!(
                "the command of --exec cannot be waited for: {error}"
            )),
        }
    }

    /// Whether a command runs, or is about to.
    pub fn is_busy(&self) -> bool {
        self.is_running || !self.waiting.is_empty()
    }
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command, "unspill"]);
    shell
}

#[cfg(not(unix))]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("cmd");
    shell.args(["/C", command]);
    shell
}

fn sentence(changes: &[Change]) -> Option<String> {
    let is_sanitized = |change: &&Change| change.kind == ChangeKind::Sanitized;
    let files: Vec<&Path> = changes
        .iter()
        .filter(is_sanitized)
        .map(|change| change.path.as_path())
        .collect();
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let what = match files.as_slice() {
        [] => return None,
        [one] => name(one),
        several => count(several.len(), "file"),
    };
    Some(format!("Credentials were taken out of {what}"))
}

/// The program that shows a notification here.
const NOTIFIER: &str = if cfg!(target_os = "macos") {
    "osascript"
} else {
    "notify-send"
};

/// Whether this machine can show notifications; else what it lacks.
pub fn lacks_notifier() -> Option<&'static str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(NOTIFIER).is_file());
    (!is_there).then_some(NOTIFIER)
}

fn notify(text: &str) {
    let mut command = Command::new(NOTIFIER);
    match cfg!(target_os = "macos") {
        // The text is an argument, so that no name in it is a command.
        true => command.args([
            "-e",
            "on run argv",
            "-e",
            "display notification (item 1 of argv) with title \"unspill\"",
            "-e",
            "end run",
            text,
        ]),
        false => command.args(["--app-name=unspill", "--", "unspill", text]),
    };
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Ok(mut child) = command.spawn() {
        std::thread::spawn(move || child.wait());
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn change(path: &str, kind: ChangeKind) -> Change {
        Change {
            path: path.into(),
            kind,
        }
    }

    fn sanitized(paths: &[&str]) -> Vec<Change> {
        let changes = paths.iter();
        changes
            .map(|path| change(path, ChangeKind::Sanitized))
            .collect()
    }

    #[test]
    fn only_what_was_sanitized_is_notified() {
        let others = [
            change("/c", ChangeKind::Copied),
            change("/r", ChangeKind::Removed),
        ];
        assert_eq!(sentence(&others), None);
        let told = |paths: &[&str]| sentence(&[&sanitized(paths)[..], &others].concat()).unwrap();
        assert_eq!(told(&["/x/a"]), "Credentials were taken out of a");
        assert_eq!(told(&["/a", "/b"]), "Credentials were taken out of 2 files");
    }

    #[test]
    fn a_command_gets_the_files_and_runs_again_for_those_that_came_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let (send, receive) = mpsc::channel();
        let command = format!("printf '%s,' \"$@\" >> {0}; echo >> {0}", out.display());
        let mut after = After::new(Some(command), false, send);
        after.go_on().unwrap();
        assert!(!after.is_busy());
        after.changed(&sanitized(&["a b", "c"]));
        after.go_on().unwrap();
        after.changed(&sanitized(&["d", "d"]));
        after.go_on().unwrap();
        for _ in 0..2 {
            let Message::Ended(status) = receive.recv().unwrap() else {
                panic!("nothing else is said");
            };
            assert_eq!(after.ended(&status), None);
            after.go_on().unwrap();
        }
        assert!(!after.is_busy());
        assert_eq!(std::fs::read_to_string(out).unwrap(), "a b,c,\nd,\n");
    }

    #[test]
    fn a_command_that_fails_is_told() {
        let (send, receive) = mpsc::channel();
        let mut after = After::new(Some("exit 3".into()), false, send);
        after.changed(&sanitized(&["a"]));
        after.go_on().unwrap();
        let Message::Ended(status) = receive.recv().unwrap() else {
            panic!("nothing else is said");
        };
        assert!(after.ended(&status).unwrap().contains("exit status: 3"));
    }
}

//! Who has a file open for writing.
//!
//! A program that writes in pieces, or keeps its log open for days, would go
//! on writing into the old file after a rename. On Linux the system tells
//! which files a process has open; of processes of other users it does not,
//! and elsewhere nothing is known. So this is a help, not a proof: what a
//! program writes that was not seen is read in the replaced file
//! ([`super::retained`]).

use std::collections::HashSet;

use crate::save::Identity;

/// Which of the files some other process has open for writing.
#[cfg(target_os = "linux")]
pub fn written(files: &HashSet<Identity>) -> HashSet<Identity> {
    let mut written = HashSet::new();
    if files.is_empty() {
        return written;
    }
    let me = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let name = process.file_name();
        let is_process = name
            .to_str()
            .is_some_and(|name| name != me && name.bytes().all(|byte| byte.is_ascii_digit()));
        if is_process {
            written_by(&process.path(), files, &mut written);
        }
    }
    written
}

/// Which of the files some other process has open for writing: here the
/// system does not say.
#[cfg(not(target_os = "linux"))]
pub fn written(_: &HashSet<Identity>) -> HashSet<Identity> {
    HashSet::new()
}

#[cfg(target_os = "linux")]
fn written_by(
    process: &std::path::Path,
    files: &HashSet<Identity>,
    written: &mut HashSet<Identity>,
) {
    let open = process
        .join("fd")
        .read_dir()
        .into_iter()
        .flatten()
        .flatten();
    for handle in open {
        let Ok(metadata) = std::fs::metadata(handle.path()) else {
            continue;
        };
        let identity = crate::save::State::of(&metadata).identity();
        if files.contains(&identity) && is_for_writing(process, &handle.file_name()) {
            written.insert(identity);
        }
    }
}

/// The flags that a file was opened with, in octal: the last two bits say for
/// reading (0), for writing (1), or for both (2).
#[cfg(target_os = "linux")]
fn is_for_writing(process: &std::path::Path, handle: &std::ffi::OsStr) -> bool {
    let text = std::fs::read_to_string(process.join("fdinfo").join(handle)).unwrap_or_default();
    let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
    flags
        .and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok())
        .is_some_and(|flags| flags & 0o3 != 0)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;
    use crate::save::State;

    #[test]
    fn a_program_that_keeps_a_file_open_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let (log, read) = (dir.path().join("log"), dir.path().join("read"));
        std::fs::write(&log, "").unwrap();
        std::fs::write(&read, "").unwrap();
        let identity = |path| State::of(&std::fs::metadata(path).unwrap()).identity();
        let both: HashSet<Identity> = [identity(&log), identity(&read)].into();
        let mut child = Command::new("sh")
            .arg("-c")
            .arg("exec 3>>\"$0\" 4<\"$1\"; echo ready; read line")
            .args([&log, &read])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = [0; 6];
        std::io::Read::read_exact(&mut child.stdout.take().unwrap(), &mut ready).unwrap();
        assert_eq!(written(&both), [identity(&log)].into());
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        child.wait().unwrap();
        assert!(written(&both).is_empty());
        // What this process has open does not count.
        let _open = std::fs::File::options().write(true).open(&log).unwrap();
        assert!(written(&both).is_empty());
    }
}

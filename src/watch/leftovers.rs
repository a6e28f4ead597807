//! Temporary files of ours that a killed process left behind. They hold
//! sanitized content, maybe half of it, and are of no use to anybody.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::save::TEMPORARY;

/// A file this old is nobody's, whatever its number says.
const OLD: Duration = Duration::from_secs(3600);

/// Removes what killed processes left directly in a folder; says how much.
pub fn remove(folder: &Path) -> usize {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries
        .filter(|entry| is_left(&entry.path()) && fs::remove_file(entry.path()).is_ok())
        .count()
}

/// Whether a file is a temporary one of a process that is no more.
fn is_left(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(number) = process_in(&name) else {
        return false;
    };
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return false;
    };
    let modified = metadata.modified().ok();
    let is_old = modified
        .and_then(|time| time.elapsed().ok())
        .is_some_and(|age| age > OLD);
    metadata.is_file() && (is_old || is_ended(number))
}

/// The number of the process that made a file of this name.
fn process_in(name: &str) -> Option<u32> {
    let (prefix, suffix) = TEMPORARY;
    let rest = name.strip_prefix(prefix)?.strip_suffix(suffix)?;
    rest.split_once('-')?.0.parse().ok()
}

#[cfg(target_os = "linux")]
fn is_ended(process: u32) -> bool {
    process != std::process::id() && !Path::new(&format!("/proc/{process}")).exists()
}

#[cfg(not(target_os = "linux"))]
fn is_ended(_: u32) -> bool {
    false
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_dead_process_left_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let left = format!(".unspill-{dead}-abc.tmp");
        let alive = format!(".unspill-{}-abc.tmp", std::process::id());
        for name in [left.as_str(), alive.as_str(), "a.tmp", ".unspill-x.tmp"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(remove(dir.path()), 1);
        assert!(!dir.path().join(left).exists());
        assert!(dir.path().join(alive).exists());
        assert_eq!(dir.path().read_dir().unwrap().count(), 3);
    }
}

//! What lies beside a database and is a part of it.
//!
//! SQLite keeps the latest changes in a log of their own until they are
//! written into the database, and the old pages in a journal while they are.
//! To replace a database without them would lose the last changes.

use std::ffi::OsString;
use std::path::Path;

/// The first bytes of a database.
const DATABASE: &[u8] = b"SQLite format 3\0";

/// The names of both, after that of the database.
const PARTS: [&str; 2] = ["-wal", "-journal"];

/// Why a file must not be replaced now, if it must not. `head` is what it
/// begins with.
pub fn is_unfinished(path: &Path, head: &[u8]) -> Option<&'static str> {
    const WHY: &str = "left, as its latest changes stand in a log beside it: close the program that \
         uses it, or run sqlite3 FILE 'PRAGMA wal_checkpoint(TRUNCATE)'";
    let has = |part: &&str| {
        let mut name = OsString::from(path);
        name.push(part);
        std::fs::metadata(name).is_ok_and(|metadata| metadata.len() > 0)
    };
    (head.starts_with(DATABASE) && PARTS.iter().any(has)).then_some(WHY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_with_something_in_it_forbids_to_replace_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let head = [DATABASE, b"more"].concat();
        assert_eq!(is_unfinished(&path, &head), None);
        std::fs::write(folder.path().join("a.db-wal"), "").unwrap();
        assert_eq!(is_unfinished(&path, &head), None);
        std::fs::write(folder.path().join("a.db-wal"), "x").unwrap();
        assert!(is_unfinished(&path, &head).is_some());
        assert_eq!(is_unfinished(&path, b"no database"), None);
    }
}

//! What a mirror holds, on disk: so that a restart does only what changed.
//!
//! One JSON object a line, written at the end of the file: what is about to be
//! put, what is there, what was dropped. A line that was cut short by a kill is
//! no line. The file lies outside of the mirror, in the user's folder for such
//! state: the mirror is shared, and what its sources are called and when they
//! changed is nobody's business. No value is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Version of the file's form.
const VERSION: u32 = 1;

/// Lines beyond those needed, after which the file is written anew.
const SPARE: usize = 10_000;

/// What a mirror was made from, and how: with another one nothing that it
/// holds is of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The folder that is mirrored.
    pub source: PathBuf,
    /// The mirror.
    pub mirror: PathBuf,
    /// Which program with which settings made it.
    pub made: String,
}

/// One file of a mirror.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What the source was, as [`super::super::seen::fingerprint`] says.
    pub source: u64,
    /// What the copy is.
    pub copy: u64,
    /// Whether something was found in the source.
    pub found: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Mirror(u32, Origin),
    Put(Name),
    Have(Name, Entry),
    Dropped(Name),
    /// All sources were searched for the values of the run, which are known by
    /// this.
    Searched(String),
}

/// A path; not every one is Unicode.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Name {
    Text(String),
    Bytes(Vec<u8>),
}

/// What is known of a mirror, and the file in which it is kept.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    origin: Origin,
    /// The files of the mirror.
    pub entries: BTreeMap<PathBuf, Entry>,
    /// Files that may be there or not: a kill came in between.
    pub doubtful: BTreeSet<PathBuf>,
    /// What all sources were searched for.
    pub searched: Option<String>,
    file: File,
    /// Held as long as this is alive: one program a mirror.
    _lock: File,
    lines: usize,
}

/// Why a journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Another program keeps the mirror.
    #[error("another unspill keeps this mirror already")]
    InUse,
    /// The mirror is another folder's.
    #[error("it is the mirror of {}", .0.display())]
    OfAnother(PathBuf),
    /// It cannot be read or written.
    #[error("what it holds cannot be kept in {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Journal {
    /// Opens the journal in the file `path`, or begins it. Entries of another
    /// making stay known, but as files of which nothing is known.
    pub fn open(path: &Path, origin: Origin) -> Result<Self, JournalError> {
        let io = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        make_private_folder(path.parent().unwrap_or(Path::new("."))).map_err(io)?;
        let lock = lock(&path.with_extension("lock")).map_err(|error| match error {
            TryLockError::WouldBlock => JournalError::InUse,
            TryLockError::Error(error) => io(error),
        })?;
        let known = Known::read(path).map_err(io)?;
        if let Some(other) = known.is_of_another(&origin) {
            return Err(JournalError::OfAnother(other.to_owned()));
        }
        let is_same = known.origin.as_ref() == Some(&origin);
        let mut journal = Self {
            file: append(path).map_err(io)?,
            path: path.to_owned(),
            origin,
            entries: known.entries,
            doubtful: known.doubtful,
            searched: known.searched.filter(|_| is_same),
            _lock: lock,
            lines: 0,
        };
        if !is_same {
            journal.outdate_all();
        }
        journal.write_anew().map_err(io)?;
        Ok(journal)
    }

    /// Every copy must be made again.
    pub fn outdate_all(&mut self) {
        for entry in self.entries.values_mut() {
            entry.source = 0;
        }
    }

    /// Whether anything is known.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.doubtful.is_empty()
    }

    /// A file is about to be put.
    pub fn put(&mut self, path: &Path) -> io::Result<()> {
        match self.entries.contains_key(path) {
            true => Ok(()),
            false => self.append(&Line::Put(name(path))),
        }
    }

    /// A file is there.
    pub fn have(&mut self, path: &Path, entry: Entry) -> io::Result<()> {
        self.entries.insert(path.to_owned(), entry);
        self.append(&Line::Have(name(path), entry))
    }

    /// A file is there no more.
    pub fn dropped(&mut self, path: &Path) -> io::Result<()> {
        self.entries.remove(path);
        self.doubtful.remove(path);
        self.append(&Line::Dropped(name(path)))
    }

    /// All sources were searched for the values known by this.
    pub fn searched(&mut self, values: String) -> io::Result<()> {
        if self.searched.as_ref() == Some(&values) {
            return Ok(());
        }
        self.searched = Some(values.clone());
        self.append(&Line::Searched(values))
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        self.lines += 1;
        if self.lines > 2 * self.entries.len() + SPARE {
            return self.write_anew();
        }
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)
    }

    fn write_anew(&mut self) -> io::Result<()> {
        let mut text = Vec::new();
        let mut add = |line: &Line| -> io::Result<()> {
            serde_json::to_writer(&mut text, line)?;
            text.push(b'\n');
            Ok(())
        };
        add(&Line::Mirror(VERSION, self.origin.clone()))?;
        for path in &self.doubtful {
            add(&Line::Put(name(path)))?;
        }
        for (path, entry) in &self.entries {
            add(&Line::Have(name(path), *entry))?;
        }
        if let Some(values) = &self.searched {
            add(&Line::Searched(values.clone()))?;
        }
        let new = self.path.with_extension("new");
        write_private(&new, &text)?;
        fs::rename(&new, &self.path)?;
        self.file = append(&self.path)?;
        self.lines = self.entries.len();
        Ok(())
    }
}

/// What a journal says.
#[derive(Debug, Default)]
struct Known {
    origin: Option<Origin>,
    entries: BTreeMap<PathBuf, Entry>,
    doubtful: BTreeSet<PathBuf>,
    searched: Option<String>,
}

impl Known {
    fn read(path: &Path) -> io::Result<Self> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut known = Self::default();
        for line in BufReader::new(file).split(b'\n') {
            if let Ok(line) = serde_json::from_slice(&line?) {
                known.learn(line);
            }
        }
        Ok(known)
    }

    /// The other folder that there are files of.
    fn is_of_another(&self, origin: &Origin) -> Option<&Path> {
        let before = &self.origin.as_ref()?.source;
        let holds_any = !(self.entries.is_empty() && self.doubtful.is_empty());
        (*before != origin.source && holds_any).then_some(before)
    }

    fn learn(&mut self, line: Line) {
        match line {
            Line::Mirror(VERSION, origin) => self.origin = Some(origin),
            Line::Mirror(..) => {}
            Line::Put(name) => {
                self.doubtful.insert(path(name));
            }
            Line::Have(name, entry) => {
                let path = path(name);
                self.doubtful.remove(&path);
                self.entries.insert(path, entry);
            }
            Line::Dropped(name) => {
                let path = path(name);
                self.doubtful.remove(&path);
                self.entries.remove(&path);
            }
            Line::Searched(values) => self.searched = Some(values),
        }
    }
}

fn name(path: &Path) -> Name {
    match path.to_str() {
        Some(text) => Name::Text(text.to_owned()),
        None => Name::Bytes(path.as_os_str().as_encoded_bytes().to_vec()),
    }
}

#[cfg(unix)]
fn path(name: Name) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    match name {
        Name::Text(text) => PathBuf::from(text),
        Name::Bytes(bytes) => PathBuf::from(std::ffi::OsString::from_vec(bytes)),
    }
}

#[cfg(not(unix))]
fn path(name: Name) -> PathBuf {
    match name {
        Name::Text(text) => PathBuf::from(text),
        Name::Bytes(bytes) => PathBuf::from(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn lock(path: &Path) -> Result<File, TryLockError> {
    let file = append(path).map_err(TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

fn append(path: &Path) -> io::Result<File> {
    private(OpenOptions::new().append(true).create(true)).open(path)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = private(options.write(true).create(true).truncate(true)).open(path)?;
    file.write_all(bytes)
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn make_private_folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

#[cfg(not(unix))]
fn make_private_folder(path: &Path) -> io::Result<()> {
    fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: Entry = Entry {
        source: 1,
        copy: 2,
        found: true,
    };

    fn origin(source: &str, made: &str) -> Origin {
        Origin {
            source: source.into(),
            mirror: "/m".into(),
            made: made.into(),
        }
    }

    #[test]
    fn what_was_written_is_known_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/m.jsonl");
        let mut journal = Journal::open(&path, origin("/s", "1")).unwrap();
        for name in ["a", "b", "c"] {
            journal.put(Path::new(name)).unwrap();
            journal.have(Path::new(name), ENTRY).unwrap();
        }
        journal.dropped(Path::new("b")).unwrap();
        journal.put(Path::new("d")).unwrap();
        journal.searched("values".to_owned()).unwrap();
        // A kill in the middle of a line.
        journal.file.write_all(b"{\"dropped\":\"a").unwrap();
        drop(journal);
        let journal = Journal::open(&path, origin("/s", "1")).unwrap();
        let names: Vec<_> = journal.entries.keys().map(|path| path.to_str()).collect();
        assert_eq!(names, [Some("a"), Some("c")]);
        assert_eq!(journal.entries[Path::new("a")], ENTRY);
        assert_eq!(journal.doubtful, [PathBuf::from("d")].into());
        assert_eq!(journal.searched.as_deref(), Some("values"));
    }

    #[test]
    fn made_otherwise_the_files_are_known_and_nothing_of_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.jsonl");
        let mut journal = Journal::open(&path, origin("/s", "1")).unwrap();
        journal.have(Path::new("a"), ENTRY).unwrap();
        drop(journal);
        let journal = Journal::open(&path, origin("/s", "2")).unwrap();
        assert_eq!(journal.entries[Path::new("a")].source, 0);
        drop(journal);
        let error = Journal::open(&path, origin("/other", "2")).unwrap_err();
        assert!(matches!(error, JournalError::OfAnother(_)));
    }

    #[test]
    fn one_program_a_mirror() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.jsonl");
        let _first = Journal::open(&path, origin("/s", "1")).unwrap();
        let error = Journal::open(&path, origin("/s", "1")).unwrap_err();
        assert!(matches!(error, JournalError::InUse));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("m.jsonl");
        let mut journal = Journal::open(&path, origin("/s", "1")).unwrap();
        for _ in 0..SPARE * 3 {
            journal.have(Path::new("a"), ENTRY).unwrap();
        }
        assert!(fs::metadata(&path).unwrap().len() < 80 * SPARE as u64);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("state/m.jsonl");
        let _journal = Journal::open(&path, origin("/s", "1")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
}

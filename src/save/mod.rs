//! Atomic replacement of a file: old or new, never half.
//!
//! The new content is written to a temporary file beside the target, brought
//! to the disk, and renamed over it. Whatever happens before the rename leaves
//! the old file; whatever happens after it leaves the new one. A file that is
//! no longer what was read is not replaced, so nobody's work is overwritten.
//!
//! Of a file with several names (hard links) only one can be replaced by a
//! rename. Writing into the shared file instead would risk a half-written
//! notebook, which is worse; so the rename is done, and [`Saved`] tells how
//! many other names still hold the old content, for the caller to say.

mod large;

use std::borrow::Cow;
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use crate::container::ReadAt;
pub use large::{Large, replace_patched};

/// What a file was when it was read: its identity, its state, its bytes.
pub struct Snapshot {
    /// As it was named: where links lead is asked only if it is replaced.
    path: PathBuf,
    state: State,
    bytes: Vec<u8>,
}

/// What `stat` tells of a file's identity and content: equal for two reads
/// of a file that nobody wrote to in between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    identity: Identity,
    len: u64,
    modified: Option<SystemTime>,
}

/// Device and inode: the same for two names of one file.
pub type Identity = (u64, u64);

/// A file was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// How many other names (hard links) still hold the old content.
    pub other_names: u64,
    /// What the new file is.
    pub state: State,
}

/// Why a file was not replaced. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// Its mode, its owner or its file system forbids writing to it.
    #[error("the file is read-only")]
    ReadOnly,
    /// No temporary file can be made beside it.
    #[error("the folder {} cannot be written to: {source}", folder.display())]
    Folder {
        /// The folder of the file, links resolved.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is not what was read any more.
    #[error("the file changed while it was worked on")]
    Changed,
    /// Jupyter keeps a copy beside a notebook while it writes it.
    #[error("Jupyter is saving it: {} exists", copy.display())]
    Busy {
        /// Jupyter's copy.
        copy: PathBuf,
    },
    /// Anything else, such as a full disk.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What was tried, as a verb with its object.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

impl SaveError {
    /// What a person can do about it, if there is anything.
    pub fn advice(&self) -> Option<String> {
        let text = match self {
            Self::ReadOnly => "make it writable (`chmod u+w`), then run again".into(),
            Self::Folder { .. } => {
                "a save needs room for a temporary file there; make the folder writable, or work on a copy".into()
            }
            Self::Changed => "close what writes to it, then run again".into(),
            Self::Busy { .. } => {
                "run again in a moment; if Jupyter is not running, delete that copy (it holds the old content)".into()
            }
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "make room on the disk, then run again; the file is as it was".into()
            }
            Self::Io { .. } => return None,
        };
        Some(text)
    }

    /// Whether reading the file anew and trying again may help.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Changed | Self::Busy { .. })
    }

    fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

impl Snapshot {
    /// Reads the whole of a file, following links.
    ///
    /// Only regular files and pipes are read: a device may never end.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let before = file.metadata()?;
        if !is_readable_kind(&before) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        if !before.is_file() {
            // A pipe that has no name is empty when it is read again.
            fs::canonicalize(path)?;
        }
        let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or(0));
        file.read_to_end(&mut bytes)?;
        Ok(Self {
            path: path.to_owned(),
            state: State::of(&before),
            bytes,
        })
    }

    /// What was read.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the file was when it was read.
    pub fn state(&self) -> State {
        self.state
    }

    /// Which file was read: equal for two names of one file.
    pub fn identity(&self) -> Identity {
        self.state.identity
    }

    /// The file itself, links resolved. Whether it is what was read tells
    /// [`Self::unchanged`].
    fn target(&self) -> Result<PathBuf, SaveError> {
        fs::canonicalize(&self.path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => SaveError::Changed,
            _ => SaveError::Io {
                doing: "look at the file",
                source,
            },
        })
    }

    /// The target, opened, if it still is what was read, byte for byte.
    fn unchanged(&self, target: &Path) -> Result<Option<File>, SaveError> {
        let mut file = match File::open(target) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(SaveError::Io {
                    doing: "read the file again",
                    source,
                });
            }
        };
        let metadata = file
            .metadata()
            .map_err(SaveError::io("read the file again"))?;
        if State::of(&metadata) != self.state {
            return Ok(None);
        }
        let is_same = same_content(&mut file, &self.bytes);
        let is_same = is_same.map_err(SaveError::io("read the file again"))?;
        Ok(is_same.then_some(file))
    }
}

impl ReadAt for Snapshot {
    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        self.bytes.read_at(span)
    }
}

impl State {
    /// What a file's metadata tell.
    pub fn of(metadata: &Metadata) -> Self {
        Self {
            identity: identity(metadata),
            len: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    /// Which file it is of.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// How long it was.
    #[allow(clippy::len_without_is_empty, reason = "no collection")]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// When it was last written to, if the system tells.
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }
}

/// Replaces what `snapshot` was read from by `bytes`, atomically.
///
/// Mode and, where the system allows it, owner and group stay. A symbolic
/// link stays one: its target is replaced. The temporary file can be read by
/// nobody else until it is done, and is gone after any error.
///
/// Between the last look at the target and the rename lies an instant that no
/// portable call closes; a write that falls into it is lost. Who must not lose
/// it takes [`replace_keeping`].
pub fn replace(snapshot: &Snapshot, bytes: &[u8]) -> Result<Saved, SaveError> {
    replace_keeping(snapshot, bytes).map(|(saved, _)| saved)
}

/// The same, and gives the replaced file, open for reading: what a program
/// writes that opened it before the rename can be read there.
pub fn replace_keeping(snapshot: &Snapshot, bytes: &[u8]) -> Result<(Saved, File), SaveError> {
    let target = snapshot.target()?;
    let metadata = ensure_writable(&target)?;
    ensure_not_being_saved(&target)?;
    let temporary = write_beside(&target, bytes)?;
    adopt(temporary.as_file(), &metadata).map_err(SaveError::io("set the file's mode"))?;
    let state = temporary.as_file().metadata();
    let state = State::of(&state.map_err(SaveError::io("look at the new file"))?);
    let replaced = snapshot.unchanged(&target)?.ok_or(SaveError::Changed)?;
    temporary.persist(&target).map_err(|error| SaveError::Io {
        doing: "put the new file in its place",
        source: error.error,
    })?;
    sync_folder(&target);
    let saved = Saved {
        other_names: links(&metadata).saturating_sub(1),
        state,
    };
    Ok((saved, replaced))
}

/// Replaces or makes a file that belongs to nobody but us, atomically and with
/// a given mode. It is not brought to the disk: it can be made again.
pub fn put(path: &Path, bytes: &[u8], mode: Option<Permissions>) -> Result<(), SaveError> {
    let mut temporary = temporary_beside(path)?;
    temporary
        .write_all(bytes)
        .map_err(SaveError::io("write the new content"))?;
    if let Some(mode) = mode {
        temporary
            .as_file()
            .set_permissions(mode)
            .map_err(SaveError::io("set the file's mode"))?;
    }
    temporary.persist(path).map_err(|error| SaveError::Io {
        doing: "put the new file in its place",
        source: error.error,
    })?;
    Ok(())
}

/// Makes a new file that nobody else can read (mode 0600), atomically; fails
/// with [`SaveError::Changed`] if there is one by now.
pub fn create_private(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    create(path, bytes, None)
}

/// Makes a new file with the usual mode for new files, atomically; fails with
/// [`SaveError::Changed`] if there is one by now.
pub fn create_public(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    create(path, bytes, public_mode())
}

fn create(path: &Path, bytes: &[u8], mode: Option<Permissions>) -> Result<(), SaveError> {
    let temporary = write_beside(path, bytes)?;
    if let Some(mode) = mode {
        temporary
            .as_file()
            .set_permissions(mode)
            .map_err(SaveError::io("set the file's mode"))?;
    }
    temporary.persist_noclobber(path).map_err(|error| {
        if error.error.kind() == io::ErrorKind::AlreadyExists {
            SaveError::Changed
        } else {
            SaveError::Io {
                doing: "put the new file in its place",
                source: error.error,
            }
        }
    })?;
    sync_folder(path);
    Ok(())
}

/// A writable folder is enough for a rename, so a read-only file must be
/// refused on purpose; asking the system by opening it also finds immutable
/// files and other people's.
fn ensure_writable(target: &Path) -> Result<Metadata, SaveError> {
    let metadata = match fs::metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SaveError::Changed),
        Err(source) => {
            return Err(SaveError::Io {
                doing: "look at the file",
                source,
            });
        }
    };
    if metadata.permissions().readonly() {
        return Err(SaveError::ReadOnly);
    }
    match OpenOptions::new().write(true).open(target) {
        Ok(_) => Ok(metadata),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            Err(SaveError::ReadOnly)
        }
        Err(source) => Err(SaveError::Io {
            doing: "open the file for writing",
            source,
        }),
    }
}

/// Jupyter copies a notebook to `.~name.ipynb`, writes into the notebook and
/// removes the copy; a rename in that moment would lose what it writes.
fn ensure_not_being_saved(target: &Path) -> Result<(), SaveError> {
    let Some(name) = target.file_name() else {
        return Ok(());
    };
    let mut copy_name = std::ffi::OsString::from(".~");
    copy_name.push(name);
    let copy = target.with_file_name(copy_name);
    if copy.exists() {
        return Err(SaveError::Busy { copy });
    }
    Ok(())
}

/// What the names of our temporary files begin with; the number of the process
/// follows, so that those of a process that was killed can be told.
pub const TEMPORARY: (&str, &str) = (".unspill-", ".tmp");

fn temporary_beside(target: &Path) -> Result<NamedTempFile, SaveError> {
    let folder = folder_of(target);
    let (prefix, suffix) = TEMPORARY;
    tempfile::Builder::new()
        .prefix(&format!("{prefix}{}-", std::process::id()))
        .suffix(suffix)
        .tempfile_in(folder)
        .map_err(|source| SaveError::Folder {
            folder: folder.to_owned(),
            source,
        })
}

fn write_beside(target: &Path, bytes: &[u8]) -> Result<NamedTempFile, SaveError> {
    let mut temporary = temporary_beside(target)?;
    temporary
        .write_all(bytes)
        .map_err(SaveError::io("write the new content"))?;
    temporary
        .as_file()
        .sync_all()
        .map_err(SaveError::io("write the new content to the disk"))?;
    Ok(temporary)
}

/// The folder a file is in; a bare name is in the current one.
fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Gives the new file the owner and the mode of the old one. The owner comes
/// first, since a change of owner clears bits of the mode; only the mode must
/// succeed, as nobody but root may give a file away.
#[cfg(unix)]
fn adopt(new: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};

    let made = new.metadata()?;
    if made.gid() != old.gid() {
        let _ = fchown(new, None, Some(old.gid()));
    }
    if made.uid() != old.uid() {
        let _ = fchown(new, Some(old.uid()), None);
    }
    new.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn adopt(new: &File, old: &Metadata) -> io::Result<()> {
    new.set_permissions(old.permissions())
}

/// Brings the rename itself to the disk. Not every file system can, and the
/// file is already whole, so a failure is no error.
fn sync_folder(target: &Path) {
    if let Ok(folder) = File::open(folder_of(target)) {
        let _ = folder.sync_all();
    }
}

/// Compares without holding the file a second time.
fn same_content(file: &mut File, expected: &[u8]) -> io::Result<bool> {
    let mut rest = expected;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(rest.is_empty());
        }
        match rest.strip_prefix(&buffer[..read]) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}

#[cfg(unix)]
fn is_readable_kind(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    metadata.is_file() || metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn is_readable_kind(metadata: &Metadata) -> bool {
    metadata.is_file()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {
    (0, 0)
}

#[cfg(unix)]
fn links(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    metadata.nlink()
}

#[cfg(not(unix))]
fn links(_: &Metadata) -> u64 {
    1
}

/// The usual mode of new files, where there are modes.
#[cfg(unix)]
pub fn public_mode() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o644))
}

/// The usual mode of new files, where there are modes.
#[cfg(not(unix))]
pub fn public_mode() -> Option<Permissions> {
    None
}

//! Files that are too large to be held: read in pieces, and replaced by a copy
//! with patches on it.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{
    Identity, SaveError, Saved, State, adopt, ensure_not_being_saved, ensure_writable,
    is_readable_kind, links, sync_folder, temporary_beside,
};
use crate::container::{Patch, Patched, ReadAt, pieces};
use crate::inside::only_patches_changed;

/// A file that is open, and what it was then.
pub struct Large {
    target: PathBuf,
    state: State,
    file: Bytes,
}

/// The bytes of an open file.
struct Bytes {
    file: File,
    len: u64,
}

impl Large {
    /// Opens a regular file, following links.
    pub fn open(path: &Path) -> io::Result<Self> {
        let target = fs::canonicalize(path)?;
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        if !is_readable_kind(&metadata) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "not a regular file",
            ));
        }
        Ok(Self {
            target,
            state: State::of(&metadata),
            file: Bytes {
                file,
                len: metadata.len(),
            },
        })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &dyn ReadAt {
        &self.file
    }

    /// What it was when it was opened.
    pub fn state(&self) -> State {
        self.state
    }

    /// Which file it is: equal for two names of one file.
    pub fn identity(&self) -> Identity {
        self.state.identity
    }

    fn still_is(&self) -> bool {
        fs::metadata(&self.target).is_ok_and(|metadata| State::of(&metadata) == self.state)
    }
}

/// Replaces a file by itself with `patches`, atomically, as
/// [`super::replace`] does. The new file is read again before it takes the
/// old one's place: everything but the patches must be the same.
pub fn replace_patched(large: &Large, patches: &[Patch]) -> Result<Saved, SaveError> {
    let metadata = ensure_writable(&large.target)?;
    ensure_not_being_saved(&large.target)?;
    let temporary = temporary_beside(&large.target)?;
    copy(&Patched::new(&large.file, patches), temporary.as_file())
        .map_err(SaveError::io("write the new content"))?;
    let about = temporary.as_file().metadata();
    let written = Bytes {
        len: about.map_err(SaveError::io("look at the new file"))?.len(),
        file: temporary
            .reopen()
            .map_err(SaveError::io("read the new file"))?,
    };
    only_patches_changed(&large.file, &written, patches).map_err(|_| SaveError::Changed)?;
    adopt(temporary.as_file(), &metadata).map_err(SaveError::io("set the file's mode"))?;
    let state = temporary.as_file().metadata();
    let state = State::of(&state.map_err(SaveError::io("look at the new file"))?);
    if !large.still_is() {
        return Err(SaveError::Changed);
    }
    temporary
        .persist(&large.target)
        .map_err(|error| SaveError::Io {
            doing: "put the new file in its place",
            source: error.error,
        })?;
    sync_folder(&large.target);
    Ok(Saved {
        other_names: links(&metadata).saturating_sub(1),
        state,
    })
}

/// Writes bytes out. What is all zeros becomes a hole, as it may have been.
fn copy(bytes: &dyn ReadAt, mut out: &File) -> io::Result<()> {
    let zeros = vec![0; 1 << 20];
    for piece in pieces(bytes) {
        let piece = piece?;
        match zeros.starts_with(&piece) {
            true => out.seek_relative(piece.len() as i64)?,
            false => out.write_all(&piece)?,
        }
    }
    out.set_len(bytes.len())?;
    out.sync_all()
}

impl ReadAt for Bytes {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        let len = span.end.checked_sub(span.start);
        let len = len.filter(|_| span.end <= self.len);
        let len = len.and_then(|len| usize::try_from(len).ok());
        let mut bytes = vec![0; len.ok_or(io::ErrorKind::UnexpectedEof)?];
        read_exact_at(&self.file, &mut bytes, span.start)?;
        Ok(Cow::Owned(bytes))
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                bytes = &mut bytes[read..];
                at += read as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_by_itself_with_patches() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.bin");
        let mut old = vec![7; 3 << 20];
        fs::write(&path, &old).unwrap();
        let large = Large::open(&path).unwrap();
        let patch = Patch::over(1 << 20, b"REDACTED".to_vec());
        replace_patched(&large, std::slice::from_ref(&patch)).unwrap();
        old[1 << 20..][..8].copy_from_slice(b"REDACTED");
        assert!(fs::read(&path).unwrap() == old);
        // It is another file now.
        let again = replace_patched(&large, &[patch]);
        assert!(matches!(again, Err(SaveError::Changed)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}

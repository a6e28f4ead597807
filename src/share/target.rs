//! Where a copy goes: a new folder, or a new zip file.
//!
//! Both are made under a temporary name beside the place and take their name
//! in one step at the end, so they are there whole or not at all. What is
//! killed leaves a temporary one, which holds nothing that is not sanitized.
//!
//! A zip file says nothing of the machine it was made on: sorted members, one
//! date, no users, no extra fields.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use tempfile::{NamedTempFile, TempDir};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::TEMPORARY;
use crate::globs::slashed;

/// Takes a copy in, in the order of its paths.
pub trait Target {
    /// Makes a folder.
    fn folder(&mut self, path: &Path) -> io::Result<()>;

    /// Makes a file of this content.
    fn file(&mut self, path: &Path, content: &mut dyn Read, about: &About) -> io::Result<()>;

    /// Makes a link, or says that links cannot be made here.
    fn link(&mut self, path: &Path, to: &Path) -> io::Result<Made>;

    /// Gives the copy its name. Before this nothing is there.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What a file has besides its content.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// How long it is, in bytes.
    pub len: u64,
    /// Its owner may run it.
    pub is_executable: bool,
    /// When it was changed last.
    pub modified: Option<SystemTime>,
}

/// Whether something could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is there.
    Yes,
    /// This kind of target has no such thing.
    No,
}

/// The target for a place that does not exist yet: a zip file if its name says
/// so, else a folder.
pub fn open(out: &Path) -> io::Result<Box<dyn Target>> {
    if fs::symlink_metadata(out).is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "it exists already; name a new place",
        ));
    }
    if is_other_archive(out) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "a copy is a folder or a .zip file; name it like one of these",
        ));
    }
    let beside = match out.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if !beside.is_dir() {
        let folder = beside.display();
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("there is no folder {folder}; make it first"),
        ));
    }
    Ok(match is_zip(out) {
        true => Box::new(Archive::new(out, beside)?),
        false => Box::new(Folder::new(out, beside)?),
    })
}

/// Whether a place is named like a zip file.
pub fn is_zip(out: &Path) -> bool {
    out.extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// Endings of archives that nobody would expect of a folder.
const OTHER_ARCHIVES: &[&str] = &[
    "tar", "gz", "tgz", "bz2", "tbz", "tbz2", "xz", "txz", "zst", "tzst", "7z", "rar",
];

fn is_other_archive(out: &Path) -> bool {
    let is = |end: &&str| {
        out.extension()
            .is_some_and(|it| it.eq_ignore_ascii_case(end))
    };
    OTHER_ARCHIVES.iter().any(is)
}

/// A new folder, in a temporary one that only its owner can enter.
struct Folder {
    made: TempDir,
    copy: PathBuf,
    out: PathBuf,
}

impl Folder {
    fn new(out: &Path, beside: &Path) -> io::Result<Self> {
        let made = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempdir_in(beside)?;
        let copy = made.path().join("copy");
        fs::create_dir(&copy)?;
        let out = out.to_owned();
        Ok(Self { made, copy, out })
    }
}

impl Target for Folder {
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(self.copy.join(path))
    }

    fn file(&mut self, path: &Path, content: &mut dyn Read, about: &About) -> io::Result<()> {
        let path = self.copy.join(path);
        let mut file = File::create_new(&path)?;
        io::copy(content, &mut file)?;
        if about.is_executable {
            file.set_permissions(executable(&file)?)?;
        }
        match about.modified {
            Some(modified) => file.set_modified(modified),
            None => Ok(()),
        }
    }

    #[cfg(unix)]
    fn link(&mut self, path: &Path, to: &Path) -> io::Result<Made> {
        std::os::unix::fs::symlink(to, self.copy.join(path)).map(|()| Made::Yes)
    }

    #[cfg(not(unix))]
    fn link(&mut self, _: &Path, _: &Path) -> io::Result<Made> {
        Ok(Made::No)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        // A rename would take the place of an empty folder made meanwhile.
        if fs::symlink_metadata(&self.out).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.copy, &self.out)?;
        self.made.close()
    }
}

/// The mode of a file for whose readers it can be run, too.
#[cfg(unix)]
fn executable(file: &File) -> io::Result<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode();
    Ok(Permissions::from_mode(mode | (mode & 0o444) >> 2))
}

#[cfg(not(unix))]
fn executable(file: &File) -> io::Result<Permissions> {
    Ok(file.metadata()?.permissions())
}

/// A new zip file.
struct Archive {
    writer: ZipWriter<Spent<BufWriter<NamedTempFile>>>,
    out: PathBuf,
    /// All members lie in a folder of this name, as people expect.
    top: PathBuf,
}

impl Archive {
    fn new(out: &Path, beside: &Path) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(TEMPORARY).suffix(".tmp");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(Permissions::from_mode(0o666));
        }
        let made = builder.tempfile_in(beside)?;
        Ok(Self {
            writer: ZipWriter::new(Spent::new(BufWriter::new(made))),
            out: out.to_owned(),
            top: out.file_stem().map(PathBuf::from).unwrap_or_default(),
        })
    }

    fn name(&self, path: &Path) -> String {
        slashed(&self.top.join(path))
    }
}

/// A file that takes whatever comes once it could not take something: a writer
/// of archives that is dropped ends its archive, and prints that it cannot.
struct Spent<W> {
    inner: W,
    is_spent: bool,
    at: u64,
    end: u64,
}

impl<W> Spent<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            is_spent: false,
            at: 0,
            end: 0,
        }
    }

    /// The file, if it took all.
    fn into_inner(self) -> io::Result<W> {
        match self.is_spent {
            true => Err(io::Error::other("a part of it could not be written")),
            false => Ok(self.inner),
        }
    }

    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        let is_over = |error: &io::Error| error.kind() != io::ErrorKind::Interrupted;
        self.is_spent |= done.as_ref().is_err_and(is_over);
        done
    }
}

impl<W: Write> Write for Spent<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match self.is_spent {
            true => bytes.len(),
            false => {
                let written = self.inner.write(bytes);
                self.noted(written)?
            }
        };
        self.at += written as u64;
        self.end = self.end.max(self.at);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_spent {
            return Ok(());
        }
        let flushed = self.inner.flush();
        self.noted(flushed)
    }
}

impl<W: Seek> Seek for Spent<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let place = place.ok_or(io::ErrorKind::InvalidInput)?;
        if !self.is_spent {
            let sought = self.inner.seek(SeekFrom::Start(place));
            self.noted(sought)?;
        }
        self.at = place;
        Ok(place)
    }
}

/// How much of a file is tried before its compression is chosen.
const TRIED: usize = 64 << 10;

/// The same for every member of every archive.
fn options(method: CompressionMethod, mode: u32, len: u64) -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(method)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(mode)
        .large_file(len >= u64::from(u32::MAX))
}

/// Told by how a file begins: weights, pictures and archives take most of the
/// time and become no smaller, whatever their names end in.
fn method(beginning: &[u8]) -> CompressionMethod {
    let mut deflated = DeflateEncoder::new(Vec::new(), Compression::fast());
    let tried = deflated
        .write_all(beginning)
        .and_then(|()| deflated.finish());
    match tried {
        Ok(deflated) if deflated.len() > beginning.len() / 8 * 7 => CompressionMethod::Stored,
        _ => CompressionMethod::Deflated,
    }
}

impl Target for Archive {
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        let name = self.name(path);
        self.writer
            .add_directory(name, options(CompressionMethod::Stored, 0o755, 0))
            .map_err(io::Error::from)
    }

    fn file(&mut self, path: &Path, content: &mut dyn Read, about: &About) -> io::Result<()> {
        let mode = if about.is_executable { 0o755 } else { 0o644 };
        let name = self.name(path);
        let mut beginning = Vec::new();
        content.take(TRIED as u64).read_to_end(&mut beginning)?;
        self.writer
            .start_file(name, options(method(&beginning), mode, about.len))
            .map_err(io::Error::from)?;
        io::copy(&mut beginning.chain(content), &mut self.writer).map(drop)
    }

    fn link(&mut self, _: &Path, _: &Path) -> io::Result<Made> {
        Ok(Made::No)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        let mut writer = self.writer.finish()?;
        writer.flush()?;
        let made = writer
            .into_inner()?
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        made.as_file().sync_all()?;
        made.persist_noclobber(&self.out)
            .map(drop)
            .map_err(|error| error.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(out: &Path) -> io::Result<()> {
        let mut target = open(out)?;
        target.folder(Path::new("a"))?;
        target.file(Path::new("a/x.txt"), &mut &b"text"[..], &About::default())?;
        let about = About {
            is_executable: true,
            ..About::default()
        };
        target.file(Path::new("run.sh"), &mut &b"#!/bin/sh"[..], &about)?;
        assert!(fs::symlink_metadata(out).is_err(), "it is there too early");
        target.finish()
    }

    fn alone(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn a_folder_is_there_when_it_is_whole() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("copy");
        fill(&out).unwrap();
        assert_eq!(fs::read(out.join("a/x.txt")).unwrap(), b"text");
        assert_eq!(alone(dir.path()), ["copy"]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &str| {
                let metadata = fs::metadata(out.join(path)).unwrap();
                metadata.permissions().mode() & 0o700
            };
            assert_eq!(
                [mode(""), mode("run.sh"), mode("a/x.txt")],
                [0o700, 0o700, 0o600]
            );
        }
    }

    #[test]
    fn a_zip_file_is_the_same_each_time() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (dir.path().join("c.zip"), dir.path().join("d").join("c.zip"));
        fs::create_dir(dir.path().join("d")).unwrap();
        fill(&one).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(5));
        fill(&two).unwrap();
        assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap());
        let mut archive = zip::ZipArchive::new(File::open(&one).unwrap()).unwrap();
        let names = archive.file_names();
        let names: Vec<String> = names.map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["c/a/", "c/a/x.txt", "c/run.sh"]);
        let mut text = String::new();
        let mut member = archive.by_name("c/a/x.txt").unwrap();
        member.read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
    }

    #[test]
    fn what_becomes_no_smaller_is_stored() {
        let mut noise = vec![0; 200_000];
        getrandom::fill(&mut noise).unwrap();
        let words = b"the same words again and again; ".repeat(9000);
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("c.zip");
        let mut target = open(&out).unwrap();
        for (name, bytes) in [("noise.dat", &noise), ("words.png", &words)] {
            let about = About::default();
            target
                .file(Path::new(name), &mut &bytes[..], &about)
                .unwrap();
        }
        target.finish().unwrap();
        let mut archive = zip::ZipArchive::new(File::open(&out).unwrap()).unwrap();
        for (name, method, bytes) in [
            ("c/noise.dat", CompressionMethod::Stored, noise),
            ("c/words.png", CompressionMethod::Deflated, words),
        ] {
            let mut member = archive.by_name(name).unwrap();
            assert_eq!(member.compression(), method);
            let mut read = Vec::new();
            member.read_to_end(&mut read).unwrap();
            assert_eq!(read, bytes);
        }
    }

    #[test]
    fn what_is_not_finished_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["copy", "copy.zip"] {
            let mut target = open(&dir.path().join(name)).unwrap();
            target
                .file(Path::new("x"), &mut &b"text"[..], &About::default())
                .unwrap();
            drop(target);
        }
        assert_eq!(alone(dir.path()), [] as [&str; 0]);
    }

    #[test]
    fn nothing_is_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["copy", "copy.zip"] {
            let out = dir.path().join(name);
            fs::write(&out, "mine").unwrap();
            assert!(open(&out).is_err());
            assert_eq!(fs::read(&out).unwrap(), b"mine");
        }
    }
}

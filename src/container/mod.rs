//! Containers: files that hold files and strings of their own, such as
//! archives, models, databases and pictures. One file a container.
//!
//! A container is opened over bytes that may be larger than the memory, shows
//! its parts one after the other, and turns changed parts into patches on its
//! own bytes. It never judges a value: parts go the road that every source
//! goes, and what comes back is put where it was. What a container cannot put
//! back soundly it refuses, with a reason that a person can act on.
//!
//! Nothing here opens a file, executes anything it reads, or trusts a length.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

/// Bytes that can be read at any place: a slice, or a file too large to load.
pub trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// The bytes at `span`, all of them; an error if they end before.
    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>>;

    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        let index = |at: u64| usize::try_from(at).ok();
        let bytes = index(span.start)
            .zip(index(span.end))
            .and_then(|(start, end)| self.get(start..end));
        bytes
            .map(Cow::Borrowed)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

/// One thing that a container holds.
#[derive(Debug)]
pub struct Part<'p> {
    /// Counts the parts, in the order in which they are shown. The same part
    /// has the same number whenever the same bytes are opened.
    pub number: usize,
    /// Where it stands, for people: `data.pkl`, `metadata ss_comment`.
    pub place: String,
    /// What it holds.
    pub content: Content<'p>,
    /// How much may stand in its place.
    pub room: Room,
}

/// What a part holds.
#[derive(Debug)]
pub enum Content<'p> {
    /// A file, of whatever format its name and its bytes tell.
    File {
        /// Its name within the container.
        name: Cow<'p, str>,
        /// Its bytes, out of whatever compression.
        bytes: Cow<'p, [u8]>,
    },
    /// A string.
    Text {
        /// What the structure calls it: a key, a column, a field.
        name: Option<Cow<'p, str>>,
        /// The string, decoded.
        text: Cow<'p, str>,
    },
}

/// How much may stand in the place of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// As much as there is.
    Any,
    /// As many bytes as before, in the encoding that the part has there.
    Same,
    /// Nothing else can: says why, and what to do instead.
    Fixed(&'static str),
}

/// What is to stand in the place of a part from now on.
#[derive(Debug, Clone)]
pub struct Change {
    /// Which part: its [`Part::number`].
    pub part: usize,
    /// The new bytes of a file, or the new string in UTF-8.
    pub bytes: Vec<u8>,
}

/// A change on the container's own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Which bytes go.
    pub span: Range<u64>,
    /// What stands there afterwards.
    pub bytes: Vec<u8>,
}

/// Why a container is not read to its end, or not changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The bytes are not what they say they are.
    #[error("{0}")]
    Malformed(String),
    /// A limit that protects against bombs.
    #[error("{0}")]
    Limit(String),
    /// It cannot be put back soundly; says what to do instead.
    #[error("{0}")]
    Unsound(String),
    /// The bytes cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A file that holds files and strings.
pub trait Container {
    /// What it is, for people: `zip archive`, `safetensors file`.
    fn title(&self) -> &'static str;

    /// Shows the parts, one after the other, so that no more than one need be
    /// in memory. An error of `take` ends the walk.
    fn visit(&self, take: &mut dyn FnMut(Part<'_>) -> Result<(), Refusal>) -> Result<(), Refusal>;

    /// What is to be said about what it holds and nobody looked at: encrypted
    /// members, compressed chunks. Each is a sentence for the report.
    fn unseen(&self) -> Vec<String> {
        Vec::new()
    }

    /// The patches that put `changes` in their places: sorted, not
    /// overlapping. Everything else stays as it is, byte for byte; lengths,
    /// checksums and offsets that depend on it are mended.
    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal>;

    /// What must be the same before and after: members and their order,
    /// tensors and their places, records, rows; read afresh from the bytes.
    fn outline(&self) -> Result<Vec<String>, Refusal>;
}

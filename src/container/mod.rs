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

#[cfg(feature = "parquet")]
mod arrow;
mod compressed;
mod cursor;
#[cfg(feature = "parquet")]
mod flat;
mod frames;
mod gguf;
mod hdf5;
mod inflate;
mod limits;
mod numbers;
mod numpy;
#[cfg(feature = "parquet")]
mod parquet;
mod patch;
mod pickle;
pub(crate) mod picture;
mod protobuf;
mod reading;
mod safetensors;
#[cfg(feature = "sqlite")]
mod sqlite;
mod strings;
mod tar;
mod tfrecord;
mod wandb;
mod zip;

use std::borrow::Cow;
use std::io;

pub use limits::{Budget, Limits};
pub use patch::{Patch, Patched, apply};
pub use reading::{ReadAt, Reader, Window, crc32, pieces, whole};

/// One thing that a container holds.
pub struct Part<'p> {
    /// Which part it is: the same one has the same number whenever the same
    /// bytes are opened, and no other has it.
    pub number: usize,
    /// Where it stands, for people: `data.pkl`, `metadata ss_comment`.
    pub place: String,
    /// What it holds.
    pub content: Content<'p>,
    /// How much may stand in its place.
    pub room: Room,
}

/// What a part holds.
pub enum Content<'p> {
    /// A file, of whatever format its name and its bytes tell.
    File {
        /// Its name within the container.
        name: Cow<'p, str>,
        /// Its bytes, out of whatever compression; they may be larger than the
        /// memory.
        bytes: &'p dyn ReadAt,
    },
    /// A string.
    Text {
        /// What the structure calls it: a key, a column, a field.
        name: Option<Cow<'p, str>>,
        /// The string, decoded.
        text: Cow<'p, str>,
    },
    /// Nobody can look at it, and why: it is encrypted, or compressed in a way
    /// that is not known. A sentence for the report.
    Closed(String),
    /// It is broken, or more than the limits allow; the other parts are not.
    Unseen(Refusal),
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
    /// What it is from now on.
    pub new: New,
}

/// A changed part.
#[derive(Debug, Clone)]
pub enum New {
    /// The whole of it: the new string in UTF-8, or the new bytes of a file.
    Whole(Vec<u8>),
    /// Patches on the bytes of a file that is a container itself: it may be
    /// too large to be held.
    Patched(Vec<Patch>),
}

impl Change {
    /// The new content of a part that was `old`.
    pub fn applied(&self, old: &[u8]) -> Vec<u8> {
        match &self.new {
            New::Whole(bytes) => bytes.clone(),
            New::Patched(patches) => apply(old, patches),
        }
    }

    /// The new string of a part that is a text.
    pub fn text(&self) -> Result<&str, Refusal> {
        let text = match &self.new {
            New::Whole(bytes) => std::str::from_utf8(bytes).ok(),
            New::Patched(_) => None,
        };
        text.ok_or_else(|| Refusal::Unsound("a string would not be text any more".to_owned()))
    }
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

impl Refusal {
    /// What a part is that is refused for itself: it is told, and the walk
    /// goes on with the next one. What is refused for all parts ends it.
    fn of_a_part(self) -> Result<Content<'static>, Self> {
        match self {
            Self::Malformed(_) | Self::Limit(_) => Ok(Content::Unseen(self)),
            Self::Unsound(_) | Self::Io(_) => Err(self),
        }
    }
}

/// Takes the parts of a container, one after the other.
pub type Take<'t> = dyn FnMut(Part<'_>) -> Result<(), Refusal> + 't;

/// A file that holds files and strings.
pub trait Container {
    /// What it is, for people: `zip archive`, `safetensors file`.
    fn title(&self) -> &'static str;

    /// Shows the parts, one after the other, so that no more than one need be
    /// in memory. An error of `take` ends the walk.
    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal>;

    /// The patches that put `changes` in their places: sorted, not
    /// overlapping. Everything else stays as it is, byte for byte; lengths,
    /// checksums and offsets that depend on it are mended.
    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal>;

    /// What must be the same before and after: members and their order,
    /// tensors and their places, records, rows; read afresh from the bytes.
    fn outline(&self) -> Result<Vec<String>, Refusal>;
}

/// Opens bytes of one format. `None` if they are of another; a refusal if they
/// are of this one and broken.
type Open = for<'s> fn(
    &str,
    &'s dyn ReadAt,
    &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal>;

/// The formats, in the order in which they are asked: those that are told by
/// what their bytes begin with before those that are only told by a name. A
/// new format adds its file and its line.
const FORMATS: &[Open] = &[
    zip::open,
    compressed::open,
    numpy::open,
    tar::open,
    picture::open,
    gguf::open,
    hdf5::open,
    wandb::open,
    #[cfg(feature = "sqlite")]
    sqlite::open,
    #[cfg(feature = "parquet")]
    parquet::open,
    #[cfg(feature = "parquet")]
    arrow::open,
    safetensors::open,
    tfrecord::open,
    pickle::open,
    protobuf::model::open,
];

/// Opens `bytes` if they are a container: told by what they begin with, and
/// where that says too little by `name`. `None` if they are none. What is
/// taken out of compression is counted against the `budget`.
pub fn open<'s>(
    name: &str,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    for format in FORMATS {
        if let Some(container) = format(name, bytes, budget)? {
            return Ok(Some(container));
        }
    }
    Ok(None)
}

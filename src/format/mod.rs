//! Formats: bytes become regions. One file a format.
//!
//! A format tells its files by name, place and content, reads them as spans,
//! and shows them as regions. It never prints anything anew and never judges a
//! value. To add one: a file here with a [`Format`], and a line in
//! [`FORMATS`].

mod beside;
mod cells;
mod databricks;
pub(crate) mod dotenv;
pub mod encoding;
mod hint;
mod html;
pub(crate) mod ini;
pub mod json;
mod lone;
mod marimo;
mod markdown;
pub(crate) mod netrc;
pub mod notebook;
mod parts;
mod plain;
pub(crate) mod program;
mod properties;
mod quarto;
mod requirements;
mod scalars;
mod table;
mod toml;
mod xml;
mod yaml;
mod zeppelin;

use std::fmt;
use std::ops::Range;
use std::path::Path;

use crate::region::{Extent, Region};
pub use hint::Hint;

/// One format.
pub struct Format {
    /// Its name for people, with an article: `a notebook`.
    pub title: &'static str,
    /// Whether a file is of it.
    pub is_told: fn(&Hint<'_>) -> bool,
    /// Reads a text of it.
    pub open: for<'t> fn(&Hint<'t>) -> Result<Box<dyn Opened + 't>, Malformed>,
    /// What cannot be read is an error. Otherwise it is read as plain text,
    /// and that is said.
    pub is_strict: bool,
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title)
    }
}

/// All formats, the more special first: the first one that is told counts.
/// What none of them tells is plain text.
// One a line, so that each has its reason to stand where it does.
#[rustfmt::skip]
const FORMATS: &[&Format] = &[
    &notebook::FORMAT,
    &markdown::FORMAT,
    &quarto::FORMAT,
    &zeppelin::FORMAT,
    &databricks::FORMAT,
    &marimo::FORMAT,
    &cells::FORMAT,
    &markdown::RST,
    &program::FORMAT,
    &dotenv::FORMAT,
    &netrc::FORMAT,
    &lone::FORMAT,
    &properties::FORMAT,
    &requirements::FORMAT,
    &toml::FORMAT,
    &yaml::FORMAT,
    &ini::FORMAT,
    &json::FORMAT,
    &html::FORMAT,
    &xml::FORMAT,
    &table::FORMAT,
];

/// A text that its format has read.
pub trait Opened {
    /// The parts of the text that can hold something, in order: pictures are
    /// left out. They are searched before anything is decoded.
    fn texts(&self) -> Vec<Range<usize>>;

    /// Calls `each` with the closing quote of every string that is a value, and
    /// is true, if reading has told them all; else the first look searches the
    /// quotes that strings may end in.
    fn closing_quotes(&self, each: &mut dyn FnMut(usize)) -> bool {
        let _ = each;
        false
    }

    /// Whether some of its places may hold texts in base64 as a whole.
    fn may_be_encoded(&self) -> bool {
        false
    }

    /// Whether it gives values names that do not stand before them: their
    /// extents tell which sound like a credential's.
    fn names_from_afar(&self) -> bool {
        false
    }

    /// Whether a line may end in a comment, whatever stands on it.
    fn takes_comments(&self) -> bool {
        false
    }

    /// Whether it is small and rich enough that every region is looked at,
    /// anchors or not.
    fn is_looked_at_whole(&self) -> bool {
        false
    }

    /// The names that the structure gives to values, each with where its value
    /// stands: the first look asks for them, where it could not tell a name
    /// and its value in the bytes.
    fn names(&self, each: &mut dyn FnMut(&str, Range<usize>)) {
        let _ = each;
    }

    /// The regions whose extents are wanted, in the order in which a person
    /// reads them. Asking is cheap, decoding is not.
    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region>;

    /// The regions that are code and share their names.
    fn code(&self) -> Vec<Region>;

    /// What must be the same after any edit.
    fn outline(&self) -> Outline;
}

/// The bones of a file: they stay as they are, whatever is edited.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outline(pub Vec<String>);

/// A source as its format reads it.
pub struct Source<'t> {
    /// The text.
    pub text: &'t str,
    /// What was read.
    pub opened: Box<dyn Opened + 't>,
    /// Its format.
    pub format: &'static Format,
    /// Why it is read as plain text, if its own format could not read it.
    pub instead: Option<Instead>,
}

/// A file that is not what it seems, and is read as plain text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("read as plain text, as it is not {title}: {why}")]
pub struct Instead {
    title: &'static str,
    why: Malformed,
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("format", &self.format)
            .field("instead", &self.instead)
            .finish_non_exhaustive()
    }
}

/// Whether the name says that a file is a notebook of Jupyter.
pub fn is_notebook(name: &Path) -> bool {
    (notebook::FORMAT.is_told)(&Hint::new(name, ""))
}

/// Whether the name alone says that a file is of a format which knows only
/// Unicode and forgives nothing.
pub fn is_strict(name: &Path) -> bool {
    let hint = Hint::new(name, "");
    let mut strict = FORMATS.iter().filter(|format| format.is_strict);
    strict.any(|format| (format.is_told)(&hint))
}

/// Tells the format of a text and reads it.
pub fn open<'t>(name: &'t Path, text: &'t str) -> Result<Source<'t>, Unreadable> {
    let hint = Hint::new(name, text);
    let told = FORMATS.iter().find(|format| (format.is_told)(&hint));
    let format = told.copied().unwrap_or(&plain::FORMAT);
    open_as(format, &hint)
}

/// Reads a text as a format. What only seemed to be of it is plain text.
pub fn open_as<'t>(format: &'static Format, hint: &Hint<'t>) -> Result<Source<'t>, Unreadable> {
    let source = |format, opened, instead| Source {
        text: hint.text,
        opened,
        format,
        instead,
    };
    let unreadable = |format: &Format, why| Unreadable {
        title: format.title,
        why,
    };
    match (format.open)(hint) {
        Ok(opened) => Ok(source(format, opened, None)),
        Err(why) if format.is_strict => Err(unreadable(format, why)),
        Err(why) => {
            let plain = &plain::FORMAT;
            let opened = (plain.open)(hint).map_err(|why| unreadable(plain, why))?;
            let title = format.title;
            // A template becomes a file of that format later (Helm, Jinja).
            let line = hint.text.lines().nth(why.line.saturating_sub(1));
            let is_template = line.is_some_and(|line| line.contains("{{"));
            let instead = (!is_template).then_some(Instead { title, why });
            Ok(source(plain, opened, instead))
        }
    }
}

/// Reads a text as plain text, whatever its name says.
pub fn open_plain<'t>(hint: &Hint<'t>) -> Result<Source<'t>, Unreadable> {
    open_as(&plain::FORMAT, hint)
}

/// A file that cannot be read as what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not {title}: {why}")]
pub struct Unreadable {
    title: &'static str,
    why: Malformed,
}

/// Why bytes are not of the format they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} (line {line}, column {column})")]
pub struct Malformed {
    /// What is wrong, in words.
    pub what: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Malformed {
    /// Something is wrong at byte `at` of `source`.
    pub fn at(source: &str, at: usize, what: impl Into<String>) -> Self {
        let before = &source.as_bytes()[..at.min(source.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let column = String::from_utf8_lossy(&before[line_start..])
            .chars()
            .filter(|&c| c != '\u{feff}')
            .count();
        Self {
            what: what.into(),
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: column + 1,
        }
    }
}

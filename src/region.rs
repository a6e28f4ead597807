//! A region: text as a person reads it, with its role and its place.
//!
//! A format turns the bytes of a source into regions; everything behind it
//! (detection, rewriting) sees only these, and never a byte of JSON.

use std::fmt;

use std::ops::Range;

use crate::layer::{Peeled, Stack};
use crate::lines::Lines;
use crate::rewrite::idiom::Idiom;

/// Text as a person reads it, peeled of its layers.
#[derive(Debug, Clone)]
pub struct Region {
    /// The layers between the bytes of the source and the text, outermost
    /// first; the last one holds the text.
    pub stack: Stack,
    /// What the text is.
    pub role: Role,
    /// Where it stands, for people.
    pub place: Place,
    /// Which bytes of the source it comes from.
    pub extent: Extent,
    /// Places that begin later in the text, with the offset where they do: a
    /// stream's text goes on in the next output.
    pub later: Vec<(usize, Place)>,
    /// It is a program of its own (a file that a cell writes, a process that
    /// it starts): it does not see what other cells import, nor they what it
    /// does.
    pub standalone: bool,
    /// A cell of marimo: what it imports under a plain name would belong to all
    /// cells, so it takes names of its own.
    pub is_private: bool,
    /// How this place looks a variable up, where it is no code but a
    /// configuration whose program knows how to.
    pub idiom: Option<Idiom>,
}

/// The bytes of a source that a region comes from: what is known of it before
/// it is decoded, to decide whether it is worth that.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extent {
    /// From the first byte to the last.
    pub span: Range<usize>,
    /// Its text is encoded as a whole, so that no anchor shows in the bytes.
    pub is_encoded: bool,
    /// The structure says that a password stands here, or gives a name like
    /// that of a credential which does not stand before it.
    pub is_password: bool,
}

impl Extent {
    /// Bytes that stand as they are.
    pub fn plain(span: Range<usize>) -> Self {
        Self {
            span,
            ..Self::default()
        }
    }
}

impl Region {
    /// A region over a part of a source that is peeled by one layer.
    pub fn new(peeled: Peeled, span: Range<usize>, role: Role) -> Self {
        Self {
            stack: Stack::new(peeled),
            role,
            place: Place::default(),
            extent: Extent::plain(span),
            later: Vec::new(),
            standalone: false,
            is_private: false,
            idiom: None,
        }
    }

    /// The peeled text.
    pub fn text(&self) -> &str {
        self.stack.text()
    }

    /// The place of the byte at `at` of the text, whose lines are `lines`; the
    /// line within that place, and the column in characters, both from 1.
    pub fn locate(&self, at: usize, lines: &Lines) -> (&Place, usize, usize) {
        let later = self.later.iter().rev().find(|(start, _)| *start <= at);
        let (start, place) = later.map_or((0, &self.place), |(start, place)| (*start, place));
        let line = place.lines_before + lines.line(at) - lines.line(start) + 1;
        let line_start = lines.start(at).max(start);
        (place, line, column(self.text(), line_start, at))
    }
}

/// The column of the byte at `at` of a text with these lines, from 1.
pub fn column_in(text: &str, lines: &Lines, at: usize) -> usize {
    column(text, lines.start(at), at)
}

/// The column of the byte at `at`, from 1. Far out in a very long line bytes
/// are counted: nobody looks there for a column, and all of it would be read
/// again for each finding.
fn column(text: &str, line_start: usize, at: usize) -> usize {
    const FAR: usize = 10_000;
    let before = text.get(line_start..at).unwrap_or("");
    match before.len() {
        far if far > FAR => far + 1,
        _ => before.chars().count() + 1,
    }
}

/// What a region's text is; decides how secrets are believed and replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// Program text in a language, or a configuration written by a cell.
    Code(Language),
    /// Text for people: Markdown, raw cells.
    Prose,
    /// What a program printed or showed.
    Output,
    /// Text of the file's own housekeeping, such as cell metadata.
    Metadata,
    /// A value to which the structure gives a name, such as a JSON member.
    Value {
        /// The member's key, as written.
        name: String,
    },
}

/// The language of a piece of code, or the format of a piece of configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Python; in a notebook with the magics of IPython.
    Python,
    /// POSIX shell and its relatives: `%%bash`, `.sh`.
    Shell,
    /// Commands that a text tells people to type, maybe behind a prompt and
    /// with what they print.
    Console,
    /// R.
    R,
    /// Julia.
    Julia,
    /// JavaScript and TypeScript on Node or Deno.
    JavaScript,
    /// Scala.
    Scala,
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// C#.
    CSharp,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Ruby.
    Ruby,
    /// PHP, within whatever text.
    Php,
    /// Elixir.
    Elixir,
    /// PowerShell.
    PowerShell,
    /// A recipe for a container image.
    Dockerfile,
    /// Rules of make.
    Makefile,
    /// Program text that is not looked into: masked.
    AnyCode,
    /// `.env` files.
    Dotenv,
    /// JSON within a cell.
    Json,
    /// YAML within a cell.
    Yaml,
    /// TOML within a cell.
    Toml,
    /// INI within a cell.
    Ini,
    /// HTML, also with scripts.
    Html,
    /// JavaScript that runs in a browser: there is no environment to look in.
    BrowserScript,
    /// SQL.
    Sql,
    /// Markdown.
    Markdown,
    /// Anything else: secrets are masked.
    Other,
}

/// Where a region stands in its source, in the words of the person who reads
/// the report. Cells and outputs are counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The cell's number, if the region is in a cell.
    pub cell: Option<usize>,
    /// What of the cell or file: `output 1`, `metadata`, `attachment x.png`;
    /// empty for a cell's source.
    pub part: String,
    /// Lines of the cell or file that stand before the region (a cell magic
    /// before its body): added to the line numbers of findings.
    pub lines_before: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.cell, self.part.as_str()) {
            (Some(cell), "") => write!(f, "cell {cell}"),
            (Some(cell), part) => write!(f, "cell {cell}, {part}"),
            (None, "") => Ok(()),
            (None, part) => f.write_str(part),
        }
    }
}

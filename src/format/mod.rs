//! Formats: bytes become regions. One file a format.

pub mod encoding;
pub mod json;
pub mod notebook;

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

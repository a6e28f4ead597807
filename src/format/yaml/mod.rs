//! YAML: every scalar is a value that goes by its key.
//!
//! The grammar is read by `saphyr-parser`, which says where each scalar lies,
//! also behind anchors, in several documents, in flow collections and over
//! several lines. What it refuses (tabs, templates) is plain text.
//!
//! Grammar: YAML 1.2.2.

mod offsets;
mod program;
mod reader;
mod writing;

use super::scalars::Scalars;
use super::{Format, Hint, Malformed, Opened};
use program::Program;
use reader::Reader;

/// YAML files.
pub(super) const FORMAT: Format = Format {
    title: "YAML",
    is_told,
    open: |hint| open(hint),
    is_strict: false,
};

const ENDINGS: &[&str] = &["yaml", "yml", "deepnote", "cff", "eyaml", "sls"];

const NAMES: &[&str] = &[
    ".condarc",
    "condarc",
    ".clang-format",
    ".clang-tidy",
    "mlmodel",
    "pixi.lock",
    "conda-lock",
];

fn is_told(hint: &Hint<'_>) -> bool {
    let is_lock = hint.name() == "conanfile.lock";
    hint.ends_in(ENDINGS) && !is_lock || NAMES.contains(&hint.name().as_str())
}

fn open<'t>(hint: &Hint<'t>) -> Result<Box<dyn Opened + 't>, Malformed> {
    let program = Program::of(hint);
    let reader = Reader::read(hint.text, program)?;
    Ok(Box::new(Scalars::new(
        hint.text,
        reader.scalars,
        reader.bones,
    )))
}

//! Notebooks of Databricks as source files.
//!
//! The first line says what the file is; `COMMAND ----------` stands between
//! cells. A cell in another language, or one of magics, is written as comments
//! that begin with `MAGIC`: a layer, which is peeled, so that each cell is read
//! in its own language and written back.
//!
//! Reference: "Export and import Databricks notebooks", source format.

use std::ops::Range;

use super::parts::{Part, Parts};
use super::{Format, Hint};
use crate::layer::margin;
use crate::region::{Language, Role};
use crate::syntax::{language, magic};

/// Notebooks of Databricks.
pub(super) const FORMAT: Format = Format {
    title: "a Databricks notebook",
    is_told: |hint| comment(hint).is_some(),
    open: |hint| Ok(Box::new(open(hint))),
    is_strict: false,
};

/// How a comment begins in the notebook's own language.
struct Comment {
    separator: &'static str,
    magic: &'static str,
}

fn comment(hint: &Hint<'_>) -> Option<Comment> {
    let (first, separator, magic) = match language::of_file(&hint.name()) {
        Language::Python | Language::R => (
            "# Databricks notebook source",
            "# COMMAND ----------",
            "# MAGIC ",
        ),
        Language::Scala => (
            "// Databricks notebook source",
            "// COMMAND ----------",
            "// MAGIC ",
        ),
        Language::Sql => (
            "-- Databricks notebook source",
            "-- COMMAND ----------",
            "-- MAGIC ",
        ),
        _ => return None,
    };
    let is_one = hint.first_line().trim_end() == first;
    is_one.then_some(Comment { separator, magic })
}

fn open<'t>(hint: &Hint<'t>) -> Parts<'t> {
    let text = hint.text;
    let kernel = language::of_file(&hint.name());
    let Some(comment) = comment(hint) else {
        return Parts::new(text, vec![Part::program(0..text.len(), kernel)]);
    };
    let mut parts = Vec::new();
    let mut start = text.find('\n').map_or(text.len(), |end| end + 1);
    let mut at = start;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let next = at + line.len();
        if line.trim_end() == comment.separator {
            cell(text, start..at, kernel, &comment, &mut parts);
            start = next;
        }
        at = next;
    }
    cell(text, start..text.len(), kernel, &comment, &mut parts);
    Parts::new(text, parts)
}

/// One cell; of a cell in comments only those lines.
fn cell(
    text: &str,
    span: Range<usize>,
    kernel: Language,
    comment: &Comment,
    parts: &mut Vec<Part>,
) {
    let source = text.get(span.clone()).unwrap_or_default();
    if source.trim().is_empty() {
        return;
    }
    let sign = comment.magic.trim_end();
    let Some(first) = source.find(sign).filter(|&at| is_line_start(source, at)) else {
        parts.push(Part::new(span, Role::Code(kernel)));
        return;
    };
    if first > 0 {
        // A title, or code before the magic.
        parts.push(Part::new(
            span.start..span.start + first,
            Role::Code(kernel),
        ));
    }
    let span = span.start + first..span.end;
    let peeled = margin::peel(text, span.clone(), comment.magic);
    for part in magic::parts(&peeled.text, kernel) {
        parts.push(Part {
            margin: Some(comment.magic),
            within: Some(part.span),
            standalone: part.standalone,
            ..Part::new(span.clone(), role(part.language))
        });
    }
}

fn role(language: Language) -> Role {
    match language {
        Language::Markdown => Role::Prose,
        language => Role::Code(language),
    }
}

fn is_line_start(text: &str, at: usize) -> bool {
    at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n')
}

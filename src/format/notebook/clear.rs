//! Takes outputs away, where a secret in them cannot be isolated or nobody
//! wants them: their list becomes an empty one, and the cell forgets that it
//! was run. Nothing else changes.
//!
//! The schema of nbformat 4 wants `outputs` and `execution_count` in every
//! code cell, so both stay.

use super::super::Malformed;
use super::super::json::{Cursor, Document, Shape};
use super::cells;
use crate::edit::Edit;

/// The edits that clear the outputs of the cells (counted from 1) for which
/// `wanted` holds. Cells without outputs stay as they are.
pub fn clear(source: &str, wanted: &dyn Fn(usize) -> bool) -> Result<Vec<Edit>, Malformed> {
    let document = Document::read(source)?;
    let cells = document.root().and_then(cells).unwrap_or_default();
    let mut edits = Vec::new();
    for (index, cell) in cells.into_iter().enumerate() {
        if wanted(index + 1) && has_outputs(cell) {
            edits.extend(cleared(source, cell));
        }
    }
    crate::edit::settle(&mut edits);
    Ok(edits)
}

fn has_outputs(cell: Cursor<'_>) -> bool {
    let outputs = cell
        .get("outputs")
        .filter(|outputs| outputs.shape() == Shape::Array);
    outputs.is_some_and(|outputs| outputs.elements().next().is_some())
}

fn cleared(source: &str, cell: Cursor<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    for member in cell.members() {
        match (member.key.raw(), member.value) {
            ("outputs", Some(value)) => edits.push(Edit::replace(value.span(), "[]")),
            ("execution_count" | "prompt_number", None) => {
                let number = member.scalar();
                let behind = member.key.span().end;
                let at = source.get(behind..).and_then(|rest| rest.find(number));
                if let Some(at) = at.map(|at| behind + at) {
                    edits.push(Edit::replace(at..at + number.len(), "null"));
                }
            }
            _ => {}
        }
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply_str;

    const NOTEBOOK: &str = r#"{"cells": [
 {"cell_type": "code", "execution_count": 12, "metadata": {}, "outputs": [
  {"output_type": "stream", "name": "stdout", "text": ["a"]}
 ], "source": ["1"]},
 {"cell_type": "code", "execution_count": 3, "metadata": {}, "outputs": [], "source": []},
 {"cell_type": "code", "outputs": [{"output_type": "stream"}], "execution_count":7, "source": []}
], "nbformat": 4, "nbformat_minor": 4}"#;

    fn cleared(wanted: &dyn Fn(usize) -> bool) -> String {
        apply_str(NOTEBOOK, &clear(NOTEBOOK, wanted).expect("is a notebook"))
    }

    #[test]
    fn only_the_outputs_and_the_count_go() {
        let after = cleared(&|cell| cell == 1);
        let expected = NOTEBOOK.replace("12", "null").replace(
            "[\n  {\"output_type\": \"stream\", \"name\": \"stdout\", \"text\": [\"a\"]}\n ]",
            "[]",
        );
        assert_eq!(after, expected);
    }

    #[test]
    fn cells_without_outputs_keep_their_count() {
        let after = cleared(&|_| true);
        assert!(after.contains("\"execution_count\": 3"));
        assert!(after.contains("\"execution_count\":null"));
        assert!(!after.contains("output_type"));
        assert_eq!(clear(&after, &|_| true), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_notebook_is_said() {
        assert!(clear("{", &|_| true).is_err());
        assert_eq!(clear("[1]", &|_| true), Ok(Vec::new()));
    }
}

//! The proof: a result is held against the laws before anybody may save it.
//!
//! It takes nothing over from what made the result: it reads both texts afresh, by
//! the readers of their formats, and compares them. A mistake of a reader would pass
//! here as it did there; each format holds its own against another reader in its
//! tests. That nothing is left is shown by scanning again, which [`crate::sanitize`]
//! does, since it has the eyes for it.

use std::path::Path;

use crate::edit::Edit;
use crate::format::{self, Format, Hint};
use crate::region::{Language, Region, Role};
use crate::syntax::python;

/// Checks that the second of two texts is the first one with `edits`, and
/// still of the same format with the same bones. Says which law does not hold.
pub fn hold(
    format: &'static Format,
    name: &Path,
    [before, after]: [&str; 2],
    edits: &[Edit],
) -> Result<(), String> {
    only_edits_changed(before, after, edits)?;
    let read = |text| {
        let source =
            format::open_as(format, &Hint::new(name, text)).map_err(|error| error.to_string())?;
        match source.instead {
            Some(instead) => Err(instead.to_string()),
            None => Ok(source.opened),
        }
    };
    let old = read(before)?;
    let title = format.title;
    let new = read(after)
        .map_err(|error| format!("the result would not be {title} any more: {error}"))?;
    if old.outline() != new.outline() {
        return Err(format!("the result would be {title} of other parts"));
    }
    python_still_parses(&old.code(), &new.code())
}

/// Law 1: every byte outside an edit is the same, in the same order.
fn only_edits_changed(before: &str, after: &str, edits: &[Edit]) -> Result<(), String> {
    let mut old = before.as_bytes();
    let mut new = after.as_bytes();
    let mut at = 0;
    for edit in edits {
        let kept = edit.span.start.checked_sub(at).ok_or("edits overlap")?;
        let same = old.get(..kept).is_some() && old.get(..kept) == new.get(..kept);
        let replaced = new
            .get(kept..)
            .is_some_and(|rest| rest.starts_with(edit.text.as_bytes()));
        if !same || !replaced {
            return Err("the result would change more than the credentials".to_owned());
        }
        new = &new[kept + edit.text.len()..];
        old = old
            .get(kept + edit.span.len()..)
            .ok_or("an edit leaves the file")?;
        at = edit.span.end;
    }
    if old == new {
        Ok(())
    } else {
        Err("the result would change more than the credentials".to_owned())
    }
}

/// Law 3 for code: what parsed before parses after.
fn python_still_parses(old: &[Region], new: &[Region]) -> Result<(), String> {
    let is_python = |region: &&Region| region.role == Role::Code(Language::Python);
    let (old, new) = (old.iter().filter(is_python), new.iter().filter(is_python));
    for (old, new) in old.zip(new) {
        let (old, new) = (old.text(), new.text());
        if old != new && python::parse(old).is_valid() && !python::parse(new).is_valid() {
            return Err("code that is Python would not be Python any more".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTEBOOK: &str = r#"{"cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "source": ["x = 1\n"]}], "nbformat": 4, "nbformat_minor": 5}"#;

    fn proved(edits: &[Edit], after: &str) -> Result<(), String> {
        let name = Path::new("a.ipynb");
        let notebook = format::open(name, NOTEBOOK).expect("is one").format;
        hold(notebook, name, [NOTEBOOK, after], edits)
    }

    fn replacing(from: &str, to: &str) -> (Vec<Edit>, String) {
        let at = NOTEBOOK.find(from).expect("is there");
        let edits = vec![Edit::replace(at..at + from.len(), to)];
        let after = crate::edit::apply_str(NOTEBOOK, &edits);
        (edits, after)
    }

    #[test]
    fn an_edit_of_the_source_holds() {
        let (edits, after) = replacing("x = 1", "x = 2");
        assert_eq!(proved(&edits, &after), Ok(()));
    }

    #[test]
    fn a_byte_beside_the_edits_is_noticed() {
        let (edits, after) = replacing("x = 1", "x = 2");
        assert!(proved(&edits, &(after.clone() + "\n")).is_err());
        assert!(proved(&edits, &after.replacen("metadata", "metaData", 1)).is_err());
        assert!(proved(&edits, NOTEBOOK).is_err());
        assert!(proved(&[], &after).is_err());
    }

    #[test]
    fn other_bones_are_noticed() {
        for (from, to) in [
            ("\"a\"", "\"b\""),
            ("code", "raw"),
            ("[]", "[{\"output_type\":\"x\"}]"),
            (": 5", ": 4"),
        ] {
            let (edits, after) = replacing(from, to);
            assert!(proved(&edits, &after).is_err(), "{from}");
        }
    }

    #[test]
    fn broken_json_and_broken_python_are_noticed() {
        let (edits, after) = replacing("x = 1", "x = \"1");
        assert!(
            proved(&edits, &after)
                .expect_err("JSON")
                .contains("notebook")
        );
        let (edits, after) = replacing("x = 1", "x = (1");
        assert!(
            proved(&edits, &after)
                .expect_err("Python")
                .contains("Python")
        );
    }
}

//! What becomes of the outputs of notebooks in a copy, beyond what is taken
//! out of them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::edit;
use crate::format::{encoding, is_notebook, notebook::clear};
use crate::sanitize::{Found, Remedy};

/// Which outputs go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Outputs {
    /// None. What cannot be taken out of one makes its file unsafe.
    Keep,
    /// Those of which a value cannot be taken out.
    #[default]
    Mask,
    /// Those in which anything was found.
    ClearTainted,
    /// All.
    Clear,
}

/// Clears the outputs that are to go from a sanitized notebook, and notes what
/// went with them. `None` if nothing changes.
pub fn clear_outputs(
    policy: Outputs,
    name: &Path,
    bytes: &[u8],
    found: &mut [Found],
) -> Option<Vec<u8>> {
    if policy == Outputs::Keep || !is_notebook(name) {
        return None;
    }
    let cells: BTreeSet<usize> = found
        .iter()
        .filter(|found| is_in_output(found))
        .filter(|found| policy != Outputs::Mask || is_left(found))
        .filter_map(|found| found.place.cell)
        .collect();
    let (text, encoding) = encoding::decode(bytes).ok()?;
    let goes = |cell: usize| policy == Outputs::Clear || cells.contains(&cell);
    let edits = clear::clear(&text, &goes).ok()?;
    if edits.is_empty() {
        return None;
    }
    for found in found.iter_mut().filter(|found| is_in_output(found)) {
        if found.place.cell.is_some_and(&goes) {
            found.remedy = Remedy::Drop("the output went with it");
        }
    }
    Some(encoding.encode(edit::apply_str(&text, &edits)))
}

fn is_in_output(found: &Found) -> bool {
    found.place.part.starts_with("output")
}

fn is_left(found: &Found) -> bool {
    matches!(found.remedy, Remedy::Report(_))
}

//! Where a value may stand that is not behind its name: further on in a
//! sentence, in the rows below, on the lines of a definition.

use super::convinces;
use super::line::{line_after, pieces, undo};
use crate::detect::names::{NameClass, Strength, classify};
use crate::syntax::text::{self, TextKind};

/// So far below its name a value is looked for.
const REACH: usize = 2400;

/// What joins a name and its value.
const JOINTS: [&str; 6] = ["is ", "was ", "ist ", "for ", "**", "'"];

/// `API key is …`, `Password for user ada: …`, `PASSWORD '…'`.
pub(super) fn in_sentence(bytes: &[u8], to: usize, name: &str, class: NameClass) -> bool {
    if class.strength == Strength::Weak && !name.eq_ignore_ascii_case("key") {
        return false;
    }
    let rest = bytes.get(to + 1..).unwrap_or_default();
    let joint = JOINTS
        .iter()
        .any(|joint| rest.starts_with(joint.as_bytes()));
    let strong = NameClass::strong(class.sort);
    joint
        && pieces(&line_after(bytes, to, false))
            .take(6)
            .any(|piece| convinces(piece.trim_end_matches('.'), "api_key", strong))
}

/// Whether a believable value stands in the rows or lines that follow.
pub(super) fn below(bytes: &[u8], to: usize, name: &str, class: NameClass) -> bool {
    if class.strength == Strength::Weak {
        return false;
    }
    let window = String::from_utf8_lossy(&bytes[to..bytes.len().min(to + REACH)]);
    pieces(&window)
        .take(MOST_PIECES)
        .any(|piece| convinces(piece, name, class))
}

/// Pieces of the rows that are judged.
const MOST_PIECES: usize = 60;

/// Where the last line of raw bytes starts; a tab is no line end.
pub(super) fn line_start(bytes: &[u8]) -> usize {
    let mut at = bytes.len();
    while let Some((&byte, head)) = bytes[..at].split_last() {
        let escape = byte == b'n' && head.ends_with(b"\\");
        if escape || byte == b'\n' || byte == b'"' && !head.ends_with(b"\\") {
            break;
        }
        at -= 1;
    }
    at
}

/// Where the first line of raw bytes ends.
pub(super) fn line_end(bytes: &[u8]) -> usize {
    let ends = |at: &usize| {
        let rest = &bytes[*at..];
        rest.starts_with(b"\n") || rest.starts_with(b"\\n") || rest.starts_with(b"\"")
    };
    (0..bytes.len()).find(ends).unwrap_or(bytes.len())
}

/// A column's header: the values stand on the lines below it.
pub(super) fn in_table(bytes: &[u8], from: usize, to: usize, class: NameClass) -> bool {
    if class.strength == Strength::Weak {
        return false;
    }
    let before = &bytes[from.saturating_sub(1000)..from];
    let start = from - before.len() + line_start(before);
    let end = to + line_end(&bytes[to..bytes.len().min(to + 1000)]);
    let header = &bytes[start..end];
    if !header.contains(&b'|') && header.iter().any(|b| b"=:(".contains(b)) {
        return false;
    }
    let window = String::from_utf8_lossy(&bytes[start..bytes.len().min(to + 2400)]);
    let mut table = String::with_capacity(window.len());
    for line in window
        .split('\n')
        .flat_map(|line| line.split("\\n"))
        .take(10)
    {
        if line.trim_matches([' ', '"', ',']).is_empty() {
            continue;
        }
        let framed = line.trim_start().strip_prefix('"');
        let framed = framed.unwrap_or(line).trim_end_matches(['"', ',']);
        let tabbed = framed.replace("\\t", "\t");
        undo(&tabbed, &mut table);
        table.push('\n');
    }
    text::bindings(&table, TextKind::Output, &|name| classify(name).is_some())
        .iter()
        .any(|cell| convinces(&cell.value, &cell.name, class))
}

//! Where a value may stand that is not behind its name: further on in a
//! sentence, in the rows below, on the lines of a definition.

use super::convinces;
use super::line::{line_after, pieces, undo};
use crate::detect::names::{NameClass, Strength, classify};
use crate::syntax::text::{self, TextKind};

/// So far below its name a value is looked for.
const REACH: usize = 2400;

/// What joins a name and its value.
const JOINTS: [&str; 7] = ["is ", "was ", "ist ", "for ", "**", "'", "`"];

/// `API key is …`, `Password for user ada: …`, `PASSWORD '…'`, ``password `…` ``.
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
    let mut breaks = memchr::memrchr2_iter(b'\n', b'"', bytes);
    let is_break = |at: &usize| bytes[*at] == b'\n' || !bytes[..*at].ends_with(b"\\");
    let start = breaks.find(is_break).map_or(0, |at| at + 1);
    memchr::memmem::rfind(&bytes[start..], b"\\n").map_or(start, |at| start + at + 2)
}

/// Where the first line of raw bytes ends.
pub(super) fn line_end(bytes: &[u8]) -> usize {
    let mut ends = memchr::memchr3_iter(b'\n', b'"', b'\\', bytes);
    ends.find(|&at| bytes[at] != b'\\' || bytes.get(at + 1) == Some(&b'n'))
        .unwrap_or(bytes.len())
}

/// Whether a name may be a cell of a row that is parted by spaces: more than one
/// stand beside it, or the line ends. In a sentence one space parts the words.
fn may_be_cell(before: &[u8], after: &[u8]) -> bool {
    let goes_on = matches!(after, [b' ', next, ..] if next.is_ascii_alphanumeric());
    let is_within = match before {
        // The end of a line or of a colour.
        [.., b'\\', b'n' | b't', b' '] => false,
        [.., b'[' | b';' | b'0'..=b'9', b'm', b' '] => false,
        [.., last, b' '] => last.is_ascii_alphanumeric(),
        _ => false,
    };
    !goes_on && !is_within
}

/// Whether a border or a delimiter stands in a row, which may have spaces in
/// its cells.
fn is_parted(row: &[u8]) -> bool {
    // Tabs and drawn borders may be escaped.
    let is_escape = |two: &[u8]| two == b"\\t" || two == b"\\u";
    row.iter().any(|byte| b"|,;\t\xe2".contains(byte)) || row.windows(2).any(is_escape)
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
    if !may_be_cell(before, &bytes[to..]) && !is_parted(header) {
        return false;
    }
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

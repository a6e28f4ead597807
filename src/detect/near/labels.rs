//! Names that stand behind their values: what something else is called, as the
//! label of a field or the `name` beside a `value`.

use super::line::{pieces, undo};
use super::{convinces, labelled};
use crate::detect::names::NameClass;

/// Whether a name is what something else is called: `name: 'token'`,
/// `label="API key"`.
pub(super) fn is_label(bytes: &[u8], from: usize) -> bool {
    let from = labelled(bytes, from, from).map_or(from, |words| from - words.len());
    let before = &bytes[from.saturating_sub(24)..from];
    let quoted = before.strip_suffix(b"\"").or(before.strip_suffix(b"'"));
    let Some(before) = quoted.map(|before| before.strip_suffix(b"\\").unwrap_or(before)) else {
        return false;
    };
    let before = before.trim_ascii_end();
    let before = before.strip_suffix(b":").or(before.strip_suffix(b"="));
    before.is_some_and(|before| {
        let name = before.trim_ascii_end();
        let name = name
            .strip_suffix(b"\"")
            .or(name.strip_suffix(b"'"))
            .unwrap_or(name);
        let name = name.strip_suffix(b"\\").unwrap_or(name);
        ["name", "label", "description", "key"]
            .iter()
            .any(|word| name.ends_with(word.as_bytes()))
    })
}

/// Whether a believable value stands shortly before a name, as that of a field or an
/// object may.
pub(super) fn convinces_before(bytes: &[u8], from: usize, class: NameClass) -> bool {
    const REACH: usize = 200;
    let mut before = String::new();
    let window = &bytes[from.saturating_sub(REACH)..from];
    undo(&String::from_utf8_lossy(window), &mut before);
    pieces(&before).any(|piece| convinces(piece, "token", class))
}

//! The rest of a line as it stands in the raw bytes of a notebook: escapes are
//! undone as far as names and values need it, and it comes apart into words.

use super::signs::Signs;
use crate::syntax::typographic;

/// The text from `at` to the end of its line, its escapes undone and all its
/// quotation marks plain; with the line after it if it has nothing of its own.
pub(super) fn line_after(bytes: &[u8], at: usize, go_on: bool) -> String {
    let window = &bytes[at..bytes.len().min(at + LONGEST_LINE)];
    let mut out = String::new();
    for line in lines(window) {
        undo(&String::from_utf8_lossy(line), &mut out);
        if !out.is_ascii() {
            out = out.replace(typographic::is_mark, "\"");
        }
        if !go_on || out.bytes().any(|b| b.is_ascii_alphanumeric()) {
            break;
        }
    }
    out
}

/// Lines are longer than this only in data.
const LONGEST_LINE: usize = 600;

/// Lines of a text, ended by themselves or by `\n`; the frame of a JSON list
/// of lines goes.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    let line = move || {
        let text = rest?;
        let end = memchr::memchr2_iter(b'\n', b'\\', text)
            .find(|&at| text[at] == b'\n' || text.get(at + 1) == Some(&b'n'));
        let Some(end) = end else {
            return rest.take();
        };
        let length = if text[end] == b'\n' { 1 } else { 2 };
        rest = text.get(end + length..);
        text.get(..end)
    };
    std::iter::from_fn(line)
        .map(|line| {
            let is_frame = |byte: &&u8| matches!(byte, b' ' | b'"' | b',');
            &line[line.iter().take_while(is_frame).count()..]
        })
        .filter(|line| !line.is_empty())
}

/// Takes colours out and doubled escapes down to one.
pub(super) fn undo(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at..];
        rest = match colour(after.as_bytes()) {
            length if length > 0 => after.get(length..).unwrap_or_default(),
            _ if after.starts_with("\\\\") => {
                out.push('\\');
                &after[2..]
            }
            _ if after.starts_with("\\t") => {
                out.push(' ');
                &after[2..]
            }
            _ => &after[1..],
        };
    }
    out.push_str(rest);
}

/// What follows the closing quote of a name and its operator.
pub(super) fn after_operator(line: &str) -> &str {
    const OPERATORS: Signs = Signs::new(b" \t\n\x0c\r\"'`])\\=:,(<->|!+{");
    line.trim_start_matches(|c| OPERATORS.hold(c))
}

pub(super) fn quoted(value: &str) -> Option<&str> {
    // The opening quote went with the operator: the value ends at the next.
    value
        .find(['"', '\'', '`'])
        .map(|end| value[..end].trim_end_matches('\\'))
}

pub(super) fn first_word(value: &str) -> &str {
    const BORDERS: Signs = Signs::new(b" \t\n\x0c\r\"'`\\&");
    value.split(|c| BORDERS.hold(c)).next().unwrap_or_default()
}

/// Everything on the line that could be a value of its own.
pub(super) fn pieces(line: &str) -> impl Iterator<Item = &str> {
    fn is_long(piece: &&str) -> bool {
        piece.len() >= SHORTEST_PIECE
    }
    const BORDERS: Signs = Signs::new(b" \t\n\x0c\r\"'`,;()[]{}<>|&\\");
    line.split(|c| BORDERS.hold(c))
        .filter(is_long)
        .flat_map(|piece| {
            let value = piece.rsplit_once('=').map(|(_, value)| value);
            [Some(piece), value].into_iter().flatten()
        })
        .filter(|piece| is_long(piece) && !is_plain(piece))
}

/// Shorter pieces are no values.
const SHORTEST_PIECE: usize = 6;

/// Short and in small letters: an identifier, not a value of its own.
fn is_plain(piece: &str) -> bool {
    let small = |b: u8| b.is_ascii_lowercase() || b"_.-".contains(&b);
    piece.len() < 16 && piece.bytes().all(small)
}

/// The length of a colour's escape sequence (`\u001b[31m`), 0 if there is none.
pub(super) fn colour(bytes: &[u8]) -> usize {
    if !bytes.starts_with(b"\\u001b[") && !bytes.starts_with(b"\\u001B[") {
        return 0;
    }
    let codes = bytes[7..]
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    7 + codes + 1
}

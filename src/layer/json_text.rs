//! The JSON layer: one string of a JSON file, or several that together make
//! one text (a notebook's list of lines).
//!
//! Escapes are peeled, items are joined without a separator. On the way back
//! a replacement is escaped in the style of the strings it lands in, a line
//! end within it starts a new item where the text is a list of lines, and an
//! item that an edit empties goes, together with its comma.

use std::ops::Range;
use std::sync::Arc;

use memchr::memchr;

use super::{Map, Peeled, Wrapping};
use crate::edit::Edit;

/// How a replacement is written into these strings.
#[derive(Debug)]
struct JsonText {
    /// Content spans of the strings (within the quotes), in order.
    items: Vec<Range<usize>>,
    /// What stands between the quotes of two items, if this is a list.
    separator: Option<String>,
    /// `/` is written `\/` here.
    escaped_slash: bool,
    /// Characters outside ASCII are written `\u` here.
    ascii: bool,
}

/// Peels the strings of `source` whose contents (without the quotes) lie at
/// `items`, joined to one text.
///
/// The spans must be contents of valid JSON strings, in order. With `list`
/// the items are the elements of one array and new ones may be added. A lone
/// surrogate is peeled to U+FFFD; it survives unless an edit covers it.
pub fn peel(source: &str, items: &[Range<usize>], list: bool) -> Peeled {
    let start = items.first().map_or(0, |item| item.start);
    let total = items.iter().map(Range::len).sum();
    let mut text = String::with_capacity(total);
    let mut map = Map::starting_at(start);
    let mut wrapping = JsonText {
        items: items.to_vec(),
        separator: list.then(|| separator(source, items)),
        escaped_slash: false,
        ascii: false,
    };
    let mut raw_wide = false;
    let mut escaped_wide = false;
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            map.kept_gap(item.start - map.outer_end());
        }
        let seen = unescape(&source[item.clone()], &mut text, &mut map);
        wrapping.escaped_slash |= seen.escaped_slash;
        escaped_wide |= seen.escaped_wide;
        raw_wide |= seen.raw_wide;
    }
    wrapping.ascii = escaped_wide && !raw_wide;
    Peeled {
        text,
        map,
        wrapping: Arc::new(wrapping),
    }
}

/// What a string showed of its writer's style.
#[derive(Default)]
struct Seen {
    escaped_slash: bool,
    escaped_wide: bool,
    raw_wide: bool,
}

/// Decodes the content of one JSON string onto `text` and `map`.
fn unescape(raw: &str, text: &mut String, map: &mut Map) -> Seen {
    let mut seen = Seen::default();
    let mut at = 0;
    while let Some(offset) = memchr(b'\\', &raw.as_bytes()[at..]) {
        let plain = &raw[at..at + offset];
        seen.raw_wide |= !plain.is_ascii();
        text.push_str(plain);
        map.verbatim(plain.len());
        at += offset;
        let (character, length) = escape(&raw.as_bytes()[at..]);
        seen.escaped_slash |= character == '/';
        seen.escaped_wide |= !character.is_ascii();
        text.push(character);
        map.unit(character.len_utf8(), length);
        at += length;
    }
    let plain = &raw[at..];
    seen.raw_wide |= !plain.is_ascii();
    text.push_str(plain);
    map.verbatim(plain.len());
    seen
}

/// The character that the escape at the start of `raw` stands for, and how
/// long the escape is.
fn escape(raw: &[u8]) -> (char, usize) {
    let simple = |character| (character, 2);
    match raw.get(1) {
        Some(b'n') => simple('\n'),
        Some(b't') => simple('\t'),
        Some(b'r') => simple('\r'),
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'u') => unicode_escape(raw),
        Some(&byte) if byte.is_ascii() => simple(char::from(byte)),
        _ => (char::REPLACEMENT_CHARACTER, 1),
    }
}

fn unicode_escape(raw: &[u8]) -> (char, usize) {
    let Some(first) = four_digits(raw, 2) else {
        return (char::REPLACEMENT_CHARACTER, raw.len().min(2));
    };
    if let Some(character) = char::from_u32(first) {
        return (character, 6);
    }
    let second = match raw.get(6..8) {
        Some(b"\\u") if first < 0xDC00 => four_digits(raw, 8),
        _ => None,
    };
    match second {
        Some(low @ 0xDC00..=0xDFFF) => {
            let code = 0x1_0000 + ((first - 0xD800) << 10) + (low - 0xDC00);
            (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                12,
            )
        }
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

fn four_digits(raw: &[u8], at: usize) -> Option<u32> {
    let digits = std::str::from_utf8(raw.get(at..at + 4)?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

/// What stands between two items of this list: as between the first two; if
/// there is only one, as between the bracket and the first.
fn separator(source: &str, items: &[Range<usize>]) -> String {
    if let [first, second, ..] = items {
        return source[first.end + 1..second.start - 1].to_owned();
    }
    let before = items.first().map_or("", |item| &source[..item.start - 1]);
    let space = before.len() - before.trim_end().len();
    format!(",{}", &before[before.len() - space..])
}

impl Wrapping for JsonText {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len());
        for character in replacement.chars() {
            self.push(character, &mut out);
        }
        out
    }

    fn carry(&self, text: &str, map: &Map, edits: &[Edit]) -> Vec<Edit> {
        let mut carried = Vec::with_capacity(edits.len());
        for edit in edits {
            let end = edit.span.end;
            let inserts = edit.span.is_empty();
            let ends_item =
                end == text.len() || (!inserts && self.starts_item(map.hull(end..end).start));
            let encode = |replacement: &str| self.encode_lines(replacement, ends_item);
            carried.extend(map.carry(std::slice::from_ref(edit), encode));
        }
        self.drop_emptied(carried)
    }
}

impl JsonText {
    fn push(&self, character: char, out: &mut String) {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '/' if self.escaped_slash => out.push_str("\\/"),
            c if c < ' ' || (self.ascii && !c.is_ascii()) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }

    /// Encodes, and starts a new item after each line end, save one at the
    /// very end of an item.
    fn encode_lines(&self, replacement: &str, ends_item: bool) -> String {
        let Some(separator) = &self.separator else {
            return self.encode(replacement);
        };
        let mut out = String::new();
        let mut lines = replacement.split_inclusive('\n').peekable();
        while let Some(line) = lines.next() {
            out.push_str(&self.encode(line));
            let more = lines.peek().is_some() || !ends_item;
            if line.ends_with('\n') && more {
                out.push('"');
                out.push_str(separator);
                out.push('"');
            }
        }
        out
    }

    fn starts_item(&self, outer: usize) -> bool {
        self.items
            .binary_search_by_key(&outer, |item| item.start)
            .is_ok_and(|index| index > 0)
    }

    /// A deletion of an item's whole content takes the item away, from the
    /// closing quote before to its own.
    fn drop_emptied(&self, edits: Vec<Edit>) -> Vec<Edit> {
        if self.separator.is_none() {
            return edits;
        }
        let mut out: Vec<Edit> = Vec::with_capacity(edits.len());
        for mut edit in edits {
            if edit.text.is_empty()
                && let Ok(index) = self
                    .items
                    .binary_search_by_key(&edit.span.start, |item| item.start)
                && self.items[index] == edit.span
                && !edit.span.is_empty()
                && index > 0
            {
                edit.span = self.items[index - 1].end + 1..edit.span.end + 1;
            }
            out.push(edit);
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::apply_str;

    /// The contents of all strings in `source`, found the simple way.
    fn contents(source: &str) -> Vec<Range<usize>> {
        let bytes = source.as_bytes();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == b'"' {
                let start = at + 1;
                at = start;
                while bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                out.push(start..at);
            }
            at += 1;
        }
        out
    }

    fn edited(source: &str, list: bool, edits: &[Edit]) -> String {
        let peeled = peel(source, &contents(source), list);
        apply_str(source, &peeled.wrap(edits))
    }

    #[test]
    fn peels_every_escape() {
        let source = r#""a\n\t\"\\\/\u00e9\ud83d\ude00\ud800é""#;
        let peeled = peel(source, &contents(source), false);
        assert_eq!(peeled.text, "a\n\t\"\\/é😀\u{fffd}é");
    }

    #[test]
    fn joins_the_items_of_a_list_and_edits_across_them() {
        let source = r#"["ab\n", "cd\n",  "ef"]"#;
        let peeled = peel(source, &contents(source), true);
        assert_eq!(peeled.text, "ab\ncd\nef");
        assert_eq!(
            edited(source, true, &[Edit::replace(1..7, "X")]),
            r#"["aX",  "f"]"#
        );
    }

    #[test]
    fn a_new_line_becomes_a_new_item() {
        let source = "[\n   \"ab\\n\",\n   \"cd\"\n]";
        assert_eq!(
            edited(source, true, &[Edit::insert(0, "import os\n")]),
            "[\n   \"import os\\n\",\n   \"ab\\n\",\n   \"cd\"\n]"
        );
        assert_eq!(
            edited(source, true, &[Edit::insert(3, "x\n")]),
            "[\n   \"ab\\n\",\n   \"x\\n\",\n   \"cd\"\n]"
        );
    }

    #[test]
    fn a_single_item_takes_the_space_after_the_bracket() {
        let source = "[\n  \"ab\"\n]";
        assert_eq!(
            edited(source, true, &[Edit::insert(0, "x\n")]),
            "[\n  \"x\\n\",\n  \"ab\"\n]"
        );
    }

    #[test]
    fn a_plain_string_keeps_its_one_item() {
        assert_eq!(
            edited(r#""ab\ncd""#, false, &[Edit::insert(3, "x\n")]),
            r#""ab\nx\ncd""#
        );
    }

    #[test]
    fn a_replacement_takes_the_style_of_its_string() {
        assert_eq!(
            edited(r#""a\/b\u00e9""#, false, &[Edit::replace(0..1, "/é\"")]),
            r#""\/\u00e9\"\/b\u00e9""#
        );
        assert_eq!(
            edited(r#""a/é""#, false, &[Edit::replace(0..1, "/é")]),
            r#""/é/é""#
        );
    }

    #[test]
    fn a_line_end_at_the_end_of_an_item_stays_there() {
        let source = r#"["ab\n", "cd\n"]"#;
        assert_eq!(
            edited(source, true, &[Edit::replace(1..3, "X\n")]),
            r#"["aX\n", "cd\n"]"#
        );
    }
}

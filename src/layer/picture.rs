//! The picture layer: what programs write beside the pixels of a picture in
//! base64, as one text.
//!
//! The text is that of all segments, one after the other on lines of their own.
//! An edit writes the segments anew that it changes, and encodes the whole in
//! the style it had; pixels stay as they are.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use super::base64::{self, Style};
use super::{Map, Peeled, Wrapping};
use crate::container::{self, Budget, Change, Content, New, ReadAt, Room, picture};
use crate::edit::{self, Edit};

/// Its own kind of mask where nothing may move.
const MASK: &str = "REDACTED";

#[derive(Debug)]
struct Picture {
    bytes: Vec<u8>,
    pieces: Vec<Piece>,
    style: Style,
    length: usize,
}

/// A string of the picture, and where it stands in the text of all.
#[derive(Debug)]
struct Piece {
    number: usize,
    span: Range<usize>,
    room: Room,
}

/// Whether `items`, which are base64 as JSON has it, are a picture with text
/// beside its pixels. No more of it is decoded than tells where its segments
/// stand.
pub fn is_worth_a_look<'t>(items: impl Iterator<Item = &'t str>) -> bool {
    let items: Vec<&str> = items.collect();
    if let [item] = items.as_slice()
        && let Some(is_worth) = picture::is_worth_a_look(&Encoded::in_lines(item))
    {
        return is_worth;
    }
    let text = joined(&items.concat());
    picture::is_worth_a_look(&Encoded::in_lines(&text)).unwrap_or(false)
}

/// Base64 as JSON has it, its lines joined: most are, and pictures are long.
fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        joined.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        rest = match after.as_bytes().first() {
            Some(b'n' | b'r') => &after[1..],
            Some(b'/') => after,
            _ => {
                joined.push('\\');
                after
            }
        };
    }
    joined.push_str(rest);
    joined
}

/// Peels `text` if the whole of it is a picture in base64 with text in it.
pub fn peel(text: &str) -> Option<Peeled> {
    let (style, bytes) = base64::opened(text)?;
    let (joined, pieces) = pieces(&bytes)?;
    let mut map = Map::starting_at(0);
    map.unit(joined.len(), text.len());
    Some(Peeled {
        text: joined,
        map,
        wrapping: Arc::new(Picture {
            bytes,
            pieces,
            style,
            length: text.len(),
        }),
    })
}

/// The strings of a picture as one text, and where each stands in it.
fn pieces(bytes: &[u8]) -> Option<(String, Vec<Piece>)> {
    let budget = Budget::default();
    let source = &bytes;
    let picture = picture::open("", source, &budget).ok()??;
    let mut joined = String::new();
    let mut pieces = Vec::new();
    let visited = picture.visit(&mut |part| {
        let text = match &part.content {
            Content::Text { text, .. } => Cow::Borrowed(text.as_ref()),
            Content::File { bytes, .. } => {
                match String::from_utf8(container::whole(*bytes)?.into()) {
                    Ok(text) => Cow::Owned(text),
                    Err(_) => return Ok(()),
                }
            }
            Content::Closed(_) | Content::Unseen(_) => return Ok(()),
        };
        let start = joined.len();
        joined.push_str(&text);
        pieces.push(Piece {
            number: part.number,
            span: start..joined.len(),
            room: part.room,
        });
        joined.push('\n');
        Ok(())
    });
    visited.ok()?;
    (!pieces.is_empty()).then_some((joined, pieces))
}

impl Picture {
    /// The picture with the edits; `None` if it has no room for them.
    fn changed(&self, text: &str, edits: &[Edit]) -> Option<Vec<u8>> {
        let changes = self
            .pieces
            .iter()
            .filter_map(|piece| piece.change(text, edits));
        let budget = Budget::default();
        let bytes = &self.bytes;
        let picture = picture::open("", bytes, &budget).ok()??;
        let patches = picture.patches(&changes.collect::<Vec<_>>()).ok()?;
        Some(container::apply(bytes, &patches))
    }
}

impl Piece {
    /// What the edits make of it.
    fn change(&self, text: &str, edits: &[Edit]) -> Option<Change> {
        let Range { start, end } = self.span;
        let here = |edit: &&Edit| edit.span.start >= start && edit.span.end <= end;
        let own: Vec<Edit> = (edits.iter().filter(here))
            .map(|edit| {
                let span = edit.span.start - start..edit.span.end - start;
                let len = span.len();
                let new = match self.room {
                    Room::Any => edit.text.clone(),
                    _ => format!("{MASK:_<len$}").chars().take(len).collect(),
                };
                Edit::replace(span, new)
            })
            .collect();
        let changed = edit::apply_str(text.get(start..end)?, &own);
        (!own.is_empty()).then(|| Change {
            part: self.number,
            new: New::Whole(changed.into_bytes()),
        })
    }
}

impl Wrapping for Picture {
    fn encode(&self, replacement: &str) -> String {
        replacement.to_owned()
    }

    fn carry(&self, text: &str, _map: &Map, edits: &[Edit]) -> Vec<Edit> {
        if edits.is_empty() {
            return Vec::new();
        }
        // Where there is no room nothing is edited: then what was found is
        // found again, and nothing is written.
        let changed = self.changed(text, edits);
        let replace = |bytes: Vec<u8>| Edit::replace(0..self.length, self.style.encode(&bytes));
        changed.map(replace).into_iter().collect()
    }
}

/// Base64 as JSON has it, of which only what is asked for is decoded: in one
/// piece, or in lines that are as long as the first, as encoders write them. In
/// other lines it goes astray, and no picture comes of it.
struct Encoded<'t> {
    text: &'t [u8],
    /// Letters in a line.
    width: usize,
}

/// What parts the lines.
const BREAK: &str = "\\n";

impl<'t> Encoded<'t> {
    fn in_lines(text: &'t str) -> Self {
        /// No encoder writes longer lines.
        const LONGEST: usize = 80;
        let text = text.strip_suffix(BREAK).unwrap_or(text);
        let text = text.trim_end_matches('=').as_bytes();
        let head = &text[..text.len().min(LONGEST)];
        let width = memchr::memchr(b'\\', head).filter(|width| width % 4 == 0 && *width > 0);
        Self {
            text,
            width: width.unwrap_or(text.len().max(1)),
        }
    }

    /// Where a letter stands in the text.
    fn place(&self, letter: usize) -> usize {
        letter + letter / self.width * BREAK.len()
    }

    /// How many letters the text has.
    fn letters(&self) -> usize {
        let line = self.width + BREAK.len();
        let rest = (self.text.len() % line).min(self.width);
        self.text.len() / line * self.width + rest
    }

    /// The letters from one up to another one, which both begin a group of four
    /// or end the text.
    fn cut(&self, letters: Range<usize>) -> Option<Cow<'t, [u8]>> {
        let whole = self.text.get(self.place(letters.start)..)?;
        let (first, last) = (
            letters.start / self.width,
            letters.end.checked_sub(1)? / self.width,
        );
        if first == last {
            return whole.get(..letters.len()).map(Cow::Borrowed);
        }
        let mut cut = Vec::with_capacity(letters.len());
        let mut rest = whole;
        let mut length = self.width - letters.start % self.width;
        while cut.len() + length < letters.len() {
            cut.extend_from_slice(rest.get(..length)?);
            rest = rest.get(length..)?.strip_prefix(BREAK.as_bytes())?;
            length = self.width;
        }
        cut.extend_from_slice(rest.get(..letters.len() - cut.len())?);
        Some(Cow::Owned(cut))
    }
}

impl ReadAt for Encoded<'_> {
    fn len(&self) -> u64 {
        self.letters() as u64 * 3 / 4
    }

    /// The head of a segment; the next one stands far off.
    fn stride(&self) -> u64 {
        24
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        let bad = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if span.start > span.end || span.end > ReadAt::len(self) {
            return Err(bad());
        }
        let index = |at: u64| usize::try_from(at).map_err(|_| bad());
        let (start, end) = (index(span.start)?, index(span.end)?);
        let first = start / 3 * 4;
        let last = (end.div_ceil(3) * 4).min(self.letters());
        if first == last {
            return Ok(Cow::Borrowed(&[]));
        }
        let text = self.cut(first..last).ok_or_else(bad)?;
        let mut bytes = base64::decode(&text).ok_or_else(bad)?;
        bytes.truncate(end - start / 3 * 3);
        bytes.drain(..start % 3);
        Ok(Cow::Owned(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_base64_are_joined() {
        assert_eq!(joined(r"ab\ncd\r\nef\/gh\n"), "abcdef/gh");
        assert_eq!(joined(r"a\tb\"), r"a\tb\");
    }

    /// A picture without pixels and with these texts.
    fn picture(texts: &[(&str, &str)]) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut chunk = |kind: &[u8], data: &[u8]| {
            bytes.extend_from_slice(&(data.len() as u32).to_be_bytes());
            let body = [kind, data].concat();
            bytes.extend_from_slice(&body);
            bytes.extend_from_slice(&crc32fast::hash(&body).to_be_bytes());
        };
        chunk(b"IHDR", &[0; 13]);
        for (key, text) in texts {
            chunk(b"tEXt", format!("{key}\0{text}").as_bytes());
        }
        chunk(b"IDAT", &[7; 5000]);
        chunk(b"IEND", b"");
        bytes
    }

    fn encoded(bytes: &[u8]) -> String {
        use ::base64::Engine as _;
        ::base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn an_edit_writes_its_segment_anew() {
        let old = encoded(&picture(&[("prompt", "{\"k\": 1}"), ("note", "abc")]));
        let peeled = peel(&old).expect("has text");
        assert_eq!(peeled.text, "{\"k\": 1}\nabc\n");
        let edits = [Edit::replace(9..12, "something longer")];
        let new = edit::apply_str(&old, &peeled.wrap(&edits));
        let wanted = picture(&[("prompt", "{\"k\": 1}"), ("note", "something longer")]);
        assert_eq!(new, encoded(&wanted));
    }

    fn in_lines(text: &str, width: usize) -> String {
        let lines = text.as_bytes().chunks(width);
        let lines = lines.map(|line| format!("{}\\n", str::from_utf8(line).unwrap()));
        lines.collect()
    }

    #[test]
    fn pictures_in_lines_of_any_length_are_looked_at() {
        let prompt = encoded(&picture(&[("prompt", "{}")]));
        let none = encoded(&picture(&[]));
        for width in [2, 4, 75, 76, 100, 6000] {
            let worth =
                |text: &str| is_worth_a_look(std::iter::once(in_lines(text, width).as_str()));
            assert!(worth(&prompt), "{width}");
            assert!(!worth(&none), "{width}");
        }
        let (head, tail) = prompt.split_at(152);
        let uneven = in_lines(head, 76) + &in_lines(tail, 100);
        assert!(is_worth_a_look(std::iter::once(uneven.as_str())));
        let (head, tail) = prompt.split_at(80);
        assert!(is_worth_a_look([head, tail].into_iter()));
    }

    #[test]
    fn only_pictures_with_text_are_worth_a_look() {
        let worth = |texts| is_worth_a_look(std::iter::once(encoded(&picture(texts)).as_str()));
        assert!(worth(&[("prompt", "{}")]));
        assert!(!worth(&[]));
        assert!(!worth(&[(
            "Software",
            "Matplotlib version3.9, https://matplotlib.org/"
        )]));
        assert!(!is_worth_a_look(std::iter::once("no picture")));
    }

    #[test]
    fn any_part_can_be_read() {
        let bytes: Vec<u8> = (0..50).collect();
        for width in [8, 68, 76, 80] {
            let text = in_lines(&encoded(&bytes), width);
            let encoded = Encoded::in_lines(&text);
            assert_eq!(ReadAt::len(&encoded), 50);
            for start in 0..50_u64 {
                for end in start..50 {
                    let read = encoded.read_at(start..end).unwrap();
                    assert_eq!(&*read, &bytes[start as usize..end as usize]);
                }
            }
            assert!(encoded.read_at(0..51).is_err());
        }
    }
}

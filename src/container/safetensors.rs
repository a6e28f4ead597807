//! safetensors: a length, a header in JSON, and the tensors behind it.
//!
//! Only the strings of `__metadata__` are changed, by edits within the header
//! as it is written. It is filled up with spaces to its old length, so that no
//! tensor moves; only if it becomes longer the tensors go with its end, from
//! which their places are counted. Tensors are never read.

use std::borrow::Cow;
use std::ops::Range;

use super::numbers::u64_at;
use super::{Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take};
use crate::edit::{self, Edit};
use crate::format::json::{Cursor, Document, Shape};
use crate::layer::json_text;

/// The library refuses longer headers.
const LONGEST: u64 = 100 << 20;

/// Where the header begins.
const START: u64 = 8;

/// The tensors lie at a multiple of this.
const BORDER: usize = 8;

const NAME: &str = "it is in the name of a tensor; save the model again with another name";

/// A safetensors file.
pub struct Safetensors<'s> {
    bytes: &'s dyn ReadAt,
    header: Cow<'s, str>,
}

/// Opens a safetensors file: a sound length, and JSON behind it that has the
/// places of tensors or metadata.
pub fn open<'s>(
    name: &str,
    bytes: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(START + 1)?;
    let is_named = name.to_ascii_lowercase().ends_with(".safetensors");
    let len = u64_at(&start, 0).filter(|_| start.last() == Some(&b'{') && start.len() == 9);
    let fits = |len: &u64| *len <= LONGEST && *len <= bytes.len() - START;
    let Some(len) = len.filter(fits) else {
        return match is_named {
            true => Err(broken("its header has no sound length")),
            false => Ok(None),
        };
    };
    let header = match bytes.read_at(START..START + len)? {
        Cow::Borrowed(header) => std::str::from_utf8(header).map(Cow::Borrowed).ok(),
        Cow::Owned(header) => String::from_utf8(header).map(Cow::Owned).ok(),
    };
    let file = header.map(|header| Safetensors { bytes, header });
    match file.filter(|file| Document::read(&file.header).is_ok()) {
        Some(file) => Ok(Some(Box::new(file))),
        None if is_named => Err(broken("its header is not JSON")),
        None => Ok(None),
    }
}

/// A string of the metadata, or the name of a tensor.
struct Entry {
    key: String,
    /// The content of the string, without its quotes, in the header.
    span: Range<usize>,
    is_tensor: bool,
}

impl Safetensors<'_> {
    fn document(&self) -> Result<Document<'_>, Refusal> {
        Document::read(&self.header).map_err(|why| broken(&format!("its header: {why}")))
    }

    /// Everything that can be shown, in order.
    fn entries(&self) -> Result<Vec<Entry>, Refusal> {
        let document = self.document()?;
        let mut entries = Vec::new();
        for member in document.root().into_iter().flat_map(Cursor::members) {
            let key = text_of(&self.header, member.key.span());
            match member.value {
                Some(metadata) if key == "__metadata__" => {
                    entries.extend(metadata.leaves().filter_map(|leaf| self.entry(&leaf)));
                }
                _ => entries.push(Entry {
                    key,
                    span: member.key.span(),
                    is_tensor: true,
                }),
            }
        }
        Ok(entries)
    }

    fn entry(&self, leaf: &crate::format::json::Leaf<'_>) -> Option<Entry> {
        let is_value = leaf.value.shape() == Shape::String;
        is_value.then(|| Entry {
            key: leaf
                .key
                .map_or_else(String::new, |key| text_of(&self.header, key.span())),
            span: leaf.value.span(),
            is_tensor: false,
        })
    }

    /// The header after `edits`, as long as before if it can be.
    fn edited(&self, edits: &[Edit]) -> String {
        let mut header = edit::apply_str(&self.header, edits);
        let old = self.header.len();
        if header.len() > old {
            // What was filled up before may be used up.
            header.truncate(header.trim_end_matches(' ').len().max(old));
        }
        let len = match header.len() > old {
            true => header.len().next_multiple_of(BORDER),
            false => old,
        };
        header.extend(std::iter::repeat_n(' ', len - header.len()));
        header
    }
}

impl Container for Safetensors<'_> {
    fn title(&self) -> &'static str {
        "safetensors file"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        for (number, entry) in self.entries()?.into_iter().enumerate() {
            let text = text_of(&self.header, entry.span);
            let (place, name, room) = match entry.is_tensor {
                true => ("tensor".to_owned(), None, Room::Fixed(NAME)),
                false => (
                    format!("metadata {}", entry.key),
                    Some(Cow::Owned(entry.key)),
                    Room::Any,
                ),
            };
            take(Part {
                number,
                place,
                content: Content::Text {
                    name,
                    text: Cow::Owned(text),
                },
                room,
            })?;
        }
        Ok(())
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let entries = self.entries()?;
        let mut edits = Vec::new();
        for change in changes {
            let Some(entry) = entries.get(change.part) else {
                continue;
            };
            let peeled = json_text::peel(&self.header, std::slice::from_ref(&entry.span), false);
            let new = change.text()?;
            if new != peeled.text {
                edits.extend(peeled.wrap(&[Edit::replace(0..peeled.text.len(), new)]));
            }
        }
        edit::settle(&mut edits);
        if edits.is_empty() {
            return Ok(Vec::new());
        }
        let new = self.edited(&edits);
        let old = self.header.len() as u64;
        let mut patches = Vec::new();
        if new.len() as u64 != old {
            patches.push(Patch::over(0, (new.len() as u64).to_le_bytes().into()));
        }
        patches.push(Patch {
            span: START..START + old,
            bytes: new.into_bytes(),
        });
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let behind = START + self.header.len() as u64;
        let mut outline = vec![format!("{} bytes of tensors", self.bytes.len() - behind)];
        let document = self.document()?;
        for member in document.root().into_iter().flat_map(Cursor::members) {
            let value = member.value.map_or("", |value| value.raw());
            match member.key.raw() {
                "__metadata__" => {
                    let metadata = member.value.into_iter().flat_map(Cursor::members);
                    outline.extend(metadata.map(|inner| format!("metadata {}", inner.key.raw())));
                }
                key => outline.push(format!("{key}: {value}")),
            }
        }
        Ok(outline)
    }
}

/// A string of the header, decoded.
fn text_of(header: &str, span: Range<usize>) -> String {
    json_text::peel(header, &[span], false).text
}

fn broken(what: &str) -> Refusal {
    Refusal::Malformed(format!("not a sound safetensors file: {what}"))
}

#[cfg(test)]
mod tests {
    use super::super::{New, apply};
    use super::*;

    fn file(header: &str) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&[1, 2, 3, 4]);
        bytes
    }

    const HEADER: &str = r#"{"__metadata__":{"note":"a\n\"long enough\" value","n":"x"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  "#;

    fn changed(old: &[u8], part: usize, new: &str) -> Vec<u8> {
        let (budget, old) = (Budget::default(), old.to_vec());
        let file = open("a.safetensors", &old, &budget).unwrap().unwrap();
        let change = Change {
            part,
            new: New::Whole(new.into()),
        };
        let patches = file.patches(&[change]).unwrap();
        let new = apply(&old, &patches);
        let again = open("a.safetensors", &new, &budget).unwrap().unwrap();
        assert_eq!(again.outline().unwrap(), file.outline().unwrap());
        drop(again);
        new
    }

    #[test]
    fn a_shorter_value_moves_nothing() {
        let old = file(HEADER);
        let new = changed(&old, 0, "say \"no\"");
        assert_eq!(new.len(), old.len());
        assert_eq!(new[..8], old[..8]);
        let text = String::from_utf8_lossy(&new);
        assert!(text.contains(r#""note":"say \"no\"","n":"x""#), "{text}");
        assert!(new.ends_with(&[b' ', 1, 2, 3, 4]));
    }

    #[test]
    fn a_longer_value_takes_the_tensors_along() {
        let old = file(HEADER);
        assert_eq!(changed(&old, 1, "xyz").len(), old.len());
        let new = changed(&old, 1, &"y".repeat(99));
        assert_eq!(new.len() % 8, 4);
        assert!(new.ends_with(&[1, 2, 3, 4]));
    }

    #[test]
    fn other_bytes_are_no_safetensors() {
        let budget = Budget::default();
        for bytes in [&b""[..], b"{\"a\": 1}", &[9; 40]] {
            assert!(open("a.bin", &bytes, &budget).unwrap().is_none());
            assert!(open("a.safetensors", &bytes, &budget).is_err());
        }
    }
}

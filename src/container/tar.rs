//! Tar archives: a header of 512 bytes, the content, zeros up to the next
//! border, and so on.
//!
//! Read by the `tar` crate, which knows the dialects. A changed member gets
//! its length and the checksum of its header mended where they stand; all
//! other headers stay byte for byte. Names are never used as paths.

use std::borrow::Cow;
use std::ops::Range;

use ::tar::{Archive, Entry, EntryType};

use super::{
    Budget, Change, Container, Content, New, Part, Patch, Patched, ReadAt, Reader, Refusal, Room,
    Take, Window, whole,
};

/// Headers and contents begin at a multiple of this.
const BORDER: u64 = 512;

const SIZE: Range<usize> = 124..136;
const CHECKSUM: Range<usize> = 148..156;

const NAMES: &str = "it is in the name of a member; pack the archive again with another name";
const SPARSE: &str = "it is a file with holes, and was not looked at";

/// Why what stands behind a broken header stays.
const BROKEN: &str = "it stands where the archive is broken; pack it again from clean files";

/// A tar archive.
pub struct Tar<'s> {
    bytes: &'s dyn ReadAt,
    members: Vec<Member>,
    /// Where it is broken, and how: what stands before is sound.
    broken: Option<(u64, String)>,
}

struct Member {
    name: String,
    link: String,
    header: u64,
    content: Range<u64>,
    kind: EntryType,
}

/// Opens a tar archive: by its mark, or by its name and a sound checksum.
pub fn open<'s>(
    name: &str,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(BORDER)?;
    let is_marked = start.get(257..262) == Some(b"ustar");
    let is_named = name.to_ascii_lowercase().ends_with(".tar");
    let is_sound = sum(&start).is_some_and(|sum| said(&start, CHECKSUM) == Some(sum));
    if !is_sound || !(is_marked || is_named) {
        return Ok(None);
    }
    let mut tar = Tar {
        bytes,
        members: Vec::new(),
        broken: None,
    };
    tar.read(budget)?;
    Ok(Some(Box::new(tar)))
}

impl Tar<'_> {
    /// Reads the headers, as far as they are sound.
    fn read(&mut self, budget: &Budget) -> Result<(), Refusal> {
        let mut archive = Archive::new(Reader::new(self.bytes));
        for entry in archive.entries_with_seek()? {
            budget.count(self.members.len() as u64 + 1)?;
            let read = entry.and_then(|entry| Member::read(&entry, self.bytes.len()));
            match read {
                Ok(member) => self.members.push(member),
                Err(error) => {
                    let last = self.members.last().map(|member| member.content.end);
                    let at = last.unwrap_or_default().next_multiple_of(BORDER);
                    self.broken = Some((at, format!("broken here (cut off?): {error}")));
                    break;
                }
            }
        }
        Ok(())
    }

    /// What stands behind the last sound member of a broken archive.
    fn rest(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let Some((at, why)) = &self.broken else {
            return Ok(());
        };
        let number = self.members.len() + 1;
        let place = || format!("from byte {at}");
        let bytes = Window::new(self.bytes, *at..self.bytes.len());
        take(Part {
            number,
            place: place(),
            content: Content::Unseen(Refusal::Malformed(why.clone())),
            room: Room::Fixed(BROKEN),
        })?;
        // With its header it would be opened as an archive again.
        let bytes = Window::new(&bytes, BORDER..bytes.len());
        take(Part {
            number: number + 1,
            place: place(),
            content: Content::File {
                name: Cow::Borrowed("rest"),
                bytes: &bytes,
            },
            room: Room::Fixed(BROKEN),
        })
    }
}

/// What the checksum of a header must be: the sum of its bytes, with its own
/// as spaces.
fn sum(header: &[u8]) -> Option<u64> {
    let header = header.get(..512)?;
    let bytes = header.iter().enumerate().map(|(at, byte)| {
        let byte = if CHECKSUM.contains(&at) { b' ' } else { *byte };
        u64::from(byte)
    });
    Some(bytes.sum())
}

/// A number of a header, in octal digits.
fn said(header: &[u8], span: Range<usize>) -> Option<u64> {
    let digits = std::str::from_utf8(header.get(span)?).ok()?;
    u64::from_str_radix(digits.trim_matches([' ', '\0']), 8).ok()
}

impl Member {
    fn read(entry: &Entry<'_, impl std::io::Read>, len: u64) -> std::io::Result<Self> {
        let start = entry.raw_file_position();
        let end = start.checked_add(entry.size());
        let end = end.filter(|end| *end <= len);
        let link = entry.link_name_bytes().unwrap_or_default();
        Ok(Self {
            name: String::from_utf8_lossy(&entry.path_bytes()).into_owned(),
            link: String::from_utf8_lossy(&link).into_owned(),
            header: entry.raw_header_position(),
            content: start..end.ok_or(std::io::ErrorKind::UnexpectedEof)?,
            kind: entry.header().entry_type(),
        })
    }

    fn patches(&self, bytes: &dyn ReadAt, change: &Change) -> Result<Vec<Patch>, Refusal> {
        let old = Window::new(bytes, self.content.clone());
        let on_content = match &change.new {
            New::Patched(patches) => patches.clone(),
            New::Whole(new) => vec![Patch {
                span: 0..old.len(),
                bytes: new.clone(),
            }],
        };
        let len = Patched::new(&old, &on_content).len();
        let mut patches = Vec::new();
        if len != old.len() {
            patches.push(self.header(bytes, len)?);
        }
        let start = self.content.start;
        patches.extend(on_content.iter().map(|patch| patch.shifted(start)));
        let filler = |len: u64| len.next_multiple_of(BORDER) - len;
        let end = self.content.end;
        if filler(len) != filler(old.len()) {
            let last = (end + filler(old.len())).min(bytes.len());
            let zeros = usize::try_from(filler(len)).unwrap_or_default();
            patches.push(Patch {
                span: end..last,
                bytes: vec![0; zeros],
            });
        }
        Ok(patches)
    }

    /// The header with another length.
    fn header(&self, bytes: &dyn ReadAt, len: u64) -> Result<Patch, Refusal> {
        let mut header = bytes
            .read_at(self.header..self.header + BORDER)?
            .into_owned();
        let old = self.content.end - self.content.start;
        if said(&header, SIZE) != Some(old) || sum(&header) != said(&header, CHECKSUM) {
            return Err(unsound("its length does not stand in its header alone"));
        }
        let digits = format!("{len:011o}");
        if digits.len() != 11 {
            return Err(unsound("it is too large"));
        }
        header[SIZE.start..SIZE.start + 11].copy_from_slice(digits.as_bytes());
        let sum = sum(&header).ok_or_else(|| unsound("its header is cut off"))?;
        let digits = format!("{sum:06o}\0 ");
        header[CHECKSUM].copy_from_slice(digits.as_bytes());
        Ok(Patch::over(self.header, header))
    }
}

impl Container for Tar<'_> {
    fn title(&self) -> &'static str {
        "tar archive"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let names: Vec<&str> = self
            .members
            .iter()
            .flat_map(|member| [member.name.as_str(), member.link.as_str()])
            .filter(|name| !name.is_empty())
            .collect();
        take(Part {
            number: 0,
            place: "names".to_owned(),
            content: Content::Text {
                name: None,
                text: Cow::Owned(names.join("\n")),
            },
            room: Room::Fixed(NAMES),
        })?;
        for (index, member) in self.members.iter().enumerate() {
            let bytes = Window::new(self.bytes, member.content.clone());
            let content = match member.kind {
                EntryType::Regular | EntryType::Continuous if !bytes.is_empty() => Content::File {
                    name: Cow::Borrowed(member.name.as_str()),
                    bytes: &bytes,
                },
                EntryType::GNUSparse => Content::Closed(SPARSE.to_owned()),
                _ => continue,
            };
            take(Part {
                number: index + 1,
                place: member.name.clone(),
                content,
                room: Room::Any,
            })?;
        }
        self.rest(take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let mut patches = Vec::new();
        for change in changes {
            let member = change.part.checked_sub(1);
            if let Some(member) = member.and_then(|index| self.members.get(index)) {
                patches.extend(member.patches(self.bytes, change)?);
            }
        }
        patches.sort_by_key(|patch| patch.span.start);
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut outline = Vec::with_capacity(self.members.len());
        for member in &self.members {
            let header = Window::new(self.bytes, member.header..member.header + BORDER);
            let mut header = whole(&header)?.into_owned();
            for span in [SIZE, CHECKSUM] {
                if let Some(number) = header.get_mut(span) {
                    number.fill(0);
                }
            }
            outline.push(format!(
                "{} {} {:08x}",
                member.name,
                member.link,
                crc32fast::hash(&header)
            ));
        }
        Ok(outline)
    }
}

fn unsound(why: &str) -> Refusal {
    Refusal::Unsound(format!(
        "a member cannot be changed in place: {why}; pack the archive again from clean files"
    ))
}

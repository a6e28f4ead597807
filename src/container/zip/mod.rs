//! Zip archives, and all that are some: `.keras`, `.npz`, `.whl`, `.mar`,
//! `.docx`, and the archives of PyTorch.
//!
//! Every member of the directory is shown, of two with one name both; what
//! stands in the file and in no member (a program before the archive, members
//! that somebody deleted) is shown, too. Names are never used as paths.
//!
//! PyTorch puts each tensor on a border of 64 bytes, which holds for the old
//! places only: such an archive is changed in place, same length for same
//! length.

mod directory;
mod gaps;
mod member;
mod referee;
mod remains;
mod splice;
mod wheel;

use std::borrow::Cow;

use self::directory::{Directory, Record};
use self::gaps::Telling;
use self::member::Member;
use self::remains::Remains;
use super::{
    Budget, Change, Container, Content, New, Part, Patch, ReadAt, Refusal, Room, Take, whole,
};

const START: &[u8] = b"PK\x03\x04";
const EMPTY: &[u8] = b"PK\x05\x06";

/// Why bytes between members stay.
const BETWEEN: &str =
    "it stands between the members, where no program looks; pack the archive again";

/// Why a member stays that can only be unpacked.
const UNWRITTEN: &str = "its compression is not written here; pack the archive again";

/// Why a name stays.
const NAMES: &str = "it is in the name of a member; pack the archive again with another name";

/// A zip archive.
pub struct Zip<'s> {
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
    directory: Directory,
    /// Tensors lie on borders that they must not leave.
    is_aligned: bool,
    /// The folder of a PyTorch archive: its tensors are under `data/`.
    torch: Option<String>,
}

/// A member as it is shown.
enum Opened<'o> {
    File(Box<dyn ReadAt + 'o>, Room),
    /// Nobody can look at it, and why.
    Closed(String),
}

/// Opens a zip archive, also one that begins with something else.
pub fn open<'s>(
    _: &str,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(4)?;
    let is_marked = start.starts_with(START) || start.starts_with(EMPTY);
    if !is_marked && !gaps::may_precede_an_archive(bytes)? {
        return Ok(None);
    }
    let directory = match Directory::read(bytes, budget) {
        Ok(Some(directory)) => directory,
        Ok(None) if is_marked => {
            let why = "not a sound zip archive: it has no directory (cut off?)";
            return Ok(Some(Box::new(Remains::new(bytes, budget, why.to_owned()))));
        }
        Err(Refusal::Malformed(why)) if is_marked => {
            return Ok(Some(Box::new(Remains::new(bytes, budget, why))));
        }
        Err(refusal) if is_marked => return Err(refusal),
        _ => return Ok(None),
    };
    Ok(Some(Box::new(Zip::new(bytes, budget, directory))))
}

impl<'s> Zip<'s> {
    fn new(bytes: &'s dyn ReadAt, budget: &'s Budget, directory: Directory) -> Self {
        let torch = directory
            .records
            .iter()
            .find_map(|record| Some(record.name().strip_suffix("/data.pkl")?.to_owned()));
        let is_aligned = directory
            .records
            .iter()
            .take(8)
            .any(|record| Member::read(bytes, record).is_ok_and(|member| member.is_aligned));
        Self {
            bytes,
            budget,
            is_aligned: is_aligned || torch.is_some(),
            directory,
            torch,
        }
    }

    /// Whether a member holds nothing but the numbers of a tensor.
    fn is_tensor(&self, name: &str) -> bool {
        let inner = self
            .torch
            .as_deref()
            .and_then(|torch| name.strip_prefix(torch));
        inner.is_some_and(|inner| inner.starts_with("/data/"))
    }

    fn member(&self, number: usize, record: &Record, take: &mut Take<'_>) -> Result<(), Refusal> {
        let name = record.name();
        if record.is_empty() || self.is_tensor(&name) && !self.budget.limits.deep {
            return Ok(());
        }
        let part = |content, room| Part {
            number,
            place: name.clone(),
            content,
            room,
        };
        match self.opened(record) {
            Ok(Opened::File(bytes, room)) => {
                let name = Cow::Borrowed(name.as_str());
                take(part(
                    Content::File {
                        name,
                        bytes: &*bytes,
                    },
                    room,
                ))
            }
            Ok(Opened::Closed(why)) => take(part(Content::Closed(why), Room::Any)),
            Err(refusal) => take(part(refusal.of_a_part()?, Room::Any)),
        }
    }

    fn opened(&self, record: &Record) -> Result<Opened<'_>, Refusal> {
        let closed = |why: &str| Ok(Opened::Closed(format!("{why}, and was not looked at")));
        if record.is_encrypted() {
            return closed("it is encrypted");
        }
        let member = Member::read(self.bytes, record)?;
        let coding = match member.coding() {
            Ok(coding) => coding,
            Err(why) => return closed(&why),
        };
        let room = match coding {
            Some(coding) if !coding.is_written() => Room::Fixed(UNWRITTEN),
            _ if self.is_aligned => Room::Same,
            _ => Room::Any,
        };
        let bytes: Box<dyn ReadAt> = match coding {
            None => Box::new(member.stored(self.bytes)),
            Some(coding) => Box::new(member.unpacked(self.bytes, coding, self.budget)?),
        };
        Ok(Opened::File(bytes, room))
    }

    /// The list of checksums of a wheel with those of changed members, and its
    /// place in the directory.
    fn record_of_wheel(
        &self,
        members: &[(usize, &Change)],
    ) -> Result<Option<(usize, Change)>, Refusal> {
        let mut records = self.directory.records.iter();
        let place = records.position(|record| wheel::is_record(&record.name()));
        let is_changed = |place: usize| members.iter().any(|(index, _)| *index == place);
        let Some(place) = place.filter(|place| !members.is_empty() && !is_changed(*place)) else {
            return Ok(None);
        };
        let budget = self.budget.anew();
        let content = |index: usize| -> Result<(String, Vec<u8>), Refusal> {
            let missing = || Refusal::Malformed("a part that was shown is gone".to_owned());
            let record = self.directory.records.get(index).ok_or_else(missing)?;
            let member = Member::read(self.bytes, record)?;
            let content = match member.coding().map_err(Refusal::Unsound)? {
                None => whole(&member.stored(self.bytes))?.into_owned(),
                Some(coding) => member.unpacked(self.bytes, coding, &budget)?,
            };
            Ok((record.name(), content))
        };
        let (_, old) = content(place)?;
        let Ok(old) = String::from_utf8(old) else {
            return Ok(None);
        };
        let mut changed = Vec::with_capacity(members.len());
        for (index, change) in members {
            let (name, old) = content(*index)?;
            changed.push((name, change.applied(&old)));
        }
        let new = wheel::mended(&old, &changed);
        let change = Change {
            part: 2 * place + 2,
            new: New::Whole(new.clone().into_bytes()),
        };
        Ok((new != old).then_some((place, change)))
    }

    /// The comments of the archive and of its members, by their numbers.
    fn comments(&self) -> impl Iterator<Item = (usize, String, &[u8], u64)> {
        let directory = &self.directory;
        let records = directory.records.iter().enumerate();
        let of_members = records.map(|(index, record)| {
            let place = format!("{}, comment", record.name());
            (
                2 * index + 3,
                place,
                record.comment.as_slice(),
                record.comment_at,
            )
        });
        let own = (
            1,
            "comment".to_owned(),
            directory.comment.as_slice(),
            directory.comment_at,
        );
        std::iter::once(own).chain(of_members)
    }

    fn text(
        number: usize,
        place: String,
        text: &str,
        room: Room,
        take: &mut Take<'_>,
    ) -> Result<(), Refusal> {
        take(Part {
            number,
            place,
            content: Content::Text {
                name: None,
                text: Cow::Borrowed(text),
            },
            room,
        })
    }
}

impl Container for Zip<'_> {
    fn title(&self) -> &'static str {
        match self.torch {
            Some(_) => "PyTorch archive",
            None => "zip archive",
        }
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let records = &self.directory.records;
        let names: Vec<String> = records.iter().map(Record::name).collect();
        Self::text(
            0,
            "names".to_owned(),
            &names.join("\n"),
            Room::Fixed(NAMES),
            take,
        )?;
        for (index, record) in records.iter().enumerate() {
            self.member(2 * index + 2, record, take)?;
        }
        for (number, place, comment, _) in self.comments() {
            match std::str::from_utf8(comment) {
                Ok("") | Err(_) => {}
                Ok(text) => Self::text(number, place, text, Room::Same, take)?,
            }
        }
        let mut number = 2 * records.len() + 3;
        let telling = Telling {
            room: Room::Fixed(BETWEEN),
            place: |deleted| format!("{}, deleted, byte {}", deleted.name, deleted.at),
        };
        for gap in gaps::of(self.bytes, &self.directory)? {
            gaps::visit(self.bytes, &gap, self.budget, &telling, &mut number, take)?;
        }
        Ok(())
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let members = changes.iter().filter(|change| change.part % 2 == 0);
        let mut members: Vec<(usize, &Change)> = members
            .filter_map(|change| Some(((change.part / 2).checked_sub(1)?, change)))
            .collect();
        let record = self.record_of_wheel(&members)?;
        members.extend(record.iter().map(|(index, change)| (*index, change)));
        let mut patches =
            splice::patches(self.bytes, &self.directory, &members, &self.budget.anew())?;
        for (number, _, comment, at) in self.comments() {
            let change = changes.iter().find(|change| change.part == number);
            if let Some(Change {
                new: New::Whole(new),
                ..
            }) = change
            {
                if new.len() != comment.len() {
                    let why = "a comment would have another length".to_owned();
                    return Err(Refusal::Unsound(why));
                }
                patches.push(Patch::over(at, new.clone()));
            }
        }
        patches.sort_by_key(|patch| patch.span.start);
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut outline = vec![format!(
            "prefix of {}, comment of {} bytes",
            self.directory.prefix,
            self.directory.comment.len()
        )];
        for record in &self.directory.records {
            let member = Member::read(self.bytes, record);
            outline.push(format!(
                "{:02x?} method {} flags {} {:02x?} comment of {} bytes, {:?} mod 64",
                record.raw_name,
                record.method,
                record.flags,
                unmoved(record),
                record.comment.len(),
                match member {
                    Ok(member) if self.is_aligned => Some(member.content.start % 64),
                    Ok(_) => Some(0),
                    Err(_) => None,
                },
            ));
        }
        outline.extend(referee::members(self.bytes));
        Ok(outline)
    }
}

/// Everything that stays in a record: its extra fields without the lengths
/// and the place that zip64 puts there.
fn unmoved(record: &Record) -> Vec<u8> {
    let (fixed, extra) = record.rest.split_at(record.rest.len().min(18));
    let mut kept = fixed.to_vec();
    for (id, span) in directory::fields(extra) {
        kept.extend_from_slice(&id.to_le_bytes());
        if id != 1 {
            kept.extend_from_slice(&extra[span]);
        }
    }
    kept
}

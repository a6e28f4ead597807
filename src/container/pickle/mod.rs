//! Pickles, protocols 0 to 5, alone or one after the other, as old PyTorch and
//! joblib write them: read instruction by instruction, never executed.
//!
//! Each string is shown with the name that a dictionary gives it. What stands
//! in its place has the same length, so no length, frame or offset changes. A
//! string that names a class or a key stays: the pickle could not be loaded
//! any more.

mod cursor;
mod joblib;
mod machine;

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use self::cursor::Cursor;
use self::machine::{Held, Machine, Step, Text};
use super::numpy::Items;
use super::strings::{self, Tell};
use super::{
    Budget, Change, Container, Content, New, Part, Patch, ReadAt, Refusal, Room, Take, Window,
    whole,
};

/// How deep arrays of objects may lie within one another.
const DEEPEST: usize = 16;

/// Shorter strings hold no credential.
const SHORTEST: u64 = 4;

/// Longer ones are bytes of their own.
const LONGEST: u64 = 4 << 20;

/// Shorter rests hold no credential.
const SHORTEST_REST: u64 = 8;

/// Of a longer rest only the beginning is looked at: it is numbers.
const LARGEST_REST: u64 = 1 << 20;

const REST: &str = "it stands behind the pickle; write the object again, then delete this file";
const CLASS: &str =
    "a class of the pickle is called so; write the object again without it, then delete this file";
const KEY: &str = "it is a key, which programs look for; write the object again without it, then delete this file";
const BROKEN: &str = "the pickle is broken or of an unknown kind; write the object again without it, then delete this file";

/// Endings of names that people give to pickles.
const ENDINGS: [&str; 12] = [
    ".pkl", ".pickle", ".p", ".pck", ".joblib", ".sav", ".pt", ".pth", ".ckpt", ".bin", ".model",
    ".pkl-",
];

/// Why a walk through a pickle ends before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// No such instruction.
    #[error("an unknown instruction")]
    Unknown,
    /// The bytes end.
    #[error("it is cut off")]
    CutOff,
    /// More than anybody writes.
    #[error("it is deeper than any that a program wrote")]
    TooDeep,
    /// The bytes cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Some pickles, one after the other.
pub struct Pickle<'s> {
    bytes: &'s dyn ReadAt,
    held: Held,
    budget: &'s Budget,
    /// The texts to show, each with its name.
    shown: Vec<(u32, Option<u32>)>,
    /// How many pickles there are, and where the last one ends.
    count: u64,
    end: u64,
    /// Why the walk ended early, and where.
    stop: Option<(Stop, u64)>,
}

/// Opens a pickle: by its first two bytes, which say the protocol, or by its
/// name. One that nothing but its first bytes tell must be whole.
pub fn open<'s>(
    name: &str,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(2)?;
    let is_marked = matches!(start.as_ref(), [0x80, 2..=5]);
    let is_named = is_named(name);
    let begins = |first: &u8| b"(]})cIFSVNX".contains(first);
    let may_be_one = is_marked || is_named && start.first().is_some_and(begins);
    if !may_be_one {
        return Ok(None);
    }
    let pickle = Pickle::read(bytes, budget);
    let is_one = match &pickle.stop {
        None => is_marked || pickle.end == bytes.len(),
        Some(_) => is_marked && (is_named || pickle.count > 0),
    };
    Ok(is_one.then(|| Box::new(pickle) as Box<dyn Container>))
}

fn is_named(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

impl<'s> Pickle<'s> {
    fn read(bytes: &'s dyn ReadAt, budget: &'s Budget) -> Self {
        let mut cursor = Cursor::new(bytes);
        let mut held = Held::default();
        let (mut count, mut end, mut stop) = (0, 0, None);
        loop {
            match run(&mut cursor, &mut held, 0) {
                Ok(()) => (count, end) = (count + 1, cursor.at()),
                Err(why) => stop = Some((why, cursor.at())),
            }
            // What follows a whole pickle is another one, or numbers.
            if stop.is_some() || cursor.is_at_end() || cursor.peek() != Some(0x80) {
                break;
            }
        }
        let shown = shown(&held);
        Self {
            bytes,
            budget,
            held,
            shown,
            count,
            end,
            stop,
        }
    }

    fn room(&self, text: &Text) -> Room {
        match (text.is_class, text.is_key, &self.stop) {
            (true, _, _) => Room::Fixed(CLASS),
            (_, true, _) => Room::Fixed(KEY),
            (_, _, Some(_)) => Room::Fixed(BROKEN),
            _ => Room::Same,
        }
    }

    /// The strings in arrays, behind those of the pickle itself.
    fn in_arrays(&self, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let mut arrays = self.held.arrays.iter();
        arrays.try_for_each(|items| items.walk(self.bytes, tell))
    }

    /// What stands behind the last pickle, or behind the place where one is broken:
    /// the numbers of an old PyTorch file, or anything that somebody put there.
    fn show_rest(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let start = self.stop.as_ref().map_or(self.end, |(_, at)| *at);
        let end = match self.budget.limits.deep {
            true => self.bytes.len(),
            false => self.bytes.len().min(start + LARGEST_REST),
        };
        if end.saturating_sub(start) < SHORTEST_REST {
            return Ok(());
        }
        take(Part {
            number: self.shown.len(),
            place: "behind the pickle".to_owned(),
            content: Content::File {
                name: Cow::Borrowed("rest"),
                bytes: &Window::new(self.bytes, start..end),
            },
            room: Room::Fixed(REST),
        })
    }

    fn name(&self, index: Option<u32>) -> Result<Option<String>, Refusal> {
        let text = index.and_then(|index| self.held.texts.get(index as usize));
        let text = text.filter(|text| text.span.end - text.span.start < 1024);
        match text {
            None => Ok(None),
            Some(text) => {
                let bytes = self.bytes.read_at(text.span.clone())?;
                Ok(String::from_utf8(bytes.into_owned()).ok())
            }
        }
    }

    fn show(&self, number: usize, take: &mut Take<'_>) -> Result<(), Refusal> {
        let (index, name) = self.shown[number];
        let text = &self.held.texts[index as usize];
        let bytes = Window::new(self.bytes, text.span.clone());
        let name = self.name(name)?;
        let place = match &name {
            Some(name) => name.clone(),
            None => format!("byte {}", text.span.start),
        };
        let room = self.room(text);
        let read = match bytes.len() <= LONGEST {
            true => whole(&bytes)?,
            false => Cow::Borrowed(&[][..]),
        };
        // What only begins like a file is searched as bytes.
        let opened = super::open("bytes", &bytes, self.budget);
        let is_file = read.is_empty() || matches!(opened, Ok(Some(_)));
        let content = match is_file {
            true => Content::File {
                name: Cow::Borrowed("bytes"),
                bytes: &bytes,
            },
            false => Content::Text {
                name: name.map(Cow::Owned),
                text: decoded(&read),
            },
        };
        take(Part {
            number,
            place,
            content,
            room,
        })
    }
}

/// A string as text. One that is no text (bytes, mostly) is shown with a
/// character for each byte, so that what stands in it is seen.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// The same the other way round.
fn encoded(new: &str, old: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(old) {
        Ok(_) => new.as_bytes().to_vec(),
        Err(_) => {
            let byte = |character: char| u8::try_from(character).unwrap_or(b'_');
            new.chars().map(byte).collect()
        }
    }
}

/// One pickle, with those that stand for arrays of objects in it.
fn run(cursor: &mut Cursor<'_>, held: &mut Held, depth: usize) -> Result<(), Stop> {
    if depth > DEEPEST {
        return Err(Stop::TooDeep);
    }
    let mut machine = Machine::new(held);
    loop {
        match machine.step(cursor)? {
            Step::On => {}
            Step::End => return Ok(()),
            Step::Array {
                len,
                is_padded,
                dtype,
            } => {
                if is_padded {
                    joblib::leap_padding(cursor)?;
                }
                let span = cursor.leap(len)?;
                if !dtype.strings.is_empty() {
                    let start = span.start;
                    machine.held().arrays.push(Items { start, len, dtype });
                }
            }
            Step::Nested => run(cursor, machine.held(), depth + 1)?,
        }
    }
}

/// Each string once for each name it has; once without, if it has none.
fn shown(held: &Held) -> Vec<(u32, Option<u32>)> {
    let mut names = held.names.clone();
    names.sort_unstable();
    names.dedup();
    let mut shown = Vec::new();
    let mut names = names.into_iter().peekable();
    for (index, text) in held.texts.iter().enumerate() {
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let before = shown.len();
        while let Some((_, name)) = names.next_if(|(value, _)| *value == index) {
            shown.push((index, Some(name)));
        }
        if shown.len() == before {
            shown.push((index, None));
        }
        if text.span.end - text.span.start < SHORTEST {
            shown.truncate(before);
        }
    }
    shown
}

impl Container for Pickle<'_> {
    fn title(&self) -> &'static str {
        "pickle"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        (0..self.shown.len()).try_for_each(|number| self.show(number, take))?;
        let first = self.shown.len() + 1;
        let walk = |tell: &mut Tell<'_>| self.in_arrays(tell);
        strings::show(&walk, Room::Same, &mut |part| {
            take(Part {
                number: first + part.number,
                ..part
            })
        })?;
        self.show_rest(take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let mut patches = Vec::new();
        for change in changes {
            let Some(&(index, _)) = self.shown.get(change.part) else {
                continue;
            };
            let text = &self.held.texts[index as usize];
            let len = text.span.end - text.span.start;
            let new = match &change.new {
                New::Whole(_) => {
                    let old = self.bytes.read_at(text.span.clone())?;
                    vec![Patch::over(text.span.start, encoded(change.text()?, &old))]
                }
                New::Patched(patches) => patches
                    .iter()
                    .map(|patch| patch.shifted(text.span.start))
                    .collect(),
            };
            let grows =
                |patch: &Patch| patch.span.end - patch.span.start != patch.bytes.len() as u64;
            let leaves = |patch: &Patch| patch.span.end > text.span.start + len;
            if new.iter().any(|patch| grows(patch) || leaves(patch)) {
                return Err(Refusal::Unsound(
                    "a string of a pickle would have another length".to_owned(),
                ));
            }
            patches.extend(new);
        }
        let in_arrays: Vec<Change> = changes
            .iter()
            .filter_map(|change| {
                Some(Change {
                    part: change.part.checked_sub(self.shown.len() + 1)?,
                    new: change.new.clone(),
                })
            })
            .collect();
        let walk = |tell: &mut Tell<'_>| self.in_arrays(tell);
        patches.extend(strings::replace(&walk, &in_arrays)?);
        patches.sort_by(|a, b| (a.span.start, &a.bytes).cmp(&(b.span.start, &b.bytes)));
        // A string that has two names is shown twice.
        patches.dedup();
        match patches
            .windows(2)
            .any(|pair| pair[0].span.end > pair[1].span.start)
        {
            true => Err(Refusal::Unsound("a string would become two".to_owned())),
            false => Ok(patches),
        }
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let Held {
            texts,
            names,
            arrays,
            classes,
            steps,
        } = &self.held;
        let mut outline = vec![
            format!("{} pickles up to byte {}", self.count, self.end),
            format!(
                "{steps} instructions, {classes} classes, {} names, {arrays:?}",
                names.len()
            ),
        ];
        if let Some((stop, at)) = &self.stop {
            outline.push(format!("{stop} at byte {at}"));
        }
        let mut digest = DefaultHasher::new();
        for text in texts {
            (&text.span, text.is_class, text.is_key).hash(&mut digest);
        }
        outline.push(format!("strings {:016x}", digest.finish()));
        Ok(outline)
    }
}

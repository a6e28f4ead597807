//! What is left of a zip archive that has no sound directory: one that was cut
//! off, mostly. Members are found by their own headers and looked at as far as
//! they go; nothing is changed.

use super::super::{
    Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take, Window,
};
use super::gaps;

const BROKEN: &str = "the archive is broken; pack it again from clean files";

/// What is left of a zip archive.
pub struct Remains<'s> {
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
    /// Why it is no archive.
    why: String,
}

impl<'s> Remains<'s> {
    /// All of the bytes.
    pub fn new(bytes: &'s dyn ReadAt, budget: &'s Budget, why: String) -> Self {
        Self { bytes, budget, why }
    }
}

impl Container for Remains<'_> {
    fn title(&self) -> &'static str {
        "broken zip archive"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        take(Part {
            number: 0,
            place: String::new(),
            content: Content::Unseen(Refusal::Malformed(self.why.clone())),
            room: Room::Fixed(BROKEN),
        })?;
        let all = 0..self.bytes.len();
        let members = gaps::deleted(self.bytes, &all, self.budget)?;
        let mut number = 1;
        for piece in gaps::pieces(&all, &members) {
            let place = format!("byte {}", piece.start);
            let bytes = Window::new(self.bytes, piece);
            take(Part {
                number,
                place,
                content: Content::File {
                    name: "between".into(),
                    bytes: &bytes,
                },
                room: Room::Fixed(BROKEN),
            })?;
            number += 1;
        }
        for member in members {
            let content = member.content(self.bytes, self.budget);
            let part = |content| Part {
                number,
                place: member.name.clone(),
                content,
                room: Room::Fixed(BROKEN),
            };
            match content {
                Ok(bytes) => {
                    let name = member.name.as_str().into();
                    take(part(Content::File {
                        name,
                        bytes: &bytes,
                    }))?;
                }
                Err(refusal) => take(part(refusal.of_a_part()?))?,
            }
            number += 1;
        }
        Ok(())
    }

    fn patches(&self, _: &[Change]) -> Result<Vec<Patch>, Refusal> {
        Err(Refusal::Unsound(BROKEN.to_owned()))
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        Ok(vec![self.why.clone()])
    }
}

//! Walks over the parts of a container: files go the road one by one, strings
//! many at once.

use std::path::Path;

use super::strings::{Batch, Entry};
use super::{Fit, Level, put_within, within};
use crate::container::{Change, Container, Content, New, Part, ReadAt, Refusal, Room};
use crate::detect::Secret;
use crate::format::json::Document;
use crate::ledger::Ledger;
use crate::sanitize::{IN_A_BROKEN_FILE, Inspection, Problem, Remedy, Sanitized, Sanitizer};

/// Shorter strings are no JSON that could hold anything.
const SHORTEST_JSON: usize = 16;

/// What is wanted of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Only what is found.
    Look,
    /// What is to stand in its place, too.
    Change,
}

/// What a walk brings.
#[derive(Default)]
pub(super) struct Out {
    pub inspection: Inspection,
    pub moved: Vec<(String, Secret)>,
    pub changes: Vec<Change>,
}

impl Out {
    /// As the result of a change.
    pub fn sanitized(self) -> (Vec<Change>, Sanitized) {
        let sanitized = Sanitized {
            found: self.inspection.found,
            sightings: self.inspection.sightings,
            uses: self.inspection.uses,
            moved: self.moved,
            troubles: self.inspection.troubles,
            ..Sanitized::default()
        };
        (self.changes, sanitized)
    }
}

/// A walk over one container.
pub(super) struct Walker<'w> {
    sanitizer: &'w Sanitizer,
    name: &'w Path,
    ledger: &'w Ledger,
    level: Level<'w>,
    wish: Wish,
    fit: Fit,
    batch: Batch,
    pub out: Out,
    /// Why the walk was ended from here.
    problem: Option<Problem>,
}

impl<'w> Walker<'w> {
    /// A walk over the container called `name`, which has this much room.
    pub fn new(
        sanitizer: &'w Sanitizer,
        name: &'w Path,
        ledger: &'w Ledger,
        level: Level<'w>,
        (wish, fit): (Wish, Fit),
    ) -> Self {
        Self {
            sanitizer,
            name,
            ledger,
            level,
            wish,
            fit,
            batch: Batch::default(),
            out: Out::default(),
            problem: None,
        }
    }

    /// From the first part to the last.
    pub fn walk(&mut self, container: &dyn Container) -> Result<(), Problem> {
        let walked = container.visit(&mut |part| {
            self.part(part).map_err(|problem| {
                self.problem = Some(problem);
                Refusal::Malformed("the walk was ended".to_owned())
            })
        });
        match self.problem.take() {
            Some(problem) => Err(problem),
            None => walked.map_err(Problem::from),
        }?;
        self.flush()
    }

    fn part(&mut self, part: Part<'_>) -> Result<(), Problem> {
        let Part {
            number,
            place,
            content,
            room,
        } = part;
        // What lies in a place of a fixed length has none to give.
        let room = match (self.fit, room) {
            (Fit::Same, Room::Any) => Room::Same,
            (_, room) => room,
        };
        match content {
            Content::Closed(why) => {
                self.out.inspection.notes.push(at(&place, &why));
                Ok(())
            }
            Content::Unseen(refusal) => self.trouble(refusal.into(), &place),
            Content::File { name, bytes } => {
                self.flush()?;
                self.file((number, &place, room), &name, bytes)
            }
            Content::Text { text, .. } if is_json(&text) => {
                self.flush()?;
                self.file((number, &place, room), "text.json", &text.as_bytes())
            }
            Content::Text { name, text } => {
                self.batch
                    .push(Entry::new(number, place, room), name.as_deref(), &text);
                match self.batch.is_full() {
                    true => self.flush(),
                    false => Ok(()),
                }
            }
        }
    }

    /// The strings so far.
    fn flush(&mut self) -> Result<(), Problem> {
        let batch = std::mem::take(&mut self.batch);
        match self.wish {
            Wish::Look => batch.inspect(self.sanitizer, self.name, self.ledger, &mut self.out),
            Wish::Change => batch.sanitize(self.sanitizer, self.name, self.ledger, &mut self.out),
        }
    }

    fn file(
        &mut self,
        (number, place, room): (usize, &str, Room),
        inner: &str,
        bytes: &dyn ReadAt,
    ) -> Result<(), Problem> {
        let name = within(self.name, inner);
        let level = self.level.deeper();
        let fit = match (self.wish, room) {
            (Wish::Look, _) | (_, Room::Fixed(_)) => None,
            (_, Room::Any) => Some(Fit::Any),
            (_, Room::Same) => Some(Fit::Same),
        };
        let Some(fit) = fit else {
            let inspected = self
                .sanitizer
                .inspect_file(&name, bytes, self.ledger, level);
            let stays = match room {
                Room::Fixed(why) => Some(why),
                Room::Any | Room::Same => None,
            };
            return match inspected {
                Err(problem) => self.broken(problem, &name, bytes, place),
                inspected => self.inspected(inspected, place, stays),
            };
        };
        match self
            .sanitizer
            .sanitize_file(&name, bytes, self.ledger, level, fit)
        {
            Ok((new, sanitized)) => {
                self.sanitized(sanitized, place);
                self.change(number, new);
                Ok(())
            }
            Err(Problem::Unproved(why)) => {
                // The part stays as it is; the others are changed.
                let inspected = self
                    .sanitizer
                    .inspect_file(&name, bytes, self.ledger, level);
                let why = format!("the result could not be proved: {why}");
                self.inspected(inspected, place, Some(&why))
            }
            Err(problem) => self.broken(problem, &name, bytes, place),
        }
    }

    /// A part that could not be read is told; what its bytes show as well, and
    /// stays.
    fn broken(
        &mut self,
        problem: Problem,
        name: &Path,
        bytes: &dyn ReadAt,
        place: &str,
    ) -> Result<(), Problem> {
        let is_of_the_file = problem.is_of_the_file();
        self.trouble(problem, place)?;
        let looked = is_of_the_file
            .then(|| self.sanitizer.inspect_broken(name, bytes, self.ledger))
            .flatten();
        match looked {
            Some(inspection) => self.inspected(Ok(inspection), place, Some(IN_A_BROKEN_FILE)),
            None => Ok(()),
        }
    }

    /// What was found in a part; and why it stays, if it does.
    fn inspected(
        &mut self,
        inspected: Result<Inspection, Problem>,
        place: &str,
        stays: Option<&str>,
    ) -> Result<(), Problem> {
        let mut inspection = match inspected {
            Ok(inspection) => inspection,
            Err(problem) => return self.trouble(problem, place),
        };
        if let Some(why) = stays {
            for found in &mut inspection.found {
                found.remedy = Remedy::Report(why.to_owned());
            }
        }
        put_within(&mut inspection.found, place);
        let out = &mut self.out.inspection;
        out.found.append(&mut inspection.found);
        out.sightings.append(&mut inspection.sightings);
        out.reads.append(&mut inspection.reads);
        out.uses.join(inspection.uses);
        for (to, from) in [
            (&mut out.notes, inspection.notes),
            (&mut out.troubles, inspection.troubles),
        ] {
            to.extend(from.iter().map(|text| at(place, text)));
        }
        Ok(())
    }

    fn sanitized(&mut self, mut sanitized: Sanitized, place: &str) {
        put_within(&mut sanitized.found, place);
        let out = &mut self.out;
        out.inspection.found.append(&mut sanitized.found);
        out.inspection.sightings.append(&mut sanitized.sightings);
        out.inspection.uses.join(sanitized.uses);
        let troubles = sanitized.troubles.iter().map(|text| at(place, text));
        out.inspection.troubles.extend(troubles);
        out.moved.append(&mut sanitized.moved);
    }

    fn change(&mut self, part: usize, new: Option<New>) {
        self.out.changes.extend(new.map(|new| Change { part, new }));
    }

    /// A part that is broken, or beyond a limit, is told; the others go on.
    fn trouble(&mut self, problem: Problem, place: &str) -> Result<(), Problem> {
        match problem {
            Problem::Container(Refusal::Io(_)) => Err(problem),
            problem => {
                let troubles = &mut self.out.inspection.troubles;
                troubles.push(at(place, &problem.to_string()));
                Ok(())
            }
        }
    }
}

/// A sentence, with the part that it is about.
fn at(place: &str, text: &str) -> String {
    match place {
        "" => text.to_owned(),
        place => format!("{place}: {text}"),
    }
}

/// Whether a string is JSON of some size: it is read as such.
fn is_json(text: &str) -> bool {
    text.len() >= SHORTEST_JSON
        && text.trim_start().starts_with(['{', '['])
        && Document::read(text).is_ok()
}

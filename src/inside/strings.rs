//! Strings of a container, many at once: together they are one text that is
//! searched in one go, and each of them is a region.

use std::ops::Range;
use std::path::Path;

use super::same_length;
use super::walker::Out;
use crate::container::{Change, New, Room};
use crate::detect::Finding;
use crate::edit::{self, Edit};
use crate::format::{Format, Opened, Outline, Source};
use crate::found::Teller;
use crate::layer::slice;
use crate::ledger::{Ledger, Sighting};
use crate::region::{Extent, Place, Region, Role};
use crate::rewrite::rewriter::{Rewriter, Rewriting};
use crate::sanitize::{Found, Look, Problem, Remedy, Sanitizer};

/// How much text is searched at once.
const FULL: usize = 1 << 20;

/// What overlaps a finding waits for the next round.
const ROUNDS: usize = 6;

static STRINGS: Format = Format {
    title: "strings",
    is_told: |_| false,
    open: |_| {
        Ok(Box::new(Strings {
            text: "",
            entries: &[],
        }))
    },
    is_strict: false,
};

/// One string.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    number: usize,
    place: String,
    room: Room,
    name: Option<String>,
    /// Where it stands in the text of the batch.
    span: Range<usize>,
}

impl Entry {
    /// A string that will stand somewhere.
    pub fn new(number: usize, place: String, room: Room) -> Self {
        Self {
            number,
            place,
            room,
            name: None,
            span: 0..0,
        }
    }
}

/// Strings, with their names, as one text.
#[derive(Debug, Default)]
pub(super) struct Batch {
    text: String,
    entries: Vec<Entry>,
}

/// The strings as regions.
struct Strings<'b> {
    text: &'b str,
    entries: &'b [Entry],
}

impl Opened for Strings<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let mut regions = Vec::new();
        for entry in self.entries {
            let span = entry.span.clone();
            if !wanted(&Extent::plain(span.clone())) {
                continue;
            }
            let role = match &entry.name {
                Some(name) => Role::Value { name: name.clone() },
                None => Role::Metadata,
            };
            let place = Place {
                part: entry.place.clone(),
                ..Place::default()
            };
            regions.push(Region {
                place,
                ..Region::new(slice::peel(self.text, span.clone()), span, role)
            });
        }
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    fn outline(&self) -> Outline {
        Outline::default()
    }
}

impl Batch {
    /// Adds a string. Its name stands before it, where the first look expects
    /// names.
    pub fn push(&mut self, mut entry: Entry, name: Option<&str>, text: &str) {
        if let Some(name) = name {
            self.text.push_str(name);
            self.text.push_str(" = ");
        }
        let start = self.text.len();
        self.text.push_str(text);
        entry.span = start..self.text.len();
        entry.name = name.map(str::to_owned);
        self.text.push('\n');
        self.entries.push(entry);
    }

    /// Whether it is time to look at it.
    pub fn is_full(&self) -> bool {
        self.text.len() >= FULL
    }

    /// What is found in them.
    pub fn inspect(
        &self,
        sanitizer: &Sanitizer,
        name: &Path,
        ledger: &Ledger,
        out: &mut Out,
    ) -> Result<(), Problem> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let look = sanitizer.look_at(self.source(), name, ledger);
        let sightings: Vec<Sighting> = look.findings.iter().map(Sighting::from).collect();
        let mut ledger = ledger.clone();
        ledger.add(&sightings, &Default::default());
        let mut teller = Teller::new(&self.text, &look.regions, &ledger);
        let found = &mut out.inspection.found;
        for finding in &look.findings {
            found.push(self.told(teller.tell(finding, super::undone())));
        }
        out.inspection.sightings.extend(sightings);
        out.inspection.uses.join(look.uses);
        Ok(())
    }

    /// What is found in them, and what stands there from now on.
    pub fn sanitize(
        mut self,
        sanitizer: &Sanitizer,
        name: &Path,
        ledger: &Ledger,
        out: &mut Out,
    ) -> Result<(), Problem> {
        let mut ledger = ledger.clone();
        let mut changed = vec![false; self.entries.len()];
        for round in 0..ROUNDS {
            if self.entries.is_empty() {
                return Ok(());
            }
            let look = sanitizer.look_at(self.source(), name, &ledger);
            if look.findings.is_empty() {
                if round == 0 {
                    out.inspection.uses.join(look.uses);
                }
                break;
            }
            let look = sanitizer.everywhere(name, look, &ledger);
            let sightings: Vec<Sighting> = look.findings.iter().map(Sighting::from).collect();
            ledger.add(&sightings, &Default::default());
            let edits = self.remedied(sanitizer, &look, &ledger, round, out);
            out.inspection.sightings.extend(sightings);
            if round == 0 {
                out.inspection.uses.join(look.uses.clone());
            }
            if edits.is_empty() {
                break;
            }
            let next = self.edited(&edits, &mut changed);
            drop(look);
            self = next;
        }
        for (entry, _) in self
            .entries
            .iter()
            .zip(changed)
            .filter(|(_, changed)| *changed)
        {
            out.changes.push(Change {
                part: entry.number,
                new: New::Whole(self.text[entry.span.clone()].into()),
            });
        }
        Ok(())
    }

    /// The edits on the text of the batch, and a word for each finding.
    fn remedied(
        &self,
        sanitizer: &Sanitizer,
        look: &Look<'_>,
        ledger: &Ledger,
        round: usize,
        out: &mut Out,
    ) -> Vec<Edit> {
        let regions = &look.regions;
        let room = |finding: &Finding| self.entry(regions.get(finding.region)).map(|e| e.room);
        let of = |wanted: fn(Option<Room>) -> bool| -> Vec<Finding> {
            let findings = look.findings.iter();
            findings
                .filter(|finding| wanted(room(finding)))
                .cloned()
                .collect()
        };
        let any = of(|room| matches!(room, Some(Room::Any)));
        let same = of(|room| matches!(room, Some(Room::Same)));
        let mut teller = Teller::new(&self.text, regions, ledger);
        let mut edits = Vec::new();
        let mut tell = |findings: &[Finding], rewriting: Rewriting| {
            for (finding, remedy) in findings.iter().zip(rewriting.remedies) {
                out.inspection
                    .found
                    .push(self.told(teller.tell(finding, remedy)));
            }
            edits.extend(rewriting.edits);
        };
        let mut rewriter = Rewriter::new(regions, sanitizer.policy.style);
        tell(&any, rewriter.rewrite(&any, ledger));
        tell(&same, same_length::rewrite(regions, &same));
        if round == 0 {
            for finding in &look.findings {
                if let Some(Room::Fixed(why)) = room(finding) {
                    let remedy = Remedy::Report(why.to_owned());
                    out.inspection
                        .found
                        .push(self.told(teller.tell(finding, remedy)));
                }
            }
        }
        edit::settle(&mut edits);
        edits
    }

    /// The same strings after `edits`.
    fn edited(&self, edits: &[Edit], changed: &mut [bool]) -> Self {
        let mut batch = Self::default();
        let mut edits = edits.iter().peekable();
        for (entry, changed) in self.entries.iter().zip(changed) {
            let mut own = Vec::new();
            while let Some(edit) = edits.next_if(|edit| edit.span.start < entry.span.end) {
                let start = entry.span.start;
                if edit.span.start >= start && edit.span.end <= entry.span.end {
                    let span = edit.span.start - start..edit.span.end - start;
                    own.push(Edit::replace(span, edit.text.clone()));
                }
            }
            *changed |= !own.is_empty();
            let text = edit::apply_str(&self.text[entry.span.clone()], &own);
            let empty = Entry::new(entry.number, entry.place.clone(), entry.room);
            batch.push(empty, entry.name.as_deref(), &text);
        }
        batch
    }

    fn entry(&self, region: Option<&Region>) -> Option<&Entry> {
        let start = region?.extent.span.start;
        let at = self
            .entries
            .binary_search_by_key(&start, |entry| entry.span.start);
        at.ok().and_then(|at| self.entries.get(at))
    }

    /// A string has a place and, if it is short, no lines.
    fn told(&self, mut found: Found) -> Found {
        if found.line <= 1 {
            (found.line, found.column) = (0, 0);
        }
        found.file_line = 0;
        found
    }

    fn source(&self) -> Source<'_> {
        Source {
            text: &self.text,
            opened: Box::new(Strings {
                text: &self.text,
                entries: &self.entries,
            }),
            format: &STRINGS,
            instead: None,
        }
    }
}

//! The road within containers: each part goes the road that every source goes,
//! and what comes back is put where it was.
//!
//! A file within an archive is a source like any other, to any depth that the
//! limits allow; a string of a structure is a region whose name the structure
//! gives. A file that is neither a text nor a container is only looked at.
//!
//! Nothing is held that the container does not hold: of a large file only the
//! parts are read, one after the other, and the result is a list of patches.

mod proof;
mod raw;
mod same_length;
mod strings;
mod veil;
mod walker;

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use crate::container::{self, Budget, Container, New, Patch, ReadAt, Refusal, whole};
use crate::format::encoding;
use crate::ledger::Ledger;
use crate::sanitize::{Found, Inspection, Problem, Remedy, Sanitized, Sanitizer};

pub(crate) use proof::only_patches_changed;
pub(crate) use same_length::rewrite as rewrite_in_same_length;
use walker::{Walker, Wish};

/// How often values that only a later part shows send the walk back to the
/// first one.
const ROUNDS: usize = 4;

/// Larger files that are neither texts nor containers are looked at only if
/// everything is to be searched.
const LARGE: u64 = 64 << 20;

/// Of how many parts of a file it is said that they could not be looked at.
const TOLD: usize = 20;

/// How much room there is for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As much as it needs.
    Any,
    /// As many bytes as before.
    Same,
}

/// Where within containers a file lies.
#[derive(Clone, Copy)]
struct Level<'b> {
    budget: &'b Budget,
    depth: usize,
}

impl Level<'_> {
    /// A walk begins, which may take as much out as the last one.
    fn begin(self) {
        if self.depth == 0 {
            self.budget.renew();
        }
    }

    fn deeper(self) -> Self {
        Self {
            depth: self.depth + 1,
            ..self
        }
    }
}

/// What a file within a container is.
enum File<'f> {
    Container(Box<dyn Container + 'f>),
    Text,
    Unknown,
}

impl Sanitizer {
    /// The same as [`Sanitizer::inspect`] for bytes that may be larger than
    /// the memory.
    pub fn inspect_at(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
    ) -> Result<Inspection, Problem> {
        let budget = Budget::new(self.policy.limits);
        let level = Level {
            budget: &budget,
            depth: 0,
        };
        let mut inspection = self.inspect_file(name, bytes, ledger, level)?;
        for told in [&mut inspection.notes, &mut inspection.troubles] {
            shorten(told);
        }
        veil::inspection(&mut inspection);
        Ok(inspection)
    }

    /// The same as [`Sanitizer::sanitize`] for bytes that may be larger than
    /// the memory: of a container the result is [`Sanitized::patches`].
    pub fn sanitize_at(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
    ) -> Result<Sanitized, Problem> {
        let budget = Budget::new(self.policy.limits);
        let level = Level {
            budget: &budget,
            depth: 0,
        };
        let (_, mut sanitized) = self.sanitize_file(name, bytes, ledger, level, Fit::Any)?;
        veil::sanitized(&mut sanitized);
        Ok(sanitized)
    }

    /// Whether bytes are of a kind that is not known here, and too many to
    /// look at nevertheless.
    pub fn passes_over(&self, name: &Path, bytes: &dyn ReadAt) -> bool {
        bytes.len() > LARGE && !self.policy.limits.deep && !self.knows(name, bytes)
    }

    /// The bytes, if they are what they seem and in no compression.
    pub(crate) fn plain<'b>(&self, name: &Path, bytes: &'b dyn ReadAt) -> Option<Cow<'b, [u8]>> {
        let budget = Budget::new(self.policy.limits);
        let level = Level {
            budget: &budget,
            depth: 0,
        };
        match tell(name, bytes, level) {
            Ok(File::Text) => whole(bytes).ok(),
            _ => None,
        }
    }

    /// Whether bytes are a container, or a text.
    fn knows(&self, name: &Path, bytes: &dyn ReadAt) -> bool {
        let budget = Budget::new(self.policy.limits);
        let level = Level {
            budget: &budget,
            depth: 0,
        };
        !matches!(tell(name, bytes, level), Ok(File::Unknown))
    }

    fn inspect_file(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
        level: Level<'_>,
    ) -> Result<Inspection, Problem> {
        match tell(name, bytes, level)? {
            File::Container(container) => self.inspect_parts(name, &*container, ledger, level),
            File::Text => match self.inspect_text(name, &whole(bytes)?, ledger) {
                Err(Problem::Binary) => self.inspect_unknown(name, bytes, ledger),
                result => result,
            },
            File::Unknown => self.inspect_unknown(name, bytes, ledger),
        }
    }

    fn inspect_parts(
        &self,
        name: &Path,
        container: &dyn Container,
        ledger: &Ledger,
        level: Level<'_>,
    ) -> Result<Inspection, Problem> {
        level.begin();
        let mut walker = Walker::new(self, name, ledger, level, (Wish::Look, Fit::Any));
        walker.walk(container)?;
        Ok(walker.out.inspection)
    }

    /// What is to stand in the place of a file, and what is told of it.
    fn sanitize_file(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
        level: Level<'_>,
        fit: Fit,
    ) -> Result<(Option<New>, Sanitized), Problem> {
        match tell(name, bytes, level)? {
            File::Container(container) => {
                let mut sanitized =
                    self.sanitize_parts(name, bytes, &*container, ledger, (level, fit))?;
                if fit == Fit::Same && sanitized.patches.iter().any(changes_length) {
                    leave(&mut sanitized, "nothing of the same length can stand there");
                }
                let new = (!sanitized.patches.is_empty())
                    .then(|| New::Patched(sanitized.patches.clone()));
                Ok((new, sanitized))
            }
            File::Text => match self.sanitize_text(name, &whole(bytes)?, ledger, fit) {
                Err(Problem::Binary) => self.unknown(name, bytes, ledger),
                Ok(sanitized) => Ok((sanitized.bytes.clone().map(New::Whole), sanitized)),
                Err(problem) => Err(problem),
            },
            File::Unknown => self.unknown(name, bytes, ledger),
        }
    }

    fn unknown(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
    ) -> Result<(Option<New>, Sanitized), Problem> {
        let inspection = self.inspect_unknown(name, bytes, ledger)?;
        let mut sanitized = Sanitized {
            found: inspection.found,
            sightings: inspection.sightings,
            uses: inspection.uses,
            troubles: inspection.troubles,
            ..Sanitized::default()
        };
        leave(&mut sanitized, raw::UNKNOWN);
        Ok((None, sanitized))
    }

    fn sanitize_parts(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        container: &dyn Container,
        ledger: &Ledger,
        (level, fit): (Level<'_>, Fit),
    ) -> Result<Sanitized, Problem> {
        let mut ledger = ledger.clone();
        if level.depth == 0 {
            // A part that comes late may hold what stands in all of them.
            let inspection = self.inspect_parts(name, container, &ledger, level)?;
            if inspection.found.is_empty() {
                return Ok(Sanitized {
                    uses: inspection.uses,
                    troubles: inspection.troubles,
                    ..Sanitized::default()
                });
            }
            ledger.add(&inspection.sightings, &inspection.reads);
        }
        ledger.known();
        for _ in 0..ROUNDS {
            level.begin();
            let mut walker = Walker::new(self, name, &ledger, level, (Wish::Change, fit));
            walker.walk(container)?;
            let out = walker.out;
            let is_new = |sighting: &crate::ledger::Sighting| ledger.get(&sighting.value).is_none();
            if out.inspection.sightings.iter().any(is_new) {
                ledger.add(&out.inspection.sightings, &out.inspection.reads);
                continue;
            }
            let (changes, mut sanitized) = out.sanitized();
            match container.patches(&changes) {
                Ok(patches) => sanitized.patches = patches,
                Err(Refusal::Unsound(why)) => leave(&mut sanitized, &why),
                Err(refusal) => return Err(refusal.into()),
            }
            if !sanitized.patches.is_empty() {
                self.prove(
                    name,
                    [bytes, &container::Patched::new(bytes, &sanitized.patches)],
                    container,
                    &sanitized,
                    &ledger,
                    level,
                )?;
            }
            return Ok(sanitized);
        }
        Err(Problem::Unproved(
            "something is found again after each pass".to_owned(),
        ))
    }
}

/// What bytes are.
fn tell<'f>(name: &Path, bytes: &'f dyn ReadAt, level: Level<'f>) -> Result<File<'f>, Problem> {
    let shown = name.to_string_lossy();
    if let Some(container) = container::open(&shown, bytes, level.budget)? {
        if level.depth >= level.budget.limits.depth {
            let most = level.budget.limits.depth;
            return Err(Problem::Container(Refusal::Limit(format!(
                "more than {most} archives lie within one another, so it was not looked at (--max-depth)"
            ))));
        }
        return Ok(File::Container(container));
    }
    let is_binary = encoding::is_binary(&bytes.start(4096)?);
    Ok(match is_binary && !crate::format::is_strict(name) {
        true => File::Unknown,
        false => File::Text,
    })
}

/// What is said of many parts is said of the first of them.
fn shorten(told: &mut Vec<String>) {
    let others = told.len().saturating_sub(TOLD);
    if others > 0 {
        told.truncate(TOLD);
        told.push(format!(
            "the same or something like it of {others} more parts"
        ));
    }
}

/// Nothing is changed, and why.
fn leave(sanitized: &mut Sanitized, why: &str) {
    sanitized.patches.clear();
    sanitized.moved.clear();
    for found in &mut sanitized.found {
        if !matches!(found.remedy, Remedy::Report(_)) {
            found.remedy = Remedy::Report(why.to_owned());
        }
    }
}

fn undone() -> Remedy {
    Remedy::Report(raw::UNKNOWN.to_owned())
}

fn changes_length(patch: &Patch) -> bool {
    patch.span.end - patch.span.start != patch.bytes.len() as u64
}

/// The path of a part within a file, as exemptions and formats see it. Names
/// within archives lead nowhere: they are cut down to plain steps.
fn within(name: &Path, inner: &str) -> PathBuf {
    let inner = inner.replace('\\', "/");
    let steps = Path::new(&inner).components();
    let plain = steps.filter(|step| matches!(step, Component::Normal(_)));
    let mut path = name.to_owned();
    path.extend(plain);
    path
}

/// Says of findings in which part they are.
fn put_within(found: &mut [Found], place: &str) {
    for found in found.iter_mut().filter(|_| !place.is_empty()) {
        found.within = match found.within.as_str() {
            "" => place.to_owned(),
            inner => format!("{place}, {inner}"),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_within_archives_lead_nowhere() {
        let path = |inner: &str| within(Path::new("a.zip"), inner).display().to_string();
        assert_eq!(path("b/c.py"), "a.zip/b/c.py");
        assert_eq!(path("/etc/passwd"), "a.zip/etc/passwd");
        assert_eq!(path("../../x"), "a.zip/x");
        assert_eq!(path("..\\x"), "a.zip/x");
    }
}

//! Names of files and folders that hold a value: they are no place that it can
//! be taken out of, as code and people go by them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::cli::names::{AS_TEXT, in_parts};
use crate::detect::Confidence;
use crate::edit::{self, Edit};
use crate::found::{Found, Remedy};
use crate::globs::slashed;
use crate::ledger::Ledger;
use crate::region::Place;
use crate::sanitize::Sanitizer;
use crate::share::tree::{Fate, Tree};

/// Why such a file or folder is held back, and what to do.
pub(super) const HELD_BACK: &str = "its name holds a value; rename it";

/// The same of a link.
const LEADS_THERE: &str = "a link to a name that holds a value; rename that";

/// The names of a folder that hold a value.
#[derive(Default)]
pub(super) struct Names {
    holding: BTreeMap<PathBuf, Name>,
}

/// A name that holds a value.
struct Name {
    /// As it can be shown.
    shown: PathBuf,
    found: Vec<Found>,
    why: &'static str,
}

impl Names {
    /// Looks at every name: for what is known by now, and for what has a shape
    /// that nothing else has.
    pub(super) fn of(tree: &Tree, sanitizer: &Sanitizer, ledger: &Ledger) -> Self {
        let mut names = Self::default();
        let look = |path: &Path| Name::read(path, sanitizer, ledger);
        for entry in &tree.entries {
            let of_target = || match &entry.fate {
                Fate::Link(to) => look(to).map(|_| Name {
                    shown: entry.path.clone(),
                    found: Vec::new(),
                    why: LEADS_THERE,
                }),
                _ => None,
            };
            if let Some(name) = look(&entry.path).or_else(of_target) {
                names.holding.insert(entry.path.clone(), name);
            }
        }
        for (path, _) in &tree.troubles {
            names
                .holding
                .extend(look(path).map(|name| (path.clone(), name)));
        }
        names
    }

    /// Whether a value stands in a path, or in that of a folder around it.
    pub(super) fn hold(&self, path: &Path) -> bool {
        path.ancestors().any(|path| self.holding.contains_key(path))
    }

    /// What stands in the name of a file or folder itself, and why that one is
    /// held back; `None` below a folder of which it is told.
    pub(super) fn told(&self, path: &Path) -> Option<(&[Found], &'static str)> {
        let name = self.holding.get(path)?;
        let above = path.parent().is_some_and(|folder| self.hold(folder));
        (!above).then_some((name.found.as_slice(), name.why))
    }

    /// A path as it can be shown.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let name = self.holding.get(path);
        name.map_or_else(|| path.to_owned(), |name| name.shown.clone())
    }
}

impl Name {
    fn read(path: &Path, sanitizer: &Sanitizer, ledger: &Ledger) -> Option<Self> {
        let text = slashed(path);
        let known = ledger.known();
        let lines = in_parts(&text);
        let inspected = sanitizer.inspect(Path::new(AS_TEXT), lines.as_bytes(), ledger);
        let inspection = inspected.unwrap_or_default();
        let is_known = !known.find(&text).is_empty();
        let is_certain = |found: &Found| found.confidence == Confidence::Certain;
        if !is_known && !inspection.found.iter().any(is_certain) {
            return None;
        }
        let mut shown = text;
        for (found, sighting) in inspection.found.iter().zip(&inspection.sightings) {
            shown = shown.replace(sighting.value.expose(), &found.shown);
        }
        let rest = known.find(&shown).into_iter();
        let mut veil: Vec<Edit> = rest.map(|hit| Edit::replace(hit.span, "…")).collect();
        edit::settle(&mut veil);
        Some(Self {
            shown: edit::apply_str(&shown, &veil).into(),
            found: once(inspection.found).map(in_a_name).collect(),
            why: HELD_BACK,
        })
    }
}

/// Each value once.
fn once(found: Vec<Found>) -> impl Iterator<Item = Found> {
    let mut met = BTreeSet::new();
    found
        .into_iter()
        .filter(move |found| met.insert(found.fingerprint.clone()))
}

fn in_a_name(found: Found) -> Found {
    Found {
        place: Place {
            part: "name".to_owned(),
            ..Place::default()
        },
        line: 0,
        column: 0,
        file_line: 0,
        remedy: Remedy::Report("rename it, or leave it out with --drop".to_owned()),
        ..found
    }
}

//! Names of members and keys say where something was found. They may hold the
//! very value, and are shown without it.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::ledger::Sighting;
use crate::sanitize::{Found, Inspection, Remedy, Sanitized};

/// What stands in the place of a value.
const HIDDEN: &str = "…";

/// Hides values wherever they stand in what is told.
struct Veil(AhoCorasick);

impl Veil {
    /// `None` if there is nothing to hide.
    fn of(sightings: &[Sighting]) -> Option<Self> {
        if sightings.is_empty() {
            return None;
        }
        let values = sightings.iter().map(|sighting| sighting.value.expose());
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(values);
        search.ok().map(Self)
    }

    fn text(&self, text: &mut String) {
        if self.0.is_match(text.as_str()) {
            let patterns = vec![HIDDEN; self.0.patterns_len()];
            *text = self.0.replace_all(text, &patterns);
        }
    }

    fn found(&self, found: &mut [Found]) {
        for found in found {
            self.text(&mut found.within);
            self.text(&mut found.place.part);
            if let Remedy::Report(why) = &mut found.remedy {
                self.text(why);
            }
        }
    }
}

/// Hides what was found in a file in all that is told of it.
pub(super) fn inspection(inspection: &mut Inspection) {
    let Some(veil) = Veil::of(&inspection.sightings) else {
        return;
    };
    veil.found(&mut inspection.found);
    for told in [&mut inspection.notes, &mut inspection.troubles] {
        told.iter_mut().for_each(|text| veil.text(text));
    }
}

/// The same of a result.
pub(super) fn sanitized(sanitized: &mut Sanitized) {
    if let Some(veil) = Veil::of(&sanitized.sightings) {
        veil.found(&mut sanitized.found);
        let troubles = sanitized.troubles.iter_mut();
        troubles.for_each(|text| veil.text(text));
    }
}

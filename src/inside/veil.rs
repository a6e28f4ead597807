//! Names of members and keys say where something was found. They may hold the
//! very value, and are shown without it.

use crate::hiding::Hiding;
use crate::ledger::Sighting;
use crate::sanitize::{Found, Inspection, Remedy, Sanitized};

/// Hides what was found in a file in all that is told of it.
pub(super) fn inspection(inspection: &mut Inspection) {
    let told = [&mut inspection.notes, &mut inspection.troubles];
    let told = told.into_iter().flatten();
    hide(
        &inspection.sightings,
        names(&mut inspection.found).chain(told),
    );
}

/// The same of a result.
pub(super) fn sanitized(sanitized: &mut Sanitized) {
    let told = sanitized.troubles.iter_mut();
    hide(
        &sanitized.sightings,
        names(&mut sanitized.found).chain(told),
    );
}

/// What is said of findings and may hold a name.
fn names(found: &mut [Found]) -> impl Iterator<Item = &mut String> {
    found.iter_mut().flat_map(|found| {
        let why = match &mut found.remedy {
            Remedy::Report(why) => Some(why),
            _ => None,
        };
        [&mut found.within, &mut found.place.part]
            .into_iter()
            .chain(why)
            .filter(|text| !text.is_empty())
    })
}

fn hide<'t>(sightings: &[Sighting], texts: impl Iterator<Item = &'t mut String>) {
    let mut texts = texts.peekable();
    if texts.peek().is_none() {
        return;
    }
    let Some(hiding) = Hiding::of(sightings.iter().map(|sighting| &sighting.value)) else {
        return;
    };
    for text in texts.filter(|text| hiding.is_in(text)) {
        *text = hiding.text(text);
    }
}

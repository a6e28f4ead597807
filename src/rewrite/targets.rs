//! What every rewriter does with its targets before it looks at them.

use std::ops::Range;

use super::{Outcome, Rewritten, Target, mask};
use crate::edit::{self, Edit};

/// Why a target whose span is not one of the text is left alone.
const OUTSIDE: &str = "the span does not lie in the text";
/// Why targets that overlap become one mask.
const OVERLAP: &str = "several values overlap here";

/// Asks `decide` for each target and gathers the answers in the targets'
/// order. Targets that overlap become one mask over all of them.
pub(super) fn each(
    text: &str,
    targets: &[Target<'_>],
    mut decide: impl FnMut(&Target<'_>) -> (Vec<Edit>, Outcome),
) -> Rewritten {
    let mut edits = Vec::new();
    let mut outcomes = vec![Outcome::Masked(Some(OUTSIDE)); targets.len()];
    for group in groups(text, targets) {
        let Some(first) = group.members.first().and_then(|&at| targets.get(at)) else {
            continue;
        };
        let alike = group.members.iter().all(|&at| {
            targets
                .get(at)
                .is_some_and(|target| target.span == first.span)
        });
        let outcome = if alike {
            let (more, outcome) = decide(first);
            edits.extend(more);
            outcome
        } else {
            edits.push(Edit::replace(group.hull, mask(first.variable)));
            Outcome::Masked(Some(OVERLAP))
        };
        for at in group.members {
            if let Some(slot) = outcomes.get_mut(at) {
                *slot = outcome.clone();
            }
        }
    }
    edit::settle(&mut edits);
    edits.dedup();
    Rewritten { edits, outcomes }
}

/// The mask in the place of a target.
pub(super) fn masked(target: &Target<'_>, why: Option<&'static str>) -> (Vec<Edit>, Outcome) {
    let edit = Edit::replace(target.span.clone(), mask(target.variable));
    (vec![edit], Outcome::Masked(why))
}

/// Targets that overlap one another.
struct Group {
    hull: Range<usize>,
    members: Vec<usize>,
}

fn groups(text: &str, targets: &[Target<'_>]) -> Vec<Group> {
    let mut order: Vec<usize> = (0..targets.len()).collect();
    order.sort_by_key(|&at| targets.get(at).map(|target| target.span.start));
    let mut groups: Vec<Group> = Vec::new();
    for at in order {
        let Some(target) = targets.get(at) else {
            continue;
        };
        let span = target.span.clone();
        if span.is_empty() || text.get(span.clone()).is_none() {
            continue;
        }
        match groups.last_mut() {
            Some(group) if span.start < group.hull.end => {
                group.hull.end = group.hull.end.max(span.end);
                group.members.push(at);
            }
            _ => groups.push(Group {
                hull: span,
                members: vec![at],
            }),
        }
    }
    groups
}

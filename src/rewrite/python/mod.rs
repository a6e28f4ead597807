//! Python: look-ups in the place of literals, so that the cell still runs.
//!
//! Edits are as small as they can be; what they leave must still parse, in
//! Python 3.8 too, or masks take their place. Nothing here makes code that
//! shows a secret when it runs.

mod environment;
mod fate;
mod literal;
mod look_up;
mod magic;
mod pattern;
mod place;
mod plan;
mod scope;
mod setup;

use crate::edit::{Edit, apply_str, settle};
use crate::rewrite::{Outcome, Rewritten, Style, Target, mask};
use crate::syntax::python::{Parsed, parse};
use look_up::Speller;
use plan::Plan;
pub use scope::Scope;

const INVALID: &str = "the cell is not valid Python";
const UNPROVED: &str = "the cell would not be valid Python with a look-up here";

/// Takes `targets` out of the Python cell `index`, whose text is `cell`.
///
/// `scope` knows all Python cells of the notebook, and learns what is
/// inserted; so the cells must be given in their order. The targets must not
/// overlap; their spans lie in `cell`.
pub fn rewrite(
    cell: &str,
    index: usize,
    targets: &[Target<'_>],
    scope: &mut Scope,
    style: Style,
) -> Rewritten {
    let Some(first) = targets.iter().map(|target| target.span.start).min() else {
        return Rewritten::default();
    };
    // In the other styles lines at the top may look into the environment.
    let at = match style {
        Style::Environ | Style::Dotenv => first,
        _ => 0,
    };
    let parsed = parse(cell);
    if !parsed.is_valid() {
        return masked(targets, INVALID);
    }
    let places = place::places(&parsed, targets);
    scope.look_ups_at(index, targets.iter().map(|target| target.span.start));
    let attempt = |refused: &[bool], scope: &Scope| {
        let speller = Speller::new(scope, style, index, at);
        let plan = Plan::new(&parsed, &places, targets, refused, scope, &speller);
        let rewritten = finish(&parsed, plan, &speller, scope);
        holds(&parsed, &rewritten).then_some((rewritten, speller))
    };
    let none = vec![false; targets.len()];
    let proved = attempt(&none, scope).or_else(|| {
        let holds = |refused: &[bool]| attempt(refused, scope).is_some();
        attempt(&refused(targets.len(), &holds), scope)
    });
    let proved = proved.or_else(|| attempt(&vec![true; targets.len()], scope));
    match proved {
        Some((rewritten, speller)) => {
            speller.record(scope, index);
            rewritten
        }
        None => masked(targets, UNPROVED),
    }
}

/// The targets whose look-ups do not hold, found by halves: trying each by
/// itself would read a long cell once for each.
fn refused(count: usize, holds: &dyn Fn(&[bool]) -> bool) -> Vec<bool> {
    let mut refused = vec![false; count];
    let all = 0..count;
    let mut groups = vec![all];
    while let Some(group) = groups.pop() {
        let others: Vec<bool> = (0..count).map(|index| !group.contains(&index)).collect();
        if group.is_empty() || holds(&others) {
            continue;
        }
        if group.len() == 1 {
            refused[group.start] = true;
            continue;
        }
        let middle = group.start + group.len() / 2;
        groups.extend([group.start..middle, middle..group.end]);
    }
    refused
}

/// The plan's edits with the lines they need.
fn finish(parsed: &Parsed, plan: Plan, speller: &Speller, scope: &Scope) -> Rewritten {
    let mut edits = plan.edits;
    let lines = speller.setup(scope);
    if !lines.is_empty() {
        edits.insert(0, setup::insertion(parsed, &lines));
    }
    settle(&mut edits);
    Rewritten {
        edits,
        outcomes: plan.outcomes,
    }
}

/// Whether the cell is still valid, and needs no newer Python than before.
fn holds(parsed: &Parsed, rewritten: &Rewritten) -> bool {
    let after = parse(&apply_str(parsed.text(), &rewritten.edits));
    after.is_valid() && after.novelties() <= parsed.novelties()
}

/// Masks in the place of all targets, as if the cell were bare text.
fn masked(targets: &[Target<'_>], reason: &'static str) -> Rewritten {
    let mut edits: Vec<Edit> = targets
        .iter()
        .map(|target| Edit::replace(target.span.clone(), mask(target.variable)))
        .collect();
    settle(&mut edits);
    Rewritten {
        edits,
        outcomes: vec![Outcome::Masked(Some(reason)); targets.len()],
    }
}

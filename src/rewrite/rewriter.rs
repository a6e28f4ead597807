//! Findings of one source become edits on its bytes, each through the
//! language of its region and the layers around it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::python::{self, Scope};
use super::{Outcome, Rewritten, Style, Target, look_up, mask, other};
use crate::detect::{Finding, Secret};
use crate::edit::{self, Edit};
use crate::layer::Stack;
use crate::ledger::{Entry, Ledger};
use crate::region::{Language, Region, Role};

/// Why a look-up cannot stand where a value is encoded.
const ENCODED: &str = "it stands there in an encoding";

/// Turns findings into edits.
#[derive(Debug)]
pub struct Rewriter<'r> {
    regions: &'r [Region],
    /// The regions in Python that share their names, in the order in which a
    /// notebook runs them.
    python: Vec<usize>,
    scope: Scope,
    /// Those of Python programs that see nothing of the others.
    alone: BTreeMap<usize, Scope>,
    style: Style,
}

/// What is done about each finding, and the edits that do it.
#[derive(Debug, Default)]
pub struct Rewriting {
    /// On the bytes of the source; sorted, not overlapping.
    pub edits: Vec<Edit>,
    /// One for each finding.
    pub remedies: Vec<Remedy>,
    /// Variables that code reads from now on, with their values.
    pub moved: Vec<(String, Secret)>,
}

/// What is done about a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remedy {
    /// The code reads the variable: the look-up as written.
    LookUp(String),
    /// The mask as written, and why it is not a look-up, if one would be
    /// expected there.
    Mask(String, Option<&'static str>),
    /// It went with what was around it: says with what.
    Drop(&'static str),
    /// Nothing is changed, and why.
    Report(String),
}

impl<'r> Rewriter<'r> {
    /// A rewriter for a source with these regions, all of its code included.
    pub fn new(regions: &'r [Region], style: Style) -> Self {
        let (alone, python): (Vec<usize>, Vec<usize>) = (0..regions.len())
            .filter(|&index| regions[index].role == Role::Code(Language::Python))
            .partition(|&index| regions[index].standalone);
        let cells: Vec<&str> = python.iter().map(|&index| regions[index].text()).collect();
        Self {
            regions,
            scope: Scope::of(&cells),
            alone: alone
                .into_iter()
                .map(|index| (index, scope_alone(&regions[index])))
                .collect(),
            python,
            style,
        }
    }

    /// Environment variables that the source reads already.
    pub fn reads(&self) -> BTreeSet<String> {
        std::iter::once(&self.scope)
            .chain(self.alone.values())
            .flat_map(|scope| scope.reads().iter().cloned())
            .collect()
    }

    /// The edits for `findings`, which are in the order of the regions and of
    /// the text, and do not overlap. Every value must be in the ledger.
    pub fn rewrite(&mut self, findings: &[Finding], ledger: &Ledger) -> Rewriting {
        let mut out = Rewriting::default();
        for group in findings.chunk_by(|a, b| a.region == b.region) {
            let Some(region) = group.first().and_then(|f| self.regions.get(f.region)) else {
                continue;
            };
            let entries: Vec<Option<&Entry>> = group
                .iter()
                .map(|finding| ledger.get(&finding.value))
                .collect();
            let (edits, outcomes) = self.region(region, group, &entries);
            out.edits.extend(region.stack.wrap(edits));
            for (entry, outcome) in entries.iter().zip(outcomes) {
                let variable = entry.map_or("SECRET", |entry| entry.variable.as_str());
                out.remedies.push(self.remedy(region, variable, &outcome));
                if let (Some(entry), Outcome::LookUp) = (entry, &outcome) {
                    out.moved
                        .push((entry.variable.clone(), entry.value.clone()));
                }
            }
        }
        edit::settle(&mut out.edits);
        out
    }

    fn remedy(&self, region: &Region, variable: &str, outcome: &Outcome) -> Remedy {
        match (outcome, region.idiom, &region.role) {
            (Outcome::LookUp, Some(idiom), _) => Remedy::LookUp(idiom.spell(variable)),
            (Outcome::LookUp, None, Role::Code(language)) => {
                Remedy::LookUp(look_up(*language, self.style, variable))
            }
            (Outcome::LookUp, None, _) => Remedy::LookUp(variable.to_owned()),
            (Outcome::Masked(why), ..) => Remedy::Mask(mask(variable), *why),
        }
    }

    /// The edits on one region's text, and an outcome for each finding.
    fn region(
        &mut self,
        region: &Region,
        findings: &[Finding],
        entries: &[Option<&Entry>],
    ) -> (Vec<Edit>, Vec<Outcome>) {
        let variable = |at: usize| entries[at].map_or("SECRET", |entry| entry.variable.as_str());
        let plain: Vec<usize> = (0..findings.len())
            .filter(|&at| findings[at].view.is_none())
            .collect();
        let targets: Vec<Target<'_>> = plain
            .iter()
            .map(|&at| Target {
                span: findings[at].span.clone(),
                value: findings[at].value.expose(),
                variable: variable(at),
            })
            .collect();
        let rewritten = self.text(region, &targets);
        let mut edits = rewritten.edits;
        let mut outcomes = vec![Outcome::Masked(Some(ENCODED)); findings.len()];
        for (&at, outcome) in plain.iter().zip(rewritten.outcomes) {
            outcomes[at] = outcome;
        }
        if region.idiom.is_none() && !matches!(region.role, Role::Code(_)) {
            outcomes.fill(Outcome::Masked(None));
        }
        for (view, at) in by_view(findings) {
            let inner = at
                .into_iter()
                .filter_map(|at| {
                    let (_, span) = findings[at].view.as_ref()?;
                    Some(Edit::replace(span.clone(), mask(variable(at))))
                })
                .collect();
            edits.extend(view.wrap(inner));
        }
        (edits, outcomes)
    }

    /// The edits on plain text: the language's look-ups, or masks.
    fn text(&mut self, region: &Region, targets: &[Target<'_>]) -> Rewritten {
        if let Some(idiom) = region.idiom {
            return each(targets, &Outcome::LookUp, |name| idiom.spell(name));
        }
        match region.role {
            Role::Code(Language::Python) => {
                let is_this = |index: usize| std::ptr::eq(&raw const self.regions[index], region);
                let alone = self.alone.iter_mut().find(|(index, _)| is_this(**index));
                let (index, scope) = match alone {
                    Some((_, scope)) => (0, scope),
                    None => {
                        let index = self.python.iter().position(|&index| is_this(index));
                        (index.unwrap_or(0), &mut self.scope)
                    }
                };
                python::rewrite(region.text(), index, targets, scope, self.style)
            }
            Role::Code(language) => other(language, region.text(), targets),
            _ => each(targets, &Outcome::Masked(None), mask),
        }
    }
}

/// The scope of a program that sees nothing of the others. What a notebook
/// runs in another process it may still display.
fn scope_alone(region: &Region) -> Scope {
    match region.place.cell {
        _ if region.is_private => Scope::of_private_cell(region.text()),
        None => Scope::of_script(region.text()),
        Some(_) => Scope::of(&[region.text()]),
    }
}

/// The same in the place of each target, but for the variable.
fn each(targets: &[Target<'_>], outcome: &Outcome, spell: impl Fn(&str) -> String) -> Rewritten {
    let edits = targets
        .iter()
        .map(|target| Edit::replace(target.span.clone(), spell(target.variable)));
    Rewritten {
        edits: edits.collect(),
        outcomes: vec![outcome.clone(); targets.len()],
    }
}

/// The findings that stand in views, together with those in the same view:
/// what is encoded as a whole is encoded anew only once.
fn by_view(findings: &[Finding]) -> Vec<(&Arc<Stack>, Vec<usize>)> {
    let mut views: Vec<(&Arc<Stack>, Vec<usize>)> = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        let Some((view, _)) = &finding.view else {
            continue;
        };
        match views.iter_mut().find(|(known, _)| Arc::ptr_eq(known, view)) {
            Some((_, members)) => members.push(at),
            None => views.push((view, vec![at])),
        }
    }
    views
}

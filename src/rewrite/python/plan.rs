//! Each place finds its edits.

use std::ops::Range;

use ruff_python_ast::{AnyNodeRef, Expr, Stmt, StringFlags};

use super::environment;
use super::fate::{Fate, fate};
use super::literal::{Site, quoted};
use super::look_up::Speller;
use super::magic::{Line, Remedy};
use super::pattern::{self, Role};
use super::place::{Place, What, places};
use super::scope::Scope;
use crate::edit::Edit;
use crate::rewrite::shell::ipython::{Escape, rewrite_ipython};
use crate::rewrite::{Outcome, Rewritten, Target, mask};
use crate::syntax::python::bindings::string;
use crate::syntax::python::{Literal, Node, Parsed, parse, span_of};

const SHOWN: &str = "the code shows it";
const UNPROVED: &str = "a look-up here could not be proved";

/// Edits for all targets of a cell, and what becomes of each.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub edits: Vec<Edit>,
    pub outcomes: Vec<Outcome>,
}

/// Edits with look-ups, or why there must be masks.
type Edits = Result<Vec<Edit>, Option<&'static str>>;

struct Planner<'p, 'c> {
    parsed: &'p Parsed,
    scope: &'c Scope,
    speller: &'c Speller,
}

impl Plan {
    /// Plans for `targets`, which stand at `places`; those of them that are
    /// `refused` get a mask.
    pub(super) fn new<'p>(
        parsed: &'p Parsed,
        places: &[Place<'p>],
        targets: &[Target<'_>],
        refused: &[bool],
        scope: &Scope,
        speller: &Speller,
    ) -> Self {
        let planner = Planner {
            parsed,
            scope,
            speller,
        };
        let mut plan = Self {
            edits: Vec::new(),
            outcomes: vec![Outcome::LookUp; targets.len()],
        };
        for Place { what, members, .. } in places {
            let group: Vec<_> = members.iter().map(|&member| &targets[member]).collect();
            let refused = members.iter().any(|&member| refused[member]);
            let made = if refused {
                Err(Some(UNPROVED))
            } else {
                planner.look_up(what, &group)
            };
            let made = made.unwrap_or_else(|reason| Rewritten {
                edits: planner.mask(what, &group),
                outcomes: vec![Outcome::Masked(reason); group.len()],
            });
            plan.edits.extend(made.edits);
            for (&member, outcome) in members.iter().zip(made.outcomes) {
                plan.outcomes[member] = outcome;
            }
        }
        plan
    }
}

impl<'p> Planner<'p, '_> {
    fn look_up(
        &self,
        what: &What<'p>,
        targets: &[&Target<'_>],
    ) -> Result<Rewritten, Option<&'static str>> {
        let edits = match what {
            What::Comment => return Err(None),
            What::Other => return Err(Some("it is not in a string")),
            What::Literal(literal, road) => self.literal(literal, road, targets)?,
            What::Line(road) => match self.magic(road, targets)? {
                Remedy::Edits(edits) => edits,
                Remedy::Code(code) => self.code(code, targets)?,
                Remedy::Command(span, magic) => {
                    let captured = matches!(road.last(), Some(Node::Expr(_)));
                    return Ok(self.command(span, magic.as_deref(), captured, targets));
                }
            },
        };
        Ok(Rewritten {
            edits,
            outcomes: vec![Outcome::LookUp; targets.len()],
        })
    }

    fn mask(&self, what: &What<'p>, targets: &[&Target<'_>]) -> Vec<Edit> {
        if let What::Literal(literal, road) = what {
            let site = self.site(literal, road, targets);
            return match environment::default_of(road) {
                Some(call) if self.fate(road) != Fate::Hidden && targets.len() == 1 => {
                    let masked = quoted(&mask(targets[0].variable), '"');
                    vec![Edit::replace(span_of(call), masked)]
                }
                _ => site.mask(),
            };
        }
        targets
            .iter()
            .map(|target| Edit::replace(target.span.clone(), mask(target.variable)))
            .collect()
    }

    fn site<'s>(
        &'s self,
        literal: &'s Literal,
        road: &[Node<'p>],
        targets: &[&'s Target<'s>],
    ) -> Site<'s> {
        let taken = road.iter().filter_map(|node| match node {
            Node::Other(AnyNodeRef::FString(format)) => Some(format.flags.quote_style().as_char()),
            _ => None,
        });
        Site {
            text: self.parsed.text(),
            literal,
            targets: targets.to_vec(),
            taken: taken.collect(),
        }
    }

    fn fate(&self, road: &[Node<'p>]) -> Fate {
        fate(self.parsed, road, self.scope.is_script)
    }

    fn literal(&self, literal: &Literal, road: &[Node<'p>], targets: &[&Target<'_>]) -> Edits {
        let text = self.parsed.text();
        if let [.., Node::Stmt(Stmt::Expr(_)), Node::Expr(_)] = road {
            return Err(None);
        }
        if road.iter().any(shows_its_source) {
            return Err(Some(SHOWN));
        }
        let mut edits = Vec::new();
        match self.fate(road) {
            Fate::Shown => return Err(Some(SHOWN)),
            Fate::Bound(end) => edits.push(Edit::insert(end, ";")),
            Fate::Hidden => {}
        }
        match pattern::role(road) {
            Role::None => {}
            Role::Part => return Err(Some("a pattern cannot look anything up")),
            Role::Whole(case) => {
                let name = self.scope.fresh("_secret");
                let guard = pattern::guard(text, case, literal.span.start, &name);
                edits.extend(guard.ok_or(Some(UNPROVED))?);
            }
        }
        if let Some(set) = environment::set_statement(self.parsed, road, targets, self.speller) {
            return set.map(|statement| vec![statement]).map_err(Some);
        }
        if let Some(call) = environment::default_of(road)
            && let [target] = targets
            && literal.value == target.value
            && call.arguments.args.first().and_then(string).as_deref() == Some(target.variable)
        {
            let quote = if text[literal.span.clone()].contains('\'') {
                '\''
            } else {
                '"'
            };
            let look_up = self.speller.look_up(target.variable, quote);
            edits.push(Edit::replace(span_of(call), look_up));
            return Ok(edits);
        }
        edits.extend(
            self.site(literal, road, targets)
                .look_up(self.speller)
                .map_err(Some)?,
        );
        Ok(edits)
    }

    fn magic(
        &self,
        road: &[Node<'p>],
        targets: &[&Target<'_>],
    ) -> Result<Remedy, Option<&'static str>> {
        let (span, kind) = match road.last() {
            Some(Node::Stmt(Stmt::IpyEscapeCommand(line))) => (span_of(line), line.kind),
            Some(Node::Expr(Expr::IpyEscapeCommand(line))) => (span_of(line), line.kind),
            _ => return Err(Some(UNPROVED)),
        };
        let line = Line {
            text: &self.parsed.text()[span.clone()],
            start: span.start,
            kind,
            statement: matches!(road.last(), Some(Node::Stmt(_))),
            targets: targets.to_vec(),
        };
        line.look_up(self.speller).map_err(Some)
    }

    /// The arguments of a magic, or a command for the shell.
    fn command(
        &self,
        span: Range<usize>,
        magic: Option<&str>,
        captured: bool,
        targets: &[&Target<'_>],
    ) -> Rewritten {
        let made = rewrite_ipython(
            &self.parsed.text()[span.clone()],
            magic.map_or(Escape::Shell { captured }, Escape::Magic),
            &within(&span, targets),
            self.scope.names(),
            self.speller.os(),
        );
        let mut rewritten = made.rewritten;
        if made.needs_os {
            self.speller.use_os();
        }
        for (target, outcome) in targets.iter().zip(&rewritten.outcomes) {
            if *outcome == Outcome::LookUp {
                self.speller.export(target.variable);
            }
        }
        shift(&mut rewritten.edits, span.start);
        rewritten
    }

    /// Python within a magic: rewritten like a cell of its own, except that
    /// nothing can stand before it.
    fn code(&self, span: Range<usize>, targets: &[&Target<'_>]) -> Edits {
        let parsed = parse(&self.parsed.text()[span.clone()]);
        if !parsed.is_valid() {
            return Err(Some("the magic's argument is not valid Python"));
        }
        let inner = within(&span, targets);
        let none = vec![false; inner.len()];
        let places = places(&parsed, &inner);
        let mut plan = Plan::new(&parsed, &places, &inner, &none, self.scope, self.speller);
        for outcome in &plan.outcomes {
            if let Outcome::Masked(reason) = outcome {
                return Err(*reason);
            }
        }
        shift(&mut plan.edits, span.start);
        Ok(plan.edits)
    }
}

/// Targets with their spans in the part of the text at `span`.
fn within<'t>(span: &Range<usize>, targets: &[&Target<'t>]) -> Vec<Target<'t>> {
    let inner = targets.iter().map(|target| Target {
        span: target.span.start.saturating_sub(span.start)
            ..target.span.end.saturating_sub(span.start),
        value: target.value,
        variable: target.variable,
    });
    inner.collect()
}

fn shift(edits: &mut [Edit], by: usize) {
    for edit in edits {
        edit.span = edit.span.start + by..edit.span.end + by;
    }
}

/// Whether a node shows the text of the code within it: `f"{x=}"`. Also a
/// template string, whose parts are not for us to know.
fn shows_its_source(node: &Node<'_>) -> bool {
    match node {
        Node::Other(AnyNodeRef::InterpolatedElement(element)) => element.debug_text.is_some(),
        Node::Other(AnyNodeRef::TString(_)) => true,
        _ => false,
    }
}

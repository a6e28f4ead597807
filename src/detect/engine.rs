//! The engine: a region goes in, findings come out.
//!
//! Three ways to believe, tried on every region near an anchor: by itself (the
//! value has a kind's shape), by its name (the structure binds it to a
//! credential-like name, and the judge believes the value), and by knowledge
//! (see [`super::known`]). Each is tried on the text and on every view of it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::candidates::{Candidates, Interest};
use super::expiry::{self, Day};
use super::judge::{self, Context, Credible};
use super::kind::Told;
use super::look::{Look, Sights};
use super::names::{self, NameClass, NameIndex, Sort, Strength};
use super::near::{self, Handed, Near};
use super::nearby::Nearby;
use super::own::Believer;
use super::public::{is_bucket, is_public, is_public_link, of_pages};
use super::reach::Reach;
use super::rules::Rules;
use super::settle::settle;
use super::shapes::Shapes;
use super::veils::lifted;
use super::{Confidence, Finding, Kind, Secret, catalogue, views};
use crate::format::Source;
use crate::parts::Parts;
use crate::region::{Language, Region, Role};
use crate::syntax::python::{self, INTERPOLATION, Literal, Parsed};
use crate::syntax::text::{self, TextKind};
use crate::syntax::{Binding, Via};

/// Finds credentials in regions.
#[derive(Debug)]
pub struct Detector {
    shapes: &'static Shapes,
    names: NameIndex,
    look: &'static Look,
    /// Rules of other tools.
    rules: Rules,
    /// What ended by then opens nothing.
    long_over: Day,
}

impl Default for Detector {
    fn default() -> Self {
        Self {
            shapes: Shapes::builtin(),
            names: NameIndex::new(catalogue::kinds()),
            look: Look::builtin(|| Near::new(FURTHER_NAMES.iter().copied())),
            rules: Rules::default(),
            long_over: Day::long_over(),
        }
    }
}

/// Names beside those that sound like a credential's, behind which the first
/// look must expect one: `kaggle.json` calls its two halves `username` and
/// `key`, and some SDKs take theirs by position, some commands behind `login`.
const FURTHER_NAMES: &[&str] = &[
    "username",
    "Client(",
    "login",
    "OAuth",
    "Roboflow(",
    "Deepgram(",
    "Experiment(",
    "Github(",
    "SecureString",
    near::WEATHER,
];

/// The same for kinds besides the catalogue's: their names and calls, unless
/// they sound like a credential's anyhow.
fn further_names(own: &[&'static Kind]) -> Vec<String> {
    let names = own
        .iter()
        .flat_map(|kind| kind.names.iter().chain(kind.variables.iter()))
        .filter(|name| names::classify(name).is_none())
        .flat_map(|name| [name.to_lowercase(), name.to_uppercase()]);
    let callee = |call: &str| Some(format!("{}(", call.split('(').next()?));
    let calls = own.iter().flat_map(|kind| kind.calls.iter());
    let usual = FURTHER_NAMES.iter().map(|name| (*name).to_owned());
    let mut all: Vec<String> = usual.chain(names).collect();
    all.extend(calls.filter_map(|call| callee(call)));
    all.sort_unstable();
    all.dedup();
    all
}

/// Shorter values are no credentials.
const SHORTEST_VALUE: usize = 4;

/// What a call takes by position and is shorter must have the shape of its kind.
const SHORTEST_OF_CALL: usize = 20;

/// Names that a question was answered for: most come many times.
#[derive(Default)]
struct Asked {
    answers: HashMap<String, bool>,
}

impl Asked {
    /// What `ask` says of a name.
    fn is(&mut self, name: &str, ask: &dyn Fn(&str) -> bool) -> bool {
        /// More different names are data.
        const MOST: usize = 10_000;
        if let Some(answer) = self.answers.get(name) {
            return *answer;
        }
        let answer = ask(name);
        if self.answers.len() < MOST {
            self.answers.insert(name.to_owned(), answer);
        }
        answer
    }
}

impl Detector {
    /// A detector that knows the catalogue and `own` kinds besides. Their
    /// matcher lives as long as the process, as the catalogue's does.
    pub fn with(own: impl IntoIterator<Item = &'static Kind>) -> Self {
        let own: Vec<&'static Kind> = own.into_iter().collect();
        if own.is_empty() {
            return Self::default();
        }
        let all = || catalogue::kinds().iter().chain(own.iter().copied());
        let shapes = Box::leak(Box::new(Shapes::new(all())));
        let near = Near::new(further_names(&own).iter().map(String::as_str));
        Self {
            shapes,
            names: NameIndex::new(all()),
            look: Box::leak(Box::new(Look::new(shapes, near))),
            rules: Rules::default(),
            long_over: Day::long_over(),
        }
    }

    /// The same, with rules of other tools.
    pub fn and_rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Who decides which of the user's own values are worth a search.
    pub fn believer(&self) -> Believer<'_> {
        Believer::new(&self.names, self.shapes)
    }

    /// The first look at a file, before anything of it is decoded.
    pub fn candidates(&self, source: &Source<'_>) -> Candidates {
        let bytes = source.text.as_bytes();
        let opened = &source.opened;
        let quotes = |each: &mut dyn FnMut(usize)| opened.closing_quotes(each);
        let mut sights = self.look.at(bytes, &opened.texts(), quotes);
        self.rules
            .candidates(bytes, |offset| sights.offsets.push(offset));
        self.named(source, &mut sights.offsets);
        sights.offsets.sort_unstable();
        Candidates {
            offsets: sights.offsets,
            veils: sights.veils,
            encoded: source.opened.may_be_encoded(),
            comments: sights.comments,
            handed: sights.handed,
            passwords: source.opened.names_from_afar() || sights.widgets,
            everywhere: self.rules.look_everywhere() || source.opened.is_looked_at_whole(),
        }
    }

    /// Values that a structure binds to names, where they may be believed.
    fn named(&self, source: &Source<'_>, offsets: &mut Vec<usize>) {
        let mut asked = Asked::default();
        source.opened.names(&mut |name, span| {
            let value = source.text.get(span.clone()).unwrap_or_default();
            let is_named =
                value.len() >= SHORTEST_VALUE && asked.is(name, &|name| self.believes(name));
            if is_named && near::may_convince(name, value) {
                offsets.push(span.start);
            }
        });
    }

    /// The second look at a region that could hide something: once its layers
    /// are peeled and its veils lifted, is there an anchor?
    pub fn is_worth_a_look(&self, region: &Region) -> bool {
        let Ok(bytes) = serde_json::to_vec(region.text()) else {
            return false;
        };
        let sights = self.look.whole(&bytes);
        self.shows(&bytes, &sights)
            || lifted(&bytes, &sights.veils).is_some_and(|bytes| {
                let sights = self.look.whole(&bytes);
                self.shows(&bytes, &sights)
            })
    }

    /// Whether there is an anchor, or a name with a value.
    fn shows(&self, bytes: &[u8], sights: &Sights) -> bool {
        let mut any = !sights.offsets.is_empty();
        self.rules.candidates(bytes, |_| any = true);
        any
    }

    /// What is believed of one region, if anything was seen in it or shortly
    /// before: what the first look passes over is not read.
    pub fn examine_near(
        &self,
        region: &Region,
        index: usize,
        candidates: &Candidates,
    ) -> Vec<Finding> {
        let worth = match candidates.concern(&region.extent) {
            Some(Interest::Near) => true,
            Some(Interest::Veiled) => self.is_worth_a_look(region),
            None => false,
        };
        match worth {
            true => self.examine_with(region, index, &candidates.handed),
            false => Vec::new(),
        }
    }

    /// Everything that is believed of one region, in the order of its text,
    /// not overlapping. `index` is the region's.
    pub fn examine(&self, region: &Region, index: usize) -> Vec<Finding> {
        self.examine_with(region, index, &[])
    }

    /// The same, where some variables of the file hold what names are set to.
    fn examine_with(&self, region: &Region, index: usize, handed: &[Handed]) -> Vec<Finding> {
        let reach = Reach { region, handed };
        let mut found = self.believed(region.text(), &region.role, &reach);
        for finding in &mut found {
            finding.region = index;
        }
        found
    }

    fn believed(&self, text: &str, role: &Role, reach: &Reach<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        match role {
            Role::Code(Language::Python) => self.python(text, role, reach, &mut found),
            role => self.text(text, &Parts::whole(text.len()), role, &mut found),
        }
        if matches!(role, Role::Code(language) if *language != Language::Python) {
            self.handed_on(text, role, reach, &mut found);
        }
        self.views(text, role, &mut found);
        for finding in &mut found {
            expiry::doubt(finding, text, &self.long_over);
        }
        settle(found)
    }

    /// Parts of a text in any language but Python.
    fn text(&self, text: &str, parts: &Parts, role: &Role, found: &mut Vec<Finding>) {
        let mut bindings = self.bindings(text, parts, text_kind(role));
        if let Role::Value { name } = role {
            bindings.push(text::whole(name, text));
        }
        self.by_shape(text, parts, &bindings, found);
        self.by_name(text, &bindings, role, found);
    }

    fn python(&self, text: &str, role: &Role, reach: &Reach<'_>, found: &mut Vec<Finding>) {
        let parsed = python::parse(text);
        let mut bindings = python::bindings(&parsed);
        let of_others: Vec<Binding> = bindings
            .iter()
            .filter_map(|binding| reach.handed_to(binding))
            .collect();
        bindings.extend(of_others);
        bindings.extend(self.beside_code(&parsed));
        self.by_shape(text, &Parts::whole(text.len()), &bindings, found);
        for literal in python::broken_up(&parsed) {
            let mut inner = Vec::new();
            let whole = Parts::whole(literal.value.len());
            self.by_shape(&literal.value, &whole, &[], &mut inner);
            for finding in &mut inner {
                finding.span = literal.map.hull(finding.span.clone());
                name_from(&bindings, finding);
            }
            found.extend(inner);
        }
        let written: Vec<Binding> = python::literals(&parsed)
            .iter()
            .flat_map(|literal| self.in_literal(literal))
            .collect();
        self.by_name(text, &bindings, role, found);
        self.by_name(text, &written, &Role::Output, found);
    }

    /// Names in what a string of the program says: JSON, a connection string,
    /// a command.
    fn in_literal(&self, literal: &Literal) -> Vec<Binding> {
        let whole = Parts::whole(literal.value.len());
        let mut bindings = self.bindings(&literal.value, &whole, TextKind::Output);
        bindings.retain(|binding| !binding.value.contains(INTERPOLATION));
        for binding in &mut bindings {
            binding.span = literal.map.hull(binding.span.clone());
        }
        bindings
    }

    /// Names in what a Python cell holds beside code: comments, shell lines,
    /// or all of it if it is not Python.
    fn beside_code(&self, parsed: &Parsed) -> Vec<Binding> {
        let text = parsed.text();
        if !parsed.is_valid() {
            let code = std::iter::once((0..text.len(), TextKind::Code));
            let lines = command_lines(text).map(|span| (span, TextKind::Shell));
            return self.in_parts(text, code.chain(lines));
        }
        // Code that is commented out, and what people write in their own words.
        let comments = parsed
            .comments()
            .flat_map(|span| [(span.clone(), TextKind::Code), (span, TextKind::Prose)]);
        let lines = parsed
            .commands()
            .into_iter()
            .map(|span| (span, TextKind::Shell));
        self.in_parts(text, comments.chain(lines))
    }

    /// Names in parts of a text, each read in its way.
    fn in_parts(
        &self,
        text: &str,
        parts: impl Iterator<Item = (Range<usize>, TextKind)>,
    ) -> Vec<Binding> {
        parts
            .flat_map(|(span, kind)| {
                let part = &text[span.clone()];
                let mut bindings = self.bindings(part, &Parts::whole(part.len()), kind);
                for binding in &mut bindings {
                    binding.span = binding.span.start + span.start..binding.span.end + span.start;
                }
                bindings
            })
            .collect()
    }

    /// What parts of a text bind to names that are believed.
    fn bindings(&self, text: &str, parts: &Parts, kind: TextKind) -> Vec<Binding> {
        // The flags of commands say nothing: `-p`.
        if kind != TextKind::Shell && !self.names.may_bind(text) {
            return Vec::new();
        }
        text::bindings_in(text, parts, kind, &|name| self.believes(name))
    }

    /// Whether a name, or a call's argument, is one of a credential.
    fn believes(&self, name: &str) -> bool {
        self.names.is_credential(name) || !self.names.call(name).is_empty()
    }

    /// What variables are set to that hold what names are set to, in any language
    /// but Python.
    fn handed_on(&self, text: &str, role: &Role, reach: &Reach<'_>, found: &mut Vec<Finding>) {
        if reach.handed.is_empty() {
            return;
        }
        let handed = reach.handed.iter();
        let wanted = |name: &str| handed.clone().any(|handed| handed.variable == name);
        let whole = Parts::whole(text.len());
        let bindings: Vec<Binding> = text::bindings_in(text, &whole, text_kind(role), &wanted)
            .iter()
            .filter_map(|binding| reach.handed_to(binding))
            .collect();
        self.by_name(text, &bindings, role, found);
    }

    /// Values that have a kind's shape, in parts of a text.
    fn by_shape(&self, text: &str, parts: &Parts, bindings: &[Binding], found: &mut Vec<Finding>) {
        let hits = self.shapes.find_in(text, parts).into_iter();
        for hit in hits.chain(self.rules.find(text)) {
            // A part of a longer shape (a password in a URL) can be anything,
            // also a look-up that stands there already.
            let part = &text[hit.span.clone()];
            if hit.span != hit.whole && judge::stands_for_a_secret(part) {
                continue;
            }
            let public = is_public_link(text, hit.span.start) || is_bucket(text, &hit.whole);
            let mut finding = Finding {
                kind: hit.kind,
                region: 0,
                view: None,
                cut: false,
                is_own: false,
                value: Secret::new(&text[hit.span.clone()]),
                span: hit.span,
                name: None,
                variable: None,
                confidence: if public {
                    Confidence::Possible
                } else {
                    hit.confidence
                },
                reason: hit.reason,
            };
            name_from(bindings, &mut finding);
            found.push(finding);
        }
    }

    /// Values that a credential-like name is bound to.
    fn by_name(&self, text: &str, bindings: &[Binding], role: &Role, found: &mut Vec<Finding>) {
        let private = |binding: &&Binding| !is_public_link(text, binding.span.start);
        let nearby = Nearby::new(text);
        for binding in bindings.iter().filter(private) {
            if let Some(mut finding) = self.bound(&nearby, binding, role) {
                name_from(bindings, &mut finding);
                if let Some(why) = of_pages(text, &binding.name, &finding.span) {
                    finding.confidence = Confidence::Possible;
                    finding.reason += ", but ";
                    finding.reason += why;
                }
                found.push(finding);
            }
        }
    }

    fn bound(&self, nearby: &Nearby<'_>, binding: &Binding, role: &Role) -> Option<Finding> {
        let mut kinds = self.kinds_bound(binding);
        let class = names::classify(&binding.name);
        let value = binding.value.trim();
        if value.is_empty() || (kinds.is_empty() && class.is_none()) || is_public(value) {
            return None;
        }
        let promise = class.unwrap_or_else(|| promised(&kinds));
        if judge::is_hopeless(value, promise) {
            return None;
        }
        let context = Context {
            name: &binding.name,
            class: promise,
            via: binding.via,
            role,
        };
        let verdict = judge::judge(value, &context);
        if verdict.credible == Credible::No {
            return None;
        }
        if is_bare(binding) && class.is_none_or(|class| class.strength == Strength::Weak) {
            kinds.retain(|kind| nearby.allows(kind) || says_its_provider(binding, kind));
        }
        if kinds.is_empty() && class.is_none() {
            return None;
        }
        let fitting = kinds
            .into_iter()
            .find(|kind| kind.told == Told::Name && self.fits(kind, value));
        // A short value that a call's kind cannot have is another argument.
        let is_other =
            binding.via == Via::Position && fitting.is_none() && value.len() < SHORTEST_OF_CALL;
        let confidence = match (verdict.credible, fitting) {
            (Credible::No, _) => return None,
            (_, None) if is_other && class.is_none() && promise.sort != Sort::Password => {
                Confidence::Possible
            }
            // Whatever name it has, it must be guessed first.
            (Credible::Possible, _) if judge::is_hash_of_password(value) => Confidence::Possible,
            (Credible::Possible, Some(_)) | (Credible::Likely, _) => Confidence::Likely,
            (Credible::Possible, None) => Confidence::Possible,
            (Credible::Certain, _) => Confidence::Certain,
        };
        let kind = fitting.or_else(|| generic(context.class))?;
        let start = binding.span.start + leading_space(binding);
        Some(Finding {
            kind,
            region: 0,
            view: None,
            cut: false,
            is_own: false,
            span: start..start + value_length(binding, value),
            value: Secret::new(value),
            name: Some(binding.name.clone()),
            variable: (binding.via == Via::Environment).then(|| binding.name.clone()),
            confidence,
            reason: format!("bound to a name like a credential's; {}", verdict.reason),
        })
    }

    /// The kinds that claim the binding's name or call.
    fn kinds_bound(&self, binding: &Binding) -> Vec<&'static Kind> {
        match binding.via {
            Via::Position => self.names.call(&binding.name).to_vec(),
            _ => self.names.kinds_of(&binding.name),
        }
    }

    /// Whether a value may be of that kind; any may, if the kind has no shape.
    fn fits(&self, kind: &Kind, value: &str) -> bool {
        kind.shape.is_none() || self.shapes.fits(kind, value)
    }

    /// What is believed of every view of the text: of what it says once an encoding
    /// in it is peeled off, near where there was one.
    fn views(&self, text: &str, role: &Role, found: &mut Vec<Finding>) {
        // By the number of what a view says: it is searched once.
        let mut said: Vec<Vec<Finding>> = Vec::new();
        for view in views::views(text) {
            if view.number == said.len() {
                let mut inner = Vec::new();
                let (text, parts) = (view.stack.text(), &view.parts);
                match role {
                    Role::Code(_) => self.by_shape(text, parts, &[], &mut inner),
                    _ => self.text(text, parts, &Role::Output, &mut inner),
                }
                said.push(inner);
            }
            for finding in &said[view.number] {
                let span = finding.span.clone();
                found.push(Finding {
                    span: view.stack.hull(span.clone()),
                    view: Some((Arc::clone(&view.stack), span)),
                    ..finding.clone()
                });
            }
        }
    }
}

/// What a name promises that only the catalogue knows, by what it binds to.
fn promised(kinds: &[&'static Kind]) -> NameClass {
    let is_password = |kind: &&Kind| kind.id == "generic-password";
    NameClass::strong(match kinds.first().is_some_and(is_password) {
        true => Sort::Password,
        false => Sort::ApiKey,
    })
}

/// Whether it is a name as weak as `key`, which needs a word of its provider
/// nearby; one of several words (`twilio_auth`) is the provider's own.
fn is_bare(binding: &Binding) -> bool {
    match binding.via {
        Via::Position => is_common(&binding.name),
        _ => !names::normal(&binding.name).contains('_'),
    }
}

/// Whether the name itself holds a word of the kind's provider.
fn says_its_provider(binding: &Binding, kind: &Kind) -> bool {
    let mut words = kind.context.iter();
    words.any(|word| binding.name.contains(&**word))
}

/// Whether many libraries have a callee of that name: `Client(`.
fn is_common(call: &str) -> bool {
    let callee = call.split(':').next().unwrap_or(call);
    let last = callee.rsplit('.').next().unwrap_or(callee);
    matches!(last, "Client" | "Experiment" | "App" | "login" | "connect")
}

/// White space at the start of a bound value, which is not part of it.
fn leading_space(binding: &Binding) -> usize {
    if binding.span.len() == binding.value.len() {
        binding.value.len() - binding.value.trim_start().len()
    } else {
        0
    }
}

/// How long the value is in the text.
fn value_length(binding: &Binding, value: &str) -> usize {
    if binding.span.len() == binding.value.len() {
        value.len()
    } else {
        binding.span.len()
    }
}

/// The catalogue's kind for a name that no provider claims.
fn generic(class: NameClass) -> Option<&'static Kind> {
    catalogue::kind(class.generic_kind())
}

/// Tells a finding what the structure binds it to.
fn name_from(bindings: &[Binding], finding: &mut Finding) {
    let around = |binding: &&Binding| {
        binding.span.start <= finding.span.start && finding.span.end <= binding.span.end
    };
    for binding in bindings.iter().filter(around) {
        if binding.via == Via::Environment && binding.value == finding.value.expose() {
            finding.variable = Some(binding.name.clone());
        }
        if binding.via != Via::Position && finding.name.is_none() {
            finding.name = Some(binding.name.clone());
        }
    }
}

/// The lines of a cell that IPython gives to a shell or a magic.
fn command_lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = end;
        end += line.len();
        line.trim_start()
            .starts_with(['!', '%'])
            .then_some(start..end)
    })
}

/// How names are written in a text of that role.
fn text_kind(role: &Role) -> TextKind {
    match role {
        Role::Code(language) => TextKind::of(*language),
        Role::Prose => TextKind::Prose,
        _ => TextKind::Output,
    }
}

//! The matcher: values told by themselves.
//!
//! Literal anchors first, over the whole text in one pass; then, at each
//! anchor, the kind's own regular expression on a window; then what stands
//! before and behind, whether the value looks made up for the reader, and its
//! checksum. A kind's regular expression is compiled when its anchor is first
//! met, so a run pays for the kinds that it sees.
//!
//! The work at an anchor is bounded by the run of characters it stands in, and
//! a run is entered once: no text costs more than linear time.

pub(super) mod borders;
mod cuts;
mod marks;
mod measure;
mod plausible;
mod raw;

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

pub use measure::{Bytes, Measure, measure, parse};

use self::cuts::Cuts;
use super::checksum::{self, Verdict};
use super::kind::{Checksum, Kind, Told};
use super::nearby::Nearby;
use super::needles::Needles;
use super::{Confidence, catalogue};
use crate::parts::Parts;

/// Windows for shapes without a longest match end here.
const WINDOW: usize = 32 << 10;

/// What `rewrite::mask` begins with.
const MASK: &str = "REDACTED_";

/// A value told by itself.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Which type of credential.
    pub kind: &'static Kind,
    /// The secret in the text.
    pub span: Range<usize>,
    /// The whole match: more than the secret where only a part of it is
    /// secret, such as a password in a URL.
    pub whole: Range<usize>,
    /// How surely.
    pub confidence: Confidence,
    /// Why, in words for people; never holds the value.
    pub reason: String,
}

/// Finds values of many kinds by their shapes.
#[derive(Debug)]
pub struct Shapes {
    forms: Vec<Form>,
    literals: Vec<String>,
    /// The search for the literals, made when a region is first looked at.
    anchors: OnceLock<Needles>,
    /// For each of the literals, the kinds that have it; the literals behind
    /// these are marks.
    users: Vec<Vec<User>>,
    /// Where a literal is cut in two.
    cuts: Cuts,
}

/// A kind made ready for matching.
#[derive(Debug)]
struct Form {
    kind: &'static Kind,
    measure: Measure,
    /// The variable part may hold capitals, small letters and digits.
    mixed: bool,
    /// The secret is a part of the match: its shape has the group `secret`.
    partial: bool,
    regex: OnceLock<Option<Regex>>,
}

/// A kind that has an anchor.
#[derive(Debug, Clone, Copy)]
struct User {
    form: usize,
    /// Place in the kind's list of anchors.
    anchor: usize,
}

/// A match that is not judged yet.
struct Match {
    whole: Range<usize>,
    span: Range<usize>,
}

/// A hit, and how specific its kind is.
struct Ranked {
    hit: Hit,
    rank: (bool, bool, usize, usize),
}

impl Shapes {
    /// A matcher for these kinds. A kind whose shape is no regular expression
    /// is never found; `measure` says what is wrong with it.
    pub fn new<'k>(kinds: impl IntoIterator<Item = &'k Kind>) -> Self
    where
        'k: 'static,
    {
        let kinds: Vec<&'static Kind> = kinds.into_iter().collect();
        let marks = marks::of(kinds.iter().copied());
        let forms: Vec<Form> = kinds.into_iter().filter_map(Form::new).collect();
        let mut literals: Vec<String> = Vec::new();
        let mut users: Vec<Vec<User>> = Vec::new();
        for (form, of) in forms.iter().enumerate() {
            if of.kind.told == Told::Name {
                continue;
            }
            for (anchor, literal) in of.kind.anchors.iter().enumerate() {
                let user = User { form, anchor };
                match literals.iter().position(|known| *known == **literal) {
                    Some(at) => users[at].push(user),
                    None => {
                        literals.push(literal.to_string());
                        users.push(vec![user]);
                    }
                }
            }
        }
        let cuts = Cuts::new(literals.iter().map(String::as_str));
        literals.extend(marks);
        Self {
            forms,
            cuts,
            literals,
            anchors: OnceLock::new(),
            users,
        }
    }

    /// The matcher for the whole built-in catalogue, made once.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Shapes> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::new(catalogue::kinds()))
    }

    fn anchors(&self) -> &Needles {
        let search = || Needles::new(self.literals.clone());
        self.anchors.get_or_init(search)
    }

    /// The values told by themselves in peeled text, in its order, none
    /// overlapping another.
    pub fn find(&self, text: &str) -> Vec<Hit> {
        self.find_in(text, &Parts::whole(text.len()))
    }

    /// The same of those whose anchors stand in parts of the text.
    pub fn find_in(&self, text: &str, parts: &Parts) -> Vec<Hit> {
        let bytes = text.as_bytes();
        let mut places = Vec::new();
        for part in parts.iter() {
            self.anchors().each(bytes, part, |at, literal| {
                places.push((at, literal));
            });
        }
        places.sort_unstable();
        let nearby = Nearby::new(text);
        let mut found = Vec::new();
        for (at, literal) in places {
            for user in self.users.get(literal).into_iter().flatten() {
                let Some(form) = self.forms.get(user.form) else {
                    continue;
                };
                found.extend(form.hit(text, at, user.anchor, &nearby));
            }
        }
        settle(found)
    }

    /// Whether `value` has the shape of `kind` from its first to its last
    /// byte. A kind without a shape fits nothing, and a mask fits no kind.
    pub fn fits(&self, kind: &Kind, value: &str) -> bool {
        if value.starts_with(MASK) {
            return false;
        }
        let form = self.forms.iter().find(|form| form.kind.id == kind.id);
        form.and_then(Form::regex)
            .and_then(|regex| regex.find(value.as_bytes()))
            .is_some_and(|found| found.end() == value.len())
    }
}

impl Form {
    fn new(kind: &'static Kind) -> Option<Self> {
        let shape = kind.shape.as_deref()?;
        let known = catalogue::measure(&kind.id).filter(|_| {
            catalogue::kind(&kind.id).is_some_and(|builtin| std::ptr::eq(builtin, kind))
        });
        let measure = match known {
            Some(measure) => measure.clone(),
            None => measure(shape, &kind.anchors).ok()?,
        };
        let holds_all = |from: u8, to: u8| (from..=to).all(|byte| measure.bytes.has(byte));
        let mixed = holds_all(b'A', b'Z') && holds_all(b'a', b'z') && holds_all(b'0', b'9');
        Some(Self {
            kind,
            measure,
            mixed,
            partial: shape.contains("(?P<secret>"),
            regex: OnceLock::new(),
        })
    }

    /// The kind's regular expression, held to the start of its window.
    fn regex(&self) -> Option<&Regex> {
        let build = || {
            let shape = self.kind.shape.as_deref()?;
            RegexBuilder::new(&format!(r"\A(?:{shape})"))
                .unicode(false)
                .size_limit(16 << 20)
                .build()
                .ok()
        };
        self.regex.get_or_init(build).as_ref()
    }

    /// The hit, if the anchor at `at` belongs to a value of this kind.
    fn hit(&self, text: &str, at: usize, anchor: usize, nearby: &Nearby<'_>) -> Option<Ranked> {
        let found = self.matched(text.as_bytes(), at, anchor)?;
        let value = text.get(found.span.clone())?;
        if !nearby.allows(self.kind) {
            return None;
        }
        if value.starts_with(MASK) || self.is_example(value) {
            return None;
        }
        let verdict = self
            .kind
            .checksum
            .map(|checksum| checksum::verify(checksum, value));
        if verdict == Some(Verdict::Refuted) || self.is_made_up(text, &found, at, anchor) {
            return None;
        }
        let (confidence, reason) = self.belief(verdict);
        let length = self
            .kind
            .anchors
            .get(anchor)
            .map_or(0, |anchor| anchor.len());
        let rank = (
            self.kind.provider != "Generic",
            !self.partial || self.kind.checksum == Some(Checksum::BasicAuth),
            length,
            found.span.len(),
        );
        Some(Ranked {
            hit: Hit {
                kind: self.kind,
                span: found.span,
                whole: found.whole,
                confidence,
                reason,
            },
            rank,
        })
    }

    /// The match around the anchor at `at`, with its borders examined.
    fn matched(&self, text: &[u8], at: usize, anchor: usize) -> Option<Match> {
        if borders::in_blob(text, at) {
            return None;
        }
        let lead = self.measure.leads.get(anchor)?;
        let literal = self.kind.anchors.get(anchor)?.len();
        let first = at.saturating_sub(*lead.end());
        let last = at.checked_sub(*lead.start())?;
        let endless = self.measure.longest.is_none();
        let glue = endless.then_some(&self.measure.bytes);
        for start in first..=last {
            if !borders::begins(text, start, glue) {
                continue;
            }
            let longest = self.measure.longest.unwrap_or(WINDOW);
            let window = text.get(start..text.len().min(start + longest))?;
            let regex = self.regex()?;
            let Some(whole) = regex.find(window) else {
                continue;
            };
            let end = start + whole.end();
            if end < at + literal || !borders::ends(text, end, &self.measure.last) {
                continue;
            }
            // Groups cost far more than the match itself.
            let secret = match self.partial {
                true => regex.captures(window)?.name("secret")?.range(),
                false => whole.range(),
            };
            return Some(Match {
                whole: start..end,
                span: start + secret.start..start + secret.end,
            });
        }
        None
    }

    /// Whether the value is one that documentation uses.
    fn is_example(&self, value: &str) -> bool {
        self.kind
            .examples
            .iter()
            .any(|example| match example.strip_suffix('*') {
                Some(start) => value.starts_with(start),
                None => value == *example,
            })
    }

    /// Whether the value was made up for the reader.
    fn is_made_up(&self, text: &str, found: &Match, at: usize, anchor: usize) -> bool {
        let value = &text[found.span.clone()];
        if matches!(
            self.kind.checksum,
            Some(Checksum::Jwt | Checksum::SupabaseRole)
        ) {
            return false;
        }
        if let Some(Checksum::BasicAuth) = self.kind.checksum {
            let pair = checksum::basic_auth(value);
            return pair.is_none_or(|(user, password)| plausible::is_slot(&password, &user, ""));
        }
        if value.starts_with("-----BEGIN") {
            let lines = value.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)));
            let line = lines.max_by_key(|line| line.len()).unwrap_or_default();
            let after = &text[found.whole.end..];
            if value.contains("...") || after.starts_with("...") || after.starts_with('…') {
                return true;
            }
            return plausible::doubt(line, false).is_some();
        }
        if self.partial {
            let before = text[found.whole.start..found.span.start].trim_end_matches(':');
            let user = before.rsplit_once("//").map_or("", |(_, user)| user);
            let host = match text[found.span.end..found.whole.end].trim_start_matches('@') {
                "" => before,
                host => host,
            };
            let password = plausible::is_slot(value, user, host);
            return password || value.len() >= 20 && plausible::doubt(value, self.mixed).is_some();
        }
        // What stands up to the end of the anchor is public and tells nothing.
        let from = match self.measure.leads.get(anchor) {
            Some(lead) if *lead.end() == 0 => {
                at + self
                    .kind
                    .anchors
                    .get(anchor)
                    .map_or(0, |anchor| anchor.len())
            }
            _ => found.span.start,
        };
        let body = text.get(from..found.span.end).unwrap_or(value);
        plausible::doubt(body, self.mixed).is_some()
    }

    fn belief(&self, verdict: Option<Verdict>) -> (Confidence, String) {
        let kind = self.kind;
        let mut reason = format!("shaped like: {}", kind.label());
        let prefix = kind.prefix();
        if !prefix.is_empty() {
            reason.push_str(&format!(" (`{prefix}…`)"));
        }
        let by_structure = self.partial || !kind.context.is_empty();
        match verdict {
            Some(Verdict::Holds) => {
                reason.push_str(", and its inner structure fits");
                (Confidence::Certain, reason)
            }
            Some(Verdict::Fails(confidence, why)) => {
                reason.push_str(", but ");
                reason.push_str(why);
                (confidence, reason)
            }
            _ if by_structure => (Confidence::Likely, reason),
            _ => (Confidence::Certain, reason),
        }
    }
}

/// Of hits that overlap the most specific stays; the rest is put in order.
fn settle(mut found: Vec<Ranked>) -> Vec<Hit> {
    found.sort_by_key(|ranked| ranked.hit.span.start);
    let mut kept: Vec<Ranked> = Vec::with_capacity(found.len());
    for next in found {
        // Whatever was kept does not overlap itself, so only its end can
        // overlap what comes.
        let mut beaten = false;
        while let Some(last) = kept.last() {
            if last.hit.span.end <= next.hit.span.start {
                break;
            }
            if last.rank >= next.rank {
                beaten = true;
                break;
            }
            kept.pop();
        }
        if !beaten {
            kept.push(next);
        }
    }
    kept.into_iter().map(|ranked| ranked.hit).collect()
}

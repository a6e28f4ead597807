//! What can be known of a shape before any text is seen: how long its matches
//! are, where in them an anchor stands, and which bytes they are made of.
//!
//! `build.rs` includes this file, too, so that the measures of the built-in
//! catalogue are part of the table; kinds of a configuration are measured when
//! they are loaded. It therefore uses nothing else of this crate.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bytes(pub [u64; 4]);

impl Bytes {
    /// Whether the set holds `byte`.
    #[inline]
    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 6) as usize] >> (byte & 63) & 1 == 1
    }

    pub(super) fn add(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    fn join(&mut self, other: Self) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
    }
}

/// What is known of a shape.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Length of the longest match, unless there is no limit.
    pub longest: Option<usize>,
    /// Length of the shortest match.
    pub shortest: usize,
    /// For each anchor how many bytes of a match may stand before it.
    pub leads: Cow<'static, [RangeInclusive<usize>]>,
    /// All bytes that a match can hold.
    pub bytes: Bytes,
    /// The bytes that a match can end with.
    pub last: Bytes,
}

/// The syntax of shapes: bytes, no Unicode classes.
pub fn parse(shape: &str) -> Result<Hir, String> {
    ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(shape)
        .map_err(|error| format!("the shape is no regular expression: {error}"))
}

/// Measures a shape; an error if an anchor is not a literal part of it.
pub fn measure(shape: &str, anchors: &[impl AsRef<str>]) -> Result<Measure, String> {
    let hir = parse(shape)?;
    let mut runs = Runs::default();
    runs.walk(&hir);
    runs.close();
    let leads = anchors
        .iter()
        .map(|anchor| runs.lead(anchor.as_ref()))
        .collect::<Result<Vec<_>, _>>()?;
    let mut bytes = Bytes::default();
    all_bytes(&hir, &mut bytes);
    let mut last = Bytes::default();
    last_bytes(&hir, &mut last);
    Ok(Measure {
        longest: hir.properties().maximum_len(),
        shortest: hir.properties().minimum_len().unwrap_or(0),
        leads: Cow::Owned(leads),
        bytes,
        last,
    })
}

/// A literal that is being put together, and where in the match it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Run {
    from: usize,
    to: Option<usize>,
    literal: Vec<u8>,
}

/// All literal runs of a shape: those finished, and those that still grow
/// (several where the shape branches).
struct Runs {
    open: Vec<Run>,
    done: Vec<Run>,
}

impl Default for Runs {
    fn default() -> Self {
        let start = Run {
            from: 0,
            to: Some(0),
            literal: Vec::new(),
        };
        Self {
            open: vec![start],
            done: Vec::new(),
        }
    }
}

/// Classes up to this size are followed byte by byte: `[78]Q~`.
const SMALL_CLASS: usize = 4;

impl Runs {
    fn walk(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => {
                for run in &mut self.open {
                    run.literal.extend_from_slice(&literal.0);
                }
            }
            HirKind::Class(class) => match class_bytes(class) {
                bytes if bytes.len() <= SMALL_CLASS => self.branch(&bytes),
                _ => self.skip(1, Some(1)),
            },
            HirKind::Capture(capture) => self.walk(&capture.sub),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.walk(part)),
            HirKind::Alternation(parts) => {
                let before = self.open.clone();
                let mut after = Vec::new();
                for part in parts {
                    self.open.clone_from(&before);
                    self.walk(part);
                    after.append(&mut self.open);
                }
                self.open = after;
            }
            HirKind::Repetition(repetition) => self.repeat(repetition),
        }
    }

    /// An optional part is there or not; any other repetition ends the run.
    fn repeat(&mut self, repetition: &Repetition) {
        if (repetition.min, repetition.max) == (0, Some(1)) {
            let without = self.open.clone();
            self.walk(&repetition.sub);
            self.open.extend(without);
            return;
        }
        let properties = repetition.sub.properties();
        let shortest = properties.minimum_len().unwrap_or(0) * repetition.min as usize;
        let longest = properties
            .maximum_len()
            .zip(repetition.max)
            .map(|(len, max)| len * max as usize);
        self.skip(shortest, longest);
    }

    fn branch(&mut self, bytes: &[u8]) {
        let before = std::mem::take(&mut self.open);
        for run in before {
            for &byte in bytes {
                let mut run = run.clone();
                run.literal.push(byte);
                self.open.push(run);
            }
        }
    }

    /// Ends the open runs and starts a new one behind something of that length.
    fn skip(&mut self, shortest: usize, longest: Option<usize>) {
        let mut next: Vec<Run> = Vec::new();
        for run in std::mem::take(&mut self.open) {
            let len = run.literal.len();
            let fresh = Run {
                from: run.from + len + shortest,
                to: run.to.zip(longest).map(|(to, longest)| to + len + longest),
                literal: Vec::new(),
            };
            if !next.contains(&fresh) {
                next.push(fresh);
            }
            self.done.push(run);
        }
        self.open = next;
    }

    fn close(&mut self) {
        self.done.append(&mut self.open);
    }

    /// How many bytes may stand before the anchor.
    fn lead(&self, anchor: &str) -> Result<RangeInclusive<usize>, String> {
        let mut range: Option<(usize, usize)> = None;
        for run in &self.done {
            let found = run
                .literal
                .windows(anchor.len())
                .position(|window| window == anchor.as_bytes());
            let Some(at) = found else { continue };
            // Behind something unlimited it is no start for a search.
            let Some(to) = run.to else { continue };
            let (from, to) = (run.from + at, to + at);
            range = Some(range.map_or((from, to), |(a, b)| (a.min(from), b.max(to))));
        }
        range.map(|(from, to)| from..=to).ok_or_else(|| {
            format!("anchor `{anchor}` is no literal at a limited distance from the shape's start")
        })
    }
}

fn class_bytes(class: &Class) -> Vec<u8> {
    match class {
        Class::Bytes(class) => class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .collect(),
        // Without Unicode the parser yields this only for ASCII.
        Class::Unicode(class) => class
            .iter()
            .flat_map(|range| range.start()..=range.end())
            .filter_map(|character| u8::try_from(u32::from(character)).ok())
            .collect(),
    }
}

fn all_bytes(hir: &Hir, into: &mut Bytes) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|&byte| into.add(byte)),
        HirKind::Class(class) => class_bytes(class).iter().for_each(|&byte| into.add(byte)),
        HirKind::Repetition(repetition) => all_bytes(&repetition.sub, into),
        HirKind::Capture(capture) => all_bytes(&capture.sub, into),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().for_each(|part| all_bytes(part, into));
        }
    }
}

/// The bytes that a match of `hir` can end with.
fn last_bytes(hir: &Hir, into: &mut Bytes) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => {
            if let Some(&byte) = literal.0.last() {
                into.add(byte);
            }
        }
        HirKind::Class(_) => {
            let mut bytes = Bytes::default();
            all_bytes(hir, &mut bytes);
            into.join(bytes);
        }
        HirKind::Repetition(repetition) => last_bytes(&repetition.sub, into),
        HirKind::Capture(capture) => last_bytes(&capture.sub, into),
        HirKind::Alternation(parts) => parts.iter().for_each(|part| last_bytes(part, into)),
        HirKind::Concat(parts) => {
            for part in parts.iter().rev() {
                last_bytes(part, into);
                if part.properties().minimum_len() != Some(0) {
                    break;
                }
            }
        }
    }
}

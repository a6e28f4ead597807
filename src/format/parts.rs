//! A text in parts that follow one another, each with a role of its own: what
//! a program, a notebook written as a program, and Markdown with chunks have
//! in common. What lies between the parts is never looked at as code.

use std::ops::Range;

use super::{Opened, Outline};
use crate::layer::{margin, slice};
use crate::region::{Extent, Language, Place, Region, Role};

/// A part of a text.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Its bytes.
    pub span: Range<usize>,
    /// What it is.
    pub role: Role,
    /// It sees nothing of the other parts, and they nothing of it.
    pub standalone: bool,
    /// What its lines begin with, such as the signs of comments.
    pub margin: Option<&'static str>,
    /// The part of its peeled text that is meant, if not all of it.
    pub within: Option<Range<usize>>,
    /// See [`Region::is_private`].
    pub is_private: bool,
}

impl Part {
    /// A part that stands as it is.
    pub fn new(span: Range<usize>, role: Role) -> Self {
        Self {
            span,
            role,
            standalone: false,
            margin: None,
            within: None,
            is_private: false,
        }
    }

    /// A program of its own.
    pub fn program(span: Range<usize>, language: Language) -> Self {
        Self {
            standalone: true,
            ..Self::new(span, Role::Code(language))
        }
    }
}

/// A text cut into parts.
#[derive(Debug)]
pub(super) struct Parts<'t> {
    text: &'t str,
    parts: Vec<Part>,
    /// What must be the same after any edit, besides the roles of the parts.
    bones: Vec<String>,
}

impl<'t> Parts<'t> {
    /// A text with its parts, which are in order and do not overlap.
    pub fn new(text: &'t str, parts: Vec<Part>) -> Self {
        Self {
            text,
            parts,
            bones: Vec::new(),
        }
    }

    /// The same; these must not be changed by any edit, either.
    pub fn with_bones(mut self, bones: Vec<String>) -> Self {
        self.bones = bones;
        self
    }

    fn region(&self, part: &Part, lines_before: usize) -> Region {
        let peeled = match part.margin {
            Some(margin) => margin::peel(self.text, part.span.clone(), margin),
            None => slice::peel(self.text, part.span.clone()),
        };
        let mut region = Region {
            place: Place {
                lines_before,
                ..Place::default()
            },
            standalone: part.standalone,
            is_private: part.is_private,
            ..Region::new(peeled, part.span.clone(), part.role.clone())
        };
        if let Some(within) = &part.within {
            let before = region.text().get(..within.start).unwrap_or_default();
            region.place.lines_before += before.matches('\n').count();
            let peeled = slice::peel(region.text(), within.clone());
            region.stack = region.stack.with(peeled);
        }
        region
    }

    fn regions_where(&self, wanted: impl Fn(&Part) -> bool) -> Vec<Region> {
        let (mut lines, mut counted) = (0, 0);
        let mut regions = Vec::new();
        for part in self.parts.iter().filter(|part| wanted(part)) {
            let before = self.text.get(counted..part.span.start).unwrap_or_default();
            lines += memchr::memchr_iter(b'\n', before.as_bytes()).count();
            counted = part.span.start;
            regions.push(self.region(part, lines));
        }
        regions
    }
}

impl Opened for Parts<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        self.regions_where(|part| wanted(&Extent::plain(part.span.clone())))
    }

    fn code(&self) -> Vec<Region> {
        self.regions_where(|part| matches!(part.role, Role::Code(_)))
    }

    fn outline(&self) -> Outline {
        let part = |part: &Part| match &part.role {
            Role::Code(language) => format!("code in {language:?}"),
            other => format!("{other:?}"),
        };
        let bones = self.bones.iter().cloned();
        Outline(bones.chain(self.parts.iter().map(part)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_knows_the_lines_before_it() {
        let text = "a\nb\nc\nd\n";
        let part = |span| Part::new(span, Role::Prose);
        let parts = Parts::new(text, vec![part(0..2), part(4..6), part(6..8)]);
        let lines = |regions: Vec<Region>| -> Vec<usize> {
            regions
                .iter()
                .map(|region| region.place.lines_before)
                .collect()
        };
        assert_eq!(lines(parts.regions(&|_| true)), [0, 2, 3]);
        assert_eq!(lines(parts.regions(&|extent| extent.span.start > 5)), [3]);
        assert_eq!(parts.outline().0.len(), 3);
        assert!(parts.code().is_empty());
    }
}

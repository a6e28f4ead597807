//! Scalars: a configuration as named values with text between them, which is
//! what the formats of configuration have in common.
//!
//! Each value is a region of its own, called what the structure calls it and
//! quoted as its format quotes. What lies between the values (keys, comments)
//! is text, so no byte of the file goes unseen.

use std::ops::Range;

use super::{Opened, Outline, plain};
use crate::layer::quoted::{self, Quoting};
use crate::layer::{base64, slice};
use crate::region::{Extent, Language, Region, Role};
use crate::rewrite::idiom::Idiom;

/// How a value is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Writing {
    /// On its own or in quotes.
    Quoted(&'static Quoting),
    /// As lines that are indented so far.
    Block(usize),
}

/// A value before it is decoded.
#[derive(Debug, Clone)]
pub(super) struct Scalar<'t> {
    /// Its bytes, without quotes.
    pub span: Range<usize>,
    /// How it is written.
    pub writing: Writing,
    /// What the structure calls it.
    pub name: Option<&'t str>,
    /// The language, if it is a program.
    pub language: Option<Language>,
    /// It is a cell, and shares its names with the others of its language.
    pub is_cell: bool,
    /// It is written in base64.
    pub is_base64: bool,
    /// How the program that reads the file looks variables up there.
    pub idiom: Option<Idiom>,
}

impl<'t> Scalar<'t> {
    /// A value with a name, written in this way.
    pub fn new(span: Range<usize>, quoting: &'static Quoting, name: Option<&'t str>) -> Self {
        Self {
            span,
            writing: Writing::Quoted(quoting),
            name,
            language: None,
            is_cell: false,
            is_base64: false,
            idiom: None,
        }
    }

    fn extent(&self) -> Extent {
        Extent {
            is_encoded: self.is_base64,
            ..Extent::plain(self.span.clone())
        }
    }

    fn role(&self) -> Role {
        match (self.language, self.name) {
            (Some(language), _) => Role::Code(language),
            (None, Some(name)) => Role::Value {
                name: name.to_owned(),
            },
            (None, None) => Role::Output,
        }
    }
}

/// A text as scalars and what lies between them.
#[derive(Debug)]
pub(super) struct Scalars<'t> {
    text: &'t str,
    /// In order, not overlapping.
    scalars: Vec<Scalar<'t>>,
    /// What must be the same after any edit.
    bones: String,
}

impl<'t> Scalars<'t> {
    /// A text with its values, which are in order and do not overlap.
    pub fn new(text: &'t str, scalars: Vec<Scalar<'t>>, bones: String) -> Self {
        Self {
            text,
            scalars,
            bones,
        }
    }

    fn value(&self, scalar: &Scalar<'t>) -> Region {
        let span = scalar.span.clone();
        let peeled = match scalar.writing {
            Writing::Quoted(quoting) => quoted::peel(self.text, span.clone(), quoting),
            Writing::Block(indent) => quoted::block(self.text, span.clone(), indent),
        };
        let mut region = Region {
            idiom: scalar.idiom,
            standalone: scalar.language.is_some() && !scalar.is_cell,
            ..Region::new(peeled, span, scalar.role())
        };
        if scalar.is_base64
            && let Some(peeled) = base64::peel(region.text())
        {
            region.stack = region.stack.with(peeled);
        }
        region.extent = scalar.extent();
        region
    }

    /// What lies between two values, in blocks.
    fn between(&self, gap: Range<usize>, wanted: &dyn Fn(&Extent) -> bool, out: &mut Vec<Region>) {
        if gap.is_empty() || !wanted(&Extent::plain(gap.clone())) {
            return;
        }
        for block in plain::blocks(self.text, gap) {
            if wanted(&Extent::plain(block.clone())) {
                let peeled = slice::peel(self.text, block.clone());
                out.push(Region::new(peeled, block, Role::Output));
            }
        }
    }
}

impl Opened for Scalars<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn may_be_encoded(&self) -> bool {
        self.scalars.iter().any(|scalar| scalar.is_base64)
    }

    fn takes_comments(&self) -> bool {
        true
    }

    fn names(&self, each: &mut dyn FnMut(&str, Range<usize>)) {
        for scalar in &self.scalars {
            if let Some(name) = scalar.name {
                each(name, scalar.span.clone());
            }
        }
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let mut regions = Vec::new();
        let mut end = 0;
        for scalar in &self.scalars {
            self.between(end..scalar.span.start, wanted, &mut regions);
            end = scalar.span.end;
            if !scalar.span.is_empty() && wanted(&scalar.extent()) {
                regions.push(self.value(scalar));
            }
        }
        self.between(end..self.text.len(), wanted, &mut regions);
        regions
    }

    fn code(&self) -> Vec<Region> {
        let programs = self
            .scalars
            .iter()
            .filter(|scalar| scalar.language.is_some());
        programs.map(|scalar| self.value(scalar)).collect()
    }

    fn outline(&self) -> Outline {
        Outline(vec![self.bones.clone()])
    }
}

/// The items of a list of arguments: the one behind a flag is its value.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flags<'t> {
    before: Option<&'t str>,
}

impl<'t> Flags<'t> {
    /// What the next item is called, if a flag stands before it.
    pub fn name(&mut self, item: &'t str) -> Option<&'t str> {
        let before = self.before.replace(item)?;
        before.strip_prefix("--")
    }
}

/// Where parts of a text lie in it.
pub(super) fn span_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_what_is_between_them_are_the_text() {
        let text = "# a\nk = v\nl = w # b\n";
        let scalar = |at: usize, name| Scalar::new(at..at + 1, &quoted::PLAIN, name);
        let scalars = vec![scalar(8, Some("k")), scalar(14, None)];
        let opened = Scalars::new(text, scalars, String::new());
        let regions = opened.regions(&|_| true);
        let texts: Vec<_> = regions.iter().map(Region::text).collect();
        assert_eq!(texts.concat(), text);
        assert_eq!(texts[1], "v");
        assert_eq!(
            regions[1].role,
            Role::Value {
                name: "k".to_owned()
            }
        );
        assert_eq!(regions[3].role, Role::Output);
        let mut names = Vec::new();
        opened.names(&mut |name, span| names.push((name.to_owned(), span)));
        assert_eq!(names, [("k".to_owned(), 8..9)]);
    }
}

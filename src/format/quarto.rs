//! Documents with code that is run: R Markdown, Quarto, Livebook.
//!
//! Chunks in one language share a session, so an import goes into the first
//! that needs it; a fence without braces only shows code. What stands between
//! is text, and code within a line of it is masked.

use std::ops::Range;

use super::{Format, Opened, Outline, plain};
use crate::layer::{margin, slice};
use crate::lines::Lines;
use crate::region::{Extent, Language, Place, Region, Role};
use crate::syntax::markdown::{self, Part, PartKind};

/// Documents with chunks.
pub(super) const FORMAT: Format = Format {
    title: "a document with code",
    is_told: |hint| hint.ends_in(&["rmd", "qmd", "rmarkdown", "livemd"]),
    open: |hint| {
        let runs_bare = hint.ends_in(&["livemd"]);
        Ok(Box::new(Chunks {
            text: hint.text,
            runs_bare,
        }))
    },
    is_strict: false,
};

/// A document.
#[derive(Debug)]
struct Chunks<'t> {
    text: &'t str,
    /// A fence needs no braces for its code to be run.
    runs_bare: bool,
}

impl Chunks<'_> {
    fn region(&self, span: Range<usize>, part: &Part<'_>, lines: &Lines) -> Region {
        let (peeled, role, is_shared) = match &part.kind {
            PartKind::Text => (slice::peel(self.text, span.clone()), Role::Prose, false),
            PartKind::FrontMatter(language) => {
                let peeled = slice::peel(self.text, span.clone());
                (peeled, Role::Code(*language), false)
            }
            PartKind::Code { info, margin } => {
                let is_run = info.starts_with('{') || self.runs_bare;
                let language = language(info, is_run);
                let peeled = margin::peel(self.text, span.clone(), margin);
                (peeled, Role::Code(language), is_run)
            }
        };
        Region {
            standalone: !is_shared,
            place: Place {
                lines_before: lines.line(span.start),
                ..Place::default()
            },
            ..Region::new(peeled, span, role)
        }
    }

    fn regions_where(&self, wanted: impl Fn(&Part<'_>, &Range<usize>) -> bool) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut regions = Vec::new();
        for part in markdown::parts(self.text) {
            for span in spans(self.text, &part) {
                if wanted(&part, &span) {
                    regions.push(self.region(span, &part, &lines));
                }
            }
        }
        regions
    }
}

/// The language of a chunk. A shell that runs is no session to type into.
fn language(info: &str, is_run: bool) -> Language {
    match markdown::language(info) {
        Language::Console if is_run => Language::Shell,
        // Observable's cells run in the reader's browser.
        Language::JavaScript if is_run => Language::BrowserScript,
        Language::Other if info.starts_with("{ojs") => Language::BrowserScript,
        language => language,
    }
}

/// The regions of a part: of a long text blocks of lines.
fn spans(text: &str, part: &Part<'_>) -> Vec<Range<usize>> {
    match part.kind {
        PartKind::Text => plain::blocks(text, part.span.clone()).collect(),
        _ => vec![part.span.clone()],
    }
}

impl Opened for Chunks<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        self.regions_where(|_, span| wanted(&Extent::plain(span.clone())))
    }

    fn code(&self) -> Vec<Region> {
        self.regions_where(|part, _| matches!(part.kind, PartKind::Code { .. }))
    }

    fn outline(&self) -> Outline {
        let told = |part: Part<'_>| match part.kind {
            PartKind::Text => "text".to_owned(),
            PartKind::FrontMatter(language) => format!("front matter in {language:?}"),
            PartKind::Code { info, margin } => format!("code in {info} behind {margin:?}"),
        };
        Outline(markdown::parts(self.text).into_iter().map(told).collect())
    }
}

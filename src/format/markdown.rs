//! Markdown and reStructuredText: READMEs, documentation, model cards.
//!
//! Fenced code is code in its language, the front matter is data, everything
//! else is text for people. Each piece of code stands alone: a reader runs
//! the one that is wanted, so each brings its own imports.

use std::ops::Range;
use std::path::Path;

use super::{Format, Hint, Opened, Outline, beside, json, plain, toml, yaml};
use crate::layer::{Peeled, margin, slice};
use crate::lines::Lines;
use crate::region::{Extent, Language, Place, Region, Role};
use crate::syntax::markdown::{self, Part, PartKind};
use crate::syntax::rst;

/// Markdown.
pub(super) const FORMAT: Format = Format {
    title: "Markdown",
    is_told,
    open: |hint| Ok(Box::new(Document::new(hint.text, markdown::parts))),
    is_strict: false,
};

/// reStructuredText.
pub(super) const RST: Format = Format {
    title: "reStructuredText",
    is_told: |hint| hint.ends_in(&["rst", "rest"]),
    open: |hint| Ok(Box::new(Document::new(hint.text, rst::parts))),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let endings = ["md", "markdown", "mdown", "mkd", "mdx"];
    hint.ends_in(&endings) || hint.name() == "readme"
}

/// A document.
struct Document<'t> {
    text: &'t str,
    /// Its parts, when somebody asks.
    parts: fn(&str) -> Vec<Part<'_>>,
}

impl<'t> Document<'t> {
    fn new(text: &'t str, parts: fn(&str) -> Vec<Part<'_>>) -> Self {
        Self { text, parts }
    }

    fn region(&self, span: Range<usize>, part: &Part<'_>) -> Region {
        let slice = |span| slice::peel(self.text, span);
        let (peeled, role) = match &part.kind {
            PartKind::Text => (slice(span.clone()), Role::Prose),
            PartKind::FrontMatter(language) => (slice(span.clone()), Role::Code(*language)),
            PartKind::Code { info, margin } => {
                let peeled = margin::peel(self.text, span.clone(), margin);
                let role = Role::Code(language(info, &peeled));
                (peeled, role)
            }
        };
        Region {
            standalone: true,
            ..Region::new(peeled, span, role)
        }
    }
}

impl Opened for Document<'_> {
    /// In front matter and in fences.
    fn takes_comments(&self) -> bool {
        true
    }

    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn names(&self, each: &mut dyn FnMut(&str, Range<usize>)) {
        // Any other name stands before its value.
        if !beside::may_stand_in(self.text) {
            return;
        }
        let parts = (self.parts)(self.text).into_iter();
        for part in parts.filter(|part| !matches!(part.kind, PartKind::Text)) {
            let whole = self.region(part.span.clone(), &part);
            if let Some(opened) = data(&whole) {
                opened.names(&mut |name, span| each(name, whole.stack.hull(span)));
            }
        }
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut regions = Vec::new();
        for part in (self.parts)(self.text) {
            for span in spans(self.text, &part) {
                if wanted(&Extent::plain(span.clone())) {
                    let lines_before = lines.line(span.start);
                    let mut region = self.region(span, &part);
                    if let Some(values) = values(&region) {
                        regions.extend(values);
                        continue;
                    }
                    region.place = Place {
                        lines_before,
                        ..Place::default()
                    };
                    regions.push(region);
                }
            }
        }
        regions
    }

    fn code(&self) -> Vec<Region> {
        let parts = (self.parts)(self.text).into_iter();
        let code = parts.filter(|part| matches!(part.kind, PartKind::Code { .. }));
        code.map(|part| self.region(part.span.clone(), &part))
            .collect()
    }

    fn outline(&self) -> Outline {
        let told = |part: Part<'_>| match part.kind {
            PartKind::Text => "text".to_owned(),
            PartKind::FrontMatter(language) => format!("front matter in {language:?}"),
            PartKind::Code { info, margin } => format!("code in {info} behind {margin:?}"),
        };
        Outline((self.parts)(self.text).into_iter().map(told).collect())
    }
}

/// A part that is data in a format of its own. What its grammar refuses is
/// read as text.
fn data(whole: &Region) -> Option<Box<dyn Opened + '_>> {
    let (format, name) = match whole.role {
        Role::Code(Language::Json) => (&json::FORMAT, "part.json"),
        Role::Code(Language::Toml) => (&toml::FORMAT, "part.toml"),
        Role::Code(Language::Yaml) => (&yaml::FORMAT, "part.yaml"),
        _ => return None,
    };
    let hint = Hint::new(Path::new(name), whole.text());
    (format.open)(&hint).ok()
}

/// The values of such a part, each by the name that the structure gives it.
fn values(whole: &Region) -> Option<Vec<Region>> {
    let opened = data(whole)?;
    let placed = |mut region: Region| {
        region.extent.span = whole.stack.hull(region.extent.span);
        region.stack = region.stack.upon(&whole.stack);
        region
    };
    Some(opened.regions(&|_| true).into_iter().map(placed).collect())
}

/// The regions of a part: of a long text blocks of lines.
fn spans(text: &str, part: &Part<'_>) -> Vec<Range<usize>> {
    match part.kind {
        PartKind::Text => plain::blocks(text, part.span.clone()).collect(),
        _ => vec![part.span.clone()],
    }
}

/// The language of a piece of code: its fence's, unless the code itself tells
/// that it is what a terminal or a browser shows.
fn language(info: &str, code: &Peeled) -> Language {
    let is_session = || {
        let begins = |line: &str| line.starts_with(">>> ") || line.starts_with("In [");
        code.text.lines().any(begins)
    };
    let is_in_browser = || {
        let marks = ["document.", "window.", "navigator.", "localStorage"];
        marks.iter().any(|mark| code.text.contains(mark))
    };
    match markdown::language(info) {
        Language::Python if is_session() => Language::Other,
        Language::JavaScript if is_in_browser() => Language::BrowserScript,
        Language::Shell => Language::Console,
        language => language,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_what_a_person_reads() {
        let text = "# T\n\n1. Do\n\n   ```python\n   x = 1\n   ```\n\n```\n$ ls\n```\n";
        let regions = Document::new(text, markdown::parts).regions(&|_| true);
        let told: Vec<_> = regions
            .iter()
            .map(|region| {
                (
                    region.text(),
                    region.role.clone(),
                    region.place.lines_before,
                )
            })
            .collect();
        let code = |language| Role::Code(language);
        assert_eq!(
            told,
            [
                ("# T\n\n1. Do\n\n   ```python\n", Role::Prose, 0),
                ("x = 1\n", code(Language::Python), 5),
                ("   ```\n\n```\n", Role::Prose, 6),
                ("$ ls\n", code(Language::Other), 9),
                ("```\n", Role::Prose, 10),
            ]
        );
    }

    #[test]
    fn sessions_and_scripts_for_a_browser_read_no_environment() {
        let told = |info, code: &str| language(info, &slice::peel(code, 0..code.len()));
        assert_eq!(told("py", ">>> x = 1\n1\n"), Language::Other);
        assert_eq!(told("js", "document.write(1)"), Language::BrowserScript);
        assert_eq!(told("js", "fetch(1)"), Language::JavaScript);
    }
}

//! JSON files: configuration, exports, results, settings of editors.
//!
//! Each string is a region of its own, called what the structure calls it.
//! What breaks off or is of another grammar is left to the plain reader.

use std::ops::Range;

use super::program::{self, Expands};
use super::{Document, Leaf, lines};
use crate::format::{Format, Hint, Malformed, Opened, Outline, notebook};
use crate::layer::{json_text, slice};
use crate::region::{Extent, Region, Role};

/// JSON, with or without comments, and JSON lines.
pub(in crate::format) const FORMAT: Format = Format {
    title: "JSON",
    is_told,
    open,
    is_strict: false,
};

const ENDINGS: &[&str] = &[
    "json",
    "jsonc",
    "jsonl",
    "json5",
    "jsonlines",
    "ndjson",
    "geojson",
    "webmanifest",
    "har",
    "code-workspace",
    "code-snippets",
];

fn is_told(hint: &Hint<'_>) -> bool {
    hint.ends_in(ENDINGS) || looks_like_json(hint.text)
}

/// Whether a text begins and ends as a JSON object or array does.
fn looks_like_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim();
    let inner = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    let begins = |inner: &str, with: &[char]| {
        let inner = inner.trim_start();
        inner.is_empty() || inner.starts_with(with)
    };
    inner('{', '}').is_some_and(|inner| begins(inner, &['"']))
        || inner('[', ']').is_some_and(|inner| begins(inner, &['"', '{', '[']))
}

fn open<'t>(hint: &Hint<'t>) -> Result<Box<dyn Opened + 't>, Malformed> {
    let text = hint.text;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Ok(Box::new(File::new(hint, Document::empty(text))));
    }
    if hint.ends_in(&["jsonl", "ndjson", "jsonlines"]) {
        return Ok(Box::new(lines::Lines::new(text)));
    }
    match Document::read(text) {
        Ok(document) => Ok(notebook::if_one(document)
            .unwrap_or_else(|document| Box::new(File::new(hint, document)))),
        Err(_) if lines::are_lines(text) => Ok(Box::new(lines::Lines::new(text))),
        Err(_) => {
            let document = Document::read_loosely(text)?;
            Ok(Box::new(File::new(hint, document)))
        }
    }
}

/// A JSON file.
#[derive(Debug)]
struct File<'t> {
    document: Document<'t>,
    expands: Option<Expands>,
}

impl<'t> File<'t> {
    fn new(hint: &Hint<'t>, document: Document<'t>) -> Self {
        Self {
            document,
            expands: program::of(hint),
        }
    }

    fn leaves(&self) -> impl Iterator<Item = Leaf<'_>> {
        self.document
            .root()
            .into_iter()
            .flat_map(|root| root.leaves())
    }

    fn region(&self, leaf: &Leaf<'_>) -> Region {
        let mut region = string(self.document.source(), leaf.span(), leaf.name());
        region.idiom = self.expands.and_then(|expands| expands(leaf));
        region
    }
}

/// The region of a JSON string that lies at `span` of `source`.
pub(in crate::format) fn string(source: &str, span: Range<usize>, name: Option<&str>) -> Region {
    let role = match name {
        Some(name) => Role::Value {
            name: name.to_owned(),
        },
        None => Role::Metadata,
    };
    let peeled = json_text::peel(source, std::slice::from_ref(&span), false);
    Region::new(peeled, span, role)
}

impl Opened for File<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.document.source().len();
        vec![whole]
    }

    fn closing_quotes(&self, each: &mut dyn FnMut(usize)) -> bool {
        // Strings in comments are no nodes.
        let told = self.document.comments().is_empty();
        if told {
            self.document.closing_quotes().for_each(each);
        }
        told
    }

    fn names(&self, each: &mut dyn FnMut(&str, Range<usize>)) {
        for leaf in self.leaves() {
            if let Some(name) = leaf.name() {
                each(name, leaf.span());
            }
        }
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let source = self.document.source();
        let is_wanted =
            |span: &Range<usize>| !span.is_empty() && wanted(&Extent::plain(span.clone()));
        let comments = self.document.comments().iter();
        let comments = comments.filter(|span| is_wanted(span)).map(|span| {
            let peeled = slice::peel(source, span.clone());
            Region::new(peeled, span.clone(), Role::Output)
        });
        let strings = self.leaves().filter(|leaf| is_wanted(&leaf.span()));
        let mut regions: Vec<Region> = strings.map(|leaf| self.region(&leaf)).collect();
        regions.extend(comments);
        regions.sort_by_key(|region| region.extent.span.start);
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    fn outline(&self) -> Outline {
        Outline(vec![self.document.bones()])
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(name: &str, text: &str) -> bool {
        is_told(&Hint::new(Path::new(name), text))
    }

    #[test]
    fn told_by_its_name_or_by_both_its_ends() {
        assert!(told("config.json", "") && told("a.JSONC", "x"));
        assert!(told("OAI_CONFIG_LIST", " [\n {\"model\": \"x\"}]\n"));
        assert!(told("notes.txt", "\u{feff}{\"a\": 1}"));
        for other in [
            "{{ name }}",
            "[section]",
            "{% if x %}",
            "{a: b}",
            "[1] Smith",
            "",
        ] {
            assert!(!told("notes.txt", other), "{other}");
        }
    }

    #[test]
    fn a_notebook_under_another_name_is_one() {
        let notebook = r#"{"cells": [{"cell_type": "code", "source": ["x\n"], "outputs": []}], "nbformat": 4, "nbformat_minor": 5}"#;
        let opened = open(&Hint::new(Path::new("a.json"), notebook)).expect("is JSON");
        assert_eq!(opened.code().len(), 1);
    }

    #[test]
    fn comments_and_strings_come_in_the_order_of_the_file() {
        let text = "// one\n{\"a\": \"two\", /* three */ \"b\": \"\"}";
        let opened = open(&Hint::new(Path::new("a.json"), text)).expect("is JSON");
        let regions = opened.regions(&|_| true);
        let texts: Vec<_> = regions.iter().map(Region::text).collect();
        assert_eq!(texts, ["// one", "a", "two", "/* three */", "b"]);
    }
}

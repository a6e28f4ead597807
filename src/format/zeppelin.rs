//! Notebooks of Zeppelin: JSON with paragraphs, each with a text that begins
//! with its interpreter (`%spark.pyspark`) and with what it printed.
//!
//! Everything else in the file is a value that goes by its key.

use std::ops::Range;

use super::json::file::string;
use super::json::{Cursor, Document, Shape};
use super::{Format, Hint, Malformed, Opened, Outline};
use crate::layer::{json_text, slice};
use crate::region::{Extent, Language, Place, Region, Role};

/// Notebooks of Zeppelin.
pub(super) const FORMAT: Format = Format {
    title: "a Zeppelin notebook",
    is_told,
    open: |hint| Ok(Box::new(Note::read(hint.text)?)),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let has_paragraphs = || {
        let text = hint.text.as_bytes();
        memchr::memmem::find(text, b"\"paragraphs\"").is_some()
    };
    hint.ends_in(&["zpln"]) || hint.name() == "note.json" && has_paragraphs()
}

/// A notebook.
#[derive(Debug)]
struct Note<'t> {
    document: Document<'t>,
}

impl<'t> Note<'t> {
    fn read(text: &'t str) -> Result<Self, Malformed> {
        let document = Document::read(text)?;
        Ok(Self { document })
    }

    fn paragraphs(&self) -> impl Iterator<Item = Cursor<'_>> {
        let root = self.document.root();
        root.and_then(|root| root.get("paragraphs"))
            .into_iter()
            .flat_map(Cursor::elements)
    }

    /// The language of paragraphs that name no interpreter.
    fn usual(&self) -> Language {
        let group = self
            .document
            .root()
            .and_then(|root| root.get("defaultInterpreterGroup"));
        match group.map(|group| group.raw()) {
            Some("python") => Language::Python,
            Some("sh") => Language::Shell,
            _ => Language::Scala,
        }
    }

    /// The code of a paragraph, with a region for the line that names its
    /// interpreter.
    fn code_of(&self, span: Range<usize>, number: usize) -> Vec<Region> {
        let peeled = json_text::peel(self.document.source(), std::slice::from_ref(&span), false);
        let region = Region {
            place: place(number, ""),
            ..Region::new(peeled, span, Role::Metadata)
        };
        let text = region.text();
        let (cut, language) = interpreter(text).unwrap_or((0, self.usual()));
        let part = |span: Range<usize>, role: Role| Region {
            stack: region.stack.with(slice::peel(text, span.clone())),
            role,
            place: Place {
                lines_before: text[..span.start].matches('\n').count(),
                ..region.place.clone()
            },
            ..region.clone()
        };
        let role = match language {
            Language::Markdown => Role::Prose,
            language => Role::Code(language),
        };
        let head = (cut > 0).then(|| part(0..cut, Role::Metadata));
        head.into_iter()
            .chain([part(cut..text.len(), role)])
            .collect()
    }

    /// Everything but the texts of paragraphs.
    fn rest(&self, wanted: &dyn Fn(&Extent) -> bool, regions: &mut Vec<Region>) {
        let mut texts: Vec<(usize, usize)> = Vec::new();
        let mut places: Vec<(Range<usize>, usize)> = Vec::new();
        for (index, paragraph) in self.paragraphs().enumerate() {
            places.push((paragraph.span(), index + 1));
            texts.extend(text_of(paragraph).map(|text| (text.span().start, index)));
        }
        let leaves = self
            .document
            .root()
            .into_iter()
            .flat_map(|root| root.leaves());
        for leaf in leaves {
            let span = leaf.span();
            let is_text = texts
                .binary_search_by_key(&span.start, |(start, _)| *start)
                .is_ok();
            if is_text || span.is_empty() || !wanted(&Extent::plain(span.clone())) {
                continue;
            }
            let mut region = string(self.document.source(), span.clone(), leaf.name());
            let before = places.partition_point(|(place, _)| place.start <= span.start);
            let within = before.checked_sub(1).and_then(|at| places.get(at));
            if let Some((paragraph, number)) = within
                && span.end <= paragraph.end
            {
                let is_output = leaf.name() == Some("data");
                region.place = place(*number, if is_output { "output" } else { "" });
                if is_output {
                    region.role = Role::Output;
                }
            }
            regions.push(region);
        }
    }
}

fn place(number: usize, part: &str) -> Place {
    Place {
        cell: Some(number),
        part: part.to_owned(),
        lines_before: 0,
    }
}

fn text_of(paragraph: Cursor<'_>) -> Option<Cursor<'_>> {
    let text = paragraph.get("text")?;
    (text.shape() == Shape::String).then_some(text)
}

/// Where the code begins behind `%spark.pyspark(…)`, and its language.
fn interpreter(text: &str) -> Option<(usize, Language)> {
    let blank = text.len() - text.trim_start().len();
    let rest = text.get(blank..)?.strip_prefix('%')?;
    let ends = |c: char| c.is_whitespace() || c == '(';
    let name = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let mut end = blank + 1 + name.len();
    if text.get(end..)?.starts_with('(') {
        end += text.get(end..)?.find(')')? + 1;
    }
    let language = match name.rsplit('.').next().unwrap_or(name) {
        "pyspark" | "python" | "ipython" | "ipyspark" => Language::Python,
        "spark" | "scala" => Language::Scala,
        "sh" => Language::Shell,
        "r" | "ir" | "sparkr" | "knitr" | "R" => Language::R,
        "sql" | "jdbc" | "hive" | "psql" | "bigquery" | "presto" => Language::Sql,
        "md" => Language::Markdown,
        "html" | "angular" => Language::Html,
        "conf" => Language::Ini,
        "kotlin" => Language::Kotlin,
        "java" => Language::Java,
        _ => Language::Other,
    };
    Some((end, language))
}

impl Opened for Note<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.document.source().len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let mut regions = Vec::new();
        for (index, paragraph) in self.paragraphs().enumerate() {
            let text = text_of(paragraph).map(|text| text.span());
            if let Some(span) = text.filter(|span| wanted(&Extent::plain(span.clone()))) {
                regions.extend(self.code_of(span, index + 1));
            }
        }
        self.rest(wanted, &mut regions);
        regions
    }

    fn code(&self) -> Vec<Region> {
        let texts = self
            .paragraphs()
            .enumerate()
            .filter_map(|(index, paragraph)| {
                Some(self.code_of(text_of(paragraph)?.span(), index + 1))
            });
        let is_code = |region: &Region| matches!(region.role, Role::Code(_));
        texts.flatten().filter(is_code).collect()
    }

    fn outline(&self) -> Outline {
        Outline(vec![self.document.bones()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interpreters() {
        for (text, cut, language) in [
            ("%spark.pyspark\nx", 14, Language::Python),
            (" %sh ls", 4, Language::Shell),
            ("%jdbc(hive)\nselect", 11, Language::Sql),
            ("%md # x", 3, Language::Markdown),
        ] {
            assert_eq!(interpreter(text), Some((cut, language)), "{text}");
        }
        assert_eq!(interpreter("val x = 1"), None);
    }
}

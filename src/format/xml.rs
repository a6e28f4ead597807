//! XML and SVG: settings, reports of tests, drawings.
//!
//! The text of an element and every attribute are values; their names are the
//! element's or the attribute's, or what an attribute beside (`key="…"`) or
//! an element before (`<name>…</name>`) says. What is broken is read as far as
//! it goes; nothing is left out.

use std::ops::Range;

use super::html::data::{Data, between, data};
use super::html::outline;
use super::{Format, Hint, Opened, Outline};
use crate::detect::names;
use crate::layer::{html, slice};
use crate::lines::Lines;
use crate::region::{Extent, Place, Region, Role};
use crate::syntax::markup::{Attribute, Dialect, Token, TokenKind, attributes, tokens};

/// XML.
pub(super) const FORMAT: Format = Format {
    title: "XML",
    is_told,
    open: |hint| Ok(Box::new(Xml::new(hint.text))),
    is_strict: false,
};

const ENDINGS: [&str; 22] = [
    "xml", "svg", "xsd", "xsl", "xslt", "wsdl", "plist", "rss", "atom", "kml", "gpx", "xmp",
    "resx", "iml", "csproj", "props", "targets", "nuspec", "xaml", "drawio", "graphml", "pmml",
];

fn is_told(hint: &Hint<'_>) -> bool {
    hint.ends_in(&ENDINGS) || hint.first_line().starts_with("<?xml")
}

/// A longer text, or one of several lines, is no value of a name.
const LONGEST_VALUE: usize = 1024;

/// A document.
#[derive(Debug)]
struct Xml<'t> {
    text: &'t str,
    data: Vec<Data>,
}

/// A part of a document that is one region.
struct Draft {
    span: Range<usize>,
    role: Role,
    /// It has character references.
    is_escaped: bool,
}

impl Draft {
    /// Where it is, and whether it is called like a credential.
    fn extent(&self) -> Extent {
        let is = |name: &str| names::classify(name).is_some();
        Extent {
            is_password: matches!(&self.role, Role::Value { name } if is(name)),
            ..Extent::plain(self.span.clone())
        }
    }
}

impl<'t> Xml<'t> {
    fn new(text: &'t str) -> Self {
        let data = data(text);
        Self { text, data }
    }

    /// Every part of the document once, in order.
    fn drafts(&self, take: impl FnMut(Draft)) {
        let mut walk = Walk {
            text: self.text,
            open: Vec::new(),
            said: None,
            take,
        };
        for token in tokens(self.text, Dialect::Xml) {
            walk.token(&token);
        }
    }

    fn is_media(&self, span: &Range<usize>) -> bool {
        let next = self
            .data
            .partition_point(|data| data.span.end <= span.start);
        let data = self.data.get(next);
        data.is_some_and(|data| data.is_media && data.span.end <= span.end)
    }

    fn region(&self, draft: Draft, lines: &Lines) -> Region {
        let peeled = slice::peel(self.text, draft.span.clone());
        let extent = draft.extent();
        let lines_before = lines.line(draft.span.start);
        let mut region = Region {
            place: Place {
                lines_before,
                ..Place::default()
            },
            extent,
            ..Region::new(peeled, draft.span, draft.role)
        };
        if draft.is_escaped
            && let Some(peeled) = html::peel(region.text())
        {
            region.stack = region.stack.with(peeled);
        }
        region
    }
}

impl Opened for Xml<'_> {
    /// All but pictures.
    fn texts(&self) -> Vec<Range<usize>> {
        between(self.text, self.data.iter().filter(|data| data.is_media))
    }

    /// Names stand behind `<`, where the first look sees none.
    fn names_from_afar(&self) -> bool {
        true
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut regions = Vec::new();
        self.drafts(|draft| {
            let extent = draft.extent();
            if !draft.span.is_empty() && wanted(&extent) && !self.is_media(&draft.span) {
                regions.push(self.region(draft, &lines));
            }
        });
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    fn outline(&self) -> Outline {
        outline(self.text, Dialect::Xml)
    }
}

/// An element that is open.
struct Element {
    name: Range<usize>,
    /// What its own attribute names it.
    key: Option<Range<usize>>,
    /// What an element within it said that the next one is.
    said: Option<Range<usize>>,
}

/// Attributes that name what stands beside them.
const KEYS: [&str; 6] = ["key", "name", "id", "param", "property", "variable"];

/// Attributes and elements that say nothing of what they hold.
const VALUES: [&str; 8] = [
    "value", "val", "content", "default", "data", "string", "text", "entry",
];

/// A walk through a document, on which drafts are taken.
struct Walk<'t, F> {
    text: &'t str,
    open: Vec<Element>,
    /// Where a text stands that may name the next element.
    said: Option<Range<usize>>,
    take: F,
}

impl<F: FnMut(Draft)> Walk<'_, F> {
    fn token(&mut self, token: &Token) {
        let span = token.span.clone();
        match &token.kind {
            TokenKind::Open { name, is_closed } => self.open(name, &span, *is_closed),
            TokenKind::Close { name } => self.close(name),
            TokenKind::Text => self.value(trimmed(self.text, span), true),
            TokenKind::CharacterData(within) => {
                self.value(trimmed(self.text, within.clone()), false);
            }
            TokenKind::Comment => self.draft(span, Role::Prose, false),
            TokenKind::Other | TokenKind::Raw => self.draft(span, Role::Output, false),
        }
    }

    fn draft(&mut self, span: Range<usize>, role: Role, is_escaped: bool) {
        (self.take)(Draft {
            span,
            role,
            is_escaped,
        });
    }

    fn open(&mut self, name: &Range<usize>, tag: &Range<usize>, is_closed: bool) {
        let attributes = attributes(self.text, name, tag);
        let is = |one: &&Attribute, of: &[&str]| of.contains(&local(self.text, &one.name).as_str());
        let key = KEYS.iter().find_map(|key| {
            let mut named = attributes.iter().filter(|one| is(one, &[key]));
            named.next().map(|one| one.value.clone())
        });
        for one in &attributes {
            let named = key
                .clone()
                .filter(|key| is(&one, &VALUES) && *key != one.value);
            let role = Role::Value {
                name: self.text[named.unwrap_or_else(|| one.name.clone())].to_owned(),
            };
            self.draft(one.value.clone(), role, true);
        }
        self.said = None;
        if !is_closed {
            self.open.push(Element {
                name: name.clone(),
                key,
                said: None,
            });
        }
    }

    /// The element of that name is over, and those within it that nobody
    /// closed.
    fn close(&mut self, name: &Range<usize>) {
        const DEEPEST: usize = 64;
        let mut above = self.open.iter().rev().take(DEEPEST);
        let same = |element: &Element| self.text[element.name.clone()] == self.text[name.clone()];
        let closed = above.position(same).map_or(0, |at| at + 1);
        self.open.truncate(self.open.len() - closed);
        let names_next = KEYS.contains(&local(self.text, name).as_str());
        let said = self.said.take().filter(|_| names_next);
        if let Some(element) = self.open.last_mut() {
            element.said = said;
        }
    }

    fn value(&mut self, span: Range<usize>, is_escaped: bool) {
        if span.is_empty() {
            return;
        }
        let text = &self.text[span.clone()];
        let is_value = text.len() <= LONGEST_VALUE && !text.contains('\n');
        let role = match self.name().filter(|_| is_value) {
            Some(name) => Role::Value {
                name: self.text[name].to_owned(),
            },
            None => Role::Output,
        };
        self.said = Some(span.clone()).filter(|_| is_value);
        self.draft(span, role, is_escaped);
    }

    /// What the text of the innermost element is called.
    fn name(&self) -> Option<Range<usize>> {
        let (element, above) = self.open.split_last()?;
        let says_nothing = VALUES.contains(&local(self.text, &element.name).as_str());
        let said = above.last().and_then(|above| above.said.clone());
        let said = said.filter(|_| says_nothing);
        Some(
            said.or_else(|| element.key.clone())
                .unwrap_or_else(|| element.name.clone()),
        )
    }
}

/// A name without its namespace, in small letters.
fn local(text: &str, name: &Range<usize>) -> String {
    let name = &text[name.clone()];
    name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase()
}

fn trimmed(text: &str, span: Range<usize>) -> Range<usize> {
    let within = &text[span.clone()];
    let start = span.start + (within.len() - within.trim_start().len());
    start..start + within.trim().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Vec<(String, String)> {
        let regions = Xml::new(text).regions(&|_| true);
        let told = |region: Region| {
            let name = match &region.role {
                Role::Value { name } => name.clone(),
                role => format!("{role:?}"),
            };
            (name, region.text().to_owned())
        };
        regions.into_iter().map(told).collect()
    }

    fn pairs(values: &[(String, String)]) -> Vec<(&str, &str)> {
        values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    #[test]
    fn elements_and_attributes_name_values() {
        let text = r#"<s><password>a&amp;b</password><add key="Api" value='c'/>
            <e key="k">d</e><p><name>n</name><value>f</value></p>
            <dict><key>t</key><string>g</string></dict><x><![CDATA[h<]]></x><!-- i --></s>"#;
        assert_eq!(
            pairs(&values(text)),
            [
                ("password", "a&b"),
                ("key", "Api"),
                ("Api", "c"),
                ("key", "k"),
                ("k", "d"),
                ("name", "n"),
                ("n", "f"),
                ("key", "t"),
                ("t", "g"),
                ("x", "h<"),
                ("Prose", "<!-- i -->"),
            ]
        );
    }

    #[test]
    fn what_is_broken_is_read_as_far_as_it_goes() {
        assert_eq!(
            pairs(&values("<a><b>c</a>d")),
            [("b", "c"), ("Output", "d")]
        );
        assert_eq!(
            pairs(&values("<a>x\ny</a></b><c")),
            [("Output", "x\ny"), ("Output", "<c")]
        );
    }
}

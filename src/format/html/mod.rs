//! HTML: pages, and notebooks exported as pages.
//!
//! The text is what a person reads: the tags are skipped, so that a value cut
//! by the colours of a highlighter is whole; a row of a table is a line. The
//! tags are read by themselves, for their attributes; so are scripts, comments
//! and files within the page. Each byte is in one of them, in blocks, so that
//! only what is near an anchor is decoded.

pub mod data;

use std::ops::Range;

use super::{Format, Hint, Opened, Outline};
use crate::layer::mosaic::Mosaic;
use crate::layer::{Map, Stack, base64, html, percent, slice};
use crate::lines::Lines;
use crate::region::{Extent, Language, Place, Region, Role};
use crate::syntax::markup::{Dialect, Token, TokenKind, attributes, tokens};
use data::{Data, between, data};

/// Pages.
pub(super) const FORMAT: Format = Format {
    title: "HTML",
    is_told,
    open: |hint| Ok(Box::new(Page::new(hint.text))),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let begins = |start: &str| {
        let line = hint.first_line();
        line.get(..start.len())
            .is_some_and(|line| line.eq_ignore_ascii_case(start))
    };
    hint.ends_in(&["html", "htm", "xhtml"]) || begins("<!doctype html") || begins("<html")
}

/// How long a block is, if no token is longer.
const BLOCK: usize = 64 * 1024;

/// A page, and the files within it.
#[derive(Debug)]
struct Page<'t> {
    text: &'t str,
    data: Vec<Data>,
}

/// Tokens that follow one another: their text is one region, their tags are
/// another one.
#[derive(Clone)]
struct Block {
    span: Range<usize>,
    tokens: Vec<Token>,
    /// How many elements around its beginning keep white space.
    depth: usize,
}

/// What of a page is one region.
enum Draft {
    Text(Block),
    Tags(Block),
    Comment(Range<usize>),
    Script(Range<usize>, Language),
    /// Code as marimo keeps it, percent-encoded.
    Marimo(Range<usize>),
    File(Range<usize>),
}

impl Draft {
    fn span(&self) -> Range<usize> {
        match self {
            Self::Text(block) | Self::Tags(block) => block.span.clone(),
            Self::Comment(span) | Self::Script(span, _) => span.clone(),
            Self::Marimo(span) | Self::File(span) => span.clone(),
        }
    }

    fn extent(&self) -> Extent {
        Extent {
            // Tags stand between names and values, where the first look at the
            // bytes sees neither: the second one reads the text.
            is_encoded: !matches!(self, Self::Script(..) | Self::Comment(_) | Self::Tags(_)),
            ..Extent::plain(self.span())
        }
    }
}

/// Stands for a tag within a word as highlighters write it. It is a border, and
/// there is a view of the text without it. (Other tags part what people mean
/// to part: `<b>value</b>and`.)
const CUT: &str = "\u{200b}";

const MARIMO: &str = "marimo-code";

impl<'t> Page<'t> {
    fn new(text: &'t str) -> Self {
        let data = data(text);
        Self { text, data }
    }

    /// Every part of the page once, by where it begins.
    fn drafts(&self, mut take: impl FnMut(Draft)) {
        let mut walk = Walk::new(self.text);
        for token in tokens(self.text, Dialect::Html) {
            walk.take(token, &mut take);
        }
        walk.end(&mut take);
        let files = self.data.iter().filter(|data| !data.is_media);
        for file in files {
            take(Draft::File(file.span.clone()));
        }
    }

    fn region(&self, draft: Draft, lines: &Lines) -> Region {
        let extent = draft.extent();
        let span = extent.span.clone();
        let plain = || Stack::new(self.without_files(span.clone()).peeled(str::to_owned));
        let (stack, role, later) = match draft {
            Draft::Text(block) => {
                let (stack, later) = self.text_of(&block, lines);
                (stack, Role::Output, later)
            }
            Draft::Tags(block) => {
                let (stack, later) = self.tags_of(&block, lines);
                (stack, Role::Code(Language::Html), later)
            }
            Draft::Comment(_) => (plain(), Role::Prose, Vec::new()),
            Draft::Script(_, language) => (plain(), Role::Code(language), Vec::new()),
            Draft::Marimo(_) => (
                with(plain(), percent::peel),
                Role::Code(Language::Python),
                Vec::new(),
            ),
            Draft::File(span) => {
                let stack = Stack::new(slice::peel(self.text, span));
                (with(stack, base64::peel), Role::Output, Vec::new())
            }
        };
        let peeled = slice::peel(self.text, span.start..span.start);
        Region {
            stack,
            later,
            place: place(lines, span.start),
            extent,
            standalone: true,
            ..Region::new(peeled, span, role)
        }
    }

    /// A part of the page without the files in it.
    fn without_files(&self, span: Range<usize>) -> Mosaic<'t> {
        let mut mosaic = Mosaic::new(self.text, span.start);
        self.keep(&mut mosaic, span);
        mosaic
    }

    fn keep(&self, mosaic: &mut Mosaic<'_>, span: Range<usize>) {
        let first = self
            .data
            .partition_point(|data| data.span.end <= span.start);
        let mut start = span.start;
        for data in self.data.iter().skip(first) {
            if data.span.start >= span.end {
                break;
            }
            mosaic.keep(start..data.span.start.max(start));
            start = data.span.end.min(span.end);
        }
        mosaic.keep(start..span.end);
    }

    /// The text of a block, and where the lines of the page are in it.
    fn text_of(&self, block: &Block, lines: &Lines) -> (Stack, Vec<(usize, Place)>) {
        let mut mosaic = Mosaic::new(self.text, block.span.start);
        let mut later = Vec::new();
        let mut depth = block.depth;
        let mut skipped = None;
        for token in &block.tokens {
            let span = token.span.clone();
            let (name, opens) = match &token.kind {
                TokenKind::Open { name, .. } => (name, true),
                TokenKind::Close { name } => (name, false),
                TokenKind::Text => {
                    if let Some((tag, sign)) = skipped.take()
                        && self.cuts_word(&mosaic, &span)
                    {
                        mosaic.mark(tag, sign);
                    }
                    later.push((mosaic.len(), place(lines, span.start)));
                    let is_space = self.text[span.clone()].trim().is_empty();
                    match is_space && depth == 0 {
                        true => mosaic.mark(span, " "),
                        false => self.keep(&mut mosaic, span),
                    }
                    continue;
                }
                _ => continue,
            };
            match is_pre(self.text, name) {
                true if opens => depth += 1,
                true => depth = depth.saturating_sub(1),
                false => {}
            }
            match sign(&self.text[name.clone()], opens) {
                Some(sign) => mosaic.mark(span, sign),
                None => {
                    let colours = matches!(&self.text[name.clone()], "span" | "SPAN" | "wbr");
                    skipped = Some((span, if colours { CUT } else { " " }));
                }
            }
        }
        let stack = Stack::new(mosaic.peeled(str::to_owned));
        match html::peel(stack.text()) {
            Some(peeled) => {
                let later = moved(later, &peeled.map);
                (stack.with(peeled), later)
            }
            None => (stack, later),
        }
    }

    /// Whether a tag stands within what would be a word without it: the end of
    /// one value and the beginning of something else, or a value that is cut.
    fn cuts_word(&self, before: &Mosaic<'_>, text: &Range<usize>) -> bool {
        let is_of_word = |c: char| c.is_alphanumeric() || "_-.+/=~".contains(c);
        let next = self.text[text.clone()].chars().next();
        before.last().is_some_and(is_of_word) && next.is_some_and(is_of_word)
    }

    /// The tags of a block, each on a line.
    fn tags_of(&self, block: &Block, lines: &Lines) -> (Stack, Vec<(usize, Place)>) {
        let mut mosaic = Mosaic::new(self.text, block.span.start);
        let mut later = Vec::new();
        for token in &block.tokens {
            if token.kind == TokenKind::Text {
                mosaic.mark(token.span.clone(), "\n");
                continue;
            }
            later.push((mosaic.len(), place(lines, token.span.start)));
            self.keep(&mut mosaic, token.span.clone());
        }
        (Stack::new(mosaic.peeled(str::to_owned)), later)
    }
}

fn is_pre(text: &str, name: &Range<usize>) -> bool {
    text[name.clone()].eq_ignore_ascii_case("pre")
}

/// The same stack with one layer more, if there is something to peel.
fn with(stack: Stack, peel: fn(&str) -> Option<crate::layer::Peeled>) -> Stack {
    match peel(stack.text()) {
        Some(peeled) => stack.with(peeled),
        None => stack,
    }
}

fn place(lines: &Lines, at: usize) -> Place {
    Place {
        lines_before: lines.line(at),
        ..Place::default()
    }
}

/// Places in a text that was peeled once more.
fn moved(later: Vec<(usize, Place)>, map: &Map) -> Vec<(usize, Place)> {
    let inner = |(at, place)| (map.inner(at), place);
    later.into_iter().map(inner).collect()
}

/// What a tag is to a person who reads: the end of a line, a table's border,
/// or nothing.
fn sign(name: &str, opens: bool) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    match (name.as_str(), opens) {
        ("td" | "th", true) => Some("|"),
        ("tr", true) => Some("\n"),
        // So a table is written where its header must be told.
        ("thead", false) => Some("\n|--|"),
        ("dd", true) => Some(": "),
        ("dt", true) => Some("\n"),
        ("td" | "th" | "tr" | "thead" | "tbody" | "tfoot" | "dd" | "dt", _) => None,
        (
            "br" | "hr" | "p" | "div" | "pre" | "li" | "ul" | "ol" | "dl" | "table" | "section"
            | "article" | "header" | "footer" | "main" | "nav" | "aside" | "h1" | "h2" | "h3"
            | "h4" | "h5" | "h6" | "blockquote" | "figure" | "figcaption" | "form" | "fieldset"
            | "option" | "textarea" | "title" | "head" | "body" | "html" | "summary" | "details"
            | "caption" | "button" | "label" | "iframe",
            _,
        ) => Some("\n"),
        _ => None,
    }
}

/// A walk over tokens, which makes blocks of them.
struct Walk<'t> {
    text: &'t str,
    start: usize,
    block: Vec<Token>,
    /// See [`Block::depth`]: at the beginning of the block.
    depth: usize,
    /// The element whose content is read by itself.
    within: Option<Within>,
}

enum Within {
    Script(Language),
    Marimo,
}

impl<'t> Walk<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            start: 0,
            block: Vec::new(),
            depth: 0,
            within: None,
        }
    }

    fn take(&mut self, token: Token, take: &mut impl FnMut(Draft)) {
        let span = token.span.clone();
        let own = match (&token.kind, self.within.take()) {
            (TokenKind::Comment, _) => Some(Draft::Comment(span.clone())),
            (TokenKind::Raw, Some(Within::Script(language))) => {
                Some(Draft::Script(span.clone(), language))
            }
            (TokenKind::Text, Some(Within::Marimo)) => Some(Draft::Marimo(span.clone())),
            (TokenKind::Open { name, .. }, _) => {
                self.within = self.within(name, &span);
                None
            }
            _ => None,
        };
        match own {
            Some(draft) => take(draft),
            None => self.block.push(token),
        }
        // A block may end between tags, but not within a line of text.
        let is_tag = self
            .block
            .last()
            .is_some_and(|last| last.kind != TokenKind::Text);
        if span.end - self.start >= BLOCK && is_tag && self.within.is_none() {
            self.end(take);
        }
    }

    fn within(&self, name: &Range<usize>, tag: &Range<usize>) -> Option<Within> {
        let element = self.text[name.clone()].to_ascii_lowercase();
        match element.as_str() {
            MARIMO => Some(Within::Marimo),
            "style" => Some(Within::Script(Language::BrowserScript)),
            "script" => {
                let attributes = attributes(self.text, name, tag);
                let kind = attributes
                    .iter()
                    .find(|one| self.text[one.name.clone()].eq_ignore_ascii_case("type"))
                    .map_or("", |one| &self.text[one.value.clone()]);
                Some(Within::Script(match kind.contains("json") {
                    true => Language::Json,
                    false => Language::BrowserScript,
                }))
            }
            _ => None,
        }
    }

    fn end(&mut self, take: &mut impl FnMut(Draft)) {
        let tokens = std::mem::take(&mut self.block);
        let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
            return;
        };
        let span = first.span.start..last.span.end;
        self.start = span.end;
        let depth = self.depth;
        for token in &tokens {
            match &token.kind {
                TokenKind::Open { name, .. } if is_pre(self.text, name) => self.depth += 1,
                TokenKind::Close { name } if is_pre(self.text, name) => {
                    self.depth = self.depth.saturating_sub(1);
                }
                _ => {}
            }
        }
        let block = Block {
            span,
            tokens,
            depth,
        };
        take(Draft::Text(block.clone()));
        take(Draft::Tags(block));
    }
}

impl Opened for Page<'_> {
    /// All but pictures.
    fn texts(&self) -> Vec<Range<usize>> {
        between(self.text, self.data.iter().filter(|data| data.is_media))
    }

    /// See [`Draft::extent`].
    fn may_be_encoded(&self) -> bool {
        true
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut regions = Vec::new();
        self.drafts(|draft| {
            if wanted(&draft.extent()) {
                regions.push(self.region(draft, &lines));
            }
        });
        regions.sort_by_key(|region| region.extent.span.start);
        regions
    }

    fn code(&self) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut code = Vec::new();
        self.drafts(|draft| {
            if matches!(draft, Draft::Marimo(_)) {
                code.push(self.region(draft, &lines));
            }
        });
        code
    }

    fn outline(&self) -> Outline {
        outline(self.text, Dialect::Html)
    }
}

/// The names of all tags, in order.
pub(super) fn outline(text: &str, dialect: Dialect) -> Outline {
    let mut names = String::new();
    for token in tokens(text, dialect) {
        match token.kind {
            TokenKind::Open { name, .. } => names.push_str(&text[name]),
            TokenKind::Close { name } => {
                names.push('/');
                names.push_str(&text[name]);
            }
            TokenKind::Comment => names.push('!'),
            TokenKind::Other => names.push('?'),
            TokenKind::CharacterData(_) => names.push('['),
            TokenKind::Text | TokenKind::Raw => continue,
        }
        names.push(' ');
    }
    Outline(vec![names])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(text: &str) -> Vec<(String, Role)> {
        let regions = Page::new(text).regions(&|_| true);
        let told = |region: &Region| (region.text().to_owned(), region.role.clone());
        regions.iter().map(told).collect()
    }

    #[test]
    fn text_is_read_without_the_tags_that_colour_it() {
        let text = "<pre><span>key</span> = <span>&quot;a</span><span>b&quot;</span>\n</pre>";
        let [(read, role), (tags, _)] = &regions(text)[..] else {
            panic!("two regions");
        };
        assert_eq!(read, "\nkey = \"a\u{200b}b\"\n\n");
        assert_eq!(*role, Role::Output);
        assert_eq!(
            tags,
            "<pre><span>\n</span>\n<span>\n</span><span>\n</span>\n</pre>"
        );
    }

    #[test]
    fn tables_are_lines_with_borders() {
        let text = "<table>\n<thead>\n <tr>\n  <th>a</th>\n  <th>b</th>\n </tr>\n</thead>\n<tbody>\n<tr><td>1</td><td>2</td></tr></tbody></table>";
        let read = &regions(text)[0].0;
        let lines: Vec<_> = read.lines().map(|line| line.replace(' ', "")).collect();
        assert_eq!(lines, ["", "", "|a|b", "|--|", "|1|2"]);
    }

    #[test]
    fn scripts_comments_and_files_are_read_by_themselves() {
        let text = "a<!-- b --><script type='application/json'>{}</script><script>c</script><a href=\"data:text/plain;base64,aGVsbG8=\"><marimo-code hidden>x%20%3D%201</marimo-code>";
        let told = regions(text);
        let has = |text: &str, role: Role| told.contains(&(text.to_owned(), role));
        assert!(has("<!-- b -->", Role::Prose));
        assert!(has("{}", Role::Code(Language::Json)));
        assert!(has("c", Role::Code(Language::BrowserScript)));
        assert!(has("hello", Role::Output));
        assert!(has("x = 1", Role::Code(Language::Python)));
        assert!(
            told.iter()
                .any(|(text, _)| text.contains("<a href=\"data:text/plain;base64,\">"))
        );
    }

    #[test]
    fn findings_are_placed_in_the_lines_of_the_file() {
        let text = "<p>\n\n</p><p>a\nkey</p>";
        let regions = Page::new(text).regions(&|_| true);
        let at = regions[0].text().find("key").unwrap();
        let lines = Lines::of(regions[0].text());
        assert_eq!(regions[0].locate(at, &lines).1, 4);
    }
}

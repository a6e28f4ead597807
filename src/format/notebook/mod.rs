//! Jupyter notebooks, nbformat 3 and 4.0 to 4.5, as regions.
//!
//! The file is read as spans (see [`super::json`]) and never written anew.
//! Every string of it becomes part of a region, also in places that no version
//! of the format knows; images are skipped by their type.
//!
//! Format: nbformat's JSON schemas, v3 and v4.0 to v4.5; `text` below is the
//! schema's `multiline_string`, one string or a list that is joined without a
//! separator. JSON MIME types are the exception: there a list is a list.

pub mod clear;
mod walk;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use super::json::{Cursor, Document, Member, Shape};
use super::{Format, Hint, Malformed, Opened, Outline};
use crate::layer::{Map, ansi, base64, json_text, picture, slice};
use crate::region::{Extent, Language, Place, Region, Role};
use crate::syntax::{language, magic};
pub(super) use walk::is_media;
use walk::{PASSWORD, Walk, old_mime};

/// Jupyter notebooks. A broken one is an error: half a notebook is a save that
/// is not done yet, or a merge gone wrong, and not for us to mend.
pub(super) const FORMAT: Format = Format {
    title: "a notebook",
    is_told,
    open: |hint| Ok(Box::new(Unopened::read(hint.text)?)),
    is_strict: true,
};

/// The document as a notebook, if it is one under another name; else it comes
/// back.
pub(super) fn if_one(document: Document<'_>) -> Result<Box<dyn Opened + '_>, Document<'_>> {
    let is_one = document.root().is_some_and(|root| {
        root.shape() == Shape::Object
            && cells(root).is_some()
            && root.members().any(|member| member.key.raw() == "nbformat")
    });
    match is_one {
        true => Ok(Box::new(Unopened::of(document))),
        false => Err(document),
    }
}

/// By its ending; without one (standard input) by what it begins with.
fn is_told(hint: &Hint<'_>) -> bool {
    let begins_so = || {
        let text = hint.text.trim_start_matches('\u{feff}').trim_start();
        let has = |key: &str| memchr::memmem::find(text.as_bytes(), key.as_bytes()).is_some();
        text.starts_with('{') && (has("\"cells\"") || has("\"worksheets\""))
    };
    hint.ends_in(&["ipynb"]) || hint.extension().is_empty() && begins_so()
}

/// A notebook of which no more is known than that it is one.
///
/// Most notebooks hold nothing of interest: they are read and searched, and
/// never walked.
#[derive(Debug)]
pub struct Unopened<'s> {
    document: Document<'s>,
    /// Its media, once they were asked for.
    media: OnceCell<Vec<Medium>>,
}

/// A picture, a sound, a film or a font.
#[derive(Debug, Clone, Copy)]
struct Medium {
    /// Its index in the document.
    node: usize,
    /// In an output, and not attached to a cell.
    is_output: bool,
}

/// Shorter media are searched like text: to start a search anew costs more.
const LONG_MEDIA: usize = 1024;

/// What a text is that is no JSON, if that can be told: a notebook is often saved as the
/// page that shows it, and merges leave their marks.
fn instead(source: &str) -> Option<Malformed> {
    const CONFLICT: &str = "<<<<<<< ";
    if source.trim_start().starts_with('<') && !source.trim_start().starts_with(CONFLICT) {
        let what = "this is a page that shows something (HTML); download the raw file";
        return Some(Malformed::at(source, 0, what));
    }
    let mark = source.starts_with(CONFLICT).then_some(0);
    let at = mark.or_else(|| Some(source.find("\n<<<<<<< ")? + 1))?;
    let what = "the marks of an unfinished merge begin here; finish it";
    Some(Malformed::at(source, at, what))
}

impl<'s> Unopened<'s> {
    /// Reads a notebook.
    pub fn read(source: &'s str) -> Result<Self, Malformed> {
        if source.trim_start().is_empty() {
            // A file that was made and not written yet.
            return Ok(Self::of(Document::empty(source)));
        }
        let document = Document::read(source).map_err(|why| instead(source).unwrap_or(why))?;
        let root = document
            .root()
            .filter(|root| root.shape() == Shape::Object)
            .ok_or_else(|| Malformed::at(source, 0, "this is not an object with cells"))?;
        if cells(root).is_none() {
            let what = "this JSON has no `cells` or `worksheets`";
            return Err(Malformed::at(source, 0, what));
        }
        Ok(Self::of(document))
    }

    fn of(document: Document<'s>) -> Self {
        Self {
            document,
            media: OnceCell::new(),
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &'s str {
        self.document.source()
    }

    /// All media of its cells.
    fn media(&self) -> &[Medium] {
        let medium = |is_output| {
            move |value: Cursor<'_>| Medium {
                node: value.index(),
                is_output,
            }
        };
        self.media.get_or_init(|| {
            let mut all = Vec::new();
            let cells = self.document.root().and_then(cells).unwrap_or_default();
            for member in cells.into_iter().flat_map(Cursor::members) {
                let Some(value) = member.value else {
                    continue;
                };
                match member.key.raw() {
                    "outputs" => {
                        let members = value.elements().flat_map(Cursor::members);
                        all.extend(members.flat_map(media).map(medium(true)));
                    }
                    "attachments" => {
                        let bundles = value.members().filter_map(|attached| attached.value);
                        all.extend(bundles.flat_map(media_of).map(medium(false)));
                    }
                    _ => {}
                }
            }
            all
        })
    }

    /// Walks through all of it.
    pub fn walk(&self) -> Notebook<'s> {
        self.walk_where(&|_, _| true)
    }

    /// Walks through it and drafts only what is `wanted`: asked with the bytes
    /// of each place, and with whether it is in base64; of a place that holds
    /// others, with whether one of these may be. (What a stream printed
    /// is drafted always: it goes on in other places.)
    pub fn walk_where(&self, wanted: &dyn Fn(Range<usize>, bool) -> bool) -> Notebook<'s> {
        let mut walk = Walk {
            drafts: Vec::new(),
            outline: Bones::default(),
            kernel: Language::Python,
            encoded: false,
            wanted,
        };
        if let Some(root) = self.document.root() {
            walk.kernel = kernel(root);
            walk.outline.nbformat = version(root);
            for (index, cell) in cells(root).into_iter().flatten().enumerate() {
                walk.cell(index + 1, cell);
            }
            walk.rest(root);
        }
        Notebook {
            source: self.source(),
            drafts: walk.drafts,
            bones: walk.outline,
        }
    }
}

impl Opened for Unopened<'_> {
    /// The file without its long pictures, which the walk passes over: what is
    /// left is all that can hold something.
    fn texts(&self) -> Vec<Range<usize>> {
        let mut media: Vec<_> = (self.media().iter())
            .filter_map(|medium| Some(self.document.node(medium.node)?.span()))
            .filter(|span| span.len() >= LONG_MEDIA)
            .collect();
        media.sort_unstable_by_key(|media| media.start);
        let mut texts = Vec::new();
        let mut start = 0;
        for media in media {
            if media.start >= start {
                texts.push(start..media.start);
                start = media.end;
            }
        }
        texts.push(start..self.source().len());
        texts
    }

    fn closing_quotes(&self, each: &mut dyn FnMut(usize)) -> bool {
        self.document.closing_quotes().for_each(each);
        true
    }

    /// Attachments, the replies that Colab keeps, and pictures in which a
    /// program wrote something beside the pixels.
    fn may_be_encoded(&self) -> bool {
        let mut outputs = self.media().iter().filter(|medium| medium.is_output);
        self.document.has_key(&["resources", "attachments"])
            || outputs.any(|medium| self.document.node(medium.node).is_some_and(is_worth_a_look))
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let may_be_wanted = |span, is_encoded| {
            wanted(&Extent {
                span,
                is_encoded,
                // Not known before it is drafted.
                is_password: true,
            })
        };
        let notebook = self.walk_where(&may_be_wanted);
        notebook.regions_where(|draft| wanted(&draft.extent()))
    }

    fn code(&self) -> Vec<Region> {
        self.walk().regions_where(Draft::is_source)
    }

    fn outline(&self) -> Outline {
        self.walk().bones.told()
    }
}

/// Whether a picture has text beside its pixels.
fn is_worth_a_look(value: Cursor<'_>) -> bool {
    match value.shape() {
        Shape::String => picture::is_worth_a_look(std::iter::once(value.raw())),
        Shape::Array => picture::is_worth_a_look(value.elements().map(|item| item.raw())),
        _ => false,
    }
}

/// The media of one member of an output: in its MIME bundle, or itself one as
/// nbformat 3 has it.
fn media(member: Member<'_>) -> impl Iterator<Item = Cursor<'_>> {
    let bundle = member
        .value
        .filter(|value| member.key.raw() == "data" && value.shape() == Shape::Object);
    let itself = old_mime(member.key.raw()).filter(|mime| is_media(mime));
    let inner = bundle.into_iter().flat_map(media_of);
    itself.and(member.value).into_iter().chain(inner)
}

/// The media of a MIME bundle.
fn media_of(bundle: Cursor<'_>) -> impl Iterator<Item = Cursor<'_>> {
    bundle
        .members()
        .filter(|member| is_media(&plain(member.key.raw())))
        .filter_map(|member| member.value)
}

/// A MIME type without the escapes that JSON allows before slashes.
fn plain(mime: &str) -> Cow<'_, str> {
    match mime.contains('\\') {
        true => mime.replace("\\/", "/").into(),
        false => mime.into(),
    }
}

/// A notebook as drafts of regions, which are decoded only when asked for.
#[derive(Debug)]
pub struct Notebook<'s> {
    source: &'s str,
    /// In the order of the walk: cells first, then what is left.
    pub drafts: Vec<Draft>,
    /// What must be the same after any edit.
    pub bones: Bones,
}

/// The bones of a notebook: they stay as they are, whatever is edited.
#[derive(Debug, Default)]
pub struct Bones {
    cells: Vec<CellBones>,
    nbformat: String,
}

#[derive(Debug, Default)]
struct CellBones {
    cell_type: String,
    id: Option<String>,
    outputs: Vec<String>,
}

impl Bones {
    /// The bones in words, each by itself.
    fn told(self) -> Outline {
        let cell = |cell: CellBones| {
            let id = cell
                .id
                .map_or_else(String::new, |id| format!(" called {id}"));
            let outputs = cell.outputs.join(", ");
            format!("{} cell{id} with outputs [{outputs}]", cell.cell_type)
        };
        let version = format!("nbformat {}", self.nbformat);
        Outline(
            std::iter::once(version)
                .chain(self.cells.into_iter().map(cell))
                .collect(),
        )
    }
}

/// A region before its strings are decoded.
#[derive(Debug)]
pub struct Draft {
    /// The contents of its JSON strings.
    items: Vec<Range<usize>>,
    /// Where each further output begins, for streams that go on: index into
    /// `items` and the output's number.
    outputs: Vec<(usize, usize)>,
    list: bool,
    encoding: Encoding,
    role: Role,
    place: Place,
}

/// How the text of a draft is encoded in its strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Not at all.
    Plain,
    /// In base64, perhaps.
    Base64,
    /// Beside the pixels of a picture that is in base64.
    Picture,
}

impl<'s> Notebook<'s> {
    /// Reads a notebook.
    pub fn read(source: &'s str) -> Result<Self, Malformed> {
        Unopened::read(source).map(|unopened| unopened.walk())
    }

    /// The text it was read from.
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// Decodes all drafts.
    pub fn all_regions(&self) -> Vec<Region> {
        self.regions_where(|_| true)
    }

    /// Decodes the drafts for which `wanted` holds.
    pub fn regions_where(&self, wanted: impl Fn(&Draft) -> bool) -> Vec<Region> {
        self.drafts
            .iter()
            .filter(|draft| wanted(draft))
            .flat_map(|draft| self.regions(draft))
            .collect()
    }

    /// Decodes one draft. A code cell with a cell magic gives a region for the
    /// magic's line and one for what stands below.
    pub fn regions(&self, draft: &Draft) -> Vec<Region> {
        let bottom = json_text::peel(self.source, &draft.items, draft.list);
        let extent = draft.extent();
        let later = draft.later(&bottom.map);
        let mut region = Region {
            place: draft.place.clone(),
            later,
            ..Region::new(bottom, extent.span.clone(), draft.role.clone())
        };
        region.extent = extent;
        let peeled = match draft.encoding {
            Encoding::Plain => None,
            Encoding::Base64 => base64::peel(region.text()),
            Encoding::Picture => match picture::peel(region.text()) {
                Some(peeled) => Some(peeled),
                None => return Vec::new(),
            },
        };
        if let Some(peeled) = peeled {
            region.stack = region.stack.with(peeled);
        }
        match region.role {
            Role::Code(kernel) => by_magic(region, kernel),
            _ => {
                if let Some(peeled) = ansi::peel(region.text()) {
                    region.later = moved(&region.later, &peeled.map);
                    region.stack = region.stack.with(peeled);
                }
                vec![region]
            }
        }
    }
}

/// The starts of later places, in a text that was peeled once more.
fn moved(later: &[(usize, Place)], map: &Map) -> Vec<(usize, Place)> {
    later
        .iter()
        .map(|(at, place)| (map.inner(*at), place.clone()))
        .collect()
}

/// Cuts a cell by its magics into regions of one language each.
fn by_magic(region: Region, kernel: Language) -> Vec<Region> {
    let parts = magic::parts(region.text(), kernel);
    if let [part] = parts.as_slice()
        && part.span == (0..region.text().len())
    {
        let role = Role::Code(part.language);
        return vec![Region { role, ..region }];
    }
    parts
        .into_iter()
        .map(|part| {
            let before = &region.text()[..part.span.start];
            Region {
                stack: region
                    .stack
                    .with(slice::peel(region.text(), part.span.clone())),
                role: Role::Code(part.language),
                place: Place {
                    lines_before: before.matches('\n').count(),
                    ..region.place.clone()
                },
                extent: region.extent.clone(),
                later: Vec::new(),
                standalone: part.standalone,
                is_private: false,
                idiom: None,
            }
        })
        .collect()
}

impl Draft {
    /// The bytes it comes from, from the first to the last.
    fn hull(&self) -> Range<usize> {
        match (self.items.first(), self.items.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    /// The bytes it comes from, and what is known of them.
    fn extent(&self) -> Extent {
        Extent {
            span: self.hull(),
            is_encoded: self.encoding != Encoding::Plain,
            is_password: matches!(&self.role, Role::Value { name } if name == PASSWORD),
        }
    }

    /// Where in the text later outputs of a stream begin, by the map of its
    /// strings.
    fn later(&self, map: &Map) -> Vec<(usize, Place)> {
        let place = |output| Place {
            part: format!("output {output}"),
            ..self.place.clone()
        };
        let starts = self.outputs.iter().filter_map(|&(item, output)| {
            let item = self.items.get(item)?;
            Some((map.inner(item.start), place(output)))
        });
        starts.collect()
    }

    /// Whether it is a cell's source in this language, before magics.
    pub fn is_source(&self) -> bool {
        matches!(self.role, Role::Code(_))
    }
}

/// The cells of a notebook of either version, in order.
fn cells(root: Cursor<'_>) -> Option<Vec<Cursor<'_>>> {
    if let Some(cells) = root.get("cells") {
        return (cells.shape() == Shape::Array).then(|| cells.elements().collect());
    }
    let sheets = root.get("worksheets")?;
    (sheets.shape() == Shape::Array).then(|| {
        sheets
            .elements()
            .filter_map(|sheet| sheet.get("cells"))
            .flat_map(Cursor::elements)
            .collect()
    })
}

fn version(root: Cursor<'_>) -> String {
    let number = |name: &str| {
        root.members()
            .find(|member| member.key.raw() == name && member.value.is_none())
            .map_or("", |member| member.scalar())
    };
    format!("{}.{}", number("nbformat"), number("nbformat_minor"))
}

/// The language that the notebook's metadata names; Python if none does.
fn kernel(root: Cursor<'_>) -> Language {
    let metadata = root.get("metadata");
    let named = |outer: &str, inner: &str| {
        metadata
            .and_then(|metadata| metadata.get(outer)?.get(inner))
            .filter(|name| name.shape() == Shape::String)
            .map(|name| language::of_kernel(name.raw()))
    };
    named("language_info", "name")
        .or_else(|| named("kernelspec", "language"))
        .or_else(|| named("kernelspec", "name"))
        .unwrap_or(Language::Python)
}

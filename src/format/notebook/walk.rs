//! The walk through a notebook: which string is part of which region.

use std::ops::Range;

use super::{Bones, CellBones, Draft, Encoding, is_worth_a_look};
use crate::format::json::{Cursor, Leaf, Shape};
use crate::region::{Language, Place, Role};
use crate::syntax::language;

/// A walk through a notebook, which drafts its regions on the way.
pub(super) struct Walk<'w> {
    pub drafts: Vec<Draft>,
    pub outline: Bones,
    /// The language of code, where a cell names no other.
    pub kernel: Language,
    /// Texts are in base64 here.
    pub encoded: bool,
    /// Which bytes are drafted. If a place is not, nothing within it is.
    pub wanted: &'w dyn Fn(Range<usize>, bool) -> bool,
}

impl Walk<'_> {
    pub fn cell(&mut self, number: usize, cell: Cursor<'_>) {
        let cell_type = cell.get("cell_type").map_or("", |value| value.raw());
        self.outline.cells.push(CellBones {
            cell_type: cell_type.to_owned(),
            id: cell.get("id").map(|id| id.raw().to_owned()),
            outputs: Vec::new(),
        });
        let place = |part: &str| Place {
            cell: Some(number),
            part: part.to_owned(),
            lines_before: 0,
        };
        let role = match cell_type {
            "code" => Role::Code(self.language(cell)),
            _ => Role::Prose,
        };
        // The source first, wherever the file has it: a person reads it so.
        for member in cell.members() {
            if let ("source" | "input", Some(value)) = (member.key.raw(), member.value) {
                self.text(value, role.clone(), place(""));
            }
        }
        for member in cell.members() {
            let Some(value) = member.value else { continue };
            match member.key.raw() {
                "cell_type" | "id" | "source" | "input" => {}
                "outputs" => self.outputs(value, &place("")),
                "attachments" => self.attachments(value, &place("")),
                key => self.leaves(value, Some(member.key), &place(key)),
            }
        }
    }

    /// A cell's own language, where an editor noted one or nbformat 3 did.
    fn language(&self, cell: Cursor<'_>) -> Language {
        let vscode = cell
            .get("metadata")
            .and_then(|metadata| metadata.get("vscode")?.get("languageId"));
        vscode
            .or_else(|| cell.get("language"))
            .filter(|name| name.shape() == Shape::String)
            .map_or(self.kernel, |name| language::of_kernel(name.raw()))
    }

    fn outputs(&mut self, outputs: Cursor<'_>, place: &Place) {
        if outputs.shape() != Shape::Array {
            return self.leaves(outputs, None, place);
        }
        let mut streams: Vec<(String, usize)> = Vec::new();
        for (index, output) in outputs.elements().enumerate() {
            let place = Place {
                part: format!("output {}", index + 1),
                ..place.clone()
            };
            let output_type = output.get("output_type").map_or("", |value| value.raw());
            if let Some(cell) = self.outline.cells.last_mut() {
                cell.outputs.push(output_type.to_owned());
            }
            for member in output.members() {
                let Some(value) = member.value else { continue };
                match member.key.raw() {
                    "output_type" => {}
                    "text" if output_type == "stream" => {
                        let name = output
                            .get("name")
                            .or_else(|| output.get("stream"))
                            .map_or("", |name| name.raw());
                        self.stream(name, index + 1, value, &place, &mut streams);
                    }
                    "data" if value.shape() == Shape::Object => self.bundle(value, &place),
                    "evalue" | "ename" => self.text(value, Role::Output, place.clone()),
                    "traceback" => self.each(value, &Role::Output, &place),
                    // nbformat 3 keeps the MIME bundle's members right here.
                    key if old_mime(key).is_some() => {
                        self.mime(old_mime(key).unwrap_or(key), value, &place);
                    }
                    _ => self.leaves(value, Some(member.key), &place),
                }
            }
        }
    }

    /// A stream's text goes on where the cell wrote to it before, whatever
    /// other outputs lie between: a value may be cut there.
    fn stream(
        &mut self,
        name: &str,
        output: usize,
        value: Cursor<'_>,
        place: &Place,
        streams: &mut Vec<(String, usize)>,
    ) {
        let items = items(value);
        if let Some((_, index)) = streams.iter().find(|(known, _)| known == name)
            && let Some(draft) = self.drafts.get_mut(*index)
        {
            if !items.is_empty() {
                draft.outputs.push((draft.items.len(), output));
                draft.items.extend(items);
            }
            return;
        }
        let before = self.drafts.len();
        self.any_text(value, Role::Output, place.clone());
        if self.drafts.len() > before {
            streams.push((name.to_owned(), before));
        }
    }

    fn attachments(&mut self, attachments: Cursor<'_>, place: &Place) {
        for member in attachments.members() {
            let Some(bundle) = member.value else { continue };
            let place = Place {
                part: format!("attachment {}", member.key.raw()),
                ..place.clone()
            };
            for member in bundle.members() {
                let Some(value) = member.value else { continue };
                let mime = member.key.raw().replace("\\/", "/");
                self.encoded = true;
                self.mime(&mime, value, &place);
                self.encoded = false;
            }
        }
    }

    fn bundle(&mut self, bundle: Cursor<'_>, place: &Place) {
        for member in bundle.members() {
            if let Some(value) = member.value {
                self.mime(&member.key.raw().replace("\\/", "/"), value, place);
            }
        }
    }

    fn mime(&mut self, mime: &str, value: Cursor<'_>, place: &Place) {
        if is_media(mime) {
            return self.picture(value, place);
        }
        let is_json = mime == "application/json" || mime.ends_with("+json");
        if is_json {
            self.leaves(value, None, place);
        } else {
            self.text(value, Role::Output, place.clone());
        }
    }

    /// A picture, if a program wrote something beside its pixels.
    fn picture(&mut self, value: Cursor<'_>, place: &Place) {
        if is_worth_a_look(value) && (self.wanted)(value.span(), true) {
            let place = Place {
                part: format!("{}, picture", place.part),
                ..place.clone()
            };
            self.drafts.push(Draft {
                items: items(value),
                outputs: Vec::new(),
                list: value.shape() == Shape::Array,
                encoding: Encoding::Picture,
                role: Role::Output,
                place,
            });
        }
    }

    /// A text that is wanted.
    fn text(&mut self, value: Cursor<'_>, role: Role, place: Place) {
        if (self.wanted)(value.span(), self.encoded) {
            self.any_text(value, role, place);
        }
    }

    /// One string, or a list of them joined; anything else leaf by leaf.
    fn any_text(&mut self, value: Cursor<'_>, role: Role, place: Place) {
        let list = value.shape() == Shape::Array;
        let is_text = match value.shape() {
            Shape::String => true,
            Shape::Array => value.elements().all(|item| item.shape() == Shape::String),
            _ => false,
        };
        if !is_text {
            return self.leaves(value, None, &place);
        }
        let items = items(value);
        if !items.is_empty() {
            self.drafts.push(Draft {
                items,
                outputs: Vec::new(),
                list,
                encoding: encoding(self.encoded),
                role,
                place,
            });
        }
    }

    /// A list whose items stand for themselves.
    fn each(&mut self, value: Cursor<'_>, role: &Role, place: &Place) {
        if value.shape() != Shape::Array {
            return self.text(value, role.clone(), place.clone());
        }
        for item in value.elements() {
            self.text(item, role.clone(), place.clone());
        }
    }

    /// Every string and key of any JSON value for itself.
    fn leaves(&mut self, value: Cursor<'_>, above: Option<Cursor<'_>>, place: &Place) {
        for leaf in value.leaves_where(|span| (self.wanted)(span, true)) {
            let content = leaf.span();
            let key = leaf.key.or(above).filter(|_| !leaf.is_key());
            // Colab keeps replies to requests it made: base64 under `data`.
            let base64 = self.encoded || key.is_some_and(|key| key.raw() == "data");
            if content.is_empty() || !(self.wanted)(content.clone(), base64) {
                continue;
            }
            let role = match key {
                Some(key) => Role::Value {
                    name: name_of(&leaf, key),
                },
                None => Role::Metadata,
            };
            self.drafts.push(Draft {
                items: vec![content],
                outputs: Vec::new(),
                list: false,
                encoding: encoding(base64),
                role,
                place: place.clone(),
            });
        }
    }

    /// Whatever stands in the notebook beside its cells; also cells that
    /// readers do not see, as a second member of that name hides them.
    pub fn rest(&mut self, root: Cursor<'_>) {
        let name = root.get("cells").map_or("worksheets", |_| "cells");
        let read = root.get(name).map(|value| value.span());
        for member in root.members() {
            let Some(value) = member.value else { continue };
            let key = member.key.raw();
            let place = Place {
                cell: None,
                part: format!("notebook {key}"),
                lines_before: 0,
            };
            match key {
                _ if read != Some(value.span()) => self.leaves(value, Some(member.key), &place),
                "cells" => {}
                "worksheets" => {
                    for sheet in value.elements() {
                        for member in sheet.members().filter(|m| m.key.raw() != "cells") {
                            if let Some(value) = member.value {
                                self.leaves(value, Some(member.key), &place);
                            }
                        }
                    }
                }
                _ => self.leaves(value, Some(member.key), &place),
            }
        }
    }
}

/// The name that a leaf's value goes by: for the `value` of an interactive
/// widget what the widget says of itself.
fn name_of(leaf: &Leaf<'_>, key: Cursor<'_>) -> String {
    if key.raw() == "value" {
        if is_password_widget(leaf) {
            return PASSWORD.to_owned();
        }
        let is_widget = |object: &Cursor<'_>| object.get("_model_name").is_some();
        let widget = leaf.object.filter(is_widget);
        let description = widget.and_then(|widget| widget.get("description"));
        if let Some(description) = description.filter(|text| !text.raw().is_empty()) {
            return description.raw().trim_end_matches(':').to_owned();
        }
    }
    leaf.name().unwrap_or(key.raw()).to_owned()
}

/// The name of what is typed into a widget for passwords.
pub(super) const PASSWORD: &str = "password";

/// Whether a widget for passwords says this value. Its state names its model,
/// unless that was left out as a default: then the object around it does.
fn is_password_widget(leaf: &Leaf<'_>) -> bool {
    let within = leaf.object.and_then(|state| state.get("_model_name"));
    let around = leaf.outer.and_then(|model| model.get("model_name"));
    within
        .or(around)
        .is_some_and(|model| model.raw() == "PasswordModel")
}

fn encoding(base64: bool) -> Encoding {
    match base64 {
        true => Encoding::Base64,
        false => Encoding::Plain,
    }
}

/// The contents of a string, or of a list's strings.
fn items(value: Cursor<'_>) -> Vec<Range<usize>> {
    match value.shape() {
        Shape::String => vec![value.span()],
        _ => value.elements().map(|item| item.span()).collect(),
    }
}

/// MIME type of an output's member in nbformat 3.
pub(super) fn old_mime(key: &str) -> Option<&'static str> {
    Some(match key {
        "text" => "text/plain",
        "html" => "text/html",
        "svg" => "image/svg+xml",
        "latex" => "text/latex",
        "javascript" => "application/javascript",
        "json" => "text/json",
        "png" => "image/png",
        "jpeg" => "image/jpeg",
        "pdf" => "application/pdf",
        _ => return None,
    })
}

/// Pictures, sound, films, fonts: bytes that hold no text.
pub(in crate::format) fn is_media(mime: &str) -> bool {
    let class = mime.split('/').next().unwrap_or(mime);
    match class {
        "image" => !mime.contains("svg"),
        "audio" | "video" | "font" => true,
        _ => matches!(mime, "application/pdf" | "application/octet-stream"),
    }
}

//! Puts made-up values into a notebook by splicing its text, so that whatever
//! a value does not touch stays as its writer left it.

#![allow(dead_code, reason = "each program uses its own part")]

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unspill::detect::sample::Rng;
use unspill::edit::{self, Edit};

use super::json::{Node, encode};
use super::shapes::{BY_ITSELF, BY_NAME, Form, KNOWN, Shape};
use super::values::Value;

/// A value that now stands in a notebook.
#[derive(Debug)]
pub struct Planted {
    pub value: Value,
    /// The shape's name; of a value that stands elsewhere too, with that said.
    pub shape: String,
}

/// The text with as many as `count` values in it, and which.
pub fn plant(text: &str, root: &Node, count: usize, rng: &mut Rng) -> (String, Vec<Planted>) {
    let mut planter = Planter::new(text, root, rng);
    let mut planted = Vec::new();
    for _ in 0..count * 4 {
        if planted.len() >= count {
            break;
        }
        let Some(one) = planter.one() else { continue };
        // A value that is told at one place must go everywhere.
        if planter.rng.below(3) == 0 {
            planted.extend(planter.again(&one.value));
        }
        planted.push(one);
    }
    edit::settle(&mut planter.edits);
    (edit::apply_str(text, &planter.edits), planted)
}

/// A value, and the shape in which it is wanted.
#[derive(Debug, Clone)]
pub struct Wish {
    pub value: Value,
    pub shape: Shape,
}

/// A wish that came true.
#[derive(Debug)]
pub struct Standing {
    /// Its index.
    pub wish: usize,
    /// Which cell holds it, from 0, if one does.
    pub cell: Option<usize>,
    /// What was written for it, in the new text.
    pub span: Range<usize>,
}

/// The text with those of the wishes in it that fit, and where they stand.
pub fn plant_wishes(
    text: &str,
    root: &Node,
    wishes: &[Wish],
    rng: &mut Rng,
) -> (String, Vec<Standing>) {
    let mut planter = Planter::new(text, root, rng);
    let mut standing = Vec::new();
    for (wish, Wish { value, shape }) in wishes.iter().enumerate() {
        // The dice choose the cell: another throw may find a better one.
        if (0..8).any(|_| planter.put(shape, value).is_some()) {
            let edit = planter.edits.len() - 1;
            standing.push((wish, planter.edits[edit].clone()));
        }
    }
    let cells = planter.cells;
    edit::settle(&mut planter.edits);
    let stand = |(wish, edit): (usize, Edit)| {
        let at = edit.span.start;
        let before = planter.edits.iter().filter(|other| other.span.start < at);
        let start = at + before.map(|other| other.text.len()).sum::<usize>();
        Standing {
            wish,
            cell: cells.iter().position(|cell| cell.span.contains(&at)),
            span: start..start + edit.text.len(),
        }
    };
    let standing = standing.into_iter().map(stand).collect();
    (edit::apply_str(text, &planter.edits), standing)
}

fn cells<'n>(text: &str, root: &'n Node) -> Vec<&'n Node> {
    match root.get(text, "cells") {
        Some(cells) => cells.elements().iter().collect(),
        None => Vec::new(),
    }
}

fn is_python(text: &str, root: &Node) -> bool {
    let spec = root.get(text, "metadata").and_then(|metadata| {
        let info = metadata.get(text, "language_info");
        let name = info.and_then(|info| info.get(text, "name"));
        name.or_else(|| metadata.get(text, "kernelspec")?.get(text, "language"))
            .or_else(|| metadata.get(text, "kernelspec")?.get(text, "name"))
    });
    spec.is_none_or(|name| name.raw(text).to_lowercase().contains("python"))
}

struct Planter<'t> {
    text: &'t str,
    root: &'t Node,
    cells: Vec<&'t Node>,
    is_python: bool,
    edits: Vec<Edit>,
    rng: &'t mut Rng,
}

impl<'t> Planter<'t> {
    fn new(text: &'t str, root: &'t Node, rng: &'t mut Rng) -> Self {
        Self {
            text,
            root,
            cells: cells(text, root),
            is_python: is_python(text, root),
            edits: Vec::new(),
            rng,
        }
    }

    /// One value somewhere, if this throw of the dice can be carried out.
    fn one(&mut self) -> Option<Planted> {
        let named = self.rng.below(4) == 0;
        let value = match named {
            true => Value::by_name(self.rng)?,
            false => Value::by_itself(self.rng)?,
        };
        let shape = *self.rng.pick(if named { BY_NAME } else { BY_ITSELF })?;
        self.put(&shape, &value)?;
        Some(Planted {
            value,
            shape: shape.name.to_owned(),
        })
    }

    /// The same value at another place, in a shape that does not name it.
    fn again(&mut self, value: &Value) -> Option<Planted> {
        let shapes = [BY_ITSELF, KNOWN].concat();
        let shape = *self.rng.pick(&shapes)?;
        self.put(&shape, value)?;
        Some(Planted {
            value: value.clone(),
            shape: format!("again: {}", shape.name),
        })
    }

    fn put(&mut self, shape: &Shape, value: &Value) -> Option<()> {
        let edit = self.edit(shape, value)?;
        if self.edits.iter().any(|other| other.span == edit.span) {
            return None;
        }
        self.edits.push(edit);
        Some(())
    }

    fn edit(&mut self, shape: &Shape, value: &Value) -> Option<Edit> {
        match shape.form {
            Form::Code(template) => {
                let code = shape.fill(template, value, self.rng);
                self.code(&code)
            }
            Form::Prose(template) => {
                let prose = shape.fill(template, value, self.rng);
                let cell = self.cell("\"markdown\"")?;
                self.append_text(cell.get(self.text, "source")?, &[&prose])
            }
            Form::Output(template) => {
                let output = shape.fill(template, value, self.rng);
                let cell = self.cell("\"code\"")?;
                self.append_element(cell.get(self.text, "outputs")?, &output)
            }
            Form::Stream(template) => {
                let printed = shape.fill(template, value, self.rng);
                let stream = self.stream()?;
                self.append_text(stream, &[&printed])
            }
            Form::StreamItems => {
                let (first, second) = value.halves(self.rng);
                let stream = self.stream()?;
                self.append_text(stream, &[&format!("\nkey {first}"), &format!("{second}\n")])
            }
            Form::CellMetadata(template) => {
                let member = shape.fill(template, value, self.rng);
                let cell = *self.rng.pick(&self.cells)?;
                self.append_member(cell.get(self.text, "metadata")?, &member)
            }
            Form::Metadata(template) => {
                let member = shape.fill(template, value, self.rng);
                self.append_member(self.root.get(self.text, "metadata")?, &member)
            }
            Form::Attachment => {
                let note = STANDARD.encode(format!("From the wiki: {}\n", value.text));
                let cell = self.cell("\"markdown\"")?;
                if cell.get(self.text, "attachments").is_some() {
                    return None;
                }
                let member =
                    format!(r#""attachments": {{"note.txt": {{"text/plain": "{note}"}}}}"#);
                self.append_member(cell, &member)
            }
        }
    }

    fn cell(&mut self, cell_type: &str) -> Option<&'t Node> {
        let text = self.text;
        let of_type = |cell: &&&Node| {
            let is = cell.get(text, "cell_type");
            is.is_some_and(|is| is.raw(text) == cell_type)
        };
        let cells: Vec<&Node> = self.cells.iter().filter(of_type).copied().collect();
        self.rng.pick(&cells).copied()
    }

    /// Lines at the end of a cell of Python. A cell with a magic of its own is
    /// in another language; one that ends within a string or a bracket would
    /// make the lines something else.
    fn code(&mut self, code: &str) -> Option<Edit> {
        if !self.is_python {
            return None;
        }
        let text = self.text;
        let source = self.cell("\"code\"")?.get(text, "source")?;
        let decoded = source.decoded(text)?;
        let is_plain =
            !decoded.trim_start().starts_with("%%") && !decoded.trim_end().ends_with('\\');
        let is_balanced =
            |open, close| decoded.matches(open).count() == decoded.matches(close).count();
        let is_closed = is_balanced('(', ')')
            && is_balanced('[', ']')
            && is_balanced('{', '}')
            && decoded.matches("\"\"\"").count().is_multiple_of(2)
            && decoded.matches("'''").count().is_multiple_of(2);
        if !is_plain || !is_closed {
            return None;
        }
        let lead = if decoded.is_empty() || decoded.ends_with('\n') {
            ""
        } else {
            "\n"
        };
        self.append_text(source, &[&format!("{lead}{code}")])
    }

    /// The text of a stream that something was printed to.
    fn stream(&mut self) -> Option<&'t Node> {
        let text = self.text;
        let outputs = self
            .cells
            .iter()
            .filter_map(|cell| cell.get(text, "outputs"));
        let streams: Vec<&Node> = outputs
            .flat_map(|outputs| outputs.elements())
            .filter(|output| output.get(text, "name").is_some())
            .filter_map(|output| output.get(text, "text"))
            .collect();
        self.rng.pick(&streams).copied()
    }

    /// The texts behind the last character of a string or a list of strings;
    /// of a list each is an item.
    fn append_text(&self, node: &Node, texts: &[&str]) -> Option<Edit> {
        if node.is_text() {
            return Some(Edit::insert(node.span.end - 1, encode(&texts.concat())));
        }
        if !node.is_text_list() {
            return None;
        }
        let items: Vec<String> = texts
            .iter()
            .map(|text| format!("\"{}\"", encode(text)))
            .collect();
        self.append_element(node, &items.join(", "))
    }

    fn append_element(&self, array: &Node, json: &str) -> Option<Edit> {
        match array.elements().last() {
            Some(last) => Some(Edit::insert(last.span.end, format!(", {json}"))),
            None if self.text[array.span.clone()].starts_with('[') => {
                Some(Edit::insert(array.span.start + 1, json))
            }
            None => None,
        }
    }

    fn append_member(&self, object: &Node, json: &str) -> Option<Edit> {
        match object.members().last() {
            Some((_, last)) => Some(Edit::insert(last.span.end, format!(", {json}"))),
            None if self.text[object.span.clone()].starts_with('{') => {
                Some(Edit::insert(object.span.start + 1, json))
            }
            None => None,
        }
    }
}

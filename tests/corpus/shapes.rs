//! The shapes in which values are planted: where, and in which encoding.

#![allow(dead_code, reason = "each program uses its own part")]

use unspill::detect::sample::Rng;

use super::json::encode;
use super::values::Value;

/// One way to write a value down.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// As the figures name it.
    pub name: &'static str,
    pub form: Form,
    /// What becomes of the value before it is filled in.
    encoding: Encoding,
}

/// Where it goes. In a template `{v}` is the value, `{v1}` and `{v2}` its
/// halves, `{name}` and `{NAME}` the name that it is bound to, `{word}` a word
/// that its kind wants nearby, `{call}` the call that takes it.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// Lines of Python at the end of a cell.
    Code(&'static str),
    /// Text at the end of a Markdown cell.
    Prose(&'static str),
    /// An output of its own, as JSON.
    Output(&'static str),
    /// Text at the end of a stream that is there.
    Stream(&'static str),
    /// The same, cut over two items of the list.
    StreamItems,
    /// A member of a cell's metadata, as JSON.
    CellMetadata(&'static str),
    /// A member of the notebook's metadata, as JSON.
    Metadata(&'static str),
    /// A text file attached to a Markdown cell.
    Attachment,
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Plain,
    /// `\u0068` of JSON.
    JsonEscapes,
    /// `&#104;` of HTML.
    Entities,
    /// `%68` of URLs.
    Percent,
    /// `\x68` of Python.
    HexEscapes,
    /// Colour codes within.
    Colours,
    /// `\_` of LaTeX and Markdown.
    Underscores,
}

const fn shape(name: &'static str, form: Form) -> Shape {
    encoded(name, form, Encoding::Plain)
}

const fn encoded(name: &'static str, form: Form, encoding: Encoding) -> Shape {
    Shape {
        name,
        form,
        encoding,
    }
}

use Form::{Attachment, CellMetadata, Code, Metadata, Output, Prose, Stream, StreamItems};

/// For values told by themselves.
pub const BY_ITSELF: &[Shape] = &[
    shape("assignment", Code("planted = \"{v}\"\n")),
    shape("assignment, raw string", Code("planted = r'{v}'")),
    shape(
        "positional argument",
        Code("client = Client('{v}', timeout=3)"),
    ),
    shape(
        "keyword argument",
        Code("client = Client(\n    timeout=3,\n    credential=\"{v}\",\n)"),
    ),
    shape(
        "os.environ",
        Code("import os\nos.environ[\"PLANTED\"] = \"{v}\""),
    ),
    shape("f-string", Code("header = f\"X-Key: {v}, {1 + 1}\"")),
    shape("bytes", Code("planted = b\"{v}\"")),
    shape("dictionary", Code("planted = {\"a\": 1, \"b\": [\"{v}\"]}")),
    shape("comment", Code("x = 1  # before: {v}")),
    shape(
        "docstring",
        Code("def planted():\n    \"\"\"Call it with {v}.\"\"\""),
    ),
    shape(
        "implicit concatenation",
        Code("planted = (\n    \"{v1}\"\n    \"{v2}\"\n)"),
    ),
    shape("sum of literals", Code("planted = \"{v1}\" + \"{v2}\"")),
    encoded(
        "Python escapes",
        Code("planted = \"{v}\""),
        Encoding::HexEscapes,
    ),
    shape(
        "shell command",
        Code("!curl -s -H \"X-Key: {v}\" https://api.example.org/v1"),
    ),
    shape("%env", Code("%env PLANTED={v}")),
    shape("prose", Prose("\n\nCall it with `{v}` (ask Kim).\n")),
    encoded(
        "prose, URL with percent",
        Prose("\n<https://example.org/?cb=a%20b&id={v}>\n"),
        Encoding::Percent,
    ),
    shape("stream", Stream("\n{v}\nnext")),
    shape("stream, after tab", Stream("\nkey\t{v} ok\n")),
    encoded(
        "stream, colours",
        Stream("\nkey \u{1b}[1m{v}\u{1b}[0m\n"),
        Encoding::Colours,
    ),
    shape("stream, over two items", StreamItems),
    shape(
        "stream, over two outputs",
        Output(
            r#"{"name": "stdout", "output_type": "stream", "text": ["key {v1}"]}, {"name": "stderr", "output_type": "stream", "text": ["warning\n"]}, {"name": "stdout", "output_type": "stream", "text": ["{v2}\n"]}"#,
        ),
    ),
    encoded(
        "stream, JSON escapes",
        Output(r#"{"name": "stdout", "output_type": "stream", "text": "key {v}\n"}"#),
        Encoding::JsonEscapes,
    ),
    shape(
        "result, repr",
        Output(
            r#"{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["'a\\n{v}\\tb'"]}}"#,
        ),
    ),
    shape(
        "HTML",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"text/html": ["<td title=\"a\">\n", "{v}</td>"], "text/plain": ["<HTML>"]}}"#,
        ),
    ),
    encoded(
        "HTML, entities",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<td>a &amp; {v}</td>"}}"#,
        ),
        Encoding::Entities,
    ),
    shape(
        "JSON output",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"application/json": {"a": [1.50, "{v}"]}}}"#,
        ),
    ),
    shape(
        "JavaScript output",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "connect('{v}');"}}"#,
        ),
    ),
    encoded(
        "traceback, colours",
        Output(
            r#"{"output_type": "error", "ename": "E", "evalue": "no", "traceback": ["\u001b[0;31mE\u001b[0m: \u001b[1mbad \u001b[32m{v}\u001b[0m\nx"]}"#,
        ),
        Encoding::Colours,
    ),
    shape(
        "evalue",
        Output(
            r#"{"output_type": "error", "ename": "ValueError", "evalue": "bad key '{v}'", "traceback": []}"#,
        ),
    ),
    shape("cell metadata", CellMetadata(r#""planted": {"x": "{v}"}"#)),
    shape(
        "notebook metadata",
        Metadata(r#""planted": ["a", "see {v}"]"#),
    ),
    shape(
        "widget, Jupyter",
        Metadata(
            r#""widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"3f2a": {"model_name": "HTMLModel", "state": {"value": "<b>{v}</b>"}}}, "version_major": 2, "version_minor": 0}}"#,
        ),
    ),
    shape(
        "widget, Colab",
        Metadata(
            r#""widgets": {"application/vnd.jupyter.widget-state+json": {"3f2a": {"model_module": "@jupyter-widgets/controls", "model_name": "TextModel", "state": {"description": "", "value": "{v}"}}}}"#,
        ),
    ),
    shape("attachment", Attachment),
];

/// For values that are known from another place, besides [`BY_ITSELF`].
pub const KNOWN: &[Shape] = &[
    encoded(
        "LaTeX",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"text/latex": ["\texttt{{v}}"]}}"#,
        ),
        Encoding::Underscores,
    ),
    encoded(
        "prose, escaped",
        Prose("\n\nCall it with {v} (ask Kim).\n"),
        Encoding::Underscores,
    ),
];

/// For values told by a name.
pub const BY_NAME: &[Shape] = &[
    shape("name: assignment", Code("{name} = \"{v}\"")),
    shape(
        "name: keyword argument",
        Code("client = Client(timeout=3, {name}='{v}')"),
    ),
    shape(
        "name: os.environ",
        Code("import os\nos.environ[\"{NAME}\"] = \"{v}\""),
    ),
    shape(
        "name: dictionary",
        Code("config = {\"a\": 1, \"{name}\": \"{v}\"}"),
    ),
    shape("name: attribute", Code("client.{name} = \"{v}\"")),
    shape("name: %env", Code("%env {NAME}={v}")),
    shape(
        "name: shell export",
        Code("!export {NAME}={v} && python train.py"),
    ),
    shape("name: prose", Prose("\n\n    export {NAME}={v}\n")),
    shape("name: stream", Stream("\n{NAME}={v}\n")),
    shape(
        "name: result, repr",
        Output(
            r#"{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["{'a': 1, '{name}': '{v}'}"]}}"#,
        ),
    ),
    shape(
        "name: JSON output",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"application/json": {"a": {"{name}": "{v}"}}}}"#,
        ),
    ),
    shape(
        "name: papermill",
        Metadata(r#""papermill": {"parameters": {"{name}": "{v}"}}"#),
    ),
];

/// For values told by the call that takes them.
pub const BY_CALL: &[Shape] = &[shape("name: call", Code("client = {call}"))];

/// For values that want a word nearby.
pub const BY_WORD: &[Shape] = &[
    shape("word: comment", Code("x = 1  # {word}: {v}")),
    shape("word: prose", Prose("\n\nFor {word} take `{v}`.\n")),
    shape("word: stream", Stream("\n{word}: {v}\n")),
];

/// For values of several lines, with quotes, or with signs that mean something
/// to a language.
pub const VERBATIM: &[Shape] = &[
    shape("verbatim: raw string", Code("planted = r'''{v}'''")),
    shape("verbatim: prose", Prose("\n\n```\n{v}\n```\n")),
    shape("verbatim: stream", Stream("\n{v}\n")),
    shape(
        "verbatim: result",
        Output(
            r#"{"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "{v}"}}"#,
        ),
    ),
    shape(
        "verbatim: JSON output",
        Output(
            r#"{"output_type": "display_data", "metadata": {}, "data": {"application/json": {"a": [1.50, "{v}"]}}}"#,
        ),
    ),
    shape(
        "verbatim: cell metadata",
        CellMetadata(r#""planted": {"x": "{v}"}"#),
    ),
    shape(
        "verbatim: notebook metadata",
        Metadata(r#""planted": ["a", "{v}"]"#),
    ),
    shape("verbatim: attachment", Attachment),
];

impl Shape {
    /// The template with the value in it; in JSON escaped as a string is.
    pub fn fill(&self, template: &str, value: &Value, rng: &mut Rng) -> String {
        let (first, second) = value.halves(rng);
        let name = value.name.unwrap_or_default();
        let mut written = self.encoding.apply(&value.text, &value.secret, rng);
        let is_json = matches!(self.form, Output(_) | CellMetadata(_) | Metadata(_));
        if is_json && !matches!(self.encoding, Encoding::JsonEscapes) {
            written = encode(&written);
        }
        template
            .replace("{v}", &written)
            .replace("{v1}", first)
            .replace("{v2}", second)
            .replace("{name}", name)
            .replace("{NAME}", &name.to_uppercase())
            .replace("{word}", value.kind.context.first().map_or("", |w| w))
            .replace("{call}", &called(value).unwrap_or_default())
    }
}

/// The call with the value as its argument.
fn called(value: &Value) -> Option<String> {
    let (callee, argument) = value.call?.strip_suffix(')')?.split_once('(')?;
    let text = &value.text;
    Some(match argument.parse() {
        Ok(position) => format!("{callee}({}'{text}')", "None, ".repeat(position)),
        Err(_) => format!("{callee}({argument}='{text}')"),
    })
}

impl Encoding {
    /// One to three characters of the secret in another writing.
    fn apply(self, text: &str, secret: &str, rng: &mut Rng) -> String {
        match self {
            Self::Plain => return text.to_owned(),
            Self::Underscores => return text.replace('_', r"\_"),
            _ => {}
        }
        let start = text.find(secret).unwrap_or(0);
        let places: Vec<usize> = (0..1 + rng.below(3))
            .map(|_| start + 1 + rng.below(secret.len() - 1))
            .collect();
        let mut out = String::new();
        for (at, char) in text.char_indices() {
            if !places.contains(&at) {
                out.push(char);
                continue;
            }
            let code = u32::from(char);
            match self {
                Self::Plain | Self::Underscores => out.push(char),
                Self::JsonEscapes => out.push_str(&format!("\\u{code:04x}")),
                Self::Entities => out.push_str(&format!("&#{code};")),
                Self::Percent => out.push_str(&format!("%{code:02X}")),
                Self::HexEscapes => out.push_str(&format!("\\x{code:02x}")),
                Self::Colours => {
                    out.push_str("\u{1b}[33m");
                    out.push(char);
                }
            }
        }
        out
    }
}

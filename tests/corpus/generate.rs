//! Notebooks made from nothing, for runs without a corpus: every part that a
//! notebook can have, in the forms that different writers give it.

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Value, json};
use unspill::detect::sample::Rng;

const INDENTS: &[&str] = &[" ", "  ", "    ", "\t"];
const CODE: &[&str] = &[
    "import pandas as pd\n\ndf = pd.read_csv(\"data.csv\")\ndf.head()",
    "for epoch in range(3):\n\tprint(epoch)\n",
    "%%time\nx = sum(range(10**6))",
    "!pip install -q datasets\nfrom datasets import load_dataset",
    "",
    "tokenizer.pad_token = tokenizer.eos_token  # « prêt »",
    "%%bash\nset -e\nls -la",
    "def f(a, *, b=None):\n    return {\"a\": a, **(b or {})}\nf(1);",
];
const PROSE: &[&str] = &[
    "# Results\n\nSee [the paper](https://example.org/a%20b?x=1&y=2).",
    "Größe: 10 µm\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "",
];

/// The text of one notebook.
pub fn notebook(rng: &mut Rng) -> String {
    let cells: Vec<Value> = (0..3 + rng.below(8)).map(|_| cell(rng)).collect();
    let notebook = json!({
        "cells": cells,
        "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": rng.below(5),
    });
    let mut text = written(&notebook, rng);
    if rng.below(2) == 0 {
        text.push('\n');
    }
    if rng.below(4) == 0 {
        text = text.replace('\n', "\r\n");
    }
    if rng.below(8) == 0 {
        text.insert(0, '\u{feff}');
    }
    text
}

fn written(notebook: &Value, rng: &mut Rng) -> String {
    let indent = rng.pick(INDENTS).copied().unwrap_or(" ");
    let mut bytes = Vec::new();
    let format = PrettyFormatter::with_indent(indent.as_bytes());
    let mut serializer = Serializer::with_formatter(&mut bytes, format);
    notebook.serialize(&mut serializer).expect("is JSON");
    let text = String::from_utf8(bytes).expect("is UTF-8");
    if rng.below(3) > 0 {
        return text;
    }
    let escaped = |c: char| match c {
        c if c.is_ascii() => c.to_string(),
        c => format!("\\u{:04x}", u32::from(c)),
    };
    text.chars().map(escaped).collect()
}

fn cell(rng: &mut Rng) -> Value {
    if rng.below(3) == 0 {
        let prose = rng.pick(PROSE).copied().unwrap_or_default();
        return json!({"cell_type": "markdown", "metadata": {}, "source": lines(prose, rng)});
    }
    let code = rng.pick(CODE).copied().unwrap_or_default();
    let outputs: Vec<Value> = (0..rng.below(4)).map(|_| output(rng)).collect();
    json!({
        "cell_type": "code",
        "execution_count": rng.below(90),
        "metadata": {"collapsed": false},
        "outputs": outputs,
        "source": lines(code, rng),
    })
}

fn output(rng: &mut Rng) -> Value {
    match rng.below(4) {
        0 => json!({"output_type": "stream", "name": "stdout",
            "text": lines("epoch 1: 0.31\nepoch 2: 0.29\n", rng)}),
        1 => json!({"output_type": "execute_result", "execution_count": 3, "metadata": {},
            "data": {"text/plain": ["   a  b\n", "0  1  2"],
                "text/html": ["<table>\n", "<td>1 &lt; 2</td></table>"]}}),
        2 => json!({"output_type": "display_data", "metadata": {"width": 0.10},
            "data": {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ\n",
                "application/json": {"pad_token": "</s>", "list": ["a", "b"], "n": 1e-05}}}),
        _ => json!({"output_type": "error", "ename": "KeyError", "evalue": "'b'",
            "traceback": ["\u{1b}[0;31mKeyError\u{1b}[0m: 'b'"]}),
    }
}

/// A text as one string or as a list of lines.
fn lines(text: &str, rng: &mut Rng) -> Value {
    match rng.below(4) {
        0 => json!(text),
        _ => json!(text.split_inclusive('\n').collect::<Vec<_>>()),
    }
}

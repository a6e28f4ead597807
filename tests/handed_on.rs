//! Values that reach a credential-like name through a variable whose own name
//! says nothing: `k = "…"`, and then `openai.api_key = k`, cells later.

use std::path::Path;

use serde_json::json;
use unspill::sanitize::{Ledger, Policy, Sanitizer};

/// A key that only its name tells.
fn key() -> String {
    ["qT7vR2mX", "9bLk4WzE", "c3YdN8sH", "u6JfA1pG"].concat()
}

fn sanitized(name: &str, text: &str) -> String {
    let sanitizer = Sanitizer::new(Policy::default());
    let name = Path::new(name);
    let sanitized = sanitizer.sanitize(name, text.as_bytes(), &Ledger::default());
    let bytes = sanitized.unwrap().bytes;
    bytes.map_or(text.to_owned(), |bytes| String::from_utf8(bytes).unwrap())
}

fn notebook(cells: &[&str]) -> String {
    let cells: Vec<_> = cells
        .iter()
        .map(|source| {
            let lines: Vec<&str> = source.split_inclusive('\n').collect();
            json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": lines})
        })
        .collect();
    let whole = json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4});
    serde_json::to_string_pretty(&whole).unwrap()
}

#[test]
fn a_variable_of_another_cell() {
    let key = key();
    for hand in [
        "import openai\nopenai.api_key = k\nprint('ready')",
        "client = Anything(api_key=k)",
        "client = Anything(\n    api_key=k,\n    n=1,\n)",
        "import os\nos.environ['THE_API_KEY'] = k",
        "headers = {'Authorization': f'Bearer {k}'}",
        "headers = {\"x-api-key\": k, \"n\": 1}",
        "!mytool login --token $k",
        "!mytool login --token {k}",
        "import cohere\nco = cohere.Client(k)",
    ] {
        let before = notebook(&[&format!("# mine\nk = \"{key}\"\nn = 1"), "x = 1", hand]);
        let after = sanitized("a.ipynb", &before);
        assert!(!after.contains(&key), "{hand}");
        assert!(after.contains("k = os.environ["), "{hand}: {after}");
    }
}

#[test]
fn a_variable_in_other_languages() {
    let key = key();
    for (name, text) in [
        (
            "a.R",
            format!("k <- \"{key}\"\nSys.setenv(API_TOKEN = k)\n"),
        ),
        (
            "a.js",
            format!("const k = '{key}';\nsetup({{ apiKey: k }});\n"),
        ),
        ("a.sh", format!("k={key}\nmytool --token $k\n")),
        ("a.py", format!("k = '{key}'\nrun(token=k)\n")),
    ] {
        let after = sanitized(name, &text);
        assert!(!after.contains(&key), "{name}: {after}");
    }
}

#[test]
fn a_variable_keeps_what_nothing_secret_is_asked_of() {
    let key = key();
    for hand in ["y = k", "tokenizer.pad_token = k", "d.key = k", "print(k)"] {
        let before = notebook(&[&format!("k = \"{key}\""), hand]);
        assert_eq!(sanitized("a.ipynb", &before), before, "{hand}");
    }
    for value in ["gpt-4o-mini", "admin", "YOUR_API_KEY", "data/train.csv"] {
        let before = notebook(&[&format!("k = \"{value}\""), "openai.api_key = k"]);
        assert_eq!(sanitized("a.ipynb", &before), before, "{value}");
    }
}

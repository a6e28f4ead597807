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
        "headers = {'Authorization': 'Bearer ' + k}",
        "headers = {\"Authorization\": \"Bearer %s\" % k}",
        "url = 'https://a.example.org/v2?q=x&api_key=' + k",
        "url = 'https://a.example.org/v2?api_key={}'.format(k)",
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
    for hand in [
        "y = k",
        "tokenizer.pad_token = k",
        "d.key = k",
        "print(k)",
        "print('the api_key: ' + str(k))",
    ] {
        let before = notebook(&[&format!("k = \"{key}\""), hand]);
        assert_eq!(sanitized("a.ipynb", &before), before, "{hand}");
    }
    for value in ["gpt-4o-mini", "admin", "YOUR_API_KEY", "data/train.csv"] {
        let before = notebook(&[&format!("k = \"{value}\""), "openai.api_key = k"]);
        assert_eq!(sanitized("a.ipynb", &before), before, "{value}");
    }
}

/// What has the name of the variable and is not it.
#[test]
fn other_things_of_the_variables_name_stay() {
    let uuid = |end: &str| format!("7c9e6679-7425-40de-944b-e07fc1f9{end}");
    let (one, two) = (uuid("0ae1"), uuid("0ae2"));
    for (name, text) in [
        (
            "a.py",
            format!(
                "def a():\n    x = '{one}'\n    return load(x)\ndef b(x):\n    return Client(api_key=x)\n"
            ),
        ),
        (
            "b.py",
            format!("for w in ws:\n    token = w\nw = '{one}'\n"),
        ),
        (
            "c.py",
            format!(
                "def a():\n    r = '{one}'\n    use(r)\ndef b():\n    r = os.environ['X']\n    go(token=r)\n"
            ),
        ),
        ("d.py", format!("s = '{one}'\ntoken = d.get('token', s)\n")),
        (
            "e.js",
            "var e='a9Zk3LmQ-x';function q(e){return{password:e}}\n".to_owned(),
        ),
        (
            "f.js",
            format!("const t = '{one}';\nrun((t) => send({{token: t}}));\n"),
        ),
    ] {
        assert_eq!(sanitized(name, &text), text, "{name}");
    }
    let rows = format!("rows = [{{'id': '{two}'}}, dict(id='{two}')]");
    let before = notebook(&[&format!("id = '{one}'"), "client(token=id)", &rows]);
    let after = sanitized("a.ipynb", &before);
    assert!(!after.contains(&one) && after.contains(&two), "{after}");
}

#[test]
fn a_variable_of_the_same_function_and_of_a_type() {
    let key = key();
    for text in [
        format!("def a():\n    k = '{key}'\n    return Client(api_key=k)\n"),
        format!("def f(k):\n    return k\nk = '{key}'\nrun(token=k)\n"),
        format!(
            "k: str = '{key}'\nrun(token=k)\nplot(x, k=1)\nplot(x, k=2)\nplot(x, k=3)\nplot(x, k=4)\n"
        ),
    ] {
        let after = sanitized("a.py", &text);
        assert!(!after.contains(&key), "{after}");
    }
}

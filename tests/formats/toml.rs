//! TOML.

use proptest::prelude::*;
use serde_json::Value;
use unspill::detect::sample::Rng;

use super::judged::{becomes, fixed, is_harmless, notes, same_but_for};
use super::tree::{self, Tree};

/// Prints the members of a table, tables behind values as the grammar wants.
fn print(members: &[(String, Tree)], path: &str, rng: &mut Rng, out: &mut String) {
    let is_table = |tree: &Tree| matches!(tree, Tree::Object(_));
    for (key, value) in members.iter().filter(|(_, value)| !is_table(value)) {
        let comment = ["", " # \"a\" note"][rng.below(2)];
        out.push_str(&format!(
            "{} = {}{comment}\n",
            name(key),
            inline(value, rng)
        ));
    }
    for (key, value) in members {
        let Tree::Object(members) = value else {
            continue;
        };
        let path = match path {
            "" => name(key),
            _ => format!("{path}.{}", name(key)),
        };
        out.push_str(&format!("\n[{path}]\n"));
        print(members, &path, rng, out);
    }
}

fn name(key: &str) -> String {
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    match key.chars().all(is_bare) {
        true => key.to_owned(),
        false => format!("\"{key}\""),
    }
}

fn inline(tree: &Tree, rng: &mut Rng) -> String {
    match tree {
        Tree::Number(number) => number.to_string(),
        Tree::Bool(value) => value.to_string(),
        Tree::Text(text) => string(text, rng),
        Tree::List(items) => {
            let items: Vec<_> = items.iter().map(|item| inline(item, rng)).collect();
            format!("[{}]", items.join(", "))
        }
        Tree::Object(members) => {
            let members = members
                .iter()
                .map(|(key, value)| format!("{} = {}", name(key), inline(value, rng)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
    }
}

fn string(text: &str, rng: &mut Rng) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\t', "\\t");
    match rng.below(4) {
        0 if !text.contains(['\'', '\n']) => format!("'{text}'"),
        1 if !text.contains("'''") && !text.ends_with('\'') => format!("'''\n{text}'''"),
        2 => format!("\"\"\"\n{escaped}\"\"\""),
        _ => format!("\"{}\"", escaped.replace('\n', "\\n")),
    }
}

fn read(text: &str) -> Value {
    let table: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::to_value(table).expect("is data")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_files_come_out_clean_and_the_same(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (tree, secrets) = tree::random(rng, b"!#$%&*+-./:=?@^_~'\"\\{}[]");
        let Tree::Object(members) = &tree else { unreachable!("always an object") };
        let mut text = String::new();
        print(members, "", rng, &mut text);
        let after = fixed("config.toml", &text);
        same_but_for(&read(&text), &read(&after), &secrets);
        prop_assert_eq!(fixed("config.toml", &after), after);
    }
}

#[test]
fn files_of_this_field() {
    becomes(
        ".streamlit/secrets.toml",
        "# mine\nACME_API_KEY = \"§\"\n\n[connections.db]\ndialect = 'postgresql'\npassword = '§'\n",
        "# mine\nACME_API_KEY = \"REDACTED_ACME_API_KEY\"\n\n[connections.db]\ndialect = 'postgresql'\npassword = 'REDACTED_ACME_API_KEY'\n",
    );
    becomes(
        "pyproject.toml",
        "[[tool.poetry.source]]\nname = \"acme\"\nurl = \"https://me:§@pypi.acme.example/simple\" # inner\n",
        "[[tool.poetry.source]]\nname = \"acme\"\nurl = \"https://me:REDACTED_URL_PASSWORD@pypi.acme.example/simple\" # inner\n",
    );
    becomes(
        "Pipfile",
        "[packages]\nacme = { git = \"https://me:§@git.example/x.git\", ref = \"main\" }\n",
        "[packages]\nacme = { git = \"https://me:REDACTED_URL_PASSWORD@git.example/x.git\", ref = \"main\" }\n",
    );
    is_harmless(
        "uv.lock",
        "version = 1\n[[package]]\nname = \"a\"\nsdist = { url = \"https://files.example/a.tar.gz\", hash = \"sha256:0a5d5f6c7b8e9f00112233445566778899aabbccddeeff00112233445566aabb\", size = 1 }\n",
    );
}

#[test]
fn a_broken_file_is_still_cleaned_and_told() {
    becomes(
        "a.toml",
        "[a\napi_key = \"§\"\n",
        "[a\napi_key = \"REDACTED_API_KEY\"\n",
    );
    let notes = notes("a.toml", "[a\nb = \"c\"\n");
    assert!(
        notes[0].starts_with("read as plain text, as it is not TOML: "),
        "{notes:?}"
    );
}

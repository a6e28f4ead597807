//! The search in raw bytes must not miss what the readers behind it believe.

use proptest::prelude::*;
use unspill::detect::judge::{Context, Credible, judge};
use unspill::detect::names::classify;
use unspill::detect::near::{Near, candidates};
use unspill::region::{Language, Role};
use unspill::syntax::text::{TextKind, bindings};

fn hits(bytes: &[u8]) -> usize {
    let mut count = 0;
    candidates(bytes, |_| count += 1);
    count
}

/// A text as it stands in a notebook: a list of lines, or one string.
fn in_notebook(text: &str, as_list: bool) -> String {
    let value = if as_list {
        text.split_inclusive('\n')
            .map(serde_json::Value::from)
            .collect()
    } else {
        serde_json::Value::from(text)
    };
    let cell = serde_json::json!({ "cells": [{ "source": value, "cell_type": "code" }] });
    serde_json::to_string_pretty(&cell).unwrap()
}

fn key() -> String {
    ["9vT2xQ", "7LmZ4w", "KpR8sd", "3NfB6h"].concat()
}

fn shapes(name: &str, value: &str) -> Vec<(TextKind, String)> {
    use TextKind::{Code, Dotenv, Html, Ini, Json, Output, Shell, Toml, Yaml};
    vec![
        (Output, format!("x\n{name}={value}\n")),
        (Output, format!("\t{name}: {value}")),
        (Output, format!("{name} = “{value}”")),
        (Output, format!("{{“{name}”: ‘{value}’, “n”: 1}}")),
        (Code, format!("f({name}=«{value}»)")),
        (Output, format!("{{'{name}': '{value}', 'n': 1}}")),
        (
            Output,
            format!("{{\"a\": \"{{\\\"{name}\\\": \\\"{value}\\\"}}\"}}"),
        ),
        (Output, format!("GET /v1?q=1&{name}={value}&n=2")),
        (
            Output,
            format!("    n  {name}\n0   1  {value:>0$}\n", name.len()),
        ),
        (
            Output,
            format!("| a | {name} |\n|---|---|\n| 1 | {value} |\n"),
        ),
        (
            Output,
            format!("│ a │ {name} │\n├───┼───┤\n│ 1 │ {value} │\n"),
        ),
        (
            Output,
            format!(
                " {name:<w$}  n\n {value:<w$}  1\n",
                w = value.len().max(name.len())
            ),
        ),
        (
            TextKind::Prose,
            format!("log in as `ada` with {name} `{value}`.\n"),
        ),
        (Output, format!("n,{name},k\n1,{value},2\n")),
        (Output, format!("n\t{name}\tk\n1\t{value}\t2\n")),
        (
            Output,
            format!("n            1\n{name}    {value}\ndtype: object\n"),
        ),
        (Output, format!("postgresql://me:{value}@db.acme.org/x")),
        (Dotenv, format!("A=1\nexport {name}=\"{value}\" # mine\n")),
        (Json, format!("{{\n  \"{name}\" :\n  \"{value}\"\n}}")),
        (Yaml, format!("a:\n  - {name}: '{value}'\n")),
        (Toml, format!("[x]\n{name} = \"\"\"{value}\"\"\"\n")),
        (Ini, format!("[x]\n{name} = {value} ; mine\n")),
        (Shell, format!("run --{name} {value} --n 3\n")),
        (Shell, format!("run --{name}=\"{value}\"\n")),
        (Shell, format!("mysql -u me -p{value} db\n")),
        (Shell, format!("curl -u me:{value} https://x.org\n")),
        (Shell, format!("aws configure set {name} {value}\n")),
        (Code, format!("{name} <- '{value}'\n")),
        (Code, format!("val {name}: String = \"{value}\"\n")),
        (Code, format!("f(x,\n  {name} = \"{value}\")\n")),
        (Code, format!("ENV[\"{name}\"] = \"{value}\"\n")),
        (
            Code,
            format!("os.environ.setdefault(\n    '{name}', '{value}')\n"),
        ),
        (Code, format!("h.set_{name}(\"{value}\")\n")),
        (Code, format!("if {name} == b'{value}':\n")),
        (Html, format!("<input name=\"{name}\" value=\"{value}\">")),
        (Html, format!("<input value=\"{value}\" id='{name}'>")),
    ]
}

fn believed(text: &str, kind: TextKind) -> bool {
    let role = Role::Code(Language::Other);
    bindings(text, kind, &|name| classify(name).is_some())
        .iter()
        .any(|binding| {
            let context = Context {
                name: &binding.name,
                class: classify(&binding.name).unwrap(),
                via: binding.via,
                role: &role,
            };
            judge(&binding.value, &context).credible > Credible::No
        })
}

#[test]
fn every_shape_is_seen() {
    for name in [
        "api_key",
        "HF_TOKEN",
        "clientSecret",
        "auth-token",
        "DB_PASSWORD",
    ] {
        for (kind, text) in shapes(name, &key()) {
            // A setter is believed only for what is surely a credential.
            let sure = !text.contains("h.set_") || name == "auth-token";
            let believes = believed(&text, kind);
            assert!(
                believes || !sure || text.contains("set_auth-"),
                "{kind:?} {text}"
            );
            for as_list in [false, true] {
                let raw = in_notebook(&text, as_list);
                assert!(!believes || hits(raw.as_bytes()) > 0, "{kind:?} {raw}");
            }
        }
    }
}

#[test]
fn python_is_seen() {
    let key = key();
    for text in [
        format!("api_key = (\n    \"{key}\"\n)"),
        format!("api_key: str = '{key}'"),
        format!("user, api_key = \"me\", \"{key}\""),
        format!("api_key, user = \"{key}\", \"me\""),
        format!("os.environ.update({{'API_KEY': '{key}'}})"),
        format!("os.getenv(\"API_KEY\", \"{key}\")"),
        format!("x = a.api_key = '''{key}'''"),
        format!("def f(a, token='{key}'): pass"),
        format!("h = {{\"Authorization\": \"Bearer {key}\"}}"),
        format!("h = {{\"Authorization\": f'Bearer {key}'}}"),
        format!("%env API_KEY={key}"),
        format!("%env API_KEY {key}"),
        format!(
            "---> 1 \u{1b}[0mapi_key\u{1b}[0m\u{1b}[38;5;241m=\u{1b}[39m\u{1b}[38;5;124m\"{key}\"\u{1b}[39m"
        ),
    ] {
        for as_list in [false, true] {
            let raw = in_notebook(&text, as_list);
            assert!(hits(raw.as_bytes()) > 0, "{raw}");
        }
    }
}

#[test]
fn harmless_text_is_passed_over() {
    for text in [
        "tokenizer.pad_token = tokenizer.eos_token",
        "api_key = os.environ['API_KEY']",
        "password = getpass('Password: ')",
        "The password must be changed. A token of 12 characters, such as abc.",
        "sorted(x, key=lambda pair: pair[1])",
        "client = OpenAI(api_key=api_key, base_url='https://api.x.ai/v1')",
        "mkdir -p data/2024-01-31",
        "https://github.com/huggingface/notebooks/blob/main/x.ipynb",
        "api_key = \"YOUR_API_KEY\"",
    ] {
        assert_eq!(hits(in_notebook(text, true).as_bytes()), 0, "{text}");
    }
    let image = format!(
        "{{\"image/png\": \"{}\"}}",
        "token=aB3dE5fG7hJ9kL1mN3".repeat(3)
    );
    assert_eq!(hits(image.as_bytes()), 0);
}

#[test]
fn very_many_names_are_searched_in_time() {
    let started = std::time::Instant::now();
    for piece in [
        "token=",
        "api_key: \\\"",
        "://a:b@",
        "key ",
        " -p login",
        "\"image/png\": ",
    ] {
        hits(piece.repeat(300_000 / piece.len()).as_bytes());
    }
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn further_names_are_seen() {
    let near = Near::new(["cohere.Client"]);
    let mut count = 0;
    let raw = in_notebook(&format!("c = cohere.Client(\"{}\")", key()), true);
    near.candidates(raw.as_bytes(), |_| count += 1);
    assert_eq!(count, 1);
}

proptest! {
    #[test]
    fn nothing_believed_is_missed(
        name in "(my_|OPENAI_|)(api_key|TOKEN|clientSecret|password|AUTH_TOKEN|secret_key|private-key)",
        value in "[A-Za-z0-9_-]{16,44}|[a-f0-9]{32}|[a-z]{5}[0-9]{2}[!#%]",
        as_list: bool,
    ) {
        for (kind, text) in shapes(&name, &value) {
            let raw = in_notebook(&text, as_list);
            prop_assert!(!believed(&text, kind) || hits(raw.as_bytes()) > 0, "{kind:?} {raw}");
        }
    }

    #[test]
    fn any_bytes_are_searched(bytes in proptest::collection::vec(any::<u8>(), 0..200),
        text in r#"([a-z=:"'\\<>(){}\[\]|&?@/ \n-]|token|api_key|é|\\u001b\[3|\\n|://| -p|"image/png": "){0,60}"#) {
        hits(&bytes);
        hits(text.as_bytes());
    }
}

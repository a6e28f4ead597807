//! YAML.

use proptest::prelude::*;
use serde_json::Value;
use unspill::detect::sample::Rng;

use super::judged::{becomes, fixed, is_harmless, notes, same_but_for};
use super::planted;
use super::tree::{self, Tree};

/// Prints data as a block, in random styles.
fn print(tree: &Tree, indent: usize, rng: &mut Rng, out: &mut String) {
    let spaces = " ".repeat(indent);
    match tree {
        Tree::Object(members) => {
            for (key, value) in members {
                out.push_str(&format!("{spaces}{}:", name(key, rng)));
                value_of(value, indent, rng, out);
            }
        }
        Tree::List(items) => {
            for item in items {
                out.push_str(&format!("{spaces}-"));
                value_of(item, indent, rng, out);
            }
        }
        _ => {}
    }
}

fn value_of(value: &Tree, indent: usize, rng: &mut Rng, out: &mut String) {
    let is_empty = match value {
        Tree::Object(members) => members.is_empty(),
        Tree::List(items) => items.is_empty(),
        _ => true,
    };
    if !is_empty && rng.below(4) > 0 {
        out.push_str(["", " # note: \"x\"", " &a"][rng.below(2)]);
        out.push('\n');
        return print(value, indent + 2, rng, out);
    }
    out.push(' ');
    match value {
        Tree::Text(text)
            if text.contains('\n') && !text.starts_with([' ', '\n']) && rng.below(2) == 0 =>
        {
            out.push_str(if text.ends_with('\n') { "|\n" } else { "|-\n" });
            for line in text.lines() {
                out.push_str(&format!("{}{line}\n", " ".repeat(indent + 4)));
            }
            return;
        }
        other => flow(other, rng, false, out),
    }
    out.push_str(["\n", " # c\n", "\n\n"][rng.below(3)]);
}

fn flow(tree: &Tree, rng: &mut Rng, is_inside: bool, out: &mut String) {
    match tree {
        Tree::Number(number) => out.push_str(&number.to_string()),
        Tree::Bool(value) => out.push_str(&value.to_string()),
        Tree::Text(text) => out.push_str(&string(text, rng, is_inside)),
        Tree::List(items) => {
            out.push('[');
            for item in items {
                flow(item, rng, true, out);
                out.push_str(", ");
            }
            out.push(']');
        }
        Tree::Object(members) => {
            out.push('{');
            for (key, value) in members {
                out.push_str(&format!("{}: ", name(key, rng)));
                flow(value, rng, true, out);
                out.push_str(", ");
            }
            out.push('}');
        }
    }
}

fn name(key: &str, rng: &mut Rng) -> String {
    match rng.below(4) {
        0 => format!("'{key}'"),
        1 => format!("\"{key}\""),
        _ => key.to_owned(),
    }
}

/// Bare where YAML lets it be a text, else in one of the two kinds of quotes.
fn string(text: &str, rng: &mut Rng, is_inside: bool) -> String {
    let is_word = |c: char| {
        c.is_alphanumeric()
            || "_./-".contains(c)
            || !is_inside && "\\~+=@$%^*:?!{}[]'\"&".contains(c)
    };
    let is_bare = text.len() > 7
        && text.chars().all(is_word)
        && text.starts_with(|c: char| c.is_alphabetic() || c == '/' || c == '7')
        && !text.ends_with(':');
    match rng.below(3) {
        0 if is_bare => text.to_owned(),
        1 if !text.contains(['\n', '\t']) => format!("'{}'", text.replace('\'', "''")),
        _ => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{}\"", escaped.replace('\n', "\\n").replace('\t', "\\t"))
        }
    }
}

fn read(text: &str) -> Value {
    serde_yaml_ng::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn random_files_come_out_clean_and_the_same(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (tree, secrets) = tree::random(rng, b"!#$%&*+-./:=?@^_~'\"\\{}[]");
        let mut text = String::new();
        print(&tree, 0, rng, &mut text);
        let after = fixed("config.yaml", &text);
        same_but_for(&read(&text), &read(&after), &secrets);
        prop_assert_eq!(fixed("config.yaml", &after), after);
    }
}

#[test]
fn workflows_read_secrets() {
    becomes(
        ".github/workflows/ci.yml",
        "on: push\njobs:\n  a:\n    env:\n      ACME_TOKEN: § # mine\n    steps:\n      - run: |\n          # login\n          acme login --token \"§\"\n      - run: curl -u me:§ https://a.example\n      - with: {token: '§', n: 1}\n",
        "on: push\njobs:\n  a:\n    env:\n      ACME_TOKEN: ${{ secrets.ACME_TOKEN }} # mine\n    steps:\n      - run: |\n          # login\n          acme login --token \"${{ secrets.ACME_TOKEN }}\"\n      - run: curl -u me:${{ secrets.ACME_TOKEN }} https://a.example\n      - with: {token: '${{ secrets.ACME_TOKEN }}', n: 1}\n",
    );
    is_harmless(
        ".github/workflows/ci.yml",
        "jobs:\n  a:\n    permissions:\n      id-token: write\n    steps:\n      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683\n        with:\n          token: ${{ secrets.GITHUB_TOKEN }}\n",
    );
}

#[test]
fn containers_read_variables() {
    becomes(
        "docker-compose.yml",
        "services:\n  a:\n    environment:\n      - ACME_TOKEN=§\n      - DB_URL=postgres://me:§@db/x\n  b:\n    environment:\n      POSTGRES_PASSWORD: §\n",
        "services:\n  a:\n    environment:\n      - ACME_TOKEN=${POSTGRES_PASSWORD}\n      - DB_URL=postgres://me:${POSTGRES_PASSWORD}@db/x\n  b:\n    environment:\n      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}\n",
    );
    becomes(
        "deploy.yaml",
        "kind: Deployment\n---\nspec:\n  containers:\n    - env:\n        - name: ACME_TOKEN\n          value: \"§\"\n",
        "kind: Deployment\n---\nspec:\n  containers:\n    - env:\n        - name: ACME_TOKEN\n          value: \"REDACTED_ACME_TOKEN\"\n",
    );
}

#[test]
fn configurations_of_training() {
    becomes(
        "conf/config.yaml",
        "defaults:\n  - _self_\nwandb:\n  api_key: §\n  name: ${now:%Y}\n",
        "defaults:\n  - _self_\nwandb:\n  api_key: ${oc.env:API_KEY}\n  name: ${now:%Y}\n",
    );
    becomes(
        ".hydra/overrides.yaml",
        "- lr=0.1\n- wandb.api_key=§\n",
        "- lr=0.1\n- wandb.api_key=REDACTED_WANDB_API_KEY\n",
    );
    becomes(
        "wandb/run-1/files/config.yaml",
        "hub_token:\n    desc: null\n    value: §\nlr:\n    value: 0.1\n",
        "hub_token:\n    desc: null\n    value: REDACTED_HUB_TOKEN\nlr:\n    value: 0.1\n",
    );
    becomes(
        "hparams.yaml",
        "model: gpt2\nhub_token: &t '§'\nalso: *t\n",
        "model: gpt2\nhub_token: &t 'REDACTED_HUB_TOKEN'\nalso: *t\n",
    );
    becomes(
        "environment.yml",
        "channels:\n  - conda-forge\ndependencies:\n  - pip:\n    - --extra-index-url https://me:§@pypi.acme.example/simple\n",
        "channels:\n  - conda-forge\ndependencies:\n  - pip:\n    - --extra-index-url https://me:${URL_PASSWORD}@pypi.acme.example/simple\n",
    );
    becomes(
        ".condarc",
        "channels:\n  - https://me:§@conda.acme.example/x\n",
        "channels:\n  - https://me:${URL_PASSWORD}@conda.acme.example/x\n",
    );
}

#[test]
fn a_template_is_still_cleaned_and_told() {
    becomes(
        "values.yaml",
        "{{ if .x }}\na: b\napi_key: §\n{{ end }}\n",
        "{{ if .x }}\na: b\napi_key: REDACTED_API_KEY\n{{ end }}\n",
    );
    let notes = notes("a.yml", "a:\n\tb: c\n");
    assert!(
        notes[0].starts_with("read as plain text, as it is not YAML: "),
        "{notes:?}"
    );
}

#[test]
fn files_that_only_seem_to_hold_something() {
    is_harmless(
        "config.yml",
        "tokenizer: gpt2\npad_token: <pad>\nmax_tokens: 512\npassword:\nsecret: null\nauth: none\nkey: value\nsecretName: acme-tls\n",
    );
}

#[test]
fn secrets_of_kubernetes_stay_base64() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    let secret = planted::secret(&mut Rng::new(51));
    let token = crate::support::project::token(51);
    let text = format!(
        "apiVersion: v1\ndata:\n  db-password: {}\n  config.env: {} # mine\n  user: bWU=\nstringData:\n  api-key: {secret}\nkind: Secret\nmetadata:\n  name: x\n---\nkind: ConfigMap\ndata:\n  HF_TOKEN: {token}\n",
        STANDARD.encode(&secret),
        STANDARD.encode(format!("A=1\nHF_TOKEN={token}\n")),
    );
    let after = fixed("secret.yaml", &text);
    let masks = [
        ("REDACTED_DB_PASSWORD".to_owned(), secret.clone()),
        (
            "A=1\nHF_TOKEN=REDACTED_HF_TOKEN\n".to_owned(),
            format!("A=1\nHF_TOKEN={token}\n"),
        ),
    ];
    let expected = masks.iter().fold(text, |text, (mask, value)| {
        text.replace(&STANDARD.encode(value), &STANDARD.encode(mask))
    });
    let expected = expected
        .replace(&secret, "REDACTED_DB_PASSWORD")
        .replace(&token, "REDACTED_HF_TOKEN");
    assert_eq!(after, expected);
    assert_eq!(fixed("secret.yaml", &after), after);
}

//! JSON and its relatives.

use proptest::prelude::*;
use serde_json::Value;
use unspill::detect::sample::Rng;

use super::judged::{becomes, fixed, found, is_harmless, notes, same_but_for};
use super::planted;
use super::support::case;
use super::tree::{self, Tree};

/// Prints data in a random style.
fn print(tree: &Tree, rng: &mut Rng, out: &mut String) {
    let space = |rng: &mut Rng| {
        let spaces = ["", " ", "\n  ", "\r\n\t"];
        rng.pick(&spaces).copied().unwrap_or_default()
    };
    let (open, close) = match tree {
        Tree::Object(_) => ('{', '}'),
        Tree::List(_) => ('[', ']'),
        Tree::Text(text) => return string(text, rng, out),
        Tree::Number(number) => return out.push_str(&number.to_string()),
        Tree::Bool(value) => return out.push_str(&value.to_string()),
    };
    let items: Vec<(Option<&str>, &Tree)> = match tree {
        Tree::Object(members) => members.iter().map(|(k, v)| (Some(k.as_str()), v)).collect(),
        Tree::List(items) => items.iter().map(|item| (None, item)).collect(),
        _ => Vec::new(),
    };
    out.push(open);
    for (index, (key, value)) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(space(rng));
        if let Some(key) = key {
            string(key, rng, out);
            out.push(':');
            out.push_str(space(rng));
        }
        print(value, rng, out);
        out.push_str(space(rng));
    }
    out.push(close);
}

/// Writes a string, now and then with escapes that it does not need.
fn string(text: &str, rng: &mut Rng, out: &mut String) {
    let mut written = serde_json::to_string(text).expect("is JSON");
    match rng.below(8) {
        0 => written = written.replace('/', "\\/"),
        1 => {
            let wide = |c: char| c as u32 > 0x7f && (c as u32) < 0x1_0000;
            let escaped = |c: char| match wide(c) {
                true => format!("\\u{:04x}", c as u32),
                false => c.to_string(),
            };
            written = written.chars().map(escaped).collect();
        }
        _ => {}
    }
    out.push_str(&written);
}

const SIGNS: &[u8] = b"!#$%&*+-./:=?@^_~'\"\\{}[]";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn random_files_come_out_clean_and_the_same(seed: u64) {
        let rng = &mut Rng::new(seed);
        let (tree, secrets) = tree::random(rng, SIGNS);
        let mut text = String::new();
        print(&tree, rng, &mut text);
        let after = fixed("config.json", &text);
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("is JSON");
        same_but_for(&read(&text), &read(&after), &secrets);
        prop_assert_eq!(fixed("config.json", &after), after);
    }

    #[test]
    fn random_lines_come_out_clean_and_the_same(seed: u64) {
        let rng = &mut Rng::new(seed);
        let mut secrets = Vec::new();
        let mut lines = Vec::new();
        for _ in 0..1 + rng.below(5) {
            let (tree, more) = tree::random(rng, SIGNS);
            let mut line = String::new();
            print(&tree, rng, &mut line);
            lines.push(line.replace(['\n', '\r', '\t'], " "));
            secrets.extend(more);
        }
        let text = lines.join("\n");
        let after = fixed("train.jsonl", &text);
        prop_assert_eq!(after.lines().count(), lines.len());
        for (old, new) in text.lines().zip(after.lines()) {
            let read = |text: &str| serde_json::from_str::<Value>(text).expect("is JSON");
            same_but_for(&read(old), &read(new), &secrets);
        }
    }

    /// A structure may name a value from afar.
    #[test]
    fn names_beside_values_are_seen(seed: u64) {
        let rng = &mut Rng::new(seed);
        let planted = planted::draw(rng, SIGNS);
        let far = "x".repeat(rng.below(1000));
        let pair = serde_json::json!([{"name": planted.name, "a": far, "value": planted.text}]);
        let text = serde_json::to_string_pretty(&pair).expect("is JSON");
        let after: Value = serde_json::from_str(&fixed("flow.json", &text)).expect("is JSON");
        same_but_for(&pair, &after, &[planted.secret]);
    }
}

#[test]
fn files_of_training_runs() {
    becomes(
        "out/training_params.json",
        "{\n    \"model\": \"gpt2\",\n    \"token\": \"§\",\n    \"push_to_hub\": true\n}",
        "{\n    \"model\": \"gpt2\",\n    \"token\": \"REDACTED_TOKEN\",\n    \"push_to_hub\": true\n}",
    );
    becomes(
        "config.json",
        "{\"_name_or_path\": \"x/y\", \"use_auth_token\": \"§\", \"vocab_size\": 50257}\n",
        "{\"_name_or_path\": \"x/y\", \"use_auth_token\": \"REDACTED_USE_AUTH_TOKEN\", \"vocab_size\": 50257}\n",
    );
    becomes(
        "results_2024.json",
        "{\"config\": {\"model_args\": \"pretrained=gpt2,token=§,dtype=float16\", \"limit\": null}}",
        "{\"config\": {\"model_args\": \"pretrained=gpt2,token=REDACTED_TOKEN,dtype=float16\", \"limit\": null}}",
    );
    becomes(
        "dataset_info.json",
        "{\"download_checksums\": {\"https://me:§@host.example/a.zip\": {\"num_bytes\": 1, \"checksum\": null}}}",
        "{\"download_checksums\": {\"https://me:REDACTED_URL_PASSWORD@host.example/a.zip\": {\"num_bytes\": 1, \"checksum\": null}}}",
    );
}

#[test]
fn kaggle_calls_its_halves_username_and_key() {
    let key: String = case::value()
        .bytes()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let text = format!("{{\"username\":\"me\",\"key\":\"{key}\"}}");
    let after = fixed("kaggle.json", &text);
    assert_eq!(
        after,
        "{\"username\":\"me\",\"key\":\"REDACTED_KAGGLE_KEY\"}"
    );
}

#[test]
fn settings_of_editors_and_assistants_look_variables_up() {
    becomes(
        ".vscode/mcp.json",
        "{\n\t// mine\n\t\"servers\": {\"acme\": {\"command\": \"npx\", \"env\": {\"ACME_API_KEY\": \"§\"},},}\n}\n",
        "{\n\t// mine\n\t\"servers\": {\"acme\": {\"command\": \"npx\", \"env\": {\"ACME_API_KEY\": \"${env:ACME_API_KEY}\"},},}\n}\n",
    );
    becomes(
        ".mcp.json",
        r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a-mcp", "--api-key", "§"]}}}"#,
        r#"{"mcpServers": {"a": {"command": "npx", "args": ["-y", "a-mcp", "--api-key", "${API_KEY}"]}}}"#,
    );
    becomes(
        ".cursor/mcp.json",
        r#"{"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"Authorization": "Bearer §"}}}}"#,
        r#"{"mcpServers": {"a": {"url": "https://a.example/mcp", "headers": {"Authorization": "Bearer ${env:BEARER_TOKEN}"}}}}"#,
    );
    becomes(
        "claude_desktop_config.json",
        r#"{"mcpServers": {"a": {"command": "npx", "env": {"ACME_API_KEY": "§"}}}}"#,
        r#"{"mcpServers": {"a": {"command": "npx", "env": {"ACME_API_KEY": "REDACTED_ACME_API_KEY"}}}}"#,
    );
    becomes(
        ".vscode/launch.json",
        "{\n  \"configurations\": [{\"name\": \"run\", \"args\": [\"--hub_token\", \"§\"]}] // x\n}",
        "{\n  \"configurations\": [{\"name\": \"run\", \"args\": [\"--hub_token\", \"${env:HUB_TOKEN}\"]}] // x\n}",
    );
    becomes(
        ".vscode/settings.json",
        "{\"terminal.integrated.env.linux\": {\"ACME_TOKEN\": \"§\"}, \"acme.token\": \"§\"}",
        "{\"terminal.integrated.env.linux\": {\"ACME_TOKEN\": \"${env:ACME_TOKEN}\"}, \"acme.token\": \"REDACTED_ACME_TOKEN\"}",
    );
    becomes(
        ".devcontainer/devcontainer.json",
        r#"{"remoteEnv": {"ACME_TOKEN": "§"}}"#,
        r#"{"remoteEnv": {"ACME_TOKEN": "${localEnv:ACME_TOKEN}"}}"#,
    );
}

#[test]
fn commands_within_strings_keep_their_quotes() {
    becomes(
        ".claude/settings.local.json",
        r#"{"permissions": {"allow": ["Bash(curl -H \"X-Api-Key: §\" https://a.example)", "Bash(export ACME_TOKEN='§')"]}}"#,
        r#"{"permissions": {"allow": ["Bash(curl -H \"X-Api-Key: REDACTED_X_API_KEY\" https://a.example)", "Bash(export ACME_TOKEN='REDACTED_X_API_KEY')"]}}"#,
    );
}

#[test]
fn flows_and_collections() {
    becomes(
        "flow.json",
        r#"{"template": {"openai_api_key": {"display_name": "OpenAI API Key", "name": "api_key", "password": true, "value": "§"}}}"#,
        r#"{"template": {"openai_api_key": {"display_name": "OpenAI API Key", "name": "api_key", "password": true, "value": "REDACTED_API_KEY"}}}"#,
    );
    becomes(
        "api.postman_collection.json",
        r#"{"auth": {"type": "bearer", "bearer": [{"key": "token", "value": "§", "type": "string"}]}, "header": [{"key": "X-Api-Key", "value": "§"}]}"#,
        r#"{"auth": {"type": "bearer", "bearer": [{"key": "token", "value": "REDACTED_TOKEN", "type": "string"}]}, "header": [{"key": "X-Api-Key", "value": "REDACTED_TOKEN"}]}"#,
    );
    becomes(
        "workflow.json",
        r#"{"nodes": [{"parameters": {"headerParameters": {"parameters": [{"id": "1", "name": "Authorization", "value": "Bearer §"}]}}}]}"#,
        r#"{"nodes": [{"parameters": {"headerParameters": {"parameters": [{"id": "1", "name": "Authorization", "value": "Bearer REDACTED_BEARER_TOKEN"}]}}}]}"#,
    );
    becomes(
        "OAI_CONFIG_LIST",
        "[\n  {\n    \"model\": \"gpt-4\",\n    \"api_key\": \"§\"\n  }\n]\n",
        "[\n  {\n    \"model\": \"gpt-4\",\n    \"api_key\": \"REDACTED_API_KEY\"\n  }\n]\n",
    );
}

#[test]
fn json_within_a_string_of_json() {
    becomes(
        "state.json",
        r#"{"saved": "{\"a\": {\"api_key\": \"§\", \"n\": 1}}"}"#,
        r#"{"saved": "{\"a\": {\"api_key\": \"REDACTED_API_KEY\", \"n\": 1}}"}"#,
    );
}

#[test]
fn a_key_of_a_service_account_goes_as_a_whole() {
    let body = case::value().repeat(12);
    let key = format!("-----BEGIN PRIVATE KEY-----\\n{body}\\n-----END PRIVATE KEY-----\\n");
    let text = format!(
        "{{\n  \"type\": \"service_account\",\n  \"private_key\": \"{key}\",\n  \"client_email\": \"a@b.example\"\n}}\n"
    );
    let after = fixed("credentials.json", &text);
    assert!(!after.contains(&body[..20]), "{after}");
    assert_eq!(after.lines().count(), text.lines().count());
    assert_eq!(found("credentials.json", &text)[0].line, 3);
}

#[test]
fn a_broken_file_is_still_cleaned_and_told() {
    becomes(
        "config.json",
        "{\"api_key\": \"§\",\n\"b\": {",
        "{\"api_key\": \"REDACTED_API_KEY\",\n\"b\": {",
    );
    let said = notes("config.json", "{\"b\": {");
    assert_eq!(
        said,
        ["read as plain text, as it is not JSON: the file ends too early (line 1, column 8)"]
    );
}

#[test]
fn files_that_only_seem_to_hold_something() {
    let hash = format!("sha512-{}==", case::value().repeat(4));
    is_harmless(
        "package-lock.json",
        &format!(
            "{{\"packages\": {{\"a\": {{\"resolved\": \"https://r.example/a.tgz\", \"integrity\": \"{hash}\"}}}}}}"
        ),
    );
    is_harmless(
        "tokenizer_config.json",
        r#"{"pad_token": "<|endoftext|>", "eos_token": "</s>", "tokenizer_class": "GPT2Tokenizer", "added_tokens_decoder": {"0": {"content": "<unk>"}}}"#,
    );
}

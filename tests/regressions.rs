//! What went wrong once, each with its cause. Values are made up of parts
//! when a test runs, so that no scanner takes this file for a leak.

use std::path::Path;

use serde_json::{Value, json};
use unspill::sanitize::{Ledger, Policy, Sanitizer};

/// A user token of Hugging Face.
fn hf() -> String {
    format!("hf_{}", "kQzRvTnWcLxBmYpHsJdGfAeUoIqZwKrNtV")
}

/// Forty hexadecimal digits: an old key of Weights & Biases, but also any
/// commit.
fn hex40() -> String {
    ["3f9c1b7e", "60d24a8f", "95e3c70b", "1d86fa42", "c7b0395e"].concat()
}

/// A key that only its name tells.
fn key() -> String {
    ["qT7vR2mX", "9bLk4WzE", "c3YdN8sH", "u6JfA1pG"].concat()
}

fn code(source: &str) -> Value {
    json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": source})
}

fn stream(text: &str) -> Value {
    json!({"name": "stdout", "output_type": "stream", "text": text})
}

fn notebook(cells: &[Value]) -> Value {
    json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
}

/// The notebook as `filter` leaves it.
fn fixed(notebook: &Value) -> Value {
    let bytes = serde_json::to_vec(notebook).unwrap();
    let sanitizer = Sanitizer::new(Policy::default());
    let name = Path::new("a.ipynb");
    let inspection = sanitizer.inspect(name, &bytes, &Ledger::default()).unwrap();
    let mut ledger = Ledger::default();
    ledger.add(&inspection.sightings, &inspection.reads);
    let sanitized = sanitizer.sanitize(name, &bytes, &ledger).unwrap();
    let bytes = sanitized.bytes.unwrap_or(bytes);
    serde_json::from_slice(&bytes).unwrap()
}

/// The sources of the cells after a fix, one after the other.
fn sources(cells: &[&str]) -> String {
    let cells: Vec<Value> = cells.iter().map(|cell| code(cell)).collect();
    let fixed = fixed(&notebook(&cells));
    let sources: Vec<&str> = fixed["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| cell["source"].as_str().unwrap())
        .collect();
    sources.join("\n")
}

/// Names were read in comments and commands, but not in what a string says.
#[test]
fn names_in_a_string_of_the_program() {
    let key = key();
    for cell in [
        format!(r#"json.loads('{{"api_key": "{key}"}}')"#),
        format!("x = 'Server=db;Password={key};'"),
        format!("url = 'https://api.example.org/v1?api_key={key}&n=1'"),
    ] {
        let after = sources(&[&cell]);
        assert!(!after.contains(&key), "{after}");
        assert!(after.contains("os.environ["), "{after}");
    }
}

/// `login` with a space was no name for the first look, and the reader of
/// commands asked for names only, not for calls.
#[test]
fn a_key_behind_login() {
    let key = hex40();
    for cell in [
        format!("!wandb login {key}"),
        format!("!wandb login --relogin {key}"),
        format!("%%bash\nwandb login {key}"),
        format!("os.system('wandb login {key}')"),
        format!("# wandb.login(key='{key}')"),
        format!("# first `wandb login {key}`"),
    ] {
        let after = sources(&[&cell]);
        assert!(!after.contains(&key), "{after}");
        assert!(after.contains("WANDB_API_KEY"), "{after}");
    }
}

/// `aws configure set` takes names of a configuration, not of the environment.
#[test]
fn what_a_command_sets_is_no_variable_by_that_name() {
    let after = sources(&[&format!(
        "!aws configure set aws_secret_access_key {}x1Yz2Wv3",
        key()
    )]);
    assert!(after.contains("\"$AWS_SECRET_ACCESS_KEY\""), "{after}");
}

/// Colours and characters without width were peeled from outputs only.
#[test]
fn a_known_value_with_invisible_characters_in_code() {
    let hf = hf();
    let hidden = format!("{}\u{200b}{}", &hf[..9], &hf[9..]);
    let after = sources(&[&format!("t = '{hf}'"), &format!("# not {hidden}")]);
    assert!(after.contains("# not REDACTED_HF_TOKEN"), "{after}");
}

/// The beginning of a value ended where a character was that tokens do not
/// have; passwords have them.
#[test]
fn the_beginning_of_a_password_with_signs() {
    let password = ["aB3!dE5#", "gH7+jK9/", "mN1"].concat();
    let cells = [
        code(&format!("password = '{password}'")),
        json!({"cell_type": "code", "execution_count": 1, "metadata": {},
            "outputs": [stream(&format!("0  {}...\n", &password[..14]))], "source": "df"}),
    ];
    let after = fixed(&notebook(&cells)).to_string();
    assert!(after.contains("0  REDACTED_PASSWORD..."), "{after}");
}

/// Base64 of a short password is shorter than what was taken for base64.
#[test]
fn a_short_password_in_base64() {
    use base64::prelude::*;
    let password = ["aB3xdE5q", "gH7zjK9w"].concat();
    let encoded = BASE64_STANDARD_NO_PAD.encode(&password);
    let after = sources(&[
        &format!("password = '{password}'"),
        &format!("x = '{encoded}'"),
    ]);
    assert!(!after.contains(&encoded), "{after}");
}

/// The anchor and the rest stood in two literals, so the first look saw too
/// few characters behind it.
#[test]
fn a_token_in_two_parts_with_nothing_else_in_the_file() {
    let hf = hf();
    let (head, tail) = hf.split_at(15);
    let (prefix, body) = hf.split_at(3);
    let sum = sources(&[&format!("x = '{prefix}' + '{body}'")]);
    assert!(!sum.contains(body), "{sum}");
    let sum = sources(&[&format!("x = \"{prefix}\" + \"{body}\"")]);
    assert!(!sum.contains(body), "{sum}");
    let outputs = [
        vec![stream(&format!("{{'a': '{head}'\n      '{tail}'}}\n"))],
        vec![
            stream(&format!("token {head}")),
            json!({"name": "stderr", "output_type": "stream", "text": "warning\n"}),
            stream(&format!("{tail}\n")),
        ],
    ];
    for outputs in outputs {
        let cell = json!({"cell_type": "code", "execution_count": 1, "metadata": {},
            "outputs": outputs, "source": "show()"});
        let after = fixed(&notebook(&[cell])).to_string();
        assert!(!after.contains(tail), "{after}");
    }
}

/// JupyterLab leaves out of a widget's state what is a default, also the
/// model's name; the object around the state has it.
#[test]
fn a_password_widget_whose_state_does_not_name_its_model() {
    let typed = ["Herbst", "!7", "laub"].concat();
    let notebook = json!({"cells": [], "nbformat": 4, "nbformat_minor": 4, "metadata": {"widgets": {
        "application/vnd.jupyter.widget-state+json": {"version_major": 2, "state": {"a1": {
            "model_name": "PasswordModel", "model_module": "@jupyter-widgets/controls",
            "state": {"description": "Token:", "value": typed}}}}}}});
    let after = fixed(&notebook).to_string();
    assert!(after.contains("REDACTED_PASSWORD"), "{after}");
}

/// The name of a call's argument said the callee (`CONNECT`), that of a long
/// key its end (`NET`), that of a setter its verb.
#[test]
fn variables_are_named_for_what_they_hold() {
    let key = key();
    let storage = [key.as_str(), &key, "x1Yz2Wv3Ab4Cd5Ef6Gh7Ij=="].concat();
    for (cell, variable) in [
        (format!("psycopg2.connect(password='{key}')"), "PASSWORD"),
        (
            format!("spark.conf.set('fs.azure.account.key.me.dfs.core.windows.net', '{storage}')"),
            "ACCOUNT_KEY",
        ),
        (
            format!("px.set_mapbox_access_token('{key}')"),
            "MAPBOX_ACCESS_TOKEN",
        ),
        (format!("my.set_auth_token('{key}')"), "AUTH_TOKEN"),
        (
            format!("env = {{'NEO4J_PASSWORD': '{key}'}}"),
            "NEO4J_PASSWORD",
        ),
    ] {
        let after = sources(&[&cell]);
        let look_up = format!("os.environ['{variable}']");
        assert!(after.contains(&look_up), "{after}");
    }
}

/// A webhook's variable holds its whole URL, in every program that reads it.
#[test]
fn a_webhook_goes_with_its_scheme() {
    let hook = format!(
        "https://hooks.slack.com/services/T{}/B{}/{}",
        "Q8W2E6R4", "Z5X1C9V3B7", "kQzRvTnWcLxBmYpHsJdGfAeU"
    );
    let after = sources(&[&format!("requests.post(\"{hook}\")")]);
    assert!(
        after.contains("requests.post(os.environ[\"SLACK_WEBHOOK_URL\"])"),
        "{after}"
    );
}

/// What people pass by position: the first look knew no names for these.
#[test]
fn credentials_by_position() {
    let key = key();
    for (cell, variable) in [
        (format!("ngrok.set_auth_token('{key}')"), "AUTH_TOKEN"),
        (
            format!("tweepy.OAuthHandler('{}', '')", &key[..25]),
            "TWITTER_CONSUMER_KEY",
        ),
        (
            format!("smtp.login('me@example.org', '{}')", &key[..14]),
            "PASSWORD",
        ),
        (
            format!("boto(ibm_api_key_id='{key}{}')", &key[..12]),
            "IBMCLOUD_API_KEY",
        ),
    ] {
        let after = sources(&[&cell]);
        assert!(after.contains(variable), "{after}");
    }
}

/// `license` was no word that makes a `key` a credential.
#[test]
fn a_licence_key_in_prose() {
    let cell = json!({"cell_type": "markdown", "metadata": {}, "source": format!("LICENSE_KEY={}", key())});
    let after = fixed(&notebook(&[cell])).to_string();
    assert!(
        after.contains("LICENSE_KEY=REDACTED_LICENSE_KEY"),
        "{after}"
    );
}

/// A file that a cell writes shared its imports with the cells: either it or
/// the next cell had no `import os`.
#[test]
fn a_written_file_shares_nothing_with_the_cells() {
    let hf = hf();
    let token = format!("x = '{hf}'");
    for own in ["%%writefile a.py", "%%script python3", "%%file a.py"] {
        let own = format!("{own}\n{token}");
        let written = own.replace(&token, "import os\nx = os.environ['HF_TOKEN']");
        let cell = "import os\nx = os.environ['HF_TOKEN']";
        assert_eq!(
            sources(&["import os", &own]),
            format!("import os\n{written}")
        );
        assert_eq!(sources(&[&own, &token]), format!("{written}\n{cell}"));
        assert_eq!(sources(&[&own, &own]), format!("{written}\n{written}"));
    }
}

/// `%reset` takes the imports of earlier cells away.
#[test]
fn what_was_imported_before_a_reset_is_imported_again() {
    let after = sources(&["import os", "%reset -f", &format!("x = '{}'", hf())]);
    assert_eq!(
        after,
        "import os\n%reset -f\nimport os\nx = os.environ['HF_TOKEN']"
    );
}

/// The beginning of a password was a word, which then was taken out of every
/// sentence of the run.
#[test]
fn a_word_that_a_password_begins_with_stays() {
    let password = ["California", "Housing", "1"].concat();
    let text = "The California data, California... and 2024";
    let cells = [
        code(&format!("db = dict(password='{password}')")),
        json!({"cell_type": "markdown", "metadata": {}, "source": text}),
    ];
    let after = fixed(&notebook(&cells));
    assert_eq!(after["cells"][1]["source"], text);
    assert!(!after.to_string().contains(&password), "{after}");
}

#[test]
fn a_word_for_a_password_stays_wherever_else_it_stands() {
    let sanitizer = Sanitizer::new(Policy::default());
    let mut ledger = Ledger::default();
    for (password, goes) in [
        ("phoenix", false),
        ("kQ3vZ8rLw0Xy", true),
        ("Sunshine#88", true),
        ("mustang-river-77", true),
    ] {
        let url = format!("URL = 'postgresql://ada:{password}@db.corp.test:5432/app'\n");
        let found = sanitizer.inspect(Path::new("a.py"), url.as_bytes(), &ledger);
        let found = found.unwrap();
        assert_eq!(found.found.len(), 1, "{password}");
        ledger.add(&found.sightings, &found.reads);
        let other = format!("import {{ x }} from '{password}'\nCOLOUR={password}\n");
        let other = sanitizer.inspect(Path::new("b.txt"), other.as_bytes(), &ledger);
        assert_eq!(!other.unwrap().found.is_empty(), goes, "{password}");
    }
}

#[test]
fn a_word_for_a_password_goes_with_its_copies_in_the_same_file() {
    let url = "URL = 'postgresql://ada:phoenix@db.corp.test:5432/app'\n";
    let after = sources(&[url, "login('ada', \"phoenix\")\nphoenix.start()\n"]);
    assert!(
        !after.contains("\"phoenix\"") && after.contains("phoenix.start()"),
        "{after}"
    );
}

#[test]
fn the_owner_of_a_bucket_is_no_secret() {
    let id = ["AKIA", "JQ5RLZDLUMVRPF7W"].concat();
    let likely = |text: &str| {
        let sanitizer = Sanitizer::new(Policy::default());
        let found = sanitizer.inspect(Path::new("a.txt"), text.as_bytes(), &Ledger::default());
        !found.unwrap().found.is_empty()
    };
    assert!(!likely(&format!(
        "https://s3.amazonaws.com/{id}.thumbs/x.jpg"
    )));
    assert!(likely(&format!("s3://{id}:kQ3vZ8rLw0XyTbN5@bucket/x")));
    assert!(likely(&format!("id = {id}")));
}

/// What all connection strings begin with was taken for the beginning of one
/// that stood in another file, and would have been masked.
#[test]
fn what_all_connection_strings_begin_with_stays() {
    let sanitizer = Sanitizer::new(Policy::default());
    let key = [key(), key(), key()].concat();
    let start = "DefaultEndpointsProtocol=https;AccountName=";
    let text = format!("conn_str = \"{start}ada;AccountKey={key}==\"\n");
    let found = sanitizer.inspect(Path::new("a.py"), text.as_bytes(), &Ledger::default());
    let found = found.unwrap();
    assert!(!found.found.is_empty());
    let mut ledger = Ledger::default();
    ledger.add(&found.sightings, &found.reads);
    let other = format!("x = f\"{start}{{name}};AccountKey={{key}}\"\n");
    let other = sanitizer.inspect(Path::new("b.py"), other.as_bytes(), &ledger);
    assert!(other.unwrap().found.is_empty());
}

/// A provider's name for its key was asked for a word of the provider near
/// it; beside a JSON value stands nothing but the name.
#[test]
fn a_providers_own_name_in_json() {
    let value = hex40()[..32].to_owned();
    let notebook = json!({"cells": [], "nbformat": 4, "nbformat_minor": 4,
        "metadata": {"papermill": {"parameters": {"twilio_auth": value}}}});
    let after = fixed(&notebook).to_string();
    assert!(!after.contains(&value), "{after}");
}

/// Readers of JSON see the last of two members of one name; a person who
/// opens the file sees both.
#[test]
fn cells_that_a_second_member_hides() {
    let hidden = serde_json::to_string(&code(&format!("x = '{}'", hf()))).unwrap();
    let text = format!(
        r#"{{"cells": [{hidden}], "cells": [], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#
    );
    let sanitized = Sanitizer::default()
        .sanitize(Path::new("a.ipynb"), text.as_bytes(), &Ledger::default())
        .unwrap();
    let after = String::from_utf8(sanitized.bytes.unwrap()).unwrap();
    assert!(!after.contains(&hf()), "{after}");
    assert!(after.starts_with(r#"{"cells": [{"#), "{after}");
}

/// Lines were counted anew for each finding, and each finding compared with
/// each: a log of tokens took minutes.
#[test]
fn very_many_findings_take_no_longer_each() {
    let lines: String = (0..3000)
        .map(|number| format!("token_{number}={}{number:05}\n", key()))
        .collect();
    let cell = json!({
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": "f()",
        "outputs": [stream(&lines)],
    });
    let started = std::time::Instant::now();
    let after = fixed(&notebook(&[cell])).to_string();
    assert!(!after.contains(&key()));
    // Seconds in a debug build; it was minutes.
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

/// What stands before an escape was a value by itself: it was masked, and the
/// half behind the escape stayed.
#[test]
fn a_value_goes_on_behind_an_escape() {
    let key = key();
    for text in [
        format!("<p>Authorization: Bearer {key}&#43;{key}</p>"),
        format!("see https://x.org/?api_key={key}%2B{key}&n=1"),
    ] {
        let cell = json!({
            "cell_type": "code", "execution_count": 1, "metadata": {}, "source": "f()",
            "outputs": [stream(&text)],
        });
        let after = fixed(&notebook(&[cell])).to_string();
        assert!(!after.contains(&key), "{after}");
    }
}

#[test]
fn a_template_is_not_told_as_broken_and_a_broken_file_is() {
    let notes = |text: &str| {
        let sanitizer = Sanitizer::new(Policy::default());
        let found = sanitizer.inspect(Path::new("a.yaml"), text.as_bytes(), &Ledger::default());
        found.unwrap().notes.len()
    };
    assert_eq!(notes("{{- if .Values.on }}\na: 1\n{{- end }}\n"), 0);
    assert_eq!(notes("a: \"{{ x }}\"\nb: \"c\n"), 1);
}

#[test]
fn a_batch_file_sets_names_without_quotes() {
    let text = format!(
        "@echo off\r\nset DB_PASSWORD={}\r\nset A=%DB_PASSWORD%\r\n",
        key()
    );
    let sanitizer = Sanitizer::new(Policy::default());
    let found = sanitizer.inspect(Path::new("a.bat"), text.as_bytes(), &Ledger::default());
    assert_eq!(found.unwrap().found.len(), 1);
}

/// A `domain` beside a name made a cookie of what the name says is a password.
#[test]
fn a_password_beside_a_domain_stays_a_password() {
    let found = |text: &str| {
        let sanitizer = Sanitizer::new(Policy::default());
        let found = sanitizer.inspect(Path::new("a.json"), text.as_bytes(), &Ledger::default());
        found.unwrap().found.len()
    };
    let object = |name: &str, value: &str, domain: &str| {
        format!(r#"[{{"name":"{name}","value":"{value}","domain":"{domain}"}}]"#)
    };
    assert_eq!(found(&object("password", "hT7x9QmZ2kLp", "CORP")), 1);
    assert_eq!(found(&object("api_key", &key(), "api.corp.test")), 1);
    assert_eq!(found(&object("SID", &key(), ".corp.test")), 1);
    assert_eq!(found(&object("run-3", &key(), "image")), 0);
}

/// In Spanish `clave` is the key of a record, too.
#[test]
fn a_column_of_keys_of_records_stays() {
    let text = "clave,nombre\n09DPR0001A,Benito\n15EPR4312K,Juana\n";
    let sanitizer = Sanitizer::new(Policy::default());
    let found = sanitizer.inspect(Path::new("a.csv"), text.as_bytes(), &Ledger::default());
    assert!(found.unwrap().found.is_empty());
}

/// The port of SQL Server, its database and its user were told as a password, and
/// `pwd` became the folder that a shell is in.
#[test]
fn an_address_of_sql_server_and_names_of_the_shell() {
    let url =
        "url = 'jdbc:sqlserver://a.database.windows.net:1433;database=dw;user=sa@a;encrypt=true'\n";
    let looked =
        Sanitizer::default().inspect(Path::new("a.py"), url.as_bytes(), &Ledger::default());
    assert!(looked.unwrap().found.is_empty());

    let password = ["Tig3r", "Lake", "9058xQ"].concat();
    let secret = ["a8Kq02LmXz71PqRt", "55Ywb3Nf9TcHj6Vd"].concat();
    for (code, variable) in [
        (format!("pwd = '{password}'\n"), "PASSWORD"),
        (format!("connect(uid='sa', pwd='{password}')\n"), "PASSWORD"),
        (
            format!("TOKEN = os.getenv('SERVICE_TOKEN') or '{secret}'\n"),
            "SERVICE_TOKEN",
        ),
    ] {
        let sanitized = Sanitizer::default()
            .sanitize(Path::new("a.py"), code.as_bytes(), &Ledger::default())
            .unwrap();
        let clean = String::from_utf8(sanitized.bytes.unwrap()).unwrap();
        assert!(clean.contains(&format!("environ['{variable}']")), "{clean}");
    }
}

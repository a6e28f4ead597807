//! Detection by knowledge: values without a shape that the user has, found in
//! what a notebook printed.
//!
//! Every run has an environment of its own and a home folder that is made for
//! the test, and none may show a value.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use base64::prelude::*;
use tempfile::TempDir;

/// A password that no rule could tell, put together when the test runs.
fn password() -> String {
    ["Zk4!vq", "&8r/Lm", "2+xT9", "=wB"].concat()
}

/// A key that no rule could tell.
fn key() -> String {
    ["q7Zp", "Lw2R", "tX9v", "BnK4", "mY0a", "Ud8c"].concat()
}

/// A token as Hugging Face issues them.
fn token(body: &str) -> String {
    format!("hf{}{body}", '_')
}

const BODY: &str = "kQzWvBnTyLmRfGhJpXsDcUeAoIiYtRqNwM";
const OTHER_BODY: &str = "ZpLmWqXsCvBnTyUrGhJkDfAeOiQwRtYuNz";

/// A machine: a home folder, a project, an environment.
struct Machine {
    dir: TempDir,
    variables: Vec<(String, String)>,
}

struct Run {
    status: i32,
    out: String,
    err: String,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("home")).unwrap();
        fs::create_dir_all(dir.path().join("project")).unwrap();
        Self {
            dir,
            variables: Vec::new(),
        }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// A notebook in the project that printed this.
    fn printed(self, text: &str) -> Self {
        self.notebook("a.ipynb", "print(x)", text)
    }

    fn notebook(self, name: &str, source: &str, output: &str) -> Self {
        let text = notebook(source, output);
        self.file(&format!("project/{name}"), &text)
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.dir.path().join(path)).unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unspill"));
        let home = self.dir.path().join("home");
        command
            .current_dir(self.dir.path().join("project"))
            .env_clear()
            .env("HOME", &home)
            .env("USERPROFILE", &home)
            .envs(self.variables.iter().cloned())
            .args(args);
        command
    }

    fn run(&self, args: &[&str]) -> Run {
        Run::of(self.command(args).output().unwrap())
    }

    /// What `check` finds, as the reasons of its findings.
    fn reasons(&self, args: &[&str]) -> Vec<String> {
        let run = self.run(&[&["check", "--json"], args].concat());
        let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        let findings = document["findings"].as_array().unwrap();
        assert_eq!(run.status, i32::from(!findings.is_empty()), "{}", run.err);
        let in_notebooks =
            |finding: &&serde_json::Value| finding["path"].as_str().unwrap().ends_with(".ipynb");
        let reason = |finding: &serde_json::Value| finding["reason"].as_str().unwrap().to_owned();
        findings.iter().filter(in_notebooks).map(reason).collect()
    }
}

impl Run {
    /// The outcome, which shows no value in any form.
    fn of(output: std::process::Output) -> Self {
        let run = Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        for value in [password(), key(), token(BODY), token(OTHER_BODY)] {
            for form in forms(&value) {
                for shown in [&run.out, &run.err] {
                    assert!(!shown.contains(&form), "a value is shown: {shown}");
                }
            }
        }
        run
    }
}

fn notebook(source: &str, output: &str) -> String {
    let string = |text: &str| serde_json::to_string(text).unwrap();
    format!(
        r#"{{
 "cells": [
  {{
   "cell_type": "code",
   "execution_count": 1,
   "metadata": {{}},
   "outputs": [
    {{
     "name": "stdout",
     "output_type": "stream",
     "text": [{}]
    }}
   ],
   "source": [{}]
  }}
 ],
 "metadata": {{}},
 "nbformat": 4,
 "nbformat_minor": 4
}}
"#,
        string(output),
        string(source)
    )
}

/// A value as texts write it.
fn forms(value: &str) -> Vec<String> {
    let each = |escape: fn(u8) -> String| value.bytes().map(escape).collect::<String>();
    let percent = each(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    vec![
        value.to_owned(),
        BASE64_STANDARD.encode(value),
        BASE64_STANDARD.encode(format!("user:{value}")),
        percent,
        each(|byte| format!("%{byte:02x}")),
        value.replace('&', "&amp;").replace('/', "&#x2F;"),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("{byte:02x}")),
        each(|byte| format!(r"\x{byte:02x}")),
    ]
}

#[test]
fn a_value_of_the_environment_is_found_in_every_encoding() {
    for form in forms(&password()) {
        let machine = Machine::new()
            .with("DB_PASSWORD", &password())
            .printed(&format!("connecting with {form} now\n"));
        assert_eq!(
            machine.reasons(&[]),
            ["a value of your own: environment variable DB_PASSWORD"],
            "{form}"
        );
        assert!(machine.reasons(&["--no-own"]).is_empty(), "{form}");
        let fixed = machine.run(&["fix"]);
        assert_eq!(fixed.status, 0, "{}{}", fixed.out, fixed.err);
        let after = machine.read("project/a.ipynb");
        assert!(!after.contains(&form), "{after}");
        assert!(machine.reasons(&[]).is_empty(), "{after}");
    }
}

#[test]
fn stores_of_the_project_are_known() {
    let line = format!("# mine\nexport SERVICE_TOKEN='{}'\n", key());
    for (path, text) in [
        ("project/.env", line.clone()),
        ("project/config/prod.env", line.replace('\n', "\r\n")),
        (
            "project/.streamlit/secrets.toml",
            format!("[s]\ntoken = \"{}\"\n", key()),
        ),
        ("project/hf/token", format!("{}\n", key())),
    ] {
        let machine = Machine::new()
            .file(path, &text)
            .printed(&format!("[{}]", key()));
        let reasons = machine.reasons(&[]);
        assert_eq!(reasons.len(), 1, "{path}");
        let place = path.strip_prefix("project/").unwrap();
        assert!(reasons[0].starts_with("a value of your own: "), "{path}");
        assert!(reasons[0].contains(place), "{reasons:?}");
        let without = machine.reasons(&["--no-own"]);
        assert!(without.iter().all(|reason| !reason.contains("your own")));
        // The store is no target: it is told, and stays.
        assert_eq!(machine.run(&["fix"]).status, 1);
        assert_eq!(machine.read(path), text);
        assert!(!machine.read("project/a.ipynb").contains(&key()));
    }
}

#[test]
fn stores_of_the_home_folder_only_if_asked() {
    let netrc = format!("machine host.example\n  login me\n  password {}\n", key());
    let machine = Machine::new()
        .file("home/.netrc", &netrc)
        .printed(&format!("key={}", key()));
    assert_eq!(
        machine.reasons(&["--own"]),
        ["a value of your own: ~/.netrc, host.example"]
    );
    assert!(machine.reasons(&["--no-own"]).is_empty());
    let aws = format!("[default]\naws_secret_access_key = {}\n", password());
    let machine = Machine::new()
        .file("home/.aws/credentials", &aws)
        .printed(&format!("got {}", password()));
    assert!(machine.reasons(&[]).is_empty());
    assert_eq!(
        machine.reasons(&["--own"]),
        ["a value of your own: ~/.aws/credentials, default"]
    );
}

#[test]
fn a_login_of_hugging_face_wherever_it_lies() {
    // A refresh token has no shape of its own.
    let stored = format!(
        "[oauth-someone]\nhf_token = {}\nrefresh_token = {}\nexpires_at = 1790000000\n\n",
        token(BODY),
        key()
    );
    for (home, place) in [
        ("home/.cache/huggingface", None),
        ("elsewhere", Some("HF_HOME")),
        ("cache/huggingface", Some("XDG_CACHE_HOME")),
    ] {
        let mut machine = Machine::new()
            .file(&format!("{home}/token"), &token(BODY))
            .file(&format!("{home}/stored_tokens"), &stored)
            .printed(&key());
        if let Some(variable) = place {
            let folder = machine.dir.path().join(home.split('/').next().unwrap());
            machine = machine.with(variable, folder.to_str().unwrap());
        }
        let reasons = machine.reasons(&["--own"]);
        assert_eq!(reasons.len(), 1, "{home}");
        assert!(reasons[0].contains("stored_tokens"), "{reasons:?}");
        assert!(!reasons[0].contains("someone"), "{reasons:?}");
    }
}

#[test]
fn code_reads_the_variable_that_holds_the_value_already() {
    let source = format!("connect(\"db\", \"{}\")\nprint(1)", key());
    let machine = Machine::new()
        .file("project/.env", &format!("MY_SERVICE_TOKEN={}\n", key()))
        .file("project/.git/HEAD", "")
        .file("project/.gitignore", ".env\n")
        .notebook("a.ipynb", &source, "1");
    assert_eq!(machine.run(&["fix"]).status, 0);
    let after = machine.read("project/a.ipynb");
    assert!(
        after.contains(r#"os.environ[\"MY_SERVICE_TOKEN\"]"#),
        "{after}"
    );
    let again = machine.run(&["fix"]);
    assert_eq!(again.status, 0);
    assert_eq!(machine.read("project/a.ipynb"), after);
}

#[test]
fn a_value_without_a_variable_is_called_as_its_store_calls_it() {
    let toml = format!("[billing]\ntoken = \"{}\"\n", key());
    let machine = Machine::new()
        .file("project/.streamlit/secrets.toml", &toml)
        .printed(&key());
    assert_eq!(machine.run(&["fix"]).status, 1, "the store is left");
    let after = machine.read("project/a.ipynb");
    assert!(after.contains("REDACTED_BILLING_TOKEN"), "{after}");
}

#[test]
fn a_value_in_parts_or_cut_off_is_found() {
    let (head, tail) = (&key()[..7], &key()[7..]);
    let source = format!("connect(\"{head}\" + \"{tail}\")");
    let machine = Machine::new()
        .with("SERVICE_TOKEN", &key())
        .notebook("a.ipynb", &source, "");
    assert_eq!(machine.reasons(&[]).len(), 1);
    // The beginning that a printer leaves is masked, too; a few letters of it
    // say nothing.
    for (shown, masked) in [(14, true), (8, false)] {
        let machine = Machine::new()
            .with("SERVICE_TOKEN", &key())
            .printed(&format!("0  {}...\n", &key()[..shown]));
        assert!(machine.run(&["fix"]).status < 2);
        let after = machine.read("project/a.ipynb");
        assert_eq!(!after.contains(&key()[..shown]), masked, "{after}");
    }
}

#[test]
fn its_variable_is_not_given_to_another_value() {
    let machine = Machine::new()
        .with("HF_TOKEN", &token(OTHER_BODY))
        .notebook("a.ipynb", &format!("t = \"{}\"", token(BODY)), "")
        .notebook("b.ipynb", &format!("t = \"{}\"", token(OTHER_BODY)), "");
    assert_eq!(machine.run(&["fix"]).status, 0);
    assert!(
        machine
            .read("project/a.ipynb")
            .contains(r#"os.environ[\"HF_TOKEN_2\"]"#)
    );
    assert!(
        machine
            .read("project/b.ipynb")
            .contains(r#"os.environ[\"HF_TOKEN\"]"#)
    );
}

#[test]
fn what_the_environment_holds_changes_nothing_that_lacks_it() {
    let source = format!("t = \"{}\"", token(BODY));
    let results = [None, Some(token(OTHER_BODY))].map(|set| {
        let mut machine = Machine::new().notebook("a.ipynb", &source, "");
        if let Some(value) = set {
            machine = machine.with("HF_TOKEN", &value);
        }
        assert_eq!(machine.run(&["fix"]).status, 0);
        machine.read("project/a.ipynb")
    });
    assert_eq!(results[0], results[1]);
}

#[test]
fn ordinary_values_are_never_searched() {
    let machine = Machine::new()
        .with("DB_PASSWORD", "postgres")
        .with("API_TOKEN", "test")
        .with("ADMIN_PASSWORD", "administrator")
        .with("SECRET_KEY", "your-secret-key-here")
        .with("AUTH_TOKEN", "/run/secrets/the/token")
        .with("GITHUB_SHA", "9d1c07be3f2a55aa6610b7c0ffee0123456789ab")
        .with("HOSTNAME", "runner-a1b2c3d4e5f6")
        .with("SESSION_TOKEN", "runner-a1b2c3d4e5f6")
        .with("LS_COLORS", "rs=0:di=01;34:ln=01;36:mh=00")
        .with("PS1", r"\u@\h:\w\$ ")
        .file("project/.env", "PASSWORD=postgres\nTOKEN=changeme\n")
        .printed(concat!(
            "postgres test administrator your-secret-key-here changeme\n",
            "/run/secrets/the/token runner-a1b2c3d4e5f6\n",
            "9d1c07be3f2a55aa6610b7c0ffee0123456789ab rs=0:di=01;34:ln=01;36:mh=00\n",
        ));
    assert!(machine.reasons(&["--own"]).is_empty());
}

#[test]
fn an_example_is_no_store() {
    let machine = Machine::new()
        .file(
            "project/.env.example",
            &format!("SERVICE_TOKEN={}\n", key()),
        )
        .printed(&key());
    // It is a file like any other: its value is found, and taken out.
    let reasons = machine.reasons(&[]);
    assert!(reasons.iter().all(|reason| !reason.contains("your own")));
    assert_eq!(machine.run(&["fix"]).status, 0);
    assert!(!machine.read("project/.env.example").contains(&key()));
}

#[test]
fn the_filter_knows_the_environment() {
    let machine = Machine::new()
        .with("DB_PASSWORD", &password())
        .file("project/.env", &format!("SERVICE_TOKEN={}\n", key()));
    let input = notebook("x", &format!("{} and {}", password(), key()));
    let filter = |args: &[&str]| {
        let mut child = machine
            .command(&[&["filter"], args].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    };
    let clean = filter(&[]);
    assert!(!clean.contains(&password()));
    assert!(clean.contains("REDACTED_DB_PASSWORD"), "{clean}");
    assert!(clean.contains(&key()), "no file is read");
    assert_eq!(filter(&["--no-own"]), input);
}

#[test]
fn no_report_shows_a_value() {
    let source = format!("p = \"{}\"", password());
    let machine = || {
        Machine::new()
            .with("DB_PASSWORD", &password())
            .file("project/.env", &format!("SERVICE_TOKEN={}\n", key()))
            .notebook("a.ipynb", &source, &format!("{} {}", password(), key()))
    };
    // Every run looks at what it shows.
    for args in [
        &["check", "-v"][..],
        &["check", "--json", "-v"],
        &["fix", "--diff", "-v"],
        &["fix", "-v"],
        &["fix", "--json"],
        &["fix", "--stdout", "a.ipynb"],
    ] {
        let run = machine().run(args);
        assert!(run.status < 2, "{args:?}: {}", run.err);
        assert!(!run.out.is_empty(), "{args:?}");
    }
}

#[test]
fn an_env_file_keeps_all_that_the_files_lost() {
    let machine = Machine::new()
        .with("DB_PASSWORD", &password())
        .with("OTHER_TOKEN", &key())
        .notebook("a.ipynb", &format!("p = \"{}\"", password()), &key());
    assert_eq!(machine.run(&["fix", "--env-file", "out.env"]).status, 0);
    let kept = machine.read("project/out.env");
    assert!(kept.contains("DB_PASSWORD="), "{kept}");
    // Only printed: whether it still stands elsewhere nobody can promise.
    assert!(kept.contains(&key()), "{kept}");
}

#[cfg(unix)]
#[test]
fn an_unreadable_store_is_a_note() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new()
        .file("project/.env", "SERVICE_TOKEN=x\n")
        .printed("nothing");
    let path = machine.dir.path().join("project/.env");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        // Whoever is root reads everything.
        return;
    }
    let run = machine.run(&["check"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(
        run.err.contains(".env") || run.out.contains(".env"),
        "{}{}",
        run.out,
        run.err
    );
}

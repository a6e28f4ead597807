//! What must not travel: files and folders that a copy for others leaves out,
//! each with its reason.
//!
//! Told by name wherever names tell, by the first bytes where they do not: a
//! `.key` may be slides, and a `.pem` a public certificate. Nothing is opened
//! here.
//!
//! The names are those that the programs of this field give to their
//! histories, caches, records and logins.

use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use memchr::memmem;

use super::history;
use crate::globs::Globs;
use crate::store;

/// Why histories stay at home.
pub const HISTORY: &str = "the history holds whatever was ever committed";
const INSTALLED: &str = "it can be installed again";
const OLD_COPY: &str = "it holds older versions of what is here";
const RECORDS: &str = "records of runs hold commands, paths, names and settings";
const LOGIN: &str = "its purpose is to hold credentials";
const TYPED: &str = "it holds what was typed";
const LEFTOVER: &str = "a cache or a leftover, of no use to others";
const INPUTS: &str = "it holds what users of the app entered";

/// Names, written as in `.gitignore`, each with why it stays at home.
const RULES: &[(&str, &str)] = &[
    (".git", HISTORY),
    (".hg/", HISTORY),
    (".svn/", HISTORY),
    (".venv/", INSTALLED),
    ("venv/", INSTALLED),
    ("node_modules/", INSTALLED),
    ("site-packages/", INSTALLED),
    ("*.egg-info/", INSTALLED),
    (
        "__pycache__/",
        "compiled code holds strings of older sources",
    ),
    ("*.py[co]", "compiled code holds strings of older sources"),
    (".ipynb_checkpoints/", OLD_COPY),
    (".virtual_documents/", OLD_COPY),
    (".jupyter_ystore.db", OLD_COPY),
    ("__marimo__/session/", OLD_COPY),
    ("*.sw[op]", OLD_COPY),
    ("*~", OLD_COPY),
    (".~*", OLD_COPY),
    ("*.orig", OLD_COPY),
    ("*.ipynb.invalid", OLD_COPY),
    ("wandb/", RECORDS),
    ("mlruns/", RECORDS),
    ("mlartifacts/", RECORDS),
    ("lightning_logs/", RECORDS),
    (".aim/", RECORDS),
    (".neptune/", RECORDS),
    (".cometml-runs/", RECORDS),
    (".dvc/tmp/", RECORDS),
    ("*.log", RECORDS),
    ("nohup.out", RECORDS),
    ("slurm-*.out", RECORDS),
    (".dvc/config.local", LOGIN),
    (".streamlit/secrets.toml", LOGIN),
    (".dlt/secrets.toml", LOGIN),
    (".aws/", LOGIN),
    (".azure/", LOGIN),
    (".config/gcloud/", LOGIN),
    (".kaggle/", LOGIN),
    (".ssh/", LOGIN),
    (".gnupg/", LOGIN),
    (".snowflake/", LOGIN),
    (".modal.toml", LOGIN),
    ("OAI_CONFIG_LIST*", LOGIN),
    ("token.pickle", LOGIN),
    ("*.p12", LOGIN),
    ("*.pfx", LOGIN),
    ("*.jks", LOGIN),
    ("*.kdbx", LOGIN),
    ("stored_tokens.lock", LOGIN),
    (".bash_history", TYPED),
    (".zsh_history", TYPED),
    (".python_history", TYPED),
    (".Rhistory", TYPED),
    (".RData", TYPED),
    (".ipython/", TYPED),
    (".claude/settings.local.json", TYPED),
    (".aider*", TYPED),
    (".specstory/", TYPED),
    (".idea/", TYPED),
    (".vscode/*.local*", TYPED),
    (".jupyter/", LEFTOVER),
    (".local/share/jupyter/", LEFTOVER),
    (".gradio/", INPUTS),
    ("flagged/", INPUTS),
    (".chainlit/", INPUTS),
    (".files/", INPUTS),
    ("gradio_cached_examples/", LEFTOVER),
    (".cache/", LEFTOVER),
    (".dvc/cache/", LEFTOVER),
    (".mypy_cache/", LEFTOVER),
    (".pytest_cache/", LEFTOVER),
    (".ruff_cache/", LEFTOVER),
    (".tox/", LEFTOVER),
    (".nox/", LEFTOVER),
    (".DS_Store", LEFTOVER),
    ("Thumbs.db", LEFTOVER),
    ("desktop.ini", LEFTOVER),
    ("core.[0-9]*", "the memory of a program that died"),
];

/// Decides what a copy leaves out.
#[derive(Debug)]
pub struct LeaveOut {
    rules: Gitignore,
    keep: Globs,
    drop: Globs,
}

/// Why a file or a folder is left out.
pub type Reason = &'static str;

impl LeaveOut {
    /// The usual rules, less what matches the globs to `keep`, and besides
    /// what matches those to `drop`. All start from the folder that is shared.
    pub fn new<'g>(
        keep: impl IntoIterator<Item = &'g str>,
        drop: impl IntoIterator<Item = &'g str>,
    ) -> Result<Self, String> {
        let mut rules = GitignoreBuilder::new("");
        for (glob, _) in RULES {
            rules
                .add_line(None, glob)
                .map_err(|error| error.to_string())?;
        }
        Ok(Self {
            rules: rules.build().map_err(|error| error.to_string())?,
            keep: Globs::new(Path::new(""), keep)?,
            drop: Globs::new(Path::new(""), drop)?,
        })
    }

    /// Why a path, relative to the folder that is shared, stays at home. Asked
    /// of folders before what is in them.
    pub fn by_name(&self, path: &Path, is_folder: bool) -> Option<Reason> {
        let is_dropped = match is_folder {
            true => self.drop.matches_folder(Path::new(""), path),
            false => self.drop.matches(Path::new(""), path),
        };
        if is_dropped {
            return Some("asked for with --drop");
        }
        if self.keeps(path, is_folder) {
            return None;
        }
        match self.rules.matched(path, is_folder) {
            Match::Ignore(glob) => reason_of(glob.original()),
            _ if !is_folder && store::told_by_name(path).is_some() => Some(LOGIN),
            _ => None,
        }
    }

    /// Why a file that begins with these bytes stays at home.
    pub fn by_content(&self, path: &Path, beginning: &[u8]) -> Option<Reason> {
        if self.keeps(path, false) {
            None
        } else if history::is_packed(beginning) {
            Some(HISTORY)
        } else {
            holds_a_login(path, beginning).then_some(LOGIN)
        }
    }

    /// Whether a path was asked for, whatever it holds.
    pub fn keeps(&self, path: &Path, is_folder: bool) -> bool {
        match is_folder {
            true => self.keep.matches_folder(Path::new(""), path),
            false => self.keep.matches(Path::new(""), path),
        }
    }
}

fn reason_of(glob: &str) -> Option<Reason> {
    let rule = RULES.iter().find(|(rule, _)| *rule == glob);
    rule.map(|(_, reason)| *reason)
}

/// Files of keys and logins, whatever they are called.
fn holds_a_login(path: &Path, beginning: &[u8]) -> bool {
    let has = |text: &str| memmem::find(beginning, text.as_bytes()).is_some();
    let begins = beginning.trim_ascii_start();
    match path.extension().and_then(|end| end.to_str()) {
        Some("pem" | "key") | None => begins.starts_with(b"-----BEGIN ") && has("PRIVATE KEY-----"),
        Some("json") => {
            let is_account = has("\"service_account\"") && has("\"private_key\"");
            let is_client = has("\"client_secret\"") && has("\"client_id\"");
            is_account || is_client || has("\"refresh_token\"") && has("\"token\"")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual() -> LeaveOut {
        LeaveOut::new([], []).expect("the rules are globs")
    }

    #[test]
    fn what_must_not_travel_is_told_with_a_reason() {
        let rules = usual();
        for folder in [
            ".git",
            "a/.venv",
            "x/__pycache__",
            "wandb",
            ".cache",
            ".ssh",
        ] {
            assert!(rules.by_name(Path::new(folder), true).is_some(), "{folder}");
        }
        for file in [
            ".env",
            "conf/prod.env",
            "a/.netrc",
            "hf/token",
            "hf/stored_tokens",
            ".streamlit/secrets.toml",
            "kaggle.json",
            "train.log",
            "core.4711",
            "a.pyc",
            "lesson.ipynb~",
            ".claude/settings.local.json",
        ] {
            assert!(rules.by_name(Path::new(file), false).is_some(), "{file}");
        }
        assert_eq!(rules.by_name(Path::new(".git"), false), Some(HISTORY));
    }

    #[test]
    fn what_others_need_travels() {
        let rules = usual();
        for file in [
            ".gitignore",
            ".gitattributes",
            ".env.example",
            "README.md",
            "core.py",
            "env/cartpole.py",
            "requirements.txt",
            ".vscode/settings.json",
            "talk.key",
            "wandb",
        ] {
            assert_eq!(rules.by_name(Path::new(file), false), None, "{file}");
        }
        for folder in ["env", ".github", "logs", "src", "a.git"] {
            assert_eq!(rules.by_name(Path::new(folder), true), None, "{folder}");
        }
    }

    #[test]
    fn what_is_asked_for_wins() {
        let rules = LeaveOut::new(["wandb/", "*.log"], ["data/", "*.csv"]).expect("are globs");
        assert_eq!(rules.by_name(Path::new("wandb"), true), None);
        assert_eq!(rules.by_name(Path::new("a/b.log"), false), None);
        assert!(rules.by_name(Path::new("data"), true).is_some());
        assert!(rules.by_name(Path::new("x/a.csv"), false).is_some());
        assert!(LeaveOut::new(["!a"], []).is_err());
    }

    #[test]
    fn keys_are_told_by_their_content() {
        let rules = usual();
        let begin = ["-----BEGIN RSA PRIV", "ATE KEY-----\nMII"].concat();
        let told = |name: &str, bytes: &[u8]| rules.by_content(Path::new(name), bytes).is_some();
        assert!(told("a.pem", begin.as_bytes()));
        assert!(told("id_rsa", begin.as_bytes()));
        assert!(!told("talk.key", b"PK\x03\x04"));
        assert!(!told("ca.pem", b"-----BEGIN CERTIFICATE-----\nMII"));
        let account = br#"{"type": "service_account", "private_key": "x"}"#;
        assert!(told("project-0a1b.json", account));
        assert!(!told("config.json", br#"{"pad_token": "<pad>"}"#));
        let kept = LeaveOut::new(["*.pem"], []).expect("is a glob");
        assert_eq!(kept.by_content(Path::new("a.pem"), begin.as_bytes()), None);
    }

    #[test]
    fn every_rule_finds_its_reason() {
        for (glob, reason) in RULES {
            assert_eq!(reason_of(glob), Some(*reason), "{glob}");
        }
    }
}

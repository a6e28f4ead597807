//! The configuration of a project: `unspill.toml`, or `[tool.unspill]` in
//! `pyproject.toml`.
//!
//! ```toml
//! style = "dotenv"              # as --style
//! confidence = "certain"        # as --confidence
//! env-file = ".env"             # as --env-file of fix
//! respect-gitignore = true      # as --respect-gitignore
//! exclude = ["third_party/"]    # globs as in .gitignore, as --exclude
//! rules = ["gitleaks.toml"]     # as --rules
//!
//! [limits]                      # how much of archives is looked at
//! size = 1024                   # as --max-size
//!
//! [allow]                       # what may stay
//! kinds = ["jwt-generic"]
//! paths = [{ allow = "examples/", reason = "made up for the lesson" }]
//! places = ["metadata"]
//! values = ["^pk_"]
//!
//! [[kind]]                      # a kind of your own, as in the catalogue
//! id = "acme-token"
//! name = "Deploy token"
//! provider = "Acme"
//! severity = "write"
//! told = "itself"
//! anchors = ["acme_"]
//! shape = "acme_[a-z0-9]{32}"
//! variables = ["ACME_TOKEN"]
//! ```
//!
//! A text goes in, a [`Config`] comes out; no file is opened here. Paths and
//! globs start from the folder that the file is in.

mod kinds;
mod limits;

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::allow;
use crate::detect::entry::Entry;
use crate::detect::spelling::suggestion;
use crate::detect::{Confidence, Kind, catalogue};
use crate::rewrite::Style;
pub use limits::LimitsConfig;

/// A configuration as it is written; what it does not say is `None` or empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// How Python code looks a variable up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<Style>,
    /// What is less sure is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Where `fix` keeps the values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_file: Option<Spanned<PathBuf>>,
    /// Whether files that git ignores are left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub respect_gitignore: Option<bool>,
    /// Globs of files that a walk leaves out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Spanned<String>>,
    /// Files of rules in the form of gitleaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<PathBuf>,
    /// How much of archives and models is looked at.
    #[serde(skip_serializing_if = "LimitsConfig::is_empty")]
    pub limits: LimitsConfig,
    /// What may stay.
    #[serde(skip_serializing_if = "Allow::is_empty")]
    pub allow: Allow,
    /// Kinds of one's own.
    #[serde(rename = "kind", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Spanned<Entry>>,
}

/// What may stay.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Allow {
    /// Ids of kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Spanned<Allowed>>,
    /// Globs of files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Spanned<Allowed>>,
    /// Sorts of places.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Spanned<Allowed>>,
    /// Regular expressions on values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<Spanned<Allowed>>,
}

/// An entry of [`Allow`]: alone, or with its reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a text, or a table with `allow` and `reason`"
)]
pub enum Allowed {
    /// `"x"`
    Plain(String),
    /// `{ allow = "x", reason = "…" }`
    Explained(Explained),
}

/// An entry with its reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explained {
    /// What may stay.
    allow: String,
    /// Why.
    reason: String,
}

/// What is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Wrong {
    /// Line of the file, from 1.
    pub line: usize,
    /// In words.
    pub message: String,
}

impl Wrong {
    fn new(text: &str, at: usize, message: impl Into<String>) -> Self {
        let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
        Self {
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            message: message.into(),
        }
    }

    fn toml(text: &str, error: &toml::de::Error) -> Self {
        let at = error.span().map_or(0, |span| span.start);
        Self::new(text, at, error.message().replace('\n', " "))
    }
}

/// `pyproject.toml`, as far as it concerns us.
#[derive(Deserialize)]
struct PyProject {
    tool: Option<Tools>,
}

#[derive(Deserialize)]
struct Tools {
    unspill: Option<Config>,
}

impl Config {
    /// Reads `unspill.toml`.
    pub fn read(text: &str) -> Result<Self, Wrong> {
        toml::from_str(text).map_err(|error| Wrong::toml(text, &error))
    }

    /// Reads `pyproject.toml`; `None` if it says nothing to us.
    pub fn read_pyproject(text: &str) -> Result<Option<Self>, Wrong> {
        if memchr::memmem::find(text.as_bytes(), b"unspill").is_none() {
            return Ok(None);
        }
        let file: PyProject = toml::from_str(text).map_err(|error| Wrong::toml(text, &error))?;
        Ok(file.tool.and_then(|tools| tools.unspill))
    }

    /// The kinds of its own. `text` is the one it was read from.
    pub fn own_kinds(&self, text: &str) -> Result<Vec<Kind>, Wrong> {
        let mut own: Vec<Kind> = Vec::with_capacity(self.kinds.len());
        for entry in &self.kinds {
            let (at, entry) = (entry.span().start, entry.get_ref());
            let wrong =
                |message: String| Wrong::new(text, at, format!("kind `{}`: {message}", entry.id));
            if catalogue::kind(&entry.id).is_some() {
                return Err(wrong("is in the catalogue already".to_owned()));
            }
            if own.iter().any(|kind| kind.id == entry.id) {
                return Err(wrong("is there twice".to_owned()));
            }
            own.push(kinds::kind(entry.clone()).map_err(wrong)?);
        }
        Ok(own)
    }

    /// What may stay; `kinds` are all that there are, and globs start from
    /// `root`. `text` is the one it was read from.
    pub fn exemptions(
        &self,
        text: &str,
        root: &Path,
        kinds: &[&'static Kind],
    ) -> Result<Vec<allow::Entry>, Wrong> {
        let kind = |id: &str| match kinds.iter().any(|kind| kind.id == id) {
            true => Ok(allow::Entry::kind(id)),
            false => {
                let near = suggestion(id, kinds.iter().map(|kind| kind.id.as_ref()));
                Err(format!("no kind is called `{id}`{near}"))
            }
        };
        let path = |glob: &str| allow::Entry::path(root, glob);
        type Build<'b> = &'b dyn Fn(&str) -> Result<allow::Entry, String>;
        let lists: [(&[Spanned<Allowed>], Build); 4] = [
            (&self.allow.kinds, &kind),
            (&self.allow.paths, &path),
            (&self.allow.places, &allow::Entry::place),
            (&self.allow.values, &allow::Entry::value),
        ];
        let mut entries = Vec::new();
        for (list, build) in lists {
            for allowed in list {
                let (word, reason) = allowed.get_ref().parts();
                let entry = build(word)
                    .map_err(|message| Wrong::new(text, allowed.span().start, message))?;
                entries.push(entry.because(reason));
            }
        }
        Ok(entries)
    }

    /// Whether its globs of files to leave out are globs, and whether values
    /// stay in the project: who takes somebody's project must not have their
    /// values written to any place that its configuration likes. `text` is the
    /// one it was read from.
    pub fn check_paths(&self, text: &str) -> Result<(), Wrong> {
        if let Some(path) = &self.env_file
            && !path.get_ref().components().all(is_inward)
        {
            let message = "`env-file` must lie in this folder or below; `--env-file` takes any";
            return Err(Wrong::new(text, path.span().start, message));
        }
        for glob in &self.exclude {
            crate::globs::Globs::new(Path::new(""), [glob.get_ref().as_str()])
                .map_err(|message| Wrong::new(text, glob.span().start, message))?;
        }
        Ok(())
    }

    /// The same as TOML.
    pub fn to_text(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }
}

impl Allow {
    fn is_empty(&self) -> bool {
        let lists = [&self.kinds, &self.paths, &self.places, &self.values];
        lists.iter().all(|list| list.is_empty())
    }
}

impl Allowed {
    fn parts(&self) -> (&str, Option<String>) {
        match self {
            Self::Plain(word) => (word, None),
            Self::Explained(Explained { allow, reason }) => (allow, Some(reason.clone())),
        }
    }
}

/// Whether a part of a path leads into a folder, not out of it.
fn is_inward(part: Component<'_>) -> bool {
    matches!(part, Component::Normal(_) | Component::CurDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<&'static Kind> {
        catalogue::kinds().iter().collect()
    }

    const FULL: &str = r#"
style = "dotenv"
confidence = "certain"
env-file = ".env"
respect-gitignore = true
exclude = ["third_party/"]
rules = ["gitleaks.toml"]

[allow]
kinds = ["jwt-generic"]
paths = [{ allow = "examples/", reason = "made up" }]
places = ["metadata"]
values = ["^pk_"]

[[kind]]
id = "acme-token"
name = "Deploy token"
provider = "Acme"
severity = "write"
told = "itself"
anchors = ["acme_"]
shape = "acme_[a-z0-9]{32}"
"#;

    #[test]
    fn everything_is_read_and_written_back() {
        let config = Config::read(FULL).unwrap();
        assert_eq!(config.style, Some(Style::Dotenv));
        assert_eq!(config.confidence, Some(Confidence::Certain));
        assert_eq!(config.own_kinds(FULL).unwrap()[0].provider, "Acme");
        let entries = config.exemptions(FULL, Path::new("/p"), &kinds()).unwrap();
        let shown: Vec<_> = entries.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "the kind `jwt-generic`",
                "the path `examples/` (made up)",
                "the place `metadata`",
                "the value pattern `^pk_`"
            ]
        );
        let again = Config::read(&config.to_text()).unwrap();
        assert_eq!(again.to_text(), config.to_text());
        assert!(config.to_text().contains("acme_[a-z0-9]{32}"));
    }

    #[test]
    fn pyproject_has_it_under_tool() {
        let text = "[project]\nname = \"x\"\n[tool.unspill]\nstyle = \"colab\"\n";
        let config = Config::read_pyproject(text).unwrap().unwrap();
        assert_eq!(config.style, Some(Style::Colab));
        assert!(Config::read_pyproject("[project]\n").unwrap().is_none());
        let none = "[project]\ndependencies = [\"unspill\"]\n";
        assert!(Config::read_pyproject(none).unwrap().is_none());
        let wrong = Config::read_pyproject("[tool.unspill]\nstile = 1\n").unwrap_err();
        assert_eq!(wrong.line, 2);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let wrong = |text: &str| {
            let config = Config::read(text)?;
            config.check_paths(text)?;
            config.own_kinds(text)?;
            config.exemptions(text, Path::new("/p"), &kinds())
        };
        for (text, line, part) in [
            ("\nstile = 1", 2, "stile"),
            ("style = \"cobol\"", 1, "cobol"),
            ("env-file = \"../.env\"", 1, "must lie in this folder"),
            ("\nenv-file = \"/tmp/x\"", 2, "must lie in this folder"),
            ("\n\nx", 3, ""),
            ("exclude = [\n\"a\",\n\"a{b\"]", 3, "is no glob"),
            (
                "[allow]\nkinds = [\n\"jwt-genric\"]",
                3,
                "did you mean `jwt-generic`",
            ),
            ("[allow]\nplaces = [\"cells\"]", 2, "there are code, prose"),
            ("[allow]\nvalues = [\"(\"]", 2, "no regular expression"),
            (
                "[allow]\nkinds = [{ allow = \"a\", why = \"b\" }]",
                2,
                "`allow` and `reason`",
            ),
        ] {
            let wrong = wrong(text).unwrap_err();
            assert_eq!(wrong.line, line, "{text}: {wrong}");
            assert!(wrong.message.contains(part), "{text}: {wrong}");
        }
    }

    #[test]
    fn a_kind_must_hold_what_the_catalogue_must() {
        let kind = |change: (&str, &str)| {
            let text = FULL.replace(change.0, change.1);
            assert_ne!(text, FULL);
            Config::read(&text).unwrap().own_kinds(&text).unwrap_err()
        };
        for (from, to, part) in [
            ("acme-token", "jwt-generic", "in the catalogue already"),
            ("[\"acme_\"]", "[\"ac\"]", "ASCII of 3 or more"),
            ("[\"acme_\"]", "[\"acne_\"]", "acne_"),
            ("[\"acme_\"]", "[]", "no anchor"),
            ("acme_[a-z0-9]{32}", "acme_[a-z", "regular expression"),
        ] {
            let wrong = kind((from, to));
            assert_eq!(wrong.line, 15, "{wrong}");
            assert!(wrong.message.contains(part), "{wrong}");
        }
    }
}

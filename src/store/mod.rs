//! Stores: files whose purpose is to hold credentials.
//!
//! Each family of stores has a file here. It knows its places (under the home
//! folder or where an environment variable puts them), the names by which it
//! is told inside a project, and how it is read. Reading is pure: text goes
//! in, what the store holds comes out. It forgives what real files have: a
//! byte order mark, CR LF, a comment, an end that was never written.
//!
//! Whether a value is worth anything is not asked here; see
//! [`crate::detect::own`].

mod azure;
mod cloud;
mod dotenv;
mod git;
mod huggingface;
mod ini;
mod json;
mod kaggle;
mod loose;
mod netrc;
mod packages;
mod services;
mod streamlit;
mod toml;
mod trackers;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::detect::Secret;

/// A store: where it may lie, and how it is read.
#[derive(Debug)]
pub struct Store {
    /// Its name for people: `Hugging Face login`.
    pub title: &'static str,
    /// Where it lies on a machine.
    pub places: fn(&Machine) -> Vec<PathBuf>,
    /// Whether a file met in a project is one, told by its path alone.
    pub is_named: fn(&Path) -> bool,
    /// What a text of it holds.
    pub read: fn(&str) -> Vec<Held>,
}

/// What a store holds under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What the value is called, as the catalogue or a person would call it.
    pub name: String,
    /// Where in the store, for people: a host, a variable. May be empty.
    pub label: String,
    /// Whose it is, or what its owner called it, if the store tells. Personal:
    /// shown to its owner only.
    pub account: String,
    /// The environment variable that the store sets, if it does.
    pub variable: Option<String>,
    /// The value.
    pub value: Secret,
    /// Why it may be a credential.
    pub trust: Trust,
}

/// Why a value of a store may be a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The store holds nothing else in this place.
    Store,
    /// Only its name may say so.
    Name,
}

impl Held {
    /// A value that can only be a credential.
    fn credential(name: &str, label: &str, value: Secret) -> Self {
        Self {
            name: name.to_owned(),
            label: label_of(label),
            account: String::new(),
            variable: None,
            value,
            trust: Trust::Store,
        }
    }

    /// A value of which the name must say what it is.
    fn named(name: &str, value: Secret) -> Self {
        Self {
            name: name.to_owned(),
            label: label_of(name),
            account: String::new(),
            variable: None,
            value,
            trust: Trust::Name,
        }
    }

    /// The same, of an account.
    fn of(self, account: &str) -> Self {
        Self {
            account: account.to_owned(),
            ..self
        }
    }

    /// The same, set as an environment variable of that name.
    fn set_as_variable(self) -> Self {
        Self {
            variable: Some(self.name.clone()),
            ..self
        }
    }
}

/// Longer labels say nothing to a person.
const LONGEST_LABEL: usize = 64;

/// A host or a name as it may be shown; empty if it is neither, as then it
/// could be anything, also a value.
fn label_of(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-:/ ".contains(c);
    if text.len() <= LONGEST_LABEL && text.chars().all(fits) {
        text.to_owned()
    } else {
        String::new()
    }
}

/// What stores ask of the machine to know their places.
pub struct Machine<'m> {
    /// The home folder, if there is one.
    pub home: Option<PathBuf>,
    /// The environment variable of a name.
    pub variable: &'m dyn Fn(&str) -> Option<PathBuf>,
}

impl Machine<'_> {
    /// What an environment variable says, unless it is empty.
    fn set(&self, name: &str) -> Option<PathBuf> {
        (self.variable)(name).filter(|path| !path.as_os_str().is_empty())
    }

    /// A place below the home folder.
    fn home(&self, below: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(below))
    }

    /// Where programs that follow XDG keep their settings.
    fn config(&self, below: &str) -> Option<PathBuf> {
        let folder = self
            .set("XDG_CONFIG_HOME")
            .or_else(|| self.home(".config"))?;
        Some(folder.join(below))
    }
}

/// All stores that are known.
pub fn stores() -> impl Iterator<Item = &'static Store> {
    [
        huggingface::STORES,
        dotenv::STORES,
        netrc::STORES,
        kaggle::STORES,
        trackers::STORES,
        cloud::STORES,
        azure::STORES,
        git::STORES,
        packages::STORES,
        services::STORES,
        streamlit::STORES,
    ]
    .into_iter()
    .flatten()
}

/// The store that a file met in a project is, told by its path.
pub fn told_by_name(path: &Path) -> Option<&'static Store> {
    stores().find(|store| (store.is_named)(path))
}

/// Whether a file sets variables, so that its names are of use to others.
pub fn is_environment_file(path: &Path) -> bool {
    dotenv::is_env_file(path)
}

/// The text of a store. Windows programs write a byte order mark, or UTF-16;
/// what is no text becomes U+FFFD and spoils only the value it stands in.
pub fn text_of(bytes: &[u8]) -> String {
    let units = |order: fn([u8; 2]) -> u16| -> String {
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|pair| order([pair[0], pair[1]]))
            .collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The name of a file, if it is text.
fn file_name(path: &Path) -> &str {
    path.file_name().and_then(OsStr::to_str).unwrap_or_default()
}

/// Whether a file has that name and lies in a folder of that name.
fn is_in(path: &Path, folder: &str, file: &str) -> bool {
    let parent = path.parent().and_then(Path::file_name);
    file_name(path) == file && parent.is_some_and(|name| name == folder)
}

/// Some of the places, those that can be told.
fn some<const N: usize>(places: [Option<PathBuf>; N]) -> Vec<PathBuf> {
    places.into_iter().flatten().collect()
}

/// No place on a machine: the store is one of projects.
fn nowhere(_: &Machine) -> Vec<PathBuf> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use proptest::strategy::Strategy as _;

    use super::*;

    /// Names and values that a store holds.
    pub(super) fn held(read: fn(&str) -> Vec<Held>, text: &str) -> Vec<(String, String)> {
        read(text)
            .into_iter()
            .map(|held| (held.name, held.value.expose().to_owned()))
            .collect()
    }

    /// The places of all these stores on a machine with these variables.
    pub(super) fn places(stores: &[Store], variables: &[(&str, &str)]) -> Vec<String> {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(PathBuf::from(found.1))
        };
        let machine = Machine {
            home: Some(PathBuf::from("/h")),
            variable: &variable,
        };
        stores
            .iter()
            .flat_map(|store| (store.places)(&machine))
            .map(|path| path.display().to_string())
            .collect()
    }

    #[test]
    fn texts_of_windows_programs_are_read() {
        assert_eq!(text_of(b"\xef\xbb\xbfa=b"), "a=b");
        assert_eq!(text_of(b"\xff\xfea\0=\0b\0"), "a=b");
        assert_eq!(text_of(b"\xfe\xff\0a\0="), "a=");
        assert_eq!(text_of(b"\xff\xfe"), "");
        assert_eq!(text_of(b"a\xffb"), "a\u{fffd}b");
    }

    proptest::proptest! {
        /// Half a file, another program's file, or no text at all.
        #[test]
        fn any_bytes_are_read(
            parts in proptest::collection::vec(
                proptest::prop_oneof![
                    proptest::sample::select(PARTS).prop_map(|part| part.as_bytes().to_vec()),
                    proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..6),
                ],
                0..24,
            )
        ) {
            let text = text_of(&parts.concat());
            for store in stores() {
                (store.read)(&text);
            }
        }
    }

    /// What stores are made of.
    const PARTS: &[&str] = &[
        "\"",
        "'",
        "\"\"\"",
        "=",
        ":",
        "\n",
        "\r\n",
        "[",
        "]",
        "{",
        "}",
        "\\",
        "\\u00",
        " ",
        "#",
        "machine ",
        "password ",
        "macdef ",
        "api_key",
        "key",
        "auth",
        "token",
        "://",
        "@",
        "%4",
        "é",
        "_auth=",
        "private_key",
        "hf_token",
    ];

    #[test]
    fn a_label_is_a_name_or_nothing() {
        assert_eq!(label_of("api.wandb.ai"), "api.wandb.ai");
        assert_eq!(label_of("a\u{1b}[31m"), "");
        assert_eq!(label_of(&"a".repeat(65)), "");
    }

    #[test]
    fn stores_of_a_project_are_told_by_their_names() {
        for path in [
            ".env",
            "a/.env.local",
            "deploy/prod.env",
            "hf/stored_tokens",
            "hf/token",
            "kaggle.json",
            ".kaggle/access_token",
            ".streamlit/secrets.toml",
            ".netrc",
            ".npmrc",
            ".aws/credentials",
            "wandb/settings",
            ".docker/config.json",
            ".azure/msal_token_cache.json",
            ".condarc",
        ] {
            assert!(told_by_name(Path::new(path)).is_some(), "{path}");
        }
        for path in [
            ".env.example",
            ".env.sample",
            "env",
            "config.json",
            "settings",
            "credentials",
            "tokens",
            "tokenizer.json",
            "a.ipynb",
        ] {
            assert!(told_by_name(Path::new(path)).is_none(), "{path}");
        }
    }
}

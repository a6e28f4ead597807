//! Hugging Face: the login that `huggingface_hub` keeps.
//!
//! `token` is one line, with the active token. `stored_tokens` is INI with a
//! section for each token: `hf_token`, and for a login by browser also
//! `refresh_token`. A section is called as its owner called the token, or by
//! the owner's name, so it is no label.

use std::path::{Path, PathBuf};

use super::{Held, Machine, Store, file_name, ini, some};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "Hugging Face login",
        places: tokens,
        is_named: |path| file_name(path) == "token",
        read: token,
    },
    Store {
        title: "Hugging Face logins",
        places: |machine| {
            let beside = |path: PathBuf| path.with_file_name("stored_tokens");
            active(machine).map(beside).into_iter().collect()
        },
        is_named: |path| file_name(path) == "stored_tokens",
        read: stored_tokens,
    },
];

/// Where the active token lies.
fn active(machine: &Machine) -> Option<PathBuf> {
    let home = || {
        machine.set("HF_HOME").or_else(|| {
            let cache = machine.set("XDG_CACHE_HOME");
            Some(
                cache
                    .or_else(|| machine.home(".cache"))?
                    .join("huggingface"),
            )
        })
    };
    machine
        .set("HF_TOKEN_PATH")
        .or_else(|| Some(home()?.join("token")))
        .map(|path| expanded(machine, path))
}

/// The library expands `~` in these variables.
fn expanded(machine: &Machine, path: PathBuf) -> PathBuf {
    let below = path.strip_prefix("~").map(Path::to_owned);
    match (below, &machine.home) {
        (Ok(below), Some(home)) => home.join(below),
        _ => path,
    }
}

/// Versions before 0.12 kept it in `~/.huggingface`, and nothing removes it.
fn tokens(machine: &Machine) -> Vec<PathBuf> {
    some([active(machine), machine.home(".huggingface/token")])
}

/// The one line of the file. A file that is called `token` and holds more is
/// something else.
fn token(text: &str) -> Vec<Held> {
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        return Vec::new();
    }
    let mut held = Held::named("HF_TOKEN", Secret::new(text));
    held.label.clear();
    vec![held]
}

fn stored_tokens(text: &str) -> Vec<Held> {
    let settings = ini::settings(text).into_iter();
    settings
        .filter_map(|setting| {
            let name = match setting.key.as_str() {
                "hf_token" => "HF_TOKEN",
                "refresh_token" => "HF_REFRESH_TOKEN",
                _ => return None,
            };
            Some(Held::credential(name, "", setting.value).of(&setting.section))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{held, places};
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn the_active_token_is_one_line() {
        assert_eq!(held(token, "abc\r\n"), [pair("HF_TOKEN", "abc")]);
        assert_eq!(held(token, "two words\n"), []);
        assert_eq!(held(token, " \n"), []);
    }

    #[test]
    fn stored_tokens_as_the_library_writes_them() {
        let text = "[my laptop 100%]\nhf_token = aaa\n\n\
                    [oauth-someone]\nhf_token = bbb\nrefresh_token = c%c\nexpires_at = 1790000000\n\n";
        assert_eq!(
            held(stored_tokens, text),
            [
                pair("HF_TOKEN", "aaa"),
                pair("HF_TOKEN", "bbb"),
                pair("HF_REFRESH_TOKEN", "c%c")
            ]
        );
        let held = stored_tokens(text);
        assert!(held.iter().all(|held| held.label.is_empty()));
        assert_eq!(held[0].account, "my laptop 100%");
    }

    #[test]
    fn variables_move_the_login() {
        let old = "/h/.huggingface/token";
        type Case<'c> = (&'c [(&'c str, &'c str)], &'c str, &'c str);
        let cases: &[Case] = &[
            (
                &[],
                "/h/.cache/huggingface/token",
                "/h/.cache/huggingface/stored_tokens",
            ),
            (
                &[("XDG_CACHE_HOME", "/c")],
                "/c/huggingface/token",
                "/c/huggingface/stored_tokens",
            ),
            (
                &[("XDG_CACHE_HOME", "/c"), ("HF_HOME", "/hf")],
                "/hf/token",
                "/hf/stored_tokens",
            ),
            (&[("HF_HOME", "~/hf")], "/h/hf/token", "/h/hf/stored_tokens"),
            (
                &[("HF_HOME", "/hf"), ("HF_TOKEN_PATH", "/t/mine")],
                "/t/mine",
                "/t/stored_tokens",
            ),
        ];
        for &(variables, token, stored) in cases {
            assert_eq!(places(STORES, variables), [token, old, stored]);
        }
    }
}

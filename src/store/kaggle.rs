//! Kaggle: `kaggle.json` with a name and a key, `access_token` of one line,
//! and `credentials.json` of a login by browser.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, is_in, json};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "Kaggle key",
        places: |machine| folders(machine, "kaggle.json"),
        is_named: |path| file_name(path) == "kaggle.json",
        read: key,
    },
    Store {
        title: "Kaggle token",
        places: |machine| folders(machine, "access_token"),
        is_named: |path| is_in(path, ".kaggle", "access_token"),
        read: access_token,
    },
    Store {
        title: "Kaggle login",
        places: |machine| folders(machine, "credentials.json"),
        is_named: |path| is_in(path, ".kaggle", "credentials.json"),
        read: credentials,
    },
];

/// The folder that a variable names, else the old and the new one.
fn folders(machine: &Machine, file: &str) -> Vec<PathBuf> {
    match machine.set("KAGGLE_CONFIG_DIR") {
        Some(folder) => vec![folder.join(file)],
        None => [machine.home(".kaggle"), machine.config("kaggle")]
            .into_iter()
            .flatten()
            .map(|folder| folder.join(file))
            .collect(),
    }
}

fn key(text: &str) -> Vec<Held> {
    let leaves = json::leaves(text);
    let account = account(&leaves);
    leaves
        .into_iter()
        .filter(|leaf| leaf.name() == "key")
        .map(|leaf| Held::credential("KAGGLE_KEY", "", leaf.value).of(&account))
        .collect()
}

fn account(leaves: &[json::Leaf]) -> String {
    let user = leaves.iter().find(|leaf| leaf.name() == "username");
    user.map_or_else(String::new, |leaf| leaf.value.expose().to_owned())
}

fn access_token(text: &str) -> Vec<Held> {
    let text = text.trim();
    let is_line = !text.is_empty() && !text.contains(char::is_whitespace);
    let held = is_line.then(|| Held::credential("KAGGLE_API_TOKEN", "", Secret::new(text)));
    held.into_iter().collect()
}

fn credentials(text: &str) -> Vec<Held> {
    let leaves = json::leaves(text);
    let account = account(&leaves);
    leaves
        .into_iter()
        .filter_map(|leaf| {
            let name = match leaf.name() {
                "access_token" => "KAGGLE_API_TOKEN",
                "refresh_token" => "KAGGLE_REFRESH_TOKEN",
                _ => return None,
            };
            Some(Held::credential(name, "", leaf.value).of(&account))
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
    fn the_three_files() {
        let old = r#"{"username":"someone","key":"0a1b"}"#;
        assert_eq!(held(key, old), [pair("KAGGLE_KEY", "0a1b")]);
        assert_eq!(held(access_token, "KG\n"), [pair("KAGGLE_API_TOKEN", "KG")]);
        let login = r#"{"refresh_token":"r","access_token":"a","access_token_expiration":"2026-01-01T00:00:00","username":"u","scopes":["x"]}"#;
        let mut found = held(credentials, login);
        found.sort();
        assert_eq!(
            found,
            [
                pair("KAGGLE_API_TOKEN", "a"),
                pair("KAGGLE_REFRESH_TOKEN", "r")
            ]
        );
    }

    #[test]
    fn half_a_file_still_tells() {
        assert_eq!(
            held(key, r#"{"username":"u","key":"0a1b""#),
            [pair("KAGGLE_KEY", "0a1b")]
        );
    }

    #[test]
    fn a_variable_moves_them() {
        assert!(places(STORES, &[]).contains(&"/h/.kaggle/kaggle.json".to_owned()));
        assert!(places(STORES, &[]).contains(&"/h/.config/kaggle/kaggle.json".to_owned()));
        let moved = places(STORES, &[("KAGGLE_CONFIG_DIR", "/k")]);
        assert_eq!(
            moved,
            ["/k/kaggle.json", "/k/access_token", "/k/credentials.json"]
        );
    }
}

//! Azure: the tokens and the secrets of service principals that its command
//! line keeps in clear on Linux (`msal_token_cache.json`,
//! `service_principal_entries.json`), and the older `accessTokens.json`.
//!
//! Source: azure-cli's `_identity.py` and `msal_authentication.py`.

use std::path::PathBuf;

use super::{Held, Machine, Store, is_in, json};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "Azure login",
        places: |machine| place(machine, "msal_token_cache.json"),
        is_named: |path| is_in(path, ".azure", "msal_token_cache.json"),
        read: tokens,
    },
    Store {
        title: "Azure service principals",
        places: |machine| place(machine, "service_principal_entries.json"),
        is_named: |path| is_in(path, ".azure", "service_principal_entries.json"),
        read: principals,
    },
    Store {
        title: "Azure login of older versions",
        places: |machine| place(machine, "accessTokens.json"),
        is_named: |path| is_in(path, ".azure", "accessTokens.json"),
        read: older_tokens,
    },
];

fn place(machine: &Machine, file: &str) -> Vec<PathBuf> {
    let own = machine.set("AZURE_CONFIG_DIR");
    let folder = own.or_else(|| machine.home(".azure"));
    folder.map(|folder| folder.join(file)).into_iter().collect()
}

/// Tokens stand under `AccessToken` and `RefreshToken`, each called `secret`.
fn tokens(text: &str) -> Vec<Held> {
    named(text, |leaf| match leaf.path.first().map(String::as_str) {
        Some("AccessToken") if leaf.name() == "secret" => Some("AZURE_ACCESS_TOKEN"),
        Some("RefreshToken") if leaf.name() == "secret" => Some("AZURE_REFRESH_TOKEN"),
        _ => None,
    })
}

fn principals(text: &str) -> Vec<Held> {
    named(text, |leaf| match leaf.name() {
        "client_secret" => Some("AZURE_CLIENT_SECRET"),
        _ => None,
    })
}

fn older_tokens(text: &str) -> Vec<Held> {
    named(text, |leaf| match leaf.name() {
        "accessToken" => Some("AZURE_ACCESS_TOKEN"),
        "refreshToken" => Some("AZURE_REFRESH_TOKEN"),
        _ => None,
    })
}

fn named(text: &str, name: impl Fn(&json::Leaf) -> Option<&'static str>) -> Vec<Held> {
    json::leaves(text)
        .into_iter()
        .filter_map(|leaf| {
            let name = name(&leaf)?;
            Some(Held::credential(name, "", Secret::new(leaf.value.expose())))
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
    fn tokens_of_a_login() {
        let cache = r#"{"AccessToken": {"x-y": {"secret": "a", "client_id": "c"}},
                        "RefreshToken": {"z": {"secret": "r"}},
                        "Account": {"k": {"username": "me@x"}}}"#;
        let mut found = held(tokens, cache);
        found.sort();
        assert_eq!(
            found,
            [
                pair("AZURE_ACCESS_TOKEN", "a"),
                pair("AZURE_REFRESH_TOKEN", "r")
            ]
        );
    }

    #[test]
    fn secrets_of_principals_and_older_tokens() {
        let entries = r#"[{"client_id": "i", "tenant": "t", "client_secret": "s"}]"#;
        assert_eq!(
            held(principals, entries),
            [pair("AZURE_CLIENT_SECRET", "s")]
        );
        let older = r#"[{"accessToken": "a", "refreshToken": "r", "userId": "me"}]"#;
        assert_eq!(held(older_tokens, older).len(), 2);
    }

    #[test]
    fn a_variable_moves_them() {
        assert_eq!(
            places(STORES, &[("AZURE_CONFIG_DIR", "/a")])[0],
            "/a/msal_token_cache.json"
        );
    }
}

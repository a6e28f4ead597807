//! Clouds: AWS and Google Cloud.

use std::path::{Path, PathBuf};

use super::{Held, Machine, Store, file_name, ini, is_in, json, some};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "AWS credentials",
        places: |machine| some([aws(machine, "AWS_SHARED_CREDENTIALS_FILE", "credentials")]),
        is_named: |path| is_in(path, ".aws", "credentials"),
        read: aws_keys,
    },
    Store {
        title: "AWS settings",
        places: |machine| some([aws(machine, "AWS_CONFIG_FILE", "config")]),
        is_named: |path| is_in(path, ".aws", "config"),
        read: aws_keys,
    },
    Store {
        title: "Google Cloud credentials",
        places: google,
        is_named: is_google,
        read: google_keys,
    },
];

fn aws(machine: &Machine, variable: &str, file: &str) -> Option<PathBuf> {
    let own = machine.set(variable);
    own.or_else(|| Some(machine.home(".aws")?.join(file)))
}

fn aws_keys(text: &str) -> Vec<Held> {
    let keys = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
    ];
    ini::settings(text)
        .into_iter()
        .filter(|setting| keys.contains(&setting.key.as_str()))
        .map(|setting| {
            let name = setting.key.to_ascii_uppercase();
            Held::credential(&name, &setting.section, setting.value)
        })
        .collect()
}

fn google(machine: &Machine) -> Vec<PathBuf> {
    let folder = machine
        .set("CLOUDSDK_CONFIG")
        .or_else(|| machine.config("gcloud"));
    let login = folder.map(|folder| folder.join("application_default_credentials.json"));
    some([machine.set("GOOGLE_APPLICATION_CREDENTIALS"), login])
}

/// What stands in the names that people and the console give to files of keys.
const OF_GOOGLE: &[&str] = &[
    "application_default_credentials",
    "service_account",
    "serviceaccount",
    "client_secret",
    "gcp_key",
    "gcp_credentials",
    "google_credentials",
];

fn is_google(path: &Path) -> bool {
    if path.extension().is_none_or(|end| end != "json") {
        return false;
    }
    let name = file_name(path).to_ascii_lowercase().replace('-', "_");
    OF_GOOGLE.iter().any(|part| name.contains(part))
}

/// The client of the `gcloud` command; its secret is published with it.
const CLIENT_OF_THE_COMMAND: &str = "764086051850-";

fn google_keys(text: &str) -> Vec<Held> {
    let leaves = json::leaves(text);
    let is_command = leaves.iter().any(|leaf| {
        leaf.name() == "client_id" && leaf.value.expose().starts_with(CLIENT_OF_THE_COMMAND)
    });
    leaves
        .into_iter()
        .filter_map(|leaf| {
            let name = match leaf.name() {
                "private_key" => "GOOGLE_PRIVATE_KEY",
                "refresh_token" => "GOOGLE_REFRESH_TOKEN",
                "access_token" | "token" => "GOOGLE_ACCESS_TOKEN",
                "client_secret" if !is_command => "GOOGLE_CLIENT_SECRET",
                _ => return None,
            };
            // A private key ends with a line feed that copies of it lack.
            let value = Secret::new(leaf.value.expose().trim_end());
            Some(Held::credential(name, "", value))
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
    fn keys_of_every_profile() {
        let text = "[default]\naws_access_key_id = A\naws_secret_access_key = s/s+s=\n\
                    region = us-east-1\n[profile b]\nAWS_SESSION_TOKEN=t==\n";
        assert_eq!(
            held(aws_keys, text),
            [
                pair("AWS_ACCESS_KEY_ID", "A"),
                pair("AWS_SECRET_ACCESS_KEY", "s/s+s="),
                pair("AWS_SESSION_TOKEN", "t==")
            ]
        );
    }

    #[test]
    fn a_login_of_the_command_has_one_secret() {
        let text = r#"{"client_id": "764086051850-x.apps.example", "client_secret": "public",
                       "refresh_token": "1//r", "type": "authorized_user"}"#;
        assert_eq!(
            held(google_keys, text),
            [pair("GOOGLE_REFRESH_TOKEN", "1//r")]
        );
    }

    #[test]
    fn a_service_account_has_a_private_key() {
        let text = r#"{"type": "service_account", "private_key_id": "0a",
                       "private_key": "-----BEGIN\nx\n-----END\n", "client_email": "a@b"}"#;
        assert_eq!(
            held(google_keys, text),
            [pair("GOOGLE_PRIVATE_KEY", "-----BEGIN\nx\n-----END")]
        );
    }

    #[test]
    fn files_of_keys_are_told_by_name() {
        for name in [
            "service-account.json",
            "my_service_account_2.json",
            "client_secret_1.json",
        ] {
            assert!(is_google(Path::new(name)), "{name}");
        }
        for name in ["service.json", "service_account.py", "config.json"] {
            assert!(!is_google(Path::new(name)), "{name}");
        }
    }

    #[test]
    fn variables_move_them() {
        assert_eq!(
            places(STORES, &[]),
            [
                "/h/.aws/credentials",
                "/h/.aws/config",
                "/h/.config/gcloud/application_default_credentials.json"
            ]
        );
        let variables = [
            ("AWS_SHARED_CREDENTIALS_FILE", "/a"),
            ("AWS_CONFIG_FILE", "/b"),
            ("GOOGLE_APPLICATION_CREDENTIALS", "/c.json"),
            ("CLOUDSDK_CONFIG", "/g"),
        ];
        assert_eq!(
            places(STORES, &variables),
            [
                "/a",
                "/b",
                "/c.json",
                "/g/application_default_credentials.json"
            ]
        );
    }
}

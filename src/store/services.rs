//! Services that projects of this field talk to: Modal, Databricks,
//! PostgreSQL, GitHub's command.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, ini, is_in, loose, some, toml};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "Modal login",
        places: |machine| place(machine, "MODAL_CONFIG_PATH", ".modal.toml"),
        is_named: |path| file_name(path) == ".modal.toml",
        read: modal,
    },
    Store {
        title: "Databricks logins",
        places: |machine| place(machine, "DATABRICKS_CONFIG_FILE", ".databrickscfg"),
        is_named: |path| file_name(path) == ".databrickscfg",
        read: databricks,
    },
    Store {
        title: "PostgreSQL passwords",
        places: |machine| place(machine, "PGPASSFILE", ".pgpass"),
        is_named: |path| matches!(file_name(path), ".pgpass" | "pgpass.conf"),
        read: |text| text.lines().filter_map(postgres).collect(),
    },
    Store {
        title: "GitHub login",
        places: |machine| {
            let own = machine.set("GH_CONFIG_DIR");
            let folder = own.or_else(|| machine.config("gh"));
            some([folder.map(|folder| folder.join("hosts.yml"))])
        },
        is_named: |path| is_in(path, "gh", "hosts.yml"),
        read: github,
    },
];

/// The file that a variable names, else the usual one.
fn place(machine: &Machine, variable: &str, usual: &str) -> Vec<PathBuf> {
    let own = machine.set(variable);
    some([own.or_else(|| machine.home(usual))])
}

fn modal(text: &str) -> Vec<Held> {
    toml::entries(text)
        .into_iter()
        .filter(|entry| entry.key == "token_secret")
        .map(|entry| Held::credential("MODAL_TOKEN_SECRET", &entry.table, entry.value))
        .collect()
}

fn databricks(text: &str) -> Vec<Held> {
    ini::settings(text)
        .into_iter()
        .filter_map(|setting| {
            let name = match setting.key.as_str() {
                "token" => "DATABRICKS_TOKEN",
                "password" => "DATABRICKS_PASSWORD",
                "client_secret" => "DATABRICKS_CLIENT_SECRET",
                _ => return None,
            };
            Some(Held::credential(name, &setting.section, setting.value))
        })
        .collect()
}

/// `host:port:database:user:password`, with `\:` and `\\`.
fn postgres(line: &str) -> Option<Held> {
    if line.starts_with('#') {
        return None;
    }
    let mut fields = Vec::new();
    let mut field = String::new();
    let mut chars = line.trim_end().chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => field.extend(chars.next()),
            // Only the password may hold colons, as it is the last one.
            ':' if fields.len() < 4 => fields.push(std::mem::take(&mut field)),
            char => field.push(char),
        }
    }
    let [host, ..] = <[String; 4]>::try_from(fields).ok()?;
    Some(Held::credential("PGPASSWORD", &host, Secret::new(field)))
}

fn github(text: &str) -> Vec<Held> {
    loose::pairs(text)
        .into_iter()
        .filter(|(name, _)| name == "oauth_token")
        .map(|(_, value)| Held::credential("GITHUB_TOKEN", "", value))
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
    fn what_each_holds() {
        let text = "[me]\ntoken_id = \"ak-1\"\ntoken_secret = \"as-1\"\nactive = true\n";
        assert_eq!(held(modal, text), [pair("MODAL_TOKEN_SECRET", "as-1")]);
        let text = "[DEFAULT]\nhost = https://x.cloud/\ntoken = dapi1\n\n[b]\nclient_secret=s\n";
        assert_eq!(
            held(databricks, text),
            [
                pair("DATABRICKS_TOKEN", "dapi1"),
                pair("DATABRICKS_CLIENT_SECRET", "s")
            ]
        );
        let text = "# no\nh:5432:db:me:p\\:w:x\r\n*:*:*\n";
        assert_eq!(held(STORES[2].read, text), [pair("PGPASSWORD", "p:w:x")]);
        let text = "github.com:\n    user: me\n    oauth_token: gho_1\n    git_protocol: https\n";
        assert_eq!(held(github, text), [pair("GITHUB_TOKEN", "gho_1")]);
    }

    #[test]
    fn variables_move_them() {
        let variables = [
            ("MODAL_CONFIG_PATH", "/m"),
            ("PGPASSFILE", "/p"),
            ("GH_CONFIG_DIR", "/g"),
        ];
        assert_eq!(
            places(STORES, &variables),
            ["/m", "/h/.databrickscfg", "/p", "/g/hosts.yml"]
        );
    }
}

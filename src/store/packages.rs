//! Registries of packages and images: pip, PyPI, npm, Docker.

use base64::prelude::*;

use super::{Held, Store, file_name, git, ini, is_in, json, some};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[
    Store {
        title: "pip settings",
        places: |machine| {
            some([
                machine.set("PIP_CONFIG_FILE"),
                machine.config("pip/pip.conf"),
                machine.home(".pip/pip.conf"),
                machine.home("pip/pip.ini"),
            ])
        },
        is_named: |path| matches!(file_name(path), "pip.conf" | "pip.ini"),
        read: |text| {
            let settings = ini::settings(text).into_iter();
            settings
                .flat_map(|setting| git::logins(setting.value.expose()))
                .collect()
        },
    },
    Store {
        title: "conda settings",
        places: |machine| {
            some([
                machine.set("CONDARC"),
                machine.home(".condarc"),
                machine.config("conda/.condarc"),
            ])
        },
        is_named: |path| matches!(file_name(path), ".condarc" | "condarc"),
        read: conda,
    },
    Store {
        title: "PyPI uploads",
        places: |machine| some([machine.home(".pypirc")]),
        is_named: |path| file_name(path) == ".pypirc",
        read: pypi,
    },
    Store {
        title: "npm settings",
        places: |machine| {
            let own = machine.set("NPM_CONFIG_USERCONFIG");
            some([own.or_else(|| machine.home(".npmrc"))])
        },
        is_named: |path| file_name(path) == ".npmrc",
        read: npm,
    },
    Store {
        title: "Docker logins",
        places: |machine| {
            let own = machine.set("DOCKER_CONFIG");
            let folder = own.or_else(|| machine.home(".docker"));
            some([folder.map(|folder| folder.join("config.json"))])
        },
        is_named: |path| is_in(path, ".docker", "config.json"),
        read: docker,
    },
];

/// Channels with a login (`https://user:password@…`) or a token in their path
/// (`https://conda.anaconda.org/t/TOKEN/…`).
fn conda(text: &str) -> Vec<Held> {
    let mut held = git::logins(text);
    held.extend(text.split_whitespace().filter_map(|word| {
        let (host, path) = word.split_once("://")?.1.split_once('/')?;
        let token = path.strip_prefix("t/")?.split('/').next()?;
        let host = host.rsplit('@').next().unwrap_or(host);
        Some(Held::credential("CONDA_TOKEN", host, Secret::new(token)))
    }));
    held
}

fn pypi(text: &str) -> Vec<Held> {
    ini::settings(text)
        .into_iter()
        .filter(|setting| setting.key == "password")
        .map(|setting| Held::credential("password", &setting.section, setting.value))
        .collect()
}

/// `//registry/:_authToken=…`; `_auth` and `_password` are in base64.
fn npm(text: &str) -> Vec<Held> {
    text.lines()
        .filter_map(|line| {
            let (key, value) = line.trim().split_once('=')?;
            let (host, key) = key.trim().rsplit_once(':').unwrap_or(("", key.trim()));
            let value = value.trim().trim_matches(['"', '\'']);
            let host = host.trim_matches('/');
            let (name, value) = match key {
                "_authToken" => ("NPM_TOKEN", value.to_owned()),
                "_password" => ("password", decoded(value)?),
                "_auth" => ("password", password_of(value)?),
                _ => return None,
            };
            Some(Held::credential(name, host, Secret::new(value)))
        })
        .collect()
}

fn docker(text: &str) -> Vec<Held> {
    json::leaves(text)
        .into_iter()
        .filter_map(|leaf| {
            let host = leaf.above().to_owned();
            let (name, value) = match leaf.name() {
                "auth" => ("password", Secret::new(password_of(leaf.value.expose())?)),
                "identitytoken" | "registrytoken" => ("DOCKER_TOKEN", leaf.value),
                _ => return None,
            };
            Some(Held::credential(name, &host, value))
        })
        .collect()
}

fn decoded(value: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(value).ok()?).ok()
}

/// The password in base64 of `user:password`.
fn password_of(value: &str) -> Option<String> {
    let pair = decoded(value)?;
    let (_, password) = pair.split_once(':')?;
    Some(password.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{held, places};
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn addresses_of_pip() {
        let text = "[global]\nindex-url = https://me:p1@a/simple\nextra-index-url =\n    https://me:p2@b/simple\n    https://c/simple\n";
        assert_eq!(
            held(STORES[0].read, text),
            [pair("password", "p1"), pair("password", "p2")]
        );
    }

    #[test]
    fn channels_of_conda() {
        let text = "channels:\n  - https://conda.anaconda.org/t/me-1/private\n\
                    \x20 - https://me:pw@c/x\n  - defaults\nssl_verify: true\n";
        let store = STORES.iter().find(|store| store.title == "conda settings");
        assert_eq!(
            held(store.expect("is there").read, text),
            [pair("password", "pw"), pair("CONDA_TOKEN", "me-1")]
        );
    }

    #[test]
    fn uploads() {
        let text = "[distutils]\nindex-servers =\n    pypi\n[pypi]\nusername = __token__\npassword = abc\n";
        assert_eq!(held(pypi, text), [pair("password", "abc")]);
    }

    #[test]
    fn every_login_of_npm() {
        let text = format!(
            "registry=https://r/\n//r.org/:_authToken=tok\n//s/:_password=\"{}\"\n_auth={}\n; no\n_auth=%%\n",
            BASE64_STANDARD.encode("pw"),
            BASE64_STANDARD.encode("me:p:w"),
        );
        assert_eq!(
            held(npm, &text),
            [
                pair("NPM_TOKEN", "tok"),
                pair("password", "pw"),
                pair("password", "p:w")
            ]
        );
        assert_eq!(npm(&text)[0].label, "r.org");
    }

    #[test]
    fn logins_of_docker() {
        let text = format!(
            r#"{{"auths": {{"r.io": {{"auth": "{}"}}, "s.io": {{"identitytoken": "t"}}}}, "credsStore": "x"}}"#,
            BASE64_STANDARD.encode("me:pw")
        );
        assert_eq!(
            held(docker, &text),
            [pair("password", "pw"), pair("DOCKER_TOKEN", "t")]
        );
        assert_eq!(docker(&text)[0].label, "r.io");
    }

    #[test]
    fn variables_move_them() {
        let variables = [
            ("PIP_CONFIG_FILE", "/p"),
            ("NPM_CONFIG_USERCONFIG", "/n"),
            ("DOCKER_CONFIG", "/d"),
        ];
        let found = places(STORES, &variables);
        for place in ["/p", "/n", "/d/config.json", "/h/.pypirc"] {
            assert!(found.iter().any(|path| path == place), "{place}");
        }
    }
}

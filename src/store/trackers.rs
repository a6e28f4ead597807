//! Trackers of experiments: Weights & Biases (beside its key in `.netrc`),
//! Comet, ClearML.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, ini, is_in, loose, some};

pub(super) const STORES: &[Store] = &[
    Store {
        title: "Weights & Biases settings",
        places: |machine| {
            let own = machine.set("WANDB_CONFIG_DIR");
            let folder = own.or_else(|| machine.config("wandb"));
            folder
                .map(|folder| folder.join("settings"))
                .into_iter()
                .collect()
        },
        is_named: |path| is_in(path, "wandb", "settings"),
        read: |text| api_keys(text, "WANDB_API_KEY"),
    },
    Store {
        title: "Comet settings",
        places: |machine| some([comet(machine)]),
        is_named: |path| file_name(path) == ".comet.config",
        read: |text| api_keys(text, "COMET_API_KEY"),
    },
    Store {
        title: "ClearML settings",
        places: |machine| {
            let own = machine
                .set("CLEARML_CONFIG_FILE")
                .or_else(|| machine.set("TRAINS_CONFIG_FILE"));
            some([own.or_else(|| machine.home("clearml.conf"))])
        },
        is_named: |path| matches!(file_name(path), "clearml.conf" | "trains.conf"),
        read: clearml,
    },
];

/// The variable names the file, or the folder that it lies in.
fn comet(machine: &Machine) -> Option<PathBuf> {
    match machine.set("COMET_CONFIG") {
        Some(path) if path.extension().is_none() => Some(path.join(".comet.config")),
        Some(path) => Some(path),
        None => machine.home(".comet.config"),
    }
}

/// The API key of settings in INI.
fn api_keys(text: &str, name: &str) -> Vec<Held> {
    ini::settings(text)
        .into_iter()
        .filter(|setting| setting.key.trim_matches('"') == "api_key")
        .map(|setting| Held::credential(name, "", setting.value))
        .collect()
}

/// `credentials {"access_key": "…", "secret_key": "…"}` in HOCON.
fn clearml(text: &str) -> Vec<Held> {
    loose::pairs(text)
        .into_iter()
        .filter_map(|(name, value)| {
            let name = match name.rsplit('.').next().unwrap_or_default() {
                "access_key" => "CLEARML_API_ACCESS_KEY",
                "secret_key" => "CLEARML_API_SECRET_KEY",
                _ => return None,
            };
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
    fn keys_of_settings() {
        let comet = "[comet]\napi_key=abc\nworkspace=me\n";
        assert_eq!(held(STORES[1].read, comet), [pair("COMET_API_KEY", "abc")]);
        let wandb = "[default]\nentity = me\napi_key = def\n";
        assert_eq!(held(STORES[0].read, wandb), [pair("WANDB_API_KEY", "def")]);
    }

    #[test]
    fn clearml_as_its_set_up_writes_it() {
        let text = "# settings\napi {\n    web_server: https://app.clear.ml/\n\
                    \x20   credentials {\"access_key\": \"AAA\", \"secret_key\": \"b=b\"}\n}\n\
                    sdk { aws { s3 { key: \"\" } } }\n";
        assert_eq!(
            held(clearml, text),
            [
                pair("CLEARML_API_ACCESS_KEY", "AAA"),
                pair("CLEARML_API_SECRET_KEY", "b=b")
            ]
        );
    }

    #[test]
    fn variables_move_them() {
        assert_eq!(
            places(STORES, &[]),
            [
                "/h/.config/wandb/settings",
                "/h/.comet.config",
                "/h/clearml.conf"
            ]
        );
        let variables = [
            ("WANDB_CONFIG_DIR", "/w"),
            ("COMET_CONFIG", "/c"),
            ("CLEARML_CONFIG_FILE", "/x.conf"),
        ];
        assert_eq!(
            places(STORES, &variables),
            ["/w/settings", "/c/.comet.config", "/x.conf"]
        );
    }
}

//! What INI files set, each setting as a whole.

use crate::detect::Secret;
use crate::format::ini;

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// The section it stands in, empty before the first.
    pub section: String,
    /// Its key, in small letters as most readers fold it.
    pub key: String,
    /// Its value; lines that go on are joined by line feeds.
    pub value: Secret,
}

/// The settings of a text, in its order. What is no setting is passed over.
pub(super) fn settings(text: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for line in ini::settings(text) {
        let value = line.value(text);
        match settings.last_mut().filter(|_| line.goes_on) {
            Some(last) => {
                last.value = Secret::new(format!("{}\n{value}", last.value.expose()));
            }
            None => settings.push(Setting {
                section: line.section.to_owned(),
                key: line.key.to_ascii_lowercase(),
                value: Secret::new(value),
            }),
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String, String)> {
        settings(text)
            .into_iter()
            .map(|setting| {
                let value = setting.value.expose().to_owned();
                (setting.section, setting.key, value)
            })
            .collect()
    }

    fn triple(section: &str, key: &str, value: &str) -> (String, String, String) {
        (section.into(), key.into(), value.into())
    }

    #[test]
    fn sections_keys_and_values() {
        let text = "top=1\r\n[a b]\r\n# no\r\nKey = v=1 100%\r\n; no\r\n  other: x\r\n[half";
        assert_eq!(
            read(text),
            [
                triple("", "top", "1"),
                triple("a b", "key", "v=1 100%"),
                triple("a b", "other", "x"),
            ]
        );
    }

    #[test]
    fn a_value_goes_on_where_lines_are_indented() {
        let text = "[global]\nextra-index-url =\n    https://a:b@c/simple\n    https://d/simple\n";
        assert_eq!(
            read(text),
            [triple(
                "global",
                "extra-index-url",
                "\nhttps://a:b@c/simple\nhttps://d/simple"
            )]
        );
    }
}

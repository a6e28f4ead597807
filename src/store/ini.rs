//! Reads INI: sections, `key = value`, lines that go on indented.

use crate::detect::Secret;

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
/// A `%` is a letter like others: whoever writes tokens turns interpolation
/// off.
pub(super) fn settings(text: &str) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    let mut section = String::new();
    let mut goes_on = false;
    for line in text.lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if line.starts_with([' ', '\t']) && goes_on && !is_setting_of_its_own(bare) {
            if let Some(last) = settings.last_mut() {
                last.value = Secret::new(format!("{}\n{bare}", last.value.expose()));
            }
            continue;
        }
        if let Some(name) = bare
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            section = name.trim().to_owned();
            goes_on = false;
            continue;
        }
        let Some((key, value)) = bare.split_once(['=', ':']) else {
            continue;
        };
        settings.push(Setting {
            section: section.clone(),
            key: key.trim().to_ascii_lowercase(),
            value: Secret::new(value.trim()),
        });
        goes_on = true;
    }
    settings
}

/// Some indent the settings of a section, as git does.
fn is_setting_of_its_own(line: &str) -> bool {
    line.split_once(['=', ':']).is_some_and(|(key, value)| {
        !value.starts_with("//")
            && !key.trim().is_empty()
            && key
                .trim()
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
    })
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

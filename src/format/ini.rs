//! INI and its many relatives: sections, `key = value`, lines that go on
//! indented. `stored_tokens`, `pip.conf`, `.pypirc`, `.npmrc`, `.dvc/config`,
//! git's `config`, `.aws/credentials`.
//!
//! These files forgive much, so nothing is refused: a line of another form is
//! text. A `%` is a sign like others: whoever writes tokens turns
//! interpolation off.

use std::ops::Range;

use super::scalars::{Scalar, Scalars, span_in};
use super::{Format, Hint};
use crate::layer::quoted::{self, Mark, Quoting};
use crate::rewrite::idiom::Idiom;

/// INI files.
pub(super) const FORMAT: Format = Format {
    title: "an INI file",
    is_told,
    open: |hint| Ok(Box::new(open(hint))),
    is_strict: false,
};

const ENDINGS: &[&str] = &["ini", "cfg", "inf", "cnf", "editorconfig", "desktop"];

const NAMES: &[&str] = &[
    "stored_tokens",
    "pip.conf",
    ".pypirc",
    ".npmrc",
    ".gitconfig",
    ".gitmodules",
    ".hgrc",
    "hgrc",
    ".boto",
    ".s3cfg",
    "rclone.conf",
    ".flake8",
    ".databrickscfg",
    ".comet.config",
    ".pylintrc",
    "supervisord.conf",
    ".bumpversion.cfg",
    ".my.cnf",
    "odbc.ini",
    ".coveragerc",
];

/// Files that are told by the folder they lie in.
const PLACES: &[(&str, &[&str])] = &[
    (".aws", &["credentials", "config"]),
    (".dvc", &["config", "config.local"]),
    (".git", &["config"]),
    ("wandb", &["settings"]),
    (".mlflow", &["credentials"]),
    (".ngc", &["config"]),
    (".oci", &["config"]),
    (".snowsql", &["config"]),
    (".kaggle", &["config"]),
];

fn is_told(hint: &Hint<'_>) -> bool {
    let name = hint.name();
    let is_placed =
        |(folder, names): &(&str, &[&str])| names.contains(&name.as_str()) && hint.is_in(folder);
    hint.ends_in(ENDINGS)
        || NAMES.contains(&name.as_str())
        || PLACES.iter().any(is_placed)
        || looks_like_ini(hint)
}

/// A file that says no more of itself than that it is a configuration: INI if
/// it begins with a section and a setting.
fn looks_like_ini(hint: &Hint<'_>) -> bool {
    let is_silent =
        hint.extension().is_empty() || hint.ends_in(&["conf", "config", "local", "txt"]);
    let lines = hint
        .text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let is_section =
        |line: &str| line.starts_with('[') && line.ends_with(']') && !line.contains(',');
    is_silent
        && lines.next().is_some_and(is_section)
        && lines
            .next()
            .is_some_and(|line| is_section(line) || key_and_value(line).is_some())
}

fn open<'t>(hint: &Hint<'t>) -> Scalars<'t> {
    let is_npms = hint.name() == ".npmrc";
    let settings = settings(hint.text);
    let bones = settings.iter().map(|setting| setting.sign).collect();
    let scalars = settings.into_iter().map(|setting| Scalar {
        idiom: is_npms.then_some(Idiom::Braces),
        ..Scalar::new(setting.span, setting.quoting, Some(name_of(setting.key)))
    });
    Scalars::new(hint.text, scalars.collect(), bones)
}

/// npm names the registry in the key: `//registry.npmjs.org/:_authToken`.
fn name_of(key: &str) -> &str {
    match key.rsplit(':').next().unwrap_or(key) {
        // A user and a password in base64.
        "_auth" => "auth_token",
        name => name,
    }
}

/// One setting, or a line on which one goes on.
#[derive(Debug)]
pub(crate) struct Setting<'t> {
    /// The section it stands in, empty before the first.
    pub section: &'t str,
    /// Its key, as written.
    pub key: &'t str,
    /// Whether it goes on with this line.
    pub goes_on: bool,
    /// Its value, without quotes.
    span: Range<usize>,
    quoting: &'static Quoting,
    sign: char,
}

impl Setting<'_> {
    /// The value as programs read it.
    pub fn value(&self, text: &str) -> String {
        quoted::peel(text, self.span.clone(), self.quoting).text
    }
}

/// Quotes as git reads them.
static DOUBLE: Quoting = Quoting {
    marks: b"\\",
    read: |text| match text.as_bytes() {
        [_, b'n', ..] => Some(Mark::Char('\n', 2)),
        [_, b't', ..] => Some(Mark::Char('\t', 2)),
        [_, sign @ (b'\\' | b'"'), ..] => Some(Mark::Char(char::from(*sign), 2)),
        _ => None,
    },
    write: quoted::write_escaped,
};

/// The settings of a text, in its order. What is no setting is passed over.
pub(crate) fn settings(text: &str) -> Vec<Setting<'_>> {
    let mut settings: Vec<Setting<'_>> = Vec::new();
    let mut section = "";
    let mut going_on: Option<&str> = None;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        let is_indented = line.starts_with([' ', '\t']);
        if let Some(key) = going_on.filter(|_| is_indented && !is_setting_of_its_own(bare)) {
            settings.push(setting(text, section, key, bare, true));
        } else if let Some(rest) = bare.strip_prefix('[') {
            section = rest.split(']').next().unwrap_or_default().trim();
            going_on = None;
        } else if let Some((key, value)) = key_and_value(bare) {
            settings.push(setting(text, section, key, value, false));
            going_on = Some(key);
        }
    }
    settings
}

/// A line comes apart at `=`, or at `:` where there is none.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let colon = line
        .find(':')
        .filter(|at| line[at + 1..].starts_with([' ', '\t']));
    let equals = line.find('=');
    let at = match (equals, colon) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (at, other) => at.or(other).or_else(|| line.find(':'))?,
    };
    let key = line[..at].trim_end();
    (!key.is_empty()).then(|| (key, line[at + 1..].trim_start()))
}

/// Some indent the settings of a section, as git does.
fn is_setting_of_its_own(line: &str) -> bool {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    key_and_value(line)
        .is_some_and(|(key, value)| !value.starts_with("//") && key.chars().all(is_of_key))
}

fn setting<'t>(
    text: &str,
    section: &'t str,
    key: &'t str,
    value: &str,
    goes_on: bool,
) -> Setting<'t> {
    let (value, quoting, sign) = unquoted(value);
    Setting {
        section,
        key,
        goes_on,
        span: span_in(text, value),
        quoting,
        sign: if goes_on { '+' } else { sign },
    }
}

/// A value without its quotes and the comment behind it.
fn unquoted(value: &str) -> (&str, &'static Quoting, char) {
    let comments = [" #", "\t#", " ;", "\t;"].into_iter();
    let ends = comments.filter_map(|comment| value.find(comment));
    let bare = ends.min().map_or(value, |end| &value[..end]).trim_end();
    // Some end a setting as a statement.
    let bare = bare
        .strip_suffix([';', ','])
        .filter(|bare| bare.ends_with(['"', '\'']))
        .unwrap_or(bare);
    for (quote, quoting) in [('"', &DOUBLE), ('\'', &quoted::PLAIN)] {
        let inner = bare
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner {
            return (inner, quoting, quote);
        }
    }
    (bare, &quoted::PLAIN, '=')
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Vec<String> {
        let settings = settings(text).into_iter();
        settings
            .map(|setting| {
                let value = setting.value(text);
                format!("{}|{}|{}", setting.section, setting.key, value)
            })
            .collect()
    }

    #[test]
    fn sections_keys_and_values() {
        let text = "\u{feff}top=1\r\n[a b]\r\n# no\r\nKey = v=1 100%\r\n; no\r\n  other: x ; y\r\nu: http://h/?a=b\r\nq = \"r \\\"s\\\"\"\n//r/:_authToken=t\n[half";
        assert_eq!(
            read(text),
            [
                "|top|1",
                "a b|Key|v=1 100%",
                "a b|other|x",
                "a b|u|http://h/?a=b",
                "a b|q|r \"s\"",
                "a b|//r/:_authToken|t"
            ]
        );
    }

    #[test]
    fn a_value_goes_on_where_lines_are_indented() {
        let text = "[global]\nextra-index-url =\n    https://a:b@c/simple\n    https://d/simple\n";
        assert_eq!(
            read(text),
            [
                "global|extra-index-url|",
                "global|extra-index-url|https://a:b@c/simple",
                "global|extra-index-url|https://d/simple"
            ]
        );
    }

    #[test]
    fn told_by_name_place_or_beginning() {
        let told = |path: &str, text: &str| is_told(&Hint::new(Path::new(path), text));
        assert!(
            told("setup.cfg", "") && told("hf/stored_tokens", "") && told(".aws/credentials", "")
        );
        assert!(told("x/config", "# a\n[core]\n\turl = b\n"));
        for other in ["credentials", "x/notes.txt", "x/config"] {
            assert!(!told(other, "[1] Smith: A\nsomething\n"), "{other}");
        }
    }
}

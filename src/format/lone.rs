//! A value in a file of its own: the file's name says what it is.
//!
//! Parameters and tags of MLflow (`params/openai_api_key`), secrets that are
//! mounted (`secrets/db_password`), logins (`access_token.txt`). Only a single
//! line without spaces is one; the end of the line stays.

use super::scalars::{Scalar, Scalars, span_in};
use super::{Format, Hint};
use crate::detect::names::classify;
use crate::layer::quoted;

/// Lone values.
pub(super) const FORMAT: Format = Format {
    title: "a value in a file of its own",
    is_told: |hint| value(hint).is_some_and(|_| name(hint).is_some()),
    open: |hint| Ok(Box::new(open(hint))),
    is_strict: false,
};

/// Longer texts are no single value.
const LONGEST: usize = 4096;

/// What the file calls its value, if that sounds like a credential.
fn name<'t>(hint: &Hint<'t>) -> Option<&'t str> {
    let is_plain = hint.path.extension().is_none() || hint.ends_in(&["txt"]);
    let name = hint.path.file_stem()?.to_str()?;
    let name = name.trim_start_matches('.');
    (is_plain && classify(name).is_some()).then_some(name)
}

fn value<'t>(hint: &Hint<'t>) -> Option<&'t str> {
    let value = hint.text.trim_start_matches('\u{feff}').trim();
    let is_one = hint.text.len() <= LONGEST && !value.contains(char::is_whitespace);
    (is_one && !value.is_empty()).then_some(value)
}

fn open<'t>(hint: &Hint<'t>) -> Scalars<'t> {
    let scalar = |value| Scalar::new(span_in(hint.text, value), &quoted::PLAIN, name(hint));
    let scalars = value(hint).map(scalar).into_iter().collect();
    Scalars::new(hint.text, scalars, "v".to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn told_by_a_name_and_a_single_value() {
        let told = |path: &str, text: &str| (FORMAT.is_told)(&Hint::new(Path::new(path), text));
        assert!(told("params/openai_api_key", "x") && told(".kaggle/access_token.txt", "x\r\n"));
        for (path, text) in [
            ("params/lr", "0.1"),
            ("api_key", "two words"),
            ("api_key", "two\nlines"),
            ("api_key.json", "x"),
            ("api_key", ""),
        ] {
            assert!(!told(path, text), "{path}: {text}");
        }
    }
}

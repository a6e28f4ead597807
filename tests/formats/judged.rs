//! A file goes the road, and what comes out is held against what went in.

use std::path::Path;

use serde_json::Value;
use unspill::sanitize::{Found, Ledger, Sanitizer};

use super::support::case;

/// What is found in a file of that name.
pub fn found(name: &str, text: &str) -> Vec<Found> {
    let sanitizer = Sanitizer::default();
    let inspection = sanitizer.inspect(Path::new(name), text.as_bytes(), &Ledger::default());
    inspection.expect("can be read").found
}

/// What is said of how a file was read.
pub fn notes(name: &str, text: &str) -> Vec<String> {
    let sanitizer = Sanitizer::default();
    let inspection = sanitizer.inspect(Path::new(name), text.as_bytes(), &Ledger::default());
    inspection.expect("can be read").notes
}

/// The file as it is after a fix.
pub fn fixed(name: &str, text: &str) -> String {
    let sanitizer = Sanitizer::default();
    let sanitized = sanitizer
        .sanitize(Path::new(name), text.as_bytes(), &Ledger::default())
        .unwrap_or_else(|problem| panic!("{name}: {problem}\n{text}"));
    match sanitized.bytes {
        Some(bytes) => String::from_utf8(bytes).expect("is still UTF-8"),
        None => text.to_owned(),
    }
}

/// Holds a file, whose value stands at each `§`, against what it must become.
pub fn becomes(name: &str, template: &str, expected: &str) {
    let text = case::filled(template);
    let told = found(name, &text);
    let line = template[..template.find('§').expect("has a value")]
        .matches('\n')
        .count()
        + 1;
    assert_eq!(
        told.first().map(|found| found.line),
        Some(line),
        "{name}: the line"
    );
    assert_eq!(fixed(name, &text), expected, "{name}");
    assert_eq!(fixed(name, expected), expected, "{name}: a second run");
}

/// Nothing of a file is taken for a credential.
pub fn is_harmless(name: &str, text: &str) {
    let told = found(name, text);
    let told: Vec<_> = told
        .iter()
        .map(|found| (found.line, &found.reason))
        .collect();
    assert!(told.is_empty(), "{name}: {told:?}\n{text}");
}

/// Holds the data of a file against that of the file before, which held the
/// secrets: the same, but for those.
pub fn same_but_for(old: &Value, new: &Value, secrets: &[String]) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            assert_eq!(
                old.keys().collect::<Vec<_>>(),
                new.keys().collect::<Vec<_>>()
            );
            for (key, value) in old {
                same_but_for(value, &new[key], secrets);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            assert_eq!(old.len(), new.len());
            for (old, new) in old.iter().zip(new) {
                same_but_for(old, new, secrets);
            }
        }
        (Value::String(old), Value::String(new)) => same_text(old, new, secrets),
        _ => assert_eq!(old, new),
    }
}

fn same_text(old: &str, new: &str, secrets: &[String]) {
    let held = secrets.iter().filter_map(|secret| {
        let at = old.find(secret.as_str())?;
        Some((at, old.rfind(secret.as_str())? + secret.len()))
    });
    let spans: Vec<(usize, usize)> = held.collect();
    let first = spans.iter().map(|(start, _)| *start).min();
    let last = spans.iter().map(|(_, end)| *end).max();
    let (Some(first), Some(last)) = (first, last) else {
        assert_eq!(old, new);
        return;
    };
    assert!(new.starts_with(&old[..first]), "{old} became {new}");
    assert!(new.ends_with(&old[last..]), "{old} became {new}");
    for secret in secrets {
        assert!(!new.contains(secret.as_str()), "{secret} is left in {new}");
    }
}

//! What is asked of every file: look for yourself, and share no code with what
//! is looked at.

use std::path::Path;

use unspill::detect::catalogue;
use unspill::detect::sample::{Rng, sample};
use unspill::sanitize::{Ledger, Sanitizer};

/// Stands for a value in a template, and for a value or its mask where two
/// texts are compared.
pub const MARK: char = '§';

/// A file with made-up values in it.
pub struct Planted {
    pub text: String,
    pub values: Vec<String>,
}

/// The text with a value of some kind, told by its own shape, for each mark.
pub fn plant(template: &str, rng: &mut Rng) -> Planted {
    let mut parts = template.split(MARK);
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut values = Vec::new();
    for part in parts {
        let value = value(rng);
        text.push_str(&value);
        text.push_str(part);
        values.push(value);
    }
    Planted { text, values }
}

/// A made-up value that is told by its shape.
pub fn value(rng: &mut Rng) -> String {
    let kinds = [
        "huggingface-user-token",
        "openai-project-key",
        "github-classic-token",
        "groq-api-key",
    ];
    let kind = rng.pick(&kinds).expect("there are some");
    let kind = catalogue::kind(kind).unwrap_or_else(|| panic!("no kind {kind}"));
    sample(kind, rng).expect("the kind has a shape")
}

/// The sanitized bytes; fails if a second run would change them.
pub fn fixed(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let once = fixed_once(name, bytes);
    if let Some(once) = &once {
        assert_eq!(fixed_once(name, once), None, "a second run changes {name}");
    }
    once
}

fn fixed_once(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let sanitizer = Sanitizer::default();
    let sanitized = sanitizer
        .sanitize(Path::new(name), bytes, &Ledger::default())
        .unwrap_or_else(|problem| panic!("{name}: {problem}\n{}", String::from_utf8_lossy(bytes)));
    sanitized.bytes
}

/// The sanitized text, in which nothing of the values is left.
pub fn cleaned(name: &str, planted: &Planted) -> String {
    let bytes = fixed(name, planted.text.as_bytes());
    let text = match bytes {
        Some(bytes) => String::from_utf8(bytes).expect("UTF-8 stays UTF-8"),
        None => planted.text.clone(),
    };
    for value in &planted.values {
        assert!(
            !text.contains(value.as_str()),
            "a value is left in {name}: {}",
            around(&text, value)
        );
    }
    text
}

/// The line that holds a value, or a part of it.
fn around<'t>(text: &'t str, value: &str) -> &'t str {
    let line = text.lines().find(|line| line.contains(value));
    let line = line.unwrap_or_default();
    line.get(..2000).unwrap_or(line)
}

/// The text with a mark for each value.
pub fn without_values(text: &str, values: &[String]) -> String {
    let mark = MARK.to_string();
    values
        .iter()
        .fold(text.to_owned(), |text, value| text.replace(value, &mark))
}

/// The text with a mark for each mask.
pub fn without_masks(text: &str) -> String {
    let mut parts = text.split("REDACTED_");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push(MARK);
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        out.push_str(part.trim_start_matches(is_name));
    }
    out
}

/// A file in whose place of values only masks may stand: nothing is left, and
/// nothing else is changed.
pub fn masked(name: &str, planted: &Planted) -> String {
    let after = cleaned(name, planted);
    let expected = without_values(&planted.text, &planted.values);
    let found = without_masks(&after);
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected, "something else changed in {name}");
    }
    assert!(found == expected, "something else changed in {name}");
    after
}

//! One file on the road, from its bytes to the proved result.

use std::path::Path;

use unspill::found::Found;
use unspill::sanitize::{Ledger, Remedy, Sanitizer};

use crate::support::project::token;

/// A sanitized file.
pub struct Fixed {
    /// Its new text.
    pub text: String,
    /// What was found in it.
    pub found: Vec<Found>,
    /// Variables that it reads from now on, with their values.
    pub variables: Vec<(String, String)>,
}

impl Fixed {
    /// How many findings became look-ups.
    pub fn look_ups(&self) -> usize {
        let is_look_up = |found: &&Found| matches!(found.remedy, Remedy::LookUp(_));
        self.found.iter().filter(is_look_up).count()
    }
}

/// The made-up token that stands where a template says `§`.
pub fn value() -> String {
    token(7)
}

/// A template with the value in it.
pub fn filled(template: &str) -> String {
    template.replace('§', &value())
}

/// Sanitizes a text. A second run must have nothing to do, and the value must
/// be gone.
pub fn fixed(name: &str, text: &str) -> Fixed {
    let sanitized = once(name, text);
    let again = once(name, &sanitized.text);
    assert!(
        again.found.is_empty() && again.text == sanitized.text,
        "a second run changes {name}:\n{}\n---\n{}",
        sanitized.text,
        again.text
    );
    assert!(
        !sanitized.text.contains(&value()),
        "the value is left in {name}:\n{}",
        sanitized.text
    );
    sanitized
}

fn once(name: &str, text: &str) -> Fixed {
    let name = Path::new(name);
    let sanitizer = Sanitizer::default();
    let mut ledger = Ledger::default();
    let inspection = sanitizer
        .inspect(name, text.as_bytes(), &ledger)
        .expect("can be read");
    assert!(inspection.notes.is_empty(), "{:?}", inspection.notes);
    ledger.add(&inspection.sightings, &inspection.reads);
    let sanitized = sanitizer
        .sanitize(name, text.as_bytes(), &ledger)
        .unwrap_or_else(|problem| panic!("{}: {problem}\n{text}", name.display()));
    let moved = sanitized.moved.iter();
    Fixed {
        text: sanitized.bytes.map_or_else(
            || text.to_owned(),
            |bytes| String::from_utf8(bytes).expect("a text"),
        ),
        found: sanitized.found,
        variables: moved
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .collect(),
    }
}

/// Holds a file against what must come out; `§` is the value.
pub fn becomes(name: &str, before: &str, after: &str) {
    assert_eq!(fixed(name, &filled(before)).text, after, "from {before}");
}

/// Every line without the value is there afterwards, in the same order; what
/// was added is `import os`.
pub fn other_lines_stay(before: &str, after: &str) -> bool {
    fn others<'t>(text: &'t str, sign: &'t str) -> impl Iterator<Item = &'t str> {
        text.split_inclusive('\n')
            .filter(move |line| !line.contains(sign) && line.trim_end() != "import os")
    }
    others(before, &value()).eq(others(after, "HF_TOKEN"))
}

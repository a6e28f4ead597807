//! `.env` files: what a program puts into its environment when it starts.

use std::path::Path;

use super::{Held, Store, file_name, nowhere};
use crate::detect::Secret;
use crate::env_file;

pub(super) const STORES: &[Store] = &[Store {
    title: "environment file",
    places: nowhere,
    is_named: is_env_file,
    read,
}];

/// Words in the names of files that only show what a `.env` would hold.
const SHOWN: &[&str] = &[
    "example", "sample", "template", "dist", "defaults", "schema",
];

/// `.env`, `.env.local`, `prod.env`, `.envrc`, but no example.
pub(super) fn is_env_file(path: &Path) -> bool {
    let name = file_name(path);
    // Asked of every file of a walk.
    if !name.contains(".env") && !name.contains(".ENV") {
        return false;
    }
    let name = name.to_ascii_lowercase();
    let is_one = name == ".env"
        || name == ".envrc"
        || name.starts_with(".env.")
        || name.len() > 4 && name.ends_with(".env");
    is_one && !SHOWN.iter().any(|word| name.contains(word))
}

fn read(text: &str) -> Vec<Held> {
    env_file::entries(text)
        .into_iter()
        .map(|(name, value)| Held::named(&name, Secret::new(value)).set_as_variable())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::held;
    use super::*;

    #[test]
    fn values_as_programs_read_them() {
        let text = "\u{feff}# note\r\nexport A=b # c\r\nB='d e'\r\nC=\"f\\\"g\"\r\nD=\r\nhalf";
        let text = text.trim_start_matches('\u{feff}');
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            held(read, text),
            [
                pair("A", "b"),
                pair("B", "d e"),
                pair("C", "f\"g"),
                pair("D", "")
            ]
        );
    }

    #[test]
    fn examples_are_no_stores() {
        for name in [".env", ".env.production", "prod.env", ".envrc", ".ENV"] {
            assert!(is_env_file(Path::new(name)), "{name}");
        }
        for name in [
            ".env.example",
            "example.env",
            ".env.dist",
            "environment",
            "env.py",
            "x.envoy",
        ] {
            assert!(!is_env_file(Path::new(name)), "{name}");
        }
    }
}

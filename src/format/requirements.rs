//! Requirements of pip: a package, an address or an option a line. pip looks
//! `${NAME}` up in them itself.
//!
//! Described in pip's documentation, "Requirements File Format", "Using
//! environment variables".

use super::scalars::{Scalar, Scalars, span_in};
use super::{Format, Hint};
use crate::layer::quoted;
use crate::rewrite::idiom::Idiom;

/// Requirements of pip.
pub(super) const FORMAT: Format = Format {
    title: "a list of requirements",
    is_told,
    open: |hint| Ok(Box::new(open(hint.text))),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let name = hint.name();
    let is_named = ["requirements", "constraints"]
        .iter()
        .any(|part| name.contains(part));
    let is_list = hint.ends_in(&["txt", "in", "pip"]);
    // What conda lists explicitly is not for pip.
    is_list
        && (is_named || hint.is_in("requirements"))
        && memchr::memmem::find(hint.text.as_bytes(), b"@EXPLICIT").is_none()
}

fn open(text: &str) -> Scalars<'_> {
    let lines = text.lines().filter_map(|line| {
        let end = line.find(" #").unwrap_or(line.len());
        let line = line[..end].trim();
        (!line.is_empty() && !line.starts_with('#')).then(|| Scalar {
            idiom: Some(Idiom::Braces),
            ..Scalar::new(span_in(text, line), &quoted::PLAIN, None)
        })
    });
    let scalars: Vec<_> = lines.collect();
    let bones = "r".repeat(scalars.len());
    Scalars::new(text, scalars, bones)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn told_by_name_or_folder() {
        let told = |path: &str, text: &str| is_told(&Hint::new(Path::new(path), text));
        assert!(told("requirements-dev.txt", "") && told("requirements/base.in", ""));
        assert!(!told("requirements.md", "") && !told("requirements.txt", "@EXPLICIT\n"));
    }
}

//! What a format is told by: a file's name, its place, and its beginning.

use std::ffi::OsStr;
use std::path::Path;

/// A file that wants to be told.
#[derive(Debug, Clone, Copy)]
pub struct Hint<'t> {
    /// Its path, as named. Nothing is opened.
    pub path: &'t Path,
    /// All of its text.
    pub text: &'t str,
}

impl<'t> Hint<'t> {
    /// A file with this path and text.
    pub fn new(path: &'t Path, text: &'t str) -> Self {
        Self { path, text }
    }

    /// The name of the file, in small letters.
    pub fn name(&self) -> String {
        lower(self.path.file_name())
    }

    /// What stands behind the last dot of its name, in small letters.
    pub fn extension(&self) -> String {
        lower(self.path.extension())
    }

    /// Whether its name ends so behind the last dot.
    pub fn ends_in(&self, extensions: &[&str]) -> bool {
        extensions.contains(&self.extension().as_str())
    }

    /// Whether it lies directly in a folder of that name.
    pub fn is_in(&self, folder: &str) -> bool {
        let parent = self.path.parent().and_then(Path::file_name);
        parent.is_some_and(|name| name.eq_ignore_ascii_case(folder))
    }

    /// Whether one of the folders above it has that name.
    pub fn is_below(&self, folder: &str) -> bool {
        let mut above = self.path.ancestors().skip(1).filter_map(Path::file_name);
        above.any(|name| name.eq_ignore_ascii_case(folder))
    }

    /// Its first line that is not blank, without a byte order mark.
    pub fn first_line(&self) -> &'t str {
        let text = self.text.trim_start_matches('\u{feff}').trim_start();
        text.lines().next().unwrap_or_default()
    }

    /// The program that its first line asks for: `python3` of
    /// `#!/usr/bin/env python3`.
    pub fn interpreter(&self) -> Option<&'t str> {
        let words = self.first_line().strip_prefix("#!")?;
        let mut words = words.split_ascii_whitespace();
        let program = |word: &'t str| word.rsplit('/').next().unwrap_or(word);
        match program(words.next()?) {
            "env" => words.find(|word| !word.starts_with('-')).map(program),
            other => Some(other),
        }
    }
}

fn lower(name: Option<&OsStr>) -> String {
    name.map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_name_place_and_first_line() {
        let text = "\u{feff}\n#!/usr/bin/env -S python3 -u\n";
        let hint = Hint::new(Path::new("a/.STREAMLIT/Secrets.TOML"), text);
        assert_eq!(hint.name(), "secrets.toml");
        assert!(hint.ends_in(&["toml"]));
        assert!(hint.is_in(".streamlit") && hint.is_below("a") && !hint.is_in("a"));
        assert_eq!(hint.interpreter(), Some("python3"));
        let plain = Hint::new(Path::new("x"), "#!/bin/bash\n");
        assert_eq!(plain.interpreter(), Some("bash"));
        assert_eq!(Hint::new(Path::new("x"), "# no\n").interpreter(), None);
    }
}

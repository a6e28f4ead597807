//! Entries of `[allow]` in the configuration.

use std::fmt;
use std::path::Path;

use regex::bytes::Regex;

use crate::detect::Finding;
use crate::globs::Globs;
use crate::region::{Region, Role};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it exempts.
    pub rule: Rule,
    /// As it is written.
    pub text: String,
    /// Why, for people.
    pub reason: Option<String>,
}

/// What an entry exempts.
#[derive(Debug, Clone)]
pub enum Rule {
    /// Every finding of a kind, by its id.
    Kind,
    /// Every finding in files of these names, written as in `.gitignore`.
    Path(Globs),
    /// Every finding in such places.
    Place(Where),
    /// Every finding whose value matches.
    Value(Regex),
}

/// Sorts of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// The source of code cells.
    Code,
    /// Markdown and raw cells.
    Prose,
    /// What programs printed or showed.
    Output,
    /// What is attached to a cell.
    Attachment,
    /// The file's own housekeeping.
    Metadata,
}

impl Where {
    /// Every sort, with its name in the configuration.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("code", Self::Code),
        ("prose", Self::Prose),
        ("output", Self::Output),
        ("attachment", Self::Attachment),
        ("metadata", Self::Metadata),
    ];

    /// Where a region stands.
    pub fn of(region: &Region) -> Self {
        let part = region.place.part.split(' ').next().unwrap_or_default();
        match (&region.role, part) {
            (_, "output") => Self::Output,
            (_, "attachment") => Self::Attachment,
            (Role::Code(_), "") => Self::Code,
            (Role::Prose, "") => Self::Prose,
            (Role::Output, "") => Self::Output,
            _ => Self::Metadata,
        }
    }
}

impl Entry {
    /// For a kind. The caller knows which ids there are.
    pub fn kind(id: &str) -> Self {
        Self::new(Rule::Kind, id)
    }

    /// For files, by a glob that starts from `root`.
    pub fn path(root: &Path, glob: &str) -> Result<Self, String> {
        Ok(Self::new(Rule::Path(Globs::new(root, [glob])?), glob))
    }

    /// For places; the error names the ones there are.
    pub fn place(name: &str) -> Result<Self, String> {
        let known = Where::NAMES.iter().find(|(known, _)| *known == name);
        let (_, place) = known.ok_or_else(|| {
            let names = Where::NAMES.map(|(name, _)| name).join(", ");
            format!("no place is called `{name}`; there are {names}")
        })?;
        Ok(Self::new(Rule::Place(*place), name))
    }

    /// For values that a regular expression matches anywhere.
    pub fn value(pattern: &str) -> Result<Self, String> {
        let regex = super::comment::regex(pattern)?;
        Ok(Self::new(Rule::Value(regex), pattern))
    }

    /// The same with a reason.
    pub fn because(mut self, reason: Option<String>) -> Self {
        self.reason = reason;
        self
    }

    fn new(rule: Rule, text: &str) -> Self {
        Self {
            rule,
            text: text.to_owned(),
            reason: None,
        }
    }

    /// Whether it exempts all that a file holds; its name is relative to
    /// `here`.
    pub fn is_for(&self, here: &Path, name: &Path) -> bool {
        match &self.rule {
            Rule::Path(globs) => globs.matches(here, name),
            _ => false,
        }
    }

    /// Whether it exempts a finding, whatever the file.
    pub fn exempts(&self, region: &Region, finding: &Finding) -> bool {
        match &self.rule {
            Rule::Kind => finding.kind.id == self.text,
            Rule::Path(_) => false,
            Rule::Place(place) => Where::of(region) == *place,
            Rule::Value(regex) => regex.is_match(finding.value.expose().as_bytes()),
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sort = match self.rule {
            Rule::Kind => "the kind",
            Rule::Path(_) => "the path",
            Rule::Place(_) => "the place",
            Rule::Value(_) => "the value pattern",
        };
        write!(f, "{sort} `{}`", self.text)?;
        match &self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_place_or_pattern_is_told() {
        let wrong = Entry::place("outputs").unwrap_err();
        assert_eq!(
            wrong,
            "no place is called `outputs`; there are code, prose, output, attachment, metadata"
        );
        let wrong = Entry::value("(").unwrap_err();
        assert_eq!(wrong, "`(` is no regular expression: unclosed group");
        assert!(!wrong.contains('\n'));
    }
}

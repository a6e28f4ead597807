//! Comments that exempt what stands on their line: ours, and those of other
//! tools that people already have.
//!
//! | comment | whose | exempts |
//! |---|---|---|
//! | `unspill: allow` | ours | all |
//! | `unspill: allow[kind, kind]` | ours | these kinds |
//! | `gitleaks:allow`, `betterleaks:allow` | gitleaks, betterleaks | all |
//! | `trufflehog:ignore`, `kingfisher:ignore` | trufflehog, kingfisher | all |
//! | `ggignore` | ggshield | all |
//! | `pragma: allowlist secret` | detect-secrets | all |
//! | `nosec`, `nosec B105` (B106, B107) | bandit | all |
//! | `noqa: S105` (S106, S107) | ruff, flake8-bandit | all |
//!
//! A bare `noqa` and a `nosec` for other tests say nothing about credentials.
//! Something must open the comment before it (`#`, `//`, `--`, `;`, `%`, `/*`,
//! `<!--`), so that prose about such comments exempts nothing.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

/// A comment that exempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Whether it is for us; then it is told when it exempts nothing.
    pub ours: bool,
    /// The ids of the kinds it is for; for all, if `None`.
    kinds: Option<Vec<String>>,
}

impl Comment {
    /// Whether it exempts findings of a kind.
    pub fn exempts(&self, kind: &str) -> bool {
        match &self.kinds {
            Some(kinds) => kinds.iter().any(|id| id == kind),
            None => true,
        }
    }
}

/// A regular expression on bytes, as everywhere in the catalogue.
pub fn regex(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .build()
        .map_err(|error| {
            format!(
                "`{pattern}` is no regular expression: {}",
                first_line(&error)
            )
        })
}

fn first_line(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().rfind(|line| !line.trim().is_empty());
    last.unwrap_or_default()
        .trim()
        .trim_start_matches("error: ")
        .to_owned()
}

/// The lines of a text that hold a comment which exempts.
pub fn all(text: &str) -> impl Iterator<Item = (Range<usize>, Comment)> {
    let mut start = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let bare = line.trim_end_matches(['\n', '\r']);
        let span = start..start + bare.len();
        start += line.len();
        Some((span, on_line(bare)?))
    })
}

/// The comment of one line.
pub fn on_line(line: &str) -> Option<Comment> {
    let comment = opened(line)?;
    if let Some(found) = OWN.captures(comment.as_bytes()) {
        let kinds = list(comment, &found).map(|list| {
            let ids = list.split(',').map(str::trim);
            ids.filter(|id| !id.is_empty()).map(str::to_owned).collect()
        });
        return Some(Comment { ours: true, kinds });
    }
    let foreign = OTHERS.is_match(comment.as_bytes()) || is_nosec(comment) || is_noqa(comment);
    foreign.then_some(Comment {
        ours: false,
        kinds: None,
    })
}

/// From where something opens a comment, if anything does.
fn opened(line: &str) -> Option<&str> {
    let at = OPENER.find(line.as_bytes())?.start();
    line.get(at..)
}

/// The list that a comment gives, if it gives one.
fn list<'c>(comment: &'c str, found: &Captures<'_>) -> Option<&'c str> {
    comment.get(found.get(1)?.range())
}

/// `nosec` alone, or for the tests of hard-coded passwords.
fn is_nosec(comment: &str) -> bool {
    NOSEC.captures_iter(comment.as_bytes()).any(|found| {
        let tests = list(comment, &found).unwrap_or_default();
        let named = |test: &str| test.starts_with('B') || test.contains('_');
        let mut tests = tests
            .split([' ', ',', '\t'])
            .filter(|test| named(test))
            .peekable();
        tests.peek().is_none()
            || tests.any(|test| {
                matches!(test, "B105" | "B106" | "B107") || test.starts_with("hardcoded_password")
            })
    })
}

/// `noqa` for the same tests under the names that ruff has for them.
fn is_noqa(comment: &str) -> bool {
    NOQA.captures_iter(comment.as_bytes()).any(|found| {
        list(comment, &found)
            .unwrap_or_default()
            .split([' ', ',', '\t'])
            .any(|code| matches!(code, "S105" | "S106" | "S107"))
    })
}

static OPENER: LazyLock<Regex> = LazyLock::new(|| built(r"#|//|--|;|%|/\*"));
static OWN: LazyLock<Regex> =
    LazyLock::new(|| built(r"(?i)\bunspill:[ \t]*allow(?:[ \t]*\[([^\]]*)\]|\b)"));
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    built(
        r"(?i)\b(?:gitleaks|betterleaks):allow\b|\b(?:trufflehog|kingfisher):[ \t]*ignore\b|\bggignore\b|\bpragma:[ \t]*(?:allow|white)list[ -]secret\b",
    )
});
static NOSEC: LazyLock<Regex> = LazyLock::new(|| built(r"#[ \t]*nosec\b:?([^#]*)"));
static NOQA: LazyLock<Regex> = LazyLock::new(|| built(r"(?i)#[ \t]*noqa:([^#]*)"));

/// The patterns are ours; one that cannot be built is found by the tests.
fn built(pattern: &str) -> Regex {
    regex(pattern).expect("a pattern of ours")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exempts(line: &str, kind: &str) -> bool {
        on_line(line).is_some_and(|comment| comment.exempts(kind))
    }

    #[test]
    fn ours_exempts_all_or_some_kinds() {
        assert!(exempts("x = 1  # unspill: allow", "a"));
        assert!(exempts("x = 1  # unspill:allow, it is public", "a"));
        assert!(exempts("x = 1  # unspill: allow[a, b]", "b"));
        assert!(!exempts("x = 1  # unspill: allow[a, b]", "c"));
        assert!(!exempts("x = 1  # unspill: allow[]", "a"));
        assert!(exempts("text <!-- unspill: allow -->", "a"));
        assert!(exempts("-- unspill: allow", "a"));
        assert!(on_line("x # unspill: allow").unwrap().ours);
    }

    #[test]
    fn those_that_people_have_are_known() {
        for comment in [
            "# gitleaks:allow",
            "# noqa: E501, S105",
            "# noqa:S106",
            "# NOQA: S107",
            "#nosec",
            "# nosec B105",
            "# type: ignore # nosec: B106, B603",
            "# nosec - a fake one",
            "# pragma: allowlist secret",
            "# pragma: whitelist secret",
            "// pragma: allowlist-secret",
            "# betterleaks:allow",
            "# trufflehog:ignore",
            "# kingfisher:ignore",
            "# ggignore",
            "<!-- ggignore -->",
        ] {
            let line = format!("x = 1  {comment}");
            assert!(exempts(&line, "a"), "{comment}");
            assert!(!on_line(&line).unwrap().ours, "{comment}");
            assert_eq!(all(&format!("a\n{line}\nb")).count(), 1, "{comment}");
        }
    }

    #[test]
    fn other_comments_and_prose_exempt_nothing() {
        for line in [
            "x = 1",
            "x = 1  # unspill: allowed?",
            "x = 1  # noqa",
            "x = 1  # noqa: E501",
            "x = 1  # nosec B603",
            "x = 1  # no secret here",
            "write unspill: allow behind it",
            "gitleaks:allow is a comment",
            "x = nosec",
        ] {
            assert_eq!(on_line(line), None, "{line}");
        }
    }

    #[test]
    fn lines_are_given_with_their_place() {
        let text = "a\nb # unspill: allow\nc # nosec unspill: allow\n";
        let lines: Vec<_> = all(text)
            .map(|(line, comment)| (&text[line], comment.ours))
            .collect();
        assert_eq!(
            lines,
            [
                ("b # unspill: allow", true),
                ("c # nosec unspill: allow", true)
            ]
        );
    }
}

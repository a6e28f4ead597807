//! Texts with a made-up secret: `§` stands for the value.

use unspill::edit;
use unspill::rewrite::{Outcome, Rewritten, Target};

/// The made-up value, put together when the test runs.
pub fn value() -> String {
    ["q7ZpLw", "2RtX9v", "BnK4mY", "0aUd"].concat()
}

/// The text with the value in it.
pub fn filled(template: &str) -> String {
    template.replace('§', &value())
}

/// A target for each place of `value` in `text`.
pub fn targets<'t>(text: &str, value: &'t str, variable: &'t str) -> Vec<Target<'t>> {
    text.match_indices(value)
        .map(|(at, _)| Target {
            span: at..at + value.len(),
            value,
            variable,
        })
        .collect()
}

/// The rewritten text, its outcomes; fails if the value is left.
pub fn rewritten(
    text: &str,
    variable: &str,
    rewrite: impl Fn(&str, &[Target<'_>]) -> Rewritten,
) -> (String, Vec<Outcome>) {
    let value = value();
    let targets = targets(text, &value, variable);
    assert!(!targets.is_empty(), "no value in {text:?}");
    let result = rewrite(text, &targets);
    assert_eq!(result.outcomes.len(), targets.len());
    let after = edit::apply_str(text, &result.edits);
    assert!(!after.contains(&value), "the value is left");
    (after, result.outcomes)
}

//! Formats that know no look-up: configuration that a cell writes, markup,
//! queries, scripts for a browser. The mask goes in; it is plain letters,
//! digits and `_`, so whatever quotes stood around the value stay right.

use super::{Rewritten, Target, targets};

/// Masks every target.
pub fn rewrite(text: &str, targets: &[Target<'_>]) -> Rewritten {
    targets::each(text, targets, |target| targets::masked(target, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit;
    use crate::rewrite::Outcome;

    #[test]
    fn masks_between_whatever_quotes() {
        let value = ["k7Qz", "P0fW", "m3Xv"].concat();
        for text in [
            format!("API_KEY='{value}'\n"),
            format!("api_key: {value}  # from the console\n"),
            format!("{{\"key\": \"{value}\"}}"),
        ] {
            let start = text.find(&value).unwrap_or(0);
            let target = Target {
                span: start..start + value.len(),
                value: &value,
                variable: "API_KEY",
            };
            let result = rewrite(&text, &[target]);
            assert_eq!(
                edit::apply_str(&text, &result.edits),
                text.replace(&value, "REDACTED_API_KEY")
            );
            assert_eq!(result.outcomes, [Outcome::Masked(None)]);
        }
    }

    #[test]
    fn overlapping_targets_become_one_mask() {
        let text = "abcdefgh";
        let target = |span| Target {
            span,
            value: "x",
            variable: "A",
        };
        let result = rewrite(text, &[target(4..7), target(1..5), target(20..30)]);
        assert_eq!(edit::apply_str(text, &result.edits), "aREDACTED_Ah");
        assert_eq!(result.outcomes.len(), 3);
    }
}

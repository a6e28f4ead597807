//! The example of a `.env`: which variables it sets, and who issues what they
//! hold. Never a value, and no comment of the original, which may hold one.

use std::collections::BTreeSet;

use crate::detect::catalogue;
use crate::env_file;

const HEAD: &str = "# The variables that this project needs; fill in your own values.\n";

/// An example that lists `names`, added to what an example says already.
pub fn with_names<'n>(example: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let listed: BTreeSet<String> = env_file::entries(example)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let names: BTreeSet<&str> = names.into_iter().collect();
    let mut text = example.to_owned();
    if text.is_empty() {
        text.push_str(HEAD);
    } else if !text.ends_with('\n') {
        text.push('\n');
    }
    for name in names.into_iter().filter(|name| !listed.contains(*name)) {
        if let Some(provider) = provider(name) {
            text.push_str(&format!("# {provider}\n"));
        }
        text.push_str(&format!("{name}=\n"));
    }
    text
}

/// The names that a file of variables sets.
pub fn names(text: &str) -> Vec<String> {
    let entries = env_file::entries(text).into_iter();
    entries.map(|(name, _)| name).collect()
}

/// Who issues what a variable usually holds.
fn provider(variable: &str) -> Option<&'static str> {
    let of_it = |kind: &&crate::detect::Kind| {
        !kind.is_generic() && kind.variables.iter().any(|name| name == variable)
    };
    let kind = catalogue::kinds().iter().find(of_it)?;
    Some(kind.provider.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_once_in_order_without_values() {
        let env = "# mine: abc\nexport B_TOKEN=secret\nHF_TOKEN='x'\nB_TOKEN=again\n";
        let names = names(env);
        let example = with_names("", names.iter().map(String::as_str));
        assert_eq!(
            example,
            format!("{HEAD}B_TOKEN=\n# Hugging Face\nHF_TOKEN=\n")
        );
    }

    #[test]
    fn an_example_that_is_there_stays_and_grows() {
        let there = "# see the wiki\nHF_TOKEN=your-token";
        assert_eq!(
            with_names(there, ["A", "HF_TOKEN"]),
            "# see the wiki\nHF_TOKEN=your-token\nA=\n"
        );
    }
}

//! Which program reads a YAML file, told by its name, its place and its
//! content, and how that program looks variables up.
//!
//! Only what the program's own documentation promises is named here; in a file
//! of any other program values are masked.

use crate::format::Hint;
use crate::region::Language;
use crate::rewrite::idiom::Idiom;

/// The program that reads a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Program {
    /// Workflows of GitHub, Gitea and Forgejo.
    Workflow,
    /// Docker Compose.
    Compose,
    /// OmegaConf, and so Hydra.
    OmegaConf,
    /// conda's own settings, and Yarn's.
    Braces,
    /// An environment of conda: what stands below `pip` is given to pip.
    CondaEnvironment,
    /// Deepnote: its blocks are cells of a notebook.
    Deepnote,
    /// Any other.
    Other,
}

impl Program {
    pub fn of(hint: &Hint<'_>) -> Self {
        let name = hint.name();
        let is_workflow = [".github", ".gitea", ".forgejo"]
            .iter()
            .any(|forge| hint.is_below(forge))
            && hint.is_in("workflows");
        match name.as_str() {
            _ if is_workflow => Self::Workflow,
            ".condarc" | "condarc" | ".yarnrc.yml" => Self::Braces,
            _ if hint.ends_in(&["deepnote"]) => Self::Deepnote,
            _ if is_compose(&name) => Self::Compose,
            "environment.yml" | "environment.yaml" | "conda.yaml" | "conda.yml" => {
                Self::CondaEnvironment
            }
            _ if is_record_of_hydra(hint) || is_omega_conf(hint.text) => Self::OmegaConf,
            _ => Self::Other,
        }
    }

    /// How a variable is looked up in a scalar with that key, if it is.
    pub fn idiom(self, key: &str) -> Option<Idiom> {
        match self {
            // A condition and a name of an action cannot read secrets.
            Self::Workflow if matches!(key, "if" | "uses" | "runs-on" | "shell") => None,
            Self::Workflow => Some(Idiom::GithubSecret),
            Self::Compose | Self::Braces => Some(Idiom::Braces),
            Self::OmegaConf => Some(Idiom::OmegaConf),
            Self::CondaEnvironment if key == "pip" => Some(Idiom::Braces),
            Self::CondaEnvironment | Self::Deepnote | Self::Other => None,
        }
    }
}

/// `docker-compose.prod.yml`, `compose.yaml`.
fn is_compose(name: &str) -> bool {
    let stem = name.strip_suffix(".yml").or(name.strip_suffix(".yaml"));
    stem.is_some_and(|stem| {
        let rest = stem.strip_prefix("docker-").unwrap_or(stem);
        let rest = rest.strip_prefix("compose");
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
    })
}

/// Whether it is what Hydra composed for a run. Its list of overrides is a
/// record of what was typed, which nobody reads as a configuration.
fn is_record_of_hydra(hint: &Hint<'_>) -> bool {
    hint.is_in(".hydra") && hint.name() != "overrides.yaml"
}

/// Whether a file says that OmegaConf reads it: by a look-up of its own, or by
/// the list of defaults with which Hydra composes.
fn is_omega_conf(text: &str) -> bool {
    let holds = |part: &str| memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some();
    [
        "${oc.",
        "${hydra:",
        "${now:",
        "- _self_",
        "_target_:",
        "# @package",
    ]
    .iter()
    .any(|sign| holds(sign))
}

/// The language of a scalar with that key, if it is a program.
pub(super) fn language(key: &str) -> Option<Language> {
    let is_shell = matches!(
        key,
        "run" | "script" | "before_script" | "after_script" | "bash" | "entrypoint" | "command"
    );
    is_shell.then_some(Language::Shell)
}

/// The language of a block of Deepnote, by its type.
pub(super) fn language_of_block(kind: &str) -> Option<Language> {
    match kind {
        "code" => Some(Language::Python),
        "sql" => Some(Language::Sql),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn programs_are_told_by_name_place_and_content() {
        let of = |path: &str, text: &str| Program::of(&Hint::new(Path::new(path), text));
        assert_eq!(of("x/.github/workflows/ci.yml", ""), Program::Workflow);
        assert_eq!(of("x/.github/actions/a/action.yml", ""), Program::Other);
        for name in [
            "docker-compose.yml",
            "compose.override.yaml",
            "docker-compose-gpu.yml",
        ] {
            assert_eq!(of(name, ""), Program::Compose, "{name}");
        }
        assert_eq!(of("composer.yml", ""), Program::Other);
        assert_eq!(
            of("conf/config.yaml", "defaults:\n  - _self_\n"),
            Program::OmegaConf
        );
        assert_eq!(of("config.yaml", "a: 1\n"), Program::Other);
    }
}

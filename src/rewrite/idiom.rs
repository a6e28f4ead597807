//! Look-ups in configuration: how the program that reads a file spells the
//! value of a variable within a scalar.
//!
//! Only formats whose program is known to expand look-ups name an idiom; in
//! all others the mask stands.

/// How a configuration spells a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idiom {
    /// `${NAME}`: Compose, pip, conda, npm, dotenv files of most readers.
    Braces,
    /// `${{ secrets.NAME }}`: workflows of GitHub.
    GithubSecret,
    /// `${oc.env:NAME}`: OmegaConf, and so Hydra.
    OmegaConf,
    /// `${env:NAME}`: VS Code and its relatives, and the servers they start.
    VsCode,
    /// `${localEnv:NAME}`: development containers.
    DevContainer,
    /// `{env:NAME}`: opencode.
    OpenCode,
}

impl Idiom {
    /// The look-up of `variable`.
    pub fn spell(self, variable: &str) -> String {
        match self {
            Self::Braces => format!("${{{variable}}}"),
            Self::GithubSecret => format!("${{{{ secrets.{variable} }}}}"),
            Self::OmegaConf => format!("${{oc.env:{variable}}}"),
            Self::VsCode => format!("${{env:{variable}}}"),
            Self::DevContainer => format!("${{localEnv:{variable}}}"),
            Self::OpenCode => format!("{{env:{variable}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_spelled_as_its_program_reads_it() {
        for (idiom, spelled) in [
            (Idiom::Braces, "${HF_TOKEN}"),
            (Idiom::GithubSecret, "${{ secrets.HF_TOKEN }}"),
            (Idiom::OmegaConf, "${oc.env:HF_TOKEN}"),
            (Idiom::VsCode, "${env:HF_TOKEN}"),
            (Idiom::DevContainer, "${localEnv:HF_TOKEN}"),
            (Idiom::OpenCode, "{env:HF_TOKEN}"),
        ] {
            assert_eq!(idiom.spell("HF_TOKEN"), spelled);
        }
    }
}

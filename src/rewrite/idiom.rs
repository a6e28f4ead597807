//! Look-ups in configuration: how the program that reads a file spells the
//! value of a variable within a scalar.
//!
//! Only formats whose program is known to expand look-ups name an idiom; in
//! all others the mask stands. Where it was considered and there is none:
//! `pip.conf`, `.pypirc`, `.netrc`, git's and DVC's settings, TOML; and where
//! it would not work for everybody: n8n (nodes may not read the environment),
//! Postman (`{{X}}` is a variable of Postman, not of the environment), Claude
//! Desktop, `.env` (a variable that names itself).

/// How a configuration spells a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Idiom {
    /// `${NAME}`: Compose ("Interpolation"), pip ("Requirements File Format"),
    /// conda and Yarn (their settings), npm ("npmrc"), Claude Code, Gemini CLI.
    Braces,
    /// `${{ secrets.NAME }}`: workflows of GitHub ("Using secrets").
    GithubSecret,
    /// `${oc.env:NAME}`: OmegaConf ("Built-in resolvers"), and so Hydra.
    OmegaConf,
    /// `${env:NAME}`: VS Code ("Variables reference"), Cursor, Windsurf, Roo.
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

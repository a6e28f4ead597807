//! A folder as an upload to the Hugging Face Hub would send it, and what is to
//! be said of the Space that it becomes.
//!
//! `hf upload` and its relatives skip `.git` and `.cache/huggingface` at any
//! depth and nothing else. The Hub applies a `.gitignore` only if it lies at
//! the top of the repository; those below are files like any other.
//!
//! Source: `_paths.py` and `_commit_api.py` of huggingface_hub, and the Hub's
//! upload guide.

use std::path::{Path, PathBuf};

use ignore::gitignore::Gitignore;

/// What is sent of a folder.
#[derive(Debug, Clone)]
pub struct Upload {
    root: PathBuf,
    ignored: Gitignore,
}

impl Upload {
    /// For this folder, whose `.gitignore` is read.
    pub fn of(root: &Path) -> Self {
        let (ignored, _) = Gitignore::new(root.join(".gitignore"));
        Self {
            root: root.to_owned(),
            ignored,
        }
    }

    /// Whether a path in the folder is sent; `None` if it is in another one.
    pub fn sends(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let names: Vec<_> = relative.iter().collect();
        let is_git = names.contains(&std::ffi::OsStr::new(".git"));
        let is_cache = names
            .windows(2)
            .any(|pair| pair[0] == ".cache" && pair[1] == "huggingface");
        let rules = self.ignored.matched_path_or_any_parents(path, is_folder);
        Some(!is_git && !is_cache && !rules.is_ignore())
    }
}

/// What a Space runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sdk {
    /// A program in Python: it reads its environment.
    Python,
    /// A container, built from a Dockerfile.
    Docker,
    /// Pages alone: whatever they need is sent to the browser.
    Static,
}

impl Sdk {
    /// Reads it from the front matter of a README; `None` if it has none, as
    /// of models and data sets.
    pub fn of(readme: &str) -> Option<Self> {
        let mut lines = readme.trim_start_matches('\u{feff}').lines();
        if lines.next()?.trim_end() != "---" {
            return None;
        }
        let front = lines.take_while(|line| line.trim_end() != "---");
        let sdk = front.filter_map(|line| line.strip_prefix("sdk:")).next()?;
        match sdk.trim().trim_matches(['"', '\'']) {
            "static" => Some(Self::Static),
            "docker" => Some(Self::Docker),
            _ => Some(Self::Python),
        }
    }

    /// Where credentials belong instead.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Python => {
                "a Space keeps credentials under Settings, Variables and secrets (as a secret, not a variable: those are public), where the code reads them from its environment"
            }
            Self::Docker => {
                "a Space keeps credentials under Settings, Variables and secrets; the program reads them from its environment, and a build step with `RUN --mount=type=secret,id=NAME` from /run/secrets/NAME"
            }
            Self::Static => {
                "a static Space has no place for credentials: its variables and its secrets are both sent to the browser of every visitor; put what needs one behind a server (a Gradio or Docker Space)"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_all_but_two_folders_and_what_the_top_ignores() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(".gitignore"), "/.env\n*.bin\n").unwrap();
        let upload = Upload::of(dir.path());
        let sends = |path: &str| upload.sends(&dir.path().join(path), false);
        for path in [
            "a.py",
            "sub/.env",
            "node_modules/x.js",
            ".cache/pip/x",
            ".gitignore",
        ] {
            assert_eq!(sends(path), Some(true), "{path}");
        }
        for path in [
            ".env",
            "a/b.bin",
            ".git/config",
            "a/.cache/huggingface/token",
        ] {
            assert_eq!(sends(path), Some(false), "{path}");
        }
        assert_eq!(upload.sends(Path::new("/elsewhere"), false), None);
    }

    #[test]
    fn the_sdk_stands_in_the_front_matter() {
        let readme = |sdk: &str| format!("---\r\ntitle: x\r\nsdk: {sdk}\r\n---\r\n# x\r\n");
        assert_eq!(Sdk::of(&readme("static")), Some(Sdk::Static));
        assert_eq!(Sdk::of(&readme("'docker'")), Some(Sdk::Docker));
        assert_eq!(Sdk::of(&readme("gradio")), Some(Sdk::Python));
        assert_eq!(Sdk::of("# x\nsdk: static\n"), None);
        assert_eq!(Sdk::of("---\ntitle: x\n---\nsdk: static\n"), None);
    }
}

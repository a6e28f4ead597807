//! The project that a command runs in: its configuration, baseline, and what
//! follows from them for every verb.

use std::io;
use std::path::{Path, PathBuf};

use super::args::{ProjectArgs, WhichConfig};
use crate::allow::{Baseline, Exemptions};
use crate::config::{Config, Wrong};
use crate::detect::engine::Detector;
use crate::detect::{Kind, catalogue};
use crate::globs::Globs;
use crate::sanitize::{Policy, Sanitizer};

/// The names of a configuration, in the order in which a folder is searched.
const OWN_FILE: &str = "unspill.toml";
const PYPROJECT: &str = "pyproject.toml";

/// What a project says.
#[derive(Debug, Default)]
pub struct Project {
    /// Its configuration, as written.
    pub config: Config,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
    /// The folder that the configuration's paths start from.
    pub root: PathBuf,
    /// The current folder.
    pub here: PathBuf,
    /// Kinds of its own.
    pub kinds: Vec<&'static Kind>,
    /// What may stay.
    pub exemptions: Exemptions,
}

/// A configuration, a baseline or a file of rules that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProjectError {
    /// It cannot be read.
    #[error("{}: cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// In the words of the system.
        why: String,
    },
    /// The configuration says something impossible.
    #[error("{}: {wrong}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What, and where.
        wrong: Wrong,
    },
    /// A file that is not what it should be.
    #[error("{}: {why}", path.display())]
    NotThat {
        /// The file.
        path: PathBuf,
        /// What is wrong, as the end of a sentence.
        why: String,
    },
}

impl Project {
    /// The configuration alone: for verbs that look at no file.
    pub fn of(which: &WhichConfig) -> Result<Self, ProjectError> {
        let here = std::env::current_dir().unwrap_or_default();
        let found = match (&which.config, which.no_config) {
            (Some(path), _) => Some(read(path)?),
            (None, true) => None,
            (None, false) => search(&here)?,
        };
        let Some(Found { path, text, config }) = found else {
            return Ok(Self::without_config(here));
        };
        let folder = path.parent().unwrap_or(Path::new(""));
        let root = here.join(folder);
        let wrong = |wrong| ProjectError::Config {
            path: path.clone(),
            wrong,
        };
        config.check_exclude(&text).map_err(wrong)?;
        let own = config.own_kinds(&text).map_err(wrong)?;
        let kinds: Vec<&'static Kind> = kept_for_good(own);
        let all: Vec<&'static Kind> = catalogue::kinds()
            .iter()
            .chain(kinds.iter().copied())
            .collect();
        let entries = config.exemptions(&text, &root, &all).map_err(wrong)?;
        Ok(Self {
            exemptions: Exemptions {
                entries,
                here: here.clone(),
                ..Exemptions::default()
            },
            config,
            file: Some(path),
            root,
            here,
            kinds,
        })
    }

    fn without_config(here: PathBuf) -> Self {
        Self {
            root: here.clone(),
            exemptions: Exemptions {
                here: here.clone(),
                ..Exemptions::default()
            },
            here,
            ..Self::default()
        }
    }

    /// All that a run needs.
    pub fn load(args: &ProjectArgs) -> Result<Self, ProjectError> {
        let mut project = Self::of(&args.which)?;
        if let Some(path) = &args.baseline {
            project.exemptions.baseline = Some(project.baseline(path)?);
        }
        Ok(project)
    }

    /// The sanitizer that knows the project.
    pub fn sanitizer(&self, policy: &Policy) -> Sanitizer {
        Sanitizer {
            policy: policy.clone(),
            exemptions: self.exemptions.clone(),
            detector: Detector::with(self.kinds.iter().copied()),
        }
    }

    /// Every kind that is known here.
    pub fn all_kinds(&self) -> Vec<&'static Kind> {
        let own = self.kinds.iter().copied();
        catalogue::kinds().iter().chain(own).collect()
    }

    fn baseline(&self, path: &Path) -> Result<Baseline, ProjectError> {
        let text = text_of(path)?;
        Baseline::read(&self.folder_of(path), &text).map_err(|why| ProjectError::NotThat {
            path: path.to_owned(),
            why,
        })
    }

    /// A path that the configuration names, as the current folder sees it.
    pub fn path(&self, path: &Path) -> PathBuf {
        shown(&self.here, &self.root.join(path))
    }

    /// What the configuration leaves out.
    pub fn exclude(&self) -> Result<Globs, ProjectError> {
        let globs = self.config.exclude.iter();
        let globs = globs.map(|glob| glob.get_ref().as_str());
        Globs::new(&self.root, globs).map_err(|why| ProjectError::NotThat {
            path: self.file.clone().unwrap_or_default(),
            why,
        })
    }

    /// The configuration with a policy filled in.
    pub fn shown(&self, policy: &Policy) -> Config {
        Config {
            style: Some(policy.style),
            confidence: Some(policy.confidence),
            ..self.config.clone()
        }
    }

    /// A configuration as TOML, with where it comes from.
    pub fn headed(&self, config: &Config) -> String {
        let from = match &self.file {
            Some(path) => format!("# from {}\n", path.display()),
            None => "# no configuration\n".to_owned(),
        };
        from + &config.to_text()
    }

    /// The folder that a file is in.
    pub fn folder_of(&self, path: &Path) -> PathBuf {
        let folder = path.parent().unwrap_or(Path::new(""));
        self.here.join(folder)
    }
}

/// Kinds live as long as the process: findings point to them.
fn kept_for_good(kinds: Vec<Kind>) -> Vec<&'static Kind> {
    let kinds: &'static [Kind] = Vec::leak(kinds);
    kinds.iter().collect()
}

/// A configuration that was found.
struct Found {
    path: PathBuf,
    text: String,
    config: Config,
}

/// The nearest configuration: in the current folder or one above, up to the
/// root of the repository.
fn search(here: &Path) -> Result<Option<Found>, ProjectError> {
    for folder in here.ancestors() {
        let own = folder.join(OWN_FILE);
        if own.is_file() {
            return read(&shown(here, &own)).map(Some);
        }
        let pyproject = folder.join(PYPROJECT);
        if pyproject.is_file()
            && let Some(found) = read_pyproject(&shown(here, &pyproject))?
        {
            return Ok(Some(found));
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// As people write it: without the current folder before it.
fn shown(here: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(here).unwrap_or(path).to_owned()
}

fn read(path: &Path) -> Result<Found, ProjectError> {
    if path.file_name().is_some_and(|name| name == PYPROJECT) {
        let found = read_pyproject(path)?;
        return found.ok_or_else(|| ProjectError::NotThat {
            path: path.to_owned(),
            why: "has no [tool.unspill]".to_owned(),
        });
    }
    let text = text_of(path)?;
    let config = Config::read(&text).map_err(|wrong| ProjectError::Config {
        path: path.to_owned(),
        wrong,
    })?;
    Ok(Found {
        path: path.to_owned(),
        text,
        config,
    })
}

fn read_pyproject(path: &Path) -> Result<Option<Found>, ProjectError> {
    let text = text_of(path)?;
    let config = Config::read_pyproject(&text).map_err(|wrong| ProjectError::Config {
        path: path.to_owned(),
        wrong,
    })?;
    Ok(config.map(|config| Found {
        path: path.to_owned(),
        text,
        config,
    }))
}

fn text_of(path: &Path) -> Result<String, ProjectError> {
    std::fs::read_to_string(path).map_err(|error: io::Error| ProjectError::Unreadable {
        path: path.to_owned(),
        why: super::survey::reason(&error),
    })
}

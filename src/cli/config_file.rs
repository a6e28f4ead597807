//! Which file is the configuration, and the reading of what it names.

use std::io;
use std::path::{Path, PathBuf};

use super::args::WhichConfig;
use crate::config::{Config, Wrong};

/// The names of a configuration, in the order in which a folder is searched.
const OWN_FILE: &str = "unspill.toml";
const PYPROJECT: &str = "pyproject.toml";

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

/// A configuration that was found.
pub struct Found {
    /// Where.
    pub path: PathBuf,
    /// The whole file.
    pub text: String,
    /// What it says.
    pub config: Config,
}

impl Found {
    /// An error at a place in it.
    pub fn is_wrong(&self, wrong: Wrong) -> ProjectError {
        ProjectError::Config {
            path: self.path.clone(),
            wrong,
        }
    }
}

/// The configuration that is wanted, if there is one.
pub fn find(which: &WhichConfig, here: &Path) -> Result<Option<Found>, ProjectError> {
    match (&which.config, which.no_config) {
        (Some(path), _) => read(path).map(Some),
        (None, true) => Ok(None),
        (None, false) => search(here),
    }
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
pub fn shown(here: &Path, path: &Path) -> PathBuf {
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

/// The text of a file.
pub fn text_of(path: &Path) -> Result<String, ProjectError> {
    std::fs::read_to_string(path).map_err(|error: io::Error| ProjectError::Unreadable {
        path: path.to_owned(),
        why: super::survey::reason(&error),
    })
}

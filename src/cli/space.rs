//! `check --space`: what is to be said of a folder that is about to be
//! uploaded.

use std::io;
use std::path::{Path, PathBuf};

use super::reporter::Reporter;
use super::settings::Settings;
use super::survey::Survey;
use crate::report::{Event, escape};
use crate::source::upload::Sdk;
use crate::store;

/// Says which stores would be sent, and where credentials belong.
pub fn advise(settings: &Settings, survey: &Survey, reporter: &mut Reporter) -> io::Result<()> {
    let found = survey.sources.iter();
    let found: Vec<&Path> = found
        .filter(|source| !source.found.is_empty())
        .map(|source| source.source.path())
        .collect();
    for path in found
        .iter()
        .filter(|path| store::told_by_name(path).is_some())
    {
        let path = path.to_string_lossy();
        reporter.tell(&Event::Note(&format!(
            "{} would be uploaded: name it in the .gitignore at the top (the Hub reads no other)",
            escape(&path)
        )))?;
    }
    for root in roots_of(settings, &found) {
        let readme = std::fs::read_to_string(root.join("README.md")).unwrap_or_default();
        if let Some(sdk) = Sdk::of(&readme) {
            reporter.tell(&Event::Note(sdk.advice()))?;
        }
    }
    Ok(())
}

/// The folders in which something was found.
fn roots_of<'s>(settings: &'s Settings, found: &[&Path]) -> Vec<&'s PathBuf> {
    let holds = |root: &Path| {
        let root = root.strip_prefix(".").unwrap_or(root);
        found.iter().any(|path| path.starts_with(root))
    };
    let roots = settings.wanted.roots.iter();
    roots.filter(|root| holds(root)).collect()
}

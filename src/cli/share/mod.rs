//! `unspill share`: a copy of a folder that is safe to hand out.
//!
//! Every file walks the same road as in `fix`, its result into the copy. What
//! cannot be made safe is not in it; and unless that was allowed, there is no
//! copy then.

mod copy;
mod ending;
mod names;

use std::io;
use std::path::{Path, PathBuf};

use copy::Copy;

use super::Exit;
use super::reporter::Reporter;
use super::settings::share::ShareSettings;
use super::survey::{Source, Survey, unreadable};
use crate::globs::slashed;
use crate::report::Trouble;
use crate::share::tree::{self, Entry, Fate, Tree};
use crate::share::{history, target};
use crate::source::Met;
use crate::store;

/// Shares what is wanted.
pub fn run(settings: &ShareSettings) -> io::Result<Exit> {
    let mut reporter = Reporter::new(&settings.common);
    if let Some(trouble) = no_folder(&settings.src) {
        reporter.trouble(&trouble)?;
        return reporter.finish();
    }
    if let Some(below) = inside(settings) {
        let advice = format!(
            "name a place outside of it, or leave this one out: --drop '/{}'",
            slashed(&below)
        );
        let message = "lies in the folder that is shared, which is only read";
        reporter.trouble(&trouble(&settings.out, message, Some(&advice)))?;
        return reporter.finish();
    }
    let target = match target::open(&settings.out) {
        Ok(target) => target,
        Err(error) => {
            let out = &settings.out;
            reporter.trouble(&ending::unmade(out, out, &error))?;
            return reporter.finish();
        }
    };
    let tree = list(settings, &mut reporter)?;
    if tree.is_unknown() {
        return reporter.finish();
    }
    let survey = survey(settings, &tree, &mut reporter)?;
    Copy::new(settings, &survey, target).run(&tree, reporter)
}

const ONE_FILE: &str = "for one file: `unspill fix --stdout FILE > COPY`";

/// Why there is no folder to share, if there is none.
fn no_folder(src: &Path) -> Option<Trouble> {
    match std::fs::metadata(src) {
        Ok(metadata) if metadata.is_dir() => history::is_repository(src).then(|| {
            let message = "the history of a repository, which holds whatever was ever committed";
            trouble(
                src,
                message,
                Some("share a folder that was checked out of it"),
            )
        }),
        Ok(_) => Some(trouble(src, "not a folder", Some(ONE_FILE))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Some(trouble(
            src,
            "does not exist",
            Some("name the folder to share"),
        )),
        Err(error) => Some(unreadable(src, &error)),
    }
}

/// The path that the copy would have below the folder that is shared, if the
/// next copy would hold this one.
fn inside(settings: &ShareSettings) -> Option<PathBuf> {
    let around = settings.out.parent()?;
    let around = match around.as_os_str().is_empty() {
        true => Path::new("."),
        false => around,
    };
    let real = around.canonicalize().ok()?.join(settings.out.file_name()?);
    let below = real.strip_prefix(settings.src.canonicalize().ok()?).ok()?;
    let is_folder = |path: &Path| path != below || !target::is_zip(path);
    let stays = |path: &Path| settings.rules.by_name(path, is_folder(path)).is_some();
    let mut ways = below
        .ancestors()
        .filter(|path| !path.as_os_str().is_empty());
    (!ways.any(stays)).then(|| below.to_owned())
}

/// Lists the folder, and tells what could not be looked at.
fn list(settings: &ShareSettings, reporter: &mut Reporter) -> io::Result<Tree> {
    let inside: Vec<PathBuf> = settings.out.canonicalize().into_iter().collect();
    let tree = tree::list(&settings.src, &settings.rules, &inside);
    for (path, error) in &tree.troubles {
        reporter.trouble(&unreadable(&settings.src.join(path), error))?;
    }
    Ok(tree)
}

/// Inspects the files that travel, with the values of the stores that do not.
fn survey(settings: &ShareSettings, tree: &Tree, reporter: &mut Reporter) -> io::Result<Survey> {
    let full = |entry: &Entry| settings.src.join(&entry.path);
    let files = tree
        .entries
        .iter()
        .filter(|entry| entry.fate == Fate::File)
        .map(|entry| {
            Source::File(Met {
                path: full(entry),
                is_named: false,
            })
        });
    let stores: Vec<PathBuf> = tree
        .entries
        .iter()
        .filter(|entry| store::told_by_name(&entry.path).is_some())
        .map(full)
        .collect();
    let sanitizer = settings.common.sanitizer();
    Survey::of(
        &settings.common,
        files.collect(),
        &stores,
        &sanitizer,
        reporter,
    )
}

fn trouble(path: &Path, message: &str, advice: Option<&str>) -> Trouble {
    Trouble {
        path: path.to_owned(),
        message: message.to_owned(),
        advice: advice.map(str::to_owned),
    }
}

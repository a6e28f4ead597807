//! `unspill share`: a copy of a folder that is safe to hand out.
//!
//! Every file walks the same road as in `fix`, its result into the copy. What
//! cannot be made safe is not in it; and unless that was allowed, there is no
//! copy then.

mod copy;

use std::io;
use std::path::{Path, PathBuf};

use copy::Copy;

use super::Exit;
use super::reporter::Reporter;
use super::settings::share::ShareSettings;
use super::survey::{Source, Survey, unreadable};
use crate::report::Trouble;
use crate::share::target;
use crate::share::tree::{self, Entry, Fate, Tree};
use crate::source::Met;
use crate::store;

/// Shares what is wanted.
pub fn run(settings: &ShareSettings) -> io::Result<Exit> {
    let mut reporter = Reporter::new(&settings.common);
    if !settings.src.is_dir() {
        reporter.trouble(&trouble(&settings.src, "not a folder", Some(ONE_FILE)))?;
        return reporter.finish();
    }
    let target = match target::open(&settings.out) {
        Ok(target) => target,
        Err(error) => {
            let message = format!("cannot be made: {error}");
            reporter.trouble(&trouble(&settings.out, &message, None))?;
            return reporter.finish();
        }
    };
    let tree = list(settings, &mut reporter)?;
    if tree.is_unknown() {
        return reporter.finish();
    }
    let survey = survey(settings, &tree, &mut reporter)?;
    let mut copy = Copy::new(settings, &survey, target);
    copy.make(&tree, &mut reporter)?;
    copy.finish(&tree, reporter)
}

const ONE_FILE: &str = "for one file: `unspill fix --stdout FILE > COPY`";

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

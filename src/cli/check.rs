//! `unspill check`: reports, and changes nothing.

use std::io;
use std::path::{Path, PathBuf};

use super::Exit;
use super::exempt::{self, NewBaseline};
use super::parallel::light_in_order;
use super::reporter::Reporter;
use super::settings::Settings;
use super::space;
use super::survey::{Survey, Surveyed};
use crate::report::{Event, FileReport, Outcome};
use crate::sanitize::Sanitized;

/// Checks everything that is wanted.
pub fn run(settings: &Settings) -> io::Result<Exit> {
    let sanitizer = settings.sanitizer();
    let mut reporter = Reporter::new(settings);
    let mut survey = Survey::make(settings, &sanitizer, &mut reporter)?;
    let mut uses = std::mem::take(&mut survey.uses);
    let mut baseline = NewBaseline::wanted(settings)?;
    if survey.found_anything() {
        // What each finding would become is known only once it was tried.
        light_in_order(
            &survey.sources,
            settings.threads,
            |surveyed| {
                let outcome = surveyed.sanitize(&sanitizer, &survey.ledger);
                outcome.map(|(_, sanitized)| told(sanitized))
            },
            |surveyed, outcome| {
                let report = match outcome {
                    Ok(sanitized) => {
                        if let Some(baseline) = &mut baseline {
                            baseline.add(surveyed.source.name(), &sanitized);
                        }
                        uses.join(sanitized.uses.clone());
                        as_sanitized(surveyed, sanitized)
                    }
                    Err(trouble) => {
                        reporter.trouble(&trouble)?;
                        as_surveyed(surveyed)
                    }
                };
                reporter.tell(&Event::File(&report))
            },
        )?;
        suggest_fix(settings, &mut reporter);
        if settings.wanted.as_upload {
            space::advise(settings, &survey, &mut reporter)?;
        }
    } else {
        for surveyed in &survey.sources {
            reporter.tell(&Event::File(&as_surveyed(surveyed)))?;
        }
    }
    exempt::tell_stale(settings, &sanitizer.exemptions, &uses, &mut reporter)?;
    if let Some(baseline) = baseline {
        baseline.write(&mut reporter)?;
    }
    reporter.finish()
}

/// What is told of a file, which needs none of its bytes.
fn told(sanitized: Sanitized) -> Sanitized {
    Sanitized {
        bytes: None,
        patches: Vec::new(),
        ..sanitized
    }
}

/// The full report of one file.
fn as_sanitized(surveyed: &Surveyed, sanitized: Sanitized) -> FileReport {
    FileReport::of(surveyed.source.path(), sanitized, Outcome::Checked)
}

/// The report of the first pass.
pub fn as_surveyed(surveyed: &Surveyed) -> FileReport {
    FileReport {
        path: surveyed.source.path().to_owned(),
        found: surveyed.found.clone(),
        variables: Default::default(),
        outcome: Outcome::Checked,
    }
}

/// What to run next, if that is possible.
pub fn suggest_fix(settings: &Settings, reporter: &mut Reporter) {
    if !settings.stdin {
        reporter.tally.next(fix_command(&settings.typed));
    }
}

/// The command to paste next; many paths are not repeated.
fn fix_command(typed: &[PathBuf]) -> String {
    match typed {
        [] => "unspill fix .".to_owned(),
        paths if paths.len() > 3 => "unspill fix …".to_owned(),
        paths => {
            let quoted: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
            format!("unspill fix {}", quoted.join(" "))
        }
    }
}

/// A path as a shell reads it back.
fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |char: char| char.is_alphanumeric() || "._-/~+,@".contains(char);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_command_can_be_pasted() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(fix_command(&[]), "unspill fix .");
        assert_eq!(
            fix_command(&paths(&["my lesson.ipynb", "it's"])),
            r"unspill fix 'my lesson.ipynb' 'it'\''s'"
        );
        assert_eq!(fix_command(&paths(&["a", "b", "c", "d"])), "unspill fix …");
    }
}

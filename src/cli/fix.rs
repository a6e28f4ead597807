//! `unspill fix`: takes credentials out of files, in place; or shows what it
//! would do, or writes the result out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Exit;
use super::check::{as_surveyed, suggest_fix};
use super::exempt;
use super::keep::Keeper;
use super::parallel::in_order;
use super::reporter::Reporter;
use super::settings::{Action, Settings};
use super::survey::{Loaded, Survey, Surveyed};
use crate::allow::Uses;
use crate::container::{Patched, pieces};
use crate::detect::Secret;
use crate::edit;
use crate::format::encoding;
use crate::hiding::Hiding;
use crate::report::{Event, FileReport, Outcome, Trouble, count, diff};
use crate::rewrite::Style;
use crate::sanitize::{Sanitized, Sanitizer};
use crate::save::{self, Identity, SaveError};

/// How often a file that changes meanwhile is read anew.
const ATTEMPTS: u32 = 5;

/// Fixes everything that is wanted.
pub fn run(settings: &Settings) -> io::Result<Exit> {
    let sanitizer = settings.sanitizer();
    let mut reporter = Reporter::new(settings);
    let survey = Survey::make(settings, &sanitizer, &mut reporter)?;
    if !survey.found_anything() && settings.action != Action::Stdout {
        for surveyed in &survey.sources {
            let mut report = as_surveyed(surveyed);
            report.outcome = Outcome::Unchanged;
            reporter.tell(&Event::File(&report))?;
        }
        exempt::tell_stale(settings, &sanitizer.exemptions, &survey.uses, &mut reporter)?;
        return reporter.finish();
    }
    let mut fix = Fix::new(settings, &sanitizer, &survey);
    in_order(
        &survey.sources,
        settings.threads,
        |surveyed| surveyed.sanitize(&sanitizer, &survey.ledger),
        |surveyed, sanitized| {
            let delivered = sanitized
                .map_err(Failure::File)
                .and_then(|(loaded, sanitized)| fix.deliver(surveyed, loaded, sanitized));
            match delivered {
                Ok(report) => reporter.tell(&Event::File(&report)),
                Err(Failure::File(trouble)) => reporter.trouble(&trouble),
                Err(Failure::Left(report, trouble)) => {
                    reporter.trouble(&trouble)?;
                    reporter.tell(&Event::File(&report))
                }
                Err(Failure::Out(error)) => Err(error),
            }
        },
    )?;
    fix.conclude(&mut reporter)?;
    if settings.action == Action::Diff {
        suggest_fix(settings, &mut reporter);
    }
    reporter.finish()
}

/// Why a result did not arrive.
enum Failure {
    /// The file could not be worked on; the others go on.
    File(Trouble),
    /// The file could not be replaced, and what was found is still there.
    Left(Box<FileReport>, Trouble),
    /// Standard output could not be written; all ends.
    Out(io::Error),
}

/// Delivers results one after the other.
struct Fix<'r> {
    settings: &'r Settings,
    sanitizer: &'r Sanitizer,
    survey: &'r Survey,
    keeper: Option<Keeper>,
    /// Files with several names: how many of these still hold the old content.
    linked: BTreeMap<Identity, (PathBuf, u64)>,
    /// What is exempted, and by what.
    uses: Uses,
}

impl<'r> Fix<'r> {
    fn new(settings: &'r Settings, sanitizer: &'r Sanitizer, survey: &'r Survey) -> Self {
        let keeper = match &settings.action {
            Action::Save {
                env_file: Some(path),
            } => Some(Keeper::new(path)),
            _ => None,
        };
        Self {
            settings,
            sanitizer,
            survey,
            keeper,
            linked: BTreeMap::new(),
            uses: survey.uses.clone(),
        }
    }

    fn deliver(
        &mut self,
        surveyed: &Surveyed,
        loaded: Loaded,
        sanitized: Sanitized,
    ) -> Result<FileReport, Failure> {
        let path = surveyed.source.path();
        self.uses.join(sanitized.uses.clone());
        match self.settings.action {
            Action::Save { .. } => self.save(surveyed, loaded, sanitized),
            // What cannot be cleaned does not pass; why is told already.
            Action::Stdout if surveyed.is_broken => {
                Ok(FileReport::of(path, sanitized, Outcome::Unchanged))
            }
            Action::Stdout => {
                let mut out = io::stdout().lock();
                write_out(&mut out, &loaded, &sanitized).map_err(Failure::Out)?;
                Ok(FileReport::of(path, sanitized, Outcome::Written))
            }
            Action::Diff => self.diff(path, &loaded, sanitized),
            Action::Report | Action::Copy => Ok(FileReport::of(path, sanitized, Outcome::Checked)),
        }
    }

    /// Keeps the values, then replaces the file; a file that changed in the
    /// meantime is read and sanitized anew.
    fn save(
        &mut self,
        surveyed: &Surveyed,
        loaded: Loaded,
        sanitized: Sanitized,
    ) -> Result<FileReport, Failure> {
        let path = surveyed.source.path();
        let (mut loaded, mut sanitized) = (loaded, sanitized);
        for attempt in 1.. {
            if sanitized.bytes.is_none() && sanitized.patches.is_empty() {
                break;
            }
            if let Some(keeper) = &mut self.keeper
                && let Err(why) = keeper.keep(&sanitized)
            {
                return Err(not_kept(path, sanitized, &why));
            }
            let saved = match (&loaded, &sanitized.bytes) {
                (Loaded::File(snapshot), Some(bytes)) => {
                    save::replace(snapshot, bytes).map(|saved| (snapshot.identity(), saved))
                }
                (Loaded::Large(large), _) => save::replace_patched(large, &sanitized.patches)
                    .map(|saved| (large.identity(), saved)),
                _ => break,
            };
            match saved {
                Ok((identity, saved)) => {
                    self.linked
                        .insert(identity, (path.to_owned(), saved.other_names));
                    let had_outputs = sanitized.bytes.as_deref().is_some_and(has_outputs);
                    return Ok(FileReport::of(
                        path,
                        sanitized,
                        Outcome::Fixed { had_outputs },
                    ));
                }
                Err(error) if error.is_passing() && attempt < ATTEMPTS => {
                    std::thread::sleep(Duration::from_millis(20 << attempt));
                    (loaded, sanitized) = surveyed
                        .sanitize(self.sanitizer, &self.survey.ledger)
                        .map_err(Failure::File)?;
                }
                Err(error) => return Err(not_saved(path, sanitized, &error)),
            }
        }
        Ok(FileReport::of(path, sanitized, Outcome::Unchanged))
    }

    fn diff(
        &self,
        path: &Path,
        loaded: &Loaded,
        sanitized: Sanitized,
    ) -> Result<FileReport, Failure> {
        if !sanitized.patches.is_empty() {
            let diff = diff::binary(path, &sanitized.patches);
            return Ok(FileReport::of(path, sanitized, Outcome::Differs(diff)));
        }
        let (Some(old), Some(new)) = (loaded.bytes(), &sanitized.bytes) else {
            return Ok(FileReport::of(path, sanitized, Outcome::Unchanged));
        };
        let hiding = Hiding::of(stays(&sanitized, &self.survey.values));
        let veiled = veiled(old, &sanitized, hiding.as_ref()).ok_or_else(|| {
            Failure::File(Trouble {
                path: path.to_owned(),
                message: "the difference cannot be shown without its values".into(),
                advice: Some("`unspill check` lists what would change".into()),
            })
        })?;
        let shown = hide(text(new), hiding.as_ref());
        let name = path.to_string_lossy();
        let name = hiding.as_ref().map(|hiding| hiding.text(&name));
        let name = name.as_deref().map_or(path, Path::new);
        let diff = diff::unified(name, &veiled, &shown);
        Ok(FileReport::of(path, sanitized, Outcome::Differs(diff)))
    }

    fn conclude(self, reporter: &mut Reporter) -> io::Result<()> {
        for (path, others) in self.linked.into_values().filter(|(_, others)| *others > 0) {
            reporter.tell(&Event::Note(&format!(
                "{} has {} outside this run that still holds the old content (hard link): fix it too, or delete it",
                path.display(),
                count(usize::try_from(others).unwrap_or(usize::MAX), "other name"),
            )))?;
            reporter.tally.exit(Exit::Found);
        }
        let exemptions = &self.sanitizer.exemptions;
        exempt::tell_stale(self.settings, exemptions, &self.uses, reporter)?;
        let style = self.sanitizer.policy.style;
        reporter.tally.style(style);
        let Some(keeper) = self.keeper else {
            return Ok(());
        };
        if let Action::Save {
            env_file: Some(path),
        } = &self.settings.action
            && style == Style::Dotenv
            && path.file_name().is_some_and(|name| name != ".env")
        {
            let path = path.display();
            reporter.tell(&Event::Note(&format!(
                "`load_dotenv()` reads .env and not {path}: call `load_dotenv(\"{path}\")`"
            )))?;
        }
        keeper.conclude(reporter)
    }
}

/// The sanitized content, or the content as it is.
fn write_out(out: &mut impl Write, loaded: &Loaded, sanitized: &Sanitized) -> io::Result<()> {
    match &sanitized.bytes {
        Some(bytes) => out.write_all(bytes)?,
        None => {
            for piece in pieces(&Patched::new(loaded.at(), &sanitized.patches)) {
                out.write_all(&piece?)?;
            }
        }
    }
    out.flush()
}

fn not_saved(path: &Path, sanitized: Sanitized, error: &SaveError) -> Failure {
    let trouble = Trouble {
        path: path.to_owned(),
        message: format!("not changed: {error}"),
        advice: error.advice(),
    };
    left(path, sanitized, "the file could not be replaced", trouble)
}

fn not_kept(path: &Path, sanitized: Sanitized, why: &str) -> Failure {
    let trouble = Trouble {
        path: path.to_owned(),
        message: format!("not changed: its values cannot be kept: {why}"),
        advice: None,
    };
    left(path, sanitized, "its value could not be kept", trouble)
}

fn left(path: &Path, sanitized: Sanitized, why: &str, trouble: Trouble) -> Failure {
    let report = FileReport::left(path, sanitized, why);
    Failure::Left(Box::new(report), trouble)
}

/// Jupyter's trust matters to a notebook with outputs only.
pub fn has_outputs(bytes: &[u8]) -> bool {
    memchr::memmem::find(bytes, b"\"output_type\"").is_some()
}

/// The bytes of a text in UTF-8, whatever they are in the file.
fn text(bytes: &[u8]) -> Vec<u8> {
    match encoding::decode_any(bytes) {
        Some((text, _)) => text.into_owned().into_bytes(),
        None => bytes.to_owned(),
    }
}

/// The old content as it can be shown: the core says where its values lie;
/// what it may have missed is hidden here, as no diff must ever show a value.
/// `None` if the core does not say.
fn veiled(old: &[u8], sanitized: &Sanitized, hiding: Option<&Hiding>) -> Option<Vec<u8>> {
    if sanitized.veil.is_empty() {
        return None;
    }
    Some(hide(edit::apply(&text(old), &sanitized.veil), hiding))
}

/// Values that may stand in a file before and after: those of the run, and
/// those that are exempted.
fn stays<'v>(
    sanitized: &'v Sanitized,
    values: &'v BTreeSet<Secret>,
) -> impl Iterator<Item = &'v Secret> {
    let moved = sanitized.moved.iter().map(|(_, value)| value);
    values.iter().chain(moved).chain(&sanitized.uses.values)
}

fn hide(text: Vec<u8>, hiding: Option<&Hiding>) -> Vec<u8> {
    match hiding {
        Some(hiding) => hiding.bytes(&text),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::Edit;

    fn sanitized(veil: Vec<Edit>) -> Sanitized {
        Sanitized {
            bytes: Some(b"new".to_vec()),
            moved: vec![("B".into(), Secret::new("second"))],
            veil,
            ..Sanitized::default()
        }
    }

    #[test]
    fn nothing_is_shown_that_the_core_did_not_veil() {
        assert!(veiled(b"first", &sanitized(Vec::new()), None).is_none());
        let sanitized = sanitized(vec![Edit::replace(0..5, "f…")]);
        let values = [Secret::new("third"), Secret::new("")].into();
        let hiding = Hiding::of(stays(&sanitized, &values));
        let shown = veiled(b"first second third", &sanitized, hiding.as_ref());
        assert_eq!(shown.unwrap(), "f… … …".as_bytes());
    }
}

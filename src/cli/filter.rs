//! `unspill filter`: standard input to standard output, for git and editors.
//!
//! The result is whole or not there: on any trouble nothing is written, so
//! that a filter which git requires stops the commit. It starts no threads
//! and opens no files but the configuration, as git starts it
//! once for every file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Exit;
use super::guard;
use super::reporter::Reporter;
use super::settings::FilterSettings;
use super::survey::broken;
use crate::report::{Event, FileReport, Outcome, Trouble, count, escape, write_trouble};
use crate::sanitize::{Ledger, Problem, Remedy, Sanitized};
use crate::source;
use crate::source::own::gather;

/// Filters standard input to standard output.
pub fn run(settings: &FilterSettings) -> io::Result<Exit> {
    let bytes = source::stdin()?;
    let sanitized = match sanitize(settings, &bytes) {
        Ok(sanitized) => sanitized,
        Err(trouble) => return stop(&trouble),
    };
    if let Some(trouble) = left(settings, &sanitized) {
        return stop(&trouble);
    }
    let mut out = io::stdout().lock();
    out.write_all(sanitized.bytes.as_deref().unwrap_or(&bytes))?;
    out.flush()?;
    if !sanitized.found.is_empty() {
        tell(settings, sanitized)?;
    }
    Ok(Exit::Clean)
}

fn sanitize(settings: &FilterSettings, bytes: &[u8]) -> Result<Sanitized, Trouble> {
    let sanitizer = settings.project.sanitizer(&settings.policy);
    let walk = || -> Result<Sanitized, Problem> {
        let mut ledger = Ledger::default();
        let roots: &[PathBuf] = &[];
        ledger.know(gather(settings.own, roots, roots, &sanitizer.believer()).values);
        let inspection = sanitizer.inspect(&settings.name, bytes, &ledger)?;
        if inspection.found.is_empty() {
            // The road would look at the same with the same eyes.
            return Ok(Sanitized {
                uses: inspection.uses,
                troubles: inspection.troubles,
                ..Sanitized::default()
            });
        }
        ledger.add_own(&inspection.sightings, &inspection.reads);
        ledger.add(&inspection.sightings, &inspection.reads);
        sanitizer.sanitize(&settings.name, bytes, &ledger)
    };
    match guard::catch(walk) {
        Ok(answer) => answer.map_err(|problem| broken(&settings.name, &problem)),
        Err(message) => Err(Trouble {
            path: settings.name.clone(),
            message,
            advice: None,
        }),
    }
}

/// A finding that would stay makes the result incomplete, and so does a part
/// that could not be looked at.
fn left(settings: &FilterSettings, sanitized: &Sanitized) -> Option<Trouble> {
    if let Some(unseen) = sanitized.troubles.first() {
        return Some(Trouble {
            path: settings.name.clone(),
            message: unseen.clone(),
            advice: Some("nothing was written".into()),
        });
    }
    let finding = sanitized
        .found
        .iter()
        .find_map(|found| match &found.remedy {
            Remedy::Report(why) => Some((found, why)),
            _ => None,
        })?;
    let (found, why) = finding;
    Some(Trouble {
        path: settings.name.clone(),
        message: format!(
            "{}, line {}: {} cannot be taken out: {why}",
            found.place,
            found.line,
            found.kind.label()
        ),
        advice: Some("nothing was written".into()),
    })
}

fn stop(trouble: &Trouble) -> io::Result<Exit> {
    write_trouble(&mut anstream::stderr(), trouble)?;
    Ok(Exit::Trouble)
}

/// One line on standard error; all of it with `--verbose` or `--json`.
fn tell(settings: &FilterSettings, sanitized: Sanitized) -> io::Result<()> {
    let output = settings.output;
    if output.quiet {
        return Ok(());
    }
    if !output.verbose && !output.json {
        return tell_briefly(&settings.name, &sanitized);
    }
    let report = FileReport::of(&settings.name, sanitized, Outcome::Written);
    let mut reporter = Reporter::with(output, true);
    for problem in &settings.project.problems {
        reporter.tell(&Event::Note(problem))?;
    }
    reporter.tell(&Event::File(&report))?;
    reporter.finish().map(drop)
}

fn tell_briefly(name: &Path, sanitized: &Sanitized) -> io::Result<()> {
    let mut err = anstream::stderr();
    let name = name.to_string_lossy();
    let name = escape(&name);
    let credentials = count(sanitized.found.len(), "credential");
    writeln!(err, "unspill: {name}: {credentials} taken out")?;
    Ok(())
}

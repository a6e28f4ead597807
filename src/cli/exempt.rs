//! What a run says about exemptions, and the writing of a baseline.

use std::io;
use std::path::{Path, PathBuf};

use super::reporter::Reporter;
use super::settings::Settings;
use super::survey::reason;
use crate::allow::{Baseline, Exemptions, Uses};
use crate::globs::{relative_to, slashed};
use crate::report::{Event, Trouble, count};
use crate::sanitize::Sanitized;

/// Tells which exemptions match nothing any more.
pub fn tell_stale(
    settings: &Settings,
    exemptions: &Exemptions,
    uses: &Uses,
    reporter: &mut Reporter,
) -> io::Result<()> {
    for sentence in exemptions.stale(uses, reads_all(settings)) {
        reporter.tell(&Event::Note(&sentence))?;
    }
    Ok(())
}

/// Whether the run walks all that the configuration is for.
fn reads_all(settings: &Settings) -> bool {
    let project = &settings.project;
    let mut roots = settings.wanted.roots.iter();
    roots.any(|root| {
        let from = relative_to(&project.here, &project.root, &project.here.join(root));
        root.is_dir() && !from.starts_with("..") && !from.has_root()
    })
}

/// A baseline that is being made.
pub struct NewBaseline {
    path: PathBuf,
    here: PathBuf,
    baseline: Baseline,
}

impl NewBaseline {
    /// An empty one, if one is wanted.
    pub fn wanted(settings: &Settings) -> io::Result<Option<Self>> {
        let Some(path) = &settings.write_baseline else {
            return Ok(None);
        };
        let mut salt = crate::allow::baseline::Salt::default();
        getrandom::fill(&mut salt)
            .map_err(|error| io::Error::other(format!("no random numbers: {error}")))?;
        Ok(Some(Self {
            path: path.clone(),
            here: settings.project.here.clone(),
            baseline: Baseline::new(&settings.project.folder_of(path), salt),
        }))
    }

    /// Takes in what was found in one file.
    pub fn add(&mut self, path: &Path, sanitized: &Sanitized) {
        let path = slashed(&relative_to(&self.here, path, &self.baseline.root));
        for sighting in &sanitized.sightings {
            self.baseline.add(&path, &sighting.kind.id, &sighting.value);
        }
    }

    /// Writes it down.
    pub fn write(self, reporter: &mut Reporter) -> io::Result<()> {
        let shown = self.path.display();
        match self
            .ensure_replaceable()
            .and_then(|()| write_whole(&self.path, &self.baseline.to_text()))
        {
            Ok(()) => {
                let findings = count(self.baseline.len(), "finding");
                reporter.tell(&Event::Note(&format!(
                    "{findings} written to {shown}; `--baseline {shown}` leaves them alone"
                )))?;
                reporter.tally.recorded();
                Ok(())
            }
            Err(error) => reporter.trouble(&Trouble {
                path: self.path.clone(),
                message: format!("cannot be written: {}", reason(&error)),
                advice: None,
            }),
        }
    }
}

impl NewBaseline {
    /// A baseline replaces a baseline, and nothing else: a shell may have put
    /// any name behind the option.
    fn ensure_replaceable(&self) -> io::Result<()> {
        let is_other = match std::fs::read_to_string(&self.path) {
            Ok(text) => Baseline::read(&self.baseline.root, &text).is_err(),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        };
        match is_other {
            true => Err(io::Error::other("it exists, and is no baseline")),
            false => Ok(()),
        }
    }
}

/// Old or new, never half.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

//! The first pass: every file is inspected, so that the ledger knows the
//! values of the whole run before the first file is sanitized.

use std::io;
use std::path::{Path, PathBuf};

use super::guard;
use super::parallel::in_order;
use super::reporter::Reporter;
use super::settings::{Action, Settings};
use crate::allow::Uses;
use crate::detect::Secret;
use crate::env_file;
use crate::report::{Event, Trouble};
use crate::sanitize::{Found, Inspection, Ledger, Problem, Sanitized, Sanitizer};
use crate::save::{Snapshot, State};
use crate::source;
use crate::source::own::gather;

/// Where bytes come from.
#[derive(Debug)]
pub enum Source {
    /// A file, read again in each pass: a run may be larger than the memory.
    File(PathBuf),
    /// Standard input, which can be read only once.
    Stdin(Vec<u8>),
}

/// The bytes of a source.
pub enum Loaded<'s> {
    /// A file as it was when it was read.
    File(Snapshot),
    /// Standard input.
    Stdin(&'s [u8]),
}

/// A source that could be read, and what was found in it.
pub struct Surveyed {
    /// Where it comes from.
    pub source: Source,
    /// What was found.
    pub found: Vec<Found>,
    /// What the file was then.
    state: Option<State>,
}

/// What the first pass learned.
#[derive(Default)]
pub struct Survey {
    /// The sources that could be read, in order.
    pub sources: Vec<Surveyed>,
    /// The values of the whole run.
    pub ledger: Ledger,
    /// The same values, to make sure that none is shown.
    pub values: Vec<Secret>,
    /// What is exempted, and by what.
    pub uses: Uses,
}

impl Survey {
    /// Inspects all that is wanted; tells what was left out or is broken.
    pub fn make(
        settings: &Settings,
        sanitizer: &Sanitizer,
        reporter: &mut Reporter,
    ) -> io::Result<Self> {
        for problem in &settings.project.problems {
            reporter.tell(&Event::Note(problem))?;
        }
        let (sources, stores) = sources(settings, reporter)?;
        let mut survey = Self::default();
        survey.know(settings, &stores, sanitizer, reporter)?;
        let known = survey.ledger.clone();
        let mut inspections = Vec::with_capacity(sources.len());
        in_order(
            &sources,
            settings.threads,
            |source| source.inspect(sanitizer, &known),
            |_, inspected| {
                if let Err(trouble) = &inspected {
                    reporter.trouble(trouble)?;
                }
                inspections.push(inspected.ok());
                Ok::<(), io::Error>(())
            },
        )?;
        if let Action::Save {
            env_file: Some(path),
        } = &settings.action
        {
            survey.ledger.reserve(env_file::set_by(path));
        }
        survey.learn(
            inspections
                .iter()
                .flatten()
                .map(|(_, inspection)| inspection),
        );
        let readable = sources.into_iter().zip(inspections);
        survey.sources = readable
            .filter_map(|(source, inspection)| Some(Surveyed::new(source, inspection?)))
            .collect();
        Ok(survey)
    }

    /// Whether anything was found anywhere. If not, no file is read again.
    pub fn found_anything(&self) -> bool {
        self.sources.iter().any(|source| !source.found.is_empty())
    }

    /// Takes in what the user has, before anything is inspected.
    fn know(
        &mut self,
        settings: &Settings,
        stores: &[PathBuf],
        sanitizer: &Sanitizer,
        reporter: &mut Reporter,
    ) -> io::Result<()> {
        let roots = &settings.wanted.roots;
        let gathered = gather(settings.own, roots, stores, &sanitizer.believer());
        for note in &gathered.notes {
            reporter.tell(&Event::Note(note))?;
        }
        self.ledger.know(gathered.values);
        // Made once here rather than in each copy of the ledger.
        self.ledger.known();
        Ok(())
    }

    /// Takes in what was found, the user's own values first: they keep the
    /// variables that hold them already.
    fn learn<'i>(&mut self, inspections: impl Iterator<Item = &'i Inspection> + Clone) {
        for inspection in inspections.clone() {
            let Inspection {
                sightings, reads, ..
            } = inspection;
            self.ledger.add_own(sightings, reads);
        }
        for inspection in inspections {
            self.ledger.add(&inspection.sightings, &inspection.reads);
            let sightings = inspection.sightings.iter();
            self.values
                .extend(sightings.map(|sighting| sighting.value.clone()));
            self.uses.join(inspection.uses.clone());
        }
        self.ledger.known();
    }
}

impl Surveyed {
    fn new(source: Source, (state, inspection): (Option<State>, Inspection)) -> Self {
        Self {
            source,
            found: inspection.found,
            state,
        }
    }

    /// The sanitized source, with the bytes that it was made from.
    ///
    /// Most files hold nothing: if one is as it was when nothing was found in
    /// it, it is only searched for the values of the others.
    pub fn sanitize(
        &self,
        sanitizer: &Sanitizer,
        ledger: &Ledger,
    ) -> Result<(Loaded<'_>, Sanitized), Trouble> {
        let loaded = self.source.load()?;
        let is_clean = self.found.is_empty()
            && loaded.state() == self.state
            && !Sanitizer::may_know(loaded.bytes(), ledger);
        let sanitized = if is_clean {
            Sanitized::default()
        } else {
            let name = self.source.name();
            self.source
                .answer(|| sanitizer.sanitize(name, loaded.bytes(), ledger))?
        };
        Ok((loaded, sanitized))
    }
}

impl Source {
    /// How a person would name it.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin(_) => Path::new("standard input"),
        }
    }

    /// The name that says what format it is.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin(_) => Path::new("stdin.ipynb"),
        }
    }

    /// Its bytes.
    pub fn load(&self) -> Result<Loaded<'_>, Trouble> {
        match self {
            Self::File(path) => Snapshot::read(path)
                .map(Loaded::File)
                .map_err(|error| unreadable(path, &error)),
            Self::Stdin(bytes) => Ok(Loaded::Stdin(bytes)),
        }
    }

    fn inspect(
        &self,
        sanitizer: &Sanitizer,
        known: &Ledger,
    ) -> Result<(Option<State>, Inspection), Trouble> {
        let loaded = self.load()?;
        let inspection = self.answer(|| sanitizer.inspect(self.name(), loaded.bytes(), known))?;
        Ok((loaded.state(), inspection))
    }

    fn answer<T>(&self, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Trouble> {
        match guard::catch(work) {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(problem)) => Err(broken(self.path(), &problem)),
            Err(defect) => Err(Trouble {
                path: self.path().to_owned(),
                message: defect,
                advice: Some("the file is as it was; the others were done".into()),
            }),
        }
    }
}

impl Loaded<'_> {
    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::File(snapshot) => snapshot.bytes(),
            Self::Stdin(bytes) => bytes,
        }
    }

    /// What the file was when it was read; standard input is read only once.
    fn state(&self) -> Option<State> {
        match self {
            Self::File(snapshot) => Some(snapshot.state()),
            Self::Stdin(_) => None,
        }
    }
}

/// The sources that are wanted, and the stores that lie among them.
fn sources(
    settings: &Settings,
    reporter: &mut Reporter,
) -> io::Result<(Vec<Source>, Vec<PathBuf>)> {
    let walked = source::walk(&settings.wanted);
    for skipped in &walked.skipped {
        reporter.tell(&Event::Skipped {
            path: &skipped.path,
            why: skipped.why,
        })?;
    }
    for (path, error) in &walked.troubles {
        reporter.trouble(&unreadable(path, error))?;
    }
    let mut sources: Vec<Source> = walked.files.into_iter().map(Source::File).collect();
    if settings.stdin {
        sources.push(Source::Stdin(source::stdin()?));
    }
    Ok((sources, walked.stores))
}

/// A problem of the core, as it is told about a file.
pub fn broken(path: &Path, problem: &Problem) -> Trouble {
    let advice = match problem {
        Problem::Malformed { .. } => {
            "the file was not touched; if it should be a notebook, see whether Jupyter opens it"
        }
        Problem::Unproved(_) => {
            "the file was not touched; take the values out by hand, and please report it"
        }
    };
    Trouble {
        path: path.to_owned(),
        message: problem.to_string(),
        advice: Some(advice.to_owned()),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Trouble {
    let advice = match error.kind() {
        io::ErrorKind::PermissionDenied => Some("make it readable (`chmod u+r`)".to_owned()),
        _ => None,
    };
    Trouble {
        path: path.to_owned(),
        message: format!("cannot be read: {}", reason(error)),
        advice,
    }
}

/// What the system says, without its number: `No such file or directory`.
pub fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    }
}

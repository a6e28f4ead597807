//! The first pass: every file is inspected, so that the ledger knows the
//! values of the whole run before the first file is sanitized.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::guard;
use super::names::{AS_TEXT, in_parts};
use super::parallel::light_in_order;
use super::reporter::Reporter;
use super::settings::{Action, Settings};
use crate::allow::Uses;
use crate::container::{ReadAt, Refusal};
use crate::detect::{Confidence, Secret};
use crate::env_file;
use crate::format::encoding;
use crate::hiding::Hiding;
use crate::report::{Event, Trouble, count, escape};
use crate::sanitize::{
    Found, IN_A_BROKEN_FILE, Inspection, Ledger, Problem, Remedy, Sanitized, Sanitizer, Sighting,
};
use crate::save::{Large, Snapshot, State};
use crate::source::own::gather;
use crate::source::{self, Met, Treatment};

/// Where bytes come from.
#[derive(Debug)]
pub enum Source {
    /// A file, read again in each pass: a run may be larger than the memory.
    File(Met),
    /// Standard input, which can be read only once.
    Stdin(Vec<u8>),
}

/// The bytes of a source.
pub enum Loaded<'s> {
    /// A file as it was when it was read.
    File(Snapshot),
    /// A file that is too large to be held.
    Large(Large),
    /// Standard input.
    Stdin(&'s [u8]),
}

/// A source that could be read, and what was found in it.
pub struct Surveyed {
    /// Where it comes from.
    pub source: Source,
    /// What was found.
    pub found: Vec<Found>,
    /// Parts of it could not be looked at.
    pub is_unseen: bool,
    /// It is not what it seems, and only its bytes were searched: what was found is
    /// told and stays.
    pub is_broken: bool,
    /// Something stands in it that a search of its bytes does not see.
    has_encoded: bool,
    /// The values that were found.
    pub values: BTreeSet<Secret>,
    /// What the file was then.
    state: Option<State>,
    /// What may be done about it.
    treatment: Treatment,
}

/// What the first pass learned.
#[derive(Default)]
pub struct Survey {
    /// The sources that could be read, in order.
    pub sources: Vec<Surveyed>,
    /// The values of the whole run.
    pub ledger: Ledger,
    /// The same values, to make sure that none is shown.
    pub values: BTreeSet<Secret>,
    /// What is exempted, and by what.
    pub uses: Uses,
    /// Files that could not be read as what they are.
    pub unread: BTreeSet<PathBuf>,
}

impl Survey {
    /// Inspects all that is wanted; tells what was left out or is broken.
    pub fn make(
        settings: &Settings,
        sanitizer: &Sanitizer,
        reporter: &mut Reporter,
    ) -> io::Result<Self> {
        let (sources, stores) = sources(settings, reporter)?;
        Self::of(settings, sources, &stores, sanitizer, reporter)
    }

    /// Inspects these sources; `stores` are the stores that lie among them.
    pub fn of(
        settings: &Settings,
        sources: Vec<Source>,
        stores: &[PathBuf],
        sanitizer: &Sanitizer,
        reporter: &mut Reporter,
    ) -> io::Result<Self> {
        for problem in &settings.project.problems {
            reporter.tell(&Event::Note(problem))?;
        }
        let mut survey = Self::default();
        survey.know(settings, stores, sanitizer, reporter)?;
        let known = survey.ledger.clone();
        let mut readings = Vec::with_capacity(sources.len());
        light_in_order(
            &sources,
            settings.threads,
            |source| source.inspect(sanitizer, &known),
            |source, inspected| {
                if matches!(inspected, Err(_) | Ok(Inspected::Broken(..))) {
                    survey.unread.insert(source.path().to_owned());
                }
                readings.push(source.tell(inspected, reporter)?);
                Ok::<(), io::Error>(())
            },
        )?;
        if let Action::Save {
            env_file: Some(path),
        } = &settings.action
        {
            survey.ledger.reserve(env_file::set_by(path));
        }
        let read = readings.iter().flatten();
        survey.learn(read.map(|reading| &reading.inspection));
        survey.learn_names(&sources, sanitizer);
        reporter.hide(survey.hiding());
        for (source, reading) in sources.into_iter().zip(readings) {
            if let Some(reading) = reading {
                survey.take(source, reading, settings, reporter)?;
            }
        }
        Ok(survey)
    }

    /// Takes in a source that could be read.
    fn take(
        &mut self,
        source: Source,
        reading: Reading,
        settings: &Settings,
        reporter: &mut Reporter,
    ) -> io::Result<()> {
        let treatment = match &source {
            // Law 6 is for originals.
            _ if settings.action == Action::Copy || settings.wanted.as_upload => Treatment::Open,
            Source::File(met) if settings.keeps_values_in(&met.path) => Treatment::Kept,
            Source::File(met) => met.treatment(),
            Source::Stdin(_) => Treatment::Open,
        };
        let mut surveyed = Surveyed::new(source, reading, treatment);
        if treatment == Treatment::Kept && !surveyed.found.is_empty() {
            let held = std::mem::take(&mut surveyed.found);
            let path = escape(&surveyed.source.path().to_string_lossy()).into_owned();
            let credentials = count(held.len(), "credential");
            reporter.tell(&Event::Note(&format!(
                "{path} holds {credentials} and stays as it is: git ignores it, or values are kept there"
            )))?;
        }
        self.sources.push(surveyed);
        Ok(())
    }

    /// Whether anything was found anywhere, or something that may stand elsewhere,
    /// too. If not, no file is read again.
    pub fn found_anything(&self) -> bool {
        let mut sources = self.sources.iter();
        sources.any(|source| !source.found.is_empty()) || self.ledger.has_learnt()
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

impl Survey {
    /// Takes in what stands in the names of files and can be nothing else.
    fn learn_names(&mut self, sources: &[Source], sanitizer: &Sanitizer) {
        let names = sources.iter().map(|source| source.path().to_string_lossy());
        let lines: Vec<String> = names.map(|name| in_parts(&name)).collect();
        let text = lines.join("\n");
        let inspected = sanitizer.inspect(Path::new(AS_TEXT), text.as_bytes(), &self.ledger);
        let inspection = inspected.unwrap_or_default();
        let places = inspection.found.iter().zip(inspection.sightings);
        let certain: Vec<Sighting> = places
            .filter(|(found, _)| found.confidence == Confidence::Certain)
            .map(|(_, sighting)| sighting)
            .collect();
        let values = certain.iter().map(|sighting| sighting.value.clone());
        self.values.extend(values);
        self.ledger.add(&certain, &BTreeSet::new());
        self.ledger.known();
    }

    /// What no path may show: a word may be a password somewhere and mean itself in
    /// a path.
    fn hiding(&self) -> Option<Hiding> {
        let entries = self.ledger.entries().iter().map(|entry| &entry.value);
        Hiding::of(entries.filter(|value| self.ledger.is_searched(value)))
    }
}

impl Surveyed {
    fn new(source: Source, reading: Reading, treatment: Treatment) -> Self {
        let Reading {
            state,
            inspection,
            is_broken,
        } = reading;
        Self {
            source,
            values: inspection
                .sightings
                .iter()
                .map(|sighting| sighting.value.clone())
                .collect(),
            found: inspection.found,
            has_encoded: inspection.has_encoded,
            is_unseen: !inspection.troubles.is_empty() || is_broken,
            is_broken,
            state,
            treatment,
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
        if self.is_broken {
            let sanitized = match self.treatment {
                Treatment::Kept => Sanitized::default(),
                _ => self
                    .source
                    .answer(|| Ok(self.told_broken(&loaded, sanitizer, ledger)))?,
            };
            return Ok((loaded, sanitized));
        }
        let is_clean = self.treatment == Treatment::Kept
            || self.found.is_empty()
                && loaded.state() == self.state
                && !self.may_know(&loaded, sanitizer, ledger);
        let mut sanitized = if is_clean {
            Sanitized::default()
        } else {
            let name = self.source.name();
            self.source.answer(|| match loaded.bytes() {
                Some(bytes) => sanitizer.sanitize(name, bytes, ledger),
                None => sanitizer.sanitize_at(name, loaded.at(), ledger),
            })?
        };
        if self.treatment == Treatment::Left {
            leave(&mut sanitized, IN_A_STORE);
        }
        if let Source::File(met) = &self.source
            && let Some(why) = loaded.is_unfinished(&met.path)
        {
            leave(&mut sanitized, why);
        }
        Ok((loaded, sanitized))
    }

    /// What stands in a broken source, the values of the others included: all of
    /// it stays.
    fn told_broken(
        &self,
        loaded: &Loaded<'_>,
        sanitizer: &Sanitizer,
        ledger: &Ledger,
    ) -> Sanitized {
        let looked = sanitizer.inspect_broken(self.source.name(), loaded.at(), ledger);
        let mut sanitized = match looked {
            Some(inspection) => Sanitized {
                found: inspection.found,
                sightings: inspection.sightings,
                uses: inspection.uses,
                ..Sanitized::default()
            },
            None => Sanitized {
                found: self.found.clone(),
                ..Sanitized::default()
            },
        };
        leave(&mut sanitized, IN_A_BROKEN_FILE);
        sanitized
    }

    /// Whether values of the others may stand in it, in which nothing was found.
    fn may_know(&self, loaded: &Loaded<'_>, sanitizer: &Sanitizer, ledger: &Ledger) -> bool {
        let (name, bytes) = (self.source.name(), loaded.at());
        let search = || Ok(sanitizer.may_hold_copies(name, bytes, ledger, self.has_encoded));
        // A defect is told by the road itself.
        self.source.answer(search).unwrap_or(true)
    }
}

/// What was found is told and left as it is, and why.
pub fn leave(sanitized: &mut Sanitized, why: &str) {
    sanitized.bytes = None;
    sanitized.patches.clear();
    sanitized.moved.clear();
    for found in &mut sanitized.found {
        found.remedy = Remedy::Report(why.to_owned());
    }
}

/// Law 6: a store that was met on a walk is told and left.
pub const IN_A_STORE: &str = "left, as this file is made to hold it; name the file to mask it";

/// What the first pass read of a source.
struct Reading {
    /// What the file was then.
    state: Option<State>,
    inspection: Inspection,
    /// It is not what it seems, and only its bytes were searched.
    is_broken: bool,
}

/// What the first pass says of a source.
enum Inspected {
    /// It was read.
    Read(Box<Reading>),
    /// It is broken: why, and what its bytes show.
    Broken(Trouble, Box<Reading>),
    /// It is no text, and nobody named it.
    Skipped,
}

impl Source {
    /// How a person would name it.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(met) => &met.path,
            Self::Stdin(_) => Path::new("standard input"),
        }
    }

    /// The name that says what format it is.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(met) => &met.path,
            Self::Stdin(_) => Path::new("stdin"),
        }
    }

    /// Its bytes.
    pub fn load(&self) -> Result<Loaded<'_>, Trouble> {
        match self {
            Self::File(met) => load(&met.path).map_err(|error| unreadable(&met.path, &error)),
            Self::Stdin(bytes) => Ok(Loaded::Stdin(bytes)),
        }
    }

    fn inspect(&self, sanitizer: &Sanitizer, known: &Ledger) -> Result<Inspected, Trouble> {
        let loaded = self.load()?;
        let (name, bytes) = (self.name(), loaded.at());
        if !self.is_named() && sanitizer.passes_over(name, bytes) {
            return Ok(Inspected::Skipped);
        }
        let (problem, inspection) = self.answer(|| {
            let problem = match sanitizer.inspect_at(name, bytes, known) {
                Ok(inspection) => return Ok((None, inspection)),
                Err(problem) if problem.is_of_the_file() => problem,
                Err(problem) => return Err(problem),
            };
            match sanitizer.inspect_broken(name, bytes, known) {
                Some(inspection) => Ok((Some(problem), inspection)),
                None => Err(problem),
            }
        })?;
        let reading = Box::new(Reading {
            state: loaded.state().filter(|_| problem.is_none()),
            inspection,
            is_broken: problem.is_some(),
        });
        Ok(match problem {
            None => Inspected::Read(reading),
            Some(problem) => Inspected::Broken(broken(self.path(), &problem), reading),
        })
    }

    fn is_named(&self) -> bool {
        match self {
            Self::File(met) => met.is_named,
            Self::Stdin(_) => true,
        }
    }

    /// Tells what is to be said of the first pass, and gives its result.
    fn tell(
        &self,
        inspected: Result<Inspected, Trouble>,
        reporter: &mut Reporter,
    ) -> io::Result<Option<Reading>> {
        match inspected {
            Ok(Inspected::Read(reading)) => {
                let inspection = &reading.inspection;
                for note in &inspection.notes {
                    let path = escape(&self.path().to_string_lossy()).into_owned();
                    reporter.tell(&Event::Note(&format!("{path}: {note}")))?;
                }
                for message in &inspection.troubles {
                    reporter.trouble(&Trouble {
                        path: self.path().to_owned(),
                        message: message.clone(),
                        advice: Some("this part was not touched; the others were done".into()),
                    })?;
                }
                Ok(Some(*reading))
            }
            Ok(Inspected::Broken(trouble, reading)) => {
                reporter.trouble(&trouble)?;
                Ok(Some(*reading))
            }
            Ok(Inspected::Skipped) => {
                let (path, why) = (
                    self.path(),
                    "a large file of no known kind; --deep looks at it",
                );
                reporter.tell(&Event::Skipped { path, why })?;
                Ok(None)
            }
            Err(trouble) => {
                reporter.trouble(&trouble)?;
                Ok(None)
            }
        }
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

/// Files of this size that are no texts are not held.
const LARGE: u64 = 64 << 20;

fn load(path: &Path) -> io::Result<Loaded<'static>> {
    let len = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
    match len > LARGE && encoding::is_binary(&source::beginning(path)?) {
        true => Large::open(path).map(Loaded::Large),
        false => Snapshot::read(path).map(Loaded::File),
    }
}

impl Loaded<'_> {
    /// The bytes, wherever they are.
    pub fn at(&self) -> &dyn ReadAt {
        match self {
            Self::File(snapshot) => snapshot,
            Self::Large(large) => large.bytes(),
            Self::Stdin(bytes) => bytes,
        }
    }

    /// The bytes, unless they are too many to be held.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::File(snapshot) => Some(snapshot.bytes()),
            Self::Large(_) => None,
            Self::Stdin(bytes) => Some(bytes),
        }
    }

    /// Why the file must not be replaced now, if it must not.
    fn is_unfinished(&self, path: &Path) -> Option<&'static str> {
        let head = self.at().start(16).ok()?;
        source::beside::is_unfinished(path, &head)
    }

    /// What the file was when it was read; standard input is read only once.
    fn state(&self) -> Option<State> {
        match self {
            Self::File(snapshot) => Some(snapshot.state()),
            Self::Large(large) => Some(large.state()),
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
        Problem::Unreadable(_) | Problem::NoText(_) => {
            "the file was not touched; see whether the program that wrote it opens it"
        }
        Problem::Binary => "the file was not touched",
        Problem::Container(Refusal::Limit(_)) => {
            "the file was not touched; raise the limit if you trust it"
        }
        Problem::Container(_) => "the file was not touched; see whether its own program opens it",
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

/// A file that the system does not let us read, as it is told.
pub fn unreadable(path: &Path, error: &io::Error) -> Trouble {
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

//! The copy that is being made: fills a target in the order of the paths, and
//! gives it its name if all of it is safe.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::ending::{Ending, Stop};
use super::names::{HELD_BACK, Names};
use crate::cli::Exit;
use crate::cli::parallel::in_order;
use crate::cli::progress::Progress;
use crate::cli::reporter::Reporter;
use crate::cli::settings::share::ShareSettings;
use crate::cli::survey::{Loaded, Survey, Surveyed, unreadable};
use crate::container::{Budget, Patched, ReadAt, Reader};
use crate::env_file;
use crate::report::{Event, FileReport, LeftOut, Outcome, Trouble, escape};
use crate::sanitize::{Remedy, Sanitized, Sanitizer};
use crate::share::outputs::clear_outputs;
use crate::share::personal::{self, Person};
use crate::share::target::{About, Made, Target};
use crate::share::tree::{Entry, Fate, Tree};
use crate::share::{example, history};
use crate::store;

/// A copy that is being made.
pub(super) struct Copy<'r> {
    settings: &'r ShareSettings,
    survey: &'r Survey,
    target: Box<dyn Target>,
    /// Who shares, if what names them is replaced.
    person: Option<Person>,
    /// Examples of files of variables: held back until all names are known.
    examples: BTreeMap<PathBuf, Example>,
    /// Files that are in the copy.
    files: usize,
    /// The names that hold a value.
    names: Names,
    /// What could not be made safe.
    not_safe: Vec<LeftOut>,
    /// Places and files in which personal data was replaced.
    personal: (usize, usize),
    /// Links for which the target has no room.
    no_links: Vec<LeftOut>,
    /// What was found in the files: told when it is known what becomes of it.
    reports: Vec<FileReport>,
    has_example: bool,
    progress: Progress,
}

#[derive(Default)]
struct Example {
    text: String,
    names: BTreeSet<String>,
}

impl<'r> Copy<'r> {
    /// A copy into a target that is empty yet.
    pub(super) fn new(
        settings: &'r ShareSettings,
        survey: &'r Survey,
        target: Box<dyn Target>,
    ) -> Self {
        Self {
            settings,
            survey,
            target,
            person: settings.person.clone(),
            examples: BTreeMap::new(),
            files: 0,
            names: Names::default(),
            not_safe: Vec::new(),
            personal: (0, 0),
            no_links: Vec::new(),
            reports: Vec::new(),
            has_example: false,
            progress: Progress::new(settings.common.output, survey.sources.len()),
        }
    }

    /// Fills the target, and gives the copy its name if all of it is safe.
    pub(super) fn run(mut self, tree: &Tree, mut reporter: Reporter) -> io::Result<Exit> {
        let filled = self.fill(tree, &mut reporter);
        let filled = filled.and_then(|()| self.put_examples());
        self.progress.done();
        let ending = Ending {
            settings: self.settings,
            left_out: self.left_out(tree),
            reports: self.reports,
            not_safe: self.not_safe,
            personal: self.personal,
            files: self.files,
            has_example: self.has_example,
        };
        ending.end(filled, self.target, reporter)
    }

    /// Fills the target, in the order of the paths.
    fn fill(&mut self, tree: &Tree, reporter: &mut Reporter) -> Result<(), Stop> {
        self.spare_modules(tree, reporter)?;
        let sanitizer = self.settings.common.sanitizer();
        self.names = Names::of(tree, &sanitizer, &self.survey.ledger);
        for (path, _) in &tree.troubles {
            self.hold_back(path, UNREADABLE);
        }
        for entry in &tree.entries {
            if let Fate::LeftOut {
                has_example: true, ..
            } = entry.fate
            {
                self.take_names(&entry.path);
            }
        }
        let survey = self.survey;
        let mut entries = tree.entries.iter();
        in_order(
            &survey.sources,
            self.settings.common.threads,
            |surveyed| {
                let (loaded, sanitized) = surveyed.sanitize(&sanitizer, &survey.ledger)?;
                let has_history = holds_a_history(surveyed, &loaded, &sanitizer);
                Ok((loaded, sanitized, has_history))
            },
            |surveyed, outcome: Result<_, Trouble>| {
                let path = self.relative(surveyed.source.path());
                let before = |entry: &&Entry| entry.path != path;
                for entry in entries.by_ref().take_while(before) {
                    self.without_text(entry, reporter)?;
                }
                self.progress.step();
                match outcome {
                    Ok((_, _, true)) if !self.settings.rules.keeps(&path, false) => {
                        Ok(self.with_history(&path, reporter)?)
                    }
                    Ok((loaded, sanitized, _)) => {
                        self.sanitized(&path, surveyed, &loaded, sanitized, reporter)
                    }
                    Err(trouble) => {
                        self.hold_back(&path, UNREADABLE);
                        let path = self.full(&path);
                        Ok(reporter.trouble(&Trouble { path, ..trouble })?)
                    }
                }
            },
        )?;
        for entry in entries {
            self.without_text(entry, reporter)?;
        }
        Ok(())
    }

    /// The names that stay, as modules of the folder have them, too.
    fn spare_modules(&mut self, tree: &Tree, reporter: &mut Reporter) -> io::Result<()> {
        let Some(person) = &self.person else {
            return Ok(());
        };
        let files = tree.entries.iter().filter(|it| it.fate == Fate::File);
        let (person, taken) = person.beside(files.map(|entry| entry.path.as_path()));
        self.person = Some(person);
        for name in &taken {
            reporter.tell(&Event::Note(&format!(
                "{name} names you and stays outside of home folders: a module of this folder has the same name; rename the module"
            )))?;
        }
        Ok(())
    }

    fn relative(&self, path: &Path) -> PathBuf {
        let relative = path.strip_prefix(&self.settings.src);
        relative.unwrap_or(path).to_owned()
    }

    /// What was not sanitized: folders, links, and files that are no texts.
    fn without_text(&mut self, entry: &Entry, reporter: &mut Reporter) -> Result<(), Stop> {
        if !matches!(entry.fate, Fate::LeftOut { .. }) && self.names.hold(&entry.path) {
            return Ok(self.badly_named(&entry.path, reporter)?);
        }
        match &entry.fate {
            Fate::Folder => {
                let path = self.renamed(&entry.path);
                self.target.folder(&path).map_err(Stop::at(&path))
            }
            Fate::Link(to) => {
                let made = self.target.link(&entry.path, to);
                if made.map_err(Stop::at(&entry.path))? == Made::No {
                    self.no_links.push(LeftOut {
                        path: entry.path.clone(),
                        why: format!("a link, which a zip file cannot hold, to {}", to.display()),
                    });
                }
                Ok(())
            }
            Fate::File => self.opaque(&entry.path, reporter),
            Fate::LeftOut { .. } => Ok(()),
        }
    }

    /// What has a name that holds a value; what is below it goes with it.
    fn badly_named(&mut self, path: &Path, reporter: &mut Reporter) -> io::Result<()> {
        let told = self.names.told(path);
        let Some((found, why)) = told.map(|(found, why)| (found.to_vec(), why)) else {
            return Ok(());
        };
        self.hold_back(path, why);
        let shown = self.names.shown(path);
        if found.is_empty() {
            let note = format!("{}: {why}", shown.display());
            return reporter.tell(&Event::Note(&note));
        }
        self.reports.push(FileReport {
            path: shown,
            found,
            variables: BTreeSet::new(),
            outcome: Outcome::Unchanged,
        });
        Ok(())
    }

    /// A file of which nothing is known but its bytes: it travels if no value
    /// of the run stands in them, and if it is not one that should have been
    /// looked into.
    fn opaque(&mut self, path: &Path, reporter: &mut Reporter) -> Result<(), Stop> {
        let full = self.settings.src.join(path);
        // That it could not be looked at is told already.
        if self.survey.unread.contains(&full) {
            self.hold_back(path, UNREADABLE);
            return Ok(());
        }
        let read = File::open(&full).and_then(|mut file| {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok((about(&file)?, bytes))
        });
        match read {
            Err(error) => {
                self.hold_back(path, UNREADABLE);
                reporter.trouble(&unreadable(&full, &error))?;
            }
            Ok((_, bytes)) if self.survey.ledger.known().may_stand_in(&bytes) => {
                self.hold_back(path, "it holds a value of this run");
                reporter.tell(&Event::Note(&format!(
                    "{} holds a value of this run and cannot be read: leave it out with --drop, or make it anew without the value",
                    escape(&full.to_string_lossy())
                )))?;
            }
            Ok((about, bytes)) => self.put(path, &bytes, about)?,
        }
        Ok(())
    }

    fn sanitized(
        &mut self,
        path: &Path,
        surveyed: &Surveyed,
        loaded: &Loaded<'_>,
        mut sanitized: Sanitized,
        reporter: &mut Reporter,
    ) -> Result<(), Stop> {
        let is_new = sanitized.bytes.is_some() || !sanitized.patches.is_empty();
        let new = sanitized.bytes.take();
        let bytes = new.as_deref().or(loaded.bytes());
        let cleared = bytes.and_then(|bytes| {
            clear_outputs(self.settings.outputs, path, bytes, &mut sanitized.found)
        });
        let bytes = cleared.as_deref().or(bytes);
        let stripped = bytes.and_then(|bytes| self.strip(path, bytes));
        let changed = is_new || cleared.is_some() || stripped.is_some();
        let bytes = stripped.as_deref().or(bytes);
        let why = self.why_not_safe(path, surveyed, &sanitized);
        let variables: BTreeSet<String> = sanitized
            .moved
            .iter()
            .map(|(name, _)| name.clone())
            .collect();
        let about = File::open(surveyed.source.path()).and_then(|file| about(&file));
        let is_below = self.names.hold(path) && self.names.told(path).is_none();
        let outcome = match (why, about) {
            (None, Ok(about)) => {
                self.take_variables(&variables);
                match bytes {
                    Some(bytes) => self.put(path, bytes, about)?,
                    None => self.put_patched(path, loaded, &sanitized, about)?,
                }
                match changed {
                    true => Outcome::Written,
                    false => Outcome::Unchanged,
                }
            }
            (None, Err(error)) => {
                self.hold_back(path, UNREADABLE);
                reporter.trouble(&unreadable(&self.full(path), &error))?;
                Outcome::Unchanged
            }
            (Some(why), _) => {
                if !is_below {
                    self.hold_back(path, why);
                }
                Outcome::Unchanged
            }
        };
        if let Some((of_name, _)) = self.names.told(path) {
            sanitized.found.extend_from_slice(of_name);
        }
        self.reports.push(FileReport {
            path: self.names.shown(path),
            found: sanitized.found,
            variables: match outcome {
                Outcome::Written => variables,
                _ => BTreeSet::new(),
            },
            outcome,
        });
        Ok(())
    }

    /// A file that is too large to be held.
    fn put_patched(
        &mut self,
        path: &Path,
        loaded: &Loaded<'_>,
        sanitized: &Sanitized,
        about: About,
    ) -> Result<(), Stop> {
        let patched = Patched::new(loaded.at(), &sanitized.patches);
        let about = About {
            len: patched.len(),
            ..about
        };
        self.files += 1;
        let path = self.renamed(path);
        let written = self.target.file(&path, &mut Reader::new(&patched), &about);
        written.map_err(Stop::at(&path))
    }

    /// An archive of which nobody knows what it holds.
    fn with_history(&mut self, path: &Path, reporter: &mut Reporter) -> io::Result<()> {
        self.hold_back(path, "it holds the history of a repository");
        reporter.tell(&Event::Note(&format!(
            "{} holds the history of a repository, with whatever was ever committed: make it anew without (`git archive`), or leave it out with --drop",
            escape(&self.full(path).to_string_lossy())
        )))
    }

    /// Why a file that was looked into is not handed out, if it is not.
    fn why_not_safe(
        &self,
        path: &Path,
        surveyed: &Surveyed,
        sanitized: &Sanitized,
    ) -> Option<&'static str> {
        let is_left = |remedy: &Remedy| matches!(remedy, Remedy::Report(_));
        if self.names.hold(path) {
            Some(HELD_BACK)
        } else if surveyed.is_unseen {
            Some("parts of it cannot be read")
        } else if sanitized.found.iter().any(|found| is_left(&found.remedy)) {
            Some("a value cannot be taken out of it")
        } else {
            None
        }
    }

    /// The full path of a file as it can be shown.
    fn full(&self, path: &Path) -> PathBuf {
        self.settings.src.join(self.names.shown(path))
    }

    /// This is not handed out.
    fn hold_back(&mut self, path: &Path, why: &str) {
        self.not_safe.push(LeftOut {
            path: self.names.shown(path),
            why: why.to_owned(),
        });
    }

    /// Takes out what names a person, if that is wanted.
    fn strip(&mut self, path: &Path, bytes: &[u8]) -> Option<Vec<u8>> {
        let person = self.person.as_ref()?;
        let (bytes, places) = personal::strip(path, bytes, person)?;
        self.personal.0 += places;
        self.personal.1 += 1;
        Some(bytes)
    }

    /// The path that a file or folder has in the copy.
    fn renamed(&self, path: &Path) -> PathBuf {
        match &self.person {
            Some(person) => personal::strip_path(path, person),
            None => path.to_owned(),
        }
    }

    fn put(&mut self, path: &Path, bytes: &[u8], about: About) -> Result<(), Stop> {
        if is_example(path) {
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.examples.entry(path.to_owned()).or_default().text = text;
            return Ok(());
        }
        self.files += 1;
        let about = About {
            len: bytes.len() as u64,
            ..about
        };
        let path = self.renamed(path);
        let written = self.target.file(&path, &mut &*bytes, &about);
        written.map_err(Stop::at(&path))
    }

    /// The names of a file of variables, for its example.
    fn take_names(&mut self, path: &Path) {
        let bytes = fs::read(self.settings.src.join(path)).unwrap_or_default();
        let names = example::names(&store::text_of(&bytes));
        let example = self.examples.entry(env_file::example_of(path));
        example.or_default().names.extend(names);
    }

    /// The variables that code reads from now on are listed at the top.
    fn take_variables(&mut self, variables: &BTreeSet<String>) {
        if !variables.is_empty() {
            let example = self.examples.entry(PathBuf::from(".env.example"));
            example.or_default().names.extend(variables.clone());
        }
    }

    /// Writes the examples: now all names are known.
    fn put_examples(&mut self) -> Result<(), Stop> {
        for (path, made) in std::mem::take(&mut self.examples) {
            if self.names.hold(&path) {
                continue;
            }
            let names = made.names.iter().map(String::as_str);
            let text = example::with_names(&made.text, names);
            let about = About {
                len: text.len() as u64,
                ..About::default()
            };
            self.files += 1;
            self.has_example = true;
            let written = self.target.file(&path, &mut text.as_bytes(), &about);
            written.map_err(Stop::at(&path))?;
        }
        Ok(())
    }

    /// What is not in the copy as it should not be, besides what is below a
    /// folder that is held back.
    fn left_out(&mut self, tree: &Tree) -> Vec<LeftOut> {
        let mut left_out: Vec<LeftOut> = tree.entries.iter().filter_map(left_out).collect();
        left_out.append(&mut self.no_links);
        left_out.retain(|it| {
            !it.path
                .parent()
                .is_some_and(|folder| self.names.hold(folder))
        });
        for entry in &mut left_out {
            entry.path = self.names.shown(&entry.path);
        }
        left_out
    }
}

/// Why a file is held back of which the trouble is told.
const UNREADABLE: &str = "it cannot be read";

fn left_out(entry: &Entry) -> Option<LeftOut> {
    let Fate::LeftOut { why, has_example } = entry.fate else {
        return None;
    };
    let example = env_file::example_of(&entry.path);
    let name = example.file_name().unwrap_or_default().to_string_lossy();
    Some(LeftOut {
        path: entry.path.clone(),
        why: match has_example {
            true => format!("{why}; {name} lists the names"),
            false => why.to_owned(),
        },
    })
}

/// Whether a file is the example of a file of variables.
fn is_example(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "example")
        && store::is_environment_file(&path.with_extension(""))
}

fn holds_a_history(surveyed: &Surveyed, loaded: &Loaded<'_>, sanitizer: &Sanitizer) -> bool {
    let name = surveyed.source.name().to_string_lossy();
    let budget = Budget::new(sanitizer.policy.limits);
    history::lies_in(&name, loaded.at(), &budget)
}

fn about(file: &File) -> io::Result<About> {
    let metadata = file.metadata()?;
    Ok(About {
        len: metadata.len(),
        is_executable: is_executable(&metadata),
        modified: metadata.modified().ok(),
    })
}

#[cfg(unix)]
fn is_executable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &fs::Metadata) -> bool {
    false
}

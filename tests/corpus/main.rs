//! The laws over whole notebooks, real ones if there are any, and over the
//! files around them ([`texts`]).
//!
//! `UNSPILL_CORPUS` names a folder of notebooks; without it the samples and
//! generated notebooks serve. A notebook without a finding must come back as
//! it was. Then made-up values are planted at random places in random
//! encodings, and: nothing of them is left, nothing else is changed, the
//! result parses, and a second fix has nothing to do. How it is looked at
//! (`json`, `search`, `compare`) shares no code with the program.
//!
//! `UNSPILL_CORPUS_KEEP` names a folder that gets a copy of each notebook for
//! which a law did not hold; `UNSPILL_CORPUS_SEED` throws other dice.

mod compare;
mod figures;
mod generate;
mod json;
mod plant;
mod search;
mod shapes;
mod texts;
mod values;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use unspill::detect::sample::Rng;
use unspill::sanitize::{Inspection, Ledger, Policy, Sanitizer};

use figures::Figures;
use json::Node;

/// Values for each notebook.
const VALUES: usize = 6;
/// Generated notebooks, where there is no corpus.
const GENERATED: usize = 60;
/// Failures that are printed.
const SHOWN: usize = 60;

#[test]
fn the_laws_hold_over_the_corpus() {
    let start = Instant::now();
    let sources = sources();
    let figures = over_all(&sources);
    println!("{figures}\nseconds {:.1}", start.elapsed().as_secs_f64());
    for failure in figures.failures.iter().take(SHOWN) {
        println!("{failure}");
    }
    let is_ours = env::var_os("UNSPILL_CORPUS").is_none();
    assert!(
        figures.planted() >= 100 || !is_ours,
        "hardly anything was planted"
    );
    assert_eq!(
        figures.failures.len(),
        0,
        "laws that did not hold, see above"
    );
    assert_eq!(figures.removed(), figures.planted());
}

/// A notebook to try: a file, or a number to generate one from.
enum Source {
    File(PathBuf),
    Generated(usize),
}

fn sources() -> Vec<Source> {
    if let Some(folder) = env::var_os("UNSPILL_CORPUS") {
        return files(Path::new(&folder));
    }
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_notebooks");
    let generated = (0..GENERATED).map(Source::Generated);
    files(&samples).into_iter().chain(generated).collect()
}

fn files(folder: &Path) -> Vec<Source> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ipynb") {
                files.push(path);
            }
        }
    }
    files.sort();
    files.into_iter().map(Source::File).collect()
}

impl Source {
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Generated(number) => format!("generated-{number}.ipynb"),
        }
    }

    fn text(&self) -> Option<String> {
        match self {
            Self::File(path) => String::from_utf8(fs::read(path).ok()?).ok(),
            Self::Generated(number) => Some(generate::notebook(&mut Rng::new(*number as u64))),
        }
    }
}

fn over_all(sources: &[Source]) -> Figures {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Figures::default());
    let sanitizer = Sanitizer::new(Policy::default());
    let work = || {
        let mut mine = Figures::default();
        while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
            Trial::new(source, &sanitizer).run(&mut mine);
        }
        all.lock().expect("no thread panics").add(mine);
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let mut figures = all.into_inner().expect("no thread panics");
    figures.failures.sort();
    figures
}

/// One notebook under trial.
struct Trial<'s> {
    source: &'s Source,
    name: String,
    rng: Rng,
    sanitizer: &'s Sanitizer,
}

/// The result of a fix: what it knew of, and the new text if there is one.
struct Fixed {
    inspection: Inspection,
    text: Option<String>,
}

impl<'s> Trial<'s> {
    fn new(source: &'s Source, sanitizer: &'s Sanitizer) -> Self {
        let name = source.name();
        // The same dice wherever the checkout lies.
        let file = Path::new(&name).file_name();
        let mut hasher = DefaultHasher::new();
        (file, env::var("UNSPILL_CORPUS_SEED").ok()).hash(&mut hasher);
        Self {
            source,
            rng: Rng::new(hasher.finish()),
            name,
            sanitizer,
        }
    }

    fn run(mut self, figures: &mut Figures) {
        figures.notebooks += 1;
        let Some(text) = self.source.text() else {
            figures.unreadable += 1;
            return;
        };
        figures.bytes += text.len();
        if Node::read(&text).is_none() {
            figures.unreadable += 1;
            return;
        }
        let Some(base) = self.as_it_is(&text, figures) else {
            return;
        };
        let Some(root) = Node::read(&base) else {
            return;
        };
        let (text, planted) = plant::plant(&base, &root, VALUES, &mut self.rng);
        if !planted.is_empty() {
            self.planted(&text, &planted, figures);
        }
    }

    /// The notebook before anything is planted: as it is if it is clean, else
    /// without what it holds.
    fn as_it_is(&self, text: &str, figures: &mut Figures) -> Option<String> {
        let fixed = self.fix(text, figures)?;
        if fixed.inspection.sightings.is_empty() {
            figures.clean += 1;
            if fixed.text.is_some() {
                self.fail(figures, text, "changed without a finding");
            }
            return Some(text.to_owned());
        }
        let needles: Vec<String> = fixed
            .inspection
            .sightings
            .iter()
            .flat_map(|sighting| ends(sighting.value.expose()))
            .collect();
        let Some(after) = fixed.text else {
            self.fail(figures, text, "found, and nothing was done");
            return None;
        };
        self.outside(text, &after, &needles, figures);
        self.again(&after, figures);
        Some(after)
    }

    fn planted(&self, text: &str, planted: &[plant::Planted], figures: &mut Figures) {
        let was_json = is_json(text);
        let Some(fixed) = self.fix(text, figures) else {
            return;
        };
        let after = fixed.text.unwrap_or_else(|| text.to_owned());
        let Some(root) = Node::read(&after) else {
            return self.fail(figures, text, "the result is no JSON");
        };
        if was_json && !is_json(&after) {
            self.fail(figures, text, "the result is no JSON to serde");
        }
        let needles: Vec<&str> = planted
            .iter()
            .map(|one| one.value.secret.as_str())
            .collect();
        let left: BTreeSet<&str> = search::left(&after, &root, &needles).into_iter().collect();
        for one in planted {
            let is_left = left.contains(one.value.secret.as_str());
            figures.count(one, !is_left);
            if is_left {
                let what = format!("left: {} as {}", one.value.kind.id, one.shape);
                self.fail(figures, text, &what);
            }
        }
        let fragments: Vec<String> = planted
            .iter()
            .flat_map(|one| ends(&one.value.secret))
            .collect();
        self.outside(text, &after, &fragments, figures);
        self.again(&after, figures);
    }

    /// Nothing changes that held no value.
    fn outside(&self, before: &str, after: &str, fragments: &[String], figures: &mut Figures) {
        for stray in compare::strays(before, after, fragments) {
            figures.strays += 1;
            self.fail(figures, before, &format!("changed outside: {stray}"));
        }
    }

    /// A second fix has nothing to do.
    fn again(&self, text: &str, figures: &mut Figures) {
        if let Some(fixed) = self.fix(text, figures)
            && fixed.text.is_some()
        {
            self.fail(figures, text, "a second fix changes something");
        }
    }

    fn fix(&self, text: &str, figures: &mut Figures) -> Option<Fixed> {
        let name = Path::new(&self.name);
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let inspection = self
                .sanitizer
                .inspect(name, text.as_bytes(), &Ledger::default())?;
            let mut ledger = Ledger::default();
            ledger.add(&inspection.sightings, &inspection.reads);
            let sanitized = self.sanitizer.sanitize(name, text.as_bytes(), &ledger)?;
            Ok::<_, unspill::sanitize::Problem>((inspection, sanitized))
        }));
        match tried {
            Ok(Ok((inspection, sanitized))) => Some(Fixed {
                inspection,
                text: sanitized
                    .bytes
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
            }),
            Ok(Err(problem)) => {
                self.fail(figures, text, &format!("refused: {problem}"));
                None
            }
            Err(_) => {
                self.fail(figures, text, "panicked");
                None
            }
        }
    }

    fn fail(&self, figures: &mut Figures, text: &str, what: &str) {
        let name = Path::new(&self.name).file_name().unwrap_or_default();
        let number = figures.failures.len();
        figures
            .failures
            .push(format!("{what}  [{}]", name.display()));
        if let Some(folder) = env::var_os("UNSPILL_CORPUS_KEEP") {
            let copy = format!("{number}-{:?}-{}", thread::current().id(), name.display());
            let _ = fs::write(Path::new(&folder).join(&copy), text);
            let _ = fs::write(Path::new(&folder).join(copy + ".txt"), what);
        }
    }
}

/// The beginning and the end of a value: a line that holds a part of it has
/// one of them (halves are cut six characters or more from either end, and
/// printers cut values off at their end).
fn ends(secret: &str) -> [String; 2] {
    let chars: Vec<char> = secret.chars().collect();
    let last = chars.len().saturating_sub(5);
    [
        chars.iter().take(6).collect(),
        chars[last..].iter().collect(),
    ]
}

fn is_json(text: &str) -> bool {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

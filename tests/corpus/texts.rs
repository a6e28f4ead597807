//! The same laws over files that are no notebooks, whatever their format.
//!
//! `UNSPILL_CORPUS` names a folder of them; without it this project's own
//! files serve, but for its programs (of Rust and JavaScript) and settings: a value in the place of a
//! key or of a name in code is refused, as no mask could stand there.
//!
//! Values are planted in the place of words that stand between white space,
//! quotes or marks, so that each file stays what it is.

use std::collections::BTreeMap;
use std::env;
use std::fmt;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use unspill::detect::sample::Rng;
use unspill::format;
use unspill::format::encoding;
use unspill::sanitize::{Ledger, Policy, Problem, Sanitizer};

use super::values::Value;
use super::{SHOWN, ends};

/// Values for each file.
const VALUES: usize = 4;
/// Larger files are only looked at, not planted.
const LARGEST: usize = 2_000_000;

#[test]
fn the_laws_hold_over_other_files() {
    let root = env::var_os("UNSPILL_CORPUS");
    let root = root.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let mut files = files(&root);
    let is_ours = env::var_os("UNSPILL_CORPUS").is_none();
    if is_ours {
        let is_code = |path: &PathBuf| {
            path.extension()
                .is_some_and(|end| end == "rs" || end == "toml" || end == "js")
        };
        files.retain(|path| !is_code(path));
    }
    let figures = over_all(&root, &files);
    println!("{figures}");
    for failure in figures.failures.iter().take(SHOWN) {
        println!("{failure}");
    }
    assert!(
        figures.planted >= 50 || !is_ours,
        "hardly anything was planted"
    );
    assert_eq!(
        figures.failures.len(),
        0,
        "laws that did not hold, see above"
    );
}

/// Every file that may be a text, but for notebooks, which have more to show.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let is_ours = path
                .file_name()
                .is_some_and(|name| name != "target" && name != ".git");
            if kind.is_dir() && is_ours {
                folders.push(path);
            } else if kind.is_file() && path.extension().is_none_or(|ending| ending != "ipynb") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// What a run came to, for each format.
#[derive(Debug, Default)]
struct Figures {
    formats: BTreeMap<&'static str, Count>,
    planted: usize,
    failures: Vec<String>,
}

#[derive(Debug, Default)]
struct Count {
    files: usize,
    bytes: usize,
    time: Duration,
    findings: usize,
    planted: usize,
    removed: usize,
    /// Read as plain text, as they are not what they seem.
    instead: usize,
}

impl Figures {
    fn add(&mut self, other: Self) {
        for (title, count) in other.formats {
            let sum = self.formats.entry(title).or_default();
            sum.files += count.files;
            sum.bytes += count.bytes;
            sum.time += count.time;
            sum.findings += count.findings;
            sum.planted += count.planted;
            sum.removed += count.removed;
            sum.instead += count.instead;
        }
        self.planted += other.planted;
        self.failures.extend(other.failures);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<34}{:>7}{:>10}{:>9}{:>9}{:>9}{:>9}{:>9}",
            "format", "files", "kB", "seconds", "found", "planted", "removed", "as text"
        )?;
        for (title, count) in &self.formats {
            writeln!(
                f,
                "{title:<34}{:>7}{:>10}{:>9.2}{:>9}{:>9}{:>9}{:>9}",
                count.files,
                count.bytes / 1000,
                count.time.as_secs_f64(),
                count.findings,
                count.planted,
                count.removed,
                count.instead
            )?;
        }
        writeln!(f, "failures {}", self.failures.len())
    }
}

fn over_all(root: &Path, files: &[PathBuf]) -> Figures {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(Figures::default());
    let sanitizer = Sanitizer::new(Policy::default());
    let work = || {
        let mut mine = Figures::default();
        while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Ok(bytes) = fs::read(path) else { continue };
            let name = path.strip_prefix(root).unwrap_or(path);
            let mut trial = Trial {
                name,
                sanitizer: &sanitizer,
                figures: &mut mine,
            };
            trial.run(&bytes);
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

/// One file under trial.
struct Trial<'s> {
    name: &'s Path,
    sanitizer: &'s Sanitizer,
    figures: &'s mut Figures,
}

impl Trial<'_> {
    fn run(&mut self, bytes: &[u8]) {
        let Some((text, _)) = encoding::decode_any(bytes) else {
            return;
        };
        let Ok(source) = format::open(self.name, &text) else {
            return;
        };
        let title = source.format.title;
        let instead = usize::from(source.instead.is_some());
        let start = Instant::now();
        let fixed = self.fix(bytes);
        let count = self.figures.formats.entry(title).or_default();
        count.time += start.elapsed();
        count.files += 1;
        count.bytes += bytes.len();
        count.instead += instead;
        let Some((found, after)) = fixed else { return };
        count.findings += found.len();
        if found.is_empty() && after.is_some() {
            return self.fail("changed without a finding");
        }
        let base = after.as_deref().unwrap_or(bytes);
        if let Some(after) = &after {
            self.outside(bytes, after, &found);
            self.again(after);
        }
        if base.len() <= LARGEST
            && let Ok(base) = std::str::from_utf8(base)
        {
            self.planted(title, base);
        }
    }

    fn planted(&mut self, title: &'static str, base: &str) {
        let mut hasher = DefaultHasher::new();
        (self.name, env::var("UNSPILL_CORPUS_SEED").ok()).hash(&mut hasher);
        let (text, values) = plant(base, &mut Rng::new(hasher.finish()));
        if values.is_empty() {
            return;
        }
        let Some((_, after)) = self.fix(text.as_bytes()) else {
            return;
        };
        let after = after.unwrap_or_else(|| text.clone().into_bytes());
        let left = |value: &&String| memchr::memmem::find(&after, value.as_bytes()).is_some();
        let left = values.iter().filter(left).count();
        let count = self.figures.formats.entry(title).or_default();
        count.planted += values.len();
        count.removed += values.len() - left;
        self.figures.planted += values.len();
        if left > 0 {
            self.fail(&format!("{left} values are left"));
        }
        self.outside(text.as_bytes(), &after, &values);
        self.again(&after);
    }

    /// Lines that held no value are there, in order, and few others. A value in
    /// a long literal of Python changes its other lines, too, as far as that is
    /// needed: the literal becomes a format string.
    fn outside(&mut self, before: &[u8], after: &[u8], values: &[String]) {
        let fragments: Vec<String> = values.iter().flat_map(|value| ends(value)).collect();
        let holds = |line: &[u8]| {
            fragments
                .iter()
                .any(|part| memchr::memmem::find(line, part.as_bytes()).is_some())
        };
        let mut new = after.split(|byte| *byte == b'\n');
        let (mut held, mut others) = (0, 0);
        for line in before.split(|byte| *byte == b'\n') {
            if holds(line) {
                held += 1;
                continue;
            }
            let skipped = new.by_ref().position(|new| is_same(line, new));
            match skipped {
                Some(skipped) => others += skipped,
                None => return self.fail("a line that held no value changed"),
            }
        }
        others += new.count();
        let imports = memchr::memmem::find_iter(after, b"import").count();
        if others > held + imports {
            self.fail("lines are new");
        }
    }

    fn again(&mut self, bytes: &[u8]) {
        if let Some((_, Some(_))) = self.fix(bytes) {
            self.fail("a second fix changes something");
        }
    }

    /// What was found, and the new bytes if there are any.
    fn fix(&mut self, bytes: &[u8]) -> Option<(Vec<String>, Option<Vec<u8>>)> {
        let tried = catch_unwind(AssertUnwindSafe(|| {
            let inspection = self
                .sanitizer
                .inspect(self.name, bytes, &Ledger::default())?;
            let mut ledger = Ledger::default();
            ledger.add(&inspection.sightings, &inspection.reads);
            let sanitized = self.sanitizer.sanitize(self.name, bytes, &ledger)?;
            let values = inspection.sightings.iter().chain(&sanitized.sightings);
            let values = values.map(|sighting| sighting.value.expose().to_owned());
            Ok::<_, Problem>((values.collect(), sanitized.bytes))
        }));
        match tried {
            Ok(Ok(fixed)) => Some(fixed),
            Ok(Err(problem)) => {
                self.fail(&format!("refused: {problem}"));
                None
            }
            Err(_) => {
                self.fail("panicked");
                None
            }
        }
    }

    fn fail(&mut self, what: &str) {
        let failure = format!("{what}  [{}]", self.name.display());
        self.figures.failures.push(failure);
    }
}

/// The text with values in the place of some of its words, and which.
fn plant(text: &str, rng: &mut Rng) -> (String, Vec<String>) {
    let mut places: Vec<(usize, usize)> = (0..VALUES * 3)
        .filter_map(|_| word(text, rng.below(text.len().max(1))))
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut out = String::new();
    let mut values = Vec::new();
    let mut done = 0;
    for (start, end) in places {
        let value = Value::by_itself(rng).filter(|value| value.text == value.secret);
        if let Some(value) = value
            && start >= done
            && values.len() < VALUES
        {
            out.push_str(&text[done..start]);
            out.push_str(&value.text);
            values.push(value.secret);
            done = end;
        }
    }
    out.push_str(&text[done..]);
    (out, values)
}

/// The word around a place, if it stands between marks that part values.
fn word(text: &str, at: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = bytes.get(..at)?.iter().rev().take(80);
    let start = at - before.take_while(|byte| is_word(byte)).count();
    let after = bytes.get(at..)?.iter().take(80);
    let end = at + after.take_while(|byte| is_word(byte)).count();
    let opens = |byte: &u8| b" \t\n\"'=(,".contains(byte);
    let closes = |byte: &u8| b" \t\r\n\"'),".contains(byte);
    let is_apart =
        bytes.get(start.checked_sub(1)?).is_some_and(opens) && bytes.get(end).is_some_and(closes);
    let line_start = memchr::memrchr(b'\n', &bytes[..start]).map_or(0, |at| at + 1);
    let line_end = memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |at| end + at);
    let line = text.get(line_start..line_end)?;
    // Comments that exempt, and lines so long that they are data.
    let is_usual = line.len() < 2000
        && !["nosec", "noqa", "allow", "pragma", "ignore"]
            .iter()
            .any(|word| line.contains(word));
    (end - start >= 4 && end - start < 60 && is_apart && is_usual).then_some((start, end))
}

/// Whether a line is the same as before, or the same line of a literal that is
/// a format string now: with an `f` before its quotes, its braces doubled.
fn is_same(before: &[u8], after: &[u8]) -> bool {
    if before == after {
        return true;
    }
    let (Ok(before), Ok(after)) = (std::str::from_utf8(before), std::str::from_utf8(after)) else {
        return false;
    };
    let single = after.replace("{{", "{").replace("}}", "}");
    let is_opened = ["\"\"\"", "'''"].iter().any(|quotes| {
        let opened = format!("f{quotes}");
        single.replacen(&opened, quotes, 1) == before
            || after.replacen(&opened, quotes, 1) == before
    });
    single == before || is_opened
}

#[test]
fn only_what_a_format_string_needs_is_the_same_line() {
    for (before, after) in [
        ("x = 1", "x = 1"),
        ("  a {b} c", "  a {{b}} c"),
        ("x = \"\"\"a", "x = f\"\"\"a"),
        ("x = r'''{a}", "x = rf'''{{a}}"),
    ] {
        assert!(is_same(before.as_bytes(), after.as_bytes()), "{after}");
    }
    for (before, after) in [
        ("x = 1", "x = 2"),
        ("{a}", "{{b}}"),
        ("f(\"a\")", "(\"a\")"),
    ] {
        assert!(!is_same(before.as_bytes(), after.as_bytes()), "{after}");
    }
}

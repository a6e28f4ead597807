//! How much is found: made-up values of every kind are planted in every shape,
//! and counted by what tells them. See `benches/README.md`.
//!
//! Generated notebooks always carry each pair of kind and shape once. With
//! `UNSPILL_CORPUS` the notebooks of that folder carry them as well, and what
//! is found in them before anything is planted is listed: path, cell and kind.
//! Fails below the goals.
//!
//! `--write DIR` writes the planted notebooks and a `manifest.jsonl` instead,
//! for `benches/peers.py`; `--carriers N` takes only so many of the corpus.

#[path = "../../tests/corpus/generate.rs"]
mod generate;
#[path = "../../tests/corpus/json.rs"]
mod json;
mod manifest;
#[path = "../../tests/corpus/plant.rs"]
mod plant;
#[path = "../../tests/corpus/search.rs"]
mod search;
#[path = "../../tests/corpus/shapes.rs"]
mod shapes;
mod tally;
#[path = "../../tests/corpus/values.rs"]
mod values;
mod wishes;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use unspill::detect::sample::Rng;
use unspill::sanitize::{Inspection, Ledger, Sanitizer};

use json::Node;
use plant::{Standing, Wish};
use tally::{GOALS, Tally};

/// Wishes for each notebook.
const EACH: usize = 6;
/// A wish that fits into none of so many notebooks fits nowhere.
const ROUNDS: usize = 40;

fn main() -> ExitCode {
    let Some(options) = Options::read(env::args().skip(1)) else {
        eprintln!("usage: recall [--carriers N] [--write DIR]");
        return ExitCode::from(2);
    };
    let wishes = wishes::all(&mut Rng::new(2));
    let corpus = corpus(options.carriers);
    if let Some(folder) = options.write {
        let carriers = if corpus.is_empty() {
            generated(&wishes, 0)
        } else {
            corpus
        };
        return match manifest::write(&folder, &carriers, &wishes) {
            Ok(count) => {
                println!("{count} values planted in {}", folder.display());
                ExitCode::SUCCESS
            }
            Err(problem) => {
                eprintln!("{}: {problem}", folder.display());
                ExitCode::from(2)
            }
        };
    }
    let mut reached = in_generated(&wishes).print("generated notebooks");
    if !corpus.is_empty() {
        in_clean(&corpus);
        let tally = in_carriers(&corpus, &wishes, 0).0;
        reached &= tally.print("the notebooks of UNSPILL_CORPUS");
    }
    if reached {
        return ExitCode::SUCCESS;
    }
    let (itself, name) = GOALS;
    println!("below the goals: {itself} % by itself, {name} % by name");
    ExitCode::FAILURE
}

/// What is asked for.
#[derive(Default)]
struct Options {
    write: Option<PathBuf>,
    carriers: Option<usize>,
}

impl Options {
    fn read(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // `cargo bench` says what it does.
                "--bench" => {}
                "--write" => options.write = Some(arguments.next()?.into()),
                "--carriers" => options.carriers = Some(arguments.next()?.parse().ok()?),
                _ => return None,
            }
        }
        Some(options)
    }
}

/// A notebook that values are planted in.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// A file, and the folder that its name is told from.
    File(PathBuf, PathBuf),
    /// A number to generate one from.
    Generated(usize),
}

impl Carrier {
    /// Its path within its folder.
    pub fn name(&self) -> PathBuf {
        match self {
            Self::File(path, folder) => path.strip_prefix(folder).unwrap_or(path).to_owned(),
            Self::Generated(number) => format!("generated-{number}.ipynb").into(),
        }
    }

    /// Its text, if it is a notebook that can be read.
    pub fn text(&self) -> Option<String> {
        let text = match self {
            Self::File(path, _) => String::from_utf8(fs::read(path).ok()?).ok()?,
            Self::Generated(number) => generate::notebook(&mut Rng::new(*number as u64)),
        };
        Node::read(&text).is_some().then_some(text)
    }

    /// The text with those of `wishes` in it that fit; the same dice for the
    /// same place in the row of carriers.
    pub fn planted(&self, wishes: &[Wish], place: usize) -> Option<(String, Vec<Standing>)> {
        let text = self.text()?;
        let root = Node::read(&text)?;
        let mut rng = Rng::new(place as u64);
        Some(plant::plant_wishes(&text, &root, wishes, &mut rng))
    }
}

/// As many generated notebooks as the wishes ask for.
fn generated(wishes: &[Wish], from: usize) -> Vec<Carrier> {
    let count = wishes.len().div_ceil(EACH);
    (from..from + count).map(Carrier::Generated).collect()
}

/// The notebooks of the corpus, evenly spread if there are more than `most`.
fn corpus(most: Option<usize>) -> Vec<Carrier> {
    let Some(root) = env::var_os("UNSPILL_CORPUS").map(PathBuf::from) else {
        return Vec::new();
    };
    let mut folders = vec![root.clone()];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ipynb") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    let step = most.map_or(1, |most| paths.len().div_ceil(most.max(1)).max(1));
    let carrier = |path| Carrier::File(path, root.clone());
    paths.into_iter().step_by(step).map(carrier).collect()
}

/// Every wish once; what does not fit into one notebook goes to another.
fn in_generated(wishes: &[Wish]) -> Tally {
    let mut tally = Tally::default();
    let mut waiting = wishes.to_vec();
    let mut from = 0;
    for _ in 0..ROUNDS {
        let carriers = generated(&waiting, from);
        from += carriers.len();
        let (more, left) = in_carriers(&carriers, &waiting, from);
        tally.add(more);
        waiting = left.into_iter().map(|wish| waiting[wish].clone()).collect();
    }
    for wish in waiting {
        println!(
            "fits nowhere: {} as {}",
            wish.value.kind.id, wish.shape.name
        );
    }
    tally
}

/// A few wishes for each carrier, in turn; and which wishes no carrier took.
fn in_carriers(carriers: &[Carrier], wishes: &[Wish], seed: usize) -> (Tally, Vec<usize>) {
    let sanitizer = Sanitizer::default();
    let trials = side_by_side(carriers.len(), |place| {
        let (first, chosen) = share(wishes, place);
        let mut tally = Tally::default();
        let Some((text, standing)) = carriers[place].planted(chosen, seed + place) else {
            return (tally, (first..first + chosen.len()).collect());
        };
        let inspection = inspected(&sanitizer, &carriers[place], &text);
        for one in &standing {
            tally.count(&chosen[one.wish], inspection.as_ref());
        }
        let is_left = |at: &usize| standing.iter().all(|one| one.wish != *at);
        let left = (0..chosen.len()).filter(is_left).map(|at| first + at);
        (tally, left.collect::<Vec<_>>())
    });
    let mut all = Tally::default();
    let mut left = Vec::new();
    for (tally, more) in trials {
        all.add(tally);
        left.extend(more);
    }
    (all, left)
}

/// The wishes of the carrier at this place, and the index of the first: all
/// have their turn before the first come again.
pub fn share(wishes: &[Wish], place: usize) -> (usize, &[Wish]) {
    let shares = wishes.len().div_ceil(EACH).max(1);
    let first = place % shares * EACH;
    let end = (first + EACH).min(wishes.len());
    (first, &wishes[first..end])
}

/// What is found in the notebooks as they are.
fn in_clean(carriers: &[Carrier]) {
    let sanitizer = Sanitizer::default();
    let rows = side_by_side(carriers.len(), |place| {
        let carrier = &carriers[place];
        let text = carrier.text()?;
        let found = inspected(&sanitizer, carrier, &text)?.found;
        let row = |found: unspill::sanitize::Found| {
            format!(
                "{}  {}  {}",
                carrier.name().display(),
                found.place,
                found.kind.id
            )
        };
        Some(found.into_iter().map(row).collect::<Vec<_>>())
    });
    let rows: Vec<String> = rows.into_iter().flatten().flatten().collect();
    println!("\nfound before anything was planted: {}", rows.len());
    rows.iter().for_each(|row| println!("  {row}"));
}

fn inspected(sanitizer: &Sanitizer, carrier: &Carrier, text: &str) -> Option<Inspection> {
    sanitizer
        .inspect(&carrier.name(), text.as_bytes(), &Ledger::default())
        .ok()
}

/// The work for each place below `count`, on all processors, in order.
fn side_by_side<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(count));
    let run = || {
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            if place >= count {
                return;
            }
            let result = work(place);
            done.lock().expect("no thread panics").push((place, result));
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(run);
        }
    });
    let mut done = done.into_inner().expect("no thread panics");
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, result)| result).collect()
}

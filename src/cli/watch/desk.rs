//! What a watch knows: the sanitizer, and the values found so far.
//!
//! In place a value keeps its variable for good, since files that were
//! rewritten read it. A mirror can be made again, so there the variables are
//! those that a fresh copy would have: given in the order of the paths,
//! whatever the order in which the files were saved.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::allow::Uses;
use crate::cli::guard;
use crate::cli::survey::{broken, leave};
use crate::container::Refusal;
use crate::detect::Secret;
use crate::detect::own::OwnValue;
use crate::report::Trouble;
use crate::sanitize::{Inspection, Ledger, Problem, Sanitized, Sanitizer, Sighting};
use crate::source::beside::is_unfinished;
use crate::watch::seen;

/// Why nothing came of a file.
pub enum Failure {
    /// It is not what it must be: half a file, maybe.
    Unready(Trouble),
    /// It is of a kind that nobody here can read.
    Binary,
    /// Anything else.
    Final(Trouble),
}

/// What one file holds.
struct Held {
    sightings: Vec<Sighting>,
    reads: BTreeSet<String>,
}

/// The sanitizer with its ledger.
pub struct Desk {
    sanitizer: Sanitizer,
    ledger: Ledger,
    /// The ledger as it was before anything was found.
    base: Ledger,
    /// What each file holds, if variables go by the order of the paths.
    held: Option<BTreeMap<PathBuf, Held>>,
    /// What the user has.
    own: BTreeSet<Secret>,
    /// Values that not every file was searched for.
    fresh: Ledger,
    /// How many these are.
    fresh_values: usize,
    /// What is exempted, and by what.
    pub uses: Uses,
}

impl Desk {
    /// A desk that knows what the user has.
    pub fn new(sanitizer: Sanitizer, own: Vec<OwnValue>, is_by_path: bool) -> Self {
        let mut base = Ledger::default();
        let known = own.iter().map(|own| own.value.clone()).collect();
        base.know(own);
        base.known();
        Self {
            sanitizer,
            ledger: base.clone(),
            base,
            held: is_by_path.then(BTreeMap::new),
            own: known,
            fresh: Ledger::default(),
            fresh_values: 0,
            uses: Uses::default(),
        }
    }

    /// Takes in what the user has now: a store was written to.
    pub fn know(&mut self, own: Vec<OwnValue>) {
        let now: BTreeSet<Secret> = own.iter().map(|own| own.value.clone()).collect();
        if now == self.own {
            return;
        }
        let is_new = |value: &&OwnValue| !self.own.contains(&value.value);
        let new: Vec<OwnValue> = own.iter().filter(is_new).cloned().collect();
        self.own = now;
        self.fresh_values += new.len();
        self.fresh.know(new.clone());
        match self.held.is_some() {
            true => {
                self.base = Ledger::default();
                self.base.know(own);
                self.arrange();
            }
            false => self.ledger.know(new),
        }
        self.ledger.known();
        self.fresh.known();
    }

    /// Takes note of the variables that are set where values are kept: no other
    /// value goes by their names from now on.
    pub fn reserve(&mut self, set: Vec<(String, Secret)>) {
        self.ledger.reserve(set);
    }

    /// The sanitizer, for what it exempts and believes.
    pub fn sanitizer(&self) -> &Sanitizer {
        &self.sanitizer
    }

    /// What a file holds.
    pub fn inspect(&self, path: &Path, bytes: &[u8]) -> Result<Inspection, Failure> {
        answer(path, || self.sanitizer.inspect(path, bytes, &self.ledger))
    }

    /// What a file becomes.
    pub fn sanitize(&self, path: &Path, bytes: &[u8]) -> Result<Sanitized, Failure> {
        let mut sanitized = answer(path, || self.sanitizer.sanitize(path, bytes, &self.ledger))?;
        if let Some(why) = is_unfinished(path, bytes) {
            leave(&mut sanitized, why);
        }
        Ok(sanitized)
    }

    /// Whether a file in which an inspection found nothing may hold a value
    /// that is known now.
    pub fn may_hold_copies(&self, path: &Path, bytes: &[u8], inspection: &Inspection) -> bool {
        let has_encoded = inspection.has_encoded;
        let search =
            || Ok((self.sanitizer).may_hold_copies(path, &bytes, &self.ledger, has_encoded));
        // A defect is told by the road itself.
        answer(path, search).unwrap_or(true)
    }

    /// Takes in what files hold, all of them at once: the order of the paths
    /// decides between values that want the same variable.
    pub fn learn<'i>(&mut self, mut files: Vec<(&'i Path, &'i Inspection)>) {
        files.sort_by_key(|(path, _)| *path);
        for (_, inspection) in &files {
            self.uses.join(inspection.uses.clone());
        }
        match self.held.is_some() {
            true => self.learn_by_path(&files),
            false => self.learn_by_time(&files),
        }
    }

    /// A file is gone, with what it held.
    pub fn forget(&mut self, path: &Path) {
        if let Some(held) = &mut self.held
            && held.remove(path).is_some()
        {
            self.arrange();
        }
    }

    fn learn_by_time(&mut self, files: &[(&Path, &Inspection)]) {
        let before = self.ledger.entries().len();
        for (_, found) in files {
            self.ledger.add_own(&found.sightings, &found.reads);
        }
        for (_, found) in files {
            self.ledger.add(&found.sightings, &found.reads);
        }
        let new = self.ledger.entries().iter().skip(before);
        let new: Vec<Sighting> = new.map(sighting).collect();
        self.add_fresh(&new);
    }

    fn learn_by_path(&mut self, files: &[(&Path, &Inspection)]) {
        let Some(held) = &mut self.held else {
            return;
        };
        let mut is_changed = false;
        for (path, found) in files {
            if found.sightings.is_empty() {
                is_changed |= held.remove(*path).is_some();
                continue;
            }
            is_changed = true;
            let (sightings, reads) = (found.sightings.clone(), found.reads.clone());
            held.insert((*path).to_owned(), Held { sightings, reads });
        }
        if is_changed {
            self.arrange();
        }
    }

    /// Gives the variables anew. Values of which no file is left stay known,
    /// behind all others.
    fn arrange(&mut self) {
        let Some(held) = &self.held else {
            return;
        };
        let mut ledger = self.base.clone();
        for held in held.values() {
            ledger.add_own(&held.sightings, &held.reads);
        }
        for held in held.values() {
            ledger.add(&held.sightings, &held.reads);
        }
        let left: Vec<Sighting> = self
            .ledger
            .entries()
            .iter()
            .filter(|entry| ledger.get(&entry.value).is_none())
            .map(|entry| Sighting {
                variable: None,
                ..sighting(entry)
            })
            .collect();
        ledger.add(&left, &BTreeSet::new());
        let is_new = |entry: &&crate::ledger::Entry| {
            let before = self.ledger.get(&entry.value);
            before.is_none_or(|before| before.variable != entry.variable)
        };
        let new: Vec<Sighting> = ledger
            .entries()
            .iter()
            .filter(is_new)
            .map(sighting)
            .collect();
        ledger.known();
        self.ledger = ledger;
        self.add_fresh(&new);
    }

    fn add_fresh(&mut self, new: &[Sighting]) {
        self.fresh_values += new.len();
        self.fresh.add(new, &BTreeSet::new());
        self.ledger.known();
        self.fresh.known();
    }

    /// How many values there are that not every file was searched for.
    pub fn fresh(&self) -> usize {
        self.fresh_values
    }

    /// Whether a file may hold one of these.
    pub fn may_hold_fresh(&self, path: &Path, bytes: &[u8]) -> bool {
        self.sanitizer.may_know(path, &bytes, &self.fresh)
    }

    /// Every file was searched.
    pub fn all_searched(&mut self) {
        self.fresh = Ledger::default();
        self.fresh_values = 0;
    }

    /// One text for all that is searched and how it is called: a hash.
    pub fn signature(&self) -> String {
        let entries = self.ledger.entries().iter();
        let entries: BTreeMap<&Secret, &str> = entries
            .map(|entry| (&entry.value, entry.variable.as_str()))
            .collect();
        signature(entries.iter().map(|(value, name)| (value.expose(), *name)))
    }

    /// The same for what the user has.
    pub fn signature_of_own(own: &[OwnValue]) -> String {
        let mut values: Vec<&str> = own.iter().map(|own| own.value.expose()).collect();
        values.sort_unstable();
        signature(values.iter().map(|value| (*value, "")))
    }
}

fn sighting(entry: &crate::ledger::Entry) -> Sighting {
    Sighting {
        value: entry.value.clone(),
        kind: entry.kind,
        variable: Some(entry.variable.clone()),
        name: None,
        confidence: entry.confidence,
    }
}

fn signature<'v>(pairs: impl Iterator<Item = (&'v str, &'v str)>) -> String {
    let mut text = zeroize::Zeroizing::new(Vec::new());
    for (value, name) in pairs {
        for part in [value, name] {
            text.extend_from_slice(&part.len().to_le_bytes());
            text.extend_from_slice(part.as_bytes());
        }
    }
    let digest = seen::digest(&text);
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn answer<T>(path: &Path, work: impl FnOnce() -> Result<T, Problem>) -> Result<T, Failure> {
    match guard::catch(work) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(Problem::Binary)) => Err(Failure::Binary),
        Ok(Err(problem)) => {
            let trouble = broken(path, &problem);
            Err(match problem {
                Problem::Unproved(_) | Problem::Container(Refusal::Limit(_)) => {
                    Failure::Final(trouble)
                }
                _ => Failure::Unready(trouble),
            })
        }
        Err(defect) => Err(Failure::Final(Trouble {
            path: path.to_owned(),
            message: defect,
            advice: Some("the file is as it was; the others go on".into()),
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue;
    use crate::detect::sample::{Rng, sample};

    fn desk(is_by_path: bool) -> Desk {
        Desk::new(Sanitizer::default(), Vec::new(), is_by_path)
    }

    fn inspected(desk: &Desk, seed: u64) -> Inspection {
        let kind = catalogue::kind("huggingface-user-token").unwrap();
        let token = sample(kind, &mut Rng::new(seed)).unwrap();
        let text = format!("login(\"{token}\")\n");
        desk.inspect(Path::new("a.py"), text.as_bytes())
            .unwrap_or_else(|_| panic!("it is a text"))
    }

    fn variables(desk: &Desk) -> Vec<&str> {
        let entries = desk.ledger.entries().iter();
        entries.map(|entry| entry.variable.as_str()).collect()
    }

    fn learn(desk: &mut Desk, path: &str, seed: u64) {
        let inspection = inspected(desk, seed);
        desk.learn(vec![(Path::new(path), &inspection)]);
    }

    #[test]
    fn in_place_a_value_keeps_its_variable() {
        let mut desk = desk(false);
        learn(&mut desk, "b.py", 1);
        learn(&mut desk, "a.py", 2);
        assert_eq!(variables(&desk), ["HF_TOKEN", "HF_TOKEN_2"]);
        let first = inspected(&desk, 1).sightings[0].value.clone();
        assert_eq!(desk.ledger.get(&first).unwrap().variable, "HF_TOKEN");
        assert_eq!(desk.fresh(), 2);
        desk.all_searched();
        learn(&mut desk, "c.py", 1);
        assert_eq!(desk.fresh(), 0);
    }

    #[test]
    fn in_a_mirror_the_order_of_the_paths_decides() {
        let mut desk = desk(true);
        learn(&mut desk, "b.py", 1);
        desk.all_searched();
        learn(&mut desk, "a.py", 2);
        let first = inspected(&desk, 1).sightings[0].value.clone();
        assert_eq!(desk.ledger.get(&first).unwrap().variable, "HF_TOKEN_2");
        // Both have another variable than before, so both are searched.
        assert_eq!(desk.fresh(), 2);
        desk.all_searched();
        desk.forget(Path::new("a.py"));
        assert_eq!(desk.ledger.get(&first).unwrap().variable, "HF_TOKEN");
        assert_eq!(desk.ledger.entries().len(), 2, "nothing is forgotten");
    }

    #[test]
    fn the_signature_changes_with_the_values_and_their_variables() {
        let mut desk = desk(true);
        let none = desk.signature();
        learn(&mut desk, "b.py", 1);
        let one = desk.signature();
        learn(&mut desk, "a.py", 2);
        let two = desk.signature();
        desk.forget(Path::new("a.py"));
        assert_ne!(none, one);
        assert_ne!(one, two);
        assert_ne!(two, desk.signature(), "the variables were given anew");
    }
}

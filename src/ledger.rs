//! The ledger of a run: each value that was found, with its one variable.
//!
//! One value has one name in the whole run, a second value of the same name
//! gets `_2`. Names are given in the order in which sources are added, so a
//! run over the same files gives the same names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use crate::detect::judge;
use crate::detect::known::Known;
use crate::detect::own::OwnValue;
use crate::detect::{Confidence, Finding, Kind, Secret};

/// Values found anywhere in a run, each with its variable.
#[derive(Debug, Default, Clone)]
pub struct Ledger {
    entries: Vec<Entry>,
    by_value: BTreeMap<Secret, usize>,
    taken: BTreeSet<String>,
    /// The last number that was given behind a name.
    numbered: HashMap<String, usize>,
    /// Variables that have a value already where the values will be kept.
    set: BTreeMap<String, Secret>,
    /// The user's own values, seen or not.
    own: BTreeMap<Secret, Own>,
    /// Values of the source that is looked at: all their copies in it are meant.
    here: BTreeSet<Secret>,
    /// The search for all values, made when it is first needed.
    known: OnceLock<Arc<Known>>,
}

/// One value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The value.
    pub value: Secret,
    /// Which type of credential it is.
    pub kind: &'static Kind,
    /// The variable that holds it from now on.
    pub variable: String,
    /// How surely it is a credential, where that was surest.
    pub confidence: Confidence,
}

/// What is known of one of the user's own values.
#[derive(Debug, Clone)]
struct Own {
    kind: &'static Kind,
    variable: Option<String>,
    name: Option<String>,
    origin: String,
}

/// What is known of a value that is searched.
#[derive(Debug)]
pub struct Fact<'l> {
    /// The value.
    pub value: &'l Secret,
    /// Which type of credential it is.
    pub kind: &'static Kind,
    /// How surely it is a credential.
    pub confidence: Confidence,
    /// Where the user has it, if it is one of the user's own.
    pub origin: Option<&'l str>,
    /// What its store calls it.
    pub name: Option<&'l str>,
    /// It was found in a source, not only known.
    pub is_seen: bool,
}

/// One place where a value was seen, as far as its name is concerned.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// The value.
    pub value: Secret,
    /// Which type of credential it is.
    pub kind: &'static Kind,
    /// The environment variable that the context names.
    pub variable: Option<String>,
    /// The name it is bound to.
    pub name: Option<String>,
    /// How surely it is a credential.
    pub confidence: Confidence,
}

impl From<&Finding> for Sighting {
    fn from(finding: &Finding) -> Self {
        Self {
            value: finding.value.clone(),
            kind: finding.kind,
            variable: finding.variable.clone(),
            name: finding.name.clone(),
            confidence: finding.confidence,
        }
    }
}

impl Ledger {
    /// Takes in values that the user has. They are searched from now on, and
    /// become entries when they are seen. Of the same value the first counts.
    pub fn know(&mut self, values: impl IntoIterator<Item = OwnValue>) {
        for value in values {
            self.own.entry(value.value).or_insert(Own {
                kind: value.kind,
                variable: value.variable.filter(|name| is_variable(name)),
                name: value.name,
                origin: value.origin,
            });
        }
        self.known = OnceLock::new();
    }

    /// Takes note of all variables that are set already: the same value goes by
    /// that name, and no other value does. A value whose variable is set to
    /// another one by now gets a new name.
    pub fn reserve(&mut self, set: impl IntoIterator<Item = (String, Secret)>) {
        self.set = set.into_iter().collect();
        for index in 0..self.entries.len() {
            let Entry {
                value, variable, ..
            } = self.entries[index].clone();
            if self.set.get(&variable).is_none_or(|known| *known == value) {
                continue;
            }
            let base = self.unnumbered(&variable);
            let variable = match self.set_to(&value) {
                Some(name) => name,
                None => self.free(&base, &value),
            };
            self.taken.insert(variable.clone());
            self.entries[index].variable = variable;
        }
    }

    /// The same as [`Self::add`] for the user's own values alone. Done for all
    /// sources first, it gives these values their variables before any other
    /// value can take the names.
    pub fn add_own(&mut self, sightings: &[Sighting], reads: &BTreeSet<String>) {
        let own: Vec<Sighting> = sightings
            .iter()
            .filter(|sighting| self.own.contains_key(&sighting.value))
            .cloned()
            .collect();
        if !own.is_empty() {
            self.add(&own, reads);
        }
    }

    /// Takes in what was seen in one source, which reads the environment
    /// variables `reads` already. Call in a fixed order.
    pub fn add(&mut self, sightings: &[Sighting], reads: &BTreeSet<String>) {
        let mut by_value: HashMap<&Secret, Vec<&Sighting>> = HashMap::new();
        for sighting in sightings {
            by_value.entry(&sighting.value).or_default().push(sighting);
        }
        for sighting in sightings {
            if self.by_value.contains_key(&sighting.value) {
                continue;
            }
            let same = by_value.remove(&sighting.value).unwrap_or_default();
            let own = self.own.get(&sighting.value);
            let base = own
                .and_then(|own| own.variable.clone())
                .or_else(|| self.set_to(&sighting.value))
                .unwrap_or_else(|| choose(&same, own.and_then(|own| own.name.as_deref()), reads));
            let variable = self.free(&unless_of_the_system(base), &sighting.value);
            self.taken.insert(variable.clone());
            self.by_value
                .insert(sighting.value.clone(), self.entries.len());
            self.entries.push(Entry {
                value: sighting.value.clone(),
                kind: sighting.kind,
                variable,
                confidence: same
                    .iter()
                    .map(|sighting| sighting.confidence)
                    .max()
                    .unwrap_or(sighting.confidence),
            });
            self.known = OnceLock::new();
        }
    }

    /// All entries, in the order they came.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether values were found that were not searched from the beginning, as the
    /// user's own ones are.
    pub fn has_learnt(&self) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| !self.own.contains_key(&entry.value))
    }

    /// The entry of a value.
    pub fn get(&self, value: &Secret) -> Option<&Entry> {
        self.by_value
            .get(value)
            .and_then(|&index| self.entries.get(index))
    }

    /// The search for all values; what its indices mean says [`Self::fact`].
    pub fn known(&self) -> Arc<Known> {
        let entries = self.entries.iter().map(|entry| &entry.value);
        let values = || entries.chain(self.unseen()).cloned();
        let known = self.known.get_or_init(|| {
            Arc::new(Known::new(values().collect(), |value| {
                self.is_searched(value)
            }))
        });
        Arc::clone(known)
    }

    /// Whether copies of a value are searched: of the user's own ones, of those
    /// that nothing else looks like, and of all that this source holds. A word
    /// that somebody has for a password means itself in all other sources.
    pub fn is_searched(&self, value: &Secret) -> bool {
        self.own.contains_key(value)
            || self.here.contains(value)
            || judge::is_peculiar(value.expose())
    }

    /// Takes note of values that were found in the source that is looked at.
    pub fn meet(&mut self, values: impl IntoIterator<Item = Secret>) {
        self.here.extend(values);
        self.known = OnceLock::new();
    }

    /// What is known of a value, by its index in [`Self::known`].
    pub fn fact(&self, index: usize) -> Option<Fact<'_>> {
        let seen = self.entries.get(index);
        let value = match seen {
            Some(entry) => &entry.value,
            None => self.unseen().nth(index - self.entries.len())?,
        };
        let own = self.own.get(value);
        Some(Fact {
            value,
            kind: seen.map(|entry| entry.kind).or(own.map(|own| own.kind))?,
            confidence: seen.map_or(Confidence::Certain, |entry| entry.confidence),
            origin: own.map(|own| own.origin.as_str()),
            name: own.and_then(|own| own.name.as_deref()),
            is_seen: seen.is_some(),
        })
    }

    /// The user's own values that were not seen yet.
    fn unseen(&self) -> impl Iterator<Item = &Secret> {
        let is_unseen = |value: &&Secret| !self.by_value.contains_key(value);
        self.own.keys().filter(is_unseen)
    }

    /// Which value this is, counted from 1 in the order they came.
    pub fn number(&self, value: &Secret) -> Option<usize> {
        self.by_value.get(value).map(|index| index + 1)
    }

    /// The variable that is set to that value already.
    fn set_to(&self, value: &Secret) -> Option<String> {
        let (name, _) = self.set.iter().find(|(_, known)| *known == value)?;
        is_variable(name).then(|| name.clone())
    }

    /// A variable's name without the number that made it free.
    fn unnumbered(&self, variable: &str) -> String {
        let is_taken = |base: &str| self.taken.contains(base) || self.set.contains_key(base);
        match variable.rsplit_once('_') {
            Some((base, number)) if number.parse::<usize>().is_ok() && is_taken(base) => base,
            _ => variable,
        }
        .to_owned()
    }

    /// `base`, or with the first free number behind it.
    fn free(&mut self, base: &str, value: &Secret) -> String {
        let is_free = |name: &str| {
            !self.taken.contains(name) && self.set.get(name).is_none_or(|known| known == value)
        };
        if is_free(base) {
            return base.to_owned();
        }
        let last = self.numbered.get(base).copied().unwrap_or(1);
        let mut numbers = (last + 1..).map(|number| (number, format!("{base}_{number}")));
        let (number, name) = numbers
            .find(|(_, name)| is_free(name))
            .unwrap_or_else(|| (last, base.to_owned()));
        self.numbered.insert(base.to_owned(), number);
        name
    }
}

/// The variable for one value: the one that the context names; else one that
/// the file already reads for that kind; else the kind's usual one; else from
/// the name that the user's own store has for it, or that it is bound to.
fn choose(sightings: &[&Sighting], own: Option<&str>, reads: &BTreeSet<String>) -> String {
    let named = sightings
        .iter()
        .filter_map(|sighting| sighting.variable.as_deref())
        .find(|name| is_variable(name));
    if let Some(name) = named {
        return name.to_owned();
    }
    let kinds = || sightings.iter().map(|sighting| sighting.kind);
    let read = kinds()
        .flat_map(|kind| kind.variables.iter())
        .find(|variable| reads.contains(variable.as_ref()))
        .map(|variable| variable.clone().into_owned())
        .or_else(|| {
            // No program reads it by itself, but the source does.
            let is_of = |kind: &Kind, read: &str| {
                let name = crate::detect::names::normal(read);
                !kind.is_generic() && kind.names.iter().any(|known| *known == name)
            };
            let mut reads = reads.iter();
            reads
                .find(|read| kinds().any(|kind| is_of(kind, read)))
                .cloned()
        });
    let usual = || {
        kinds()
            .filter(|kind| !kind.is_generic())
            .find_map(|kind| kind.variables.first())
            .map(|variable| variable.clone().into_owned())
    };
    let bound = || {
        let names = sightings
            .iter()
            .filter_map(|sighting| sighting.name.as_deref());
        own.into_iter()
            .chain(names)
            .map(variable_from)
            .find(|name| !name.is_empty())
    };
    read.or_else(usual)
        .or_else(bound)
        .or_else(|| kinds().find_map(|kind| Some(kind.variables.first()?.clone().into_owned())))
        .unwrap_or_else(|| "SECRET".to_owned())
}

/// What a shell or a system sets itself never fails when it is looked up: `pwd`,
/// a password, would silently become the folder that one is in (POSIX, "Shell
/// Variables").
fn unless_of_the_system(name: String) -> String {
    const OTHERS: [&str; 14] = [
        "EUID", "HOME", "HOSTNAME", "IFS", "LANG", "LOGNAME", "MAIL", "OLDPWD", "PATH", "PPID",
        "SHELL", "TERM", "UID", "USER",
    ];
    match name.as_str() {
        "PWD" => "PASSWORD".to_owned(),
        other if OTHERS.contains(&other) => format!("{other}_SECRET"),
        _ => name,
    }
}

fn is_variable(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Last words of a name that say little without the one before.
const BARE: &[&str] = &[
    "api_key", "apikey", "key", "token", "secret", "password", "passwd", "pwd", "auth", "pass",
];

/// What a call that is named for it sets: `set_auth_token` an `auth_token`.
fn setter(callee: &str) -> Option<&str> {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let name = ["set_", "with_", "use_", "add_"]
        .iter()
        .find_map(|verb| last.strip_prefix(verb))?;
    crate::detect::names::classify(name).map(|_| name)
}

/// A variable's name from the name that a value is bound to:
/// `openai.api_key` gives `OPENAI_API_KEY`, `self.dbPassword` `DB_PASSWORD`.
fn variable_from(name: &str) -> String {
    let name = match name.split_once(':') {
        Some((callee, argument)) if argument.bytes().all(|b| b.is_ascii_digit()) => {
            match setter(callee) {
                Some(name) => name,
                None => return String::new(),
            }
        }
        Some((_, keyword)) => keyword,
        None => name,
    };
    let words: Vec<String> = name
        .split(['.', '[', ']', '"', '\''])
        .map(|part| crate::detect::names::normal(part).replace(['.', '-'], "_"))
        .filter(|part| !part.is_empty() && !matches!(part.as_str(), "self" | "cls" | "this"))
        .collect();
    // A long name says in its middle what it is of: `fs.azure.account.key.…`.
    let end = words
        .iter()
        .rposition(|word| crate::detect::names::classify(word).is_some())
        .map_or(words.len(), |last| last + 1);
    let chosen = match &words[..end] {
        [.., before, last] if BARE.contains(&last.as_str()) => format!("{before}_{last}"),
        [.., last] => last.clone(),
        [] => String::new(),
    };
    let upper: String = chosen
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    let trimmed = upper.trim_matches('_');
    if trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        format!("SECRET_{trimmed}")
    } else {
        trimmed.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::detect::catalogue;

    /// A log may hold a new token in each line.
    #[test]
    fn thousands_of_values_have_their_names_at_once() {
        const COUNT: usize = 20_000;
        let kind = catalogue::kinds().first().unwrap();
        let sighting = |number: usize| Sighting {
            value: Secret::new(format!("value {number}")),
            kind,
            variable: Some("TOKEN".to_owned()),
            name: None,
            confidence: Confidence::Certain,
        };
        let sightings: Vec<Sighting> = (0..COUNT).map(sighting).collect();
        let mut ledger = Ledger::default();
        let start = Instant::now();
        ledger.add(&sightings, &BTreeSet::new());
        assert!(start.elapsed() < Duration::from_secs(10));
        let last = ledger.get(&sightings[COUNT - 1].value).unwrap();
        assert_eq!(last.variable, format!("TOKEN_{COUNT}"));
        assert!(ledger.has_learnt());
    }
}

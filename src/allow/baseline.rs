//! A baseline: findings that were there when somebody began to look, so that
//! only new ones are told.
//!
//! The file holds no value, only a keyed hash of it that is cut to 48 bits.
//! The key is random and stands in the same file, so that two baselines say
//! nothing about each other; it does not keep a password that can be guessed
//! from being tried. A finding is known by its path and its hash; the kind is
//! there for people.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Uses;
use crate::detect::Secret;

/// Version of the file's form.
const VERSION: u32 = 1;

/// Bytes of the hash that are kept.
const KEPT: usize = 6;

/// The random key of a baseline.
pub type Salt = [u8; 16];

/// Findings that were there before.
#[derive(Debug, Clone)]
pub struct Baseline {
    /// The folder that its paths start from.
    pub root: PathBuf,
    salt: Salt,
    records: Vec<Record>,
    /// Place in `records` by path and hash.
    index: BTreeMap<(String, String), usize>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    path: String,
    kind: String,
    fingerprint: String,
}

/// The file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    tool: String,
    salt: String,
    findings: Vec<Record>,
}

impl Baseline {
    /// A baseline without findings. `root` is the folder it will stand in.
    pub fn new(root: &Path, salt: Salt) -> Self {
        Self {
            root: root.to_owned(),
            salt,
            records: Vec::new(),
            index: BTreeMap::new(),
        }
    }

    /// Reads a baseline; the error says what is wrong with it.
    pub fn read(root: &Path, text: &str) -> Result<Self, String> {
        let document: Document =
            serde_json::from_str(text).map_err(|error| format!("is no baseline: {error}"))?;
        if document.version != VERSION {
            let version = document.version;
            return Err(format!(
                "is a baseline of version {version}, which this unspill cannot read"
            ));
        }
        let salt = salt(&document.salt).ok_or("is no baseline: its salt is broken")?;
        let mut baseline = Self::new(root, salt);
        for record in document.findings {
            baseline.insert(record);
        }
        Ok(baseline)
    }

    /// Adds a finding in the file at `path`, seen from [`Self::root`].
    pub fn add(&mut self, path: &str, kind: &str, value: &Secret) {
        self.insert(Record {
            path: path.to_owned(),
            kind: kind.to_owned(),
            fingerprint: self.fingerprint(value),
        });
    }

    fn insert(&mut self, record: Record) {
        let key = (record.path.clone(), record.fingerprint.clone());
        if let std::collections::btree_map::Entry::Vacant(entry) = self.index.entry(key) {
            entry.insert(self.records.len());
            self.records.push(record);
        }
    }

    /// Which finding of the baseline this is.
    pub fn position(&self, path: &str, value: &Secret) -> Option<usize> {
        let key = (path.to_owned(), self.fingerprint(value));
        self.index.get(&key).copied()
    }

    /// How many findings there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The file's content; the same for the same findings and salt.
    pub fn to_text(&self) -> String {
        let mut findings = self.records.clone();
        findings.sort();
        let document = Document {
            version: VERSION,
            tool: concat!("unspill ", env!("CARGO_PKG_VERSION")).to_owned(),
            salt: hex(&self.salt),
            findings,
        };
        let text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text + "\n"
    }

    /// Findings that are gone from files that were read, in sentences. A value
    /// that the baseline exempts in one file is not searched for in the
    /// others, so nothing is said of these.
    pub(super) fn stale(&self, uses: &Uses) -> Vec<String> {
        let used = uses.baseline.iter().filter_map(|&at| self.records.get(at));
        let used: BTreeSet<&str> = used.map(|record| record.fingerprint.as_str()).collect();
        let mut gone: BTreeMap<&str, usize> = BTreeMap::new();
        for record in &self.records {
            let is_used = used.contains(record.fingerprint.as_str());
            if uses.files.contains(&record.path) && !is_used {
                *gone.entry(&record.path).or_default() += 1;
            }
        }
        let sentence = |(path, count): (&str, usize)| match count {
            1 => format!("{path}: a finding of the baseline is gone"),
            _ => format!("{path}: {count} findings of the baseline are gone"),
        };
        gone.into_iter().map(sentence).collect()
    }

    fn fingerprint(&self, value: &Secret) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.salt) else {
            return String::new();
        };
        mac.update(value.expose().as_bytes());
        let hash = mac.finalize().into_bytes();
        hex(hash.get(..KEPT).unwrap_or_default())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn salt(text: &str) -> Option<Salt> {
    let mut salt = Salt::default();
    if !text.is_ascii() || text.len() != salt.len() * 2 {
        return None;
    }
    for (at, byte) in salt.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline() -> Baseline {
        let mut baseline = Baseline::new(Path::new("/p"), *b"0123456789abcdef");
        baseline.add("b.ipynb", "kind-b", &Secret::new("second"));
        baseline.add("a.ipynb", "kind-a", &Secret::new("first"));
        baseline.add("a.ipynb", "kind-c", &Secret::new("first"));
        baseline
    }

    #[test]
    fn it_is_written_and_read_back() {
        let text = baseline().to_text();
        let read = Baseline::read(Path::new("/p"), &text).unwrap();
        assert_eq!(read.len(), 2, "a value in a file counts once");
        assert_eq!(read.to_text(), text);
        assert!(read.position("a.ipynb", &Secret::new("first")).is_some());
        assert!(read.position("b.ipynb", &Secret::new("first")).is_none());
        assert!(read.position("a.ipynb", &Secret::new("third")).is_none());
    }

    #[test]
    fn it_holds_no_value_and_another_salt_hides_that_they_are_the_same() {
        let text = baseline().to_text();
        assert!(!text.contains("first") && !text.contains("second"));
        let other = Baseline::new(Path::new("/p"), *b"fedcba9876543210");
        let value = Secret::new("first");
        assert_ne!(other.fingerprint(&value), baseline().fingerprint(&value));
        assert_eq!(other.fingerprint(&value).len(), 12);
    }

    #[test]
    fn what_is_gone_is_told_only_of_files_that_were_read() {
        let mut uses = Uses::default();
        uses.files.insert("a.ipynb".into());
        assert_eq!(
            baseline().stale(&uses),
            ["a.ipynb: a finding of the baseline is gone"]
        );
        uses.baseline.insert(1);
        assert!(baseline().stale(&uses).is_empty());
    }

    #[test]
    fn what_is_no_baseline_is_told() {
        let read = |text: &str| Baseline::read(Path::new(""), text).unwrap_err();
        assert!(read("[]").contains("is no baseline"));
        assert!(read("{").contains("is no baseline"));
        let text = baseline().to_text();
        assert!(read(&text.replace("\"version\": 1", "\"version\": 9")).contains("version 9"));
        assert!(read(&text.replace("\"salt\": \"", "\"salt\": \"é")).contains("salt"));
    }
}

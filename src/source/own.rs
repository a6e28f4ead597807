//! Gathers the user's own values: from the environment, from stores that lie
//! in the project, and if asked from those of the home folder.
//!
//! Nothing here is told to anybody: what was read is kept in memory that is
//! wiped. A store that cannot be read is said, and the others go on.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::detect::Secret;
use crate::detect::own::{Believer, OwnValue};
use crate::store::{self, Machine, Store};

/// How far the search for the user's own values reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing is gathered.
    Nothing,
    /// The environment of the process.
    Environment,
    /// Also what lies in the project.
    Project,
    /// Also what lies in the home folder.
    Home,
}

/// What was gathered.
#[derive(Debug, Default)]
pub struct Gathered {
    /// The values, those of the environment first.
    pub values: Vec<OwnValue>,
    /// What a person should know: a store that cannot be read.
    pub notes: Vec<String>,
}

/// Stores are small; of a larger file only the beginning is read.
const MOST: u64 = 1 << 20;

/// More values than this are no person's; a file with so many is data.
const MOST_VALUES: usize = 1000;

/// Variables that say who and where somebody is. A credential that is the
/// same (a user's name as password) would be found everywhere.
const OF_THE_MACHINE: &[&str] = &[
    "USER",
    "LOGNAME",
    "USERNAME",
    "NAME",
    "HOSTNAME",
    "HOST",
    "COMPUTERNAME",
    "USERDOMAIN",
    "HOME",
    "PWD",
    "OLDPWD",
    "SHELL",
    "LANG",
    "TERM",
];

/// Gathers as far as `reach` says. `roots` are the files and folders of the
/// run, `met` the stores that its walk came across.
pub fn gather(
    reach: Reach,
    roots: &[PathBuf],
    met: &[PathBuf],
    believer: &Believer<'_>,
) -> Gathered {
    let mut gathered = Gathered::default();
    if reach >= Reach::Environment {
        gathered.values = environment(std::env::vars_os(), believer);
    }
    let home = std::env::home_dir();
    let mut read = Readers {
        seen: BTreeSet::new(),
        believer,
        home: home.as_deref(),
        gathered: &mut gathered,
        is_full: false,
    };
    if reach >= Reach::Project {
        // Standard input alone has no folder: the project is where we are.
        let here = [PathBuf::from(".")];
        let roots = if roots.is_empty() { &here } else { roots };
        let beside = roots.iter().flat_map(|root| around(root, read.home));
        let mut paths: Vec<PathBuf> = beside.chain(met.iter().cloned()).collect();
        paths.dedup();
        for path in paths {
            if let Some(store) = store::told_by_name(&path) {
                read.store(store, &path);
            }
        }
    }
    if reach >= Reach::Home {
        let machine = Machine {
            home: home.clone(),
            variable: &|name| std::env::var_os(name).map(PathBuf::from),
        };
        for store in store::stores() {
            for path in (store.places)(&machine) {
                read.store(store, &path);
            }
        }
    }
    gathered
}

/// What the variables of an environment hold.
pub fn environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
    believer: &Believer<'_>,
) -> Vec<OwnValue> {
    let mut values = Vec::new();
    let mut of_the_machine = BTreeSet::new();
    for (name, value) in variables {
        let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) else {
            continue;
        };
        if OF_THE_MACHINE.contains(&name.to_ascii_uppercase().as_str()) {
            of_the_machine.insert(value);
            continue;
        }
        let value = Secret::new(value);
        values.extend(believer.of_environment(&name, value.expose()));
    }
    values.retain(|own| !of_the_machine.contains(own.value.expose()));
    // The order of an environment is nobody's will.
    values.sort_by(|a, b| a.origin.cmp(&b.origin));
    values
}

/// The stores beside a root and above it: programs look for a `.env` upwards.
/// The top is the folder of the repository; without one only the folder of the
/// root itself counts.
fn around(root: &Path, home: Option<&Path>) -> Vec<PathBuf> {
    let Ok(full) = std::path::absolute(root) else {
        return Vec::new();
    };
    let folder = match root.is_dir() {
        true => Some(full.as_path()),
        false => full.parent(),
    };
    let Some(folder) = folder else {
        return Vec::new();
    };
    let ancestors: Vec<&Path> = folder
        .ancestors()
        .take_while(|ancestor| Some(*ancestor) == Some(folder) || Some(*ancestor) != home)
        .collect();
    let top = ancestors
        .iter()
        .position(|ancestor| ancestor.join(".git").exists())
        .unwrap_or(0);
    ancestors[..=top]
        .iter()
        .flat_map(|folder| stores_in(folder))
        .collect()
}

/// The stores directly in a folder, and in that of Streamlit.
fn stores_in(folder: &Path) -> Vec<PathBuf> {
    let names = [folder.to_owned(), folder.join(".streamlit")];
    let entries = names.iter().filter_map(|folder| folder.read_dir().ok());
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| store::told_by_name(path).is_some() && path.is_file())
        .collect();
    found.sort();
    found
}

/// Reads stores, each once.
struct Readers<'g> {
    seen: BTreeSet<PathBuf>,
    believer: &'g Believer<'g>,
    home: Option<&'g Path>,
    gathered: &'g mut Gathered,
    is_full: bool,
}

impl Readers<'_> {
    fn store(&mut self, store: &Store, path: &Path) {
        let Ok(full) = path.canonicalize() else {
            return self.read(store, path);
        };
        if self.seen.insert(full) {
            self.read(store, path);
        }
    }

    fn read(&mut self, store: &Store, path: &Path) {
        let place = shown(path, self.home);
        if self.gathered.values.len() >= MOST_VALUES {
            if !self.is_full {
                self.is_full = true;
                self.gathered.notes.push(format!(
                    "{MOST_VALUES} values of your own are searched; those of {place} and others are not"
                ));
            }
            return;
        }
        match beginning(path) {
            Ok(bytes) => {
                let text = Zeroizing::new(store::text_of(&bytes));
                for held in (store.read)(&text) {
                    let own = self.believer.of_store(&held, &place);
                    self.gathered.values.extend(own);
                    if self.gathered.values.len() >= MOST_VALUES {
                        break;
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.gathered.notes.push(format!(
                "{place} ({}) cannot be read, so its values were not searched: {error}",
                store.title
            )),
        }
    }
}

/// The beginning of a file; a pipe could keep us waiting for ever.
pub(super) fn beginning(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let file = File::open(path)?;
    let length = file.metadata()?.len().min(MOST);
    // All at once: a buffer that grows leaves copies behind.
    let capacity = usize::try_from(length).unwrap_or_default() + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(capacity));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A path as a person writes it: below the home folder with `~`, below the
/// current one without it.
pub(super) fn shown(path: &Path, home: Option<&Path>) -> String {
    let here = std::env::current_dir().ok();
    let below = |folder: &Path| path.strip_prefix(folder).ok().map(Path::to_owned);
    if let Some(path) = here.as_deref().and_then(below) {
        return path.display().to_string();
    }
    match home.and_then(below) {
        Some(path) => Path::new("~").join(path).display().to_string(),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::detect::engine::Detector;

    /// Letters and digits as a program would issue them.
    fn random() -> String {
        ["q7Zp", "Lw2R", "tX9v", "BnK4", "mY0a", "Ud8c"].concat()
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<String> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        environment(pairs, &Detector::default().believer())
            .into_iter()
            .map(|own| own.origin)
            .collect()
    }

    fn project(dir: &Path, root: &str) -> (Vec<String>, Vec<String>) {
        let detector = Detector::default();
        let gathered = gather(Reach::Project, &[dir.join(root)], &[], &detector.believer());
        let is_here = |own: &OwnValue| own.value.expose() == random();
        let values = gathered.values.into_iter().filter(is_here);
        let name = |own: OwnValue| own.origin.rsplit(['/', '\\']).next().unwrap().to_owned();
        (values.map(name).collect(), gathered.notes)
    }

    #[test]
    fn credentials_of_the_environment_in_order() {
        let random = random();
        let found = variables(&[
            ("Z_TOKEN", &random),
            ("A_API_KEY", &random[2..]),
            ("HOSTNAME", &random[1..]),
            ("MY_TOKEN", &random[1..]),
            ("EDITOR", "vim"),
        ]);
        assert_eq!(
            found,
            [
                "environment variable A_API_KEY",
                "environment variable Z_TOKEN"
            ]
        );
    }

    #[test]
    fn stores_beside_a_root_and_up_to_the_repository() {
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("repo/notebooks/deep");
        fs::create_dir_all(&inner).unwrap();
        fs::create_dir_all(dir.path().join("repo/.git")).unwrap();
        fs::write(inner.join("a.ipynb"), "").unwrap();
        let line = format!("SERVICE_TOKEN={}\n", random());
        fs::write(dir.path().join(".env"), &line).unwrap();
        assert!(project(dir.path(), "repo/notebooks").0.is_empty());
        fs::write(dir.path().join("repo/.env"), &line).unwrap();
        for root in ["repo", "repo/notebooks", "repo/notebooks/deep/a.ipynb"] {
            let found = project(dir.path(), root).0;
            assert_eq!(found, [".env, SERVICE_TOKEN"], "{root}");
        }
    }

    #[test]
    fn without_a_repository_only_the_folder_itself_counts() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a/.streamlit")).unwrap();
        let toml = format!("[s]\napi_key = \"{}\"\n", random());
        fs::write(dir.path().join("a/.streamlit/secrets.toml"), toml).unwrap();
        fs::write(dir.path().join(".env"), format!("A_TOKEN={}", random())).unwrap();
        assert_eq!(project(dir.path(), "a").0, ["secrets.toml, s.api_key"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_store_that_cannot_be_read_is_a_note() {
        let dir = tempfile::tempdir().unwrap();
        // A folder, as a mode hinders root from nothing.
        fs::create_dir(dir.path().join("x")).unwrap();
        let detector = Detector::default();
        let believer = detector.believer();
        let mut gathered = Gathered::default();
        let mut read = Readers {
            seen: BTreeSet::new(),
            believer: &believer,
            home: None,
            gathered: &mut gathered,
            is_full: false,
        };
        let store = store::told_by_name(Path::new(".env")).unwrap();
        read.store(store, &dir.path().join("x"));
        read.store(store, &dir.path().join("missing"));
        assert_eq!(gathered.notes.len(), 1, "{:?}", gathered.notes);
        assert!(gathered.notes[0].contains("cannot be read"));
    }

    #[test]
    fn a_file_of_very_many_values_is_data() {
        let dir = tempfile::tempdir().unwrap();
        let line = |number: usize| format!("T{number}_TOKEN={}{number}\n", random());
        let text: String = (0..MOST_VALUES + 9).map(line).collect();
        fs::write(dir.path().join(".env"), &text).unwrap();
        fs::write(dir.path().join("z.env"), &text).unwrap();
        let detector = Detector::default();
        let roots = [dir.path().to_owned()];
        let gathered = gather(Reach::Project, &roots, &[], &detector.believer());
        assert_eq!(gathered.values.len(), MOST_VALUES);
        assert_eq!(gathered.notes.len(), 1);
    }

    #[test]
    fn a_huge_file_is_read_in_part() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("big.env");
        fs::write(&path, vec![b'a'; 3 << 20]).unwrap();
        assert_eq!(beginning(&path).unwrap().len(), 1 << 20);
    }
}

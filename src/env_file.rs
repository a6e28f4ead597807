//! Moves values into a `.env` file, and lists their names in `.env.example`.
//!
//! The file is only appended to: every byte that is there stays, and so does
//! every name that is set already. New lines are written so that python-dotenv,
//! a POSIX shell and Docker Compose read the same value from them; a value for
//! which no such form exists is refused rather than kept wrongly.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::detect::Secret;
use crate::format::dotenv;
use crate::save::{self, SaveError, Snapshot};

/// How often a file that changes meanwhile is read anew.
const ATTEMPTS: u32 = 5;

/// What became of values that were to be kept.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Names that were added.
    pub added: Vec<String>,
    /// Names that the file sets to another value, which stays.
    pub others: Vec<String>,
}

/// Whether git ignores a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ignored {
    /// A rule names it.
    Yes,
    /// It is in a repository, and no rule names it.
    No,
    /// It is in no repository.
    NoRepository,
}

/// Why values could not be kept. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnvFileError {
    /// The file exists and cannot be read.
    #[error("cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The file is not UTF-8.
    #[error("is not UTF-8 text")]
    NotText,
    /// It cannot be written.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// A value that not every reader of such files reads alike.
    #[error("the value of {0} cannot be written so that every program reads it alike")]
    NotPortable(String),
}

/// Appends `NAME='value'` for every name that the file does not set yet. A
/// new file is made so that only its owner can read it (mode 0600).
pub fn keep(path: &Path, values: &[(String, Secret)]) -> Result<Kept, EnvFileError> {
    update(path, save::create_private, |text| {
        let (addition, kept) = addition(text, values)?;
        Ok((addition, kept))
    })
}

/// The variables that a file sets, with their values; none if it cannot be
/// read, which [`keep`] will say.
pub fn set_by(path: &Path) -> Vec<(String, Secret)> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let entries = entries(&text).into_iter();
    entries
        .map(|(name, value)| (name, Secret::new(value)))
        .collect()
}

/// The example beside a file: `.env.example` for `.env`.
pub fn example_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".example");
    path.with_file_name(name)
}

/// Appends the names (with who issues their values) that the example does not
/// list yet, without values.
pub fn list_names(example: &Path, names: &BTreeMap<&str, &str>) -> Result<(), EnvFileError> {
    update(example, save::create_public, |text| {
        let listed: BTreeSet<String> = entries(text).into_iter().map(|(name, _)| name).collect();
        let mut addition = String::new();
        for (name, provider) in names.iter().filter(|(name, _)| !listed.contains(**name)) {
            if !provider.is_empty() {
                addition.push_str(&format!("# {provider}\n"));
            }
            addition.push_str(&format!("{name}=\n"));
        }
        Ok((addition, ()))
    })
}

/// Whether git ignores the file: the rules of the repository, the nearest
/// first, then `.git/info/exclude` and the user's own.
pub fn ignored(path: &Path) -> Ignored {
    let Ok(path) = std::path::absolute(path) else {
        return Ignored::NoRepository;
    };
    let folders: Vec<&Path> = path.ancestors().skip(1).collect();
    let Some(depth) = folders
        .iter()
        .position(|folder| folder.join(".git").exists())
    else {
        return Ignored::NoRepository;
    };
    let root = folders[depth];
    let own = folders[..=depth]
        .iter()
        .map(|folder| rules(folder, &folder.join(".gitignore")));
    let shared = [
        rules(root, &root.join(".git/info/exclude")),
        Gitignore::global().0,
    ];
    for rules in own.chain(shared) {
        match rules.matched_path_or_any_parents(relative(&path, &rules), false) {
            Match::Ignore(_) => return Ignored::Yes,
            Match::Whitelist(_) => return Ignored::No,
            Match::None => {}
        }
    }
    Ignored::No
}

/// Whether somebody besides the owner can read the file.
#[cfg(unix)]
pub fn others_may_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0)
}

/// Whether somebody besides the owner can read the file.
#[cfg(not(unix))]
pub fn others_may_read(_: &Path) -> bool {
    false
}

fn rules(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    builder.add(file);
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Rules of the user have no folder; for them the name must do.
fn relative<'p>(path: &'p Path, rules: &Gitignore) -> &'p Path {
    match path.strip_prefix(rules.path()) {
        Ok(rest) => rest,
        Err(_) => Path::new(path.file_name().unwrap_or_default()),
    }
}

/// Reads the file, appends what `write` says, and replaces it atomically;
/// starts over if it changed in the meantime.
fn update<T>(
    path: &Path,
    create: fn(&Path, &[u8]) -> Result<(), SaveError>,
    write: impl Fn(&str) -> Result<(String, T), EnvFileError>,
) -> Result<T, EnvFileError> {
    let mut attempt = 1;
    loop {
        let snapshot = match Snapshot::read(path) {
            Ok(snapshot) => Some(snapshot),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(EnvFileError::Read(error)),
        };
        let old = snapshot.as_ref().map_or(&[][..], Snapshot::bytes);
        let old = std::str::from_utf8(old).map_err(|_| EnvFileError::NotText)?;
        let (addition, answer) = write(old)?;
        if addition.is_empty() {
            return Ok(answer);
        }
        let new = appended(old, &addition);
        let saved = match &snapshot {
            Some(snapshot) => save::replace(snapshot, new.as_bytes()).map(drop),
            None => create(path, new.as_bytes()),
        };
        match saved {
            Ok(()) => return Ok(answer),
            Err(error) if error.is_passing() && attempt < ATTEMPTS => attempt += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// `addition` on lines of its own, in the line ends of the file.
fn appended(old: &str, addition: &str) -> String {
    let line_end = if old.contains("\r\n") { "\r\n" } else { "\n" };
    let mut new = old.to_owned();
    if !old.is_empty() && !old.ends_with('\n') {
        new.push_str(line_end);
    }
    new.push_str(&addition.replace('\n', line_end));
    new
}

fn addition(old: &str, values: &[(String, Secret)]) -> Result<(String, Kept), EnvFileError> {
    let mut known: BTreeMap<String, String> = entries(old).into_iter().collect();
    let mut kept = Kept::default();
    let mut addition = String::new();
    for (name, value) in values {
        match known.get(name) {
            Some(same) if same == value.expose() => {}
            Some(_) => kept.others.push(name.clone()),
            None => {
                let quoted =
                    quote(value.expose()).ok_or_else(|| EnvFileError::NotPortable(name.clone()))?;
                addition.push_str(&format!("{name}={quoted}\n"));
                known.insert(name.clone(), value.expose().to_owned());
                kept.added.push(name.clone());
            }
        }
    }
    Ok((addition, kept))
}

/// The value in quotes that all readers undo alike, if there are such.
///
/// Single quotes are plain for a shell and for Compose; python-dotenv undoes
/// `\\` and `\'` in them. In double quotes a shell and Compose expand `$`, and
/// only the escapes of `"` and `\` are common to all. python-dotenv expands
/// `${…}` whatever the quotes, and turns CR LF into LF.
fn quote(value: &str) -> Option<String> {
    if value.contains("${") || value.contains('\r') || value.contains('\0') {
        return None;
    }
    let is_plain = !value.contains('\'') && !value.contains(r"\\") && !value.ends_with('\\');
    if is_plain {
        return Some(format!("'{value}'"));
    }
    if value.contains(['$', '`', '\n']) {
        return None;
    }
    let escaped = value.replace('\\', r"\\").replace('"', "\\\"");
    Some(format!("\"{escaped}\""))
}

/// The names that a file sets, with their values as python-dotenv reads them,
/// without expansions. Later lines win, as in a shell.
pub(crate) fn entries(text: &str) -> Vec<(String, String)> {
    let entries = dotenv::entries(text).into_iter();
    entries
        .map(|entry| (entry.name.to_owned(), entry.value(text)))
        .collect()
}

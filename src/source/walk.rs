//! Finds the files: those named, and those in the folders named.
//!
//! Hidden files are always read and `.gitignore` is not respected unless
//! asked: what git ignores is where secrets live. Histories
//! (`.git`) are never entered; folders of other people's code and caches are
//! left out with a note. A path that
//! is named is never left out, and a symbolic link is followed only if named.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::upload::Upload;
use super::{Met, Wanted, takes};
use crate::store;

/// Folders of other people's code, and of what programs made of one's own.
const LEFT_OUT: [&str; 14] = [
    "node_modules",
    "bower_components",
    ".venv",
    "site-packages",
    "dist-packages",
    "__pycache__",
    ".eggs",
    ".tox",
    ".nox",
    ".pixi",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".hypothesis",
];

/// How such folders' names may end: records of what was installed.
const ENDINGS_LEFT_OUT: [&str; 2] = [".dist-info", ".egg-info"];

/// The histories of repositories: nothing in them is a file of the project.
const HISTORIES: [&str; 3] = [".git", ".hg", ".svn"];

/// What a walk found, sorted, each path once.
#[derive(Debug, Default)]
pub struct Walked {
    /// The files to read, stores included.
    pub files: Vec<Met>,
    /// Stores of credentials that were met on the way.
    pub stores: Vec<PathBuf>,
    /// The folders that were entered, those named among them.
    pub folders: Vec<PathBuf>,
    /// What was left out, and why.
    pub skipped: Vec<Skipped>,
    /// What could not be looked at.
    pub troubles: Vec<(PathBuf, io::Error)>,
}

/// Something that was left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The folder.
    pub path: PathBuf,
    /// Why, in words for people.
    pub why: &'static str,
}

/// Finds the files that are wanted.
pub fn walk(wanted: &Wanted) -> Walked {
    let found = Found::default();
    let mut folders = Vec::new();
    for root in &wanted.roots {
        match std::fs::metadata(root) {
            Ok(metadata) if metadata.is_dir() => folders.push(root),
            Ok(_) => found.named(root),
            Err(error) => found.trouble(root, error),
        }
    }
    if let Some((first, others)) = folders.split_first() {
        walk_folders(wanted, first, others, None, &found);
    }
    found.sorted()
}

fn walk_folders(
    wanted: &Wanted,
    first: &Path,
    others: &[&PathBuf],
    depth: Option<usize>,
    found: &Found,
) {
    let mut builder = WalkBuilder::new(first);
    for other in others {
        builder.add(other);
    }
    let skips = found.clone();
    let wants = wanted.clone();
    let uploads: Option<Vec<Upload>> = wanted.as_upload.then(|| {
        let others = others.iter().map(|root| Upload::of(root));
        std::iter::once(Upload::of(first)).chain(others).collect()
    });
    builder
        .standard_filters(wanted.respect_gitignore)
        .hidden(false)
        .max_depth(depth)
        .threads(wanted.threads)
        .filter_entry(move |entry| {
            let is_met = match &uploads {
                Some(uploads) => is_sent(entry, uploads),
                None => enters(entry, &skips),
            };
            is_met && !wants.excludes(entry)
        });
    builder.build_parallel().run(|| {
        Box::new(|entry| {
            match entry {
                Ok(entry) => {
                    if entry.depth() == 0 || entry.file_type().is_some_and(|kind| kind.is_dir()) {
                        found.folder(entry.path());
                    }
                    let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                    if is_file && takes(entry.path()) {
                        found.file(entry.path());
                    }
                    if is_file && store::told_by_name(entry.path()).is_some() {
                        found.store(entry.path());
                    }
                }
                Err(error) => found.walk_error(error),
            }
            WalkState::Continue
        })
    });
}

impl Wanted {
    /// Whether a walk leaves it out, as it was asked to. What is within a
    /// folder that was named is wanted, even if the folder would be left out.
    fn excludes(&self, entry: &DirEntry) -> bool {
        let Some(root) = entry.path().ancestors().nth(entry.depth()) else {
            return false;
        };
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        entry.depth() > 0 && self.leaves_out(root, entry.path(), is_folder)
    }

    fn leaves_out(&self, root: &Path, path: &Path, is_folder: bool) -> bool {
        self.exclude.iter().any(|globs| {
            let matches = match is_folder {
                true => globs.matches_folder(&self.here, path),
                false => globs.matches(&self.here, path),
            };
            matches && !globs.matches_folder(&self.here, root)
        })
    }

    /// Whether a walk would come to a path: for those that are heard of. What
    /// `.gitignore` says is not asked; [`shallow`] does.
    pub fn reaches(&self, path: &Path, is_folder: bool) -> bool {
        self.roots
            .iter()
            .any(|root| self.reaches_from(&plain(root), path, is_folder))
    }

    fn reaches_from(&self, root: &Path, path: &Path, is_folder: bool) -> bool {
        let Some(below) = below(root, path) else {
            return false;
        };
        if below.as_os_str().is_empty() {
            return true;
        }
        // From the path up to the root, which is entered whatever it is.
        let steps = below.components().count();
        let folders = path.ancestors().take(steps);
        let mut folders = folders.skip(usize::from(!is_folder));
        !folders.any(is_never_entered) && !self.leaves_out(root, path, is_folder)
    }

    /// Whether a path is one of those named.
    pub fn names(&self, path: &Path) -> bool {
        self.roots.iter().any(|root| plain(root) == path)
    }
}

/// The part of a path below a root, as both are typed.
fn below<'p>(root: &Path, path: &'p Path) -> Option<&'p Path> {
    if root != Path::new(".") {
        return path.strip_prefix(root).ok();
    }
    let starts_here = path.is_relative() && !path.starts_with("..");
    starts_here.then_some(if path == root { Path::new("") } else { path })
}

/// The files and stores directly in one folder, by all rules of a walk.
pub fn shallow(wanted: &Wanted, folder: &Path) -> Walked {
    let found = Found::default();
    walk_folders(wanted, folder, &[], Some(1), &found);
    found.sorted()
}

fn is_never_entered(folder: &Path) -> bool {
    let name = folder.file_name();
    let is_history = HISTORIES
        .iter()
        .any(|history| name == Some(OsStr::new(history)));
    is_history || left_out(folder).is_some()
}

fn is_sent(entry: &DirEntry, uploads: &[Upload]) -> bool {
    let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
    let mut sends = uploads.iter();
    let sends = sends.find_map(|upload| upload.sends(entry.path(), is_folder));
    entry.depth() == 0 || sends.unwrap_or(true)
}

fn enters(entry: &DirEntry, found: &Found) -> bool {
    if entry.depth() == 0 || !entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return true;
    }
    if let Some(why) = left_out(entry.path()) {
        found.skip(entry.path(), why);
        return false;
    }
    !HISTORIES
        .iter()
        .any(|history| entry.file_name() == *history)
}

/// Why a folder that was not named is left out. Environments of Python have
/// any name, and caches say what they are (bford.info/cachedir).
fn left_out(folder: &Path) -> Option<&'static str> {
    let name = folder.file_name()?;
    let text = name.to_string_lossy();
    let is_of_others = LEFT_OUT.iter().any(|left_out| name == *left_out)
        || ENDINGS_LEFT_OUT.iter().any(|ending| text.ends_with(ending))
        || folder.join("pyvenv.cfg").is_file()
        || folder.join("conda-meta").is_dir();
    if is_of_others {
        return Some("a folder of other people's code; name it to read it");
    }
    let is_cache = folder.join("CACHEDIR.TAG").is_file();
    is_cache.then_some("a cache; name it to read it")
}

/// What the threads of a walk bring together.
#[derive(Debug, Clone, Default)]
struct Found(Arc<Mutex<Collected>>);

#[derive(Debug, Default)]
struct Collected {
    named: BTreeSet<PathBuf>,
    files: BTreeSet<PathBuf>,
    stores: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
    skipped: BTreeSet<Skipped>,
    troubles: Vec<(PathBuf, io::Error)>,
}

impl Found {
    fn with<T>(&self, change: impl FnOnce(&mut Collected) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn named(&self, path: &Path) {
        self.with(|found| found.named.insert(plain(path)));
        self.file(path);
    }

    fn file(&self, path: &Path) {
        self.with(|found| found.files.insert(plain(path)));
    }

    fn folder(&self, path: &Path) {
        self.with(|found| found.folders.insert(plain(path)));
    }

    fn store(&self, path: &Path) {
        self.with(|found| found.stores.insert(plain(path)));
    }

    fn skip(&self, path: &Path, why: &'static str) {
        let skipped = Skipped {
            path: plain(path),
            why,
        };
        self.with(|found| found.skipped.insert(skipped));
    }

    fn trouble(&self, path: &Path, error: io::Error) {
        self.with(|found| found.troubles.push((plain(path), error)));
    }

    fn walk_error(&self, error: ignore::Error) {
        let path = path_of(&error).unwrap_or_default();
        let error = error
            .into_io_error()
            .unwrap_or_else(|| io::Error::other("cannot be walked"));
        self.trouble(&path, error);
    }

    fn sorted(self) -> Walked {
        self.with(|found| {
            found.troubles.sort_by(|a, b| a.0.cmp(&b.0));
            let named = std::mem::take(&mut found.named);
            let met = |path: PathBuf| Met {
                is_named: named.contains(&path),
                path,
            };
            Walked {
                files: std::mem::take(&mut found.files)
                    .into_iter()
                    .map(met)
                    .collect(),
                stores: std::mem::take(&mut found.stores).into_iter().collect(),
                folders: std::mem::take(&mut found.folders).into_iter().collect(),
                skipped: std::mem::take(&mut found.skipped).into_iter().collect(),
                troubles: std::mem::take(&mut found.troubles),
            }
        })
    }
}

/// The path of which a walk complains; the crate wraps it in layers.
fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of(err)
        }
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of),
        _ => None,
    }
}

/// `./a` is `a`, as people write it, and so that one file is read once.
pub(crate) fn plain(path: &Path) -> PathBuf {
    match path.strip_prefix(".") {
        Ok(rest) if !rest.as_os_str().is_empty() => rest.to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::globs::Globs;

    use std::fs;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        dir
    }

    fn names(dir: &Path, wanted: &Wanted) -> Vec<String> {
        walk(wanted)
            .files
            .iter()
            .map(|met| met.path.strip_prefix(dir).unwrap().display().to_string())
            .collect()
    }

    fn wanted(roots: &[&Path]) -> Wanted {
        Wanted {
            roots: roots.iter().map(|root| root.to_path_buf()).collect(),
            respect_gitignore: false,
            as_upload: false,
            exclude: Vec::new(),
            here: PathBuf::new(),
            threads: 3,
        }
    }

    #[test]
    fn finds_files_hidden_ones_too_and_sorts_them() {
        let dir = tree(&[
            "z.ipynb",
            "b/c.ipynb",
            ".hidden/a.ipynb",
            "b/.ipynb_checkpoints/c-checkpoint.ipynb",
            "b/.~c.ipynb",
            "b/notes.txt",
            ".git/x.ipynb",
        ]);
        assert_eq!(
            names(dir.path(), &wanted(&[dir.path()])),
            [
                ".hidden/a.ipynb",
                "b/.ipynb_checkpoints/c-checkpoint.ipynb",
                "b/c.ipynb",
                "b/notes.txt",
                "z.ipynb"
            ]
        );
    }

    #[test]
    fn leaves_out_other_peoples_code_and_says_so() {
        let dir = tree(&["node_modules/a.ipynb", "x/.venv/b.ipynb", "c.ipynb"]);
        let walked = walk(&wanted(&[dir.path()]));
        assert_eq!(walked.files.len(), 1);
        assert_eq!(walked.files[0].path, dir.path().join("c.ipynb"));
        assert!(!walked.files[0].is_named);
        let skipped: Vec<_> = walked.skipped.iter().map(|skip| &skip.path).collect();
        assert_eq!(
            skipped,
            [
                &dir.path().join("node_modules"),
                &dir.path().join("x/.venv")
            ]
        );
    }

    #[test]
    fn environments_and_caches_are_told_by_what_is_in_them() {
        let dir = tree(&[
            "env/pyvenv.cfg",
            "env/lib/a.py",
            "conda/conda-meta/history",
            "conda/b.py",
            "target/CACHEDIR.TAG",
            "target/c.txt",
            "d-1.0.dist-info/METADATA",
            "vendor/e.py",
        ]);
        let wanted = wanted(&[dir.path()]);
        assert_eq!(names(dir.path(), &wanted), ["vendor/e.py"]);
        assert_eq!(walk(&wanted).skipped.len(), 4);
        let named = Wanted {
            roots: vec![dir.path().join("env")],
            ..wanted
        };
        assert_eq!(names(dir.path(), &named).len(), 2);
    }

    #[test]
    fn what_is_named_is_never_left_out() {
        let dir = tree(&["node_modules/a.ipynb", "x.txt"]);
        let folder = dir.path().join("node_modules");
        let file = dir.path().join("x.txt");
        assert_eq!(
            names(dir.path(), &wanted(&[&folder, &file])),
            ["node_modules/a.ipynb", "x.txt"]
        );
    }

    #[test]
    fn gitignore_hides_nothing_unless_asked() {
        let dir = tree(&["a.ipynb", "b.ipynb", ".git/HEAD"]);
        fs::write(dir.path().join(".gitignore"), "b.ipynb\n").unwrap();
        let mut wanted = wanted(&[dir.path()]);
        let all = [".gitignore", "a.ipynb", "b.ipynb"];
        assert_eq!(names(dir.path(), &wanted), all);
        wanted.respect_gitignore = true;
        assert_eq!(names(dir.path(), &wanted), all[..2]);
    }

    #[test]
    fn a_file_named_twice_is_read_once() {
        let dir = tree(&["a.ipynb"]);
        let file = dir.path().join("a.ipynb");
        assert_eq!(
            names(dir.path(), &wanted(&[&file, dir.path(), &file])),
            ["a.ipynb"]
        );
        assert_eq!(plain(Path::new("./a/b")), Path::new("a/b"));
    }

    #[test]
    fn what_is_missing_is_told_with_its_path() {
        let missing = Path::new("no/such/file.ipynb");
        let walked = walk(&wanted(&[missing]));
        assert_eq!(walked.troubles.len(), 1);
        assert_eq!(walked.troubles[0].0, missing);
        assert_eq!(walked.troubles[0].1.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_is_heard_of_is_reached_where_a_walk_would_come() {
        let exclude = Globs::new(Path::new("/p"), ["third_party/", "*.tmp.ipynb"]).unwrap();
        let wanted = Wanted {
            here: PathBuf::from("/p"),
            exclude: vec![exclude],
            ..wanted(&[Path::new("."), Path::new("../other"), Path::new("/q")])
        };
        for path in [
            "a.ipynb",
            "x/.hidden/a.ipynb",
            "../other/a.ipynb",
            "/q/a.ipynb",
        ] {
            assert!(wanted.reaches(Path::new(path), false), "{path}");
        }
        for path in [
            ".git/a.ipynb",
            "x/node_modules/y/a.ipynb",
            "third_party/a.ipynb",
            "b.tmp.ipynb",
            "../a.ipynb",
            "/r/a.ipynb",
        ] {
            assert!(!wanted.reaches(Path::new(path), false), "{path}");
        }
        assert!(wanted.reaches(Path::new("."), true));
        let dir = tree(&["env/pyvenv.cfg", "env/lib/a.py", "src/a.py"]);
        let on_disk = Wanted {
            roots: vec![dir.path().to_owned()],
            ..wanted.clone()
        };
        assert!(on_disk.reaches(&dir.path().join("src/a.py"), false));
        assert!(!on_disk.reaches(&dir.path().join("env/lib/a.py"), false));
        assert!(!wanted.reaches(Path::new("x/.venv"), true));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_only_if_named() {
        use std::os::unix::fs::symlink;
        let dir = tree(&["real/a.ipynb"]);
        symlink(dir.path().join("real"), dir.path().join("folder")).unwrap();
        symlink(
            dir.path().join("real/a.ipynb"),
            dir.path().join("link.ipynb"),
        )
        .unwrap();
        assert_eq!(names(dir.path(), &wanted(&[dir.path()])), ["real/a.ipynb"]);
        let folder = dir.path().join("folder");
        let link = dir.path().join("link.ipynb");
        assert_eq!(
            names(dir.path(), &wanted(&[&folder, &link])),
            ["folder/a.ipynb", "link.ipynb"]
        );
    }
}

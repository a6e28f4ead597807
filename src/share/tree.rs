//! What lies in a folder that is shared, and what becomes of each thing.
//!
//! The folder is only read. Links are never followed: one that stays inside is
//! copied as a link, any other is left out.

use std::fs::{self, DirEntry, File, FileType};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::history;
use super::leave_out::{HISTORY, LeaveOut, Reason};
use crate::store;

/// A folder as it will be shared, sorted by path, folders before what is in
/// them.
#[derive(Debug, Default)]
pub struct Tree {
    /// Everything in it, what is left out included.
    pub entries: Vec<Entry>,
    /// What could not be looked at.
    pub troubles: Vec<(PathBuf, io::Error)>,
}

impl Tree {
    /// Whether the folder itself could not be looked at.
    pub fn is_unknown(&self) -> bool {
        let mut paths = self.troubles.iter().map(|(path, _)| path);
        paths.any(|path| path.as_os_str().is_empty())
    }
}

/// One thing in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path from the folder that is shared.
    pub path: PathBuf,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// A folder that is made.
    Folder,
    /// A file whose sanitized content is copied.
    File,
    /// A link to this place, which stays inside.
    Link(PathBuf),
    /// It stays at home.
    LeftOut {
        /// Why.
        why: Reason,
        /// A file of variables, of which an example with the names travels.
        has_example: bool,
    },
}

/// As much of a file tells whether it is a key.
const BEGINNING: u64 = 4096;

/// Lists a folder. `passed_over` are paths that do not exist as far as the
/// copy is concerned: the copy itself, if it is made inside.
pub fn list(root: &Path, rules: &LeaveOut, passed_over: &[PathBuf]) -> Tree {
    let mut tree = Tree::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let children = match children(&root.join(&folder)) {
            Ok(children) => children,
            Err(error) => {
                // Empty it would look as if nothing was in it.
                tree.entries.retain(|entry| entry.path != folder);
                tree.troubles.push((folder, error));
                continue;
            }
        };
        for child in children {
            let path = folder.join(child.file_name());
            let full = root.join(&path);
            if passed_over.contains(&full) || is_ours(&path) {
                continue;
            }
            let fate = child
                .file_type()
                .and_then(|kind| fate(root, &path, kind, rules));
            match fate {
                Ok(fate) => {
                    if fate == Fate::Folder {
                        folders.push(path.clone());
                    }
                    tree.entries.push(Entry { path, fate });
                }
                Err(error) => tree.troubles.push((path, error)),
            }
        }
    }
    tree.entries.sort_by(|a, b| a.path.cmp(&b.path));
    leave_out_links_to_what_stays(&mut tree);
    tree
}

fn children(folder: &Path) -> io::Result<Vec<DirEntry>> {
    fs::read_dir(folder)?.collect()
}

/// What a copy that was never finished left behind.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.as_encoded_bytes());
    name.is_some_and(|name| name.starts_with(super::TEMPORARY.as_bytes()))
}

fn fate(root: &Path, path: &Path, kind: FileType, rules: &LeaveOut) -> io::Result<Fate> {
    let left_out = |why| Fate::LeftOut {
        why,
        has_example: store::is_environment_file(path),
    };
    if let Some(why) = rules.by_name(path, kind.is_dir()) {
        return Ok(left_out(why));
    }
    if kind.is_dir() {
        let folder = root.join(path);
        return Ok(if rules.keeps(path, true) {
            Fate::Folder
        } else if folder.join("pyvenv.cfg").exists() {
            left_out("an environment that can be made again")
        } else if history::is_repository(&folder) {
            left_out(HISTORY)
        } else {
            Fate::Folder
        });
    }
    if kind.is_symlink() {
        return Ok(link(root, path)?.map_or_else(left_out, Fate::Link));
    }
    if !kind.is_file() {
        return Ok(left_out("neither a file nor a folder"));
    }
    let mut beginning = Vec::new();
    let file = File::open(root.join(path))?;
    file.take(BEGINNING).read_to_end(&mut beginning)?;
    Ok(rules
        .by_content(path, &beginning)
        .map_or(Fate::File, left_out))
}

/// Where a link leads, if it stays inside however it is followed.
fn link(root: &Path, path: &Path) -> io::Result<Result<PathBuf, Reason>> {
    let target = fs::read_link(root.join(path))?;
    if target.has_root() {
        return Ok(Err("a link to an absolute place"));
    }
    let outside = Err("a link that leads out of the folder, or nowhere");
    let (Ok(real), Ok(root)) = (root.join(path).canonicalize(), root.canonicalize()) else {
        return Ok(outside);
    };
    let stays = real.starts_with(&root) && inside(path, &target).is_some();
    Ok(if stays { Ok(target) } else { outside })
}

/// The place that a link at `path` names, from the root; `None` if it climbs
/// out of it on its way.
fn inside(path: &Path, target: &Path) -> Option<PathBuf> {
    let mut place = path.parent()?.to_owned();
    for part in target.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) => place.push(name),
            Component::ParentDir if place.pop() => {}
            _ => return None,
        }
    }
    Some(place)
}

/// A link whose target does not travel would lead nowhere.
fn leave_out_links_to_what_stays(tree: &mut Tree) {
    let travels: std::collections::BTreeSet<PathBuf> = tree
        .entries
        .iter()
        .filter(|entry| !matches!(entry.fate, Fate::LeftOut { .. }))
        .map(|entry| entry.path.clone())
        .collect();
    for entry in &mut tree.entries {
        if let Fate::Link(target) = &entry.fate
            && !inside(&entry.path, target)
                .is_some_and(|place| place.as_os_str().is_empty() || travels.contains(&place))
        {
            entry.fate = Fate::LeftOut {
                why: "a link to what is left out",
                has_example: false,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(files: &[(&str, &str)], more: impl Fn(&Path)) -> Vec<(String, Fate)> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        more(dir.path());
        let rules = LeaveOut::new([], []).unwrap();
        let tree = list(dir.path(), &rules, &[dir.path().join("out")]);
        assert!(tree.troubles.is_empty());
        let entries = tree.entries.into_iter();
        entries
            .map(|entry| (entry.path.display().to_string(), entry.fate))
            .collect()
    }

    #[test]
    fn all_is_listed_in_order_and_what_stays_is_not_entered() {
        let files = [
            ("b/c.txt", ""),
            ("a.ipynb", ""),
            (".env", ""),
            (".git/config", ""),
            ("my-env/pyvenv.cfg", ""),
            ("out/x", ""),
            (".unspill-x.tmp", ""),
        ];
        let found = listed(&files, |_| {});
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, [".env", ".git", "a.ipynb", "b", "b/c.txt", "my-env"]);
        assert!(matches!(
            found[0].1,
            Fate::LeftOut {
                has_example: true,
                ..
            }
        ));
        assert!(matches!(found[5].1, Fate::LeftOut { .. }));
        assert_eq!((&found[3].1, &found[4].1), (&Fate::Folder, &Fate::File));
    }

    #[cfg(unix)]
    #[test]
    fn only_links_that_stay_inside_travel() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "").unwrap();
        let found = listed(&[("a/x.txt", ""), (".env", "")], |root| {
            let link = |target: &Path, name: &str| symlink(target, root.join(name)).unwrap();
            link(Path::new("a/x.txt"), "good");
            link(Path::new("../a"), "a/folder");
            link(&root.join("a/x.txt"), "absolute");
            link(&outside.path().join("secret"), "away");
            link(Path::new("a/../../a"), "climbs");
            link(Path::new(".env"), "to-env");
            link(Path::new("missing"), "dangling");
        });
        let links: Vec<&str> = found
            .iter()
            .filter(|(_, fate)| matches!(fate, Fate::Link(_)))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(links, ["a/folder", "good"]);
    }
}

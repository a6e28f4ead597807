//! The inventory of a machine and a project: which stores there are, what they
//! hold, who may read them.
//!
//! Values stay in memory that is wiped; what is told of them is their kind,
//! their public prefix and their fingerprint. A store that cannot be read is
//! part of the inventory, with the reason.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::own::{beginning, shown};
use crate::detect::own::{Believer, OwnValue};
use crate::env_file::{self, Ignored};
use crate::store::{self, Machine, Store};

/// A store that exists.
#[derive(Debug)]
pub struct Kept {
    /// Where it lies.
    pub path: PathBuf,
    /// The same as a person writes it.
    pub place: String,
    /// What it is: `Hugging Face login`.
    pub title: &'static str,
    /// What it holds, or why that cannot be said.
    pub held: Result<Vec<Item>, String>,
    /// Who may read it.
    pub access: Access,
    /// Whether git ignores it.
    pub ignored: Ignored,
}

/// What a store holds under one name.
#[derive(Debug)]
pub struct Item {
    /// Which host, profile or variable it is for; may be empty.
    pub label: String,
    /// Whose it is; may be empty.
    pub account: String,
    /// The value, with its kind.
    pub own: OwnValue,
}

/// Who may read a store, as its mode says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The mode of the file; `None` where there are no modes.
    pub mode: Option<u32>,
    /// The folder, if it is the store's own and not its owner's alone.
    pub open_folder: Option<PathBuf>,
}

impl Access {
    /// Whether somebody besides the owner may read the file.
    pub fn is_open(&self) -> bool {
        self.mode.is_some_and(|mode| mode & 0o077 != 0)
    }
}

/// Takes stock of the places of this machine and of the stores `met` in a
/// project. Sorted by place; a store of which nothing is worth telling is
/// not in it.
pub fn take(machine: &Machine<'_>, met: &[PathBuf], believer: &Believer<'_>) -> Vec<Kept> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    let mut add = |store: &'static Store, path: &Path| {
        let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if seen.insert(full) {
            kept.extend(look(store, path, machine, believer));
        }
    };
    for store in store::stores() {
        for path in (store.places)(machine) {
            add(store, &path);
        }
    }
    for path in met {
        if let Some(store) = store::told_by_name(path) {
            add(store, path);
        }
    }
    kept.sort_by(|a, b| a.place.cmp(&b.place));
    kept
}

fn look(
    store: &'static Store,
    path: &Path,
    machine: &Machine<'_>,
    believer: &Believer<'_>,
) -> Option<Kept> {
    let place = shown(path, machine.home.as_deref());
    let held = match beginning(path) {
        Ok(bytes) => Ok(items(store, &bytes, &place, believer)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => Err(error.to_string()),
    };
    if held.as_ref().is_ok_and(Vec::is_empty) {
        return None;
    }
    Some(Kept {
        access: access(path, machine.home.as_deref()),
        ignored: env_file::ignored(path),
        path: path.to_owned(),
        place,
        title: store.title,
        held,
    })
}

fn items(store: &Store, bytes: &[u8], place: &str, believer: &Believer<'_>) -> Vec<Item> {
    let text = Zeroizing::new(store::text_of(bytes));
    let mut items = Vec::new();
    for held in (store.read)(&text) {
        for own in believer.of_store(&held, place) {
            items.push(Item {
                label: held.label.clone(),
                account: held.account.clone(),
                own,
            });
        }
    }
    items
}

#[cfg(unix)]
fn access(path: &Path, home: Option<&Path>) -> Access {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| Some(path.metadata().ok()?.permissions().mode() & 0o777);
    let folder = own_folder(path, home);
    let is_open = |folder: &PathBuf| mode(folder).is_some_and(|mode| mode & 0o077 != 0);
    Access {
        mode: mode(path),
        open_folder: folder.filter(is_open),
    }
}

#[cfg(not(unix))]
fn access(_: &Path, _: Option<&Path>) -> Access {
    Access {
        mode: None,
        open_folder: None,
    }
}

/// The folder of a store, if a program made it for its store: below the home
/// folder, and neither that itself nor one that all programs share.
#[cfg(unix)]
fn own_folder(path: &Path, home: Option<&Path>) -> Option<PathBuf> {
    const SHARED: &[&str] = &[".config", ".cache", ".local", "share"];
    let folder = path.parent()?;
    let name = folder.file_name()?.to_str()?;
    let below = folder.strip_prefix(home?).ok()?;
    let is_hidden = below.iter().next()?.as_encoded_bytes().starts_with(b".");
    (is_hidden && !SHARED.contains(&name)).then(|| folder.to_owned())
}

/// Makes a store its owner's alone: 0600, and 0700 for a folder of its own.
#[cfg(unix)]
pub fn close(kept: &mut Kept) -> io::Result<()> {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    if kept.access.is_open() {
        set_permissions(&kept.path, Permissions::from_mode(0o600))?;
        kept.access.mode = Some(0o600);
    }
    if let Some(folder) = kept.access.open_folder.take() {
        set_permissions(&folder, Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// There are no modes here.
#[cfg(not(unix))]
pub fn close(_: &mut Kept) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::detect::engine::Detector;

    fn token() -> String {
        ["hf", "_", "abQdEfWhIjKzMnOp", "XrStUvYxAbTdEfGhVj"].concat()
    }

    fn taken(home: &Path, met: &[PathBuf]) -> Vec<Kept> {
        let machine = Machine {
            home: Some(home.to_owned()),
            variable: &|_| None,
        };
        take(&machine, met, &Detector::default().believer())
    }

    fn write(path: &Path, text: &str, mode: u32) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn stores_of_the_machine_and_of_the_project_each_once() {
        let home = tempfile::tempdir().unwrap();
        let login = home.path().join(".cache/huggingface/token");
        write(&login, &token(), 0o644);
        let env = home.path().join("project/.env");
        write(&env, &format!("MY_TOKEN={}\n", token()), 0o600);
        let empty = home.path().join("project/empty.env");
        write(&empty, "DEBUG=1\n", 0o644);
        let found = taken(home.path(), &[env, empty, login.clone()]);
        let places: Vec<&str> = found.iter().map(|kept| kept.place.as_str()).collect();
        assert_eq!(places, ["~/.cache/huggingface/token", "~/project/.env"]);
        assert!(found[0].access.is_open() && !found[1].access.is_open());
        let items = found[0].held.as_ref().unwrap();
        assert_eq!(items[0].own.kind.id, "huggingface-user-token");
    }

    #[test]
    fn an_open_store_is_closed_with_its_folder() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join(".kaggle/kaggle.json");
        let key = ["9f4c17e2", "a0b86d35", "c1e79a40", "2f5b8d63"].concat();
        write(
            &path,
            &format!(r#"{{"username":"me","key":"{key}"}}"#),
            0o644,
        );
        let mut found = taken(home.path(), &[]);
        assert_eq!(found[0].held.as_ref().unwrap()[0].account, "me");
        let folder = home.path().join(".kaggle");
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let mut again = taken(home.path(), &[]);
        close(&mut again[0]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&folder)), (0o600, 0o700));
        assert!(!again[0].access.is_open());
        close(&mut found[0]).unwrap();
    }

    #[test]
    fn the_home_folder_and_shared_ones_stay_open() {
        let home = Path::new("/h");
        let own = |path: &str| own_folder(Path::new(path), Some(home)).is_some();
        assert!(own("/h/.aws/credentials") && own("/h/.config/gcloud/x.json"));
        assert!(!own("/h/.netrc") && !own("/h/.config/x") && !own("/h/project/.env"));
        assert!(!own("/srv/hf/token"));
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join(".netrc")).unwrap();
        let found = taken(home.path(), &[]);
        assert!(found[0].held.is_err());
    }
}

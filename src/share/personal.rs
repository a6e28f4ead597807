//! Personal data beside credentials: home folders, account and host names,
//! e-mail addresses, and what Colab notes of whoever ran a cell.
//!
//! Only what names a person goes; the rest of a path or an address stays, so
//! that a reader still sees what it was. The same name has the same stand-in
//! everywhere. Edits go through the layers of the format, and the result is
//! proved as after any other edit.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use crate::edit::{self, Edit};
use crate::format::{self, encoding};
use crate::proof;
use crate::region::{Region, Role};

/// Who shares, as far as the machine knows.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Account names.
    pub users: BTreeSet<String>,
    /// Names of machines.
    pub hosts: BTreeSet<String>,
}

/// Stands for an account name.
const USER: &str = "user";
/// Stands for the name of a machine.
const HOST: &str = "host";
/// Stands for an e-mail address.
const ADDRESS: &str = "someone@example.com";

/// Accounts that are nobody's: those of images, services and runners.
const NOBODY: &[&str] = &[
    "user",
    "home",
    "work",
    "data",
    "root",
    "ubuntu",
    "debian",
    "jovyan",
    "runner",
    "vscode",
    "codespace",
    "ec2-user",
    "studio-lab-user",
    "sagemaker-user",
    "gitpod",
    "shared",
    "public",
    "default",
    "admin",
    "app",
    "username",
    "you",
    "yourname",
    "your_name",
    "me",
    "name",
    "linuxbrew",
    "conda",
    "docker",
    "node",
    "jupyter",
    "airflow",
    "spark",
    "hadoop",
];

/// The folder that homes are in, and the account.
const HOMES: &str = r#"(?:/home/|/Users/|/scratch/|[A-Za-z]:(?:\\{1,2}|/)Users(?:\\{1,2}|/))([^/\\\s"'<>:;,)\]}&|*?]+)"#;

/// E-mail addresses.
const ADDRESSES: &str =
    r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,12}(?-u:\b)";

/// Shorter names are words as well.
const SHORTEST: usize = 4;

/// A text with the personal data replaced, and how many places that were;
/// `None` if there is none, or if the result would not be what it was.
pub fn strip(name: &Path, bytes: &[u8], person: &Person) -> Option<(Vec<u8>, usize)> {
    let (text, encoding) = encoding::decode_any(bytes)?;
    let source = format::open(name, &text).ok()?;
    let mut edits = Vec::new();
    for region in source.opened.regions(&|_| true) {
        let inner = edits_of(&region, person);
        if !inner.is_empty() {
            edits.extend(region.stack.wrap(inner));
        }
    }
    edit::settle(&mut edits);
    if edits.is_empty() {
        return None;
    }
    let after = edit::apply_str(&text, &edits);
    proof::hold(source.format, name, [&text, &after], &edits).ok()?;
    Some((encoding.encode(after), edits.len()))
}

/// A path without the names of accounts and machines in it.
pub fn strip_path(path: &Path, person: &Person) -> PathBuf {
    let parts = path.iter().map(|part| {
        let part = part.to_string_lossy();
        edit::apply_str(&part, &names(&part, person))
    });
    parts.collect()
}

fn edits_of(region: &Region, person: &Person) -> Vec<Edit> {
    let text = region.text();
    if let Role::Value { name } = &region.role
        && region.place.part.ends_with("metadata")
        && let Some(stand_in) = of_colab(name)
        && text != stand_in
    {
        return vec![Edit::replace(0..text.len(), stand_in)];
    }
    let mut edits = homes(text);
    edits.extend(addresses(text, &region.role));
    edits.extend(names(text, person));
    edit::settle(&mut edits);
    edits
}

/// What Colab notes of the person who ran a cell, and of the file's owner.
fn of_colab(name: &str) -> Option<&'static str> {
    match name {
        "displayName" => Some("someone"),
        "userId" => Some("0"),
        "photoUrl" | "authorship_tag" => Some(""),
        _ => None,
    }
}

/// The account in the path of a home folder, of whatever system.
fn homes(text: &str) -> Vec<Edit> {
    static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(HOMES).ok());
    let Some(home) = HOME.as_ref() else {
        return Vec::new();
    };
    let accounts = home.captures_iter(text).filter_map(|found| found.get(1));
    accounts
        .filter(|account| is_somebody(account.as_str()))
        .map(|account| Edit::replace(account.range(), USER))
        .collect()
}

fn is_somebody(account: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "._- ".contains(c);
    !NOBODY.contains(&account.to_lowercase().as_str()) && account.chars().all(is_name)
}

/// E-mail addresses. In code only where a string or a comment holds them: `@`
/// multiplies matrices.
fn addresses(text: &str, role: &Role) -> Vec<Edit> {
    static ADDRESSES_OF: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ADDRESSES).ok());
    let Some(address) = ADDRESSES_OF.as_ref() else {
        return Vec::new();
    };
    address
        .find_iter(text)
        .filter(|found| is_personal(found.as_str()))
        .filter(|found| !is_user_part(text, found.range()))
        .filter(|found| !matches!(role, Role::Code(_)) || is_quoted(text, found.start()))
        .map(|found| Edit::replace(found.range(), ADDRESS))
        .collect()
}

/// Not of a service, and not one of those that documents use.
fn is_personal(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else {
        return false;
    };
    let (local, domain) = (local.to_lowercase(), domain.to_lowercase());
    let of_documents = ["example.com", "example.org", "example.net", "test.com"];
    let of_services = [
        "git", "hf", "noreply", "no-reply", "support", "info", "user",
    ];
    !of_services.contains(&local.as_str())
        && !of_documents.contains(&domain.as_str())
        && !domain.contains("noreply")
        && !domain.ends_with("gserviceaccount.com")
}

/// `https://user@host/`: an account at a host, which a program needs.
fn is_user_part(text: &str, found: Range<usize>) -> bool {
    text.get(..found.start)
        .is_some_and(|before| before.ends_with("://") || before.ends_with(':'))
        && !text[..found.start].ends_with("mailto:")
}

fn is_quoted(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_comment = line.contains('#') || line.contains("//");
    is_comment || line.matches(['"', '\'']).count() % 2 == 1 || line.ends_with('<')
}

/// The names of accounts and machines, as whole words.
fn names(text: &str, person: &Person) -> Vec<Edit> {
    let users = person.users.iter().map(|name| (name, USER));
    let hosts = person.hosts.iter().map(|name| (name, HOST));
    let mut edits = Vec::new();
    for (name, stand_in) in users.chain(hosts) {
        if name.len() < SHORTEST || !is_somebody(name) {
            continue;
        }
        let found = memchr::memmem::find_iter(text.as_bytes(), name.as_bytes());
        let spans = found.map(|at| at..at + name.len());
        edits.extend(
            spans
                .filter(|span| is_word(text, span))
                .map(|span| Edit::replace(span, stand_in)),
        );
    }
    edit::settle(&mut edits);
    edits
}

fn is_word(text: &str, span: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let before = text.get(..span.start).and_then(|text| text.chars().last());
    let after = text.get(span.end..).and_then(|text| text.chars().next());
    !joins(before) && !joins(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person() -> Person {
        Person {
            users: ["mmuster".to_owned(), "ana".to_owned()].into(),
            hosts: ["gpu-box-7".to_owned()].into(),
        }
    }

    fn stripped(name: &str, text: &str) -> String {
        match strip(Path::new(name), text.as_bytes(), &person()) {
            Some((bytes, _)) => String::from_utf8(bytes).unwrap(),
            None => text.to_owned(),
        }
    }

    #[test]
    fn the_patterns_are_some() {
        assert!(Regex::new(HOMES).is_ok() && Regex::new(ADDRESSES).is_ok());
    }

    #[test]
    fn home_folders_keep_their_rest() {
        for (before, after) in [
            ("in /home/jdoe/data/x.csv", "in /home/user/data/x.csv"),
            ("/Users/Jane.Doe/a", "/Users/user/a"),
            (r"C:\Users\jdoe\a", r"C:\Users\user\a"),
            (r"c:\\Users\\jdoe\\a", r"c:\\Users\\user\\a"),
            ("/mnt/c/Users/jdoe/a", "/mnt/c/Users/user/a"),
        ] {
            assert_eq!(stripped("a.log", before), after);
        }
        for same in [
            "/home/jovyan/work",
            "/home/$USER/x",
            "/Users/<you>/x",
            "/content/x",
        ] {
            assert_eq!(stripped("a.log", same), same);
        }
    }

    #[test]
    fn addresses_of_people_go_and_those_of_services_stay() {
        assert_eq!(
            stripped("a.md", "Mail to jane@uni.edu or <bob@x.io>."),
            "Mail to someone@example.com or <someone@example.com>."
        );
        for same in [
            "git@github.com:me/x.git",
            "https://hf@huggingface.co/x",
            "me@example.com",
            "bot@users.noreply.github.com",
        ] {
            assert_eq!(stripped("a.md", same), same);
        }
        let code = "y = x@w.to(device)\nme = 'jane@uni.edu'\n";
        assert_eq!(
            stripped("a.py", code),
            "y = x@w.to(device)\nme = 'someone@example.com'\n"
        );
    }

    #[test]
    fn names_of_the_machine_go_as_whole_words() {
        assert_eq!(
            stripped("a.txt", "mmuster@gpu-box-7: mmusters ana /home/mmuster"),
            "user@host: mmusters ana /home/user"
        );
        assert_eq!(
            strip_path(
                Path::new("runs/x_gpu-box-7/events.1.gpu-box-7.0"),
                &person()
            ),
            Path::new("runs/x_gpu-box-7/events.1.host.0")
        );
    }

    #[test]
    fn what_colab_notes_goes_and_the_notebook_stays_one() {
        let notebook = r#"{"cells": [{"cell_type": "code", "metadata": {"executionInfo": {"status": "ok", "user": {"displayName": "Jane Doe", "userId": "0815", "photoUrl": "https://x/y"}}}, "outputs": [], "source": ["open('/home/jdoe/x')"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 0}"#;
        let after = stripped("a.ipynb", notebook);
        let expected = notebook
            .replace("Jane Doe", "someone")
            .replace("0815", "0")
            .replace("https://x/y", "")
            .replace("jdoe", "user");
        assert_eq!(after, expected);
        assert_eq!(stripped("a.ipynb", &after), after);
    }
}

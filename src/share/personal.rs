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

use regex::{Match, Regex};

use crate::edit::{self, Edit};
use crate::format::{self, encoding};
use crate::proof;
use crate::region::{Region, Role};

use super::words::Words;

/// Who shares, as far as the machine knows.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Account names.
    pub users: BTreeSet<String>,
    /// Names of machines.
    pub hosts: BTreeSet<String>,
}

impl Person {
    /// Whom these files may name by their names: without an account or a
    /// machine that is called like a module among them, which code would not
    /// find by another name. Such names, too.
    pub fn beside<'p>(&self, files: impl Iterator<Item = &'p Path>) -> (Self, BTreeSet<String>) {
        let modules: BTreeSet<&str> = files.filter_map(module).collect();
        let is_module = |name: &&String| is_replaced(name) && modules.contains(name.as_str());
        let all = self.users.iter().chain(&self.hosts);
        let taken: BTreeSet<String> = all.filter(is_module).cloned().collect();
        let rest = |names: &BTreeSet<String>| names.difference(&taken).cloned().collect();
        let person = Self {
            users: rest(&self.users),
            hosts: rest(&self.hosts),
        };
        (person, taken)
    }
}

/// The name by which Python imports a file.
fn module(file: &Path) -> Option<&str> {
    let name = file.file_stem()?.to_str()?;
    file.extension().filter(|end| *end == "py")?;
    match name {
        "__init__" => file.parent()?.file_name()?.to_str(),
        name => Some(name),
    }
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

/// The folder that homes are in, where a path can begin, and the account: the
/// first group of POSIX, the second of Windows, where a name has spaces.
const HOMES: &str = r#"(?x)
    (?:
        (?: /var | /usr | /export | /System/Volumes/Data )?
        (?: /home/ | /Users/ | /scratch/ )
        | (?: /mnt | /cygdrive )? /[A-Za-z]/Users/
    )
    ([^/\\\s"'<>:;,)\]}&|*?]+)
    | [A-Za-z]: (?: \\{1,4} | / ) [Uu]sers (?: \\{1,4} | / )
    ([^/\\\s"'<>:;,)\]}&|*?]+ (?: \x20 [^/\\\s"'<>:;,)\]}&|*?]+ ){0,3})"#;

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
    let mut edits = homes(text, person);
    edits.extend(names(text, person));
    let mut addresses = addresses(text);
    if !(edits.is_empty() && addresses.is_empty()) {
        let words = Words::of(text, &region.role);
        edits.retain(|edit| words.hold(text, &edit.span));
        addresses.retain(|edit| words.hold_address(text, &edit.span));
    }
    edits.append(&mut addresses);
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

/// The account in the path of a home folder, of whatever system. What follows
/// `/Users/` at an end may be anything (`/Users/list` is a page), so there it
/// must be an account of the person.
fn homes(text: &str, person: &Person) -> Vec<Edit> {
    static HOME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(HOMES).ok());
    let Some(home) = HOME.as_ref() else {
        return Vec::new();
    };
    let is_home = |start: usize, account: &Match| match account.as_str() {
        name if !is_somebody(name) || !begins_path(text, start) => false,
        name => leads_on(text, account) || person.users.contains(name),
    };
    home.captures_iter(text)
        .filter_map(|found| {
            let account = found.get(1).or_else(|| found.get(2))?;
            is_home(found.get(0)?.start(), &account).then(|| account.range())
        })
        .map(|account| Edit::replace(account, USER))
        .collect()
}

/// Whether a path goes on after an account.
fn leads_on(text: &str, account: &Match) -> bool {
    let after = text.get(account.end()..).unwrap_or_default();
    let is_windows = text
        .get(..account.start())
        .is_some_and(|before| before.ends_with('\\'));
    after.starts_with('/') || is_windows && after.starts_with('\\')
}

/// Whether a path that is written from the root begins at `at`: it does not
/// where another path or an address goes on.
fn begins_path(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(last) = before.chars().next_back() else {
        return true;
    };
    match last {
        '/' => before.ends_with("file://") || is_drive(text, at),
        '\\' => before.ends_with(r"?\"),
        'n' | 'r' | 't' if is_escape(before) => true,
        last if last.is_ascii_alphabetic() && is_flag(before) => true,
        last => !last.is_alphanumeric() && !"_.-~%+@$)]}*?&#".contains(last),
    }
}

/// `/C:/Users/`, as in a URL.
fn is_drive(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|path| !path.starts_with('/'))
}

/// `\n/home/`: the escape of a string, and no letter of a name.
fn is_escape(before: &str) -> bool {
    let slashes = before[..before.len() - 1].bytes().rev();
    slashes.take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// `-I/home/`, `-L/home/`.
fn is_flag(before: &str) -> bool {
    let mut last = before.chars().rev().skip(1);
    last.next() == Some('-')
        && last
            .next()
            .is_none_or(|c| c.is_whitespace() || "\"'".contains(c))
}

fn is_somebody(account: &str) -> bool {
    let is_name = |c: char| c.is_alphanumeric() || "._- ".contains(c);
    !NOBODY.contains(&account.to_lowercase().as_str()) && account.chars().all(is_name)
}

/// E-mail addresses. In code only where a string or a comment holds them: `@`
/// multiplies matrices.
fn addresses(text: &str) -> Vec<Edit> {
    static ADDRESSES_OF: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ADDRESSES).ok());
    let Some(address) = ADDRESSES_OF.as_ref() else {
        return Vec::new();
    };
    address
        .find_iter(text)
        .filter(|found| is_personal(found.as_str()))
        .filter(|found| !is_user_part(text, found.range()))
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

/// The names of accounts and machines, as whole words.
fn names(text: &str, person: &Person) -> Vec<Edit> {
    let users = person.users.iter().map(|name| (name, USER));
    let hosts = person.hosts.iter().map(|name| (name, HOST));
    let mut edits = Vec::new();
    for (name, stand_in) in users.chain(hosts) {
        if !is_replaced(name) {
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

/// Whether a name is replaced wherever it stands.
fn is_replaced(name: &str) -> bool {
    name.len() >= SHORTEST && is_somebody(name)
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
            ("/var/home/jdoe/a", "/var/home/user/a"),
            ("PATH=/bin:/home/jdoe/bin", "PATH=/bin:/home/user/bin"),
            ("cc -I/home/jdoe/include", "cc -I/home/user/include"),
            ("file:///home/jdoe/a", "file:///home/user/a"),
            ("file:///C:/Users/jdoe/a", "file:///C:/Users/user/a"),
            (r"C:\Users\Jane Doe\a b", r"C:\Users\user\a b"),
            (r"c:\users\jdoe\a", r"c:\users\user\a"),
            (r"'\n/home/jdoe/a'", r"'\n/home/user/a'"),
            ("home of /home/ana", "home of /home/user"),
        ] {
            assert_eq!(stripped("a.log", before), after);
        }
        for same in [
            "/home/jovyan/work",
            "/home/$USER/x",
            "/Users/<you>/x",
            "/content/x",
            "pages/home/index.html",
            "https://example.com/home/about/us",
            "https://example.com:8080/Users/42/x",
            "/Users/list",
            "api/Users/42/x",
            "/tmp/x/home/x.py/y",
            "./home/x/y ../home/x/y ~/home/x/y {a}/home/x/y $a/home/x/y",
            r"d\home\x C:\Users\jdoe",
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
        assert_eq!(
            stripped("a.py", "'''\nby jane@uni.edu\n'''\n"),
            "'''\nby someone@example.com\n'''\n"
        );
        let shell = "ssh jane@gpu.uni.edu  # or bob@uni.edu\n";
        assert_eq!(
            stripped("a.sh", shell),
            "ssh jane@gpu.uni.edu  # or someone@example.com\n"
        );
    }

    #[test]
    fn what_a_program_goes_by_stays() {
        let code =
            "mmuster = load(); user = 1\nprint(mmuster, user, 'mmuster', f'{mmuster} mmuster')\n";
        assert_eq!(
            stripped("a.py", code),
            "mmuster = load(); user = 1\nprint(mmuster, user, 'user', f'{mmuster} user')\n"
        );
        assert_eq!(
            stripped("a.js", "let mmuster = 1; // by mmuster\n"),
            "let mmuster = 1; // by user\n"
        );
    }

    #[test]
    fn a_name_that_is_a_module_too_is_told_and_stays() {
        let files = ["a/mmuster.py", "gpu-box-7/__init__.py", "ana.py"];
        let (rest, taken) = person().beside(files.iter().map(Path::new));
        assert_eq!(rest.users, ["ana".to_owned()].into());
        assert!(rest.hosts.is_empty());
        assert_eq!(taken.len(), 2);
        let (rest, taken) = person().beside(["mmuster/a.py"].iter().map(Path::new));
        assert_eq!((rest.users.len(), taken.len()), (2, 0));
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

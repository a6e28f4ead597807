//! Files of logins: `.netrc` by words, `.pgpass` by fields.
//!
//! Neither has a look-up, so passwords are masked. (`.git-credentials` is
//! addresses, which plain text tells.)

use std::ops::Range;

use super::Format;
use super::scalars::{Scalar, Scalars, span_in};
use crate::layer::quoted::{self, Mark, Quoting};

/// Files of logins.
pub(super) const FORMAT: Format = Format {
    title: "a file of logins",
    is_told: |hint| {
        matches!(
            hint.name().as_str(),
            ".netrc" | "_netrc" | "netrc" | ".pgpass" | "pgpass.conf"
        )
    },
    open: |hint| {
        let is_postgres = hint.name().contains("pgpass");
        let read = if is_postgres { of_postgres } else { of_hosts };
        Ok(Box::new(read(hint.text)))
    },
    is_strict: false,
};

/// A backslash before a sign that is meant as it is.
static ESCAPED: Quoting = Quoting {
    marks: b"\\",
    read: |text| {
        let sign = text.chars().nth(1)?;
        Some(Mark::Char(sign, 1 + sign.len_utf8()))
    },
    write: |character, out| {
        if matches!(character, '\\' | '"' | ':') {
            out.push('\\');
        }
        out.push(character);
    },
};

fn of_hosts(text: &str) -> Scalars<'_> {
    let logins = logins(text);
    let bones = "m".repeat(logins.len());
    let scalars = logins.into_iter().map(|login| {
        let name = name_of(login.host);
        Scalar::new(login.password, login.quoting, Some(name))
    });
    Scalars::new(text, scalars.collect(), bones)
}

/// What the passwords of hosts are called by the programs that use them.
const OF_HOSTS: &[(&str, &str)] = &[
    ("wandb", "WANDB_API_KEY"),
    ("huggingface.co", "HF_TOKEN"),
    ("github.com", "GITHUB_TOKEN"),
    ("gitlab.com", "GITLAB_TOKEN"),
];

/// What the password of a host is called.
pub(crate) fn name_of(host: &str) -> &'static str {
    let known = OF_HOSTS.iter().find(|(part, _)| host.contains(part));
    known.map_or("password", |(_, name)| name)
}

/// A login of a `.netrc`.
#[derive(Debug)]
pub(crate) struct Login<'t> {
    /// The host it is for.
    pub host: &'t str,
    /// The password, without quotes.
    password: Range<usize>,
    quoting: &'static Quoting,
}

impl Login<'_> {
    /// The password as programs read it.
    pub fn password(&self, text: &str) -> String {
        quoted::peel(text, self.password.clone(), self.quoting).text
    }
}

/// The logins of a `.netrc`, in order.
pub(crate) fn logins(text: &str) -> Vec<Login<'_>> {
    let mut logins = Vec::new();
    let mut host = "";
    let mut words = Words(text.trim_start_matches('\u{feff}'));
    while let Some((word, _)) = words.next() {
        match word {
            "machine" => host = words.next().map_or("", |(word, _)| word),
            "default" => host = "default",
            "macdef" => words.skip_macro(),
            "login" | "user" | "account" => drop(words.next()),
            "password" => logins.extend(words.next().map(|(word, quoting)| Login {
                host,
                password: span_in(text, word),
                quoting,
            })),
            word if word.starts_with('#') => words.skip_line(),
            _ => {}
        }
    }
    logins
}

/// The words of a netrc: parted by white space, or quoted.
struct Words<'t>(&'t str);

impl<'t> Iterator for Words<'t> {
    type Item = (&'t str, &'static Quoting);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_start();
        if let Some(inner) = text.strip_prefix('"') {
            let end = closing(inner);
            self.0 = inner.get(end + 1..).unwrap_or_default();
            return Some((&inner[..end], &ESCAPED));
        }
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        self.0 = &text[end..];
        (end > 0).then_some((&text[..end], &quoted::PLAIN))
    }
}

/// Where the quotes close that opened before `inner`.
fn closing(inner: &str) -> usize {
    let bytes = inner.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'"', b'\\', rest))
    {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    inner.len()
}

impl Words<'_> {
    fn skip_line(&mut self) {
        self.0 = self.0.split_once('\n').map_or("", |(_, rest)| rest);
    }

    /// A macro ends at an empty line.
    fn skip_macro(&mut self) {
        while let Some((line, rest)) = self.0.split_once('\n') {
            self.0 = rest;
            if line.trim_end().is_empty() {
                return;
            }
        }
        self.0 = "";
    }
}

/// `host:port:database:user:password`, a login a line.
fn of_postgres(text: &str) -> Scalars<'_> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let passwords = lines.filter_map(|line| {
        let mut rest = line;
        for _ in 0..4 {
            rest = rest.get(end_of_field(rest)? + 1..)?;
        }
        Some(Scalar::new(span_in(text, rest), &ESCAPED, Some("password")))
    });
    let scalars: Vec<_> = passwords.collect();
    let bones = "p".repeat(scalars.len());
    Scalars::new(text, scalars, bones)
}

/// The colon that ends a field: none that a backslash stands before.
fn end_of_field(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(b':', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b':' {
            return Some(at);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_login() {
        let text = "# password no\r\nmachine a.b login password password x\r\n\
                    macdef init\r\ncd password y\r\n\r\n\
                    machine c login d password \"e \\\"f\" account g\r\n\
                    default login h password #i\r\nmachine j password";
        let told: Vec<_> = logins(text)
            .iter()
            .map(|login| (login.host, login.password(text)))
            .collect();
        assert_eq!(
            told,
            [
                ("a.b", "x".to_owned()),
                ("c", "e \"f".to_owned()),
                ("default", "#i".to_owned())
            ]
        );
        assert_eq!(logins("machine a password \"half").len(), 1);
    }
}

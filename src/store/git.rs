//! git: the URLs with passwords that its helper `store` keeps.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, some};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[Store {
    title: "git credentials",
    places,
    is_named: |path| file_name(path) == ".git-credentials",
    read: |text| text.lines().flat_map(logins).collect(),
}];

fn places(machine: &Machine) -> Vec<PathBuf> {
    some([
        machine.home(".git-credentials"),
        machine.config("git/credentials"),
    ])
}

/// The passwords of the URLs in a text: `https://user:password@host`.
pub(super) fn logins(text: &str) -> Vec<Held> {
    text.split_whitespace().filter_map(login).collect()
}

fn login(url: &str) -> Option<Held> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, host) = authority.rsplit_once('@')?;
    let (user, password) = user.split_once(':')?;
    let value = Secret::new(decoded(password));
    Some(Held::credential("password", host, value).of(user))
}

/// The text without percent-encoding; what is none stays.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).filter(|_| *first == b'%');
        let byte = digits
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = match byte {
            Some(_) => &tail[2..],
            None => tail,
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{held, places as places_of};
    use super::*;

    #[test]
    fn passwords_of_urls() {
        let text =
            "https://hf_user:abc@huggingface.co\r\nhttps://u:a%2Fb%zz@h:8080/x\nhttps://h\nno";
        let pair = |value: &str| ("password".to_owned(), value.to_owned());
        assert_eq!(held(STORES[0].read, text), [pair("abc"), pair("a/b%zz")]);
        assert_eq!(logins(text)[0].label, "huggingface.co");
    }

    #[test]
    fn its_two_places() {
        assert_eq!(
            places_of(STORES, &[("XDG_CONFIG_HOME", "/x")]),
            ["/h/.git-credentials", "/x/git/credentials"]
        );
    }
}

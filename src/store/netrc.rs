//! `.netrc`: logins by host. Weights & Biases keeps its key there.

use std::path::PathBuf;

use super::{Held, Machine, Store, file_name, some};
use crate::detect::Secret;

pub(super) const STORES: &[Store] = &[Store {
    title: "logins by host",
    places,
    is_named: |path| matches!(file_name(path), ".netrc" | "_netrc"),
    read,
}];

fn places(machine: &Machine) -> Vec<PathBuf> {
    match machine.set("NETRC") {
        Some(place) => vec![place],
        None => some([machine.home(".netrc"), machine.home("_netrc")]),
    }
}

/// What the passwords of hosts are called by the programs that use them.
const OF_HOSTS: &[(&str, &str)] = &[
    ("wandb", "WANDB_API_KEY"),
    ("huggingface.co", "HF_TOKEN"),
    ("github.com", "GITHUB_TOKEN"),
    ("gitlab.com", "GITLAB_TOKEN"),
];

fn read(text: &str) -> Vec<Held> {
    let mut held = Vec::new();
    let mut host = String::new();
    let mut tokens = Tokens(text);
    while let Some(token) = tokens.next() {
        match token.as_str() {
            "machine" => host = tokens.next().unwrap_or_default(),
            "default" => host = "default".to_owned(),
            "macdef" => tokens.skip_macro(),
            "login" | "user" | "account" => drop(tokens.next()),
            "password" => {
                if let Some(value) = tokens.next() {
                    held.push(Held::credential(name_of(&host), &host, Secret::new(value)));
                }
            }
            token if token.starts_with('#') => tokens.skip_line(),
            _ => {}
        }
    }
    held
}

fn name_of(host: &str) -> &'static str {
    let known = OF_HOSTS.iter().find(|(part, _)| host.contains(part));
    known.map_or("password", |(_, name)| name)
}

/// The words of a netrc: parted by white space, or quoted.
struct Tokens<'t>(&'t str);

impl Iterator for Tokens<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let text = self.0.trim_start();
        if let Some(quoted) = text.strip_prefix('"') {
            return Some(self.quoted(quoted));
        }
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        self.0 = &text[end..];
        (end > 0).then(|| text[..end].to_owned())
    }
}

impl Tokens<'_> {
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

impl<'t> Tokens<'t> {
    fn quoted(&mut self, text: &'t str) -> String {
        let mut value = String::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            match char {
                '"' => break,
                '\\' => value.extend(chars.next()),
                char => value.push(char),
            }
        }
        self.0 = chars.as_str();
        value
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{held, places as places_of};
    use super::*;

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn as_weights_and_biases_writes_it() {
        let text = "machine api.wandb.ai\n  login user\n  password 0a1b2c\n";
        assert_eq!(held(read, text), [pair("WANDB_API_KEY", "0a1b2c")]);
        assert_eq!(read(text)[0].label, "api.wandb.ai");
    }

    #[test]
    fn every_way_to_write_it() {
        let text = "# password no\r\nmachine a.b login password password x\r\n\
                    macdef init\r\ncd password y\r\n\r\n\
                    machine c login d password \"e \\\"f\" account g\r\n\
                    default login h password #i\r\nmachine j password";
        assert_eq!(
            held(read, text),
            [
                pair("password", "x"),
                pair("password", "e \"f"),
                pair("password", "#i")
            ]
        );
    }

    #[test]
    fn a_variable_moves_it() {
        assert_eq!(places_of(STORES, &[]), ["/h/.netrc", "/h/_netrc"]);
        assert_eq!(places_of(STORES, &[("NETRC", "/n")]), ["/n"]);
    }
}

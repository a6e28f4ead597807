//! Random data with planted values, for formats to print in their ways.

use unspill::detect::sample::Rng;

use super::planted::{self, Planted};

/// Data of a file.
#[derive(Debug, Clone)]
pub enum Tree {
    /// Named values, no name twice.
    Object(Vec<(String, Tree)>),
    /// A list.
    List(Vec<Tree>),
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// A truth value.
    Bool(bool),
}

/// Random data, always an object, and the secrets in it.
pub fn random(rng: &mut Rng, signs: &[u8]) -> (Tree, Vec<String>) {
    let mut maker = Maker {
        rng,
        signs,
        secrets: Vec::new(),
    };
    let tree = maker.object(3);
    (tree, maker.secrets)
}

struct Maker<'r> {
    rng: &'r mut Rng,
    signs: &'r [u8],
    secrets: Vec<String>,
}

/// What stands beside secrets in the files of this field.
const TEXTS: &[&str] = &[
    "",
    "plain",
    "/data/models/v1.bin",
    "<pad>",
    "it's \"quoted\" \\ and so on",
    "ends in a line\n",
    "two\nlines: of # text",
    "größer 模型 😀",
    "yes",
    "1e5",
    " spaces around ",
    "- item",
    "{{ template }}",
    "${HOME}/x",
    "a: b",
    "tab\there",
    "null",
];

impl Maker<'_> {
    fn object(&mut self, depth: usize) -> Tree {
        let mut members: Vec<(String, Tree)> = Vec::new();
        for _ in 0..1 + self.rng.below(5) {
            let (name, value) = self.member(depth);
            if !members.iter().any(|(known, _)| *known == name) {
                members.push((name, value));
            }
        }
        Tree::Object(members)
    }

    fn member(&mut self, depth: usize) -> (String, Tree) {
        if self.rng.below(3) == 0 {
            let Planted { name, text, secret } = planted::draw(self.rng, self.signs);
            self.secrets.push(secret);
            return (name, Tree::Text(text));
        }
        let name = [
            "model",
            "pad_token",
            "größe",
            "a b",
            "lr",
            "x-y",
            "env",
            "list",
        ];
        let name = self.rng.pick(&name).copied().unwrap_or_default();
        (name.to_owned(), self.value(depth))
    }

    fn value(&mut self, depth: usize) -> Tree {
        match self.rng.below(if depth == 0 { 6 } else { 9 }) {
            0 => Tree::Number(self.rng.below(1000) as i64),
            1 => Tree::Bool(self.rng.below(2) == 0),
            2..6 => Tree::Text(self.rng.pick(TEXTS).copied().unwrap_or_default().to_owned()),
            6 => {
                let items = (0..self.rng.below(4)).map(|_| self.value(depth - 1));
                Tree::List(items.collect())
            }
            _ => self.object(depth - 1),
        }
    }
}

//! Leaves: the strings of a document, each with what the structure calls it.

use std::ops::Range;

use super::{Cursor, Shape};
use crate::format::beside;
use crate::syntax::cookies;

/// A string (or a key) within a document, with what it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Leaf<'d> {
    /// The nearest key above.
    pub key: Option<Cursor<'d>>,
    /// The key above that one.
    pub outer_key: Option<Cursor<'d>>,
    /// The nearest object above.
    pub object: Option<Cursor<'d>>,
    /// The object above that one.
    pub outer: Option<Cursor<'d>>,
    /// The string itself, or a key.
    pub value: Cursor<'d>,
}

impl<'d> Cursor<'d> {
    /// Every string within it, and every key, each with the key it belongs to.
    ///
    /// Does not recurse: a document may be nested as deeply as it likes.
    pub fn leaves(self) -> impl Iterator<Item = Leaf<'d>> {
        self.leaves_where(|_| true)
    }

    /// The same without those in objects and lists that are not `wanted`: of
    /// what a large one holds nothing is looked at.
    pub fn leaves_where(
        self,
        wanted: impl Fn(Range<usize>) -> bool,
    ) -> impl Iterator<Item = Leaf<'d>> {
        let end = self.node().next as usize;
        let mut keys: Vec<(usize, usize)> = Vec::new();
        let mut objects: Vec<(usize, usize)> = Vec::new();
        let mut at = self.index;
        let cursor = move |index| Cursor { index, ..self };
        let above = move |stack: &[(usize, usize)], levels: usize| {
            let (_, index) = stack.iter().rev().nth(levels)?;
            Some(cursor(*index))
        };
        std::iter::from_fn(move || {
            while at < end {
                let index = at;
                at += 1;
                pop_ended(&mut keys, index);
                pop_ended(&mut objects, index);
                let node = cursor(index).node();
                if matches!(node.shape, Shape::Object | Shape::Array) && !wanted(node.span()) {
                    at = node.next as usize;
                    continue;
                }
                let leaf = Leaf {
                    key: above(&keys, 0),
                    outer_key: above(&keys, 1),
                    object: above(&objects, 0),
                    outer: above(&objects, 1),
                    value: cursor(index),
                };
                match node.shape {
                    Shape::Object => objects.push((node.next as usize, index)),
                    Shape::Array => {}
                    Shape::Key => {
                        keys.push((node.next as usize, index));
                        return Some(leaf);
                    }
                    Shape::String => return Some(leaf),
                }
            }
            None
        })
    }
}

/// Takes off what ended before a node.
fn pop_ended(stack: &mut Vec<(usize, usize)>, index: usize) {
    while stack.last().is_some_and(|&(end, _)| index >= end) {
        stack.pop();
    }
}

/// An object says early on what it is about.
const FIRST_MEMBERS: usize = 24;

impl<'d> Leaf<'d> {
    /// Its bytes, without quotes.
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// Whether it is a key.
    pub fn is_key(&self) -> bool {
        self.value.shape() == Shape::Key
    }

    /// What the structure calls a string: the flag before it in a list of
    /// arguments; for a `value` what stands beside it as its name, or the key
    /// above; else its key. A key has no name.
    pub fn name(&self) -> Option<&'d str> {
        if self.is_key() {
            return None;
        }
        if let Some(flag) = self.flag_before() {
            return Some(flag);
        }
        let key = self.key?.raw();
        if key == "key" && self.object.is_some_and(is_kaggles) {
            return Some("kaggle_key");
        }
        if !beside::is_value(key) {
            return Some(key);
        }
        let beside = self.object.and_then(|object| self.named_beside(object));
        if beside.is_some_and(|name| self.is_of_browser(name)) {
            return Some("cookie");
        }
        let above = self.outer_key.map(|key| key.raw());
        Some(beside.or(above).unwrap_or(key))
    }

    /// Whether the object is a cookie as browsers write them down, and its name
    /// says nothing else of it.
    fn is_of_browser(&self, name: &str) -> bool {
        let is_host = |value: Cursor<'_>| value.raw().contains('.');
        let is_at_host = self.object.is_some_and(|object| {
            object
                .members()
                .take(FIRST_MEMBERS)
                .any(|member| member.key.raw() == "domain" && member.value.is_some_and(is_host))
        });
        is_at_host && !cookies::opens_nothing(name) && !cookies::says_more(name)
    }

    /// What the best of the members says that name others.
    fn named_beside(&self, object: Cursor<'d>) -> Option<&'d str> {
        let names = object.members().take(FIRST_MEMBERS).filter_map(|member| {
            let rank = beside::rank(member.key.raw())?;
            let name = member
                .value
                .filter(|name| name.shape() == Shape::String && name.index != self.value.index)?;
            Some((rank, name.raw()))
        });
        let (_, name) = names.min()?;
        Some(name)
    }

    /// `"--api-key", "value"`: the flag, if this is the item behind one.
    fn flag_before(&self) -> Option<&'d str> {
        let before = Cursor {
            index: self.value.index.checked_sub(1)?,
            ..self.value
        };
        if before.shape() != Shape::String || !before.raw().starts_with("--") {
            return None;
        }
        let between = before.span().end + 1..self.span().start.checked_sub(1)?;
        let between = self.value.document.source.get(between)?;
        let is_neighbour = !between.contains([']', '}']);
        is_neighbour.then(|| before.raw().trim_start_matches('-'))
    }
}

/// `{"username": …, "key": …}`, which is all that Kaggle's file says.
fn is_kaggles(object: Cursor<'_>) -> bool {
    let mut keys = object.members().map(|member| member.key.raw());
    let halves = [keys.next(), keys.next(), keys.next()];
    halves == [Some("username"), Some("key"), None]
}

#[cfg(test)]
mod tests {
    use super::super::Document;

    fn names(source: &str) -> Vec<String> {
        let document = Document::read(source).expect("is JSON");
        let root = document.root().expect("has a root");
        let told = |leaf: super::Leaf<'_>| Some(format!("{}={}", leaf.name()?, leaf.value.raw()));
        root.leaves().filter_map(told).collect()
    }

    #[test]
    fn a_value_is_called_what_stands_beside_or_above_it() {
        assert_eq!(
            names(r#"[{"name": "A", "value": "x"}, {"value": "y", "key": "B"}]"#),
            ["name=A", "A=x", "B=y", "key=B"]
        );
        assert_eq!(
            names(r#"{"id": "7", "name": "A", "value": "x"}"#),
            ["id=7", "name=A", "A=x"]
        );
        assert_eq!(names(r#"{"C": {"value": "z"}}"#), ["C=z"]);
        assert_eq!(names(r#"{"value": "z", "name": 1}"#), ["value=z"]);
        assert_eq!(names(r#"{"a": ["x", "y"]}"#), ["a=x", "a=y"]);
    }

    #[test]
    fn the_item_behind_a_flag_is_its_value() {
        assert_eq!(
            names(r#"{"args": ["-y", "--api-key", "x", "y"]}"#),
            ["args=-y", "args=--api-key", "api-key=x", "args=y"]
        );
        assert_eq!(names(r#"{"a": [["--k"], "x"]}"#), ["a=--k", "a=x"]);
    }
}

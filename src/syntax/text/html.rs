//! HTML: a form field's name binds its value.

use std::ops::Range;

use super::TextKind;
use super::value;
use crate::syntax::{Binding, Via};

/// Tags are shorter than this.
const LONGEST: usize = 4096;

/// Reads tags with a `name` or `id` and a `value` or `content`.
pub(super) fn read(text: &str, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'<', bytes) {
        let limit = bytes.len().min(at + LONGEST);
        let Some(length) = memchr::memchr(b'>', &bytes[at..limit]) else {
            continue;
        };
        let tag = at..at + length;
        let name = attribute(text, &tag, &[" name=", " id="]).filter(|name| wanted(&name.text));
        let value = attribute(text, &tag, &[" value=", " content="]);
        if let (Some(name), Some(value)) = (name, value) {
            found.push(Binding {
                name: name.text,
                span: value.span,
                value: value.text,
                via: Via::Key,
            });
        }
    }
}

fn attribute(text: &str, tag: &Range<usize>, names: &[&str]) -> Option<value::Value> {
    let within = text.get(tag.clone())?;
    names.iter().find_map(|name| {
        let at = tag.start + within.find(name)? + name.len();
        value::quoted(text, at, TextKind::Html)
    })
}

//! Reads the strings of a JSON document.

use serde_json::Value;

use super::loose;
use crate::detect::Secret;

/// A string of a document, with the names on the way to it.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The names of its objects, the outermost first.
    pub path: Vec<String>,
    /// The string.
    pub value: Secret,
}

impl Leaf {
    /// The name that it is bound to.
    pub fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The name above that one.
    pub fn above(&self) -> &str {
        let above = self.path.len().checked_sub(2);
        above
            .and_then(|at| self.path.get(at))
            .map_or("", String::as_str)
    }
}

/// All strings; of a broken document those whose names can still be told.
pub(super) fn leaves(text: &str) -> Vec<Leaf> {
    let mut found = Vec::new();
    match serde_json::from_str::<Value>(text) {
        Ok(value) => collect(value, &mut Vec::new(), &mut found),
        Err(_) => {
            let pairs = loose::pairs(text).into_iter();
            found.extend(pairs.map(|(name, value)| Leaf {
                path: vec![name],
                value,
            }));
        }
    }
    found
}

/// Strings are moved, not copied, so that each is wiped when it is dropped.
fn collect(value: Value, path: &mut Vec<String>, found: &mut Vec<Leaf>) {
    match value {
        Value::String(text) => found.push(Leaf {
            path: path.clone(),
            value: Secret::new(text),
        }),
        Value::Array(items) => {
            for item in items {
                collect(item, path, found);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                path.push(name);
                collect(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        leaves(text)
            .into_iter()
            .map(|leaf| (leaf.path.join("/"), leaf.value.expose().to_owned()))
            .collect()
    }

    #[test]
    fn strings_with_their_paths() {
        let whole = r#"{"a": {"b": "x\n"}, "c": ["y", 1]}"#;
        assert_eq!(
            read(whole),
            [("a/b".into(), "x\n".into()), ("c".into(), "y".into())]
        );
    }

    #[test]
    fn a_half_written_document_still_tells() {
        assert_eq!(read(r#"{"a": {"b": "x", "c"#), [("b".into(), "x".into())]);
    }
}

//! The dollars of make: in a recipe `$$` is a dollar of the shell, anything
//! else behind a dollar is make's own.
//!
//! What make puts in is shown as a variable of the same length, so that a
//! shell's reader passes over it.

use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

#[derive(Debug)]
struct Dollars;

impl Wrapping for Dollars {
    fn encode(&self, replacement: &str) -> String {
        replacement.replace('$', "$$")
    }
}

/// Peels a recipe.
pub fn peel(text: &str) -> Peeled {
    let mut peeled = String::with_capacity(text.len());
    let mut map = Map::starting_at(0);
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        peeled.push_str(&rest[..at]);
        map.verbatim(at);
        let behind = &rest[at..];
        let length = if behind.starts_with("$$") {
            peeled.push('$');
            map.unit(1, 2);
            2
        } else if let Some(length) = plain_variable(behind) {
            peeled.push_str("${");
            peeled.push_str(&behind[2..length - 1].replace(['.', '-'], "_"));
            peeled.push('}');
            map.verbatim(length);
            length
        } else if behind.starts_with(['$'])
            && behind[1..].starts_with(['@', '<', '^', '?', '*', '%', '+'])
        {
            peeled.push_str("$_");
            map.verbatim(2);
            2
        } else {
            peeled.push('$');
            map.verbatim(1);
            1
        };
        rest = &behind[length..];
    }
    peeled.push_str(rest);
    map.verbatim(rest.len());
    Peeled {
        text: peeled,
        map,
        wrapping: Arc::new(Dollars),
    }
}

/// The length of `$(name)` or `${name}`.
fn plain_variable(text: &str) -> Option<usize> {
    let close = match text.as_bytes().get(1)? {
        b'(' => ')',
        b'{' => '}',
        _ => return None,
    };
    let length = text.find(close)?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let name = text.get(2..length)?;
    (!name.is_empty() && name.bytes().all(is_name)).then_some(length + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    #[test]
    fn dollars_are_the_shells_and_are_doubled_again() {
        let text = "curl $$HOME $(URL) $@ $(shell x) secret";
        let peeled = peel(text);
        assert_eq!(peeled.text, "curl $HOME ${URL} $_ $(shell x) secret");
        let at = peeled.text.len() - 6;
        let edits = peeled.wrap(&[Edit::replace(at..at + 6, "$X")]);
        assert_eq!(
            apply_str(text, &edits),
            "curl $$HOME $(URL) $@ $(shell x) $$X"
        );
    }
}

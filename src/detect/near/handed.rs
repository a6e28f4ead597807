//! Variables that are handed to a credential-like name (`openai.api_key = k`):
//! the value stands where the variable is set, under a name that says nothing.

use super::convinces;
use crate::detect::names::{NameClass, Strength, classify};

/// A variable whose value becomes that of a credential-like name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed {
    /// As it is written where it is set.
    pub variable: String,
    /// What it is handed to: a name, or a call's first argument
    /// (`cohere.Client:0`).
    pub name: String,
}

/// The variables that were met in a file.
#[derive(Debug, Default)]
pub(super) struct Hands<'b> {
    met: Vec<(&'b str, String, NameClass)>,
}

impl<'b> Hands<'b> {
    /// A credential-like name is met, and `after` it something that could set
    /// it: a variable, or a command's or a string's slot for one.
    pub(super) fn meet(&mut self, bytes: &'b [u8], name: &str, class: NameClass, after: usize) {
        /// More of them are a program, and no notebook.
        const MOST: usize = 32;
        if class.strength == Strength::Weak || self.met.len() == MOST {
            return;
        }
        if let Some(variable) = variable(bytes, after)
            && !self.met.iter().any(|(other, ..)| *other == variable)
            && !says_it_itself(variable)
        {
            self.met.push((variable, name.to_owned(), class));
        }
    }

    /// Those that are set to something believable, and where.
    pub(super) fn finish(self, bytes: &[u8], offsets: &mut Vec<usize>) -> Vec<Handed> {
        /// What is set more often holds other things as well: shortened code
        /// has a name of one letter for all of them.
        const MOST: usize = 4;
        let mut handed = Vec::new();
        for (variable, name, class) in self.met {
            let places = memchr::memmem::find_iter(bytes, variable.as_bytes());
            let set: Vec<(usize, String)> = places
                .filter(|&at| begins(bytes, at))
                .filter_map(|at| Some((at, value(bytes, at + variable.len())?)))
                .take(MOST + 1)
                .collect();
            let is_believed = |(_, value): &&(usize, String)| convinces(value, &name, class);
            let believed = set.iter().filter(is_believed).map(|(at, _)| *at);
            let before = offsets.len();
            if set.len() <= MOST {
                offsets.extend(believed);
            }
            if offsets.len() > before {
                let variable = variable.to_owned();
                handed.push(Handed { variable, name });
            }
        }
        handed
    }
}

/// Whether the variable's own name is one of a credential, or none of a variable.
fn says_it_itself(variable: &str) -> bool {
    classify(variable).is_some_and(|class| class.strength == Strength::Strong)
        || matches!(
            variable,
            "None" | "True" | "False" | "null" | "true" | "false" | "self" | "this" | "str"
        )
}

/// The variable that stands behind a name and its operator: bare, or in the slot
/// of a string (`f"Bearer {k}"`) or of a command (`--token $k`).
fn variable(bytes: &[u8], after: usize) -> Option<&str> {
    let mut at = spaces(bytes, after);
    let operator = match bytes.get(at..)? {
        [b'<', b'-', ..] => 2,
        [b'=' | b':' | b'(' | b',', ..] => 1,
        _ => 0,
    };
    at = spaces(bytes, at + operator);
    let word = |at: usize| {
        let length = bytes
            .get(at..)?
            .iter()
            .take(41)
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let is_one = (1..=40).contains(&length) && !bytes[at].is_ascii_digit();
        is_one.then_some(at + length)
    };
    let start = match slot(bytes, at) {
        Some(open) => open,
        None if operator > 0 => at,
        None => return None,
    };
    let end = word(start)?;
    let ends = match bytes.get(end) {
        None => true,
        Some(b'}') => true,
        Some(next) => {
            start == at && b" \n\r\\\",);]#".contains(next)
                || start > at && b"\" \n\\'".contains(next)
        }
    };
    ends.then(|| std::str::from_utf8(&bytes[start..end]).ok())?
}

/// Where the name in a slot begins: `$k`, `${k}`, `{k}`, also in a string and
/// behind the word of a scheme.
fn slot(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..bytes.len().min(at + 24))?;
    let open = rest.iter().position(|byte| b"{$".contains(byte))?;
    let before = rest[..open].iter();
    let is_frame = |byte: &u8| byte.is_ascii_alphabetic() || b"\\\"' ".contains(byte);
    if !before.copied().all(|byte| is_frame(&byte)) {
        return None;
    }
    let is_double = rest[open..].starts_with(b"${");
    Some(at + open + if is_double { 2 } else { 1 })
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let frame = |byte: &&u8| **byte == b' ';
    at + rest.iter().take(64).take_while(frame).count()
}

/// Whether a name can begin at `at`: the letter of an escape (`\n`) is none of it.
fn begins(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at));
    match before(1) {
        Some(b'n' | b't' | b'r') => before(2) == Some(&b'\\'),
        Some(byte) => !byte.is_ascii_alphanumeric() && !b"_.$".contains(byte),
        None => true,
    }
}

/// The value that a variable is set to whose name ends at `end`.
fn value(bytes: &[u8], end: usize) -> Option<String> {
    let mut at = spaces(bytes, end);
    at += match bytes.get(at..)? {
        [b'=', b'=', ..] => return None,
        [b'<', b'-', ..] => 2,
        [b'=', ..] => 1,
        _ => return None,
    };
    at = spaces(bytes, at);
    let rest = bytes.get(at..bytes.len().min(at + 300))?;
    let frame = rest
        .iter()
        .take(3)
        .take_while(|byte| b"\\\"'".contains(byte))
        .count();
    let inner = &rest[frame..];
    let is_end = |byte: &u8| match frame {
        0 => byte.is_ascii_whitespace() || b"\\\"';".contains(byte),
        _ => b"\\\"'\n".contains(byte),
    };
    let length = inner.iter().position(is_end).unwrap_or(inner.len());
    Some(String::from_utf8_lossy(&inner[..length]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_told_from_everything_else() {
        for (text, expected) in [
            (" = k\n", Some("k")),
            ("=my_k, x", Some("my_k")),
            ("=k)", Some("k")),
            (": k}", Some("k")),
            (r#" = k\n","#, Some("k")),
            (r#" = k""#, Some("k")),
            (" <- k\n", Some("k")),
            (r#": f"Bearer {k}"}"#, Some("k")),
            (r#": f\"Bearer {k}\"}"#, Some("k")),
            (" $k\n", Some("k")),
            (" {k}\n", Some("k")),
            (" \"${k}\"", Some("k")),
            ("=k.value", None),
            ("=get(k)", None),
            ("=k[0]", None),
            ("=\"word\"", None),
            ("=4k", None),
            (" and more", None),
        ] {
            assert_eq!(variable(text.as_bytes(), 0), expected, "{text}");
        }
    }
}

//! Variables that are handed to a credential-like name (`openai.api_key = k`):
//! the value stands where the variable is set, under a name that says nothing.
//!
//! Nothing is parsed here, so only what cannot be meant otherwise counts: set at
//! the margin or in the same function, no parameter, no loop, not set over and
//! over.

use super::{convinces, is_name_byte, places};
use crate::detect::names::{NameClass, Strength, classify};

/// A variable whose value becomes that of a credential-like name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Handed {
    /// As it is written where it is set.
    pub variable: String,
    /// What it is handed to: a name, or a call's first argument
    /// (`cohere.Client:0`).
    pub name: String,
    /// Where in the bytes it is set to something believable.
    pub set: Vec<usize>,
}

/// The variables that were met in a file.
#[derive(Debug, Default)]
pub(super) struct Hands<'b> {
    met: Vec<Hand<'b>>,
}

/// A variable where it is handed on.
#[derive(Debug)]
struct Hand<'b> {
    variable: &'b str,
    name: String,
    class: NameClass,
    at: usize,
}

impl<'b> Hands<'b> {
    /// A credential-like name is met, and `after` it something that could set
    /// it: a variable, or a command's or a string's slot for one.
    pub(super) fn meet(&mut self, bytes: &'b [u8], name: &str, class: NameClass, after: usize) {
        /// More of them are a program, and no notebook.
        const MOST: usize = 64;
        if class.strength == Strength::Weak || self.met.len() == MOST {
            return;
        }
        if let Some(variable) = variable(bytes, after)
            && !self.met.iter().any(|other| other.variable == variable)
            && !says_it_itself(variable)
            && !is_given(bytes, variable, after)
            && !is_about_names(bytes, after)
        {
            self.met.push(Hand {
                variable,
                name: name.to_owned(),
                class,
                at: after,
            });
        }
    }

    /// Those that are set to something believable.
    pub(super) fn finish(self, bytes: &[u8]) -> Vec<Handed> {
        let handed = self.met.into_iter().map(|hand| Handed {
            set: hand.set_at(bytes),
            variable: hand.variable.to_owned(),
            name: hand.name,
        });
        handed.filter(|handed| !handed.set.is_empty()).collect()
    }
}

impl Hand<'_> {
    /// Where the variable is set to something believable.
    fn set_at(&self, bytes: &[u8]) -> Vec<usize> {
        /// What is set more often holds other things as well: shortened code
        /// has a name of one letter for all of them.
        const MOST: usize = 4;
        let looped = format!("for {} in", self.variable);
        if memchr::memmem::find(bytes, looped.as_bytes()).is_some() {
            return Vec::new();
        }
        let places = memchr::memmem::find_iter(bytes, self.variable.as_bytes());
        let set: Vec<(usize, String)> = places
            .filter(|&at| begins(bytes, at))
            .filter_map(|at| Some((at, value(bytes, at + self.variable.len())?)))
            .take(MOST + 1)
            .collect();
        if set.len() > MOST {
            return Vec::new();
        }
        set.into_iter()
            .filter(|(at, value)| {
                self.is_reached_from(bytes, *at) && convinces(value, &self.name, self.class)
            })
            .map(|(at, _)| at)
            .collect()
    }

    /// Whether a variable that is set at `set` is the one that is handed on.
    fn is_reached_from(&self, bytes: &[u8], set: usize) -> bool {
        let start = places::line_start(&bytes[..set]);
        !is_indented(&bytes[start..set])
            || set < self.at && function(bytes, set) == function(bytes, self.at)
    }
}

/// Whether a line begins with white space, which may be escaped.
fn is_indented(line: &[u8]) -> bool {
    line.first().is_some_and(|byte| b" \t\\".contains(byte))
}

/// Where the last function before `at` begins.
fn function(bytes: &[u8], at: usize) -> Option<usize> {
    ["def ", "function"]
        .into_iter()
        .filter_map(|word| memchr::memmem::rfind(&bytes[..at], word.as_bytes()))
        .max()
}

/// Whether a variable at `at` is the parameter of the function around it.
fn is_given(bytes: &[u8], variable: &str, at: usize) -> bool {
    const REACH: usize = 400;
    let near = &bytes[at.saturating_sub(REACH)..at];
    let arrows = ["=>", " =>", ") =>", ")=>"].map(|arrow| format!("{variable}{arrow}"));
    let is_arrow = |arrow: &String| memchr::memmem::find(near, arrow.as_bytes()).is_some();
    if arrows.iter().any(is_arrow) {
        return true;
    }
    let Some(start) = function(bytes, at) else {
        return false;
    };
    let line = places::line_start(&bytes[..at]);
    if start < line && !is_indented(&bytes[line..at]) {
        return false;
    }
    let header = &bytes[start..at.min(start + REACH)];
    let end = memchr::memchr(b')', header).unwrap_or(header.len());
    let mut words = header[..end].split(|byte| !is_name_byte(*byte));
    words.any(|word| word == variable.as_bytes())
}

/// Whether what is handed is a message or the name of a column.
fn is_about_names(bytes: &[u8], at: usize) -> bool {
    const REACH: usize = 60;
    let near = &bytes[at.saturating_sub(REACH)..at];
    let near = &near[memchr::memrchr(b'\n', near).map_or(0, |line| line + 1)..];
    ["columns=", "rename(", "errors", "labels", "messages"]
        .iter()
        .any(|word| memchr::memmem::find(near, word.as_bytes()).is_some())
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
        [b'=' | b':' | b'(', ..] => 1,
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
    let start = match slot(bytes, at).or_else(|| operand(bytes, at)) {
        Some(open) => open,
        None if operator > 0 => at,
        None => return None,
    };
    let end = word(start)?;
    let ends = match bytes.get(end) {
        None | Some(b'}') => true,
        Some(next) if start == at => b" \n\r\\\",);]#".contains(next),
        Some(next) => b"\" \n\\'),".contains(next),
    };
    ends.then(|| std::str::from_utf8(&bytes[start..end]).ok())?
}

/// Where the name in a slot begins: `$k`, `${k}`, `{k}`, also in a string and
/// behind the word of a scheme.
fn slot(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..bytes.len().min(at + 24))?;
    let open = rest.iter().position(|byte| b"{$".contains(byte))?;
    let is_frame = |byte: &u8| byte.is_ascii_alphabetic() || b"\\\"' ".contains(byte);
    if !rest[..open].iter().all(is_frame) || rest[open..].starts_with(b"{}") {
        return None;
    }
    let is_double = rest[open..].starts_with(b"${");
    Some(at + open + if is_double { 2 } else { 1 })
}

/// Where the name begins that a literal is joined with: `"Bearer " + k`,
/// `"Bearer %s" % k`, `"?api_key={}".format(k)`.
fn operand(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..bytes.len().min(at + 40))?;
    let is_frame = |byte: &u8| byte.is_ascii_alphabetic() || b"\\\"' ".contains(byte);
    let frame = rest.iter().take_while(|byte| is_frame(byte)).count();
    let (slot, joints): (usize, &[&[u8]]) = match &rest[frame..] {
        [b'+', ..] => (0, &[b"+"]),
        [b'%', b's', ..] => (2, &[b"% (", b"%(", b"%"]),
        [b'{', b'}', ..] => (2, &[b".format("]),
        _ => return None,
    };
    let behind = &rest[frame + slot..];
    let closed = behind
        .iter()
        .take_while(|byte| b"\\\"' ".contains(byte))
        .count();
    let joint = joints
        .iter()
        .find(|joint| behind[closed..].starts_with(joint))?;
    let is_closed = rest[..frame].ends_with(b"\"") || rest[..frame].contains(&b'\'');
    (closed > 0 || is_closed || rest[..frame].contains(&b'"'))
        .then(|| spaces(bytes, at + frame + slot + closed + joint.len()))
}

fn spaces(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take(64)
        .take_while(|byte| **byte == b' ')
        .count()
}

/// Whether a variable that stands at `at` begins there, and is no argument: the
/// letter of an escape (`\n`) is none of it.
fn begins(bytes: &[u8], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).and_then(|at| bytes.get(at));
    let is_begun = match before(1) {
        Some(b'n' | b't' | b'r') => before(2) == Some(&b'\\'),
        Some(byte) => !byte.is_ascii_alphanumeric() && !b"_.$".contains(byte),
        None => true,
    };
    let words = bytes[at.saturating_sub(64)..at].iter().rev();
    let last = words.clone().find(|byte| **byte != b' ');
    is_begun && !matches!(last, Some(b'(' | b','))
}

/// The value in quotes, or of a shell, that a variable is set to whose name ends at
/// `end`; its type may stand between.
fn value(bytes: &[u8], end: usize) -> Option<String> {
    let mut at = spaces(bytes, end);
    if bytes.get(at) == Some(&b':') {
        let of_type = |byte: &&u8| byte.is_ascii_alphanumeric() || b" []|_.".contains(byte);
        at += 1 + bytes[at + 1..].iter().take(30).take_while(of_type).count();
    }
    let is_spaced = at > end;
    at += match bytes.get(at..)? {
        [b'=', b'=' | b'>' | b'~', ..] => return None,
        [b':', b'=', ..] | [b'<', b'-', ..] => 2,
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
    // Without quotes only a shell sets something, and has no spaces around.
    let is_set = frame > 0 || !is_spaced && length >= SHORTEST_BARE;
    let behind = inner[length..]
        .iter()
        .find(|byte| !b"\\\"' ".contains(byte));
    let is_argument =
        frame > 0 && matches!(behind, Some(b',' | b')' | b'}')) && !ends_item(inner, length);
    (is_set && !is_argument).then(|| String::from_utf8_lossy(&inner[..length]).into_owned())
}

/// Shorter values without quotes are numbers and words.
const SHORTEST_BARE: usize = 8;

/// Whether the comma behind a value is that of a list of lines: `k = \"…\"",`.
fn ends_item(inner: &[u8], length: usize) -> bool {
    let rest = &inner[length..];
    rest.starts_with(b"\\\"\"") || rest.starts_with(b"'\"") || rest.starts_with(b"\\'\"")
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
            (r#": \"Bearer \" + k}"#, Some("k")),
            ("=\" + k\n", Some("k")),
            (": \"Bearer %s\" % k}", Some("k")),
            ("=%s\" % k)", Some("k")),
            ("={}\".format(k)\n", Some("k")),
            ("={}&n=1\".format(k)\n", None),
            ("=k.value", None),
            ("=get(k)", None),
            ("=k[0]", None),
            ("=\"word\"", None),
            ("=4k", None),
            (", k)", None),
            (" and more", None),
        ] {
            assert_eq!(variable(text.as_bytes(), 0), expected, "{text}");
        }
    }

    #[test]
    fn what_sets_a_variable_is_no_argument_and_no_comparison() {
        for (text, expected) in [
            ("k = 'aQ7x'\n", Some("aQ7x")),
            (r#"k = \"aQ7x\"\n"#, Some("aQ7x")),
            (r#"k = \"aQ7x\"","#, Some("aQ7x")),
            ("k: str = 'aQ7x'\n", Some("aQ7x")),
            ("k <- \"aQ7x\"\n", Some("aQ7x")),
            ("k=aQ7xZ9mK\n", Some("aQ7xZ9mK")),
            ("k=1\n", None),
            ("k == 'aQ7x'\n", None),
            ("k = 'aQ7x', n = 1)", None),
            ("k: 'aQ7x'}", None),
            ("k = get()\n", None),
        ] {
            assert_eq!(value(text.as_bytes(), 1).as_deref(), expected, "{text}");
        }
    }
}

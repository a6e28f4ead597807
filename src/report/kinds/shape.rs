//! What a shape is, said in words: where it begins, how long it is, of which
//! characters.

use crate::detect::Kind;
use crate::detect::shapes::{Bytes, Measure, measure};

/// A shape can be measured without asking where its anchors stand.
const NO_ANCHORS: &[&str] = &[];

/// The end of a sentence that begins with `By itself:`; nothing for a kind
/// without a shape.
pub fn describe(kind: &Kind) -> Option<String> {
    let shape = kind.shape.as_deref()?;
    let whole = measure(shape, NO_ANCHORS).ok()?;
    let prefix = kind.prefix();
    let body = shape
        .get(prefix.len()..)
        .and_then(|rest| measure(rest, NO_ANCHORS).ok())
        .unwrap_or_else(|| whole.clone());
    let mut parts = Vec::new();
    if !prefix.is_empty() {
        parts.push(format!("it begins with `{prefix}`"));
    }
    let pronoun = if prefix.is_empty() { "it " } else { "" };
    parts.push(format!("{pronoun}is {}", length(&whole)));
    if let Some(alphabet) = alphabet(&body.bytes) {
        let rest = if prefix.is_empty() {
            "and is made of"
        } else {
            "and goes on with"
        };
        parts.push(format!("{rest} {alphabet}"));
    }
    let mut text = parts.join(", ").replace(", and ", " and ");
    if shape.contains("(?P<secret>") {
        text.push_str("; only the secret part of it is taken out");
    }
    Some(text)
}

fn length(measure: &Measure) -> String {
    match (measure.shortest, measure.longest) {
        (shortest, Some(longest)) if shortest == longest => format!("{longest} characters long"),
        (shortest, Some(longest)) => format!("{shortest} to {longest} characters long"),
        (shortest, None) => format!("at least {shortest} characters long"),
    }
}

/// The characters in words, unless they are nearly all.
fn alphabet(bytes: &Bytes) -> Option<String> {
    let all = |from: u8, to: u8| (from..=to).all(|byte| bytes.has(byte));
    let printable = (0x21..=0x7e_u8).filter(|byte| bytes.has(*byte));
    if printable.count() > 80 {
        return None;
    }
    let (capitals, smalls, digits) = (all(b'A', b'Z'), all(b'a', b'z'), all(b'0', b'9'));
    let hexadecimal = digits && all(b'a', b'f') && !bytes.has(b'g');
    let mut words: Vec<String> = Vec::new();
    match (capitals, smalls) {
        (true, true) => words.push("letters".into()),
        (true, false) => words.push("capital letters".into()),
        (false, true) => words.push("small letters".into()),
        (false, false) => {}
    }
    if hexadecimal && !smalls {
        words.push("hexadecimal digits".into());
    } else if digits {
        words.push("digits".into());
    }
    words.extend(signs(bytes));
    match words.split_last()? {
        (only, []) => Some(only.clone()),
        (last, rest) => Some(format!("{} and {last}", rest.join(", "))),
    }
}

/// Signs by themselves, `-` and `_` first as the usual ones.
fn signs(bytes: &Bytes) -> Vec<String> {
    let signs = (0x21..=0x7e_u8).filter(|byte| !byte.is_ascii_alphanumeric() && bytes.has(*byte));
    signs
        .map(|byte| format!("`{}`", char::from(byte)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue;

    #[test]
    fn shapes_become_words() {
        let kind = catalogue::kind("huggingface-user-token").unwrap();
        assert_eq!(
            describe(kind).unwrap(),
            "it begins with `hf_`, is 37 characters long and goes on with letters and digits"
        );
    }

    #[test]
    fn alphabets_become_words() {
        let words = |shape: &str| alphabet(&measure(shape, NO_ANCHORS).unwrap().bytes);
        assert_eq!(words("[0-9a-f]{32}").unwrap(), "hexadecimal digits");
        assert_eq!(words("[A-Z2-7]{16}").unwrap(), "capital letters");
        assert_eq!(
            words("[A-Za-z0-9_-]{16}").unwrap(),
            "letters, digits, `-` and `_`"
        );
        assert_eq!(words(r"[^\s]{3,256}"), None);
    }
}

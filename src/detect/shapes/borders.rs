//! Where a value may begin and end: what stands before it must not be part of
//! the same word.
//!
//! A regular expression's `\b` is not enough: in `\nhf_…`, in `%3Dhf_…` or
//! behind a colour code the letter before the value belongs to an escape, and
//! most scanners miss the value there.

use super::measure::Bytes;

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether a value that starts at `at` begins a word of its own.
///
/// `glue` are more bytes that a value without a length limit must not follow,
/// because the run before would already have been examined as a whole.
pub(super) fn begins(text: &[u8], at: usize, glue: Option<&Bytes>) -> bool {
    let (Some(before), Some(&first)) = (text.get(..at), text.get(at)) else {
        return false;
    };
    let Some(&previous) = before.last() else {
        return true;
    };
    if !is_word(first) {
        return true;
    }
    if matches!(previous, b'_' | b'-') && is_glued_web_token(before, &text[at..]) {
        return true;
    }
    if is_word(previous) {
        return ends_in_escape(before);
    }
    if previous == b'-' && ends_in_digest(before) {
        return false;
    }
    !(glue.is_some_and(|glue| glue.has(previous)) && matches!(previous, b'-' | b'.'))
}

/// Whether a web token may stand behind a short word: `state=production_eyJ…`. Its
/// three parts must fit anyhow; behind a long run each would be tried in turn.
fn is_glued_web_token(before: &[u8], rest: &[u8]) -> bool {
    const LONGEST_WORD: usize = 24;
    let is_glue = |byte: &u8| is_word(*byte) || *byte == b'-';
    let run = before.iter().rev().take(LONGEST_WORD + 1);
    rest.starts_with(b"eyJ") && run.take_while(|byte| is_glue(byte)).count() <= LONGEST_WORD
}

/// Whether a small letter at `at` goes on with a word: `disconnect`, `cataloging`.
pub(in crate::detect) fn goes_on(text: &[u8], at: usize) -> bool {
    let is_small = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_lowercase);
    text.split_at_checked(at).is_some_and(|(before, rest)| {
        is_small(rest.first()) && is_small(before.last()) && !ends_in_escape(before)
    })
}

/// Whether `text` ends in a digest as the `RECORD` of a Python package has
/// them: letters, digits, `-` and `_` behind the name of the algorithm.
fn ends_in_digest(text: &[u8]) -> bool {
    const LONGEST: usize = 88;
    let tail = text.get(text.len().saturating_sub(LONGEST)..);
    let mut digits = tail.unwrap_or_default().iter().rev();
    let run = digits.position(|byte| !is_word(*byte) && *byte != b'-');
    let before = run.and_then(|run| text.get(..text.len() - run));
    let is_named = |name: &&[u8]| before.is_some_and(|before| before.ends_with(name));
    [&b"sha256="[..], b"sha384=", b"sha512="]
        .iter()
        .any(is_named)
}

/// Whether `text` ends in an escape that ends in a letter or digit.
pub(super) fn ends_in_escape(text: &[u8]) -> bool {
    match text {
        [
            ..,
            b'\\',
            b'n' | b't' | b'r' | b'f' | b'v' | b'b' | b'a' | b'e' | b'0',
        ] => true,
        [.., b'\\', b'x', a, b] | [.., b'%', a, b] if are_hex(&[*a, *b]) => true,
        [.., b'\\', b'u', a, b, c, d] => are_hex(&[*a, *b, *c, *d]),
        [.., b'\\', b'0'..=b'3', b'0'..=b'7', b'0'..=b'7'] => true,
        [.., b'm'] => ends_in_colour(text),
        _ => false,
    }
}

fn are_hex(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_hexdigit)
}

/// A colour code ends `[31;1m`, its escape character written in any way.
fn ends_in_colour(text: &[u8]) -> bool {
    const LONGEST: usize = 16;
    let tail = &text[text.len().saturating_sub(LONGEST)..text.len() - 1];
    let digits = tail
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit() || **byte == b';')
        .count();
    let before = &tail[..tail.len() - digits];
    matches!(
        before,
        [.., 0x1b, b'['] | [.., b'b' | b'B' | b'3' | b'e', b'[']
    )
}

/// Whether `at` lies deep within base64 of something large, such as a picture:
/// there every anchor of a few bytes stands sooner or later, and no value has
/// so much of its own alphabet on both sides.
pub(super) fn in_blob(text: &[u8], at: usize) -> bool {
    const DEEP: usize = 512;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let (Some(from), to) = (at.checked_sub(DEEP), at + DEEP) else {
        return false;
    };
    let (before, after) = (text.get(from..at), text.get(at..to));
    // Backwards, for in most texts the next byte before tells.
    before.is_some_and(|before| before.iter().rev().all(is_base64))
        && after.is_some_and(|after| after.iter().all(is_base64))
}

/// Whether a value may end before `next`: not within a longer run of letters
/// and digits, nor of whatever else its kind can end with.
pub(super) fn ends(text: &[u8], end: usize, last: &Bytes) -> bool {
    let (Some(&final_byte), Some(&next)) = (text.get(end.wrapping_sub(1)), text.get(end)) else {
        return true;
    };
    if !is_word(final_byte) && final_byte != b'-' {
        return true;
    }
    !(next.is_ascii_alphanumeric() || matches!(next, b'_' | b'-') && last.has(next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins_after(before: &str) -> bool {
        begins(format!("{before}hf_").as_bytes(), before.len(), None)
    }

    #[test]
    fn no_value_begins_within_a_digest() {
        assert!(!begins_after("a.py,sha256=qaN-"));
        assert!(!begins_after("a.py,sha512=dN_x-0aN-"));
        assert!(begins_after("a.py,sha256="));
        assert!(begins_after("token=qaN-"));
        assert!(begins_after("sha256=abc,key-"));
    }

    #[test]
    fn a_word_begins_after_punctuation_and_escapes() {
        for before in [
            "",
            " ",
            "\"",
            "=",
            "/",
            ":",
            "\\n",
            "\\\\n",
            "\\t",
            "\\u0022",
            "\\x22",
            "%3D",
            "\\033[0m",
            "\u{1b}[31;1m",
            "\\u001b[0m",
            "\\x1b[32m",
        ] {
            assert!(begins_after(before), "after {before:?}");
        }
    }

    #[test]
    fn a_web_token_may_be_glued_to_a_word() {
        assert!(begins(b"production_eyJhb", 11, None));
        assert!(begins(b"production-eyJhb", 11, None));
        assert!(!begins(b"productioneyJhb", 10, None));
        let long = format!("{}_eyJhb", "a".repeat(30));
        assert!(!begins(long.as_bytes(), 31, None));
    }

    #[test]
    fn a_word_does_not_begin_within_another() {
        for before in ["n", "my_", "x1", "foom", "4m", "u0022"] {
            assert!(!begins_after(before), "after {before:?}");
        }
    }

    #[test]
    fn a_blob_reaches_far_on_both_sides() {
        let text = format!("{}/hf_x{}", "Ab1+".repeat(128), "Zz9/".repeat(150));
        let place = |text: &str| text.find("hf_").unwrap_or_default();
        assert!(!in_blob(text.as_bytes(), place(&text)), "`_` is not base64");
        let text = text.replace("hf_", "1//0");
        let at = text.find("1//0x").unwrap_or_default();
        assert!(in_blob(text.as_bytes(), at));
        assert!(
            !in_blob(&text.as_bytes()[1..], at - 2),
            "too near its start"
        );
        assert!(!in_blob(&text.as_bytes()[..at + 511], at));
    }

    #[test]
    fn a_run_that_goes_on_does_not_end() {
        let mut last = Bytes::default();
        assert!(ends(b"abc\"", 3, &last));
        assert!(ends(b"abc-", 3, &last));
        assert!(!ends(b"abcd", 3, &last));
        last.add(b'-');
        assert!(!ends(b"abc-", 3, &last));
        assert!(ends(b"abc", 3, &last));
    }
}

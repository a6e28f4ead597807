//! Marks: what the first look must stop at although it is neither an anchor
//! nor a name. A call takes a credential by its position (`Exa("…")`), another
//! decodes one (`b64decode("…")`), and nothing near says what it is.
//!
//! A mark is believed if what may be a value follows within the call. That
//! costs a file its parsing at most: the readers behind decide.

use std::collections::BTreeSet;

use super::borders;
use crate::detect::kind::{Kind, Told};
use crate::detect::names;

/// Calls and slices behind which a text stands encoded.
const DECODERS: [&str; 7] = [
    "b64decode(",
    "decodestring(",
    "decodebytes(",
    "unhexlify(",
    "fromhex(",
    "atob(",
    "[::-1]",
];

/// Names too short for the search of names, with what binds them, and words
/// that a value follows where no name stands.
const PHRASES: [&str; 34] = [
    "pw = ",
    "pw=",
    "PW=",
    "PW = ",
    "appid=",
    "curl -b ",
    "li_at",
    "LI_AT",
    "PHPSESSID",
    "phpsessid",
    "JSESSIONID",
    "jsessionid",
    "connect.sid",
    "1PSID",
    "1psid",
    "3psid",
    "_BARD_API",
    "PWD%3D",
    "IDENTIFIED BY ",
    "identified by ",
    "IDENTIFIED WITH ",
    "identified with ",
    "pw: ",
    "PW: ",
    // The cookies that a browser gives out, one after the other.
    "domain\": \".",
    "domain\":\".",
    "domain': '.",
    "domain\\\": \\\".",
    "Oracle.connect(",
    "oracledb.connect(",
    "text_input(",
    "Textbox(",
    "\\tTRUE\\t",
    "\tTRUE\t",
];

/// So far behind a mark a value is looked for, and before a slice.
const REACH: usize = 200;

/// Values that nothing else tells are at least so long.
const SHORTEST: usize = 8;

/// Callees that many others end like are one mark together.
const FAMILIES: [&str; 2] = ["Auth(", "connect("];

/// Callees that the search of names takes already.
const NAMED: [&str; 5] = ["Client(", "login(", "Roboflow(", "Deepgram(", "Experiment("];

/// The marks of these kinds, in order: callees that no rule for names knows.
pub(super) fn of<'k>(kinds: impl Iterator<Item = &'k Kind> + Clone) -> Vec<String> {
    let callees = kinds
        .clone()
        .filter(|kind| kind.told == Told::Name || !kind.context.is_empty())
        .flat_map(|kind| kind.calls.iter())
        .filter_map(|call| call.split_once('('))
        .filter(|(callee, argument)| !is_named(callee, argument))
        .map(|(callee, _)| literal(callee))
        .filter(|literal| !NAMED.iter().any(|named| literal.ends_with(named)));
    let fixed = DECODERS.iter().chain(&PHRASES);
    let all: BTreeSet<String> = callees
        .chain(fixed.map(|mark| (*mark).to_owned()))
        .chain(kinds.flat_map(percent_encoded))
        .collect();
    all.into_iter().collect()
}

/// The anchors of a kind as they stand within the query of a URL: all slashes
/// encoded, or only some: of three or more the first that is tells enough. Anchors
/// without one are written as ever, and that of a URL stands in each.
fn percent_encoded(kind: &Kind) -> impl Iterator<Item = String> {
    let anchors = kind.anchors.iter();
    let slashed = anchors.filter(|anchor| anchor.contains('/') && anchor.as_ref() != "://");
    slashed.flat_map(|anchor| {
        let whole = anchor.replace('/', "%2F").replace(':', "%3A");
        let mut written = vec![whole];
        let slashes: Vec<usize> = anchor.match_indices('/').map(|(at, _)| at).collect();
        let several = slashes.iter().filter(|_| slashes.len() > 1);
        for &at in several {
            let rest = if slashes.len() == 2 {
                &anchor[at + 1..]
            } else {
                ""
            };
            written.push(format!("{}%2F{rest}", &anchor[..at]));
        }
        let small = |text: &String| text.replace("%2F", "%2f").replace("%3A", "%3a");
        let small: Vec<String> = written.iter().map(small).collect();
        written.into_iter().chain(small)
    })
}

/// Whether the search of names sees it: keywords, and setters (`set_token(`).
fn is_named(callee: &str, argument: &str) -> bool {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    names::classify(argument.trim_end_matches(')')).is_some()
        || last.starts_with("OAuth")
        || last.contains('_') && names::classify(&format!("{callee}:0")).is_some()
}

/// What is searched for a callee. An `import` may have left its first part
/// out; of methods the object tells (`bot.run`), of classes the name (`OWM`).
fn literal(callee: &str) -> String {
    let last = callee.rsplit('.').next().unwrap_or(callee);
    let whole = match last.starts_with(|first: char| first.is_ascii_uppercase()) {
        true => format!("{last}("),
        false => format!("{callee}("),
    };
    let family = FAMILIES.iter().find(|family| whole.ends_with(*family));
    family.map_or(whole, |family| (*family).to_owned())
}

/// Whether what may be a value stands near the mark at `at`.
pub(super) fn counts(bytes: &[u8], at: usize, mark: &str) -> bool {
    if mark.starts_with('[') {
        return runs(&bytes[at.saturating_sub(REACH)..at]).any(may_be_value);
    }
    if borders::goes_on(bytes, at) {
        return false;
    }
    let start = at + mark.len();
    let rest = &bytes[start..bytes.len().min(start + REACH)];
    let rest = match mark.ends_with('=') {
        true => &rest[..bare(rest)],
        false => rest,
    };
    runs(rest).any(may_be_value)
}

/// Where a value ends that is not quoted: all of the rest may belong to one that
/// is, or that a call returns.
fn bare(rest: &[u8]) -> usize {
    let is_end = |at: &usize| match rest[*at] {
        b'\\' => true,
        byte => b",);&\n\"'([{".contains(&byte),
    };
    let end = (0..rest.len()).find(is_end).unwrap_or(rest.len());
    match &rest[end..] {
        [b',' | b')' | b';' | b'&' | b'\n', ..] | [b'\\', b'n', ..] => end,
        _ => rest.len(),
    }
}

/// What stands between blanks, quotes and brackets.
fn runs(near: &[u8]) -> impl Iterator<Item = &[u8]> {
    near.split(|byte| byte.is_ascii_whitespace() || b"\"'\\,()[]{}".contains(byte))
}

/// Whether a run is no word.
fn may_be_value(run: &[u8]) -> bool {
    run.len() >= SHORTEST && !is_word(run)
}

/// A word, a name in code, a number: nothing is mixed.
fn is_word(run: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| run.iter().any(test);
    let digit = has(u8::is_ascii_digit);
    let letter = has(u8::is_ascii_alphabetic);
    let inner_capital = run[1..].iter().any(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    !(digit && letter || inner_capital)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue;

    #[test]
    fn callees_that_nothing_else_tells_are_marks() {
        let marks = of(catalogue::kinds().iter());
        for mark in ["Exa(", "OWM(", "bot.run(", "Auth(", "b64decode("] {
            assert!(marks.iter().any(|one| one == mark), "{mark}: {marks:?}");
        }
        assert!(!marks.iter().any(|one| one.starts_with("AzureOpenAI")));
    }

    #[test]
    fn anchors_with_a_slash_are_marks_as_a_query_writes_them() {
        let marks = of(catalogue::kinds().iter());
        let has = |mark: &str| marks.iter().any(|one| one == mark);
        assert!(has("1%2F%2F0") && has("1%2f%2f0") && has("1/%2F0"));
        assert!(has("discord.com%2F") && has("discord.com/api%2F"));
        assert!(!has("%3A%2F%2F"), "each URL in a URL has it");
    }

    #[test]
    fn a_mark_counts_if_a_value_may_follow() {
        let counted = |text: &str, mark: &str| {
            let at = text.find(mark).unwrap_or(0);
            counts(text.as_bytes(), at, mark)
        };
        assert!(counted(r#"x = Exa(\"0f8a1c9e-7b3d\")"#, "Exa("));
        assert!(counted(r"'vZxJ8Kq2' [::-1]", "[::-1]"));
        assert!(!counted("bot.run(main, debug)", "bot.run("));
        assert!(!counted("x[::-1] # nothing", "[::-1]"));
        assert!(counted("\\nconnect('me', 'vZxJ8Kq2')", "connect("));
        assert!(!counted("disconnect('me', 'vZxJ8Kq2')", "connect("));
        for set in [
            "db_pw=vZxJ8Kq2",
            "pw=f'vZxJ8Kq2'",
            "pw=('vZxJ8Kq2')",
            r"pw=(\n'vZxJ8Kq2')",
            r#"pw=x or \"vZxJ8Kq2\""#,
        ] {
            assert!(counted(set, "pw="), "{set}");
        }
        assert!(!counted(r"cls_pw=1.0\nobj_pw=vZxJ8Kq2", "pw="));
        assert!(!counted("cls_pw=1.0, obj=1.0, obj_pw=1.0", "pw="));
    }
}

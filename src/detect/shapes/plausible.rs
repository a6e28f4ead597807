//! Tells values that somebody made up for the reader (`hf_xxxxxxxx`,
//! `sk-1234567890abcdef`, `YOUR_API_KEY`) from random ones.
//!
//! The tests compare a value with what random text of the same alphabet and
//! length would be; a value is refused only where chance would give it less
//! than once in ten million million values. So a real token passes, and a
//! placeholder, which is far from random, does not.

use crate::detect::judge;

/// How improbable chance must be before a value is refused.
const CHANCE: f64 = 1e-13;

/// Longer values are judged by their beginning.
const ENOUGH: usize = 200;

/// Why `value` cannot be a random token, if it cannot.
///
/// `value` is the variable part, without the public prefix; `mixed` says
/// whether its kind allows capitals, small letters and digits.
pub(super) fn doubt(value: &str, mixed: bool) -> Option<&'static str> {
    if has_ellipsis(value) {
        return Some("it is shortened");
    }
    if judge::is_crossed_out(value) {
        return Some("parts of it are crossed out");
    }
    if reads_as_placeholder(value) {
        return Some("it reads as a placeholder");
    }
    if is_identifier(value) {
        return Some("it reads as a name in code");
    }
    let body = body(value);
    if body.len() < 8 {
        return None;
    }
    let size = alphabet(&body);
    if few_distinct(&body, size) {
        return Some("it has too few different characters");
    }
    if stepwise(&body, size) {
        return Some("its characters follow one another in order");
    }
    if periodic(&body, size) {
        return Some("it repeats itself");
    }
    (mixed && one_case(&body)).then_some("it is made of letters of one case")
}

/// Three dots or stars in a short value; in a long one whose alphabet has them
/// they come by chance.
fn has_ellipsis(value: &str) -> bool {
    let is_short = value.len() < 24;
    is_short && (value.contains("...") || value.contains("***"))
        || value.contains('…')
        || value.contains("******")
}

/// A piece of this length tells enough by itself.
const PIECE: usize = 20;

/// The letters and digits to be judged: the longest piece between separators
/// (others may be ids in an alphabet of their own), or all pieces together if
/// they are short, as in a UUID.
fn body(value: &str) -> Vec<u8> {
    let pieces = || value.split(|c: char| !c.is_ascii_alphanumeric());
    let longest = pieces().max_by_key(|piece| piece.len()).unwrap_or_default();
    let mut body: Vec<u8> = if longest.len() >= PIECE {
        longest.bytes().collect()
    } else {
        pieces().flat_map(str::bytes).collect()
    };
    body.truncate(ENOUGH);
    body
}

/// The number of characters that the alphabet seems to have. A class that
/// makes up less than a seventh is not counted: it may be a few fixed letters.
fn alphabet(body: &[u8]) -> f64 {
    let hex = |capital: bool| {
        body.iter().all(|b| {
            b.is_ascii_hexdigit() && (b.is_ascii_digit() || b.is_ascii_uppercase() == capital)
        })
    };
    if body.iter().all(u8::is_ascii_digit) {
        return 10.0;
    }
    if hex(true) || hex(false) {
        return 16.0;
    }
    let share = |test: fn(&u8) -> bool, size: f64| {
        let count = body.iter().filter(|byte| test(byte)).count();
        if count * 7 >= body.len() { size } else { 0.0 }
    };
    share(u8::is_ascii_lowercase, 26.0)
        + share(u8::is_ascii_uppercase, 26.0)
        + share(u8::is_ascii_digit, 10.0)
}

/// Fewer different characters than chance would give.
fn few_distinct(body: &[u8], size: f64) -> bool {
    let mut seen = [false; 256];
    body.iter().for_each(|&byte| seen[usize::from(byte)] = true);
    let distinct = seen.iter().filter(|seen| **seen).count() as f64;
    if distinct >= size {
        return false;
    }
    // At most C(size, distinct) choices, each holding all characters with
    // the chance (distinct / size) ^ length.
    let choices: f64 = (0..distinct as usize)
        .map(|at| ((size - at as f64) / (at as f64 + 1.0)).ln())
        .sum();
    choices + body.len() as f64 * (distinct / size).ln() < CHANCE.ln()
}

/// More neighbours that are equal or follow one another (`aa`, `ab`, `ba`,
/// `90`) than chance would give.
fn stepwise(body: &[u8], size: f64) -> bool {
    let follows = |a: u8, b: u8| {
        b == a
            || b.wrapping_sub(a) == 1
            || a.wrapping_sub(b) == 1
            || matches!((a, b), (b'9', b'0' | b'a' | b'A'))
    };
    let steps = body
        .windows(2)
        .filter(|pair| follows(pair[0], pair[1]))
        .count();
    improbable(steps, body.len() - 1, 3.2 / size)
}

/// More characters equal to the one a period before than chance would give.
fn periodic(body: &[u8], size: f64) -> bool {
    (2..=body.len() / 2).any(|period| {
        let pairs = body.iter().zip(&body[period..]);
        let equal = pairs.filter(|(a, b)| a == b).count();
        improbable(equal, body.len() - period, 1.0 / size)
    })
}

/// Whether `hits` or more of `tries` with that chance each is improbable: by
/// Chernoff's bound, which never understates the chance.
fn improbable(hits: usize, tries: usize, chance: f64) -> bool {
    if tries == 0 {
        return false;
    }
    let share = hits as f64 / tries as f64;
    if share <= chance {
        return false;
    }
    let part = |share: f64, chance: f64| {
        if share == 0.0 {
            0.0
        } else {
            share * (share / chance).ln()
        }
    };
    let distance = part(share, chance) + part(1.0 - share, 1.0 - chance);
    -(tries as f64) * distance < CHANCE.ln()
}

/// Letters of one case only, where all 62 characters could stand.
fn one_case(body: &[u8]) -> bool {
    let single = body.iter().all(u8::is_ascii_lowercase) || body.iter().all(u8::is_ascii_uppercase);
    single && body.len() as f64 * (26.0_f64 / 62.0).ln() < (CHANCE * 1e4).ln()
}

/// `os.environ.TOKEN_OF_SERVICE`: three or more words of letters in one case.
fn is_identifier(value: &str) -> bool {
    let pieces: Vec<&str> = value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|piece| !piece.is_empty())
        .collect();
    let is_word = |piece: &&str| {
        let tail = piece.get(1..).unwrap_or_default();
        piece.bytes().all(|b| b.is_ascii_uppercase())
            || (piece.as_bytes()[0].is_ascii_alphabetic()
                && tail.bytes().all(|b| b.is_ascii_lowercase()))
    };
    let letters: usize = pieces.iter().map(|piece| piece.len()).sum();
    // Each letter but the first of a word has one case of two by chance.
    pieces.len() >= 3 && letters >= pieces.len() + 16 && pieces.iter().all(is_word)
}

/// Words that by themselves say that the reader should put a value there.
const TELLING: [&str; 14] = [
    "example",
    "placeholder",
    "redacted",
    "changeme",
    "change_me",
    "yourtoken",
    "yourapikey",
    "your_api",
    "your-api",
    "your_token",
    "your-token",
    "your_key",
    "key_here",
    "replace_",
];

/// Words that placeholders are made of.
const WORDS: [&str; 32] = [
    "your", "my", "api", "key", "token", "secret", "here", "test", "fake", "dummy", "sample",
    "demo", "mock", "insert", "replace", "put", "add", "paste", "user", "password", "none", "null",
    "todo", "access", "the", "goes", "with", "real", "this", "enter", "hidden", "org",
];

fn reads_as_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    TELLING.iter().any(|word| lower.contains(word)) || made_of_words(&lower)
}

/// Whether at least two thirds of the letters, and twelve, belong to words.
fn made_of_words(lower: &str) -> bool {
    let letters = lower.bytes().filter(u8::is_ascii_alphanumeric).count();
    let mut covered = 0;
    let mut at = 0;
    while let Some(rest) = lower.get(at..) {
        if rest.is_empty() {
            break;
        }
        let word = WORDS
            .iter()
            .filter(|word| rest.starts_with(**word))
            .map(|word| word.len())
            .max();
        covered += word.unwrap_or(0);
        at += word.unwrap_or_else(|| rest.chars().next().map_or(1, char::len_utf8));
    }
    covered >= 10 && covered * 3 >= letters * 2
}

/// Passwords that everybody knows, in small letters.
const WELL_KNOWN: &[&str] = &[
    "password",
    "passwd",
    "passw0rd",
    "pass",
    "pwd",
    "pw",
    "secret",
    "token",
    "changeme",
    "example",
    "test",
    "x-oauth-basic",
    "admin",
    "root",
    "guest",
    "postgres",
    "mysql",
    "mongo",
    "redis",
    "mypassword",
    "mypass",
    "testpass",
    "test_pass",
    "mysecretpassword",
    "yourpassword",
    "your_password",
    "your-password",
    "db_password",
    "dbpassword",
    "userpass",
    "access_token",
    "api_key",
    "pat",
    "hunter2",
    "123",
    "1234",
    "12345",
    "123456",
];

/// Hosts that nobody reaches from elsewhere, and those of documentation.
const LOCAL: &[&str] = &["localhost", "127.0.0.1", "0.0.0.0", "[::1]", "example."];

/// Names that no host ever has (RFC 2606).
const RESERVED: [&str; 2] = [".example", ".invalid"];

/// Names that only a network itself knows (RFC 6762, Kubernetes).
const WITHIN: &str = ".local";

/// Whether a password in a URL or a connection string is a slot to fill in, or
/// a default that everybody knows.
pub(super) fn is_slot(password: &str, user: &str, host: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let name = host.split(':').next().unwrap_or(host);
    let is_local = LOCAL.iter().any(|known| host.contains(known))
        || RESERVED.iter().any(|reserved| name.ends_with(reserved))
        || name.ends_with(WITHIN);
    is_template(password)
        || is_port(password)
        || WELL_KNOWN.contains(&lower.as_str())
        || lower.starts_with("redacted")
        || (["your", "Your", "YOUR"].iter()).any(|word| password.starts_with(word))
        || lower
            .bytes()
            .all(|byte| matches!(byte, b'x' | b'*' | b'.' | b'-' | b'_' | b'#' | b'0'))
        || has_ellipsis(&lower)
        || (is_local && lower == user.to_ascii_lowercase())
        || ((is_local || is_service(host)) && stands_for_one(password))
        || is_variable_name(password)
        || reads_as_placeholder(password)
}

/// Whether it is the port of a server and what follows, up to a user with a domain:
/// `jdbc:sqlserver://host:1433;database=dw;user=me@server`.
fn is_port(password: &str) -> bool {
    let rest = password.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < password.len() && rest.starts_with(';') && rest.contains('=')
}

/// Whether something else is put in there: `{password}`, `%s`, `$PASSWORD`.
fn is_template(password: &str) -> bool {
    let wrapped = |open: char, close: char| password.starts_with(open) && password.ends_with(close);
    // `{os.environ[` of an f-string, cut off where its quote begins.
    let is_code = |rest: &str| {
        let callee = rest.trim_end_matches(['(', '[']);
        let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_.".contains(&b);
        callee.len() < rest.len() && callee.bytes().all(is_part)
    };
    // `-databricks_token-`, as some documentation frames what is to be filled in.
    let is_framed_name = || {
        let name = password
            .strip_prefix('-')
            .and_then(|rest| rest.strip_suffix('-'));
        name.is_some_and(|name| {
            name.contains('_') && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        })
    };
    is_framed_name()
        || wrapped('{', '}')
        || wrapped('[', ']')
        || wrapped('%', '%')
        || wrapped('(', ')')
        || password == "%s"
        || password.starts_with("%(")
        || password.starts_with('$')
        || password.contains("{{")
        || password.contains("${")
        || password.strip_prefix('{').is_some_and(is_code)
}

/// Whether a host has no domain: a service beside this one (`db:5432`).
fn is_service(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.bytes().all(is_letter) && port.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a password is one for the time of development: a word, or words that
/// say so.
fn stands_for_one(password: &str) -> bool {
    let mut letters = password.bytes();
    let is_word = (4..=10).contains(&password.len())
        && letters
            .next()
            .is_some_and(|first| first.is_ascii_alphabetic())
        && letters.all(|letter| letter.is_ascii_lowercase());
    is_word && !judge::is_peculiar(password) || judge::is_composed(password)
}

/// `DB_PASSWORD`: the name of a secret, not one.
fn is_variable_name(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_refused() {
        for value in [
            "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "1234567890abcdef1234567890abcdef",
            "0123456789abcdefghijABCDEFGHIJ",
            "abcd1234abcd1234abcd1234abcd1234",
            "YOUR_API_KEY_HERE",
            "your-token-goes-here",
            "AbCdEf...wXyZ",
            "00000000-0000-0000-0000-000000000000",
            "thisisnotarealtokenbutlooksalotlikeone",
            "T024XXXXX/B0XXXXXXX/9kQ3vZ8rLw0XyTbN5mJcHs7P",
        ] {
            assert!(doubt(value, true).is_some(), "{value}");
        }
    }

    #[test]
    fn random_values_pass() {
        let hex = format!("{}{}", "9f2c4e81b07d", "3a5566e0c1f8d42b97a6");
        let mixed = format!("{}{}", "kQ3vZ8rLw0XyTb", "N5mJcHs7PfGd2AeUiV9o");
        for value in [&hex, &mixed] {
            assert_eq!(doubt(value, true), None, "{value}");
        }
    }

    #[test]
    fn slots_and_known_defaults_are_no_passwords() {
        for password in [
            "${PW}",
            "{password}",
            "$PW",
            "%s",
            "xxxx",
            "password",
            "DB_PASS",
            "your_pw",
            "-databricks_token-",
        ] {
            assert!(is_slot(password, "ada", "db.corp.test"), "{password}");
        }
        assert!(is_slot("ada", "ada", "localhost:5432"));
        assert!(!is_slot("ada", "ada", "db.corp.test"));
        assert!(!is_slot("s3cr3t-Enough", "ada", "localhost"));
        assert!(is_slot("phoenix", "ada", "localhost:5432"));
        assert!(is_slot("phoenix", "ada", "db:5432"));
        assert!(!is_slot("phoenix", "ada", "db.corp.test"));
        assert!(!is_slot("phoenix", "ada", "db.examplecorp.test"));
        assert!(!is_slot("phoenix", "ada", "sqlprod01"));
        assert!(!is_slot("xkqzvbwj", "ada", "db:5432"));
        assert!(!is_slot("rootpass", "ada", "db.corp.test"));
        assert!(is_slot("s3cr3t", "ada", "db.example:5432"));
        assert!(is_slot("ada", "ada", "db.svc.cluster.local:5432"));
        assert!(is_slot("proxypassword", "username", "proxy.example.net"));
    }
}

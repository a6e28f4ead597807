//! Placeholders and look-ups: what stands where a secret would.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashSet;

use super::words;

/// Why a value only holds the place of a secret, if it does.
///
/// Also right for values that already have the shape of a kind (`sk-…`,
/// `hf_…`): real ones are never taken for placeholders, except by chances of
/// less than one in ten thousand. The reason never holds the value.
pub fn is_placeholder(value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() || !value.chars().any(char::is_alphanumeric) {
        return Some("a placeholder: nothing but punctuation".into());
    }
    let lower = value.to_ascii_lowercase();
    literal(&lower)
        .or_else(|| someones_token(&lower))
        .or_else(|| slot(value))
        .or_else(|| filler(value))
        .or_else(|| filling_word(value, &lower))
}

/// Why a value is code that reads a secret from elsewhere, if it is.
pub(super) fn is_look_up(value: &str) -> Option<String> {
    let value = value.trim().trim_matches(['"', '\'']);
    if ENCRYPTED.iter().any(|start| value.starts_with(start)) {
        return Some("encrypted already".into());
    }
    // `"password='"+VALUE+"'"`: what stands between two literals, or the code
    // behind one.
    let is_joined = value.starts_with('+') && value.ends_with('+') && value.contains('.');
    if is_joined || value.starts_with([')', ',', ';']) && value.contains(['+', '(', '=']) {
        return Some("code around a value".into());
    }
    let variable = |name: &str| {
        let name = name.trim_start_matches('{').trim_end_matches('}');
        // Another one in its place, if it is not set: `${A:-$B}`.
        let name = name.replacen(":-$", ":-", 1);
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.:-".contains(c))
            && (name.contains('_') || words::coverage(&name) > 0.5 || is_upper(&name))
    };
    // `$$NAME`: Compose and Kubernetes leave one of them to the shell.
    let shell = value.strip_prefix("$$").or(value.strip_prefix('$'));
    let dollar = shell.is_some_and(variable);
    let percent = value.len() > 2 && value.starts_with('%') && value.ends_with('%');
    // `creds$password`, a member in R.
    let word = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_alphabetic() || "_.".contains(c))
            && words::coverage(name) > 0.5
    };
    let member = value.split_once('$').is_some_and(|(object, member)| {
        !object.is_empty()
            && word(member)
            && object
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.".contains(c))
    });
    if dollar || percent || member {
        return Some("the name of a variable".into());
    }
    let slots = LOOK_UP_SLOTS.iter().any(|open| value.contains(open)) && !is_more_than_slots(value);
    if slots
        || is_batch_slot(value)
        || LOOK_UPS.iter().any(|part| reads(value, part))
        || is_call(value)
    {
        return Some("read from elsewhere when the code runs".into());
    }
    None
}

/// Whether a part of code stands in a value as code: at the beginning of a
/// word, with a name or an argument behind it, and nothing that no code has.
fn reads(value: &str, part: &str) -> bool {
    let is_code = |c: char| c.is_ascii_alphanumeric() || "_.-[](){}'\"`,:/ $=\\".contains(c);
    value.match_indices(part).any(|(at, _)| {
        let begins = !value[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let rest = &value[at + part.len()..];
        let goes_on = !rest.starts_with(|c: char| c.is_ascii_digit());
        begins && goes_on && value.chars().all(is_code)
    })
}

/// Whether what is left of a value without its slots is itself as mixed as a
/// password: `p{{w}}9Zk$x1`.
fn is_more_than_slots(value: &str) -> bool {
    let mut rest = String::with_capacity(value.len());
    let mut tail = value;
    while let Some(open) = tail.find(['{', '<', '(']) {
        rest.push_str(tail[..open].trim_end_matches('$'));
        let close = tail[open..].find(['}', '>', ')']);
        let Some(close) = close else {
            rest.push_str(&tail[open..]);
            tail = "";
            break;
        };
        tail = tail[open + close + 1..].trim_start_matches(['}', '>', ')']);
    }
    rest.push_str(tail);
    rest.len() >= 6 && super::classes(&rest) >= 3 && words::coverage(&rest) < 0.3
}

/// `name(…)`, `name[…]`: code, not a value.
fn is_call(value: &str) -> bool {
    let Some(open) = value.find(['(', '[']) else {
        return false;
    };
    let callee = &value[..open];
    let named = !callee.is_empty()
        && callee
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_.".contains(c))
        && words::coverage(callee) > 0.3;
    named && value.ends_with([')', ']', ';', ','])
}

/// `Passwd__%random%`: words around a variable of a batch file.
fn is_batch_slot(value: &str) -> bool {
    let mut parts = value.split('%');
    let (Some(before), Some(name), Some(after), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let is_variable = ["random", "date", "time", "username", "computername"]
        .iter()
        .any(|variable| name.eq_ignore_ascii_case(variable));
    let is_word = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphabetic() || b"_-.".contains(&b))
    };
    is_variable && is_word(before) && is_word(after)
}

fn is_upper(name: &str) -> bool {
    !name.bytes().any(|b| b.is_ascii_lowercase()) && !name.bytes().any(|b| b.is_ascii_digit())
}

fn literal(lower: &str) -> Option<String> {
    static KNOWN: LazyLock<FxHashSet<&str>> =
        LazyLock::new(|| LITERALS.split_ascii_whitespace().collect());
    // `pass1234`: who counts on behind such a word keeps nothing secret.
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let counts_on = "1234567890".starts_with(&lower[stem.len()..]);
    let marked = lower.trim_end_matches('!');
    (KNOWN.contains(marked) || counts_on && KNOWN.contains(stem))
        .then(|| "a placeholder: a word that stands for nothing".into())
}

/// Why a value that is bound to a name is made up of words that stand for one.
pub(super) fn composed(value: &str) -> Option<String> {
    is_composed(value).then(|| "a placeholder: words that stand for one".into())
}

/// `test_pass`, `member123`, `token_1`: nothing but words that stand for a secret
/// or for somebody, counted on at most. Not asked of what an address on the
/// network is opened with: people choose such passwords.
pub(crate) fn is_composed(value: &str) -> bool {
    static ALL: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
        [TELLING_PARTS, OTHER_PARTS]
            .into_iter()
            .flat_map(words_of)
            .collect()
    });
    let lower = value.to_ascii_lowercase();
    let words = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &lower[words.len()..];
    let counts_on = number.len() < 2 || "1234567890".starts_with(number);
    let parts = || {
        words
            .split(['-', '_', '.', ':', ' '])
            .filter(|part| !part.is_empty())
    };
    counts_on
        && parts().all(|part| are_words(part, &ALL))
        && parts().any(|part| {
            TELLING_PARTS
                .split_ascii_whitespace()
                .any(|word| part.contains(word))
        })
}

/// `my-gitlab-token`, `deploy-token-value`, `ghp_secret`: where it would stand. Also
/// asked of what an address is opened with, so no other words will do.
fn someones_token(lower: &str) -> Option<String> {
    let is_begun = ["ghp_", "gho_", "glpat-", "hf_", "my-", "my_", "your"]
        .iter()
        .any(|start| lower.starts_with(start));
    let is_ended = ["token-value", "access-token", "access_token"]
        .iter()
        .any(|end| lower.ends_with(end));
    ((is_begun || is_ended) && is_composed(lower))
        .then(|| "a placeholder: words that stand for one".into())
}

fn words_of(list: &'static str) -> FxHashSet<&'static str> {
    list.split_ascii_whitespace().collect()
}

/// Whether a run of letters is made of these words alone.
fn are_words(run: &str, words: &FxHashSet<&str>) -> bool {
    /// No value that is made of them is longer, and no word of theirs.
    const MOST: usize = 40;
    const LONGEST: usize = 13;
    if run.len() > MOST || !run.is_ascii() {
        return false;
    }
    // How far words may reach from the beginning.
    let mut reached = [false; MOST + 1];
    reached[0] = true;
    for end in 1..=run.len() {
        let mut starts = end.saturating_sub(LONGEST)..end;
        reached[end] = starts.any(|at| reached[at] && words.contains(&run[at..end]));
    }
    reached[run.len()]
}

/// A slot to be filled: `<token>`, `{token}`, `[KEY]`, `${X}`, `%(x)s`.
fn slot(value: &str) -> Option<String> {
    let pairs = [('<', '>'), ('{', '}'), ('[', ']'), ('(', ')')];
    let within = pairs.iter().any(|&(open, close)| {
        value.find(open).is_some_and(|at| {
            let rest = &value[at + 1..];
            let named = |end: usize| {
                let inner = rest[..end].trim_matches(['{', '}', '$', '%', '<', '>', ' ']);
                inner.is_empty() || inner.starts_with(|c: char| c.is_alphabetic() || c == '_')
            };
            let whole = at == 0 && value.ends_with(close);
            rest.find(close)
                .is_some_and(|end| (whole || open == '{' || open == '<') && named(end))
        })
    });
    let names = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let percent = value
        .match_indices("%(")
        .any(|(at, _)| names(&value[at + 2..]));
    // `[enter your password]`, of which a reader of words takes the first.
    let is_open = value
        .strip_prefix(['[', '<'])
        .is_some_and(|rest| rest.len() >= 3 && rest.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let whole = value.starts_with(['<', '{', '[', '(']) && value.ends_with(['>', '}', ']', ')']);
    // `##PASSWORD##`, `@@KEY@@`.
    let framed = ["##", "@@", "__", "%%", "$$"].iter().any(|frame| {
        let inner = value
            .strip_prefix(frame)
            .and_then(|rest| rest.strip_suffix(frame));
        inner.is_some_and(|name| {
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && words::coverage(name) > 0.5
        })
    });
    let slots = framed || (within || percent) && (whole || !is_more_than_slots(value));
    (slots || is_open || value == "%s").then(|| "a placeholder: a slot to be filled".into())
}

/// Fillers: `xxxx`, `****`, `...`, `123456`, `abcdef`, one part repeated.
fn filler(value: &str) -> Option<String> {
    let reason = if value.contains("...") || value.contains('…') {
        "a placeholder: cut off by dots"
    } else if value.contains(JWT_IO) {
        "the token of jwt.io, which documentation copies"
    } else if longest_run(value, |c| "xX*#?•·●_.".contains(c)) >= (value.len() / 8).max(4)
        || longest_run(value, |_| true) >= longest_by_chance(value)
        || is_repeated(value)
        || is_crossed_out(value)
    {
        "a placeholder: one character or part over and over"
    } else if sequences(value) {
        "a placeholder: a row of the alphabet, of digits or of the keyboard"
    } else {
        return None;
    };
    Some(reason.into())
}

/// A run of one character that no random value has: a long one may begin with many
/// `A`, as tokens of X do, or have zero bytes within, as session tokens of AWS.
fn longest_by_chance(value: &str) -> usize {
    const LONG: usize = 64;
    match value.len() {
        ..LONG => 6,
        length => length / 4,
    }
}

/// The longest run of one character, of those that count.
fn longest_run(value: &str, counts: impl Fn(char) -> bool) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for c in value.chars() {
        run = if before == Some(c) { run + 1 } else { 1 };
        if counts(c) {
            longest = longest.max(run);
        }
        before = Some(c);
    }
    longest
}

/// Parts of a longer value that somebody put `x` over: `T024XXXXX/B0XXXXXXX/…`.
pub(crate) fn is_crossed_out(value: &str) -> bool {
    /// Fewer in a row, and fewer altogether, come by chance.
    const IN_A_ROW: usize = 4;
    const ALTOGETHER: usize = 8;
    let is_cross = |byte: u8| matches!(byte, b'x' | b'X');
    let runs = value.as_bytes().chunk_by(|a, b| a == b);
    let crosses = runs.filter(|run| run.len() >= IN_A_ROW && is_cross(run[0]));
    crosses.map(<[u8]>::len).sum::<usize>() >= ALTOGETHER
}

/// The whole value is one part over and over (`abcabcabc`).
fn is_repeated(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() >= 6
        && (1..=bytes.len() / 2)
            .any(|period| bytes[period..] == bytes[..bytes.len() - period] && period <= 12)
}

/// Rows make up the value, or one of them is longer than chance allows.
fn sequences(value: &str) -> bool {
    let (longest, in_rows) = rows(value);
    let lower = value.to_ascii_lowercase();
    let known = [
        "qwerty", "asdfgh", "zxcvbn", "1q2w3e", "a1b2c3", "abc123", "123abc", "12345678",
    ];
    longest >= 7
        || (longest >= 4 && in_rows * 2 > value.len())
        || known.iter().any(|row| lower.contains(row))
}

/// The longest row of neighbours in the alphabet or the digits, and how much
/// of the value lies in rows of at least four.
fn rows(value: &str) -> (usize, usize) {
    // Neighbours on the keyboard, within a row of it.
    let on_keyboard = |a: u8, b: u8| {
        ["qwertyuiop", "asdfghjkl", "zxcvbnm"]
            .iter()
            .any(|row| row.as_bytes().windows(2).any(|pair| pair == [a, b]))
    };
    // `AbCdEf` is one, too; in short values it would be one by chance.
    let is_long = value.len() >= 12;
    let next = |a: u8, b: u8| {
        let fold = |byte: u8| {
            if is_long {
                byte.to_ascii_lowercase()
            } else {
                byte
            }
        };
        let (a, b) = (fold(a), fold(b));
        b == a.wrapping_add(1)
            || a == b.wrapping_add(1)
            || (a, b) == (b'9', b'0')
            || on_keyboard(a, b)
    };
    let row =
        |a: &u8, b: &u8| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() && next(*a, *b);
    let lengths = value.as_bytes().chunk_by(row).map(<[u8]>::len);
    let longest = lengths.clone().max().unwrap_or(0);
    (longest, lengths.filter(|&length| length >= 4).sum())
}

/// A word that says: put yours here.
fn filling_word(value: &str, lower: &str) -> Option<String> {
    static INSIDE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(TELLING).ok());
    let inside = INSIDE.as_ref().and_then(|search| {
        let found = search.find(lower)?;
        TELLING.get(found.pattern().as_usize())
    });
    let front = ["your", "enter", "insert", "paste"]
        .into_iter()
        .find(|word| lower.starts_with(word));
    let alone = || {
        // In a long random value one of them may stand by chance.
        if words::coverage(value) < 0.25 {
            return None;
        }
        words::runs(value)
            .map(str::to_ascii_lowercase)
            .find_map(|run| FILLING.iter().find(|word| **word == run))
            .copied()
    };
    let word = inside.copied().or(front).or_else(alone)?;
    Some(format!("a placeholder: holds the word `{word}`"))
}

/// Words that no random value holds by chance, wherever they stand.
const TELLING: &[&str] = &[
    "example",
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "placeholder",
    "redacted",
    "your_",
    "your-",
    "your ",
    "yourapi",
    "yourkey",
    "yourtoken",
    "yoursecret",
    "yourpass",
    "replace_",
    "replace-",
    "replaceme",
    "dummy",
    "insert_",
    "insert-",
    "_here",
    "-here",
    " here",
    "goes_here",
    "supersecret",
    "not_a_real",
    "notareal",
    "api_key",
    "apikey",
    "api-key",
    "secret_key",
    "mysecret",
    "my_secret",
    "my-secret",
    "mypassword",
    "my_password",
    "my-password",
    "my_token",
    "my-token",
    "fake_",
    "fake-",
    "_fake",
    "-fake",
    "tu_clave",
    "password123",
    "secretpassword",
    "unspecified",
    "undefined",
    "foobar",
    "deadbeef",
    "lorem",
];

/// Words that say it where they stand alone.
const FILLING: &[&str] = &[
    "your",
    "replace",
    "insert",
    "paste",
    "todo",
    "dummy",
    "fake",
    "masked",
    "hidden",
    "removed",
    "sanitized",
    "obfuscated",
    "placeholder",
    "sample",
    "omitted",
    "censored",
    "here",
    "votre",
    "mein",
    "anonymous",
];

/// How the signature of the token of jwt.io begins.
const JWT_IO: &str = concat!("SflKxwRJSMe", "KKF2QT");

/// Words that say of a password that it is made up, or that it is one.
const TELLING_PARTS: &str = "
pass password passwd passphrase pwd secret s3cr3t s3cret secr3t p4ss passw0rd p4ssw0rd token apikey
test tests testing tester demo sample example dummy fake mock temp tmp default placeholder your user
username guest member viewer editor
";

/// Words that stand beside them.
const OTHER_PARTS: &str = "
pw secrets key api access auth login cred credential credentials foo bar baz my our their the a an
some any this is not real new old admin administrator root owner manager operator student teacher
developer dev staging prod local localhost db database sql postgres postgresql mysql mongo mongodb
redis neo4j elastic minio super strong secure safe long very weak bad good wrong valid invalid
correct incorrect initial bot azure aws gcp github gitlab bitbucket ad deploy personal ghp gho glpat hf
client server service string value name here sensitive proxy
";

/// Values that stand for nothing.
const LITERALS: &str = "
none null nil nan true false undefined todo tbd n/a na empty string str bytes optional test tests
testing dummy fake foo bar baz foobar foobarbaz abc abcd abc123 xyz secret mysecret token mytoken key
mykey apikey password mypassword passwd pass pwd admin administrator root user username guest demo
sample example default changeme changeit change_me letmein welcome hello world temp tmp unknown
anonymous public private hidden redacted masked auto postgres mysql mongo mongodb neo4j redis rabbitmq
minio minioadmin elastic airflow jupyter milvus root:milvus student sa oracle tiger scott master
password1 password12 password123 p@ssw0rd passw0rd pa$$w0rd secret123 test123 test1234 admin123
pass123 user123 qwerty qwerty123 welcome1 trustno1 basic bearer ok yes no on off required invalid
passwort wachtwoord palavra-passe parola contrasena clave senha passord losenord adgangskode haslo
heslo sifre dapi hf_ gsk_ ghp_ glpat- xoxb-
coco-128-sample chess-sample-only-api-key token-abc123 sk-no-key-required no-key not-needed
not_needed set-me set_me set-me-up set_me_up no-key-required lm-studio ollama vllm nokey sk-1234 local localhost
";

/// How values begin that only their owner can read: Jasypt, SOPS, Spring Cloud,
/// Ansible Vault and the tag of YAML before it,
/// and the blob of a session key under another key (learn.microsoft.com, "CryptoAPI
/// SIMPLEBLOB"), as every IIS configuration has two.
const ENCRYPTED: [&str; 7] = [
    "ENC(",
    "ENC[",
    "{cipher}",
    "$ANSIBLE_VAULT;",
    "!vault",
    "AQIAAA5mAAAA",
    "AQIAABBmAAAA",
];

/// What opens a slot that is filled from elsewhere.
const LOOK_UP_SLOTS: [&str; 3] = ["${", "{{", "$("];

/// Parts of code that reads a value from elsewhere.
const LOOK_UPS: &[&str] = &[
    "os.environ",
    "os.getenv",
    "getenv(",
    "process.env",
    "userdata.get",
    "st.secrets",
    "getpass",
    "secrets.",
    "Sys.getenv",
    "sys.env",
    "ENV[",
    "dbutils",
    "keyring.",
    "UserSecretsClient",
    "get_secret",
    "args.",
    "config[",
    "environ[",
    "input(",
    "config.get",
    "settings.",
    "env.",
    "vault:",
    "op://",
    "secretmanager",
    "import.meta",
    "self.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_repeats_are_fillers() {
        for value in [
            "sk-xxxx1",
            "hf_****abcd",
            "a1a1a1a1",
            "0123456789",
            "sk-abc...",
            "zzzzzz9",
        ] {
            assert!(is_placeholder(value).is_some(), "{value}");
        }
        assert_eq!(is_placeholder("q8Zr2mVt6Kx1Lw9B"), None);
    }
}

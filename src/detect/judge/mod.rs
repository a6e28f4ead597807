//! The judge: does a value bound to a credential-like name look like a secret?
//!
//! The name has said what the value may be; the judge looks at the value. A
//! placeholder, a look-up, a path, a word are none; a key is random; a
//! password need only be something that nobody writes for another reason.
//! Every verdict has a reason for people, which never holds the value.

mod form;
mod placeholder;
mod randomness;
mod words;

pub(crate) use form::is_hash_of_password;
pub use placeholder::is_placeholder;
pub(crate) use placeholder::{is_composed, is_crossed_out};

use std::borrow::Cow;

use super::names::{self, NameClass, Sort, Strength};
use crate::region::Role;
use crate::syntax::{Via, cookies};

/// What is known of a value before it is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The name it is bound to, as written.
    pub name: &'a str,
    /// What the name promises.
    pub class: NameClass,
    /// How they are bound.
    pub via: Via,
    /// What text they stand in.
    pub role: &'a Role,
}

/// What the judge thinks of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is believed.
    pub credible: Credible,
    /// Why, in words for people; never holds the value.
    pub reason: String,
}

/// How far a value is believed to be a secret. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Credible {
    /// It is something else.
    No,
    /// It may be one.
    Possible,
    /// It looks like one.
    Likely,
    /// It can be nothing else, such as a private key.
    Certain,
}

impl Verdict {
    fn new(credible: Credible, reason: impl Into<String>) -> Self {
        Self {
            credible,
            reason: reason.into(),
        }
    }

    fn no(reason: impl Into<String>) -> Self {
        Self::new(Credible::No, reason)
    }
}

/// Judges a value by its looks and by what is known of it.
pub fn judge(value: &str, context: &Context) -> Verdict {
    // What is coloured has marks within, and a view without them is read too.
    let shown = match value.is_ascii() {
        true => Cow::Borrowed(value),
        false => Cow::Owned(value.replace(MARKS, "")),
    };
    let value = without_scheme(shown.trim());
    if is_private_key(value) {
        return Verdict::new(Credible::Certain, "a private key in full");
    }
    if value.len() > LONGEST {
        return Verdict::no("longer than any credential");
    }
    if context.class.sort == Sort::ConnectionString {
        return connection(value);
    }
    if is_djangos(value) && is_placeholder(value).is_none() {
        return Verdict::new(
            Credible::Likely,
            "fifty characters, as Django draws its keys",
        );
    }
    if is_hash_of_password(value) && is_placeholder(value).is_none() {
        return Verdict::new(
            Credible::Possible,
            "the hash of a password, which opens nothing until it is guessed",
        );
    }
    let harmless = is_placeholder(value)
        .or_else(|| placeholder::composed(value))
        .or_else(|| placeholder::is_look_up(value))
        .or_else(|| form::ordinary(value).map(Into::into));
    if let Some(reason) = harmless {
        return Verdict::no(reason);
    }
    match context.class.sort {
        Sort::Password => password(value, context),
        Sort::Cookie => cookie(value, context),
        _ => key(value, context),
    }
}

/// Whether a value only holds the place of a secret, or is code that reads it
/// from elsewhere.
pub fn stands_for_a_secret(value: &str) -> bool {
    is_placeholder(value).is_some() || placeholder::is_look_up(value).is_some()
}

/// Whether a value can hardly stand anywhere by chance, so that each copy of it
/// is meant: it is random, or letters are mixed with something else. A word
/// that somebody has for a password means itself wherever else it stands.
pub(crate) fn is_peculiar(value: &str) -> bool {
    /// What is longer is no word.
    const LONG: usize = 40;
    let has = |test: fn(char) -> bool| value.chars().any(test);
    let is_mixed =
        has(|c| c.is_ascii_digit()) || has(|c| !c.is_ascii_alphanumeric() && !"-_. /".contains(c));
    let is_one = value.len() >= 8 && is_mixed && has(|c| c.is_alphabetic());
    value.len() > LONG
        || randomness::is_random(value)
        || is_one && is_placeholder(value).is_none() && !is_composed(value)
}

/// Whether more than half of a text is ordinary words.
pub(crate) fn reads_as_words(text: &str) -> bool {
    words::coverage(text) > 0.5
}

/// Whether [`judge`] cannot believe a value whatever else is known of it: a
/// quick answer for those who ask of every word.
pub(crate) fn is_hopeless(value: &str, class: NameClass) -> bool {
    let value = without_scheme(value.trim());
    let may_be_one = match class.sort {
        Sort::ApiKey | Sort::Token | Sort::Secret => {
            value.len() >= 8
                && (is_djangos(value)
                    || value.bytes().all(|b| is_key_byte(b) || is_bracket(b))
                        && !randomness::is_text(value))
        }
        Sort::Password => (6..=LONGEST_PASSWORD * 4).contains(&value.len()),
        Sort::Cookie => session(value).is_some(),
        Sort::ConnectionString => value.contains(':') || value.contains('='),
    };
    !may_be_one && !is_private_key(value)
}

/// Whether a value holds a private key in full.
fn is_private_key(value: &str) -> bool {
    value.len() > 200 && value.contains("PRIVATE KEY-----")
}

/// `Bearer x` is `x`.
fn without_scheme(value: &str) -> &str {
    let Some((scheme, rest)) = value.split_once(' ') else {
        return value;
    };
    let known = [
        "bearer",
        "token",
        "basic",
        "bot",
        "apikey",
        "api-key",
        "key",
        "client-id",
    ]
    .contains(&scheme.trim_end_matches(':').to_ascii_lowercase().as_str());
    if known { rest.trim() } else { value }
}

/// Keys, tokens and secrets: issued by programs, so they look random.
fn key(value: &str, context: &Context) -> Verdict {
    let length = value.len();
    if length < 8 {
        return Verdict::no("too short for a key");
    }
    let is_bracketed = length >= 20 && in_code(context.role) && classes(value) == 4;
    if !value
        .bytes()
        .all(|b| is_key_byte(b) || is_bracketed && is_bracket(b))
    {
        return Verdict::no("holds characters that keys do not have");
    }
    if is_digest(value) && names::names_a_digest(context.name) {
        return Verdict::no("a hash or an identity, as its name says");
    }
    if !randomness::is_random(value) {
        return Verdict::no("words, not as random as a key");
    }
    let is_small = |byte: u8| byte.is_ascii_lowercase() || b"-_.".contains(&byte);
    if length < 16 && value.bytes().all(is_small) {
        return Verdict::no("small letters only, as in a name");
    }
    let classes = classes(value);
    let convincing = match context.class.strength {
        Strength::Strong => length >= 16 || classes >= 3 && length >= 10,
        // A UUID is the key of a record.
        Strength::Weak => {
            length >= 24
                && classes >= 3
                && in_code(context.role)
                && !form::is_of_record(value)
                && !is_digest(value)
                && !names::names_a_form(context.name)
        }
    };
    let credible = if convincing {
        Credible::Likely
    } else {
        Credible::Possible
    };
    let what = describe(value);
    Verdict::new(
        credible,
        format!("{length} characters, {what}, as random as a key"),
    )
}

/// In characters, of at most four bytes each: what is longer is a text.
const LONGEST_PASSWORD: usize = 128;

/// Passwords: chosen by people, so anything that is not said otherwise.
fn password(value: &str, context: &Context) -> Verdict {
    let length = value.chars().count();
    if length < 6 {
        return Verdict::no("too short for a password");
    }
    if length > LONGEST_PASSWORD || value.ends_with([':', '?']) {
        return Verdict::no("a text for people, not a password");
    }
    if value.contains(char::is_whitespace) {
        return spaced(value, context);
    }
    let classes = classes(value);
    let coverage = words::coverage(value);
    let plain = value
        .bytes()
        .all(|b| b.is_ascii_alphabetic() || b"_-.".contains(&b));
    // A capital at the beginning is that of a sentence.
    let is_of_one_case = classes < 2 || classes == 2 && is_capitalised(value);
    if plain && (coverage > 0.5 || is_of_one_case && randomness::bits(value) > -1.0) {
        return Verdict::no("a word, not a password");
    }
    if is_digest(value) && names::names_a_digest(context.name) {
        return Verdict::no("a hash, as its name says");
    }
    let random = length >= 8 && randomness::is_random(value);
    if context.class.strength == Strength::Weak && !random {
        return Verdict::no("not as random as it must be under such a name");
    }
    let joined = value.contains(['-', '_', '.', '/']);
    let made_of_words = coverage > if joined { 0.4 } else { 0.85 };
    let sure = match context.role {
        // Whoever tells a story makes one up: `the password is Tiger77`.
        _ if context.via == Via::Sentence => random,
        _ if context.class.strength == Strength::Weak => random && classes >= 3,
        Role::Output | Role::Prose => random || classes >= 3 && length >= 8 && !made_of_words,
        _ => random || classes >= 2 && !made_of_words,
    };
    let credible = if sure {
        Credible::Likely
    } else {
        Credible::Possible
    };
    let what = describe(value);
    Verdict::new(
        credible,
        format!("{length} characters, {what}, no known word"),
    )
}

/// Small letters behind a capital one.
fn is_capitalised(value: &str) -> bool {
    let (first, rest) = value.as_bytes().split_first().unwrap_or((&0, &[]));
    first.is_ascii_uppercase() && rest.iter().all(u8::is_ascii_lowercase)
}

/// Four groups of four letters are the application passwords of a mail
/// service; in code a phrase without a word may be one. Anything else with
/// spaces is a sentence.
fn spaced(value: &str, context: &Context) -> Verdict {
    let groups: Vec<_> = value.split(' ').collect();
    let app = groups.len() == 4
        && groups
            .iter()
            .all(|group| group.len() == 4 && group.bytes().all(|b| b.is_ascii_lowercase()))
        && !groups.iter().any(|group| words::is_word(group));
    if app {
        return Verdict::new(
            Credible::Likely,
            "four groups of four letters, an app password",
        );
    }
    let mixed = groups.len() <= 3
        && value.len() >= 10
        && classes(value) == 4
        && words::coverage(value) < 0.2
        && in_code(context.role);
    if mixed {
        return Verdict::new(Credible::Likely, "all sorts of characters, no known word");
    }
    Verdict::no("words with spaces, not a password")
}

/// Cookies: `name=value; name=value`, believed for a long random value.
fn cookie(value: &str, context: &Context) -> Verdict {
    if session(value).is_none() {
        return Verdict::no("no part is as random as a session");
    }
    let credible = match context.via {
        Via::Header => Credible::Likely,
        Via::Keyword | Via::Key | Via::Assignment | Via::Flag if value.contains('=') => {
            Credible::Likely
        }
        _ => Credible::Possible,
    };
    Verdict::new(credible, "a cookie with a part as random as a session")
}

/// The part of a cookie that may be a session.
fn session(value: &str) -> Option<&str> {
    let opens_nothing = |part: &&str| {
        let name = part.split_once('=').map(|(name, _)| name);
        name.is_some_and(cookies::opens_nothing)
    };
    value
        .split([';', '&'])
        .filter(|part| !opens_nothing(part))
        .map(|part| part.split_once('=').map_or(part, |(_, value)| value).trim())
        .filter(|part| part.len() >= 20 && part.bytes().all(is_key_byte))
        .find(|part| classes(part) >= 2 && randomness::is_random(part))
}

/// Connection strings and webhooks: believed for the secret within them.
fn connection(value: &str) -> Verdict {
    if let Some(reason) = placeholder::is_look_up(value) {
        return Verdict::no(reason);
    }
    // On this machine people are less careful.
    let is_local = ["@localhost", "@127.0.0.1"]
        .iter()
        .any(|host| value.contains(host));
    let believable = |part: &str| {
        part.len() >= 4
            && is_placeholder(part).is_none()
            && !(is_local && is_composed(part))
            && placeholder::is_look_up(part).is_none()
            && !words::is_word(&part.to_ascii_lowercase())
    };
    // The second one is that of Cosmos DB (learn.microsoft.com, "Emulator").
    if value.contains("devstoreaccount1") || value.contains("AccountKey=C2y6yDjf5") {
        return Verdict::no("the public key of the emulator");
    }
    if is_public_dsn(value) {
        return Verdict::no("the public key of Sentry, made to stand in what is shipped");
    }
    if url_password(value).is_some_and(believable) {
        return Verdict::new(Credible::Likely, "a URL with a password in its user part");
    }
    let field = value.split(';').find_map(|field| {
        let (name, value) = field.split_once('=')?;
        let class = names::classify(name.trim())?;
        let value = value.trim();
        // Keys of accounts are drawn, and long.
        let is_long = class.sort != Sort::ApiKey || value.len() >= SHORTEST_ACCOUNT_KEY;
        (class.strength == Strength::Strong && is_long).then_some(value)
    });
    if field.is_some_and(believable) {
        return Verdict::new(Credible::Likely, "a connection string with a secret field");
    }
    let secret_path = value.contains("://")
        && value
            .split(['/', '?', '=', '&', '@', ':'])
            .any(|part| part.len() >= 20 && randomness::is_random(part) && classes(part) >= 2)
        && is_placeholder(value).is_none();
    if secret_path {
        return Verdict::new(
            Credible::Likely,
            "an address with a part as random as a key",
        );
    }
    Verdict::no("holds no secret part")
}

/// Of Azure they have 44 or 88 characters, others fewer.
const SHORTEST_ACCOUNT_KEY: usize = 20;

/// Whether a value is where a program sends its errors (docs.sentry.io, "DSN"):
/// `https://KEY@oORGANIZATION.ingest.sentry.io/PROJECT`. Old ones hold a secret
/// behind the key, and are believed for it.
fn is_public_dsn(value: &str) -> bool {
    let authority = value.split_once("://").map(|(_, rest)| rest);
    let authority = authority.and_then(|rest| rest.split('/').next());
    authority
        .and_then(|authority| authority.split_once('@'))
        .is_some_and(|(key, host)| !key.contains(':') && host.ends_with(".sentry.io"))
}

/// The password of a URL's user part.
fn url_password(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, _) = authority.rsplit_once('@')?;
    user.split_once(':').map(|(_, password)| password)
}

/// Hexadecimal of the length of a digest, or a UUID.
fn is_digest(value: &str) -> bool {
    let hex = value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    hex && (matches!(value.len(), 32 | 36 | 40 | 64 | 128) || value.len() < 16)
}

/// Whether a value is a secret key as `django-admin startproject` draws one
/// (django.core.management.utils.get_random_secret_key): it has parentheses.
fn is_djangos(value: &str) -> bool {
    let is_one =
        |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!@#$%^&*(-_=+)".contains(&b);
    let has = |set: &[u8]| value.bytes().filter(|b| set.contains(b)).count();
    value.len() == 50
        && value.bytes().all(is_one)
        && has(b"!@#$%^&*(-_=+)") >= 5
        && has(b"0123456789") >= 3
        && words::coverage(value) < 0.3
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./+=~:!@#$^*,&|%".contains(&byte)
}

/// Some draw keys with them; in text for people, they stand around a value.
fn is_bracket(byte: u8) -> bool {
    matches!(byte, b'(' | b')')
}

fn in_code(role: &Role) -> bool {
    matches!(role, Role::Code(_) | Role::Value { .. } | Role::Metadata)
}

/// How many of lower case, upper case, digits and others a value has.
fn classes(value: &str) -> usize {
    let has = |is: fn(&u8) -> bool| usize::from(value.bytes().any(|b| is(&b)));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(|b| !b.is_ascii_alphanumeric() && *b != b' ')
}

/// The alphabet of a value, for people.
fn describe(value: &str) -> &'static str {
    let all = |is: fn(&u8) -> bool| value.bytes().all(|b| is(&b));
    if all(u8::is_ascii_digit) {
        "digits"
    } else if all(u8::is_ascii_hexdigit) {
        "hexadecimal digits"
    } else if all(u8::is_ascii_alphabetic) {
        "letters mixed"
    } else if all(u8::is_ascii_alphanumeric) {
        "letters and digits mixed"
    } else {
        "letters, digits and signs mixed"
    }
}

/// Characters of no width that part what highlighters colour.
const MARKS: [char; 2] = ['\u{200b}', '\u{feff}'];

/// Tokens that are longer hold media; private keys are judged before.
const LONGEST: usize = 8192;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::region::Language;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_hopeless_is_never_believed(
            value in r"[0-9]{0,40}[0-9a-f]{0,40}|[ -~]{0,60}|[a-z]{2,9}=[a-zA-Z0-9%]{15,40}; [a-z=]{3,9}|(Bearer |[a-z]{1,8}://[a-z]{1,6}:)?[a-zA-Z0-9_-]{3,40}(@[a-z]{3}\.org)?",
            name in "api_key|session|password|pass|dsn|token",
        ) {
            if let Some(class) = names::classify(&name) {
                let role = Role::Code(Language::Python);
                let context = Context { name: &name, class, via: Via::Keyword, role: &role };
                let verdict = judge(&value, &context);
                let hopeless = is_hopeless(&value, class);
                prop_assert!(!hopeless || verdict.credible == Credible::No, "{verdict:?}");
            }
        }
    }

    #[test]
    fn long_hexadecimal_numbers_of_digits_are_not_hopeless() {
        let value = ["4021378695120483", "7561290348615720", "9312b7405a68"].concat();
        let class = NameClass::strong(Sort::ApiKey);
        let role = Role::Code(Language::Python);
        let context = Context {
            name: "api_key",
            class,
            via: Via::Keyword,
            role: &role,
        };
        assert_eq!(judge(&value, &context).credible, Credible::Likely);
        assert!(!is_hopeless(&value, class));
    }
}

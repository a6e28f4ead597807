//! Made-up values, each under a name that says what it is or in a sentence
//! if it tells itself.

use unspill::detect::catalogue;
use unspill::detect::judge::{Context, Credible, judge};
use unspill::detect::kind::Told;
use unspill::detect::names::classify;
use unspill::detect::sample::{Rng, sample};
use unspill::region::Role;
use unspill::syntax::Via;

/// Something planted: a value within a text, and what the text is called.
pub struct Planted {
    /// The name.
    pub name: String,
    /// All of the text.
    pub text: String,
    /// What must go.
    pub secret: String,
}

const NAMES: &[&str] = &[
    "api_key",
    "HF_TOKEN",
    "clientSecret",
    "auth_token",
    "secret_access_key",
    "OPENAI_API_KEY",
];

const HARMLESS: &[&str] = &["note", "url", "text", "title", "a", "args"];

const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// One of `signs` now and then, so that quoting is tried.
pub fn draw(rng: &mut Rng, signs: &[u8]) -> Planted {
    match rng.below(3) {
        0 => by_itself(rng),
        1 => password(rng, signs),
        _ => {
            let name = one(rng, NAMES);
            named(rng, &name, 28, &[])
        }
    }
}

/// A value of a kind that needs no name, with text around it.
fn by_itself(rng: &mut Rng) -> Planted {
    let kinds: Vec<_> = catalogue::kinds()
        .iter()
        .filter(|kind| kind.told == Told::Itself && kind.context.is_empty())
        .collect();
    let is_word = |value: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        value.bytes().all(plain) && value.len() < 200
    };
    loop {
        let value = rng.pick(&kinds).and_then(|kind| sample(kind, rng));
        let Some(secret) = value.filter(|value| is_word(value)) else {
            continue;
        };
        let text = match rng.below(3) {
            0 => secret.clone(),
            1 => format!("use {secret} for this"),
            _ => format!("https://x.example/a?b={secret}&c=1"),
        };
        return Planted {
            name: one(rng, HARMLESS),
            text,
            secret,
        };
    }
}

fn password(rng: &mut Rng, signs: &[u8]) -> Planted {
    named(rng, "db_password", 18, signs)
}

/// A value that the judge believes under that name: by chance a random one
/// may look like words, or a pattern.
fn named(rng: &mut Rng, name: &str, length: usize, signs: &[u8]) -> Planted {
    let context = Context {
        name,
        class: classify(name).expect("is one of a credential"),
        via: Via::Key,
        role: &Role::Output,
    };
    loop {
        let secret = random(rng, length, signs);
        if judge(&secret, &context).credible >= Credible::Likely {
            return Planted {
                name: name.to_owned(),
                text: secret.clone(),
                secret,
            };
        }
    }
}

/// As random as a key: signs stand only within.
fn random(rng: &mut Rng, length: usize, signs: &[u8]) -> String {
    let mut value = String::new();
    for at in 0..length {
        let sign = at > 2 && at + 3 < length && at % 5 == 0;
        let from = if sign && !signs.is_empty() {
            signs
        } else {
            ALPHABET
        };
        value.extend(rng.pick(from).map(|&byte| char::from(byte)));
    }
    // Neither of few classes nor a word by chance.
    format!("7qZ{value}")
}

/// A value that nothing but its name tells.
pub fn secret(rng: &mut Rng) -> String {
    named(rng, "api_key", 28, &[]).secret
}

fn one(rng: &mut Rng, list: &[&str]) -> String {
    rng.pick(list)
        .map_or_else(String::new, |name| (*name).to_owned())
}

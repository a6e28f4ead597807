//! What the judge believes: random keys of every usual alphabet, and none of
//! the things that notebooks bind to credential-like names.

use unspill::detect::judge::{Context, Credible, Verdict, is_placeholder, judge};
use unspill::detect::names::classify;
use unspill::region::{Language, Role};
use unspill::syntax::Via;

const HARMLESS: &str = include_str!("data/harmless_values.txt");

fn verdict(name: &str, value: &str, role: &Role, via: Via) -> Verdict {
    let class = classify(name).unwrap_or_else(|| panic!("{name} is a credential's name"));
    let context = Context {
        name,
        class,
        via,
        role,
    };
    judge(value, &context)
}

fn in_code(name: &str, value: &str) -> Credible {
    verdict(name, value, &Role::Code(Language::Python), Via::Assignment).credible
}

/// Numbers by chance, the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length)
            .map(|_| char::from(alphabet[self.below(alphabet.len())]))
            .collect()
    }
}

const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// Random keys as they are issued: (what, alphabet, length).
const SHAPES: &[(&str, &[u8], usize)] = &[
    ("32 hexadecimal digits", HEX, 32),
    ("40 hexadecimal digits", HEX, 40),
    ("64 hexadecimal digits", HEX, 64),
    ("16 upper case and digits", UPPER, 16),
    ("20 upper case and digits", UPPER, 20),
    ("20 of base62", BASE62, 20),
    ("24 of base62", BASE62, 24),
    ("40 of base62", BASE62, 40),
    ("40 of base64", BASE64, 40),
    ("43 of base64url", URL64, 43),
    ("84 letters and digits", BASE62, 84),
    ("34 letters", LETTERS, 34),
    ("32 lower case and digits", LOWER, 32),
];

#[test]
fn random_keys_are_believed() {
    let rounds = if cfg!(debug_assertions) {
        5_000
    } else {
        200_000
    };
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    for &(what, alphabet, length) in SHAPES {
        let missed: Vec<_> = (0..rounds)
            .map(|_| chance.text(alphabet, length))
            .filter(|key| in_code("api_key", key) < Credible::Likely)
            .collect();
        let share = missed.len() as f64 / f64::from(rounds);
        let some: Vec<_> = missed.iter().take(3).collect();
        assert!(share <= 0.001, "{what}: {share} missed, such as {some:?}");
    }
}

#[test]
fn keys_of_several_parts_are_believed() {
    let mut chance = Chance(77);
    for _ in 0..2_000 {
        let uuid = [8, 4, 4, 4, 12].map(|n| chance.text(HEX, n)).join("-");
        assert!(in_code("api_key", &uuid) >= Credible::Likely, "{uuid}");
        let azure = chance.text(BASE64, 86) + "==";
        assert!(
            in_code("account_key", &azure) >= Credible::Likely,
            "{azure}"
        );
        let two = format!("{}.{}", chance.text(BASE62, 24), chance.text(URL64, 43));
        assert!(in_code("token", &two) >= Credible::Likely, "{two}");
        let bot = format!(
            "{}:{}",
            chance.text(b"0123456789", 10),
            chance.text(URL64, 35)
        );
        assert!(in_code("bot_token", &bot) >= Credible::Likely, "{bot}");
        assert!(in_code("Authorization", &format!("Bearer {two}")) >= Credible::Likely);
    }
}

#[test]
fn random_keys_are_no_placeholders() {
    let rounds = if cfg!(debug_assertions) {
        2_000
    } else {
        100_000
    };
    let mut chance = Chance(4242);
    for &(what, alphabet, length) in SHAPES {
        let taken = (0..rounds)
            .filter(|_| is_placeholder(&chance.text(alphabet, length)).is_some())
            .count();
        assert!(
            taken as f64 <= 0.0005 * f64::from(rounds) + 1.0,
            "{what}: {taken}"
        );
    }
}

#[test]
fn passwords_need_no_randomness() {
    for value in [
        "hunter2",
        "Tr0ub4dor&3",
        "s3cr3t!Pa55",
        "Kx9#mQ2v",
        "blueTiger77!",
        "zwiebel42",
    ] {
        assert_eq!(in_code("db_password", value), Credible::Likely, "{value}");
    }
    for value in [
        "password",
        "admin",
        "postgres",
        "localhost",
        "enter your password:",
        "changeme",
    ] {
        assert_eq!(in_code("password", value), Credible::No, "{value}");
    }
}

#[test]
fn connection_strings_are_believed_for_what_they_hold() {
    let url = |password: &str, host: &str| format!("postgresql://ada:{password}@{host}:5432/x");
    let likely =
        |password: &str, host: &str| in_code("dsn", &url(password, host)) == Credible::Likely;
    assert!(!likely("test_pass", "localhost") && likely("test_pass", "db.corp.test"));
    let url = |password: &str| format!("postgresql://me:{password}@db.acme.org/x");
    assert_eq!(
        in_code("connection_string", &url("gR7pQ2xw")),
        Credible::Likely
    );
    assert_eq!(
        in_code("connection_string", &url("<password>")),
        Credible::No
    );
    assert_eq!(in_code("connection_string", &url("password")), Credible::No);
    let azure =
        |key: &str| format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={key}");
    let key = Chance(5).text(BASE64, 86) + "==";
    assert_eq!(in_code("conn_str", &azure(&key)), Credible::Likely);
    assert_eq!(in_code("conn_str", &azure("<your-key>")), Credible::No);
}

#[test]
fn short_and_weakly_named_values_are_only_possible() {
    let mut chance = Chance(11);
    let short = loop {
        let short = chance.text(LOWER, 12);
        if in_code("token", &short) > Credible::No {
            break short;
        }
    };
    assert_eq!(in_code("token", &short), Credible::Possible);
    assert_eq!(in_code("key", &chance.text(HEX, 32)), Credible::Possible);
}

#[test]
fn a_name_or_a_requests_own_token_is_no_key() {
    assert_eq!(in_code("access_token", "keycloak-jwt"), Credible::No);
    let uuid = ["7d3f1c9e-5b2a-", "4e8d-9f60-1a2b3c4d5e6f"].concat();
    assert_eq!(in_code("ClientRequestToken", &uuid), Credible::No);
    assert_eq!(in_code("api_token", &uuid), Credible::Likely);
}

#[test]
fn a_hash_called_a_hash_is_none() {
    let sha = Chance(9).text(HEX, 40);
    assert_eq!(in_code("commit_sha_token", &sha), Credible::No);
    assert_eq!(in_code("api_key", &sha), Credible::Likely);
}

#[test]
fn an_address_for_errors_is_public_unless_it_holds_a_secret() {
    let key = ["0d0c6674e003452d", "b392f158c42117fb"].concat();
    let dsn = |user: &str| format!("https://{user}@o151352.ingest.sentry.io/4504");
    assert_eq!(in_code("sentry_dsn", &dsn(&key)), Credible::No);
    let old = dsn(&format!("{key}:{}", key.replace('0', "7")));
    assert_eq!(in_code("sentry_dsn", &old), Credible::Likely);
}

#[test]
fn the_hash_of_a_password_is_only_possible() {
    let mut chance = Chance(23);
    let (salt, digest) = (chance.text(HEX, 12), chance.text(HEX, 40));
    let salted = chance.text(BASE62, 53);
    for hash in [
        format!("$2b$12${salted}"),
        format!(
            "argon2:$argon2id$v=19$m=10240,t=10,p=8${}${salted}",
            &salted[..22]
        ),
        format!("sha1:{salt}:{digest}"),
        format!("pbkdf2_sha256$260000${}$1{salted}=", &salted[..22]),
        format!("scrypt:32768:8:1${}${digest}{digest}", &salted[..16]),
    ] {
        assert_eq!(in_code("password", &hash), Credible::Possible, "{hash}");
    }
    assert_eq!(in_code("password", "$2b$12$..."), Credible::No);
    assert_eq!(in_code("password", "sha1:W_of-them:9x"), Credible::No);
    assert_eq!(in_code("password", "$2bQ7xw!kz"), Credible::Likely);
}

#[test]
fn a_key_may_have_brackets_where_it_is_quoted() {
    let key = ["aG7(kQ2)xW9", "vB4zM1)pL6", "tR8(nC3yH5d"].concat();
    assert_eq!(in_code("secret_key", &key), Credible::Likely);
    let printed = verdict("secret_key", &key, &Role::Output, Via::Text).credible;
    assert_eq!(printed, Credible::No);
    for code in ["n(7,\"aK9\",Q2x(8))", "hashlib.sha1(b'a9X').hexdigest()"] {
        assert_eq!(in_code("secret_key", code), Credible::No, "{code}");
    }
}

#[test]
fn what_is_crossed_out_is_no_secret() {
    let hook = |ids: &str, secret: &str| format!("https://hooks.acme.test/services/{ids}/{secret}");
    let secret = Chance(17).text(BASE62, 24);
    let crossed = hook("T024XXXXX/B0XXXXXXX", &secret);
    assert_eq!(in_code("webhook_url", &crossed), Credible::No);
    let whole = hook("T024K3M9Z/B0Q7W2R5T", &secret);
    assert_eq!(in_code("webhook_url", &whole), Credible::Likely);
}

#[test]
fn a_token_of_one_form_is_only_possible() {
    let token = Chance(19).text(BASE64, 86) + "==";
    for name in [
        "csrf-token",
        "csrftoken",
        "authenticity_token",
        "X-CSRFToken",
        "theme_token",
    ] {
        assert!(in_code(name, &token) < Credible::Likely, "{name}");
    }
    assert_eq!(in_code("auth_token", &token), Credible::Likely);
}

#[test]
fn harmless_values_are_not_believed() {
    assert!(HARMLESS.lines().count() >= 300);
    let mut wrong = Vec::new();
    // In parts, so that no scanner takes them for whole ones.
    let masked = ["hf_", &"x".repeat(34)].concat();
    let documented = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    for value in HARMLESS.lines().chain([&*masked, &*documented]) {
        for name in [
            "api_key",
            "token",
            "client_secret",
            "password",
            "credentials",
        ] {
            let password = name == "password";
            let limit = if password {
                Credible::Likely
            } else {
                Credible::Possible
            };
            if in_code(name, value) >= limit {
                wrong.push((name, value, in_code(name, value)));
            }
        }
    }
    assert!(wrong.is_empty(), "{} {wrong:#?}", wrong.len());
}

#[test]
fn reasons_never_hold_the_value() {
    let mut chance = Chance(21);
    for _ in 0..500 {
        let value = chance.text(URL64, 30);
        for name in ["api_key", "password", "cookie", "dsn"] {
            let reason = verdict(name, &value, &Role::Output, Via::Text).reason;
            assert!(!reason.contains(&value) && !reason.is_empty());
        }
    }
}

#[test]
fn cookies_that_open_nothing_are_not_believed() {
    let mut chance = Chance(31);
    let sid = chance.text(URL64, 40);
    let header = |name: &str| {
        let value = format!("{name}={sid}; path=/; HttpOnly");
        verdict("Set-Cookie", &value, &Role::Output, Via::Header).credible
    };
    for name in [
        "__cf_bm",
        "_cfuvid",
        "AWSALBCORS",
        "_ga_Q8",
        "csrftoken",
        "XSRF-TOKEN",
        "guest_id",
        "personalization_id",
    ] {
        assert_eq!(header(name), Credible::No, "{name}");
    }
    for name in [
        "sessionid",
        "_gallery_session",
        "_game_session",
        "bm_session",
    ] {
        assert_eq!(header(name), Credible::Likely, "{name}");
    }
    let both = format!("__cf_bm={sid}; sessionid={sid}");
    let both = verdict("Cookie", &both, &Role::Output, Via::Header).credible;
    assert_eq!(both, Credible::Likely);
}

#[test]
fn the_key_of_a_record_is_no_secret() {
    let mut chance = Chance(41);
    let record = format!("doc_{}", chance.text(HEX, 40));
    for value in ["5.2.x-rc-gpu-ml-scala2.11", &record] {
        assert!(in_code("key", value) < Credible::Likely, "{value}");
    }
    let keys = [
        format!("vk-{}", chance.text(URL64, 40)),
        format!("sk_{}", chance.text(HEX, 40)),
        "ab12-cd34-ef56-gh78-ij90-kl12".to_owned(),
    ];
    for key in keys {
        assert_eq!(in_code("key", &key), Credible::Likely, "{key}");
    }
}

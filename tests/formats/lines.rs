//! The formats of a setting a line: `.env`, INI, properties, `.netrc`.

use proptest::prelude::*;
use unspill::detect::sample::Rng;

use super::judged::{becomes, fixed, is_harmless};
use super::planted::{self, Planted};

/// How one setting is written.
type Write = fn(&str, &str, &mut Rng) -> String;

/// A random file of settings: each line as `write` writes it, with comments
/// and blank lines between; and the same after `secrets` have become masks.
fn check(name: &str, signs: &[u8], seed: u64, write: Write, comment: &str) {
    let rng = &mut Rng::new(seed);
    let mut text = String::new();
    let mut secrets = Vec::new();
    let line_end = if rng.below(4) == 0 { "\r\n" } else { "\n" };
    for number in 0..1 + rng.below(6) {
        let line = match rng.below(5) {
            0 => format!("{comment} a note, number {number}"),
            1 => String::new(),
            2 => write(&format!("harmless{number}"), "/data/models/v1.bin", rng),
            _ => {
                let Planted { name, text, secret } = planted::draw(rng, signs);
                secrets.push(secret);
                write(&name, &text, rng)
            }
        };
        text.push_str(&line);
        text.push_str(line_end);
    }
    let after = fixed(name, &text);
    assert_eq!(without_masks(&after), without(&text, &secrets), "{text}");
    assert_eq!(fixed(name, &after), after);
}

/// The text with `§` for each secret, however it is escaped.
fn without(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let doubled = secret.replace('\\', "\\\\");
        for written in [
            doubled.replace('"', "\\\""),
            doubled.replace('\'', "\\'"),
            doubled,
            secret.clone(),
        ] {
            text = text.replace(&written, "§");
        }
    }
    text
}

/// The text with `§` for each mask.
fn without_masks(text: &str) -> String {
    super::laws::without_masks(text)
}

fn quoted(text: &str, quote: char) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace(quote, &format!("\\{quote}"));
    format!("{quote}{escaped}{quote}")
}

/// Values that need no quotes are written without in half of the cases.
fn dotenv(name: &str, text: &str, rng: &mut Rng) -> String {
    let is_bare = !text.contains([' ', '#', '"', '\'', '\\', '`']);
    let value = match rng.below(4) {
        0 | 1 if is_bare => text.to_owned(),
        2 => quoted(text, '\''),
        _ => quoted(text, '"'),
    };
    let export = ["", "", "export "][rng.below(3)];
    let equals = ["=", "=", " = "][rng.below(3)];
    let comment = ["", " # mine"][rng.below(2)];
    format!("{export}{name}{equals}{value}{comment}")
}

fn ini(name: &str, text: &str, rng: &mut Rng) -> String {
    let section = ["", "", "[a \"b\"]\n"][rng.below(3)];
    let indent = ["", "\t"][rng.below(2)];
    let equals = [" = ", "=", ": "][rng.below(3)];
    format!("{section}{indent}{name}{equals}{text}")
}

fn property(name: &str, text: &str, rng: &mut Rng) -> String {
    let equals = [" = ", "=", ": ", " "][rng.below(4)];
    format!("{name}{equals}{}", text.replace('\\', "\\\\"))
}

fn login(_: &str, text: &str, rng: &mut Rng) -> String {
    let text = text.split(' ').nth(1).unwrap_or(text);
    let space = [" ", "\n  ", "\t"][rng.below(3)];
    let password = match text.contains('"') || rng.below(2) == 0 {
        true => quoted(text, '"'),
        false => text.to_owned(),
    };
    format!("machine h.example{space}login me{space}password{space}{password}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn environment_files(seed: u64) {
        check(".env", b"!#$%&*+-./:=?@^_~'\"\\{}[]", seed, dotenv, "#");
    }

    #[test]
    fn ini_files(seed: u64) {
        check("config.ini", b"!#$%&*+-./:=?@^_~\\{}[]", seed, ini, ";");
    }

    #[test]
    fn files_of_properties(seed: u64) {
        check("a.properties", b"!#$%&*+-./:=?@^_~\\{}[]", seed, property, "!");
    }

    #[test]
    fn files_of_logins(seed: u64) {
        check(".netrc", b"!#$%&*+-./:=?@^_~\"\\{}[]", seed, login, "#");
    }
}

#[test]
fn environment_files_of_every_reader() {
    becomes(
        "app/.env.local",
        "# keys\r\nOPENAI_API_KEY=§ # mine\r\nexport ACME_TOKEN='§'\r\nURL=\"https://me:§@h.example/\"\r\n",
        "# keys\r\nOPENAI_API_KEY=REDACTED_OPENAI_API_KEY # mine\r\nexport ACME_TOKEN='REDACTED_OPENAI_API_KEY'\r\nURL=\"https://me:REDACTED_OPENAI_API_KEY@h.example/\"\r\n",
    );
    becomes(
        ".env",
        "A=1\n#ACME_SECRET=§\n",
        "A=1\n#ACME_SECRET=REDACTED_ACME_SECRET\n",
    );
    is_harmless(
        ".env",
        "MODEL=gpt-4\nTOKENIZERS_PARALLELISM=false\nOPENAI_API_KEY=\nHF_TOKEN=${HF_TOKEN}\nMAX_TOKENS=512\n",
    );
}

#[test]
fn settings_of_programs() {
    becomes(
        ".pypirc",
        "[distutils]\nindex-servers =\n    acme\n\n[acme]\nrepository = https://pypi.acme.example/\nusername = me\npassword = §\n",
        "[distutils]\nindex-servers =\n    acme\n\n[acme]\nrepository = https://pypi.acme.example/\nusername = me\npassword = REDACTED_PASSWORD\n",
    );
    becomes(
        "pip.conf",
        "[global]\nextra-index-url =\n    https://me:§@pypi.acme.example/simple\n    https://d.example/simple\n",
        "[global]\nextra-index-url =\n    https://me:REDACTED_URL_PASSWORD@pypi.acme.example/simple\n    https://d.example/simple\n",
    );
    becomes(
        ".npmrc",
        "registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=§\n",
        "registry=https://npm.acme.example/\n//npm.acme.example/:_authToken=${AUTH_TOKEN}\n",
    );
    becomes(
        ".dvc/config",
        "[core]\n    remote = s3\n['remote \"s3\"']\n    url = s3://bucket/x\n    secret_access_key = §\n",
        "[core]\n    remote = s3\n['remote \"s3\"']\n    url = s3://bucket/x\n    secret_access_key = REDACTED_SECRET_ACCESS_KEY\n",
    );
    becomes(
        ".git/config",
        "[remote \"origin\"]\n\turl = https://me:§@git.example/x/y.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
        "[remote \"origin\"]\n\turl = https://me:REDACTED_URL_PASSWORD@git.example/x/y.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
    );
    is_harmless(
        "setup.cfg",
        "[metadata]\nname = x\n[tool:pytest]\ntoken = abc\n[mypy]\npassword = \n",
    );
}

#[test]
fn files_of_logins_and_passwords() {
    becomes(
        "_netrc",
        "machine api.acme.example\n  login user\n  password §\n",
        "machine api.acme.example\n  login user\n  password REDACTED_PASSWORD\n",
    );
    becomes(
        ".pgpass",
        "# host:port:db:user:password\ndb.example:5432:a\\:b:me:§\n",
        "# host:port:db:user:password\ndb.example:5432:a\\:b:me:REDACTED_PASSWORD\n",
    );
    becomes(
        ".git-credentials",
        "https://me:§@git.example\n",
        "https://me:REDACTED_URL_PASSWORD@git.example\n",
    );
}

#[test]
fn pip_reads_variables_in_requirements() {
    becomes(
        "requirements.txt",
        "# inner\n--extra-index-url https://me:§@pypi.acme.example/simple # ours\nnumpy==2.0\n",
        "# inner\n--extra-index-url https://me:${URL_PASSWORD}@pypi.acme.example/simple # ours\nnumpy==2.0\n",
    );
    is_harmless(
        "requirements.txt",
        "numpy==2.0 --hash=sha256:0a5d5f6c7b8e9f00112233445566778899aabbccddeeff00112233445566aabb\n",
    );
}

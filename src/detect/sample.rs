//! Made-up values of a kind, for tests, the corpus harness and benchmarks.
//!
//! A value is drawn from the kind's own shape and its check digits are put
//! right, so the engine must find every one of them. Nothing here is ever
//! issued by anyone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use regex_syntax::hir::{Class, Hir, HirKind};

use super::checksum;
use super::kind::{Checksum, Kind};
use super::shapes::parse;

/// A small deterministic generator of random numbers (splitmix64): the same
/// seed gives the same values on every machine.
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// A generator that begins at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `limit`; 0 if there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        let wide = u128::from(self.next_u64()) * limit as u128;
        (wide >> 64) as usize
    }

    /// One of `items`, unless there is none.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> Option<&'i T> {
        items.get(self.below(items.len()))
    }
}

/// A made-up value of the kind, or `None` if the kind has no shape.
///
/// Where the shape takes only a part out (a group `secret`), the surroundings
/// are included: `://user:…@host`. Random enough for the judge of shapes.
pub fn sample(kind: &Kind, rng: &mut Rng) -> Option<String> {
    let shape = kind.shape.as_deref()?;
    let made = match kind.checksum {
        Some(Checksum::Jwt) => return Some(web_token(r#"{"sub":"#, "}", rng)),
        Some(Checksum::SupabaseRole) => {
            let head = r#"{"iss":"supabase","role":"service_role","ref":"#;
            return Some(web_token(head, "}", rng));
        }
        Some(Checksum::BasicAuth) => {
            let pair = format!("{}:{}", letters(8, rng), letters(16, rng));
            return Some(format!("Basic {}", STANDARD.encode(pair)));
        }
        _ if shape.contains("-----BEGIN") => return Some(pem(kind, shape, rng)),
        _ => from_shape(shape, rng)?,
    };
    Some(match kind.checksum {
        Some(checksum) => repaired(checksum, made),
        None => made,
    })
}

/// Random text of the shape; bounded where the shape is not.
pub fn from_shape(shape: &str, rng: &mut Rng) -> Option<String> {
    let hir = parse(shape).ok()?;
    let mut out = Vec::new();
    generate(&hir, rng, &mut out);
    String::from_utf8(out).ok()
}

/// Unlimited repetitions are drawn up to this much above their minimum.
const MORE: u32 = 12;

fn generate(hir: &Hir, rng: &mut Rng, out: &mut Vec<u8>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
        HirKind::Class(class) => out.extend(rng.pick(&bytes_of(class))),
        HirKind::Capture(capture) => generate(&capture.sub, rng, out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| generate(part, rng, out)),
        // `[A-Za-z0-9]|%2F`: nearly always the plain character.
        HirKind::Alternation(parts)
            if matches!(parts[0].kind(), HirKind::Class(_)) && rng.below(16) > 0 =>
        {
            generate(&parts[0], rng, out);
        }
        HirKind::Alternation(parts) => {
            if let Some(part) = rng.pick(parts) {
                generate(part, rng, out);
            }
        }
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(repetition.min + MORE);
            let spread = most.saturating_sub(repetition.min) as usize;
            for _ in 0..repetition.min as usize + rng.below(spread + 1) {
                generate(&repetition.sub, rng, out);
            }
        }
    }
}

/// The bytes of a class that a value is made of: of a class that names what
/// may not stand there (`[^\s/]`) only letters and digits.
fn bytes_of(class: &Class) -> Vec<u8> {
    let ranges: Vec<(u8, u8)> = match class {
        Class::Bytes(class) => class.iter().map(|r| (r.start(), r.end())).collect(),
        Class::Unicode(class) => class
            .iter()
            .filter_map(|r| Some((u8::try_from(r.start()).ok()?, u8::try_from(r.end()).ok()?)))
            .collect(),
    };
    let all: Vec<u8> = ranges
        .into_iter()
        .flat_map(|(from, to)| from..=to)
        .collect();
    let plain: Vec<u8> = all
        .iter()
        .copied()
        .filter(u8::is_ascii_alphanumeric)
        .collect();
    if all.len() > 70 && !plain.is_empty() {
        return plain;
    }
    all
}

fn letters(count: usize, rng: &mut Rng) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    (0..count)
        .map(|_| char::from(letters[rng.below(letters.len())]))
        .collect()
}

/// A signed-looking JSON web token with a random member.
fn web_token(head: &str, tail: &str, rng: &mut Rng) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let payload = URL_SAFE_NO_PAD.encode(format!("{head}\"{}\"{tail}", letters(20, rng)));
    format!("{header}.{payload}.{}", letters(43, rng))
}

/// A private key block of random base64 in lines of 64.
fn pem(kind: &Kind, shape: &str, rng: &mut Rng) -> String {
    let label = if kind
        .anchors
        .iter()
        .any(|anchor| anchor.contains("ENCRYPTED"))
    {
        "ENCRYPTED PRIVATE KEY"
    } else if shape.starts_with("-----") {
        *rng.pick(&[
            "PRIVATE KEY",
            "RSA PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "EC PRIVATE KEY",
        ])
        .unwrap_or(&"PRIVATE KEY")
    } else {
        "PRIVATE KEY"
    };
    let lines: Vec<String> = (0..6).map(|_| letters(64, rng)).collect();
    if shape.starts_with("-----") {
        return format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----",
            lines.join("\n")
        );
    }
    let body = lines.join("\\n");
    format!("\"private_key\": \"-----BEGIN {label}-----\\n{body}\\n-----END {label}-----\\n")
}

/// The value with its check digits put right.
fn repaired(checksum: Checksum, value: String) -> String {
    let tail = |digits: Option<String>| match digits {
        Some(digits) => format!("{}{digits}", &value[..value.len() - digits.len()]),
        None => value.clone(),
    };
    match checksum {
        Checksum::GithubCrc32 => tail(checksum::github_crc32(&value)),
        Checksum::GitlabCrc32 => tail(checksum::gitlab_crc32(&value)),
        Checksum::AtlassianCrc32 => tail(checksum::atlassian_crc32(&value)),
        Checksum::GithubSha256 => match checksum::github_sha256(&value) {
            Some(digits) => format!("{}{digits}{}", &value[..77], &value[85..]),
            None => value,
        },
        Checksum::OpenaiInfix => with_infix(value),
        Checksum::Jwt | Checksum::SupabaseRole | Checksum::BasicAuth => value,
    }
}

/// An OpenAI key with the mark in its middle.
fn with_infix(value: String) -> String {
    let infix = checksum::OPENAI_INFIX;
    let heads = ["sk-proj-", "sk-svcacct-", "sk-service-", "sk-admin-"];
    let Some(head) = heads.into_iter().find(|head| value.starts_with(head)) else {
        return value;
    };
    let run = (value.len() - head.len() - infix.len()) / 2;
    let first = &value[..head.len() + run];
    let second = &value[value.len() - run..];
    format!("{first}{infix}{second}")
}

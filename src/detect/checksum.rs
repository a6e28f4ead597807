//! What a value must satisfy besides its shape, tested offline.
//!
//! The issuers document most of these (GitHub's and GitLab's check digits, the
//! structure of JSON web tokens); a few were read off public samples and only
//! raise or lower the confidence. None of them asks a server.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Confidence;
use super::kind::Checksum;

/// What a test of a value says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It fits.
    Holds,
    /// It does not fit, which makes the value less sure but not harmless.
    Fails(Confidence, &'static str),
    /// The value is not of this kind.
    Refuted,
}

/// Tests `value` (the whole secret).
pub fn verify(checksum: Checksum, value: &str) -> Verdict {
    match checksum {
        Checksum::GithubCrc32 => fits(github_crc32(value), value, Confidence::Possible),
        Checksum::GithubSha256 => match github_sha256(value) {
            Some(digits) if value.get(77..85) == Some(digits.as_str()) => Verdict::Holds,
            _ => Verdict::Fails(Confidence::Likely, DIGITS),
        },
        Checksum::GitlabCrc32 => fits(gitlab_crc32(value), value, Confidence::Likely),
        Checksum::AtlassianCrc32 => fits(atlassian_crc32(value), value, Confidence::Likely),
        Checksum::OpenaiInfix => openai_infix(value),
        Checksum::Jwt => jwt(value),
        Checksum::SupabaseRole => supabase_role(value),
        Checksum::BasicAuth => match basic_auth(value) {
            Some(_) => Verdict::Holds,
            None => Verdict::Refuted,
        },
    }
}

const DIGITS: &str = "its check digits do not fit";

fn fits(digits: Option<String>, value: &str, otherwise: Confidence) -> Verdict {
    match digits {
        Some(digits) if value.ends_with(&digits) => Verdict::Holds,
        _ => Verdict::Fails(otherwise, DIGITS),
    }
}

/// The last six characters that a GitHub or npm token must have.
pub(super) fn github_crc32(value: &str) -> Option<String> {
    let (_, rest) = value.split_once('_')?;
    let body = rest.get(..rest.len().checked_sub(6)?)?;
    let base62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    Some(in_base(crc32(body.as_bytes()), base62, 6))
}

/// Characters 78 to 85 that a fine-grained GitHub token has.
pub(super) fn github_sha256(value: &str) -> Option<String> {
    let digest = Sha256::digest(value.get(..77)?.as_bytes());
    let bits = digest
        .iter()
        .take(5)
        .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
    let base32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Some(
        (0..8)
            .map(|at| char::from(base32[(bits >> (35 - 5 * at) & 31) as usize]))
            .collect(),
    )
}

/// The last seven characters that a routable GitLab token must have.
pub(super) fn gitlab_crc32(value: &str) -> Option<String> {
    let head = value.get(..value.len().checked_sub(7)?)?;
    let base36 = b"0123456789abcdefghijklmnopqrstuvwxyz";
    Some(in_base(crc32(head.as_bytes()), base36, 7))
}

/// The last eight characters that an Atlassian token must have. In a URL the
/// equals sign before them is percent-encoded.
pub(super) fn atlassian_crc32(value: &str) -> Option<String> {
    let head = value.get(..value.len().checked_sub(8)?)?;
    let head = head.replace("%3D", "=").replace("%3d", "=");
    Some(in_base(crc32(head.as_bytes()), b"0123456789ABCDEF", 8))
}

/// CRC-32 as in IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
    !bytes
        .iter()
        .fold(!0, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), step))
}

/// `number` in the given digits, padded on the left to `width`.
fn in_base(mut number: u32, digits: &[u8], width: usize) -> String {
    let base = digits.len() as u32;
    let mut out = vec![char::from(digits[0]); width];
    for place in out.iter_mut().rev() {
        *place = char::from(digits[(number % base) as usize]);
        number /= base;
    }
    out.into_iter().collect()
}

/// The mark in the middle of an OpenAI key: base64 of `OpenAI`.
pub(super) const OPENAI_INFIX: &str = "T3BlbkFJ";

fn openai_infix(value: &str) -> Verdict {
    let head = ["sk-proj-", "sk-svcacct-", "sk-service-", "sk-admin-", "sk-"]
        .into_iter()
        .find(|head| value.starts_with(head))
        .map_or(0, str::len);
    match value.find(OPENAI_INFIX) {
        Some(at) if at - head.min(at) == value.len() - at - OPENAI_INFIX.len() => Verdict::Holds,
        _ => Verdict::Fails(
            Confidence::Likely,
            "the mark of OpenAI keys is not in its middle",
        ),
    }
}

/// The decoded header and payload of a JSON web token.
fn jwt_parts(value: &str) -> Option<(Value, Value)> {
    let mut parts = value.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
        serde_json::from_slice::<Value>(&bytes)
            .ok()
            .filter(Value::is_object)
    });
    Some((parts.next()??, parts.next()??))
}

/// When a JSON web token ends, in seconds from 1970 on, if it says so; nothing
/// else may stand in the value.
pub(super) fn jwt_expiry(value: &str) -> Option<i64> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=.".contains(&byte);
    if value.split('.').count() != 3 || !value.bytes().all(is_part) {
        return None;
    }
    let (_, payload) = jwt_parts(value)?;
    let end = payload.get("exp")?;
    end.as_i64().or_else(|| end.as_f64().map(|end| end as i64))
}

/// Whether it is an encrypted token: five parts, of which only the header can
/// be read.
fn is_encrypted(value: &str) -> bool {
    let mut parts = value.split('.');
    let header = parts
        .next()
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
        .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
    parts.count() == 4 && header.is_some_and(|header| header.get("enc").is_some())
}

fn jwt(value: &str) -> Verdict {
    if is_encrypted(value) {
        return Verdict::Holds;
    }
    let Some((header, payload)) = jwt_parts(value) else {
        return Verdict::Refuted;
    };
    match header.get("alg").and_then(Value::as_str) {
        None => return Verdict::Refuted,
        Some("none") => return Verdict::Fails(Confidence::Possible, "it is not signed"),
        Some(_) => {}
    }
    if payload.get("name").and_then(Value::as_str) == Some("John Doe") {
        return Verdict::Fails(
            Confidence::Possible,
            "it is the sample of the documentation",
        );
    }
    if is_evaluation(&payload) {
        return Verdict::Fails(
            Confidence::Possible,
            "it signs the results in a model card, for everybody to verify",
        );
    }
    if is_supabase(&payload, "anon") {
        return Verdict::Fails(
            Confidence::Possible,
            "Supabase's `anon` key is public by design",
        );
    }
    Verdict::Holds
}

/// Whether a token is the `verifyToken` of evaluation results: a hash of them,
/// and its version (huggingface.co/docs/hub/model-cards).
fn is_evaluation(payload: &Value) -> bool {
    let members = payload.as_object().into_iter().flatten();
    let mut names: Vec<&str> = members.map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names == ["hash", "version"]
}

fn is_supabase(payload: &Value, role: &str) -> bool {
    let is = |member: &str, text: &str| payload.get(member).and_then(Value::as_str) == Some(text);
    is("iss", "supabase") && is("role", role)
}

fn supabase_role(value: &str) -> Verdict {
    match jwt_parts(value) {
        Some((_, payload)) if is_supabase(&payload, "service_role") => Verdict::Holds,
        _ => Verdict::Refuted,
    }
}

/// User and password of an HTTP Basic credential.
pub fn basic_auth(value: &str) -> Option<(String, String)> {
    let bytes = STANDARD
        .decode(value)
        .or_else(|_| STANDARD_NO_PAD.decode(value))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (user, password) = text.split_once(':')?;
    let printable = text.chars().all(|c| !c.is_control());
    (printable && password.len() >= 3).then(|| (user.into(), password.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc32_gives_the_check_value_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
    }

    #[test]
    fn numbers_are_padded_on_the_left() {
        assert_eq!(in_base(61, b"0123456789abcdef", 4), "003d");
    }

    #[test]
    fn a_github_token_with_another_digit_is_only_possible() {
        let head = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0");
        let right = format!("{head}{}", github_crc32(&format!("{head}......")).unwrap());
        assert_eq!(verify(Checksum::GithubCrc32, &right), Verdict::Holds);
        let wrong = format!("{head}000000");
        assert_eq!(
            verify(Checksum::GithubCrc32, &wrong),
            Verdict::Fails(Confidence::Possible, DIGITS)
        );
    }

    #[test]
    fn the_signature_of_a_model_card_is_only_possible() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token = |payload: &str| {
            format!(
                "{}.{}.{}",
                part(r#"{"alg":"EdDSA"}"#),
                part(payload),
                part("signed by me")
            )
        };
        let verify = |payload: &str| verify(Checksum::Jwt, &token(payload));
        let evaluation = verify(r#"{"hash":"08a6","version":1}"#);
        assert!(matches!(
            evaluation,
            Verdict::Fails(Confidence::Possible, _)
        ));
        assert_eq!(verify(r#"{"hash":"08a6","sub":"ada"}"#), Verdict::Holds);
    }

    #[test]
    fn web_tokens_are_decoded() {
        let token = |header: &str, payload: &str| {
            let (header, payload) = (
                URL_SAFE_NO_PAD.encode(header),
                URL_SAFE_NO_PAD.encode(payload),
            );
            format!("{header}.{payload}.c2lnbmF0dXJlLXNpZ25hdHVyZQ")
        };
        let verdict = |header: &str, payload: &str| verify(Checksum::Jwt, &token(header, payload));
        assert_eq!(
            verdict(r#"{"alg":"HS256"}"#, r#"{"sub":"7"}"#),
            Verdict::Holds
        );
        assert_eq!(
            verdict(r#"{"typ":"JWT"}"#, r#"{"sub":"7"}"#),
            Verdict::Refuted
        );
        assert_eq!(verdict("[1]", r#"{"sub":"7"}"#), Verdict::Refuted);
        let john = verdict(r#"{"alg":"HS256"}"#, r#"{"name":"John Doe"}"#);
        assert!(matches!(john, Verdict::Fails(Confidence::Possible, _)));
        let service = r#"{"iss":"supabase","role":"service_role"}"#;
        let value = token(r#"{"alg":"HS256"}"#, service);
        assert_eq!(verify(Checksum::SupabaseRole, &value), Verdict::Holds);
    }

    #[test]
    fn basic_credentials_are_decoded() {
        let value = STANDARD.encode("ada:love-lace");
        assert_eq!(basic_auth(&value), Some(("ada".into(), "love-lace".into())));
        assert_eq!(basic_auth("understanding"), None);
    }
}

//! User parts of URLs: `scheme://user:password@host`.

use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// User parts are shorter than this.
const LONGEST: usize = 512;

/// Whether a user part without a password may be a token: on the web, and not where
/// a program sends its errors (`https://<32 digits>@host/5`), whose key is public. A
/// shorter one is the name of somebody.
fn is_token(scheme: &str, user: &str, address: &str) -> bool {
    const SHORTEST: usize = 20;
    let is_border = |c: char| c.is_whitespace() || "\"'`<>)?#".contains(c);
    let address = address.split(is_border).next().unwrap_or_default();
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let is_number = !path.is_empty() && path.bytes().all(|b| b.is_ascii_digit());
    let is_digest = user.len() == 32 && user.bytes().all(|b| b.is_ascii_hexdigit());
    let is_of_errors = host.contains("sentry") || is_digest && is_number;
    let is_web = scheme.ends_with("http") || scheme.ends_with("https");
    user.len() >= SHORTEST && is_web && !is_of_errors
}

/// Reads the user parts of all URLs that stand in the parts.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let bytes = text.as_bytes();
    for at in parts.find(bytes, |part| memchr::memmem::find_iter(part, b"://")) {
        let start = at + 3;
        let schemed = at > 0 && bytes[at - 1].is_ascii_alphanumeric();
        let Some(end) = user_end(bytes, start).filter(|_| schemed) else {
            continue;
        };
        let Some(user) = text.get(start..end) else {
            continue;
        };
        let (name, from) = match user.find(':') {
            Some(colon) => ("password", start + colon + 1),
            // `https://TOKEN@github.com/…`
            None if is_token(&text[..at], &text[start..end], &text[end + 1..]) => ("token", start),
            None => ("user", start),
        };
        let raw = &text[from..end];
        if raw.is_empty() || !wanted(name) {
            continue;
        }
        found.push(Binding {
            name: name.to_owned(),
            span: from..end,
            value: percent_decoded(raw),
            via: Via::Url,
        });
    }
}

/// Where the user part that starts at `start` ends: at the last `@` before
/// the authority does.
fn user_end(bytes: &[u8], start: usize) -> Option<usize> {
    let within = bytes.get(start..bytes.len().min(start + LONGEST))?;
    let authority = within
        .iter()
        .position(|b| b.is_ascii_whitespace() || b"/?#\"'`\\<>,;|()".contains(b))
        .unwrap_or(within.len());
    let end = memchr::memrchr(b'@', &within[..authority])?;
    (end > 0 && end + 1 < authority).then_some(start + end)
}

/// Text with `%41` as `A`; what is no such escape stays.
pub(super) fn percent_decoded(raw: &str) -> String {
    if !raw.contains('%') {
        return raw.to_owned();
    }
    let bytes = raw.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = raw
            .get(at + 1..at + 3)
            .filter(|_| byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| raw.to_owned())
}

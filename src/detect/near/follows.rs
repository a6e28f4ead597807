//! What stands behind a name in raw bytes: an operator, a call, the end of a cell.

use super::is_name_byte;
use super::line::colour;
use crate::syntax::typographic;

/// What stands behind a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Operator,
    /// A parenthesis and a quote.
    Call,
    /// A space, a table's border or the end of the line.
    Space,
    /// The end of a cell: the values stand in other rows.
    Cell,
    Nothing,
}

/// As Chinese and Japanese write it.
pub(super) const WIDE_COLON: &[u8] = "：".as_bytes();

/// What stands behind a name that ends at `to`, and where it ends.
pub(super) fn what_follows(bytes: &[u8], to: usize) -> (usize, Follows) {
    let mut at = to;
    let limit = bytes.len().min(to + 96);
    let mut quoted = false;
    while at < limit {
        at += match bytes[at] {
            b' ' | b']' | b')' | b'`' => 1,
            b'"' | b'\'' => {
                quoted = true;
                1
            }
            b'\\' => match colour(&bytes[at..limit]) {
                0 if matches!(bytes.get(at + 1), Some(b'"' | b'\\' | b'\'' | b't')) => {
                    quoted |= bytes[at + 1] != b't';
                    2
                }
                0 => break,
                length => length,
            },
            0x80.. => match typographic::mark_length(&bytes[at..limit]) {
                0 => break,
                length => {
                    quoted = true;
                    length
                }
            },
            _ => break,
        };
    }
    if bytes
        .get(at..)
        .is_some_and(|rest| rest.starts_with(WIDE_COLON))
    {
        return (at + WIDE_COLON.len(), Follows::Operator);
    }
    let next = bytes.get(at).copied();
    let line_ends = matches!(next, None | Some(b'\n' | b'\\' | b'|'));
    let spaced = matches!(
        bytes.get(to),
        None | Some(b' ' | b'|' | b'\\' | b'\n' | b'\t' | b'"')
    );
    let follows = match next {
        Some(b'=' | b':') => Follows::Operator,
        Some(b'<') if bytes.get(at + 1) == Some(&b'-') => Follows::Operator,
        Some(b'+' | b'!' | b'?') if bytes.get(at + 1) == Some(&b'=') => Follows::Operator,
        Some(b',') if quoted || !line_ends && assigns(&bytes[at..]) => Follows::Operator,
        Some(b',') if compares(bytes, to) => Follows::Operator,
        Some(b',' | b';') => Follows::Cell,
        // `variable "db_password" {`, of Terraform.
        Some(b'{') if quoted && bytes.get(to) == Some(&b'"') => Follows::Cell,
        Some(b'<') if bytes[at..].starts_with(b"</t") => Follows::Cell,
        // `os.getenv("TOKEN") or "…"`
        Some(b'o') if quoted && bytes[at..].starts_with(b"or ") => Follows::Operator,
        // A form that a program fills in: `find("password").send_keys("…")`.
        Some(b'.') if bytes[at..].starts_with(b".send_keys(") => Follows::Operator,
        Some(b'(') if bytes[..at].ends_with(b".send_keys") => Follows::Operator,
        Some(b'(') => Follows::Call,
        _ if spaced => Follows::Space,
        _ => Follows::Nothing,
    };
    (at, follows)
}

/// `compare_digest(password, …)`; the name ends at `to`.
pub(super) fn compares(bytes: &[u8], to: usize) -> bool {
    if !matches!(bytes.get(to), Some(b',' | b')')) {
        return false;
    }
    let before = &bytes[to.saturating_sub(60)..to];
    memchr::memmem::find(before, b"compare_digest(").is_some()
}

/// `a, token = …`: an assignment of several.
fn assigns(bytes: &[u8]) -> bool {
    let names = bytes
        .iter()
        .take(120)
        .take_while(|b| is_name_byte(**b) || b", *".contains(b))
        .count();
    bytes.get(names) == Some(&b'=')
}

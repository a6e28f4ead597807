//! The checksums that a Python wheel keeps of its members, in the member
//! `RECORD`: whoever unpacks it compares them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const RECORD: &str = ".dist-info/RECORD";

/// Whether a member is the list of checksums.
pub fn is_record(name: &str) -> bool {
    // Only in a folder at the top: others belong to somebody else.
    name.ends_with(RECORD) && name.matches('/').count() == 1
}

/// The list with what is said of members that have a new content. What the
/// list says otherwise, or does not say, stays as it is.
pub fn mended(record: &str, changed: &[(String, Vec<u8>)]) -> String {
    let mut mended = String::with_capacity(record.len());
    for line in record.split_inclusive('\n') {
        let of = |(name, _): &&(String, Vec<u8>)| {
            let rest = line.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.starts_with(",sha256="))
        };
        match changed.iter().find(of) {
            None => mended.push_str(line),
            Some((name, new)) => {
                let sum = URL_SAFE_NO_PAD.encode(Sha256::digest(new));
                let end = &line[line.trim_end().len()..];
                mended.push_str(&format!("{name},sha256={sum},{}{end}", new.len()));
            }
        }
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_changed_members_changes() {
        let record = "a.py,sha256=old,9\r\na.pyc,,\nb.py,sha256=stays,3\nx.dist-info/RECORD,,\n";
        let changed = [
            ("a.py".to_owned(), b"new".to_vec()),
            ("c.py".to_owned(), vec![]),
        ];
        let sum = URL_SAFE_NO_PAD.encode(Sha256::digest(b"new"));
        let expected = record.replace("old,9", &format!("{sum},3"));
        assert_eq!(mended(record, &changed), expected);
    }
}

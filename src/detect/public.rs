//! What is public although it looks like a secret: values that documentation prints,
//! parts of links that were made to be passed on.

use std::ops::Range;

use super::catalogue;

/// Whether documentation prints the value, such as the keys of emulators.
pub(super) fn is_public(value: &str) -> bool {
    let mut examples = catalogue::kinds()
        .iter()
        .flat_map(|kind| kind.examples.iter());
    examples.any(|example| match example.strip_suffix('*') {
        Some(start) => value.starts_with(start),
        None => value == *example,
    })
}

/// Whether a value is part of a link that was made to be passed on: the token
/// of a picture in Firebase's storage, the key's id in a signed address (the
/// signature expires, the secret half is not there).
pub(super) fn is_public_link(text: &str, start: usize) -> bool {
    /// So far from the key's id its signature stands.
    const REACH: usize = 600;
    let before = text.as_bytes().get(..start).unwrap_or_default();
    if before.ends_with(b"AWSAccessKeyId=") {
        let bytes = text.as_bytes();
        let near = &bytes[start.saturating_sub(REACH)..bytes.len().min(start + REACH)];
        return memchr::memmem::find(near, b"Signature=").is_some();
    }
    [
        b"alt=media&token=".as_slice(),
        b"X-Amz-Credential=",
        // What a badge in a README shows of a private project; a picture of stars.
        b"badge.svg?token=",
        b"&sealed_token=",
    ]
    .iter()
    .any(|mark| before.ends_with(mark))
}

/// Whether it is the beginning of a bucket's name, as old ones have their owner's
/// id there: `s3.amazonaws.com/AKIA….thumbs/x.jpg`.
pub(super) fn is_bucket(text: &str, span: &Range<usize>) -> bool {
    let (before, after) = (text.get(..span.start), text.get(span.end..));
    let is_host = |before: &str| {
        ["amazonaws.com/", r"amazonaws.com\/", "s3://"]
            .iter()
            .any(|host| before.ends_with(host))
    };
    before.is_some_and(is_host) && after.is_some_and(|after| after.starts_with(['.', '-', '_']))
}

/// What a key is that each page of a site holds, if it is one.
pub(super) fn of_pages(text: &str, name: &str, span: &Range<usize>) -> Option<&'static str> {
    if is_search_key(text, name, span) {
        return Some("the key that a site is searched with is public");
    }
    // As the snippet for pages sets it (segment.com/docs, "Analytics.js Quickstart").
    name.ends_with("analytics._writeKey")
        .then_some("the key that pages send their visits with is public")
}

/// Whether it is the key that a site searches itself with:
/// `{appId: …, apiKey: …, indexName: …}` (docsearch.algolia.com/docs/api).
fn is_search_key(text: &str, name: &str, span: &Range<usize>) -> bool {
    /// The members of that object stand so near each other.
    const REACH: usize = 200;
    let around = text.floor_char_boundary(span.start.saturating_sub(REACH))
        ..text.ceil_char_boundary(text.len().min(span.end + REACH));
    let near = text.get(around).unwrap_or_default();
    name == "apiKey" && near.contains("indexName") && near.contains("appId")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_key_stands_between_its_index_and_its_application() {
        let is_one = |text: &str| {
            let start = text.find("KEY").unwrap();
            is_search_key(text, "apiKey", &(start..start + 3))
        };
        assert!(is_one(
            "algolia: {appId: 'A', apiKey: 'KEY', indexName: 'docs'}"
        ));
        assert!(!is_one("firebase: {appId: 'A', apiKey: 'KEY'}"));
        let far = " ".repeat(300);
        assert!(!is_one(&format!(
            "{{appId: 'A', apiKey: 'KEY'{far}, indexName: 'docs'}}"
        )));
    }
}

//! Files within a page or a drawing: `data:` addresses in base64. Pictures and
//! fonts are passed over; texts are read.

use std::ops::Range;

use crate::format::notebook::is_media;

/// Shorter ones are searched with what is around them.
const LONG: usize = 512;

/// A file within another, as its base64 stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Data {
    /// The base64.
    pub span: Range<usize>,
    /// Whether it is a picture, a font and the like.
    pub is_media: bool,
}

/// All of them, in order; short pictures are left out.
pub fn data(text: &str) -> Vec<Data> {
    let bytes = text.as_bytes();
    let mut found: Vec<Data> = Vec::new();
    for at in memchr::memmem::find_iter(bytes, b";base64,") {
        let start = at + 8;
        if found.last().is_some_and(|last| start < last.span.end) {
            continue;
        }
        let Some(mime) = mime(text, at) else { continue };
        let is_data = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(byte);
        let length = bytes[start..].iter().take_while(is_data).count();
        let is_media = is_media(mime) || is_font(mime);
        if length > 0 && (!is_media || length >= LONG) {
            let span = start..start + length;
            found.push(Data { span, is_media });
        }
    }
    found
}

/// The type that stands between `data:` and `;base64,`.
fn mime(text: &str, end: usize) -> Option<&str> {
    let before = text.as_bytes().get(end.saturating_sub(100)..end)?;
    let at = memchr::memmem::rfind(before, b"data:")?;
    let start = end - before.len() + at + 5;
    let mime = text.get(start..end)?;
    let mime = mime.split(';').next().unwrap_or(mime);
    let is_mime = |byte: u8| byte.is_ascii_alphanumeric() || b"/+.-".contains(&byte);
    mime.bytes().all(is_mime).then_some(mime)
}

fn is_font(mime: &str) -> bool {
    mime.contains("font") || mime.contains("octet-stream") || mime.contains("wasm")
}

/// What is left of a text without these.
pub fn between<'d>(text: &str, data: impl Iterator<Item = &'d Data>) -> Vec<Range<usize>> {
    let mut rest = Vec::new();
    let mut start = 0;
    for data in data {
        rest.push(start..data.span.start);
        start = data.span.end;
    }
    rest.push(start..text.len());
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_long_pictures_are_found() {
        let picture = "A".repeat(LONG);
        let text = format!(
            "<a href='data:text/plain;charset=utf-8;base64,aGk='><img src=\"data:image/png;base64,{picture}\"><img src=\"data:image/png;base64,AA\">;base64,AA"
        );
        let found = data(&text);
        let told: Vec<_> = found
            .iter()
            .map(|one| (&text[one.span.clone()], one.is_media))
            .collect();
        assert_eq!(told, [("aGk=", false), (picture.as_str(), true)]);
        assert_eq!(between(&text, found.iter()).len(), 3);
    }
}

//! What a known value leaves in the bytes of a file, whatever encodes it there.
//!
//! A file without a trace of any value need not be parsed for them. So a trace
//! may stand where no value does, but every encoding that [`super::views`]
//! peels must leave one. Only a value that is broken into several small parts
//! may leave none.

/// The longest part of an encoded value that is searched for.
const TRACE: usize = 12;

/// What a value leaves in a file: its longest stretch of plain characters
/// (which most encodings leave as they are), and its beginning in base64 at
/// each of the three alignments and in hexadecimal.
pub(super) fn traces(value: &str) -> Vec<String> {
    use base64::prelude::*;
    let plain = value
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .max_by_key(|part| part.len())
        .unwrap_or(value);
    let mut traces = Vec::new();
    if plain.len() < 3 {
        traces.push(value.to_owned());
    } else {
        let head: String = plain.chars().take(TRACE).collect();
        let reversed = plain.chars().rev();
        traces.push(reversed.clone().take(TRACE).collect());
        // Where the head is broken in two, the tail may be whole.
        let tail = plain.len().saturating_sub(TRACE);
        traces.push(plain.get(tail..).unwrap_or(plain).to_owned());
        traces.push(head);
    }
    traces.extend(escaped(value));
    let hex: String = value
        .bytes()
        .take(TRACE)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    traces.push(hex.to_uppercase());
    traces.push(hex);
    for shift in 0..3 {
        let mut bytes = vec![0; shift];
        bytes.extend(value.bytes());
        let encoded = BASE64_STANDARD_NO_PAD.encode(bytes);
        // The characters at both ends depend on the neighbours.
        let from = [0, 2, 3][shift];
        let to = encoded.len().saturating_sub(2).min(from + TRACE);
        if let Some(part) = encoded.get(from..to)
            && part.len() >= 4
        {
            traces.push(part.replace('+', "-").replace('/', "_"));
            traces.push(part.to_owned());
        }
    }
    traces
}

/// The first characters of a value, each of them escaped: the ways to write
/// text that leave no letter as it is. In JSON a backslash is doubled.
fn escaped(value: &str) -> Vec<String> {
    const FIRST: usize = 4;
    let each = |escape: fn(u8) -> String| value.bytes().take(FIRST).map(escape).collect();
    let plain: [fn(u8) -> String; 5] = [
        |byte| format!("%{byte:02x}"),
        |byte| format!("%{byte:02X}"),
        |byte| format!("&#{byte};"),
        |byte| format!("&#x{byte:x};"),
        |byte| format!("&#x{byte:X};"),
    ];
    let with_backslash: [fn(u8) -> String; 4] = [
        |byte| format!(r"\x{byte:02x}"),
        |byte| format!(r"\x{byte:02X}"),
        |byte| format!(r"\u{byte:04x}"),
        |byte| format!(r"\{byte:03o}"),
    ];
    let single: Vec<String> = with_backslash.into_iter().map(each).collect();
    let doubled = single.iter().map(|text| text.replace('\\', r"\\"));
    let mut escaped: Vec<String> = plain.into_iter().map(each).chain(doubled).collect();
    escaped.extend(single);
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::known::Known;
    use super::super::secret::Secret;

    #[test]
    fn traces_are_left_in_every_encoding() {
        use base64::prelude::*;
        let value = "s3cr&t/value+with \"quotes\"";
        let known = Known::new(vec![Secret::new(value)]);
        let before = |pad: &str| BASE64_STANDARD.encode(format!("{pad}{value}"));
        let hex: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
        for text in [
            value.to_owned(),
            serde_json::to_string(value).expect("is JSON"),
            value.replace('&', "&amp;"),
            value.replace('/', "%2F").replace(' ', "%20"),
            hex,
            value.bytes().map(|b| format!(r"\\x{b:02x}")).collect(),
            value.bytes().map(|b| format!("&#{b};")).collect(),
            value.bytes().map(|b| format!("%{b:02X}")).collect(),
            value.bytes().map(|b| format!(r"\u{b:04x}")).collect(),
            value.chars().rev().collect(),
            value.replace("with", "wi' 'th").replace("val", "v' 'al"),
            before(""),
            before("x"),
            before("xy"),
        ] {
            assert!(known.may_stand_in(text.as_bytes()), "{text}");
        }
        assert!(!known.may_stand_in(b"nothing of the sort"));
    }
}

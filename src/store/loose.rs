//! Reads pairs of names and values in texts that no strict reader takes:
//! HOCON, and JSON that was never written to its end.

use crate::detect::Secret;

/// Names are no longer.
const LONGEST_NAME: usize = 128;

/// Every `name: value` and `name = value`, quoted or not, wherever it stands.
pub(super) fn pairs(text: &str) -> Vec<(String, Secret)> {
    text.match_indices([':', '='])
        .filter_map(|(at, _)| {
            let name = name_before(&text[..at])?;
            let value = value_after(&text[at + 1..])?;
            Some((name.to_owned(), Secret::new(value)))
        })
        .collect()
}

fn name_before(text: &str) -> Option<&str> {
    let text = text.trim_end_matches([' ', '\t']);
    let text = text.strip_suffix('"').unwrap_or(text);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let length = text
        .bytes()
        .rev()
        .take(LONGEST_NAME)
        .take_while(is_name)
        .count();
    let name = &text[text.len() - length..];
    (!name.is_empty()).then_some(name)
}

fn value_after(text: &str) -> Option<String> {
    let text = text.trim_start_matches([' ', '\t']);
    if let Some(quoted) = text.strip_prefix('"') {
        return quoted_value(quoted);
    }
    let end = text
        .find(|c: char| c.is_whitespace() || ",}]{[\"".contains(c))
        .unwrap_or(text.len());
    (end > 0).then(|| text[..end].to_owned())
}

/// A string up to its closing quote, with the escapes of JSON undone.
fn quoted_value(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some(value),
            '\n' => return None,
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                'u' => {
                    let digits = chars.as_str().get(..4)?;
                    let unit = u32::from_str_radix(digits, 16).ok()?;
                    value.push(char::from_u32(unit)?);
                    chars = chars.as_str()[4..].chars();
                }
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, String)> {
        pairs(text)
            .into_iter()
            .map(|(name, value)| (name, value.expose().to_owned()))
            .collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn pairs_of_every_style() {
        assert_eq!(
            read(r#"{"a": "x\"y\u0041", b = z, c.d: 1}"#),
            [pair("a", "x\"yA"), pair("b", "z"), pair("c.d", "1")]
        );
    }

    #[test]
    fn a_value_that_was_not_written_to_its_end_is_no_value() {
        assert_eq!(read(r#"{"a": "x", "b": "half"#), [pair("a", "x")]);
        assert_eq!(read("\"a\": \"half\n"), []);
        assert_eq!(read(r#"a: "\u12"#), []);
        assert_eq!(read("é: ü"), []);
    }
}

//! Reads the strings of a TOML document, line by line: a mistake in one line
//! spoils no other.

use super::loose;
use crate::detect::Secret;

/// A string of a document.
#[derive(Debug)]
pub(super) struct Entry {
    /// The table it stands in, empty for the root.
    pub table: String,
    /// Its key.
    pub key: String,
    /// The string.
    pub value: Secret,
}

/// All strings with their tables and keys.
pub(super) fn entries(text: &str) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut table = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = match rest.split_once('\n') {
            Some((line, after)) => (line, after),
            None => (rest, ""),
        };
        let line = line.trim();
        let mut next = after;
        if let Some(name) = line.strip_prefix('[') {
            let name = name.trim_start_matches('[').split(']').next();
            table = unquoted(name.unwrap_or_default());
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            let key = unquoted(key);
            let value = value.trim_start();
            match multi_line(value, after) {
                Some((text, behind)) => {
                    next = behind;
                    push(&mut found, &table, &key, text);
                }
                None => strings(&mut found, &table, &key, value),
            }
        }
        rest = next;
    }
    found
}

/// The strings of one line.
fn strings(found: &mut Vec<Entry>, table: &str, key: &str, value: &str) {
    if let Some(text) = value.strip_prefix('"') {
        if let Some(text) = basic(text) {
            push(found, table, key, text);
        }
    } else if let Some(text) = value.strip_prefix('\'') {
        if let Some((text, _)) = text.split_once('\'') {
            push(found, table, key, text.to_owned());
        }
    } else if value.starts_with('{') {
        let table = match table {
            "" => key.to_owned(),
            _ => format!("{table}.{key}"),
        };
        for (key, value) in loose::pairs(value) {
            found.push(Entry {
                table: table.clone(),
                key,
                value,
            });
        }
    }
}

fn push(found: &mut Vec<Entry>, table: &str, key: &str, value: String) {
    if value.is_empty() {
        return;
    }
    found.push(Entry {
        table: table.to_owned(),
        key: key.to_owned(),
        value: Secret::new(value),
    });
}

/// The text in three quotes that begins a value, and what stands behind it.
fn multi_line<'t>(value: &'t str, after: &'t str) -> Option<(String, &'t str)> {
    let (quotes, is_basic) = match value.get(..3)? {
        "\"\"\"" => ("\"\"\"", true),
        "'''" => ("'''", false),
        _ => return None,
    };
    let first = &value[3..];
    if let Some((text, _)) = first.split_once(quotes) {
        return Some((unescaped(text, is_basic), after));
    }
    let (lines, behind) = after.split_once(quotes)?;
    let text = match first.trim() {
        "" => lines.to_owned(),
        first => format!("{first}\n{lines}"),
    };
    Some((unescaped(&text, is_basic), behind))
}

fn unescaped(text: &str, is_basic: bool) -> String {
    let escaped = is_basic.then(|| text.replace('"', "\\\"") + "\"");
    escaped
        .and_then(|text| basic(&text))
        .unwrap_or_else(|| text.to_owned())
}

/// A basic string up to its closing quote.
fn basic(text: &str) -> Option<String> {
    let mut value = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some(value),
            '\\' => match chars.next()? {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                'r' => value.push('\r'),
                'u' => value.push(unicode(&mut chars, 4)?),
                'U' => value.push(unicode(&mut chars, 8)?),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
}

fn unicode(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text = chars.as_str();
    let code = u32::from_str_radix(text.get(..digits)?, 16).ok()?;
    *chars = text[digits..].chars();
    char::from_u32(code)
}

fn unquoted(key: &str) -> String {
    key.replace(['"', '\''], "").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        entries(text)
            .into_iter()
            .map(|entry| format!("{}|{}|{}", entry.table, entry.key, entry.value.expose()))
            .collect()
    }

    #[test]
    fn strings_of_every_form() {
        let text = concat!(
            "a = \"x\\\"y\\u0041\" # note\r\n",
            "'b' = 'c:\\d'\r\n",
            "n = 5\r\n",
            "[t.u]\r\n",
            "c = { d = \"e\", f = 1 }\r\n",
            "g = \"\"\"\r\nline \"1\"\r\nline 2\"\"\"\r\n",
            "h = '''i'''\r\n",
        );
        assert_eq!(
            read(text),
            [
                "|a|x\"yA",
                "|b|c:\\d",
                "t.u.c|d|e",
                "t.u.c|f|1",
                "t.u|g|line \"1\"\r\nline 2",
                "t.u|h|i",
            ]
        );
    }

    #[test]
    fn what_was_not_written_to_its_end_is_passed_over() {
        assert_eq!(read("a = \"half\nb = \"c\"\n[half"), ["|b|c"]);
        assert_eq!(read("a = \"\"\"half\nb = \"c\""), ["|b|c"]);
        assert_eq!(read("a = \"\\u00"), [""; 0]);
    }
}

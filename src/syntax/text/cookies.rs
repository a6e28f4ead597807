//! Cookies: the lines that browsers and `wget` keep them in, seven fields with
//! tabs between them.

use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// Reads the lines of a `cookies.txt`.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    if memchr::memmem::find(text.as_bytes(), b"\tTRUE\t").is_none() || !wanted("cookie") {
        return;
    }
    for (start, line) in parts.lines(text) {
        let fields: Vec<&str> = line.trim_end().split('\t').collect();
        if let [_, all, _, secure, _, _, value] = fields.as_slice()
            && [all, secure]
                .iter()
                .all(|flag| matches!(**flag, "TRUE" | "FALSE"))
        {
            let at = start + line.trim_end().len() - value.len();
            found.push(Binding {
                name: "cookie".to_owned(),
                span: at..at + value.len(),
                value: (*value).to_owned(),
                via: Via::Header,
            });
        }
    }
}

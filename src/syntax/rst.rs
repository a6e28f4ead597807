//! reStructuredText as far as it matters here: where the code of its
//! `code-block` directives is. Everything else is text.

use super::markdown::{Part, PartKind};

/// The parts of a document, in order, as those of Markdown.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut done = 0;
    let mut at = 0;
    while at < text.len() {
        let line = line_at(text, at);
        let next = at + line.len();
        let Some(info) = directive(line) else {
            at = next;
            continue;
        };
        let (start, end, margin) = body(text, next, indent(line));
        if start < end {
            let code = PartKind::Code { info, margin };
            push(&mut parts, &mut done, start, PartKind::Text);
            push(&mut parts, &mut done, end, code);
        }
        at = end.max(next);
    }
    push(&mut parts, &mut done, text.len(), PartKind::Text);
    parts
}

fn push<'t>(parts: &mut Vec<Part<'t>>, done: &mut usize, end: usize, kind: PartKind<'t>) {
    if end > *done {
        let span = *done..end;
        parts.push(Part { span, kind });
        *done = end;
    }
}

fn line_at(text: &str, at: usize) -> &str {
    text[at..].split_inclusive('\n').next().unwrap_or_default()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// The language that a line says is below it: `.. code-block:: python`.
fn directive(line: &str) -> Option<&str> {
    let call = line.trim().strip_prefix(".. ")?;
    let names = ["code-block::", "code::", "sourcecode::"];
    let info = names.iter().find_map(|name| call.strip_prefix(name))?;
    Some(info.trim())
}

/// From where to where the code below a directive reaches, and its margin:
/// behind options and a blank line, as far as lines are indented deeper.
fn body(text: &str, from: usize, outer: usize) -> (usize, usize, String) {
    let mut at = from;
    let mut start = None;
    let mut end = from;
    let mut margin = String::new();
    while at < text.len() {
        let line = line_at(text, at);
        let next = at + line.len();
        let is_blank = line.trim().is_empty();
        let is_option = start.is_none() && line.trim_start().starts_with(':');
        if !is_blank && indent(line) <= outer {
            break;
        }
        if !is_blank && !is_option {
            if start.is_none() {
                start = Some(at);
                margin = line[..indent(line)].to_owned();
            }
            end = next;
        }
        at = next;
    }
    (start.unwrap_or(end), end, margin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_what_is_indented_below_its_directive() {
        let text = "Title\n=====\n\n.. code-block:: python\n   :linenos:\n\n   x = 1\n\n     y\n\nText::\n\n   literal\n\n.. code:: bash\nno code\n";
        let told: Vec<_> = parts(text)
            .into_iter()
            .map(|part| (&text[part.span.clone()], part.kind))
            .collect();
        let code = PartKind::Code {
            info: "python",
            margin: "   ".to_owned(),
        };
        assert_eq!(told.len(), 3);
        assert_eq!(told[1], ("   x = 1\n\n     y\n", code));
        assert_eq!(told[2].1, PartKind::Text);
    }
}

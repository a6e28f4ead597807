//! Recipes for container images, as instructions: where each begins and ends,
//! over continued lines and here-documents.
//!
//! Reference: the Dockerfile reference of BuildKit's frontend.

use std::ops::Range;

/// One instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    /// Its name in capitals: `RUN`.
    pub keyword: String,
    /// Behind the name and the blanks, where flags may stand.
    pub flags: usize,
    /// Behind the flags: what the instruction is about, here-documents included.
    pub body: Range<usize>,
    /// The body of its first here-document.
    pub here: Option<Range<usize>>,
}

/// The instructions of a text, in order.
pub fn instructions(text: &str) -> Vec<Instruction> {
    let escape = if text.lines().take(5).any(is_escape_directive) {
        '`'
    } else {
        '\\'
    };
    let mut lines = Lines { text, at: 0 };
    let mut all = Vec::new();
    while let Some(line) = lines.next() {
        let content = text[line.clone()].trim_start();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let start = line.end - content.len();
        let mut end = line.end;
        let mut goes_on = content.trim_end().ends_with(escape);
        while goes_on && let Some(next) = lines.next() {
            let content = text[next.clone()].trim();
            end = next.end;
            goes_on = content.is_empty() || content.starts_with('#') || content.ends_with(escape);
        }
        all.push(instruction(text, start..end, &mut lines));
    }
    all
}

fn is_escape_directive(line: &str) -> bool {
    let directive = line.trim_start_matches('#').trim();
    line.starts_with('#') && directive.replace(' ', "") == "escape=`"
}

fn instruction(text: &str, span: Range<usize>, lines: &mut Lines<'_>) -> Instruction {
    let line = &text[span.clone()];
    let name = line.split(char::is_whitespace).next().unwrap_or_default();
    let keyword = name.to_ascii_uppercase();
    let blanks = |at: usize| {
        let rest = &text[at..span.end];
        let blank = |c: char| c.is_whitespace() || c == '\\';
        span.end - rest.trim_start_matches(blank).len()
    };
    let flags = blanks(span.start + name.len());
    let mut start = flags;
    while text[start..span.end].starts_with("--") {
        let rest = &text[start..span.end];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        start = blanks(start + length);
    }
    let mut body = start..span.start + line.trim_end().len().max(start - span.start);
    let takes_here = matches!(keyword.as_str(), "RUN" | "COPY" | "ADD");
    let mut here = None;
    if takes_here {
        for name in delimiters(&text[body.clone()]) {
            let inner = lines.until(name);
            body.end = body.end.max(inner.end);
            here = here.or(Some(inner));
        }
    }
    Instruction {
        keyword,
        flags,
        body,
        here,
    }
}

/// The names behind each `<<`.
fn delimiters(line: &str) -> Vec<&str> {
    line.match_indices("<<")
        .filter_map(|(at, _)| {
            let rest = line[at + 2..].trim_start_matches('-');
            let rest = rest.trim_start_matches(['"', '\'']);
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = rest.split(|c| !is_name(c)).next()?;
            let is_here = !name.is_empty() && !line[..at].ends_with('<');
            is_here.then_some(name)
        })
        .collect()
}

/// The lines of a text, without their ends.
struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl Lines<'_> {
    fn next(&mut self) -> Option<Range<usize>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let line = self.at..self.at + length;
        self.at = (line.end + 1).min(self.text.len());
        Some(line)
    }

    /// The lines before the one that is `name`, which is passed over.
    fn until(&mut self, name: &str) -> Range<usize> {
        let start = self.at;
        while let Some(line) = self.next() {
            if self.text[line.clone()].trim() == name {
                return start..line.start;
            }
        }
        start..self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(String, &str)> {
        instructions(text)
            .into_iter()
            .map(|it| (it.keyword, &text[it.body]))
            .collect()
    }

    #[test]
    fn instructions_run_over_lines() {
        let text = "# syntax=docker/dockerfile:1\nFROM a\n\nrun --network=none a \\\n  # no\n\n  && b\nENV X=1";
        let told = cut(text);
        assert_eq!(told[0], ("FROM".to_owned(), "a"));
        assert_eq!(told[1], ("RUN".to_owned(), "a \\\n  # no\n\n  && b"));
        assert_eq!(told[2], ("ENV".to_owned(), "X=1"));
    }

    #[test]
    fn here_documents_belong_to_their_instruction() {
        let text = "RUN <<EOF\nFROM x\nEOF\nCOPY <<-\"A\" <<B /\na\nA\nb\nB\nUSER u\n";
        let all = instructions(text);
        let names: Vec<_> = all.iter().map(|it| it.keyword.as_str()).collect();
        assert_eq!(names, ["RUN", "COPY", "USER"]);
        assert_eq!(
            all[0].here.clone().map(|here| &text[here]),
            Some("FROM x\n")
        );
        assert_eq!(&text[all[1].body.clone()], "<<-\"A\" <<B /\na\nA\nb\n");
    }

    #[test]
    fn nothing_panics() {
        for text in [
            "",
            "RUN",
            "RUN \\",
            "RUN <<EOF",
            "\\",
            "RUN --a",
            "é --é\n\\\n",
            "RUN <<\n",
        ] {
            let _ = instructions(text);
        }
    }
}

//! Markdown as far as it matters here: where the front matter, the fenced code
//! and the text are.
//!
//! No tree is built, and nothing of the text's own marks is read: what is no
//! code is for people. Fences: CommonMark 0.31, section 4.5, also indented as
//! deep as lists indent them.

use std::ops::Range;

use super::language;
use crate::region::Language;

/// A part of a document. The parts follow one another without gaps and cover
/// it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<'t> {
    /// Byte offsets in the document.
    pub span: Range<usize>,
    /// What it is.
    pub kind: PartKind<'t>,
}

/// What a part of a document is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKind<'t> {
    /// Everything else: text for people, also the fences themselves.
    Text,
    /// Data about the document at its top, in YAML or TOML.
    FrontMatter(Language),
    /// The lines between two fences.
    Code {
        /// What stands behind the opening fence.
        info: &'t str,
        /// What each line begins with: the indent of a list, `> `.
        margin: String,
    },
}

/// A fence that opens code.
struct Fence<'t> {
    mark: u8,
    length: usize,
    info: &'t str,
    margin: String,
}

/// The parts of a document, in order.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Parts {
        parts: Vec::new(),
        end: 0,
    };
    let mut open: Option<(Fence<'_>, usize)> = None;
    let mut at = front_matter(text, &mut parts);
    for line in text[at..].split_inclusive('\n') {
        let next = at + line.len();
        match &open {
            None => {
                if let Some(fence) = fence(line) {
                    parts.push(next, PartKind::Text);
                    open = Some((fence, next));
                }
            }
            Some((fence, _)) if closes(line, fence) => {
                parts.close(open.take(), at);
            }
            Some(_) => {}
        }
        at = next;
    }
    parts.close(open, text.len());
    parts.push(text.len(), PartKind::Text);
    parts.parts
}

/// Parts as they are read, up to `end`.
struct Parts<'t> {
    parts: Vec<Part<'t>>,
    end: usize,
}

impl<'t> Parts<'t> {
    fn push(&mut self, end: usize, kind: PartKind<'t>) {
        if end > self.end {
            let span = self.end..end;
            self.parts.push(Part { span, kind });
            self.end = end;
        }
    }

    fn close(&mut self, open: Option<(Fence<'t>, usize)>, end: usize) {
        if let Some((Fence { info, margin, .. }, _)) = open {
            self.push(end, PartKind::Code { info, margin });
        }
    }
}

/// Reads what stands between `---` (YAML) or `+++` (TOML) at the top, and
/// says where the text goes on.
fn front_matter(text: &str, parts: &mut Parts<'_>) -> usize {
    let top = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut at = top;
    let mut kind = None;
    for line in text[top..].split_inclusive('\n') {
        let next = at + line.len();
        match (kind, line.trim_end()) {
            (None, "---") => kind = Some((Language::Yaml, "---", next)),
            (None, "+++") => kind = Some((Language::Toml, "+++", next)),
            (None, _) => return 0,
            (Some((language, mark, start)), end)
                if end == mark || end == "..." && mark == "---" =>
            {
                parts.push(start, PartKind::Text);
                parts.push(at, PartKind::FrontMatter(language));
                return next;
            }
            _ => {}
        }
        at = next;
    }
    0
}

/// The fence that a line opens: behind an indent, the marks of a quotation
/// and of a list's item.
fn fence(line: &str) -> Option<Fence<'_>> {
    let line = line.trim_end();
    let at = line.find(['`', '~'])?;
    let (before, rest) = line.split_at(at);
    let mark = *rest.as_bytes().first()?;
    let length = rest.bytes().take_while(|&byte| byte == mark).count();
    let info = rest.get(length..)?.trim();
    if length < 3 || mark == b'`' && info.contains('`') {
        return None;
    }
    Some(Fence {
        mark,
        length,
        info,
        margin: margin(before)?,
    })
}

/// What the lines below a fence begin with, if such a thing may stand before
/// one: a list's mark is an indent there.
fn margin(before: &str) -> Option<String> {
    let is_mark = |word: &str| {
        let number = word.strip_suffix(['.', ')']);
        matches!(word, "-" | "*" | "+" | ">" | ">>")
            || number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let mut words = before.split([' ', '\t']).filter(|word| !word.is_empty());
    if before.len() > 64 || !words.all(is_mark) {
        return None;
    }
    let blank = |c: char| match c {
        '>' | '\t' => c,
        _ => ' ',
    };
    Some(before.chars().map(blank).collect())
}

/// Whether a line closes the code, or ends the quotation that it stands in.
fn closes(line: &str, fence: &Fence<'_>) -> bool {
    let bare = line.trim_start_matches([' ', '\t', '>']).trim_end();
    let length = bare.bytes().take_while(|&byte| byte == fence.mark).count();
    let is_closing = length >= fence.length && length == bare.len();
    let is_quoted = line.trim_start().starts_with('>');
    is_closing || fence.margin.contains('>') && !is_quoted
}

/// The language that an info string names: `python`, `{r, echo=FALSE}`,
/// `{.bash .numberLines}`, `{code-cell} ipython3`. None is the text's own.
pub fn language(info: &str) -> Language {
    let ends = |c: char| c.is_whitespace() || "{}.,:=".contains(c);
    let mut words = info.split(ends).filter(|word| !word.is_empty());
    let directives = ["code-cell", "code-block", "code", "sourcecode"];
    let word = words
        .find(|word| !directives.contains(word))
        .unwrap_or_default()
        .to_ascii_lowercase();
    match word.as_str() {
        "" => Language::Other,
        "py" | "py3" | "ipython3" => Language::Python,
        "bash" | "sh" | "shell" | "zsh" | "console" | "shell-session" | "shellsession"
        | "sh-session" | "terminal" | "fish" | "ksh" => Language::Console,
        "jsx" | "tsx" | "mjs" | "cjs" | "node" => Language::JavaScript,
        "jsonc" | "json5" | "jsonl" | "ndjson" => Language::Json,
        "yml" => Language::Yaml,
        "cfg" | "conf" => Language::Ini,
        "env" => Language::Dotenv,
        "xml" | "svg" | "vue" | "svelte" => Language::Html,
        "mysql" | "psql" | "plsql" => Language::Sql,
        name => language::of_kernel(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each part's beginning letter and text.
    fn cut(text: &str) -> Vec<String> {
        let told = |part: &Part<'_>| {
            let letter = match &part.kind {
                PartKind::Text => "t".to_owned(),
                PartKind::FrontMatter(language) => format!("{language:?}"),
                PartKind::Code { info, margin } => format!("c({info}|{margin})"),
            };
            format!("{letter} {}", &text[part.span.clone()])
        };
        let parts = parts(text);
        let mut end = 0;
        for part in &parts {
            assert_eq!(part.span.start, end, "no gaps");
            end = part.span.end;
        }
        assert_eq!(end, text.len());
        parts.iter().map(told).collect()
    }

    #[test]
    fn front_matter_code_and_text() {
        let text = "---\na: 1\n---\nHi\n```python\nx\n```\nend";
        let all = [
            "t ---\n",
            "Yaml a: 1\n",
            "t ---\nHi\n```python\n",
            "c(python|) x\n",
            "t ```\nend",
        ];
        assert_eq!(cut(text), all);
        assert_eq!(cut("+++\na = 1\n+++\n")[1], "Toml a = 1\n");
        assert_eq!(cut("---\nno end\n"), ["t ---\nno end\n"]);
        assert_eq!(cut("\u{feff}---\r\na: 1\r\n...\r\n")[1], "Yaml a: 1\r\n");
        assert_eq!(cut(""), [] as [&str; 0]);
    }

    #[test]
    fn fences_close_as_they_opened() {
        assert_eq!(cut("````md\n```\n````\nx")[1], "c(md|) ```\n");
        assert_eq!(cut("~~~\n```\n~~~")[1], "c(|) ```\n");
        assert_eq!(cut("```sh\nnever closed")[1], "c(sh|) never closed");
        assert_eq!(cut("a ``` b\n```x`y\n").len(), 1);
        assert_eq!(cut("    ```\n    a\n    ```\n")[1], "c(|    )     a\n");
    }

    #[test]
    fn lists_and_quotations_have_a_margin() {
        assert_eq!(cut("1. ```sh\n   a\n   ```\n")[1], "c(sh|   )    a\n");
        let quoted = cut("> ```sh\n> a\nb\n");
        assert_eq!(quoted[1], "c(sh|> ) > a\n");
        assert_eq!(quoted[2], "t b\n");
    }

    #[test]
    fn info_strings_name_languages() {
        for (info, named) in [
            ("python title=\"a.py\"", Language::Python),
            ("{r, echo=FALSE}", Language::R),
            ("{.bash .numberLines}", Language::Console),
            ("{code-cell} ipython3", Language::Python),
            ("py{1,3}", Language::Python),
            ("JSON", Language::Json),
            ("", Language::Other),
            ("brainfuck", Language::Other),
        ] {
            assert_eq!(language(info), named, "{info}");
        }
    }
}

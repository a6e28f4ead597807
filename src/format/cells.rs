//! Notebooks written as programs: cells between separators that are comments.
//!
//! Jupytext's percent format, the cells of VS Code and Spyder, and what
//! nbconvert exports (`# In[1]:`). Each cell is a region, and all of a language
//! share their names, so an import goes into the first cell that needs it. A
//! cell of text is a comment, which is peeled; so is a cell in another
//! language. If a separator stands within a piece of code, so that the cells do
//! not parse though the file does, the file is one program.

use std::ops::Range;

use super::parts::{Part, Parts};
use super::{Format, Hint, Opened, Outline};
use crate::region::{Extent, Language, Region, Role};
use crate::syntax::{language, python};

/// Notebooks written as programs.
pub(super) const FORMAT: Format = Format {
    title: "a program in cells",
    is_told,
    open: |hint| {
        Ok(Box::new(Cells {
            text: hint.text,
            language: language::of_file(&hint.name()),
        }))
    },
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let language = language::of_file(&hint.name());
    matches!(language, Language::Python | Language::R | Language::Julia)
        && separators(hint.text).next().is_some()
}

/// A program in cells. It is cut only when somebody looks into it.
#[derive(Debug)]
struct Cells<'t> {
    text: &'t str,
    language: Language,
}

impl Cells<'_> {
    fn parts(&self) -> Parts<'_> {
        let parts = self.cut();
        let is_cut = self.language != Language::Python || self.all_parse(&parts);
        let whole = || vec![Part::program(0..self.text.len(), self.language)];
        Parts::new(self.text, if is_cut { parts } else { whole() })
    }

    /// Whether cutting broke nothing.
    fn all_parse(&self, parts: &[Part]) -> bool {
        let code = |part: &&Part| part.role == Role::Code(Language::Python);
        let parses = |part: &Part| {
            let text = self.text.get(part.span.clone()).unwrap_or_default();
            python::parse(text).is_valid()
        };
        parts.iter().filter(code).all(parses) || !python::parse(self.text).is_valid()
    }

    fn cut(&self) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut role = Some(Head::default());
        let mut start = 0;
        let end = self.text.len()..self.text.len();
        for line in separators(self.text).chain(std::iter::once(end)) {
            if let Some(head) = role.take() {
                self.push(&mut parts, start..line.start, &head);
            }
            let text = self.text.get(line.clone()).unwrap_or_default();
            if !text.is_empty() {
                parts.push(Part::new(line.clone(), Role::Metadata));
            }
            role = Some(Head::of(text));
            start = line.end;
        }
        parts
    }

    fn push(&self, parts: &mut Vec<Part>, span: Range<usize>, head: &Head) {
        if span.is_empty() {
            return;
        }
        let text = self.text.get(span.clone()).unwrap_or_default();
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let is_comment = lines.all(|line| line.starts_with('#')) && !text.trim().is_empty();
        let margin = is_comment.then_some("# ");
        let part = match head.language {
            Some(Language::Markdown) => Part::new(span, Role::Prose),
            Some(language) if is_comment => Part::program(span, language),
            _ => {
                parts.push(Part::new(span, Role::Code(self.language)));
                return;
            }
        };
        parts.push(Part { margin, ..part });
    }
}

impl Opened for Cells<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        self.parts().regions(wanted)
    }

    fn code(&self) -> Vec<Region> {
        self.parts().code()
    }

    fn outline(&self) -> Outline {
        self.parts().outline()
    }
}

/// What a separator says of its cell.
#[derive(Debug, Default)]
struct Head {
    /// The language, if not that of the file.
    language: Option<Language>,
}

impl Head {
    fn of(line: &str) -> Self {
        let named = line.split_once("language=\"").map(|(_, rest)| rest);
        let language = match named.and_then(|rest| rest.split('"').next()) {
            Some(name) => Some(language::of_kernel(name)),
            None if line.contains("[markdown]") || line.contains("[md]") => {
                Some(Language::Markdown)
            }
            None if line.contains("[raw]") => Some(Language::Markdown),
            None => None,
        };
        Self { language }
    }
}

/// The lines that begin a cell, with their ends.
fn separators(text: &str) -> impl Iterator<Item = Range<usize>> {
    memchr::memchr_iter(b'#', text.as_bytes()).filter_map(|at| {
        let rest = text.get(at..)?;
        let is_first = at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
        let is_one =
            is_first && (rest.starts_with("# %%") || rest.starts_with("#%%") || is_prompt(rest));
        let length = rest.find('\n').map_or(rest.len(), |length| length + 1);
        is_one.then_some(at..at + length)
    })
}

/// `# In[12]:`, `# In[ ]:`
fn is_prompt(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("# In[") else {
        return false;
    };
    let number = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    number.starts_with("]:") || number.starts_with("]\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn cut(text: &str) -> Vec<(String, Role)> {
        let hint = Hint::new(Path::new("a.py"), text);
        assert!(is_told(&hint));
        let opened = (FORMAT.open)(&hint).expect("can be read");
        let regions = opened.regions(&|_| true);
        let told = |region: &Region| (region.text().to_owned(), region.role.clone());
        regions.iter().map(told).collect()
    }

    #[test]
    fn cells_have_roles_and_comments_are_peeled() {
        let text = "# ---\n# jupyter:\n# ---\n# %% [markdown]\n# Hi *there*\n#\n# you\n# %% {\"a\": 1}\nx = 1\n# %% language=\"bash\"\n# ls $X\n";
        let told = cut(text);
        assert_eq!(told[2], ("Hi *there*\n\nyou\n".to_owned(), Role::Prose));
        assert_eq!(
            told[4],
            ("x = 1\n".to_owned(), Role::Code(Language::Python))
        );
        assert_eq!(told[6], ("ls $X\n".to_owned(), Role::Code(Language::Shell)));
    }

    #[test]
    fn a_separator_within_code_is_none() {
        let told = cut("def f():\n    x = [1,\n# %%\n    2]\n");
        assert_eq!(told.len(), 1);
        assert_eq!(cut("x = 1\n\n# In[2]:\n\ny = 2\n").len(), 3);
    }
}

//! Which part of a cell is in which language: cell magics, and the line magics
//! with which Databricks begins a cell.
//!
//! The rules follow `IPython.core.inputtransformer2`: blank lines and an
//! indent may stand before a cell magic, nothing else may; its name ends at
//! the first space.

use std::ops::Range;

use super::language;
use crate::region::Language;

/// A part of a cell that is in one language. The parts of a cell follow one
/// another without gaps and cover it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Byte offsets in the cell.
    pub span: Range<usize>,
    /// The language of the part. A magic's own line is [`Language::Python`]:
    /// IPython expands Python variables in it.
    pub language: Language,
    /// The part runs in a process of its own or becomes a file, so it does
    /// not see what other cells import.
    pub standalone: bool,
}

impl Part {
    fn new(span: Range<usize>, language: Language, standalone: bool) -> Self {
        Self {
            span,
            language,
            standalone,
        }
    }
}

/// Cuts a cell into its magic lines and its body.
///
/// Magics that run their body as Python in the kernel (`%%time`, `%%capture`)
/// stay with it: one part, which the IPython mode of the parser reads.
/// Of any other magic the line is a part and the body is a part.
pub fn parts(cell: &str, kernel: Language) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = 0;
    if kernel == Language::Python {
        while let Some(magic) = cell_magic(cell, rest) {
            let (language, standalone) = body_language(magic.name, magic.arguments);
            let in_kernel = language == Language::Python && !standalone;
            if in_kernel && cell_magic(cell, magic.end).is_none() {
                break;
            }
            parts.push(Part::new(rest..magic.end, Language::Python, false));
            rest = magic.end;
            if !in_kernel {
                push_body(&mut parts, rest..cell.len(), language, standalone);
                return parts;
            }
        }
    }
    if rest == 0
        && let Some((cut, language)) = databricks(cell)
    {
        parts.push(Part::new(0..cut, kernel, false));
        push_body(&mut parts, cut..cell.len(), language, false);
        return parts;
    }
    push_body(&mut parts, rest..cell.len(), kernel, false);
    parts
}

fn push_body(parts: &mut Vec<Part>, span: Range<usize>, language: Language, standalone: bool) {
    if !span.is_empty() || parts.is_empty() {
        parts.push(Part::new(span, language, standalone));
    }
}

/// A `%%` line.
struct Magic<'c> {
    name: &'c str,
    arguments: &'c str,
    /// Where the line ends, its line end included.
    end: usize,
}

/// The cell magic that stands first in `cell` from `from` on.
fn cell_magic(cell: &str, from: usize) -> Option<Magic<'_>> {
    let (line, end) = first_line(cell, from)?;
    let call = line.trim().strip_prefix("%%")?;
    let (name, arguments) = call.split_once([' ', '\t']).unwrap_or((call, ""));
    let known = !name.is_empty() && !name.ends_with('?');
    known.then_some(Magic {
        name,
        arguments: arguments.trim(),
        end,
    })
}

/// The first line with something on it, and where it ends.
fn first_line(cell: &str, from: usize) -> Option<(&str, usize)> {
    let mut at = from;
    for line in cell.get(from..)?.split_inclusive('\n') {
        at += line.len();
        if !line.trim().is_empty() {
            return Some((line, at));
        }
    }
    None
}

/// A Databricks cell: where its body begins, and the language of it.
fn databricks(cell: &str) -> Option<(usize, Language)> {
    let (line, end) = first_line(cell, 0)?;
    let call = line.trim().strip_prefix('%')?;
    let (name, arguments) = call.split_once([' ', '\t']).unwrap_or((call, ""));
    let language = match name {
        "sql" => Language::Sql,
        "sh" => Language::Shell,
        "md" | "md-sandbox" => Language::Markdown,
        "python" => Language::Python,
        "scala" => Language::Scala,
        "r" => Language::R,
        _ => return None,
    };
    if arguments.trim().is_empty() {
        return Some((end, language));
    }
    // `%sql SELECT 1` is also a line magic of Python; these are not.
    if !matches!(language, Language::Shell | Language::Markdown) {
        return None;
    }
    let line_start = end - line.len();
    let sign = line.find('%')?;
    Some((line_start + sign + 1 + name.len() + 1, language))
}

/// The language of a cell magic's body, and whether it stands alone.
fn body_language(name: &str, arguments: &str) -> (Language, bool) {
    let language = match name {
        "time" | "timeit" | "capture" | "prun" | "debug" | "ipytest" | "wandb" | "memit"
        | "mprun" | "lprun" | "snakeviz" | "heat" | "scalene" | "pyinstrument" | "run_pytest"
        | "manim" | "local" | "skip_if" | "tb" | "trace" => {
            return (Language::Python, false);
        }
        // `%%px` runs its body in the kernels of a cluster.
        "px" | "python" | "python2" | "python3" | "pypy" | "pypy3" | "spark" | "pyspark" => {
            Language::Python
        }
        "bash" | "sh" | "zsh" | "ksh" | "dash" | "shell" | "!" | "sx" | "system" => Language::Shell,
        "script" => script_language(arguments),
        "writefile" | "file" => written_language(arguments),
        "html" | "HTML" | "svg" | "SVG" => Language::Html,
        "javascript" | "js" => Language::BrowserScript,
        "node" | "typescript" | "ts" => Language::JavaScript,
        "R" | "r" => Language::R,
        "julia" => Language::Julia,
        "scala" => Language::Scala,
        "sql" | "bigquery" | "sparksql" | "duckdb" => Language::Sql,
        "markdown" | "md" | "latex" | "tex" => Language::Markdown,
        "configure" => Language::Json,
        _ => Language::Other,
    };
    (language, true)
}

/// The language of `%%script [options] program …`.
fn script_language(arguments: &str) -> Language {
    let mut words = arguments.split_whitespace();
    while let Some(word) = words.next() {
        match word {
            "--out" | "--err" | "--proc" => {
                words.next();
            }
            _ if word.starts_with('-') => {}
            _ if word == "env" || word.ends_with("/env") || word.contains('=') => {}
            _ => return language::of_program(word),
        }
    }
    Language::Other
}

/// The language of `%%writefile [-a] path`.
fn written_language(arguments: &str) -> Language {
    let mut rest = arguments.trim();
    for option in ["-a ", "--append "] {
        rest = rest.strip_prefix(option).unwrap_or(rest).trim();
        rest = rest.strip_suffix(option.trim()).unwrap_or(rest).trim();
    }
    language::of_file(rest.trim_matches(['"', '\'']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(cell: &str) -> Vec<(&str, Language)> {
        parts(cell, Language::Python)
            .into_iter()
            .map(|part| (&cell[part.span], part.language))
            .collect()
    }

    #[test]
    fn python_magics_stay_with_their_body() {
        for magic in [
            "%%time",
            "%%timeit -n 1",
            "%%capture out",
            "%%prun",
            "%%debug",
        ] {
            let cell = format!("{magic}\nx = 1\n");
            assert_eq!(cut(&cell), [(cell.as_str(), Language::Python)]);
        }
        assert_eq!(cut(""), [("", Language::Python)]);
    }

    #[test]
    fn other_magics_are_cut_off() {
        let table = [
            ("%%bash\n", Language::Shell),
            ("%%sh -e\n", Language::Shell),
            ("%%!\n", Language::Shell),
            ("%%sx\n", Language::Shell),
            ("%%script bash -x\n", Language::Shell),
            (
                "%%script --no-raise-error /usr/bin/env bash\n",
                Language::Shell,
            ),
            ("%%script perl\n", Language::AnyCode),
            ("%%script python3.11\n", Language::Python),
            ("%%python3\n", Language::Python),
            ("%%html\n", Language::Html),
            ("%%js\n", Language::BrowserScript),
            ("%%R -i x -o y\n", Language::R),
            ("%%julia\n", Language::Julia),
            ("%%sql postgresql://host/db\n", Language::Sql),
            ("%%latex\n", Language::Markdown),
            ("%%unheard_of\n", Language::Other),
        ];
        for (line, language) in table {
            let cell = format!("\n{line}body\n");
            let head = format!("\n{line}");
            assert_eq!(
                cut(&cell),
                [(head.as_str(), Language::Python), ("body\n", language)],
                "{line}"
            );
        }
    }

    #[test]
    fn written_files_go_by_their_names() {
        let table = [
            ("app.py", Language::Python),
            (".env", Language::Dotenv),
            ("prod.env", Language::Dotenv),
            ("-a .env.local", Language::Dotenv),
            ("config.json", Language::Json),
            ("\"my conf.yaml\"", Language::Yaml),
            ("/content/pyproject.toml", Language::Toml),
            ("setup.cfg", Language::Ini),
            ("run.sh", Language::Shell),
            ("a.R", Language::R),
            ("a.jl", Language::Julia),
            ("a.ts", Language::JavaScript),
            ("a.scala", Language::Scala),
            ("index.html", Language::Html),
            ("q.sql", Language::Sql),
            ("README.md", Language::Markdown),
            ("Dockerfile", Language::Dockerfile),
        ];
        for (path, language) in table {
            let cell = format!("%%writefile {path}\nbody");
            let parts = parts(&cell, Language::Python);
            assert_eq!(parts.len(), 2, "{path}");
            assert_eq!(parts[1].language, language, "{path}");
            assert!(parts[1].standalone);
        }
    }

    #[test]
    fn magics_stack() {
        assert_eq!(
            cut("%%time\n%%bash\nls\n"),
            [
                ("%%time\n", Language::Python),
                ("%%bash\n", Language::Python),
                ("ls\n", Language::Shell),
            ]
        );
    }

    #[test]
    fn a_magic_after_code_is_no_magic() {
        assert_eq!(cut("x = 1\n%%bash\nls").len(), 1);
        assert_eq!(cut("%%bash?\n").len(), 1);
        assert_eq!(parts("%%bash\nls", Language::Julia).len(), 1);
    }

    #[test]
    fn databricks_cells() {
        assert_eq!(cut("%sql\nSELECT 1")[1], ("SELECT 1", Language::Sql));
        assert_eq!(cut("%sh curl x")[1], ("curl x", Language::Shell));
        assert_eq!(cut("%sql SELECT 1"), [("%sql SELECT 1", Language::Python)]);
        assert_eq!(
            parts("%r\nx <- 1", Language::Scala)[1].language,
            Language::R
        );
    }
}

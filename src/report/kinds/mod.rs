//! The catalogue for people: as a table, one kind in sentences, and as JSON.

mod shape;

use std::io::{self, Write};

use anstyle::Style;
use serde::Serialize;

use super::escape;
use super::json::severity;
use crate::detect::Kind;
use crate::detect::kind::{Checksum, Severity, Told};
use crate::detect::rules::gitleaks::PREFIX as RULE;
use crate::rewrite::mask;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Sentences are wrapped here.
const WIDTH: usize = 88;

/// One line a kind, in aligned columns, and how many there are.
pub fn write_table(out: &mut dyn Write, kinds: &[&Kind]) -> io::Result<()> {
    const HEAD: [&str; 6] = ["kind", "issued by", "told", "severity", "variable", "name"];
    let rows: Vec<[String; 6]> = kinds.iter().map(|kind| row(kind)).collect();
    let mut widths = HEAD.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut line = |cells: [&str; 6], style: Style| {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        writeln!(out, "{style}{}{style:#}", padded.join("  ").trim_end())
    };
    line(HEAD, DIM)?;
    for row in &rows {
        line(row.each_ref().map(String::as_str), Style::new())?;
    }
    Ok(())
}

fn row(kind: &Kind) -> [String; 6] {
    let name = kind.name.split(" (").next().unwrap_or_default();
    let told = match kind.told {
        Told::Itself => "by itself",
        Told::Name => "by name",
    };
    [
        kind.id.as_ref(),
        kind.provider.as_ref(),
        told,
        severity(kind.severity),
        kind.variables.first().map_or("", AsRef::as_ref),
        name,
    ]
    .map(|cell| escape(cell).into_owned())
}

/// Everything about one kind, in sentences.
pub fn write_explanation(out: &mut dyn Write, kind: &Kind) -> io::Result<()> {
    writeln!(out, "{BOLD}{}{BOLD:#}", escape(&kind.id))?;
    writeln!(out, "{}: {}", escape(&kind.provider), escape(&kind.name))?;
    for (topic, text) in [
        ("How it is told", how_told(kind)),
        ("What replaces it", replacement(kind)),
        ("How severe a leak is", how_severe(kind.severity).to_owned()),
        ("How to revoke it", how_to_revoke(kind)),
        ("Note", kind.note.as_deref().unwrap_or_default().to_owned()),
    ] {
        if !text.is_empty() {
            writeln!(out, "\n{BOLD}{topic}{BOLD:#}")?;
            write_wrapped(out, &text)?;
        }
    }
    Ok(())
}

fn how_told(kind: &Kind) -> String {
    let mut sentences = Vec::new();
    let shape = shape::describe(kind);
    let is_rule = kind.id.starts_with(RULE);
    match (kind.told, shape) {
        (_, Some(shape)) if is_rule => {
            sentences.push(format!("By the pattern of a rule: {shape}."));
        }
        (Told::Itself, Some(shape)) => sentences.push(format!("By itself: {shape}.")),
        (Told::Itself, None) => sentences.push("By itself.".to_owned()),
        (Told::Name, Some(shape)) => sentences.push(format!(
            "Its shape alone does not tell it ({shape}): a name or a call must say so."
        )),
        (Told::Name, None) => {
            sentences.push("By its name only, if the value looks like a secret.".to_owned());
        }
    }
    sentences.extend(kind.checksum.map(|sum| checked(sum).to_owned()));
    if !kind.context.is_empty() {
        let words = list(kind.context.iter(), "or");
        sentences.push(format!("One of these words must stand near it: {words}."));
    }
    let names: Vec<_> = kind.names.iter().chain(kind.variables.iter()).collect();
    if !names.is_empty() && !is_rule {
        let names = list(names, "and");
        sentences.push(format!("Names that are bound to it: {names}."));
    }
    if !kind.calls.is_empty() {
        let calls = list(kind.calls.iter(), "and");
        sentences.push(format!("Calls that take it: {calls}."));
    }
    sentences.join(" ")
}

fn checked(checksum: Checksum) -> &'static str {
    match checksum {
        Checksum::GithubCrc32 => "Its last six characters are a checksum (CRC-32 in base62).",
        Checksum::GithubSha256 => "Its last eight characters are a checksum (SHA-256 in base32).",
        Checksum::GitlabCrc32 => "Its last seven characters are a checksum (CRC-32 in base36).",
        Checksum::AtlassianCrc32 => {
            "Its last eight characters are a checksum (CRC-32 in hexadecimal)."
        }
        Checksum::OpenaiInfix => "It holds a fixed piece of text in the middle.",
        Checksum::Jwt => "Its first two parts must decode to JSON objects.",
        Checksum::SupabaseRole => {
            "It must decode to a JSON web token of Supabase with the role `service_role`."
        }
        Checksum::BasicAuth => "It must decode from base64 to `user:password`.",
    }
}

fn replacement(kind: &Kind) -> String {
    let Some((usual, others)) = kind.variables.split_first() else {
        return "In code a look-up of an environment variable, named after what holds the value; \
                elsewhere a mask of the same name."
            .to_owned();
    };
    let mut text = format!(
        "In code a look-up of the environment variable {usual} (in Python `os.environ[\"{usual}\"]`), \
         elsewhere the mask {}; unless the code already names another variable.",
        mask(usual)
    );
    if !others.is_empty() {
        let others = list(others.iter(), "and");
        text.push_str(&format!(" Programs read it from {others}, too."));
    }
    text
}

fn how_severe(severity: Severity) -> &'static str {
    match severity {
        Severity::Write => {
            "Write: its holder can change or destroy what others rely on (models, code, data)."
        }
        Severity::Billing => "Billing: its holder can spend the owner's money.",
        Severity::Read => "Read: its holder can read what is not public.",
        Severity::Low => "Low: it expires by design, or gives little.",
    }
}

fn how_to_revoke(kind: &Kind) -> String {
    match &kind.revoke {
        Some(place) => format!("{place} (taking it out of a file does not make it safe again)"),
        None => "Where it was issued.".to_owned(),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>, last: &str) -> String {
    let items: Vec<String> = items
        .into_iter()
        .map(|item| item.as_ref().to_owned())
        .collect();
    match items.split_last() {
        Some((end, [])) => end.clone(),
        Some((end, rest)) => format!("{} {last} {end}", rest.join(", ")),
        None => String::new(),
    }
}

fn write_wrapped(out: &mut dyn Write, text: &str) -> io::Result<()> {
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() + 3 > WIDTH {
            writeln!(out, "  {}", escape(&line))?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(out, "  {}", escape(&line))
}

/// A kind as `--json` shows it.
#[derive(Serialize)]
struct Entry<'k> {
    id: &'k str,
    provider: &'k str,
    name: &'k str,
    told: &'static str,
    severity: &'static str,
    prefix: &'k str,
    shape: Option<&'k str>,
    checksum: bool,
    names: Vec<&'k str>,
    variables: Vec<&'k str>,
    calls: Vec<&'k str>,
    revoke: Option<&'k str>,
    note: Option<&'k str>,
}

impl<'k> Entry<'k> {
    fn new(kind: &'k Kind) -> Self {
        let texts = |texts: &'k [crate::detect::kind::Text]| {
            texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>()
        };
        Self {
            id: &kind.id,
            provider: &kind.provider,
            name: &kind.name,
            told: match kind.told {
                Told::Itself => "itself",
                Told::Name => "name",
            },
            severity: severity(kind.severity),
            prefix: kind.prefix(),
            shape: kind.shape.as_deref(),
            checksum: kind.checksum.is_some(),
            names: texts(&kind.names),
            variables: texts(&kind.variables),
            calls: texts(&kind.calls),
            revoke: kind.revoke.as_deref(),
            note: kind.note.as_deref(),
        }
    }
}

/// All of them as one JSON array.
pub fn write_json(out: &mut dyn Write, kinds: &[&Kind]) -> io::Result<()> {
    let entries: Vec<Entry> = kinds.iter().map(|kind| Entry::new(kind)).collect();
    serde_json::to_writer_pretty(&mut *out, &entries)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::catalogue;

    fn explained(kind: &Kind) -> String {
        let mut out = Vec::new();
        write_explanation(&mut anstream::StripStream::new(&mut out), kind).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_kind_of_the_catalogue_can_be_explained() {
        for kind in catalogue::kinds() {
            let text = explained(kind);
            assert!(text.contains("How it is told"), "{}", kind.id);
            assert!(text.contains("What replaces it"), "{}", kind.id);
            let told = text.split("What replaces it").next().unwrap_or_default();
            assert!(!told.contains("(?"), "no pattern in a sentence: {told}");
        }
    }

    #[test]
    fn lists_read_like_sentences() {
        assert_eq!(list(["a"], "and"), "a");
        assert_eq!(list(["a", "b"], "or"), "a or b");
        assert_eq!(list(["a", "b", "c"], "and"), "a, b and c");
    }

    #[test]
    fn long_sentences_are_wrapped() {
        let mut out = Vec::new();
        write_wrapped(&mut out, &"word ".repeat(60)).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.lines().count() > 3);
        assert!(out.lines().all(|line| line.len() <= WIDTH));
    }
}

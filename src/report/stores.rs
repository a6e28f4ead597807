//! The inventory of stores: as a table for people, as JSON, and as CSV for a
//! register. Values never; prefixes and fingerprints.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::{count, escape};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const WARN: Style = AnsiColor::Yellow.on_default();

/// Version of the JSON document's form.
const VERSION: u32 = 1;

/// A store.
#[derive(Debug)]
pub struct Row {
    /// Where it lies, as a person writes it.
    pub place: String,
    /// What it is.
    pub title: &'static str,
    /// The mode of the file, where there are modes.
    pub mode: Option<u32>,
    /// Others may read it, or look into its folder.
    pub is_open: bool,
    /// Whether git ignores it; `None` outside of repositories.
    pub ignored: Option<bool>,
    /// It is in a repository that does not ignore it.
    pub may_be_committed: bool,
    /// What it holds, or why that cannot be said.
    pub holds: Result<Vec<Holding>, String>,
}

/// One credential of a store.
#[derive(Debug, Serialize)]
pub struct Holding {
    /// The id of its kind.
    pub kind: String,
    /// Who issues it.
    pub provider: String,
    /// What it is, for people.
    pub name: String,
    /// Which host, profile or variable it is for.
    pub label: String,
    /// Whose it is.
    pub account: String,
    /// Its public prefix.
    pub shown: String,
    /// The same for the same value; `None` for values that can be guessed.
    pub fingerprint: Option<String>,
    /// Files of the project that hold it as well.
    pub elsewhere: Vec<PathBuf>,
    /// Where it is revoked.
    pub revoke: Option<String>,
}

/// A paragraph a store.
pub fn write_table(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    for row in rows {
        let (place, title) = (escape(&row.place), row.title);
        writeln!(out, "{BOLD}{place}{BOLD:#}  {DIM}{title}{DIM:#}")?;
        write_access(out, row)?;
        match &row.holds {
            Err(why) => writeln!(out, "  {WARN}cannot be read: {}{WARN:#}", escape(why))?,
            Ok(holds) => {
                for holding in holds {
                    write_holding(out, holding)?;
                }
            }
        }
    }
    let held = rows.iter().filter_map(|row| row.holds.as_ref().ok());
    let credentials = count(held.map(Vec::len).sum(), "credential");
    let stores = count(rows.len(), "store");
    writeln!(out, "{credentials} in {stores}.")
}

fn write_access(out: &mut dyn Write, row: &Row) -> io::Result<()> {
    if row.is_open {
        let mode = row.mode.map_or_else(String::new, octal);
        writeln!(
            out,
            "  {WARN}others may read it (mode {mode}): `unspill stores --fix-modes`{WARN:#}"
        )?;
    }
    if row.may_be_committed {
        writeln!(out, "  {WARN}git does not ignore it{WARN:#}")?;
    }
    Ok(())
}

fn write_holding(out: &mut dyn Write, holding: &Holding) -> io::Result<()> {
    let mut words = vec![holding.name.clone()];
    words.extend([&holding.label, &holding.account].into_iter().cloned());
    words.retain(|word| !word.is_empty());
    let what = words.join(", ");
    let fingerprint = holding.fingerprint.as_deref().unwrap_or_default();
    let line = format!("  {}  {} {DIM}{fingerprint}", escape(&what), holding.shown);
    writeln!(out, "{}{DIM:#}", line.trim_end())?;
    if !holding.elsewhere.is_empty() {
        let files: Vec<String> = holding.elsewhere.iter().map(|path| name(path)).collect();
        writeln!(out, "    {WARN}stands also in {}{WARN:#}", files.join(", "))?;
    }
    match &holding.revoke {
        Some(url) => writeln!(out, "    {DIM}revoke: {}{DIM:#}", escape(url)),
        None => Ok(()),
    }
}

fn name(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    stores: Vec<Store<'r>>,
}

#[derive(Serialize)]
struct Store<'r> {
    place: &'r str,
    title: &'r str,
    mode: Option<String>,
    others_may_read: bool,
    git_ignores: Option<bool>,
    error: Option<&'r str>,
    credentials: &'r [Holding],
}

/// One document.
pub fn write_json(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    let stores = rows.iter().map(|row| Store {
        place: &row.place,
        title: row.title,
        mode: row.mode.map(octal),
        others_may_read: row.is_open,
        git_ignores: row.ignored,
        error: row.holds.as_ref().err().map(String::as_str),
        credentials: row.holds.as_deref().unwrap_or_default(),
    });
    let document = Document {
        version: VERSION,
        stores: stores.collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

const HEAD: [&str; 13] = [
    "place",
    "store",
    "kind",
    "provider",
    "label",
    "account",
    "shown",
    "fingerprint",
    "mode",
    "others_may_read",
    "git_ignores",
    "elsewhere",
    "revoke",
];

/// A line a credential, as RFC 4180 has it.
pub fn write_csv(out: &mut dyn Write, rows: &[Row]) -> io::Result<()> {
    write_record(out, HEAD.map(str::to_owned))?;
    for row in rows {
        for holding in row.holds.as_deref().unwrap_or_default() {
            let elsewhere: Vec<String> = holding.elsewhere.iter().map(|path| name(path)).collect();
            let ignored = row.ignored.map_or_else(String::new, |yes| yes.to_string());
            write_record(
                out,
                [
                    row.place.clone(),
                    row.title.to_owned(),
                    holding.kind.clone(),
                    holding.provider.clone(),
                    holding.label.clone(),
                    holding.account.clone(),
                    holding.shown.clone(),
                    holding.fingerprint.clone().unwrap_or_default(),
                    row.mode.map_or_else(String::new, octal),
                    row.is_open.to_string(),
                    ignored,
                    elsewhere.join(" "),
                    holding.revoke.clone().unwrap_or_default(),
                ],
            )?;
        }
    }
    Ok(())
}

fn write_record(out: &mut dyn Write, fields: [String; 13]) -> io::Result<()> {
    let cells: Vec<String> = fields.iter().map(|field| cell(field)).collect();
    write!(out, "{}\r\n", cells.join(","))
}

/// A field, quoted where it must be. What a spreadsheet would take for a
/// formula is made plain text.
fn cell(field: &str) -> String {
    let guarded = match field.starts_with(['=', '+', '-', '@']) {
        true => format!("'{field}"),
        false => field.to_owned(),
    };
    match guarded.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let holding = Holding {
            kind: "huggingface-user-token".into(),
            provider: "Hugging Face".into(),
            name: "Hugging Face user access token".into(),
            label: String::new(),
            account: "my laptop, old".into(),
            shown: "hf_…".into(),
            fingerprint: Some("0123456789ab".into()),
            elsewhere: vec!["a.ipynb".into()],
            revoke: Some("https://hf.example/tokens".into()),
        };
        let row = |place: &str, holds| Row {
            place: place.into(),
            title: "Hugging Face login",
            mode: Some(0o644),
            is_open: true,
            ignored: Some(false),
            may_be_committed: true,
            holds,
        };
        vec![
            row("~/hf/stored_tokens", Ok(vec![holding])),
            row("~/.netrc", Err("Is a directory".into())),
        ]
    }

    fn text(write: fn(&mut dyn Write, &[Row]) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out, &rows()).unwrap();
        anstream::adapter::strip_str(&String::from_utf8(out).unwrap()).to_string()
    }

    #[test]
    fn the_table_says_what_is_wrong_and_what_to_do() {
        let table = text(write_table);
        for part in [
            "~/hf/stored_tokens  Hugging Face login\n",
            "  others may read it (mode 0644): `unspill stores --fix-modes`\n",
            "  git does not ignore it\n",
            "  Hugging Face user access token, my laptop, old  hf_… 0123456789ab\n",
            "    stands also in a.ipynb\n",
            "    revoke: https://hf.example/tokens\n",
            "  cannot be read: Is a directory\n",
            "1 credential in 2 stores.\n",
        ] {
            assert!(table.contains(part), "{part}\n{table}");
        }
    }

    #[test]
    fn the_register_is_csv() {
        let csv = text(write_csv);
        let lines: Vec<&str> = csv.split("\r\n").collect();
        assert_eq!(lines[0].split(',').count(), HEAD.len());
        assert!(lines[1].contains("\"my laptop, old\""), "{csv}");
        assert_eq!(
            (cell("=1+1"), cell("a\"b")),
            ("'=1+1".into(), "\"a\"\"b\"".into())
        );
    }

    #[test]
    fn programs_get_all_of_it() {
        let document: serde_json::Value = serde_json::from_str(&text(write_json)).unwrap();
        let store = &document["stores"][0];
        assert_eq!(store["mode"], "0644");
        assert_eq!(store["credentials"][0]["account"], "my laptop, old");
        assert_eq!(document["stores"][1]["error"], "Is a directory");
    }
}

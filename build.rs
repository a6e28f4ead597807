//! Turns the catalogue (`src/detect/catalogue/*.toml`) into a static table,
//! so that starting the program costs nothing.
//!
//! A mistake in the catalogue stops the build with the file and the entry.
//! What must hold between a kind and its values is tested in
//! `tests/catalogue.rs`, which reads the same files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use entry::Entry;
use serde::Deserialize;

#[path = "src/detect/shapes/measure.rs"]
#[allow(dead_code)]
mod measure;

#[path = "src/detect/kind.rs"]
#[allow(dead_code)]
mod kind;

#[path = "src/detect/entry.rs"]
mod entry;

const CATALOGUE: &str = "src/detect/catalogue";

/// One file: a provider and its kinds, each read by itself so that a mistake
/// can be told with its entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Provider {
    provider: String,
    kind: Vec<toml::Table>,
}

fn main() {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    for shared in ["shapes/measure.rs", "kind.rs", "entry.rs"] {
        println!("cargo::rerun-if-changed=src/detect/{shared}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    match table(Path::new(CATALOGUE)) {
        Ok(table) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
            fs::write(out.join("kinds.rs"), table.kinds).expect("OUT_DIR is writable");
            fs::write(out.join("measures.rs"), table.measures).expect("OUT_DIR is writable");
        }
        Err(problem) => {
            println!("cargo::error=catalogue: {problem}");
            std::process::exit(1);
        }
    }
}

/// The Rust source of two tables in the same order, by id.
struct Tables {
    kinds: String,
    measures: String,
}

/// One row of both tables.
struct Row {
    file: String,
    kind: String,
    measure: String,
}

fn table(folder: &Path) -> Result<Tables, String> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for file in files(folder)? {
        let place = file.display().to_string();
        for (provider, entry) in read(&file)? {
            let at = |problem: String| format!("{place}: {}: {problem}", entry.id);
            check(&entry).map_err(at)?;
            let measure = match &entry.shape {
                Some(shape) => measured(shape, &entry.anchors).map_err(at)?,
                None => "None".into(),
            };
            let row = Row {
                file: place.clone(),
                kind: source(&provider, &entry),
                measure,
            };
            if let Some(other) = rows.insert(entry.id.clone(), row) {
                return Err(format!(
                    "{place}: {}: is already in {}",
                    entry.id, other.file
                ));
            }
        }
    }
    let join = |column: fn(&Row) -> &str| {
        let cells: Vec<&str> = rows.values().map(column).collect();
        format!("&[\n{}\n]\n", cells.join(",\n"))
    };
    Ok(Tables {
        kinds: join(|row| &row.kind),
        measures: join(|row| &row.measure),
    })
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files: Vec<PathBuf> = listing
        .filter_map(|item| item.ok().map(|item| item.path()))
        .filter(|path| path.extension().is_some_and(|ext| ext == "toml"))
        .collect();
    files.sort();
    Ok(files)
}

/// The entries of one file, each with its provider.
fn read(file: &Path) -> Result<Vec<(String, Entry)>, String> {
    let place = file.display();
    let text = fs::read_to_string(file).map_err(|e| format!("{place}: {e}"))?;
    let provider: Provider = toml::from_str(&text).map_err(|e| format!("{place}: {e}"))?;
    let mut entries = Vec::with_capacity(provider.kind.len());
    for (at, table) in provider.kind.into_iter().enumerate() {
        let id = table
            .get("id")
            .and_then(toml::Value::as_str)
            .map_or_else(|| format!("kind {} of the file", at + 1), str::to_owned);
        let entry = Entry::deserialize(table).map_err(|e| format!("{place}: {id}: {e}"))?;
        entries.push((provider.provider.clone(), entry));
    }
    Ok(entries)
}

/// What every entry of the catalogue must satisfy.
fn check(entry: &Entry) -> Result<(), String> {
    entry.check()?;
    if entry.provider.is_some() {
        return Err("names a provider, but its file does so".into());
    }
    if entry.must.is_empty() && entry.shape.is_some() {
        return Err("has a shape, but no case that must match".into());
    }
    Ok(())
}

/// One entry as Rust source: a `Kind`.
fn source(provider: &str, entry: &Entry) -> String {
    let mut out = String::from("Kind {\n");
    let mut field = |name: &str, value: String| {
        let _ = writeln!(out, "    {name}: {value},");
    };
    field("id", text(&entry.id));
    field("provider", text(provider));
    field("name", text(&entry.name));
    field("severity", format!("Severity::{:?}", entry.severity));
    field("told", format!("Told::{:?}", entry.told));
    field("anchors", texts(&entry.anchors));
    field("shape", option(entry.shape.as_deref().map(text)));
    let checksum = entry.checksum.as_ref();
    field(
        "checksum",
        option(checksum.map(|sum| format!("Checksum::{sum:?}"))),
    );
    field("names", texts(&entry.names));
    field("variables", texts(&entry.variables));
    field("calls", texts(&entry.calls));
    field("context", texts(&entry.context));
    field("examples", texts(&entry.examples));
    field("revoke", option(entry.revoke.as_deref().map(text)));
    field("note", option(entry.note.as_deref().map(text)));
    out.push('}');
    out
}

/// The measure of a shape as Rust source.
fn measured(shape: &str, anchors: &[String]) -> Result<String, String> {
    let measure = measure::measure(shape, anchors)?;
    let leads: Vec<String> = measure
        .leads
        .iter()
        .map(|lead| format!("{}..={}", lead.start(), lead.end()))
        .collect();
    Ok(format!(
        "Some(Measure {{ longest: {:?}, shortest: {}, leads: Cow::Borrowed(&[{}]), bytes: Bytes({:?}), last: Bytes({:?}) }})",
        measure.longest,
        measure.shortest,
        leads.join(", "),
        measure.bytes.0,
        measure.last.0,
    ))
}

fn text(text: &str) -> String {
    format!("Cow::Borrowed({text:?})")
}

fn texts(list: &[String]) -> String {
    let items: Vec<String> = list.iter().map(|item| text(item)).collect();
    format!("Cow::Borrowed(&[{}])", items.join(", "))
}

fn option(value: Option<String>) -> String {
    value.map_or_else(|| "None".into(), |value| format!("Some({value})"))
}

//! How fast the formats of configuration and data are read: 100 MB of each,
//! and files that somebody made to be slow. See `benches/README.md`.

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use unspill::sanitize::{Ledger, Sanitizer};

/// Size of a generated file.
const SIZE: usize = 100_000_000;

fn main() {
    // `cargo test --benches` only sees that they work: small inputs will do.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let size = if is_bench { SIZE } else { SIZE / 1000 };
    println!("{:<40} {:>8} {:>10} {:>8}", "input", "MB", "ms", "MB/s");
    for (name, file, record) in RECORDS {
        read(name, file, &record.repeat(size / record.len()));
    }
    let json = |inner: &str| format!("[{}\"\"]", inner.repeat(size / inner.len()));
    let record = r#"{"id": "a1", "text": "some words, more words", "token": "the", "n": 12},"#;
    read("JSON", "a.json", &json(record));
    let half = size / 2;
    read(
        "JSON: one string",
        "a.json",
        &format!("\"{}\"", "a".repeat(size)),
    );
    let brackets = format!("{}{}", "[".repeat(half), "]".repeat(half));
    read("JSON: as deep as long", "a.json", &brackets);
    // Deep YAML and TOML are refused or kept small by their parsers.
    let deep = half / 1000;
    let brackets = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
    read("YAML: deep", "a.yaml", &brackets);
    read("TOML: deep", "a.toml", &format!("a = {brackets}"));
    let line = |file: &str, start: &str| format!("{start}{}\n{file}", "a".repeat(size));
    read("YAML: one line", "a.yaml", &line("", "a: "));
    read("environment: one line", ".env", &line("", "A="));
    read(
        "environment: open quotes",
        ".env",
        &"A=\"b\n".repeat(size / 6),
    );
    read("INI: one line", "a.ini", &line("", "a = "));
}

/// A file of each is many of these.
const RECORDS: &[(&str, &str, &str)] = &[
    (
        "JSON lines",
        "a.jsonl",
        "{\"id\": \"a1\", \"text\": \"some words, more words\", \"token\": \"the\", \"n\": 12}\n",
    ),
    (
        "YAML",
        "a.yaml",
        "- id: a1\n  text: some words, more words\n  path: \"/data/x\" # note\n  n: 12\n",
    ),
    (
        "TOML",
        "a.toml",
        "[[item]]\nid = \"a1\"\ntext = 'some words, more words'\nn = 12 # note\n",
    ),
    (
        "INI",
        "a.ini",
        "[item]\nid = a1\ntext = some words, more words\n; note\nn = 12\n",
    ),
    (
        "environment",
        ".env",
        "ID=a1\nTEXT='some words, more words' # note\nexport N=12\n",
    ),
    (
        "properties",
        "a.properties",
        "id = a1\ntext: some words, more words\n# note\nn 12\n",
    ),
    (
        "logins",
        ".netrc",
        "machine a.example login me password example\n",
    ),
    (
        "requirements",
        "requirements.txt",
        "numpy==2.0 # note\ntorch>=2.1 ; python_version > '3'\n",
    ),
];

/// Prints what reading a file takes.
fn read(name: &str, file: &str, text: &str) {
    let sanitizer = Sanitizer::default();
    let start = Instant::now();
    let inspected = sanitizer.inspect(Path::new(file), text.as_bytes(), &Ledger::default());
    let seconds = start.elapsed().as_secs_f64();
    let said = match black_box(inspected) {
        Ok(inspection) if inspection.notes.is_empty() => String::new(),
        Ok(inspection) => format!("  ({})", inspection.notes.join("; ")),
        Err(problem) => format!("  ({problem})"),
    };
    let megabytes = text.len() as f64 / 1e6;
    let rate = megabytes / seconds;
    println!(
        "{name:<40} {megabytes:>8.1} {:>10.1} {rate:>8.0}{said}",
        seconds * 1e3
    );
}

//! How fast `check` reads programs: 100 MB of each language,
//! clean; and a long file with many credentials, taken out.
//!
//! A plain program like `speed.rs`: one run of each, on one thread. A format
//! adds a line to [`PROGRAMS`].

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use unspill::detect::catalogue;
use unspill::detect::sample::{Rng, sample};
use unspill::sanitize::{Ledger, Sanitizer};

/// A file's name and the lines that are repeated to fill it; `§` in the last
/// one is a value where there shall be one.
const PROGRAMS: &[(&str, &str, &str)] = &[
    (
        "train.py",
        "def step(batch, lr=1e-3):\n    loss = model(batch['x'], token_type_ids=batch['t'])\n    return loss.backward()\n\n",
        "login(token=\"§\")\n",
    ),
    (
        "run.sh",
        "for seed in 1 2 3; do\n  python train.py --seed \"$seed\" --out \"runs/$seed\" | tee log\ndone\n",
        "hf auth login --token §\n",
    ),
    (
        "app.js",
        "export function f(a, b = 'x') {\n  return a.map((k) => `${k}/${b}`).filter(Boolean);\n}\n",
        "const c = new Client({ token: '§' });\n",
    ),
    (
        "analysis.R",
        "fit <- function(d, k = 5) {\n  d %>% group_by(key) %>% summarise(m = mean(x, na.rm = TRUE))\n}\n",
        "login(token = \"§\")\n",
    ),
    (
        "Main.java",
        "  private int f(List<String> a) {\n    return a.stream().mapToInt(String::length).sum(); // tokens\n  }\n",
        "  String t = \"§\";\n",
    ),
    (
        "dump.sql",
        "INSERT INTO t (id, name, key) VALUES (1, 'one', 'k1'), (2, 'two', 'k2');\n",
        "INSERT INTO s VALUES ('§');\n",
    ),
    (
        "notebook.py",
        "# %% [markdown]\n# ## Train\n\n# %%\nmodel.fit(x, y, epochs=3)\n\n",
        "# %%\nlogin(\"§\")\n",
    ),
    (
        "report.qmd",
        "## Train\n\nThe *tokens* of a model.\n\n```{python}\nmodel.fit(x, y)\n```\n\n",
        "```{python}\nlogin(\"§\")\n```\n\n",
    ),
];

/// All of the clean files of one format together.
const CLEAN: usize = 100_000_000;
/// One clean file.
const FILE: usize = 1_000_000;

fn main() {
    // `cargo test --benches` only sees that they work: small inputs will do.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let shrink = if is_bench { 1 } else { 1000 };
    println!(
        "{:<14} {:>14} {:>16} {:>16} {:>16}",
        "format", "clean MB/s", "1 value ms/MB", "100 values ms", "1000 values ms"
    );
    for &(name, lines, secret) in PROGRAMS {
        let clean = filled(lines, FILE / shrink);
        let count = CLEAN / FILE;
        let start = Instant::now();
        for _ in 0..count {
            inspected(name, &clean);
        }
        let speed = (count * clean.len()) as f64 / 1e6 / start.elapsed().as_secs_f64();
        let with = |values: usize| fixed(name, &dirty(lines, secret, FILE / shrink, values));
        println!(
            "{name:<14} {speed:>14.0} {:>16.1} {:>16.1} {:>16.1}",
            with(1),
            with(100),
            with(1000)
        );
    }
}

fn filled(lines: &str, size: usize) -> String {
    lines.repeat(size / lines.len() + 1)
}

/// A file with that many different values, evenly spread.
fn dirty(lines: &str, secret: &str, size: usize, values: usize) -> String {
    let Some(kind) = catalogue::kind("huggingface-user-token") else {
        return String::new();
    };
    let each = filled(lines, size / values);
    let mut rng = Rng::new(1);
    let mut text = String::new();
    for _ in 0..values {
        let value = sample(kind, &mut rng).unwrap_or_default();
        text.push_str(&each);
        text.push_str(&secret.replace('§', &value));
    }
    text
}

fn inspected(name: &str, text: &str) {
    let sanitizer = Sanitizer::default();
    let read = sanitizer.inspect(Path::new(name), text.as_bytes(), &Ledger::default());
    match black_box(read) {
        Ok(inspection) if inspection.found.is_empty() => {}
        Ok(_) => println!("{name}: a clean file is not clean"),
        Err(problem) => println!("{name}: {problem}"),
    }
}

/// How many milliseconds it takes to sanitize.
fn fixed(name: &str, text: &str) -> f64 {
    let start = Instant::now();
    let sanitized =
        Sanitizer::default().sanitize(Path::new(name), text.as_bytes(), &Ledger::default());
    match black_box(sanitized) {
        Ok(sanitized) if sanitized.bytes.is_some() => {}
        Ok(_) => println!("{name}: nothing was found"),
        Err(problem) => println!("{name}: {problem}"),
    }
    start.elapsed().as_secs_f64() * 1e3
}

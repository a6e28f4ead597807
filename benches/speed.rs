//! How fast `check` reads: clean notebooks, dirty ones, hostile ones; and how
//! long one `filter` call takes with its start. See `benches/README.md`.
//!
//! A plain program, not a framework: each figure is the best of a few runs,
//! which is what a quiet machine would show.

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use unspill::detect::catalogue;
use unspill::detect::kind::Told;
use unspill::detect::sample::{Rng, sample};
use unspill::format;
use unspill::sanitize::{Ledger, Sanitizer};

/// Size of a generated notebook.
const SIZE: usize = 4_000_000;
const RUNS: usize = 5;
const STARTS: usize = 50;

fn main() {
    // `cargo test --benches` only sees that they work: small inputs will do.
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let size = if is_bench { SIZE } else { SIZE / 100 };
    println!("{:<44} {:>9} {:>10} {:>9}", "input", "MB", "ms", "MB/s");
    limit(size);
    inspected("clean: code and streams", &clean(size));
    inspected("clean: one image", &image(size));
    inspected("dirty: a credential every 20 kB", &dirty(size, 20_000));
    inspected("dirty: a credential every 1 kB", &dirty(size / 10, 1_000));
    for (name, notebook) in hostile(size) {
        inspected(name, &notebook);
    }
    if let Some(folder) = std::env::var_os("UNSPILL_CORPUS") {
        real(Path::new(&folder));
    }
    filtered("filter, start included, small and clean", &clean(20_000));
    filtered(
        "filter, start included, small and dirty",
        &dirty(20_000, 10_000),
    );
}

/// Prints what reading a notebook made here takes.
fn inspected(name: &str, notebook: &str) {
    if let Err(problem) = Sanitizer::default().inspect(
        Path::new("a.ipynb"),
        notebook.as_bytes(),
        &Ledger::default(),
    ) {
        // Being told quickly that it is broken is no figure.
        println!("{name:<44} refused: {problem}");
        return;
    }
    all_inspected(name, &[notebook.to_owned()]);
}

/// Prints what reading `notebooks` takes, one after another on one thread.
fn all_inspected(name: &str, notebooks: &[String]) {
    let sanitizer = Sanitizer::default();
    let bytes: usize = notebooks.iter().map(String::len).sum();
    let best = best_of(RUNS, || {
        for notebook in notebooks {
            // What is broken is an answer too; a corpus may hold some.
            let _ = black_box(sanitizer.inspect(
                Path::new("a.ipynb"),
                notebook.as_bytes(),
                &Ledger::default(),
            ));
        }
    });
    print(name, bytes, best);
}

/// Prints what it takes to look at every byte once and do nothing with it: no
/// reader can be faster.
fn limit(size: usize) {
    let notebook = clean(size);
    let best = best_of(RUNS, || {
        black_box(memchr::memchr_iter(b'"', black_box(notebook.as_bytes())).count());
        black_box(std::str::from_utf8(black_box(notebook.as_bytes())).is_ok());
    });
    print("limit: quotes counted, UTF-8 checked", notebook.len(), best);
}

/// Prints what real notebooks take: the files read and nothing else, those
/// that hold no anchor, all of them, and the whole command with its memory.
fn real(folder: &Path) {
    let paths = corpus(folder);
    let read = || paths.iter().filter_map(|path| fs::read(path).ok());
    let size = read().map(|bytes| bytes.len()).sum();
    let best = best_of(RUNS, || {
        black_box(read().map(|bytes| bytes.len()).sum::<usize>());
    });
    print("corpus: limit, the files read", size, best);
    let texts = read().filter_map(|bytes| String::from_utf8(bytes).ok());
    let (clean, near): (Vec<_>, Vec<_>) = texts.partition(|text| {
        let detector = &Sanitizer::default().detector;
        format::open(Path::new("a.ipynb"), text)
            .is_ok_and(|source| detector.candidates(&source).is_empty())
    });
    all_inspected("corpus: notebooks without anchors", &clean);
    all_inspected("corpus: the others", &near);
    let mut peak = 0;
    let best = best_of(RUNS, || peak = peak.max(checked(folder)));
    print("corpus: the whole command, all processors", size, best);
    println!(
        "{:<44} {:>9.1} MB",
        "corpus: its peak memory",
        peak as f64 / 1e3
    );
}

/// Runs `check` on a folder; its peak memory in kilobytes, where the system
/// tells (Linux).
fn checked(folder: &Path) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_unspill"))
        .args(["check", "--no-own"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("it ends").is_none() {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        peak = peak.max(number.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// Prints what one call of the program takes.
fn filtered(name: &str, notebook: &str) {
    let best = best_of(STARTS, || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_unspill"))
            .args(["filter", "--quiet", "--name", "a.ipynb"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut input = child.stdin.take().expect("there is a pipe");
        input.write_all(notebook.as_bytes()).expect("it reads");
        drop(input);
        assert!(child.wait().expect("it ends").success());
    });
    print(name, notebook.len(), best);
}

fn best_of(runs: usize, mut work: impl FnMut()) -> Duration {
    let times = (0..runs).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed()
    });
    times.min().unwrap_or_default()
}

fn print(name: &str, bytes: usize, time: Duration) {
    let megabytes = bytes as f64 / 1e6;
    let seconds = time.as_secs_f64();
    let rate = megabytes / seconds;
    println!(
        "{name:<44} {megabytes:>9.2} {:>10.2} {rate:>9.0}",
        seconds * 1e3
    );
}

fn corpus(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    let mut notebooks = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ipynb") {
                notebooks.push(path);
            }
        }
    }
    notebooks
}

/// A notebook around cells.
fn notebook(cells: &str) -> String {
    format!(
        "{{\n \"cells\": [\n{}\n ],\n \"metadata\": {{}},\n \"nbformat\": 4,\n \"nbformat_minor\": 4\n}}\n",
        cells.trim_end_matches([',', '\n'])
    )
}

/// A code cell of the source's lines, which are JSON text already, that
/// printed something.
fn cell(source: &str, printed: &str) -> String {
    format!(
        r#"  {{"cell_type": "code", "execution_count": 1, "metadata": {{}}, "source": ["{source}"],
   "outputs": [{{"name": "stdout", "output_type": "stream", "text": ["{printed}"]}}]}},
"#
    )
}

const LINES: &str = r"import torch\n\nfor epoch in range(3):\n    loss = step(tokenizer.pad_token, max_tokens=512)\n    print(f'{epoch}: {loss:.3f}')\n";
const PRINTED: &str = r"0: 0.693\n1: 0.412\nDownloading model.safetensors: 100%|\u2588\u2588\u2588| 548M/548M [00:12<00:00, 44.1MB/s]\n";

fn clean(size: usize) -> String {
    dirty(size, usize::MAX)
}

/// Cells up to `size`, with a made-up value every so many bytes, in turn in
/// the source and in what it printed.
fn dirty(size: usize, every: usize) -> String {
    let rng = &mut Rng::new(7);
    let kinds: Vec<_> = catalogue::kinds()
        .iter()
        .filter(|kind| kind.told == Told::Itself && kind.context.is_empty())
        .collect();
    let mut cells = String::new();
    let mut next = every;
    let mut in_source = true;
    while cells.len() < size {
        if cells.len() < next {
            cells.push_str(&cell(LINES, PRINTED));
            continue;
        }
        let value = rng.pick(&kinds).and_then(|kind| sample(kind, rng));
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"\\".contains(&byte);
        let Some(value) = value.filter(|value| value.bytes().all(is_plain)) else {
            continue;
        };
        next += every;
        in_source = !in_source;
        cells.push_str(&match in_source {
            true => cell(&format!(r#"{LINES}client = Client(\"{value}\")"#), PRINTED),
            false => cell(LINES, &format!(r"{PRINTED}using {value}\n")),
        });
    }
    notebook(&cells)
}

fn image(size: usize) -> String {
    let mut png = String::new();
    let rng = &mut Rng::new(11);
    while png.len() < size {
        let _ = write!(png, "{:016x}", rng.next_u64());
    }
    notebook(&format!(
        r#"{{"cell_type": "code", "execution_count": 1, "metadata": {{}}, "source": ["plot()"],
   "outputs": [{{"output_type": "display_data", "metadata": {{}}, "data": {{"image/png": "{png}"}}}}]}}"#
    ))
}

/// Notebooks that somebody made to stop the program.
fn hostile(size: usize) -> Vec<(&'static str, String)> {
    let million = size / 4;
    let printed = |text: &str| notebook(&cell("x", text));
    let written = |text: &str| notebook(&cell(text, "x"));
    vec![
        (
            "hostile: a line of 200 MB of `a`",
            printed(&"a".repeat(million * 200)),
        ),
        (
            "hostile: a token, and 12 MB of `a` behind it",
            printed(&format!("hf_{}", "a".repeat(million * 12))),
        ),
        (
            "hostile: 1 MB of quotes, printed",
            printed(&r#"\""#.repeat(million / 2)),
        ),
        (
            "hostile: 1 MB of quotes, in code",
            written(&format!(r#"api_key = {}"#, r#"\""#.repeat(million / 2))),
        ),
        (
            "hostile: 100,000 brackets, in code",
            written(&format!("api_key = {}", "[".repeat(million / 10))),
        ),
        (
            "hostile: 100,000 brackets, JSON",
            notebook(&format!(
                "{}1{}",
                "[".repeat(million / 10),
                "]".repeat(million / 10)
            )),
        ),
        (
            "hostile: 10,000 anchors in a row",
            printed(&"hf_".repeat(million / 100)),
        ),
        (
            "hostile: 300,000 anchors in a row",
            printed(&"hf_".repeat(million * 3 / 10)),
        ),
        (
            "hostile: 10,000 different anchors",
            printed(&"hf_ sk- gsk_ AKIA eyJ -----BEGIN :// Bearer ".repeat(million / 800)),
        ),
        (
            "hostile: 50,000 names with `=`",
            written(&r"api_key=token=password=\n".repeat(million / 60)),
        ),
        (
            "hostile: 1 MB of backslashes",
            printed(&r"\\".repeat(million / 2)),
        ),
        ("hostile: 1 MB of `&#`", printed(&"&#".repeat(million / 2))),
        (
            "hostile: 1 MB of colour codes",
            printed(&r"\u001b[1mh\u001b[0mf".repeat(million / 20)),
        ),
    ]
}

//! Ways to write a credential down: calls of SDKs, flags of commands, headers,
//! cookies, connection strings, tables, sentences. Each is found where nothing
//! else in the file leads to it, and gone after a fix.
//!
//! `data/must_be_found.txt` lists them: a line `== role: what`, then the text,
//! with the secret between `«` and `»` and made-up characters where a class
//! stands in braces (`{[0-9a-f]{32}}`).

mod support;

use std::path::Path;

use serde_json::{Value, json};
use unspill::detect::engine::Detector;
use unspill::detect::sample::{Rng, from_shape};
use unspill::detect::{Confidence, Finding};
use unspill::format;
use unspill::region::Region;
use unspill::sanitize::{Ledger, Sanitizer};

use support::project::{code, markdown, of_cells};

const CASES: &str = include_str!("data/must_be_found.txt");

struct Case {
    what: String,
    notebook: String,
    secret: String,
}

/// A case with its slots filled.
fn case(text: &str, rng: &mut Rng) -> Case {
    let (what, body) = text.split_once('\n').unwrap();
    let (role, _) = what.split_once(':').unwrap();
    let filled = fill(body.trim_end(), rng);
    let (before, rest) = filled.split_once('«').unwrap();
    let (secret, after) = rest.split_once('»').unwrap();
    let text = format!("{before}{secret}{after}");
    Case {
        what: what.to_owned(),
        notebook: of_cells(&[cell(role, &text)]),
        secret: secret.to_owned(),
    }
}

fn fill(text: &str, rng: &mut Rng) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(open) = rest.find("{[") {
        let close = rest[open..].find("}}").unwrap() + open;
        out.push_str(&rest[..open]);
        out.push_str(&from_shape(&rest[open + 1..=close], rng).unwrap());
        rest = &rest[close + 2..];
    }
    out + rest
}

fn cell(role: &str, text: &str) -> Value {
    let result = |kind: &str| {
        let mut cell = code("x", "");
        cell["outputs"] = json!([{"output_type": "execute_result", "execution_count": 1,
            "metadata": {}, "data": {kind: [text]}}]);
        cell
    };
    match role {
        "code" => code(text, ""),
        "markdown" => markdown(text),
        "stream" => code("x", text),
        "html" => result("text/html"),
        "result" => result("text/plain"),
        _ => panic!("{role} is no role"),
    }
}

/// What is wrong with how a case is treated, if anything.
fn trouble(case: &Case) -> Option<&'static str> {
    let sanitizer = Sanitizer::default();
    let (name, bytes) = (Path::new("a.ipynb"), case.notebook.as_bytes());
    let inspection = sanitizer.inspect(name, bytes, &Ledger::default()).unwrap();
    let found = inspection.sightings.iter().any(|sighting| {
        sighting.confidence >= Confidence::Likely && sighting.value.expose().contains(&case.secret)
    });
    if !found {
        return Some("not found");
    }
    let mut ledger = Ledger::default();
    ledger.add(&inspection.sightings, &inspection.reads);
    let Ok(sanitized) = sanitizer.sanitize(name, bytes, &ledger) else {
        return Some("cannot be sanitized");
    };
    let after = String::from_utf8(sanitized.bytes.unwrap_or_default()).unwrap();
    after.contains(&case.secret).then_some("left")
}

#[test]
fn every_way_to_write_a_credential_down_is_found() {
    let mut rng = Rng::new(11);
    let all = format!("\n{CASES}");
    let cases: Vec<Case> = all
        .split("\n== ")
        .skip(1)
        .map(|text| case(text, &mut rng))
        .collect();
    assert!(cases.len() > 250);
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| Some(format!("{}: {}", case.what, trouble(case)?)))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Files of their own: a name, and the text with its secret marked as above.
const FILES: &[(&str, &str)] = &[
    (
        "main.tf",
        "variable \"db_password\" {\n  type    = string\n  default = \"«{[A-Za-z0-9]{14}}7k»\"\n}\n",
    ),
    (
        "run.ps1",
        "$p = ConvertTo-SecureString \"«{[A-Za-z0-9]{14}}7k»\" -AsPlainText -Force\n",
    ),
    (
        "hosts.ini",
        "[web]\nhost1 ansible_user=ada ansible_ssh_pass=«{[A-Za-z0-9]{14}}7k»\n",
    ),
    (
        "Info.plist",
        "<?xml version=\"1.0\"?>\n<plist version=\"1.0\"><dict>\n<key>API_KEY</key>\n<string>«{[A-Za-z0-9]{32}}»</string>\n</dict></plist>\n",
    ),
    (
        "cookies.json",
        "[{\"domain\":\".linkedin.com\",\"name\":\"li_at\",\"value\":\"«AQEDAT{[A-Za-z0-9]{60}}»\",\"path\":\"/\"}]\n",
    ),
    (
        "export.json",
        "[{\"domain\": \".youtube.com\", \"hostOnly\": false, \"name\": \"SAPISID\", \"value\": \"«{[A-Za-z0-9]{16}}/{[A-Za-z0-9]{17}}»\"}]\n",
    ),
    (
        "cookies.txt",
        "# Netscape HTTP Cookie File\n.linkedin.com\tTRUE\t/\tTRUE\t1799999999\tli_at\t«AQEDAT{[A-Za-z0-9]{60}}»\n",
    ),
    (
        "secrets.yaml",
        "# kubectl create secret generic x --from-literal='sapassword=«{[A-Za-z0-9]{14}}7k»'\n",
    ),
    (
        "clone.sh",
        "git clone https://«{[0-9a-f]{40}}»@github.com/ada/private.git\n",
    ),
    (
        "load.sh",
        "sqlcmd -S localhost -U sa -P «{[A-Za-z0-9]{14}}7k» -Q 'select 1'\n",
    ),
    ("notes.md", "Пароль: «{[A-Za-z0-9]{14}}7k»\n"),
    ("settings.yaml", "contraseña: «{[A-Za-z0-9]{14}}7k»\n"),
    ("clave.R", "clave <- \"«{[A-Za-z0-9]{14}}7k»\"\n"),
];

#[test]
fn every_file_that_holds_a_credential_is_cleaned() {
    let mut rng = Rng::new(13);
    let failed: Vec<String> = FILES
        .iter()
        .filter_map(|&(name, text)| {
            let filled = fill(text, &mut rng);
            let (before, rest) = filled.split_once('«').expect("a secret is marked");
            let (secret, after) = rest.split_once('»').expect("a secret is marked");
            let text = format!("{before}{secret}{after}");
            let sanitizer = Sanitizer::default();
            let sanitized =
                sanitizer.sanitize(Path::new(name), text.as_bytes(), &Ledger::default());
            let Ok(sanitized) = sanitized else {
                return Some(format!("{name}: cannot be sanitized"));
            };
            let after = String::from_utf8(sanitized.bytes.unwrap_or_else(|| text.into_bytes()));
            after
                .unwrap()
                .contains(secret)
                .then(|| format!("{name}: left"))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// What is believed in a notebook: of its regions read whole, and of those
/// that are read around what the first look saw.
fn believed(notebook: &str) -> [Vec<String>; 2] {
    let detector = Detector::default();
    let source = format::open(Path::new("a.ipynb"), notebook).unwrap();
    let candidates = detector.candidates(&source);
    let regions = source.opened.regions(&|_| true);
    let values = |read: &dyn Fn(&Region, usize) -> Vec<Finding>| {
        let regions = regions.iter().enumerate();
        let found = regions.flat_map(|(index, region)| read(region, index));
        let likely = found.filter(|finding| finding.confidence >= Confidence::Likely);
        likely
            .map(|finding| finding.value.expose().to_owned())
            .collect()
    };
    [
        values(&|region, index| detector.examine(region, index)),
        values(&|region, index| detector.examine_near(region, index, &candidates)),
    ]
}

#[test]
fn what_is_believed_in_a_long_text_does_not_depend_on_how_much_of_it_is_read_first() {
    let filler: String = (0..600).map(|line| format!("row = {line} + 1\n")).collect();
    let mut rng = Rng::new(11);
    let all = format!("\n{CASES}");
    let mut failed = Vec::new();
    for text in all.split("\n== ").skip(1) {
        let (what, body) = text.split_once('\n').unwrap();
        let (role, _) = what.split_once(':').unwrap();
        let body = fill(body.trim_end(), &mut rng).replace(['«', '»'], "");
        let (first, rest) = body.split_once('\n').unwrap_or(("", &body));
        let surroundings = [
            format!("{filler}{body}\n{filler}"),
            format!("{first}\n{filler}{rest}\n{filler}"),
            format!("text = '''\n{filler}{body}\n{filler}'''\n"),
            format!("call(\n{}{body}\n)\n{filler}", "    1,\n".repeat(1000)),
        ];
        let is_table = ["table", "csv", "tsv"]
            .iter()
            .any(|word| what.contains(word));
        for (number, text) in surroundings.iter().enumerate() {
            if number == 1 && is_table {
                // Torn off its rows, a header is none.
                continue;
            }
            let [whole, around] = believed(&of_cells(&[cell(role, text)]));
            if whole != around {
                let counts = (whole.len(), around.len());
                failed.push(format!("{what}, surroundings {number}: {counts:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}\n{}", failed.len(), failed.join("\n"));
}

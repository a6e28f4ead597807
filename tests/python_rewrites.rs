//! Rewritten cells do what the original did: each shape is run before and
//! after, with the variables set.

mod support;

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use support::venv;
use unspill::edit::apply_str;
use unspill::rewrite::python::{Scope, rewrite};
use unspill::rewrite::{Outcome, Style, Target};
use unspill::syntax::python::{literals, parse};

const CELLS: &str = include_str!("python_rewrites/cells.txt");
const DRIVER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/python_rewrites/driver.py"
);
const STYLES: [Style; 6] = [
    Style::Environ,
    Style::Dotenv,
    Style::Colab,
    Style::Kaggle,
    Style::Getpass,
    Style::Portable,
];

/// The made-up values, put together here so that no scanner takes the file
/// for a leak, with the variables that hold them.
fn secrets() -> [(&'static str, String); 2] {
    let body = "q7Zk2LmP9xWv";
    [
        ("HF_TOKEN", format!("hf_{body}{}", "RtY4bNc8Ds")),
        ("OPENAI_API_KEY", format!("sk-{}{body}", "Hj5Gf3")),
    ]
}

/// One case: a name, what is expected, and the cells of a notebook.
#[derive(Default)]
struct Case {
    name: String,
    masked: bool,
    fails: bool,
    quiet: bool,
    one_line: bool,
    cells: Vec<String>,
}

/// Reads the table: `=== name`, or `=== name | mask` where masks are right;
/// `| fails` if the original raises, `| quiet` if
/// what the original displays is no longer displayed, `| one line` if a function
/// cannot be put before it. `§T§` is the token, `§A§§B§` its halves,
/// `§R§` the token reversed, `§X§` with an escape, `§S§` another secret.
fn cases() -> Vec<Case> {
    let [(_, token), (_, other)] = secrets();
    let (a, b) = token.split_at(9);
    let escaped = format!("\\x{:02x}{}", token.as_bytes()[0], &token[1..]);
    let reversed: String = token.chars().rev().collect();
    let filled = CELLS
        .replace("§T§", &token)
        .replace("§A§", a)
        .replace("§B§", b)
        .replace("§X§", &escaped)
        .replace("§R§", &reversed)
        .replace("§S§", &other);
    filled
        .split("\n=== ")
        .skip(1)
        .map(|block| {
            let (head, text) = block.split_once('\n').unwrap_or((block, ""));
            let (name, flags) = head.split_once(" | ").unwrap_or((head, ""));
            Case {
                name: name.to_owned(),
                masked: flags.contains("mask"),
                fails: flags.contains("fails"),
                quiet: flags.contains("quiet"),
                one_line: flags.contains("one line"),
                cells: text
                    .split("--- cell\n")
                    .map(|cell| cell.replace("␍", "\r").replace("␉", "\t"))
                    .collect(),
            }
        })
        .collect()
}

/// What detection would say of a cell: each secret in a string's value, and
/// wherever else it stands as it is.
fn targets<'s>(cell: &str, secrets: &'s [(&'static str, String)]) -> Vec<Target<'s>> {
    let mut found: Vec<Target<'_>> = Vec::new();
    let mut add = |span: std::ops::Range<usize>, value: &'s str, variable: &'s str| {
        let apart =
            |other: &Target<'_>| other.span.end <= span.start || span.end <= other.span.start;
        if found.iter().all(apart) {
            found.push(Target {
                span,
                value,
                variable,
            });
        }
    };
    let all = literals(&parse(cell));
    for (variable, value) in secrets {
        for literal in &all {
            for (at, _) in literal.value.match_indices(value.as_str()) {
                add(literal.map.hull(at..at + value.len()), value, variable);
            }
        }
        for (at, _) in cell.match_indices(value.as_str()) {
            add(at..at + value.len(), value, variable);
        }
    }
    found.sort_by_key(|target| target.span.start);
    found
}

/// The cells after a rewrite, and the outcomes of all targets.
fn rewritten(cells: &[String], style: Style) -> (Vec<String>, Vec<Outcome>) {
    let secrets = secrets();
    let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
    let mut scope = Scope::of(&texts);
    let mut outcomes = Vec::new();
    let after = texts.iter().enumerate().map(|(index, cell)| {
        let targets = targets(cell, &secrets);
        let made = rewrite(cell, index, &targets, &mut scope, style);
        assert_eq!(made.outcomes.len(), targets.len());
        outcomes.extend(made.outcomes);
        apply_str(cell, &made.edits)
    });
    (after.collect(), outcomes)
}

/// Runs all cases in one Python process and gives back its complaints.
fn complaints(cases: &[Value]) -> Vec<String> {
    let mut python = Command::new(venv::python())
        .arg(DRIVER)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python is needed to prove that rewritten cells run");
    let input = serde_json::to_vec(cases).unwrap();
    python.stdin.take().unwrap().write_all(&input).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn as_json(name: &str, before: &[String], after: &[String], case: &Case) -> Value {
    let secrets: serde_json::Map<_, _> = secrets()
        .into_iter()
        .map(|(variable, value)| (variable.to_owned(), Value::from(value)))
        .collect();
    let magic = before
        .iter()
        .flat_map(|cell| cell.lines())
        .any(|line| line.trim_start().starts_with(['%', '!']) || line.contains("= %"));
    json!({
        "name": name, "before": before, "after": after, "secrets": secrets,
        "masked": case.masked, "fails": case.fails, "quiet": case.quiet, "magic": magic,
    })
}

#[test]
fn every_shape_does_what_it_did() {
    let cases = cases();
    assert!(cases.len() >= 120, "{}", cases.len());
    let mut runs = Vec::new();
    let mut wrong = Vec::new();
    for case in &cases {
        for style in STYLES {
            let (after, outcomes) = rewritten(&case.cells, style);
            let name = format!("{} ({style:?})", case.name);
            let masked = outcomes.iter().any(|outcome| *outcome != Outcome::LookUp);
            if style == Style::Portable && case.one_line {
                continue;
            }
            if masked != case.masked || outcomes.is_empty() {
                wrong.push(format!("{name}: {outcomes:?}\n{}", after.join("\n---\n")));
            }
            let all = after.concat();
            if secrets().iter().any(|(_, value)| all.contains(value)) {
                wrong.push(format!("{name}: left\n{all}"));
            }
            runs.push(as_json(&name, &case.cells, &after, case));
        }
    }
    for complaint in complaints(&runs) {
        let after = runs
            .iter()
            .find(|run| complaint.starts_with(run["name"].as_str().unwrap()))
            .map(|run| run["after"].to_string());
        wrong.push(format!("{complaint}\n    {}", after.unwrap_or_default()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn edits_are_as_small_as_they_can_be() {
    let [(_, token), _] = secrets();
    for (before, after) in [
        (
            "import os\nh = {'A': 'Bearer §', \"b\":1}  # {x}",
            "import os\nh = {'A': f'Bearer {os.environ[\"HF_TOKEN\"]}', \"b\":1}  # {x}",
        ),
        (
            "import os\nx = ('a {}'\n     R\"\\d§\"  # b\n     \"c\")",
            "import os\nx = ('a {}'\n     Rf\"\\d{os.environ['HF_TOKEN']}\"  # b\n     \"c\")",
        ),
        (
            "#!/usr/bin/env python\n# by me\n\n# log in\r\nlogin( '§' , )",
            "#!/usr/bin/env python\n# by me\n\nimport os\r\n# log in\r\nlogin( os.environ['HF_TOKEN'] , )",
        ),
        (
            "#@title Log in\nx = \"§\"  #@param {type:\"string\"}",
            "#@title Log in\nimport os\nx = os.environ[\"HF_TOKEN\"]  #@param {type:\"string\"}",
        ),
        (
            "%%time\n\nfor x in y:\n\tf(u'§')",
            "%%time\n\nimport os\nfor x in y:\n\tf(os.environ['HF_TOKEN'])",
        ),
    ] {
        let cell = before.replace('§', &token);
        let (made, _) = rewritten(&[cell], Style::Environ);
        assert_eq!(made[0], after);
    }
}

#[test]
fn a_scope_knows_names_and_variables() {
    let scope = Scope::of(&[
        "import os, numpy as np\nfrom x import (a, b as c)\ntoken = os.environ['HF_TOKEN']",
        "def f(d, *e):\n    for g in d: h: int = os.getenv('OPENAI_API_KEY')\nuserdata.get('X')",
    ]);
    let names: Vec<&str> = scope.names().iter().map(String::as_str).collect();
    assert_eq!(
        names,
        ["a", "c", "d", "e", "f", "g", "h", "np", "os", "token"]
    );
    let reads: Vec<&str> = scope.reads().iter().map(String::as_str).collect();
    assert_eq!(reads, ["HF_TOKEN", "OPENAI_API_KEY", "X"]);
}

#[test]
fn a_second_rewrite_has_nothing_to_do() {
    for case in cases() {
        let (after, _) = rewritten(&case.cells, Style::Environ);
        let (again, outcomes) = rewritten(&after, Style::Environ);
        assert_eq!(again, after, "{}", case.name);
        assert!(outcomes.is_empty(), "{}", case.name);
    }
}

#[test]
fn a_cell_that_does_not_parse_is_masked() {
    let [(_, token), _] = secrets();
    let (after, outcomes) = rewritten(&[format!("login('{token}'\nx = = 1")], Style::Environ);
    assert_eq!(after[0], "login('REDACTED_HF_TOKEN'\nx = = 1");
    assert!(matches!(outcomes[0], Outcome::Masked(Some(_))));
}

/// Expressions around a string, nested at random; `TOKEN` is in all of them.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("'§'".to_owned()),
        Just("\"§\"".to_owned()),
        Just("'Bearer § {}'".to_owned()),
        Just("f'a{1}§'".to_owned()),
        Just("rf\"{2}\\d§\"".to_owned()),
        Just("'''x\n§'''".to_owned()),
        Just("r'\\w§'".to_owned()),
        Just("('a' '§' 'b')".to_owned()),
        Just("('x-' + '§')".to_owned()),
        Just("b'k=§'.decode()".to_owned()),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| format!("({e})")),
            inner.clone().prop_map(|e| format!("f({e}, k={e})")),
            inner.clone().prop_map(|e| format!("[{e}]")),
            inner.clone().prop_map(|e| format!("{{'k': {e}}}")),
            inner.clone().prop_map(|e| format!("({e} if 1 else {e})")),
            inner.clone().prop_map(|e| format!("str({e})")),
            inner.clone().prop_map(|e| format!("(lambda y={e}: {e})()")),
            inner.clone().prop_map(|e| format!("[{e} for _ in 'ab']")),
            inner.clone().prop_map(|e| format!("(z := {e})")),
            inner.clone().prop_map(|e| format!("({e}, {e})[0]")),
            inner.prop_map(|e| format!("({e} or g({e}))")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn nestings_at_random_do_what_they_did(
        expressions in prop::collection::vec(expression(), 8)
    ) {
        let [(_, token), _] = secrets();
        let mut runs = Vec::new();
        for expression in &expressions {
            let before = vec![format!("x = {}\n", expression.replace('§', &token))];
            let (after, outcomes) = rewritten(&before, Style::Environ);
            prop_assert!(!after[0].contains(&token));
            prop_assert!(outcomes.iter().all(|outcome| *outcome == Outcome::LookUp), "{}", after[0]);
            runs.push(as_json(&after[0], &before, &after, &Case::default()));
        }
        let wrong = complaints(&runs);
        prop_assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_text_panics(cell in "\\PC{0,40}", at in 0_usize..40, more in "[a-c'\"\\\\{}()\\[\\]%!=:,.# \n]{0,40}") {
        let [(_, token), _] = secrets();
        let at = cell.char_indices().nth(at).map_or(cell.len(), |(at, _)| at);
        let text = format!("{}{more}{token}{}", &cell[..at], &cell[at..]);
        let (after, outcomes) = rewritten(&[text], Style::Environ);
        prop_assert!(!after[0].contains(&token));
        prop_assert_eq!(outcomes.len(), 1);
    }
}

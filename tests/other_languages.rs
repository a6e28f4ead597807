//! Languages other than Python: JavaScript is run by Node before and after;
//! R, Julia and Scala by tables of what must come out.

mod support;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};
use support::case;
use unspill::region::Language;
use unspill::rewrite::{self, Outcome, Target};
use unspill::syntax::{magic, shell, strings};

/// Rewrites `§` in the text; the variable is `X`.
fn rewritten(language: Language, template: &str) -> (String, Vec<Outcome>) {
    let text = case::filled(template);
    case::rewritten(&text, "X", |text, targets| {
        rewrite::other(language, text, targets)
    })
}

fn table(language: Language, rows: &[(&str, &str)]) {
    for (template, expected) in rows {
        let (after, _) = rewritten(language, template);
        assert_eq!(&after, expected, "from {template}");
    }
}

#[test]
fn r() {
    table(
        Language::R,
        &[
            // 65 of the shapes in the wild.
            ("Sys.setenv(X = \"§\")", "Sys.setenv(X = Sys.getenv(\"X\"))"),
            (
                "Sys.setenv(\n  X = '§',\n  Y = '1')",
                "Sys.setenv(\n  X = Sys.getenv(\"X\"),\n  Y = '1')",
            ),
            (
                "key1 <- '§'\nSys.setenv(X = key1)",
                "key1 <- Sys.getenv(\"X\")\nSys.setenv(X = key1)",
            ),
            ("k = \"§\"", "k = Sys.getenv(\"X\")"),
            (
                "h <- add_headers(Authorization = \"Bearer §\")",
                "h <- add_headers(Authorization = paste0(\"Bearer \", Sys.getenv(\"X\")))",
            ),
            (
                "GET(\"https://u:§@h/p\")",
                "GET(paste0(\"https://u:\", Sys.getenv(\"X\"), \"@h/p\"))",
            ),
            ("GET('§/p')", "GET(paste0(Sys.getenv(\"X\"), '/p'))"),
            (
                "GET('a§b§c')",
                "GET(paste0('a', Sys.getenv(\"X\"), 'b', Sys.getenv(\"X\"), 'c'))",
            ),
            (
                "GET('§§')",
                "GET(paste0(Sys.getenv(\"X\"), '', Sys.getenv(\"X\")))",
            ),
            ("k <- r\"(§)\"", "k <- Sys.getenv(\"X\")"),
            (
                "f(r\"---(a§b)---\")",
                "f(paste0(r\"---(a)---\", Sys.getenv(\"X\"), r\"---(b)---\"))",
            ),
            (
                "con <- dbConnect(RPostgres::Postgres(), password=\"§\")",
                "con <- dbConnect(RPostgres::Postgres(), password=Sys.getenv(\"X\"))",
            ),
            (
                "f <- function(key = '§') key",
                "f <- function(key = Sys.getenv(\"X\")) key",
            ),
            ("if (k == '§') go()", "if (k == Sys.getenv(\"X\")) go()"),
            (
                "l <- list(a = c('§', 'b'))",
                "l <- list(a = c(Sys.getenv(\"X\"), 'b'))",
            ),
            ("x %>% f('§')", "x %>% f(Sys.getenv(\"X\"))"),
            ("# §", "# REDACTED_X"),
            ("print('§')", "print('REDACTED_X')"),
            ("cat(\"k: §\\n\")", "cat(\"k: REDACTED_X\\n\")"),
            (
                "message(paste0('k', '§'))",
                "message(paste0('k', 'REDACTED_X'))",
            ),
            ("'§'", "'REDACTED_X'"),
            ("paste('a', '§')", "paste('a', 'REDACTED_X')"),
            ("x <- 1\n(c(a = '§'))", "x <- 1\n(c(a = 'REDACTED_X'))"),
            ("'§' %>% print()", "'REDACTED_X' %>% print()"),
            ("c('§' = 1)", "c('REDACTED_X' = 1)"),
            ("'§' <- 1", "'REDACTED_X' <- 1"),
            ("d$'§'", "d$'REDACTED_X'"),
            ("`§` <- 1", "`REDACTED_X` <- 1"),
            ("x <- 'open §", "x <- 'open REDACTED_X"),
        ],
    );
}

#[test]
fn julia() {
    table(
        Language::Julia,
        &[
            ("key = \"§\"", "key = ENV[\"X\"]"),
            ("ENV[\"X\"] = \"§\"", "ENV[\"X\"] = ENV[\"X\"]"),
            ("const K = \"\"\"§\"\"\"", "const K = ENV[\"X\"]"),
            (
                "h = [\"Authorization\" => \"Bearer §\"]",
                "h = [\"Authorization\" => \"Bearer $(ENV[\"X\"])\"]",
            ),
            (
                "HTTP.get(\"https://u:§@h/$p\")",
                "HTTP.get(\"https://u:$(ENV[\"X\"])@h/$p\")",
            ),
            ("f(\"a$(g(\"§\"))\")", "f(\"a$(g(ENV[\"X\"]))\")"),
            ("k = raw\"§\"", "k = ENV[\"X\"]"),
            ("k = raw\"a§b\"", "k = (raw\"a\" * ENV[\"X\"] * raw\"b\")"),
            ("run(`curl -u §:x $u`)", "run(`curl -u $(ENV[\"X\"]):x $u`)"),
            ("x = a' * f(\"§\")", "x = a' * f(ENV[\"X\"])"),
            ("f(x; key=\"§\")", "f(x; key=ENV[\"X\"])"),
            ("r = r\"§\"", "r = r\"REDACTED_X\""),
            ("# §", "# REDACTED_X"),
            ("#= a #= § =# =# x", "#= a #= REDACTED_X =# =# x"),
            ("println(\"§\")", "println(\"REDACTED_X\")"),
            ("@show \"§\"", "@show \"REDACTED_X\""),
            ("@info \"k\" key=\"§\"", "@info \"k\" key=\"REDACTED_X\""),
            ("\"§\"", "\"REDACTED_X\""),
            ("x = 1; \"§\"", "x = 1; \"REDACTED_X\""),
            ("f(\"§\") |> println", "f(\"REDACTED_X\") |> println"),
        ],
    );
}

#[test]
fn scala() {
    table(
        Language::Scala,
        &[
            ("val k = \"§\"", "val k = sys.env(\"X\")"),
            (
                "val h = \"Bearer §\"",
                "val h = (\"Bearer \" + sys.env(\"X\"))",
            ),
            (
                "val u = s\"https://u:§@$host\"",
                "val u = (s\"https://u:\" + sys.env(\"X\") + s\"@$host\")",
            ),
            (
                "val j = \"\"\"{\"k\": \"§\"}\"\"\"",
                "val j = (\"\"\"{\"k\": \"\"\"\" + sys.env(\"X\") + \"\"\"\"}\"\"\")",
            ),
            (
                "val j = s\"\"\"{\"k\": \"§\", $x}\"\"\"",
                "val j = s\"\"\"{\"k\": \"${sys.env(\"X\")}\", $x}\"\"\"",
            ),
            (
                "spark.conf.set(\"fs.key\", \"§\")",
                "spark.conf.set(\"fs.key\", sys.env(\"X\"))",
            ),
            (
                "val m = Map(\"k\" -> \"§\")",
                "val m = Map(\"k\" -> sys.env(\"X\"))",
            ),
            (
                "val c = 'x'; val s = 'sym; f(\"§\")",
                "val c = 'x'; val s = 'sym; f(sys.env(\"X\"))",
            ),
            ("q(sql\"§\")", "q(sql\"REDACTED_X\")"),
            ("println(\"§\")", "println(\"REDACTED_X\")"),
            (
                "x match { case \"§\" => 1 }",
                "x match { case \"REDACTED_X\" => 1 }",
            ),
            ("@key(\"§\") class A", "@key(\"REDACTED_X\") class A"),
            ("// §", "// REDACTED_X"),
            ("/* /* */ § */", "/* /* */ REDACTED_X */"),
            ("\"§\"", "\"REDACTED_X\""),
        ],
    );
}

/// Cells whose body is markup, configuration or a browser's script.
#[test]
fn bodies_without_look_ups_are_masked() {
    for cell in [
        "%%html\n<script>const k = '§'</script>\n",
        "%%javascript\nfetch('https://h', {headers: {k: '§'}})\n",
        "%%writefile config.yaml\nkey: '§'\n",
        "%%script perl\nmy $k = '§';\n",
        "%%sql\nCREATE USER a PASSWORD '§'\n",
        "%%markdown\nuse `§`\n",
    ] {
        let text = case::filled(cell);
        let parts = magic::parts(&text, Language::Python);
        let body = parts.last().expect("a part");
        let template = cell.get(body.span.start..).unwrap_or("");
        let (after, outcomes) = rewritten(body.language, template);
        assert_eq!(after, template.replace('§', "REDACTED_X"), "{cell}");
        assert_eq!(outcomes, [Outcome::Masked(None)], "{cell}");
    }
}

#[test]
fn javascript_forms() {
    table(
        Language::JavaScript,
        &[
            ("const k = '§';", "const k = process.env.X;"),
            (
                "const h = { Authorization: 'Bearer §' };",
                "const h = { Authorization: ('Bearer ' + process.env.X) };",
            ),
            (
                "f(`a${g('§')}§`)",
                "f(`a${g(process.env.X)}${process.env.X}`)",
            ),
            ("f({ '§': 1 })", "f({ 'REDACTED_X': 1 })"),
            ("import x from '§'", "import x from 'REDACTED_X'"),
            (
                "const a = <Client token=\"§\" />",
                "const a = <Client token=\"REDACTED_X\" />",
            ),
            ("type T = '§'", "type T = 'REDACTED_X'"),
            ("const k: string = '§'", "const k: string = process.env.X"),
            ("f(x as '§')", "f(x as 'REDACTED_X')"),
            ("const r = /§/g", "const r = /REDACTED_X/g"),
            ("// §", "// REDACTED_X"),
            (
                "const s = 'open §\nf('x')",
                "const s = 'open REDACTED_X\nf('x')",
            ),
        ],
    );
}

/// Snippets of JavaScript with `§`, and whether a look-up is expected.
const SNIPPETS: &[(&str, bool)] = &[
    ("out('§')", true),
    ("const k = \"§\"; out(k)", true),
    ("let k\nk = `§`\nout(k)", true),
    ("out('Bearer §', \"§:x\", 'a§b§c')", true),
    ("out(`Bearer §`, `${1 + 1}§${2}`)", true),
    (
        "out({ headers: { Authorization: 'Bearer §', 'X-Key': '§' } })",
        true,
    ),
    ("out(['§', ['a', '§']])", true),
    ("process.env.X = '§'; out(process.env.X)", true),
    ("out('it\\'s §\\n')", true),
    ("out('a' + '§' + 'b', 'x §'.length)", true),
    ("const f = (k = '§') => out(k); f()", true),
    ("function g() { return'§' }\nout(g())", true),
    ("out(1 < 2 ? '§' : 'x', 4 / 2, '§' / 1)", true),
    ("switch ('§') { case '§': out('same'); break }", true),
    ("out(String.raw`\\w${'§'}`)", true),
    (
        "class A { k = '§'; static s = \"§\" }\nout(new A().k, A.s)",
        true,
    ),
    ("out('§'.slice(0, 3)); out(/['\"]/.test('§'))", true),
    ("const { k = '§' } = {}; out(k)", true),
    ("const s = 'a' +\n  '§'\nout(s)", true),
    ("out(JSON.stringify({ k: '§' }))", true),
    ("console.log('§')", false),
    ("console.log({ k: ['§'] })", false),
    ("console.log(`t ${'§'}`)", false),
    ("console.error('t: ' + '§')", false),
    ("'§'", false),
    ("const a = 1\n'x' + '§'", false),
    ("['§']", false),
    ("({ k: '§' })", false),
    ("out({ '§': 1 })", false),
    ("out(tag`a§b`)", false),
    ("out('x') // §", false),
    ("out(/§/.source)", false),
];

#[test]
fn javascript_does_the_same_before_and_after() {
    let value = case::value();
    let mut jobs = Vec::new();
    for (template, look_up) in SNIPPETS {
        let (after, outcomes) = rewritten(Language::JavaScript, template);
        for outcome in outcomes {
            assert_eq!(outcome == Outcome::LookUp, *look_up, "{template}: {after}");
        }
        for code in [case::filled(template), after] {
            jobs.push(json!({"code": code, "variables": {"X": value}}));
        }
    }
    let results = node(&jobs);
    assert_eq!(results.len(), jobs.len());
    for ((template, look_up), pair) in SNIPPETS.iter().zip(results.chunks(2)) {
        let expected = pair[0].to_string();
        let expected = match look_up {
            true => expected,
            false => expected.replace(&value, &rewrite::mask("X")),
        };
        assert_eq!(pair[1].to_string(), expected, "{template}");
        assert!(!expected.contains("failed:"), "{template}: {expected}");
        assert!(!pair[1]["shown"].to_string().contains(&value), "{template}");
        let shown = pair[1]["value"].to_string();
        assert!(!shown.contains(&value), "{template} shows the value");
    }
}

fn node(jobs: &[Value]) -> Vec<Value> {
    let driver = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node_driver.js");
    let mut child = Command::new("node")
        .arg(driver)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node starts");
    let mut input = child.stdin.take().expect("its input");
    let jobs = serde_json::to_vec(jobs).expect("jobs are JSON");
    input.write_all(&jobs).expect("jobs are read");
    drop(input);
    let output = child.wait_with_output().expect("Node ends");
    assert!(output.status.success(), "the driver failed");
    serde_json::from_slice(&output.stdout).expect("results are JSON")
}

const LANGUAGES: [Language; 8] = [
    Language::Shell,
    Language::R,
    Language::Julia,
    Language::JavaScript,
    Language::Scala,
    Language::Json,
    Language::Dotenv,
    Language::Html,
];

/// Scraps that lexers stumble over, and the value.
fn scraps() -> impl Strategy<Value = String> {
    let scrap = prop::sample::select(vec![
        "§", "§", "§", "'", "\"", "`", "\"\"\"", "$", "${", "}", "$(", ")", "(", "\\", "\n", " ",
        "#", "/", "//", "/*", "*/", "#=", "=#", "<<E\n", "<<'E'\n", "E\n", "echo ", "X=", "|", ">",
        "r\"(", ")\"", "raw\"", "s\"", "é", "{", "[", "]", "=", "a", "1", ";", "<", "$'", "%", "!",
        "\r\n", "\u{2028}", "𝒳",
    ]);
    prop::collection::vec(scrap, 0..24).prop_map(|scraps| case::filled(&scraps.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nothing_is_left_whatever_the_text(text in scraps()) {
        let value = case::value();
        for language in LANGUAGES {
            let targets = case::targets(&text, &value, "X");
            let result = rewrite::other(language, &text, &targets);
            prop_assert_eq!(result.outcomes.len(), targets.len());
            let mut end = 0;
            for edit in &result.edits {
                prop_assert!(edit.span.start >= end);
                end = edit.span.end;
            }
            let after = unspill::edit::apply_str(&text, &result.edits);
            prop_assert!(!after.contains(&value));
            let again = rewrite::other(language, &after, &case::targets(&after, &value, "X"));
            prop_assert!(again.edits.is_empty());
        }
    }

    #[test]
    fn any_span_is_answered(text in ".{0,40}", from in 0usize..50, len in 0usize..50) {
        for language in LANGUAGES {
            let target = Target { span: from..from + len, value: "v", variable: "X" };
            let result = rewrite::other(language, &text, &[target]);
            prop_assert_eq!(result.outcomes.len(), 1);
            unspill::edit::apply_str(&text, &result.edits);
        }
    }

    #[test]
    fn tokens_stand_in_order_on_character_borders(text in scraps()) {
        let spans = shell::lex(&text).into_iter().map(|token| token.span).collect::<Vec<_>>();
        in_order(&text, &spans)?;
        for dialect in [
            strings::Dialect::R,
            strings::Dialect::Julia,
            strings::Dialect::JavaScript,
            strings::Dialect::Scala,
        ] {
            let tokens = strings::lex(&text, dialect);
            let spans = tokens.into_iter().map(|token| token.span).collect::<Vec<_>>();
            in_order(&text, &spans)?;
        }
    }

    #[test]
    fn the_parts_of_a_cell_cover_it(cell in "(\n| |%|%%bash|%%time|%%writefile a.py|%sql|x|é){0,12}") {
        let parts = magic::parts(&cell, Language::Python);
        let joined: String = parts.iter().map(|part| &cell[part.span.clone()]).collect();
        prop_assert_eq!(joined, cell);
    }
}

fn in_order(text: &str, spans: &[std::ops::Range<usize>]) -> Result<(), TestCaseError> {
    let mut end = 0;
    for span in spans {
        prop_assert!(span.start >= end, "{:?} in {:?}", spans, text);
        prop_assert!(text.get(span.clone()).is_some(), "{:?} in {:?}", span, text);
        end = span.end;
    }
    Ok(())
}

//! HTML: nbconvert's own export, and random pages.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use unspill::detect::sample::Rng;

use super::laws::{Planted, cleaned, fixed, masked, plant};
use super::support::project::{code, markdown, of_cells, token};
use super::support::venv;

/// A notebook as nbconvert shows it in a browser.
fn exported(notebook: &str) -> String {
    let python = venv::with("nbconvert", &["nbconvert", "ipython"]);
    let mut child = Command::new(python)
        .args(["-m", "nbconvert", "--to", "html", "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("nbconvert starts");
    let mut stdin = child.stdin.take().expect("is piped");
    stdin
        .write_all(notebook.as_bytes())
        .expect("nbconvert reads");
    drop(stdin);
    let output = child.wait_with_output().expect("nbconvert ends");
    assert!(output.status.success(), "nbconvert fails");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn an_exported_notebook_loses_its_tokens_and_nothing_else() {
    let token = token(11);
    let secret = ["k7Qz", "P0fW", "m3Xv", "92Lb"].concat();
    let table = format!(
        "<table><thead><tr><th></th><th>user</th><th>password</th></tr></thead>\n<tbody>\n<tr><th>0</th><td>ann</td><td>{secret}</td></tr></tbody></table>"
    );
    let mut shown = code(
        &format!("login(token='{token}')\napi_key = \"{secret}\""),
        &format!("\u{1b}[31mtoken\u{1b}[0m={token}\n"),
    );
    shown["outputs"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({
            "output_type": "display_data", "metadata": {}, "data": {"text/html": [table]}
        }));
    let text = exported(&of_cells(&[
        markdown(&format!("Use `{token}` & go")),
        shown,
    ]));
    assert!(
        text.matches(&token).count() >= 3,
        "nbconvert shows the tokens"
    );
    let after = masked(
        "lesson.html",
        &Planted {
            text,
            values: vec![token, secret],
        },
    );
    assert!(after.contains("REDACTED_HF_TOKEN"));
}

#[test]
fn a_value_that_tags_cut_is_taken_out_whole() {
    let token = token(3);
    let (first, second) = token.split_at(20);
    let before = format!(
        "<!doctype html>\n<pre><span class=\"n\">t</span> <span>=</span> <span class=\"s2\">&quot;{first}</span><span class=\"se\">{second}</span><span>&quot;</span></pre>\n"
    );
    let after = fixed("a.html", before.as_bytes()).expect("something is found");
    assert_eq!(
        String::from_utf8(after).unwrap(),
        before
            .replace(first, "REDACTED_HF_TOKEN")
            .replace(second, "")
    );
}

#[test]
fn files_and_code_within_a_page_are_read() {
    use base64::Engine as _;
    let token = token(5);
    let secret = ["k7Qz", "P0fW", "m3Xv", "92Lb"].concat();
    let file = base64::engine::general_purpose::STANDARD.encode(format!("token: {token}\n"));
    let code = format!("import%20os%0Aapi_key%20%3D%20%22{secret}%22");
    let before = format!(
        "<html><a href=\"data:text/plain;base64,{file}\">x</a><marimo-code hidden=\"\">{code}</marimo-code></html>"
    );
    let after = fixed("page.html", before.as_bytes()).expect("something is found");
    let after = String::from_utf8(after).unwrap();
    assert!(
        after.contains("os.environ%5B%22API_KEY%22%5D</marimo-code>"),
        "{after}"
    );
    let start = after.find("base64,").unwrap() + 7;
    let end = start + after[start..].find('"').unwrap();
    let file = base64::engine::general_purpose::STANDARD
        .decode(&after[start..end])
        .unwrap();
    assert_eq!(
        String::from_utf8(file).unwrap(),
        "token: REDACTED_HF_TOKEN\n"
    );
}

/// Pieces of pages; `§` stands for a value.
const PIECES: &[&str] = &[
    "<p class=\"a\">text § more</p>\n",
    "<span>§</span><br>",
    "<a href=\"https://x.org/?token=§&amp;b=1\">§</a>",
    "<!-- § -->",
    "<script>const t = \"§\";</script>\n",
    "<script type=\"application/json\">{\"token\": \"§\", \"a\": 1}</script>",
    "<style>p { color: red }</style>",
    "<input name=\"api_key\" value=\"§\">",
    "<div data-config=\"{&quot;k&quot;: &quot;§&quot;}\"></div>",
    "<table><tr><td>a</td><td>§</td></tr></table>",
    "<pre>\n<span class=\"s\">&#39;§&#39;</span>\n</pre>",
    "a &lt; b & c <b>§</b>",
    "<broken attr=\"§\n",
    "</p>",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_pages_change_only_where_values_stand(seed: u64) {
        let mut rng = Rng::new(seed);
        let mut template = "<html>".to_owned();
        for _ in 0..rng.below(9) + 1 {
            template += rng.pick(PIECES).unwrap();
        }
        let planted = plant(&template, &mut rng);
        masked("page.htm", &planted);
    }
}

#[test]
fn a_page_of_pictures_is_not_touched() {
    let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(4000);
    let text = format!("<html><img src=\"data:image/png;base64,{picture}\"></html>");
    let planted = Planted {
        text,
        values: Vec::new(),
    };
    assert_eq!(cleaned("a.html", &planted), planted.text);
}

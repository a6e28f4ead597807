//! What defeats other scanners: section 8 of the design, a test for each line.
//!
//! Every notebook here holds one value in one place and nothing else that could
//! lead there, as the other programs were tried.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use unspill::detect::sample::Rng;
use unspill::sanitize::{Ledger, Sanitizer};

use support::project::{Project, code, markdown, notebook, of_cells, token, value};

/// Kinds of different alphabets and lengths, with anchors of different letters.
const KINDS: &[&str] = &[
    "huggingface-user-token",
    "openai-project-key",
    "anthropic-api-key",
    "github-classic-token",
    "aws-access-key-id",
    "google-api-key",
    "groq-api-key",
    "slack-token",
    "wandb-api-key-v1",
];

/// The values that are found in the file, each once.
fn values(file: &[u8]) -> Vec<String> {
    let inspection = Sanitizer::default()
        .inspect(Path::new("a.ipynb"), file, &Ledger::default())
        .unwrap();
    let mut values: Vec<String> = inspection
        .sightings
        .iter()
        .map(|sighting| sighting.value.expose().to_owned())
        .collect();
    values.sort();
    values.dedup();
    values
}

/// The value is found, and gone after a fix that leaves nothing to find.
fn goes(file: impl AsRef<[u8]>, secret: &str, what: &str) -> Vec<u8> {
    let file = file.as_ref();
    assert_eq!(values(file), [secret], "{what}");
    let sanitized = Sanitizer::default()
        .sanitize(Path::new("a.ipynb"), file, &Ledger::default())
        .unwrap();
    let after = sanitized.bytes.unwrap();
    assert!(values(&after).is_empty(), "{what}: found again");
    after
}

/// One that a kind's every value goes through.
fn every_kind_goes(what: &str, file: impl Fn(&str) -> String) {
    for (number, kind) in (1..).zip(KINDS) {
        let secret = value(kind, number);
        goes(file(&secret), &secret, &format!("{kind}: {what}"));
    }
}

/// A code cell with one output.
fn output(output: Value) -> String {
    let mut cell = code("x", "");
    cell["outputs"] = json!([output]);
    of_cells(&[cell])
}

fn printed(text: &str) -> String {
    of_cells(&[code("x", text)])
}

fn html(text: &str) -> String {
    output(json!({"output_type": "display_data", "metadata": {}, "data": {"text/html": [text]}}))
}

/// Each letter written by `code`, all of them and the first alone.
fn encoded(secret: &str, code: impl Fn(u32) -> String) -> [String; 2] {
    let all = secret.chars().map(|c| code(u32::from(c))).collect();
    let (first, rest) = secret.split_at(1);
    [all, code(u32::from(first.as_bytes()[0])) + rest]
}

#[test]
fn a_closing_quote_that_arrives_as_an_escape() {
    every_kind_goes("quoted", |secret| notebook(&[&format!("X = \"{secret}\"")]));
    every_kind_goes("quoted, a semicolon behind", |secret| {
        notebook(&[&format!("X = \"{secret}\";\n")])
    });
}

#[test]
fn a_letter_of_an_escape_before_a_token() {
    for before in ["a\n", "a\t", "a\r\n", "a\u{8}"] {
        every_kind_goes(before, |secret| printed(&format!("{before}{secret}\nb")));
    }
    every_kind_goes("in a repr", |secret| {
        let text = format!("'a\\n{secret}\\tb'");
        output(
            json!({"output_type": "execute_result", "execution_count": 1, "metadata": {},
            "data": {"text/plain": [text]}}),
        )
    });
}

#[test]
fn a_colour_before_a_token_and_within() {
    every_kind_goes("before", |secret| {
        let line = format!("\u{1b}[0;31mE\u{1b}[0m: bad key \u{1b}[32m{secret}\u{1b}[0m");
        output(json!({"output_type": "error", "ename": "E", "evalue": "", "traceback": [line]}))
    });
    every_kind_goes("within", |secret| {
        let (head, tail) = secret.split_at(9);
        printed(&format!("key {head}\u{1b}[1m{tail}\u{1b}[0m\n"))
    });
}

#[test]
fn a_token_cut_over_two_items_of_a_list() {
    every_kind_goes("cut", |secret| {
        let (head, tail) = secret.split_at(8);
        output(json!({"output_type": "stream", "name": "stdout",
            "text": [format!("key {head}"), format!("{tail}\n")]}))
    });
}

#[test]
fn a_token_cut_over_two_adjacent_literals() {
    for joint in ["\" \"", "\"\n    \"", "\" + \"", "\"\n    f\""] {
        every_kind_goes(joint, |secret| {
            let (head, tail) = secret.split_at(8);
            notebook(&[&format!("X = (\"{head}{joint}{tail}\")")])
        });
    }
}

#[test]
fn a_token_cut_over_two_outputs_of_a_stream() {
    every_kind_goes("cut", |secret| {
        let (head, tail) = secret.split_at(8);
        let mut cell = code("x", "");
        cell["outputs"] = json!([
            {"output_type": "stream", "name": "stdout", "text": [format!("key {head}")]},
            {"output_type": "stream", "name": "stderr", "text": ["a warning\n"]},
            {"output_type": "stream", "name": "stdout", "text": [format!("{tail}\n")]},
        ]);
        of_cells(&[cell])
    });
}

#[test]
fn html_entities() {
    for which in 0..2 {
        every_kind_goes("decimal", |secret| {
            html(&format!(
                "<td>{}</td>",
                encoded(secret, |c| format!("&#{c};"))[which]
            ))
        });
        every_kind_goes("hexadecimal", |secret| {
            html(&format!(
                "<td>{}</td>",
                encoded(secret, |c| format!("&#x{c:X};"))[which]
            ))
        });
    }
}

#[test]
fn percent_encoding() {
    for which in 0..2 {
        every_kind_goes("in a URL", |secret| {
            let secret = &encoded(secret, |c| format!("%{c:02X}"))[which];
            of_cells(&[markdown(&format!("<https://example.org/?id={secret}&x=1>"))])
        });
    }
}

#[test]
fn base64_of_attachments_and_colab_resources() {
    every_kind_goes("attachment", |secret| {
        let note = STANDARD.encode(format!("From the wiki: {secret}\n"));
        let mut cell = markdown("![note](attachment:note.txt)");
        cell["attachments"] = json!({"note.txt": {"text/plain": note}});
        of_cells(&[cell])
    });
    every_kind_goes("Colab resource", |secret| {
        let script = STANDARD.encode(format!("connect('{secret}');\n"));
        let mut notebook: Value = serde_json::from_str(&notebook(&["x"])).unwrap();
        notebook["cells"][0]["metadata"] = json!({"colab": {"resources": {
            "http://localhost:8080/nbextensions/a.js": {"data": script, "ok": true,
                "headers": [["content-type", "application/javascript"]], "status": 200}}}});
        notebook.to_string()
    });
}

#[test]
fn utf_16_files() {
    for (little, name) in [(true, "little-endian"), (false, "big-endian")] {
        let secret = token(31);
        let text = notebook(&[&format!("X = \"{secret}\"")]);
        let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
        let file: Vec<u8> = units
            .flat_map(|unit| match little {
                true => unit.to_le_bytes(),
                false => unit.to_be_bytes(),
            })
            .collect();
        let after = goes(&file, &secret, name);
        assert_eq!(after[..2], file[..2], "the mark stays");
    }
}

#[test]
fn images_are_not_random_enough_to_be_keys() {
    let mut rng = Rng::new(5);
    for _ in 0..20 {
        let bytes: Vec<u8> = (0..3000)
            .flat_map(|_| rng.next_u64().to_le_bytes())
            .collect();
        let image = STANDARD.encode(bytes);
        let notebook = output(json!({"output_type": "display_data", "metadata": {},
            "data": {"image/png": image, "text/plain": ["<Figure size 640x480>"],
                "text/html": [format!("<img src=\"data:image/png;base64,{image}\"/>")]}}));
        assert!(values(notebook.as_bytes()).is_empty());
    }
}

#[test]
fn no_token_is_missed_as_not_random_enough() {
    let mut rng = Rng::new(6);
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').collect();
    let mut letter = || letters[rng.below(letters.len())];
    let mut tokens: Vec<String> = (0..1000)
        .map(|_| format!("hf_{}", (0..34).map(|_| letter()).collect::<String>()))
        .collect();
    let mut text = String::new();
    for (number, token) in tokens.iter().enumerate() {
        let _ = writeln!(text, "user {number} has {token}");
    }
    tokens.sort();
    let found = values(printed(&text).as_bytes());
    let missed = tokens.iter().filter(|token| !found.contains(token)).count();
    assert_eq!(missed, 0);
    assert_eq!(found, tokens);
}

#[test]
fn token_and_key_are_harmless_words() {
    let source = r#"tokenizer.pad_token = tokenizer.eos_token = "<|endoftext|>"
special_tokens = {"bos_token": "<s>", "unk_token": "[UNK]", "additional_special_tokens": []}
model.generate(max_new_tokens=512, pad_token_id=50256, forced_bos_token="de_DE")
df = df.sort_values(key=lambda column: column.str.lower(), by="token")
batch = {"token_type_ids": token_type_ids, "key": "input_ids", "key_padding_mask": mask}
for token, key in zip(doc, keys): print(token.text, key)
api_key = os.environ["OPENAI_API_KEY"]
hf_token = userdata.get("HF_TOKEN")
password = getpass("Password: ")
client = Client(api_key="YOUR_API_KEY", token="<your token here>", secret=None)
key = jax.random.PRNGKey(42)
token = "hf_{x}"
"#
    .replace("{x}", &"x".repeat(34));
    let printed = "Token indices sequence length is longer (1024 > 512)\nkey: input_ids\n\
        {'pad_token': '[PAD]', 'mask_token': '[MASK]', 'eos_token': '</s>'}\n\
        total tokens: 123456789012, tokens/s: 48211.07\n";
    let notebook = of_cells(&[
        code(&source, printed),
        markdown("Put your token into `HF_TOKEN`; the *key* idea is attention."),
    ]);
    assert_eq!(values(notebook.as_bytes()), [""; 0]);
}

#[test]
fn a_github_token_with_a_wrong_checksum_is_none() {
    let right = value("github-classic-token", 41);
    let last = if right.ends_with('0') { "1" } else { "0" };
    let wrong = format!("{}{last}", &right[..right.len() - 1]);
    goes(printed(&format!("pushed with {right}\n")), &right, "right");
    let notebook = printed(&format!("pushed with {wrong}\n"));
    assert_eq!(values(notebook.as_bytes()), [""; 0]);
}

#[test]
fn the_exit_status_means_clean() {
    let project = Project::new(&[
        ("clean.ipynb", &notebook(&["x = 1"])),
        ("dirty.ipynb", &notebook(&[&format!("x = '{}'", token(51))])),
        ("broken.ipynb", "{\"cells\": ["),
    ]);
    for (file, status) in [("clean.ipynb", 0), ("dirty.ipynb", 1), ("broken.ipynb", 2)] {
        assert_eq!(
            project.run(&["check", "--no-own", file]).status,
            status,
            "{file}"
        );
    }
    assert_eq!(project.run(&["fix", "--no-own", "dirty.ipynb"]).status, 0);
    assert_eq!(project.run(&["check", "--no-own", "dirty.ipynb"]).status, 0);
}

#[test]
fn a_mask_is_not_found_again_and_no_backup_is_left() {
    let name = "sub/lesson.ipynb";
    let cell = code(
        &format!("x = '{}'  # was {}", token(61), token(62)),
        &format!("HF_TOKEN={}\napi_key: {}\n", token(61), token(63)),
    );
    let project = Project::new(&[(name, &of_cells(&[cell]))]);
    assert_eq!(project.run(&["fix", "--no-own"]).status, 0);
    let once = project.read(name);
    assert!(once.contains("REDACTED_HF_TOKEN"));
    assert_eq!(project.check(&["--no-own"]), (0, 0));
    assert_eq!(project.run(&["fix", "--no-own"]).status, 0);
    assert_eq!(project.read(name), once);
    let beside: Vec<_> = fs::read_dir(project.path().join("sub"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(beside, ["lesson.ipynb"]);
}

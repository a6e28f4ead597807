//! `unspill kinds`, on the binary.

use std::process::{Command, Output};

use unspill::detect::catalogue;

fn kinds(args: &[&str]) -> Output {
    let dir = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_unspill"))
        .arg("kinds")
        .args(args)
        .current_dir(dir.path())
        .output()
        .unwrap()
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

#[test]
fn all_kinds_are_listed_one_a_line() {
    let listed = kinds(&[]);
    assert!(listed.status.success());
    let lines: Vec<&str> = out(&listed).lines().collect();
    assert_eq!(lines.len(), catalogue::kinds().len() + 1, "a head and each");
    for (line, kind) in lines.iter().skip(1).zip(catalogue::kinds()) {
        assert!(line.starts_with(kind.id.as_ref()), "{line}");
    }
    assert!(out(&listed).contains("HF_TOKEN"));
}

#[test]
fn a_word_lists_those_that_have_it() {
    let listed = kinds(&["HUGGING"]);
    assert!(listed.status.success());
    assert!(out(&listed).contains("huggingface-user-token"));
    assert!(!out(&listed).contains("openai"));
}

#[test]
fn an_id_is_explained_in_sentences() {
    let explained = kinds(&["huggingface-user-token"]);
    assert!(explained.status.success());
    let text = out(&explained)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "it begins with `hf_`, is 37 characters long and goes on with letters and digits",
        "login(token)",
        "os.environ[\"HF_TOKEN\"]",
        "REDACTED_HF_TOKEN",
        "HUGGING_FACE_HUB_TOKEN",
        "https://huggingface.co/settings/tokens",
        "Write:",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn json_is_an_array_of_the_same_kinds() {
    let listed = kinds(&["--json"]);
    let all: serde_json::Value = serde_json::from_str(out(&listed)).unwrap();
    assert_eq!(all.as_array().unwrap().len(), catalogue::kinds().len());
    let one = kinds(&["--json", "huggingface-user-token"]);
    let one: serde_json::Value = serde_json::from_str(out(&one)).unwrap();
    assert_eq!(one[0]["variables"][0], "HF_TOKEN");
    assert_eq!(one[0]["told"], "itself");
    assert_eq!(one[0]["prefix"], "hf_");
}

#[test]
fn an_unknown_id_is_wrong_usage_with_near_names() {
    let unknown = kinds(&["huggingface-user-tokne"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert_eq!(out(&unknown), "");
    assert_eq!(
        err(&unknown),
        "unspill: no kind is called `huggingface-user-tokne`; did you mean `huggingface-user-token`?\n"
    );
}

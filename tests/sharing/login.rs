//! A login made by the real `huggingface_hub`, with its functions that write
//! the files; nothing is sent.

use std::fs;
use std::process::Command;

use crate::course::{Course, value};
use crate::support::venv;

/// Saves a token as `login` does once the server has said that it is good.
const SCRIPT: &str = r"
import sys
from huggingface_hub import _login
from huggingface_hub.utils import _auth

token, name = sys.argv[1:]
_auth._save_token(token=token, token_name=name)
_login._set_active_token(token_name=name, add_to_git_credential=False)
";

fn log_in(course: &Course, token: &str, hf_home: Option<&str>) {
    let python = venv::with("huggingface", &["huggingface_hub"]);
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT, token, "my laptop"])
        .env("HOME", course.home())
        .env_remove("HF_HOME")
        .env_remove("HF_TOKEN_PATH")
        .env_remove("XDG_CACHE_HOME")
        .env("HF_HUB_OFFLINE", "1");
    if let Some(folder) = hf_home {
        command.env("HF_HOME", course.path().join(folder));
    }
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{err}");
}

#[test]
fn a_login_is_found_by_stores_and_as_a_value_in_an_output() {
    let mut course = Course::empty();
    let token = value("huggingface-user-token", 77);
    course.values.push(token.clone());
    log_in(&course, &token, None);
    // Nothing but knowing it tells a value that is printed without its prefix.
    let bare = &token[3..];
    course.write("a.ipynb", &notebook_that_prints(bare));

    let (status, out, err) = course.run(&["stores", "course", "--json"]);
    assert_eq!(status, 0, "{err}");
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let stores = document["stores"].as_array().unwrap();
    let places: Vec<&str> = stores
        .iter()
        .map(|s| s["place"].as_str().unwrap())
        .collect();
    // The home folder of this test lies in the folder where it runs.
    assert_eq!(
        places,
        [
            "home/.cache/huggingface/stored_tokens",
            "home/.cache/huggingface/token"
        ]
    );
    assert_eq!(stores[0]["credentials"][0]["account"], "my laptop");
    assert_eq!(
        stores[0]["credentials"][0]["kind"],
        "huggingface-user-token"
    );

    course.write("b.ipynb", &notebook_that_prints(&token));
    let reasons = |args: &[&str]| -> Vec<String> {
        let (_, out, err) = course.run(&[&["check", "--json", "course/b.ipynb"], args].concat());
        let document: serde_json::Value = serde_json::from_str(&out).expect(&err);
        let findings = document["findings"].as_array().unwrap().iter();
        findings
            .map(|finding| finding["reason"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(
        reasons(&["--own"])
            .iter()
            .any(|why| why.contains("your own"))
    );
    assert!(!reasons(&[]).iter().any(|why| why.contains("your own")));
}

#[test]
fn a_home_of_hugging_face_inside_the_project_is_told() {
    let mut course = Course::empty();
    let token = value("huggingface-user-token", 78);
    course.values.push(token.clone());
    log_in(&course, &token, Some("cache"));
    let (_, out, _) = course.run(&["stores", "course", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    let places: Vec<&str> = document["stores"]
        .as_array()
        .unwrap()
        .iter()
        .map(|store| store["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["course/cache/stored_tokens", "course/cache/token"]);
    // A walk leaves them, a copy leaves them out.
    let before = fs::read(course.path().join("cache/token")).unwrap();
    assert_eq!(course.run(&["fix", "course"]).0, 1);
    assert_eq!(fs::read(course.path().join("cache/token")).unwrap(), before);
    assert_eq!(course.run(&["share", "course", "handout"]).0, 0);
    assert!(!course.around().join("handout/cache/token").exists());
}

fn notebook_that_prints(text: &str) -> String {
    format!(
        r#"{{"cells": [{{"cell_type": "code", "execution_count": 1, "metadata": {{}}, "outputs": [{{"name": "stdout", "output_type": "stream", "text": ["[{text}]\n"]}}], "source": ["print()"]}}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 4}}"#
    )
}

//! Pictures within a notebook: what ComfyUI writes beside the pixels.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use unspill::sanitize::{Ledger, Sanitizer};

use crate::real::{Sample, holds, veils};

fn notebook(picture: &str) -> Value {
    let output = json!({
        "output_type": "display_data", "metadata": {},
        "data": {"image/png": picture, "text/plain": ["<PIL.Image>"]},
    });
    json!({
        "cells": [
            {"cell_type": "code", "execution_count": 1, "metadata": {},
             "source": ["image"], "outputs": [output]},
            {"cell_type": "markdown", "metadata": {}, "source": ["![](a.png)"],
             "attachments": {"a.png": {"image/png": picture}}},
        ],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 4,
    })
}

fn fixed(notebook: &Value) -> Option<Value> {
    let bytes = serde_json::to_vec(notebook).unwrap();
    let sanitizer = Sanitizer::default();
    let sanitized = (sanitizer.sanitize(Path::new("a.ipynb"), &bytes, &Ledger::default())).unwrap();
    let new = sanitized.bytes?;
    Some(serde_json::from_slice(&new).unwrap())
}

#[test]
fn a_token_in_a_picture_goes_from_outputs_and_attachments() {
    let sample = Sample::new("png", "a.png");
    let (old, before) = (sample.bytes(), sample.read());
    // As old notebooks have it: lines, and one more at the end.
    for line_length in [usize::MAX, 76] {
        let mut picture = String::new();
        for (index, letter) in STANDARD.encode(&old).chars().enumerate() {
            if index > 0 && index % line_length == 0 {
                picture.push('\n');
            }
            picture.push(letter);
        }
        picture.push('\n');
        let new = fixed(&notebook(&picture)).expect("the token is found");
        for place in [
            "/cells/0/outputs/0/data/image~1png",
            "/cells/1/attachments/a.png/image~1png",
        ] {
            let picture = new.pointer(place).and_then(Value::as_str).unwrap();
            let bytes = STANDARD.decode(picture.replace('\n', "")).unwrap();
            assert!(!veils().iter().any(|veil| holds(&bytes, veil)));
            std::fs::write(&sample.path, &bytes).unwrap();
            // The pixels, which the library prints last.
            let pixels = |read: &str| read.rsplit(", ").next().unwrap().to_owned();
            assert_eq!(pixels(&sample.read()), pixels(&before));
        }
    }
}

#[test]
fn a_value_known_from_elsewhere_is_searched_in_pictures() {
    // Nothing tells it there, and it is compressed.
    let sample = Sample::new("png_password", "a.png");
    let password = ["Tr0ub4", "dor&3x", "yzzy"].concat();
    let bytes = sample.bytes();
    std::fs::remove_file(&sample.path).unwrap();
    let folder = sample.path.parent().unwrap();
    let (picture, other) = (folder.join("a.ipynb"), folder.join("b.py"));
    let before = notebook(&STANDARD.encode(&bytes));
    std::fs::write(&picture, serde_json::to_vec(&before).unwrap()).unwrap();
    std::fs::write(&other, format!("password = \"{password}\"\n")).unwrap();
    let run = sample.unspill_at("fix", folder);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let after: Value = serde_json::from_slice(&std::fs::read(&picture).unwrap()).unwrap();
    let new = after.pointer("/cells/0/outputs/0/data/image~1png");
    let new = STANDARD
        .decode(new.and_then(Value::as_str).unwrap())
        .unwrap();
    std::fs::write(&sample.path, new).unwrap();
    let read = sample.read();
    assert!(!read.contains(&password), "{read}");
    assert!(read.contains("deploy with REDACTED"), "{read}");
}

#[test]
fn a_picture_without_a_token_stays() {
    let sample = Sample::new("png", "a.png");
    let old = sample.bytes();
    let (patches, _) = crate::real::patches("a.png", &old).unwrap();
    let clean = unspill::container::apply(&old, &patches);
    assert_ne!(clean, old);
    assert!(fixed(&notebook(&STANDARD.encode(&clean))).is_none());
}

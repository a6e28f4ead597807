//! The same text in every encoding comes out the same, in its encoding.

use std::fs;

use super::laws::fixed;
use super::support::project::{Project, token};

/// A text and the name that says what it is; `§` stands for a token.
const TEXTS: &[(&str, &str)] = &[
    ("README.md", "# Caf\u{e9}\r\n\r\n`token=§`\n"),
    ("page.html", "<html><p>caf\u{e9} <b>§</b></p></html>"),
    ("settings.xml", "<a><token>§</token><b>\u{fc}</b></a>\r\n"),
    ("users.csv", "name;token\r\nZo\u{eb};§\r\n"),
    ("run.log", "\u{1b}[31mtoken\u{1b}[0m: § \u{b5}s\r\nend"),
];

/// How the characters of a text become bytes.
type Encode = fn(&str) -> Vec<u8>;

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn marked(text: &str) -> String {
    format!("\u{feff}{text}")
}

const ENCODINGS: &[(&str, Encode)] = &[
    ("UTF-8", |text| text.as_bytes().to_vec()),
    ("UTF-8 with a mark", |text| marked(text).into_bytes()),
    ("UTF-16LE", |text| utf16(text, u16::to_le_bytes)),
    ("UTF-16BE", |text| utf16(text, u16::to_be_bytes)),
    ("UTF-16LE with a mark", |text| {
        utf16(&marked(text), u16::to_le_bytes)
    }),
    ("UTF-16BE with a mark", |text| {
        utf16(&marked(text), u16::to_be_bytes)
    }),
    ("UTF-32LE with a mark", |text| {
        let codes = marked(text).chars().map(u32::from).collect::<Vec<_>>();
        codes.into_iter().flat_map(u32::to_le_bytes).collect()
    }),
    ("Latin-1", |text| {
        let byte = |c| u8::try_from(u32::from(c)).expect("is Latin-1");
        text.chars().map(byte).collect()
    }),
];

#[test]
fn each_text_keeps_its_encoding() {
    let token = token(21);
    for (name, template) in TEXTS {
        for (encoding, encode) in ENCODINGS {
            let before = encode(&template.replace('§', &token));
            let after = fixed(name, &before).unwrap_or_else(|| panic!("{name} in {encoding}"));
            let expected = encode(&template.replace('§', "REDACTED_HF_TOKEN"));
            assert!(after == expected, "{name} in {encoding}");
        }
    }
}

#[test]
fn a_difference_is_shown_whatever_the_encoding() {
    let token = token(22);
    let text = format!("one\r\ntoken = {token} \u{e9}\r\n");
    for (encoding, encode) in ENCODINGS {
        let project = Project::new(&[]);
        fs::write(project.path().join("notes.txt"), encode(&text)).unwrap();
        let run = project.run(&["fix", "--no-own", "--diff", "notes.txt"]);
        assert!(!run.out.contains(&token), "{encoding}");
        assert!(
            run.out.contains("-token = hf_… é"),
            "{encoding}: {}",
            run.out
        );
        assert!(
            run.out.contains("+token = REDACTED_HF_TOKEN é"),
            "{encoding}: {}",
            run.out
        );
    }
}

#[test]
fn what_is_no_text_is_passed_over_on_a_walk_and_a_torn_log_is_read() {
    let token = token(23);
    let project = Project::new(&[("a.txt", "nothing")]);
    let log = [
        format!("token={token}\n").into_bytes(),
        vec![b'x'; 5000],
        vec![0; 100],
    ]
    .concat();
    fs::write(project.path().join("torn.log"), log).unwrap();
    fs::write(project.path().join("b.dat"), [1, 2, 0, 3]).unwrap();
    let run = project.run(&["check", "--no-own", "."]);
    assert!(run.out.contains("torn.log"), "{}", run.out);
    assert_eq!(run.status, 1, "{}", run.err);
}

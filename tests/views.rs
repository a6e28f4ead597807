//! Encodings within a long text: only what is near one is read again without
//! it, and yet a value is found there as it is in a short text.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use unspill::detect::engine::Detector;
use unspill::detect::sample::{Rng, from_shape};
use unspill::layer::slice;
use unspill::region::{Region, Role};

use support::project::value;

/// The kinds and values of what is found in a text that a program printed.
fn found(detector: &Detector, text: &str) -> Vec<String> {
    let bottom = slice::peel(text, 0..text.len());
    let region = Region::new(bottom, 0..text.len(), Role::Output);
    let findings = detector.examine(&region, 0);
    let said = findings
        .iter()
        .map(|finding| format!("{} {}", finding.kind.id, finding.value.expose()));
    said.collect()
}

/// Ways to hide a value in what a program printed; the last ones hide it twice.
fn hidden(secret: &str) -> Vec<String> {
    let (half, end) = secret.split_at(secret.len() / 2);
    let (letter, last) = end.split_at(1);
    let letter = u32::from(letter.as_bytes()[0]);
    let json = format!(r#"{{"api_key": "{secret}"}}"#);
    vec![
        format!("see https://x.org/?q={half}%{letter:02x}{last}"),
        format!("<b>{half}&#{letter};{last}</b>"),
        format!("'{half}\\x{letter:02x}{last}'"),
        format!("{{'a': '{half}'\n      '{end}'}}"),
        format!("{half}\u{1b}[1m{end}"),
        STANDARD.encode(json),
        format!("'{half}%26#{letter};{last}'"),
        format!("'{half}\\x25{letter:02x}{last}'"),
        format!("'{half}&#37;{letter:02x}'\n  '{last}'"),
    ]
}

#[test]
fn encodings_far_apart() {
    let detector = Detector::default();
    let noise = "a &amp; b, c%2Fd, '\\x65 \\n'\n('e'\n 'f')\u{1b}[0m\n\n";
    let filler = "step 12 of 40, loss 0.125 at /tmp/out\n".repeat(600);
    let kinds = [
        "huggingface-user-token",
        "github-classic-token",
        "aws-access-key-id",
    ];
    for (number, kind) in (1..).zip(kinds) {
        let secret = value(kind, number);
        for form in hidden(&secret) {
            let near = found(&detector, &format!("{noise}{form}\n{noise}"));
            let far = format!("{noise}{filler}{form}\n{filler}{noise}");
            assert!(
                near.contains(&format!("{kind} {secret}")),
                "{form}: {near:?}"
            );
            assert_eq!(found(&detector, &far), near, "{form}");
        }
    }
}

#[test]
fn a_name_far_above_an_encoded_cell() {
    let detector = Detector::default();
    let secret = from_shape("[a-z0-9]{40}", &mut Rng::new(7)).unwrap();
    let (half, rest) = secret.split_at(20);
    let cell = format!("{half}&#{};{}", u32::from(rest.as_bytes()[0]), &rest[1..]);
    let tables = [
        (
            "| user | api_key | note |\n|---|---|---|\n",
            "| bob | none | x |\n",
        ),
        ("user,api_key,note\n", "ada,none,x\n"),
        (
            "<table><tr><th>user</th><th>api_key</th></tr>",
            "<tr><td>a</td><td>none</td></tr>",
        ),
    ];
    for (header, row) in tables {
        let last = row.replace("none", &cell);
        let table = |rows: usize| format!("{header}{}{last}", row.repeat(rows));
        let near = found(&detector, &table(1));
        let wanted = format!("generic-api-key {secret}");
        assert!(near.contains(&wanted), "{header}: {near:?}");
        assert_eq!(found(&detector, &table(2000)), near, "{header}");
    }
}

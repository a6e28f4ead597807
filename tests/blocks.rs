//! Values that are no plain word: private keys of every sort as one secret,
//! signed links, passwords full of signs, and what is encoded as a whole.

mod support;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use unspill::detect::Confidence;
use unspill::detect::sample::{Rng, from_shape};
use unspill::sanitize::{Inspection, Ledger, Sanitizer};

use support::project::{code, markdown, of_cells, token};

const NAME: &str = "a.ipynb";

fn inspect(notebook: &str) -> Inspection {
    Sanitizer::default()
        .inspect(Path::new(NAME), notebook.as_bytes(), &Ledger::default())
        .unwrap()
}

/// The notebook after a fix, parsed.
fn fixed(notebook: &str) -> Value {
    let inspection = inspect(notebook);
    let mut ledger = Ledger::default();
    ledger.add(&inspection.sightings, &inspection.reads);
    let sanitized = Sanitizer::default()
        .sanitize(Path::new(NAME), notebook.as_bytes(), &ledger)
        .unwrap();
    serde_json::from_slice(&sanitized.bytes.expect("something was found")).unwrap()
}

/// One value is found, surely enough, and a fix takes out every line of it.
fn goes(cell: Value, lines: &[&str], what: &str) {
    let notebook = of_cells(&[cell]);
    let found = inspect(&notebook).sightings;
    let sure = found
        .iter()
        .any(|sighting| sighting.confidence >= Confidence::Likely);
    assert!(sure, "{what}: not found");
    let after = fixed(&notebook).to_string();
    for line in lines {
        assert!(!after.contains(line), "{what}: a line is left");
    }
    let again = inspect(&after).sightings;
    assert!(again.is_empty(), "{what}: found again");
}

fn made_up(shape: &str, number: u64) -> String {
    from_shape(shape, &mut Rng::new(number)).unwrap()
}

/// The lines of a private key with that label.
fn pem(label: &str, count: usize) -> Vec<String> {
    let mut lines = vec![format!("-----BEGIN {label}-----")];
    lines.extend((0..count).map(|number| made_up("[A-Za-z0-9+/]{64}", number as u64)));
    lines.push(format!("-----END {label}-----"));
    lines
}

fn body(lines: &[String]) -> Vec<&str> {
    lines[1..lines.len() - 1]
        .iter()
        .map(String::as_str)
        .collect()
}

#[test]
fn private_keys_of_every_sort_are_one_secret() {
    for label in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "EC PRIVATE KEY",
        "DSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
        "ENCRYPTED PRIVATE KEY",
    ] {
        let key = pem(label, if label.starts_with("EC") { 3 } else { 20 });
        let text = key.join("\n");
        for cell in [
            code(&format!("key = \"\"\"{text}\"\"\""), ""),
            code(&format!("%%writefile id\n{text}\n"), ""),
            code("x", &format!("{text}\n")),
            code("x", &format!("  {}\n", key.join("\n  "))),
            code("x", &format!("{}\r\n", key.join("\r\n"))),
            markdown(&format!("```\n{text}\n```\n")),
        ] {
            goes(cell.clone(), &body(&key), &format!("{label} in {cell}"));
            assert_eq!(inspect(&of_cells(&[cell])).found.len(), 1, "{label}");
        }
    }
}

#[test]
fn a_private_key_on_one_line_or_in_pieces() {
    let key = pem("PRIVATE KEY", 20);
    let escaped = key.join("\\n");
    let items: Vec<String> = key.iter().map(|line| format!("    '{line}',\n")).collect();
    let parts: Vec<String> = key
        .iter()
        .map(|line| format!("    '{line}\\n'\n"))
        .collect();
    for source in [
        format!("key = \"{escaped}\\n\""),
        format!("info = json.loads(r'''{{\"private_key\": \"{escaped}\\n\"}}''')"),
        format!("key = '{}'", key.join(" ")),
        format!("key = '\\n'.join([\n{}])", items.concat()),
        format!("key = (\n{})", parts.concat()),
    ] {
        goes(code(&source, ""), &body(&key), &source[..20]);
    }
}

#[test]
fn a_service_account_wherever_it_is_written() {
    let key = pem("PRIVATE KEY", 26);
    let account = json!({"type": "service_account", "project_id": "lab",
        "private_key_id": made_up("[0-9a-f]{40}", 5), "private_key": key.join("\n") + "\n",
        "client_email": "me@lab.iam.gserviceaccount.com"});
    let pretty = serde_json::to_string_pretty(&account).unwrap();
    let encoded = STANDARD.encode(&pretty);
    for (what, cell) in [
        ("a dictionary", code(&format!("info = {pretty}"), "")),
        (
            "a file",
            code(&format!("%%writefile sa.json\n{pretty}"), ""),
        ),
        ("printed", code("x", &pretty)),
        (
            "in base64",
            code(&format!("info = b64decode('{encoded}')"), ""),
        ),
    ] {
        goes(cell, &body(&key), what);
    }
}

#[test]
fn links_with_a_shared_access_signature() {
    let signature = made_up("(?:[A-Za-z0-9]){43}%3D", 3);
    let plain = made_up("[A-Za-z0-9+/]{43}=", 4);
    let head = "sv=2021-06-08&sr=c&sp=rl&se=2999-01-01T00:00:00Z";
    let url = "https://ada.blob.core.windows.net/c/f.csv";
    for (text, secret) in [
        (format!("u = '{url}?{head}&sig={signature}'"), &signature),
        (format!("sas_token = '{head}&sig={signature}'"), &signature),
        (format!("sas = '?{head}&sig={plain}'"), &plain),
        (
            format!(
                "h = 'SharedAccessSignature sr=ada.azure-devices.net&sig={signature}&se=4000000000&skn=x'"
            ),
            &signature,
        ),
    ] {
        goes(code(&text, ""), &[secret], &text[..12]);
    }
    goes(
        code(
            "x",
            &format!("downloading {url}?{head}&sig={signature} ...\n"),
        ),
        &[&signature],
        "printed",
    );
}

#[test]
fn passwords_full_of_signs_are_no_look_ups() {
    for password in [
        "P@$$w0rd!\"quote'x9",
        "a$b{c}d\\e\"f9Zq",
        "${x}Kq9\"z'L!",
        "xY7$(kq)9Lm!",
        "p{{w}}9Zk$x1",
        "zK%(9)s7Qm!x",
        "Ab[9]x(7)Zq!",
        "7f$HOME!kQz9",
        "self.9Kx!zQ7m",
        "env.Kq9!x7Zm",
        "K\\q9\\x7\\Zm!",
        "q9=Zm;K7!x,L",
        "Kq 9x!7Zm Lp",
    ] {
        let written = json!(password).to_string();
        let escaped = &written[1..written.len() - 1];
        for source in [
            format!("password = {written}"),
            format!("connect(user='ada', password={written})"),
        ] {
            goes(
                code(&source, ""),
                &[&json!(escaped).to_string()[1..]],
                password,
            );
        }
    }
}

#[test]
fn look_ups_are_no_passwords() {
    for value in [
        "${DB_PASSWORD}",
        "${DB_PASSWORD:-}",
        "{{ vault_password }}",
        "$(cat secret.txt)",
        "%(password)s",
        "self.config.password",
        "os.environ['DB_PASSWORD']",
        "{os.environ[",
        "creds$password",
        "enc.encrypt",
        "settings.DATABASE_PASSWORD",
        "prefix-${NAME}-suffix",
        "<your password>",
        "asdf1234",
    ] {
        let notebook = of_cells(&[code(&format!("password = {}", json!(value)), "")]);
        assert!(inspect(&notebook).sightings.is_empty(), "{value}");
    }
}

#[test]
fn web_tokens_are_found_in_base64_and_encrypted() {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!(
        "{}.{}.{}",
        part(json!({"alg": "RS256", "kid": made_up("[A-Za-z0-9]{20}", 1)})),
        part(json!({"sub": made_up("[a-z0-9]{12}", 2), "exp": 4_000_000_000_u32})),
        made_up("[A-Za-z0-9_-]{86}", 3)
    );
    let encrypted = format!(
        "{}..{}.{}.{}",
        part(json!({"alg": "dir", "enc": "A256GCM"})),
        made_up("[A-Za-z0-9_-]{16}", 4),
        made_up("[A-Za-z0-9_-]{200}", 5),
        made_up("[A-Za-z0-9_-]{22}", 6)
    );
    let wrapped = STANDARD.encode(&signed);
    for (what, value) in [
        ("signed", &signed),
        ("encrypted", &encrypted),
        ("in base64", &wrapped),
    ] {
        goes(
            code(&format!("t = b64decode('{value}')"), ""),
            &[value],
            what,
        );
    }
}

/// What says that it ended opens nothing any more.
#[test]
fn expired_links_and_web_tokens_do_not_count() {
    let sources = |seconds: i64, day: &str| {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!(
            "{}.{}.{}",
            part(json!({"alg": "RS256"})),
            part(json!({"sub": made_up("[a-z0-9]{12}", 2), "exp": seconds})),
            made_up("[A-Za-z0-9_-]{86}", 3)
        );
        let query = format!(
            "sv=2021-06-08&sr=c&sp=rl&se={day}T00%3A00%3A00Z&sig={}%3D",
            made_up("[A-Za-z0-9]{43}", 4)
        );
        [
            format!("token = '{token}'"),
            format!("url = 'https://ada.blob.core.windows.net/c/f.csv?{query}'"),
            format!("sas_token = '{query}'"),
        ]
    };
    let counts = |source: &String| !inspect(&of_cells(&[code(source, "")])).sightings.is_empty();
    for source in sources(4_000_000_000, "2999-01-01") {
        assert!(counts(&source), "{source}");
    }
    for source in sources(1_700_000_000, "2023-11-14") {
        assert!(!counts(&source), "{source}");
    }
}

/// A value found in clear is known, and taken out of whatever encodes it.
#[test]
fn known_values_in_wrapped_base64_and_in_utf_16() {
    let secret = token(7);
    let note = format!("{{\"note\": \"{}\", \"t\": \"{secret}\"}}", "x".repeat(80));
    let encoded = STANDARD.encode(note);
    let lines: Vec<&str> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let utf_16 = |text: &str| {
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        STANDARD.encode(bytes)
    };
    let command = utf_16(&format!("$t = \"{secret}\""));
    let mime = lines.join("\n");
    for (what, cell) in [
        ("wrapped", code("x", &format!("{mime}\n"))),
        (
            "a command",
            code(&format!("!pwsh -EncodedCommand {command}"), ""),
        ),
        ("alone", code(&format!("t = '{}'", utf_16(&secret)), "")),
    ] {
        let plain = code(&format!("login('{secret}')"), "");
        let after = fixed(&of_cells(&[plain, cell]));
        let left = after["cells"][1].to_string();
        let decoded: Vec<u8> = left
            .split(|c: char| !(c.is_ascii_alphanumeric() || "+/=\\".contains(c)))
            .filter_map(|run| STANDARD.decode(run.replace("\\n", "")).ok())
            .flatten()
            .filter(|byte| *byte != 0)
            .collect();
        let decoded = String::from_utf8_lossy(&decoded).into_owned();
        assert!(!decoded.contains(&secret[3..]), "{what}: left");
        assert!(decoded.contains("REDACTED"), "{what}: {decoded}");
    }
}

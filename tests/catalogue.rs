//! The catalogue's own cases, and what must hold between every kind and its
//! values: they are found wherever they stand, and a mask never is.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;

use toml::Value;
use unspill::detect::kind::Told;
use unspill::detect::sample::{Rng, from_shape, sample};
use unspill::detect::shapes::{Hit, Shapes};
use unspill::detect::{Confidence, Kind, catalogue};
use unspill::rewrite::mask;

/// The cases of one entry, as the catalogue's file lists them.
struct Cases {
    id: String,
    must: Vec<String>,
    must_not: Vec<String>,
}

fn cases() -> Vec<Cases> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/detect/catalogue");
    let mut cases = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|ext| ext != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        for entry in table["kind"].as_array().unwrap() {
            let list = |name: &str| -> Vec<String> {
                let items = entry.get(name).and_then(Value::as_array);
                let texts = items.into_iter().flatten().filter_map(Value::as_str);
                texts.map(str::to_owned).collect()
            };
            cases.push(Cases {
                id: entry["id"].as_str().unwrap().to_owned(),
                must: list("must"),
                must_not: list("must_not"),
            });
        }
    }
    cases
}

/// A template with its slots filled, and where the last slot stands in it.
fn fill(template: &str, kind: &Kind, rng: &mut Rng) -> (String, Option<Range<usize>>) {
    let mut out = String::new();
    let mut slot = None;
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        match slot_value(rest, kind, rng) {
            Some((value, len)) => {
                slot = Some(out.len()..out.len() + value.len());
                out.push_str(&value);
                rest = &rest[len..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    (out, slot)
}

/// What stands for the slot that `text` begins with, and the slot's length.
fn slot_value(text: &str, kind: &Kind, rng: &mut Rng) -> Option<(String, usize)> {
    if let Some(rest) = text.strip_prefix("{value") {
        let close = rest.find('}')?;
        let value = sample(kind, rng)?;
        return Some((
            changed(value, &rest[..close], rng)?,
            "{value}".len() + close,
        ));
    }
    if let Some((character, rest)) = text[1..].chars().next().zip(text.get(2..))
        && let Some(count) = rest.strip_prefix('*')
        && let Some(close) = count.find('}')
        && let Ok(times) = count[..close].parse::<usize>()
    {
        return Some((character.to_string().repeat(times), close + 4));
    }
    if text.starts_with("{[") {
        let close = text.find("}}")?;
        return Some((from_shape(&text[1..=close], rng)?, close + 2));
    }
    None
}

/// `-3`, `+5`, `~` applied to a value.
fn changed(value: String, how: &str, rng: &mut Rng) -> Option<String> {
    match how.split_at_checked(1) {
        None => Some(value),
        Some(("-", count)) => {
            let count: usize = count.parse().ok()?;
            Some(value[..value.len() - count].to_owned())
        }
        Some(("+", count)) => Some(value + &from_shape(&format!("[a-f0-9]{{{count}}}"), rng)?),
        Some(("~", "")) => {
            let last = if value.ends_with('0') { "1" } else { "0" };
            Some(format!("{}{last}", &value[..value.len() - 1]))
        }
        Some(_) => None,
    }
}

fn of_kind<'h>(hits: &'h [Hit], kind: &Kind) -> Vec<&'h Hit> {
    hits.iter().filter(|hit| hit.kind.id == kind.id).collect()
}

/// Whether the secret is only a part of what the shape matches.
fn is_part(kind: &Kind) -> bool {
    kind.shape
        .as_deref()
        .is_some_and(|shape| shape.contains("(?P<secret>"))
}

fn told_by_themselves() -> impl Iterator<Item = &'static Kind> {
    catalogue::kinds()
        .iter()
        .filter(|kind| kind.told == Told::Itself)
}

fn words_near(kind: &Kind) -> String {
    kind.context
        .first()
        .map_or_else(String::new, |word| format!("{word} "))
}

#[test]
fn every_case_that_must_match_does() {
    let mut rng = Rng::new(1);
    let mut failed = Vec::new();
    for Cases { id, must, .. } in cases() {
        let kind = catalogue::kind(&id).unwrap();
        for template in &must {
            let (text, slot) = fill(template, kind, &mut rng);
            let found = match kind.told {
                Told::Name => Shapes::builtin().fits(kind, &text),
                Told::Itself => of_kind(&Shapes::builtin().find(&text), kind)
                    .iter()
                    .any(|hit| {
                        slot.as_ref().is_some_and(|slot| {
                            hit.span.start >= slot.start && hit.span.end <= slot.end
                        })
                    }),
            };
            if !found {
                failed.push(format!("{id}: {template}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn no_case_that_must_not_match_does() {
    let mut rng = Rng::new(2);
    let mut failed = Vec::new();
    for Cases { id, must_not, .. } in cases() {
        let kind = catalogue::kind(&id).unwrap();
        for template in &must_not {
            let (text, _) = fill(template, kind, &mut rng);
            let found = match kind.told {
                Told::Name => Shapes::builtin().fits(kind, &text),
                Told::Itself => of_kind(&Shapes::builtin().find(&text), kind)
                    .iter()
                    .any(|hit| hit.confidence >= Confidence::Likely),
            };
            if found {
                failed.push(format!("{id}: {template}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Whether the password of an address is a short word of letters alone, as services
/// without a domain have for the time of development: nothing to be told.
fn ends_in_a_default(address: &str) -> bool {
    let user = address.rsplit_once('@').map_or("", |(user, _)| user);
    let password = user.rsplit(['/', ':']).next().unwrap_or_default();
    (4..=10).contains(&password.len()) && password.bytes().all(|b| b.is_ascii_alphabetic())
}

#[test]
fn every_value_is_found_wherever_it_stands() {
    let places = [
        ("", ""),
        ("x = \"", "\""),
        ("TOKEN=", "\n"),
        ("a line\\n", "\\nnext"),
        ("{\\\"key\\\": \\\"", "\\\", 1}"),
        ("see https://api.host.io/v1?a=b&key=", "&c=d"),
        ("\u{1b}[31m", "\u{1b}[0m"),
        ("ü ", " ü"),
    ];
    let times = if cfg!(debug_assertions) { 40 } else { 200 };
    let mut rng = Rng::new(3);
    let mut failed: HashSet<String> = HashSet::new();
    for kind in told_by_themselves() {
        for (before, after) in places {
            // The end of a password in a text of its own is where that ends.
            if is_part(kind) && after.starts_with('&') {
                continue;
            }
            for _ in 0..times {
                let value = sample(kind, &mut rng).unwrap();
                if is_part(kind) && ends_in_a_default(&value) {
                    continue;
                }
                let head = format!("{}{before}", words_near(kind));
                let text = format!("{head}{value}{after}");
                let hits = Shapes::builtin().find(&text);
                let all = head.len()..head.len() + value.len();
                let found = of_kind(&hits, kind).iter().any(|hit| match is_part(kind) {
                    true => hit.span.start >= all.start && hit.span.end <= all.end,
                    false => hit.span == all,
                });
                if !found {
                    let others: Vec<&str> = hits.iter().map(|hit| hit.kind.id.as_ref()).collect();
                    failed.insert(format!(
                        "{} after {before:?}: {value:?} {others:?}",
                        kind.id
                    ));
                }
            }
        }
    }
    let mut failed: Vec<String> = failed.into_iter().collect();
    failed.sort();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_value_raises_the_alarm_of_the_first_look() {
    let mut rng = Rng::new(4);
    for kind in told_by_themselves() {
        for _ in 0..100 {
            let value = sample(kind, &mut rng).unwrap();
            let raw = serde_json::to_string(&format!("x = '{value}'\n")).unwrap();
            assert!(Shapes::builtin().hits(raw.as_bytes()), "{}", kind.id);
        }
    }
}

#[test]
fn every_value_holds_one_of_its_anchors() {
    let mut rng = Rng::new(5);
    for kind in told_by_themselves() {
        for _ in 0..50 {
            let value = sample(kind, &mut rng).unwrap();
            let held = kind
                .anchors
                .iter()
                .any(|anchor| value.contains(anchor.as_ref()));
            assert!(held, "{}", kind.id);
        }
    }
}

#[test]
fn every_kind_has_its_own_id() {
    let ids: HashSet<&str> = catalogue::kinds()
        .iter()
        .map(|kind| kind.id.as_ref())
        .collect();
    assert_eq!(ids.len(), catalogue::kinds().len());
    assert!(ids.len() > 150, "{}", ids.len());
    for id in ids {
        assert_eq!(catalogue::kind(id).unwrap().id, id);
    }
}

#[test]
fn every_shape_compiles() {
    for kind in catalogue::kinds() {
        if let Some(shape) = kind.shape.as_deref() {
            let mut rng = Rng::new(6);
            let value = sample(kind, &mut rng).unwrap();
            assert!(Shapes::builtin().fits(kind, &value), "{}: {shape}", kind.id);
        }
    }
}

#[test]
fn no_mask_is_taken_for_a_secret() {
    for kind in catalogue::kinds() {
        for variable in kind.variables.iter() {
            let masked = mask(variable);
            for text in [
                masked.clone(),
                format!("https://user:{masked}@host.io/x"),
                format!("Authorization: Bearer {masked}"),
                format!("{} {masked}", words_near(kind)),
            ] {
                let hits = Shapes::builtin().find(&text);
                assert!(hits.is_empty(), "{masked}: {}", hits[0].kind.id);
            }
            for other in catalogue::kinds() {
                assert!(
                    !Shapes::builtin().fits(other, &masked),
                    "{masked}: {}",
                    other.id
                );
            }
        }
    }
}

#[test]
fn a_reason_never_holds_the_value() {
    let mut rng = Rng::new(7);
    for kind in told_by_themselves() {
        let value = sample(kind, &mut rng).unwrap();
        let text = format!("{}{value}", words_near(kind));
        for hit in Shapes::builtin().find(&text) {
            assert!(!hit.reason.contains(&text[hit.span.clone()]), "{}", kind.id);
        }
    }
}

/// A million values over all kinds, and none is taken for a placeholder.
#[test]
fn no_random_value_is_refused() {
    let kinds: Vec<&Kind> = told_by_themselves().filter(|kind| !is_part(kind)).collect();
    let wanted = if cfg!(debug_assertions) {
        20_000
    } else {
        1_000_000
    };
    let mut rng = Rng::new(8);
    let mut refused = Vec::new();
    for round in 0..wanted / kinds.len() {
        for kind in &kinds {
            let value = sample(kind, &mut rng).unwrap();
            let text = format!("{}{value}", words_near(kind));
            if of_kind(&Shapes::builtin().find(&text), kind).is_empty() {
                refused.push(format!("{} in round {round}", kind.id));
            }
        }
    }
    // One in a hundred thousand looks made up by chance, and of no kind two.
    assert!(refused.len() <= wanted / 100_000, "{refused:?}");
    let kinds: HashSet<&str> = refused
        .iter()
        .filter_map(|one| one.split(' ').next())
        .collect();
    assert_eq!(kinds.len(), refused.len(), "{refused:?}");
}

/// Time grows with the length: twice the text takes about twice as long.
#[test]
fn no_text_takes_more_than_linear_time() {
    let size = 1 << 20;
    let fills = [
        "a",
        "eyJ",
        "eyJ-",
        "eyJaaaaaaaaaaaa.",
        "hf_",
        ".hf_oauth_",
        "-ya29.",
        "://",
        "://a:b",
        "\"",
        "[",
        "-----BEGIN PRIVATE KEY-----\n",
        "Bearer ",
        "machine a login b password ",
        "sk-",
        "refresh_token",
        "UID=a;",
        "jdbc:mysql://",
        "'private_key': '-----BEGIN PRIVATE KEY-----",
        "\\neyJ",
        "AAAA:AA",
        "7Q~",
    ];
    for fill in fills {
        let text = fill.repeat(size / fill.len());
        let begun = std::time::Instant::now();
        let _ = Shapes::builtin().find(&text);
        let _ = Shapes::builtin().hits(text.as_bytes());
        let taken = begun.elapsed();
        let limit = if cfg!(debug_assertions) { 60 } else { 2 };
        assert!(taken.as_secs() < limit, "{fill:?}: {taken:?}");
    }
}

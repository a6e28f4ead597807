//! The two properties of every layer: what is peeled and put back is the same,
//! and an edit on the peeled text decodes to the edited text.

use proptest::prelude::*;
use unspill::edit::{self, Edit};
use unspill::layer::{self, Peeled, Stack};

/// Peels the same layer again from what it was put back to.
type Peel = fn(&str) -> Option<Peeled>;

/// Two borders within `text`, from two fractions, on character borders.
fn span(text: &str, a: f64, b: f64) -> std::ops::Range<usize> {
    let border = |fraction: f64| {
        let mut at = (fraction * text.len() as f64) as usize;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    border(a.min(b))..border(a.max(b))
}

fn holds(peel: Peel, wrapped: &str, a: f64, b: f64, with: &str) -> Result<(), TestCaseError> {
    let Some(peeled) = peel(wrapped) else {
        return Ok(());
    };
    // Nothing edited, nothing changed.
    prop_assert_eq!(
        edit::apply_str(wrapped, &peeled.wrap(&[])),
        wrapped,
        "no edits"
    );
    let edit = Edit::replace(span(&peeled.text, a, b), with);
    let expected = edit::apply_str(&peeled.text, std::slice::from_ref(&edit));
    let edited = edit::apply_str(wrapped, &peeled.wrap(&[edit]));
    let again = peel(&edited).map_or(edited, |peeled| peeled.text);
    prop_assert_eq!(again, expected, "edited");
    Ok(())
}

/// JSON text of random strings, as one string or a list in some layout.
fn json(items: &[String], list: bool, ascii: bool, gap: &str) -> String {
    let quoted = |item: &String| {
        let plain = serde_json::to_string(item).expect("strings are JSON");
        if !ascii {
            return plain;
        }
        let mut out = String::new();
        for character in plain.chars() {
            if character.is_ascii() {
                out.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
        out
    };
    if list {
        let items: Vec<_> = items.iter().map(quoted).collect();
        format!("[{gap}{}{gap}]", items.join(&format!(",{gap}")))
    } else {
        quoted(&items.concat())
    }
}

fn contents(source: &str) -> Vec<std::ops::Range<usize>> {
    let document = unspill::format::json::Document::read(source).expect("is JSON");
    document
        .root()
        .expect("has a root")
        .leaves()
        .map(|leaf| leaf.value.span())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn json_strings_and_lists_of_lines(
        items in prop::collection::vec("[a-c\"\\\\/\n\té\u{2028}😀]{0,6}", 1..6),
        list: bool,
        ascii: bool,
        gap in "(\n {1,3})?",
        a in 0.0..1.0f64,
        b in 0.0..1.0f64,
        with in "[x\"\\\\\né]{0,5}",
    ) {
        let source = json(&items, list, ascii, &gap);
        let spans = contents(&source);
        let peeled = layer::json_text::peel(&source, &spans, list);
        prop_assert_eq!(&peeled.text, &items.concat());
        prop_assert!(peeled.wrap(&[]).is_empty());

        let edit = Edit::replace(span(&peeled.text, a, b), with);
        let expected = edit::apply_str(&peeled.text, std::slice::from_ref(&edit));
        let edited = edit::apply_str(&source, &peeled.wrap(&[edit]));
        // A second, independent reader sees the edited text.
        let value: serde_json::Value = serde_json::from_str(&edited)
            .map_err(|error| TestCaseError::fail(format!("{error}: {edited}")))?;
        let text = match &value {
            serde_json::Value::Array(items) => items
                .iter()
                .filter_map(|item| item.as_str())
                .collect::<String>(),
            value => value.as_str().unwrap_or_default().to_owned(),
        };
        prop_assert_eq!(text, expected);
    }

    #[test]
    fn colours_and_zero_width(text in "(a|é|\u{1b}\\[[0-9;]{0,3}m|\u{200b}|\n){0,12}", a in 0.0..1.0f64, b in 0.0..1.0f64) {
        holds(layer::ansi::peel, &text, a, b, "XY")?;
    }

    #[test]
    fn percent(text in "(a|é|%[2-7][0-9A-F]|%C3%A9|%zz|%){0,12}", a in 0.0..1.0f64, b in 0.0..1.0f64) {
        holds(layer::percent::peel, &text, a, b, "X_Y")?;
    }

    #[test]
    fn html(text in "(a|é|&amp;|&#39;|&#x2F;|&lt;|&|;){0,12}", a in 0.0..1.0f64, b in 0.0..1.0f64) {
        holds(layer::html::peel, &text, a, b, "X_Y")?;
    }

    #[test]
    fn escapes(text in r#"(a|é|\\n|\\"|\\\\|\\x68|\\u0068|\\150|\\q){0,12}"#, a in 0.0..1.0f64, b in 0.0..1.0f64) {
        holds(layer::escapes::peel, &text, a, b, "X_Y")?;
    }

    #[test]
    fn hex(text in "[ -~]{1,20}", a in 0.0..1.0f64, b in 0.0..1.0f64) {
        let wrapped: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        prop_assert_eq!(layer::hex::peel(&wrapped).expect("is hex").text, text);
        holds(layer::hex::peel, &wrapped, a, b, "X_Y")?;
    }

    #[test]
    fn base64(text in "[ -~é\n]{1,40}", url_safe: bool, padded: bool, width in prop::option::of(4usize..20), a in 0.0..1.0f64, b in 0.0..1.0f64) {
        use ::base64::Engine;
        use ::base64::prelude::*;
        let engine = match (url_safe, padded) {
            (true, true) => BASE64_URL_SAFE,
            (true, false) => BASE64_URL_SAFE_NO_PAD,
            (false, true) => BASE64_STANDARD,
            (false, false) => BASE64_STANDARD_NO_PAD,
        };
        let mut wrapped = engine.encode(&text);
        if let Some(width) = width {
            let lines: Vec<_> = wrapped.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
            wrapped = lines.join("\n") + "\n";
        }
        let peeled = layer::base64::peel(&wrapped).expect("is base64");
        prop_assert_eq!(&peeled.text, &text);
        holds(layer::base64::peel, &wrapped, a, b, "X_Y")?;
    }

    #[test]
    fn layers_on_layers(text in "[a-c%\"\né]{1,12}", a in 0.0..1.0f64, b in 0.0..1.0f64) {
        let wrapped: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let source = serde_json::to_string(&wrapped).expect("is JSON");
        let bottom = layer::json_text::peel(&source, &contents(&source), false);
        let inner = layer::percent::peel(&bottom.text).expect("is encoded");
        let stack = Stack::new(bottom).with(inner);
        prop_assert_eq!(stack.text(), &text);
        let edit = Edit::replace(span(&text, a, b), "X");
        let expected = edit::apply_str(&text, std::slice::from_ref(&edit));
        let edited = edit::apply_str(&source, &stack.wrap(vec![edit]));
        let once: String = serde_json::from_str(&edited).expect("is JSON");
        let twice = layer::percent::peel(&once).map_or(once, |peeled| peeled.text);
        prop_assert_eq!(twice, expected);
    }
}

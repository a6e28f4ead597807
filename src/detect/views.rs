//! Views: what a text says once an encoding within it is peeled off.
//!
//! A secret may stand in a text percent-encoded, as a `repr`, with character
//! references, in base64 or hexadecimal, or broken over lines by a printer. A
//! view is the same text with one such layer more, so that a rule matches
//! plain text only and an edit finds its way back.

use std::collections::hash_map::Entry;
use std::hash::BuildHasher as _;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::layer::{Peeled, Stack, ansi, base64, escapes, hex, html, joins, percent, slice};
use crate::parts::Parts;

/// Layers upon layers are peeled this deep: base64 of JSON with escapes.
const DEEPEST: usize = 3;

/// Runs of base64 or hexadecimal shorter than this hold no credential.
const SHORTEST_RUN: usize = 16;

/// So far from what an encoding hid the name or the beginning of a value may
/// stand: no credential is longer, a key of 16,384 bits has 12,700 bytes.
const REACH: usize = 16 << 10;

/// One view of a text.
#[derive(Debug)]
pub struct View {
    /// The text with the encodings peeled off.
    pub stack: Arc<Stack>,
    /// What of it is near something that each of the encodings hid. The rest
    /// is what the text says, or a view of it with fewer encodings peeled off.
    pub parts: Parts,
    /// Views that say the same have one number; it is one more than any before
    /// where something new is said.
    pub number: usize,
}

/// All views of `text`, views of views included.
///
/// Two encodings can be peeled off in either order, three in six: most views of
/// views say the same by another way, and what they say is peeled once. A view
/// without [`View::parts`] would say nothing new, nor would those upon it.
pub fn views(text: &str) -> Vec<View> {
    let whole = Parts::whole(text.len());
    let first = direct(text, &whole);
    if first.is_empty() {
        return Vec::new();
    }
    let bottom = Stack::identity(text);
    let mut texts = Texts::default();
    let mut found: Vec<View> = Vec::new();
    let mut level = 0..0;
    for view in &first {
        let parts = view.parts(&whole);
        found.push(texts.view(view.stack.upon(&bottom), parts));
    }
    for _ in 1..DEEPEST {
        level = level.end..found.len();
        for at in level.clone() {
            let outer = &found[at];
            let beneath = texts.beneath(outer).iter();
            let next: Vec<(Stack, Parts)> = beneath
                .map(|view| (view, view.parts(&outer.parts)))
                .filter(|(_, parts)| !parts.is_empty())
                .map(|(view, parts)| (view.stack.upon(&outer.stack), parts))
                .collect();
            for (stack, parts) in next {
                found.push(texts.view(stack, parts));
            }
        }
    }
    found
}

/// The texts of views.
#[derive(Default)]
struct Texts {
    /// Their numbers by their hashes.
    known: FxHashMap<u64, Vec<usize>>,
    /// The first view that says each.
    views: Vec<Arc<Stack>>,
    /// The views of each, once they were asked for, in these parts of it.
    beneath: FxHashMap<usize, (Parts, Vec<Direct>)>,
}

impl Texts {
    /// The view with the number of its text.
    fn view(&mut self, stack: Stack, parts: Parts) -> View {
        let text = stack.text();
        let alike = self.known.entry(FxBuildHasher.hash_one(text)).or_default();
        let known = alike.iter().find(|&&at| self.views[at].text() == text);
        if let Some(&number) = known {
            let stack = Arc::new(stack);
            return View {
                stack,
                parts,
                number,
            };
        }
        let number = self.views.len();
        let stack = Arc::new(stack);
        alike.push(number);
        self.views.push(Arc::clone(&stack));
        View {
            stack,
            parts,
            number,
        }
    }

    /// The direct views of what a view says, from its text on.
    fn beneath(&mut self, view: &View) -> &[Direct] {
        let look = || (view.parts.clone(), direct(view.stack.text(), &view.parts));
        let beneath = match self.beneath.entry(view.number) {
            Entry::Vacant(place) => place.insert(look()),
            Entry::Occupied(place) if place.get().0 == view.parts => place.into_mut(),
            // The same text by another way.
            Entry::Occupied(mut place) => {
                place.insert(look());
                place.into_mut()
            }
        };
        &beneath.1
    }
}

/// One encoding peeled off a text.
struct Direct {
    /// The layers from that text on.
    stack: Stack,
    /// What of the text was peeled, if not all of it is left.
    run: Option<Range<usize>>,
    /// What lies near something that was hidden.
    near: Parts,
}

impl Direct {
    fn new(peeled: Peeled) -> Self {
        let near = Parts::near(peeled.map.changes(), REACH, peeled.text.len());
        Self {
            near,
            stack: Stack::new(peeled),
            run: None,
        }
    }

    fn of_run(text: &str, run: Range<usize>, inner: Peeled) -> Self {
        Self {
            near: Parts::whole(inner.text.len()),
            stack: Stack::new(slice::peel(text, run.clone())).with(inner),
            run: Some(run),
        }
    }

    /// What is to be read of it, if these are the parts of the text.
    fn parts(&self, outer: &Parts) -> Parts {
        match &self.run {
            Some(run) if outer.touch(run) => self.near.clone(),
            Some(_) => Parts::near([], 0, 0),
            None => self.near.and(&outer.moved(|at| self.stack.inner(at))),
        }
    }
}

/// The direct views of a text that have something peeled off in these parts of
/// it, from it on.
fn direct(text: &str, parts: &Parts) -> Vec<Direct> {
    let whole: [fn(&str) -> Option<Peeled>; 5] = [
        percent_of_ascii,
        html::peel,
        escapes::peel,
        joins::peel,
        ansi::peel,
    ];
    let changed = |peel: &fn(&str) -> Option<Peeled>, text: &str| {
        peel(text).filter(|peeled| peeled.text != text)
    };
    // To peel a few parts is cheap, and mostly the end of it.
    let is_small = parts.length() < text.len() / 2;
    let changes = |peel: &fn(&str) -> Option<Peeled>| {
        let mut spans = parts.iter();
        spans.any(|part| changed(peel, within(text, &part)).is_some())
    };
    let mut views: Vec<Direct> = whole
        .iter()
        .filter(|peel| !is_small || changes(peel))
        .filter_map(|peel| changed(peel, text))
        .map(Direct::new)
        .collect();
    for run in runs(text).filter(|run| parts.touch(run)) {
        if let Some(inner) = readable(&text[run.clone()]) {
            views.push(Direct::of_run(text, run, inner));
        }
    }
    views
}

/// A part of a text, with the characters that its borders cut.
fn within<'t>(text: &'t str, part: &Range<usize>) -> &'t str {
    let part = text.floor_char_boundary(part.start)..text.ceil_char_boundary(part.end);
    text.get(part).unwrap_or_default()
}

/// Percent-encoding counts only where it hides what could be in a credential.
fn percent_of_ascii(text: &str) -> Option<Peeled> {
    let hides = memchr::memchr_iter(b'%', text.as_bytes()).any(|at| {
        matches!(text.as_bytes().get(at + 1..at + 3), Some([b'2'..=b'7', low]) if low.is_ascii_hexdigit())
    });
    if hides { percent::peel(text) } else { None }
}

/// The text in a run of hexadecimal or base64, if there is text in it.
fn readable(run: &str) -> Option<Peeled> {
    if run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return hex::peel(run);
    }
    // Most runs are pictures or keys: their beginning tells.
    let head = base64::peel(run.get(..SHORTEST_RUN)?)?;
    if !is_readable(&head.text) {
        return None;
    }
    base64::peel(run).filter(|peeled| is_readable(&peeled.text))
}

fn is_readable(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}'))
}

/// Runs of the characters of base64, long enough to hold a credential.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        // Words are short, so it is cheapest to look from the end of what
        // would be a run: few bytes of a text are looked at at all.
        while let Some(run) = bytes.get(start..start + SHORTEST_RUN) {
            if let Some(gap) = run.iter().rposition(|&byte| !is_base64(byte)) {
                start += gap + 1;
                continue;
            }
            let more = bytes[start + SHORTEST_RUN..].iter();
            let length = SHORTEST_RUN + more.take_while(|byte| is_base64(**byte)).count();
            let end = over_lines(bytes, start, start + length);
            let padding = bytes[end..].iter().take(2);
            let padding = padding.take_while(|byte| **byte == b'=').count();
            let run = start..end + padding;
            start = run.end;
            return Some(run);
        }
        None
    })
}

/// Where a run ends that a printer has wrapped (RFC 2045): lines of one length,
/// the last one as long or shorter.
fn over_lines(bytes: &[u8], start: usize, end: usize) -> usize {
    let width = end - start;
    let begins_line = start == 0 || bytes[start - 1] == b'\n';
    if !begins_line || !(60..=80).contains(&width) || !width.is_multiple_of(4) {
        return end;
    }
    let mut end = end;
    loop {
        let rest = &bytes[end..];
        let Some(line) = rest.strip_prefix(b"\n").or(rest.strip_prefix(b"\r\n")) else {
            return end;
        };
        let length = line.iter().take_while(|byte| is_base64(**byte)).count();
        let after = line.get(length);
        let whole = matches!(after, None | Some(b'\n' | b'\r' | b'=' | b'\'' | b'"'));
        if length == 0 || length > width || !whole {
            return end;
        }
        end += rest.len() - line.len() + length;
        if length < width {
            return end;
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;

    use super::*;

    fn seen(text: &str) -> Vec<String> {
        views(text)
            .iter()
            .map(|view| view.stack.text().to_owned())
            .collect()
    }

    #[test]
    fn plain_text_has_no_views() {
        assert!(seen("x = 'plain', 50% off, a & b").is_empty());
    }

    #[test]
    fn every_encoding_is_a_view() {
        assert_eq!(seen("a%2Fb"), ["a/b"]);
        assert_eq!(seen("a&#x2F;b"), ["a/b"]);
        assert_eq!(seen(r"\x61b"), ["ab"]);
        assert_eq!(seen("'a'\n  'b'"), ["'ab'"]);
        assert_eq!(
            seen("data: eyJhcGlfa2V5IjogInNlY3JldCBvZiBtaW5lIn0= end"),
            [r#"{"api_key": "secret of mine"}"#]
        );
        let long = r#"{"note": "a text that does not fit on one line", "api_key": "of mine"}"#;
        let mut wrapped = ::base64::engine::general_purpose::STANDARD.encode(long);
        wrapped.insert(76, '\n');
        assert_eq!(seen(&wrapped), [long]);
        let digits: String = "secret of mine"
            .bytes()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(seen(&digits), ["secret of mine"]);
    }

    #[test]
    fn views_of_views() {
        assert!(seen("a%2526b").contains(&"a&b".to_owned()));
    }

    #[test]
    fn what_says_the_same_has_one_number() {
        let text = format!("%61 &#98; {}x63 {}[0m", '\\', '\u{1b}');
        let text = text.as_str();
        let views = views(text);
        // Each subset of three, of four in any order.
        assert_eq!(views.len(), 4 + 4 * 3 + 4 * 3 * 2);
        let mut texts: Vec<&str> = Vec::new();
        for view in &views {
            if view.number == texts.len() {
                assert!(!texts.contains(&view.stack.text()));
                texts.push(view.stack.text());
            }
            assert_eq!(view.stack.text(), texts[view.number]);
            assert_eq!(
                view.stack.hull(0..1),
                if texts[view.number].starts_with('a') {
                    0..3
                } else {
                    0..1
                }
            );
        }
        assert_eq!(texts.len(), 4 + 6 + 4);
    }
}

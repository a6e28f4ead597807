//! Where a compiler wants a constant: labels, annotations, declarations of
//! constants. Nothing can be looked up there.

use std::ops::Range;

use super::context::{Around, Bracket, Code};

/// How far into a statement its first words are looked for.
const FAR: usize = 4096;

pub(super) const LABEL: &str = "a label must be a constant";
pub(super) const ANNOTATION: &str = "an annotation must be a constant";
pub(super) const CONSTANT: &str = "a constant must be known before the program runs";
pub(super) const PRINTED: &str = "a look-up here would print the value";

/// Whether the literal is what a `case` is about: `case "x":`.
pub(super) fn is_label(code: &Code, span: &Range<usize>, around: &Around) -> bool {
    let statement = code.text(&around.statement).trim_start();
    let in_case = statement.starts_with("case ") || statement.starts_with("when ");
    let begins = matches!(code.word_before(span.start), "case" | "when");
    let after = code.after(span.end);
    let ends = [b"=>".as_slice(), b"->", b":", b"|"]
        .iter()
        .any(|sign| after.starts_with(sign));
    begins || (ends && in_case)
}

/// Whether it is an argument of `@Name(…)`.
pub(super) fn is_in_annotation(around: &Around) -> bool {
    let is_one =
        |bracket: &Bracket| matches!(bracket, Bracket::Call(name) if name.starts_with('@'));
    around.brackets.iter().any(is_one)
}

/// Whether it is an argument within `[Name(…)]` or `#[name(…)]`.
pub(super) fn is_in_attribute(code: &Code, around: &Around) -> bool {
    let statement = code.text(&around.statement).trim_start();
    let first = statement.trim_start_matches(|c: char| c.is_control());
    (first.starts_with('[') || first.starts_with("#["))
        && matches!(around.brackets.last(), Some(Bracket::Collection))
        || first.starts_with("#[")
}

/// Whether one of the words that begin its statement is in the list.
pub(super) fn is_declared(
    code: &Code,
    span: &Range<usize>,
    around: &Around,
    words: &[&str],
) -> bool {
    // A statement may hold a whole table: its beginning says what it is.
    let before = around.statement.start..span.start.min(around.statement.start + FAR);
    let head = code.text(&before);
    let head = head.split(['=', '(', '{']).next().unwrap_or_default();
    head.split_whitespace().any(|word| words.contains(&word))
}

/// Whether it is the default of a parameter: `f(x = "…")`.
pub(super) fn is_default(code: &Code, span: &Range<usize>, around: &Around) -> bool {
    matches!(code.before(span.start), Some((_, b'=')))
        && matches!(around.brackets.first(), Some(Bracket::Call(_)))
}

/// Whether its statement begins with one of these words, as commands without
/// brackets do: `puts "…"`.
pub(super) fn is_command(code: &Code, around: &Around, words: &[&str]) -> bool {
    let statement = code.text(&around.statement).trim_start();
    let ends = |c: char| c.is_whitespace() || "(\u{1}".contains(c);
    let first = statement.split(ends).next().unwrap_or_default();
    words.iter().any(|word| word.eq_ignore_ascii_case(first))
}

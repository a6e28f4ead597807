//! Randomness: does a value look drawn by chance, or written?
//!
//! Text and random characters are told apart by how likely each pair of
//! neighbours is in either: letters follow one another as in words, digits
//! stand in groups, case changes at the borders of words. The sum of these
//! likelihoods, in bits, is above zero for text and far below for keys.

use std::sync::LazyLock;

use super::words;

/// Whether a value of at least eight characters looks drawn by chance.
pub(super) fn is_random(value: &str) -> bool {
    is_long_hex(value) || may_be_random(value) && varied(value) && words::coverage(value) < 0.5
}

/// Long hexadecimal numbers with many digits and letters: nobody writes them,
/// and their neighbours say nothing, as most are digits.
fn is_long_hex(value: &str) -> bool {
    value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()) && distinct(value) >= 10
}

/// Whether a value is text whatever words are in it.
pub(super) fn is_text(value: &str) -> bool {
    !may_be_random(value) && !is_long_hex(value)
}

/// Whether its neighbours alone allow it.
pub(super) fn may_be_random(value: &str) -> bool {
    bits(value) < limit(value.len())
}

/// The evidence that a value is text, in bits; negative: it is random.
pub(super) fn bits(value: &str) -> f32 {
    value
        .as_bytes()
        .windows(2)
        .map(|pair| pair_bits(pair[0], pair[1]))
        .sum()
}

/// How much evidence is asked: short values have less to give.
fn limit(length: usize) -> f32 {
    if length < 16 { -4.0 } else { 2.0 }
}

/// Few different characters are a pattern, not chance.
fn varied(value: &str) -> bool {
    distinct(value) >= (value.len() / 3).clamp(5, 8)
}

/// How many different bytes a value has.
fn distinct(value: &str) -> usize {
    let mut seen = [0_u64; 4];
    for byte in value.bytes() {
        seen[usize::from(byte / 64)] |= 1 << (byte % 64);
    }
    seen.iter().map(|word| word.count_ones() as usize).sum()
}

fn pair_bits(a: u8, b: u8) -> f32 {
    use Class::{Digit, Lower, Other, Upper};
    match (class(a), class(b)) {
        (Lower, Lower) | (Upper, Upper) | (Upper, Lower) => letters(a, b),
        (Lower, Upper) => -1.0,
        (Digit, Digit) => 0.3,
        (Digit, Lower | Upper) | (Lower | Upper, Digit) => -1.5,
        (Other, _) | (_, Other) => 0.0,
    }
}

#[derive(Clone, Copy)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

fn class(byte: u8) -> Class {
    match byte {
        b'a'..=b'z' => Class::Lower,
        b'A'..=b'Z' => Class::Upper,
        b'0'..=b'9' => Class::Digit,
        _ => Class::Other,
    }
}

fn letters(a: u8, b: u8) -> f32 {
    PAIRS[letter(a)][letter(b)]
}

fn letter(byte: u8) -> usize {
    usize::from(byte.to_ascii_lowercase().saturating_sub(b'a')).min(25)
}

/// For each letter how much likelier than by chance the next one is in the
/// words of the list, in bits.
static PAIRS: LazyLock<[[f32; 26]; 26]> = LazyLock::new(|| {
    let mut counts = [[0.5_f32; 26]; 26];
    for word in words::all() {
        for pair in word.as_bytes().windows(2) {
            counts[letter(pair[0])][letter(pair[1])] += 1.0;
        }
    }
    for row in &mut counts {
        let total: f32 = row.iter().sum();
        for count in row {
            *count = (*count / total * 26.0).log2().max(-3.0);
        }
    }
    counts
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_positive_evidence_and_chance_negative() {
        for text in [
            "configuration",
            "HuggingFaceEndpoint",
            "swordfish",
            "2024-01-31",
        ] {
            assert!(bits(text) > 0.0, "{text}: {}", bits(text));
        }
        for random in ["qX7zJk2PvB9wLm4T", "0f8a1c9e7b3d5f2a6c4e8d1b"] {
            assert!(bits(random) < -5.0, "{random}: {}", bits(random));
        }
    }
}

//! Files of which nobody knows what they are: the texts in their bytes are
//! looked at for values that are told by themselves, and for values that are
//! known. Nothing is changed there: what depends on a byte is not known.

use std::path::Path;

use super::LARGE;
use crate::container::{ReadAt, pieces};
use crate::detect::kind::Told;
use crate::format;
use crate::ledger::Ledger;
use crate::sanitize::{Inspection, Problem, Sanitizer};

/// Why nothing is done.
pub(super) const UNKNOWN: &str =
    "unspill does not know this kind of file; make it again without the value";

/// Shorter texts hold no credential.
const SHORTEST: usize = 8;

/// Texts that end with a piece go on in the next one, up to this length.
const OVERLAP: usize = 4096;

impl Sanitizer {
    /// What is found in the bytes of a file of no known kind.
    pub(crate) fn inspect_unknown(
        &self,
        name: &Path,
        bytes: &dyn ReadAt,
        ledger: &Ledger,
    ) -> Result<Inspection, Problem> {
        let mut inspection = Inspection::default();
        if bytes.len() > LARGE && !self.policy.limits.deep {
            inspection.notes.push(format!(
                "of a kind that unspill does not know, and larger than {} MiB: not looked at (--deep)",
                LARGE >> 20
            ));
            return Ok(inspection);
        }
        let mut piece = Vec::new();
        let mut start = 0;
        for next in pieces(bytes) {
            let next = next.map_err(crate::container::Refusal::from)?;
            piece.extend_from_slice(&next);
            for width in [1, 2, 4] {
                self.inspect_piece(name, &piece, (start, width), ledger, &mut inspection)?;
            }
            let kept = piece.len().min(OVERLAP);
            start += (piece.len() - kept) as u64;
            piece.drain(..piece.len() - kept);
        }
        Ok(inspection)
    }

    /// The texts in one piece whose characters are `width` bytes wide.
    fn inspect_piece(
        &self,
        name: &Path,
        piece: &[u8],
        (start, width): (u64, usize),
        ledger: &Ledger,
        inspection: &mut Inspection,
    ) -> Result<(), Problem> {
        let (text, runs) = texts(piece, width);
        if text.is_empty() {
            return Ok(());
        }
        let source = format::open(Path::new("texts"), &text)?;
        let look = self.look_at(source, name, ledger);
        inspection.uses.join(look.uses);
        let mut teller = crate::found::Teller::new(&text, &look.regions, ledger);
        for finding in &look.findings {
            let is_known = ledger.get(&finding.value).is_some();
            if finding.kind.told != Told::Itself && !is_known {
                continue;
            }
            let region = look.regions.get(finding.region);
            let at = region.map_or(0, |region| region.stack.hull(finding.span.clone()).start);
            let run = runs.partition_point(|(within, _)| *within <= at).max(1) - 1;
            let Some((within, from)) = runs.get(run) else {
                continue;
            };
            let mut found = teller.tell(finding, super::undone());
            found.place = crate::region::Place {
                part: format!("byte {}", start + (from + (at - within) * width) as u64),
                ..Default::default()
            };
            (found.line, found.column, found.file_line) = (0, 0, 0);
            let is_new = |other: &crate::sanitize::Found| {
                other.place != found.place || other.kind.id != found.kind.id
            };
            if inspection.found.iter().rev().take(64).all(is_new) {
                inspection.found.push(found);
                inspection.sightings.push(finding.into());
            }
        }
        Ok(())
    }
}

/// The texts among some bytes, each in a line of its own, and where each one
/// begins: in the text and among the bytes. Wide characters may begin at any
/// byte, so every phase of them is gone through.
fn texts(bytes: &[u8], width: usize) -> (String, Vec<(usize, usize)>) {
    let mut text = String::new();
    let mut runs = Vec::new();
    for phase in 0..width {
        let mut at = phase;
        while let Some(start) = next_run(bytes, width, at) {
            let run = run(&bytes[start..], width);
            runs.push((text.len(), start));
            let characters = bytes[start..].iter().step_by(width).take(run);
            text.extend(characters.map(|&byte| char::from(byte)));
            text.push('\n');
            at = start + run * width;
        }
    }
    (text, runs)
}

/// Where the next text of [`SHORTEST`] characters begins, at `at` or whole
/// characters after it.
fn next_run(bytes: &[u8], width: usize, at: usize) -> Option<usize> {
    match width {
        1 => next_narrow(bytes.get(at..)?).map(|start| at + start),
        _ => next_wide(bytes, width, at),
    }
}

/// Eight bytes at a time: a text of that length begins in one word and ends in
/// the same or the next one. Nothing is decided byte by byte, since in most
/// bytes of a model every decision is a surprise.
fn next_narrow(bytes: &[u8]) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<SHORTEST>();
    // How many characters stand before the word.
    let mut before = 0;
    for (number, word) in words.iter().enumerate() {
        let none = no_characters(u64::from_le_bytes(*word));
        if before + (none.trailing_zeros() / 8) as usize >= SHORTEST {
            return Some(number * SHORTEST - before);
        }
        before = (none.leading_zeros() / 8) as usize;
    }
    let start = words.len() * SHORTEST - before;
    (before + run(rest, 1) >= SHORTEST).then_some(start)
}

/// The highest bit of each byte that is no printable character.
fn no_characters(word: u64) -> u64 {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    const HIGH: u64 = EACH << 7;
    // Without the highest bits no sum runs over into the next byte.
    let low = word & !HIGH;
    let from_space = low + EACH * u64::from(0x80 - b' ');
    let over_tilde = low + EACH * u64::from(0x80 - (b'~' + 1));
    let no_tab = (low ^ (EACH * u64::from(b'\t'))) + !HIGH;
    (word | (no_tab & (!from_space | over_tilde))) & HIGH
}

/// Looked for from its end: what is none there is none in any text that begins
/// before it, so most bytes are never read.
fn next_wide(bytes: &[u8], width: usize, mut at: usize) -> Option<usize> {
    loop {
        let window = bytes.get(at..at + SHORTEST * width)?;
        let is_none = |unit: &[u8]| !is_character(unit);
        match window.chunks_exact(width).rposition(is_none) {
            Some(last) => at += (last + 1) * width,
            None => return Some(at),
        }
    }
}

/// How many printable characters of a width stand at the beginning.
fn run(bytes: &[u8], width: usize) -> usize {
    let units = bytes.chunks_exact(width);
    units.take_while(|unit| is_character(unit)).count()
}

/// Whether some bytes are one printable character, the low byte first.
fn is_character(unit: &[u8]) -> bool {
    match unit {
        [first, rest @ ..] => {
            matches!(first, b' '..=b'~' | b'\t') && rest.iter().all(|&byte| byte == 0)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_every_width_are_seen() {
        let wide = |width: usize| -> Vec<u8> {
            let mut bytes = vec![7];
            for byte in b"long enough" {
                bytes.push(*byte);
                bytes.resize(bytes.len() + width - 1, 0);
            }
            bytes.push(0xff);
            bytes
        };
        for width in [1, 2, 4] {
            let (text, runs) = texts(&wide(width), width);
            assert_eq!(text, "long enough\n");
            assert_eq!(runs, [(0, 1)]);
        }
        assert!(texts(b"short\0short", 1).0.is_empty());
    }

    #[test]
    fn a_word_tells_its_characters_as_each_byte_does() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                for around in [b'a', 0, 0xff, b'\t', b'~', 0x7f] {
                    let mut word = [around; 8];
                    word[place] = byte;
                    let expected = word.map(|byte| if is_character(&[byte]) { 0 } else { 0x80 });
                    let none = no_characters(u64::from_le_bytes(word));
                    assert_eq!(none.to_le_bytes(), expected, "{word:?}");
                }
            }
        }
    }

    #[test]
    fn a_text_is_seen_wherever_it_begins() {
        for start in 0..20 {
            for len in 0..20 {
                for after in 0..10 {
                    let bytes = [vec![0x80; start], vec![b'x'; len], vec![7; after]].concat();
                    let expected = (len >= SHORTEST).then_some(start);
                    assert_eq!(next_run(&bytes, 1, 0), expected, "{start} {len} {after}");
                }
            }
        }
    }

    #[test]
    fn texts_that_touch_others_are_seen_whole() {
        let bytes = b"7 bytes\0eight by\x80 short \x01 a longer one at the end";
        let (text, runs) = texts(bytes, 1);
        assert_eq!(text, "eight by\n a longer one at the end\n");
        assert_eq!(runs, [(0, 8), (9, 25)]);
        for (within, at) in runs {
            assert_eq!(text.as_bytes().get(within), bytes.get(at));
        }
    }
}

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
    pub(super) fn inspect_unknown(
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
/// begins: in the text and among the bytes.
fn texts(bytes: &[u8], width: usize) -> (String, Vec<(usize, usize)>) {
    let mut text = String::new();
    let mut runs = Vec::new();
    let mut at = 0;
    while at + width <= bytes.len() {
        let run = run(&bytes[at..], width);
        if run >= SHORTEST {
            runs.push((text.len(), at));
            let characters = bytes[at..].iter().step_by(width).take(run);
            text.extend(characters.map(|&byte| char::from(byte)));
            text.push('\n');
        }
        at += (run * width).max(1);
    }
    (text, runs)
}

/// How many printable characters of a width stand at the beginning.
fn run(bytes: &[u8], width: usize) -> usize {
    let is_character = |unit: &&[u8]| match unit {
        [first, rest @ ..] => {
            matches!(first, b' '..=b'~' | b'\t') && rest.iter().all(|&byte| byte == 0)
        }
        [] => false,
    };
    bytes.chunks_exact(width).take_while(is_character).count()
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
}

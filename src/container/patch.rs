//! Patches: changes on the bytes of a container.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use super::reading::ReadAt;

/// A change on the container's own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Which bytes go.
    pub span: Range<u64>,
    /// What stands there afterwards.
    pub bytes: Vec<u8>,
}

impl Patch {
    /// Puts `bytes` over as many others.
    pub fn over(at: u64, bytes: Vec<u8>) -> Self {
        Self {
            span: at..at + bytes.len() as u64,
            bytes,
        }
    }

    /// The same patch on bytes of which the old ones begin at `start`.
    pub fn shifted(&self, start: u64) -> Self {
        Self {
            span: self.span.start + start..self.span.end + start,
            bytes: self.bytes.clone(),
        }
    }
}

/// The old bytes with `patches`, which are sorted, on them.
pub fn apply(old: &[u8], patches: &[Patch]) -> Vec<u8> {
    let index = |at: u64| usize::try_from(at).map_or(old.len(), |at| at.min(old.len()));
    let mut new = Vec::with_capacity(old.len());
    let mut at = 0;
    for patch in patches {
        let start = index(patch.span.start).max(at);
        new.extend_from_slice(&old[at..start]);
        new.extend_from_slice(&patch.bytes);
        at = index(patch.span.end).max(start);
    }
    new.extend_from_slice(&old[at..]);
    new
}

/// Bytes with patches on them, none of which is made yet: to look at a result
/// that is too large to be held.
pub struct Patched<'p> {
    bytes: &'p dyn ReadAt,
    /// What the new bytes consist of, with where each piece begins.
    pieces: Vec<(u64, Piece<'p>)>,
    len: u64,
}

enum Piece<'p> {
    Old(Range<u64>),
    New(&'p [u8]),
}

impl Piece<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Old(span) => span.end - span.start,
            Self::New(bytes) => bytes.len(),
        }
    }
}

impl<'p> Patched<'p> {
    /// `patches` are sorted and do not overlap.
    pub fn new(bytes: &'p dyn ReadAt, patches: &'p [Patch]) -> Self {
        let mut patched = Self {
            bytes,
            pieces: Vec::with_capacity(2 * patches.len() + 1),
            len: 0,
        };
        let mut at = 0;
        for patch in patches {
            patched.push(Piece::Old(at..patch.span.start.max(at)));
            patched.push(Piece::New(&patch.bytes));
            at = patch.span.end.max(at);
        }
        patched.push(Piece::Old(at..bytes.len().max(at)));
        patched
    }

    fn push(&mut self, piece: Piece<'p>) {
        let len = piece.len();
        if len > 0 {
            self.pieces.push((self.len, piece));
            self.len += len;
        }
    }

    /// The part of a piece that begins at `start` that lies in `span`.
    fn part(
        &self,
        start: u64,
        piece: &'p Piece<'p>,
        span: &Range<u64>,
    ) -> io::Result<Cow<'_, [u8]>> {
        let from = span.start.max(start) - start;
        let to = span.end.min(start + piece.len()) - start;
        match piece {
            Piece::Old(old) => self.bytes.read_at(old.start + from..old.start + to),
            Piece::New(new) => {
                let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                new.get(index(from)..index(to))
                    .map(Cow::Borrowed)
                    .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }
}

impl ReadAt for Patched<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        if span.start > span.end || span.end > self.len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let first = self
            .pieces
            .partition_point(|(start, piece)| start + piece.len() <= span.start);
        let pieces = self.pieces[first..]
            .iter()
            .take_while(|(start, _)| *start < span.end);
        let mut parts = pieces.map(|(start, piece)| self.part(*start, piece, &span));
        let Some(first) = parts.next() else {
            return Ok(Cow::Borrowed(&[]));
        };
        let mut bytes = first?;
        for part in parts {
            bytes.to_mut().extend_from_slice(&part?);
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::whole;
    use super::*;

    #[test]
    fn what_is_patched_reads_as_what_is_made() {
        let old = b"0123456789".to_vec();
        let patches = [
            Patch::over(1, b"ab".to_vec()),
            Patch {
                span: 5..5,
                bytes: b"xyz".to_vec(),
            },
            Patch {
                span: 8..10,
                bytes: Vec::new(),
            },
        ];
        let new = apply(&old, &patches);
        assert_eq!(new, b"0ab34xyz567");
        let patched = Patched::new(&old, &patches);
        assert_eq!(whole(&patched).unwrap().as_ref(), new);
        for start in 0..new.len() {
            for end in start..=new.len() {
                let read = patched.read_at(start as u64..end as u64).unwrap();
                assert_eq!(read.as_ref(), &new[start..end]);
            }
        }
        assert!(patched.read_at(0..12).is_err());
    }
}

//! What is left of a zip archive that has no sound directory: one that was cut
//! off, mostly. Members are found by their own headers and looked at as far as
//! they go; nothing is changed.

use super::super::{Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take};
use super::gaps::{self, Telling};

const BROKEN: &str = "the archive is broken; pack it again from clean files";

/// What is left of a zip archive.
pub struct Remains<'s> {
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
    /// Why it is no archive.
    why: String,
}

impl<'s> Remains<'s> {
    /// All of the bytes.
    pub fn new(bytes: &'s dyn ReadAt, budget: &'s Budget, why: String) -> Self {
        Self { bytes, budget, why }
    }
}

impl Container for Remains<'_> {
    fn title(&self) -> &'static str {
        "broken zip archive"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        take(Part {
            number: 0,
            place: String::new(),
            content: Content::Unseen(Refusal::Malformed(self.why.clone())),
            room: Room::Fixed(BROKEN),
        })?;
        let telling = Telling {
            room: Room::Fixed(BROKEN),
            place: |member| member.name.clone(),
        };
        let all = 0..self.bytes.len();
        gaps::visit(self.bytes, &all, self.budget, &telling, &mut 1, take)
    }

    fn patches(&self, _: &[Change]) -> Result<Vec<Patch>, Refusal> {
        Err(Refusal::Unsound(BROKEN.to_owned()))
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        Ok(vec![self.why.clone()])
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::io;
    use std::ops::Range;

    use super::*;
    use crate::container::zip::START;

    /// A checkpoint that was cut off: the header of a member, and its zeros.
    struct Tensor {
        header: Vec<u8>,
        len: u64,
    }

    impl ReadAt for Tensor {
        fn len(&self) -> u64 {
            self.len
        }

        fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
            let count = usize::try_from(span.end - span.start).unwrap();
            assert!(count <= 4 << 20, "{count} bytes at once");
            let header = self.header.iter().copied().chain(std::iter::repeat(0));
            let skipped = usize::try_from(span.start).unwrap().min(self.header.len());
            Ok(header.skip(skipped).take(count).collect())
        }
    }

    #[test]
    fn a_tensor_is_shown_without_being_read_into_memory() {
        let mut header = START.to_vec();
        header.resize(30, 0);
        header[18..22].copy_from_slice(&u32::MAX.to_le_bytes());
        header[26] = 6;
        header.extend(b"data/0");
        let (len, budget) = (40 << 20, Budget::default());
        let tensor = Tensor { header, len };
        let remains = Remains::new(&tensor, &budget, "cut off".to_owned());
        let mut shown = Vec::new();
        let visited = remains.visit(&mut |part| {
            if let Content::File { bytes, .. } = part.content {
                shown.push((part.number, part.place, bytes.len()));
            }
            Ok(())
        });
        assert!(visited.is_ok());
        assert_eq!(shown, [(1, "data/0".to_owned(), len - 36)]);
    }
}

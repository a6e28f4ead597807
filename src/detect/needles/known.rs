//! What literals are known by: three or four bytes in a row, as rare as any in
//! them. A search looks for these, and asks here what stands around them.

use std::ops::Range;

use rustc_hash::FxHashMap;

/// Bytes of a window, at most.
pub(super) const WIDTH: usize = 4;

/// Bytes in a word.
const WORD: usize = 8;

/// Three or four bytes of a literal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Behind three bytes stands a zero.
    bytes: [u8; WIDTH],
    length: usize,
    /// How far into the literal they stand.
    lead: usize,
}

impl Window {
    /// All windows of that many bytes, three or four.
    pub fn all(literal: &[u8], length: usize) -> impl Iterator<Item = Self> + '_ {
        literal
            .windows(length)
            .enumerate()
            .map(move |(lead, text)| {
                let mut bytes = [0; WIDTH];
                bytes[..length].copy_from_slice(text);
                Self {
                    bytes,
                    length,
                    lead,
                }
            })
    }

    /// Its bytes, with a zero behind three of them.
    pub fn bytes(&self) -> [u8; WIDTH] {
        self.bytes
    }

    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// How often texts hold it, roughly.
    pub fn often(&self) -> u32 {
        self.text().iter().map(|&byte| often(byte)).product()
    }

    pub fn is_whole(&self) -> bool {
        self.length == WIDTH
    }

    /// The window as one number, another one for each text and length.
    fn key(&self) -> u64 {
        match self.is_whole() {
            true => whole(self.bytes),
            false => short(self.bytes),
        }
    }
}

fn whole(bytes: [u8; WIDTH]) -> u64 {
    1 << 32 | u64::from(u32::from_le_bytes(bytes))
}

fn short([first, second, third, _]: [u8; WIDTH]) -> u64 {
    u64::from(u32::from_le_bytes([first, second, third, 0]))
}

/// The literals by their windows.
#[derive(Debug)]
pub(super) struct Known {
    by_window: FxHashMap<u64, Range<usize>>,
    members: Vec<Member>,
    /// How far behind the start of a literal its window may stand.
    reach: usize,
}

/// A literal under its window.
#[derive(Debug, Clone, Copy)]
struct Member {
    literal: usize,
    lead: usize,
    /// Its first bytes as a word, and which bytes of a word these are.
    head: u64,
    mask: u64,
}

impl Known {
    /// From the number and the window of each literal.
    pub fn new(literals: &[String], windows: &[(usize, Window)]) -> Self {
        let mut sorted = windows.to_vec();
        sorted.sort_unstable_by_key(|&(literal, window)| (window.key(), literal));
        let mut known = Self {
            by_window: FxHashMap::default(),
            members: Vec::with_capacity(sorted.len()),
            reach: sorted
                .iter()
                .map(|(_, window)| window.lead)
                .max()
                .unwrap_or(0),
        };
        for same in sorted.chunk_by(|(_, a), (_, b)| a.key() == b.key()) {
            let start = known.members.len();
            let members = same.iter().map(|&(literal, window)| {
                Member::new(literal, literals[literal].as_bytes(), window.lead)
            });
            known.members.extend(members);
            if let Some((_, window)) = same.first() {
                let range = start..known.members.len();
                known.by_window.insert(window.key(), range);
            }
        }
        known
    }

    /// Where the windows of all literals stand that start in this part of a
    /// text of that length.
    pub fn windows(&self, part: &Range<usize>, length: usize) -> Range<usize> {
        part.start..part.end.saturating_add(self.reach).min(length)
    }

    /// Calls `found` with the literals whose window stands at `place`, and that
    /// start in the part.
    pub fn meet(
        &self,
        literals: &[String],
        text: &[u8],
        part: &Range<usize>,
        place: usize,
        found: &mut impl FnMut(usize, usize),
    ) {
        let Some(rest) = text.get(place..).filter(|rest| rest.len() >= 3) else {
            return;
        };
        let four = rest.first_chunk::<WIDTH>();
        let three = [rest[0], rest[1], rest[2], 0];
        let keys = [Some(short(three)), four.map(|&bytes| whole(bytes))];
        for range in keys
            .iter()
            .flatten()
            .filter_map(|key| self.by_window.get(key))
        {
            for member in &self.members[range.clone()] {
                let Some(start) = place
                    .checked_sub(member.lead)
                    .filter(|at| part.contains(at))
                else {
                    continue;
                };
                if member.begins(&text[start..], &literals[member.literal]) {
                    found(start, member.literal);
                }
            }
        }
    }
}

impl Member {
    fn new(literal: usize, text: &[u8], lead: usize) -> Self {
        let mut head = [0; WORD];
        let mut mask = [0; WORD];
        for ((head, mask), byte) in head.iter_mut().zip(&mut mask).zip(text) {
            (*head, *mask) = (*byte, 0xff);
        }
        Self {
            literal,
            lead,
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
        }
    }

    /// Whether `text` begins with the literal. Nearly all that do not are told
    /// by the first word.
    #[inline]
    fn begins(&self, text: &[u8], literal: &str) -> bool {
        match text.first_chunk::<WORD>() {
            Some(first) if u64::from_le_bytes(*first) & self.mask != self.head => false,
            Some(_) if literal.len() <= WORD => true,
            _ => text.starts_with(literal.as_bytes()),
        }
    }
}

/// How often a byte stands in notebooks, roughly: in English text, in code,
/// and in what JSON writes around both.
pub(super) fn often(byte: u8) -> u32 {
    const LETTERS: &[u8] = b"etaoinsrhldcumfpgwybvkxjqz";
    match byte {
        b' ' | b'"' | b'\\' => 120,
        b'a'..=b'z' => {
            let rank = LETTERS.iter().position(|&letter| letter == byte);
            100 / (rank.unwrap_or(LETTERS.len()) as u32 + 3)
        }
        b'\n' => 30,
        b'_' | b'.' | b',' | b'/' | b'(' | b'=' | b'-' => 15,
        b'0'..=b'9' => 12,
        0x21..0x7f => 6,
        _ => 1,
    }
}

//! The search on a processor that looks up 32 bytes at once.
//!
//! Literals are known by four bytes in a row (by three, if there are no more)
//! and shared out among 24 buckets. A bucket lets a place through if each of
//! the four bytes there has a lower half and an upper half that one of its
//! windows has at that position: two tables of 16 entries for each position,
//! which is what the processor can look up for 32 bytes in one instruction.
//! The literals are shared out so that buckets let through as little common
//! text as possible (one place in thirty, by the built-in literals); what
//! passes is looked up in a table of hashes, and what is left is nearly always
//! a window of some literal.
//!
//! The idea is that of Teddy, the search for a few literals in Hyperscan
//! (<https://www.usenix.org/conference/nsdi19/presentation/wang-xiang>), here
//! with more buckets, chosen windows, and a second question.

use std::ops::Range;

use super::known::{Known, WIDTH, Window, often};
use super::vector::{BLOCK, Places, Vector};

/// Bits of a table entry: eight buckets.
pub(super) const GROUPS: usize = 3;

const BUCKETS: usize = 8 * GROUPS;

/// Buckets for windows of three bytes. These let any fourth one through, which
/// would spoil the others.
const SHORT: usize = 9;

/// Of the windows of a literal the rarest are tried.
const TRIED: usize = 4;

/// For each half of a byte, lower and upper, the buckets that let it through.
pub(super) type Halves = [[u8; 16]; 2];

/// These tables for each group of buckets and each position in a window.
pub(super) type Tables = [[Halves; WIDTH]; GROUPS];

/// A searcher by buckets.
#[derive(Debug)]
pub(super) struct Sieve {
    vector: Vector,
    tables: Tables,
    hashes: Hashes,
    known: Known,
}

impl Sieve {
    /// A sieve for these literals, if the processor can use one. This takes
    /// some milliseconds for a few hundred of them.
    pub fn new(literals: &[String]) -> Option<Self> {
        let vector = Vector::new()?;
        let mut buckets = Buckets::new();
        let windows = buckets.share_out(literals);
        Some(Self {
            vector,
            tables: buckets.tables(),
            hashes: Hashes::new(&windows),
            known: Known::new(literals, &windows),
        })
    }

    /// As [`super::Needles::each`].
    pub fn each(
        &self,
        literals: &[String],
        text: &[u8],
        part: Range<usize>,
        found: &mut impl FnMut(usize, usize),
    ) {
        let Range { start: mut at, end } = self.known.windows(&part, text.len());
        let mut places: Places = [0; _];
        let mut meet = |place| self.known.meet(literals, text, &part, place, found);
        while at < end {
            // What stands behind the last windows is read, but none begins there.
            let block = &text[at..text.len().min(end.min(at + BLOCK) + WIDTH - 1)];
            let wanted = (end - at).min(BLOCK);
            let (passed, seen) = self.vector.sift(&self.tables, block, &mut places);
            let seen = seen.min(wanted);
            let held = self.hashes.keep(block, &mut places[..passed]);
            for &place in &places[..held] {
                if usize::from(place) < seen {
                    meet(at + usize::from(place));
                }
            }
            (seen..wanted)
                .filter(|&place| self.hashes.may_hold(block, place))
                .for_each(|place| meet(at + place));
            at += wanted;
        }
    }
}

/// The windows by a hash of them, 65,536 of them as bits: those of four bytes,
/// those of three.
#[derive(Debug)]
struct Hashes {
    whole: Box<[u64; 1024]>,
    short: Box<[u64; 1024]>,
}

impl Hashes {
    fn new(windows: &[(usize, Window)]) -> Self {
        let mut hashes = Self {
            whole: Box::new([0; 1024]),
            short: Box::new([0; 1024]),
        };
        for (_, window) in windows {
            let (table, hash) = match window.is_whole() {
                true => (&mut hashes.whole, whole(window.bytes())),
                false => (&mut hashes.short, short(window.bytes())),
            };
            table[hash >> 6] |= 1 << (hash & 63);
        }
        hashes
    }

    /// Keeps those of `places` where a window may stand, at the front and in
    /// order, and gives their number.
    #[inline]
    fn keep(&self, block: &[u8], places: &mut [u16]) -> usize {
        let mut held = 0;
        for at in 0..places.len() {
            let place = places[at];
            places[held] = place;
            // Without a branch, which nothing could foretell.
            held += usize::from(self.may_hold(block, usize::from(place)));
        }
        held
    }

    #[inline]
    fn may_hold(&self, block: &[u8], place: usize) -> bool {
        let Some(&bytes) = block.get(place..).and_then(<[u8]>::first_chunk) else {
            return true;
        };
        let (whole, short) = (whole(bytes), short(bytes));
        let found = self.whole[whole >> 6] >> (whole & 63) | self.short[short >> 6] >> (short & 63);
        found & 1 == 1
    }
}

#[inline]
fn whole(bytes: [u8; WIDTH]) -> usize {
    (u32::from_le_bytes(bytes).wrapping_mul(0x9e37_79b1) >> 16) as usize
}

#[inline]
fn short([first, second, third, _]: [u8; WIDTH]) -> usize {
    whole([0, first, second, third])
}

/// The halves that a bucket lets through at each position, as bits.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    halves: [[u16; 2]; WIDTH],
    /// The part of common text that passes, by position and in all.
    shares: [f32; WIDTH],
    share: f32,
}

struct Buckets {
    buckets: [Bucket; BUCKETS],
    /// How often texts hold a byte, by its upper and lower half.
    common: [[f32; 16]; 16],
}

impl Buckets {
    fn new() -> Self {
        let mut common = [[0.0; 16]; 16];
        let total: u32 = (0..=u8::MAX).map(often).sum();
        for byte in 0..=u8::MAX {
            let part = often(byte) as f32 / total as f32;
            common[usize::from(byte >> 4)][usize::from(byte & 15)] = part;
        }
        Self {
            buckets: [Bucket::default(); BUCKETS],
            common,
        }
    }

    /// Puts each literal into the bucket that lets least more through for it,
    /// by the best of its windows. Those that leave the least choice go first.
    fn share_out(&mut self, literals: &[String]) -> Vec<(usize, Window)> {
        let mut choices: Vec<(usize, Vec<Window>)> = literals
            .iter()
            .enumerate()
            .map(|(number, text)| (number, choice(text.as_bytes())))
            .filter(|(_, windows)| !windows.is_empty())
            .collect();
        choices.sort_by_key(|(_, windows)| {
            let rarest = windows.first().map_or(0, Window::often);
            (windows.len(), std::cmp::Reverse(rarest))
        });
        choices
            .into_iter()
            .filter_map(|(number, windows)| Some((number, self.place(&windows)?)))
            .collect()
    }

    fn place(&mut self, windows: &[Window]) -> Option<Window> {
        let mut best: Option<(f32, usize, Bucket, Window)> = None;
        for window in windows {
            let among = if window.is_whole() {
                SHORT..BUCKETS
            } else {
                0..SHORT
            };
            for number in among {
                let old = &self.buckets[number];
                let new = self.with(old, window);
                let more = new.share - old.share;
                if best.as_ref().is_none_or(|(least, ..)| more < *least) {
                    best = Some((more, number, new, *window));
                }
            }
        }
        let (_, number, bucket, window) = best?;
        self.buckets[number] = bucket;
        Some(window)
    }

    /// A bucket with one window more.
    fn with(&self, bucket: &Bucket, window: &Window) -> Bucket {
        let mut new = *bucket;
        for position in 0..WIDTH {
            let [lower, upper] = match window.text().get(position) {
                Some(byte) => [1 << (byte & 15), 1 << (byte >> 4)],
                None => [u16::MAX; 2],
            };
            let halves = &mut new.halves[position];
            let old = *halves;
            *halves = [old[0] | lower, old[1] | upper];
            if *halves != old {
                new.shares[position] = self.share(*halves);
            }
        }
        new.share = new.shares.iter().product();
        new
    }

    fn share(&self, [lower, upper]: [u16; 2]) -> f32 {
        let bits = |halves: u16| (0..16).filter(move |bit| halves >> bit & 1 == 1);
        bits(upper)
            .map(|row| bits(lower).map(|at| self.common[row][at]).sum::<f32>())
            .sum()
    }

    fn tables(&self) -> Tables {
        let mut tables = Tables::default();
        for (number, bucket) in self.buckets.iter().enumerate() {
            for (table, halves) in tables[number / 8].iter_mut().zip(bucket.halves) {
                for (entries, halves) in table.iter_mut().zip(halves) {
                    for (value, entry) in entries.iter_mut().enumerate() {
                        *entry |= ((halves >> value & 1) as u8) << (number % 8);
                    }
                }
            }
        }
        tables
    }
}

/// The windows that a literal may be known by, the rarest first.
fn choice(literal: &[u8]) -> Vec<Window> {
    let mut windows: Vec<Window> = Window::all(literal, WIDTH.min(literal.len().max(3))).collect();
    windows.sort_by_key(Window::often);
    windows.truncate(TRIED);
    windows
}

//! Looking up 32 bytes at once, where the processor can: with AVX2, which
//! nearly all of x86-64 has. Others search by [`super::pairs`].

use super::sieve::Tables;

/// Places that are looked at in one go.
pub(super) const BLOCK: usize = 2048;

/// Where something passed, with room to write a few too many.
pub(super) type Places = [u16; BLOCK + 64];

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Vector;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::x86::V3;
    use pulp::{NullaryFnOnce, cast};

    use super::super::known::WIDTH;
    use super::super::sieve::GROUPS;
    use super::{BLOCK, Places, Tables};

    /// Bytes that are looked up at once.
    const STEP: usize = 32;

    /// Places of a step that are written without asking how many there are:
    /// asking costs more, and nearly always there are fewer.
    const FEW: usize = 4;

    /// What says that this processor has the instructions.
    #[derive(Debug, Clone, Copy)]
    pub(in super::super) struct Vector(V3);

    impl Vector {
        pub fn new() -> Option<Self> {
            V3::try_new().map(Self)
        }

        /// Writes to `places` where in `block` a bucket lets four bytes
        /// through. Gives the number of these places, and how many places from
        /// the start of the block were looked at.
        pub fn sift(self, tables: &Tables, block: &[u8], places: &mut Places) -> (usize, usize) {
            self.0.vectorize(Sift {
                vector: self.0,
                tables,
                block,
                places,
            })
        }
    }

    struct Sift<'a> {
        vector: V3,
        tables: &'a Tables,
        block: &'a [u8],
        places: &'a mut Places,
    }

    impl NullaryFnOnce for Sift<'_> {
        type Output = (usize, usize);

        #[inline(always)]
        fn call(self) -> (usize, usize) {
            let tables = self.tables.map(|group| {
                group.map(|halves| halves.map(|table| cast::<_, __m256i>([table; 2])))
            });
            let (mut count, mut at) = (0, 0);
            while at < BLOCK {
                let read = self.block.get(at..).and_then(<[u8]>::first_chunk);
                let Some(read) = read else {
                    break;
                };
                let passed = step(self.vector, &tables, read);
                write(passed, at as u16, self.places, count);
                count += passed.count_ones() as usize;
                at += STEP;
            }
            (count, at)
        }
    }

    /// Which of the first 32 places pass, as bits.
    #[inline(always)]
    fn step(
        vector: V3,
        tables: &[[[__m256i; 2]; WIDTH]; GROUPS],
        read: &[u8; STEP + WIDTH - 1],
    ) -> u32 {
        let avx2 = vector.avx2;
        let half: __m256i = cast([15_u8; STEP]);
        let nothing: __m256i = cast([0_u8; STEP]);
        let mut groups = [cast::<_, __m256i>([u8::MAX; STEP]); GROUPS];
        for position in 0..WIDTH {
            let mut bytes = [0; STEP];
            bytes.copy_from_slice(&read[position..position + STEP]);
            let bytes: __m256i = cast(bytes);
            let lower = avx2._mm256_and_si256(bytes, half);
            let upper = avx2._mm256_and_si256(avx2._mm256_srli_epi16::<4>(bytes), half);
            for (passed, tables) in groups.iter_mut().zip(tables) {
                let [lowers, uppers] = tables[position];
                let both = avx2._mm256_and_si256(
                    avx2._mm256_shuffle_epi8(lowers, lower),
                    avx2._mm256_shuffle_epi8(uppers, upper),
                );
                *passed = avx2._mm256_and_si256(*passed, both);
            }
        }
        let [first, second, third] = groups;
        let any = avx2._mm256_or_si256(avx2._mm256_or_si256(first, second), third);
        !(avx2._mm256_movemask_epi8(avx2._mm256_cmpeq_epi8(any, nothing)) as u32)
    }

    /// Writes the places of the bits, behind the first `count`; for these there
    /// is always room.
    #[inline(always)]
    fn write(mut passed: u32, at: u16, places: &mut Places, count: usize) {
        let many = passed.count_ones() as usize > FEW;
        let Some(room) = places.get_mut(count..).and_then(<[u16]>::first_chunk_mut) else {
            return;
        };
        let room: &mut [u16; STEP] = room;
        let (few, rest) = room.split_at_mut(FEW);
        let mut next = || {
            let place = at.wrapping_add(passed.trailing_zeros() as u16);
            passed &= passed.wrapping_sub(1);
            place
        };
        few.fill_with(&mut next);
        if many {
            rest.fill_with(next);
        }
    }
}

/// No processor of another architecture.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy)]
pub(super) enum Vector {}

#[cfg(not(target_arch = "x86_64"))]
impl Vector {
    pub fn new() -> Option<Self> {
        None
    }

    pub fn sift(self, _: &Tables, _: &[u8], _: &mut Places) -> (usize, usize) {
        match self {}
    }
}

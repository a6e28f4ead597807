//! Where a string ends, told from 64 bytes at a time, where the processor can:
//! with AVX2, which nearly all of x86-64 has. Others read strings by words.
//!
//! Each block gives a bit for each of its quotes, backslashes and control
//! characters. Which quote is the first that no backslash escapes is then a
//! matter of some sums, and not of a branch for each backslash, which would be
//! guessed wrongly at every other line.

/// So many bytes are looked at at once.
const BLOCK: usize = 64;

/// A way to mark a block.
trait Marker: Copy {
    fn marks(self, block: &[u8; BLOCK]) -> Marks;
}

/// A bit for each byte of a block.
#[derive(Debug, Clone, Copy)]
struct Marks {
    quotes: u64,
    backslashes: u64,
    /// What may not stand in a string.
    controls: u64,
}

impl Marks {
    /// What a backslash before it escapes; the first byte is not.
    #[inline(always)]
    fn escaped(&self) -> u64 {
        const EVEN: u64 = 0x5555_5555_5555_5555;
        let behind = self.backslashes << 1;
        // A sum carries a bit through a run of backslashes: where it comes out
        // tells whether the run is odd or even.
        let odd_starts = self.backslashes & !EVEN & !behind;
        let ends = odd_starts.wrapping_add(self.backslashes);
        (EVEN ^ (ends << 1)) & behind
    }
}

/// Where a string ends whose text begins at `start`. Nothing, if it is not
/// JSON, or if there is no block left: then it has to be read in another way.
#[inline(always)]
fn end(marker: impl Marker, bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let marks = marker.marks(bytes.get(at..)?.first_chunk()?);
        let escaped = marks.escaped();
        let ends = marks.quotes & !escaped;
        // All bits below the lowest.
        let within = ends.wrapping_sub(1) & !ends;
        let letters = escaped & within & !marks.quotes & !marks.backslashes;
        if marks.controls & within != 0 || !are_escapes(bytes, at, letters) {
            return None;
        }
        if ends != 0 {
            return Some(at + ends.trailing_zeros() as usize);
        }
        // A backslash that comes last is looked at again, with what it escapes.
        let is_cut = (marks.backslashes & !escaped) >> (BLOCK - 1) == 1;
        at += BLOCK - usize::from(is_cut);
        if marks.backslashes == 0 {
            at += plain_blocks(&bytes[at..]);
        }
    }
}

/// Whether these letters of the block at `at` make escapes, behind backslashes.
#[inline(always)]
fn are_escapes(bytes: &[u8], at: usize, mut letters: u64) -> bool {
    while letters != 0 {
        let rest = &bytes[at + letters.trailing_zeros() as usize..];
        let is_one = match rest {
            [b'n' | b't' | b'r' | b'/' | b'b' | b'f', ..] => true,
            [b'u', a, b, c, d, ..] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
            _ => false,
        };
        if !is_one {
            return false;
        }
        letters &= letters - 1;
    }
    true
}

/// The length of the blocks at the beginning in which nothing is special:
/// pictures are long.
pub(super) fn plain_blocks(bytes: &[u8]) -> usize {
    // A plain fold, which the compiler makes wide.
    let is_plain = |block: &&[u8; BLOCK]| {
        !block
            .iter()
            .fold(false, |found, &byte| found | is_special(byte))
    };
    BLOCK * bytes.as_chunks().0.iter().take_while(is_plain).count()
}

/// Whether a byte does not stand for itself in a string.
pub(super) fn is_special(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < b' '
}

#[cfg(target_arch = "x86_64")]
pub(super) use avx2::Ends;

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::__m256i;

    use pulp::NullaryFnOnce;
    use pulp::x86::V3;

    use super::{BLOCK, Marker, Marks};

    /// What says that this processor has the instructions.
    #[derive(Debug, Clone, Copy)]
    pub(in super::super) struct Ends(V3);

    impl Ends {
        pub fn new() -> Option<Self> {
            V3::try_new().map(Self)
        }

        /// See [`super::end`].
        pub fn end(self, bytes: &[u8], start: usize) -> Option<usize> {
            let Self(marker) = self;
            marker.vectorize(Search {
                marker,
                bytes,
                start,
            })
        }
    }

    struct Search<'a> {
        marker: V3,
        bytes: &'a [u8],
        start: usize,
    }

    impl NullaryFnOnce for Search<'_> {
        type Output = Option<usize>;

        #[inline(always)]
        fn call(self) -> Option<usize> {
            super::end(self.marker, self.bytes, self.start)
        }
    }

    impl Marker for V3 {
        #[inline(always)]
        fn marks(self, block: &[u8; BLOCK]) -> Marks {
            let halves = pulp::cast(*block);
            Marks {
                quotes: equal(self, halves, b'"'),
                backslashes: equal(self, halves, b'\\'),
                controls: at_most(self, halves, 0x1f),
            }
        }
    }

    // What is called with vectors has to be a function that is inlined always: a
    // closure may be called, and that without these instructions.
    #[inline(always)]
    fn equal(v3: V3, [low, high]: [__m256i; 2], byte: u8) -> u64 {
        let byte = v3.avx._mm256_set1_epi8(byte.cast_signed());
        let low = v3.avx2._mm256_cmpeq_epi8(low, byte);
        let high = v3.avx2._mm256_cmpeq_epi8(high, byte);
        bits(v3, low, high)
    }

    #[inline(always)]
    fn at_most(v3: V3, [low, high]: [__m256i; 2], most: u8) -> u64 {
        let most = v3.avx._mm256_set1_epi8(most.cast_signed());
        let low_lesser = v3.avx2._mm256_min_epu8(low, most);
        let high_lesser = v3.avx2._mm256_min_epu8(high, most);
        let low = v3.avx2._mm256_cmpeq_epi8(low_lesser, low);
        let high = v3.avx2._mm256_cmpeq_epi8(high_lesser, high);
        bits(v3, low, high)
    }

    #[inline(always)]
    fn bits(v3: V3, low: __m256i, high: __m256i) -> u64 {
        let low = v3.avx2._mm256_movemask_epi8(low).cast_unsigned();
        let high = v3.avx2._mm256_movemask_epi8(high).cast_unsigned();
        u64::from(low) | u64::from(high) << 32
    }
}

/// No processor of another architecture.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy)]
pub(super) enum Ends {}

#[cfg(not(target_arch = "x86_64"))]
impl Ends {
    pub fn new() -> Option<Self> {
        None
    }

    pub fn end(self, _: &[u8], _: usize) -> Option<usize> {
        match self {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Marks byte for byte.
    #[derive(Clone, Copy)]
    struct Slow;

    impl Marker for Slow {
        fn marks(self, block: &[u8; BLOCK]) -> Marks {
            let bits = |is: fn(u8) -> bool| {
                let bytes = block.iter().rev();
                bytes.fold(0, |bits, &byte| bits << 1 | u64::from(is(byte)))
            };
            Marks {
                quotes: bits(|byte| byte == b'"'),
                backslashes: bits(|byte| byte == b'\\'),
                controls: bits(|byte| byte < b' '),
            }
        }
    }

    /// Where a string ends, told from one byte after the other.
    fn expected(bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            at += match bytes.get(at..)? {
                [b'"', ..] => return Some(at),
                [b'\\', b'u', digits @ ..] => {
                    let digits = digits.first_chunk::<4>()?;
                    digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
                }
                [b'\\', byte, ..] => br#""\/bfnrt"#.contains(byte).then_some(2)?,
                [byte, ..] => (*byte >= b' ').then_some(1)?,
                [] => return None,
            }
        }
    }

    fn agrees(marker: impl Marker, text: &str) {
        // Behind it there has to be room for a block.
        let whole = format!("{text}\"{}", "x".repeat(2 * BLOCK));
        let end = end(marker, whole.as_bytes(), 0);
        assert_eq!(end, expected(whole.as_bytes()), "{whole:?}");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(4000))]
        #[test]
        fn an_end_is_told_as_byte_for_byte(
            before in 0usize..150,
            text in r#"(\\\\|\\"|\\n|\\u0a1F|[a-zé\x7f ]){0,70}[\x00\x1f"\\u1-9x ]{0,3}"#,
        ) {
            let text = format!("{}{text}", "p".repeat(before));
            agrees(Slow, &text);
            #[cfg(target_arch = "x86_64")]
            if let Some(v3) = pulp::x86::V3::try_new() {
                agrees(v3, &text);
            }
        }
    }
}

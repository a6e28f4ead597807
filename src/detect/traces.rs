//! What known values leave in the bytes of a file, whatever encodes them.
//!
//! Once anything is found, every file of the run is searched for copies of it.
//! So this search must cost little more than reading, however many values
//! there are. It does not look at every byte: a trace of eight bytes holds,
//! wherever it stands, one of the groups of four bytes that begin at every
//! fifth byte of the file; one of twelve, at every ninth. Only these are looked
//! up, in a table of bits that stays in the processor's first cache.

use aho_corasick::{AhoCorasick, AhoCorasickKind, packed};
use base64::prelude::*;
use rustc_hash::FxHashMap;

/// The longest part of an encoded value that is searched for.
const LONGEST: usize = 12;

/// Traces from this length on are found in strides.
const LONG: usize = 8;

/// Bytes that are looked up at once.
const GROUP: usize = 4;

/// The search for the traces of some values.
#[derive(Debug, Default)]
pub(super) struct Traces {
    strides: Option<Strides>,
    short: Option<Short>,
    /// Some of them are not ASCII.
    has_others: bool,
}

impl Traces {
    /// The search for the traces of `values`.
    pub(super) fn new<'v>(values: impl Iterator<Item = &'v str>) -> Self {
        Self::of(values.flat_map(of).collect())
    }

    /// The search for some texts.
    pub(super) fn of(mut all: Vec<String>) -> Self {
        all.sort_unstable();
        all.dedup();
        let has_others = !all.iter().all(|trace| trace.is_ascii());
        let (long, short): (Vec<_>, Vec<_>) = all.into_iter().partition(|t| t.len() >= LONG);
        Self {
            strides: (!long.is_empty()).then(|| Strides::new(&long)),
            short: (!short.is_empty()).then(|| Short::new(&short)).flatten(),
            has_others,
        }
    }

    /// Whether all of them are ASCII.
    pub(super) fn are_ascii(&self) -> bool {
        !self.has_others
    }

    /// Whether one of the traces stands in `bytes`.
    pub(super) fn stand_in(&self, bytes: &[u8]) -> bool {
        self.strides
            .as_ref()
            .is_some_and(|strides| strides.find(bytes))
            || self.short.as_ref().is_some_and(|short| short.find(bytes))
    }
}

/// The search for traces that are long enough for it.
#[derive(Debug)]
struct Strides {
    /// From one group that is looked up to the next.
    stride: usize,
    traces: Vec<Vec<u8>>,
    /// A bit for the hash of each group of each trace.
    bits: Vec<u64>,
    /// How far a hash is shifted to be a place in `bits`.
    shift: u32,
    /// For each group the traces it is of, and where in them it stands.
    places: FxHashMap<u32, Vec<(usize, usize)>>,
}

/// Groups that are looked up before it is asked whether one was known.
const AT_ONCE: usize = 8;

impl Strides {
    fn new(traces: &[String]) -> Self {
        let traces: Vec<Vec<u8>> = traces
            .iter()
            .filter_map(|trace| trace.as_bytes().get(..trace.len().min(LONGEST)))
            .map(<[u8]>::to_vec)
            .collect();
        let shortest = traces.iter().map(Vec::len).min().unwrap_or(LONG);
        let stride = shortest - GROUP + 1;
        let mut places: FxHashMap<u32, Vec<(usize, usize)>> = FxHashMap::default();
        for (index, trace) in traces.iter().enumerate() {
            // One of the first groups is met, whatever stands before it.
            for (at, group) in trace.windows(GROUP).enumerate().take(stride) {
                if let Some(group) = first_group(group) {
                    places.entry(group).or_default().push((index, at));
                }
            }
        }
        // One bit in sixty-four is set: a false alarm costs as much as many
        // steps. Beyond a million bits the table would leave the cache.
        let log = (places.len() * 64)
            .next_power_of_two()
            .ilog2()
            .clamp(12, 20);
        let mut strides = Self {
            stride,
            traces,
            bits: vec![0; 1 << (log - 6)],
            shift: 32 - log,
            places: FxHashMap::default(),
        };
        for &group in places.keys() {
            let place = strides.place(group);
            strides.bits[place / 64] |= 1 << (place % 64);
        }
        strides.places = places;
        strides
    }

    /// Fibonacci hashing: the high bits of a product.
    fn place(&self, group: u32) -> usize {
        (group.wrapping_mul(0x9E37_79B1) >> self.shift) as usize
    }

    fn find(&self, bytes: &[u8]) -> bool {
        let block = self.stride * AT_ONCE;
        let mut start = 0;
        while let Some(part) = bytes.get(start..start + block + GROUP) {
            let steps = || (0..block).step_by(self.stride);
            let known = |known, at| known | self.may_know(&part[at..]);
            if steps().fold(false, known) && steps().any(|at| self.stands(bytes, start + at)) {
                return true;
            }
            start += block;
        }
        (start..bytes.len())
            .step_by(self.stride)
            .any(|at| self.stands(bytes, at))
    }

    fn may_know(&self, part: &[u8]) -> bool {
        first_group(part).is_some_and(|group| {
            let place = self.place(group);
            self.bits[place / 64] >> (place % 64) & 1 == 1
        })
    }

    /// Whether a trace stands around the group at `at`.
    fn stands(&self, bytes: &[u8], at: usize) -> bool {
        let rest = bytes.get(at..).unwrap_or_default();
        if !self.may_know(rest) {
            return false;
        }
        let group = first_group(rest).unwrap_or_default();
        self.places
            .get(&group)
            .into_iter()
            .flatten()
            .any(|&(trace, within)| {
                let start = at.checked_sub(within);
                start.is_some_and(|start| bytes[start..].starts_with(&self.traces[trace]))
            })
    }
}

/// The first bytes as one number.
fn first_group(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().copied().map(u32::from_le_bytes)
}

/// The search for traces that are too short for strides.
#[derive(Debug)]
enum Short {
    /// A few: with vector instructions.
    Packed(packed::Searcher),
    /// Many, or where there are no such instructions.
    Automaton(Box<AhoCorasick>),
}

impl Short {
    fn new(traces: &[String]) -> Option<Self> {
        if let Some(packed) = packed::Searcher::new(traces) {
            return Some(Self::Packed(packed));
        }
        AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::DFA))
            .build(traces)
            .ok()
            .map(|automaton| Self::Automaton(Box::new(automaton)))
    }

    fn find(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Packed(packed) => packed.find(bytes).is_some(),
            Self::Automaton(automaton) => automaton.is_match(bytes),
        }
    }
}

/// What a value leaves in a file: its longest stretch of plain characters
/// (which most encodings leave as they are), and its beginning in base64 at
/// each of the three alignments and in hexadecimal.
fn of(value: &str) -> Vec<String> {
    let plain = value
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .max_by_key(|part| part.len())
        .unwrap_or(value);
    let mut traces = Vec::new();
    if plain.len() < 3 {
        traces.push(value.to_owned());
    } else {
        traces.push(plain.chars().take(LONGEST).collect());
        traces.push(plain.chars().rev().take(LONGEST).collect());
        // Where the head is broken in two, the tail may be whole.
        let tail = plain.len().saturating_sub(LONGEST);
        traces.push(plain.get(tail..).unwrap_or(plain).to_owned());
    }
    traces.extend(escaped(value));
    let hex: String = value
        .bytes()
        .take(LONGEST)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    traces.push(hex.to_uppercase());
    traces.push(hex);
    traces.extend(in_base64(value.as_bytes()));
    let units: Vec<u16> = value.encode_utf16().collect();
    let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    traces.extend(in_base64(&little));
    let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    traces.extend(in_base64(&big));
    traces
}

/// Two parts of the base64 of some bytes at each of the three alignments, in
/// both alphabets: a line may end within one of them.
fn in_base64(value: &[u8]) -> Vec<String> {
    let mut traces = Vec::new();
    for (shift, from) in [0, 2, 3].into_iter().enumerate() {
        let mut bytes = vec![0; shift];
        bytes.extend(value);
        let encoded = BASE64_STANDARD_NO_PAD.encode(bytes);
        // The characters at both ends depend on the neighbours.
        let end = encoded.len().saturating_sub(2);
        for from in [from, from + 2 * LONGEST] {
            if let Some(part) = encoded.get(from..end.min(from + LONGEST))
                && part.len() >= 4
            {
                traces.push(part.replace('+', "-").replace('/', "_"));
                traces.push(part.to_owned());
            }
        }
    }
    traces
}

/// The first characters of a value, each of them escaped: the ways to write
/// text that leave no letter as it is. In JSON a backslash is doubled.
fn escaped(value: &str) -> Vec<String> {
    const FIRST: usize = 4;
    let each = |escape: fn(u8) -> String| value.bytes().take(FIRST).map(escape).collect();
    let plain: [fn(u8) -> String; 5] = [
        |byte| format!("%{byte:02x}"),
        |byte| format!("%{byte:02X}"),
        |byte| format!("&#{byte};"),
        |byte| format!("&#x{byte:x};"),
        |byte| format!("&#x{byte:X};"),
    ];
    let with_backslash: [fn(u8) -> String; 4] = [
        |byte| format!(r"\x{byte:02x}"),
        |byte| format!(r"\x{byte:02X}"),
        |byte| format!(r"\u{byte:04x}"),
        |byte| format!(r"\{byte:03o}"),
    ];
    let single: Vec<String> = with_backslash.into_iter().map(each).collect();
    let doubled = single.iter().map(|text| text.replace('\\', r"\\"));
    let mut escaped: Vec<String> = plain.into_iter().map(each).chain(doubled).collect();
    escaped.extend(single);
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(value: &str, text: &str) -> bool {
        Traces::new([value].into_iter()).stand_in(text.as_bytes())
    }

    #[test]
    fn traces_are_left_in_every_encoding() {
        let value = "s3cr&t/value+with \"quotes\"";
        let utf_16 = |text: &str| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| unit.to_le_bytes())
                .collect()
        };
        let before = |pad: &str| BASE64_STANDARD.encode(format!("{pad}{value}"));
        let hex: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
        for text in [
            value.to_owned(),
            serde_json::to_string(value).expect("is JSON"),
            value.replace('&', "&amp;"),
            value.replace('/', "%2F").replace(' ', "%20"),
            hex,
            value.bytes().map(|b| format!(r"\\x{b:02x}")).collect(),
            value.bytes().map(|b| format!("&#{b};")).collect(),
            value.bytes().map(|b| format!("%{b:02X}")).collect(),
            value.bytes().map(|b| format!(r"\u{b:04x}")).collect(),
            value.chars().rev().collect(),
            value.replace("with", "wi' 'th").replace("val", "v' 'al"),
            before(""),
            before("x"),
            before("xy"),
            BASE64_STANDARD.encode(utf_16(value)),
        ] {
            assert!(stands(value, &text), "{text}");
        }
        assert!(!stands(value, "nothing of the sort"));
    }

    #[test]
    fn a_trace_is_found_wherever_it_stands() {
        for value in [
            "hunter",
            "hunter22",
            "hunter2x2",
            "a1b2c3d4e5f6",
            "a1b2c3d4e5f6g7h8",
        ] {
            for before in 0..40 {
                for after in [0, 1, 30] {
                    let text = format!("{}{value}{}", "-".repeat(before), "+".repeat(after));
                    assert!(stands(value, &text), "{text}");
                }
            }
            // Neither its beginning nor its end.
            let middle = &value[1..value.len() - 1];
            assert!(!stands(value, &format!("{middle}-").repeat(3)), "{value}");
        }
    }

    #[test]
    fn many_values_are_found_as_well_as_one() {
        let value = |number: u32| {
            format!(
                "{:016x}",
                u64::from(number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            )
        };
        let values: Vec<String> = (0..3000).map(value).collect();
        let traces = Traces::new(values.iter().map(String::as_str));
        assert!(
            values
                .iter()
                .all(|value| traces.stand_in(format!("x = {value}").as_bytes()))
        );
        assert!(!traces.stand_in("no value at all stands here ".repeat(100).as_bytes()));
    }
}

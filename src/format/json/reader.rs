//! The reader of JSON: strict, iterative, and keeping only spans.

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::ends::{Ends, is_special, plain_blocks};
use super::{Document, Node, Shape};
use crate::format::Malformed;

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    CommaOrEnd,
}

/// Reads a file once, from its beginning to its end.
pub(super) struct Reader<'s> {
    source: &'s str,
    bytes: &'s [u8],
    at: usize,
    nodes: Vec<Node>,
    open: Vec<usize>,
    /// The key whose value is being read, per open object.
    keys: Vec<usize>,
    /// Comments, and commas behind the last item, are taken.
    is_loose: bool,
    comments: Vec<Range<usize>>,
    /// What parted the last two strings of a list, from quote to quote.
    joint: Range<usize>,
    ends: Option<Ends>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s str, is_loose: bool) -> Result<Self, Malformed> {
        if u32::try_from(source.len()).is_err() {
            return Err(Malformed::at(source, 0, "larger than 4 GiB"));
        }
        let at = if source.starts_with('\u{feff}') { 3 } else { 0 };
        Ok(Self {
            source,
            bytes: source.as_bytes(),
            at,
            // A line of text is about as long; to grow the list would copy it.
            nodes: Vec::with_capacity(source.len() / 64),
            open: Vec::new(),
            keys: Vec::new(),
            is_loose,
            comments: Vec::new(),
            joint: 0..0,
            ends: Ends::new(),
        })
    }

    pub(super) fn run(mut self) -> Result<Document<'s>, Malformed> {
        let mut expect = Expect::Value;
        loop {
            self.skip_space()?;
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(self.wrong("the file ends too early"));
            };
            expect = match (expect, byte) {
                (Expect::ValueOrEnd, b']') | (Expect::KeyOrEnd, b'}') => self.close(byte)?,
                (Expect::CommaOrEnd, b']' | b'}') => self.close(byte)?,
                (Expect::CommaOrEnd, b',') => self.comma(),
                (Expect::Key | Expect::KeyOrEnd, b'"') => self.key()?,
                (Expect::Value | Expect::ValueOrEnd, _) => self.value(byte)?,
                (expect, _) => return Err(self.wrong(wanted(expect, self.is_in(Shape::Object)))),
            };
            if self.open.is_empty() {
                break;
            }
        }
        self.skip_space()?;
        if self.at < self.bytes.len() {
            return Err(self.wrong("something follows the end of the JSON value"));
        }
        Ok(Document {
            source: self.source,
            nodes: self.nodes,
            comments: self.comments,
        })
    }

    #[inline(always)]
    fn skip_space(&mut self) -> Result<(), Malformed> {
        loop {
            while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
                self.at += 1;
                self.at += spaces(&self.bytes[self.at..]);
            }
            if !self.is_loose || self.bytes.get(self.at) != Some(&b'/') {
                return Ok(());
            }
            self.comment()?;
        }
    }

    #[cold]
    fn comment(&mut self) -> Result<(), Malformed> {
        let rest = &self.bytes[self.at..];
        let length = match rest.get(1) {
            Some(b'/') => Some(memchr(b'\n', rest).unwrap_or(rest.len())),
            Some(b'*') => memmem::find(&rest[2..], b"*/").map(|length| length + 4),
            _ => None,
        };
        let Some(length) = length else {
            return Err(self.wrong("expected a comment"));
        };
        self.comments.push(self.at..self.at + length);
        self.at += length;
        Ok(())
    }

    fn is_in(&self, shape: Shape) -> bool {
        self.open
            .last()
            .is_some_and(|&index| self.nodes[index].shape == shape)
    }

    fn comma(&mut self) -> Expect {
        self.at += 1;
        match (self.is_in(Shape::Object), self.is_loose) {
            (true, true) => Expect::KeyOrEnd,
            (true, false) => Expect::Key,
            (false, true) => Expect::ValueOrEnd,
            (false, false) => Expect::Value,
        }
    }

    fn key(&mut self) -> Result<Expect, Malformed> {
        let index = self.push(Shape::Key);
        self.string(index)?;
        self.keys.push(index);
        // As nearly all programs write it.
        if self.bytes[self.at..].starts_with(b": ") {
            self.at += 2;
            return Ok(Expect::Value);
        }
        self.skip_space()?;
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(self.wrong("expected `:`"));
        }
        self.at += 1;
        Ok(Expect::Value)
    }

    fn value(&mut self, byte: u8) -> Result<Expect, Malformed> {
        match byte {
            b'{' => Ok(self.open(Shape::Object, Expect::KeyOrEnd)),
            b'[' => Ok(self.open(Shape::Array, Expect::ValueOrEnd)),
            b'"' if self.is_in(Shape::Array) => self.strings(),
            b'"' => {
                let index = self.push(Shape::String);
                self.string(index)?;
                Ok(self.done())
            }
            _ => {
                self.scalar()?;
                Ok(self.done())
            }
        }
    }

    /// Reads a string of a list, and those behind it that are parted alike.
    fn strings(&mut self) -> Result<Expect, Malformed> {
        loop {
            let index = self.push(Shape::String);
            self.string(index)?;
            if self.is_joint() {
                self.at += self.joint.len() - 1;
                continue;
            }
            let end = self.at;
            self.skip_space()?;
            if self.bytes.get(self.at) != Some(&b',') {
                return Ok(Expect::CommaOrEnd);
            }
            let expect = self.comma();
            self.skip_space()?;
            if self.bytes.get(self.at) != Some(&b'"') {
                return Ok(expect);
            }
            self.joint = end..self.at + 1;
        }
    }

    /// Whether what parted the last two strings of a list stands here again, up
    /// to the quote that begins the next one.
    #[inline(always)]
    fn is_joint(&self) -> bool {
        let chunk = |at: usize| {
            let rest = self.bytes.get(at..)?;
            rest.first_chunk().copied().map(u128::from_le_bytes)
        };
        let alike = |(old, new): (u128, u128)| (old ^ new).trailing_zeros() as usize / 8;
        let both = chunk(self.joint.start).zip(chunk(self.at));
        !self.joint.is_empty() && both.is_some_and(|both| alike(both) >= self.joint.len())
    }

    fn push(&mut self, shape: Shape) -> usize {
        let start = self.at as u32;
        let index = self.nodes.len();
        self.nodes.push(Node {
            shape,
            start,
            end: start,
            next: index as u32 + 1,
        });
        index
    }

    fn open(&mut self, shape: Shape, expect: Expect) -> Expect {
        let index = self.push(shape);
        self.open.push(index);
        self.at += 1;
        expect
    }

    fn close(&mut self, byte: u8) -> Result<Expect, Malformed> {
        let shape = if byte == b'}' {
            Shape::Object
        } else {
            Shape::Array
        };
        match self.open.pop() {
            Some(index) if self.nodes[index].shape == shape => {
                self.at += 1;
                self.nodes[index].end = self.at as u32;
                self.nodes[index].next = self.nodes.len() as u32;
            }
            _ => return Err(self.wrong("a bracket closes what was not opened")),
        }
        Ok(self.done())
    }

    /// A value is complete: so is the member it belongs to.
    fn done(&mut self) -> Expect {
        if self.is_in(Shape::Object)
            && let Some(key) = self.keys.pop()
        {
            self.nodes[key].next = self.nodes.len() as u32;
        }
        Expect::CommaOrEnd
    }

    /// Reads the string at the opening quote into the node.
    fn string(&mut self, index: usize) -> Result<(), Malformed> {
        let start = self.at + 1;
        let end = match self.ends.and_then(|ends| ends.end(self.bytes, start)) {
            Some(end) => end,
            None => self.end(start)?,
        };
        self.nodes[index].start = start as u32;
        self.nodes[index].end = end as u32;
        self.at = end + 1;
        Ok(())
    }

    /// Where the string ends whose text begins at `start`, or what is wrong
    /// with it.
    fn end(&mut self, start: usize) -> Result<usize, Malformed> {
        let mut at = start;
        loop {
            at += plain(&self.bytes[at..]);
            match self.bytes.get(at) {
                Some(b'"') => return Ok(at),
                Some(b'\\') => at += self.escape(at)?,
                _ => return Err(self.unended(at)),
            }
        }
    }

    /// A string is broken at `at`: by a control character, if it ends at all.
    fn unended(&mut self, at: usize) -> Malformed {
        if memchr2(b'"', b'\\', &self.bytes[at..]).is_none() {
            return self.wrong("this string does not end");
        }
        self.at = at;
        self.wrong("a control character stands in a string unescaped")
    }

    /// Length of the escape at `at`.
    fn escape(&mut self, at: usize) -> Result<usize, Malformed> {
        match self.bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u')
                if self
                    .bytes
                    .get(at + 2..at + 6)
                    .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) =>
            {
                Ok(6)
            }
            _ => {
                self.at = at;
                Err(self.wrong("this escape is not JSON"))
            }
        }
    }

    fn scalar(&mut self) -> Result<(), Malformed> {
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.'))
            .unwrap_or(rest.len());
        if !is_scalar(&rest[..length]) {
            return Err(self.wrong("expected a value"));
        }
        self.at += length;
        Ok(())
    }

    fn wrong(&self, what: &str) -> Malformed {
        Malformed::at(self.source, self.at, what)
    }
}

/// How many spaces there are at the beginning, or of many only some: indents
/// are read a word at a time.
#[inline]
fn spaces(bytes: &[u8]) -> usize {
    match bytes.first_chunk() {
        Some(word) => {
            let other = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b' '; 8]);
            other.trailing_zeros() as usize / 8
        }
        None => 0,
    }
}

/// Most strings end within so many bytes.
const SHORT: usize = 64;

/// How many bytes at the beginning are neither quotes nor backslashes nor
/// control characters.
fn plain(bytes: &[u8]) -> usize {
    let head = bytes.get(..SHORT).unwrap_or(bytes);
    let length = by_words(head);
    if length < SHORT {
        return length;
    }
    let at = SHORT + plain_blocks(&bytes[SHORT..]);
    at + by_words(&bytes[at..])
}

/// The same, eight bytes at a time.
fn by_words(bytes: &[u8]) -> usize {
    let (words, tail) = bytes.as_chunks();
    let special = |word: &[u8; 8]| first_special(u64::from_le_bytes(*word));
    match words
        .iter()
        .map(special)
        .enumerate()
        .find(|(_, at)| *at < 8)
    {
        Some((word, at)) => word * 8 + at,
        None => words.len() * 8 + tail.iter().take_while(|byte| !is_special(**byte)).count(),
    }
}

/// The first special byte of a word; 8, if there is none. A subtraction sets
/// the highest bit of a byte that was too small, and of bytes behind it only.
fn first_special(word: u64) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let below = |word: u64, least: u8| word.wrapping_sub(EACH * u64::from(least)) & !word;
    let is = |byte: u8| below(word ^ (EACH * u64::from(byte)), 1);
    let special = (is(b'"') | is(b'\\') | below(word, b' ')) & (EACH << 7);
    (special.trailing_zeros() / 8) as usize
}

fn wanted(expect: Expect, in_object: bool) -> &'static str {
    match expect {
        Expect::Key => "expected a key in double quotes",
        Expect::KeyOrEnd => "expected a key in double quotes or `}`",
        Expect::CommaOrEnd if in_object => "expected `,` or `}`",
        Expect::CommaOrEnd => "expected `,` or `]`",
        Expect::Value | Expect::ValueOrEnd => "expected a value",
    }
}

fn is_scalar(word: &[u8]) -> bool {
    matches!(
        word,
        b"true" | b"false" | b"null" | b"NaN" | b"Infinity" | b"-Infinity"
    ) || is_number(word)
}

fn is_number(word: &[u8]) -> bool {
    let digits = |word: &[u8]| word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let exponent = match exponent {
            [b'+' | b'-', digits @ ..] => digits,
            digits => digits,
        };
        return !exponent.is_empty() && digits(exponent) == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_run_is_seen_wherever_it_stands() {
        for length in (0..40).chain(60..70).chain(120..200) {
            for end in ["", "\"", "\\", "\n", "\u{1f}", "\0"] {
                for text in ["ab", "é", "\u{7f} ", "!#[]"] {
                    let plain_text = text.repeat(length);
                    let whole = format!("{plain_text}{end}ab\"\0\\");
                    let expected = match end {
                        "" => plain_text.len() + 2,
                        _ => plain_text.len(),
                    };
                    assert_eq!(plain(whole.as_bytes()), expected, "{whole:?}");
                }
            }
        }
        assert_eq!(plain(b"abc"), 3);
    }
}

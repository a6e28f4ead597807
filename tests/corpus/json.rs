//! A small reader of JSON that keeps every byte's place. It shares nothing
//! with the program's own reader, so that both cannot be wrong in one way.

use std::ops::Range;

/// A value and its bytes.
#[derive(Debug)]
pub struct Node {
    /// All its bytes, quotes and brackets included.
    pub span: Range<usize>,
    pub shape: Shape,
}

#[derive(Debug)]
pub enum Shape {
    /// Members in order: the key's bytes (with quotes) and the value.
    Object(Vec<(Range<usize>, Node)>),
    Array(Vec<Node>),
    Text,
    /// A number, a word, `NaN`.
    Scalar,
}

impl Node {
    /// Reads one document.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader {
            bytes: text.as_bytes(),
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        };
        let node = reader.value()?;
        reader.space();
        (reader.at == text.len()).then_some(node)
    }

    pub fn raw<'t>(&self, text: &'t str) -> &'t str {
        &text[self.span.clone()]
    }

    /// The member with this key (as it stands, without escapes).
    pub fn get(&self, text: &str, key: &str) -> Option<&Self> {
        self.members()
            .iter()
            .rev()
            .find(|(name, _)| &text[name.start + 1..name.end - 1] == key)
            .map(|(_, value)| value)
    }

    pub fn members(&self) -> &[(Range<usize>, Node)] {
        match &self.shape {
            Shape::Object(members) => members,
            _ => &[],
        }
    }

    pub fn elements(&self) -> &[Node] {
        match &self.shape {
            Shape::Array(elements) => elements,
            _ => &[],
        }
    }

    pub fn is_text(&self) -> bool {
        matches!(self.shape, Shape::Text)
    }

    /// A list of strings only, which a notebook may mean as one text.
    pub fn is_text_list(&self) -> bool {
        match &self.shape {
            Shape::Array(elements) => elements.iter().all(Node::is_text),
            _ => false,
        }
    }

    /// A string's text, or that of a list of strings joined.
    pub fn decoded(&self, text: &str) -> Option<String> {
        match &self.shape {
            Shape::Text => Some(decode(self.raw(text))),
            Shape::Array(elements) if self.is_text_list() => {
                Some(elements.iter().map(|item| decode(item.raw(text))).collect())
            }
            _ => None,
        }
    }
}

/// The text of a JSON string; lone surrogates become U+FFFD.
pub fn decode(raw: &str) -> String {
    if let Ok(text) = serde_json::from_str(raw) {
        return text;
    }
    let mut units = Vec::new();
    let mut rest = raw.trim_matches('"').chars();
    while let Some(char) = rest.next() {
        if char != '\\' {
            units.extend(char.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        units.push(match rest.next().unwrap_or('\\') {
            'n' => 10,
            't' => 9,
            'r' => 13,
            'b' => 8,
            'f' => 12,
            'u' => {
                let digits: String = rest.by_ref().take(4).collect();
                u16::from_str_radix(&digits, 16).unwrap_or(0xFFFD)
            }
            other => u16::try_from(u32::from(other)).unwrap_or(0xFFFD),
        });
    }
    String::from_utf16_lossy(&units)
}

/// The inside of a JSON string that means `text`.
pub fn encode(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap_or_default();
    quoted[1..quoted.len() - 1].to_owned()
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    /// Steps over `byte` if it comes next.
    fn eat(&mut self, byte: u8) -> bool {
        self.space();
        let is_next = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self) -> Option<Node> {
        self.space();
        let start = self.at;
        let shape = match self.bytes.get(start)? {
            b'{' => self.object()?,
            b'[' => self.array()?,
            b'"' => {
                self.string()?;
                Shape::Text
            }
            _ => self.scalar()?,
        };
        Some(Node {
            span: start..self.at,
            shape,
        })
    }

    fn object(&mut self) -> Option<Shape> {
        self.at += 1;
        let mut members = Vec::new();
        if self.eat(b'}') {
            return Some(Shape::Object(members));
        }
        loop {
            self.space();
            let start = self.at;
            self.string()?;
            let key = start..self.at;
            if !self.eat(b':') {
                return None;
            }
            members.push((key, self.value()?));
            if self.eat(b'}') {
                return Some(Shape::Object(members));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn array(&mut self) -> Option<Shape> {
        self.at += 1;
        let mut elements = Vec::new();
        if self.eat(b']') {
            return Some(Shape::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            if self.eat(b']') {
                return Some(Shape::Array(elements));
            }
            if !self.eat(b',') {
                return None;
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return None;
        }
        self.at += 1;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }

    fn scalar(&mut self) -> Option<Shape> {
        let start = self.at;
        let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        while self.bytes.get(self.at).is_some_and(is_part) {
            self.at += 1;
        }
        (self.at > start).then_some(Shape::Scalar)
    }
}

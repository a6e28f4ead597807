//! Reading JSON as spans: where each string lies, and how they are nested.
//!
//! The reader is strict about structure (what it accepts, a strict JSON parser
//! accepts too) with three exceptions that real notebooks need: `NaN`,
//! `Infinity` and `-Infinity`, which Python writes; lone surrogates; and a
//! byte order mark. It keeps no numbers and no values, only spans, and it
//! does not recurse, so depth costs no stack. Read loosely, it also takes what
//! editors take in their settings: comments, and a comma after the last item.
//!
//! Grammar: RFC 8259.

#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
mod ends;
pub(in crate::format) mod file;
mod leaves;
mod lines;
mod program;
mod reader;

use std::ops::Range;

use super::Malformed;
pub(super) use file::FORMAT;
pub use leaves::Leaf;
use reader::Reader;

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `{ … }`; its members follow.
    Object,
    /// `[ … ]`; its elements follow.
    Array,
    /// A member's key; the value's node follows, if it has one.
    Key,
    /// A string value.
    String,
}

/// One thing in the file, in the order of the file. Numbers, `true`, `false`
/// and `null` have none.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// What it is.
    pub shape: Shape,
    start: u32,
    end: u32,
    /// Index of the first node behind it and all it holds.
    next: u32,
}

impl Node {
    /// Its bytes; of strings and keys without the quotes.
    pub fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A JSON file as spans.
#[derive(Debug)]
pub struct Document<'s> {
    source: &'s str,
    nodes: Vec<Node>,
    comments: Vec<Range<usize>>,
}

/// A node within its document.
#[derive(Debug, Clone, Copy)]
pub struct Cursor<'d> {
    document: &'d Document<'d>,
    index: usize,
}

impl<'s> Document<'s> {
    /// Reads `source`.
    pub fn read(source: &'s str) -> Result<Self, Malformed> {
        Reader::new(source, false)?.run()
    }

    /// Reads `source`, which may have comments, and commas before a closing
    /// bracket.
    pub fn read_loosely(source: &'s str) -> Result<Self, Malformed> {
        Reader::new(source, true)?.run()
    }

    /// A text with nothing in it.
    pub fn empty(source: &'s str) -> Self {
        Self {
            source,
            nodes: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// The text it was read from.
    pub fn source(&self) -> &'s str {
        self.source
    }

    /// Whether one of these names is a key, at any depth, as it is written.
    pub fn has_key(&self, names: &[&str]) -> bool {
        let mut keys = self.nodes.iter().filter(|node| node.shape == Shape::Key);
        keys.any(|key| {
            // Nearly all have another length, and are not read.
            let length = key.span().len();
            let mut alike = names.iter().filter(|name| name.len() == length);
            alike.any(|name| self.source.get(key.span()) == Some(name))
        })
    }

    /// A node by its [`Cursor::index`].
    pub fn node(&self, index: usize) -> Option<Cursor<'_>> {
        (index < self.nodes.len()).then_some(Cursor {
            document: self,
            index,
        })
    }

    /// Where the strings end that are values: their closing quotes.
    pub fn closing_quotes(&self) -> impl Iterator<Item = usize> {
        let strings = self.nodes.iter();
        let strings = strings.filter(|node| node.shape == Shape::String);
        strings.map(|node| node.end as usize)
    }

    /// All comments.
    pub fn comments(&self) -> &[Range<usize>] {
        &self.comments
    }

    /// How its values are nested, one letter each: what no edit of a string
    /// changes.
    pub fn bones(&self) -> String {
        let mut bones = String::with_capacity(self.nodes.len() + 2);
        let mut open: Vec<u32> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            while open.last().is_some_and(|&end| index >= end as usize) {
                open.pop();
                bones.push(')');
            }
            bones.push(match node.shape {
                Shape::Object => '{',
                Shape::Array => '[',
                Shape::Key => ':',
                Shape::String => '"',
            });
            if matches!(node.shape, Shape::Object | Shape::Array) {
                open.push(node.next);
            }
        }
        bones
    }

    /// The outermost value, if it is an object, an array or a string.
    pub fn root(&self) -> Option<Cursor<'_>> {
        self.node(0)
    }
}

impl<'d> Cursor<'d> {
    fn node(&self) -> Node {
        self.document.nodes[self.index]
    }

    /// Its number in the document.
    pub fn index(&self) -> usize {
        self.index
    }

    /// What it is.
    pub fn shape(&self) -> Shape {
        self.node().shape
    }

    /// Its bytes; of strings and keys without the quotes.
    pub fn span(&self) -> Range<usize> {
        self.node().span()
    }

    /// Its bytes as text, still escaped.
    pub fn raw(&self) -> &'d str {
        &self.document.source[self.span()]
    }

    /// The members of an object, in order, doubles included; a value that has
    /// no node (a number) is `None`.
    pub fn members(self) -> impl Iterator<Item = Member<'d>> {
        let end = self.inner_end(Shape::Object);
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let key = Cursor { index: at, ..self };
            let next = key.node().next as usize;
            let value = (next > at + 1).then_some(Cursor {
                index: at + 1,
                ..self
            });
            at = next;
            Some(Member { key, value })
        })
    }

    /// The elements of an array that have nodes.
    pub fn elements(self) -> impl Iterator<Item = Cursor<'d>> {
        let end = self.inner_end(Shape::Array);
        let mut at = self.index + 1;
        std::iter::from_fn(move || {
            let element = (at < end).then_some(Cursor { index: at, ..self })?;
            at = element.node().next as usize;
            Some(element)
        })
    }

    fn inner_end(&self, shape: Shape) -> usize {
        let node = self.node();
        if node.shape == shape {
            node.next as usize
        } else {
            0
        }
    }

    /// The last member with this key (as readers of JSON see it).
    pub fn get(self, key: &str) -> Option<Cursor<'d>> {
        self.members()
            .filter(|member| member.key.raw() == key)
            .last()
            .and_then(|member| member.value)
    }
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'d> {
    /// Its key.
    pub key: Cursor<'d>,
    /// Its value, unless it is a number, `true`, `false` or `null`.
    pub value: Option<Cursor<'d>>,
}

impl<'d> Member<'d> {
    /// The raw text of a value without a node, such as a number.
    pub fn scalar(&self) -> &'d str {
        let source = self.key.document.source;
        let rest = source[self.key.span().end + 1..].trim_start();
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        let end = rest.find([',', '}', '\n', '\r', ' ', '\t']);
        &rest[..end.unwrap_or(rest.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(source: &str) -> Vec<String> {
        let document = Document::read(source).expect("is JSON");
        let root = document.root().expect("has a root");
        root.leaves()
            .map(|leaf| {
                let key = leaf.key.map_or("", |key| key.raw());
                format!("{key}>{}", leaf.value.raw())
            })
            .collect()
    }

    #[test]
    fn leaves_know_their_keys() {
        assert_eq!(
            strings(r#"{"a": {"b": ["x", {"c": "y"}, "z"]}, "d": 1, "e": "w"}"#),
            [">a", "a>b", "b>x", "b>c", "c>y", "b>z", ">d", ">e", "e>w"]
        );
    }

    #[test]
    fn members_come_in_order_with_doubles_and_numbers() {
        let source = r#"{"a": 1e5 , "b": [2], "a": "x"}"#;
        let document = Document::read(source).expect("is JSON");
        let root = document.root().expect("has a root");
        let keys: Vec<_> = root.members().map(|member| member.key.raw()).collect();
        assert_eq!(keys, ["a", "b", "a"]);
        assert_eq!(root.members().next().expect("first").scalar(), "1e5");
        assert_eq!(root.get("a").expect("the last one").raw(), "x");
    }

    #[test]
    fn accepts_what_python_writes() {
        for source in [
            r#"[NaN, Infinity, -Infinity, "\ud800", 1e-05, 0.10, 1E5]"#,
            "\u{feff}{\r\n}\r\n",
            "123456789012345678901234567890",
        ] {
            assert!(Document::read(source).is_ok(), "{source}");
        }
    }

    #[test]
    fn says_where_it_is_broken() {
        for (source, said) in [
            (
                "{\n  \"a\": 1\n  \"b\": 2}",
                "expected `,` or `}` (line 3, column 3)",
            ),
            ("{\"ä\": }", "expected a value (line 1, column 7)"),
            ("[1, 2", "the file ends too early (line 1, column 6)"),
            (
                "[\"a\nb\"]",
                "a control character stands in a string unescaped (line 1, column 4)",
            ),
            (
                "[1}",
                "a bracket closes what was not opened (line 1, column 3)",
            ),
            (
                "[] x",
                "something follows the end of the JSON value (line 1, column 4)",
            ),
            (r#"["\x"]"#, "this escape is not JSON (line 1, column 3)"),
            ("", "the file ends too early (line 1, column 1)"),
            (
                r#""a", "b""#,
                "something follows the end of the JSON value (line 1, column 4)",
            ),
            ("<<<<<<< HEAD", "expected a value (line 1, column 1)"),
        ] {
            let error = Document::read(source).expect_err(source);
            assert_eq!(error.to_string(), said, "{source}");
        }
    }

    #[test]
    fn loosely_read_it_may_have_what_editors_allow() {
        let source = "// a\n{\"a\": /* b */ [1, 2,], // \"c\"\n \"d\": \"e//f\",}\n/**/";
        assert!(Document::read(source).is_err());
        let document = Document::read_loosely(source).expect("is JSON with comments");
        let comments: Vec<_> = document
            .comments()
            .iter()
            .map(|span| &source[span.clone()])
            .collect();
        assert_eq!(comments, ["// a", "/* b */", "// \"c\"", "/**/"]);
        assert_eq!(document.bones(), "{:[):\"");
        for broken in [
            "{,}",
            "[,]",
            "[1,,]",
            "{\"a\":,}",
            "[1] /",
            "/* x",
            "[1 /",
            ",",
        ] {
            assert!(Document::read_loosely(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}{}", "[".repeat(300_000), "]".repeat(300_000));
        let document = Document::read(&deep).expect("is JSON");
        assert_eq!(document.root().expect("root").leaves().count(), 0);
    }

    #[test]
    fn strings_of_a_list_may_be_parted_in_any_way() {
        let joints = [
            ",\n    ",
            ", ",
            ",",
            " ,\r\n",
            ",\n                         ",
            ",",
            ",",
        ];
        for rotation in 0..joints.len() {
            let mut source = "[".to_owned();
            for at in 0..40 {
                let joint = joints[(at / 3 + rotation) % joints.len()];
                source.push_str(&format!("\"{at}\"{joint}"));
            }
            source.push_str("{\"a\": [\"x\",\n    \"y\"]}]");
            let document = Document::read(&source).expect("is JSON");
            let root = document.root().expect("has a root");
            let numbers: Vec<&str> = root.elements().map(|item| item.raw()).take(40).collect();
            let expected: Vec<String> = (0..40).map(|at: usize| at.to_string()).collect();
            assert_eq!(numbers, expected);
            assert_eq!(document.bones(), format!("[{}{{:[\"\"", "\"".repeat(40)));
        }
        for broken in [
            "[\"a\",\n \"b\",\n \"c\",\n ]",
            "[\"a\", \"b\", \"c\" \"d\"]",
            "[\"a\",\"b\",\"c",
        ] {
            assert!(Document::read(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn many_comments_cost_no_stack() {
        let source = format!("{}[1]{}", "/**/ ".repeat(200_000), "//\n".repeat(200_000));
        let document = Document::read_loosely(&source).expect("is JSON with comments");
        assert_eq!(document.comments().len(), 400_000);
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]
        /// What serde_json refuses is refused, and the other way round.
        #[test]
        fn agrees_with_serde_json(source in r#"[\[\]{}:,"\\a-c0-3eE.+\- tunl]{0,14}"#) {
            let ours = Document::read(&source).is_ok();
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&source).is_ok();
            proptest::prop_assert_eq!(ours, theirs, "{}", source);
        }

        /// Strings near the end of a file are read in another way than those
        /// with something behind them, and must be read alike.
        #[test]
        fn is_read_alike_with_something_behind_it(
            before in "[a-z]{0,70}",
            source in r#"[\[\]{}:,"\\a-cu0-3n/ \n]{0,14}"#,
        ) {
            let source = format!("[\"{before}{source}\"]");
            let padded = format!("{source}{}", " ".repeat(200));
            let read = |source: &str| {
                let read = Document::read(source);
                read.map(|document| format!("{:?}", document.nodes))
            };
            match (read(&source), read(&padded)) {
                (Ok(nodes), Ok(others)) => proptest::prop_assert_eq!(nodes, others),
                (Err(_), Err(_)) => {}
                (one, other) => panic!("{source:?}: {one:?}, {other:?}"),
            }
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&source).is_ok();
            proptest::prop_assert_eq!(read(&padded).is_ok(), theirs, "{}", source);
        }
    }
}

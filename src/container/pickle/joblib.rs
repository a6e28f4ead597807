//! Where joblib puts the numbers of an array: behind the state of an object
//! that stands for it, without any instruction.
//!
//! Nothing is kept before a pickle names joblib, and nothing is kept of what
//! does not lead to a shape and a type.

use super::super::numpy::Dtype;
use super::Stop;
use super::machine::{Item, Step};

/// More, and it is no pickle that joblib wrote.
const MOST: usize = 1 << 20;

/// The longest shapes and states that matter.
const LONGEST: usize = 64;

/// Something that leads to an array.
#[derive(Debug)]
pub enum Node {
    /// A tuple.
    Tuple(Vec<Item>),
    /// A dictionary: names and values in turn.
    Pairs(Vec<Item>),
    /// The class that stands for arrays.
    Wrapper,
    /// The class of types of numbers.
    Type,
    /// An object of such a class, with its arguments.
    Object { is_wrapper: bool, arguments: Item },
}

/// All of one pickle.
#[derive(Debug, Default)]
pub struct Nodes {
    nodes: Vec<Node>,
    is_joblib: bool,
    /// What the strings that matter are: names of a state, types.
    words: Vec<(u32, String)>,
}

impl Nodes {
    /// Keeps a node, if joblib was named.
    pub fn add(&mut self, node: Node) -> Item {
        let is_long = match &node {
            Node::Tuple(items) => items.len() > LONGEST,
            _ => false,
        };
        if !self.is_joblib || is_long || self.nodes.len() >= MOST {
            return Item::Other;
        }
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).map_or(Item::Other, Item::Node)
    }

    /// A class, by its name.
    pub fn class(&mut self, module: &[u8], name: &[u8]) -> Option<u32> {
        let node = match (module, name) {
            (b"joblib.numpy_pickle", b"NumpyArrayWrapper") => Node::Wrapper,
            (b"numpy", b"dtype") => Node::Type,
            _ => return None,
        };
        self.is_joblib |= matches!(node, Node::Wrapper);
        match self.add(node) {
            Item::Node(index) => Some(index),
            _ => None,
        }
    }

    /// A class called with arguments.
    pub fn object(&mut self, class: Item, arguments: Item) -> Item {
        let is_wrapper = match self.get(class) {
            Some(Node::Wrapper) => true,
            Some(Node::Type) => false,
            _ => return Item::Other,
        };
        self.add(Node::Object {
            is_wrapper,
            arguments,
        })
    }

    /// Items of a dictionary.
    pub fn extend(&mut self, dict: u32, items: &[Item]) {
        if let Some(Node::Pairs(pairs)) = self.nodes.get_mut(dict as usize)
            && pairs.len() + items.len() <= LONGEST
        {
            pairs.extend_from_slice(items);
        }
    }

    /// Whether strings are of interest.
    pub fn wants_words(&self) -> bool {
        self.is_joblib
    }

    /// Takes note of what a short string says.
    pub fn word(&mut self, index: u32, word: &[u8]) {
        if let Ok(word) = std::str::from_utf8(word)
            && self.words.len() < MOST
        {
            self.words.push((index, word.to_owned()));
        }
    }

    /// What follows an object when it has its state.
    pub fn array(&self, object: Item, state: Item) -> Step {
        match self.get(object) {
            Some(Node::Object {
                is_wrapper: true, ..
            }) => self.of_wrapper(state).unwrap_or(Step::On),
            _ => Step::On,
        }
    }

    fn of_wrapper(&self, state: Item) -> Option<Step> {
        let Node::Pairs(pairs) = self.get(state)? else {
            return None;
        };
        let value = |name: &str| {
            let mut pairs = pairs.chunks_exact(2);
            pairs
                .find(|pair| self.says(pair[0]) == Some(name))
                .map(|pair| pair[1])
        };
        let Node::Object { arguments, .. } = self.get(value("dtype")?)? else {
            return None;
        };
        let Node::Tuple(arguments) = self.get(*arguments)? else {
            return None;
        };
        let dtype = self.says(*arguments.first()?)?;
        if dtype.starts_with('O') {
            return Some(Step::Nested);
        }
        let Node::Tuple(shape) = self.get(value("shape")?)? else {
            return None;
        };
        let is_padded = matches!(value("numpy_array_alignment_bytes"), Some(Item::Int(_)));
        let dtype = Dtype::read(&format!("'{dtype}'"))?;
        let len = shape.iter().try_fold(dtype.size, |len, side| match side {
            Item::Int(side) => len.checked_mul(u64::try_from(*side).ok()?),
            _ => None,
        });
        Some(Step::Array {
            len: len?,
            is_padded,
            dtype,
        })
    }

    fn get(&self, item: Item) -> Option<&Node> {
        match item {
            Item::Node(index) => self.nodes.get(index as usize),
            _ => None,
        }
    }

    fn says(&self, item: Item) -> Option<&str> {
        let Item::Text(index) = item else { return None };
        let at = self.words.binary_search_by_key(&index, |(index, _)| *index);
        at.ok().map(|at| self.words[at].1.as_str())
    }
}

/// The padding that stands before an array: its length, then so many bytes.
pub fn leap_padding(cursor: &mut super::cursor::Cursor<'_>) -> Result<(), Stop> {
    let len = cursor.byte()?;
    cursor.leap(u64::from(len)).map(drop)
}

//! The machine that pickles are programs for, with nothing in it that could be
//! executed: of everything that a pickle builds only this is kept, which
//! strings it holds, under which names it puts them, and which of them are
//! names of classes or keys.
//!
//! joblib writes the numbers of an array right behind the object that stands
//! for it. To find where the pickle goes on, that object's shape and type are
//! kept, too ([`super::joblib`]).

use std::collections::HashMap;
use std::ops::Range;

use super::super::numpy::{Dtype, Items};
use super::Stop;
use super::cursor::Cursor;
use super::joblib::{Node, Nodes};

/// More at once on the stack, and it is no pickle that anybody wrote.
const DEEPEST: usize = 4 << 20;

/// What the machine works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Where a list of arguments begins.
    Mark,
    /// A string, by its number.
    Text(u32),
    /// An integer.
    Int(i64),
    /// Something that joblib needs, by its number.
    Node(u32),
    /// Anything else.
    Other,
}

/// A string of a pickle.
#[derive(Debug, Clone)]
pub struct Text {
    /// Its bytes, without quotes or lengths.
    pub span: Range<u64>,
    /// It is the name of a class or a function.
    pub is_class: bool,
    /// It is the key of something.
    pub is_key: bool,
}

/// What a pickle holds.
#[derive(Debug, Default)]
pub struct Held {
    /// Its strings, in order.
    pub texts: Vec<Text>,
    /// Which string is put under which: first the value, then the name.
    pub names: Vec<(u32, u32)>,
    /// Arrays with strings in them.
    pub arrays: Vec<Items>,
    /// Classes that it names, for its outline.
    pub classes: u64,
    /// How many instructions it has.
    pub steps: u64,
}

/// The machine for one pickle.
pub struct Machine<'h> {
    held: &'h mut Held,
    stack: Vec<Item>,
    memo: HashMap<u64, Item>,
    /// How many things were put into the memo.
    memoized: u64,
    pub(super) nodes: Nodes,
}

/// Whether a pickle goes on.
pub enum Step {
    /// With the next instruction.
    On,
    /// After an array.
    Array {
        /// How many bytes it has.
        len: u64,
        /// A padding stands before it.
        is_padded: bool,
        /// What its items are.
        dtype: Dtype,
    },
    /// After another pickle: an array of objects.
    Nested,
    /// It is at its end.
    End,
}

impl<'h> Machine<'h> {
    /// A machine that puts what it sees into `held`.
    pub fn new(held: &'h mut Held) -> Self {
        Self {
            held,
            stack: Vec::new(),
            memo: HashMap::new(),
            memoized: 0,
            nodes: Nodes::default(),
        }
    }

    /// Where what is seen goes.
    pub fn held(&mut self) -> &mut Held {
        self.held
    }

    /// Carries out one instruction.
    pub fn step(&mut self, cursor: &mut Cursor<'_>) -> Result<Step, Stop> {
        if self.stack.len() > DEEPEST {
            return Err(Stop::TooDeep);
        }
        self.held.steps += 1;
        let code = cursor.byte()?;
        match code {
            b'.' => return Ok(Step::End),
            b'b' => return self.build(),
            b'S' | b'V' | b'T' | b'U' | b'X' | 0x8c | 0x8d | b'B' | b'C' | 0x8e | 0x96 => {
                self.string(code, cursor)?;
            }
            b'p' | b'q' | b'r' | 0x94 => self.put(code, cursor)?,
            b'g' | b'h' | b'j' => self.get(code, cursor)?,
            b'c' | b'i' | 0x93 => self.class(code, cursor)?,
            b'I' | b'L' | b'J' | b'K' | b'M' | 0x8a | 0x8b => self.int(code, cursor)?,
            b's' | b'u' | b'd' => self.pairs(code),
            b't' | 0x85..=0x87 | b')' => self.tuple(code),
            b'R' | 0x81 => self.object(),
            _ => self.other(code, cursor)?,
        }
        Ok(Step::On)
    }

    fn string(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let span = match code {
            b'S' => unquoted(cursor)?,
            b'V' => cursor.line()?,
            _ => {
                let len = match code {
                    b'U' | b'C' | 0x8c => cursor.number::<1>()?,
                    b'T' | b'X' | b'B' => cursor.number::<4>()?,
                    _ => cursor.number::<8>()?,
                };
                cursor.leap(len)?
            }
        };
        let index = u32::try_from(self.held.texts.len()).map_err(|_| Stop::TooDeep)?;
        if self.nodes.wants_words() && span.end - span.start < 64 {
            self.nodes.word(index, &cursor.text(span.clone())?);
        }
        self.held.texts.push(Text {
            span,
            is_class: false,
            is_key: false,
        });
        self.stack.push(Item::Text(index));
        Ok(())
    }

    fn put(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let key = match code {
            b'p' => line_number(cursor)?,
            b'q' => cursor.number::<1>()?,
            b'r' => cursor.number::<4>()?,
            _ => self.memoized,
        };
        self.memoized += 1;
        match self.stack.last() {
            Some(item @ (Item::Text(_) | Item::Node(_))) => self.memo.insert(key, *item),
            _ => self.memo.remove(&key),
        };
        Ok(())
    }

    fn get(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let key = match code {
            b'g' => line_number(cursor)?,
            b'h' => cursor.number::<1>()?,
            _ => cursor.number::<4>()?,
        };
        let item = self.memo.get(&key).copied();
        self.stack.push(item.unwrap_or(Item::Other));
        Ok(())
    }

    fn class(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        self.held.classes += 1;
        let name = if code == 0x93 {
            let name = self.pop();
            let module = self.pop();
            for item in [module, name] {
                if let Item::Text(index) = item
                    && let Some(text) = self.held.texts.get_mut(index as usize)
                {
                    text.is_class = true;
                }
            }
            self.read(cursor, module)?.zip(self.read(cursor, name)?)
        } else {
            let lines = (cursor.line()?, cursor.line()?);
            Some((
                cursor.text(lines.0)?.into_owned(),
                cursor.text(lines.1)?.into_owned(),
            ))
        };
        if code == b'i' {
            self.pop_mark();
        }
        let node = name.and_then(|(module, name)| self.nodes.class(&module, &name));
        self.stack.push(node.map_or(Item::Other, Item::Node));
        Ok(())
    }

    /// The bytes of a short string.
    fn read(&self, cursor: &Cursor<'_>, item: Item) -> Result<Option<Vec<u8>>, Stop> {
        let Item::Text(index) = item else {
            return Ok(None);
        };
        let text = self.held.texts.get(index as usize);
        match text.filter(|text| text.span.end - text.span.start < 256) {
            Some(text) => Ok(Some(cursor.text(text.span.clone())?.into_owned())),
            None => Ok(None),
        }
    }

    fn int(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        let int = match code {
            b'I' | b'L' => {
                let line = cursor.line()?;
                let text = cursor.text(line)?;
                let text = String::from_utf8_lossy(&text);
                text.trim_end_matches('L').parse().ok()
            }
            b'J' => i64::try_from(cursor.number::<4>()?).ok(),
            b'K' => i64::try_from(cursor.number::<1>()?).ok(),
            b'M' => i64::try_from(cursor.number::<2>()?).ok(),
            _ => {
                let len = match code {
                    0x8a => cursor.number::<1>()?,
                    _ => cursor.number::<4>()?,
                };
                let span = cursor.leap(len)?;
                long(&cursor.text(span.start..span.end.min(span.start + 9))?)
            }
        };
        self.stack.push(int.map_or(Item::Other, Item::Int));
        Ok(())
    }

    /// Names and what they are given to: in a dictionary, which is a state of
    /// an object, too.
    fn pairs(&mut self, code: u8) {
        let items = match code {
            b's' => {
                let value = self.pop();
                vec![self.pop(), value]
            }
            _ => self.pop_mark(),
        };
        for pair in items.chunks_exact(2) {
            self.pair(pair[0], pair[1]);
        }
        if code == b'd' {
            let node = self.nodes.add(Node::Pairs(Vec::new()));
            self.stack.push(node);
        }
        if let Some(Item::Node(dict)) = self.stack.last() {
            self.nodes.extend(*dict, &items);
        }
    }

    fn pair(&mut self, name: Item, value: Item) {
        let Item::Text(name) = name else { return };
        if let Some(text) = self.held.texts.get_mut(name as usize) {
            text.is_key = true;
        }
        if let Item::Text(value) = value {
            self.held.names.push((value, name));
        }
    }

    fn tuple(&mut self, code: u8) {
        let items = match code {
            b't' => self.pop_mark(),
            b')' => Vec::new(),
            _ => {
                let count = usize::from(code - 0x84);
                let at = self.stack.len().saturating_sub(count);
                self.stack.split_off(at)
            }
        };
        // A header, an item of a dictionary.
        if let [Item::Text(name), Item::Text(value)] = items[..] {
            self.held.names.push((value, name));
        }
        let node = self.nodes.add(Node::Tuple(items));
        self.stack.push(node);
    }

    /// A class called with its arguments.
    fn object(&mut self) {
        let arguments = self.pop();
        let class = self.pop();
        let object = self.nodes.object(class, arguments);
        self.stack.push(object);
    }

    /// The state of an object: its arrays may follow.
    fn build(&mut self) -> Result<Step, Stop> {
        let state = self.pop();
        let object = self.stack.last().copied().unwrap_or(Item::Other);
        Ok(self.nodes.array(object, state))
    }

    fn other(&mut self, code: u8, cursor: &mut Cursor<'_>) -> Result<(), Stop> {
        // How many bytes follow, how many items go, whether one comes.
        let (skip, pops, push) = match code {
            b'(' => {
                self.stack.push(Item::Mark);
                return Ok(());
            }
            b'1' | b'e' | 0x90 => {
                self.pop_mark();
                return Ok(());
            }
            b'l' | b'o' | 0x91 => {
                self.pop_mark();
                (0, 0, true)
            }
            b'}' => {
                let node = self.nodes.add(Node::Pairs(Vec::new()));
                self.stack.push(node);
                return Ok(());
            }
            b'2' => {
                let top = self.stack.last().copied();
                self.stack.push(top.unwrap_or(Item::Other));
                return Ok(());
            }
            b'F' | b'P' => {
                cursor.line()?;
                (0, 0, true)
            }
            b'0' | b'a' => (0, 1, false),
            b'Q' => (0, 1, true),
            b'N' | b']' | 0x88 | 0x89 | 0x8f | 0x97 => (0, 0, true),
            b'G' => (8, 0, true),
            0x80 => (1, 0, false),
            0x95 => (8, 0, false),
            0x82 => (1, 0, true),
            0x83 => (2, 0, true),
            0x84 => (4, 0, true),
            0x92 => (0, 3, true),
            0x98 => (0, 0, false),
            _ => return Err(Stop::Unknown),
        };
        cursor.leap(skip)?;
        for _ in 0..pops {
            self.pop();
        }
        if push {
            self.stack.push(Item::Other);
        }
        Ok(())
    }

    fn pop(&mut self) -> Item {
        self.stack.pop().unwrap_or(Item::Other)
    }

    fn pop_mark(&mut self) -> Vec<Item> {
        let mark = self.stack.iter().rposition(|item| *item == Item::Mark);
        let items = self.stack.split_off(mark.map_or(0, |mark| mark + 1));
        self.stack.pop();
        items
    }
}

/// A line of protocol 0 in quotes, without them.
fn unquoted(cursor: &mut Cursor<'_>) -> Result<Range<u64>, Stop> {
    let line = cursor.line()?;
    let text = cursor.text(line.clone())?;
    match text.as_ref() {
        [first @ (b'\'' | b'"'), .., last] if first == last => Ok(line.start + 1..line.end - 1),
        _ => Err(Stop::Unknown),
    }
}

fn line_number(cursor: &mut Cursor<'_>) -> Result<u64, Stop> {
    let line = cursor.line()?;
    let text = cursor.text(line)?;
    let text = std::str::from_utf8(&text).ok();
    text.and_then(|text| text.trim().parse().ok())
        .ok_or(Stop::Unknown)
}

/// An integer of any length, the lowest byte first; `None` beyond eight.
fn long(bytes: &[u8]) -> Option<i64> {
    if bytes.len() > 8 {
        return None;
    }
    let is_negative = bytes.last().is_some_and(|byte| byte & 0x80 != 0);
    let mut wide = [if is_negative { 0xff } else { 0 }; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    Some(i64::from_le_bytes(wide))
}

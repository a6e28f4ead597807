//! What the items of an array consist of, as numpy writes it: `<U37`, `|S5`,
//! or a list of named fields, which may hold fields themselves.

/// How deep fields may lie within one another.
const DEEPEST: usize = 16;

/// More fields, and nobody wrote it.
const MOST: usize = 10_000;

/// What the items of an array are.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Dtype {
    /// How many bytes an item takes.
    pub size: u64,
    /// The strings in it.
    pub strings: Vec<StringField>,
    /// It holds objects: the array is a pickle.
    pub has_objects: bool,
}

/// A string within an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringField {
    /// Its name, if the items have fields.
    pub name: Option<String>,
    /// Where it begins in the item.
    pub at: u64,
    /// How many bytes it has.
    pub len: u64,
    /// Four bytes a character; the highest one first, or not.
    pub wide: Option<bool>,
}

impl Dtype {
    /// Reads what stands in quotes, `<U37`, or a whole list of fields.
    pub fn read(text: &str) -> Option<Self> {
        let mut dtype = Self::default();
        let mut reader = Reader { rest: text };
        reader.dtype(&mut dtype, None, 0)?;
        Some(dtype)
    }

    /// Adds items of a plain type.
    fn add(&mut self, code: &str, name: Option<&str>, times: u64) -> Option<()> {
        let is_big = code.starts_with('>');
        let code = code.trim_start_matches(['<', '>', '|', '=']);
        let mut characters = code.chars();
        let kind = characters.next()?;
        let digits: String = characters.take_while(char::is_ascii_digit).collect();
        let count = digits.parse().unwrap_or(1);
        let size: u64 = match kind {
            'U' => count * 4,
            'O' => 8,
            '?' => 1,
            _ => count,
        };
        self.has_objects |= kind == 'O';
        let is_string = matches!(kind, 'U' | 'S' | 'a');
        let mut at = self.size;
        self.size = self.size.checked_add(size.checked_mul(times)?)?;
        for _ in 0..times.min(MOST as u64) {
            if !is_string || self.strings.len() >= MOST {
                break;
            }
            self.strings.push(StringField {
                name: name.map(str::to_owned),
                at,
                len: size,
                wide: (kind == 'U').then_some(is_big),
            });
            at += size;
        }
        Some(())
    }
}

/// Reads literals of Python, as far as types need them.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// A type in quotes, or a list of fields.
    fn dtype(&mut self, dtype: &mut Dtype, name: Option<&str>, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        if !self.takes('[') {
            let code = self.string()?;
            return dtype.add(code, name, 1);
        }
        while self.takes('(') {
            // A field may have a title before its name: `('title', 'name')`.
            let name = match self.takes('(') {
                true => {
                    self.string()?;
                    self.takes(',');
                    let name = self.string()?;
                    self.takes(')');
                    name
                }
                false => self.string()?,
            };
            self.takes(',');
            self.field(dtype, name, depth)?;
            self.takes(',');
        }
        self.takes(']').then_some(())
    }

    /// The type of a field, maybe with a shape.
    fn field(&mut self, dtype: &mut Dtype, name: &str, depth: usize) -> Option<()> {
        let mut inner = Dtype::default();
        self.dtype(&mut inner, Some(name), depth + 1)?;
        self.takes(',');
        let mut times = 1u64;
        if self.takes('(') {
            while let Some(side) = self.number() {
                times = times.checked_mul(side)?;
                self.takes(',');
            }
            self.takes(')');
        }
        self.takes(')');
        dtype.has_objects |= inner.has_objects;
        let whole = inner.size.checked_mul(times)?;
        for time in 0..times.min(MOST as u64) {
            for string in &inner.strings {
                if dtype.strings.len() >= MOST {
                    break;
                }
                dtype.strings.push(StringField {
                    at: dtype.size + time * inner.size + string.at,
                    ..string.clone()
                });
            }
        }
        dtype.size = dtype.size.checked_add(whole)?;
        Some(())
    }

    fn takes(&mut self, sign: char) -> bool {
        let rest = self.rest.trim_start();
        match rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn string(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (string, rest) = rest.get(1..)?.split_once(quote)?;
        self.rest = rest;
        Some(string)
    }

    fn number(&mut self) -> Option<u64> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number = rest.get(..end)?.parse().ok()?;
        self.rest = rest.get(end..)?;
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> (u64, Vec<(u64, u64)>) {
        let dtype = Dtype::read(text).unwrap();
        let places = dtype.strings.iter().map(|string| (string.at, string.len));
        (dtype.size, places.collect())
    }

    #[test]
    fn strings_are_found_in_items() {
        assert_eq!(places("'<U3'"), (12, vec![(0, 12)]));
        assert_eq!(places("'|S5'"), (5, vec![(0, 5)]));
        assert_eq!(places("'<f8'"), (8, vec![]));
        assert_eq!(places("'<M8[ns]'"), (8, vec![]));
        let fields =
            "[('a', '<i4'), ('b', '<U2'), ('c', '|S3', (2,)), ('d', [('e', '<f2'), ('f', '|S1')])]";
        assert_eq!(
            places(fields),
            (21, vec![(4, 8), (12, 3), (15, 3), (20, 1)])
        );
        assert!(Dtype::read("'|O'").unwrap().has_objects);
        assert!(Dtype::read("[('a'").is_none());
    }
}

//! The schema of an Arrow stream: which buffers of a batch are whose.

use std::collections::BTreeMap;

use super::table::Table;

/// Fields within fields; and of all of them, how many: offsets can lead in a
/// circle.
const DEEPEST: usize = 64;
const MOST: usize = 100_000;

/// One buffer of a batch after the other, as the schema orders them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// Numbers, or bits that say what is missing.
    Other,
    /// Where strings of this column begin and end, in numbers of that many
    /// bytes; the next buffer has the strings.
    Offsets { name: String, width: u64 },
    /// Strings of up to twelve bytes, and where longer ones are; as many
    /// buffers come after it as the batch says.
    Views { name: String },
}

/// The buffers of the columns and of the dictionaries.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub columns: Vec<Slot>,
    pub dictionaries: BTreeMap<u64, Vec<Slot>>,
}

impl Layout {
    /// The layout that a schema describes; `None` if it has a type that is not
    /// known, so that nobody knows whose buffers are whose.
    pub fn read(schema: Table<'_>) -> Option<Self> {
        let mut layout = Self::default();
        let mut columns = Vec::new();
        let mut count = 0;
        for field in schema.tables(1) {
            layout.field(field, 0, &mut count, &mut columns)?;
        }
        layout.columns = columns;
        Some(layout)
    }

    fn field(
        &mut self,
        field: Table<'_>,
        depth: usize,
        count: &mut usize,
        slots: &mut Vec<Slot>,
    ) -> Option<()> {
        *count += 1;
        if depth > DEEPEST || *count > MOST {
            return None;
        }
        let Some(dictionary) = field.table(4) else {
            return self.plain(field, depth, count, slots);
        };
        // A column of indexes into a dictionary, which has the field's type.
        slots.extend([Slot::Other, Slot::Other]);
        let mut values = Vec::new();
        self.plain(field, depth, count, &mut values)?;
        self.dictionaries.insert(dictionary.u64(0), values);
        Some(())
    }

    fn plain(
        &mut self,
        field: Table<'_>,
        depth: usize,
        count: &mut usize,
        slots: &mut Vec<Slot>,
    ) -> Option<()> {
        let name = field.text(0).unwrap_or_default().to_owned();
        let strings = |width| {
            [
                Slot::Other,
                Slot::Offsets {
                    name: name.clone(),
                    width,
                },
            ]
        };
        match field.u8(2) {
            NULL | RUN_ENDS => {}
            BINARY | UTF8 => slots.extend(strings(4)),
            LARGE_BINARY | LARGE_UTF8 => slots.extend(strings(8)),
            BINARY_VIEW | UTF8_VIEW => slots.extend([Slot::Other, Slot::Views { name }]),
            STRUCT | FIXED_LIST => slots.push(Slot::Other),
            UNION => {
                let is_dense = field.table(3).is_some_and(|it| it.u16(0) == 1);
                slots.extend(std::iter::repeat_n(Slot::Other, 1 + usize::from(is_dense)));
            }
            LIST_VIEW | LARGE_LIST_VIEW => slots.extend([Slot::Other, Slot::Other, Slot::Other]),
            // Numbers and times, lists and maps: what is missing, and one more.
            2 | 3 | 6..=12 | 15 | 17 | 18 | 21 => slots.extend([Slot::Other, Slot::Other]),
            _ => return None,
        }
        for child in field.tables(5) {
            self.field(child, depth + 1, count, slots)?;
        }
        Some(())
    }
}

const NULL: u8 = 1;
const BINARY: u8 = 4;
const UTF8: u8 = 5;
const STRUCT: u8 = 13;
const UNION: u8 = 14;
const FIXED_LIST: u8 = 16;
const LARGE_BINARY: u8 = 19;
const LARGE_UTF8: u8 = 20;
const RUN_ENDS: u8 = 22;
const BINARY_VIEW: u8 = 23;
const UTF8_VIEW: u8 = 24;
const LIST_VIEW: u8 = 25;
const LARGE_LIST_VIEW: u8 = 26;

//! One cell: what it is shown as, and what it becomes.

use std::borrow::Cow;

use rusqlite::types::{Value, ValueRef};

use super::{Table, Update};
use crate::container::strings::{Form, SHORTEST, may_hold_text};
use crate::container::{Change, Refusal};

/// A cell that is text or a blob.
pub(super) struct Cell<'c> {
    /// Which table, and within it which row, counted from 1.
    pub table: usize,
    pub row: u64,
    pub key: &'c [Value],
    pub column: usize,
    /// The column, or what the row says that the value is called.
    pub name: &'c str,
    pub value: ValueRef<'c>,
}

impl<'c> Cell<'c> {
    /// What the cell is shown as, if it may hold something.
    pub fn form(&self) -> Option<Form<'c>> {
        let bytes = self.bytes();
        if bytes.len() < SHORTEST {
            return None;
        }
        let name = Cow::Borrowed(self.name);
        match std::str::from_utf8(bytes) {
            Ok(text) => Some(Form::of(Some(name), Cow::Borrowed(unquoted(text)))),
            Err(_) if may_hold_text(bytes) => Some(Form::File {
                name,
                bytes: Cow::Borrowed(bytes),
            }),
            Err(_) => None,
        }
    }

    /// Where it stands, for people.
    pub fn place(&self, table: &Table) -> String {
        let column = table.columns.get(self.column).map_or("", String::as_str);
        format!("{}.{column}, row {}", table.name, self.row)
    }

    /// What it becomes.
    pub fn update(&self, table: &Table, change: &Change) -> Result<Update, Refusal> {
        let bytes = match std::str::from_utf8(self.bytes()) {
            Ok(text) => {
                let inner = unquoted(text);
                let new = change.applied(inner.as_bytes());
                match inner.len() == text.len() {
                    true => new,
                    false => [b"\"".as_slice(), &new, b"\""].concat(),
                }
            }
            Err(_) => change.applied(self.bytes()),
        };
        let value = match self.value {
            ValueRef::Text(_) => String::from_utf8(bytes).ok().map(Value::Text),
            _ => Some(Value::Blob(bytes)),
        };
        let value = value.ok_or_else(|| {
            let why = "a string would not be text any more";
            Refusal::Unsound(format!("{}: {why}", self.place(table)))
        })?;
        Ok(Update {
            table: self.table,
            key: self.key.to_vec(),
            column: self.column,
            value,
        })
    }

    fn bytes(&self) -> &'c [u8] {
        match self.value {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            _ => &[],
        }
    }
}

/// A string of JSON without escapes is looked at without its quotes: that is
/// how Optuna keeps values.
fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let plain = inner.filter(|it| memchr::memchr2(b'\\', b'"', it.as_bytes()).is_none());
    plain.unwrap_or(text)
}

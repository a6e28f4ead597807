//! The tables of a database: their columns, and what names a row.

use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use sha2::{Digest, Sha256};

use super::cells::Cell;
use super::{Refusal, malformed};

/// Columns that hold names, of the tables that hold names and values.
const NAMES: [&str; 3] = ["key", "name", "param_name"];

/// Columns that hold the values of such names.
const VALUES: [&str; 4] = ["value", "value_json", "param_value", "content"];

/// A table.
pub(super) struct Table {
    pub name: String,
    /// Columns that can be written to.
    pub columns: Vec<String>,
    /// What names a row: its number, or its primary key.
    key: Vec<String>,
    /// The column that names the values of a row.
    names: Option<usize>,
}

/// The tables with rows of their own, in the order of the schema.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut names = connection.prepare(
        "SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type IN ('table', 'shadow') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'
         ORDER BY name",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?;
    names.map(|name| Table::read(connection, name?)).collect()
}

/// The definitions in the schema, with their names.
pub(super) fn definitions(
    connection: &Connection,
    each: &mut dyn FnMut(&str, String) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut query = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name, type")
        .map_err(malformed)?;
    let mut rows = query.query([]).map_err(malformed)?;
    while let Some(row) = rows.next().map_err(malformed)? {
        let name: String = row.get(0).map_err(malformed)?;
        let sql: String = row.get(1).map_err(malformed)?;
        each(&name, sql)?;
    }
    Ok(())
}

/// Makes anew what was made of the old cells: indexes of words, samples for
/// the planner.
pub(super) fn refresh(connection: &Connection) -> rusqlite::Result<()> {
    let mut words = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table'
         AND sql LIKE 'CREATE VIRTUAL TABLE%' AND sql LIKE '%USING fts%'",
    )?;
    let words = words.query_map([], |row| row.get::<_, String>(0))?;
    for name in words {
        let name = quoted(&name?);
        connection.execute(
            &format!("INSERT INTO {name}({name}) VALUES ('rebuild')"),
            [],
        )?;
    }
    let samples: i64 = connection.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('sqlite_stat3', 'sqlite_stat4')",
        [],
        |row| row.get(0),
    )?;
    match samples {
        0 => Ok(()),
        _ => connection.execute_batch("ANALYZE"),
    }
}

impl Table {
    fn read(connection: &Connection, name: String) -> rusqlite::Result<Self> {
        let mut query =
            connection.prepare("SELECT name, pk, hidden FROM pragma_table_xinfo(?1)")?;
        let rows = query.query_map([&name], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, i64>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })?;
        let columns = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let without_rowid: bool = connection.query_row(
            "SELECT wr FROM pragma_table_list(?1) WHERE schema = 'main'",
            [&name],
            |row| row.get(0),
        )?;
        let mut key: Vec<_> = columns.iter().filter(|(_, pk, _)| *pk > 0).collect();
        key.sort_by_key(|(_, pk, _)| *pk);
        let is_taken = |it: &&str| {
            columns
                .iter()
                .any(|(name, ..)| name.eq_ignore_ascii_case(it))
        };
        let number = ["rowid", "_rowid_", "oid"]
            .into_iter()
            .find(|it| !is_taken(it));
        let key = match number {
            Some(number) if !without_rowid => vec![number.to_owned()],
            _ => key.into_iter().map(|(name, ..)| name.clone()).collect(),
        };
        // What is computed from other columns follows them by itself.
        let columns: Vec<String> = columns
            .into_iter()
            .filter(|(_, _, hidden)| *hidden == 0)
            .map(|(name, ..)| name)
            .collect();
        let has = |names: &[&str]| columns.iter().position(|it| names.contains(&it.as_str()));
        let names = has(&NAMES).filter(|_| has(&VALUES).is_some());
        Ok(Self {
            name,
            columns,
            key,
            names,
        })
    }

    /// Each cell that is text or a blob.
    pub fn cells(
        &self,
        connection: &Connection,
        index: usize,
        each: &mut dyn FnMut(Cell<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut query = connection.prepare(&self.query()).map_err(malformed)?;
        let mut rows = query.query([]).map_err(malformed)?;
        let mut number = 0;
        while let Some(row) = rows.next().map_err(malformed)? {
            number += 1;
            let key = (0..self.key.len()).map(|at| row.get::<_, Value>(at));
            let key: Vec<Value> = key.collect::<rusqlite::Result<_>>().map_err(malformed)?;
            let cell = |column: usize| row.get_ref(self.key.len() + column);
            for column in 0..self.columns.len() {
                let value = cell(column).map_err(malformed)?;
                if let ValueRef::Text(_) | ValueRef::Blob(_) = value {
                    let named = self.names.filter(|_| self.is_value(column));
                    let named = named.and_then(|names| cell(names).ok()?.as_str().ok());
                    each(Cell {
                        table: index,
                        key: &key,
                        row: number,
                        column,
                        name: named.unwrap_or(&self.columns[column]),
                        value,
                    })?;
                }
            }
        }
        Ok(())
    }

    /// How many rows there are, and a digest of what is not text or a blob.
    pub fn digest(&self, connection: &Connection) -> rusqlite::Result<(u64, Vec<u8>)> {
        let mut query = connection.prepare(&self.query())?;
        let count = query.column_count();
        let mut rows = query.query([])?;
        let (mut number, mut digest) = (0, Sha256::new());
        while let Some(row) = rows.next()? {
            number += 1;
            for at in 0..count {
                match row.get_ref(at)? {
                    ValueRef::Null => digest.update([0]),
                    ValueRef::Integer(value) => digest.update(value.to_le_bytes()),
                    ValueRef::Real(value) => digest.update(value.to_le_bytes()),
                    ValueRef::Text(_) => digest.update([1]),
                    ValueRef::Blob(_) => digest.update([2]),
                }
            }
        }
        Ok((number, digest.finalize().to_vec()))
    }

    /// Puts a value in a cell.
    pub fn update(
        &self,
        connection: &Connection,
        column: usize,
        value: &Value,
        key: &[Value],
    ) -> rusqlite::Result<()> {
        let name = self
            .columns
            .get(column)
            .map(|name| quoted(name))
            .unwrap_or_default();
        let row = self.key.iter().map(|key| format!("{} IS ?", quoted(key)));
        let row: Vec<String> = row.collect();
        let sql = format!(
            "UPDATE {} SET {name} = ? WHERE {}",
            quoted(&self.name),
            row.join(" AND ")
        );
        let values = std::iter::once(value).chain(key);
        match connection.execute(&sql, params_from_iter(values))? {
            1 => Ok(()),
            rows => Err(rusqlite::Error::StatementChangedRows(rows)),
        }
    }

    fn query(&self) -> String {
        let columns = self.key.iter().chain(&self.columns);
        let columns: Vec<String> = columns.map(|name| quoted(name)).collect();
        let keys: Vec<String> = self.key.iter().map(|name| quoted(name)).collect();
        format!(
            "SELECT {} FROM {} ORDER BY {}",
            columns.join(", "),
            quoted(&self.name),
            keys.join(", ")
        )
    }

    /// Whether a column is of those that name a row.
    pub fn is_key(&self, column: usize) -> bool {
        let name = self.columns.get(column);
        name.is_some_and(|name| self.key.contains(name))
    }

    fn is_value(&self, column: usize) -> bool {
        let name = self.columns.get(column);
        name.is_some_and(|name| VALUES.contains(&name.as_str()))
    }
}

/// A name as SQL writes it, whatever it is.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

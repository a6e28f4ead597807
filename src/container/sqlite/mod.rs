//! SQLite databases: the text and the blobs in the cells of their tables.
//!
//! Bytes of a database are not patched: a masked cell disagrees with its index,
//! and old copies stay in pages that are free. So the database is loaded into
//! memory, never into another file, its cells are updated, and it is packed
//! anew; the result is the whole new file. Triggers do not run, rows, their
//! numbers and all other cells stay as they were.

mod cells;
mod tables;

use std::collections::BTreeMap;

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, MAIN_DB};
use sha2::{Digest, Sha256};

use super::{Budget, Change, Container, Patch, ReadAt, Refusal, Room, Take, whole};
use cells::Cell;
use tables::Table;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// A database is in memory twice while it is changed.
const LARGEST: u64 = 1 << 30;

/// Where the header says whether the database has a write-ahead log, twice; a
/// database in memory cannot have one.
const LOGGED: [usize; 2] = [18, 19];

const IN_SCHEMA: &str = "it stands in the definition of a table, an index, a view or a trigger: \
     make that anew without it";

/// Opens a database: told by its first bytes.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let is_database = source.start(MAGIC.len() as u64)?.as_ref() == MAGIC;
    Ok(is_database.then(|| Box::new(Database { source }) as Box<dyn Container>))
}

/// A database.
struct Database<'a> {
    source: &'a dyn ReadAt,
}

/// The new value of a cell.
struct Update {
    table: usize,
    key: Vec<Value>,
    column: usize,
    value: Value,
}

impl Database<'_> {
    /// The database in memory. Whatever its schema says, nothing in it runs.
    fn connect(&self) -> Result<Connection, Refusal> {
        if self.source.len() > LARGEST {
            let why = "a database larger than 1 GiB is not looked into";
            return Err(Refusal::Limit(why.to_owned()));
        }
        let mut bytes = whole(self.source)?.into_owned();
        for at in LOGGED {
            if let Some(version) = bytes.get_mut(at) {
                *version = 1;
            }
        }
        load(&bytes).map_err(malformed)
    }

    fn is_logged(&self) -> Result<bool, Refusal> {
        let head = self.source.start(20)?;
        Ok(LOGGED.iter().any(|at| head.get(*at) == Some(&2)))
    }

    /// The file with the `updates`.
    fn updated(&self, mut connection: Connection, updates: &[Update]) -> Result<Vec<u8>, Refusal> {
        let tables = tables::all(&connection).map_err(malformed)?;
        verify(&connection)?;
        let before = outline(&connection, &tables)?;
        // Cells that name a row come last: the others are found by them.
        let is_key = |update: &&Update| {
            let table = tables.get(update.table);
            table.is_some_and(|table| table.is_key(update.column))
        };
        let (last, first): (Vec<_>, Vec<_>) = updates.iter().partition(is_key);
        for update in first.into_iter().chain(last) {
            if let Some(table) = tables.get(update.table) {
                table
                    .update(&connection, update.column, &update.value, &update.key)
                    .map_err(|error| unsound(&table.name, &error))?;
            }
        }
        tables::refresh(&connection).map_err(|error| unsound("an index of words", &error))?;
        (connection.execute_batch("VACUUM")).map_err(|error| unsound("the database", &error))?;
        verify(&connection)?;
        if outline(&connection, &tables)? != before {
            let why = "its rows would not be the same afterwards";
            return Err(Refusal::Unsound(why.to_owned()));
        }
        let data = connection.serialize(MAIN_DB).map_err(malformed)?;
        let mut bytes = data.to_vec();
        if self.is_logged()? {
            for at in LOGGED {
                if let Some(version) = bytes.get_mut(at) {
                    *version = 2;
                }
            }
        }
        Ok(bytes)
    }
}

impl Container for Database<'_> {
    fn title(&self) -> &'static str {
        "SQLite database"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let connection = self.connect()?;
        let tables = tables::all(&connection).map_err(malformed)?;
        let mut number = 0;
        for (index, table) in tables.iter().enumerate() {
            table.cells(&connection, index, &mut |cell: Cell<'_>| {
                if let Some(form) = cell.form() {
                    form.show(number, cell.place(table), Room::Any, take)?;
                    number += 1;
                }
                Ok(())
            })?;
        }
        tables::definitions(&connection, &mut |name, sql| {
            let place = format!("definition of {name}");
            let form = super::strings::Form::of(None, sql.into());
            form.show(number, place, Room::Fixed(IN_SCHEMA), take)?;
            number += 1;
            Ok(())
        })
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: BTreeMap<usize, &Change> = changes.iter().map(|it| (it.part, it)).collect();
        let connection = self.connect()?;
        let tables = tables::all(&connection).map_err(malformed)?;
        let mut updates = Vec::with_capacity(wanted.len());
        let mut number = 0;
        for (index, table) in tables.iter().enumerate() {
            table.cells(&connection, index, &mut |cell: Cell<'_>| {
                if cell.form().is_some() {
                    if let Some(change) = wanted.get(&number) {
                        updates.push(cell.update(table, change)?);
                    }
                    number += 1;
                }
                Ok(())
            })?;
        }
        if updates.len() != wanted.len() {
            return Err(Refusal::Unsound(IN_SCHEMA.to_owned()));
        }
        Ok(vec![Patch {
            span: 0..self.source.len(),
            bytes: self.updated(connection, &updates)?,
        }])
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let connection = self.connect()?;
        let tables = tables::all(&connection).map_err(malformed)?;
        outline(&connection, &tables)
    }
}

fn load(bytes: &[u8]) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.deserialize_read_exact(MAIN_DB, bytes, bytes.len(), false)?;
    // Nothing of it may ever stand in a temporary file.
    connection.execute_batch(
        "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF; PRAGMA cell_size_check=ON;
         PRAGMA secure_delete=ON;",
    )?;
    Ok(connection)
}

/// The database's own opinion of its structure.
fn verify(connection: &Connection) -> Result<(), Refusal> {
    let verdict: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(malformed)?;
    match verdict == "ok" {
        true => Ok(()),
        false => {
            let why = "its integrity check fails: repair it first (sqlite3 FILE .recover)";
            Err(Refusal::Malformed(why.to_owned()))
        }
    }
}

/// The schema, and of each table the number of rows and a digest of all that is
/// neither text nor a blob.
fn outline(connection: &Connection, tables: &[Table]) -> Result<Vec<String>, Refusal> {
    let mut lines = Vec::new();
    tables::definitions(connection, &mut |name, sql| {
        lines.push(format!("{name}: {:02x?}", Sha256::digest(sql.as_bytes())));
        Ok(())
    })?;
    for table in tables {
        let (rows, digest) = table.digest(connection).map_err(malformed)?;
        lines.push(format!("{}: {rows} rows, {digest:02x?}", table.name));
    }
    Ok(lines)
}

/// An error whose message may quote a value, so only its kind is told.
fn malformed(error: rusqlite::Error) -> Refusal {
    let why = match error.sqlite_error_code() {
        Some(code) => format!("SQLite cannot read it: {code:?}"),
        None => "SQLite cannot read it".to_owned(),
    };
    Refusal::Malformed(why)
}

fn unsound(what: &str, error: &rusqlite::Error) -> Refusal {
    let code = error.sqlite_error_code();
    let why = match code {
        Some(rusqlite::ErrorCode::ConstraintViolation) => {
            "a constraint forbids the mask there".to_owned()
        }
        Some(code) => format!("SQLite refuses the change: {code:?}"),
        None => "SQLite refuses the change".to_owned(),
    };
    Refusal::Unsound(format!("{what}: {why}"))
}

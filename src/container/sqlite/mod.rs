//! SQLite databases: the text and the blobs in the cells of their tables.
//!
//! Bytes of a database are not patched: a masked cell disagrees with its index,
//! and old copies stay in pages that are free. So the database is loaded into
//! memory, never into another file, its cells are updated, and it is packed
//! anew; the result is the whole new file. Triggers do not run, rows, their
//! numbers and all other cells stay as they were. Of a database that is too
//! large for that the pages are searched, and nothing is changed.

mod cells;
mod tables;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, MAIN_DB};
use sha2::{Digest, Sha256};

use super::{
    Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take, Window, whole,
};
use cells::Cell;
use tables::Table;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// A database is in memory twice while it is changed.
const LARGEST: u64 = 1 << 30;

const TOO_LARGE: &str = "the database is larger than 1 GiB, and such a one is not changed here: \
     UPDATE the row with sqlite3, then VACUUM";
const ONLY_SEARCHED: &str = "a database larger than 1 GiB: its tables were not read, but its \
     pages were searched for values that are told by themselves or are known";

/// How much of a large database is searched at once, and by how much two such
/// pieces overlap.
const PIECE: u64 = 32 << 20;
const OVERLAP: u64 = 4096;

/// The header, which says what the file is.
const HEADER: u64 = 100;

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
    let is_database = source.begins(MAGIC)?;
    let database = || Database {
        source,
        largest: LARGEST,
    };
    Ok(is_database.then(|| Box::new(database()) as Box<dyn Container>))
}

/// A database.
struct Database<'a> {
    source: &'a dyn ReadAt,
    /// Larger ones are only searched.
    largest: u64,
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
        if self.source.len() > self.largest {
            return Err(Refusal::Unsound(TOO_LARGE.to_owned()));
        }
        let mut bytes = whole(self.source)?.into_owned();
        for at in LOGGED {
            if let Some(version) = bytes.get_mut(at) {
                *version = 1;
            }
        }
        load(&bytes).map_err(malformed)
    }

    /// The pages as bytes, where the database is too large to be loaded.
    fn pieces(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        take(Part {
            number: 0,
            place: String::new(),
            content: Content::Closed(ONLY_SEARCHED.to_owned()),
            room: Room::Fixed(TOO_LARGE),
        })?;
        let mut start = HEADER;
        for number in 1.. {
            let end = start.saturating_add(PIECE + OVERLAP);
            let bytes = Window::new(self.source, start..end);
            take(Part {
                number,
                place: format!("pages from byte {start}"),
                content: Content::File {
                    name: Cow::Borrowed("pages"),
                    bytes: &bytes,
                },
                room: Room::Fixed(TOO_LARGE),
            })?;
            start += PIECE;
            if end >= self.source.len() {
                break;
            }
        }
        Ok(())
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
        if self.source.len() > self.largest {
            return self.pieces(take);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_is_too_large_is_searched_and_left() {
        let mut connection = Connection::open_in_memory().unwrap();
        (connection.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES ('a long text');"))
            .unwrap();
        let bytes = connection.serialize(MAIN_DB).unwrap().to_vec();
        let database = Database {
            source: &bytes,
            largest: 1024,
        };
        let mut told = Vec::new();
        let visited = database.visit(&mut |part| {
            assert_eq!(part.room, Room::Fixed(TOO_LARGE));
            told.push(match part.content {
                Content::Closed(why) => why,
                Content::File { bytes, .. } => {
                    assert_eq!(bytes.len(), database.source.len() - HEADER);
                    String::from_utf8_lossy(&whole(bytes)?).into_owned()
                }
                _ => String::new(),
            });
            Ok(())
        });
        visited.unwrap();
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("1 GiB") && told[1].contains("a long text"));
    }
}

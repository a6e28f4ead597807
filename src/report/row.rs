//! The lines of the report for people: a finding, or several alike, in columns.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::escape;
use crate::detect::Confidence;
use crate::sanitize::{Found, Remedy};

const DIM: Style = Style::new().dimmed();
const REMEDY: Style = AnsiColor::Green.on_default();

/// One line of the report.
pub struct Row {
    place: String,
    what: String,
    shown: String,
    remedy: String,
    /// Why no better remedy.
    why: Option<String>,
    /// Why it was believed.
    reason: Option<String>,
}

/// A row for each finding; the same value at several lines of one cell or
/// output shares a row, unless all is wanted.
pub fn rows(found: &[Found], verbose: bool) -> Vec<Row> {
    let mut told = HashSet::new();
    let found = as_read(found);
    let mut rows = Vec::new();
    let mut taken = vec![false; found.len()];
    for (index, first) in found.iter().enumerate() {
        if taken[index] {
            continue;
        }
        let mut times = 1;
        if !verbose {
            for (later, other) in found.iter().enumerate().skip(index + 1) {
                if alike(first, other) {
                    taken[later] = true;
                    times += 1;
                }
            }
        }
        let is_new = told.insert(first.fingerprint.clone());
        rows.push(Row::new(first, times, is_new, verbose));
    }
    rows
}

/// In the order in which a person meets them: one member of an archive after
/// the other, and a cell's source before its outputs, though most notebooks
/// hold the outputs first.
fn as_read(found: &[Found]) -> Vec<&Found> {
    let mut members = HashMap::new();
    for found in found {
        let next = members.len();
        members.entry(found.within.as_str()).or_insert(next);
    }
    let mut found: Vec<&Found> = found.iter().collect();
    found.sort_by_key(|found| {
        let place = &found.place;
        let member = members.get(found.within.as_str()).copied();
        (
            member,
            place.cell.unwrap_or(usize::MAX),
            !place.part.is_empty(),
        )
    });
    found
}

fn alike(a: &Found, b: &Found) -> bool {
    a.fingerprint == b.fingerprint
        && (&a.within, &a.place) == (&b.within, &b.place)
        && a.remedy == b.remedy
}

impl Row {
    fn new(found: &Found, times: usize, is_new: bool, verbose: bool) -> Self {
        let mut what = match is_new {
            true => escape(&found.kind.label()).into_owned(),
            false => "same value".to_owned(),
        };
        if times > 1 {
            what.push_str(&format!(" ({times} places)"));
        }
        let shown = match is_new {
            true => escape(&found.shown).into_owned(),
            false => String::new(),
        };
        let (remedy, why) = match &found.remedy {
            Remedy::LookUp(text) => (format!("→ {}", escape(text)), None),
            Remedy::Mask(text, why) => (format!("→ {}", escape(text)), why.map(str::to_owned)),
            Remedy::Drop(why) => ("→ gone".to_owned(), Some((*why).to_owned())),
            Remedy::Report(why) => ("left as it is".to_owned(), Some(why.clone())),
        };
        let reason = verbose.then(|| {
            let confidence = confidence(found.confidence);
            format!("{confidence}: {}", escape(&found.reason))
        });
        Self {
            place: place(found),
            what,
            shown,
            remedy,
            why,
            reason,
        }
    }
}

/// `cell 3, output 1, line 2`; `data.pkl, hub_token` where there are no lines;
/// only the line, if the file has no cells.
fn place(found: &Found) -> String {
    let line = match found.line {
        0 => String::new(),
        line => format!("line {line}"),
    };
    let place = found.place.to_string();
    let steps = [found.within.as_str(), &place, &line];
    let steps = steps.into_iter().filter(|step| !step.is_empty());
    escape(&steps.collect::<Vec<_>>().join(", ")).into_owned()
}

/// How wide the columns of one file are.
pub struct Columns {
    place: usize,
    what: usize,
    shown: usize,
}

impl Columns {
    /// Wide enough for all rows.
    pub fn of(rows: &[Row]) -> Self {
        let widest = |column: fn(&Row) -> &str| {
            let widths = rows.iter().map(|row| column(row).chars().count());
            widths.max().unwrap_or(0)
        };
        Self {
            place: widest(|row| &row.place),
            what: widest(|row| &row.what),
            shown: widest(|row| &row.shown),
        }
    }

    /// One row; a remedy that does not fit into `width` gets its own line.
    pub fn print(&self, out: &mut dyn Write, row: &Row, width: Option<usize>) -> io::Result<()> {
        let remedy = match &row.why {
            Some(why) => format!("{} ({})", row.remedy, escape(why)),
            None => row.remedy.clone(),
        };
        let Self { place, what, shown } = *self;
        write!(out, "  {:<place$}  {:<what$}", row.place, row.what)?;
        if shown > 0 {
            write!(out, "  {DIM}{:<shown$}{DIM:#}", row.shown)?;
        }
        let needed = 8 + place + what + shown + remedy.chars().count();
        match width.is_some_and(|width| needed > width) {
            true => writeln!(out, "\n      {REMEDY}{remedy}{REMEDY:#}")?,
            false => writeln!(out, "  {REMEDY}{remedy}{REMEDY:#}")?,
        }
        if let Some(reason) = &row.reason {
            writeln!(out, "      {DIM}{reason}{DIM:#}")?;
        }
        Ok(())
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    }
}

//! `unspill stores`: the credentials that this machine and this project keep,
//! who may read them, and where else they stand.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstream::AutoStream;

use super::Exit;
use super::reporter::Reporter;
use super::settings::stores::StoresSettings;
use super::survey::{Survey, Surveyed};
use crate::env_file::Ignored;
use crate::found::{fingerprint_of, shown_of};
use crate::report::stores::{self as printer, Holding, Row};
use crate::source;
use crate::source::inventory::{self, Item, Kept};
use crate::store::Machine;

/// Lists what there is.
pub fn run(settings: &StoresSettings) -> io::Result<Exit> {
    let common = &settings.common;
    let sanitizer = common.sanitizer();
    let machine = Machine {
        home: std::env::home_dir(),
        variable: &|name| std::env::var_os(name).map(PathBuf::from),
    };
    let met = source::walk(&common.wanted).stores;
    let mut kept = inventory::take(&machine, &met, &sanitizer.believer());
    let mut reporter = Reporter::with(common.output.quietly(), false);
    let survey = Survey::make(common, &sanitizer, &mut reporter)?;
    let mut exit = Exit::Clean;
    if settings.fix_modes {
        exit = exit.and(close_all(&mut kept)?);
    }
    let rows: Vec<Row> = kept.iter().map(|kept| row(kept, &survey)).collect();
    for row in &rows {
        exit = exit.and(verdict(row));
    }
    write(settings, &rows)?;
    Ok(exit)
}

fn close_all(kept: &mut [Kept]) -> io::Result<Exit> {
    let mut exit = Exit::Clean;
    for kept in kept {
        if let Err(error) = inventory::close(kept) {
            let place = &kept.place;
            writeln!(
                anstream::stderr(),
                "unspill: {place}: its mode cannot be set: {error}"
            )?;
            exit = Exit::Trouble;
        }
    }
    Ok(exit)
}

/// What the exit status says of a store.
fn verdict(row: &Row) -> Exit {
    let stands_elsewhere = |holding: &Holding| !holding.elsewhere.is_empty();
    match &row.holds {
        Err(_) => Exit::Trouble,
        Ok(holds) if row.is_open || row.may_be_committed || holds.iter().any(stands_elsewhere) => {
            Exit::Found
        }
        Ok(_) => Exit::Clean,
    }
}

fn row(kept: &Kept, survey: &Survey) -> Row {
    let holds = kept.held.as_ref().map_err(Clone::clone);
    Row {
        place: kept.place.clone(),
        title: kept.title,
        mode: kept.access.mode,
        is_open: kept.access.is_open() || kept.access.open_folder.is_some(),
        ignored: match kept.ignored {
            Ignored::Yes => Some(true),
            Ignored::No => Some(false),
            Ignored::NoRepository => None,
        },
        may_be_committed: kept.ignored == Ignored::No,
        holds: holds.map(|items| {
            let items = items.iter();
            items.map(|item| holding(item, kept, survey)).collect()
        }),
    }
}

fn holding(item: &Item, kept: &Kept, survey: &Survey) -> Holding {
    let (kind, value) = (item.own.kind, &item.own.value);
    let holds_it = |surveyed: &&Surveyed| surveyed.values.contains(value);
    let is_other = |path: &Path| !same(path, &kept.path);
    let elsewhere: BTreeSet<PathBuf> = survey
        .sources
        .iter()
        .filter(holds_it)
        .map(|surveyed| surveyed.source.path().to_owned())
        .filter(|path| is_other(path))
        .collect();
    Holding {
        kind: kind.id.to_string(),
        provider: kind.provider.to_string(),
        name: kind.label(),
        label: item.label.clone(),
        account: item.account.clone(),
        shown: shown_of(kind, value),
        fingerprint: fingerprint_of(kind, value),
        elsewhere: elsewhere.into_iter().collect(),
        revoke: kind.revoke.as_ref().map(ToString::to_string),
    }
}

fn same(a: &Path, b: &Path) -> bool {
    let full = |path: &Path| path.canonicalize().ok();
    a == b || full(a).is_some_and(|full_a| full(b) == Some(full_a))
}

fn write(settings: &StoresSettings, rows: &[Row]) -> io::Result<()> {
    let output = settings.common.output;
    let mut out = AutoStream::new(io::stdout(), output.color);
    if settings.csv {
        printer::write_csv(&mut out, rows)?;
    } else if output.json {
        printer::write_json(&mut out, rows)?;
    } else if !output.quiet {
        printer::write_table(&mut out, rows)?;
    }
    out.flush()
}

//! `unspill kinds`: the catalogue, and how each kind is told, replaced and
//! revoked.

use std::io::{self, Write};

use anstream::AutoStream;

use super::Exit;
use super::settings::KindsSettings;
use crate::detect::Kind;
use crate::detect::spelling::suggestion;
use crate::report::{escape, kinds as printer};

/// Explains the kind that is asked for by its id; lists those that have the
/// word; without a word lists all.
pub fn run(settings: &KindsSettings) -> io::Result<Exit> {
    let kinds: Vec<&Kind> = settings.kinds.to_vec();
    let word = settings.word.as_deref().unwrap_or_default();
    let asked = kinds.iter().copied().find(|kind| kind.id == word);
    let chosen: Vec<&Kind> = match asked {
        Some(kind) => vec![kind],
        None => kinds
            .iter()
            .copied()
            .filter(|kind| has(kind, word))
            .collect(),
    };
    if chosen.is_empty() {
        return unknown(word, &kinds);
    }
    let mut out = AutoStream::new(io::stdout(), settings.color);
    match asked {
        _ if settings.json => printer::write_json(&mut out, &chosen)?,
        Some(kind) => printer::write_explanation(&mut out, kind)?,
        None => printer::write_table(&mut out, &chosen)?,
    }
    out.flush()?;
    Ok(Exit::Clean)
}

/// Whether a kind has to do with a word, whatever its case.
fn has(kind: &Kind, word: &str) -> bool {
    let word = word.to_lowercase();
    [&kind.id, &kind.provider, &kind.name]
        .into_iter()
        .chain(kind.variables.iter())
        .any(|text| text.to_lowercase().contains(&word))
}

fn unknown(word: &str, kinds: &[&Kind]) -> io::Result<Exit> {
    let near = suggestion(word, kinds.iter().map(|kind| kind.id.as_ref()));
    writeln!(
        anstream::stderr(),
        "unspill: no kind is called `{}`{near}",
        escape(word)
    )?;
    Ok(Exit::Trouble)
}

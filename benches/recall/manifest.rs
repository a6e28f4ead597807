//! Writes planted notebooks with a list of what stands where, for comparisons
//! with other programs.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::ops::Range;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::plant::{Standing, Wish};
use super::values::is_told_by_itself;
use super::{Carrier, share};

/// A line of `manifest.jsonl`: one planted value.
#[derive(Serialize)]
struct Entry<'w> {
    file: &'w Path,
    /// From 1; `null` in the notebook's metadata.
    cell: Option<usize>,
    /// First and last line of the file that it stands in, from 1.
    lines: [usize; 2],
    /// Of the value, so that no list of values lies around.
    sha256: String,
    kind: &'w str,
    shape: &'w str,
    told: &'static str,
}

/// Plants each carrier's share of the wishes; how many came true.
pub fn write(folder: &Path, carriers: &[Carrier], wishes: &[Wish]) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut manifest = BufWriter::new(File::create(folder.join("manifest.jsonl"))?);
    let mut count = 0;
    for (place, carrier) in carriers.iter().enumerate() {
        let (_, chosen) = share(wishes, place);
        let Some((text, standing)) = carrier.planted(chosen, place) else {
            continue;
        };
        let name = carrier.name();
        let path = folder.join(&name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, &text)?;
        for one in &standing {
            let entry = entry(&name, &text, &chosen[one.wish], one);
            serde_json::to_writer(&mut manifest, &entry)?;
            writeln!(manifest)?;
        }
        count += standing.len();
    }
    manifest.flush()?;
    Ok(count)
}

fn entry<'w>(file: &'w Path, text: &str, wish: &'w Wish, standing: &Standing) -> Entry<'w> {
    let hash = Sha256::digest(wish.value.secret.as_bytes());
    let told = match is_told_by_itself(wish.value.kind) {
        true => "itself",
        false => "name",
    };
    Entry {
        file,
        cell: standing.cell.map(|cell| cell + 1),
        lines: lines(text, &standing.span),
        sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect(),
        kind: &wish.value.kind.id,
        shape: wish.shape.name,
        told,
    }
}

fn lines(text: &str, span: &Range<usize>) -> [usize; 2] {
    let line = |at: usize| 1 + text[..at].matches('\n').count();
    [line(span.start), line(span.end)]
}

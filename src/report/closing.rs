//! The end of the report for people: how many, and what to do next.

use std::collections::BTreeSet;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{KeptIn, Summary, count, escape};
use crate::rewrite::Style as LookUps;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// Writes the figures, then the steps that are left to a person.
pub fn write_summary(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    write_shared(out, summary)?;
    if summary.findings == 0 {
        return match (summary.files, summary.errors) {
            (0, 0) => writeln!(out, "No files found."),
            (0, _) => Ok(()),
            (files, _) => writeln!(out, "No credentials in {}.", count(files, "file")),
        };
    }
    write_counts(out, summary)?;
    write_next_steps(out, summary)
}

fn write_counts(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    if summary.fixed == 0 {
        let credentials = count(summary.findings, "credential");
        let files = count(summary.files_found, "file");
        let values = count(summary.values, "different value");
        write!(out, "{BOLD}{credentials} in {files}{BOLD:#} ({values}).")?;
    } else {
        let taken = &summary.taken;
        let credentials = count(taken.findings, "credential");
        let files = count(taken.files, "file");
        let values = count(taken.values, "different value");
        write!(
            out,
            "{BOLD}{credentials} taken out of {files}{BOLD:#} ({values})."
        )?;
        if summary.left > 0 {
            write!(out, " {ERROR}{} left, see above.{ERROR:#}", summary.left)?;
        }
    }
    if let Some(next) = &summary.next {
        write!(out, " `{BOLD}{}{BOLD:#}` takes them out.", escape(next))?;
    }
    writeln!(out)
}

fn write_next_steps(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    write_variables(out, summary)?;
    match summary.revoke.iter().collect::<Vec<_>>().as_slice() {
        [] => {}
        [(url, values)] => {
            let values = count(**values, "value");
            writeln!(out, "Revoke what was shared: {} ({values})", escape(url))?;
        }
        several => {
            writeln!(out, "Revoke what was shared:")?;
            for (url, values) in several {
                let values = count(**values, "value");
                writeln!(out, "  {} ({values})", escape(url))?;
            }
        }
    }
    if summary.trust_lost {
        writeln!(
            out,
            "{DIM}Jupyter no longer trusts the outputs of a changed notebook: run it again, or `jupyter trust FILE`.{DIM:#}"
        )?;
    }
    Ok(())
}

fn write_shared(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    let Some(shared) = &summary.shared else {
        return Ok(());
    };
    let (files, place) = (count(shared.files, "file"), escape(&shared.out));
    let left_out = match shared.left_out {
        0 => "nothing was left out".to_owned(),
        _ => format!("{} left out", shared.left_out),
    };
    writeln!(out, "{BOLD}{place}{BOLD:#} has {files}; {left_out}.")
}

fn write_variables(out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
    if let Some(kept) = &summary.kept {
        return write_kept(out, kept);
    }
    let Some(first) = summary.variables.first() else {
        return Ok(());
    };
    let list = list(&summary.variables);
    match summary.shared.is_some() {
        true => writeln!(out, "The code needs {list}: see .env.example."),
        false => writeln!(
            out,
            "The code now needs {list}: {}.",
            how_to_set(summary.style, first)
        ),
    }
}

/// How a variable comes to where code looks it up.
fn how_to_set(style: LookUps, name: &str) -> String {
    match style {
        LookUps::Colab => "add each in Colab's sidebar, under Secrets (the key)".to_owned(),
        LookUps::Kaggle => "add each on Kaggle under Add-ons, Secrets".to_owned(),
        LookUps::Getpass => "it asks for what the environment lacks".to_owned(),
        LookUps::Environ | LookUps::Dotenv | LookUps::Portable => format!(
            "`export {}=…`, or keep values with `--env-file .env`",
            escape(name)
        ),
    }
}

fn write_kept(out: &mut dyn Write, kept: &KeptIn) -> io::Result<()> {
    let (path, names) = (escape(&kept.path), list(&kept.names));
    write!(out, "The values are in {path}: {names}")?;
    match &kept.example {
        Some(example) => writeln!(out, " (for others: {})", escape(example)),
        None => writeln!(out),
    }
}

/// `HF_TOKEN, HF_TOKEN_2, HF_TOKEN_10`: in the order in which they are counted.
fn list(names: &BTreeSet<String>) -> String {
    let counted = |name: &&str| match name.rsplit_once('_') {
        Some((base, number)) if number.bytes().all(|b| b.is_ascii_digit()) => {
            (base.to_owned(), number.parse().unwrap_or(u64::MAX))
        }
        _ => ((*name).to_owned(), 0),
    };
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_by_cached_key(counted);
    escape(&names.join(", ")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_variables_are_counted() {
        let names = ["B_10", "B", "B_2", "A2", "B_C"].map(str::to_owned);
        assert_eq!(list(&names.into()), "A2, B, B_2, B_10, B_C");
    }
}

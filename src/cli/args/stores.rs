//! `stores` as typed.

use std::path::PathBuf;

use clap::Args;

use super::{OutputArgs, ProjectArgs};

/// What `unspill stores --help` ends with.
pub const EXAMPLES: &str = "\
Examples:
  unspill stores                what do this machine and this folder keep?
  unspill stores ~/work         this machine and that folder
  unspill stores --fix-modes    and make what others may read mine alone
  unspill stores --csv > register.csv

A value is never shown, only its public prefix and a fingerprint (the same for
the same value, on every machine). Whether a value also stands in other files
of the folder is told; `unspill fix` takes it out there.

Exit status: 0; 1 if others may read a store, git does not ignore one, or a
value stands elsewhere; 2 if a store cannot be read.";

/// `stores`.
#[derive(Debug, Args)]
pub struct StoresArgs {
    /// Folders of projects [default: this folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Make stores that others may read their owner's alone (0600, and 0700
    /// for folders of their own)
    #[arg(long)]
    pub fix_modes: bool,
    /// As a table for a register
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// What the project says.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to report.
    #[command(flatten)]
    pub output: OutputArgs,
}

//! `share` as typed.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{OutputArgs, OwnArgs, PolicyArgs, ProjectArgs};

/// What `unspill share --help` ends with.
pub const EXAMPLES: &str = "\
Examples:
  unspill share course/ course.zip
  unspill share . ../handout --drop 'data/' --keep 'train.log'
  unspill share paper/ paper.zip --personal --outputs clear

SRC is only read. OUT must not exist and must lie elsewhere, unless a glob leaves
it out; it appears whole or not at all. Left out are credentials (.env becomes
.env.example, with names only), histories (.git, checkpoints), records of runs
(wandb, mlruns), environments and caches; each with its reason. A zip file has the
same bytes each time.

If a file cannot be made safe there is no OUT, and the exit status is 1;
--partial makes it without these files.";

/// `share`.
#[derive(Debug, Args)]
pub struct ShareArgs {
    /// The folder to share
    #[arg(value_name = "SRC")]
    pub src: PathBuf,
    /// The copy: a new folder, or a new .zip
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
    /// Take along what would be left out, written as in .gitignore; repeatable
    #[arg(long, value_name = "GLOB")]
    pub keep: Vec<String>,
    /// Leave out what matches besides; repeatable
    #[arg(long, value_name = "GLOB")]
    pub drop: Vec<String>,
    /// What becomes of the outputs of notebooks
    #[arg(long, value_enum, value_name = "HOW", default_value = "mask")]
    pub outputs: OutputsArg,
    /// Replace also what names you: home folders, account and host names, mail
    /// addresses, Colab's notes of who ran a cell (in names of files, too; a
    /// variable or a module of such a name stays)
    #[arg(long)]
    pub personal: bool,
    /// Make the copy without the files that cannot be made safe
    #[arg(long)]
    pub partial: bool,
    /// How many files to read at once [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Which values are known.
    #[command(flatten)]
    pub own: OwnArgs,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// What the project says.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to report.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// [`crate::share::outputs::Outputs`] as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputsArg {
    /// they stay; values in them are masked
    Keep,
    /// values are masked; an output of which one cannot be taken out goes
    Mask,
    /// outputs in which anything was found go
    ClearTainted,
    /// all go
    Clear,
}

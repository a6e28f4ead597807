//! `watch`, as typed.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

use super::{FileArgs, OutputArgs, PolicyArgs, ProjectArgs};

/// The examples of `unspill watch --help`.
pub const EXAMPLES: &str = "\
Examples:
  unspill watch                    this folder, each file after it was saved
  unspill watch lessons --to clean a sanitized mirror; the originals stay
  unspill watch --to ../public --exec 'rclone sync ../public remote:course'
  unspill watch --once --to clean  bring the mirror up to date, and end

In place, a file is replaced when it has been still for a moment and nobody is
in the middle of a save. A notebook that is open in JupyterLab meanwhile: at
the next save Lab asks; answer Revert. With --to nothing of this happens.

Ends on Ctrl-C (or SIGTERM), never in the middle of a save. Credential stores
(.env, logins) are told and left as they are.

Events (--json), one object a line on standard output, by `event`:
  watching    files, folders, polled, mirror
  file        path, outcome, variables, findings (as in `check --json`)
  waiting     path, why
  left-alone  path, why
  removed     path (from the mirror)
  error       path, message, advice
  note        text
  done        summary";

/// `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Keep a sanitized mirror in DIR and leave the originals alone; what must
    /// not travel, and what cannot be made safe, is not in it
    #[arg(long, value_name = "DIR", conflicts_with = "env_file")]
    pub to: Option<PathBuf>,
    /// Move the values to this file as NAME='value' (made with mode 0600)
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// How long a file must be still before it is touched, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 300)]
    #[arg(value_parser = clap::value_parser!(u64).range(10..=600_000))]
    pub quiet_time: u64,
    /// Look at all files every so many seconds instead of being told of changes
    /// [default: where the file system tells nothing, 2]
    #[arg(long, value_name = "SECONDS")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub poll: Option<u32>,
    /// End when everything that is there was done
    #[arg(long)]
    pub once: bool,
    /// Run this in a shell after files were sanitized, or changed in the mirror;
    /// their full paths are "$@"
    #[arg(long, value_name = "CMD")]
    pub exec: Option<String>,
    /// Show a notification on the desktop after values were taken out of a file
    #[arg(long)]
    pub notify: bool,
    /// What counts.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// What the project says.
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to report.
    #[command(flatten)]
    pub output: WatchOutputArgs,
}

/// How to report what happens.
#[derive(Debug, Args)]
pub struct WatchOutputArgs {
    /// Report as one JSON object a line
    #[arg(long)]
    pub json: bool,
    /// Say why each finding is believed, and what was left out
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Only errors
    #[arg(short, long)]
    pub quiet: bool,
    /// When to use colours; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

impl From<&WatchOutputArgs> for OutputArgs {
    fn from(args: &WatchOutputArgs) -> Self {
        Self {
            json: args.json,
            verbose: args.verbose,
            quiet: args.quiet,
            color: args.color,
        }
    }
}

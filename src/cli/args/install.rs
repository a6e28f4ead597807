//! `install`, as typed.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `install`.
#[derive(Debug, Args)]
pub struct InstallArgs {
    /// Where to.
    #[command(subcommand)]
    pub target: InstallTarget,
}

/// Where unspill can work by itself.
#[derive(Debug, Subcommand)]
pub enum InstallTarget {
    /// Watch a folder from login to logout (systemd, launchd)
    #[command(after_help = SERVICE_EXAMPLES)]
    Service(ServiceArgs),
}

const SERVICE_EXAMPLES: &str = "\
Examples:
  unspill install service ~/lessons
  unspill install service ~/lessons -- --to ~/public --notify
  unspill install service ~/lessons --status
  unspill install service ~/lessons --uninstall

Writes a unit of your own systemd (~/.config/systemd/user), or an agent of
launchd (~/Library/LaunchAgents), and starts it. What it tells is in
`journalctl --user -u NAME`.";

/// `install service`.
#[derive(Debug, Args)]
pub struct ServiceArgs {
    /// The folder to watch [default: this folder]
    #[arg(value_name = "DIR", default_value = ".", hide_default_value = true)]
    pub folder: PathBuf,
    /// Stop it and remove what was installed
    #[arg(long, conflicts_with = "status")]
    pub uninstall: bool,
    /// Say whether it is installed and runs
    #[arg(long)]
    pub status: bool,
    /// Options for `unspill watch`, behind `--`
    #[arg(last = true, value_name = "OPTION", conflicts_with_all = ["uninstall", "status"])]
    pub options: Vec<OsString>,
}

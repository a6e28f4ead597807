//! `unspill install`: puts unspill where it works by itself.

mod launchd;
mod service;
mod systemd;

use std::io;

use super::Exit;
use super::args::install::{InstallArgs, InstallTarget};

/// Installs, uninstalls, or says how things stand.
pub fn run(args: InstallArgs) -> io::Result<Exit> {
    match args.target {
        InstallTarget::Service(args) => service::run(args),
    }
}

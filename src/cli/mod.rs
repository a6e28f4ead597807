//! The command line: one file a command.
//!
//! [`args`] is what was typed, [`settings`] what it means. `check` and `fix`
//! walk the same road: [`survey`] inspects every file and learns the values of
//! the whole run, then each file is sanitized, results one by one and in the
//! order of their paths, and the verbs differ in what they do with them.

pub mod args;
mod check;
mod config_file;
mod exempt;
mod exit;
mod filter;
mod fix;
mod guard;
mod install;
mod keep;
mod kinds;
mod names;
mod parallel;
mod progress;
mod project;
mod reporter;
pub mod settings;
mod share;
mod space;
mod stores;
mod survey;
mod watch;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::Parser;

use args::{Cli, Command};
use project::Project;
use settings::share::ShareSettings;
use settings::stores::StoresSettings;
use settings::watch::WatchSettings;
use settings::{FilterSettings, KindsSettings, Settings, UsageError};

pub use exit::Exit;

/// Runs the command as typed, the program's name first.
pub fn main(line: impl Iterator<Item = OsString>) -> Exit {
    guard::silence_panics();
    let outcome = match Cli::try_parse_from(line) {
        Ok(cli) => guard::catch(|| dispatch(cli.command))
            .unwrap_or_else(|defect| Err(io::Error::other(defect))),
        Err(error) => return usage(&error),
    };
    match outcome {
        Ok(exit) => exit,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean,
        Err(error) => complain(&error),
    }
}

fn dispatch(command: Command) -> io::Result<Exit> {
    match run(command) {
        Ok(outcome) => outcome,
        Err(error) => Ok(complain(&error)),
    }
}

fn run(command: Command) -> Result<io::Result<Exit>, UsageError> {
    Ok(match command {
        Command::Check(args) => {
            let (project, show) = (Project::load(&args.project)?, args.project.show_settings);
            let settings = Settings::of_check(args, project)?;
            match show {
                true => show_settings(&settings.shown()),
                false => check::run(&settings),
            }
        }
        Command::Fix(args) => {
            let (project, show) = (Project::load(&args.project)?, args.project.show_settings);
            let settings = Settings::of_fix(args, project)?;
            match show {
                true => show_settings(&settings.shown()),
                false => fix::run(&settings),
            }
        }
        Command::Watch(args) => {
            let (project, show) = (Project::load(&args.project)?, args.project.show_settings);
            let settings = WatchSettings::new(*args, project)?;
            match show {
                true => show_settings(&settings.run.shown()),
                false => watch::run(&settings)?,
            }
        }
        Command::Install(args) => install::run(args),
        Command::Filter(args) => {
            let (project, show) = (Project::load(&args.project)?, args.project.show_settings);
            let settings = FilterSettings::new(args, project);
            match show {
                true => show_settings(&settings.shown()),
                false => filter::run(&settings),
            }
        }
        Command::Share(args) => {
            let (project, show) = (Project::load(&args.project)?, args.project.show_settings);
            let settings = ShareSettings::new(args, project)?;
            match show {
                true => show_settings(&settings.common.shown()),
                false => share::run(&settings),
            }
        }
        Command::Stores(args) => {
            let project = Project::load(&args.project)?;
            stores::run(&StoresSettings::new(args, project)?)
        }
        Command::Kinds(args) => {
            let project = Project::of(&args.which)?;
            for problem in &project.problems {
                let _ = writeln!(anstream::stderr(), "unspill: note: {problem}");
            }
            kinds::run(&KindsSettings::new(args, &project))
        }
    })
}

/// `--show-settings`.
fn show_settings(text: &str) -> io::Result<Exit> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// Help and version are answers; everything else clap says is a wrong usage.
fn usage(error: &clap::Error) -> Exit {
    let _ = error.print();
    match error.exit_code() {
        0 => Exit::Clean,
        _ => Exit::Trouble,
    }
}

fn complain(error: &dyn std::error::Error) -> Exit {
    let _ = writeln!(anstream::stderr(), "unspill: {error}");
    Exit::Trouble
}

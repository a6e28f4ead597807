//! What a `share` is to do.

use std::path::PathBuf;

use super::{Action, Settings, UsageError};
use crate::cli::args::FileArgs;
use crate::cli::args::share::{OutputsArg, ShareArgs};
use crate::cli::project::Project;
use crate::share::leave_out::LeaveOut;
use crate::share::outputs::Outputs;
use crate::share::personal::Person;

/// What a `share` is to do.
#[derive(Debug)]
pub struct ShareSettings {
    /// What it has in common with `check` and `fix`.
    pub common: Settings,
    /// The folder that is shared.
    pub src: PathBuf,
    /// The copy.
    pub out: PathBuf,
    /// What stays at home.
    pub rules: LeaveOut,
    /// What becomes of outputs.
    pub outputs: Outputs,
    /// Who shares, if what names them is replaced.
    pub person: Option<Person>,
    /// Make the copy without what cannot be made safe.
    pub partial: bool,
}

impl ShareSettings {
    /// The settings for what was typed.
    pub fn new(args: ShareArgs, project: Project) -> Result<Self, UsageError> {
        let rules = LeaveOut::new(
            args.keep.iter().map(String::as_str),
            args.drop.iter().map(String::as_str),
        );
        let files = FileArgs {
            paths: vec![args.src.clone()],
            respect_gitignore: false,
            exclude: Vec::new(),
            threads: args.threads,
            own: args.own,
        };
        let common = Settings::new(files, &args.policy, &args.output, Action::Copy, project)?;
        Ok(Self {
            common,
            src: args.src,
            out: args.out,
            rules: rules.map_err(UsageError::Glob)?,
            outputs: match args.outputs {
                OutputsArg::Keep => Outputs::Keep,
                OutputsArg::Mask => Outputs::Mask,
                OutputsArg::ClearTainted => Outputs::ClearTainted,
                OutputsArg::Clear => Outputs::Clear,
            },
            person: args.personal.then(this_person),
            partial: args.partial,
        })
    }
}

/// Who shares: whom the environment, the home folder and the machine name.
fn this_person() -> Person {
    let variable = |name: &&str| std::env::var(name).ok();
    let home = std::env::home_dir();
    let of_home = home.as_deref().and_then(|home| home.file_name());
    let of_home = of_home.map(|name| name.to_string_lossy().into_owned());
    let users = ["USER", "LOGNAME", "USERNAME"];
    let hosts = ["HOSTNAME", "HOST", "COMPUTERNAME"];
    // Where Linux keeps it; elsewhere a variable says it.
    let named = std::fs::read_to_string("/etc/hostname").ok();
    Person {
        users: users.iter().filter_map(variable).chain(of_home).collect(),
        hosts: hosts
            .iter()
            .filter_map(variable)
            .chain(named.map(|name| name.trim().to_owned()))
            .collect(),
    }
}

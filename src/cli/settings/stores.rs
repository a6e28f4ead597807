//! What `stores` is to do.

use super::{Action, Settings, UsageError};
use crate::cli::args::stores::StoresArgs;
use crate::cli::args::{FileArgs, LimitArgs, OwnArgs, PolicyArgs};
use crate::cli::project::Project;

/// What `stores` is to do.
#[derive(Debug)]
pub struct StoresSettings {
    /// What it has in common with `check`: which folders, and how they are
    /// searched.
    pub common: Settings,
    /// Whether modes are mended.
    pub fix_modes: bool,
    /// As a table for a register.
    pub csv: bool,
}

impl StoresSettings {
    /// The settings for what was typed.
    pub fn new(args: StoresArgs, project: Project) -> Result<Self, UsageError> {
        let files = FileArgs {
            paths: args.paths,
            respect_gitignore: false,
            exclude: Vec::new(),
            threads: None,
            own: OwnArgs {
                own: true,
                no_own: false,
            },
        };
        let policy = PolicyArgs {
            style: None,
            confidence: None,
            limits: LimitArgs::default(),
        };
        let common = Settings::new(files, &policy, &args.output, Action::Report, project)?;
        Ok(Self {
            common,
            fix_modes: args.fix_modes,
            csv: args.csv,
        })
    }
}

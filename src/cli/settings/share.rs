//! What a `share` is to do.

use std::path::PathBuf;

use super::{Action, Settings, UsageError};
use crate::cli::args::FileArgs;
use crate::cli::args::share::{OutputsArg, ShareArgs};
use crate::cli::project::Project;
use crate::share::leave_out::LeaveOut;
use crate::share::outputs::Outputs;

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
            partial: args.partial,
        })
    }
}

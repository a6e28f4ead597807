//! What `watch` is to do.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Action, Settings, UsageError};
use crate::cli::args::OutputArgs;
use crate::cli::args::watch::WatchArgs;
use crate::cli::project::Project;
use crate::globs::Globs;
use crate::watch::events::Near;

/// What a `watch` is to do.
#[derive(Debug)]
pub struct WatchSettings {
    /// Which files, what counts, and how to report: as for a `fix`.
    pub run: Settings,
    /// How paths are said.
    pub near: Near,
    /// The folder of the mirror, if there is to be one.
    pub mirror: Option<PathBuf>,
    /// How long a file must be still.
    pub quiet: Duration,
    /// How often all files are looked at, if that is wanted.
    pub poll: Option<Duration>,
    /// Whether to end when all is done.
    pub once: bool,
    /// A command to run afterwards.
    pub exec: Option<String>,
    /// Whether to tell the desktop.
    pub notify: bool,
}

impl WatchSettings {
    /// What was typed, as meant.
    pub fn new(args: WatchArgs, project: Project) -> Result<Self, UsageError> {
        let in_config = project.config.env_file.as_ref();
        let env_file = args
            .env_file
            .or_else(|| in_config.map(|path| project.path(path.get_ref())));
        let action = match args.to {
            Some(_) => Action::Report,
            None => Action::Save { env_file },
        };
        let output = OutputArgs::from(&args.output);
        let mut run = Settings::new(args.files, &args.policy, &output, action, project)?;
        if run.stdin {
            return Err(UsageError::StdinWatched);
        }
        let near = Near::new(&run.wanted.here);
        run.wanted.roots = run
            .wanted
            .roots
            .iter()
            .map(|root| near.name(root))
            .collect();
        run.wanted.roots.sort();
        run.wanted.roots.dedup();
        if let Some(mirror) = &args.to {
            leave_out(mirror, &near, &mut run)?;
        }
        Ok(Self {
            run,
            near,
            mirror: args.to,
            quiet: Duration::from_millis(args.quiet_time),
            poll: args.poll.map(|seconds| Duration::from_secs(seconds.into())),
            once: args.once,
            exec: args.exec,
            notify: args.notify,
        })
    }

    /// The path of a file below the folder that is mirrored.
    pub fn below_root<'p>(&self, path: &'p Path) -> &'p Path {
        match self.run.wanted.roots.first() {
            Some(root) if root != Path::new(".") => path.strip_prefix(root).unwrap_or(path),
            _ => path,
        }
    }

    /// The other way round: what a file of the mirror is called in the source.
    pub fn from_root(&self, below: &Path) -> PathBuf {
        match self.run.wanted.roots.first() {
            Some(root) if root != Path::new(".") => root.join(below),
            _ => below.to_owned(),
        }
    }
}

/// A mirror has one source, and is no part of it.
fn leave_out(mirror: &Path, near: &Near, run: &mut Settings) -> Result<(), UsageError> {
    let [root] = run.wanted.roots.as_slice() else {
        return Err(UsageError::OneFolder);
    };
    if root.is_file() {
        return Err(UsageError::OneFolder);
    }
    let full = near.full(mirror);
    let folder = full.parent().unwrap_or(&full).to_owned();
    let name = full.file_name().unwrap_or_default().to_string_lossy();
    let glob = format!("/{}/", escaped(&name));
    let globs = Globs::new(&folder, [glob.as_str()]).map_err(UsageError::Glob)?;
    run.wanted.exclude.push(globs);
    Ok(())
}

/// A name as a glob that means this name only.
fn escaped(name: &str) -> String {
    let mut glob = String::new();
    for char in name.chars() {
        if "\\*?[]{}!#".contains(char) || char == ' ' {
            glob.push('\\');
        }
        glob.push(char);
    }
    glob
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Cli, Command};

    fn watch(args: &[&str]) -> Result<WatchSettings, UsageError> {
        let project = Project {
            here: PathBuf::from("/p"),
            root: PathBuf::from("/p"),
            ..Project::default()
        };
        let line = ["unspill", "watch"].iter().chain(args);
        match Cli::try_parse_from(line).unwrap().command {
            Command::Watch(args) => WatchSettings::new(*args, project),
            other => panic!("not a watch: {other:?}"),
        }
    }

    #[test]
    fn a_folder_has_one_name_however_often_it_is_typed() {
        let settings = watch(&["./a", "/p/a", "a"]).unwrap();
        assert_eq!(settings.run.wanted.roots, [PathBuf::from("a")]);
        assert_eq!(settings.quiet, Duration::from_millis(300));
    }

    #[test]
    fn a_mirror_has_one_source_and_is_no_part_of_it() {
        let settings = watch(&["--to", "my [clean] mirror"]).unwrap();
        let reaches = |path: &str| settings.run.wanted.reaches(Path::new(path), false);
        assert!(reaches("a.ipynb"));
        assert!(!reaches("my [clean] mirror/a.ipynb"));
        assert!(reaches("x/my [clean] mirror/a.ipynb"));
        assert_eq!(settings.run.action, Action::Report);
        let several = watch(&["a", "b", "--to", "c"]).unwrap_err();
        assert_eq!(several, UsageError::OneFolder);
        assert_eq!(watch(&["-"]).unwrap_err(), UsageError::StdinWatched);
    }
}

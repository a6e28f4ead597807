//! The command line as meant: defaults filled in, choices made.

pub mod share;
pub mod stores;
pub mod watch;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::ColorChoice;

use super::args::{
    CheckArgs, ConfidenceArg, FileArgs, FilterArgs, FixArgs, KindsArgs, OutputArgs, OwnArgs,
    PolicyArgs, StyleArg,
};
use super::config_file::ProjectError;
use super::project::Project;
use crate::detect::{Confidence, Kind};
use crate::globs::Globs;
use crate::rewrite::Style;
use crate::sanitize::{Policy, Sanitizer};
use crate::source::Wanted;
use crate::source::own::Reach;

/// What `check` and `fix` are to do.
#[derive(Debug)]
pub struct Settings {
    /// Which files.
    pub wanted: Wanted,
    /// Whether standard input is one of them.
    pub stdin: bool,
    /// What counts, and how it is replaced.
    pub policy: Policy,
    /// How far the search for the user's own values reaches.
    pub own: Reach,
    /// How many files at once.
    pub threads: usize,
    /// How to report.
    pub output: Output,
    /// What becomes of the result.
    pub action: Action,
    /// The paths as typed, for the hint of what to run next.
    pub typed: Vec<PathBuf>,
    /// The globs to leave out, as typed.
    pub typed_globs: Vec<String>,
    /// Where the findings are written down, if that is wanted.
    pub write_baseline: Option<PathBuf>,
    /// What the project says.
    pub project: Project,
}

/// What becomes of a sanitized file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it is only reported.
    Report,
    /// It replaces the old one; the values may move to a file.
    Save {
        /// That file.
        env_file: Option<PathBuf>,
    },
    /// The difference is shown.
    Diff,
    /// It goes to standard output.
    Stdout,
    /// It goes into a copy.
    Copy,
}

/// How to report.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// One JSON document.
    pub json: bool,
    /// With reasons.
    pub verbose: bool,
    /// Only errors.
    pub quiet: bool,
    /// When to use colours.
    pub color: anstream::ColorChoice,
}

/// What `filter` is to do.
#[derive(Debug)]
pub struct FilterSettings {
    /// The name that says what format it is.
    pub name: PathBuf,
    /// What counts, and how it is replaced.
    pub policy: Policy,
    /// How far the search for the user's own values reaches.
    pub own: Reach,
    /// How to report.
    pub output: Output,
    /// What the project says.
    pub project: Project,
}

/// What `kinds` is to show.
#[derive(Debug)]
pub struct KindsSettings {
    /// All that are known.
    pub kinds: Vec<&'static Kind>,
    /// The id of one, or a word.
    pub word: Option<String>,
    /// As JSON.
    pub json: bool,
    /// When to use colours.
    pub color: anstream::ColorChoice,
}

/// A command line that contradicts itself.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageError {
    /// `--stdout` with a folder or with several files.
    #[error("`--stdout` takes exactly one file")]
    OneFile,
    /// `fix -` with an action that needs a file.
    #[error("`-` cannot be fixed in place: add `--stdout` or `--diff`")]
    StdinInPlace,
    /// `watch -`.
    #[error("`-` cannot be watched: name files or folders")]
    StdinWatched,
    /// `watch --to` with several folders, or with a file.
    #[error("`--to` mirrors exactly one folder")]
    OneFolder,
    /// A mirror that cannot be.
    #[error("{}: {why}", path.display())]
    Mirror {
        /// The folder named.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A glob that is none.
    #[error("--exclude: {0}")]
    Glob(String),
    /// What the project says cannot be used.
    #[error(transparent)]
    Project(#[from] ProjectError),
}

impl Settings {
    /// What a `check` is to do.
    pub fn of_check(args: CheckArgs, project: Project) -> Result<Self, UsageError> {
        let (policy, output) = (&args.policy, &args.output);
        let mut settings = Self::new(args.files, policy, output, Action::Report, project)?;
        settings.write_baseline = args.write_baseline;
        settings.wanted.as_upload = args.space;
        Ok(settings)
    }

    /// What a `fix` is to do.
    pub fn of_fix(args: FixArgs, project: Project) -> Result<Self, UsageError> {
        let in_config = project.config.env_file.as_ref();
        let action = match (args.diff, args.stdout) {
            (true, _) => Action::Diff,
            (_, true) => Action::Stdout,
            _ => Action::Save {
                env_file: args
                    .env_file
                    .or_else(|| in_config.map(|path| project.path(path.get_ref()))),
            },
        };
        let settings = Self::new(args.files, &args.policy, &args.output, action, project)?;
        settings.ensure_possible()?;
        Ok(settings)
    }

    fn new(
        files: FileArgs,
        policy: &PolicyArgs,
        output: &OutputArgs,
        action: Action,
        project: Project,
    ) -> Result<Self, UsageError> {
        let typed = files.paths.clone();
        let (stdin, mut roots): (Vec<_>, Vec<_>) =
            files.paths.into_iter().partition(|path| is_stdin(path));
        if typed.is_empty() {
            roots.push(PathBuf::from("."));
        }
        let threads = threads(files.threads);
        let exclude = files.exclude.iter().map(String::as_str);
        let exclude = Globs::new(&project.here, exclude).map_err(UsageError::Glob)?;
        let exclude = vec![project.exclude()?, exclude];
        let own = reach(&files.own);
        Ok(Self {
            wanted: Wanted {
                roots,
                respect_gitignore: files.respect_gitignore
                    || project.config.respect_gitignore.unwrap_or_default(),
                as_upload: false,
                exclude,
                here: project.here.clone(),
                threads,
            },
            stdin: !stdin.is_empty(),
            policy: policy_of(policy, &project),
            own,
            threads,
            output: Output::new(output),
            action,
            typed,
            typed_globs: files.exclude,
            write_baseline: None,
            project,
        })
    }

    /// Whether this is the file that values move to.
    pub fn keeps_values_in(&self, path: &Path) -> bool {
        let Action::Save {
            env_file: Some(file),
        } = &self.action
        else {
            return false;
        };
        let full = |path: &Path| path.canonicalize().ok();
        full(file).is_some() && full(file) == full(path)
    }

    /// All of it as a configuration.
    pub fn shown(&self) -> String {
        let mut config = self.project.shown(&self.policy);
        config.respect_gitignore = Some(self.wanted.respect_gitignore);
        let typed = self.typed_globs.iter();
        config
            .exclude
            .extend(typed.map(|glob| toml::Spanned::new(0..0, glob.clone())));
        if let Action::Save { env_file } = &self.action {
            let spanned = |path: &PathBuf| toml::Spanned::new(0..0, path.clone());
            config.env_file = env_file.as_ref().map(spanned);
        }
        self.project.headed(&config)
    }

    /// The sanitizer for these settings.
    pub fn sanitizer(&self) -> Sanitizer {
        self.project.sanitizer(&self.policy)
    }

    fn ensure_possible(&self) -> Result<(), UsageError> {
        match self.action {
            Action::Stdout if self.typed.len() != 1 || self.typed[0].is_dir() => {
                Err(UsageError::OneFile)
            }
            Action::Save { .. } if self.stdin => Err(UsageError::StdinInPlace),
            _ => Ok(()),
        }
    }
}

impl FilterSettings {
    /// What a `filter` is to do.
    pub fn new(args: FilterArgs, project: Project) -> Self {
        Self {
            name: args.name,
            policy: policy_of(&args.policy, &project),
            own: match args.no_own {
                true => Reach::Nothing,
                false => Reach::Environment,
            },
            output: Output::new(&args.output),
            project,
        }
    }

    /// All of it as a configuration.
    pub fn shown(&self) -> String {
        self.project.headed(&self.project.shown(&self.policy))
    }
}

impl KindsSettings {
    /// What a `kinds` is to do.
    pub fn new(args: KindsArgs, project: &Project) -> Self {
        Self {
            kinds: project.all_kinds(),
            word: args.word,
            json: args.json,
            color: color(args.color),
        }
    }
}

impl Output {
    fn new(args: &OutputArgs) -> Self {
        Self {
            json: args.json,
            verbose: args.verbose,
            quiet: args.quiet,
            color: color(args.color),
        }
    }

    /// The same for a part of a run of which only errors are told.
    pub fn quietly(self) -> Self {
        Self {
            quiet: true,
            json: false,
            ..self
        }
    }
}

fn reach(args: &OwnArgs) -> Reach {
    match (args.own, args.no_own) {
        (_, true) => Reach::Nothing,
        (true, _) => Reach::Home,
        _ => Reach::Project,
    }
}

fn color(choice: ColorChoice) -> anstream::ColorChoice {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn threads(asked: Option<u16>) -> usize {
    asked.map_or_else(
        || std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        usize::from,
    )
}

/// As typed; else as the project says; else as usual.
fn policy_of(args: &PolicyArgs, project: &Project) -> Policy {
    let usual = Policy::default();
    let style = args.style.map(|style| match style {
        StyleArg::Environ => Style::Environ,
        StyleArg::Dotenv => Style::Dotenv,
        StyleArg::Colab => Style::Colab,
        StyleArg::Kaggle => Style::Kaggle,
        StyleArg::Getpass => Style::Getpass,
        StyleArg::Portable => Style::Portable,
    });
    let confidence = args.confidence.map(|confidence| match confidence {
        ConfidenceArg::Possible => Confidence::Possible,
        ConfidenceArg::Likely => Confidence::Likely,
        ConfidenceArg::Certain => Confidence::Certain,
    });
    Policy {
        style: style.or(project.config.style).unwrap_or(usual.style),
        confidence: confidence
            .or(project.config.confidence)
            .unwrap_or(usual.confidence),
        limits: args
            .limits
            .as_config()
            .over(project.config.limits.over(usual.limits)),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    fn fix(args: &[&str]) -> Result<Settings, UsageError> {
        let line = ["unspill", "fix"].iter().chain(args);
        match Cli::try_parse_from(line).unwrap().command {
            Command::Fix(args) => Settings::of_fix(args, Project::default()),
            other => panic!("not a fix: {other:?}"),
        }
    }

    #[test]
    fn no_path_means_this_folder() {
        let settings = fix(&[]).unwrap();
        assert_eq!(settings.wanted.roots, [PathBuf::from(".")]);
        assert!(!settings.stdin);
        assert_eq!(settings.action, Action::Save { env_file: None });
    }

    #[test]
    fn own_values_of_the_project_are_searched_unless_said_otherwise() {
        for (args, reach) in [
            (&[][..], Reach::Project),
            (&["--own"], Reach::Home),
            (&["--no-own"], Reach::Nothing),
        ] {
            assert_eq!(fix(args).unwrap().own, reach);
        }
        assert!(Cli::try_parse_from(["unspill", "fix", "--own", "--no-own"]).is_err());
    }

    #[test]
    fn a_dash_is_standard_input_and_no_folder() {
        let settings = fix(&["--diff", "-"]).unwrap();
        assert!(settings.stdin);
        assert!(settings.wanted.roots.is_empty());
    }

    #[test]
    fn standard_input_cannot_be_fixed_in_place() {
        assert_eq!(fix(&["-"]).unwrap_err(), UsageError::StdinInPlace);
    }

    #[test]
    fn one_result_needs_one_file() {
        assert_eq!(fix(&["--stdout"]).unwrap_err(), UsageError::OneFile);
        assert_eq!(
            fix(&["--stdout", "a.ipynb", "b.ipynb"]).unwrap_err(),
            UsageError::OneFile
        );
        assert_eq!(fix(&["--stdout", "."]).unwrap_err(), UsageError::OneFile);
        assert_eq!(fix(&["--stdout", "a"]).unwrap().action, Action::Stdout);
    }
}

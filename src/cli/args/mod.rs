//! The command line as typed. What it means is in [`super::settings`].

pub mod install;
mod limits;
pub mod share;
pub mod stores;
pub mod watch;

use std::path::PathBuf;

pub use limits::LimitArgs;

use clap::{Args, ColorChoice, Parser, Subcommand, ValueEnum};

/// Takes credentials out of notebooks and ML files before they are shared.
///
/// Finds tokens, keys and passwords wherever they sit: in code, in outputs
/// and logs, in settings, tables and pages. In code they become look-ups of
/// environment variables, elsewhere the mask REDACTED_NAME. Nothing else in
/// the file changes, and the code still runs.
#[derive(Debug, Parser)]
#[command(name = "unspill", version, after_help = EXAMPLES, max_term_width = 100)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  unspill check                    what do the files here hold?
  unspill fix --diff lesson.ipynb  what would change? (values stay hidden)
  unspill fix lesson.ipynb         take them out
  unspill fix --env-file .env .    take them out, and keep the values in .env

Exit status:
  0  nothing found, or all of it taken out
  1  something found, or left
  2  wrong usage, or a file that could not be read or written";

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Report credentials; change nothing
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Take credentials out of files, in place
    #[command(after_help = FIX_EXAMPLES)]
    Fix(FixArgs),
    /// Take credentials out as files are saved, in place or into a mirror
    #[command(after_help = watch::EXAMPLES)]
    Watch(Box<watch::WatchArgs>),
    /// Put unspill where it works by itself
    Install(install::InstallArgs),
    /// Sanitize standard input to standard output (git filter, editors)
    #[command(after_help = FILTER_EXAMPLES)]
    Filter(FilterArgs),
    /// Make a sanitized copy of a folder, as a folder or a zip file
    #[command(after_help = share::EXAMPLES)]
    Share(share::ShareArgs),
    /// List the credentials that this machine and this project keep
    #[command(after_help = stores::EXAMPLES)]
    Stores(stores::StoresArgs),
    /// List the kinds of credentials that are known, or explain one
    #[command(after_help = KINDS_EXAMPLES)]
    Kinds(KindsArgs),
}

const CHECK_EXAMPLES: &str = "\
Examples:
  unspill check                      every file under this folder
  unspill check lesson.ipynb -v      with the reason for each finding
  unspill check --json . > found.json
  curl -s URL | unspill check -

Shows the public prefix of a value at most, never the value. Hidden files and
those that .gitignore names are read too; .git, other people's code
(node_modules, site-packages, virtual environments) and caches are not, and -v
names them. A path that is named is always read.

To keep a finding: `# unspill: allow` on its line, [allow] in unspill.toml, or
a baseline. What exempts nothing any more is told.

JSON (--json), one document on standard output:
  version   of this form; it changes when a field changes its meaning
  findings  path, cell, part, line, column, file_line, kind, name, provider,
            severity, confidence, reason, shown, fingerprint, variable,
            remedy {type: look-up|mask|report, text, why}, revoke
  files     path, outcome, variables
  errors    path, message, advice
  summary   files, findings, values, fixed, left, errors, exit";

const FIX_EXAMPLES: &str = "\
Examples:
  unspill fix lesson.ipynb             in place; old or new, never half
  unspill fix --diff .                 show what would change, write nothing
  unspill fix --stdout a.ipynb > b.ipynb
  unspill fix --env-file .env .        move the values to .env (mode 0600)
  unspill fix --style colab lesson.ipynb

A value found in one file is taken out of all files of the run, and has one
variable in all of them. There is no backup: it would hold the secret.";

const FILTER_EXAMPLES: &str = "\
Examples:
  unspill filter --name lesson.ipynb < lesson.ipynb > clean.ipynb

As a git filter, so that commits never hold a value while the file you work
on keeps it:
  git config filter.unspill.clean 'unspill filter --name=%f'
  git config filter.unspill.smudge cat
  git config filter.unspill.required true
  echo '*.ipynb filter=unspill' >> .gitattributes

Exit status: 0 if the result is complete, also when values were taken out;
2 if not, and then nothing is written.";

const KINDS_EXAMPLES: &str = "\
Examples:
  unspill kinds                            all of them
  unspill kinds google                     those of which a word is `google`
  unspill kinds huggingface-user-token     how it is told, replaced, revoked
  unspill kinds --json | jq '.[].id'";

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Write the findings down, so that `--baseline FILE` leaves them alone
    /// from now on; holds no value
    #[arg(long, value_name = "FILE", conflicts_with = "baseline")]
    pub write_baseline: Option<PathBuf>,
    /// Look at folders as an upload to the Hugging Face Hub would send them,
    /// and say where a Space keeps credentials
    #[arg(long, conflicts_with = "respect_gitignore")]
    pub space: bool,
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
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

/// `fix`.
#[derive(Debug, Args)]
pub struct FixArgs {
    /// Which files.
    #[command(flatten)]
    pub files: FileArgs,
    /// Show what would change and write nothing; old values stay hidden
    #[arg(long, conflicts_with_all = ["stdout", "env_file", "json"])]
    pub diff: bool,
    /// Write the result of one file to standard output
    #[arg(long, conflicts_with_all = ["env_file", "json"])]
    pub stdout: bool,
    /// Move the values to this file as NAME='value' (made with mode 0600)
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
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

/// `filter`.
#[derive(Debug, Args)]
pub struct FilterArgs {
    /// The file's name: says what format it is; the file is not opened
    #[arg(
        long,
        value_name = "FILE",
        default_value = "stdin",
        allow_hyphen_values = true
    )]
    pub name: PathBuf,
    /// Don't search the values of your environment
    #[arg(long)]
    pub no_own: bool,
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

/// `kinds`.
#[derive(Debug, Args)]
pub struct KindsArgs {
    /// The id of a kind to explain, or a word to list the kinds that have it
    #[arg(value_name = "KIND")]
    pub word: Option<String>,
    /// Which configuration: kinds of its own are listed, too.
    #[command(flatten)]
    pub which: WhichConfig,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// When to use colours; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// Which files.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// Files and folders; `-` is standard input [default: this folder]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Leave out what .gitignore and the like name
    #[arg(long)]
    pub respect_gitignore: bool,
    /// Leave out files of this name, written as in .gitignore; repeatable
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// How many files to read at once [default: one a processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: Option<u16>,
    /// Which values are known.
    #[command(flatten)]
    pub own: OwnArgs,
}

/// Which of the user's own values are searched.
#[derive(Debug, Args)]
pub struct OwnArgs {
    /// Search also the values that your home folder holds: logins of Hugging
    /// Face, Kaggle, AWS, .netrc and the like
    #[arg(long)]
    pub own: bool,
    /// Don't search the values of your environment and of the project's .env
    #[arg(long, conflicts_with = "own")]
    pub no_own: bool,
}

/// What counts, and how it is replaced.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// How Python code looks a variable up [default: environ]
    #[arg(long, value_enum)]
    pub style: Option<StyleArg>,
    /// Leave alone what is less sure than this [default: likely]
    #[arg(long, value_enum)]
    pub confidence: Option<ConfidenceArg>,
    /// How much of archives and models is looked at.
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// What the project says.
#[derive(Debug, Default, Args)]
pub struct ProjectArgs {
    /// Which configuration.
    #[command(flatten)]
    pub which: WhichConfig,
    /// Leave alone the findings that this file lists (see --write-baseline)
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Show what the configuration and the options come to, and do nothing
    #[arg(long)]
    pub show_settings: bool,
}

/// Which configuration.
#[derive(Debug, Default, Args)]
pub struct WhichConfig {
    /// The configuration [default: the next unspill.toml, or pyproject.toml
    /// with [tool.unspill], in this folder or above]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
    /// Find also what this file's rules find: in the form of gitleaks.toml;
    /// repeatable
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
}

/// How to report.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// Report as one JSON document
    #[arg(long)]
    pub json: bool,
    /// Say why each finding is believed, and what was left out
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Only errors; the exit status tells the rest
    #[arg(short, long)]
    pub quiet: bool,
    /// When to use colours; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,
}

/// [`crate::rewrite::Style`] as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StyleArg {
    /// os.environ["NAME"]
    Environ,
    /// load_dotenv() of python-dotenv, then os.environ["NAME"]
    Dotenv,
    /// userdata.get("NAME") of google.colab
    Colab,
    /// UserSecretsClient().get_secret("NAME") of kaggle_secrets
    Kaggle,
    /// getpass("NAME: ")
    Getpass,
    /// tries them in turn, in a small function
    Portable,
}

/// [`crate::detect::Confidence`] as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfidenceArg {
    /// worth a look
    Possible,
    /// named like a credential and shaped like one
    Likely,
    /// told by its own shape, or known to be one
    Certain,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_diff_and_a_result_exclude_each_other() {
        assert!(Cli::try_parse_from(["unspill", "fix", "--diff", "--stdout", "a"]).is_err());
        assert!(Cli::try_parse_from(["unspill", "fix", "--diff", "a"]).is_ok());
    }
}

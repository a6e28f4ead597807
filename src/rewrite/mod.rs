//! Findings become edits: one file a language, the mask, the variables' names.

pub mod config;
mod constant;
mod context;
pub mod csharp;
pub mod dockerfile;
pub mod elixir;
pub mod go;
pub mod idiom;
pub mod java;
pub mod javascript;
pub mod julia;
pub mod kotlin;
mod literal;
pub mod makefile;
pub mod php;
pub mod powershell;
pub mod python;
pub mod r;
pub mod rewriter;
pub mod ruby;
pub mod rust;
pub mod scala;
pub mod shell;
mod targets;

use std::ops::Range;

use crate::edit::Edit;
use crate::region::Language;

/// Something to take out of a region's text.
#[derive(Debug, Clone)]
pub struct Target<'t> {
    /// Where it stands in the text. In code the hull: from the first to the
    /// last character of the value, whatever quotes or escapes lie between.
    pub span: Range<usize>,
    /// The value itself, decoded.
    pub value: &'t str,
    /// The environment variable that holds it from now on.
    pub variable: &'t str,
}

/// What became of one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The code now reads the variable.
    LookUp,
    /// The mask stands in its place; says why no look-up does, if code is
    /// where one would be expected.
    Masked(Option<&'static str>),
}

/// The edits on one text, and what became of each target (same order).
#[derive(Debug, Clone, Default)]
pub struct Rewritten {
    /// Edits on the text, sorted, not overlapping.
    pub edits: Vec<Edit>,
    /// One for each target.
    pub outcomes: Vec<Outcome>,
}

/// How Python code looks a variable up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// `os.environ["NAME"]`
    #[default]
    Environ,
    /// `load_dotenv()` of python-dotenv once, then `os.environ["NAME"]`
    Dotenv,
    /// `userdata.get("NAME")` of `google.colab`
    Colab,
    /// `UserSecretsClient().get_secret("NAME")` of `kaggle_secrets`
    Kaggle,
    /// `getpass("NAME: ")`
    Getpass,
    /// Tries them in turn, in a small function defined once.
    Portable,
}

/// The mask that stands for the variable's value where no look-up can.
///
/// Plain letters, digits and `_`, so that it is safe in HTML, URLs, YAML and
/// shells, and matches no kind.
pub fn mask(variable: &str) -> String {
    format!("REDACTED_{variable}")
}

/// Rewrites a text in any language but Python, which has more to know.
///
/// A language without look-ups, and Python given to this by mistake, gets
/// the mask.
pub fn other(language: Language, text: &str, targets: &[Target<'_>]) -> Rewritten {
    match language {
        Language::Shell => shell::rewrite(text, targets),
        Language::Console => shell::rewrite_told(text, targets),
        Language::R => r::rewrite(text, targets),
        Language::Julia => julia::rewrite(text, targets),
        Language::JavaScript => javascript::rewrite(text, targets),
        Language::Scala => scala::rewrite(text, targets),
        Language::Java => java::rewrite(text, targets),
        Language::Kotlin => kotlin::rewrite(text, targets),
        Language::CSharp => csharp::rewrite(text, targets),
        Language::Go => go::rewrite(text, targets),
        Language::Rust => rust::rewrite(text, targets),
        Language::Ruby => ruby::rewrite(text, targets),
        Language::Php => php::rewrite(text, targets),
        Language::Elixir => elixir::rewrite(text, targets),
        Language::PowerShell => powershell::rewrite(text, targets),
        Language::Dockerfile => dockerfile::rewrite(text, targets),
        Language::Makefile => makefile::rewrite(text, targets),
        Language::Python
        | Language::AnyCode
        | Language::Dotenv
        | Language::Json
        | Language::Yaml
        | Language::Toml
        | Language::Ini
        | Language::Html
        | Language::BrowserScript
        | Language::Sql
        | Language::Markdown
        | Language::Other => config::rewrite(text, targets),
    }
}

/// The look-up of `variable` as it stands in code, for reports.
pub fn look_up(language: Language, style: Style, variable: &str) -> String {
    match (language, style) {
        (Language::Python, Style::Environ | Style::Dotenv | Style::Getpass) => {
            format!("os.environ[\"{variable}\"]")
        }
        (Language::Python, Style::Colab) => format!("userdata.get(\"{variable}\")"),
        (Language::Python, Style::Kaggle) => {
            format!("UserSecretsClient().get_secret(\"{variable}\")")
        }
        (Language::Python, Style::Portable) => format!("read_secret(\"{variable}\")"),
        (Language::R, _) => format!("Sys.getenv(\"{variable}\")"),
        (Language::Julia, _) => format!("ENV[\"{variable}\"]"),
        (Language::JavaScript, _) => format!("process.env.{variable}"),
        (Language::Scala, _) => format!("sys.env(\"{variable}\")"),
        (Language::Java | Language::Kotlin, _) => format!("System.getenv(\"{variable}\")"),
        (Language::CSharp, _) => {
            format!("System.Environment.GetEnvironmentVariable(\"{variable}\")")
        }
        (Language::Go, _) => format!("os.Getenv(\"{variable}\")"),
        (Language::Rust, _) => format!("env!(\"{variable}\")"),
        (Language::Ruby, _) => format!("ENV.fetch(\"{variable}\")"),
        (Language::Php, _) => format!("getenv('{variable}')"),
        (Language::Elixir, _) => format!("System.fetch_env!(\"{variable}\")"),
        (Language::PowerShell, _) => format!("$env:{variable}"),
        (Language::Makefile, _) => format!("$({variable})"),
        _ => format!("${variable}"),
    }
}

//! Lines that IPython sends to a shell (`!…`, `%sx …`) or to a line magic.
//!
//! IPython evaluates `$name` and `{expression}` with Python's variables first,
//! and passes the line on untouched if any of them fails. So a line is one of
//! two kinds. Where it goes on untouched, the shell's own `$NAME` is right,
//! and stays unevaluated as long as Python has no variable of that name. Where
//! its references are evaluated, the look-up must be one of them:
//! `{os.environ["NAME"]}`, which gives back the very line that stood there.

use std::collections::BTreeSet;
use std::ops::Range;

use super::formatter::{self, Seen};
use super::{PRINTED, UNSURE, rewrite_seen, terminal};
use crate::edit;
use crate::rewrite::{Outcome, Rewritten, Target, targets};
use crate::syntax::shell;

/// What a line is handed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape<'l> {
    /// A shell: `!`, `!!`, `%sx`, `%system`, and `x = !…`.
    Shell {
        /// The output goes into a variable, nobody sees it: `x = !…`.
        captured: bool,
    },
    /// The line magic of this name, without its `%`; or the arguments of a
    /// cell magic.
    Magic(&'l str),
}

/// The edits on a line, and what they ask of the cell.
#[derive(Debug, Clone, Default)]
pub struct IpythonRewritten {
    /// Edits and outcomes.
    pub rewritten: Rewritten,
    /// The line now uses the module `os`, by the name that was given.
    pub needs_os: bool,
}

/// Magics whose line is Python and in which nothing is expanded
/// (`no_var_expand` in IPython's source).
const UNEXPANDED: [&str; 5] = ["time", "timeit", "prun", "debug", "macro"];
/// Magics that print what they are given.
const PRINTING: [&str; 2] = ["env", "set_env"];

const IN_EXPRESSION: &str = "an expression that IPython evaluates";
const RAW_MAGIC: &str = "IPython passes this line on untouched, and a magic expands nothing";
const UNEXPANDED_MAGIC: &str = "IPython expands nothing in this magic's line";
const ESCAPED: &str = "the value stands escaped here";

/// Rewrites what stands after the `!` or after a magic's name.
///
/// The targets' spans are offsets in `line`, which may run over several lines
/// with backslashes. `python_names` are the names bound before the line, and
/// `os` is what the module `os` is called there.
pub fn rewrite_ipython(
    line: &str,
    escape: Escape<'_>,
    targets: &[Target<'_>],
    python_names: &BTreeSet<String>,
    os: &str,
) -> IpythonRewritten {
    let line = Line {
        text: line,
        escape,
        targets,
        names: python_names,
        os,
    };
    match escape {
        Escape::Magic(name) if UNEXPANDED.contains(&name) => line.all_masked(UNEXPANDED_MAGIC),
        Escape::Magic(name) if PRINTING.contains(&name) => line.all_masked(PRINTED),
        Escape::Magic(name) => line.for_magic(name),
        Escape::Shell { captured } => line.for_shell(captured),
    }
}

struct Line<'l> {
    text: &'l str,
    escape: Escape<'l>,
    targets: &'l [Target<'l>],
    names: &'l BTreeSet<String>,
    os: &'l str,
}

/// How a look-up that IPython evaluates is quoted for the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quoting {
    /// Within the quotes that stood around the value.
    AsItStands,
    /// Single quotes become double ones around it.
    Double,
}

/// What IPython does with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Goes on untouched because something in it fails.
    Untouched,
    /// Nothing in it to evaluate.
    Plain,
    /// Its references are evaluated.
    Evaluated,
}

impl Line<'_> {
    fn for_shell(&self, captured: bool) -> IpythonRewritten {
        let fate = self.fate(self.text);
        let python_has = |target: &Target<'_>| self.names.contains(target.variable);
        let by_shell = match fate {
            Fate::Untouched => true,
            Fate::Plain => !self.targets.iter().any(python_has),
            Fate::Evaluated => false,
        };
        if !by_shell {
            return self.evaluated(!captured);
        }
        let rewritten = rewrite_seen(self.text, self.targets, !captured);
        let result = edit::apply_str(self.text, &rewritten.edits);
        let expected = match fate {
            Fate::Untouched => self.fate(&result) == Fate::Untouched,
            _ => self.fate(&result) != Fate::Evaluated,
        };
        if expected {
            IpythonRewritten {
                rewritten,
                needs_os: false,
            }
        } else {
            self.all_masked(UNSURE)
        }
    }

    fn for_magic(&self, name: &str) -> IpythonRewritten {
        match self.fate(self.text) {
            Fate::Untouched => self.all_masked(RAW_MAGIC),
            Fate::Plain if name == "sql" && self.targets.iter().all(|it| self.in_url(it)) => {
                self.for_sql()
            }
            Fate::Plain | Fate::Evaluated => self.evaluated(false),
        }
    }

    /// `%sql` expands the environment's variables in a connection URL itself,
    /// also where it tells IPython to expand nothing.
    fn for_sql(&self) -> IpythonRewritten {
        if self
            .targets
            .iter()
            .any(|it| self.names.contains(it.variable))
        {
            return self.evaluated(false);
        }
        let rewritten = targets::each(self.text, self.targets, |target| {
            let text = super::variable(self.text, target.span.end, target.variable);
            let edit = edit::Edit::replace(target.span.clone(), text);
            (vec![edit], Outcome::LookUp)
        });
        IpythonRewritten {
            rewritten,
            needs_os: false,
        }
    }

    /// Whether a `scheme://` remains in front of the target in its word.
    fn in_url(&self, target: &Target<'_>) -> bool {
        let before = self.text.get(..target.span.start).unwrap_or("");
        let word = before.rsplit(char::is_whitespace).next().unwrap_or("");
        word.contains("://")
    }

    /// `{os.environ["NAME"]}` for each target. Braces part the stretches in
    /// which IPython counts single quotes, so that a `$name` before them may
    /// be read differently; in a shell, the look-up can bring its own quotes.
    fn evaluated(&self, seen: bool) -> IpythonRewritten {
        let in_shell = matches!(self.escape, Escape::Shell { .. });
        let forms: &[Quoting] = if in_shell {
            &[Quoting::AsItStands, Quoting::Double]
        } else {
            &[Quoting::AsItStands]
        };
        forms
            .iter()
            .find_map(|&quoting| self.evaluated_with(seen, quoting))
            .unwrap_or_else(|| self.all_masked(UNSURE))
    }

    /// `None` if IPython would not evaluate the result as it should.
    fn evaluated_with(&self, seen: bool, quoting: Quoting) -> Option<IpythonRewritten> {
        let tokens = shell::lex(self.text);
        let fields = places(self.text);
        let rewritten = targets::each(self.text, self.targets, |target| {
            let path = terminal::path_to(&tokens, &target.span);
            let in_field = fields
                .iter()
                .any(|field| field.start < target.span.end && target.span.start < field.end);
            let why = if seen && terminal::prints(self.text, &path) {
                PRINTED
            } else if in_field {
                IN_EXPRESSION
            } else if self.text.get(target.span.clone()) != Some(target.value) {
                ESCAPED
            } else {
                let look_up = self.look_up(target);
                let edit = match quoting {
                    Quoting::AsItStands => edit::Edit::replace(target.span.clone(), look_up),
                    Quoting::Double => super::requoted(self.text, &path, target, &look_up),
                };
                return (vec![edit], Outcome::LookUp);
            };
            targets::masked(target, Some(why))
        });
        let needs_os = rewritten.outcomes.contains(&Outcome::LookUp);
        let result = edit::apply_str(self.text, &rewritten.edits);
        let right = !needs_os || self.evaluates_as_before(&result, &rewritten.edits);
        right.then_some(IpythonRewritten {
            rewritten,
            needs_os,
        })
    }

    fn look_up(&self, target: &Target<'_>) -> String {
        format!("{{{}.environ[\"{}\"]}}", self.os, target.variable)
    }

    /// Whether IPython evaluates in `result` what it evaluated before, at the
    /// same places, and the look-ups besides.
    fn evaluates_as_before(&self, result: &str, edits: &[edit::Edit]) -> bool {
        let ours = |span: &Range<usize>| {
            self.targets
                .iter()
                .any(|target| result.get(span.clone()) == Some(&self.look_up(target)))
        };
        let mut after = places(result);
        after.retain(|span| !ours(span));
        let back = after
            .into_iter()
            .map(|span| before_edits(edits, span.start)..before_edits(edits, span.end));
        self.fate(result) == Fate::Evaluated && back.eq(places(self.text))
    }

    fn all_masked(&self, why: &'static str) -> IpythonRewritten {
        let rewritten = targets::each(self.text, self.targets, |target| {
            targets::masked(target, Some(why))
        });
        IpythonRewritten {
            rewritten,
            needs_os: false,
        }
    }

    fn fate(&self, text: &str) -> Fate {
        match formatter::read(&joined(text)) {
            Seen::Malformed => Fate::Untouched,
            Seen::Format {
                references,
                escapes,
            } => {
                let mut all = references
                    .iter()
                    .map(|it| formatter::evaluates(&it.expression, self.names, self.os));
                if !all.all(|evaluates| evaluates) {
                    Fate::Untouched
                } else if references.is_empty() && escapes.is_empty() {
                    Fate::Plain
                } else {
                    Fate::Evaluated
                }
            }
        }
    }
}

/// The spans that IPython changes in a line: references, and doubled braces
/// and dollars, the latter as empty spans.
fn places(text: &str) -> Vec<Range<usize>> {
    match formatter::read(&joined(text)) {
        Seen::Malformed => Vec::new(),
        Seen::Format {
            references,
            escapes,
        } => {
            let references = references.into_iter().map(|it| it.span);
            references
                .chain(escapes.into_iter().map(|at| at..at))
                .collect()
        }
    }
}

/// Where the byte at `at` of the edited text stood before the edits.
fn before_edits(edits: &[edit::Edit], at: usize) -> usize {
    let (mut added, mut removed) = (0, 0);
    for edit in edits {
        if edit.span.start + added >= at + removed {
            break;
        }
        added += edit.text.len();
        removed += edit.span.len();
    }
    (at + removed).saturating_sub(added)
}

/// The line as IPython joins it, each continuation as blanks of its length.
fn joined(text: &str) -> String {
    text.replace("\\\r\n", "   ").replace("\\\n", "  ")
}

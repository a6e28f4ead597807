//! Counts what a run tells, so that no printer counts for itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::{Event, FileReport, Outcome, Trouble};
use crate::cli::Exit;
use crate::rewrite::Style;
use crate::sanitize::{Found, Remedy};

/// The figures at the end of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were read.
    pub files: usize,
    /// Files in which something was found.
    pub files_found: usize,
    /// Findings.
    pub findings: usize,
    /// Different values.
    pub values: usize,
    /// Files that were replaced, or written out sanitized.
    pub fixed: usize,
    /// Findings for which nothing can be done, though it was wanted.
    pub left: usize,
    /// Files that could not be read, sanitized or written.
    pub errors: usize,
    /// Where to revoke, and how many values.
    pub revoke: BTreeMap<String, usize>,
    /// Variables that must be set before the code runs again.
    pub variables: BTreeSet<String>,
    /// How code looks them up.
    pub style: Style,
    /// Whether a notebook was changed that had outputs.
    pub trust_lost: bool,
    /// What to run next, if something was only reported.
    pub next: Option<String>,
    /// What was taken out of files.
    pub taken: Taken,
    /// Where the values are kept now, if anywhere.
    pub kept: Option<KeptIn>,
    /// The copy that was made, if one was.
    pub shared: Option<Shared>,
    /// What the exit status says.
    pub exit: Exit,
}

/// How much was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Findings.
    pub findings: usize,
    /// Files.
    pub files: usize,
    /// Different values.
    pub values: usize,
}

/// A file of variables in which values are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptIn {
    /// Where it is.
    pub path: String,
    /// The variables it sets to them.
    pub names: BTreeSet<String>,
    /// The file beside it that lists which of them code reads, if any.
    pub example: Option<String>,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// Where it is.
    pub out: String,
    /// How many files it has.
    pub files: usize,
    /// How many things stayed at home.
    pub left_out: usize,
    /// An example lists the variables that the code needs.
    pub has_example: bool,
}

/// How many findings of one file there are. While files are watched the same
/// one comes again: what is taken out adds up, what is left is what is there.
#[derive(Debug, Default)]
struct Findings {
    taken: usize,
    left: usize,
    told: usize,
}

impl Findings {
    fn all(&self) -> usize {
        self.taken + self.left + self.told
    }
}

/// Listens to the events of a run.
#[derive(Debug, Default)]
pub struct Tally {
    summary: Summary,
    /// For some of the findings something can be done.
    mendable: bool,
    values: BTreeSet<String>,
    /// Those that were taken out of a file.
    taken: BTreeSet<String>,
    /// The files in which something was found.
    files: BTreeMap<PathBuf, Findings>,
    /// The findings were written down, which is what was wanted.
    recorded: bool,
}

impl Tally {
    /// Counts one event.
    pub fn event(&mut self, event: &Event) {
        match event {
            Event::File(report) => {
                self.summary.files += 1;
                self.found(report);
                if !report.outcome.is_only_told() {
                    self.summary.variables.extend(report.variables.clone());
                }
            }
            Event::Trouble(trouble) => self.trouble(trouble),
            Event::Skipped { .. }
            | Event::Note(_)
            | Event::LeftOut(_)
            | Event::Live(_)
            | Event::Done(_) => {}
        }
    }

    /// Something outside any file that must be told by the exit status.
    pub fn exit(&mut self, exit: Exit) {
        self.summary.exit = self.summary.exit.and(exit);
    }

    /// What the exit status says in the end, whatever was told before.
    pub fn conclude(&mut self, exit: Exit) {
        self.summary.exit = exit;
    }

    /// How code looks variables up.
    pub fn style(&mut self, style: Style) {
        self.summary.style = style;
    }

    /// What to run next.
    pub fn next(&mut self, command: String) {
        self.summary.next = Some(command);
    }

    /// The findings were written down to be left alone from now on: finding
    /// them is no failure.
    pub fn recorded(&mut self) {
        self.recorded = true;
    }

    /// So many values stay in a file by now, beside those that are told of it.
    pub fn left(&mut self, path: &Path, findings: usize) {
        match self.files.get_mut(path) {
            Some(file) => file.left = findings,
            None if findings > 0 => {
                let file = self.files.entry(path.to_owned()).or_default();
                file.left = findings;
            }
            None => {}
        }
    }

    /// Nothing is there any more at a path or below it: nothing is left there.
    pub fn gone(&mut self, path: &Path) {
        let files = self.files.range_mut(path.to_owned()..);
        for (_, findings) in files.take_while(|(file, _)| file.starts_with(path)) {
            findings.left = 0;
        }
    }

    /// What was told of a file counts no more: it is told anew, or what was
    /// made of it is gone.
    pub fn forget(&mut self, path: &Path) {
        self.files.remove(path);
    }

    /// Where the values are kept.
    pub fn kept(&mut self, kept: KeptIn) {
        self.summary.kept = Some(kept);
    }

    /// The copy that was made.
    pub fn shared(&mut self, shared: Shared) {
        self.summary.shared = Some(shared);
    }

    /// The figures.
    pub fn summary(mut self) -> Summary {
        self.summary.values = self.values.len();
        let summary = &mut self.summary;
        summary.taken.values = self.taken.len();
        for file in self.files.values().filter(|file| file.all() > 0) {
            summary.files_found += 1;
            summary.findings += file.all();
            summary.left += file.left;
            summary.taken.findings += file.taken;
            summary.taken.files += usize::from(file.taken > 0);
        }
        if !self.mendable {
            self.summary.next = None;
        }
        if self.recorded && self.summary.exit == Exit::Found {
            self.summary.exit = Exit::Clean;
        }
        self.summary
    }

    fn found(&mut self, report: &FileReport) {
        let (found, outcome) = (&report.found, &report.outcome);
        if let Outcome::Fixed { had_outputs } = outcome {
            self.summary.trust_lost |= had_outputs;
        }
        if matches!(outcome, Outcome::Fixed { .. } | Outcome::Written) {
            self.summary.fixed += 1;
        }
        if found.is_empty() {
            return;
        }
        for finding in found {
            self.finding(finding);
        }
        self.count(report);
    }

    fn finding(&mut self, finding: &Found) {
        if !self.values.insert(finding.fingerprint.clone()) {
            return;
        }
        if let Some(url) = &finding.kind.revoke {
            *self.summary.revoke.entry(url.to_string()).or_default() += 1;
        }
    }

    fn count(&mut self, report: &FileReport) {
        let (found, outcome) = (&report.found, &report.outcome);
        let is_left = |finding: &&Found| matches!(finding.remedy, Remedy::Report(_));
        let left = found.iter().filter(is_left).count();
        let others = found.len() - left;
        self.mendable |= others > 0;
        let file = self.files.entry(report.path.clone()).or_default();
        match outcome {
            Outcome::Checked | Outcome::Differs(_) => file.told += found.len(),
            Outcome::Fixed { .. } | Outcome::Written => {
                file.left = left;
                file.taken += others;
                let taken = found.iter().filter(|finding| !is_left(finding));
                self.taken
                    .extend(taken.map(|finding| finding.fingerprint.clone()));
            }
            Outcome::Unchanged => {
                file.left = left;
                file.told += others;
            }
        }
        if outcome.is_only_told() || left > 0 {
            self.exit(Exit::Found);
        }
    }

    fn trouble(&mut self, _: &Trouble) {
        self.summary.errors += 1;
        self.exit(Exit::Trouble);
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{found, in_code, in_output, report};
    use super::*;

    fn tally(events: &[Event]) -> Summary {
        let mut tally = Tally::default();
        for event in events {
            tally.event(event);
        }
        tally.summary()
    }

    #[test]
    fn counts_places_and_values_apart() {
        let report = report(
            "a.ipynb",
            vec![in_code(1, 1), in_output(1, 1)],
            Outcome::Checked,
        );
        let summary = tally(&[Event::File(&report)]);
        assert_eq!((summary.findings, summary.values), (2, 1));
        assert_eq!(
            summary.revoke.values().sum::<usize>(),
            1,
            "a value is revoked once"
        );
        assert_eq!(summary.exit, Exit::Found);
        assert!(summary.variables.is_empty(), "nothing was moved");
    }

    #[test]
    fn a_command_that_would_do_nothing_is_not_suggested() {
        let next = |found: Found| {
            let mut tally = Tally::default();
            tally.event(&Event::File(&report("a", vec![found], Outcome::Checked)));
            tally.next("unspill fix .".to_owned());
            tally.summary().next
        };
        let remedy = Remedy::Report("left where it is kept".to_owned());
        assert_eq!(next(found(1, "", 1, remedy)), None);
        assert_eq!(next(in_code(1, 1)).as_deref(), Some("unspill fix ."));
    }

    #[test]
    fn all_fixed_is_success_and_something_left_is_not() {
        let fixed = Outcome::Fixed { had_outputs: true };
        let clean = report("a.ipynb", vec![in_code(1, 1)], fixed.clone());
        let summary = tally(&[Event::File(&clean)]);
        assert_eq!(summary.exit, Exit::Clean);
        assert!(summary.trust_lost);

        let remedy = Remedy::Report("cannot be told from its context".into());
        let left = report("a.ipynb", vec![found(1, "", 1, remedy)], fixed);
        let summary = tally(&[Event::File(&left)]);
        assert_eq!((summary.left, summary.exit), (1, Exit::Found));
        assert_eq!(summary.taken, Taken::default());
    }

    #[test]
    fn what_is_left_is_not_taken() {
        let remedy = Remedy::Report("the file cannot be written".into());
        let fixed = Outcome::Fixed { had_outputs: false };
        let mut tally = Tally::default();
        let taken = vec![in_code(1, 1), in_output(1, 1)];
        tally.event(&Event::File(&report("a.ipynb", taken, fixed)));
        let left = vec![found(1, "", 1, remedy)];
        tally.event(&Event::File(&report("b.ipynb", left, Outcome::Unchanged)));
        let summary = tally.summary();
        let taken = Taken {
            findings: 2,
            files: 1,
            values: 1,
        };
        assert_eq!(summary.taken, taken);
        assert_eq!(
            (summary.findings, summary.files_found, summary.left),
            (3, 2, 1)
        );
    }

    #[test]
    fn of_a_file_that_comes_again_what_is_taken_adds_up_and_what_is_left_does_not() {
        let remedy = Remedy::Report("left where it is kept".into());
        let left = vec![found(1, "", 1, remedy)];
        let store = report(".env", left, Outcome::Unchanged);
        let fixed = Outcome::Fixed { had_outputs: false };
        let fixed = report("a.ipynb", vec![in_code(1, 1)], fixed);
        let mut tally = Tally::default();
        for _ in 0..2 {
            tally.event(&Event::File(&store));
            tally.event(&Event::File(&fixed));
        }
        tally.left(Path::new("a.ipynb"), 1);
        tally.left(Path::new("clean.ipynb"), 0);
        tally.left(Path::new("x/y/moved.ipynb"), 7);
        tally.gone(Path::new("x"));
        tally.event(&Event::File(&report(
            "gone",
            vec![in_code(1, 1)],
            Outcome::Written,
        )));
        tally.forget(Path::new("gone"));
        let summary = tally.summary();
        assert_eq!((summary.findings, summary.taken.findings), (4, 2));
        assert_eq!((summary.left, summary.files_found), (2, 2));
    }

    #[test]
    fn a_difference_leaves_the_file_as_it_was() {
        let shown = Outcome::Differs(String::new());
        let report = report("a.ipynb", vec![in_code(1, 1)], shown);
        let summary = tally(&[Event::File(&report)]);
        assert_eq!((summary.fixed, summary.exit), (0, Exit::Found));
    }

    #[test]
    fn trouble_wins() {
        let trouble = Trouble {
            path: "b.ipynb".into(),
            message: "not a notebook".into(),
            advice: None,
        };
        let report = report("a.ipynb", vec![in_code(1, 1)], Outcome::Checked);
        let summary = tally(&[Event::Trouble(&trouble), Event::File(&report)]);
        assert_eq!((summary.errors, summary.exit), (1, Exit::Trouble));
    }
}

//! The report for people: findings grouped by file in aligned columns, then
//! how many, and what to do next. Colours come and go with the streams.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::closing::write_summary;
use super::row::{Columns, Row, rows};
use super::{Event, FileReport, LeftOut, Outcome, Printer, Summary, Trouble, diff, escape};

/// Longer paths stand out of their column.
const WIDEST_PATH: usize = 40;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const NOTE: Style = AnsiColor::Yellow.on_default();

/// What of a report is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct View {
    /// Reasons, and what was left out.
    pub verbose: bool,
    /// Only errors and results.
    pub quiet: bool,
    /// Columns of the terminal, if the report goes to one.
    pub width: Option<usize>,
    /// Standard output holds a result (a diff): everything else goes to
    /// standard error.
    pub result_only: bool,
}

/// Prints results to `out`, and errors to `err`.
pub struct Terminal<O, E> {
    out: O,
    err: E,
    view: View,
    began: bool,
}

impl<O: Write, E: Write> Terminal<O, E> {
    /// A printer on two streams, which know whether they take colours.
    pub fn new(out: O, err: E, view: View) -> Self {
        Self {
            out,
            err,
            view,
            began: false,
        }
    }

    /// Where all goes that is no result.
    fn text(&mut self) -> &mut dyn Write {
        if self.view.result_only {
            &mut self.err
        } else {
            &mut self.out
        }
    }

    fn file(&mut self, report: &FileReport) -> io::Result<()> {
        if let Outcome::Differs(diff) = &report.outcome {
            diff::print(&mut self.out, diff)?;
            return Ok(());
        }
        if self.view.quiet || report.found.is_empty() {
            return Ok(());
        }
        let rows = rows(&report.found, self.view.verbose);
        if std::mem::replace(&mut self.began, true) {
            writeln!(self.text())?;
        }
        writeln!(self.text(), "{BOLD}{}{BOLD:#}", name(&report.path))?;
        self.rows(&rows)
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let columns = Columns::of(rows);
        let width = self.view.width;
        for row in rows {
            columns.print(self.text(), row, width)?;
        }
        Ok(())
    }

    fn left_out(&mut self, left_out: &[LeftOut]) -> io::Result<()> {
        if self.view.quiet || left_out.is_empty() {
            return Ok(());
        }
        if std::mem::replace(&mut self.began, true) {
            writeln!(self.text())?;
        }
        writeln!(self.text(), "{BOLD}left out{BOLD:#}")?;
        let rows = left_out
            .iter()
            .map(|left_out| (name(&left_out.path), left_out.why.as_str()));
        let rows: Vec<(String, &str)> = rows.collect();
        let width = rows.iter().map(|(path, _)| path.chars().count());
        let width = width.max().unwrap_or_default().min(WIDEST_PATH);
        for (path, why) in rows {
            let why = escape(why);
            writeln!(self.text(), "  {path:<width$}  {DIM}{why}{DIM:#}")?;
        }
        Ok(())
    }

    fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        write_trouble(&mut self.err, trouble)
    }

    fn done(&mut self, summary: &Summary) -> io::Result<()> {
        if !self.view.quiet {
            if std::mem::take(&mut self.began) {
                writeln!(self.text())?;
            }
            write_summary(self.text(), summary)?;
        }
        self.out.flush()?;
        self.err.flush()
    }
}

impl<O: Write, E: Write> Printer for Terminal<O, E> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Skipped { path, why } if self.view.verbose => {
                writeln!(self.err, "unspill: {}: left out: {why}", name(path))
            }
            Event::Skipped { .. } => Ok(()),
            Event::File(report) => self.file(report),
            Event::Trouble(trouble) => self.trouble(trouble),
            Event::Note(_) if self.view.quiet => Ok(()),
            Event::Note(note) => {
                writeln!(self.err, "unspill: {NOTE}note:{NOTE:#} {}", escape(note))
            }
            Event::LeftOut(left_out) => self.left_out(left_out),
            Event::Live(_) if self.view.quiet => Ok(()),
            Event::Live(live) if live.is_detail() && !self.view.verbose => Ok(()),
            Event::Live(live) => writeln!(self.err, "unspill: {}", live.sentence()),
            Event::Done(summary) => self.done(summary),
        }
    }
}

/// One clear line, and a second one with what to do.
pub fn write_trouble(err: &mut dyn Write, trouble: &Trouble) -> io::Result<()> {
    let path = name(&trouble.path);
    let message = escape(&trouble.message);
    writeln!(err, "{ERROR}unspill:{ERROR:#} {path}: {message}")?;
    if let Some(advice) = &trouble.advice {
        writeln!(err, "  {DIM}{}{DIM:#}", escape(advice))?;
    }
    Ok(())
}

fn name(path: &Path) -> String {
    escape(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Tally;
    use super::super::samples::{found, in_code, in_output, report};
    use super::*;
    use crate::sanitize::Remedy;

    fn print(reports: &[FileReport], view: View) -> (String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut printer = Terminal::new(
            anstream::StripStream::new(&mut out),
            anstream::StripStream::new(&mut err),
            view,
        );
        let mut tally = Tally::default();
        for report in reports {
            tally.event(&Event::File(report));
            printer.event(&Event::File(report)).unwrap();
        }
        let summary = tally.summary();
        printer.event(&Event::Done(&summary)).unwrap();
        (
            String::from_utf8(out).unwrap(),
            String::from_utf8(err).unwrap(),
        )
    }

    fn lesson(outcome: Outcome) -> FileReport {
        let found = vec![
            in_output(3, 1),
            in_code(3, 2),
            in_output(5, 1),
            in_output(5, 4),
        ];
        report("lesson.ipynb", found, outcome)
    }

    #[test]
    fn a_check_reads_like_a_table() {
        let (out, err) = print(&[lesson(Outcome::Checked)], View::default());
        assert_eq!(
            out,
            "\
lesson.ipynb
  cell 3, line 2            Hugging Face user access token  hf_…  → os.environ[\"HF_TOKEN\"]
  cell 3, output 1, line 1  same value                            → REDACTED_HF_TOKEN
  cell 5, output 1, line 1  same value (2 places)                 → REDACTED_HF_TOKEN

4 credentials in 1 file (1 different value).
Revoke what was shared: https://huggingface.co/settings/tokens (1 value)
"
        );
        assert_eq!(err, "");
    }

    #[test]
    fn a_fix_says_what_to_do_next() {
        let (out, _) = print(
            &[lesson(Outcome::Fixed { had_outputs: true })],
            View::default(),
        );
        assert!(out.contains("4 credentials taken out of 1 file (1 different value)."));
        assert!(out.contains("The code now needs HF_TOKEN: `export HF_TOKEN=…`"));
        assert!(out.contains("jupyter trust"));
    }

    #[test]
    fn a_narrow_terminal_gets_the_remedy_on_its_own_line() {
        let view = View {
            width: Some(60),
            ..View::default()
        };
        let (out, _) = print(&[lesson(Outcome::Checked)], view);
        assert!(
            out.contains("\n      → os.environ[\"HF_TOKEN\"]\n"),
            "{out}"
        );
    }

    #[test]
    fn verbose_tells_reasons_and_every_place() {
        let view = View {
            verbose: true,
            ..View::default()
        };
        let (out, _) = print(&[lesson(Outcome::Checked)], view);
        assert_eq!(out.matches("certain: has the shape of its kind").count(), 4);
        assert!(!out.contains("places)"));
    }

    #[test]
    fn quiet_says_nothing_of_findings() {
        let view = View {
            quiet: true,
            ..View::default()
        };
        assert_eq!(print(&[lesson(Outcome::Checked)], view).0, "");
    }

    #[test]
    fn nothing_found_is_one_line() {
        let clean = report("a.ipynb", Vec::new(), Outcome::Checked);
        let (out, _) = print(&[clean], View::default());
        assert_eq!(out, "No credentials in 1 file.\n");
    }

    #[test]
    fn names_and_reasons_cannot_steer_the_terminal() {
        let remedy = Remedy::Report("\x1b[31mred".into());
        let report = report(
            "a\x1b[2J.ipynb",
            vec![found(1, "attachment \x07.png", 1, remedy)],
            Outcome::Checked,
        );
        let mut out = Vec::new();
        let mut printer = Terminal::new(&mut out, Vec::new(), View::default());
        printer.event(&Event::File(&report)).unwrap();
        let out = String::from_utf8(out).unwrap();
        assert!(out.contains("a\\u{1b}[2J.ipynb"));
        assert!(out.contains("\\u{1b}[31mred"));
        assert!(!out.contains('\x07') && !out.contains("\x1b[31m"));
    }

    #[test]
    fn trouble_is_one_line_and_what_to_do() {
        let mut err = Vec::new();
        let trouble = Trouble {
            path: "lesson.ipynb".into(),
            message: "not a notebook: expected `,` (line 3, column 7)".into(),
            advice: Some("open it in Jupyter".into()),
        };
        write_trouble(&mut anstream::StripStream::new(&mut err), &trouble).unwrap();
        assert_eq!(
            String::from_utf8(err).unwrap(),
            "unspill: lesson.ipynb: not a notebook: expected `,` (line 3, column 7)\n  open it in Jupyter\n"
        );
    }
}

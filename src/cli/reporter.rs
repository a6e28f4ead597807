//! Builds the printer that was asked for, and counts what it is told.

use std::io::{self, IsTerminal};

use anstream::AutoStream;

use super::Exit;
use super::settings::{Action, Output, Settings};
use crate::hiding::Hiding;
use crate::report::{Event, FileReport, Json, Lines, Printer, Tally, Terminal, Trouble, View};

/// Tells the printer and the tally what happens.
pub struct Reporter {
    printer: Box<dyn Printer>,
    /// Values that paths may show.
    hiding: Option<Hiding>,
    /// The figures so far.
    pub tally: Tally,
}

impl Reporter {
    /// The printer for `check` and `fix`.
    pub fn new(settings: &Settings) -> Self {
        let result_only = matches!(settings.action, Action::Diff | Action::Stdout);
        Self::with(settings.output, result_only)
    }

    /// A printer; with `result_only` standard output is left to results.
    pub fn with(output: Output, result_only: bool) -> Self {
        Self {
            printer: printer(output, result_only),
            hiding: None,
            tally: Tally::default(),
        }
    }

    /// A printer for a run that goes on: each event is told as it comes.
    pub fn live(output: Output) -> Self {
        if !output.json {
            return Self::with(output, false);
        }
        Self {
            printer: Box::new(Lines::new(io::BufWriter::new(io::stdout()))),
            hiding: None,
            tally: Tally::default(),
        }
    }

    /// These values are known by now: no path may show them.
    pub fn hide(&mut self, hiding: Option<Hiding>) {
        self.hiding = hiding;
    }

    /// Something happened.
    pub fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.tally.event(event);
        let path = match event {
            Event::File(report) => &report.path,
            Event::Trouble(trouble) => &trouble.path,
            _ => return self.print(event),
        };
        let path = path.to_string_lossy();
        let Some(hiding) = self.hiding.as_ref().filter(|hiding| hiding.is_in(&path)) else {
            return self.print(event);
        };
        let shown = hiding.text(&path);
        let note = format!("the name {shown} holds a value that was found: rename it");
        let path = shown.into();
        match event {
            Event::File(report) => {
                let report = FileReport {
                    path,
                    ..(*report).clone()
                };
                self.print(&Event::File(&report))?;
            }
            Event::Trouble(trouble) => {
                let trouble = Trouble {
                    path,
                    ..(*trouble).clone()
                };
                self.print(&Event::Trouble(&trouble))?;
            }
            _ => {}
        }
        self.tally.exit(Exit::Found);
        self.print(&Event::Note(&note))
    }

    fn print(&mut self, event: &Event) -> io::Result<()> {
        unless_closed(self.printer.event(event))
    }

    /// A file could not be worked on.
    pub fn trouble(&mut self, trouble: &Trouble) -> io::Result<()> {
        self.tell(&Event::Trouble(trouble))
    }

    /// The run is over.
    pub fn finish(mut self) -> io::Result<Exit> {
        let summary = self.tally.summary();
        unless_closed(self.printer.event(&Event::Done(&summary)))?;
        Ok(summary.exit)
    }
}

/// Where nobody reads on (`| head -1`) the work is done all the same, and the exit
/// status says what was found.
fn unless_closed(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

fn printer(output: Output, result_only: bool) -> Box<dyn Printer> {
    let err = AutoStream::new(io::stderr(), output.color);
    if output.json {
        return match result_only {
            true => Box::new(Json::new(io::stderr())),
            false => Box::new(Json::new(io::BufWriter::new(io::stdout()))),
        };
    }
    let out = AutoStream::new(io::stdout(), output.color);
    let view = View {
        verbose: output.verbose,
        quiet: output.quiet,
        width: width(result_only),
        result_only,
    };
    Box::new(Terminal::new(out, err, view))
}

/// The columns of the terminal that the report goes to, if it is one.
fn width(on_stderr: bool) -> Option<usize> {
    let (is_terminal, size) = match on_stderr {
        true => (
            io::stderr().is_terminal(),
            terminal_size::terminal_size_of(io::stderr()),
        ),
        false => (
            io::stdout().is_terminal(),
            terminal_size::terminal_size_of(io::stdout()),
        ),
    };
    let (terminal_size::Width(columns), _) = size.filter(|_| is_terminal)?;
    Some(usize::from(columns))
}

//! How far a long run is, for a person who waits at a terminal. Elsewhere
//! nothing is shown.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use super::settings::Output;

/// A run that is over sooner shows nothing; later the line changes this often.
const EVERY: Duration = Duration::from_millis(200);

/// A line that counts files.
pub struct Progress {
    is_shown: bool,
    total: usize,
    done: usize,
    last: Instant,
    has_written: bool,
}

impl Progress {
    /// For a run over so many files.
    pub fn new(output: Output, total: usize) -> Self {
        Self {
            is_shown: !output.quiet && !output.json && io::stderr().is_terminal(),
            total,
            done: 0,
            last: Instant::now(),
            has_written: false,
        }
    }

    /// One more file is done.
    pub fn step(&mut self) {
        self.done += 1;
        if self.is_shown && self.last.elapsed() >= EVERY {
            self.last = Instant::now();
            self.has_written = true;
            // A line that cannot be shown is no reason to stop.
            let _ = write!(io::stderr(), "\r{} of {} files", self.done, self.total);
        }
    }

    /// Takes the line away.
    pub fn done(&mut self) {
        if std::mem::take(&mut self.has_written) {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

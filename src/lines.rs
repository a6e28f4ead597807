//! Where the lines of a text begin: counted once, asked for many places.

/// The lines of a text.
#[derive(Debug, Default)]
pub struct Lines {
    /// Where each begins.
    starts: Vec<usize>,
}

impl Lines {
    /// Counts the lines of `text`.
    pub fn of(text: &str) -> Self {
        let newlines = memchr::memchr_iter(b'\n', text.as_bytes());
        let starts = std::iter::once(0).chain(newlines.map(|at| at + 1));
        Self {
            starts: starts.collect(),
        }
    }

    /// Which line the byte at `at` is in, from 0.
    pub fn line(&self, at: usize) -> usize {
        self.starts
            .partition_point(|&start| start <= at)
            .saturating_sub(1)
    }

    /// Where the line that holds the byte at `at` begins.
    pub fn start(&self, at: usize) -> usize {
        self.starts.get(self.line(at)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_their_starts() {
        let lines = Lines::of("ab\n\ncd");
        let told: Vec<_> = (0..7).map(|at| (lines.line(at), lines.start(at))).collect();
        assert_eq!(
            told,
            [(0, 0), (0, 0), (0, 0), (1, 3), (2, 4), (2, 4), (2, 4)]
        );
    }
}

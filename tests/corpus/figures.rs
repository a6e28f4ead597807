//! What a run over a corpus came to.

use std::collections::BTreeMap;
use std::fmt;

use super::plant::Planted;

/// Planted and removed.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    planted: usize,
    removed: usize,
}

#[derive(Debug, Default)]
pub struct Figures {
    pub notebooks: usize,
    pub bytes: usize,
    /// Without a finding before anything was planted.
    pub clean: usize,
    /// Not JSON, or not UTF-8.
    pub unreadable: usize,
    /// Texts and bytes that changed although they held no value.
    pub strays: usize,
    /// A line for each law that did not hold.
    pub failures: Vec<String>,
    shapes: BTreeMap<String, Count>,
    kinds: BTreeMap<String, Count>,
}

impl Figures {
    pub fn count(&mut self, planted: &Planted, removed: bool) {
        let counts = [
            self.shapes.entry(planted.shape.clone()).or_default(),
            self.kinds
                .entry(planted.value.kind.id.to_string())
                .or_default(),
        ];
        for count in counts {
            count.planted += 1;
            count.removed += usize::from(removed);
        }
    }

    pub fn add(&mut self, other: Self) {
        self.notebooks += other.notebooks;
        self.bytes += other.bytes;
        self.clean += other.clean;
        self.unreadable += other.unreadable;
        self.strays += other.strays;
        self.failures.extend(other.failures);
        for (all, one) in [
            (&mut self.shapes, other.shapes),
            (&mut self.kinds, other.kinds),
        ] {
            for (name, count) in one {
                let sum = all.entry(name).or_default();
                sum.planted += count.planted;
                sum.removed += count.removed;
            }
        }
    }

    pub fn planted(&self) -> usize {
        self.shapes.values().map(|count| count.planted).sum()
    }

    pub fn removed(&self) -> usize {
        self.shapes.values().map(|count| count.removed).sum()
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes / 1_000_000;
        writeln!(f, "notebooks        {:>7}   {megabytes} MB", self.notebooks)?;
        writeln!(f, "without findings {:>7}   byte-identical", self.clean)?;
        writeln!(f, "unreadable       {:>7}", self.unreadable)?;
        writeln!(f, "planted          {:>7}", self.planted())?;
        writeln!(f, "removed          {:>7}", self.removed())?;
        writeln!(f, "changed outside  {:>7}", self.strays)?;
        writeln!(f, "failures         {:>7}", self.failures.len())?;
        for (title, counts) in [("shape", &self.shapes), ("kind", &self.kinds)] {
            writeln!(f, "\n{title:<36} planted  removed")?;
            for (name, Count { planted, removed }) in counts {
                let mark = if planted == removed { "" } else { "  <" };
                writeln!(f, "{name:<36} {planted:>7}  {removed:>7}{mark}")?;
            }
        }
        Ok(())
    }
}

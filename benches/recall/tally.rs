//! Found and planted, by what tells a value, by shape and by kind.

use std::collections::BTreeMap;

use unspill::sanitize::Inspection;

use super::plant::Wish;
use super::search::readings;
use super::values::is_told_by_itself;

/// To be found of the values told by themselves, and of those told by a name,
/// in percent.
pub const GOALS: (f64, f64) = (100.0, 95.0);

/// Misses that are listed.
const SHOWN: usize = 60;

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    planted: usize,
    found: usize,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.planted += other.planted;
        self.found += other.found;
    }

    fn percent(self) -> f64 {
        match self.planted {
            0 => 100.0,
            planted => 100.0 * self.found as f64 / planted as f64,
        }
    }
}

/// The figures of a run.
#[derive(Debug, Default)]
pub struct Tally {
    itself: Count,
    name: Count,
    shapes: BTreeMap<String, Count>,
    kinds: BTreeMap<String, Count>,
    /// Kind, shape and name of what was not found.
    misses: BTreeMap<String, usize>,
}

impl Tally {
    /// Takes in whether a wish that came true was found; nothing is found in
    /// a notebook that could not be inspected.
    pub fn count(&mut self, wish: &Wish, inspection: Option<&Inspection>) {
        let (kind, shape) = (&wish.value.kind.id, wish.shape.name);
        let found = inspection.is_some_and(|inspection| is_found(wish, inspection));
        let count = Count {
            planted: 1,
            found: usize::from(found),
        };
        match is_told_by_itself(wish.value.kind) {
            true => self.itself.add(count),
            false => self.name.add(count),
        }
        self.shapes.entry(shape.to_owned()).or_default().add(count);
        self.kinds.entry(kind.to_string()).or_default().add(count);
        if !found {
            let by = wish.value.call.or(wish.value.name).unwrap_or_default();
            let miss = format!("{kind} as {shape}  {by}");
            *self.misses.entry(miss).or_default() += 1;
        }
    }

    pub fn add(&mut self, other: Self) {
        self.itself.add(other.itself);
        self.name.add(other.name);
        for (all, more) in [
            (&mut self.shapes, other.shapes),
            (&mut self.kinds, other.kinds),
        ] {
            for (key, count) in more {
                all.entry(key).or_default().add(count);
            }
        }
        for (miss, times) in other.misses {
            *self.misses.entry(miss).or_default() += times;
        }
    }

    /// Prints the tables; whether the goals are reached.
    pub fn print(&self, title: &str) -> bool {
        println!("\n{title:<36}  planted    found  percent");
        row("told by themselves", self.itself, GOALS.0);
        row("told by a name, a call or a word", self.name, GOALS.1);
        for (title, counts) in [("shape", &self.shapes), ("kind", &self.kinds)] {
            println!("\n{title:<36}  planted    found  percent");
            for (key, count) in counts {
                row(key, *count, 100.0);
            }
        }
        if !self.misses.is_empty() {
            println!("\nnot found");
        }
        for (miss, times) in self.misses.iter().take(SHOWN) {
            println!("  {times} {miss}");
        }
        if self.misses.len() > SHOWN {
            println!("  and {} more", self.misses.len() - SHOWN);
        }
        self.itself.percent() >= GOALS.0 && self.name.percent() >= GOALS.1
    }
}

fn row(name: &str, count: Count, goal: f64) {
    let percent = count.percent();
    let mark = if percent < goal { "  <" } else { "" };
    let Count { planted, found } = count;
    println!("{name:<36}  {planted:>7}  {found:>7}  {percent:>7.1}{mark}");
}

/// Whether a sighting has the whole value; a password in a URL may be told as
/// the URL writes it.
fn is_found(wish: &Wish, inspection: &Inspection) -> bool {
    let secret = packed(&wish.value.secret);
    let values = inspection.sightings.iter().map(|sighting| &sighting.value);
    values
        .flat_map(|value| readings(value.expose()))
        .any(|reading| packed(&reading).contains(&secret))
}

/// Without what keys of several lines are wrapped by: line ends, and `\n` of a
/// string that was not decoded.
fn packed(value: &str) -> String {
    value.replace("\\n", "").split_whitespace().collect()
}

//! A program that puts a value back as often as we take it out.
//!
//! An open browser tab or a program that restores its own copy would go on for
//! ever, and so would we. Who returns the same value a few times within a
//! minute is left alone until the file has been quiet for some time; each time
//! it begins again, that time doubles.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How often the same value may come back within [`WITHIN`].
const TIMES: usize = 5;
const WITHIN: Duration = Duration::from_secs(60);
/// How long a file is left alone at first, and at most.
const SHORTEST_REST: Duration = Duration::from_secs(30);
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// What to do about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Take the values out.
    Ours,
    /// Leave it alone until it was quiet for this long.
    Rest(Duration),
}

/// What went back and forth, by file.
#[derive(Debug, Default)]
pub struct Rallies {
    files: HashMap<PathBuf, Rally>,
}

#[derive(Debug, Default)]
struct Rally {
    /// When values were taken out, and which, by their fingerprints.
    taken: VecDeque<(Instant, BTreeSet<String>)>,
    rest: Option<Rest>,
}

#[derive(Debug)]
struct Rest {
    length: Duration,
    /// When the values were taken out again after it.
    ended: Option<Instant>,
}

impl Rallies {
    /// A file holds values that would be taken out now. `was_quiet` says how
    /// long it has been as it is.
    pub fn turn(
        &mut self,
        path: &Path,
        values: &BTreeSet<String>,
        was_quiet: Duration,
        now: Instant,
    ) -> Turn {
        let Some(rally) = self.files.get_mut(path) else {
            return Turn::Ours;
        };
        let returns = || {
            rally
                .taken
                .iter()
                .filter(|(_, taken)| !taken.is_disjoint(values))
        };
        if returns().next().is_none() {
            return Turn::Ours;
        }
        let soon = returns().filter(|(when, _)| now.duration_since(*when) < WITHIN);
        let is_rally = soon.count() >= TIMES;
        match &mut rally.rest {
            Some(rest) => match rest.ended {
                None if was_quiet < rest.length => return Turn::Rest(rest.length),
                None => return Turn::Ours,
                Some(ended) if now.duration_since(ended) < rest.length * 2 => {
                    rest.length = (rest.length * 2).min(LONGEST_REST);
                    rest.ended = None;
                    return Turn::Rest(rest.length);
                }
                Some(_) => rally.rest = None,
            },
            None if is_rally => {
                rally.rest = Some(Rest {
                    length: SHORTEST_REST,
                    ended: None,
                });
                return Turn::Rest(SHORTEST_REST);
            }
            None => {}
        }
        Turn::Ours
    }

    /// Values were taken out of a file.
    pub fn took(&mut self, path: &Path, values: BTreeSet<String>, now: Instant) {
        let rally = self.files.entry(path.to_owned()).or_default();
        rally.taken.push_back((now, values));
        while rally.taken.len() > TIMES {
            rally.taken.pop_front();
        }
        if let Some(rest) = &mut rally.rest {
            rest.ended = Some(now);
        }
    }

    /// Nothing is there any more at a path or below it.
    pub fn gone(&mut self, path: &Path) {
        self.files.retain(|file, _| !file.starts_with(path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(300);

    fn values(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    /// How often a value is taken out that comes back at once.
    fn rounds(rallies: &mut Rallies, path: &Path, mut now: Instant) -> (usize, Duration) {
        for round in 0.. {
            now += Duration::from_secs(1);
            match rallies.turn(path, &values(&["a"]), SHORT, now) {
                Turn::Ours => rallies.took(path, values(&["a"]), now),
                Turn::Rest(rest) => return (round, rest),
            }
        }
        unreachable!()
    }

    #[test]
    fn the_same_value_again_and_again_is_left_alone() {
        let (path, start) = (Path::new("a.ipynb"), Instant::now());
        let mut rallies = Rallies::default();
        assert_eq!(rounds(&mut rallies, path, start), (TIMES, SHORTEST_REST));
        let later = start + Duration::from_secs(10);
        let turn = rallies.turn(path, &values(&["a"]), SHORT, later);
        assert_eq!(turn, Turn::Rest(SHORTEST_REST));
        // Another value is no return.
        let turn = rallies.turn(path, &values(&["b"]), SHORT, later);
        assert_eq!(turn, Turn::Ours);
        // Nor is another file.
        let turn = rallies.turn(Path::new("b.ipynb"), &values(&["a"]), SHORT, later);
        assert_eq!(turn, Turn::Ours);
    }

    #[test]
    fn what_is_gone_is_forgotten_with_its_folder() {
        let (path, start) = (Path::new("x/y/a.ipynb"), Instant::now());
        let mut rallies = Rallies::default();
        rounds(&mut rallies, path, start);
        rallies.gone(Path::new("x/y"));
        assert_eq!(rounds(&mut rallies, path, start), (TIMES, SHORTEST_REST));
    }

    #[test]
    fn after_a_rest_it_is_tried_again_and_then_rests_longer() {
        let (path, start) = (Path::new("a.ipynb"), Instant::now());
        let mut rallies = Rallies::default();
        rounds(&mut rallies, path, start);
        let later = start + Duration::from_secs(66);
        let turn = rallies.turn(path, &values(&["a"]), SHORTEST_REST, later);
        assert_eq!(turn, Turn::Ours);
        rallies.took(path, values(&["a"]), later);
        let turn = rallies.turn(path, &values(&["a"]), SHORT, later + SHORT);
        assert_eq!(turn, Turn::Rest(SHORTEST_REST * 2), "it comes back at once");
        let later = later + SHORTEST_REST * 2;
        let turn = rallies.turn(path, &values(&["a"]), SHORTEST_REST * 2, later);
        assert_eq!(turn, Turn::Ours);
    }

    #[test]
    fn different_values_are_work_and_no_rally() {
        let (path, start) = (Path::new("a.ipynb"), Instant::now());
        let mut rallies = Rallies::default();
        for round in 0..100u64 {
            let now = start + Duration::from_millis(400 * round);
            let new = values(&[&format!("value {round}")]);
            assert_eq!(rallies.turn(path, &new, SHORT, now), Turn::Ours);
            rallies.took(path, new, now);
        }
    }

    #[test]
    fn a_value_that_comes_back_each_two_minutes_is_taken_out_each_time() {
        let (path, start) = (Path::new("a.ipynb"), Instant::now());
        let mut rallies = Rallies::default();
        for round in 0..50 {
            let now = start + Duration::from_secs(120 * round);
            let turn = rallies.turn(path, &values(&["a"]), SHORT, now);
            assert_eq!(turn, Turn::Ours, "{round}");
            rallies.took(path, values(&["a"]), now);
        }
    }
}

//! Paths that wait until they are quiet.
//!
//! Whatever is heard of a path starts its quiet time anew. Of any number of
//! events on any number of paths nothing is kept but one line a path.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::save::State;

/// A path waits; what is known of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// When it may be looked at.
    pub due: Instant,
    /// Since when it waits.
    pub since: Instant,
    /// What it was when it was last heard of or looked at.
    pub state: Option<State>,
    /// How often it was looked at and could not be taken.
    pub tries: u32,
    /// Whether it was said that it waits.
    pub is_told: bool,
}

/// All that waits.
#[derive(Debug)]
pub struct Pending {
    quiet: Duration,
    waiting: HashMap<Arc<Path>, Waiting>,
    /// When each is due. An entry counts only if it agrees with `waiting`.
    order: BinaryHeap<Reverse<(Instant, Arc<Path>)>>,
}

impl Pending {
    /// Nothing waits yet; a path is quiet after `quiet` without an event.
    pub fn new(quiet: Duration) -> Self {
        Self {
            quiet,
            waiting: HashMap::new(),
            order: BinaryHeap::new(),
        }
    }

    /// Something was heard of a path, which is now in `state`.
    pub fn touch(&mut self, path: &Path, state: Option<State>, now: Instant) {
        let before = self.waiting.get(path);
        self.wait(
            before.map_or_else(|| path.into(), |_| self.key(path)),
            Waiting {
                due: now + self.quiet,
                since: before.map_or(now, |before| before.since),
                state,
                tries: 0,
                is_told: before.is_some_and(|before| before.is_told),
            },
        );
    }

    /// A path is to be looked at now: it has been quiet for long enough.
    pub fn hurry(&mut self, path: &Path, state: Option<State>, now: Instant) {
        if !self.waiting.contains_key(path) {
            self.wait(
                path.into(),
                Waiting {
                    due: now,
                    since: now,
                    state,
                    tries: 0,
                    is_told: false,
                },
            );
        }
    }

    /// A path that was taken could not be used, and waits again. If it was
    /// heard of meanwhile, that counts.
    pub fn wait_again(&mut self, path: Arc<Path>, waiting: Waiting) {
        if !self.waiting.contains_key(&path) {
            self.wait(path, waiting);
        }
    }

    /// Takes out up to `most` paths that are quiet, those that wait longest
    /// first.
    pub fn take_due(&mut self, now: Instant, most: usize) -> Vec<(Arc<Path>, Waiting)> {
        let mut due = Vec::new();
        while due.len() < most {
            let Some((path, _)) = self.first().filter(|(_, waiting)| waiting.due <= now) else {
                break;
            };
            self.order.pop();
            if let Some(waiting) = self.waiting.remove(&path) {
                due.push((path, waiting));
            }
        }
        due
    }

    /// When the next path is due.
    pub fn next_due(&mut self) -> Option<Instant> {
        self.first().map(|(_, waiting)| waiting.due)
    }

    /// Nothing is to be done any more about a path, or what was below it.
    pub fn forget(&mut self, path: &Path) {
        if self.waiting.remove(path).is_none() && !self.waiting.is_empty() {
            self.waiting.retain(|waiting, _| !waiting.starts_with(path));
        }
    }

    /// What is known of a path that waits.
    pub fn get(&self, path: &Path) -> Option<&Waiting> {
        self.waiting.get(path)
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn key(&self, path: &Path) -> Arc<Path> {
        let known = self.waiting.get_key_value(path);
        known.map_or_else(|| path.into(), |(key, _)| Arc::clone(key))
    }

    fn wait(&mut self, path: Arc<Path>, waiting: Waiting) {
        self.order.push(Reverse((waiting.due, Arc::clone(&path))));
        self.waiting.insert(path, waiting);
        // Entries that don't count any more must not pile up.
        if self.order.len() > 2 * self.waiting.len() + 64 {
            let entries = self.waiting.iter();
            self.order = entries
                .map(|(path, waiting)| Reverse((waiting.due, Arc::clone(path))))
                .collect();
        }
    }

    /// The first entry that counts.
    fn first(&mut self) -> Option<(Arc<Path>, Waiting)> {
        loop {
            let Reverse((due, path)) = self.order.peek()?;
            match self.waiting.get(path) {
                Some(waiting) if waiting.due == *due => return Some((Arc::clone(path), *waiting)),
                _ => self.order.pop(),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUIET: Duration = Duration::from_millis(300);

    fn names(due: &[(Arc<Path>, Waiting)]) -> Vec<String> {
        due.iter()
            .map(|(path, _)| path.display().to_string())
            .collect()
    }

    #[test]
    fn each_event_starts_the_quiet_time_anew() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pending = Pending::new(QUIET);
        pending.touch(Path::new("a"), None, at(0));
        pending.touch(Path::new("b"), None, at(100));
        pending.touch(Path::new("a"), None, at(200));
        assert_eq!(pending.next_due(), Some(at(400)));
        assert!(pending.take_due(at(399), 9).is_empty());
        assert_eq!(names(&pending.take_due(at(400), 9)), ["b"]);
        let due = pending.take_due(at(500), 9);
        assert_eq!(names(&due), ["a"]);
        assert_eq!(due[0].1.since, at(0));
        assert_eq!((pending.len(), pending.next_due()), (0, None));
    }

    #[test]
    fn what_is_gone_is_forgotten_with_what_is_below() {
        let now = Instant::now();
        let mut pending = Pending::new(QUIET);
        for path in ["a/x", "a/y/z", "ab", "b"] {
            pending.touch(Path::new(path), None, now);
        }
        pending.forget(Path::new("a"));
        pending.forget(Path::new("b"));
        assert_eq!(names(&pending.take_due(now + QUIET, 9)), ["ab"]);
    }

    #[test]
    fn an_event_wins_over_waiting_again() {
        let now = Instant::now();
        let mut pending = Pending::new(QUIET);
        pending.touch(Path::new("a"), None, now);
        let (path, waiting) = pending.take_due(now + QUIET, 1).remove(0);
        pending.touch(Path::new("a"), None, now + 2 * QUIET);
        pending.wait_again(path, waiting);
        assert_eq!(pending.next_due(), Some(now + 3 * QUIET));
    }

    #[test]
    fn many_events_on_one_path_take_no_room() {
        let now = Instant::now();
        let mut pending = Pending::new(QUIET);
        for millis in 0..10_000 {
            pending.touch(Path::new("a"), None, now + Duration::from_millis(millis));
        }
        assert!(pending.order.len() < 100);
        assert_eq!(pending.take_due(now + Duration::from_secs(60), 9).len(), 1);
    }
}

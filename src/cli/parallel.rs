//! Work on many files at once, results one by one and in order.

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many items a thread runs ahead if results are large.
const AHEAD: usize = 2;

/// The same if they are light. With more, sleep and wake are rarer.
const FAR_AHEAD: usize = 32;

/// How long a result may wait for others to be consumed with it.
const PATIENCE: Duration = Duration::from_millis(20);

/// Does `work` on every item with a number of threads, and gives the results
/// to `consume` in the order of the items, on the calling thread.
///
/// The threads run ahead of `consume` by a few items only, so that finished
/// results don't pile up in memory. An error of `consume` ends the whole, and
/// so does a panic of `work`, on the calling thread.
pub fn in_order<'i, I: Sync, R: Send, E>(
    items: &'i [I],
    threads: usize,
    work: impl Fn(&'i I) -> R + Sync,
    consume: impl FnMut(&'i I, R) -> Result<(), E>,
) -> Result<(), E> {
    in_line(items, (threads, AHEAD), work, consume)
}

/// The same for results that are light enough for many of them to wait.
pub fn light_in_order<'i, I: Sync, R: Send, E>(
    items: &'i [I],
    threads: usize,
    work: impl Fn(&'i I) -> R + Sync,
    consume: impl FnMut(&'i I, R) -> Result<(), E>,
) -> Result<(), E> {
    in_line(items, (threads, FAR_AHEAD), work, consume)
}

fn in_line<'i, I: Sync, R: Send, E>(
    items: &'i [I],
    (threads, ahead): (usize, usize),
    work: impl Fn(&'i I) -> R + Sync,
    mut consume: impl FnMut(&'i I, R) -> Result<(), E>,
) -> Result<(), E> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().try_for_each(|item| consume(item, work(item)));
    }
    let line = Line::new(items.len(), threads * ahead);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(index) = line.take() {
                    let item = &items[index];
                    line.put(index, panic::catch_unwind(AssertUnwindSafe(|| work(item))));
                }
            });
        }
        let _closed = Closing(&line);
        items.iter().enumerate().try_for_each(|(index, item)| {
            let result = line.wait_for(index);
            consume(
                item,
                result.unwrap_or_else(|panic| panic::resume_unwind(panic)),
            )
        })
    })
}

/// The line in which results wait for their turn.
///
/// To wake a thread costs as much as a small file does. So the consumer is
/// woken for half a line at once, or when the threads have nothing to do; and
/// they when there is room for half a line, or the consumer has nothing to do.
struct Line<R> {
    state: Mutex<State<R>>,
    /// The next result is there.
    ready: Condvar,
    /// There is room for more results.
    room: Condvar,
    len: usize,
    ahead: usize,
}

struct State<R> {
    next: usize,
    consumed: usize,
    waiting: BTreeMap<usize, R>,
    /// Threads that wait for room.
    idle: usize,
    closed: bool,
}

impl<R> Line<R> {
    fn new(len: usize, ahead: usize) -> Self {
        Self {
            state: Mutex::new(State {
                next: 0,
                consumed: 0,
                waiting: BTreeMap::new(),
                idle: 0,
                closed: false,
            }),
            ready: Condvar::new(),
            room: Condvar::new(),
            len,
            ahead,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item to work on, when it is near enough to be consumed.
    fn take(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.closed || state.next == self.len {
                return None;
            }
            if self.has_room(&state) {
                state.next += 1;
                return Some(state.next - 1);
            }
            state.idle += 1;
            let woken = self.room.wait(state);
            state = woken.unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    fn has_room(&self, state: &State<R>) -> bool {
        state.next < state.consumed + self.ahead
    }

    fn put(&self, index: usize, result: R) {
        let mut state = self.lock();
        state.waiting.insert(index, result);
        let is_enough = state.waiting.len() >= self.ahead / 2
            || state.next == self.len
            || !self.has_room(&state);
        let is_its_turn = state.waiting.contains_key(&state.consumed);
        drop(state);
        if is_enough && is_its_turn {
            self.ready.notify_one();
        }
    }

    fn wait_for(&self, index: usize) -> R {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.waiting.remove(&index) {
                state.consumed = index + 1;
                let room = (state.consumed + self.ahead).saturating_sub(state.next);
                if room >= self.ahead / 2 {
                    self.wake(&state);
                }
                return result;
            }
            self.wake(&state);
            let woken = self.ready.wait_timeout(state, PATIENCE);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Wakes the threads that wait for room.
    fn wake(&self, state: &State<R>) {
        if state.idle > 0 {
            self.room.notify_all();
        }
    }
}

/// Sends the threads home, however the consumer ends.
struct Closing<'l, R>(&'l Line<R>);

impl<R> Drop for Closing<'_, R> {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.room.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_though_work_ends_out_of_order() {
        let items: Vec<u64> = (0..50).collect();
        let mut seen = Vec::new();
        let _ = in_order(
            &items,
            4,
            |item| {
                std::thread::sleep(Duration::from_micros((50 - item) % 7 * 100));
                item * 2
            },
            |item, doubled| -> Result<(), Infallible> {
                assert_eq!(doubled, item * 2);
                seen.push(*item);
                Ok(())
            },
        );
        assert_eq!(seen, items);
    }

    #[test]
    fn threads_do_not_run_far_ahead() {
        let items: Vec<usize> = (0..100).collect();
        let started = AtomicUsize::new(0);
        let _ = in_order(
            &items,
            2,
            |_| started.fetch_add(1, Ordering::SeqCst),
            |item, _| -> Result<(), Infallible> {
                std::thread::sleep(Duration::from_micros(200));
                assert!(started.load(Ordering::SeqCst) <= item + 1 + 4);
                Ok(())
            },
        );
    }

    #[test]
    fn a_panic_of_the_work_is_not_waited_for() {
        let items: Vec<usize> = (0..20).collect();
        let outcome = panic::catch_unwind(|| {
            in_order(
                &items,
                2,
                |item| assert_ne!(*item, 7),
                |_, ()| Ok::<(), Infallible>(()),
            )
        });
        assert!(outcome.is_err());
    }

    #[test]
    fn the_consumer_can_end_it() {
        let items: Vec<usize> = (0..1000).collect();
        let worked = AtomicUsize::new(0);
        let end = in_order(
            &items,
            3,
            |_| worked.fetch_add(1, Ordering::SeqCst),
            |item, _| match item {
                5 => Err("enough"),
                _ => Ok(()),
            },
        );
        assert_eq!(end, Err("enough"));
        assert!(worked.load(Ordering::SeqCst) < 20);
    }
}

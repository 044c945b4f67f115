//! Those who wait for the disk at the same time share one write to it.
//!
//! Whoever comes while nothing is written writes for all who wait; the others wait for that. So a batch alone is stored at once, many together in
//! one transaction, and no thread is needed that does nothing else.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Checked;
use crate::intake::{Answer, IntakeError};

/// Items of one transaction, at most, unless one batch has more.
pub(crate) const TOGETHER: usize = 4096;
/// The soonest and the latest that a sender is told to come again.
const SOONEST: Duration = Duration::from_millis(100);
const LATEST: Duration = Duration::from_secs(30);

type Stored = Result<Vec<Answer>, IntakeError>;

/// Batches that wait to be stored.
pub(crate) struct Queue {
    state: Mutex<State>,
    turned: Condvar,
    most: usize,
}

#[derive(Default)]
struct State {
    next: u64,
    waiting: BTreeMap<u64, Vec<Checked>>,
    /// Items that wait or are being written.
    items: usize,
    writing: bool,
    stored: BTreeMap<u64, Stored>,
    /// How long the last write took, and of how many items.
    last: Option<(Duration, usize)>,
}

impl Queue {
    /// A queue for so many items at most; one batch alone may have more.
    pub(crate) fn new(most: usize) -> Self {
        Queue { state: Mutex::new(State::default()), turned: Condvar::new(), most }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether so many items would find place. It may be otherwise a moment later.
    pub(crate) fn check_place(&self, items: usize) -> Result<(), IntakeError> {
        self.lock().check_place(items, self.most)
    }

    /// Waits until the batch is stored, by `store` or with what others store.
    pub(crate) fn pass(
        &self,
        batch: Vec<Checked>,
        store: impl Fn(&[Checked]) -> Stored,
    ) -> Result<Vec<Answer>, IntakeError> {
        let mut state = self.lock();
        state.check_place(batch.len(), self.most)?;
        let ticket = state.next;
        state.next += 1;
        state.items += batch.len();
        state.waiting.insert(ticket, batch);
        loop {
            if let Some(stored) = state.stored.remove(&ticket) {
                return stored;
            }
            if state.writing {
                state = self.turned.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                self.write(state, &store);
                state = self.lock();
            }
        }
    }

    fn write<'q>(&'q self, mut state: MutexGuard<'q, State>, store: &impl Fn(&[Checked]) -> Stored) {
        let (mut tickets, mut items) = (Vec::new(), Vec::new());
        while let Some((ticket, batch)) = state.waiting.pop_first() {
            tickets.push((ticket, batch.len()));
            items.extend(batch);
            let next = state.waiting.first_key_value().map_or(0, |(_, batch)| batch.len());
            if items.len() + next > TOGETHER {
                break;
            }
        }
        state.writing = true;
        drop(state);
        let mut turn = Turn { queue: self, tickets, items: items.len(), stored: None, since: Instant::now() };
        turn.stored = Some(store(&items));
    }
}

impl State {
    fn check_place(&self, items: usize, most: usize) -> Result<(), IntakeError> {
        if self.items == 0 || self.items + items <= most {
            return Ok(());
        }
        let wait = match self.last {
            Some((took, of)) => took.mul_f64(self.items as f64 / of.max(1) as f64),
            None => SOONEST,
        };
        Err(IntakeError::Full { retry_after: wait.clamp(SOONEST, LATEST) })
    }
}

/// One write. Whatever becomes of it, those who wait hear of it when this is dropped.
struct Turn<'q> {
    queue: &'q Queue,
    tickets: Vec<(u64, usize)>,
    items: usize,
    stored: Option<Stored>,
    since: Instant,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let stored = self.stored.take();
        let stored = stored.unwrap_or_else(|| Err(IntakeError::Store("the write was given up".to_owned())));
        let mut state = self.queue.lock();
        let mut answers = stored.map(Vec::into_iter);
        for (ticket, count) in self.tickets.drain(..) {
            let own = answers.as_mut().map(|answers| answers.by_ref().take(count).collect());
            state.stored.insert(ticket, own.map_err(|error| error.clone()));
        }
        state.items -= self.items;
        state.writing = false;
        state.last = Some((self.since.elapsed(), self.items));
        drop(state);
        self.queue.turned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    fn batch(rules: &[&str]) -> Vec<Checked> {
        rules.iter().map(|rule| Checked::Refused((*rule).to_owned())).collect()
    }

    fn echo(items: &[Checked]) -> Stored {
        let rules = items.iter().map(|item| match item {
            Checked::Refused(rule) => rule.clone(),
            Checked::Good(_) | Checked::Known => unreachable!("none was passed"),
        });
        Ok(rules.map(|rule| Answer::Refused { rule, reason: String::new() }).collect())
    }

    #[test]
    fn those_who_wait_together_are_stored_together_and_each_gets_its_own_answers() {
        let (queue, writes) = (Queue::new(1000), AtomicUsize::new(0));
        let (started, has_started) = mpsc::channel();
        let (go, may_go) = mpsc::channel::<()>();
        let may_go = Mutex::new(may_go);
        let store = |items: &[Checked]| {
            if writes.fetch_add(1, Ordering::SeqCst) == 0 {
                started.send(()).unwrap();
                may_go.lock().unwrap().recv().unwrap();
            }
            echo(items)
        };
        std::thread::scope(|scope| {
            let first = scope.spawn(|| queue.pass(batch(&["a"]), store));
            has_started.recv().unwrap();
            let others: Vec<_> = (0..20)
                .map(|n| {
                    scope.spawn({
                        let (queue, store) = (&queue, &store);
                        move || queue.pass(batch(&[&n.to_string(), "b"]), store)
                    })
                })
                .collect();
            while queue.lock().waiting.len() < 20 {
                std::thread::yield_now();
            }
            go.send(()).unwrap();
            assert_eq!(first.join().unwrap().unwrap().len(), 1);
            for (n, other) in others.into_iter().enumerate() {
                let answers = other.join().unwrap().unwrap();
                assert!(matches!(&answers[..], [Answer::Refused { rule, .. }, _] if *rule == n.to_string()));
            }
        });
        assert_eq!(writes.into_inner(), 2);
        assert_eq!(queue.lock().items, 0);
    }

    #[test]
    fn what_finds_no_place_is_refused_and_a_write_that_fails_is_told_to_all() {
        let queue = Queue::new(3);
        let store = |_: &[Checked]| {
            assert!(
                matches!(queue.pass(batch(&["x", "y"]), echo), Err(IntakeError::Full { .. })),
                "2 + 2 > 3"
            );
            Err(IntakeError::Store("no".to_owned()))
        };
        assert_eq!(queue.pass(batch(&["a", "b"]), store), Err(IntakeError::Store("no".to_owned())));
        assert_eq!(queue.pass(batch(&["a"; 5]), echo).unwrap().len(), 5, "alone it may be larger");
        assert_eq!(queue.lock().items, 0);
    }

    #[test]
    fn a_write_that_panics_leaves_nobody_waiting() {
        let queue = Queue::new(9);
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            queue.pass(batch(&["a"]), |_| panic!("the store"))
        }));
        assert!(caught.is_err());
        assert_eq!(queue.pass(batch(&["b"]), echo).unwrap().len(), 1);
    }
}

//! What the process counts itself.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Gauges;

/// Upper ends of the buckets of times, in microseconds, and as they are written, in seconds.
const BUCKETS: [(u64, &str); 10] = [
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (500_000, "0.5"),
    (2_500_000, "2.5"),
    (10_000_000, "10"),
];
/// Minutes that are remembered.
const MINUTES: usize = 60;

#[derive(Default)]
struct Times {
    within: [u64; BUCKETS.len()],
    count: u64,
    micros: u128,
}

struct Minutes {
    passed: u64,
    accepted: VecDeque<u64>,
}

impl Minutes {
    /// Those until now: the ones in which nothing came are there, too.
    fn until(&mut self, elapsed: Duration) -> &mut VecDeque<u64> {
        let now = elapsed.as_secs() / 60;
        let more = now.saturating_sub(self.passed).min(MINUTES as u64);
        self.passed = self.passed.max(now);
        self.accepted.extend((0..more).map(|_| 0));
        let gone = self.accepted.len().saturating_sub(MINUTES);
        self.accepted.drain(..gone);
        &mut self.accepted
    }
}

/// The counters of a process.
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), u64>>,
    times: Mutex<BTreeMap<&'static str, Times>>,
    /// How many minutes passed, and what was accepted in the last of them.
    minutes: Mutex<Minutes>,
    start: Instant,
    body_bytes: AtomicU64,
    limited: AtomicU64,
    refused: AtomicU64,
    handshakes_failed: AtomicU64,
    connections: Arc<AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics {
            requests: Mutex::default(),
            times: Mutex::default(),
            minutes: Mutex::new(Minutes { passed: 0, accepted: VecDeque::from([0]) }),
            start: Instant::now(),
            body_bytes: AtomicU64::default(),
            limited: AtomicU64::default(),
            refused: AtomicU64::default(),
            handshakes_failed: AtomicU64::default(),
            connections: Arc::default(),
        }
    }
}

/// A connection that is open as long as this is there.
pub(crate) struct Open(Arc<AtomicU64>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Metrics {
    /// A request of a route was answered.
    pub(crate) fn request(&self, route: &'static str, status: u16, time: Duration) {
        *lock(&self.requests).entry((route, status)).or_default() += 1;
        let micros = time.as_micros();
        let mut times = lock(&self.times);
        let times = times.entry(route).or_default();
        times.count += 1;
        times.micros += micros;
        for (index, (limit, _)) in BUCKETS.iter().enumerate() {
            times.within[index] += u64::from(micros <= u128::from(*limit));
        }
    }

    /// A body came.
    pub(crate) fn body(&self, bytes: usize) {
        self.body_bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// A request was not let in.
    pub(crate) fn limited(&self) {
        self.limited.fetch_add(1, Relaxed);
    }

    /// A connection was not taken.
    pub(crate) fn connection_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// A handshake failed.
    #[cfg(feature = "tls")]
    pub(crate) fn handshake_failed(&self) {
        self.handshakes_failed.fetch_add(1, Relaxed);
    }

    /// A connection was taken.
    pub(crate) fn connection(&self) -> Open {
        self.connections.fetch_add(1, Relaxed);
        Open(self.connections.clone())
    }

    /// Items were stored now.
    pub(crate) fn accepted(&self, items: usize) {
        self.accepted_at(items, self.start.elapsed());
    }

    fn accepted_at(&self, items: usize, elapsed: Duration) {
        if let Some(last) = lock(&self.minutes).until(elapsed).back_mut() {
            *last += items as u64;
        }
    }

    /// Items that were stored in each minute, the present one last.
    pub(crate) fn accepted_by_minute(&self) -> Vec<u64> {
        lock(&self.minutes).until(self.start.elapsed()).iter().copied().collect()
    }

    /// Writes what the process has of a metric.
    pub(super) fn of_process(&self, name: &str, gauges: &Gauges, out: &mut String) {
        let plain = match name {
            "zksensor_http_body_bytes_total" => self.body_bytes.load(Relaxed),
            "zksensor_http_limited_total" => self.limited.load(Relaxed),
            "zksensor_http_connections" => self.connections.load(Relaxed),
            "zksensor_http_connections_refused_total" => self.refused.load(Relaxed),
            "zksensor_tls_handshakes_failed_total" => self.handshakes_failed.load(Relaxed),
            "zksensor_http_taking" => gauges.taking,
            "zksensor_http_buffered_bytes" => gauges.buffered_bytes,
            "zksensor_log_lost_total" => gauges.log_lost,
            "zksensor_http_requests_total" => {
                for ((route, status), count) in lock(&self.requests).iter() {
                    let _ = writeln!(out, "{name}{{route=\"{route}\",status=\"{status}\"}} {count}");
                }
                return;
            }
            "zksensor_http_request_seconds" => return self.times(name, out),
            _ => return,
        };
        let _ = writeln!(out, "{name} {plain}");
    }

    fn times(&self, name: &str, out: &mut String) {
        for (route, times) in lock(&self.times).iter() {
            for ((_, limit), count) in BUCKETS.iter().zip(times.within) {
                let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"{limit}\"}} {count}");
            }
            let (count, micros) = (times.count, times.micros);
            let _ = writeln!(out, "{name}_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}");
            let _ = writeln!(
                out,
                "{name}_sum{{route=\"{route}\"}} {}.{:06}",
                micros / 1_000_000,
                micros % 1_000_000
            );
            let _ = writeln!(out, "{name}_count{{route=\"{route}\"}} {count}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_pass_and_an_hour_is_kept() {
        let metrics = Metrics::default();
        metrics.accepted(3);
        metrics.accepted_at(2, Duration::from_secs(130));
        let shown = |seconds| {
            lock(&metrics.minutes).until(Duration::from_secs(seconds)).iter().copied().collect::<Vec<_>>()
        };
        assert_eq!(shown(130), [3, 0, 2]);
        assert_eq!(shown(100), [3, 0, 2], "time that goes back changes nothing");
        let later = shown(61 * 60);
        assert_eq!((later.len(), later[0], later[1]), (60, 2, 0));
        assert_eq!(shown(10_000_000), vec![0; 60]);
    }
}

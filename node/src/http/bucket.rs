//! How many requests a client may send, and how many items: a bucket of tokens for each, and no more buckets than a table holds.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::tls::Shown;

/// Who sends, as far as limits are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    /// Whose token it is, by its index.
    Token(usize),
    /// Whoever operates the node.
    Operator,
    /// Who showed a certificate.
    Certificate(Shown),
    /// An address; of IPv6 the network of 64 bits, in which a host has as many addresses as it likes.
    Address(IpAddr),
}

impl Client {
    /// The client at an address.
    pub(super) fn at(address: IpAddr) -> Client {
        Client::Address(match address.to_canonical() {
            IpAddr::V6(six) => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() >> 64 << 64)),
            four => four,
        })
    }
}

/// The buckets.
pub(super) struct Buckets {
    per_second: f64,
    burst: f64,
    most: usize,
    table: Mutex<Table>,
}

struct Table {
    clients: HashMap<Client, Bucket>,
    /// That of all for whom the table has no place.
    others: Bucket,
    swept: Instant,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// How often a full table is looked through for clients that went quiet.
const SWEEP: Duration = Duration::from_secs(1);

impl Buckets {
    pub(super) fn new(per_second: u32, burst: u32, most: usize, now: Instant) -> Buckets {
        let (per_second, burst) = (f64::from(per_second), f64::from(burst));
        let others = Bucket { tokens: burst, at: now };
        Buckets {
            per_second,
            burst,
            most,
            table: Mutex::new(Table { clients: HashMap::new(), others, swept: now }),
        }
    }

    /// Takes so many tokens of the client; never more than a full bucket has.
    ///
    /// # Errors
    /// When there will be as many.
    pub(super) fn take(&self, client: Client, tokens: usize, now: Instant) -> Result<(), Duration> {
        let tokens = u32::try_from(tokens).map_or(self.burst, f64::from).min(self.burst);
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if table.clients.len() >= self.most && !table.clients.contains_key(&client) {
            self.sweep(&mut table, now);
        }
        let has_place = table.clients.len() < self.most || table.clients.contains_key(&client);
        let bucket = match has_place {
            true => table.clients.entry(client).or_insert(Bucket { tokens: self.burst, at: now }),
            false => &mut table.others,
        };
        bucket.tokens = self.filled(bucket, now);
        bucket.at = now;
        if bucket.tokens < tokens {
            return Err(Duration::from_secs_f64((tokens - bucket.tokens) / self.per_second));
        }
        bucket.tokens -= tokens;
        Ok(())
    }

    /// Gives back what was taken, if the client has a bucket of its own still.
    #[cfg(feature = "tls")]
    pub(super) fn give(&self, client: Client, tokens: u32, now: Instant) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = table.clients.get_mut(&client) {
            bucket.tokens = (self.filled(bucket, now) + f64::from(tokens)).min(self.burst);
            bucket.at = now;
        }
    }

    fn filled(&self, bucket: &Bucket, now: Instant) -> f64 {
        let gained = now.saturating_duration_since(bucket.at).as_secs_f64() * self.per_second;
        (bucket.tokens + gained).min(self.burst)
    }

    /// Forgets those whose bucket is full: that is how a new one begins.
    fn sweep(&self, table: &mut Table, now: Instant) {
        if now.saturating_duration_since(table.swept) >= SWEEP {
            table.swept = now;
            table.clients.retain(|_, bucket| self.filled(bucket, now) < self.burst);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn client(number: u32) -> Client {
        Client::at(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    #[test]
    fn a_burst_then_a_rate() {
        let start = Instant::now();
        let buckets = Buckets::new(2, 3, 16, start);
        let at = |millis| start + Duration::from_millis(millis);
        assert!((0..3).all(|_| buckets.take(client(1), 1, start).is_ok()));
        assert_eq!(buckets.take(client(1), 1, start), Err(Duration::from_millis(500)));
        assert!(buckets.take(client(2), 1, start).is_ok(), "another one has its own");
        assert!(buckets.take(client(1), 1, at(500)).is_ok());
        assert!(buckets.take(client(1), 1, at(500)).is_err());
        assert!(
            (0..3).all(|_| buckets.take(client(1), 1, at(60_000)).is_ok()),
            "and never more than the burst"
        );
        assert!(buckets.take(client(1), 1, at(60_000)).is_err());
        // A clock that goes back gives nothing.
        assert!(buckets.take(client(1), 1, at(1)).is_err());
    }

    #[test]
    fn many_tokens_are_taken_together_or_not_at_all() {
        let start = Instant::now();
        let buckets = Buckets::new(10, 100, 16, start);
        assert!(buckets.take(client(1), 60, start).is_ok());
        assert_eq!(buckets.take(client(1), 60, start), Err(Duration::from_secs(2)));
        assert!(buckets.take(client(1), 40, start).is_ok(), "what was refused took nothing");
        assert!(buckets.take(client(2), usize::MAX, start).is_ok(), "a full bucket pays for anything");
        assert_eq!(buckets.take(client(2), usize::MAX, start), Err(Duration::from_secs(10)));
    }

    #[cfg(feature = "tls")]
    #[test]
    fn what_is_given_back_is_there_again_and_never_more_than_a_full_bucket() {
        let start = Instant::now();
        let buckets = Buckets::new(1, 2, 16, start);
        for _ in 0..10 {
            assert!(buckets.take(client(1), 1, start).is_ok());
            buckets.give(client(1), 1, start);
        }
        buckets.give(client(1), 100, start);
        buckets.give(client(2), 100, start);
        for number in [1, 2] {
            assert!((0..2).all(|_| buckets.take(client(number), 1, start).is_ok()));
            assert!(buckets.take(client(number), 1, start).is_err(), "no more than a burst");
        }
    }

    #[test]
    fn the_table_is_bounded_and_nobody_slips_by() {
        let start = Instant::now();
        let buckets = Buckets::new(1, 2, 16, start);
        let granted = (0..10_000).filter(|number| buckets.take(client(*number), 1, start).is_ok()).count();
        assert_eq!(granted, 16 + 2, "those beyond the table share one bucket");
        assert_eq!(buckets.table.lock().unwrap().clients.len(), 16);
        // Those that were quiet make place.
        let later = start + Duration::from_secs(10);
        assert!(buckets.take(client(99_999), 1, later).is_ok());
        assert_eq!(buckets.table.lock().unwrap().clients.len(), 1);
    }

    #[test]
    fn a_host_of_ipv6_is_one_client() {
        let of = |text: &str| Client::at(text.parse().unwrap());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1:2:3"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}

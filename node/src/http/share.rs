//! What all clients share, and the part of it that one of them may hold: so that no client holds all, whatever it sends.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::bucket::Client;

/// Of a whole, the part of one client: a quarter.
pub(super) const PART: usize = 4;

/// How much each client holds. Of one that holds nothing there is no entry, so that the table is as small as what is shared.
#[derive(Clone)]
pub(super) struct Shares {
    held: Arc<Mutex<HashMap<Client, usize>>>,
    most: usize,
}

/// What a client holds of it for as long as this is there.
pub(super) struct Share {
    all: Shares,
    client: Client,
    held: usize,
}

impl Shares {
    /// Of so much for all.
    pub(super) fn of(all: usize) -> Shares {
        Shares::each(all.div_ceil(PART))
    }

    /// So much for each.
    pub(super) fn each(most: usize) -> Shares {
        Shares { held: Arc::default(), most }
    }

    /// A share with nothing in it yet.
    pub(super) fn begin(&self, client: Client) -> Share {
        Share { all: self.clone(), client, held: 0 }
    }

    /// A share of one.
    pub(super) fn one(&self, client: Client) -> Option<Share> {
        let mut share = self.begin(client);
        share.grow(1).then_some(share)
    }
}

impl Share {
    /// Adds to it, unless the client would hold more than its part.
    pub(super) fn grow(&mut self, by: usize) -> bool {
        let mut table = self.all.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = table.get(&self.client).copied().unwrap_or_default();
        let Some(sum) = held.checked_add(by).filter(|sum| *sum <= self.all.most) else { return false };
        table.insert(self.client, sum);
        self.held += by;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        if self.held == 0 {
            return;
        }
        let mut table = self.all.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = table.get_mut(&self.client) {
            *held -= self.held;
            if *held == 0 {
                table.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_holds_its_part_and_the_table_forgets() {
        let [one, other] = ["10.0.0.1", "10.0.0.2"].map(|text| Client::at(text.parse().unwrap()));
        let shares = Shares::of(8);
        let held: Vec<_> = (0..3).filter_map(|_| shares.one(one)).collect();
        assert_eq!(held.len(), 2);
        let mut share = shares.begin(other);
        assert!(share.grow(1) && share.grow(1) && !share.grow(1) && !share.grow(usize::MAX));
        drop(held);
        assert!(shares.one(other).is_none() && shares.one(one).is_some());
        drop(share);
        assert!(shares.held.lock().unwrap().is_empty());
        assert!(Shares::of(1).one(one).is_some(), "a part is never nothing");
    }
}

//! What an account has under way, what came of it, and what a proof remembers of both.

use std::collections::VecDeque;
use std::fmt;

use zksensor_chain::Sent;

use super::super::Paid;

/// Transactions that came to their end and are remembered.
const ENDED: usize = 256;
/// Wei of 10^-9 of a chain's coin.
const GWEI: u128 = 1_000_000_000;

/// What a proof is looked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Receipt {
    /// A transaction that brought it, with so many proofs in all.
    Transaction {
        /// Its hash at its first price.
        id: String,
        /// Proofs in it.
        proofs: u64,
    },
    /// Somebody brought it, in a transaction that nobody here remembers.
    There,
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Receipt::Transaction { id, proofs } => write!(f, "{id}/{proofs}"),
            Receipt::There => f.write_str("there"),
        }
    }
}

impl Receipt {
    /// One as it was stored; what is none says no more than that it was brought.
    pub(super) fn parse(text: &str) -> Receipt {
        let parts = text.split_once('/').and_then(|(id, proofs)| Some((id, proofs.parse().ok()?)));
        match parts {
            Some((id, proofs)) if proofs > 0 => Receipt::Transaction { id: id.to_owned(), proofs },
            _ => Receipt::There,
        }
    }
}

/// Transactions that are final, the last ones.
#[derive(Debug, Default)]
pub(super) struct Ended(VecDeque<(String, Sent)>);

impl Ended {
    pub(super) fn add(&mut self, id: String, sent: Sent) {
        self.0.truncate(ENDED - 1);
        self.0.push_front((id, sent));
    }

    /// What a proof's part of its transaction cost, if that is remembered. Parts are rounded up.
    pub(super) fn paid(&self, receipt: &Receipt) -> Option<Paid> {
        let Receipt::Transaction { id, proofs } = receipt else { return None };
        let (_, sent) = self.0.iter().find(|(of, _)| of == id)?;
        let fee = sent.cost.0.div_ceil(GWEI).div_ceil(u128::from(*proofs));
        Some(Paid { gas: sent.gas.div_ceil(*proofs), fee_gwei: u64::try_from(fee).ok() })
    }
}

#[cfg(test)]
mod tests {
    use zksensor_chain::{Coins, Finality};

    use super::*;

    #[test]
    fn a_receipt_is_read_as_it_was_written_and_anything_else_is_none() {
        let receipt = Receipt::Transaction { id: "0xab".to_owned(), proofs: 7 };
        for receipt in [receipt, Receipt::There] {
            assert_eq!(Receipt::parse(&receipt.to_string()), receipt);
        }
        for other in ["", "0xab", "0xab/", "0xab/0", "0xab/-1", "/srv/proofs/0.json", "there"] {
            assert_eq!(Receipt::parse(other), Receipt::There, "{other}");
        }
    }

    #[test]
    fn parts_of_a_transaction_are_at_least_the_whole() {
        let mut ended = Ended::default();
        let cost = Coins(1_000_000_001);
        let sent = Sent {
            what: String::new(),
            hash: "0xcd".to_owned(),
            block: 1,
            gas: 100,
            cost,
            finality: Finality::Finalized,
            raised: 1,
            reorganised: 0,
        };
        (0..300).for_each(|_| ended.add("0xother".to_owned(), sent.clone()));
        ended.add("0xab".to_owned(), sent);
        let of = |proofs| ended.paid(&Receipt::Transaction { id: "0xab".to_owned(), proofs });
        assert_eq!(of(1), Some(Paid { gas: 100, fee_gwei: Some(2) }));
        assert_eq!(of(3), Some(Paid { gas: 34, fee_gwei: Some(1) }));
        assert_eq!(ended.paid(&Receipt::There), None);
        assert_eq!(ended.0.len(), ENDED);
    }
}

//! What gas may cost, and what is paid for it.

use crate::error::{ChainError, Coins, Gwei};

/// The least tip of Polygon: nodes drop what gives less.
const POLYGON_TIP: u128 = 25 * GWEI;
/// The least tip elsewhere.
const USUAL_TIP: u128 = GWEI;
const GWEI: u128 = 1_000_000_000;
/// The most gas of a transaction on Polygon.
pub(crate) const MOST_GAS: u64 = 33_554_432;

/// The most that a transaction may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a unit of gas, tip included.
    pub fee: Gwei,
    /// For each transaction, in whatever case.
    pub cost: Coins,
}

/// The prices of a transaction of EIP-1559, in wei.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Price {
    /// The most for a unit of gas.
    pub(crate) most: u128,
    /// Of which to whoever includes it.
    pub(crate) tip: u128,
}

/// The least tip of a chain, in wei.
fn least_tip(chain: u64) -> u128 {
    if matches!(chain, 137 | 80_002) { POLYGON_TIP } else { USUAL_TIP }
}

impl Limits {
    /// A price that is good for some blocks of rising base fees, if there is one within the limits. A node's wish for a tip is followed up to
    /// twice the least one: what it says is not to empty an account.
    pub(crate) fn price(&self, chain: u64, base: u128, wished: u128) -> Result<Price, ChainError> {
        let least = least_tip(chain);
        let tip = wished.clamp(least, 2 * least);
        let now = base.saturating_add(tip);
        if now > self.fee.0 {
            return Err(ChainError::FeeTooHigh { most: self.fee, base: Gwei(base), tip: Gwei(tip) });
        }
        Ok(Price { most: base.saturating_mul(2).saturating_add(tip).min(self.fee.0), tip })
    }

    /// A price that takes the place of another, a quarter higher (nodes ask for a tenth), or what the chain asks for now if that is
    /// more; `None` if that is beyond the limits.
    pub(crate) fn higher(&self, old: Price, now: Price) -> Option<Price> {
        let more = |price: u128| price + price.div_ceil(4);
        let price = Price { most: more(old.most).max(now.most), tip: more(old.tip).max(now.tip) };
        let least = old.most + old.most.div_ceil(8);
        let most = price.most.min(self.fee.0);
        (most >= least && price.tip <= most).then_some(Price { most, tip: price.tip })
    }

    /// Requires that a transaction with so much gas costs no more than it may.
    pub(crate) fn check(&self, what: &str, gas: u64, price: Price) -> Result<Coins, ChainError> {
        let got = Coins(price.most.saturating_mul(u128::from(gas)));
        if got > self.cost {
            return Err(ChainError::TooDear { what: what.to_owned(), most: self.cost, got, gas });
        }
        Ok(got)
    }
}

/// The limit of gas for an estimate: a quarter more, as state may change before it is included.
pub(crate) fn gas_limit(what: &str, estimate: u64) -> Result<u64, ChainError> {
    let limit = estimate.saturating_add(estimate / 4);
    if estimate > MOST_GAS {
        return Err(ChainError::TooMuchGas { what: what.to_owned(), most: MOST_GAS, got: estimate });
    }
    Ok(limit.min(MOST_GAS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { fee: Gwei(100 * GWEI), cost: Coins(GWEI * GWEI) };

    #[test]
    fn polygon_has_its_least_tip_and_a_node_no_more_than_twice_that() {
        let price = |chain, base, wished| LIMITS.price(chain, base * GWEI, wished * GWEI);
        assert_eq!(price(137, 10, 0).unwrap(), Price { most: 45 * GWEI, tip: 25 * GWEI });
        assert_eq!(price(80_002, 10, 30).unwrap(), Price { most: 50 * GWEI, tip: 30 * GWEI });
        assert_eq!(price(137, 10, 9_000).unwrap().tip, 50 * GWEI);
        assert_eq!(price(31_337, 10, 0).unwrap().tip, GWEI);
        assert_eq!(price(137, 70, 0).unwrap(), Price { most: 100 * GWEI, tip: 25 * GWEI });
        assert!(matches!(price(137, 76, 0), Err(ChainError::FeeTooHigh { .. })));
        assert!(matches!(LIMITS.price(137, u128::MAX, u128::MAX), Err(ChainError::FeeTooHigh { .. })));
    }

    #[test]
    fn what_takes_the_place_of_another_is_dearer_by_what_nodes_ask_for() {
        let old = Price { most: 40 * GWEI, tip: 25 * GWEI };
        let higher = LIMITS.higher(old, old).unwrap();
        assert_eq!(higher, Price { most: 50 * GWEI, tip: 31_250_000_000 });
        assert_eq!(LIMITS.higher(old, Price { most: 90 * GWEI, tip: 26 * GWEI }).unwrap().most, 90 * GWEI);
        assert_eq!(LIMITS.higher(Price { most: 95 * GWEI, tip: 25 * GWEI }, old), None);
    }

    #[test]
    fn a_cost_has_a_limit_and_gas_too() {
        let price = Price { most: 100 * GWEI, tip: GWEI };
        assert_eq!(LIMITS.check("it", 10_000_000, price).unwrap(), LIMITS.cost);
        assert!(matches!(LIMITS.check("it", 10_000_001, price), Err(ChainError::TooDear { .. })));
        assert_eq!(gas_limit("it", 400_000).unwrap(), 500_000);
        assert_eq!(gas_limit("it", MOST_GAS).unwrap(), MOST_GAS);
        assert!(matches!(gas_limit("it", u64::MAX), Err(ChainError::TooMuchGas { .. })));
    }
}

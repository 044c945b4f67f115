//! Are all these keys of prime order? One key costs a multiplication by l, many cost a few additions each.
//!
//! BabyJubJub has 8 l points, so a point of the curve is a point of order dividing l plus a torsion point t of order dividing
//! 8. The sum of a random subset of points that are not all free of torsion has torsion with probability at least 1/2: the
//! sums with and without a point of t != 0 cannot both be free. 128 subset sums, each then checked alone, leave 2^-128. The
//! subsets come from a hash of all the points, so whoever picks the points has to try 2^128 sets.
//!
//! A byte of randomness puts a point in one of 256 buckets, and the subset of bit j is the buckets whose index has bit j:
//! 16 additions a point for 128 sums.

use alloc::vec;

use ark_ec::AdditiveGroup;
use sha3::{Digest, Keccak256};

use crate::field;
use crate::primitives::babyjubjub::{EdwardsAffine, EdwardsProjective, Point};
use crate::primitives::eddsa::{PublicKey, PublicKeyError};

/// Below this many keys checking them one by one is as fast.
const BATCH: usize = 512;

/// Bytes of randomness for each point; eight subset sums a byte.
const WINDOWS: usize = 16;

const BUCKETS: usize = 256;

/// Checks every key as [`PublicKey::new`] does, many faster than one by one; fails with the index and fault of the first that
/// is no key.
///
/// # Errors
/// The index of the first that is no key, and the [`PublicKeyError`] of [`PublicKey::new`].
pub fn check_all(keys: &[PublicKey]) -> Result<(), (usize, PublicKeyError)> {
    if keys.len() >= BATCH && all_of_prime_order(keys) {
        return Ok(());
    }
    for (index, key) in keys.iter().enumerate() {
        PublicKey::new(*key.point()).map_err(|fault| (index, fault))?;
    }
    Ok(())
}

/// `true` if all are of prime order; otherwise `true` with probability 2^-128.
fn all_of_prime_order(keys: &[PublicKey]) -> bool {
    let mut buckets = vec![[EdwardsProjective::ZERO; BUCKETS]; WINDOWS];
    for (key, choices) in keys.iter().zip(Choices::new(keys)) {
        let point = key.point();
        if !point.is_on_curve() || point.is_identity() {
            return false;
        }
        let point = EdwardsAffine { x: point.x, y: point.y };
        for (window, choice) in buckets.iter_mut().zip(choices) {
            window[usize::from(choice)] += point;
        }
    }
    buckets.iter().all(|window| (0..8).all(|bit| subset_sum(window, bit).is_in_prime_subgroup()))
}

/// The sum of the buckets whose index has `bit`.
fn subset_sum(window: &[EdwardsProjective; BUCKETS], bit: u32) -> Point {
    let chosen = (0..).zip(window).filter(|(index, _)| index >> bit & 1 == 1);
    chosen.fold(EdwardsProjective::ZERO, |sum: EdwardsProjective, (_, bucket): (u32, _)| sum + bucket).into()
}

/// Sixteen bytes a point, which nobody knows before all the points are fixed.
struct Choices {
    seed: [u8; 32],
    count: u64,
}

impl Choices {
    fn new(keys: &[PublicKey]) -> Self {
        let mut hasher = Keccak256::new_with_prefix(b"zksensor/prime-order/v1");
        for key in keys {
            hasher.update(field::to_be_bytes(&key.point().x));
            hasher.update(field::to_be_bytes(&key.point().y));
        }
        Choices { seed: hasher.finalize().into(), count: 0 }
    }
}

impl Iterator for Choices {
    type Item = [u8; WINDOWS];

    fn next(&mut self) -> Option<[u8; WINDOWS]> {
        let digest = Keccak256::new_with_prefix(self.seed).chain_update(self.count.to_be_bytes()).finalize();
        self.count += 1;
        Some(core::array::from_fn(|index| digest[index]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Fr;
    use crate::primitives::babyjubjub::BASE8;
    use crate::registry::tests::keys;
    use ark_ff::MontFp;

    /// ERC-2494's generator of the whole group, of order 8 l.
    const GENERATOR: Point = Point {
        x: MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
        y: MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
    };

    #[test]
    fn one_bad_key_among_many_is_found_and_named() {
        let mut all = keys(BATCH);
        assert_eq!(check_all(&all), Ok(()));
        assert!(all_of_prime_order(&all));
        // Torsion of order 2 (the hardest to see), 4 and 8; points of small order; a point off the curve; O.
        let order_two = Point { x: Fr::from(0u64), y: -Fr::from(1u64) };
        let torsion = GENERATOR.double().double();
        let off_curve = Point { x: Fr::from(1u64), y: Fr::from(1u64) };
        let cases = [
            (BASE8.add(&order_two), PublicKeyError::NotPrimeOrder),
            (torsion, PublicKeyError::NotPrimeOrder),
            (GENERATOR.double(), PublicKeyError::NotPrimeOrder),
            (GENERATOR, PublicKeyError::NotPrimeOrder),
            (order_two, PublicKeyError::NotPrimeOrder),
            (off_curve, PublicKeyError::OffCurve),
            (Point::IDENTITY, PublicKeyError::Identity),
        ];
        for (point, fault) in cases {
            let good = core::mem::replace(&mut all[300], PublicKey::insecure_unchecked(point));
            assert!(!all_of_prime_order(&all), "{fault}");
            assert_eq!(check_all(&all), Err((300, fault)));
            all[300] = good;
        }
        let good = core::mem::replace(&mut all[7], PublicKey::insecure_unchecked(GENERATOR));
        assert_eq!(check_all(&all[..10]), Err((7, PublicKeyError::NotPrimeOrder)));
        all[7] = good;
    }

    #[test]
    fn cancelling_torsion_does_not_hide() {
        let order_two = Point { x: Fr::from(0u64), y: -Fr::from(1u64) };
        let mut all = keys(BATCH);
        for key in &mut all[..2] {
            *key = PublicKey::insecure_unchecked(key.point().add(&order_two));
        }
        assert_eq!(check_all(&all), Err((0, PublicKeyError::NotPrimeOrder)));
    }
}

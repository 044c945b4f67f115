//! The scalars that the two multiplications refuse, one by one: for their count, and for those who try them.

use std::collections::BTreeSet;

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use super::fixed_base::WINDOWS;
use super::ladder::{BLOCKED_STEPS, SCALAR_BITS, window_low};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::Scalar;

type Integer = <Fr as PrimeField>::BigInt;

/// First bit of the last window of S.
const LAST_WINDOW: u32 = 2 * (WINDOWS as u32 - 1);

fn plus(mut a: Integer, b: Integer) -> Integer {
    assert!(!a.add_with_carry(&b), "the integers of a ladder are below 2^256");
    a
}

/// a - b, unless it is negative.
fn minus(mut a: Integer, b: Integer) -> Option<Integer> {
    (!a.sub_with_borrow(&b)).then_some(a)
}

/// 11 l: the k of the digest 0.
fn least() -> Integer {
    let mut top = Integer::from(1u64);
    top <<= SCALAR_BITS;
    plus(window_low(), top)
}

/// Where the ladder of k stands at a multiple of P that the laws do not take.
#[derive(Default)]
struct Exceptions {
    /// Steps that start at m = +-1 mod l, where the first slope would be free.
    free: Vec<usize>,
    /// Steps that lead to O, which has no Montgomery form.
    identity: Vec<usize>,
}

/// Climbs as the gadget does, with m modulo l.
fn climb(k: &Integer) -> Exceptions {
    let mut found = Exceptions::default();
    let mut m = Scalar::from(3u64);
    for step in (1..SCALAR_BITS as usize).rev() {
        if m == Scalar::ONE || m == -Scalar::ONE {
            found.free.push(step);
        }
        m = m.double() + if k.get_bit(step) { Scalar::ONE } else { -Scalar::ONE };
        if m == Scalar::ZERO {
            found.identity.push(step);
        }
    }
    found
}

/// Every k whose ladder has a head m within 1 of a multiple of l with at most [`BLOCKED_STEPS`] steps to go: a superset of
/// the exceptional ones.
fn suspects() -> BTreeSet<Integer> {
    let (low, high) = (least(), plus(least(), Fr::MODULUS));
    let mut found = BTreeSet::new();
    let mut multiple = Integer::from(0u64);
    for _ in 0..20 {
        let heads = [minus(multiple, 1u64.into()), Some(multiple), Some(plus(multiple, 1u64.into()))];
        for (head, steps) in
            heads.into_iter().flatten().flat_map(|head| (0..=BLOCKED_STEPS).map(move |s| (head, s)))
        {
            if head.num_bits() + steps as u32 > 255 {
                continue;
            }
            let mut scaled = head;
            scaled <<= steps as u32;
            // k + 1 - b_0 = 2^steps m + (an odd number below 2^steps in size), or m itself.
            let Some(first) = minus(scaled, ((1u64 << steps) - 1).into()) else { continue };
            for tail in 0..1u64 << steps {
                let end = plus(first, (2 * tail).into());
                found.extend([Some(end), minus(end, 1u64.into())].into_iter().flatten());
            }
        }
        multiple = plus(multiple, Scalar::MODULUS);
    }
    found.retain(|k| (low..high).contains(k));
    found
}

/// The challenges of which no multiple is made: their ladders meet O.
pub fn challenges() -> Vec<Fr> {
    let refused = suspects().into_iter().filter(|k| !climb(k).identity.is_empty());
    let challenge =
        |k| minus(k, least()).and_then(Fr::from_bigint).expect("a suspect is within r of the least");
    refused.map(challenge).collect()
}

/// The responses of fewer than 252 bits, below l and above, of which no multiple is made: u1 = u2 in the last window, so the
/// sum of the windows below is + or - its digit.
pub fn responses() -> Vec<Fr> {
    let half = Scalar::from(2u64).inverse().expect("l is odd");
    let mut limit = Integer::from(1u64);
    limit <<= LAST_WINDOW;
    let weight = Scalar::from_bigint(limit).expect("2^250 is below l");
    let mut refused = BTreeSet::new();
    // The top bit of S is bit 250, so the last digit is -3 or -1.
    for (top, digit) in [(Integer::from(0u64), -Scalar::from(3u64)), (limit, -Scalar::ONE)] {
        for sign in [Scalar::ONE, -Scalar::ONE] {
            // sum = S mod 2^250 - (2^250 - 1) / 2 = +- digit 2^250 / 2
            let low = (sign * digit * weight + weight - Scalar::ONE) * half;
            if low.into_bigint() < limit {
                refused.insert(plus(low.into_bigint(), top));
            }
        }
    }
    refused.into_iter().map(|response| Fr::from_bigint(response).expect("251 bits are below r")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_five_digests_are_refused_and_all_in_the_last_steps() {
        // Before the blocked steps 1 < m < l - 1: m is at most one above k / 2^steps.
        let mut most = plus(least(), Fr::MODULUS);
        most >>= BLOCKED_STEPS as u32 + 1;
        assert!(plus(most, 3u64.into()) < Scalar::MODULUS);

        let mut through_one = 0;
        for k in suspects() {
            let Exceptions { free, identity } = climb(&k);
            assert!(
                free.iter().all(|step| *step <= BLOCKED_STEPS),
                "steps {free:?} of {k} are not all blocked"
            );
            // From the first O on the ladder has no assignment; only behind it is there a step from +-1.
            assert!(free.iter().all(|step| identity.first().is_some_and(|first| first > step)));
            through_one += usize::from(!free.is_empty());
        }
        assert_eq!((through_one, challenges().len()), (40, 55));
    }

    #[test]
    fn one_response_is_refused() {
        let canonical = |response: &&Fr| response.into_bigint() < Scalar::MODULUS;
        assert_eq!(responses().iter().filter(canonical).count(), 1);
        // Below the last window |sum| < 4^i / 2 and a digit is at least that, and their sum is below 4^(i + 1) / 2 < l / 2.
        let mut limit = Integer::from(1u64);
        limit <<= LAST_WINDOW;
        assert!(limit < Scalar::MODULUS);
    }
}

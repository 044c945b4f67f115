//! EdDSA over BabyJubJub with Poseidon, as circomlib has it, in 2,994 R1CS constraints.
//!
//! The rule: h = Poseidon(R, A, M) as an integer below r; S < l; R and A on the curve; 8A != O; S Base8 = R + h (8A).
//! Curve: a x^2 + y^2 = 1 + d x^2 y^2 with a = 168700 (a square), d = 168696 (not a square), so the Edwards laws are
//! complete; in Montgomery form v^2 = u^3 + 168698 u^2 + u. P = 8A has prime order l.
//!
//! **Variable base.** h P = (h + 11 l) P, and k = h + 11 l lies in [2^254, 2^255), so its top bit is 1 and no leading
//! zeros can meet an incomplete law. With b_i the bits of k, k + 1 - b_0 = 3 * 2^253 + sum over i = 1..253 of
//! (2 b_i - 1) 2^(i-1): start at 3P, double and add +-P 253 times (6 constraints each), subtract P if b_0 = 0.
//!
//! *Why no slope is free.* One step takes m P to (2m + d) P, d = +-1, as (mP + dP) + mP. The first slope is free only if
//! mP = dP, so m = d mod l. m starts at 3 and is the head of k + 1 - b_0, below 19 l; 1 < m < l - 1 holds for all but the
//! last five steps, and in these u(mP) != u(P) is asserted. The second slope is free only if mP has order 2, and mP has odd
//! order. Where u(mP) = u(mP + dP) the step would lead to O, and the equation asks 0 = -2 v(mP), which nothing satisfies.
//!
//! So no signature can be shown whose Poseidon digest is one of 55: the ladders of all of them meet O, and 40 go on from
//! there through m = +-1. A ladder comes to +-1 in no other way, so the assertion is a second lock on the same door.
//!
//! **Fixed base.** 126 windows of two bits: digit 2w - 3 of (4^i / 2) Base8, so |sum of digits below window i| < 4^i is
//! smaller than any digit of window i: the two points of an addition are never equal or opposite while 4^(i+1) < l,
//! that is for all windows but the last, where u1 != u2 is asserted, which refuses one value of S. The constant
//! (4^126 - 1)/2 Base8 is added at the end.
//!
//! *Why not three bits.* With signs t = 2b - 1 a symmetric window of two bits has u = alpha + beta t0 t1 and v = a t0 + b t1: one
//! product and an addition of three, 2 constraints a bit. One of three bits has u = alpha + beta t0 t1 + t2 (gamma t0 + delta t1) and v =
//! a t0 + b t1 + t2 (c + d t0 t1): three products and the addition, again 2 a bit. What saves a product elsewhere, digits whose sign
//! is a bit of its own, is paid back here by the product that ties sign times magnitude to S, which S < l needs.

#![cfg_attr(
    not(feature = "testing"),
    allow(unreachable_pub, reason = "`parts` shows its modules to the soundness kit")
)]

mod challenged;
#[cfg(any(test, feature = "testing"))]
pub mod exceptions;
mod fixed_base;
mod ladder;
mod laws;

use ark_ff::PrimeField;
use zksensor_model::field::Fr;
use zksensor_model::preimages::Challenge;
use zksensor_model::primitives::babyjubjub::{Point, Scalar};
use zksensor_model::primitives::eddsa;

use self::challenged::verify_challenged;
use super::{Gadgets, SignatureVars, SynthesisError, preimage};

/// The parts, for the relations that the soundness kit holds each of them to. None is a signature by itself.
#[cfg(feature = "testing")]
pub mod parts {
    pub use super::challenged::verify_challenged;
    pub use super::fixed_base::fixed_base;
    pub use super::ladder::{Base, enrolled_base, variable_base, window_low};
    pub use super::laws::{assert_nonzero, assert_on_curve, edwards_add};
}

/// The signature is valid for `message` by the whole rule.
///
/// # Errors
/// As the arithmetization's constraints.
#[track_caller]
pub fn verify<G: Gadgets>(
    g: &mut G,
    signature: &SignatureVars<G::Var>,
    message: &G::Var,
) -> Result<(), SynthesisError> {
    let SignatureVars { key, nonce, response } = signature;
    let inputs = [&key.x, &key.y, &nonce.x, &nonce.y, response, message];
    g.composite("eddsa", &inputs, holds, |g| {
        let challenge = g.scope("challenge", |g| {
            let (nonce_x, nonce_y) = (&nonce.x, &nonce.y);
            preimage::hash(g, Challenge { nonce_x, nonce_y, key_x: &key.x, key_y: &key.y, message })
        })?;
        verify_challenged(g, signature, &challenge)
    })
}

/// The rule by its native definition.
fn holds(values: &[Fr]) -> bool {
    let &[key_x, key_y, nonce_x, nonce_y, response, message] = values else { return false };
    let (key, r) = (Point { x: key_x, y: key_y }, Point { x: nonce_x, y: nonce_y });
    Scalar::from_bigint(response.into_bigint())
        .is_some_and(|s| eddsa::verify_point(&key, &message, &eddsa::Signature { r, s }).is_ok())
}

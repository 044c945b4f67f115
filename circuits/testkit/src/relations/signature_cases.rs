//! Signatures that nobody signs: off the curve, of small order, at the scalars where a law has an exception.

use std::sync::OnceLock;

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use super::laws::on_curve;
use super::seeded;
use super::words::low_bits;
use crate::curve::{bits_modulo_l, modulo_l, small_order};
use zksensor_circuits::gadgets::eddsa::{self, exceptions};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::{BASE8, EDWARDS_A, EDWARDS_D, Point, Scalar};
use zksensor_model::primitives::poseidon::{self, Domain};

/// The secret of the key that signs here.
const SECRET: u64 = 123_456_789;

/// The key that signs here.
pub(super) fn key() -> Point {
    BASE8.mul(&Scalar::from(SECRET))
}

/// times l, an element for times up to 8 or so.
pub(super) fn l_times(times: u64) -> Fr {
    Fr::from(times) * Fr::from_bigint(Scalar::MODULUS).expect("l is below r")
}

/// Whether the ladder of this challenge meets O.
pub(super) fn is_exceptional(h: &Fr) -> bool {
    static ALL: OnceLock<Vec<Fr>> = OnceLock::new();
    ALL.get_or_init(exceptions::challenges).contains(h)
}

/// A challenge written as another integer.
pub(super) struct Alias {
    /// The integer, mod l.
    pub(super) multiple: Scalar,
    /// Bits 1 to 253 of low + integer.
    pub(super) upper_bits: Vec<Fr>,
}

/// Challenges with room for h + r or h - r beside the window.
pub(super) fn aliases() -> Vec<(Fr, Alias)> {
    let r = bits_modulo_l(Fr::MODULUS.to_bits_be().into_iter());
    let mut all = Vec::new();
    for h in [1u64, 2, 1 << 40].map(Fr::from) {
        for (h, up) in [(h, true), (-h, false)] {
            let mut shifted = eddsa::parts::window_low();
            shifted.add_with_carry(&h.into_bigint());
            let multiple = if up {
                shifted.add_with_carry(&Fr::MODULUS);
                modulo_l(&h) + r
            } else {
                shifted.sub_with_borrow(&Fr::MODULUS);
                modulo_l(&h) - r
            };
            assert!(shifted.num_bits() <= 254);
            let upper_bits = (1..254).map(|bit| Fr::from(shifted.get_bit(bit))).collect();
            all.push((h, Alias { multiple, upper_bits }));
        }
    }
    all
}

/// (A, R, S, h) with every kind of lie that a free challenge allows.
pub(super) fn challenged() -> Vec<Vec<Fr>> {
    let key = key();
    let mut all = Vec::new();
    let mut push = |key: Point, nonce: Point, response: Fr, h: Fr| {
        all.push(vec![key.x, key.y, nonce.x, nonce.y, response, h]);
    };
    let torsion = small_order();
    let rng = &mut seeded(81);
    for _ in 0..3 {
        let (h, response) = (low_bits(rng, 253), low_bits(rng, 249));
        let product = key.mul_by_cofactor().mul(&modulo_l(&h));
        let total = BASE8.mul(&modulo_l(&response));
        let nonce = total.add(&product.negate());
        push(key, nonce, response, h);
        // S + l stands for the same point.
        push(key, nonce, response + l_times(1), h);
        // The other point of the same y, and the other of the same x.
        push(key, nonce, l_times(1) - response, h);
        for other in [total.negate(), Point { x: total.x, y: -total.y }] {
            push(key, other.add(&product.negate()), response, h);
        }
        // The same low bits.
        for bit in 251..254 {
            push(key, nonce, response + field::power_of_two(bit), h);
        }
        push(key, nonce.negate(), response, h);
        push(key.negate(), nonce, response, h);
        push(key, nonce, response, h + Fr::ONE);
        push(key, nonce, response + Fr::ONE, h);
        // R off the curve meets the equation as well as R on it.
        let off = off_curve_summand(&product, &total);
        assert!(!on_curve(off.x, off.y));
        push(key, off, response, h);
        for t in &torsion[1..] {
            // 8 (A + T) = 8A; R + T is another point.
            push(key.add(t), nonce, response, h);
            push(key, nonce.add(t), response, h);
            // 8T = O: the equation is S Base8 = R.
            push(*t, total, response, h);
        }
        push(Point::IDENTITY, total, response, h);
        push(Point { x: key.x + Fr::ONE, y: key.y }, nonce, response, h);
    }
    all
}

/// R off the curve with R + P = Q by the complete law. With t = x y the law is linear in x and y; t = x y is then a quadratic
/// equation, of which R on the curve is one root.
fn off_curve_summand(p: &Point, q: &Point) -> Point {
    let c = EDWARDS_D * p.x * p.y;
    let scale = (p.y * p.y + EDWARDS_A * p.x * p.x).inverse().expect("not zero on the curve");
    let x = [(p.y * q.x - p.x * q.y) * scale, c * (p.y * q.x + p.x * q.y) * scale];
    let y = [(EDWARDS_A * p.x * q.x + p.y * q.y) * scale, c * (EDWARDS_A * p.x * q.x - p.y * q.y) * scale];
    let honest = q.add(&p.negate());
    let lead = (x[1] * y[1] * honest.x * honest.y).inverse().expect("a random point");
    let t = x[0] * y[0] * lead;
    Point { x: x[0] + x[1] * t, y: y[0] + y[1] * t }
}

/// (A, R, S, M) with the challenge that is hashed.
pub(super) fn signatures() -> Vec<Vec<Fr>> {
    let rng = &mut seeded(82);
    let mut all = Vec::new();
    let sign = |key: &Point, nonce: &Scalar, message: Fr| {
        let r = BASE8.mul(nonce);
        let h = poseidon::hash(Domain::Eddsa, &[r.x, r.y, key.x, key.y, message]);
        let s = *nonce + modulo_l(&h) * Scalar::from(8 * SECRET);
        let s = Fr::from_bigint(s.into_bigint()).expect("l is below r");
        vec![key.x, key.y, r.x, r.y, s, message]
    };
    let own = key();
    for _ in 0..3 {
        let (message, nonce) = (low_bits(rng, 253), modulo_l(&low_bits(rng, 253)));
        let good = sign(&own, &nonce, message);
        for index in 0..6 {
            for change in [Fr::ONE, -Fr::ONE, good[index], -good[index].double()] {
                let mut bad = good.clone();
                bad[index] += change;
                all.push(bad);
            }
        }
        let mut again = good.clone();
        again[4] += l_times(1);
        all.extend([good, again]);
        // Signed as it should be, but for a key off the curve.
        all.push(sign(&Point { x: own.x, y: own.y.double() }, &nonce, message));
        for t in &small_order()[1..] {
            all.push(sign(&own.add(t), &nonce, message));
            // Under a key of small order everybody signs: S Base8 = R.
            let r = BASE8.mul(&nonce);
            let s = Fr::from_bigint(nonce.into_bigint()).expect("l is below r");
            all.push(vec![t.x, t.y, r.x, r.y, s, message]);
        }
    }
    all
}

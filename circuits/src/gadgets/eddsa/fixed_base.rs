//! S Base8 by 126 windows of two bits.

use std::sync::OnceLock;

use ark_ff::{AdditiveGroup, Field};

use super::laws::{Montgomery, assert_nonzero, edwards_add_constant, montgomery_add, to_edwards};
use crate::gadgets::{Bits, Gadgets, PointVars, SynthesisError};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};

/// Two-bit windows of S.
pub(super) const WINDOWS: usize = 126;

/// S Base8, for an S of 251 or 252 bits: the last window has one or both of its own.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of bits; and those of the backend.
pub fn fixed_base<G: Gadgets>(
    g: &mut G,
    response: &Bits<G::Var>,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let table = windows();
    let bits = response.bits();
    if bits.len().div_ceil(2) != WINDOWS {
        return Err(SynthesisError::Size {
            gadget: "fixed base",
            wanted: "a response with its 251 or 252 bits",
            got: bits.len(),
        });
    }
    let mut sum: Option<Montgomery<G::Var>> = None;
    for (index, points) in table.points.iter().enumerate() {
        let low = bits[2 * index].var();
        let term = match bits.get(2 * index + 1) {
            None => lookup(g, &points[..2], low, None),
            Some(high) => {
                let both = g.mul(low, high.var())?;
                lookup(g, points, low, Some((high.var(), &both)))
            }
        };
        sum = Some(match sum {
            None => term,
            Some(sum) => {
                if index + 1 == WINDOWS {
                    let run = g.sub(&term.u, &sum.u);
                    assert_nonzero(g, &run)?;
                }
                montgomery_add(g, &sum, &term)?
            }
        });
    }
    let sum = sum.expect("there are windows");
    let edwards = to_edwards(g, &sum)?;
    edwards_add_constant(g, &edwards, &table.rest)
}

/// points[low + 2 high] as a linear combination of low, high and low * high.
fn lookup<G: Gadgets>(
    g: &mut G,
    points: &[(Fr, Fr)],
    low: &G::Var,
    high: Option<(&G::Var, &G::Var)>,
) -> Montgomery<G::Var> {
    let mut coordinate = |pick: fn(&(Fr, Fr)) -> Fr| {
        let p: Vec<Fr> = points.iter().map(pick).collect();
        let mut terms = vec![(p[1] - p[0], low)];
        if let Some((high, both)) = high {
            terms.push((p[2] - p[0], high));
            terms.push((p[3] - p[2] - p[1] + p[0], both));
        }
        g.linear(p[0], &terms)
    };
    Montgomery { u: coordinate(|p| p.0), v: coordinate(|p| p.1) }
}

struct Windows {
    /// (2w - 3)(4^i / 2) Base8 in Montgomery form.
    points: Vec<[(Fr, Fr); 4]>,
    /// (4^126 - 1)/2 Base8.
    rest: Point,
}

fn windows() -> &'static Windows {
    static TABLE: OnceLock<Windows> = OnceLock::new();
    TABLE.get_or_init(|| {
        let half = Scalar::from(2u64).inverse().expect("l is odd");
        let mut weight = half;
        let mut total = Scalar::ZERO;
        let points = (0..WINDOWS)
            .map(|_| {
                let base = BASE8.mul(&weight);
                let minus = base.negate();
                let triple = base.double().add(&base);
                total += weight * Scalar::from(3u64);
                weight *= Scalar::from(4u64);
                [triple.negate(), minus, base, triple]
                    .map(|p| p.to_montgomery().expect("a multiple of Base8 that is not O"))
            })
            .collect();
        Windows { points, rest: BASE8.mul(&total) }
    })
}

//! The addition laws of BabyJubJub as constraints: complete in Edwards form, incomplete in Montgomery form.
//!
//! Inverses and slopes are hints, each tied by the one product that defines it where the denominator is not zero. What asserts
//! here is an assertion of its caller (see [`crate::mutants`]).

use ark_ff::{AdditiveGroup, Field};

use crate::gadgets::inverse::invert;
use crate::gadgets::{Gadgets, PointVars, SynthesisError};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::{EDWARDS_A, EDWARDS_D, MONTGOMERY_A, Point};

/// a x^2 + y^2 = 1 + d x^2 y^2; returns (x^2, y^2).
#[track_caller]
pub fn assert_on_curve<G: Gadgets>(
    g: &mut G,
    p: &PointVars<G::Var>,
) -> Result<(G::Var, G::Var), SynthesisError> {
    let x2 = g.mul(&p.x, &p.x)?;
    let y2 = g.mul(&p.y, &p.y)?;
    let dx2 = g.linear(Fr::ZERO, &[(EDWARDS_D, &x2)]);
    let rest = g.linear(-Fr::ONE, &[(EDWARDS_A, &x2), (Fr::ONE, &y2)]);
    g.assert_product(&dx2, &y2, &rest)?;
    Ok((x2, y2))
}

/// A point in Montgomery form.
#[derive(Clone)]
pub(super) struct Montgomery<V> {
    pub(super) u: V,
    pub(super) v: V,
}

/// The variable q with q * denominator = numerator; 0 where the denominator is 0.
#[track_caller]
pub(super) fn quotient<G: Gadgets>(
    g: &mut G,
    name: &'static str,
    numerator: &G::Var,
    denominator: &G::Var,
) -> Result<G::Var, SynthesisError> {
    let q = g.hint(name, 1, &[numerator, denominator], |v| vec![v[0] * invert(v[1])])?.swap_remove(0);
    g.assert_product(&q, denominator, numerator)?;
    Ok(q)
}

/// x3 (a x^2 + y^2) = 2 x y, y3 (2 - a x^2 - y^2) = y^2 - a x^2: complete on the curve.
pub(super) fn edwards_double<G: Gadgets>(
    g: &mut G,
    p: &PointVars<G::Var>,
    (x2, y2): (G::Var, G::Var),
) -> Result<PointVars<G::Var>, SynthesisError> {
    let xy = g.mul(&p.x, &p.y)?;
    let two_xy = g.linear(Fr::ZERO, &[(Fr::from(2u64), &xy)]);
    let sum = g.linear(Fr::ZERO, &[(EDWARDS_A, &x2), (Fr::ONE, &y2)]);
    let rest = g.linear(Fr::from(2u64), &[(-EDWARDS_A, &x2), (-Fr::ONE, &y2)]);
    let difference = g.linear(Fr::ZERO, &[(-EDWARDS_A, &x2), (Fr::ONE, &y2)]);
    Ok(PointVars { x: quotient(g, "x", &two_xy, &sum)?, y: quotient(g, "y", &difference, &rest)? })
}

/// The complete law: 6 constraints.
pub fn edwards_add<G: Gadgets>(
    g: &mut G,
    p: &PointVars<G::Var>,
    q: &PointVars<G::Var>,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let beta = g.mul(&p.x, &q.y)?;
    let gamma = g.mul(&p.y, &q.x)?;
    let left = g.linear(Fr::ZERO, &[(-EDWARDS_A, &p.x), (Fr::ONE, &p.y)]);
    let right = g.add(&q.x, &q.y);
    let delta = g.mul(&left, &right)?;
    let tau = g.mul(&beta, &gamma)?;
    let x = g.add(&beta, &gamma);
    let y = g.linear(Fr::ZERO, &[(Fr::ONE, &delta), (EDWARDS_A, &beta), (-Fr::ONE, &gamma)]);
    edwards_sum(g, &x, &y, &tau)
}

/// The complete law with a constant point: 3 constraints.
pub(super) fn edwards_add_constant<G: Gadgets>(
    g: &mut G,
    p: &PointVars<G::Var>,
    q: &Point,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let xy = g.mul(&p.x, &p.y)?;
    let tau = g.linear(Fr::ZERO, &[(q.x * q.y, &xy)]);
    let x = g.linear(Fr::ZERO, &[(q.y, &p.x), (q.x, &p.y)]);
    let y = g.linear(Fr::ZERO, &[(q.y, &p.y), (-EDWARDS_A * q.x, &p.x)]);
    edwards_sum(g, &x, &y, &tau)
}

/// x / (1 + d tau), y / (1 - d tau).
fn edwards_sum<G: Gadgets>(
    g: &mut G,
    x: &G::Var,
    y: &G::Var,
    tau: &G::Var,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let plus = g.linear(Fr::ONE, &[(EDWARDS_D, tau)]);
    let minus = g.linear(Fr::ONE, &[(-EDWARDS_D, tau)]);
    Ok(PointVars { x: quotient(g, "x", x, &plus)?, y: quotient(g, "y", y, &minus)? })
}

/// x = u / v, y = (u - 1) / (u + 1): v is not 0 on a point of odd order, u + 1 nowhere on the curve, as d is no square.
pub(super) fn to_edwards<G: Gadgets>(
    g: &mut G,
    p: &Montgomery<G::Var>,
) -> Result<PointVars<G::Var>, SynthesisError> {
    let below = g.linear(Fr::ONE, &[(Fr::ONE, &p.u)]);
    let above = g.linear(-Fr::ONE, &[(Fr::ONE, &p.u)]);
    Ok(PointVars { x: quotient(g, "x", &p.u, &p.v)?, y: quotient(g, "y", &above, &below)? })
}

/// value != 0.
#[track_caller]
pub fn assert_nonzero<G: Gadgets>(g: &mut G, value: &G::Var) -> Result<(), SynthesisError> {
    let one = g.constant(Fr::ONE);
    quotient(g, "inverse", &one, value).map(|_| ())
}

/// u3 = slope^2 - A - u1 - u2, v3 = slope (u1 - u3) - v1, as columns of their own so that combinations stay short.
fn close_line<G: Gadgets>(
    g: &mut G,
    slope: &G::Var,
    p: &Montgomery<G::Var>,
    u2: &G::Var,
) -> Result<Montgomery<G::Var>, SynthesisError> {
    let sum = g.linear(MONTGOMERY_A, &[(Fr::ONE, &p.u), (Fr::ONE, u2)]);
    let u = g.hint("u", 1, &[slope, &sum], |v| vec![v[0].square() - v[1]])?.swap_remove(0);
    let square = g.add(&u, &sum);
    g.assert_product(slope, slope, &square)?;
    let v = finish_line(g, slope, p, &u)?;
    Ok(Montgomery { u, v })
}

/// v3 with slope (u1 - u3) = v3 + v1.
fn finish_line<G: Gadgets>(
    g: &mut G,
    slope: &G::Var,
    p: &Montgomery<G::Var>,
    u: &G::Var,
) -> Result<G::Var, SynthesisError> {
    let run = g.sub(&p.u, u);
    let v = g.hint("v", 1, &[slope, &run, &p.v], |v| vec![v[0] * v[1] - v[2]])?.swap_remove(0);
    let rise = g.add(&v, &p.v);
    g.assert_product(slope, &run, &rise)?;
    Ok(v)
}

/// The incomplete addition: 3 constraints; u1 != u2 is the caller's.
pub(super) fn montgomery_add<G: Gadgets>(
    g: &mut G,
    p: &Montgomery<G::Var>,
    q: &Montgomery<G::Var>,
) -> Result<Montgomery<G::Var>, SynthesisError> {
    let rise = g.sub(&q.v, &p.v);
    let run = g.sub(&q.u, &p.u);
    let slope = quotient(g, "slope", &rise, &run)?;
    close_line(g, &slope, p, &q.u)
}

/// 2P for P of odd order: 4 constraints.
pub(super) fn montgomery_double<G: Gadgets>(
    g: &mut G,
    p: &Montgomery<G::Var>,
) -> Result<Montgomery<G::Var>, SynthesisError> {
    let square = g.mul(&p.u, &p.u)?;
    let rise = g.linear(Fr::ONE, &[(Fr::from(3u64), &square), (Fr::from(2u64) * MONTGOMERY_A, &p.u)]);
    let run = g.linear(Fr::ZERO, &[(Fr::from(2u64), &p.v)]);
    let slope = quotient(g, "slope", &rise, &run)?;
    close_line(g, &slope, p, &p.u)
}

/// 2P + Q as (P + Q) + P without the middle v: 5 constraints.
pub(super) fn double_and_add<G: Gadgets>(
    g: &mut G,
    p: &Montgomery<G::Var>,
    q: &Montgomery<G::Var>,
) -> Result<Montgomery<G::Var>, SynthesisError> {
    let rise = g.sub(&q.v, &p.v);
    let run = g.sub(&q.u, &p.u);
    let first = quotient(g, "slope", &rise, &run)?;
    let square = g.mul(&first, &first)?;
    let middle = g.linear(-MONTGOMERY_A, &[(Fr::ONE, &square), (-Fr::ONE, &p.u), (-Fr::ONE, &q.u)]);
    // second slope = mu - first, mu (u_middle - u1) = -2 v1
    let run = g.sub(&middle, &p.u);
    let rise = g.linear(Fr::ZERO, &[(-Fr::from(2u64), &p.v)]);
    let mu = quotient(g, "slope", &rise, &run)?;
    let second = g.sub(&mu, &first);
    close_line(g, &second, p, &middle)
}

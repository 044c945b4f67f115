//! The laws of the curve, each alone: points may be off it.

use ark_ff::{AdditiveGroup, Field};

use super::words::{low_bits, strangers};
use super::{Looked, Relation, RelationFailure, hold, seeded};
use crate::curve::small_order;
use zksensor_circuits::gadgets::{Gadgets, PointVars, SynthesisError, eddsa};
use zksensor_model::field::Fr;
use zksensor_model::primitives::babyjubjub::{BASE8, EDWARDS_A, EDWARDS_D, Point, Scalar};

pub(super) fn check() -> Result<Looked, RelationFailure> {
    Ok(hold(OnCurve)?.plus(hold(Added)?).plus(hold(TimesEight)?).plus(hold(Nonzero)?))
}

/// (x, y) on a x^2 + y^2 = 1 + d x^2 y^2, by the equation and not by `Point`.
pub(super) fn on_curve(x: Fr, y: Fr) -> bool {
    EDWARDS_A * x * x + y * y == Fr::ONE + EDWARDS_D * x * x * y * y
}

/// Points of every kind: of prime order, of small order, with torsion.
pub(super) fn points() -> Vec<Point> {
    let torsion = small_order();
    let mut all: Vec<Point> = [1u64, 2, 3, 77].iter().map(|n| BASE8.mul(&Scalar::from(*n))).collect();
    all.push(all[3].negate());
    let with_torsion: Vec<Point> = torsion.iter().map(|t| all[3].add(t)).collect();
    all.extend(torsion);
    all.extend(with_torsion);
    all
}

fn point<V: Clone>(inputs: &[V]) -> PointVars<V> {
    PointVars { x: inputs[0].clone(), y: inputs[1].clone() }
}

struct OnCurve;

impl Relation for OnCurve {
    fn name(&self) -> String {
        String::from("on the curve")
    }
    fn inputs(&self) -> usize {
        2
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        eddsa::parts::assert_on_curve(g, &point(inputs)).map(drop)
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        on_curve(inputs[0], inputs[1])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut cases = Vec::new();
        for Point { x, y } in points() {
            cases.extend([
                [x, y],
                [-x, y],
                [x, -y],
                [y, x],
                [x + Fr::ONE, y],
                [x, y + Fr::ONE],
                [x.double(), y],
            ]);
        }
        cases.extend(strangers().windows(2).map(|pair| [pair[0], pair[1]]));
        cases.into_iter().map(|case| case.to_vec()).collect()
    }
}

/// P, Q, P + Q, where P and Q are on the curve.
struct Added;

impl Relation for Added {
    fn name(&self) -> String {
        String::from("addition")
    }
    fn inputs(&self) -> usize {
        6
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let (p, q) = (point(inputs), point(&inputs[2..]));
        eddsa::parts::assert_on_curve(g, &p)?;
        eddsa::parts::assert_on_curve(g, &q)?;
        let sum = eddsa::parts::edwards_add(g, &p, &q)?;
        g.assert_equal(&sum.x, &inputs[4])?;
        g.assert_equal(&sum.y, &inputs[5])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let &[x1, y1, x2, y2, x3, y3] = inputs else { return false };
        if !on_curve(x1, y1) || !on_curve(x2, y2) {
            return false;
        }
        let cross = EDWARDS_D * x1 * x2 * y1 * y2;
        let (plus, minus) = ((Fr::ONE + cross).inverse(), (Fr::ONE - cross).inverse());
        plus.is_some_and(|inverse| (x1 * y2 + y1 * x2) * inverse == x3)
            && minus.is_some_and(|inverse| (y1 * y2 - EDWARDS_A * x1 * x2) * inverse == y3)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut cases = Vec::new();
        let points = points();
        for (p, q) in points.iter().flat_map(|p| points.iter().map(move |q| (p, q))).step_by(3) {
            let sum = p.add(q);
            let good = [p.x, p.y, q.x, q.y, sum.x, sum.y];
            cases.push(good);
            for index in 0..6 {
                let mut bad = good;
                bad[index] = -bad[index];
                cases.push(bad);
            }
            cases.push([p.x, p.y, q.x, q.y, sum.x + Fr::ONE, sum.y]);
            cases.push([p.x + Fr::ONE, p.y, q.x, q.y, sum.x, sum.y]);
        }
        cases.into_iter().map(|case| case.to_vec()).collect()
    }
}

/// A, 8A, and 8A in Montgomery form, where A is on the curve and 8A is not O.
struct TimesEight;

impl Relation for TimesEight {
    fn name(&self) -> String {
        String::from("times eight")
    }
    fn inputs(&self) -> usize {
        6
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let base = eddsa::parts::enrolled_base(g, &point(inputs))?;
        let montgomery = base.montgomery();
        for (result, claimed) in
            [&base.edwards().x, &base.edwards().y, montgomery.0, montgomery.1].into_iter().zip(&inputs[2..])
        {
            g.assert_equal(result, claimed)?;
        }
        Ok(())
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let &[x, y, x8, y8, u, v] = inputs else { return false };
        if !on_curve(x, y) {
            return false;
        }
        let eight = Point { x, y }.mul_by_cofactor();
        let Some(scale) = (Fr::ONE - eight.y).inverse() else { return false };
        let wanted = (Fr::ONE + eight.y) * scale;
        !eight.is_identity() && eight == (Point { x: x8, y: y8 }) && u == wanted && v * eight.x == u
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut cases = Vec::new();
        for a in points() {
            let eight = a.mul_by_cofactor();
            let (u, v) = eight.to_montgomery().unwrap_or((Fr::ZERO, Fr::ZERO));
            let good = [a.x, a.y, eight.x, eight.y, u, v];
            cases.push(good);
            for index in 0..6 {
                let mut bad = good;
                bad[index] += Fr::ONE;
                let mut negated = good;
                negated[index] = -negated[index];
                cases.extend([bad, negated]);
            }
            // Off the curve, where the laws of doubling take a point as well.
            for (x, y) in [(a.x + Fr::ONE, a.y), (a.x, a.y.double())] {
                let [x8, y8] = doubled_anywhere(doubled_anywhere(doubled_anywhere([x, y])));
                if let (Some(scale), Some(inverse)) = ((Fr::ONE - y8).inverse(), x8.inverse()) {
                    let u = (Fr::ONE + y8) * scale;
                    cases.push([x, y, x8, y8, u, u * inverse]);
                }
            }
        }
        let rng = &mut seeded(71);
        cases.push(std::array::from_fn(|_| low_bits(rng, 250)));
        cases.into_iter().map(|case| case.to_vec()).collect()
    }
}

/// 2P by x3 (a x^2 + y^2) = 2 x y, y3 (2 - a x^2 - y^2) = y^2 - a x^2, which do not know d: a point off the curve is on that
/// of another d, and so is its double, which is on ours only if x3 or y3 is 0.
fn doubled_anywhere([x, y]: [Fr; 2]) -> [Fr; 2] {
    let (x2, y2) = (EDWARDS_A * x * x, y * y);
    let over = |above: Fr, below: Fr| below.inverse().map_or(Fr::ZERO, |inverse| above * inverse);
    [over(x * y.double(), x2 + y2), over(y2 - x2, Fr::from(2u64) - x2 - y2)]
}

/// value != 0.
struct Nonzero;

impl Relation for Nonzero {
    fn name(&self) -> String {
        String::from("not zero")
    }
    fn inputs(&self) -> usize {
        1
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        eddsa::parts::assert_nonzero(g, &inputs[0])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        inputs[0] != Fr::ZERO
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        strangers().into_iter().map(|value| vec![value]).collect()
    }
}

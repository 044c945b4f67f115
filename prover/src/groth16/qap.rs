//! From compiled rows to vectors over the evaluation domain (libsnark's reduction, as ark-groth16 has it).
//!
//! Row k of the domain is constraint k; after the constraints, row n + i is z_i * 0 = 0 for each public input, so that
//! the public inputs are bound. The instances of a block share one set of rows and differ by their columns.

use std::ops::AddAssign;

use ark_bn254::{G1Affine, G1Projective};
use ark_ec::AffineRepr;
use ark_ff::{AdditiveGroup, One, Zero};
use zeroize::Zeroizing;
use zksensor_engine as engine;
use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Rows, Segment};

/// (A z, B z) on the rows of the constraints and of the public inputs; `None` unless A z * B z = C z on each.
pub(crate) fn evaluate(circuit: &Circuit, assignment: &[Fr]) -> Option<(Vec<Fr>, Vec<Fr>)> {
    let views: Vec<_> = circuit.segments().collect();
    let parts = engine::map(views.len(), |index| {
        let view = &views[index];
        let value = |column| assignment[view.global(column)];
        let side = |rows: &Rows| -> Zeroizing<Vec<Fr>> {
            Zeroizing::new((0..rows.len()).map(|row| rows.evaluate(row, value)).collect())
        };
        let (a, b) = (side(&view.segment.a), side(&view.segment.b));
        let mut products = a.iter().zip(b.iter()).enumerate();
        let holds = |(row, (a, b)): (usize, (&Fr, &Fr))| *a * b == view.segment.c.evaluate(row, value);
        products.all(holds).then_some((a, b))
    });
    let inputs = circuit.publics() + 1;
    let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
    // Neither grows, which would leave what it was behind.
    let [mut a, mut b] = [(); 2].map(|()| Vec::with_capacity(circuit.constraints() + inputs));
    for (left, right) in parts {
        a.extend_from_slice(&left);
        b.extend_from_slice(&right);
    }
    a.extend_from_slice(&assignment[..inputs]);
    b.resize(a.len(), Fr::ZERO);
    Some((a, b))
}

/// The columns of the three matrices at a point, given the Lagrange polynomials there: u, v, w of Groth16. They tell the point.
#[cfg_attr(not(feature = "insecure-setup"), allow(dead_code, reason = "only a setup needs it"))]
pub(crate) fn columns(circuit: &Circuit, lagrange: &[Fr]) -> [Vec<Fr>; 3] {
    let times = |row: usize, coefficient: &Fr| lagrange[row] * coefficient;
    let mut u = columns_of(circuit, |segment| &segment.a, Fr::ZERO, times);
    let v = columns_of(circuit, |segment| &segment.b, Fr::ZERO, times);
    let first = circuit.constraints();
    for (input, value) in u.iter_mut().take(circuit.publics() + 1).enumerate() {
        *value += lagrange[first + input];
    }
    debug_assert!(v.iter().any(|value| !value.is_zero()));
    [u, v, columns_of_c(circuit, lagrange)]
}

/// The columns of C alone, as of [`columns`].
#[cfg_attr(not(feature = "insecure-setup"), allow(dead_code, reason = "only a setup needs it"))]
pub(crate) fn columns_of_c(circuit: &Circuit, lagrange: &[Fr]) -> Vec<Fr> {
    columns_of(circuit, |segment| &segment.c, Fr::ZERO, |row, coefficient| lagrange[row] * coefficient)
}

/// The columns of C where a point stands for each row's Lagrange polynomial.
pub(crate) fn columns_of_points(circuit: &Circuit, rows: &[G1Affine]) -> Vec<G1Projective> {
    let times = |row: usize, coefficient: &Fr| {
        let point = rows[row];
        match coefficient {
            one if one.is_one() => point.into_group(),
            minus if (-*minus).is_one() => -point.into_group(),
            other => point * other,
        }
    };
    columns_of(circuit, |segment| &segment.c, G1Projective::ZERO, times)
}

/// Each column of a matrix: the sum over its rows of what a row and a coefficient make.
fn columns_of<T: Copy + AddAssign>(
    circuit: &Circuit,
    side: impl Fn(&Segment) -> &Rows,
    zero: T,
    times: impl Fn(usize, &Fr) -> T,
) -> Vec<T> {
    let mut columns = vec![zero; circuit.columns()];
    let mut first = 0;
    for view in circuit.segments() {
        let rows = side(view.segment);
        for row in 0..rows.len() {
            for (coefficient, column) in rows.row(row) {
                columns[view.global(*column)] += times(first + row, coefficient);
            }
        }
        first += view.segment.constraints();
    }
    columns
}

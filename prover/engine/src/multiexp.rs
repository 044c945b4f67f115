//! Sums of many multiples of points that stay the same.

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AffineRepr, VariableBaseMSM};
use ark_ff::PrimeField;
use zeroize::Zeroizing;

use crate::pool::each_chunk;

/// The points of a query that are not the identity, with the columns that they belong to.
#[derive(Debug, Clone)]
pub struct Query<P> {
    points: Vec<P>,
    columns: Vec<u32>,
}

impl<P: AffineRepr> Query<P> {
    /// Keeps the points that count; point i belongs to column `first` + i.
    ///
    /// # Panics
    /// If there are 2^32 columns or more.
    pub fn new(mut points: Vec<P>, first: usize) -> Self {
        let columns: Vec<u32> = points
            .iter()
            .enumerate()
            .filter(|(_, point)| !point.is_zero())
            .map(|(index, _)| u32::try_from(first + index).expect("fewer than 2^32 columns"))
            .collect();
        points.retain(|point| !point.is_zero());
        points.shrink_to_fit();
        Query { points, columns }
    }

    /// The value of each column, as an integer.
    fn scalars(&self, assignment: &[Fr]) -> Zeroizing<Vec<<Fr as PrimeField>::BigInt>> {
        let mut scalars = Zeroizing::new(vec![<Fr as PrimeField>::BigInt::default(); self.columns.len()]);
        each_chunk(&mut scalars, |at, scalars| {
            for (scalar, column) in scalars.iter_mut().zip(&self.columns[at..]) {
                *scalar = assignment[*column as usize].into_bigint();
            }
        });
        scalars
    }
}

/// Sum of assignment * point in G1.
///
/// # Panics
/// If a point belongs to a column that the assignment does not have.
pub fn sum_g1(query: &Query<G1Affine>, assignment: &[Fr]) -> G1Projective {
    G1Projective::msm_bigint(&query.points, &query.scalars(assignment))
}

/// Sum of assignment * point in G2.
///
/// # Panics
/// As [`sum_g1`].
pub fn sum_g2(query: &Query<G2Affine>, assignment: &[Fr]) -> G2Projective {
    G2Projective::msm_bigint(&query.points, &query.scalars(assignment))
}

//! The arithmetic of a proof: one transform, the multi-exponentiations, and the threads that they run on.
//!
//! It is given vectors and points, and knows no statement, no circuit and no format of a key. Behind this seam sits
//! arkworks.

mod pool;

pub use pool::{NoThreads, Pool, map};

use ark_bn254::{Fr, G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::{AdditiveGroup, VariableBaseMSM};
use ark_ff::{FftField, Field, PrimeField};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::{Zeroize, Zeroizing};

/// The coefficients of (A B - C) / Z for A and B given on the domain, C = A B there, and Z the domain's vanishing
/// polynomial: n - 1 of them, as the degree is at most n - 2.
///
/// On the coset g H, Z is the constant g^n - 1.
pub fn quotient(domain: &Radix2EvaluationDomain<Fr>, mut a: Vec<Fr>, mut b: Vec<Fr>) -> Vec<Fr> {
    let size = domain.size();
    a.resize(size, Fr::ZERO);
    b.resize(size, Fr::ZERO);
    let mut c = multiply(&a, &b);
    let coset = domain.get_coset(Fr::GENERATOR).expect("the generator is not zero");
    for values in [&mut a, &mut b, &mut c] {
        domain.ifft_in_place(values);
        coset.fft_in_place(values);
    }
    let mut product = multiply(&a, &b);
    a.zeroize();
    b.zeroize();
    let vanishing = domain.evaluate_vanishing_polynomial(Fr::GENERATOR);
    let scale = vanishing.inverse().expect("the generator is outside of the domain");
    for (value, c) in product.iter_mut().zip(&c) {
        *value = (*value - c) * scale;
    }
    c.zeroize();
    coset.ifft_in_place(&mut product);
    product.truncate(size - 1);
    product
}

fn multiply(a: &[Fr], b: &[Fr]) -> Vec<Fr> {
    const CHUNK: usize = 1 << 14;
    let chunks = map(a.len().div_ceil(CHUNK), |index| {
        let range = index * CHUNK..((index + 1) * CHUNK).min(a.len());
        a[range.clone()].iter().zip(&b[range]).map(|(a, b)| *a * b).collect::<Vec<Fr>>()
    });
    chunks.concat()
}

/// The points of a query that are not the identity, with the columns that they belong to.
#[derive(Debug, Clone)]
pub struct Query<P> {
    points: Vec<P>,
    columns: Vec<u32>,
}

impl<P: ark_ec::AffineRepr> Query<P> {
    /// Keeps the points that count; point i belongs to column `first` + i.
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

    fn scalars(&self, assignment: &[Fr]) -> Vec<<Fr as PrimeField>::BigInt> {
        const CHUNK: usize = 1 << 14;
        let chunks = map(self.columns.len().div_ceil(CHUNK), |index| {
            let range = index * CHUNK..((index + 1) * CHUNK).min(self.columns.len());
            self.columns[range]
                .iter()
                .map(|column| assignment[*column as usize].into_bigint())
                .collect::<Vec<_>>()
        });
        chunks.concat()
    }
}

/// Sum of assignment * point in G1.
pub fn sum_g1(query: &Query<G1Affine>, assignment: &[Fr]) -> G1Projective {
    let scalars = Zeroizing::new(query.scalars(assignment));
    G1Projective::msm_bigint(&query.points, &scalars)
}

/// Sum of assignment * point in G2.
pub fn sum_g2(query: &Query<G2Affine>, assignment: &[Fr]) -> G2Projective {
    let scalars = Zeroizing::new(query.scalars(assignment));
    G2Projective::msm_bigint(&query.points, &scalars)
}

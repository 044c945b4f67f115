//! Polynomials over a domain of roots of unity.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroizing;

use crate::pool::each_chunk;

/// The roots of unity of an order that is a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Domain(Radix2EvaluationDomain<Fr>);

impl Domain {
    /// The least domain of so many points or more; `None` beyond the 2^28 that the field has.
    pub fn new(points: usize) -> Option<Self> {
        Radix2EvaluationDomain::new(points).map(Domain)
    }

    /// Points.
    pub fn size(&self) -> usize {
        self.0.size()
    }

    /// The polynomial that vanishes on the domain, X^n - 1, at a point.
    pub fn vanishing(&self, point: &Fr) -> Fr {
        self.0.evaluate_vanishing_polynomial(*point)
    }

    /// The Lagrange polynomials at a point: that of each point of the domain in order.
    pub fn lagrange(&self, point: &Fr) -> Vec<Fr> {
        self.0.evaluate_all_lagrange_coefficients(*point)
    }
}

/// The coefficients of (A B - C) / Z for A and B given on the domain, with zeros behind what is given, C = A B there, and Z
/// the domain's vanishing polynomial: n - 1 of them, as the degree is at most n - 2.
///
/// On the coset g H, Z is the constant g^n - 1. `step` hears of how many percent are done, and may end it.
///
/// # Errors
/// What `step` ends it with.
///
/// # Panics
/// If there are more values than points.
pub fn quotient<E>(
    domain: &Domain,
    a: Vec<Fr>,
    b: Vec<Fr>,
    step: impl Fn(u8) -> Result<(), E>,
) -> Result<Zeroizing<Vec<Fr>>, E> {
    let (mut a, mut b) = (padded(a, domain.size()), padded(b, domain.size()));
    let mut c = Zeroizing::new(vec![Fr::ZERO; domain.size()]);
    each_chunk(&mut c, |at, values| {
        for ((value, a), b) in values.iter_mut().zip(&a[at..]).zip(&b[at..]) {
            *value = *a * b;
        }
    });
    let coset = domain.0.get_coset(Fr::GENERATOR).expect("the generator is not zero");
    for (values, percent) in [(&mut a, 28), (&mut b, 56), (&mut c, 84)] {
        domain.0.ifft_in_place(&mut **values);
        coset.fft_in_place(&mut **values);
        step(percent)?;
    }
    let vanishing = domain.vanishing(&Fr::GENERATOR);
    let scale = vanishing.inverse().expect("the generator is outside of the domain");
    each_chunk(&mut a, |at, values| {
        for ((value, b), c) in values.iter_mut().zip(&b[at..]).zip(&c[at..]) {
            *value = (*value * b - c) * scale;
        }
    });
    drop((b, c));
    coset.ifft_in_place(&mut *a);
    a.truncate(domain.size() - 1);
    step(100)?;
    Ok(a)
}

/// The values and zeros behind them. A vector that has to grow is wiped where it was.
fn padded(values: Vec<Fr>, size: usize) -> Zeroizing<Vec<Fr>> {
    assert!(values.len() <= size, "{} values on a domain of {size} points", values.len());
    let mut values = Zeroizing::new(values);
    if values.capacity() < size {
        let mut larger = Vec::with_capacity(size);
        larger.extend_from_slice(&values);
        values = Zeroizing::new(larger);
    }
    values.resize(size, Fr::ZERO);
    values
}

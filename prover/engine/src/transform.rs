//! Polynomials over a domain of roots of unity.
//!
//! [`passes`] has the levels of butterflies, [`tables`] what they multiply by. A domain of fewer points than a square of lanes has is
//! worked on one element at a time, on any machine.

mod passes;
mod tables;

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{AdditiveGroup, FftField, Field};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use crate::field::ifma::Ifma;
use crate::field::portable::Portable;
use crate::field::{Machine, Work};
use crate::kernel::{Kernel, Way};
use crate::pool::{each_chunk, map};
use crate::vectors::Vectors;
use tables::Tables;

/// The roots of unity of an order that is a power of two, and the kernel that transforms polynomials over them.
///
/// What a transform multiplies by is computed when it is first needed, and kept for all clones: below 120 bytes a point.
#[derive(Clone)]
pub struct Domain {
    points: Radix2EvaluationDomain<Fr>,
    kernel: Kernel,
    tables: Arc<Cache>,
}

/// The tables of the machine that works on the domain.
enum Cache {
    #[cfg(target_arch = "x86_64")]
    Ifma(Ifma, OnceLock<Tables<Ifma>>),
    Portable(Portable, OnceLock<Tables<Portable>>),
}

impl Domain {
    /// The least domain of so many points or more; `None` beyond the 2^28 that the field has. The kernel is as of
    /// [`Query::new`](crate::Query::new).
    pub fn new(points: usize) -> Option<Self> {
        Domain::on(Kernel::chosen(), points)
    }

    /// As [`Domain::new`], for a kernel.
    pub fn on(kernel: Kernel, points: usize) -> Option<Self> {
        let points = Radix2EvaluationDomain::new(points)?;
        let tables = match kernel.way {
            #[cfg(target_arch = "x86_64")]
            Way::Ifma(machine) if points.size() >= Ifma::LANES * Ifma::LANES => {
                Cache::Ifma(machine, OnceLock::new())
            }
            #[cfg(target_arch = "x86_64")]
            Way::Ifma(_) => Cache::Portable(Portable::new(), OnceLock::new()),
            Way::Portable(machine) => Cache::Portable(machine, OnceLock::new()),
        };
        Some(Domain { points, kernel, tables: Arc::new(tables) })
    }

    /// The kernel that transforms.
    pub fn kernel(&self) -> Kernel {
        self.kernel
    }

    /// Points.
    pub fn size(&self) -> usize {
        self.points.size()
    }

    /// The polynomial that vanishes on the domain, X^n - 1, at a point.
    pub fn vanishing(&self, point: &Fr) -> Fr {
        self.points.evaluate_vanishing_polynomial(*point)
    }

    /// The polynomial that vanishes on the domain, at each point of the coset, where it is a constant.
    pub fn vanishing_on_coset(&self) -> Fr {
        self.vanishing(&Fr::GENERATOR)
    }

    /// The Lagrange polynomials at a point: that of each point of the domain in order.
    pub fn lagrange(&self, point: &Fr) -> Vec<Fr> {
        self.points.evaluate_all_lagrange_coefficients(*point)
    }

    /// As [`Domain::lagrange`], for the points of the coset.
    pub fn lagrange_on_coset(&self, point: &Fr) -> Vec<Fr> {
        // L_k(X / g) is 1 at g w^k, and 0 at the others.
        self.lagrange(&(*point * inverse_of_generator()))
    }

    /// The coefficient of X^(n - 1) in each of the Lagrange polynomials: w^k / n.
    pub fn leading(&self) -> Vec<Fr> {
        let first = self.points.size_inv();
        Radix2EvaluationDomain::get_coset(&self.points, first).expect("it is not zero").elements().collect()
    }

    /// As [`Domain::leading`], for the points of the coset.
    pub fn leading_on_coset(&self) -> Vec<Fr> {
        let scale = inverse_of_generator().pow([self.size() as u64 - 1]);
        self.leading().into_iter().map(|leading| leading * scale).collect()
    }

    /// What a linear map makes of the Lagrange polynomials, given what it makes of 1, X, X^2 and so on; of powers that are left out it
    /// makes the identity. n log n / 2 multiples of points: minutes for 2^19.
    ///
    /// # Panics
    /// If there are more powers than points.
    pub fn lagrange_of(&self, powers: &[G1Affine]) -> Vec<G1Affine> {
        self.interpolated(powers.iter().map(|point| point.into_group()).collect())
    }

    /// As [`Domain::lagrange_of`], for the points of the coset.
    ///
    /// # Panics
    /// As [`Domain::lagrange_of`].
    pub fn lagrange_of_on_coset(&self, powers: &[G1Affine]) -> Vec<G1Affine> {
        const A_JOB: usize = 1 << 8;
        let ratio = inverse_of_generator();
        let parts = map(powers.len().div_ceil(A_JOB), |job| -> Vec<G1Projective> {
            let mut scale = ratio.pow([(job * A_JOB) as u64]);
            let points = powers[job * A_JOB..].iter().take(A_JOB);
            points
                .map(|point| {
                    let scaled = *point * scale;
                    scale *= ratio;
                    scaled
                })
                .collect()
        });
        self.interpolated(parts.concat())
    }

    fn interpolated(&self, mut powers: Vec<G1Projective>) -> Vec<G1Affine> {
        assert!(powers.len() <= self.size(), "{} powers on a domain of {} points", powers.len(), self.size());
        powers.resize(self.size(), G1Projective::ZERO);
        // L_k is the sum of w^(-k i) / n X^i.
        self.points.ifft_in_place(&mut powers);
        G1Projective::normalize_batch(&powers)
    }
}

fn inverse_of_generator() -> Fr {
    Fr::GENERATOR.inverse().expect("it is not zero")
}

/// How many points, and the kernel.
impl fmt::Debug for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Domain")
            .field("points", &self.size())
            .field("kernel", &self.kernel)
            .finish_non_exhaustive()
    }
}

/// Domains of the same points are equal.
impl PartialEq for Domain {
    fn eq(&self, other: &Self) -> bool {
        self.points == other.points
    }
}

impl Eq for Domain {}

/// Values of a polynomial on a domain or on its coset by the field's generator, in the kernel's own form. Wiped when dropped.
pub struct Evaluations {
    domain: Domain,
    form: Form,
}

enum Form {
    #[cfg(target_arch = "x86_64")]
    Ifma(Vectors<Ifma>),
    Portable(Vectors<Portable>),
}

impl Evaluations {
    /// Takes values on the points in order; behind them are zeros.
    ///
    /// # Panics
    /// If there are more values than points.
    pub fn enter(domain: &Domain, values: &[Fr]) -> Self {
        let size = fitting(values, domain);
        let form = match &*domain.tables {
            #[cfg(target_arch = "x86_64")]
            Cache::Ifma(machine, _) => Form::Ifma(Vectors::enter(*machine, values, size / Ifma::LANES)),
            Cache::Portable(machine, _) => Form::Portable(Vectors::enter(*machine, values, size)),
        };
        Evaluations { domain: domain.clone(), form }
    }

    /// Replaces the values on the domain by those on the coset: a transform and one back.
    pub fn to_coset(&mut self) {
        let (points, cache) = (&self.domain.points, &*self.domain.tables);
        match (cache, &mut self.form) {
            #[cfg(target_arch = "x86_64")]
            (Cache::Ifma(machine, tables), Form::Ifma(values)) => {
                passes::to_coset(tables_of(points, *machine, tables), values);
            }
            (Cache::Portable(machine, tables), Form::Portable(values)) => {
                passes::to_coset(tables_of(points, *machine, tables), values);
            }
            #[cfg(target_arch = "x86_64")]
            _ => unreachable!("values are of the machine of their domain"),
        }
    }

    /// The values in order.
    pub fn leave(&self) -> Zeroizing<Vec<Fr>> {
        let mut values = Zeroizing::new(vec![Fr::ZERO; self.domain.size()]);
        match &self.form {
            #[cfg(target_arch = "x86_64")]
            Form::Ifma(vectors) => vectors.leave(&mut values),
            Form::Portable(vectors) => vectors.leave(&mut values),
        }
        values
    }
}

/// How many, and none of them.
impl fmt::Debug for Evaluations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluations").field("domain", &self.domain).finish_non_exhaustive()
    }
}

/// A B on the coset of the domain, in the order of its points, for polynomials A and B below degree n given on the domain, with zeros
/// behind what is given. `step` hears of how many percent are done, and may end it.
///
/// # Errors
/// What `step` ends it with.
///
/// # Panics
/// If there are more values than points.
pub fn product_on_coset<E>(
    domain: &Domain,
    a: Vec<Fr>,
    b: Vec<Fr>,
    step: impl Fn(u8) -> Result<(), E>,
) -> Result<Zeroizing<Vec<Fr>>, E> {
    // What is generic is compiled where it is called from. The transforms are not: they are compiled here, once.
    let ended = Cell::new(None);
    let go_on = |percent| step(percent).map_err(|error| ended.set(Some(error))).is_ok();
    let product = product_in(domain, [Zeroizing::new(a), Zeroizing::new(b)], &go_on);
    product.ok_or_else(|| ended.into_inner().expect("only what `step` said ends it"))
}

/// `None` if `go_on` says that it shall not.
fn product_in(
    domain: &Domain,
    sides: [Zeroizing<Vec<Fr>>; 2],
    go_on: &dyn Fn(u8) -> bool,
) -> Option<Zeroizing<Vec<Fr>>> {
    match &*domain.tables {
        #[cfg(target_arch = "x86_64")]
        Cache::Ifma(machine, tables) => product_on(domain, *machine, tables, sides, go_on),
        Cache::Portable(machine, tables) => product_on(domain, *machine, tables, sides, go_on),
    }
}

fn product_on<M: Machine>(
    domain: &Domain,
    machine: M,
    tables: &OnceLock<Tables<M>>,
    [a, b]: [Zeroizing<Vec<Fr>>; 2],
    go_on: &dyn Fn(u8) -> bool,
) -> Option<Zeroizing<Vec<Fr>>> {
    let tables = tables_of(&domain.points, machine, tables);
    let to_coset = |values: Zeroizing<Vec<Fr>>| {
        let mut vectors = Vectors::enter(machine, &values, fitting(&values, domain) / M::LANES);
        drop(values);
        passes::to_coset(tables, &mut vectors);
        vectors
    };
    let mut product = to_coset(a);
    if !go_on(48) {
        return None;
    }
    let b = to_coset(b);
    if !go_on(96) {
        return None;
    }
    each_chunk(&mut product.all, |at, a| machine.run(Products::<M> { a, b: &b.all[at..] }));
    drop(b);
    let mut values = Zeroizing::new(vec![Fr::ZERO; domain.size()]);
    product.leave(&mut values);
    go_on(100).then_some(values)
}

/// Those that are there, or computed now.
fn tables_of<'a, M: Machine>(
    points: &Radix2EvaluationDomain<Fr>,
    machine: M,
    tables: &'a OnceLock<Tables<M>>,
) -> &'a Tables<M> {
    tables.get_or_init(|| Tables::new(machine, points.group_gen(), points.size()))
}

/// The size of the domain, on which the values have to fit.
fn fitting(values: &[Fr], domain: &Domain) -> usize {
    let size = domain.size();
    assert!(values.len() <= size, "{} values on a domain of {size} points", values.len());
    size
}

/// a times b in its place.
struct Products<'a, M: Machine> {
    a: &'a mut [M::V<Fr>],
    b: &'a [M::V<Fr>],
}

impl<M: Machine> Work<M> for Products<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for (a, b) in self.a.iter_mut().zip(self.b) {
            *a = machine.mul(*a, *b);
        }
    }
}

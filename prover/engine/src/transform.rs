//! Polynomials over a domain of roots of unity.
//!
//! [`passes`] has the levels of butterflies, [`tables`] what they multiply by. A domain of fewer points than a square of lanes has is
//! worked on one element at a time, on any machine.

mod passes;
mod tables;

use std::cell::Cell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use ark_bn254::Fr;
use ark_ff::AdditiveGroup;
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use zeroize::Zeroizing;

#[cfg(target_arch = "x86_64")]
use crate::field::ifma::Ifma;
use crate::field::portable::Portable;
use crate::field::{Machine, Work};
use crate::kernel::{Kernel, Way};
use crate::pool::each_chunk;
use crate::vectors::Vectors;
use tables::Tables;

/// The roots of unity of an order that is a power of two, and the kernel that transforms polynomials over them.
///
/// What a transform multiplies by is computed when it is first needed, and kept for all clones: below 160 bytes a point.
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

    /// The Lagrange polynomials at a point: that of each point of the domain in order.
    pub fn lagrange(&self, point: &Fr) -> Vec<Fr> {
        self.points.evaluate_all_lagrange_coefficients(*point)
    }
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
    // What is generic is compiled where it is called from. The transforms are not: they are compiled here, once.
    let ended = Cell::new(None);
    let go_on = |percent| step(percent).map_err(|error| ended.set(Some(error))).is_ok();
    let quotient = quotient_in(domain, [Zeroizing::new(a), Zeroizing::new(b)], &go_on);
    quotient.ok_or_else(|| ended.into_inner().expect("only what `step` said ends it"))
}

/// `None` if `go_on` says that it shall not.
fn quotient_in(
    domain: &Domain,
    sides: [Zeroizing<Vec<Fr>>; 2],
    go_on: &dyn Fn(u8) -> bool,
) -> Option<Zeroizing<Vec<Fr>>> {
    match &*domain.tables {
        #[cfg(target_arch = "x86_64")]
        Cache::Ifma(machine, tables) => quotient_on(domain, *machine, tables, sides, go_on),
        Cache::Portable(machine, tables) => quotient_on(domain, *machine, tables, sides, go_on),
    }
}

fn quotient_on<M: Machine>(
    domain: &Domain,
    machine: M,
    tables: &OnceLock<Tables<M>>,
    [a, b]: [Zeroizing<Vec<Fr>>; 2],
    go_on: &dyn Fn(u8) -> bool,
) -> Option<Zeroizing<Vec<Fr>>> {
    let tables = tables_of(&domain.points, machine, tables);
    let enter =
        |values: Zeroizing<Vec<Fr>>| Vectors::enter(machine, &values, fitting(&values, domain) / M::LANES);
    let (mut a, mut b) = (enter(a), enter(b));
    let mut c = Vectors::zeros(machine, a.all.len());
    each_chunk(&mut c.all, |at, c| machine.run(Products::<M> { a: &a.all[at..], b: &b.all[at..], c }));
    for (values, percent) in [(&mut a, 28), (&mut b, 56), (&mut c, 84)] {
        passes::to_coset(tables, values);
        if !go_on(percent) {
            return None;
        }
    }
    each_chunk(&mut c.all, |at, c| machine.run(Differences::<M> { a: &a.all[at..], b: &b.all[at..], c }));
    drop((a, b));
    passes::from_coset(tables, &mut c);
    let mut reversed = Zeroizing::new(vec![Fr::ZERO; domain.size()]);
    c.leave(&mut reversed);
    drop(c);
    let mut coefficients = Zeroizing::new(vec![Fr::ZERO; domain.size() - 1]);
    let unused = usize::BITS - domain.size().trailing_zeros();
    each_chunk(&mut coefficients, |at, coefficients| {
        for (index, coefficient) in (at..).zip(coefficients) {
            *coefficient = reversed[index.reverse_bits() >> unused];
        }
    });
    go_on(100).then_some(coefficients)
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

/// c = a b.
struct Products<'a, M: Machine> {
    a: &'a [M::V<Fr>],
    b: &'a [M::V<Fr>],
    c: &'a mut [M::V<Fr>],
}

impl<M: Machine> Work<M> for Products<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for ((c, a), b) in self.c.iter_mut().zip(self.a).zip(self.b) {
            *c = machine.mul(*a, *b);
        }
    }
}

/// c = a b - c.
struct Differences<'a, M: Machine> {
    a: &'a [M::V<Fr>],
    b: &'a [M::V<Fr>],
    c: &'a mut [M::V<Fr>],
}

impl<M: Machine> Work<M> for Differences<'_, M> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        for ((c, a), b) in self.c.iter_mut().zip(self.a).zip(self.b) {
            *c = machine.mul_sub(*a, *b, *c);
        }
    }
}

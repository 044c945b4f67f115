//! Elements of a field in the form that the kernel is best at.

use std::fmt;

#[cfg(target_arch = "x86_64")]
use crate::field::ifma::Ifma;
use crate::field::portable::Portable;
use crate::field::{Machine, Modulus, Work};
use crate::kernel::{Kernel, Way};
use crate::vectors::Vectors;

/// Elements of Fq or Fr in the kernel's own form, entered once, for operations on all of them at once. Wiped when dropped.
///
/// ```
/// use ark_bn254::Fq;
/// use zksensor_engine::{Elements, Kernel, ark_bn254};
///
/// let kernel = Kernel::detect()?;
/// let mut a = Elements::enter(kernel, &[Fq::from(3), Fq::from(4)]);
/// let b = Elements::enter(kernel, &[Fq::from(5), Fq::from(6)]);
/// a.mul(&b);
/// assert_eq!(a.leave(), [Fq::from(15), Fq::from(24)]);
/// # Ok::<(), zksensor_engine::NoEngine>(())
/// ```
pub struct Elements<P: Modulus> {
    count: usize,
    form: Form<P>,
}

enum Form<P: Modulus> {
    #[cfg(target_arch = "x86_64")]
    Ifma(Vectors<Ifma, P>),
    Portable(Vectors<Portable, P>),
}

/// Runs an operation in place of both forms, if they are of the same kernel.
macro_rules! both {
    ($self:ident, $other:ident, $operation:expr) => {{
        assert_eq!($self.count, $other.count, "as many elements in both");
        match (&mut $self.form, &$other.form) {
            #[cfg(target_arch = "x86_64")]
            (Form::Ifma(a), Form::Ifma(b)) => a.machine.run(Zip::<Ifma, P>(&mut a.all, &b.all, $operation)),
            (Form::Portable(a), Form::Portable(b)) => {
                a.machine.run(Zip::<Portable, P>(&mut a.all, &b.all, $operation))
            }
            #[cfg(target_arch = "x86_64")]
            _ => panic!("both of one kernel"),
        }
    }};
}

impl<P: Modulus> Elements<P> {
    /// Takes elements as arkworks has them.
    pub fn enter(kernel: Kernel, values: &[P]) -> Self {
        let form = match kernel.way {
            #[cfg(target_arch = "x86_64")]
            Way::Ifma(machine) => Form::Ifma(entered(machine, values)),
            Way::Portable(machine) => Form::Portable(entered(machine, values)),
        };
        Elements { count: values.len(), form }
    }

    /// The elements as arkworks has them.
    pub fn leave(&self) -> Vec<P> {
        let mut values = vec![P::ZERO; self.count];
        match &self.form {
            #[cfg(target_arch = "x86_64")]
            Form::Ifma(vectors) => vectors.leave(&mut values),
            Form::Portable(vectors) => vectors.leave(&mut values),
        }
        values
    }

    /// Multiplies each by the other's at its place.
    ///
    /// # Panics
    /// If there are not as many of them, or they are of another kernel.
    pub fn mul(&mut self, other: &Self) {
        both!(self, other, Operation::Mul);
    }

    /// Adds to each the other's at its place.
    ///
    /// # Panics
    /// As [`Elements::mul`].
    pub fn add(&mut self, other: &Self) {
        both!(self, other, Operation::Add);
    }

    /// Subtracts from each the other's at its place.
    ///
    /// # Panics
    /// As [`Elements::mul`].
    pub fn sub(&mut self, other: &Self) {
        both!(self, other, Operation::Sub);
    }

    /// Replaces each a by a^2 - 2b - b, which the addition of points is made of.
    ///
    /// # Panics
    /// As [`Elements::mul`].
    pub fn square_less(&mut self, other: &Self) {
        both!(self, other, Operation::SquareLess);
    }
}

/// How many, and none of them.
impl<P: Modulus> fmt::Debug for Elements<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elements").field("count", &self.count).finish_non_exhaustive()
    }
}

fn entered<M: Machine, P: Modulus>(machine: M, values: &[P]) -> Vectors<M, P> {
    Vectors::enter_here(machine, values, values.len().div_ceil(M::LANES))
}

enum Operation {
    Mul,
    Add,
    Sub,
    SquareLess,
}

struct Zip<'a, M: Machine, P: Modulus>(&'a mut [M::V<P>], &'a [M::V<P>], Operation);

impl<M: Machine, P: Modulus> Work<M> for Zip<'_, M, P> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        let pairs = self.0.iter_mut().zip(self.1);
        match self.2 {
            Operation::Mul => {
                for (a, b) in pairs {
                    *a = machine.mul(*a, *b);
                }
            }
            Operation::Add => {
                for (a, b) in pairs {
                    *a = machine.add(*a, *b);
                }
            }
            Operation::Sub => {
                for (a, b) in pairs {
                    *a = machine.sub(*a, *b);
                }
            }
            Operation::SquareLess => {
                for (a, b) in pairs {
                    *a = machine.square_minus(*a, *b, *b);
                }
            }
        }
    }
}

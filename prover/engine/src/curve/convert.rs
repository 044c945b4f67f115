//! Points between arkworks' form and the machine's.

use ark_bn254::{Fr, g1, g2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::Affine;
use ark_ff::AdditiveGroup;

use super::coordinate::Coordinate;
use crate::field::machine::{Line, MAX_LANES};
use crate::field::{Machine, Work};
use crate::kernel::Kernel;
use crate::multiexp;
use crate::multiples::{self, Table};

/// A curve of BN254: G1 or G2.
pub trait Curve: sealed::Sealed {}

impl<P: sealed::Sealed> Curve for P {}

pub(crate) mod sealed {
    use super::{AffineRepr, Coordinate, Kernel, Line, Table};
    use ark_bn254::Fr;

    /// What only this crate has: a point made of any coordinates is not one.
    #[derive(Debug, Clone, Copy)]
    pub struct OnCurve(pub(super) ());

    /// Only the affine points of G1 and G2 have it.
    #[expect(
        private_bounds,
        private_interfaces,
        reason = "coordinates, lines and tables are this crate's own affair"
    )]
    pub trait Sealed: AffineRepr<ScalarField = ark_bn254::Fr, BaseField: Coordinate> {
        /// The point of these coordinates, which are on the curve.
        fn of(x: Self::BaseField, y: Self::BaseField, on_curve: OnCurve) -> Self;

        // What is generic is compiled where it is called from. These are not: the kernels are compiled here, once.

        /// The points in the form of a kernel.
        fn entered(kernel: Kernel, points: &[Self]) -> Vec<Line>;

        /// The points of all these lines, that were [entered](Sealed::entered) for the kernel.
        fn left(kernel: Kernel, lines: &[Line]) -> Vec<Self>;

        /// The table of a point, as large as so many scalars are worth.
        fn table(kernel: Kernel, base: Self, scalars: usize) -> Table;

        /// Scalar times the point of a table.
        fn multiples(kernel: Kernel, table: &Table, scalars: &[Fr]) -> Vec<Self>;
    }
}

macro_rules! curve {
    ($point:ty) => {
        #[expect(private_interfaces, reason = "lines and tables are this crate's own affair")]
        impl sealed::Sealed for $point {
            #[expect(
                clippy::disallowed_methods,
                reason = "sums of points of the group are on the curve and in it"
            )]
            fn of(x: Self::BaseField, y: Self::BaseField, _: sealed::OnCurve) -> Self {
                <$point>::new_unchecked(x, y)
            }

            fn entered(kernel: Kernel, points: &[Self]) -> Vec<Line> {
                multiexp::entered(kernel, points)
            }

            fn left(kernel: Kernel, lines: &[Line]) -> Vec<Self> {
                multiexp::left(kernel, lines)
            }

            fn table(kernel: Kernel, base: Self, scalars: usize) -> Table {
                multiples::table_of(kernel, base, scalars)
            }

            fn multiples(kernel: Kernel, table: &Table, scalars: &[Fr]) -> Vec<Self> {
                multiples::multiples(kernel, table, scalars)
            }
        }
    };
}
curve!(Affine<g1::Config>);
curve!(Affine<g2::Config>);

/// Writes points into lines, of which there are enough; (0, 0) for the identity.
pub(crate) struct Enter<'a, C> {
    pub(crate) points: &'a [C],
    pub(crate) lines: &'a mut [Line],
}

impl<M: Machine, C: Curve> Work<M> for Enter<'_, C> {
    type Output = ();

    #[inline(always)]
    fn on(self, machine: M) {
        let places: [u32; MAX_LANES] = std::array::from_fn(|lane| lane as u32);
        let lines = self.lines.chunks_mut(M::LANES * C::BaseField::LINES);
        for (points, lines) in self.points.chunks(M::LANES).zip(lines) {
            let (mut xs, mut ys) = ([C::BaseField::ZERO; MAX_LANES], [C::BaseField::ZERO; MAX_LANES]);
            for (lane, point) in points.iter().enumerate() {
                (xs[lane], ys[lane]) = point.xy().unwrap_or_default();
            }
            let point = [
                C::BaseField::enter(machine, &xs[..M::LANES]),
                C::BaseField::enter(machine, &ys[..M::LANES]),
            ];
            C::BaseField::scatter(machine, point, lines, &places[..points.len()]);
        }
    }
}

/// The points at the places.
pub(crate) struct Leave<'a, C> {
    pub(crate) lines: &'a [Line],
    pub(crate) places: &'a [u32],
    pub(crate) curve: std::marker::PhantomData<C>,
}

impl<M: Machine, C: Curve> Work<M> for Leave<'_, C> {
    type Output = Vec<C>;

    #[inline(always)]
    fn on(self, machine: M) -> Vec<C> {
        let mut points = Vec::with_capacity(self.places.len());
        for places in self.places.chunks(M::LANES) {
            let mut indices = [0; MAX_LANES];
            for (index, place) in indices.iter_mut().zip(places) {
                *index = place << 1;
            }
            let [x, y] = C::BaseField::gather(machine, self.lines, &indices[..M::LANES]);
            let (mut xs, mut ys) = ([C::BaseField::ZERO; MAX_LANES], [C::BaseField::ZERO; MAX_LANES]);
            C::BaseField::leave(machine, x, &mut xs[..M::LANES]);
            C::BaseField::leave(machine, y, &mut ys[..M::LANES]);
            for (x, y) in xs.into_iter().zip(ys).take(places.len()) {
                let zero = x == C::BaseField::ZERO && y == C::BaseField::ZERO;
                points.push(if zero { C::zero() } else { C::of(x, y, sealed::OnCurve(())) });
            }
        }
        points
    }
}

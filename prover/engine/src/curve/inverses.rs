//! One inversion for all products of a batch.

use super::add::WAYS;
use super::coordinate::Coordinate;
use crate::field::machine::MAX_LANES;
use crate::field::{Machine, Work};

/// The inverses of the products of each way; `None` if one is zero.
///
/// All of them are multiplied to one element, which is inverted, and the product is taken apart again.
pub(super) struct Inverses<M: Machine, F: Coordinate>(pub(super) [F::V<M>; WAYS]);

impl<M: Machine, F: Coordinate> Work<M> for Inverses<M, F> {
    type Output = Option<[F::V<M>; WAYS]>;

    #[inline(always)]
    fn on(self, machine: M) -> Self::Output {
        let products = self.0;
        let mut before = products;
        let mut product = products[0];
        for way in 1..WAYS {
            before[way] = product;
            product = F::times(machine, product, products[way]);
        }
        let mut values = [F::ZERO; MAX_LANES];
        F::leave(machine, product, &mut values[..M::LANES]);
        let mut inverse = F::enter(machine, &each_inverted(&values[..M::LANES])?[..M::LANES]);
        let mut inverses = products;
        for way in (1..WAYS).rev() {
            inverses[way] = F::times(machine, inverse, before[way]);
            inverse = F::times(machine, inverse, products[way]);
        }
        inverses[0] = inverse;
        Some(inverses)
    }
}

/// The inverse of each; `None` if one is zero.
#[inline(never)]
fn each_inverted<F: Coordinate>(values: &[F]) -> Option<[F; MAX_LANES]> {
    let (mut inverses, mut product) = ([F::ONE; MAX_LANES], F::ONE);
    for (before, value) in inverses.iter_mut().zip(values) {
        *before = product;
        product *= value;
    }
    let mut inverse = product.inverse()?;
    for (before, value) in inverses.iter_mut().zip(values).rev() {
        *before *= inverse;
        inverse *= value;
    }
    Some(inverses)
}

//! Hashes and packed lanes by the tables of [`zksensor_model::preimages`]: the names and widths that native code has, on
//! variables.

use super::{Bits, Bounded, Gadgets, SynthesisError, unpack};
use zksensor_model::field::Fr;
use zksensor_model::layout::Field;
use zksensor_model::preimages::{Lanes, Parts};

/// The lane of these parts, each of them ranged or constant: a linear combination, no constraint.
///
/// # Errors
/// As [`unpack::pack`].
pub fn pack<'v, G: Gadgets, L: Parts<&'v G::Var>>(g: &mut G, lane: L) -> Result<G::Var, SynthesisError>
where
    G::Var: 'v,
{
    unpack::pack(g, &lane.parts())
}

/// Poseidon of the lanes, in the preimage's domain.
///
/// # Errors
/// As [`Gadgets::poseidon`].
pub fn hash<'v, G: Gadgets, P: Lanes<&'v G::Var>>(g: &mut G, preimage: P) -> Result<G::Var, SynthesisError>
where
    G::Var: 'v,
{
    g.poseidon(P::DOMAIN, preimage.lanes().as_ref())
}

/// A free input that is in the range of this part.
///
/// # Errors
/// As [`Gadgets::witness_range`].
#[track_caller]
pub fn witness_part<G: Gadgets>(
    g: &mut G,
    name: &'static str,
    value: Option<Fr>,
    part: &Field,
) -> Result<Bounded<G::Var>, SynthesisError> {
    g.witness_range(name, value, part.bits())
}

/// A free input that is in the range of this part, with its bits.
///
/// # Errors
/// As [`Gadgets::witness_bits`].
#[track_caller]
pub fn witness_bits_of_part<G: Gadgets>(
    g: &mut G,
    name: &'static str,
    value: Option<Fr>,
    part: &Field,
) -> Result<Bits<G::Var>, SynthesisError> {
    g.witness_bits(name, value, part.bits())
}

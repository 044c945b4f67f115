//! Whether each contribution follows from the one before, and who made it knew its factor.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use blake2::{Blake2b512, Digest};

use crate::combine::same_ratio;
use crate::draw::{Draw, multiple_g1};
use crate::error::CeremonyError;
use crate::parameters::{Beacon, check_iterations};
use crate::point::hashed;
use crate::zkey::{Contribution, Zkey};

impl<R> Zkey<R> {
    /// The contributions, and that the header's delta is what they leave. Returns the digest of the circuit and of everybody's public keys,
    /// to be gone on with by the next one.
    pub(crate) fn check_chain(&self) -> Result<Blake2b512, CeremonyError> {
        check_iterations(self.beacons())?;
        let mut delta = G1Affine::generator();
        let mut before = Blake2b512::new_with_prefix(self.chain.circuit);
        for (index, contribution) in self.chain.contributions.iter().enumerate() {
            check_contribution(index + 1, contribution, delta, &before)?;
            delta = contribution.key.delta_after;
            contribution.key.hash_into(&mut before);
        }
        let applied = |holds: bool, step| if holds { Ok(()) } else { Err(CeremonyError::Applied { step }) };
        applied(self.header.delta_g1 == delta, "delta in G1 is not that after the last contribution")?;
        let (one, two) = (G1Affine::generator(), G2Affine::generator());
        applied(same_ratio(one, delta, two, self.header.delta_g2), "delta in G2 is not delta in G1")?;
        Ok(before)
    }

    /// The beacons, each with the number of its contribution.
    pub(crate) fn beacons(&self) -> impl Iterator<Item = (usize, &Beacon)> + Clone {
        let numbered = (1..).zip(&self.chain.contributions);
        numbered.filter_map(|(number, one)| Some((number, one.parameters.beacon.as_ref()?)))
    }
}

/// One contribution to a delta, after a digest of those before it.
fn check_contribution(
    number: usize,
    contribution: &Contribution,
    delta: G1Affine,
    before: &Blake2b512,
) -> Result<(), CeremonyError> {
    let hold = |holds: bool, step| if holds { Ok(()) } else { Err(CeremonyError::Chain { number, step }) };
    let key = &contribution.key;
    let mut hash = before.clone();
    hash.update(hashed(&key.s));
    hash.update(hashed(&key.sx));
    let transcript: [u8; 64] = hash.finalize().into();
    hold(transcript == key.transcript, "its transcript is not that of the contributions before it")?;
    let p = Draw::new(&key.transcript).g2();
    hold(same_ratio(key.s, key.sx, p, key.px), "its proof that somebody knew its factor does not hold")?;
    hold(
        same_ratio(delta, key.delta_after, p, key.px),
        "delta after it is not delta before it times its factor",
    )?;
    hold(key.delta_after != delta, "it adds nothing: its factor is one")?;
    if let Some(Beacon { hash, iterations }) = &contribution.parameters.beacon {
        let mut draw = Draw::of_beacon(hash, *iterations);
        let factor = draw.scalar();
        let s = draw.g1();
        let is_of_beacon = s == key.s && multiple_g1(s, &factor) == key.sx;
        hold(is_of_beacon, "it is not what its beacon gives after so many iterations")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

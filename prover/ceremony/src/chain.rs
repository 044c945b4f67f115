//! Whether each contribution follows from the one before, and who made it knew its factor.

use ark_bn254::{G1Affine, G2Affine};
use ark_ec::AffineRepr;
use blake2::{Blake2b512, Digest};

use crate::combine::same_ratio;
use crate::draw::{Draw, multiple_g1};
use crate::error::CeremonyError;
use crate::parameters::Beacon;
use crate::point::hashed;
use crate::zkey::{Chain, Zkey};

/// The digest of the circuit and the public keys of the first contributions, to be gone on with.
pub(crate) fn hash_before(chain: &Chain, count: usize) -> Blake2b512 {
    let mut hash = Blake2b512::new();
    hash.update(chain.circuit);
    chain.contributions[..count].iter().for_each(|contribution| contribution.key.hash_into(&mut hash));
    hash
}

impl<R> Zkey<R> {
    /// The contributions, and that the header's delta is what they leave.
    pub(crate) fn check_chain(&self) -> Result<(), CeremonyError> {
        let mut delta = G1Affine::generator();
        for index in 0..self.chain.contributions.len() {
            delta = self.check_contribution(index, delta)?;
        }
        let applied = |holds: bool, step| if holds { Ok(()) } else { Err(CeremonyError::Applied { step }) };
        applied(self.header.delta_g1 == delta, "delta in G1 is not that after the last contribution")?;
        let (one, two) = (G1Affine::generator(), G2Affine::generator());
        applied(same_ratio(one, delta, two, self.header.delta_g2), "delta in G2 is not delta in G1")
    }

    /// One contribution to a delta, and the delta after it.
    fn check_contribution(&self, index: usize, delta: G1Affine) -> Result<G1Affine, CeremonyError> {
        let hold = |holds: bool, step| {
            if holds { Ok(()) } else { Err(CeremonyError::Chain { number: index + 1, step }) }
        };
        let contribution = &self.chain.contributions[index];
        let key = &contribution.key;
        let mut hash = hash_before(&self.chain, index);
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
        Ok(key.delta_after)
    }
}

//! What hides the witness in a proof, and why it does.
//!
//! A proof of Groth (eprint 2016/260, section 3.2) is drawn with two random elements r and s:
//!
//! ```text
//! A = alpha + sum a z + r delta,  B = beta + sum b z + s delta,  C = sum l z + sum h q + s A + r B - r s delta
//! ```
//!
//! where C needs B in G1, a sum of its own. Here a proof is made with r = s = 0, which is (A0, B0, C0), and randomised (Baghery,
//! Kohlweiss, Siim, Volkhov, eprint 2020/811, theorem 3) with r1, which is not 0, and r2:
//!
//! ```text
//! A = 1/r1 A0,  B = r1 B0 + r1 r2 delta,  C = C0 + r2 A0
//! ```
//!
//! No term of B is in C, so nothing of B is computed in G1.
//!
//! **It verifies.** e(A, B) = e(A0, B0 + r2 delta) = e(A0, B0) e(r2 A0, delta), and what is on the other side of the equation beside
//! C0 does not change: e(alpha, beta) e(inputs, gamma) e(C0 + r2 A0, delta) has the same factor more. Every proof is verified before
//! it leaves the prover in any case.
//!
//! **It hides what a fresh one hides.** Write points by their logarithms, and let the statement, its witness and the key be fixed, with
//! delta not 0, which every verifying key is checked for.
//!
//! 1. In a proof of Groth A is alpha + .. + r delta, uniform, as r is; B is uniform, whatever A is, as s is; and C is what the equation
//!    leaves: there is one for each A and B, since delta is not 0.
//! 2. Here let A0 be no identity. 1/r1 is uniform among the elements that are not 0, so A is uniform among the points that are not the
//!    identity. For each r1, r1 B0 + r1 r2 delta is uniform, as r2 is and r1 delta is not 0: so B is uniform, whatever A is. C is what the
//!    equation leaves, as it verifies.
//! 3. So the two differ in one thing: a fresh A is the identity with a chance of 1 / r, and such a proof is refused here as there
//!    ([`Proof::new`]). Under an honest key the distributions are the same otherwise.
//! 4. A0 is the identity if alpha = -sum a z. Under an honest key that happens with a chance of 1 / r. Whoever made a key alone can bring it
//!    about for witnesses of their choice: then there is no proof but an error. With s A and r B in it, an ordinary proof under a
//!    well-formed key hides even that; under an altered one (a point added to a query makes the check of a proof fail unless its column
//!    is 0) it does not either. So nothing is claimed against a maker of keys: under a key of a ceremony with one honest participant all
//!    of this holds.
//!
//! **It proves what a fresh one proves.** What a verifier accepts is the same; it does not see how a proof was made.
//!
//! A0, B0 and C0 are the same for the same witness, a fingerprint of it: they never leave the prover, and are wiped.

use std::fmt;

use ark_bn254::{G1Affine, G1Projective, G2Affine, G2Projective};
use ark_ec::CurveGroup;
use ark_ff::{Field, UniformRand, Zero};
use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, Zeroizing};
use zksensor_model::field::Fr;
#[cfg(doc)]
use zksensor_verifier::Proof;

/// The two random elements of one proof, r1 and r2 of eprint 2020/811, theorem 3. It is spent by the proof, cannot be copied, and is
/// wiped when it goes.
///
/// # Security
/// Two proofs under the same blinding show the difference of what they hide, and a blinding that somebody else knows hides
/// nothing: draw each from a generator that never repeats.
pub struct Blinding {
    /// Not 0.
    pub(super) scale: Fr,
    pub(super) shift: Fr,
}

impl Blinding {
    /// Draws the blinding of one proof; `rng` is free again after that.
    pub fn draw<R: RngCore + CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut scale = Fr::rand(rng);
        while scale.is_zero() {
            scale = Fr::rand(rng);
        }
        Blinding { scale, shift: Fr::rand(rng) }
    }

    /// The proof that is shown of A0, B0 and C0, under the key with this delta.
    pub(super) fn randomise(
        &self,
        (a, b, c): (&G1Projective, &G2Projective, &G1Projective),
        delta: G2Affine,
    ) -> (G1Affine, G2Affine, G1Affine) {
        let inverse = Zeroizing::new(self.scale.inverse().expect("it is not 0"));
        let shifted = Zeroizing::new(*b + delta * self.shift);
        let (shown_a, shown_b, shown_c) = (*a * *inverse, *shifted * self.scale, *c + *a * self.shift);
        (shown_a.into_affine(), shown_b.into_affine(), shown_c.into_affine())
    }
}

impl Drop for Blinding {
    fn drop(&mut self) {
        self.scale.zeroize();
        self.shift.zeroize();
    }
}

impl fmt::Debug for Blinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blinding").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ark_bn254::Bn254;
    use ark_ec::AffineRepr;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;
    use zksensor_verifier::Proof;

    use super::*;

    fn elements(seed: u64) -> (G1Projective, G2Projective, G1Projective, G2Affine) {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        (G1Projective::rand(rng), G2Projective::rand(rng), G1Projective::rand(rng), G2Affine::rand(rng))
    }

    /// ark-groth16 randomises proofs by the same theorem: of the same elements, with the same randomness, it makes the same proof.
    #[test]
    fn a_proof_is_randomised_as_ark_groth16_does() {
        for seed in 0..20 {
            let (a, b, c, delta) = elements(seed);
            let rng = || ChaCha20Rng::seed_from_u64(1000 + seed);
            let ours = Blinding::draw(&mut rng()).randomise((&a, &b, &c), delta);
            let key = ark_groth16::VerifyingKey::<Bn254> { delta_g2: delta, ..Default::default() };
            let proof = ark_groth16::Proof { a: a.into_affine(), b: b.into_affine(), c: c.into_affine() };
            let theirs = ark_groth16::Groth16::<Bn254>::rerandomize_proof(&key, &proof, &mut rng());
            assert_eq!(ours, (theirs.a, theirs.b, theirs.c), "seed {seed}");
        }
    }

    /// With an A0 that a setup forced there is nothing that hides anything, and no proof.
    #[test]
    fn an_identity_is_refused() {
        let (_, b, c, delta) = elements(1);
        let blinding = Blinding::draw(&mut ChaCha20Rng::seed_from_u64(2));
        let (a, b, c) = blinding.randomise((&G1Projective::zero(), &b, &c), delta);
        assert!(a.is_zero());
        assert!(Proof::new(a, b, c).is_err());
    }

    /// What a proof is made of is nowhere in it, and nothing is there twice, in 5,000 proofs of each of two witnesses; and of each
    /// element's coordinate each of the low 64 bits is set in half of them, five standard deviations apart at the most.
    #[test]
    fn nothing_repeats_and_no_bit_tells_two_witnesses_apart() {
        const PROOFS: usize = 5_000;
        let rng = &mut ChaCha20Rng::seed_from_u64(3);
        let mut seen = std::collections::HashSet::new();
        let delta = elements(0).3;
        for witness in 0..2 {
            let (a, b, c, _) = elements(witness);
            let of_it = [a, c].map(|point| point.into_affine().x).into_iter();
            seen.extend(of_it.map(|x| x.to_string()).chain([b.into_affine().x.to_string()]));
            let mut set = [[0usize; 64]; 3];
            for _ in 0..PROOFS {
                let (a, b, c) = Blinding::draw(rng).randomise((&a, &b, &c), delta);
                let shown = [a.x, b.x.c0, c.x];
                assert!(
                    [a.x.to_string(), b.x.to_string(), c.x.to_string()].into_iter().all(|x| seen.insert(x))
                );
                for (set, x) in set.iter_mut().zip(shown) {
                    let low = ark_ff::PrimeField::into_bigint(x).0[0];
                    set.iter_mut()
                        .enumerate()
                        .for_each(|(bit, set)| *set += usize::from(low >> bit & 1 == 1));
                }
            }
            // 177 is five times the square root of 5,000 / 4.
            let all = set.as_flattened();
            assert!(all.iter().all(|set| set.abs_diff(PROOFS / 2) <= 177), "witness {witness}: {all:?}");
        }
    }
}

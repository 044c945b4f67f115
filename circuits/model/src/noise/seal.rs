//! What fixes the data and the secret before the beacon is known.

use core::fmt;

use rand::{CryptoRng, RngCore};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::element::element_types;
use crate::field::{self, Fr};
use crate::layout::InputValue;
use crate::policy::PolicyId;
use crate::preimages::{self, NoiseSeed, SealedRelease, SealedSum};
use crate::registry::Chunk;

element_types! {
    /// The hash of a [`Seal`]: what is posted before the deadline.
    pub struct SealId;
    /// Public randomness of a moment after the deadline, which a rule fixed: who proves does not choose it.
    pub struct Beacon;
}

impl Beacon {
    /// The beacon of 32 bytes of randomness, such as those of a round of a public beacon or a block's hash: their low 248 bits.
    pub fn of_randomness(bytes: &[u8; 32]) -> Beacon {
        let mut low = *bytes;
        low[0] = 0;
        Beacon(field::from_be_bytes(&low).expect("248 bits are below r"))
    }
}

/// What is released once, with one noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The policy.
    pub policy: PolicyId,
    /// The number of the epoch.
    pub epoch: u32,
    /// The chunk, with its width.
    pub chunk: Chunk,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Release { policy, epoch, chunk } = self;
        write!(f, "policy {policy}, epoch {epoch}, chunk {} of 2^{} positions", chunk.index(), chunk.bits())
    }
}

/// The opening of a seal: a fresh secret, the exact sum and count, and a salt. Whoever knows it and the beacon knows the noise, and with it
/// the exact sum. Its `Debug` shows nothing of it.
///
/// # Security
/// Fresh for every release, and proven under one beacon: each proof under another beacon is a release of the same sum with another noise, and
/// several of them together say the sum.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Seal {
    secret: Fr,
    salt: Fr,
    sum: i64,
    count: u32,
}

/// A sum or a count that no proof has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a sum below 2^61 in size of fewer than 2^21 devices, got {sum} of {count}; no proof has such"
)]
pub struct SealError {
    /// The sum that came.
    pub sum: i64,
    /// The count that came.
    pub count: u32,
}

impl Seal {
    /// Seals an exact sum, in the schema's fixed point, and the number of devices in it, with a secret and a salt of 248 random bits each.
    ///
    /// # Errors
    /// [`SealError`] if the sum is 2^61 or more in size, or the count 2^21 or more: those of no proof are.
    pub fn draw<R: RngCore + CryptoRng>(sum: i64, count: u32, rng: &mut R) -> Result<Seal, SealError> {
        let mut element = || {
            let mut bytes = [0u8; 32];
            rng.fill_bytes(&mut bytes[1..]);
            let element = field::from_be_bytes(&bytes).expect("248 bits are below r");
            bytes.zeroize();
            element
        };
        Seal::from_parts(element(), element(), sum, count)
    }

    /// The seal of these parts, as a file has them.
    ///
    /// # Errors
    /// As [`Seal::draw`].
    pub fn from_parts(secret: Fr, salt: Fr, sum: i64, count: u32) -> Result<Seal, SealError> {
        if sum.unsigned_abs() >= 1 << 61 || count >= 1 << 21 {
            return Err(SealError { sum, count });
        }
        Ok(Seal { secret, salt, sum, count })
    }

    /// The seal with the same secret and salt of another sum and count.
    ///
    /// # Errors
    /// As [`Seal::draw`].
    pub fn of_other(&self, sum: i64, count: u32) -> Result<Seal, SealError> {
        Seal::from_parts(self.secret, self.salt, sum, count)
    }

    /// The secret, the salt, the exact sum and the count.
    pub fn to_parts(&self) -> (Fr, Fr, i64, u32) {
        (self.secret, self.salt, self.sum, self.count)
    }

    /// The exact sum.
    pub fn sum(&self) -> i64 {
        self.sum
    }

    /// The number of devices in it.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// What is posted for this release, and opens for no other.
    pub fn id(&self, release: &Release) -> SealId {
        SealId(self.preimage(release).hash())
    }

    /// The lanes of the id by name.
    pub fn preimage(&self, release: &Release) -> preimages::Seal<Fr> {
        let Release { policy, epoch, chunk } = release;
        let (epoch, chunk_bits, chunk) = (Fr::from(*epoch), Fr::from(chunk.bits()), Fr::from(chunk.index()));
        preimages::Seal {
            secret: self.secret,
            policy_id: policy.to_field(),
            release: SealedRelease { epoch, chunk_bits, chunk }.pack(),
            sum: SealedSum { sum: self.sum.encode(&SealedSum::PARTS.sum) }.pack(),
            count: Fr::from(self.count),
            salt: self.salt,
        }
    }

    /// The seed of the noise that this release has under this beacon.
    pub fn seed(&self, beacon: Beacon, release: &Release) -> Fr {
        let Release { policy, epoch, chunk } = release;
        NoiseSeed {
            secret: self.secret,
            beacon: beacon.to_field(),
            policy_id: policy.to_field(),
            epoch: Fr::from(*epoch),
            chunk_bits: Fr::from(chunk.bits()),
            chunk: Fr::from(chunk.index()),
        }
        .hash()
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::noise::{Digits, NoiseRules};
    use alloc::vec::Vec;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

    fn releases() -> [Release; 5] {
        let policy = |number: u64| PolicyId::from_field(Fr::from(number));
        let chunk = |levels, index| Chunk::new(levels, index).unwrap();
        let first = Release { policy: policy(1), epoch: 0, chunk: chunk(3, 0) };
        [
            first,
            Release { policy: policy(2), ..first },
            Release { epoch: 1, ..first },
            Release { chunk: chunk(3, 1), ..first },
            // of a young registry the same devices
            Release { chunk: chunk(4, 0), ..first },
        ]
    }

    #[test]
    fn each_part_is_sealed_for_one_release_and_shows_nowhere() {
        let (secret, salt) = (Fr::from(11u64), Fr::from(12u64));
        let seal = Seal::from_parts(secret, salt, -3, 7).unwrap();
        let [first, others @ ..] = releases();
        assert!(others.iter().all(|other| seal.id(other) != seal.id(&first)));
        let others = [
            Seal::from_parts(salt, salt, -3, 7).unwrap(),
            Seal::from_parts(secret, secret, -3, 7).unwrap(),
            Seal::from_parts(secret, salt, 3, 7).unwrap(),
            Seal::from_parts(secret, salt, -3, 8).unwrap(),
        ];
        assert!(others.iter().all(|other| other.id(&first) != seal.id(&first)));
        assert_eq!(alloc::format!("{seal:?}"), "Seal");
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let (one, two) = (Seal::draw(5, 6, &mut rng).unwrap(), Seal::draw(5, 6, &mut rng).unwrap());
        assert_ne!(one.id(&first), two.id(&first));
        assert_ne!(one.secret, one.salt);
    }

    #[test]
    fn every_part_of_a_seed_moves_the_noise() {
        let beacon = Beacon::of_randomness(&[0xff; 32]);
        assert_eq!(field::bit_length(&beacon.to_field()), 248);
        let seal = |secret: u64| Seal::from_parts(secret.into(), 2u64.into(), 3, 4).unwrap();
        let [first, ..] = releases();
        let mut seeds: Vec<Fr> = releases().iter().map(|release| seal(1).seed(beacon, release)).collect();
        seeds.extend([seal(2).seed(beacon, &first), seal(1).seed(Beacon::of_randomness(&[1; 32]), &first)]);
        let rules = NoiseRules::new(30).unwrap();
        let noises: Vec<i64> =
            seeds.iter().map(|seed| Digits::of_seed(seed).unwrap().noise(&rules)).collect();
        for (index, noise) in noises.iter().enumerate() {
            assert!(!noises[..index].contains(noise), "{index}");
        }
    }
}

//! `private-sum`: the sum of the readings of N different devices, at least k of them, with noise that nobody chose.
//!
//! Rules C1 to C15 of [`crate::statement`], as an aggregate has them ([`super::readings`]), and three of its own.
//!
//! | rule | name |
//! |---|---|
//! | P1 | the seal opens to the policy, epoch and chunk, the exact sum and the count, a secret and a salt |
//! | P2 | the noise is that of secret, beacon, policy, epoch and chunk, at the policy's scale |
//! | P3 | the sum is the exact one and the noise |
//!
//! The exact sum is below 2^52 in size and the noise below 2^46, so that no sum wraps around r. Native counterpart of P2:
//! [`zksensor_model::noise`].

mod noise;

use std::fmt;

use ark_ff::Field as _;
use zeroize::Zeroize;
use zksensor_model::claim::aggregate::SUM_OFFSET;
use zksensor_model::claim::private_sum::{NOISE, SEAL, SUM};
pub use zksensor_model::claim::private_sum::{PrivateSum, PrivateSumFields, PrivateSumInputs};
use zksensor_model::field::{self, Fr};
use zksensor_model::noise::{Beacon, Digits, NoCanonicalWords, Release, Seal};
use zksensor_model::policy::encoding;
use zksensor_model::preimages::{self, NoiseSeed, SealedRelease, SealedSum};

use super::readings::{self, Common, CommonVars, Opened, ReadingsWitness};
use super::{Binding, InputVars, Rule, Statement, Violation, ensure, many, policy_vars};
use crate::gadgets::{Bounded, Gadgets, SynthesisError, preimage};

/// What the aggregator knows. Its `Debug` shows how many readings there are.
#[derive(Clone)]
pub struct PrivateSumWitness {
    /// The readings, and what they are held to.
    pub readings: ReadingsWitness,
    /// The opening of the seal.
    pub seal: Seal,
}

impl fmt::Debug for PrivateSumWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readings = self.readings.readings.len();
        f.debug_struct("PrivateSumWitness").field("readings", &readings).finish_non_exhaustive()
    }
}

/// What a circuit takes of a seal.
struct Opening {
    secret: Fr,
    salt: Fr,
}

impl Opening {
    fn of(seal: &Seal) -> Opening {
        let (secret, salt, ..) = seal.to_parts();
        Opening { secret, salt }
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.salt.zeroize();
    }
}

impl ReadingsWitness {
    /// The exact sum of the values and their number, which a seal is of.
    pub fn exact(&self) -> (i64, u32) {
        let sum: i128 = self.values().iter().map(|value| i128::from(*value)).sum();
        (i64::try_from(sum).unwrap_or(i64::MAX), self.common(0).count)
    }
}

impl PrivateSumWitness {
    /// What its readings are released as, in this epoch.
    pub fn release(&self, epoch: u32) -> Release {
        Release { policy: self.readings.policy.id(), epoch, chunk: self.readings.cap.chunk() }
    }

    /// The noise of a release in this epoch under this beacon.
    ///
    /// # Errors
    /// [`NoCanonicalWords`], once in 2^62 times: there is no release then.
    pub fn noise(&self, epoch: u32, beacon: Beacon) -> Result<i64, NoCanonicalWords> {
        let policy = &self.readings.policy;
        let seed = self.seal.seed(beacon, &self.release(epoch));
        // A policy of another statement has no rules, and C1 does not hold.
        let digits = Digits::of_seed(&seed)?;
        Ok(policy.noise_rules().map_or(0, |rules| digits.noise(&rules)))
    }

    /// The public inputs that hold for a witness, in this epoch, under this beacon and for this binding. Whether its readings obey the
    /// rules is for [`Statement::check`].
    ///
    /// # Errors
    /// [`NoCanonicalWords`], once in 2^62 times: there is no release then.
    pub fn inputs(
        &self,
        epoch: u32,
        beacon: Beacon,
        binding: Binding,
    ) -> Result<PrivateSumInputs, NoCanonicalWords> {
        let noise = self.noise(epoch, beacon)?;
        let Common { registry_root, policy_id, epoch, chunk_bits, chunk, count } =
            self.readings.common(epoch);
        let sum = self.readings.exact().0.saturating_add(noise);
        let seal = self.seal.id(&self.release(epoch));
        Ok(PrivateSumInputs {
            registry_root,
            policy_id,
            seal,
            beacon,
            epoch,
            chunk_bits,
            chunk,
            count,
            sum,
            binding,
        })
    }
}

impl Statement for PrivateSum {
    type Witness = PrivateSumWitness;

    fn check(&self, inputs: &PrivateSumInputs, witness: &PrivateSumWitness) -> Result<(), Violation> {
        let &PrivateSumInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        let claimed = Common { registry_root, policy_id, epoch, chunk_bits, chunk, count };
        witness.readings.check(self, &claimed)?; // C1 to C15
        let own = |rule, reason: &'static str| move || Violation::Own { rule, reason: reason.into() };
        let (sum, count) = witness.readings.exact();
        let seal = &witness.seal;
        let opened = seal.of_other(sum, count).map(|seal| seal.id(&witness.release(epoch)));
        let because = if (seal.sum(), seal.count()) == (sum, count) {
            "the seal is that of another secret or salt"
        } else {
            "the readings are not those that were sealed, their sum or their number is another one; prove what was sealed"
        };
        ensure(opened == Ok(inputs.seal), own(SEAL, because))?; // P1
        let noise = witness.noise(epoch, inputs.beacon);
        let noise =
            noise.map_err(|error| Violation::Own { rule: NOISE, reason: error.to_string().into() })?; // P2
        ensure(
            Some(inputs.sum) == sum.checked_add(noise),
            own(SUM, "the sum is not the exact one and its noise"),
        ) // P3
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, PrivateSum>,
        witness: Option<&PrivateSumWitness>,
    ) -> Result<(), SynthesisError> {
        let PrivateSumFields { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        let common = CommonVars { registry_root, policy_id, epoch, chunk_bits, chunk };
        let readings = witness.map(|witness| &witness.readings);
        let Opened { policy, active, values } = readings::open(self, g, &common, readings)?; // C1 to C6, C8 to C14
        let scale = g.rule(Rule::POLICY, |g| {
            // C1. There is something to hide, and a scale for it.
            let more = g.linear(-Fr::ONE, &[(Fr::ONE, policy.span.var())]);
            g.assert_range(&more, encoding::VALUE_SPAN_BITS)?;
            noise::open_scale(g, &policy.parameters)
        })?;
        let above = readings::in_range(g, &policy, &active, values)?; // C7
        many::count(g, count.var(), &policy, &active)?; // C15

        let parts = witness.map(|witness| Opening::of(&witness.seal));
        let parts = parts.as_ref();
        let (exact, secret) = g.rule(SEAL, |g| {
            // The exact sum: sum of active (value - low) + count low, stored with its offset.
            let total = g.sum(above.iter().map(Bounded::var));
            let low = policy_vars::low_value(g, &policy.block.low);
            let shift = g.mul(count.var(), &low)?;
            let offset = field::power_of_two(SUM_OFFSET);
            let exact = g.linear(offset, &[(Fr::ONE, &total), (Fr::ONE, &shift)]);
            let secret = g.witness("secret", parts.map(|parts| parts.secret))?;
            let salt = g.witness("salt", parts.map(|parts| parts.salt))?;
            let sum = preimage::pack(g, SealedSum { sum: &exact })?;
            let (epoch, chunk_bits, chunk) = (epoch.var(), chunk_bits.var(), chunk.var());
            let release = preimage::pack(g, SealedRelease { epoch, chunk_bits, chunk })?;
            let seal = preimages::Seal {
                secret: &secret,
                policy_id: policy_id.var(),
                release: &release,
                sum: &sum,
                count: count.var(),
                salt: &salt,
            };
            let seal = preimage::hash(g, seal)?;
            g.assert_equal(&seal, inputs.seal.var())?;
            Ok((exact, secret))
        })?;

        let noise = g.rule(NOISE, |g| {
            let seed = NoiseSeed {
                secret: &secret,
                beacon: inputs.beacon.var(),
                policy_id: policy_id.var(),
                epoch: epoch.var(),
                chunk_bits: chunk_bits.var(),
                chunk: chunk.var(),
            };
            let seed = preimage::hash(g, seed)?;
            noise::of_seed(g, &seed, &scale)
        })?;

        g.rule(SUM, |g| {
            let sum = g.add(&exact, &noise);
            g.assert_equal(&sum, inputs.sum.var())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::claim::readings::MAX_CAPACITY;

    /// What is added up is far from r, and has the place that the seal gives it.
    #[test]
    fn nothing_wraps() {
        const MOST: u128 = (MAX_CAPACITY as u128) << (encoding::VALUE_SPAN_BITS + 1);
        const { assert!(MOST + (1 << 46) < 1 << SUM_OFFSET) };
        assert_eq!(SealedSum::PARTS.sum.offset, Some(SUM_OFFSET));
    }
}

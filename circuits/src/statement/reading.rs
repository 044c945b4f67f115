//! `reading`: one reading of the node's own device, position and value hidden.
//!
//! Rules C1, C3 to C12, which are those of [every statement about one reading](super::one), and C20 to C22 of
//! [`crate::statement`]. What becomes public does not link two epochs: the nullifier is
//! keyed by the device secret, the commitment salted.

use std::fmt;

use zeroize::Zeroize;
pub use zksensor_model::claim::reading::{
    Commitment, Nullifier, ReadingFields, ReadingInputs, Salt, SingleReading,
};
use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::Policy;
use zksensor_model::preimages;

use super::enrolled::EnrolledReading;
use super::one::{self, InFence, OnePublic, OnePublicVars, OneReading, OneReadingVars};
use super::own_device;
use super::{Binding, InputVars, Rule, Statement, Violation, ensure};
use crate::gadgets::{Gadgets, SynthesisError, preimage};

/// What the node knows. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct ReadingWitness {
    /// The policy.
    pub policy: Policy,
    /// The triangle of the fence that holds the location.
    pub in_fence: InFence,
    /// The reading with its registration.
    pub reading: EnrolledReading,
    /// Behind the identity in the leaf.
    pub secret: DeviceSecret,
    /// Blinds the commitment.
    pub salt: Salt,
}

impl fmt::Debug for ReadingWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadingWitness(..)")
    }
}

impl ReadingWitness {
    /// Finds the triangle of the reading; triangle 0 for one that is outside, which C5 will refuse.
    pub fn new(
        policy: Policy,
        fence: &Fence,
        reading: EnrolledReading,
        secret: DeviceSecret,
        salt: Salt,
    ) -> Self {
        ReadingWitness { policy, in_fence: InFence::of(fence, &reading), reading, secret, salt }
    }

    /// What the statement shares with every other about one reading.
    fn one(&self) -> OneReading<'_> {
        OneReading { policy: &self.policy, in_fence: &self.in_fence, reading: &self.reading }
    }

    /// The public inputs that hold for a self. Whether it obeys the rules is for [`Statement::check`].
    pub fn inputs(&self, epoch: u32, binding: Binding) -> ReadingInputs {
        let policy_id = self.policy.id();
        ReadingInputs {
            registry_root: self.one().registry_root(),
            policy_id,
            nullifier: Nullifier::of(&self.secret, policy_id, epoch),
            commitment: Commitment::of(&self.reading.signed.reading().message(), &self.salt),
            epoch,
            binding,
        }
    }
}

impl Statement for SingleReading {
    type Witness = ReadingWitness;

    fn check(&self, inputs: &ReadingInputs, witness: &ReadingWitness) -> Result<(), Violation> {
        let enrolled = &witness.reading;
        let (registry_root, policy_id, epoch) = (inputs.registry_root, inputs.policy_id, inputs.epoch);
        witness.one().check::<SingleReading>(&OnePublic { registry_root, policy_id, epoch })?; // C1, C3 to C12
        let of_epoch = (inputs.policy_id, inputs.epoch);
        own_device::check(&witness.secret, &enrolled.identity, of_epoch, &inputs.nullifier)?; // C20, C21
        let message = enrolled.signed.reading().message();
        ensure(Commitment::of(&message, &witness.salt) == inputs.commitment, || Violation::Commitment) // C22
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, SingleReading>,
        witness: Option<&ReadingWitness>,
    ) -> Result<(), SynthesisError> {
        // C1, C3 to C12.
        let public = OnePublicVars {
            registry_root: &inputs.registry_root,
            policy_id: &inputs.policy_id,
            epoch: &inputs.epoch,
        };
        let one = witness.map(ReadingWitness::one);
        let OneReadingVars { message, identity: enrolled, epoch, .. } =
            one::synthesize::<SingleReading, G>(g, &public, one.as_ref())?;
        let values = witness.map(Values::new);
        let values = values.as_ref();

        // C20, C21. The device is the prover's own.
        let of_epoch = (inputs.policy_id.var(), epoch.var());
        let secret = values.map(|values| values.secret);
        own_device::synthesize(g, secret, &enrolled, of_epoch, inputs.nullifier.var())?;

        // C22. commitment = Poseidon(message, salt).
        g.rule(Rule::COMMITMENT, |g| {
            let salt = g.witness("salt", values.map(|values| values.salt))?;
            let commitment = preimage::hash(g, preimages::Commitment { message: &message, salt: &salt })?;
            g.assert_equal(&commitment, inputs.commitment.var())
        })
    }
}

/// What is the statement's own of the witness, as field elements.
struct Values {
    secret: Fr,
    salt: Fr,
}

impl Values {
    fn new(witness: &ReadingWitness) -> Self {
        Values { secret: witness.secret.expose(), salt: witness.salt.expose() }
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.salt.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::layout::PublicInputs;

    #[test]
    fn five_words() {
        assert_eq!(ReadingInputs::layout().words(), 5);
    }
}

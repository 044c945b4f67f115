//! `reading`: one reading of the node's own device, position and value hidden.
//!
//! Rules C1, C3 to C12 and C20 to C22 of [`crate::statement`]. Registry and fence are both proven by full Merkle paths, so
//! one circuit serves every fence of up to 4,096 triangles. What becomes public does not link two epochs: the nullifier is
//! keyed by the device secret, the commitment salted.

use std::fmt;

use ark_ff::Field;
use zeroize::Zeroize;
pub use zksensor_model::claim::reading::{
    Commitment, Nullifier, Reading, ReadingFields, ReadingInputs, Salt,
};
use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::{DEPTH, Fence, FencePath, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Policy, StatementFamily};
use zksensor_model::preimages;
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{RegistryRoot, TREE_DEPTH};

use super::policy_vars::{self, BlockPolicy};
use super::slot::{self, EnrolledReading, SlotValues, SlotVars};
use super::{Binding, InputVars, PolicyMismatch, Rule, Statement, Violation};
use crate::gadgets::membership::Path;
use crate::gadgets::{Bit, Gadgets, SynthesisError, preimage};

/// What the node knows. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct ReadingWitness {
    /// The policy.
    pub policy: Policy,
    /// The triangle of the fence that holds the location.
    pub triangle: Triangle,
    /// Its index in the fence.
    pub triangle_index: u32,
    /// From the triangle to the fence root.
    pub fence_path: FencePath,
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
        let index = fence.locate(&reading.signed.reading().location).unwrap_or(0);
        ReadingWitness {
            policy,
            triangle: fence.triangles()[index],
            triangle_index: u32::try_from(index).expect("at most 4,096 triangles"),
            fence_path: fence.path(index).expect("the index is one of the fence"),
            reading,
            secret,
            salt,
        }
    }

    /// The public inputs that hold for a self. Whether it obeys the rules is for [`Statement::check`].
    pub fn inputs(&self, epoch: u32, binding: Binding) -> ReadingInputs {
        let policy_id = self.policy.id();
        ReadingInputs {
            registry_root: self.membership_root(),
            policy_id,
            nullifier: Nullifier::of(&self.secret, policy_id, epoch),
            commitment: Commitment::of(&self.reading.signed.reading().message(), &self.salt),
            epoch,
            binding,
        }
    }

    fn membership_root(&self) -> RegistryRoot {
        self.reading.path.registry_root(&self.reading.leaf(), self.reading.position)
    }
}

fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
}

impl Statement for Reading {
    type Witness = ReadingWitness;

    fn check(&self, inputs: &ReadingInputs, witness: &ReadingWitness) -> Result<(), Violation> {
        let (policy, parts, enrolled) = (&witness.policy, witness.policy.parts(), &witness.reading);
        ensure(policy.id() == inputs.policy_id, Violation::Policy { reason: PolicyMismatch::Id })?; // C1
        let this = parts.family == StatementFamily::Reading && parts.statement_version == Reading::VERSION;
        ensure(this, Violation::Policy { reason: PolicyMismatch::Statement })?;
        let epoch = super::epoch_bounds(policy, inputs.epoch)?;
        slot::check(0, enrolled, policy, epoch)?; // C3, C6 to C12
        let position = enrolled.position.get();
        ensure(
            witness.membership_root() == inputs.registry_root,
            Violation::Membership { reading: 0, position },
        )?; // C4
        let location = &enrolled.signed.reading().location;
        let admitted =
            parts.fence.admits(&witness.triangle, witness.triangle_index as usize, &witness.fence_path);
        ensure(admitted && witness.triangle.contains(location), Violation::Fence { reading: 0 })?; // C5
        ensure(witness.secret.identity() == enrolled.identity, Violation::Identity)?; // C20
        let nullifier = Nullifier::of(&witness.secret, inputs.policy_id, inputs.epoch);
        ensure(nullifier == inputs.nullifier, Violation::Nullifier)?; // C21
        let message = enrolled.signed.reading().message();
        ensure(Commitment::of(&message, &witness.salt) == inputs.commitment, Violation::Commitment) // C22
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Reading>,
        witness: Option<&ReadingWitness>,
    ) -> Result<(), SynthesisError> {
        let values = witness.map(Values::new);
        let values = values.as_ref();

        // C1. The policy.
        let epoch = inputs.epoch.bounded()?;
        let policy = policy_vars::open(
            g,
            StatementFamily::Reading,
            Reading::VERSION,
            inputs.policy_id.var(),
            &epoch,
            witness.map(|witness| &witness.policy),
        )?;

        // C3, C6 to C12.
        let one = g.constant(Fr::ONE);
        let active = Bit::insecure_assume(one);
        let block: &BlockPolicy<G::Var> = &policy.block;
        let slot = slot::synthesize(g, block, &active, values.map(|values| &values.slot))?;
        let SlotVars { message, leaf, identity: enrolled, location, value } = slot;
        g.rule(Rule::VALUE, |g| value.within(g, &policy.span))?;

        // C4. The leaf is under the registry root.
        g.rule(Rule::MEMBERSHIP, |g| {
            let path = Path::witness(g, TREE_DEPTH, values.map(|values| &values.registry[..]))?;
            leaf.under(g, inputs.registry_root.var(), &path)
        })?;

        // C5. A triangle under the fence root holds the location.
        g.rule(Rule::FENCE, |g| {
            let triangle = g.witness("selected triangle", values.map(|values| values.triangle))?;
            let path = Path::witness(g, DEPTH, values.map(|values| &values.fence[..]))?;
            let root = g.scope("path", |g| path.climb(g, Domain::Fence, &triangle))?;
            g.assert_equal(&root, &policy.fence_root)?;
            location.inside(g, &triangle, None)
        })?;

        // C20. identity = Poseidon(secret).
        let secret = g.rule(Rule::IDENTITY, |g| {
            let secret = g.witness("device secret", values.map(|values| values.secret))?;
            let identity = preimage::hash(g, preimages::Identity { device_secret: &secret })?;
            g.assert_equal(&identity, &enrolled)?;
            Ok(secret)
        })?;

        // C21. nullifier = Poseidon(secret, policy id, epoch).
        g.rule(Rule::NULLIFIER, |g| {
            let (device_secret, policy_id, epoch) = (&secret, inputs.policy_id.var(), epoch.var());
            let nullifier = preimage::hash(g, preimages::Nullifier { device_secret, policy_id, epoch })?;
            g.assert_equal(&nullifier, inputs.nullifier.var())
        })?;

        // C22. commitment = Poseidon(message, salt).
        g.rule(Rule::COMMITMENT, |g| {
            let salt = g.witness("salt", values.map(|values| values.salt))?;
            let commitment = preimage::hash(g, preimages::Commitment { message: &message, salt: &salt })?;
            g.assert_equal(&commitment, inputs.commitment.var())
        })
    }
}

/// The witness as field elements.
struct Values {
    slot: SlotValues,
    registry: [[Fr; merkle::ARITY]; TREE_DEPTH],
    triangle: Fr,
    fence: [[Fr; merkle::ARITY]; DEPTH],
    secret: Fr,
    salt: Fr,
}

impl Values {
    fn new(witness: &ReadingWitness) -> Self {
        let enrolled = &witness.reading;
        let triangle = witness.triangle.pack();
        Values {
            slot: SlotValues::new(enrolled),
            registry: children(Domain::Node, &enrolled.path, enrolled.leaf().hash(), enrolled.position.get()),
            triangle,
            fence: children(Domain::Fence, &witness.fence_path, triangle, witness.triangle_index),
            secret: witness.secret.expose(),
            salt: witness.salt.expose(),
        }
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.salt.zeroize();
    }
}

/// The eight children of every node on a path, from the leaf up.
fn children<const LEVELS: usize>(
    domain: Domain,
    path: &merkle::MerklePath<LEVELS>,
    leaf: Fr,
    position: u32,
) -> [[Fr; merkle::ARITY]; LEVELS] {
    let mut node = leaf;
    std::array::from_fn(|level| {
        let children = path.children(level, node, merkle::digit(position, level));
        node = merkle::node_hash(domain, &children);
        children
    })
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

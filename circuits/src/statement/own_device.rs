//! C20 and C21: the device is the prover's own, and counts once a policy and epoch.

use crate::gadgets::{Gadgets, SynthesisError, preimage};
use crate::statement::{Rule, Violation, ensure};
use zksensor_model::claim::reading::Nullifier;
use zksensor_model::device::{DeviceSecret, Identity};
use zksensor_model::field::Fr;
use zksensor_model::policy::PolicyId;
use zksensor_model::preimages;

/// The identity in the leaf is that of the secret, and the nullifier follows from it.
pub(super) fn check(
    secret: &DeviceSecret,
    enrolled: &Identity,
    (policy_id, epoch): (PolicyId, u32),
    nullifier: &Nullifier,
) -> Result<(), Violation> {
    ensure(secret.identity() == *enrolled, || Violation::Identity)?; // C20
    ensure(Nullifier::of(secret, policy_id, epoch) == *nullifier, || Violation::Nullifier) // C21
}

/// The circuit of [`check`].
pub(super) fn synthesize<G: Gadgets>(
    g: &mut G,
    secret: Option<Fr>,
    enrolled: &G::Var,
    (policy_id, epoch): (&G::Var, &G::Var),
    nullifier: &G::Var,
) -> Result<(), SynthesisError> {
    // C20. identity = Poseidon(secret).
    let secret = g.rule(Rule::IDENTITY, |g| {
        let secret = g.witness("device secret", secret)?;
        let identity = preimage::hash(g, preimages::Identity { device_secret: &secret })?;
        g.assert_equal(&identity, enrolled)?;
        Ok(secret)
    })?;
    // C21. nullifier = Poseidon(secret, policy id, epoch).
    g.rule(Rule::NULLIFIER, |g| {
        let hash = preimage::hash(g, preimages::Nullifier { device_secret: &secret, policy_id, epoch })?;
        g.assert_equal(&hash, nullifier)
    })
}

//! What the demo of a private sum has to say, for people and as JSON.

use std::fmt;

use serde_json::Value;
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs};
use zksensor_model::field;
use zksensor_model::meaning::Noisy;
use zksensor_model::noise::accounting::Cost;
use zksensor_model::policy::Policy;

use super::super::proven::Proven;
use crate::backend::CircuitBackend;

/// Everything that is shown. Of what the prover alone knows it has the exact sum: that of made-up sensors.
pub(in super::super) struct Report<B: CircuitBackend> {
    pub(super) shape: PrivateSum,
    pub(super) exact: i64,
    pub(super) policy: Policy,
    pub(super) proven: Proven<PrivateSum, B>,
}

impl<B: CircuitBackend> Report<B> {
    /// What was proven.
    pub(in super::super) fn proven(&self) -> &Proven<PrivateSum, B> {
        &self.proven
    }

    /// The last line under `--json`.
    pub(in super::super) fn to_json(&self) -> Value {
        let mut json = self.proven.to_json();
        let PrivateSumInputs { count, sum, seal, beacon, .. } = self.proven.inputs;
        json["capacity"] = self.shape.capacity().into();
        json["count"] = count.into();
        json["published_sum"] = sum.into();
        json["seal"] = seal.to_string().into();
        json["beacon"] = beacon.to_string().into();
        json["epsilon"] = self.cost().epsilon.into();
        json["delta"] = self.cost().delta.into();
        json["scale_bits"] = self.policy.noise_rules().map(|rules| rules.scale_bits()).into();
        let (name, share) = self.proven.share((self.shape.capacity(), "reading"));
        json[name] = share;
        json
    }

    /// What the release costs.
    fn cost(&self) -> Cost {
        let parts = self.policy.parts();
        let rules = self.policy.noise_rules().expect("a policy of private sums");
        Cost::of_release(rules.epsilon(parts.high.abs_diff(parts.low)))
    }

    fn noisy(&self) -> Noisy {
        let rules = self.policy.noise_rules().expect("a policy of private sums");
        Noisy::of(&self.policy, rules, &self.proven.inputs)
    }

    fn write_release(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (noisy, Cost { epsilon, delta }) = (self.noisy(), self.cost());
        writeln!(f, "PRIVATE SUM")?;
        writeln!(f, "  {} sensors in an L-shaped fence with a hole. The operator", noisy.devices())?;
        writeln!(
            f,
            "    1  seals the exact sum with a fresh secret, and posts the seal before the deadline"
        )?;
        writeln!(f, "    2  waits for the beacon, public randomness of after the deadline")?;
        writeln!(f, "    3  proves the sum with the noise that secret and beacon make, and nothing else")?;
        writeln!(
            f,
            "  The noise is discrete Laplace of scale {}: epsilon {epsilon:.3}, delta {delta:.0e}",
            noisy.noise_scale()
        )
    }

    fn write_public(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PrivateSumInputs {
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
        } = &self.proven.inputs;
        writeln!(f, "PUBLIC: this, and nothing else, leaves the prover")?;
        writeln!(f, "  registry root   {registry_root}")?;
        writeln!(f, "  policy id       {policy_id}")?;
        writeln!(f, "  seal            {seal}")?;
        writeln!(f, "  beacon          {beacon}")?;
        writeln!(f, "  binding         {}", field::to_hex(&binding.to_field()))?;
        writeln!(f, "  epoch           {epoch}")?;
        writeln!(f, "  chunk           {chunk} of 2^{chunk_bits} positions")?;
        writeln!(f, "  count           {count}")?;
        writeln!(f, "  sum             {sum}  (so the mean with noise is {})", self.noisy().mean())
    }

    fn write_secret(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PrivateSumInputs { count, sum, .. } = self.proven.inputs;
        writeln!(f, "SECRET: known to the prover only")?;
        writeln!(f, "  the exact sum, {}, and so the noise, {}", self.exact, sum - self.exact)?;
        writeln!(f, "  the secret and the salt of the seal")?;
        writeln!(f, "  {count} values, {count} times, {count} locations, {count} signatures, {count} devices")
    }
}

impl<B: CircuitBackend> fmt::Display for Report<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_release(f)?;
        writeln!(f)?;
        self.proven.write_proof(f, (self.shape.capacity(), "reading"))?;
        writeln!(f)?;
        self.write_public(f)?;
        writeln!(f)?;
        self.write_secret(f)?;
        writeln!(f)?;
        self.proven.write_refused(f)?;
        write!(f, "\n{}", self.proven.times)
    }
}

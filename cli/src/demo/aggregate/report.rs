//! What the demo has to say, for people and as JSON.

use std::fmt;

use serde_json::Value;
use zksensor_circuits::statement::Violation;
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_model::field;
use zksensor_model::meaning::Statistic;
use zksensor_model::policy::Policy;

use super::super::asked::write_asked;
use super::super::proven::Proven;
use crate::backend::CircuitBackend;

/// Everything that is shown. It holds no secret.
pub(in super::super) struct Report<B: CircuitBackend> {
    pub(super) capacity: usize,
    pub(super) readings: usize,
    pub(super) policy: Policy,
    pub(super) triangles: usize,
    pub(super) devices: usize,
    pub(super) left_out: Vec<(&'static str, Violation)>,
    pub(super) proven: Proven<Aggregate, B>,
}

impl<B: CircuitBackend> Report<B> {
    /// What was proven.
    pub(in super::super) fn proven(&self) -> &Proven<Aggregate, B> {
        &self.proven
    }

    /// The last line under `--json`.
    pub(in super::super) fn to_json(&self) -> Value {
        let mut json = self.proven.to_json();
        json["capacity"] = self.capacity.into();
        json["readings"] = self.readings.into();
        let (name, share) = self.proven.share((self.capacity, "reading"));
        json[name] = share;
        json
    }

    fn write_fleet(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "FLEET")?;
        writeln!(f, "  {} sensors, enrolled and signing, in an L-shaped fence with a hole", self.devices)?;
        writeln!(
            f,
            "  ({} triangles). The policy takes {} readings; the operator leaves out",
            self.triangles, self.readings
        )?;
        for (what, violation) in &self.left_out {
            let rule = violation.rule().map_or_else(|| "-".to_owned(), |rule| rule.to_string());
            writeln!(f, "    {rule:<4} one {what}")?;
        }
        Ok(())
    }

    fn write_public(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &AggregateInputs {
            registry_root, policy_id, epoch, chunk_bits, chunk, count, sum, binding, ..
        } = &self.proven.inputs;
        let statistic = Statistic::of_aggregate(&self.policy, &self.proven.inputs);
        writeln!(f, "PUBLIC: this, and nothing else, leaves the prover")?;
        writeln!(f, "  registry root   {registry_root}")?;
        writeln!(f, "  policy id       {policy_id}")?;
        writeln!(f, "  binding         {}", field::to_hex(&binding.to_field()))?;
        writeln!(f, "  epoch           {epoch}")?;
        writeln!(f, "  chunk           {chunk} of 2^{chunk_bits} positions")?;
        writeln!(f, "  count           {count}")?;
        writeln!(f, "  sum             {sum}  (so the mean is {})", statistic.mean())?;
        write_asked(f, &statistic)
    }

    fn write_secret(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SECRET: known to the prover only")?;
        writeln!(
            f,
            "  {0} values, {0} times, {0} locations with their accuracy, {0} payload hashes",
            self.readings
        )?;
        writeln!(
            f,
            "  {0} signatures, {0} public keys, {0} identities and attributes, {0} places in the registry",
            self.readings
        )?;
        writeln!(f, "  the policy and the fence behind the policy id, unless somebody publishes them")
    }
}

impl<B: CircuitBackend> fmt::Display for Report<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_fleet(f)?;
        writeln!(f)?;
        self.proven.write_proof(f, (self.capacity, "reading"))?;
        writeln!(f)?;
        self.write_public(f)?;
        writeln!(f)?;
        self.write_secret(f)?;
        writeln!(f)?;
        self.proven.write_refused(f)?;
        write!(f, "\n{}", self.proven.times)
    }
}

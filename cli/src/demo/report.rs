//! What the demo has to say, for people and as JSON.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};
use zksensor::prover::Phase;
use zksensor_circuits::statement::aggregate::AggregateInputs;
use zksensor_circuits::statement::{StatementId, Violation};
use zksensor_model::field;
use zksensor_model::policy::Policy;

use super::attacks::Refusal;

/// How long each part took.
pub(super) struct Times {
    /// Keys, enrolment, signatures, sorting out.
    pub(super) fleet: Duration,
    /// Compiling and making the key.
    pub(super) setup: Duration,
    /// The native check.
    pub(super) check: Duration,
    /// From assignment to verified proof.
    pub(super) prove: Duration,
    /// Verifying from bytes.
    pub(super) verify: Duration,
    /// All attacks.
    pub(super) attacks: Duration,
    /// What the prover told of, in order.
    pub(super) phases: Vec<(Phase, Duration)>,
}

impl Times {
    fn of(&self, phase: Phase) -> Duration {
        self.phases.iter().filter(|(heard, _)| *heard == phase).map(|(_, time)| *time).sum()
    }
}

/// Everything that is shown. It holds no secret.
pub(super) struct Report {
    pub(super) statement: StatementId,
    pub(super) capacity: usize,
    pub(super) readings: usize,
    pub(super) constraints: usize,
    pub(super) public_inputs: usize,
    pub(super) public_bytes: usize,
    pub(super) proof_bytes: usize,
    pub(super) policy: Policy,
    pub(super) triangles: usize,
    pub(super) devices: usize,
    pub(super) left_out: Vec<(&'static str, Violation)>,
    /// As the verifier decoded them.
    pub(super) inputs: AggregateInputs,
    pub(super) key_id: String,
    pub(super) refused: Vec<Refusal>,
    pub(super) times: Times,
}

impl Report {
    /// The last line under `--json`. Times are milliseconds; `prove_ms` is all of a proof, `witness_ms` a part of it.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "verified": true,
            "backend": "groth16",
            "statement": self.statement.title(),
            "capacity": self.capacity,
            "readings": self.readings,
            "constraints": self.constraints,
            "constraints_per_reading": self.constraints / self.capacity,
            "setup_ms": millis(self.times.setup),
            "witness_ms": millis(self.times.of(Phase::Witness)),
            "prove_ms": millis(self.times.prove),
            "verify_ms": millis(self.times.verify),
            "proof_bytes": self.proof_bytes,
            "public_inputs": self.public_inputs,
            "refused": self.refused,
        })
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

    fn write_proof(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "PROOF, verified")?;
        writeln!(f, "  statement    {}", self.statement)?;
        writeln!(f, "  constraints  {}, {} a reading", self.constraints, self.constraints / self.capacity)?;
        writeln!(f, "  size         {} bytes, and {} of public inputs", self.proof_bytes, self.public_bytes)?;
        writeln!(f, "  key          {}", self.key_id)?;
        writeln!(
            f,
            "               INSECURE: made here, from this machine's randomness. Whoever makes a key"
        )?;
        writeln!(f, "               like this can forge proofs under it; real ones come from a ceremony.")
    }

    fn write_public(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AggregateInputs {
            registry_root,
            policy_id,
            epoch,
            chunk_bits,
            chunk,
            count,
            sum,
            sum_of_squares,
            minimum,
            maximum,
            binding,
        } = &self.inputs;
        writeln!(f, "PUBLIC: this, and nothing else, leaves the prover")?;
        writeln!(f, "  registry root   {registry_root}")?;
        writeln!(f, "  policy id       {policy_id}")?;
        writeln!(f, "  binding         {}", field::to_hex(&binding.to_field()))?;
        writeln!(f, "  epoch           {epoch}")?;
        writeln!(f, "  chunk           {chunk} of 2^{chunk_bits} positions")?;
        writeln!(f, "  count           {count}")?;
        writeln!(f, "  sum             {sum}  (so the mean is {})", sum / i64::from((*count).max(1)))?;
        let (outputs, low) = (&self.policy.parts().outputs, i128::from(self.policy.parts().low));
        let above_low = |value: u64| i128::from(value) + low;
        writeln!(f, "  sum of squares  {}", if_asked(outputs.sum_of_squares, sum_of_squares))?;
        writeln!(f, "  minimum         {}", if_asked(outputs.minimum, above_low(*minimum)))?;
        writeln!(f, "  maximum         {}", if_asked(outputs.maximum, above_low(*maximum)))
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

    fn write_refused(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ATTACKS: {} tried, {0} refused", self.refused.len())?;
        for refusal in &self.refused {
            let rule = refusal.rule.as_deref().unwrap_or("-");
            writeln!(f, "  {:<22} {rule:<4} {:<21} {}", refusal.attack, refusal.by(), refusal.story)?;
        }
        Ok(())
    }

    fn write_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = &self.times;
        writeln!(f, "TIME")?;
        writeln!(f, "  {:<18}{:>8} ms", "fleet", millis(times.fleet))?;
        writeln!(f, "  {:<18}{:>8} ms", "setup", millis(times.setup))?;
        writeln!(f, "  {:<18}{:>8} ms", "check", millis(times.check))?;
        writeln!(f, "  {:<18}{:>8} ms", "prove", millis(times.prove))?;
        for phase in [Phase::Witness, Phase::Transform, Phase::Multiexp, Phase::Verify] {
            writeln!(f, "    {:<16}{:>8} ms", phase.to_string(), millis(times.of(phase)))?;
        }
        writeln!(f, "  {:<18}{:>8} ms", "verify", millis(times.verify))?;
        write!(f, "  {:<18}{:>8} ms", "attacks", millis(times.attacks))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sections = [
            Report::write_fleet,
            Report::write_proof,
            Report::write_public,
            Report::write_secret,
            Report::write_refused,
        ];
        for section in sections {
            section(self, f)?;
            writeln!(f)?;
        }
        self.write_times(f)
    }
}

/// A statistic that is 0 in the public inputs unless the policy asks for it.
fn if_asked(asked: bool, value: impl fmt::Display) -> String {
    if asked { value.to_string() } else { "0: the policy does not ask for it".to_owned() }
}

/// Whole milliseconds, rounded up so that nothing takes none.
fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}

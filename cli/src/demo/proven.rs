//! A claim, from the setup to the attacks: the same for every statement.

use std::fmt;
use std::time::{Duration, Instant};

use rand::rngs::OsRng;
use serde_json::{Value, json};
use zksensor::files::ProofFile;
use zksensor::page::{RefusedAttack, Report};
use zksensor::prover::{Phase, Prover, ProverBuilder};
use zksensor::verifier::inputs_to_bytes;
use zksensor_circuits::statement::{Assignment, Statement};

use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;

use super::DemoError;
use super::attack::{Attack, Refusal, altered_public_input, flipped_proof_bit};
use super::times::{Clock, Times, millis};
use crate::backend::{BackendError, CircuitBackend, CircuitSize};
use crate::output::Output;
use crate::report::gas_of;

/// What is claimed, and what is tried against it.
pub(super) struct Honest<'a, S: Statement> {
    pub(super) statement: &'a S,
    pub(super) inputs: S::Inputs,
    pub(super) witness: &'a S::Witness,
    /// Every attack that has a witness.
    pub(super) attacks: Vec<Attack<S>>,
    /// The honest witness under public inputs that say too much.
    pub(super) lie: Attack<S>,
    /// What the public knows beside the proof.
    pub(super) policy: Policy,
    pub(super) fence: Fence,
    /// How long making all of it took.
    pub(super) made: Duration,
}

/// A claim that was proven, verified from bytes and attacked. It holds no secret.
pub(super) struct Proven<S: Statement, B: CircuitBackend> {
    /// As the verifier decoded them.
    pub(super) inputs: S::Inputs,
    pub(super) size: CircuitSize,
    pub(super) public_inputs: usize,
    pub(super) public_bytes: usize,
    pub(super) proof_bytes: usize,
    pub(super) key_id: String,
    pub(super) refused: Vec<Refusal>,
    pub(super) times: Times,
    pub(super) file: ProofFile<B::Proof>,
    policy: Policy,
    fence: Fence,
    key: B::VerifyingKey,
}

impl<S: Statement<Inputs: Clone> + Copy, B: CircuitBackend> Proven<S, B> {
    /// Proves the claim under a key of its own, and has every attack refused.
    ///
    /// # Errors
    /// If a step fails or an attack is not refused.
    pub(super) fn new(honest: Honest<'_, S>, output: &Output) -> Result<Proven<S, B>, DemoError> {
        let Honest { statement, inputs, witness, attacks, lie, policy, fence, made } = honest;
        let clock = Clock::beside(output.phases());
        let start = Instant::now();
        let key = B::insecure_setup(statement, &clock)?;
        let setup = start.elapsed();
        let key_id = B::key_id(B::verifying_half(&key));
        let builder = ProverBuilder::new(*statement, key).progress(Box::new(clock.clone()));
        let prover: Prover<S, B> = builder.build().map_err(BackendError::of)?;

        let start = Instant::now();
        let assignment = Assignment::new(statement, inputs, witness)?;
        let check = start.elapsed();
        let start = Instant::now();
        let proof = prover.prove(&assignment, &mut OsRng).map_err(BackendError::of)?;
        let prove = start.elapsed();

        // As somebody else does who got nothing but bytes.
        let bytes = B::proof_bytes(&proof);
        let words = inputs_to_bytes(assignment.words());
        let start = Instant::now();
        let inputs = B::verify_bytes(&prover, &bytes, &words).map_err(BackendError::of)?;
        let verify = start.elapsed();

        let (spinner, circuit) = (output.spinner("attacks"), B::circuit(&prover));
        let start = Instant::now();
        let mut refused = attacks
            .iter()
            .map(|attack| attack.run::<B>(statement, circuit))
            .collect::<Result<Vec<_>, _>>()?;
        refused.push(altered_public_input(&lie, &prover, &proof)?);
        refused.push(flipped_proof_bit(&prover, &proof, &words)?);
        let attacks = start.elapsed();
        spinner.finish_and_clear();

        let times = Times { fleet: made, check, setup, prove, verify, attacks, phases: clock.phases() };
        Ok(Proven {
            inputs,
            size: B::size(circuit),
            public_inputs: assignment.words().len(),
            public_bytes: words.len(),
            proof_bytes: bytes.len(),
            key_id: key_id.to_string(),
            refused,
            times,
            file: ProofFile::new(statement, key_id, proof, assignment.words().to_vec())?,
            policy,
            fence,
            key: prover.verifying_key().clone(),
        })
    }

    /// The page of the proof for everybody: made of what is public, and of nothing else.
    ///
    /// # Errors
    /// If the proof is not what was shown, which is a defect.
    pub(super) fn report(&self) -> Result<Report, DemoError> {
        let report = B::report(self.file.clone(), self.policy, Some(self.key.clone()))?;
        let report = report.inside(self.fence.clone(), "a made-up fence".to_owned())?;
        Ok(match gas_of::<B>(self.file.statement().id()) {
            Some(gas) => report.costing(gas),
            None => report,
        })
    }

    /// What was tried and refused, for a page.
    pub(super) fn refused_attacks(&self) -> Vec<RefusedAttack> {
        let attack = |refusal: &Refusal| RefusedAttack {
            name: refusal.attack.replace('_', " "),
            stage: refusal.by().to_owned(),
            rule: refusal.rule.clone(),
            tried: refusal.story.to_owned(),
        };
        self.refused.iter().map(attack).collect()
    }

    /// What every demonstration says under `--json`. Times are milliseconds; `prove_ms` is all of a proof, `witness_ms` a part of it.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "verified": true,
            "backend": B::NAME,
            "statement": self.file.statement().id().title(),
            (self.size.unit): self.size.count,
            "setup_ms": millis(self.times.setup),
            "witness_ms": millis(self.times.of(Phase::Witness)),
            "prove_ms": millis(self.times.prove),
            "verify_ms": millis(self.times.verify),
            "proof_bytes": self.proof_bytes,
            "public_inputs": self.public_inputs,
            "refused": self.refused,
        })
    }

    /// How much of the circuit each of `many` has a share of, by the name of the unit and of `one`.
    pub(super) fn share(&self, (many, one): (usize, &str)) -> (String, Value) {
        (format!("{}_per_{one}", self.size.unit), (self.size.count / many).into())
    }

    /// Of which there are `many` that have a share of the constraints, each `one`.
    pub(super) fn write_proof(&self, f: &mut fmt::Formatter<'_>, (many, one): (usize, &str)) -> fmt::Result {
        writeln!(f, "PROOF, verified")?;
        writeln!(f, "  statement    {}", self.file.statement().id())?;
        let CircuitSize { unit, count } = self.size;
        writeln!(f, "  {unit:<12} {count}, {} a {one}", count / many)?;
        writeln!(f, "  size         {} bytes, and {} of public inputs", self.proof_bytes, self.public_bytes)?;
        writeln!(f, "  key          {}", self.key_id)?;
        writeln!(
            f,
            "               INSECURE: made here, from this machine's randomness. Whoever makes a key"
        )?;
        writeln!(f, "               like this can forge proofs under it; real ones come from a ceremony.")
    }

    pub(super) fn write_refused(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "ATTACKS: {} tried, {0} refused", self.refused.len())?;
        for refusal in &self.refused {
            let rule = refusal.rule.as_deref().unwrap_or("-");
            writeln!(f, "  {:<22} {rule:<4} {:<21} {}", refusal.attack, refusal.by(), refusal.story)?;
        }
        Ok(())
    }
}

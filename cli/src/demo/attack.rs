//! False claims: each is tried on the native check and, past it, on the constraints; and honest proofs that are tampered with.

use std::fmt;

use serde::Serialize;
use zksensor::prover::Prover;
use zksensor_circuits::statement::{Assignment, Rule, Statement};
use zksensor_model::layout::PublicInputs;

use super::DemoError;
use crate::backend::{CircuitBackend, ProofRefusal};

/// Where a refusal happened first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// The native check: there is no assignment to prove.
    Check,
    /// The verifier: there is a proof, and it does not hold.
    Verifier,
}

/// An attack that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Refusal {
    /// Its name in `--json`.
    pub(crate) attack: &'static str,
    /// The rule that refuses it, such as `C3`; none for a proof that is not one.
    pub(crate) rule: Option<String>,
    /// Where.
    pub(crate) stage: Stage,
    /// Whether the constraints refuse it, too, by the same rule; none where there is no witness to put in.
    pub(crate) circuit_refused: Option<bool>,
    /// What was tried.
    #[serde(skip)]
    pub(crate) story: &'static str,
}

impl Refusal {
    /// What refused it, for people.
    pub(super) fn by(&self) -> &'static str {
        match (self.stage, self.circuit_refused) {
            (Stage::Check, _) => "check and circuit",
            (Stage::Verifier, Some(_)) => "verifier and circuit",
            (Stage::Verifier, None) => "verifier",
        }
    }
}

/// A false claim about a statement.
pub(super) struct Attack<S: Statement> {
    pub(super) name: &'static str,
    pub(super) story: &'static str,
    /// The rule that it breaks.
    pub(super) rule: Rule,
    pub(super) inputs: S::Inputs,
    pub(super) witness: S::Witness,
}

impl<S: Statement<Inputs: Clone>> Attack<S> {
    /// Has the claim refused by the native check, and by the constraints.
    ///
    /// # Errors
    /// [`DemoError::NotRefused`] if it is not, or not by the rule that it breaks.
    pub(super) fn run<B: CircuitBackend>(
        &self,
        statement: &S,
        circuit: &B::Circuit,
    ) -> Result<Refusal, DemoError> {
        let checked = Assignment::new(statement, self.inputs.clone(), &self.witness)
            .err()
            .and_then(|violation| violation.rule());
        self.expect("native check", checked)?;
        let words = self.inputs.to_words()?;
        self.expect("circuit", B::first_refused(circuit, statement, &words, &self.witness)?)?;
        Ok(Refusal {
            attack: self.name,
            rule: Some(self.rule.to_string()),
            stage: Stage::Check,
            circuit_refused: Some(true),
            story: self.story,
        })
    }

    fn expect(&self, by: &'static str, came: Option<Rule>) -> Result<(), DemoError> {
        if came == Some(self.rule) {
            return Ok(());
        }
        let came = came.map_or_else(|| "no rule".to_owned(), |rule| rule.to_string());
        Err(DemoError::NotRefused { attack: self.name, by, wanted: self.rule.to_string(), got: came })
    }
}

/// The honest proof beside public inputs that are not the proven ones: `lie` has the honest witness, and a claim that is too good.
pub(super) fn altered_public_input<S: Statement<Inputs: Clone>, B: CircuitBackend>(
    lie: &Attack<S>,
    prover: &Prover<S, B>,
    proof: &B::Proof,
) -> Result<Refusal, DemoError> {
    let name = "altered_public_input";
    match prover.verify(proof, &lie.inputs) {
        Err(error) if B::refusal(&error) == ProofRefusal::Rejected => {}
        other => return Err(not_refused(name, "verifier", "the pairing equation", &other)),
    }
    let words = lie.inputs.to_words()?;
    let rule = B::first_refused(B::circuit(prover), prover.statement(), &words, &lie.witness)?;
    if rule != Some(lie.rule) {
        return Err(not_refused(name, "circuit", &lie.rule.to_string(), &rule));
    }
    Ok(Refusal {
        attack: name,
        rule: rule.map(|rule| rule.to_string()),
        stage: Stage::Verifier,
        circuit_refused: Some(true),
        story: lie.story,
    })
}

/// The honest proof with its last bit turned.
pub(super) fn flipped_proof_bit<S: Statement, B: CircuitBackend>(
    prover: &Prover<S, B>,
    proof: &B::Proof,
    words: &[u8],
) -> Result<Refusal, DemoError> {
    let name = "flipped_proof_bit";
    let mut bytes = B::proof_bytes(proof);
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    match B::verify_bytes(prover, &bytes, words) {
        Err(error) if B::refusal(&error) != ProofRefusal::Other => {}
        other => return Err(not_refused(name, "verifier", "the curve equation", &other.err())),
    }
    let story = "the honest proof with its last bit turned";
    Ok(Refusal { attack: name, rule: None, stage: Stage::Verifier, circuit_refused: None, story })
}

fn not_refused(attack: &'static str, by: &'static str, wanted: &str, came: &dyn fmt::Debug) -> DemoError {
    DemoError::NotRefused { attack, by, wanted: wanted.to_owned(), got: format!("{came:?}") }
}

/// What becomes of attacks, which is the same under every proof system.
#[cfg(test)]
pub(super) fn under_each_backend<S: Statement<Inputs: Clone>>(
    attacks: &[Attack<S>],
    statement: &S,
) -> Vec<Refusal> {
    use zksensor::halo2::prover::{Halo2, size};
    use zksensor::prover::Groth16;
    let circuit = zksensor_r1cs::compile(statement).unwrap();
    let table = size(statement).unwrap();
    let each = attacks.iter().map(|attack| {
        let refusal = attack.run::<Groth16>(statement, &circuit).unwrap();
        assert_eq!(attack.run::<Halo2>(statement, &table).unwrap(), refusal);
        refusal
    });
    each.collect()
}

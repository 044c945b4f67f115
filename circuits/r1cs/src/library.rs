//! Rules written with ark-r1cs-std.

use ark_r1cs_std::GR1CSVar;
use ark_r1cs_std::alloc::AllocVar;
use ark_r1cs_std::fields::fp::FpVar;
use ark_relations::gr1cs::{ConstraintSystem, ConstraintSystemRef, SynthesisError as ArkError};
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::native::{Failure, Native};
use zksensor_circuits::statement::{Claim, InputVars, Statement, allocate_inputs};
use zksensor_model::field::Fr;

use super::{R1cs, foreign_error};

/// A statement with rules that are written with ark-r1cs-std; every [`Statement`] is one, and has none. This arithmetization
/// alone takes it.
pub trait LibraryStatement: Claim {
    /// What the prover knows.
    type Witness: Sync;

    /// The circuit; `None` is key generation and has the same shape.
    ///
    /// # Errors
    /// [`SynthesisError`], never for a false claim: that is an unsatisfied circuit.
    fn synthesize_with_library<G: LibraryRules>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Self::Witness>,
    ) -> Result<(), SynthesisError>;
}

impl<S: Statement> LibraryStatement for S {
    type Witness = S::Witness;

    fn synthesize_with_library<G: LibraryRules>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&S::Witness>,
    ) -> Result<(), SynthesisError> {
        self.synthesize(g, inputs, witness)
    }
}

/// Allocates the packed public inputs, splits them by the layout and runs the statement.
pub(super) fn drive<S: LibraryStatement, G: LibraryRules>(
    statement: &S,
    g: &mut G,
    words: Option<&[Fr]>,
    witness: Option<&S::Witness>,
) -> Result<(), SynthesisError> {
    let inputs = allocate_inputs::<S, G>(g, words)?;
    statement.synthesize_with_library(g, &inputs, witness)
}

/// Runs a statement over plain field elements: what does not hold.
///
/// # Errors
/// [`SynthesisError`] as the statement's.
pub fn run_native<S: LibraryStatement>(
    statement: &S,
    words: &[Fr],
    witness: &S::Witness,
) -> Result<Vec<Failure>, SynthesisError> {
    let mut native = Native::new(None);
    drive(statement, &mut native, Some(words), Some(witness))?;
    Ok(native.into_failures())
}

/// What an arithmetization needs to run a rule written with ark-r1cs-std: this one, and plain field elements beside it, so
/// that the two can be compared.
pub trait LibraryRules: Gadgets {
    /// Runs a rule written with ark-r1cs-std on `inputs` and returns its results.
    ///
    /// The rule may multiply, compare and allocate witnesses, but no public inputs. Its rows count like ours; its hints are
    /// the library's and have no names, so that rigidity covers it and forged hints do not.
    ///
    /// # Errors
    /// [`SynthesisError::Library`] with the library's words, or if the rule allocates a public input.
    fn foreign(
        &mut self,
        name: &'static str,
        inputs: &[&Self::Var],
        rule: impl FnOnce(ConstraintSystemRef<Fr>, &[FpVar<Fr>]) -> Result<Vec<FpVar<Fr>>, ArkError>,
    ) -> Result<Vec<Self::Var>, SynthesisError>;
}

fn allocated_a_public_input(name: &'static str) -> SynthesisError {
    SynthesisError::Library {
        library: super::LIBRARY,
        reason: format!("the rule `{name}` allocated a public input"),
    }
}

impl LibraryRules for R1cs<'_> {
    fn foreign(
        &mut self,
        name: &'static str,
        inputs: &[&FpVar<Fr>],
        rule: impl FnOnce(ConstraintSystemRef<Fr>, &[FpVar<Fr>]) -> Result<Vec<FpVar<Fr>>, ArkError>,
    ) -> Result<Vec<FpVar<Fr>>, SynthesisError> {
        let inputs: Vec<FpVar<Fr>> = inputs.iter().map(|var| (*var).clone()).collect();
        let publics = self.cs.num_instance_variables();
        let results = self.scope(name, |g| rule(g.cs.clone(), &inputs).map_err(foreign_error))?;
        if self.cs.num_instance_variables() != publics {
            return Err(allocated_a_public_input(name));
        }
        Ok(results)
    }
}

impl LibraryRules for Native<'_> {
    /// In a constraint system of its own.
    fn foreign(
        &mut self,
        name: &'static str,
        inputs: &[&Self::Var],
        rule: impl FnOnce(ConstraintSystemRef<Fr>, &[FpVar<Fr>]) -> Result<Vec<FpVar<Fr>>, ArkError>,
    ) -> Result<Vec<Self::Var>, SynthesisError> {
        self.outside(name, inputs, |inputs| {
            let cs = ConstraintSystem::<Fr>::new_ref();
            let publics = cs.num_instance_variables();
            let results = inputs
                .iter()
                .map(|input| FpVar::new_witness(cs.clone(), || Ok(*input)))
                .collect::<Result<Vec<_>, _>>()
                .and_then(|inputs| rule(cs.clone(), &inputs))
                .and_then(|results| results.iter().map(GR1CSVar::value).collect::<Result<Vec<Fr>, _>>())
                .map_err(foreign_error)?;
            if cs.num_instance_variables() != publics {
                return Err(allocated_a_public_input(name));
            }
            Ok((results, cs.is_satisfied().map_err(foreign_error)?))
        })
    }
}

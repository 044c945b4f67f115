//! A statement of a few rows, with a range that is looked up and two public inputs; its `check` looks at nothing.

use std::sync::{Arc, OnceLock};

use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::statement::{Assignment, Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_prover::{Prover, ProverBuilder};
use zksensor_prover_halo2::{Halo2, ProveError, ProvingKey, Srs, setup};
use zksensor_verifier_halo2::Proof;

use crate::rng;

zksensor_model::public_inputs! {
    /// What is shown of a number.
    pub struct RootInputs, RootVars {
        /// Its square.
        square: Element = element as "uint256",
        /// It is less.
        bound: u32 = 32 as "uint32",
    }
}

/// Somebody knows the root of a square, and that it is below a bound; more shapes say it more than once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root(pub(crate) u32);

impl Claim for Root {
    type Inputs = RootInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "root".into(), version: 1, shape: vec![self.0] }
    }

    fn rules(&self) -> Vec<Rule> {
        vec![Rule::VALUE]
    }
}

impl Statement for Root {
    type Witness = u32;

    fn check(&self, _: &RootInputs, _: &u32) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&u32>,
    ) -> Result<(), SynthesisError> {
        for _ in 0..self.0 {
            let root = g.witness("root", witness.map(|root| Fr::from(*root)))?;
            g.rule(Rule::VALUE, |g| {
                g.scope("root", |g| g.assert_product(&root, &root, inputs.square.var()))
            })?;
            let root = g.assert_range(&root, 32)?;
            g.assert_lt(&root, &inputs.bound.bounded()?, None)?;
        }
        Ok(())
    }
}

pub(crate) fn inputs(square: u64, bound: u32) -> RootInputs {
    RootInputs { square: Element(Fr::from(square)), bound }
}

/// Parameters of 2^9 rows, which the statement has.
pub(crate) fn srs() -> &'static Arc<Srs> {
    static SRS: OnceLock<Arc<Srs>> = OnceLock::new();
    SRS.get_or_init(|| Srs::insecure_setup(9, &mut rng(1)).unwrap().into())
}

pub(crate) fn key() -> ProvingKey {
    setup(&Root(1), srs().clone(), &()).unwrap()
}

pub(crate) fn prover() -> &'static Prover<Root, Halo2> {
    static PROVER: OnceLock<Prover<Root, Halo2>> = OnceLock::new();
    PROVER.get_or_init(|| ProverBuilder::new(Root(1), key()).build().unwrap())
}

/// A proof that somebody knows the root.
pub(crate) fn prove(root: u32, bound: u32) -> Result<(Proof, RootInputs), ProveError> {
    let inputs = inputs(u64::from(root).pow(2), bound);
    let statement = Root(1);
    let assignment = Assignment::new(&statement, inputs, &root).unwrap();
    Ok((prover().prove(&assignment, &mut rng(2))?, inputs))
}

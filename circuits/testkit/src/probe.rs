//! Statements that hold one gadget each, to count its constraints.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use zksensor_circuits::gadgets::eddsa;
use zksensor_circuits::gadgets::{Gadgets, PointVars, SignatureVars, SynthesisError, fence, membership};
use zksensor_circuits::mutants::ALONE;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::layout::Element;
use zksensor_model::primitives::merkle::ARITY;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::TREE_DEPTH;
use zksensor_r1cs::compile;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gadget {
    /// A signature.
    Eddsa,
    /// A leaf hash at a position of the registry.
    Membership,
    /// A location in one of so many packed triangles, off for an unused slot.
    Fence(usize),
    /// A hash of so many inputs.
    Poseidon(usize),
}

zksensor_model::public_inputs! {
    /// One element that means nothing.
    pub struct ProbeInputs, ProbeVars {
        /// It.
        anything: Element = element as "uint256",
    }
}

struct Probe(Gadget);

/// Constraints of a gadget.
pub(super) fn constraints(gadget: Gadget) -> Result<usize, SynthesisError> {
    let circuit = compile(&Probe(gadget))?;
    let segment = &circuit.outer;
    Ok((0..segment.constraints())
        .filter(|row| segment.path(*row).first().is_some_and(|scope| *scope == ALONE))
        .count())
}

impl Claim for Probe {
    type Inputs = ProbeInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "probe".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Probe {
    type Witness = ();

    fn check(&self, _: &ProbeInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let mut free = |count: usize| -> Result<Vec<G::Var>, SynthesisError> {
            (0..count).map(|_| g.witness("free", None)).collect()
        };
        match self.0 {
            Gadget::Eddsa => {
                let v = free(6)?;
                let point = |x: usize| PointVars { x: v[x].clone(), y: v[x + 1].clone() };
                let signature = SignatureVars { key: point(0), nonce: point(2), response: v[4].clone() };
                g.scope(ALONE, |g| eddsa::verify(g, &signature, &v[5]))
            }
            Gadget::Membership => {
                let children = (0..TREE_DEPTH).map(|_| free(ARITY)).collect::<Result<Vec<_>, _>>()?;
                let v = free(2)?;
                g.scope(ALONE, |g| {
                    let position = g.assert_bits(&v[0], 3 * TREE_DEPTH as u32)?;
                    let path = membership::Path::new(TREE_DEPTH, children)?;
                    let root = path.at(position.bits())?.climb(g, Domain::Node, &v[1])?;
                    g.assert_equal(&root, inputs.anything.var())
                })
            }
            Gadget::Fence(triangles) => {
                let set = free(triangles)?;
                let v = free(2)?;
                let active = g.witness("free", None)?;
                let active = g.assert_bool(&active)?;
                let location =
                    [g.witness_range("latitude", None, 32)?, g.witness_range("longitude", None, 32)?];
                g.scope(ALONE, |g| {
                    g.assert_member(&v[0], &set)?;
                    fence::assert_inside(g, &v[0], &location[0], &location[1], Some(&active))
                })
            }
            Gadget::Poseidon(inputs) => {
                let v = free(inputs)?;
                g.scope(ALONE, |g| {
                    g.poseidon(Domain::Message, &v.iter().collect::<Vec<_>>()).map(|_: G::Var| ())
                })
            }
        }
    }
}

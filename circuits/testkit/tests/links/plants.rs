//! Links cut in a circuit of the test's own, which is sound without: every hint is honest and no wire can move, but free
//! inputs can be exchanged that belong together.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use std::collections::BTreeSet;

use zksensor_circuits::gadgets::{Gadgets, SynthesisError, membership};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::primitives::merkle::{ARITY, node_hash};
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_testkit::{
    Conformance, Extract, Fault, Forger, FreeInputs, ScopeFreedom, Swept, rigidity, sweep,
};

use super::freedom::freedom_of;

const LEVELS: usize = 3;

/// What is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    Nothing,
    /// No child of this level is tied to the node below.
    Level(usize),
    /// The nullifier is of a secret that is not the identity's.
    Nullifier,
    /// The commitment is to a message that is not the leaf's.
    Commitment,
}

zksensor_model::public_inputs! {
    /// What the circuit publishes.
    pub struct PlantInputs, PlantVars {
        /// Over the leaf.
        root: Element = element as "uint256",
        /// Of the secret.
        nullifier: Element = element as "uint256",
        /// To the message.
        commitment: Element = element as "uint256",
    }
}

/// A leaf (identity of a secret, message) under a root, with the nullifier of the secret and a commitment to the message.
struct Planted(Cut);

/// The free inputs in order: secret, message, salt, children, and what is witnessed again.
type Free = Vec<Fr>;

impl Planted {
    /// The claim of random free inputs.
    fn claim(&self, seed: u64) -> (PlantInputs, Free) {
        let mut next = Fr::from(seed);
        let mut random = || {
            next = poseidon::hash(Domain::Message, &[next]);
            next
        };
        let mut free: Free = (0..3 + LEVELS * ARITY).map(|_| random()).collect();
        let mut node = leaf(&free);
        for level in 0..LEVELS {
            let children = &mut free[3 + level * ARITY..][..ARITY];
            children[(level + 2) % ARITY] = node;
            node = node_hash(Domain::Node, (&*children).try_into().unwrap());
        }
        match self.0 {
            Cut::Nullifier => free.push(free[0]),
            Cut::Commitment => free.push(free[1]),
            Cut::Nothing | Cut::Level(_) => {}
        }
        let nullifier = poseidon::hash(Domain::Nullifier, &free[..1]);
        let commitment = poseidon::hash(Domain::Commitment, &free[1..3]);
        (
            PlantInputs {
                root: Element(node),
                nullifier: Element(nullifier),
                commitment: Element(commitment),
            },
            free,
        )
    }
}

fn leaf(free: &[Fr]) -> Fr {
    let identity = poseidon::hash(Domain::Identity, &free[..1]);
    poseidon::hash(Domain::Leaf, &[identity, free[1]])
}

fn ensure(holds: bool, violation: Violation) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(violation) }
}

impl Claim for Planted {
    type Inputs = PlantInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "planted".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Planted {
    type Witness = Free;

    fn check(&self, inputs: &PlantInputs, free: &Free) -> Result<(), Violation> {
        let mut node = leaf(free);
        for children in free[3..3 + LEVELS * ARITY].chunks(ARITY) {
            ensure(children.contains(&node), Violation::Membership { reading: 0, position: 0 })?;
            node = node_hash(Domain::Node, children.try_into().unwrap());
        }
        ensure(node == inputs.root.0, Violation::Membership { reading: 0, position: 0 })?;
        let nullifier = poseidon::hash(Domain::Nullifier, &free[..1]);
        ensure(nullifier == inputs.nullifier.0, Violation::Nullifier)?;
        ensure(poseidon::hash(Domain::Commitment, &free[1..3]) == inputs.commitment.0, Violation::Commitment)
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        free: Option<&Free>,
    ) -> Result<(), SynthesisError> {
        let at = |index: usize| free.map(|free| free[index]);
        let secret = g.witness("secret", at(0))?;
        let message = g.witness("message", at(1))?;
        let salt = g.witness("salt", at(2))?;
        let again = 3 + LEVELS * ARITY;
        g.scope("path", |g| {
            let children = (0..LEVELS)
                .map(|level| {
                    (0..ARITY)
                        .map(|child| g.witness("child", at(3 + level * ARITY + child)))
                        .collect::<Result<Vec<_>, _>>()
                })
                .collect::<Result<Vec<_>, _>>()?;
            let identity = g.poseidon(Domain::Identity, &[&secret])?;
            let mut node = g.poseidon(Domain::Leaf, &[&identity, &message])?;
            for (level, children) in children.iter().enumerate() {
                if self.0 != Cut::Level(level) {
                    g.assert_member(&node, children)?;
                }
                node = membership::hash(g, Domain::Node, children)?;
            }
            g.assert_equal(&node, inputs.root.var())
        })?;
        g.scope("nullifier", |g| {
            let secret = match self.0 {
                Cut::Nullifier => g.witness("secret again", at(again))?,
                _ => secret.clone(),
            };
            let nullifier = g.poseidon(Domain::Nullifier, &[&secret])?;
            g.assert_equal(&nullifier, inputs.nullifier.var())
        })?;
        g.scope("commitment", |g| {
            let message = match self.0 {
                Cut::Commitment => g.witness("message again", at(again))?,
                _ => message.clone(),
            };
            let commitment = g.poseidon(Domain::Commitment, &[&message, &salt])?;
            g.assert_equal(&commitment, inputs.commitment.var())
        })
    }
}

impl Extract for Planted {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<Free> {
        Some(free.all())
    }
}

fn look(cut: Cut) -> (Swept, Vec<ScopeFreedom>) {
    let kit = Conformance::new(Planted(cut));
    let [claim, donor] = [1, 2].map(|seed| kit.statement().claim(seed));
    let forger = Forger::new(&kit, &claim.0, &claim.1);
    assert_eq!(rigidity(kit.circuit(), forger.honest()).nullity, 0, "{cut:?}: rigidity would have seen it");
    assert!(forger.hints().is_empty(), "{cut:?}: there is no hint to forge");
    let donor = Forger::new(&kit, &donor.0, &donor.1).honest().to_vec();
    (sweep(&forger, &[&donor], |_| true), freedom_of(&kit, &claim))
}

/// The names of the free inputs that alone are accepted with a fault.
fn named(swept: &Swept) -> BTreeSet<&'static str> {
    swept
        .findings
        .iter()
        .filter(|finding| finding.sites.len() == 1)
        .filter(|finding| matches!(finding.fault, Fault::False(_)))
        .map(|finding| finding.sites[0].name)
        .collect()
}

#[test]
fn every_cut_is_found_by_the_sweep_and_by_the_freedom() {
    let (sound, first) = look(Cut::Nothing);
    assert!(sound.findings.is_empty(), "nothing is cut: {:?}", sound.findings);
    assert!(sound.truths > 0, "other claims are accepted");
    let free = |scopes: &[ScopeFreedom], name: &str| {
        scopes.iter().find(|scope| scope.scope == name).map_or(0, |scope| scope.freedom)
    };
    let total = |scopes: &[ScopeFreedom]| scopes.iter().map(|scope| scope.freedom).sum::<usize>();
    for (cut, names, scope) in [
        (Cut::Level(0), &["secret", "message"][..], "path"),
        (Cut::Level(1), &["child"], "path"),
        (Cut::Level(2), &["child"], "path"),
        (Cut::Nullifier, &["secret again"], "outside"),
        (Cut::Commitment, &["message again"], "outside"),
    ] {
        let (swept, freedom) = look(cut);
        let found = named(&swept);
        assert!(names.iter().all(|name| found.contains(name)), "{cut:?}: found at {found:?}");
        assert_eq!(total(&freedom), total(&first) + 1, "{cut:?}: {freedom:?}, and sound {first:?}");
        assert_eq!(
            free(&freedom, scope),
            free(&first, scope) + 1,
            "{cut:?}: {freedom:?}, and sound {first:?}"
        );
    }
}

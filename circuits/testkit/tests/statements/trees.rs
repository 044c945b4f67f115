//! The roots that circuits compute are those of the native trees, at every size that a shape can have.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use zksensor_circuits::gadgets::{self, Gadgets, SynthesisError};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::fence::{self, Fence, MAX_TRIANGLES, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::primitives::merkle::{ARITY, SparseTree};
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_r1cs::compile;
use zksensor_testkit::Conformance;

use super::kit::run;

zksensor_model::public_inputs! {
    /// The root.
    pub struct RootInputs, RootVars {
        /// It.
        root: Element = element as "uint256",
    }
}

/// The public root is that of so many leaves, which are the witness: of a fence, or of a cap.
#[derive(Debug, Clone, Copy)]
enum Rooted {
    Fence(usize),
    Cap(usize),
}

impl Rooted {
    fn leaves(self) -> usize {
        let (Rooted::Fence(leaves) | Rooted::Cap(leaves)) = self;
        leaves
    }
}

impl Claim for Rooted {
    type Inputs = RootInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "rooted".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        vec![Rule::FENCE]
    }
}

impl Statement for Rooted {
    type Witness = Vec<Fr>;

    /// By hashing all leaves of a whole tree, without the trees and the padding of the library.
    fn check(&self, inputs: &RootInputs, leaves: &Vec<Fr>) -> Result<(), Violation> {
        let (domain, all) = match self {
            Rooted::Fence(_) => (Domain::Fence, MAX_TRIANGLES),
            Rooted::Cap(leaves) => (Domain::Node, *leaves),
        };
        let mut layer = leaves.clone();
        layer.resize(all, leaves[0]);
        while layer.len() > 1 {
            layer = layer.chunks(ARITY).map(|children| poseidon::hash(domain, children)).collect();
        }
        if layer[0] == inputs.root.0 { Ok(()) } else { Err(Violation::Fence { reading: 0 }) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        leaves: Option<&Vec<Fr>>,
    ) -> Result<(), SynthesisError> {
        let nodes: Vec<G::Var> = (0..self.leaves())
            .map(|index| g.witness("leaf", leaves.map(|leaves| leaves[index])))
            .collect::<Result<_, _>>()?;
        g.rule(Rule::FENCE, |g| {
            let root = match self {
                Rooted::Fence(_) => gadgets::fence::root(g, &nodes)?,
                Rooted::Cap(_) => gadgets::membership::root(g, Domain::Node, &nodes)?,
            };
            g.assert_equal(&root, inputs.root.var())
        })
    }
}

/// `count` small triangles side by side.
pub(super) fn strip(count: usize) -> Fence {
    let triangle =
        |step: i32| Triangle::try_from([[0, 10 * step], [0, 10 * step + 9], [9, 10 * step]]).unwrap();
    Fence::new((0..i32::try_from(count).unwrap()).map(triangle).collect()).unwrap()
}

/// The packed triangles of a fence as a circuit of so many takes them.
fn leaves(fence: &Fence, shape: usize) -> Vec<Fr> {
    fence.padded(shape).unwrap().iter().map(Triangle::pack).collect()
}

/// The good root and a wrong one, of every backend.
fn agree(kit: &Conformance<Rooted>, root: Fr, leaves: &[Fr]) {
    run(kit, "the root", (RootInputs { root: Element(root) }, leaves.to_vec()), None);
    let wrong = RootInputs { root: Element(root + Fr::from(1u64)) };
    run(kit, "another root", (wrong, leaves.to_vec()), Rule::FENCE);
}

/// Every multiple of eight that `aggregate` takes, with fences of as many triangles and of fewer.
#[test]
fn the_root_of_every_fence_is_that_of_every_shape() {
    for shape in (8..=256).step_by(8) {
        let kit = Conformance::new(Rooted::Fence(shape));
        for count in [1, 2, shape / 2, shape - 7, shape - 1, shape] {
            let fence = strip(count);
            let packed = leaves(&fence, shape);
            assert_eq!(fence::fold(&packed), fence.root(), "{count} triangles in a shape of {shape}");
            agree(&kit, fence.root().to_field(), &packed);
        }
    }
}

/// Shapes that no statement has yet: around every power of eight, and those whose lower levels are whole.
#[test]
fn the_root_of_large_shapes_is_the_native_one() {
    for shape in [264, 448, 504, 512, 520, 576, 1024, 2048, 3584, 4088, 4096] {
        let statement = Rooted::Fence(shape);
        for count in [1, shape - 9, shape] {
            let fence = strip(count);
            let (packed, root) = (leaves(&fence, shape), fence.root().to_field());
            assert_eq!(statement.check(&RootInputs { root: Element(root) }, &packed), Ok(()), "{shape}");
            assert_eq!(native::run(&statement, &[root], &packed, None).unwrap(), [], "{count} in {shape}");
            assert_ne!(native::run(&statement, &[root + Fr::from(1u64)], &packed, None).unwrap(), []);
        }
    }
}

#[test]
fn the_root_of_a_whole_tree_is_the_native_one() {
    fn each<const DEPTH: usize>() {
        let count = ARITY.pow(u32::try_from(DEPTH).unwrap());
        let nodes: Vec<Fr> = (0..count).map(|node| Fr::from(7 + node as u64)).collect();
        let mut tree = SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64));
        tree.set_all((0..).zip(nodes.iter().copied()));
        agree(&Conformance::new(Rooted::Cap(count)), tree.root(), &nodes);
    }
    each::<1>();
    each::<2>();
    each::<3>();
    agree(&Conformance::new(Rooted::Cap(1)), Fr::from(7u64), &[Fr::from(7u64)]);
}

#[test]
fn other_numbers_of_leaves_are_refused_by_both_backends() {
    let fences = [0, 1, 7, 9, 63, 255, 4097, 4104].map(Rooted::Fence);
    let caps = [0, 2, 7, 9, 16, 32, 63, 72, 128, 256].map(Rooted::Cap);
    for statement in fences.into_iter().chain(caps) {
        let got = statement.leaves();
        let refused =
            |error: SynthesisError| matches!(error, SynthesisError::Size { got: g, .. } if g == got);
        assert!(refused(compile(&statement).unwrap_err()), "{statement:?}");
        let leaves = vec![Fr::from(1u64); got];
        let error = native::run(&statement, &[Fr::from(0u64)], &leaves, None).unwrap_err();
        assert!(refused(error), "{statement:?}");
    }
}

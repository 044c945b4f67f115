//! Statements that hold one gadget each, whose inputs are free and whose results nothing ties down: the gadget alone has
//! to determine its wires.
#![allow(unreachable_pub, reason = "`public_inputs!` declares public types")]

use ark_ff::PrimeField;
use zksensor_circuits::gadgets::eddsa;
use zksensor_circuits::gadgets::{
    Bounded, Gadgets, Order, PointVars, SignatureVars, SynthesisError, compare, fence, membership, unpack,
};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::primitives::merkle::ARITY;
use zksensor_model::primitives::poseidon::Domain;

/// Widths of the word that [`Gadget::Split`] splits and [`Gadget::Pack`] packs.
pub(super) const PARTS: [u32; 4] = [8, 32, 64, 48];

/// What a probe holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Gadget {
    /// key x, key y, nonce x, nonce y, response, message.
    Eddsa,
    /// a, b of so many bits and, if so, whether it is active.
    Order(Order, u32, bool),
    /// A value of so many bits, at most this limit.
    AtMost(u32, <Fr as PrimeField>::BigInt),
    /// index, value, eight elements.
    Selected,
    /// index, eight elements.
    SelectIndex,
    /// condition, yes, no.
    Select,
    /// leaf, position, eight children for each of so many levels.
    ClimbAt(usize),
    /// leaf, eight children for each of so many levels.
    Climb(usize),
    /// So many nodes.
    Root(usize),
    /// So many packed triangles.
    FenceRoot(usize),
    /// A packed triangle, latitude, longitude and, if so, whether it is active.
    Inside(bool),
    /// A word.
    Split,
    /// The parts of a word.
    Pack,
    /// A value and a set of so many.
    Member(usize),
    /// So many inputs.
    Poseidon(usize),
    /// A value of so many bits.
    Bits(u32),
}

impl Gadget {
    /// Number of free inputs.
    pub(super) fn inputs(self) -> usize {
        match self {
            Gadget::Eddsa => 6,
            Gadget::Order(_, _, active) => 2 + usize::from(active),
            Gadget::AtMost(..) | Gadget::Split | Gadget::Bits(_) => 1,
            Gadget::Selected => 2 + ARITY,
            Gadget::SelectIndex => 1 + ARITY,
            Gadget::Select => 3,
            Gadget::ClimbAt(levels) => 2 + levels * ARITY,
            Gadget::Climb(levels) => 1 + levels * ARITY,
            Gadget::Root(count) | Gadget::FenceRoot(count) | Gadget::Poseidon(count) => count,
            Gadget::Inside(active) => 3 + usize::from(active),
            Gadget::Pack => PARTS.len(),
            Gadget::Member(count) => 1 + count,
        }
    }
}

zksensor_model::public_inputs! {
    /// The first free input, so that the circuit has a public input.
    pub struct ProbeInputs, ProbeVars {
        /// It.
        first: Element = element as "uint256",
    }
}

/// The statement of one gadget; the witness is its inputs.
pub(super) struct Probe(pub(super) Gadget);

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
    type Witness = Vec<Fr>;

    fn check(&self, _: &ProbeInputs, _: &Vec<Fr>) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Vec<Fr>>,
    ) -> Result<(), SynthesisError> {
        let free: Vec<G::Var> = (0..self.0.inputs())
            .map(|index| g.witness("free", witness.map(|values| values[index])))
            .collect::<Result<_, _>>()?;
        g.assert_equal(&free[0], inputs.first.var())?;
        g.scope("gadget", |g| hold(g, self.0, &free))
    }
}

fn hold<G: Gadgets>(g: &mut G, gadget: Gadget, v: &[G::Var]) -> Result<(), SynthesisError> {
    match gadget {
        Gadget::Eddsa => {
            let point = |x: usize| PointVars { x: v[x].clone(), y: v[x + 1].clone() };
            eddsa::verify(g, &SignatureVars { key: point(0), nonce: point(2), response: v[4].clone() }, &v[5])
        }
        Gadget::Order(order, width, _) => {
            let (a, b) = (g.assert_range(&v[0], width)?, g.assert_range(&v[1], width)?);
            let active = v.get(2).map(|active| g.assert_bool(active)).transpose()?;
            g.assert_order(order, &a, &b, active.as_ref())
        }
        Gadget::AtMost(width, limit) => {
            let value = g.assert_bits(&v[0], width)?;
            compare::assert_at_most(g, &value, &limit)
        }
        Gadget::Selected => {
            let index = g.assert_bits(&v[0], 3)?;
            membership::assert_selected(g, index.bits(), &v[2..], &v[1])
        }
        Gadget::SelectIndex => {
            let index = g.assert_bits(&v[0], 3)?;
            g.select_index(index.bits(), &v[1..]).map(|_| ())
        }
        Gadget::Select => {
            let condition = g.assert_bool(&v[0])?;
            g.select(&condition, &v[1], &v[2]).map(|_| ())
        }
        Gadget::ClimbAt(levels) => {
            let position = g.assert_bits(&v[1], 3 * u32::try_from(levels).unwrap())?;
            let children: Vec<Vec<G::Var>> = v[2..].chunks(ARITY).map(<[_]>::to_vec).collect();
            let path = membership::Path::new(levels, children)?;
            path.at(position.bits())?.climb(g, Domain::Node, &v[0]).map(|_| ())
        }
        Gadget::Climb(levels) => {
            let children: Vec<Vec<G::Var>> = v[1..].chunks(ARITY).map(<[_]>::to_vec).collect();
            membership::Path::new(levels, children)?.climb(g, Domain::Fence, &v[0]).map(|_| ())
        }
        Gadget::Root(_) => membership::root(g, Domain::Node, v).map(|_| ()),
        Gadget::FenceRoot(_) => fence::root(g, v).map(|_| ()),
        Gadget::Inside(_) => {
            let (latitude, longitude) = (g.assert_range(&v[1], 32)?, g.assert_range(&v[2], 32)?);
            let active = v.get(3).map(|active| g.assert_bool(active)).transpose()?;
            fence::assert_inside(g, &v[0], &latitude, &longitude, active.as_ref())
        }
        Gadget::Split => unpack::split(g, "part", &v[0], &PARTS).map(|_| ()),
        Gadget::Pack => {
            let parts: Vec<Bounded<G::Var>> = v
                .iter()
                .zip(PARTS)
                .map(|(part, width)| g.assert_range(part, width))
                .collect::<Result<_, _>>()?;
            let parts: Vec<(&G::Var, u32)> = parts.iter().map(|part| (part.var(), part.width())).collect();
            let packed = unpack::pack(g, &parts)?;
            let again = unpack::split(g, "part", &packed, &PARTS)?;
            again.iter().zip(&parts).try_for_each(|(again, (part, _))| g.assert_equal(again.var(), part))
        }
        Gadget::Member(_) => g.assert_member(&v[0], &v[1..]),
        Gadget::Poseidon(_) => g.poseidon(Domain::Message, &v.iter().collect::<Vec<_>>()).map(|_| ()),
        Gadget::Bits(width) => g.assert_bits(&v[0], width).map(|_| ()),
    }
}

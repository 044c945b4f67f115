//! What statements about many devices share: devices of one chunk in slots, in the order of their positions, at least k of them, in a
//! fence that is hashed whole. [`native`] is what `check` says of it.

pub(super) mod native;

use ark_ff::{AdditiveGroup, Field as _};
use zeroize::Zeroize;

use super::unproven::UnprovenLeaf;
use super::{Rule, policy_vars::PolicyVars};
use crate::gadgets::membership::{self, Path};
use crate::gadgets::{Bit, Bits, Gadgets, Port, SynthesisError, fence};
use zksensor_model::fence::Fence;
use zksensor_model::field::Fr;
use zksensor_model::policy::encoding;
use zksensor_model::primitives::merkle;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::{CAP, Chunk, ChunkCap, MembershipPath, Position, TREE_DEPTH};

/// The packed triangles of a fence, triangle 0 repeated up to `count`.
pub(super) fn padded(fence: &Fence, count: usize) -> Vec<Fr> {
    let mut packed: Vec<Fr> = fence.triangles().iter().take(count).map(|triangle| triangle.pack()).collect();
    packed.resize(count, packed[0]);
    packed
}

/// C1, in part: the packed triangles of the policy's fence, as many as the shape has.
pub(super) fn open_fence<G: Gadgets>(
    g: &mut G,
    fence_root: &G::Var,
    count: usize,
    fence: Option<&Fence>,
) -> Result<Vec<G::Var>, SynthesisError> {
    g.rule(Rule::POLICY, |g| {
        let packed = fence.map(|fence| padded(fence, count));
        let triangles = (0..count)
            .map(|index| g.witness("triangle", packed.as_ref().map(|packed| packed[index])))
            .collect::<Result<Vec<_>, _>>()?;
        let root = fence::root(g, &triangles)?;
        g.assert_equal(&root, fence_root)?;
        Ok(triangles)
    })
}

/// C14 of the public inputs. Gives the index of the chunk, if there is more than one, in three bits a level above.
pub(super) fn chunk<G: Gadgets>(
    g: &mut G,
    chunk_bits: &Port<G::Var>,
    index: &Port<G::Var>,
    chunk: Chunk,
) -> Result<Option<Bits<G::Var>>, SynthesisError> {
    g.rule(Rule::CHUNK, |g| {
        let width = g.constant(Fr::from(chunk.bits()));
        g.assert_equal(chunk_bits.var(), &width)?;
        match chunk.index_bits() {
            0 => {
                let zero = g.constant(Fr::ZERO);
                g.assert_equal(index.var(), &zero)?;
                Ok(None)
            }
            bits => g.assert_bits(index.var(), bits).map(Some),
        }
    })
}

/// C4, upper part. The cap leads to the root, at the digits of the chunk.
pub(super) fn open_cap<G: Gadgets>(
    g: &mut G,
    chunk: Chunk,
    index: Option<Bits<G::Var>>,
    registry_root: &G::Var,
    cap: Option<&ChunkCap>,
) -> Result<Vec<G::Var>, SynthesisError> {
    g.rule(Rule::MEMBERSHIP, |g| {
        let nodes = cap.map(ChunkCap::nodes);
        let vars = (0..CAP)
            .map(|index| g.witness("cap node", nodes.map(|nodes| nodes[index])))
            .collect::<Result<Vec<_>, _>>()?;
        let mut root = membership::root(g, Domain::Node, &vars)?;
        if let Some(index) = index {
            let levels = cap.map(ChunkCap::levels);
            let path = Path::witness(g, chunk.levels_above(), levels.as_deref())?;
            root = path.at(index.bits())?.climb(g, Domain::Node, &root)?;
        }
        g.assert_equal(&root, registry_root)?;
        Ok(vars)
    })
}

/// C2, in part: active is 0 or 1.
pub(super) fn active<G: Gadgets>(g: &mut G, value: Option<bool>) -> Result<Bit<G::Var>, SynthesisError> {
    g.rule(Rule::ACTIVITY, |g| {
        let active = g.witness("active", value.map(Fr::from))?;
        g.assert_bool(&active)
    })
}

/// Where in the chunk the device of a slot is, as the field elements that a circuit takes.
#[derive(Clone)]
pub(super) struct SeatValues {
    offset: Fr,
    children: Vec<[Fr; merkle::ARITY]>,
}

impl Drop for SeatValues {
    fn drop(&mut self) {
        self.offset.zeroize();
        self.children.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
    }
}

impl SeatValues {
    /// Of a position outside of the chunk the offset is out of range.
    pub(super) fn new(chunk: Chunk, leaf: Fr, position: Position, path: &MembershipPath) -> Self {
        let first = u64::from(chunk.index()) << chunk.bits();
        SeatValues {
            offset: Fr::from(position.get()) - Fr::from(first),
            children: path.first_levels(Domain::Node, leaf, position.get(), chunk.levels_below_cap()),
        }
    }

    /// Of an unused slot, whose leaf is in no registry.
    pub(super) fn unused(chunk: Chunk, leaf: Fr) -> Self {
        let alone = MembershipPath { siblings: [[Fr::ZERO; merkle::ARITY - 1]; TREE_DEPTH] };
        let children = alone.first_levels(Domain::Node, leaf, 0, chunk.levels_below_cap());
        SeatValues { offset: Fr::ZERO, children }
    }
}

/// C14, in part, and C4, lower part: the device is in the chunk, and its leaf below the cap node that the top bits of its offset select.
/// Gives the offset.
pub(super) fn seat<G: Gadgets>(
    g: &mut G,
    chunk: Chunk,
    cap: &[G::Var],
    active: &Bit<G::Var>,
    leaf: UnprovenLeaf<G::Var>,
    values: Option<&SeatValues>,
) -> Result<G::Var, SynthesisError> {
    let offset =
        g.rule(Rule::CHUNK, |g| g.witness_bits("offset", values.map(|values| values.offset), chunk.bits()))?;
    g.rule(Rule::MEMBERSHIP, |g| {
        let path = match chunk.levels_below_cap() {
            0 => None,
            levels => Some(Path::witness(g, levels, values.map(|values| &values.children[..]))?),
        };
        leaf.below(g, active, &offset, cap, path.as_ref())
    })?;
    Ok(offset.var().clone())
}

/// A slot as the rules about all of them see it.
pub(super) struct Slot<'v, V> {
    pub(super) active: &'v Bit<V>,
    /// Where in the chunk its device is: below the chunk's positions.
    pub(super) offset: &'v V,
}

/// C2. Slot 0 is active, and activity never rises again.
pub(super) fn activity<G: Gadgets>(g: &mut G, slots: &[Slot<'_, G::Var>]) -> Result<(), SynthesisError> {
    g.rule(Rule::ACTIVITY, |g| {
        let one = g.constant(Fr::ONE);
        g.assert_equal(slots[0].active.var(), &one)?;
        for pair in slots.windows(2) {
            let before_off = g.linear(Fr::ONE, &[(-Fr::ONE, pair[0].active.var())]);
            let zero = g.constant(Fr::ZERO);
            g.assert_product(pair[1].active.var(), &before_off, &zero)?;
        }
        Ok(())
    })
}

/// C13. Positions increase strictly, and so do offsets in one chunk.
pub(super) fn order<G: Gadgets>(
    g: &mut G,
    chunk: Chunk,
    slots: &[Slot<'_, G::Var>],
) -> Result<(), SynthesisError> {
    // offset - (offset before) >= 1 where active. `last` stays at the last active offset.
    g.rule(Rule::ORDER, |g| {
        let mut last = slots[0].offset.clone();
        for slot in &slots[1..] {
            let step = g.sub(slot.offset, &last);
            let step = g.mul(slot.active.var(), &step)?;
            let gap = g.sub(&step, slot.active.var());
            g.assert_range(&gap, chunk.bits())?;
            last = g.add(&last, &step);
        }
        Ok(())
    })
}

/// C15. The public number of devices = sum of active, and it is k or more.
pub(super) fn count<G: Gadgets>(
    g: &mut G,
    public: &G::Var,
    policy: &PolicyVars<G::Var>,
    active: &[Bit<G::Var>],
) -> Result<(), SynthesisError> {
    g.rule(Rule::COUNT, |g| {
        let count = g.sum(active.iter().map(Bit::var));
        g.assert_equal(&count, public)?;
        let surplus = g.sub(public, &policy.k);
        g.assert_range(&surplus, encoding::K_BITS)?;
        Ok(())
    })
}

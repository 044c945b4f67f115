//! Merkle paths and roots, each level broken in turn.

use ark_ff::{AdditiveGroup, Field};
use rand::RngCore;

use super::words::low_bits;
use super::{Looked, Relation, RelationFailure, hold, seeded};
use crate::forgery::Target;
use zksensor_circuits::gadgets::{Gadgets, SynthesisError, fence, membership};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::merkle::{ARITY, DIGIT_BITS, node_hash};
use zksensor_model::primitives::poseidon::Domain;

pub(super) fn check() -> Result<Looked, RelationFailure> {
    let mut looked = Looked::default();
    for levels in 1..=7 {
        looked = looked.plus(hold(Path { levels, at: true, domain: Domain::Node })?);
    }
    for (levels, domain) in [(1, Domain::Fence), (4, Domain::Fence), (7, Domain::Node)] {
        looked = looked.plus(hold(Path { levels, at: false, domain })?);
    }
    for (count, kind) in
        [(1, Root::Tree), (8, Root::Tree), (64, Root::Tree), (8, Root::Fence), (24, Root::Fence)]
    {
        looked = looked.plus(hold(Above { count, kind })?);
    }
    Ok(looked)
}

/// The leaf, the root, the children from the leaf up and, if at a position, the position.
struct Path {
    levels: usize,
    /// Each child stands where the position says; anywhere among the eight otherwise.
    at: bool,
    domain: Domain,
}

impl Path {
    /// Where the inputs hold the children of a level.
    fn children(level: usize) -> std::ops::Range<usize> {
        2 + level * ARITY..2 + (level + 1) * ARITY
    }

    fn node(&self, inputs: &[Fr], level: usize) -> Fr {
        let children: &[Fr; ARITY] = inputs[Path::children(level)].try_into().expect("eight children");
        node_hash(self.domain, children)
    }

    /// A true path of random siblings.
    fn path(&self, rng: &mut impl RngCore, position: u64) -> Vec<Fr> {
        let mut inputs = vec![low_bits(rng, 250), Fr::ZERO];
        let mut node = inputs[0];
        for level in 0..self.levels {
            let digit = (position >> (DIGIT_BITS * level) & 7) as usize;
            inputs.extend((0..ARITY).map(|child| if child == digit { node } else { low_bits(rng, 250) }));
            node = self.node(&inputs, level);
        }
        inputs[1] = node;
        if self.at {
            inputs.push(Fr::from(position));
        }
        inputs
    }

    /// Makes the levels from this one on consistent with what is below, at the digits of a position.
    fn mend(&self, inputs: &mut [Fr], from: usize, position: u64) {
        for level in from..self.levels {
            let node = self.node(inputs, level);
            match level + 1 < self.levels {
                true => {
                    let digit = (position >> (DIGIT_BITS * (level + 1)) & 7) as usize;
                    inputs[Path::children(level + 1).start + digit] = node;
                }
                false => inputs[1] = node,
            }
        }
    }
}

impl Relation for Path {
    fn name(&self) -> String {
        format!("path of {} levels, at {}, {:?}", self.levels, self.at, self.domain)
    }
    fn inputs(&self) -> usize {
        2 + self.levels * ARITY + usize::from(self.at)
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let children: Vec<Vec<G::Var>> =
            (0..self.levels).map(|level| inputs[Path::children(level)].to_vec()).collect();
        let root = if self.at {
            let bits = u32::try_from(DIGIT_BITS * self.levels).expect("few levels");
            let position = g.assert_bits(&inputs[2 + self.levels * ARITY], bits)?;
            membership::Path::new(self.levels, children)?.at(position.bits())?.climb(
                g,
                self.domain,
                &inputs[0],
            )?
        } else {
            membership::Path::new(self.levels, children)?.climb(g, self.domain, &inputs[0])?
        };
        g.assert_equal(&root, &inputs[1])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let position = if self.at {
            match field::to_u64(&inputs[2 + self.levels * ARITY]) {
                Some(position) if position >> (DIGIT_BITS * self.levels) == 0 => position,
                _ => return false,
            }
        } else {
            0
        };
        let mut node = inputs[0];
        for level in 0..self.levels {
            let children = &inputs[Path::children(level)];
            let digit = (position >> (DIGIT_BITS * level) & 7) as usize;
            let stands = if self.at { children[digit] == node } else { children.contains(&node) };
            if !stands {
                return false;
            }
            node = self.node(inputs, level);
        }
        node == inputs[1]
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let rng = &mut seeded(61);
        let top = (1u64 << (DIGIT_BITS * self.levels)) - 1;
        let mut cases = Vec::new();
        for position in [0, top, rng.next_u64() & top, rng.next_u64() & top] {
            let good = self.path(rng, position);
            cases.push(good.clone());
            let change = |at: usize, value: Fr| {
                let mut bad = good.clone();
                bad[at] = value;
                bad
            };
            cases.extend([change(0, good[0] + Fr::ONE), change(1, good[1] + Fr::ONE)]);
            for level in 0..self.levels {
                // Every level above goes with it: only the link to the level below is broken.
                let digit = (position >> (DIGIT_BITS * level) & 7) as usize;
                let start = Path::children(level).start;
                for stranger in [low_bits(rng, 250), Fr::ZERO, good[0] + Fr::ONE] {
                    let mut cut = change(start + digit, stranger);
                    self.mend(&mut cut, level, position);
                    cases.push(cut);
                }
                // The node one place beside its own.
                let mut beside = good.clone();
                beside.swap(start + digit, start + (digit + 1) % ARITY);
                self.mend(&mut beside, level, position);
                cases.push(beside);
                // A child that no level above knows of.
                cases.push(change(start + (digit + 3) % ARITY, Fr::ONE));
                if self.at {
                    let flipped = position ^ (1 << (DIGIT_BITS * level + level % DIGIT_BITS));
                    cases.push(change(good.len() - 1, Fr::from(flipped)));
                }
            }
            if self.at {
                let high = Fr::from(position) + field::power_of_two(3 * self.levels as u32);
                cases.extend([change(good.len() - 1, high), change(good.len() - 1, -Fr::ONE)]);
            }
        }
        cases
    }
    fn overrides(&self, _: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        // The position's bits as other bits of the same number.
        if target.name.ends_with("bit") {
            crate::hostile::hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
        } else {
            Vec::new()
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Root {
    Tree,
    /// Of packed triangles: four levels, the rest of each padded with triangle 0.
    Fence,
}

/// The root, the nodes.
struct Above {
    count: usize,
    kind: Root,
}

impl Above {
    fn root(&self, nodes: &[Fr]) -> Fr {
        let hash = |domain, layer: &[Fr]| -> Vec<Fr> {
            layer
                .chunks(ARITY)
                .map(|chunk| node_hash(domain, chunk.try_into().expect("whole nodes")))
                .collect()
        };
        match self.kind {
            Root::Tree => {
                let mut layer = nodes.to_vec();
                while layer.len() > 1 {
                    layer = hash(Domain::Node, &layer);
                }
                layer[0]
            }
            Root::Fence => {
                let mut layer = nodes.to_vec();
                layer.resize(ARITY.pow(4), nodes[0]);
                (0..4).for_each(|_| layer = hash(Domain::Fence, &layer));
                layer[0]
            }
        }
    }
}

impl Relation for Above {
    fn name(&self) -> String {
        format!("{:?} root of {}", self.kind, self.count)
    }
    fn inputs(&self) -> usize {
        1 + self.count
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let root = match self.kind {
            Root::Tree => membership::root(g, Domain::Node, &inputs[1..])?,
            Root::Fence => fence::root(g, &inputs[1..])?,
        };
        g.assert_equal(&root, &inputs[0])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        self.root(&inputs[1..]) == inputs[0]
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let rng = &mut seeded(62);
        let nodes: Vec<Fr> = (0..self.count).map(|_| low_bits(rng, 250)).collect();
        let good = [&[self.root(&nodes)], &nodes[..]].concat();
        let mut cases = vec![good.clone()];
        for index in 0..good.len() {
            let mut bad = good.clone();
            bad[index] += Fr::ONE;
            cases.push(bad);
        }
        let mut reversed = good;
        reversed[1..].reverse();
        cases.push(reversed);
        cases
    }
}

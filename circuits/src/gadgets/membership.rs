//! Merkle paths in an 8-ary tree: 402 + 7 constraints a level.
//!
//! Native counterpart: [`zksensor_model::primitives::merkle`].

use super::{Bit, Gadgets, SynthesisError, sizes};
use zksensor_model::field::Fr;
use zksensor_model::primitives::poseidon::Domain;

/// Children of an inner node.
pub const ARITY: usize = 8;

/// `value` = `set[index]`, where the last multiplication of the selection is the equality: 2^bits - 1 constraints.
///
/// # Errors
/// [`SynthesisError::Size`] if the sizes do not match.
pub fn assert_selected<G: Gadgets>(
    g: &mut G,
    index: &[Bit<G::Var>],
    set: &[G::Var],
    value: &G::Var,
) -> Result<(), SynthesisError> {
    let Some((top, rest)) = index.split_last() else {
        return Err(SynthesisError::Size {
            gadget: "assert_selected",
            wanted: "at least one index bit",
            got: 0,
        });
    };
    if Some(set.len()) != sizes::of_bits(index.len()) {
        return Err(SynthesisError::Size {
            gadget: "assert_selected",
            wanted: "2^bits elements",
            got: set.len(),
        });
    }
    let (low, high) = set.split_at(set.len() / 2);
    let (low, high) = (g.select_index(rest, low)?, g.select_index(rest, high)?);
    let span = g.sub(&high, &low);
    let part = g.sub(value, &low);
    g.assert_product(top.var(), &span, &part)
}

/// The node above `levels` levels of children, each of which holds the node below at the digit that `position` has there.
///
/// `position`: three bits a level, least significant first. `children`: free inputs, eight a level from the leaf up.
///
/// # Errors
/// [`SynthesisError::Size`] if the position does not have three bits a level, or a level not eight children.
pub fn climb_at<G: Gadgets>(
    g: &mut G,
    domain: Domain,
    leaf: &G::Var,
    position: &[Bit<G::Var>],
    children: &[Vec<G::Var>],
) -> Result<G::Var, SynthesisError> {
    if position.len() != 3 * children.len() {
        return Err(SynthesisError::Size {
            gadget: "climb_at",
            wanted: "three position bits a level",
            got: position.len(),
        });
    }
    let mut node = leaf.clone();
    for (level, digit) in children.iter().zip(position.chunks_exact(3)) {
        assert_selected(g, digit, level, &node)?;
        node = hash(g, domain, level)?;
    }
    Ok(node)
}

/// As [`climb_at`] where the position is of no interest: the node below is one of the eight.
///
/// # Errors
/// As the backend's constraints.
pub fn climb<G: Gadgets>(
    g: &mut G,
    domain: Domain,
    leaf: &G::Var,
    children: &[Vec<G::Var>],
) -> Result<G::Var, SynthesisError> {
    let mut node = leaf.clone();
    for level in children {
        g.assert_member(&node, level)?;
        node = hash(g, domain, level)?;
    }
    Ok(node)
}

/// The root above `nodes`, whose number is a power of eight.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of nodes.
pub fn root<G: Gadgets>(g: &mut G, domain: Domain, nodes: &[G::Var]) -> Result<G::Var, SynthesisError> {
    if !nodes.len().is_power_of_two() || nodes.len().ilog2() % ARITY.ilog2() != 0 {
        return Err(SynthesisError::Size {
            gadget: "tree root",
            wanted: "a power of eight nodes",
            got: nodes.len(),
        });
    }
    let mut layer = nodes.to_vec();
    while layer.len() > 1 {
        layer = layer.chunks(ARITY).map(|chunk| hash(g, domain, chunk)).collect::<Result<_, _>>()?;
    }
    Ok(layer.swap_remove(0))
}

/// The children of a path as free inputs, from the leaf up.
///
/// # Errors
/// As [`Gadgets::witness`]; [`SynthesisError::Size`] for the values of another number of levels.
pub fn witness_children<G: Gadgets>(
    g: &mut G,
    levels: usize,
    values: Option<&[[Fr; ARITY]]>,
) -> Result<Vec<Vec<G::Var>>, SynthesisError> {
    if let Some(values) = values.filter(|values| values.len() != levels) {
        return Err(SynthesisError::Size {
            gadget: "witness_children",
            wanted: "the children of every level",
            got: values.len(),
        });
    }
    (0..levels)
        .map(|level| {
            (0..ARITY).map(|child| g.witness("child", values.map(|values| values[level][child]))).collect()
        })
        .collect()
}

/// The Poseidon hash of eight children.
///
/// # Errors
/// [`SynthesisError::Size`] for another number of children.
pub fn hash<G: Gadgets>(g: &mut G, domain: Domain, children: &[G::Var]) -> Result<G::Var, SynthesisError> {
    if children.len() != ARITY {
        return Err(SynthesisError::Size {
            gadget: "tree node",
            wanted: "eight children",
            got: children.len(),
        });
    }
    let children: Vec<&G::Var> = children.iter().collect();
    g.poseidon(domain, &children)
}

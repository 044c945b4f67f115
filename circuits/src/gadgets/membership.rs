//! Merkle paths in an 8-ary tree: 402 + 7 constraints a level.
//!
//! Native counterpart: [`zksensor_model::primitives::merkle`].

use super::{Bit, Gadgets, SynthesisError, sizes};
use zksensor_model::field::Fr;
use zksensor_model::primitives::merkle::{DIGIT_BITS, MAX_DEPTH};
use zksensor_model::primitives::poseidon::Domain;

pub use zksensor_model::primitives::merkle::ARITY;

/// A path from a leaf up: at every level the eight children of the node above.
///
/// The node below is one of the eight, so that it is no variable of its own. Where it stands among them is of no interest to
/// [`Path::climb`]; [`Path::at`] ties it to a position.
#[derive(Debug, Clone)]
pub struct Path<V> {
    levels: Vec<[V; ARITY]>,
}

impl<V: Clone> Path<V> {
    /// The path of so many levels, 1 to 10, by the children of each from the leaf up.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for another number of levels, or a level of not eight children.
    pub fn new(levels: usize, children: Vec<Vec<V>>) -> Result<Self, SynthesisError> {
        assert_levels(levels)?;
        if children.len() != levels {
            return Err(size("the children of every level", children.len()));
        }
        let eight =
            |level: Vec<V>| level.try_into().map_err(|level: Vec<V>| size("eight children", level.len()));
        Ok(Path { levels: children.into_iter().map(eight).collect::<Result<_, _>>()? })
    }

    /// The path of so many levels, 1 to 10, as free inputs from the leaf up.
    ///
    /// # Errors
    /// As [`Gadgets::witness`]; [`SynthesisError::Size`] for another number of levels, or values of another.
    pub fn witness<G: Gadgets<Var = V>>(
        g: &mut G,
        levels: usize,
        values: Option<&[[Fr; ARITY]]>,
    ) -> Result<Self, SynthesisError> {
        assert_levels(levels)?;
        if let Some(values) = values.filter(|values| values.len() != levels) {
            return Err(size("the children of every level", values.len()));
        }
        let mut level = |level: usize| -> Result<Vec<V>, SynthesisError> {
            (0..ARITY).map(|child| g.witness("child", values.map(|values| values[level][child]))).collect()
        };
        let children = (0..levels).map(&mut level).collect::<Result<_, _>>()?;
        Path::new(levels, children)
    }

    /// Levels: 1 to 10.
    pub fn levels(&self) -> usize {
        self.levels.len()
    }

    /// Bits of a position of its leaf.
    pub fn position_bits(&self) -> usize {
        DIGIT_BITS * self.levels.len()
    }

    /// The path of the leaf at a position: three bits a level, least significant first.
    ///
    /// # Errors
    /// [`SynthesisError::Size`] for another number of bits.
    pub fn at<'p>(&'p self, position: &'p [Bit<V>]) -> Result<PathAt<'p, V>, SynthesisError> {
        if position.len() != self.position_bits() {
            return Err(size("three position bits a level", position.len()));
        }
        Ok(PathAt { path: self, position })
    }

    /// The node above all levels, each of which has the node below among its children.
    ///
    /// # Errors
    /// As the backend's constraints.
    pub fn climb<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        domain: Domain,
        leaf: &V,
    ) -> Result<V, SynthesisError> {
        let mut node = leaf.clone();
        for level in &self.levels {
            g.assert_member(&node, level)?;
            node = hash(g, domain, level)?;
        }
        Ok(node)
    }
}

/// A [`Path`] whose nodes stand at the digits of a position.
#[derive(Debug)]
pub struct PathAt<'p, V> {
    path: &'p Path<V>,
    position: &'p [Bit<V>],
}

impl<V: Clone> PathAt<'_, V> {
    /// The node above all levels, each of which holds the node below at the digit that the position has there.
    ///
    /// # Errors
    /// As the backend's constraints.
    pub fn climb<G: Gadgets<Var = V>>(
        &self,
        g: &mut G,
        domain: Domain,
        leaf: &V,
    ) -> Result<V, SynthesisError> {
        let mut node = leaf.clone();
        for (level, digit) in self.path.levels.iter().zip(self.position.chunks_exact(DIGIT_BITS)) {
            assert_selected(g, digit, level, &node)?;
            node = hash(g, domain, level)?;
        }
        Ok(node)
    }
}

fn assert_levels(levels: usize) -> Result<(), SynthesisError> {
    if (1..=MAX_DEPTH).contains(&levels) { Ok(()) } else { Err(size("1 to 10 levels", levels)) }
}

fn size(wanted: &'static str, got: usize) -> SynthesisError {
    SynthesisError::Size { gadget: "path", wanted, got }
}

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

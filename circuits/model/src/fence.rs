//! Geofences: integer triangles, and the Merkle root that a policy commits to.
//!
//! A location is inside a [`Fence`] when it lies in one of its triangles; the boundary is inside. Each triangle packs into
//! one field element, which is a leaf of an 8-ary Poseidon tree of depth 4: 4,096 leaves, those after the last triangle
//! being triangle 0 again. One fence has one root, whatever number of triangles a circuit is shaped for. An all-zero
//! padding would not do: the half-plane tests of a triangle without area hold at points far outside.
//!
//! `zksensor-io` makes a fence of an outline, as GeoJSON, KML and others have it: the same one, however the outline is written.
//! Another triangulation of the same area is another fence, so that a policy is published with its triangles.
//!
//! ```
//! use zksensor_model::fence::{Fence, Triangle};
//! use zksensor_model::reading::Location;
//! let south_east = Triangle::try_from([[0, 0], [0, 100], [100, 100]])?;
//! let north_west = Triangle::try_from([[0, 0], [100, 100], [100, 0]])?;
//! let fence = Fence::new(vec![south_east, north_west])?;
//! let here = Location::from_e7(70, 30)?;
//! assert_eq!(fence.locate(&here), Some(1));
//! assert!(fence.root().admits(&north_west, 1, &fence.path(1).expect("two triangles")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::element::element_types;
use crate::field::Fr;
use crate::primitives::merkle::{self, ARITY, MerklePath, SparseTree};
use crate::primitives::poseidon::Domain;
use crate::reading::Location;

mod triangle;

pub use triangle::{COORDINATE_BITS, COORDINATE_OFFSET, Corner, Triangle, TriangleError};

/// Levels of the fence tree between leaf and root.
pub const DEPTH: usize = 4;

/// Leaves of the fence tree, and so the most triangles of a fence: 8^4.
pub const MAX_TRIANGLES: usize = ARITY.pow(DEPTH as u32);

/// The siblings of one triangle up to the root of its fence.
pub type FencePath = MerklePath<DEPTH>;

/// Why triangles are not a fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FenceError {
    /// No triangle at all.
    #[error("expected at least one triangle, got none; a fence without area admits nobody")]
    Empty,
    /// More triangles than the tree, or the circuit's shape, has room for.
    #[error(
        "expected at most {limit} triangles, got {got}; simplify the outline or split the area into several fences"
    )]
    TooManyTriangles {
        /// Triangles that came.
        got: usize,
        /// Triangles that fit.
        limit: usize,
    },
}

/// A list of 1 to [`MAX_TRIANGLES`] triangles. Their order is part of the fence: another order is another root.
///
/// Serialized as the list of its triangles, each three `[latitude, longitude]` pairs of signed integers in units of 1e-7
/// degree; checked again when read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Vec<Triangle>", into = "Vec<Triangle>")]
pub struct Fence {
    triangles: Vec<Triangle>,
}

impl Fence {
    /// The fence of `triangles`, in that order.
    ///
    /// # Errors
    /// [`FenceError::Empty`] or [`FenceError::TooManyTriangles`].
    pub fn new(triangles: Vec<Triangle>) -> Result<Self, FenceError> {
        match triangles.len() {
            0 => Err(FenceError::Empty),
            1..=MAX_TRIANGLES => Ok(Self { triangles }),
            found => Err(FenceError::TooManyTriangles { got: found, limit: MAX_TRIANGLES }),
        }
    }

    /// The same as [`Fence::new`], named so that it is seen where triangles are [`Triangle::insecure_unchecked`]: hostile
    /// test vectors for circuits.
    ///
    /// # Security
    /// Triangles without area or clockwise ones admit locations outside. The root of such a fence must never get into a
    /// policy that anybody relies on.
    ///
    /// # Errors
    /// [`FenceError::Empty`] or [`FenceError::TooManyTriangles`].
    pub fn insecure_from_triangles(triangles: Vec<Triangle>) -> Result<Self, FenceError> {
        Self::new(triangles)
    }

    /// The triangles, in leaf order: 1 to [`MAX_TRIANGLES`].
    pub fn triangles(&self) -> &[Triangle] {
        &self.triangles
    }

    /// The index of the first triangle that holds `location`, boundary included; `None` if it is outside.
    pub fn locate(&self, location: &Location) -> Option<usize> {
        self.triangles.iter().position(|triangle| triangle.contains(location))
    }

    /// The root of the fence tree.
    pub fn root(&self) -> FenceRoot {
        fold(&self.leaves())
    }

    /// The path of triangle `index`, or `None` if there are not so many.
    pub fn path(&self, index: usize) -> Option<FencePath> {
        let leaves = self.leaves();
        let position = u32::try_from(index).ok().filter(|_| index < leaves.len())?;
        let mut tree = SparseTree::<DEPTH>::new(Domain::Fence, leaves[0]);
        tree.set_all((0u32..).zip(leaves));
        Some(tree.path(position))
    }

    /// Exactly `count` triangles, for a circuit of that shape: the fence's own, then triangle 0 again.
    ///
    /// # Errors
    /// [`FenceError::TooManyTriangles`] if the fence has more than `count`.
    pub fn padded(&self, count: usize) -> Result<Vec<Triangle>, FenceError> {
        if self.triangles.len() > count {
            return Err(FenceError::TooManyTriangles { got: self.triangles.len(), limit: count });
        }
        let mut triangles = self.triangles.clone();
        triangles.resize(count, self.triangles[0]);
        Ok(triangles)
    }

    fn leaves(&self) -> Vec<Fr> {
        self.triangles.iter().map(Triangle::pack).collect()
    }
}

impl TryFrom<Vec<Triangle>> for Fence {
    type Error = FenceError;

    fn try_from(triangles: Vec<Triangle>) -> Result<Self, FenceError> {
        Self::new(triangles)
    }
}

impl From<Fence> for Vec<Triangle> {
    fn from(fence: Fence) -> Self {
        fence.triangles
    }
}

/// The nodes that stand for nothing but padding: pad_0 = `first`, the packed triangle 0, and pad_{k+1} is the hash of eight
/// pad_k. Element k belongs to level k; element [`DEPTH`] is the root of a fence that is triangle 0 alone.
pub fn padding_nodes(first: Fr) -> [Fr; DEPTH + 1] {
    let mut nodes = [first; DEPTH + 1];
    for level in 0..DEPTH {
        nodes[level + 1] = merkle::node_hash(Domain::Fence, &[nodes[level]; ARITY]);
    }
    nodes
}

/// The root over `leaves`, packed triangles, as a circuit of that many triangles computes it: each level is completed to
/// whole nodes with the padding of that level, and only nodes above a leaf are hashed. Repeating the first leaf at the end
/// does not change the root.
///
/// # Panics
/// If `leaves` are not 1 to [`MAX_TRIANGLES`]: their number is fixed by a [`Fence`] or by a circuit's shape.
pub fn fold(leaves: &[Fr]) -> FenceRoot {
    assert!(
        (1..=MAX_TRIANGLES).contains(&leaves.len()),
        "a fence has 1 to {MAX_TRIANGLES} leaves, got {}",
        leaves.len()
    );
    let padding = padding_nodes(leaves[0]);
    let root = padding[..DEPTH].iter().fold(leaves.to_vec(), |level, pad| {
        let parents = level.chunks(ARITY).map(|children| {
            let mut node = [*pad; ARITY];
            node[..children.len()].copy_from_slice(children);
            merkle::node_hash(Domain::Fence, &node)
        });
        parents.collect()
    });
    FenceRoot(root[0])
}

element_types! {
    /// The root of a fence tree: what a policy commits to.
    pub struct FenceRoot;
}

impl FenceRoot {
    /// Whether `path` shows that `triangle` is leaf `index` under this root.
    pub fn admits(&self, triangle: &Triangle, index: usize, path: &FencePath) -> bool {
        let position = u32::try_from(index).ok().filter(|_| index < MAX_TRIANGLES);
        position.is_some_and(|position| path.root(Domain::Fence, triangle.pack(), position) == self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::primitives::poseidon;
    use alloc::vec;

    /// `count` small triangles side by side.
    fn strip(count: i32) -> Fence {
        let triangle =
            |step: i32| Triangle::try_from([[0, 10 * step], [0, 10 * step + 9], [9, 10 * step]]).unwrap();
        Fence::new((0..count).map(triangle).collect()).unwrap()
    }

    fn naive_root(mut level: Vec<Fr>) -> Fr {
        while level.len() > 1 {
            level = level.chunks(8).map(|children| poseidon::hash(Domain::Fence, children)).collect();
        }
        level[0]
    }

    #[test]
    fn the_root_is_that_of_4096_leaves_and_does_not_depend_on_the_shape() {
        for count in [1, 2, 8, 9, 65] {
            let fence = strip(count);
            let all: Vec<Fr> = fence.padded(MAX_TRIANGLES).unwrap().iter().map(Triangle::pack).collect();
            let root = fence.root();
            assert_eq!(root.to_field(), naive_root(all.clone()), "{count} triangles");
            for shape in [count as usize, 66, 256] {
                assert_eq!(fold(&all[..shape]), root, "{count} triangles in a shape of {shape}");
            }
        }
        let alone = strip(1);
        assert_eq!(padding_nodes(alone.triangles()[0].pack())[DEPTH], alone.root().to_field());
    }

    #[test]
    fn paths_lead_to_the_root_and_to_nothing_else() {
        let fence = strip(70);
        let root = fence.root();
        for index in [0, 7, 8, 64, 69] {
            let path = fence.path(index).unwrap();
            let triangle = fence.triangles()[index];
            assert!(root.admits(&triangle, index, &path));
            assert!(!root.admits(&triangle, index ^ 1, &path));
            assert!(!root.admits(&triangle, index + MAX_TRIANGLES, &path));
            assert!(!root.admits(&fence.triangles()[index ^ 1], index, &path));
            assert!(!strip(69).root().admits(&triangle, index, &path));
        }
        assert_eq!(fence.path(70), None);
        for count in [1, 8, 9, 64, 65, 512, 4088, 4096] {
            let (fence, last) = (strip(count), count as usize - 1);
            for index in [0, last] {
                let (triangle, path) = (fence.triangles()[index], fence.path(index).unwrap());
                assert!(fence.root().admits(&triangle, index, &path), "{index} of {count}");
            }
            assert_eq!(fence.path(last + 1), None);
        }
    }

    #[test]
    fn order_and_number_of_triangles_are_part_of_the_root() {
        let fence = strip(5);
        let mut reversed = fence.triangles().to_vec();
        reversed.reverse();
        assert_ne!(Fence::new(reversed).unwrap().root(), fence.root());
        assert_eq!(Fence::new(Vec::new()), Err(FenceError::Empty));
        let many = vec![fence.triangles()[0]; MAX_TRIANGLES + 1];
        assert_eq!(Fence::new(many), Err(FenceError::TooManyTriangles { got: 4097, limit: 4096 }));
        assert_eq!(fence.padded(4), Err(FenceError::TooManyTriangles { got: 5, limit: 4 }));
        assert_eq!(fence.padded(7).unwrap()[5..], [fence.triangles()[0]; 2]);
    }

    #[test]
    fn a_fence_is_checked_when_it_is_read() {
        let fence = strip(2);
        let json = serde_json::to_string(&fence).unwrap();
        assert_eq!(json, "[[[0,0],[0,9],[9,0]],[[0,10],[0,19],[9,10]]]");
        assert_eq!(serde_json::from_str::<Fence>(&json).unwrap(), fence);
        for hostile in
            ["[]", "[[[0,0],[9,0],[0,9]]]", "[[[0,0],[0,0],[0,0]]]", "[[[0,0],[0,1800000001],[9,0]]]"]
        {
            assert!(serde_json::from_str::<Fence>(hostile).is_err(), "{hostile}");
        }
        let root = fence.root();
        assert_eq!(serde_json::from_str::<FenceRoot>(&serde_json::to_string(&root).unwrap()).unwrap(), root);
        assert!("0xff".parse::<FenceRoot>().is_err());
    }

    #[test]
    fn triangles_without_area_show_why_none_may_exist() {
        let nowhere = Corner { latitude: 0, longitude: 0 };
        let triangle = Triangle::insecure_unchecked(nowhere, nowhere, nowhere);
        let fence = Fence::insecure_from_triangles(vec![triangle]).unwrap();
        assert_eq!(fence.locate(&Location::from_e7(480_000_000, 110_000_000).unwrap()), Some(0));
    }
}

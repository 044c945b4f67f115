//! Eight triangles of a fence of up to 4,096, opened once for all samples.
//!
//! They are under two branches of the fence tree, nodes of its second level with 64 triangles below each, four under each branch:
//! fourteen hashes instead of the thirty-two of eight paths. A fence of up to 64 triangles has one such node, and both branches are it.

use zeroize::Zeroize;

use crate::gadgets::fence::HalfPlanes;
use crate::gadgets::membership::{self, Path};
use crate::gadgets::{Gadgets, SynthesisError};
use crate::statement::one::InFence;
use zksensor_model::fence::{DEPTH, Fence, FenceRoot};
use zksensor_model::field::Fr;
use zksensor_model::primitives::merkle::{ARITY, DIGIT_BITS};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::Location;

/// Triangles that the samples of a frame may lie in.
pub const PLACES: usize = 8;

/// Nodes of the second level that they are under.
pub(super) const BRANCHES: usize = 2;

/// Triangles of a branch.
pub(super) const A_BRANCH: usize = PLACES / BRANCHES;

/// Levels of the tree above a branch.
const ABOVE: usize = DEPTH - 2;

/// Eight triangles of a fence, some of them more than once where it has fewer. Its `Debug` shows nothing of them.
#[derive(Clone)]
pub struct Places {
    /// The triangles: the first four of one branch, the others of one, too.
    pub triangles: [InFence; PLACES],
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places(..)")
    }
}

/// The branch of a triangle.
fn branch_of(index: usize) -> usize {
    index >> (2 * DIGIT_BITS)
}

impl Places {
    /// Those that hold the most of these locations.
    pub fn of<'l>(fence: &Fence, locations: impl IntoIterator<Item = &'l Location>) -> Places {
        let mut held = vec![0usize; fence.triangles().len()];
        locations
            .into_iter()
            .filter_map(|location| fence.locate(location))
            .for_each(|index| held[index] += 1);
        // Triangles of each branch, the fullest first.
        let branches = branch_of(held.len() - 1) + 1;
        let mut of_branch = vec![Vec::new(); branches];
        (0..held.len()).for_each(|index| of_branch[branch_of(index)].push(index));
        of_branch.iter_mut().for_each(|of| of.sort_by_key(|index| std::cmp::Reverse(held[*index])));
        let sum = |of: &[usize]| of.iter().map(|index| held[*index]).sum::<usize>();
        let pairs = (0..branches).flat_map(|one| (one..branches).map(move |other| (one, other)));
        let parts = |(one, other): (usize, usize)| {
            let first = of_branch[one].chunks(A_BRANCH).next().unwrap_or_default();
            let second = if one == other {
                of_branch[one].chunks(A_BRANCH).nth(1).unwrap_or(first)
            } else {
                of_branch[other].chunks(A_BRANCH).next().unwrap_or_default()
            };
            (first, second)
        };
        // The first of those that hold as many.
        let best = pairs.min_by_key(|pair| {
            let (first, second) = parts(*pair);
            std::cmp::Reverse(if first == second { sum(first) } else { sum(first) + sum(second) })
        });
        let (first, second) = parts(best.expect("a fence has a triangle"));
        let index = |place: usize| {
            let part = if place < A_BRANCH { first } else { second };
            part[(place % A_BRANCH).min(part.len() - 1)]
        };
        Places { triangles: std::array::from_fn(|place| InFence::at(fence, index(place))) }
    }

    /// The first of the eight that holds the location.
    pub fn locate(&self, location: &Location) -> Option<usize> {
        self.triangles.iter().position(|place| place.triangle.contains(location))
    }

    /// Whether they are of the fence with this root, each four of a branch.
    pub(super) fn are_of(&self, fence: &FenceRoot) -> bool {
        self.triangles.chunks(A_BRANCH).all(|branch| {
            let of = branch_of(branch[0].index as usize);
            branch.iter().all(|InFence { triangle, index, path }| {
                branch_of(*index as usize) == of && fence.admits(triangle, *index as usize, path)
            })
        })
    }
}

/// The half planes of eight triangles of the fence with this root.
pub(super) fn open<G: Gadgets>(
    g: &mut G,
    fence_root: &G::Var,
    values: Option<&PlaceValues>,
) -> Result<Vec<HalfPlanes<G::Var>>, SynthesisError> {
    let mut planes = Vec::with_capacity(PLACES);
    for branch in 0..BRANCHES {
        let branch = values.map(|values| &values.branches[branch]);
        let nodes = (0..ARITY)
            .map(|node| g.witness("branch node", branch.map(|branch| branch.nodes[node])))
            .collect::<Result<Vec<_>, _>>()?;
        let top = membership::hash(g, Domain::Fence, &nodes)?;
        let path = Path::witness(g, ABOVE, branch.map(|branch| &branch.above[..]))?;
        let root = g.scope("path", |g| path.climb(g, Domain::Fence, &top))?;
        g.assert_equal(&root, fence_root)?;
        for place in 0..A_BRANCH {
            let place = branch.map(|branch| &branch.places[place]);
            let triangle = g.witness("place", place.map(|place| place.triangle))?;
            let group = Path::witness(g, 1, place.map(|place| std::slice::from_ref(&place.group)))?;
            let node = g.scope("group", |g| group.climb(g, Domain::Fence, &triangle))?;
            g.assert_member(&node, &nodes)?;
            planes.push(HalfPlanes::of(g, &triangle)?);
        }
    }
    Ok(planes)
}

/// The triangles with what opens them.
pub(super) struct PlaceValues {
    branches: [Branch; BRANCHES],
}

struct Branch {
    /// Children of the branch's node.
    nodes: [Fr; ARITY],
    above: [[Fr; ARITY]; ABOVE],
    places: [Place; A_BRANCH],
}

struct Place {
    triangle: Fr,
    /// The eight triangles of which it is one.
    group: [Fr; ARITY],
}

impl PlaceValues {
    pub(super) fn new(places: &Places) -> Self {
        let levels = |place: &InFence| -> [[Fr; ARITY]; DEPTH] {
            place.path.levels(Domain::Fence, place.triangle.pack(), place.index)
        };
        let branch = |branch: usize| {
            let of = &places.triangles[branch * A_BRANCH..][..A_BRANCH];
            let [_, nodes, above @ ..] = levels(&of[0]);
            let place = |place: usize| {
                let [group, ..] = levels(&of[place]);
                Place { triangle: of[place].triangle.pack(), group }
            };
            Branch { nodes, above, places: std::array::from_fn(place) }
        };
        PlaceValues { branches: std::array::from_fn(branch) }
    }
}

impl Drop for PlaceValues {
    fn drop(&mut self) {
        for Branch { nodes, above, places } in &mut self.branches {
            nodes.iter_mut().chain(above.as_flattened_mut()).for_each(Zeroize::zeroize);
            for Place { triangle, group } in places {
                group.iter_mut().chain([triangle]).for_each(Zeroize::zeroize);
            }
        }
    }
}

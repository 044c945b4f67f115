//! The outline of a fence that is known as triangles.

use std::collections::{BTreeMap, BTreeSet};

use zksensor_model::fence::{Corner, Fence};

/// A closed line along edges that belong to one triangle, the area on its left.
pub(in super::super) struct Loop(Vec<Corner>);

impl Loop {
    /// Its corners, each once.
    pub(in super::super) fn corners(&self) -> Vec<Corner> {
        self.0.clone()
    }

    /// Whether it goes around something that is not in the fence: clockwise.
    pub(in super::super) fn is_hole(&self) -> bool {
        self.doubled_area() < 0
    }

    /// Twice the area inside, negative if it is clockwise.
    fn doubled_area(&self) -> i128 {
        let next = self.0.iter().cycle().skip(1);
        let cross = |(a, b): (&Corner, &Corner)| {
            i128::from(a.longitude) * i128::from(b.latitude)
                - i128::from(b.longitude) * i128::from(a.latitude)
        };
        self.0.iter().zip(next).map(cross).sum()
    }
}

/// The loops of a fence. Where the corner of one triangle lies on the edge of another, the edges there do not match, and what
/// they leave is a loop without area: it is not part of the outline.
pub(in super::super) fn loops(fence: &Fence) -> Vec<Loop> {
    let edges: BTreeSet<(Corner, Corner)> = fence
        .triangles()
        .iter()
        .flat_map(|triangle| {
            let [a, b, c] = triangle.corners();
            [(a, b), (b, c), (c, a)]
        })
        .collect();
    let mut onward: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for (from, to) in &edges {
        if !edges.contains(&(*to, *from)) {
            onward.entry(*from).or_default().push(*to);
        }
    }
    let mut loops = Vec::new();
    while let Some(start) = onward.keys().next().copied() {
        let mut corners = vec![start];
        let mut at = start;
        while let Some(to) = step(&mut onward, at) {
            if to == start {
                break;
            }
            corners.push(to);
            at = to;
        }
        loops.push(Loop(corners));
    }
    loops.retain(|ring| ring.doubled_area() != 0);
    loops
}

/// Takes an edge that begins at `from`.
fn step(onward: &mut BTreeMap<Corner, Vec<Corner>>, from: Corner) -> Option<Corner> {
    let ends = onward.get_mut(&from)?;
    let to = ends.pop();
    if ends.is_empty() {
        onward.remove(&from);
    }
    to
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::fence::Triangle;
    use zksensor_testkit::FENCE_GEOJSON;

    #[test]
    fn an_l_with_a_hole_has_an_outline_of_six_corners_and_a_hole_of_four() {
        let loops = loops(&crate::fence::from_geojson(FENCE_GEOJSON).unwrap());
        let mut found: Vec<(usize, bool)> =
            loops.iter().map(|ring| (ring.corners().len(), ring.is_hole())).collect();
        found.sort_unstable();
        assert_eq!(found, [(4, true), (6, false)]);
    }

    #[test]
    fn edges_that_meet_in_the_middle_are_inside() {
        // A square of two triangles below, and above it three that share the middle of its edge.
        let triangle = |corners: [[i32; 2]; 3]| Triangle::try_from(corners).unwrap();
        let fence = Fence::new(vec![
            triangle([[0, 0], [0, 20], [20, 20]]),
            triangle([[0, 0], [20, 20], [20, 0]]),
            triangle([[20, 0], [20, 10], [40, 0]]),
            triangle([[20, 10], [40, 20], [40, 0]]),
            triangle([[20, 10], [20, 20], [40, 20]]),
        ])
        .unwrap();
        let loops = loops(&fence);
        let areas: Vec<i128> = loops.iter().map(Loop::doubled_area).collect();
        assert_eq!(areas, [2 * 20 * 40]);
    }
}

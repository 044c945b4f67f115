//! Whether two fences have common area, exactly.

use zksensor::model::fence::{Fence, Triangle};
use zksensor::model::reading::Location;

/// Whether the fences have common area; common borders are none.
pub(super) fn overlap(fence: &Fence, other: &Fence) -> bool {
    let pairs = fence.triangles().iter().flat_map(|a| other.triangles().iter().map(move |b| (a, b)));
    pairs.into_iter().any(|(a, b)| !separated(a, b) && !separated(b, a))
}

/// Whether an edge of `a` has all of `b` on its outer side. Of two convex shapes without common area, one has such an edge.
fn separated(a: &Triangle, b: &Triangle) -> bool {
    let planes = b.corners().map(|corner| {
        let (latitude, longitude) = corner.signed();
        let corner = Location::from_e7(latitude, longitude).expect("a corner of a fence is on the Earth");
        a.half_planes(&corner)
    });
    (0..3).any(|edge| planes.iter().all(|plane| plane[edge] <= 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(west: i32, south: i32, size: i32) -> Fence {
        let (east, north) = (west + size, south + size);
        zksensor::io::fence::from_geojson(&format!(
            r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
        ))
        .unwrap()
    }

    #[test]
    fn common_area_is_found_and_common_borders_are_none() {
        let fence = square(0, 0, 10);
        for (other, wanted) in [
            (square(0, 0, 10), true),
            (square(4, 4, 1), true),
            (square(9, 9, 5), true),
            (square(10, 0, 10), false),
            (square(10, 10, 2), false),
            (square(20, 20, 2), false),
        ] {
            assert_eq!((overlap(&fence, &other), overlap(&other, &fence)), (wanted, wanted));
        }
    }
}

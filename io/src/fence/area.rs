//! Polygons in degrees to the triangles of a fence: what every format of outlines goes through.

use super::outline::Outline;
use super::plane::Point;
use super::position::ReadPosition;
use super::{Corner, Fence, OutlineError, Triangle, tiling};

/// The most vertices of a document, closing ones included: about four for each triangle that a fence can have. Checks take
/// quadratic time at worst.
pub const MAX_VERTICES: usize = 16_384;

/// The polygons of a feature: each a shell and its holes, each of these the positions of a ring.
pub(super) type Polygons = Vec<Vec<Vec<ReadPosition>>>;

/// The union of features. Each is exact by itself; they may overlap each other.
///
/// The triangles are in ascending order, so that one area has one root: neither the order of features and polygons nor the
/// way that rings are written is part of it.
pub(super) fn unite(features: Vec<Polygons>) -> Result<Fence, OutlineError> {
    let found = features.iter().flatten().flatten().map(Vec::len).sum();
    if found > MAX_VERTICES {
        return Err(OutlineError::TooManyVertices { got: found, limit: MAX_VERTICES });
    }
    let (mut triangles, count) = (Vec::new(), features.len());
    for (index, polygons) in features.into_iter().enumerate() {
        let fence = fence_of(polygons).map_err(|error| in_feature(error, index, count))?;
        triangles.extend(Vec::from(fence));
    }
    triangles.sort_unstable_by_key(Triangle::corners);
    Ok(Fence::new(triangles)?)
}

/// `error` with the index of the feature, if there are several.
pub(super) fn in_feature(error: OutlineError, feature: usize, features: usize) -> OutlineError {
    if features == 1 { error } else { OutlineError::Feature { feature, source: Box::new(error) } }
}

fn fence_of(polygons: Polygons) -> Result<Fence, OutlineError> {
    let mut tiles = Vec::new();
    for (polygon, rings) in polygons.into_iter().enumerate() {
        let outline = Outline::new(polygon, rings)?;
        let tiling = tiling::triangulate(&outline.rings).ok_or(OutlineError::NoTiling { polygon })?;
        tiles.extend(tiling.into_iter().map(|tile| (outline.polygon, tile)));
    }
    let fence = Fence::new(tiles.iter().map(|(_, tile)| triangle(*tile)).collect())?;
    tiling::refuse_overlaps(&tiles)?;
    Ok(fence)
}

/// The triangle of a tile, from its least corner.
fn triangle(tile: [Point; 3]) -> Triangle {
    let unit = |value: i64| i32::try_from(value).expect("checked coordinates are at most 1.8e9 units");
    let mut corners = tile.map(|point| Corner::from_signed(unit(point.y), unit(point.x)));
    let least = (0..3).min_by_key(|index| corners[*index]).expect("a triangle has corners");
    corners.rotate_left(least);
    let [a, b, c] = corners;
    Triangle::new(a, b, c).expect("tiles are counter-clockwise, their corners in range")
}

//! Outlines that are fences: what they hold is compared with the definition.

use proptest::prelude::*;

use super::super::ears;
use super::super::outline::Outline;
use super::super::plane::{self, Bounds, Point, Side};
use super::super::{Corner, FenceError, VertexPath, tiling};
use super::*;
use crate::real_data;
use zksensor_model::reading::Location;

mod features;
mod refused;
mod written;

type Ring<'a> = &'a [(i64, i64)];

/// A MultiPolygon of rings in units of 1e-7 degree, closed here.
fn document(polygons: &[&[Ring]]) -> String {
    let degrees = |units: i64| {
        format!(
            "{}{}.{:07}",
            if units < 0 { "-" } else { "" },
            units.abs() / 10_000_000,
            units.abs() % 10_000_000
        )
    };
    let position = |(x, y): &(i64, i64)| format!("[{},{}]", degrees(*x), degrees(*y));
    let ring = |ring: &Ring| {
        let positions: Vec<String> = ring.iter().chain(ring.first()).map(position).collect();
        format!("[{}]", positions.join(","))
    };
    let polygon = |rings: &&[Ring]| format!("[{}]", rings.iter().map(ring).collect::<Vec<_>>().join(","));
    let coordinates = polygons.iter().map(polygon).collect::<Vec<_>>().join(",");
    format!(r#"{{"type":"MultiPolygon","coordinates":[{coordinates}]}}"#)
}

fn fence(polygons: &[&[Ring]]) -> Result<Fence, OutlineError> {
    crate::fence::from_geojson(&document(polygons))
}

fn place(polygon: usize, ring: usize, vertex: usize) -> VertexPath {
    VertexPath { polygon, ring, vertex }
}

fn outlines(text: &str) -> Vec<Outline> {
    let features = polygons(text, None).unwrap();
    let outlines = features.into_iter().flat_map(|polygons| {
        let polygons = polygons.into_iter().enumerate();
        polygons.map(|(polygon, rings)| Outline::new(polygon, rings).unwrap())
    });
    outlines.collect()
}

/// The definition: inside a shell or on it, and not inside one of its holes.
fn is_inside(outlines: &[Outline], point: Point) -> bool {
    let in_one = |outline: &Outline| {
        let (shell, holes) = outline.rings.split_first().unwrap();
        plane::side(shell, point) != Side::Outside
            && holes.iter().all(|hole| plane::side(hole, point) != Side::Inside)
    };
    outlines.iter().any(in_one)
}

fn located(fence: &Fence, point: Point) -> bool {
    let location =
        Location::from_e7(i32::try_from(point.y).unwrap(), i32::try_from(point.x).unwrap()).unwrap();
    fence.locate(&location).is_some()
}

/// Every vertex and its eight neighbours, and `count` points of a fixed sequence around the outline.
fn probes(outlines: &[Outline], count: u64) -> Vec<Point> {
    let vertices: Vec<Point> = outlines.iter().flat_map(|outline| outline.rings.concat()).collect();
    let around = |vertex: &Point| {
        let (x, y) = (vertex.x, vertex.y);
        (-1..=1).flat_map(move |dx| (-1..=1).map(move |dy| Point { x: x + dx, y: y + dy }))
    };
    let bounds = Bounds::of(&vertices);
    let (width, height) = (bounds.high.x - bounds.low.x + 1, bounds.high.y - bounds.low.y + 1);
    // Multiples of the golden ratio and of the square root of 2, modulo 1: spread evenly.
    let fraction =
        |step: u64, length: i64| ((u128::from(step) * u128::from(length.unsigned_abs())) >> 64) as i64;
    let spread = (1..=count).map(|index| Point {
        x: bounds.low.x + fraction(index.wrapping_mul(0x9E37_79B9_7F4A_7C15), width),
        y: bounds.low.y + fraction(index.wrapping_mul(0x6A09_E667_F3BC_C909), height),
    });
    let in_range = |point: &Point| point.x.abs() <= 1_800_000_000 && point.y.abs() <= 900_000_000;
    vertices.iter().flat_map(around).chain(spread).filter(in_range).collect()
}

/// The fence of a document that must be accepted, after comparing it with the definition point by point and with the exact
/// ear clipping.
fn examined(text: &str) -> Fence {
    let fence = crate::fence::from_geojson(text).unwrap();
    let outlines = outlines(text);
    for point in probes(&outlines, 3000) {
        assert_eq!(located(&fence, point), is_inside(&outlines, point), "{point:?}");
    }
    for outline in &outlines {
        let corners: Vec<_> = outline.rings.iter().map(|ring| tiling::without_flat_vertices(ring)).collect();
        let tiles = ears::clip(&corners).expect("ears are found");
        assert!(tiling::tiles_exactly(&tiles, &outline.rings));
    }
    fence
}

const SQUARE: Ring = &[(0, 0), (90, 0), (90, 90), (0, 90)];
const HOLE: Ring = &[(20, 20), (20, 40), (40, 40), (40, 20)];
const BEYOND: Ring = &[(90, 10), (150, 20), (90, 80)];

#[test]
fn a_concave_outline_with_holes() {
    let shell: Ring =
        &[(0, 0), (100, 0), (100, 100), (60, 100), (60, 30), (50, 25), (40, 30), (40, 100), (0, 100)];
    let holes: [Ring; 3] =
        [&[(5, 5), (15, 5), (10, 15)], &[(70, 50), (70, 60), (90, 55)], &[(20, 50), (30, 90), (25, 90)]];
    let fence = examined(&document(&[&[shell, holes[0], holes[1], holes[2]]]));
    // n + 2 h - 2 triangles: no vertex is flat.
    assert_eq!(fence.triangles().len(), 9 + 9 + 2 * 3 - 2);
}

#[test]
fn polygons_may_share_borders_and_rings_may_touch() {
    examined(&document(&[&[SQUARE], &[BEYOND]]));
    examined(&document(&[&[SQUARE, HOLE], &[HOLE]]));
    let text = document(&[&[SQUARE, &[(0, 50), (30, 40), (30, 60)], HOLE]]);
    let (fence, outlines) = (crate::fence::from_geojson(&text).unwrap(), outlines(&text));
    assert!(
        probes(&outlines, 500).into_iter().all(|point| located(&fence, point) == is_inside(&outlines, point))
    );
}

#[test]
fn orientation_flat_vertices_and_repeated_ones_do_not_matter() {
    let reversed: Vec<(i64, i64)> = SQUARE.iter().rev().copied().collect();
    examined(&document(&[&[&reversed, HOLE]]));
    let repeated: Ring = &[(0, 0), (0, 0), (30, 0), (60, 0), (90, 0), (90, 90), (90, 90), (0, 90), (0, 0)];
    assert_eq!(examined(&document(&[&[repeated]])).triangles().len(), 2);
}

#[test]
fn rounding_is_to_the_nearest_unit() {
    let text = r#"{"type":"Polygon","coordinates":[[[0.00000004,0,17.5],[0.00000106,0],[0,-0.00000056],[-0.00000003,0]]]}"#;
    let corners = crate::fence::from_geojson(text).unwrap().triangles()[0].corners();
    let mut corners = corners.map(Corner::signed);
    corners.sort_unstable();
    assert_eq!(corners, [(-6, 0), (0, 0), (0, 11)]);
}

/// As binary fractions these are on the other side of the tie, or of what they say.
#[test]
fn coordinates_are_what_their_digits_say() {
    let top = |latitude: &str| {
        let text = format!("[[[18.5,47.5],[18.6,47.5],[18.6,{latitude}],[18.5,{latitude}],[18.5,47.5]]]");
        let text = format!(r#"{{"type":"Polygon","coordinates":{text}}}"#);
        let fence = crate::fence::from_geojson(&text).unwrap();
        let wkt = format!("POLYGON((18.5 47.5,18.6 47.5,18.6 {latitude},18.5 {latitude},18.5 47.5))");
        assert_eq!(crate::fence::from_wkt(&wkt).unwrap().root(), fence.root(), "{latitude}");
        fence
            .triangles()
            .iter()
            .flat_map(|triangle| triangle.corners())
            .map(|corner| corner.signed().0)
            .max()
            .unwrap()
    };
    for (latitude, wanted) in [
        ("47.60792305", 476_079_231),
        ("47.607923049999999", 476_079_230),
        ("47.60792304999999999999999999999999999999999999999999", 476_079_230),
        ("4.760792305e1", 476_079_231),
        ("47.6079231", 476_079_231),
    ] {
        assert_eq!(top(latitude), wanted, "{latitude}");
    }
}

#[test]
fn outlines_where_floating_point_fails() {
    // A parallelogram of doubled area 2: every turn is 1, the difference of products of 57 bits.
    let thin: Ring =
        &[(0, 0), (533_880_218, 268_469_571), (883_204_507, 444_132_461), (349_324_289, 175_662_890)];
    let text = document(&[&[thin]]);
    let rings = &outlines(&text)[0].rings;
    assert!(
        !tiling::tiles_exactly(&tiling::earcut(rings), rings),
        "earcut is exact here: look for another outline"
    );
    assert_eq!(examined(&text).triangles().len(), 2);
    // Half the Earth long, and two units wide.
    let (east, north) = (1_799_999_999, 899_999_998);
    examined(&document(&[&[&[(-east, -north), (1, 0), (east, north), (-1, 1)]]]));
}

#[test]
fn real_outlines_are_covered_exactly() {
    for (name, vertices) in
        [("geofence_ZAF_hole_lesotho.geo.json", 94), ("geofence_FJI_antimeridian.geo.json", 18)]
    {
        if let Some(text) = real_data::read(name) {
            let found = examined(&text).triangles().len();
            assert!(found > 10 && found <= vertices, "{name}: {found} triangles");
        }
    }
    if let Some(text) = real_data::read("geofence_louisiana_concave.wkt") {
        let numbers = text.trim().strip_prefix("LINESTRING(").unwrap().strip_suffix(')').unwrap();
        let positions: Vec<String> =
            numbers.split(',').map(|pair| format!("[{}]", pair.trim().replace(' ', ","))).collect();
        let text = format!(r#"{{"type":"Polygon","coordinates":[[{}]]}}"#, positions.join(","));
        let found = examined(&text).triangles().len();
        assert!((1000..1350).contains(&found), "{found} triangles");
    }
}

/// A ring on a small grid: crossings, touches and spikes are the rule.
fn small_ring(most: usize) -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec((0i64..7, 0i64..7), 3..most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    /// What is accepted agrees with the definition on the whole grid.
    #[test]
    fn small_outlines_are_refused_or_right(shell in small_ring(8), hole in small_ring(5), other in small_ring(5)) {
        for polygons in [&[&[&shell[..]][..]][..], &[&[&shell, &hole]], &[&[&shell], &[&other]], &[&[&shell, &hole, &other]]] {
            let text = document(polygons);
            if let Ok(fence) = crate::fence::from_geojson(&text) {
                let outlines = outlines(&text);
                for point in (-1..8).flat_map(|x| (-1..8).map(move |y| Point { x, y })) {
                    prop_assert_eq!(located(&fence, point), is_inside(&outlines, point), "{:?}", point);
                }
            }
        }
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", json in "[\\[\\]{}\",:0-9.e-]{0,80}") {
        let _ = crate::fence::from_geojson(&text);
        let _ = crate::fence::from_geojson(&format!(r#"{{"type":"MultiPolygon","coordinates":{json}}}"#));
    }

    #[test]
    fn damaged_documents_never_panic(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = document(&[&[SQUARE, HOLE], &[BEYOND]]).chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = crate::fence::from_geojson(&text.into_iter().collect::<String>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Star-shaped outlines are simple: all are accepted, however large or jagged. Of less than six corners some have an edge that is more
    /// than half round the Earth, which is refused.
    #[test]
    fn simple_outlines_are_accepted(radii in proptest::collection::vec(0.01f64..1.0, 6..80), size in 1e3f64..8.9e8) {
        let count = radii.len() as f64;
        let spoke = |(index, radius): (usize, &f64)| {
            let angle = std::f64::consts::TAU * index as f64 / count;
            ((angle.cos() * radius * size).round() as i64 * 2, (angle.sin() * radius * size).round() as i64)
        };
        let ring: Vec<(i64, i64)> = radii.iter().enumerate().map(spoke).collect();
        examined(&document(&[&[&ring]]));
    }
}

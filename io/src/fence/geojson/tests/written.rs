//! One area has one root, however its outline is written.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::*;
use zksensor_model::fence::Triangle;

type Rings = Vec<Vec<(i64, i64)>>;

/// The polygons of a document, in units of 1e-7 degree.
fn polygons(text: &str) -> Vec<Rings> {
    let ring = |ring: &Vec<Point>| ring.iter().map(|point| (point.x, point.y)).collect();
    outlines(text).iter().map(|outline| outline.rings.iter().map(ring).collect()).collect()
}

fn written(polygons: &[Rings]) -> String {
    let rings: Vec<Vec<Ring>> =
        polygons.iter().map(|rings| rings.iter().map(Vec::as_slice).collect()).collect();
    document(&rings.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// The same area: rings run another way from another vertex, with repeated and flat vertices; holes and polygons in
/// another order.
fn rewritten(polygons: &[Rings], rng: &mut ChaCha20Rng) -> Vec<Rings> {
    let mut below = |count: usize| (rng.next_u64() % count as u64) as usize;
    let mut polygons = polygons.to_vec();
    for ring in polygons.iter_mut().flatten() {
        let start = below(ring.len());
        ring.rotate_left(start);
        if below(2) == 0 {
            ring.reverse();
        }
        let ((x, y), (next_x, next_y)) = (ring[0], ring[1]);
        if (x + next_x) % 2 == 0 && (y + next_y) % 2 == 0 {
            ring.insert(1, ((x + next_x) / 2, (y + next_y) / 2));
        }
        let again = below(ring.len());
        ring.insert(again, ring[again]);
        // The closing vertex, before the document closes the ring.
        if below(2) == 0 {
            ring.push(ring[0]);
        }
    }
    for rings in &mut polygons {
        for place in (2..rings.len()).rev() {
            rings.swap(place, 1 + below(place));
        }
    }
    for place in (1..polygons.len()).rev() {
        polygons.swap(place, below(place + 1));
    }
    polygons
}

/// Asserts that `count` other ways to write a document are the same fence.
fn assert_one_root(text: &str, count: usize, seed: u64) {
    let (fence, polygons) = (examined(text), polygons(text));
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    for _ in 0..count {
        let again = crate::fence::from_geojson(&written(&rewritten(&polygons, &mut rng))).unwrap();
        assert_eq!((&again, again.root()), (&fence, fence.root()));
    }
    examined(&written(&rewritten(&polygons, &mut rng)));
}

#[test]
fn holes_polygons_and_shared_borders() {
    let shell: Ring =
        &[(0, 0), (100, 0), (100, 100), (60, 100), (60, 30), (50, 25), (40, 30), (40, 100), (0, 100)];
    let holes: [Ring; 3] =
        [&[(6, 6), (16, 6), (10, 16)], &[(70, 50), (70, 60), (90, 56)], &[(20, 50), (30, 90), (26, 90)]];
    assert_one_root(&document(&[&[shell, holes[0], holes[1], holes[2]]]), 50, 1);
    assert_one_root(&document(&[&[SQUARE, HOLE], &[HOLE], &[BEYOND]]), 50, 2);
    // Two holes that touch at the least vertex of both.
    let touching: [Ring; 2] = [&[(20, 50), (40, 52), (40, 60)], &[(20, 50), (40, 40), (40, 48)]];
    assert_one_root(&document(&[&[SQUARE, touching[0], touching[1]]]), 50, 3);
}

#[test]
fn real_outlines() {
    for name in ["geofence_ZAF_hole_lesotho.geo.json", "geofence_FJI_antimeridian.geo.json"] {
        if let Some(text) = real_data::read(name) {
            assert_one_root(&text, 20, 4);
            // The document itself, with its own order and numbers.
            let rounded = crate::fence::from_geojson(&written(&polygons(&text))).unwrap();
            assert_eq!(rounded.root(), crate::fence::from_geojson(&text).unwrap().root());
        }
    }
    if let Some(text) = real_data::read("geofence_rome-rioni.geojson") {
        let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
        let fence = crate::fence::from_geojson(&text).unwrap();
        document["features"].as_array_mut().unwrap().reverse();
        assert_eq!(crate::fence::from_geojson(&document.to_string()).unwrap().root(), fence.root());
    }
    if let Some(text) = real_data::read("geofence_louisiana_concave.wkt") {
        let ring = text.trim().strip_prefix("LINESTRING").unwrap();
        let fence = crate::fence::from_wkt(&format!("POLYGON({ring})")).unwrap();
        let mut positions: Vec<&str> = ring.trim_matches(['(', ')']).split(',').collect();
        positions.pop();
        for start in [1, positions.len() / 2, positions.len() - 1] {
            positions.reverse();
            positions.rotate_left(start);
            let ring = [&positions[..], &positions[..1]].concat().join(",");
            assert_eq!(crate::fence::from_wkt(&format!("POLYGON(({ring}))")).unwrap(), fence);
        }
    }
}

#[test]
fn the_format_and_the_order_of_features_do_not_matter() {
    let feature =
        |ring: Ring| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{}}}"#, document(&[&[ring]]));
    let collection = |features: [String; 3]| {
        let text = format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        crate::fence::from_geojson(&text).unwrap().root()
    };
    let [square, hole, beyond] = [SQUARE, HOLE, BEYOND].map(feature);
    assert_eq!(
        collection([square.clone(), hole.clone(), beyond.clone()]),
        collection([beyond, square, hole])
    );
    let wkt = "POLYGON((0.00009 0.00009, 0.000009 0, 0 0, 0 0.000009, 0.00009 0.00009))";
    let json = document(&[&[&[(0, 0), (90, 0), (900, 900), (0, 90)]]]);
    assert_eq!(crate::fence::from_wkt(wkt).unwrap(), crate::fence::from_geojson(&json).unwrap());
}

/// What is another area is another fence: the vertices alone do not make it.
#[test]
fn other_areas_have_other_roots() {
    let documents = [
        document(&[&[SQUARE]]),
        document(&[&[SQUARE, HOLE]]),
        document(&[&[SQUARE], &[BEYOND]]),
        document(&[&[SQUARE, HOLE], &[HOLE]]),
        document(&[&[&[(0, 0), (90, 0), (90, 90), (1, 90)]]]),
    ];
    let roots: Vec<_> =
        documents.iter().map(|text| crate::fence::from_geojson(text).unwrap().root()).collect();
    assert!((0..roots.len()).all(|index| !roots[..index].contains(&roots[index])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// On a small grid, where rings touch: accepted as the same fence, or refused either way.
    #[test]
    fn small_outlines(shell in small_ring(8), hole in small_ring(5), more in small_ring(5), seed in any::<u64>()) {
        let rings = [shell, hole, more].map(|ring| ring.iter().map(|(x, y)| (2 * x, 2 * y)).collect::<Vec<_>>());
        let [shell, hole, more] = rings;
        for polygons in [
            vec![vec![shell.clone()]],
            vec![vec![shell.clone(), hole.clone(), more.clone()]],
            vec![vec![shell], vec![hole], vec![more]],
        ] {
            let fence = crate::fence::from_geojson(&written(&polygons));
            let again = rewritten(&polygons, &mut ChaCha20Rng::seed_from_u64(seed));
            prop_assert_eq!(crate::fence::from_geojson(&written(&again)).ok(), fence.ok());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Star-shaped outlines with a hole, of every size.
    #[test]
    fn stars(radii in proptest::collection::vec(0.1f64..1.0, 5..80), size in 1e3f64..8.9e8, seed in any::<u64>()) {
        let spoke = |scale: f64| {
            let count = radii.len() as f64;
            move |(index, radius): (usize, &f64)| {
                let angle = std::f64::consts::TAU * index as f64 / count;
                ((angle.cos() * radius * scale).round() as i64 * 2, (angle.sin() * radius * scale).round() as i64)
            }
        };
        let shell: Vec<(i64, i64)> = radii.iter().enumerate().map(spoke(size)).collect();
        let hole: Vec<(i64, i64)> = radii.iter().enumerate().map(spoke(size / 2.0)).collect();
        let polygons = [vec![shell, hole]];
        if let Ok(fence) = crate::fence::from_geojson(&written(&polygons)) {
            let mut rng = ChaCha20Rng::seed_from_u64(seed);
            for _ in 0..3 {
                prop_assert_eq!(&crate::fence::from_geojson(&written(&rewritten(&polygons, &mut rng))).unwrap(), &fence);
            }
        }
    }
}

/// The fleet of the soundness kit, which knows no outlines, has the triangles of its outline written down.
#[test]
fn the_fence_of_the_fleet_is_its_outline() {
    let triangles = zksensor_testkit::FENCE_TRIANGLES.map(|corners| Triangle::try_from(corners).unwrap());
    assert_eq!(from_geojson(zksensor_testkit::FENCE_GEOJSON).unwrap().triangles(), triangles);
}

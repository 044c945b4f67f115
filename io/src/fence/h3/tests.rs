//! What is accepted is compared with what H3 says of places, and with outlines that another implementation of H3 drew.

use std::collections::BTreeSet;

use h3o::{CellIndex, LatLng, Resolution};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use zksensor_model::reading::Location;

use super::super::plane::Bounds;
use super::*;
use crate::fence::{FenceDocument, from_wkt};

mod refused;

/// The seven children of 8828308281fffff.
const FLOWER: [&str; 7] = [
    "89283082803ffff",
    "89283082807ffff",
    "8928308280bffff",
    "8928308280fffff",
    "89283082813ffff",
    "89283082817ffff",
    "8928308281bffff",
];
/// A cell of resolution 8 in Munich.
const MUNICH: &str = "881f8d7a49fffff";

fn cell(text: &str) -> CellIndex {
    text.parse().unwrap()
}

fn list(cells: &[CellIndex]) -> String {
    cells.iter().map(CellIndex::to_string).collect::<Vec<_>>().join("\n")
}

/// The fence of an outline in units of 1e-7 degree.
fn drawn(corners: &[(i64, i64)]) -> Fence {
    let degrees = |units: i64| {
        format!(
            "{}{}.{:07}",
            if units < 0 { "-" } else { "" },
            units.abs() / 10_000_000,
            units.abs() % 10_000_000
        )
    };
    let corners = corners.iter().chain(corners.first());
    let corners: Vec<String> = corners.map(|(x, y)| format!("{} {}", degrees(*x), degrees(*y))).collect();
    from_wkt(&format!("POLYGON(({}))", corners.join(","))).unwrap()
}

/// The corners of an outline: each is one of a triangle.
fn corners(fence: &Fence) -> usize {
    fence.triangles().iter().flat_map(|triangle| triangle.corners()).collect::<BTreeSet<_>>().len()
}

/// Outlines by version 4.5.0 of the Python package `h3`, which calls the C library: `cells_to_h3shape` and
/// `cell_to_boundary`, rounded from the exact values of their doubles.
#[test]
fn outlines_are_those_of_the_c_library() {
    let flower = [
        (-1_224_231_211, 377_763_460),
        (-1_224_241_923, 377_746_633),
        (-1_224_229_327, 377_731_588),
        (-1_224_240_039, 377_714_761),
        (-1_224_227_443, 377_699_715),
        (-1_224_204_135, 377_701_497),
        (-1_224_191_540, 377_686_450),
        (-1_224_168_232, 377_688_231),
        (-1_224_157_519, 377_705_058),
        (-1_224_134_211, 377_706_838),
        (-1_224_123_497, 377_723_665),
        (-1_224_136_092, 377_738_712),
        (-1_224_125_378, 377_755_539),
        (-1_224_137_973, 377_770_585),
        (-1_224_161_284, 377_768_804),
        (-1_224_173_880, 377_783_850),
        (-1_224_197_190, 377_782_069),
        (-1_224_207_902, 377_765_242),
    ];
    assert_eq!(from_h3(&FLOWER.join(" ")).unwrap(), drawn(&flower));
    let hexagon = [
        (115_736_596, 481_407_983),
        (115_717_009, 481_362_892),
        (115_767_272, 481_331_883),
        (115_837_125, 481_345_963),
        (115_856_719, 481_391_053),
        (115_806_454, 481_422_064),
    ];
    assert_eq!(from_h3(MUNICH).unwrap(), drawn(&hexagon));
    // A pentagon of class III has a bend on every side, and a hexagon across an edge of the icosahedron has one.
    let pentagon = [
        (104_019_722, 646_759_243),
        (104_949_495, 646_446_033),
        (105_481_004, 646_379_748),
        (106_465_570, 646_660_424),
        (106_778_423, 646_856_140),
        (106_459_629, 647_343_890),
        (106_120_061, 647_531_563),
        (104_933_671, 647_551_891),
        (104_410_744, 647_471_524),
        (104_001_589, 646_996_208),
    ];
    assert_eq!(from_h3("85080003fffffff").unwrap(), drawn(&pentagon));
    let bent = [
        (1_160_431_865, -9_708_863),
        (1_160_455_510, -9_830_737),
        (1_160_568_431, -9_876_710),
        (1_160_658_317, -9_796_262),
        (1_160_635_267, -9_669_833),
        (1_160_522_333, -9_623_871),
        (1_160_477_396, -9_664_101),
    ];
    assert_eq!(from_h3("87689d88effffff").unwrap(), drawn(&bent));
}

#[test]
fn a_set_is_one_fence_however_it_is_written() {
    let disk: Vec<CellIndex> = cell(MUNICH).grid_disk(3);
    let fence = from_h3(&list(&disk)).unwrap();
    // 12 k + 6 corners, of a ring without a hole.
    assert_eq!((disk.len(), corners(&fence), fence.triangles().len()), (37, 42, 40));
    let mut compacted = disk.clone();
    CellIndex::compact(&mut compacted).unwrap();
    assert_eq!(compacted.len(), 19, "as the C library compacts it");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for _ in 0..20 {
        for cells in [&disk, &compacted] {
            let mut cells = cells.clone();
            // Again, and what lies within another.
            cells.push(cells[rng.next_u32() as usize % cells.len()]);
            cells.push(disk[rng.next_u32() as usize % disk.len()]);
            for place in (1..cells.len()).rev() {
                cells.swap(place, rng.next_u32() as usize % (place + 1));
            }
            assert_eq!(from_h3(&list(&cells)).unwrap().root(), fence.root());
        }
    }
    let words: Vec<String> = disk.iter().map(CellIndex::to_string).collect();
    for text in [
        words.join(","),
        words.join(", "),
        format!("\u{feff}\r\n{}\r\n", words.join("\r\n")),
        words.join(" ").to_uppercase(),
        format!("0x0{}", words.join(" 0x0")),
        format!("[\"{}\"]", words.join("\",\"")),
        format!("\u{feff} [ \"{}\" ]\n", words.join("\" ,\n\"")),
        format!("[\"{}\"]", words.join("\",\"")).replacen("88", "\\u0038\\u0038", 1),
    ] {
        assert_eq!(from_h3(&text).unwrap().root(), fence.root(), "{text}");
        let document = FenceDocument::parse(&text, None).unwrap();
        assert_eq!((document.fence.root(), document.features), (fence.root(), 1));
    }
    assert_eq!(
        FenceDocument::parse(MUNICH, Some("x")),
        Err(OutlineError::NotAFeature { wanted: "x".to_owned() })
    );
}

/// What H3 says of places within and around, except for those nearer to the border than two units and the bulge of an edge.
fn assert_as_h3_says(cells: &[CellIndex], count: u32, seed: u64) -> Fence {
    let fence = from_h3(&list(cells)).unwrap();
    let finest = cells.iter().map(|cell| cell.resolution()).max().unwrap();
    let is_in = |latitude: i64, longitude: i64| {
        let place = LatLng::new(latitude as f64 / 1e7, longitude as f64 / 1e7).unwrap();
        let at = place.to_cell(finest);
        cells.iter().any(|cell| at.parent(cell.resolution()) == Some(*cell))
    };
    let points: Vec<_> = fence
        .triangles()
        .iter()
        .flat_map(|triangle| triangle.corners())
        .map(|corner| {
            let (latitude, longitude) = corner.signed();
            super::super::plane::Point { x: longitude.into(), y: latitude.into() }
        })
        .collect();
    let bounds = Bounds::of(&points);
    let edge = finest.edge_length_m();
    let near = |latitude: i64| {
        let radians = (latitude as f64 / 1e7).to_radians();
        let metres = 0.02 + edge * edge / 5e7 * radians.tan().abs().max(1.0);
        ((metres / 0.0111) as i64 + 1, (metres / 0.0111 / radians.cos()) as i64 + 1)
    };
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut below = |low: i64, high: i64| low + (rng.next_u64() % (high - low + 1) as u64) as i64;
    let (mut inside, mut outside) = (0, 0);
    let (width, height) = (bounds.high.x - bounds.low.x, bounds.high.y - bounds.low.y);
    for index in 0..count {
        // Around a corner, where rounding could tear cells apart, or anywhere.
        let (latitude, longitude) = if index % 3 == 0 {
            let corner = points[index as usize % points.len()];
            (corner.y + below(-60, 60), corner.x + below(-60, 60))
        } else {
            (
                below(bounds.low.y - height / 8, bounds.high.y + height / 8),
                below(bounds.low.x - width / 8, bounds.high.x + width / 8),
            )
        };
        let (north, east) = near(latitude);
        let wanted = is_in(latitude, longitude);
        let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dy, dx)));
        if around.into_iter().any(|(dy, dx)| is_in(latitude + dy * north, longitude + dx * east) != wanted) {
            continue;
        }
        let place =
            Location::from_e7(i32::try_from(latitude).unwrap(), i32::try_from(longitude).unwrap()).unwrap();
        assert_eq!(fence.locate(&place).is_some(), wanted, "{latitude}, {longitude}");
        if wanted { inside += 1 } else { outside += 1 }
    }
    assert!(inside > count / 10 && outside > count / 20, "{inside} inside, {outside} outside, of {count}");
    fence
}

#[test]
fn places_are_in_the_fence_that_are_in_its_cells() {
    assert_as_h3_says(&FLOWER.map(cell), 6000, 1);
    let disk: Vec<CellIndex> = cell(MUNICH).grid_disk(3);
    assert_as_h3_says(&disk, 6000, 2);
    // A parent beside a child of its neighbour, at three resolutions between.
    let child = cell("871f8d44bffffff").center_child(Resolution::Ten).unwrap();
    let mixed = [cell("871f8d44affffff"), child, cell("881f8d7a51fffff")];
    let fence = assert_as_h3_says(&mixed, 6000, 3);
    assert!(corners(&fence) > 100, "the outline of the coarse cell is that of its descendants");
    // The finest cells there are.
    let fine = cell(MUNICH).center_child(Resolution::Fifteen).unwrap();
    assert_as_h3_says(&fine.grid_disk::<Vec<CellIndex>>(2), 3000, 4);
}

#[test]
fn holes_and_islands_in_them() {
    let ring = |cells: &[CellIndex], count| {
        let fence = assert_as_h3_says(cells, 4000, 5);
        assert_eq!(corners(&fence), count);
        fence
    };
    let middle = cell(MUNICH);
    let disk: Vec<CellIndex> = middle.grid_disk(3);
    let rim: Vec<CellIndex> = middle.grid_ring(3);
    // Outside and inside of the rim, and a cell in its middle.
    let alone = ring(&rim, 42 + 30);
    let island = ring(&[&rim[..], &[middle]].concat(), 42 + 30 + 6);
    assert_eq!(alone.triangles().len(), 42 + 30);
    assert_eq!(island.triangles().len(), 42 + 30 + 4);
    // A rim around a rim around a cell: two polygons with a hole each, and one within both.
    let outer: Vec<CellIndex> = middle.grid_ring(6);
    let nested = from_h3(&list(&[&outer[..], &rim, &[middle]].concat())).unwrap();
    assert_eq!(nested.triangles().len(), (78 + 66) + (42 + 30) + 4);
    assert_eq!(corners(&from_h3(&list(&disk)).unwrap()), 42);
}

/// Cells next to each other and further apart: their fences have nothing in common but a border.
#[test]
fn neighbours_share_every_corner_of_their_border() {
    let one = from_h3(MUNICH).unwrap();
    for neighbour in cell(MUNICH).grid_ring::<Vec<CellIndex>>(1) {
        let other = from_h3(&neighbour.to_string()).unwrap();
        let both = from_h3(&list(&[cell(MUNICH), neighbour])).unwrap();
        assert_eq!(corners(&both), 10, "two of twelve corners are the same");
        let of = |fence: &Fence| -> BTreeSet<_> {
            fence.triangles().iter().flat_map(|triangle| triangle.corners()).collect()
        };
        assert_eq!(of(&both), &of(&one) | &of(&other));
    }
}

#[test]
fn pentagons_of_every_resolution() {
    for resolution in 0..16 {
        let resolution = Resolution::try_from(resolution).unwrap();
        for pentagon in resolution.pentagons() {
            let class_three = u8::from(resolution) % 2 == 1;
            match from_h3(&pentagon.to_string()) {
                // Where a bend lies on the line between corners, in the resolution of the fence, it is none.
                Ok(fence) if class_three => assert!((5..=10).contains(&corners(&fence)), "{pentagon}"),
                Ok(fence) => assert_eq!(corners(&fence), 5, "{pentagon}"),
                Err(error) => assert!(error.to_string().contains("one side of the antimeridian"), "{error}"),
            }
            let disk: Vec<CellIndex> = pentagon.grid_disk(2);
            assert_eq!(disk.len(), 16);
            match from_h3(&list(&disk)) {
                Ok(fence) => assert!((25..60).contains(&corners(&fence)), "{pentagon}: {}", corners(&fence)),
                Err(error) => assert!(error.to_string().contains("one side of the antimeridian"), "{error}"),
            }
            if u8::from(resolution) >= 8 && resolution < Resolution::Fourteen {
                assert_as_h3_says(&disk, 600, u64::from(pentagon));
            }
        }
    }
}

/// Every cell of the coarse resolutions has an outline, or is one of those across the antimeridian and at the poles.
#[test]
fn all_coarse_cells() {
    for (resolution, across) in
        [(Resolution::Zero, 8..30), (Resolution::One, 20..60), (Resolution::Two, 60..150)]
    {
        let cells = CellIndex::base_cells().flat_map(|cell| cell.children(resolution));
        let mut refused = 0;
        for cell in cells {
            match from_h3(&cell.to_string()) {
                Ok(fence) => assert!((5..=10).contains(&corners(&fence)), "{cell}"),
                Err(OutlineError::H3(H3Error::Across { cell: named })) => {
                    assert_eq!(named, cell.to_string());
                    refused += 1;
                }
                Err(error) => panic!("{cell}: {error}"),
            }
        }
        assert!(across.contains(&refused), "{refused} of resolution {resolution}");
    }
}

#[test]
fn a_long_list_is_dissolved() {
    // All 16,807 descendants of a cell: their outline is that of the one cell beside a fine one.
    let coarse = cell("861f8d7a7ffffff");
    let fine: Vec<CellIndex> = coarse.children(Resolution::Eleven).collect();
    let fence = from_h3(&list(&fine)).unwrap();
    let away: CellIndex = fine[0]
        .grid_ring::<Vec<CellIndex>>(1)
        .into_iter()
        .find(|cell| cell.parent(Resolution::Six) == Some(coarse))
        .unwrap();
    assert_eq!(
        from_h3(&list(&[coarse, away])).unwrap().triangles().len(),
        4,
        "within another, so that it is none"
    );
    assert!(fence.triangles().len() < 1500, "{}", fence.triangles().len());
    let mut compacted = fine[1..].to_vec();
    CellIndex::compact(&mut compacted).unwrap();
    assert!(compacted.len() < 40);
    assert_eq!(from_h3(&list(&compacted)).unwrap(), from_h3(&list(&fine[1..])).unwrap());
}

use proptest::prelude::*;

use super::super::{FenceDocument, VertexPath};
use super::*;
use crate::real_data;

const SQUARE: &str = "POLYGON((0 0,9 0,9 9,0 9,0 0),(2 2,2 4,4 4,4 2,2 2))";

/// What the same numbers are as GeoJSON.
fn as_geojson(polygon: &str) -> String {
    let rings = polygon.split_once('(').unwrap().1.strip_suffix(')').unwrap();
    let rings = rings.split("),").map(|ring| {
        let positions = ring.trim_matches(['(', ')']).split(',');
        let positions: Vec<String> =
            positions.map(|numbers| format!("[{}]", numbers.trim().replace(' ', ","))).collect();
        format!("[{}]", positions.join(","))
    });
    format!(r#"{{"type":"Polygon","coordinates":[{}]}}"#, rings.collect::<Vec<_>>().join(","))
}

#[test]
fn the_fence_is_that_of_the_same_geojson() {
    let fence = crate::fence::from_geojson(&as_geojson(SQUARE));
    assert!(fence.is_ok());
    for text in [
        SQUARE.to_owned(),
        format!("SRID=4326;{SQUARE}"),
        format!("\n srid = 4326 ;\r\n\t{SQUARE} \n").replace("srid =", "srid="),
        SQUARE.to_lowercase().replace('(', " ( ").replace(',', " ,\n"),
        format!("MULTIPOLYGON(({}))", SQUARE.strip_prefix("POLYGON(").unwrap().strip_suffix(')').unwrap()),
        SQUARE
            .replace("POLYGON", "POLYGON Z")
            .replace(',', " 7,")
            .replace("0 0)", "0 0 -7)")
            .replace("2)", "2 7)")
            .replace(") 7", ")"),
        SQUARE
            .replace("POLYGON", "POLYGONZM")
            .replace(',', " 7 1e3,")
            .replace("0 0)", "0 0 +7 1)")
            .replace("2)", "2 7 1)")
            .replace(") 7 1e3", ")"),
    ] {
        assert_eq!(crate::fence::from_wkt(&text), fence, "{text}");
        assert_eq!(
            FenceDocument::parse(&text, None).map(|document| (document.fence, document.features)),
            fence.clone().map(|fence| (fence, 1))
        );
    }
    let two = "MULTIPOLYGON(((0 0,0.00000106 0,0 1,0 0)),((5 5,6 5,6 6,5 5)))";
    let fence = crate::fence::from_wkt(two).unwrap();
    assert_eq!(fence.triangles().len(), 2);
    assert!(fence.triangles()[0].corners().iter().any(|corner| corner.signed() == (0, 11)), "rounded");
    assert_eq!(
        FenceDocument::parse(two, Some("x")),
        Err(OutlineError::NotAFeature { wanted: "x".to_owned() })
    );
}

#[test]
fn errors_name_the_place_as_with_geojson() {
    let place = |polygon, ring, vertex| VertexPath { polygon, ring, vertex };
    for (text, expected) in [
        (
            "POLYGON((0 0,9 9,9 0,0 9,0 0))",
            OutlineError::SelfCrossing { edge: place(0, 0, 0), other: place(0, 0, 2) },
        ),
        ("POLYGON((0 0,1 0,1 1,0 1))", OutlineError::Unclosed { last: place(0, 0, 3) }),
        ("POLYGON((0 0,1 0,0 0))", OutlineError::TooFewPositions { polygon: 0, ring: 0, got: 3 }),
        ("POLYGON EMPTY", OutlineError::NoRing { polygon: 0 }),
        ("POLYGON(EMPTY)", OutlineError::TooFewPositions { polygon: 0, ring: 0, got: 0 }),
        (
            "POLYGON((179 0,181 0,181 1,179 0))",
            OutlineError::Antimeridian { place: place(0, 0, 1), longitude: "181".to_owned() },
        ),
        ("MULTIPOLYGON(((0 0,1 0,1 1,0 0)),EMPTY)", OutlineError::NoRing { polygon: 1 }),
        ("MULTIPOLYGON EMPTY", OutlineError::Fence(super::super::FenceError::Empty)),
        (
            "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((0 0,1 91,1 1,0 0)))",
            OutlineError::OutOfRange {
                place: place(1, 0, 1),
                latitude: "91".to_owned(),
                longitude: "1".to_owned(),
            },
        ),
        (
            "POLYGON((0 0,1 0,1 1,0 0),(5 5,6 5,6 6,5 5))",
            OutlineError::HoleOutside { vertex: place(0, 1, 0) },
        ),
        (
            "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((0 0,1 0,1 1,0 0)))",
            OutlineError::PolygonsOverlap { polygon: 0, other: 1 },
        ),
        ("SRID=3857;POLYGON((0 0,1 0,1 1,0 0))", OutlineError::Srid { got: "SRID=3857".to_owned() }),
        (
            "SRID=4326",
            OutlineError::NotWkt {
                line: 1,
                column: 10,
                reason: "it begins with none of {, <, an H3 cell, POLYGON and MULTIPOLYGON",
            },
        ),
    ] {
        assert_eq!(crate::fence::from_wkt(text), Err(expected), "{text}");
    }
    assert!(matches!(
        crate::fence::from_wkt("POLYGON((0 0,1 1e999,1 1,0 0))"),
        Err(OutlineError::OutOfRange { .. })
    ));
}

#[test]
fn other_geometries_are_refused_by_name_and_not_read() {
    for (text, found) in [
        ("POINT(1 2)", "POINT"),
        ("linestring z (1 2 3, 4 5 6)", "LINESTRING"),
        ("MULTIPOINTZM EMPTY", "MULTIPOINT"),
        ("SRID=4326;MULTILINESTRING((1 2))", "MULTILINESTRING"),
        ("CURVEPOLYGON(CIRCULARSTRING(0 0))", "CURVEPOLYGON"),
    ] {
        assert_eq!(crate::fence::from_wkt(text), Err(OutlineError::Kind { got: found }), "{text}");
    }
    let deep = "GEOMETRYCOLLECTION(".repeat(100_000);
    assert_eq!(crate::fence::from_wkt(&deep), Err(OutlineError::Kind { got: "GEOMETRYCOLLECTION" }));
    assert!(matches!(crate::fence::from_wkt("POLYGONS((0 0))"), Err(OutlineError::NotWkt { .. })));
}

#[test]
fn what_is_no_wkt_is_refused_with_line_and_column() {
    for (text, line, column, wanted) in [
        ("", 1, 1, "begins with none of"),
        ("\n  hello", 2, 3, "begins with none of"),
        ("POLYGON((0 0,1 0,\n1,0 0))", 2, 1, "a longitude and a latitude"),
        ("POLYGON((0 0,1 0,1 x,0 0))", 1, 18, "a longitude and a latitude"),
        ("POLYGON((0 0 0 0 0,1 0,1 1,0 0))", 1, 10, "a longitude and a latitude"),
        ("POLYGON((0 0,1 0,1 1,0 0)", 1, 26, "expected a closing parenthesis"),
        ("POLYGON((0 0,1 0,1 1,0 0))\n)", 2, 1, "something follows"),
        ("POLYGON((0 0,1 0,1 1,0 0)) POINT(1 2)", 1, 28, "something follows"),
        ("POLYGON((0 0,1 0,1 1,0 0));", 1, 27, "something follows"),
        ("POLYGON((0 0,1 0,1 1,0 0)1 1(0 0))", 1, 26, "a comma before"),
        ("POLYGON)", 1, 1, "a longitude and a latitude"),
        ("POLYGON,", 1, 1, "a longitude and a latitude"),
        ("SRID=4326;\nPOLYGON(0 0,1 0,1 1,0 0)", 2, 9, "a parenthesis before the positions"),
        ("POLYGON((0 0 1,1 0 1,1 1 1,0 0 1))", 1, 10, "two numbers"),
        ("POLYGON Z((0 0 1,1 0,1 1,0 0))", 1, 18, "three numbers"),
        ("polygonzm((0 0 1,1 0,1 1,0 0))", 1, 12, "four numbers"),
        ("POLYGON((0 0,EMPTY,1 1,0 0))", 1, 14, "got EMPTY"),
        ("POLYGON\0((0 0,1 0,1 1,0 0))", 1, 8, "Z, M, ZM or a parenthesis"),
        ("POLYGON X((0 0,1 0,1 1,0 0))", 1, 8, "Z, M, ZM or a parenthesis"),
        ("POLYGON", 1, 8, "a parenthesis after the name"),
        ("POLYGON(((0 0,1 0,1 1,0 0)))", 1, 10, "one more parenthesis"),
        ("POLYGON((0 0,1 0,1 1,0 0),)", 1, 27, "something between"),
        ("POLYGON((0 0,,1 0,1 1,0 0))", 1, 14, "something between"),
        ("POLYGON()", 1, 9, "something between"),
        ("MULTIPOLYGON((0 0,1 0,1 1,0 0))", 1, 15, "a parenthesis before the positions"),
        ("POLYGON((NaN 48.1,11.6 48.1,11.6 48.2,NaN 48.1))", 1, 10, "expected two numbers"),
        ("POLYGON((inf 48.1,11.6 48.1,11.6 48.2,inf 48.1))", 1, 10, "expected two numbers"),
    ] {
        match crate::fence::from_wkt(text) {
            Err(OutlineError::NotWkt { line: at_line, column: at_column, reason }) => {
                assert_eq!((at_line, at_column), (line, column), "{text}: {reason}");
                assert!(reason.contains(wanted), "{text}: {reason}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
    let rings = format!("POLYGON({}(0 0))", "(0 0),".repeat(MAX_RINGS));
    assert!(
        matches!(crate::fence::from_wkt(&rings), Err(OutlineError::NotWkt { reason, .. }) if reason.contains("4,096 rings"))
    );
    assert_eq!(MAX_RINGS, 4096);
    let many = format!("POLYGON(({}0 0))", "0 0,".repeat(MAX_VERTICES));
    let error = OutlineError::TooManyVertices { got: MAX_VERTICES + 1, limit: MAX_VERTICES };
    assert_eq!(crate::fence::from_wkt(&many), Err(error));
}

#[test]
fn a_real_outline_is_the_same_in_both_formats() {
    let Some(text) = real_data::read("geofence_louisiana_concave.wkt") else { return };
    assert_eq!(crate::fence::from_wkt(&text), Err(OutlineError::Kind { got: "LINESTRING" }));
    let polygon = format!("POLYGON({})", text.trim().strip_prefix("LINESTRING").unwrap());
    assert_eq!(polygon.matches(',').count() + 1, 1350);
    let fence = crate::fence::from_wkt(&polygon).unwrap();
    assert_eq!(Ok(&fence), crate::fence::from_geojson(&as_geojson(&polygon)).as_ref());
    assert!((1000..1350).contains(&fence.triangles().len()), "{}", fence.triangles().len());
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,200}", form in "(SRID=4326;)?(MULTI)?POLYGON ?Z?[(), 0-9.eE+-]{0,80}") {
        let _ = crate::fence::from_wkt(&text);
        let _ = crate::fence::from_wkt(&form);
        let _ = FenceDocument::parse(&form, Some("x"));
    }

    #[test]
    fn damaged_outlines_never_panic(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let mut text: Vec<char> = SQUARE.chars().collect();
        let at = at.index(text.len());
        text[at] = with;
        let _ = crate::fence::from_wkt(&text.into_iter().collect::<String>());
    }

    /// Both formats make the same of the same numbers, fence or error.
    #[test]
    fn agrees_with_geojson(
        rings in prop::collection::vec(prop::collection::vec((-2i32..8, -2i32..8), 2..7), 1..3),
    ) {
        let ring = |ring: &Vec<(i32, i32)>| {
            let position = |(x, y): &(i32, i32)| format!("{x} {y}");
            format!("({})", ring.iter().chain(ring.first()).map(position).collect::<Vec<_>>().join(","))
        };
        let text = format!("POLYGON({})", rings.iter().map(ring).collect::<Vec<_>>().join(","));
        prop_assert_eq!(crate::fence::from_wkt(&text), crate::fence::from_geojson(&as_geojson(&text)), "{}", text);
    }
}

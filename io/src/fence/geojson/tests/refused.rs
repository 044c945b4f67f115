//! Documents that are not fences, and what is said about them.

use super::*;

#[test]
fn rings_that_cross_or_touch_themselves_are_refused_by_place() {
    let bow_tie: Ring = &[(0, 0), (90, 90), (90, 0), (0, 90)];
    let cross = OutlineError::SelfCrossing { edge: place(1, 0, 0), other: place(1, 0, 2) };
    assert_eq!(fence(&[&[BEYOND], &[bow_tie]]), Err(cross));
    let spike: Ring = &[(0, 0), (90, 0), (90, 90), (90, 50), (0, 50)];
    let pinched: Ring = &[(0, 0), (50, 50), (90, 0), (90, 90), (50, 50), (0, 90)];
    let along: Ring = &[(0, 0), (90, 0), (90, 50), (60, 0), (30, 0), (0, 50)];
    for ring in [spike, pinched, along] {
        assert!(matches!(fence(&[&[ring]]), Err(OutlineError::SelfTouching { .. })), "{ring:?}");
    }
    let flat: Ring = &[(0, 0), (10, 10), (30, 30), (20, 20)];
    assert_eq!(fence(&[&[flat]]), Err(OutlineError::ZeroArea { first: place(0, 0, 0) }));
    assert_eq!(fence(&[&[SQUARE, &[(5, 5); 3]]]), Err(OutlineError::ZeroArea { first: place(0, 1, 0) }));
}

#[test]
fn holes_outside_across_or_within_holes_are_refused() {
    let far: Ring = &[(200, 0), (210, 0), (210, 10)];
    assert_eq!(fence(&[&[SQUARE, far]]), Err(OutlineError::HoleOutside { vertex: place(0, 1, 0) }));
    let across: Ring = &[(80, 20), (120, 20), (80, 40)];
    assert!(matches!(fence(&[&[SQUARE, across]]), Err(OutlineError::RingsCross { .. })));
    assert!(matches!(fence(&[&[SQUARE, SQUARE]]), Err(OutlineError::RingsCross { .. })));
    let inner: Ring = &[(25, 25), (35, 25), (35, 35)];
    let nested = OutlineError::HoleInHole { vertex: place(0, 2, 0), hole: 1 };
    assert_eq!(fence(&[&[SQUARE, HOLE, inner]]), Err(nested));
    // Every vertex on the shell, every edge outside it: only the exact comparison tells.
    let notched: Ring = &[(0, 0), (30, 40), (60, 0), (60, 100), (30, 60), (0, 100)];
    let outside: Ring = &[(0, 0), (60, 0), (30, 40)];
    assert!(fence(&[&[notched, outside]]).is_err());
    let corners: Ring = &[(0, 0), (30, 60), (60, 0)];
    assert!(fence(&[&[notched, corners]]).is_err());
}

#[test]
fn polygons_that_overlap_are_refused() {
    let overlap = Err(OutlineError::PolygonsOverlap { polygon: 1, other: 2 });
    let far: Ring = &[(200, 0), (210, 0), (210, 10)];
    assert_eq!(fence(&[&[far], &[SQUARE], &[HOLE]]), overlap);
    assert_eq!(fence(&[&[far], &[SQUARE, HOLE], &[&[(25, 25), (50, 25), (30, 35)]]]), overlap);
    assert_eq!(fence(&[&[far], &[SQUARE], &[SQUARE]]), overlap);
}

#[test]
fn poles_and_unsplit_outlines_are_refused() {
    let cap: Ring =
        &[(-1_800_000_000, 600_000_000), (0, 600_000_000), (0, 900_000_000), (-1_800_000_000, 900_000_000)];
    assert_eq!(fence(&[&[cap]]), Err(OutlineError::Pole { place: place(0, 0, 2) }));
    let round_the_pole: Ring =
        &[(-1_790_000_000, 1), (-600_000_000, 1), (600_000_000, 1), (1_790_000_000, 2)];
    assert_eq!(fence(&[&[round_the_pole]]), Err(OutlineError::LongEdge { edge: place(0, 0, 3) }));
    let band: Ring = &[
        (-1_800_000_000, -890_000_000),
        (0, -890_000_000),
        (1_800_000_000, -890_000_000),
        (1_800_000_000, 890_000_000),
        (0, 890_000_000),
        (-1_800_000_000, 890_000_000),
    ];
    examined(&document(&[&[band]]));
}

#[test]
fn rings_of_the_wrong_form_are_refused() {
    let of = |coordinates: &str| {
        crate::fence::from_geojson(&format!(r#"{{"type":"Polygon","coordinates":{coordinates}}}"#))
    };
    assert_eq!(of("[]"), Err(OutlineError::NoRing { polygon: 0 }));
    let few = OutlineError::TooFewPositions { polygon: 0, ring: 0, got: 3 };
    assert_eq!(of("[[[0,0],[1,0],[0,0]]]"), Err(few));
    let open = OutlineError::Unclosed { last: place(0, 0, 3) };
    assert_eq!(of("[[[0,0],[1,0],[1,1],[0,1]]]"), Err(open));
    let (latitude, longitude) = ("91".to_owned(), "1".to_owned());
    let far = OutlineError::OutOfRange { place: place(0, 0, 1), latitude, longitude };
    assert_eq!(of("[[[0,0],[1,91],[1,1],[0,0]]]"), Err(far));
    let message = of("[[[0,0],[-180.00000001,1],[1,1],[0,0]]]").unwrap_err().to_string();
    assert!(message.contains("got -180.00000001; split the polygon at the antimeridian"), "{message}");
    for (coordinates, got) in
        [("[[[0,null],[1,1],[2,3],[0,1]]]", "null"), (r#"[[["0",0],[1,1],[2,3],["0",0]]]"#, r#"\"0\""#)]
    {
        let number = OutlineError::Number { place: place(0, 0, 0), got: got.to_owned() };
        assert_eq!(of(coordinates), Err(number), "{coordinates}");
    }
    assert_eq!(of("[[[0],[1],[2],[0]]]"), Err(OutlineError::ShortPosition { place: place(0, 0, 0) }));
    for (text, column, wanted) in [
        ("[[[0,1e999],[1,1],[2,3],[0,1]]]", 44, "number out of range"),
        ("[[[NaN,0]]]", 38, "expected value"),
        ("[[[0,0],]]", 42, "trailing comma"),
        ("7", 34, "invalid type: integer `7`, expected a sequence"),
        ("{}", 34, "invalid type: map, expected a sequence"),
        ("[[7]]", 36, "expected a position: a list of a longitude and a latitude"),
    ] {
        let Err(OutlineError::NotGeoJson { line, column: at, reason }) = of(text) else {
            panic!("{text}: {:?}", of(text))
        };
        assert!(
            line == 1 && at.abs_diff(column) <= 2 && reason.contains(wanted),
            "{text}: {line}, {at}: {reason}"
        );
    }
    let many = format!("[[{}[0,0]]]", "[0,0],".repeat(MAX_VERTICES));
    assert_eq!(of(&many), Err(OutlineError::TooManyVertices { got: MAX_VERTICES + 1, limit: MAX_VERTICES }));
}

#[test]
fn what_holds_the_geometry() {
    let geometry = document(&[&[SQUARE]]);
    let feature = format!(r#"{{"type":"Feature","properties":null,"geometry":{geometry}}}"#);
    let collection = |features: &str| format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    let expected = crate::fence::from_geojson(&geometry);
    assert_eq!(crate::fence::from_geojson(&feature), expected);
    assert_eq!(crate::fence::from_geojson(&collection(&feature)), expected);
    assert_eq!(crate::fence::from_geojson(&collection("")), Err(OutlineError::NoFeatures));
    let nothing = r#"{"type":"Feature","properties":null,"geometry":null}"#;
    assert_eq!(crate::fence::from_geojson(nothing), Err(OutlineError::NoGeometry));
    let point = r#"{"type":"Point","coordinates":[1,2]}"#;
    assert_eq!(crate::fence::from_geojson(point), Err(OutlineError::Kind { got: "Point" }));
    assert_eq!(fence(&[]), Err(OutlineError::Fence(FenceError::Empty)));
    assert!(matches!(
        crate::fence::from_geojson("{\n\"type\": }"),
        Err(OutlineError::NotGeoJson { line: 2, .. })
    ));
    for (text, wanted) in [
        (r#"{"type":"polygon","coordinates":[]}"#, "spelt so, got `polygon`"),
        (r#"{"coordinates":[]}"#, "with the member `type`, got one without"),
        (r#"["Polygon",[[[0,0],[1,0],[1,1],[0,0]]]]"#, "expected a GeoJSON object, got a list"),
        (r#"{"type":"Feature","geometry":["Polygon",[]]}"#, "expected a GeoJSON object, got a list"),
        (r#"{"type":"Polygon"}"#, "with the member `coordinates`"),
        (r#"{"type":"FeatureCollection"}"#, "with the member `features`"),
        (r#"{"type":"FeatureCollection","features":[{"type":"Polygon"}]}"#, "got `Polygon`"),
        ("{\n\"type\": \"Feature\", \"geometry\":\n 7}", "at line 3, column"),
    ] {
        let message = crate::fence::from_geojson(text).unwrap_err().to_string();
        assert!(message.contains(wanted), "{text}: {message}");
    }
    let twice = geometry.replacen("{", "{\"type\":\"Point\",", 1);
    let message = crate::fence::from_geojson(&twice).unwrap_err().to_string();
    assert_eq!(message, "expected every key of an object once, got `type` again at line 1, column 17");
}

#[test]
fn too_many_triangles_are_refused() {
    // A comb: two triangles for each tooth.
    let teeth = |count: i64| -> Vec<(i64, i64)> {
        let tooth = |index: i64| [(3 * index, 1), (3 * index + 1, 1000 + index), (3 * index + 2, 1)];
        (0..count).flat_map(tooth).chain([(3 * count, 0), (0, 0)]).collect()
    };
    let found = fence(&[&[&teeth(1365)]]).unwrap().triangles().len();
    assert!((4000..=4096).contains(&found), "{found}");
    let more = fence(&[&[&teeth(2100)]]);
    assert!(
        matches!(more, Err(OutlineError::Fence(FenceError::TooManyTriangles { limit: 4096, .. }))),
        "{more:?}"
    );
}

#[test]
fn another_reference_system_is_refused_wherever_it_stands() {
    let crs = |name: &str| format!(r#""crs":{{"type":"name","properties":{{"name":"{name}"}}}}"#);
    let geometry = document(&[&[SQUARE]]);
    let with = |text: &str, name: &str| text.replacen('{', &format!("{{{},", crs(name)), 1);
    let feature = |geometry: &str| format!(r#"{{"type":"Feature","properties":null,"geometry":{geometry}}}"#);
    let collection = |feature: &str| format!(r#"{{"type":"FeatureCollection","features":[{feature}]}}"#);
    let places = |name: &str| {
        [
            with(&geometry, name),
            with(&feature(&geometry), name),
            feature(&with(&geometry, name)),
            with(&collection(&feature(&geometry)), name),
            collection(&with(&feature(&geometry), name)),
            collection(&feature(&with(&geometry, name))),
        ]
    };
    for text in places("urn:ogc:def:crs:OGC:1.3:CRS84") {
        assert_eq!(crate::fence::from_geojson(&text), crate::fence::from_geojson(&geometry), "{text}");
    }
    for text in places("urn:ogc:def:crs:EPSG::4230") {
        let refused = OutlineError::Crs { got: "urn:ogc:def:crs:EPSG::4230".to_owned() };
        assert_eq!(crate::fence::from_geojson(&text), Err(refused), "{text}");
    }
    let null = geometry.replacen('{', "{\"crs\":null,", 1);
    assert!(crate::fence::from_geojson(&null).is_ok());
    let link = geometry.replacen('{', r#"{"crs":{"type":"link","properties":{"href":"x"}},"#, 1);
    assert!(matches!(crate::fence::from_geojson(&link), Err(OutlineError::Crs { .. })));
}

#[test]
fn a_byte_order_mark_is_no_part_of_an_outline() {
    let geometry = document(&[&[SQUARE]]);
    let marked = format!("\u{feff}{geometry}");
    assert_eq!(crate::fence::from_geojson(&marked), crate::fence::from_geojson(&geometry));
    assert_eq!(FenceDocument::parse(&marked, None), FenceDocument::parse(&geometry, None));
    let wkt = "POLYGON((0 0,1 0,1 1,0 0))";
    assert_eq!(FenceDocument::parse(format!("\u{feff}{wkt}"), None), FenceDocument::parse(wkt, None));
}

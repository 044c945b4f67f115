//! Documents of several features: one is picked by name, or all are united.

use super::*;

/// A feature of one ring; `naming` are members such as `"id":"x"`.
fn feature(naming: &str, ring: Ring) -> String {
    format!(r#"{{"type":"Feature",{naming},"geometry":{}}}"#, document(&[&[ring]]))
}

fn named(key: &str, name: &str) -> String {
    format!(r#""properties":{{"{key}":"{name}"}}"#)
}

fn collection(features: &[String]) -> String {
    format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","))
}

fn pick(text: &str, name: &str) -> Result<Fence, OutlineError> {
    FenceDocument::parse(text, Some(name)).map(|document| {
        assert_eq!(document.features, 1);
        document.fence
    })
}

#[test]
fn a_feature_is_picked_by_id_or_name() {
    let text = collection(&[
        feature(&named("name", "pier"), SQUARE),
        feature(&named("NAME", "Pier"), HOLE),
        feature(&named("Name", "beyond"), BEYOND),
        feature(r#""properties":null,"id":"far""#, &[(200, 0), (210, 0), (210, 10)]),
        feature(r#""properties":{"name":5},"id":17"#, &[(300, 0), (310, 0), (310, 10)]),
    ]);
    let alone = |ring: Ring| fence(&[&[ring]]);
    assert_eq!(pick(&text, "pier"), alone(SQUARE));
    assert_eq!(pick(&text, "Pier"), alone(HOLE));
    assert_eq!(pick(&text, "beyond"), alone(BEYOND));
    assert_eq!(pick(&text, "far"), alone(&[(200, 0), (210, 0), (210, 10)]));
    assert_eq!(pick(&text, "17"), alone(&[(300, 0), (310, 0), (310, 10)]));
    let error = pick(&text, "PIER").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a feature whose `id` or property `name` is `PIER`, got 5 of other names or none: `pier`, `Pier`, \
         `beyond`, `far`, `17`"
    );
}

#[test]
fn a_name_of_several_features_or_of_none_is_refused() {
    let twice = collection(&[
        feature(&named("name", "pier"), SQUARE),
        feature(r#""properties":null,"id":"pier""#, BEYOND),
    ]);
    assert_eq!(
        pick(&twice, "pier"),
        Err(OutlineError::SeveralFeatures { wanted: "pier".to_owned(), got: 2 })
    );
    // The same name twice on one feature is one feature.
    let once = format!(r#"{},"id":"pier""#, named("name", "pier"));
    assert_eq!(pick(&feature(&once, SQUARE), "pier"), fence(&[&[SQUARE]]));
    let nameless = collection(&[feature(r#""properties":null"#, SQUARE)]);
    assert!(pick(&nameless, "x").unwrap_err().to_string().ends_with("`x`, got 1 of other names or none"));
    let many: Vec<String> =
        (0..30).map(|index| feature(&named("name", &format!("n{index}\u{7f}")), SQUARE)).collect();
    let message = pick(&collection(&many), &"y".repeat(500)).unwrap_err().to_string();
    assert!(message.ends_with(r"`n8\u{7f}`, `n9\u{7f}`, .."), "{message}");
    assert!(message.contains(&format!("is `{}`, got 30", "y".repeat(40))), "{message}");
    assert_eq!(pick(&document(&[&[SQUARE]]), "x"), Err(OutlineError::NotAFeature { wanted: "x".to_owned() }));
}

#[test]
fn several_features_are_united_and_may_overlap() {
    let features = [SQUARE, HOLE, BEYOND].map(|ring| feature(r#""properties":null"#, ring));
    let text = collection(&features);
    let document = FenceDocument::parse(&text, None).unwrap();
    assert_eq!(document.features, 3);
    assert_eq!(document.fence, crate::fence::from_geojson(&text).unwrap());
    let outlines = outlines(&text);
    for point in probes(&outlines, 500) {
        assert_eq!(located(&document.fence, point), is_inside(&outlines, point), "{point:?}");
    }
    // Within one feature nothing may overlap, and an error says which feature it is in.
    let overlap = format!(
        r#"{{"type":"Feature","properties":null,"geometry":{}}}"#,
        super::document(&[&[SQUARE], &[HOLE]])
    );
    let wrong = crate::fence::from_geojson(&collection(&[features[0].clone(), overlap])).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "feature 1: expected polygons without common area, got polygons 0 and 1 that overlap; merge them"
    );
    let point = r#"{"type":"Feature","properties":null,"geometry":{"type":"Point","coordinates":[0,0]}}"#;
    let nothing = r#"{"type":"Feature","properties":{"name":"x"},"geometry":null}"#;
    for (other, expected) in
        [(point, OutlineError::Kind { got: "Point" }), (nothing, OutlineError::NoGeometry)]
    {
        let text = collection(&[features[0].clone(), features[2].clone(), other.to_owned()]);
        let expected = OutlineError::Feature { feature: 2, source: Box::new(expected) };
        assert_eq!(crate::fence::from_geojson(&text), Err(expected));
    }
}

#[test]
fn the_limits_are_those_of_the_whole_document() {
    let steps = i64::try_from(MAX_VERTICES / 4).unwrap();
    let ring: Vec<(i64, i64)> = (0..steps).map(|x| (x, 0)).chain((0..steps).rev().map(|x| (x, 9))).collect();
    let two: Vec<String> = (0..2).map(|_| feature(r#""properties":null"#, &ring)).collect();
    let found = 4 * usize::try_from(steps).unwrap() + 2;
    assert_eq!(
        crate::fence::from_geojson(&collection(&two)),
        Err(OutlineError::TooManyVertices { got: found, limit: MAX_VERTICES })
    );
    // 2,049 squares of two triangles each.
    let squares: Vec<String> = (0..2049)
        .map(|x| format!(r#"[[[{x}e-5,0],[{x}.5e-5,0],[{x}.5e-5,1],[{x}e-5,1],[{x}e-5,0]]]"#))
        .map(|coordinates| {
            format!(r#"{{"type":"Feature","properties":null,"geometry":{{"type":"Polygon","coordinates":{coordinates}}}}}"#)
        })
        .collect();
    // A document of so many features has too many members besides; two of half are enough.
    let halves = |range: &[String]| {
        let polygons: Vec<&str> = range
            .iter()
            .map(|text| text.split_once("\"coordinates\":").unwrap().1.strip_suffix("}}").unwrap())
            .collect();
        format!(
            r#"{{"type":"Feature","properties":null,"geometry":{{"type":"MultiPolygon","coordinates":[{}]}}}}"#,
            polygons.join(",")
        )
    };
    let text = collection(&[halves(&squares[..1000]), halves(&squares[1000..])]);
    assert_eq!(
        crate::fence::from_geojson(&text),
        Err(OutlineError::Fence(FenceError::TooManyTriangles { got: 4098, limit: 4096 }))
    );
}

#[test]
fn the_districts_of_rome_one_by_one_and_together() {
    let Some(text) = real_data::read("geofence_rome-rioni.geojson") else { return };
    let collection: serde_json::Value = serde_json::from_str(&text).unwrap();
    let features = collection["features"].as_array().unwrap();
    let document = FenceDocument::parse(&text, None).unwrap();
    assert_eq!((document.features, features.len()), (22, 22));
    let mut triangles = 0;
    for feature in features {
        let name = feature["properties"]["name"].as_str().unwrap().to_owned();
        let alone = examined(&feature.to_string());
        assert_eq!(pick(&text, &name), Ok(alone.clone()), "{name}");
        triangles += alone.triangles().len();
        for triangle in alone.triangles() {
            let corners = triangle.corners().map(Corner::signed);
            let mean = |pick: fn(&(i32, i32)) -> i32| {
                i32::try_from(corners.iter().map(|corner| i64::from(pick(corner))).sum::<i64>() / 3).unwrap()
            };
            let middle = Location::from_e7(mean(|corner| corner.0), mean(|corner| corner.1)).unwrap();
            assert!(document.fence.locate(&middle).is_some(), "{name}: {middle:?}");
        }
    }
    assert_eq!(document.fence.triangles().len(), triangles);
    assert!((500..4096).contains(&triangles), "{triangles}");
    // The Vatican is no district of Rome; the Colosseum is in Monti or Celio.
    let inside = |latitude, longitude| {
        document.fence.locate(&Location::from_e7(latitude, longitude).unwrap()).is_some()
    };
    assert!(!inside(419_022_000, 124_533_000), "Saint Peter's");
    assert!(inside(418_902_000, 124_923_000), "the Colosseum");
}

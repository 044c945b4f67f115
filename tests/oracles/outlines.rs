//! Outlines of real places in units of 1e-7 degree, read and rounded here and not by the fence.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use zksensor::model::fence::Fence;

/// Longitude and latitude.
pub(super) type Point = (i64, i64);

/// A place: its polygons, each a shell and holes, and the fence that the library makes of it.
pub(super) struct Outline {
    pub(super) name: String,
    pub(super) polygons: Vec<Vec<Vec<Point>>>,
    pub(super) fence: Fence,
    /// Points that it is asked about.
    pub(super) points: usize,
}

/// The districts of Rome, South Africa (a hole), Fiji (across the antimeridian) and Louisiana (1,350 vertices). One million
/// points in all; none without data.
pub(super) fn all() -> Vec<Outline> {
    let mut outlines = Vec::new();
    for (file, points) in [
        ("geofence_rome-rioni.geojson", 550_000),
        ("geofence_ZAF_hole_lesotho.geo.json", 150_000),
        ("geofence_FJI_antimeridian.geo.json", 100_000),
    ] {
        let Some(text) = read(file) else { return Vec::new() };
        let document: Value = serde_json::from_str(&text).unwrap();
        let features = document["features"].as_array().unwrap();
        for feature in features {
            let name = feature["properties"]["name"].as_str().unwrap().to_owned();
            outlines.push(outline(name, &feature["geometry"], points / features.len()));
        }
    }
    let Some(text) = read("geofence_louisiana_concave.wkt") else { return Vec::new() };
    let inner = text.split_once('(').unwrap().1.split_once(')').unwrap().0;
    let positions: Vec<Value> = inner
        .split(',')
        .map(|pair| {
            let (x, y) = pair.trim().split_once(' ').unwrap();
            serde_json::from_str(&format!("[{x},{y}]")).unwrap()
        })
        .collect();
    assert_eq!(positions.len(), 1350);
    let geometry = json!({ "type": "Polygon", "coordinates": [positions] });
    outlines.push(outline("Louisiana".to_owned(), &geometry, 200_000));
    outlines
}

fn outline(name: String, geometry: &Value, points: usize) -> Outline {
    let coordinates = &geometry["coordinates"];
    let polygons: Vec<&Value> = match geometry["type"].as_str().unwrap() {
        "Polygon" => vec![coordinates],
        _ => coordinates.as_array().unwrap().iter().collect(),
    };
    let ring =
        |ring: &Value| ring.as_array().unwrap().iter().map(|at| (units(&at[0]), units(&at[1]))).collect();
    let polygons =
        polygons.iter().map(|rings| rings.as_array().unwrap().iter().map(ring).collect()).collect();
    let fence = zksensor::io::fence::from_geojson(&geometry.to_string())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    Outline { name, polygons, fence, points }
}

/// Degrees as units of 1e-7 degree by their decimal digits, half away from zero.
fn units(degrees: &Value) -> i64 {
    let text = degrees.to_string();
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, &text[..]),
    };
    let (whole, fraction) = magnitude.split_once('.').unwrap_or((magnitude, ""));
    let digits = format!("{fraction:0<8}");
    let kept: i64 = format!("{whole}{}", &digits[..7]).parse().unwrap();
    let magnitude = kept + i64::from(digits.as_bytes()[7] >= b'5');
    if negative { -magnitude } else { magnitude }
}

fn read(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            super::skip("data", "the geometry oracles", &format!("{}: {error}", path.display()));
            None
        }
    }
}

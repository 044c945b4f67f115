//! Inputs of which each byte costs a decoder as much memory as it can.

use zksensor::model::field;
use zksensor_testkit::{Fleet, FleetOptions};

/// A target, a name, and bytes.
pub(crate) type Amplifier = (&'static str, &'static str, Vec<u8>);

/// Bytes of a small file, such as a device's.
const SMALL: usize = 1 << 16;
/// Bytes of a file that is a little smaller than any may be.
const LARGE: usize = (1 << 20) - 1024;
/// The head of a CSV file: which column is what.
const COLUMNS: &str = "time=t,lat=y,lon=x,value=v\n";
/// A sample of a frame.
const SAMPLE: &str =
    "{\"offset_ms\":0,\"latitude_e7\":0,\"longitude_e7\":0,\"accuracy_mm\":1,\"channels\":[0,0,0]},";

/// A ring of GeoJSON.
const RING: &str = "[[0,0],[1,0],[1,1],[0,0]],";

/// As large as files of that kind may be.
pub(crate) fn all() -> Vec<Amplifier> {
    [files(), halo2(), geojson(), wkt(), kml(), h3(), tracks(), senml(), json()].concat()
}

fn filled(head: &str, unit: &str, tail: &str, length: usize) -> Vec<u8> {
    format!("{head}{}{tail}", unit.repeat(length / unit.len())).into_bytes()
}

/// So many members of an object.
fn keyed(count: usize) -> String {
    (0..count).map(|index| format!("\"{index}\":[],")).collect()
}

/// A published fence, up to its triangles.
fn published(triangles: &str) -> String {
    format!("{{\"format\":\"zksensor-fence/v1\",\"root\":\"0x{}\",\"triangles\":{triangles}", "0".repeat(64))
}

/// A whole key of halo2, which is too large for a seed, and headers that announce more than comes.
fn halo2() -> Vec<Amplifier> {
    let announced = |head: &[u8], length: usize| [head, &vec![0; length]].concat();
    vec![
        ("halo2_proving_key", "whole", crate::seeds::halo2_seeds::whole()),
        ("halo2_proving_key", "length", announced(b"zksensor-halo2-pk\x01\xff\xff\xff\xff", LARGE)),
        ("halo2_proving_key", "longest", announced(b"zksensor-halo2-pk\x01\x00\x01\x00\x00", LARGE)),
        ("halo2_srs", "rows", announced(b"zksensor-halo2-srs\x01\x01\x19", LARGE)),
        ("halo2_proof_file", "array", filled("{\"fields\":{\"a\":[", "0,", "0]}}", LARGE)),
    ]
}

/// Files of this library, and what snarkjs writes.
fn files() -> Vec<Amplifier> {
    vec![
        ("proof_file", "array", filled("{\"fields\":{\"a\":[", "0,", "0]}}", LARGE)),
        ("proof_file", "objects", filled("{\"fields\":{\"a\":[", "{},", "0]}}", LARGE)),
        ("proof_file", "fields", format!("{{\"fields\":{{{}\"a\":1}}}}", keyed(100_000)).into_bytes()),
        ("proof_file", "inputs", filled("{\"public_inputs\":[", "\"\",", "\"\"]}", LARGE)),
        ("proof_file", "text", filled("{\"statement\":\"", "a", "\"}", LARGE)),
        ("device_file", "array", filled("{\"leaf\":{\"key\":[", "0,", "0]}}", SMALL)),
        ("device_file", "unknown", filled("{\"", "\\u0001", "\":1}", SMALL)),
        ("policy", "array", filled("a=[", "0,", "]", LARGE)),
        ("policy", "dots", filled("", "a.", "a=1", LARGE)),
        ("policy", "lines", filled("", "\n", "a=1", LARGE)),
        ("policy", "tables", filled("", "[[a]]\n", "", LARGE)),
        ("schema", "tables", filled("", "[[channel]]\n", "", LARGE)),
        ("schema", "dots", filled("", "a.", "a=1", LARGE)),
        ("policy", "wrong", filled("", "=\n", "", LARGE)),
        (
            "readings_file",
            "unknown",
            filled("{\"format\":\"zksensor-readings/v2\"}\n{\"", "\\u0001", "\":1}\n", SMALL),
        ),
        ("readings_file", "lines", filled("{\"format\":\"zksensor-readings/v2\"}\n", "\n", "", SMALL)),
        (
            "frames_file",
            "samples",
            filled(
                "{\"format\":\"zksensor-frames/v1\"}\n{\"frame\":{\"samples\":[",
                SAMPLE,
                "{}]}}\n",
                LARGE,
            ),
        ),
        ("frames_file", "lines", filled("{\"format\":\"zksensor-frames/v1\"}\n", "\n", "", SMALL)),
        ("registry", "a few devices", devices(90)),
        ("registry", "devices", devices(2000)),
        ("registry", "journal", journal(2000)),
        ("snarkjs", "points", filled("{\"IC\":[", "[\"\",\"\",\"\"],", "[]]}", LARGE)),
        ("snarkjs", "signals", filled("[", "\"1\",", "\"1\"]", LARGE)),
        ("snarkjs", "most signals", filled("[", "\"1\",", "\"1\"]", 4 * 4095)),
        ("snarkjs", "digits", filled("[\"", "1", "\"]", LARGE)),
        ("snarkjs", "text", filled("{\"protocol\":\"", "a", "\"}", LARGE)),
        ("snarkjs", "unknown", filled("{\"", "\\u0001", "\":1}", LARGE)),
        ("attestation", "data", filled("", "a", "", LARGE)),
        ("statement_id", "shape", filled("aggregate/v1/", "\u{1}", "x1", LARGE)),
        ("hex", "digits", filled("0x", "0", "", LARGE)),
    ]
}

/// Fences in GeoJSON, and published ones.
fn geojson() -> Vec<Amplifier> {
    vec![
        ("fence", "members", filled("{\"type\":\"Polygon\",\"a\":[", "0,", "0]}", LARGE)),
        ("fence", "positions", filled("{\"type\":\"Polygon\",\"coordinates\":[[", "[],", "[]]]}", LARGE)),
        ("fence", "altitudes", filled("{\"type\":\"Polygon\",\"coordinates\":[[[", "0,", "0]]]}", LARGE)),
        ("fence", "rings", filled("{\"type\":\"Polygon\",\"coordinates\":[", "[],", "[]]}", LARGE)),
        ("fence", "small rings", filled("{\"type\":\"Polygon\",\"coordinates\":[", RING, "[]]}", 110_000)),
        ("fence", "polygons", filled("{\"type\":\"MultiPolygon\",\"coordinates\":[", "[],", "[]]}", LARGE)),
        ("fence", "triangles", filled("{\"type\":\"Polygon\",\"coordinates\":[", RING, "[]]}", LARGE)),
        ("fence", "published", filled(&published("["), "[[0,0],[0,1],[1,0]],", "[]]}", LARGE)),
        ("fence", "published in one", filled(&published("[[["), "0,", "0]]]}", LARGE)),
        (
            "fence",
            "published root",
            filled("{\"format\":\"zksensor-fence/v1\",\"root\":\"0x", "0", "\"}", LARGE),
        ),
        ("fence", "corners", corners(4000)),
        ("fence", "deep", filled("{\"type\":\"Polygon\",\"coordinates\":", "[", "", LARGE)),
        (
            "fence",
            "geometries",
            filled("{\"type\":\"GeometryCollection\",\"geometries\":[", "{},", "{}]}", LARGE),
        ),
        ("fence", "features", filled("{\"type\":\"FeatureCollection\",\"features\":[", "{},", "{}]}", LARGE)),
        ("fence", "names", features(700)),
        ("fence", "keys", format!("{{{}\"a\":1}}", keyed(8000)).into_bytes()),
    ]
}

/// Fences in WKT.
fn wkt() -> Vec<Amplifier> {
    vec![
        ("fence", "wkt_positions", filled("POLYGON((", "0 0,", "0 0))", 4 * 16_000)),
        ("fence", "wkt_corners", wkt_corners(4000)),
        ("fence", "wkt_numbers", filled("POLYGON ZM((", "0 0 0 0,", "0 0 0 0))", LARGE)),
        ("fence", "wkt_rings", filled("POLYGON(", "(0 0),", "(0 0))", 6 * 16_000)),
        ("fence", "wkt_empty", filled("MULTIPOLYGON(", "EMPTY,", "EMPTY)", 6 * 16_000)),
        ("fence", "wkt_digits", filled("POLYGON((0 ", "0", "))", LARGE)),
        ("fence", "wkt_word", filled("POLYGON ", "A", "((0 0))", LARGE)),
        ("fence", "wkt_deep", filled("MULTIPOLYGON", "(", "", LARGE)),
        ("fence", "wkt_collection", filled("", "GEOMETRYCOLLECTION(", "", LARGE)),
        ("fence", "wkt_srid", filled("SRID=", "4", ";", LARGE)),
    ]
}

/// Fences in KML and KMZ.
fn kml() -> Vec<Amplifier> {
    vec![
        ("fence", "kml_depth", filled("<kml>", "<Folder>", "", LARGE)),
        ("fence", "kml_tags", filled("<kml>", "<Folder/>", "</kml>", LARGE)),
        ("fence", "kml_attributes", filled("<kml", " a=''", "/>", LARGE)),
        ("fence", "kml_namespaces", filled("<kml", " xmlns:a=''", "/>", LARGE)),
        ("fence", "kml_placemarks", filled("<kml>", "<Placemark/>", "</kml>", LARGE)),
        ("fence", "kml_names", filled("<kml><Placemark><name>", "1&lt;", "</name></Placemark></kml>", LARGE)),
        ("fence", "kml_polygons", filled(&kml_in("MultiGeometry"), "<Polygon/>", "", LARGE)),
        (
            "fence",
            "kml_holes",
            filled(&kml_in("Polygon"), "<innerBoundaryIs><LinearRing/></innerBoundaryIs>", "", LARGE),
        ),
        ("fence", "kml_rings", filled(&kml_in("Polygon"), &kml_ring("0,0 1,0 1,1 0,0"), "", LARGE)),
        (
            "fence",
            "kml_positions",
            filled("", &(kml_in("Polygon") + &kml_ring(&"0,0 ".repeat(16_000))), "", 70_000),
        ),
        (
            "fence",
            "kml_more_positions",
            filled("", &(kml_in("Polygon") + &kml_ring(&"0,0 ".repeat(250_000))), "", LARGE),
        ),
        ("fence", "kml_wrong", filled(&kml_in("Polygon"), &kml_ring(&"0 ".repeat(1000)), "", LARGE)),
        (
            "fence",
            "kml_digits",
            filled(&kml_in("Polygon outerBoundaryIs LinearRing coordinates"), "0", "", LARGE),
        ),
        ("fence", "kml_corners", kml_corners(4000)),
        ("fence", "kmz_entries", filled("PK\u{3}\u{4}", "PK\u{1}\u{2}", "", LARGE)),
    ]
}

/// Fences of cells of the grid H3.
fn h3() -> Vec<Amplifier> {
    vec![
        ("fence", "h3_cells", filled("", "881f8d7a49fffff,", "", LARGE)),
        ("fence", "h3_text", filled("[", "\"881f8d7a49fffff\",", "\"881f8d7a49fffff\"]", LARGE)),
        ("fence", "h3_escapes", filled("[\"", "\\u0038", "\"]", LARGE)),
        ("fence", "h3_digits", filled("8", "8", "", LARGE)),
        ("fence", "h3_coarse_and_fine", b"8029fffffffffff 8f1f8d7a4800000".to_vec()),
        ("fence", "h3_longest", b"841f8d7ffffffff 8a3e8e56ab57fff".to_vec()),
    ]
}

/// Tables and tracks.
fn tracks() -> Vec<Amplifier> {
    let numbered = |count: usize| (0..count).map(|index| format!("{index},")).collect::<String>();
    vec![
        ("csv", "commas", filled(COLUMNS, ",", "\n", LARGE)),
        ("csv", "names", format!("{COLUMNS}{}t,y,x,v\n", numbered(150_000)).into_bytes()),
        ("csv", "row", filled(&format!("{COLUMNS}t,y,x,v\n"), ",", "\n", LARGE)),
        ("csv", "quotes", filled(&format!("{COLUMNS}t,y,x,v\n\""), "\"\"", "", LARGE)),
        ("csv", "mapping", filled("", "time=t,", "\n", LARGE)),
        ("gpx", "depth", filled("<gpx>", "<a>", "", LARGE)),
        ("gpx", "tags", filled("<gpx>", "<a/>", "</gpx>", LARGE)),
        ("gpx", "attributes", filled("<gpx", " a=''", ">", LARGE)),
        ("gpx", "comment", filled("<gpx><!--", "a", "-->", LARGE)),
        ("gpx", "text", filled("<gpx><trkpt lat='1' lon='1'><ele>", "1&lt;", "</ele></trkpt></gpx>", LARGE)),
        ("gpx", "points", filled("<gpx>", "<trkpt lat='1' lon='1'/>", "</gpx>", LARGE)),
        ("gpx", "names", filled("<gpx><", "a", ">", LARGE)),
        ("nmea", "lines", filled("", "$*00\n", "", LARGE)),
        ("nmea", "line", filled("$GNRMC", ",", "*00\n", LARGE)),
        ("fit", "fields", vec![0x40; LARGE]),
        ("fit", "files", [14, 0, 0, 0, 0, 0, 0, 0, b'.', b'F', b'I', b'T', 0, 0, 0, 0].repeat(LARGE / 16)),
        ("rtcm", "preambles", vec![0xd3; SMALL]),
    ]
}

/// Packs of SenML, in JSON and CBOR.
fn senml() -> Vec<Amplifier> {
    vec![
        ("senml", "records", filled("[", "{},", "{}]", LARGE)),
        ("senml", "open", filled("", "[", "", LARGE)),
        ("senml", "objects", filled("", "[{\"a\":", "", LARGE)),
        ("senml", "packs", filled("", "[{}]", "", LARGE)),
        ("senml", "names", format!("[{{{}\"a\":1}}]", keyed(90_000)).into_bytes()),
        ("senml", "escapes", filled("[{\"n\":\"", "\\u0061", "\",\"v\":1,\"t\":1e9}]", SMALL)),
        ("senml", "times", times(1024)),
        ("senml", "cbor_records", [&[0x9f][..], &vec![0xa0; 1000], &[0xff]].concat()),
        ("senml", "cbor_more_records", [&[0x9f][..], &vec![0xa0; LARGE], &[0xff]].concat()),
        ("senml", "cbor_open", vec![0x9f; LARGE]),
        ("senml", "cbor_packs", vec![0x80; LARGE]),
        (
            "senml",
            "cbor_strings",
            [&[0x9f, 0xbf, 0x03, 0x7f][..], &vec![0x60; LARGE], &[0xff, 0xff, 0xff]].concat(),
        ),
        ("senml", "cbor_escapes", [&[0x81, 0xa1, 0x03, 0x7a, 0, 2, 0, 0][..], &vec![1; 1 << 17]].concat()),
        ("senml", "cbor_floats", [&[0x81, 0xbf][..], &[0x11, 0xf9, 0x3c, 0x01].repeat(60), &[0xff]].concat()),
    ]
}

/// Other readings in JSON.
fn json() -> Vec<Amplifier> {
    vec![
        ("ndjson", "fields", format!("{{{}\"a\":1}}", keyed(5_000)).into_bytes()),
        ("ndjson", "line", filled("{\"payload\":\"", "a", "\"}", LARGE)),
        ("ndjson", "lines", filled("", "{}\n", "", LARGE)),
        ("json", "records", filled("time=t,lat=y,lon=x,value=v\n[", "{},", "{}]", 3 * 1000)),
        ("json", "more_records", filled("time=t,lat=y,lon=x,value=v\n[", "{},", "{}]", LARGE)),
        ("json", "members", format!("time=t,lat=y,lon=x,value=v\n{{{}\"a\":1}}", keyed(90_000)).into_bytes()),
        ("json", "deep", filled("time=t,lat=y,lon=x,value=a.a.a\n", "{\"a\":", "", LARGE)),
        ("json", "mapping", filled("time=t,lat=y,lon=", "a.", "x,value=v\n{}", LARGE)),
        ("dimo", "locations", filled("{\"data\":{\"location\":[", "{},", "{}]}}", 3000)),
        ("dimo", "more_locations", filled("{\"data\":{\"location\":[", "{},", "{}]}}", LARGE)),
        ("dimo", "signals", filled("{\"data\":{\"vehicle\":{\"signals\":[", "{},", "{}]}}}", LARGE)),
        ("dimo", "signature", filled("{\"signature\":\"", "\\u0030", "\",\"data\":{}}", LARGE)),
        ("dimo", "time", filled("{\"time\":\"", "\\u0030", "\",\"data\":{\"pos\":{}}}", LARGE)),
    ]
}

/// A SenML pack with a reading at each of `count` times.
fn times(count: usize) -> Vec<u8> {
    let records: String =
        (0..count).map(|time| format!("{{\"n\":\"no2\",\"v\":1,\"t\":{}}},", 1 << 29 | time)).collect();
    format!("[{{\"bu\":\"ug/m3\"}},{}]", records.trim_end_matches(',')).into_bytes()
}

/// A comb: a polygon of `count` corners in as little text as they take.
fn corners(count: usize) -> Vec<u8> {
    let teeth: String = (0..count).map(|index| format!("[{}e-4,{}],", index, index % 2)).collect();
    format!("{{\"type\":\"Polygon\",\"coordinates\":[[{teeth}[9,9],[0,9],[0,0]]]}}").into_bytes()
}

/// The same comb in WKT.
fn wkt_corners(count: usize) -> Vec<u8> {
    let teeth: String = (0..count).map(|index| format!("{}e-4 {},", index, index % 2)).collect();
    format!("POLYGON(({teeth}9 9,0 9,0 0))").into_bytes()
}

/// A document up to an element of its Placemark, or several within each other.
fn kml_in(elements: &str) -> String {
    format!("<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><{}>", elements.replace(' ', "><"))
}

fn kml_ring(coordinates: &str) -> String {
    format!(
        "<innerBoundaryIs><LinearRing><coordinates>{coordinates}</coordinates></LinearRing></innerBoundaryIs>"
    )
}

/// The same comb in KML.
fn kml_corners(count: usize) -> Vec<u8> {
    let teeth: String = (0..count).map(|index| format!("{}e-4,{} ", index, index % 2)).collect();
    let ring = kml_ring(&format!("{teeth}9,9 0,9 0,0")).replace("inner", "outer");
    format!("{}{ring}</Polygon></Placemark></kml>", kml_in("Polygon")).into_bytes()
}

/// `count` features with names, none of them the one that is asked for.
fn features(count: usize) -> Vec<u8> {
    let feature = |index: usize| {
        let ring = "[[[0,0],[1,0],[1,1],[0,0]]]";
        format!(
            "{{\"type\":\"Feature\",\"id\":\"{index}\",\"properties\":{{\"name\":\"\"}},\
             \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":{ring}}}}}"
        )
    };
    let features: Vec<String> = (0..count).map(feature).collect();
    format!("{{\"type\":\"FeatureCollection\",\"features\":[{}]}}", features.join(",")).into_bytes()
}

/// A registry of `count` devices, of which each has nodes of the tree to itself on several levels.
fn devices(count: usize) -> Vec<u8> {
    Fleet::new(&FleetOptions { devices: count, ..FleetOptions::default() }).registry.to_bytes()
}

/// A journal of `count` devices, each enrolled by a record of its own.
fn journal(count: usize) -> Vec<u8> {
    let fleet = Fleet::new(&FleetOptions { devices: count, ..FleetOptions::default() });
    let mut bytes = b"zksensor registry\x00\x04".to_vec();
    for record in fleet.registry.records() {
        let (point, attributes) = (record.leaf.key.point(), record.leaf.attributes);
        let elements =
            [point.x, point.y, record.leaf.identity.to_field()].map(|element| field::to_be_bytes(&element));
        bytes.extend([0, 0, 0, 167, 255, 255, 255, 88]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1]);
        bytes.extend(elements.concat());
        bytes.extend(attributes.class.to_be_bytes());
        bytes.extend(attributes.expiry.get().to_be_bytes());
        bytes.extend(attributes.owner.to_be_bytes());
        bytes.extend([0; 32 + 32]);
    }
    let bytes = super::targets::keys::resealed(&bytes);
    assert_eq!(zksensor::files::Journal::from_bytes(&bytes).unwrap().devices() as usize, count);
    bytes
}

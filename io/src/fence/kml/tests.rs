use proptest::prelude::*;

use super::*;
use crate::fence::{FenceDocument, from_geojson, from_wkt};

mod refused;

/// As Google Earth writes it: styles, folders, an altitude, white space around and between positions.
const EARTH: &str = r##"<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2" xmlns:kml="http://www.opengis.net/kml/2.2" xmlns:atom="http://www.w3.org/2005/Atom">
<Document>
	<name>harbour.kml</name>
	<StyleMap id="inline"><Pair><key>normal</key><styleUrl>#inline0</styleUrl></Pair></StyleMap>
	<Style id="inline0"><LineStyle><color>ff0000ff</color><width>2</width></LineStyle><PolyStyle><fill>0</fill></PolyStyle></Style>
	<LookAt><longitude>11.55</longitude><latitude>48.15</latitude><gx:altitudeMode>relativeToSeaFloor</gx:altitudeMode></LookAt>
	<Folder>
		<name>Areas</name>
		<open>1</open>
		<Placemark id="0B3C">
			<name>pier &amp; quay</name>
			<description><![CDATA[<b>north</b> <Polygon>]]></description>
			<styleUrl>#inline</styleUrl>
			<Polygon>
				<tessellate>1</tessellate>
				<gx:drawOrder>1</gx:drawOrder>
				<outerBoundaryIs>
					<LinearRing>
						<coordinates>
							11.5,48.1,0 11.6,48.1,0 11.6,48.2,519.25 11.5,48.2,0 11.5,48.1,0 
						</coordinates>
					</LinearRing>
				</outerBoundaryIs>
				<innerBoundaryIs>
					<LinearRing>
						<coordinates>
							11.52,48.12,0 11.52,48.14,0 11.54,48.14,0 11.52,48.12,0 
						</coordinates>
					</LinearRing>
				</innerBoundaryIs>
			</Polygon>
		</Placemark>
	</Folder>
</Document>
</kml>
"##;

/// As QGIS (GDAL's LIBKML and KML drivers) writes it: a schema, data, polygons in MultiGeometries, no altitude.
const QGIS: &str = r##"<?xml version="1.0" encoding="utf-8" ?>
<kml xmlns="http://www.opengis.net/kml/2.2">
<Document id="root_doc">
<Schema name="zones" id="zones">
	<SimpleField name="fid" type="int"></SimpleField>
</Schema>
<Folder><name>zones</name>
  <Placemark>
	<name>shore</name>
	<Style><LineStyle><color>ff0000ff</color></LineStyle><PolyStyle><fill>0</fill></PolyStyle></Style>
	<ExtendedData><SchemaData schemaUrl="#zones">
		<SimpleData name="fid">1</SimpleData>
	</SchemaData></ExtendedData>
      <MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>11.5,48.1 11.6,48.1 11.6,48.2 11.5,48.2 11.5,48.1</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>11.52,48.12 11.52,48.14 11.54,48.14 11.52,48.12</coordinates></LinearRing></innerBoundaryIs></Polygon></MultiGeometry>
  </Placemark>
</Folder>
</Document></kml>
"##;

const WKT: &str = "POLYGON((11.5 48.1,11.6 48.1,11.6 48.2,11.5 48.2,11.5 48.1),(11.52 48.12,11.52 48.14,11.54 48.14,11.52 48.12))";
const GEOJSON: &str = r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]],
    [[11.52,48.12],[11.52,48.14],[11.54,48.14],[11.52,48.12]]]}"#;

/// A document of Placemarks.
fn document(placemarks: &str) -> String {
    format!("<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{placemarks}</Document></kml>")
}

fn polygon(coordinates: &str) -> String {
    format!(
        "<Polygon><outerBoundaryIs><LinearRing><coordinates>{coordinates}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    )
}

fn placemark(name: &str, coordinates: &str) -> String {
    format!("<Placemark><name>{name}</name>{}</Placemark>", polygon(coordinates))
}

const SQUARE: &str = "0,0 9,0 9,9 0,9 0,0";
const BEYOND: &str = "9,0 20,0 20,9 9,0";

#[test]
fn one_outline_is_one_fence_in_every_format() {
    let fence = from_geojson(GEOJSON).unwrap();
    assert_eq!(from_wkt(WKT).unwrap().root(), fence.root());
    let prefixed = QGIS
        .replace("<", "<kml:")
        .replace("<kml:/", "</kml:")
        .replace("<kml:?", "<?")
        .replace("xmlns=", "xmlns:kml=");
    assert!(prefixed.contains("</kml:coordinates>"));
    let bare = QGIS.replace(" xmlns=\"http://www.opengis.net/kml/2.2\"", "");
    assert!(!bare.contains("xmlns"));
    for text in [
        EARTH,
        QGIS,
        &prefixed,
        &bare,
        &QGIS.replace("www.opengis.net/kml/2.2", "earth.google.com/kml/2.1"),
        &QGIS.replace("<Placemark>", "<Placemark xmlns='http://www.opengis.net/kml/2.3'>"),
        &format!("\u{feff}{QGIS}"),
        &QGIS[QGIS.find("<kml").unwrap()..],
        &QGIS.replace(' ', "\r\n\t "),
        &QGIS.replace(">11.5,48.1 ", "><![CDATA[11.5,48.1 ]]>"),
        &QGIS.replace(">11.5,48.1 11.6", ">11.5,<!-- here -->48.1&#32;11.<![CDATA[6]]>"),
        &QGIS.replace("11.52,48.12 ", "+1.152e1,48.12000,1e-3\u{a}"),
    ] {
        let document = FenceDocument::parse(text, None).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!((document.fence.root(), document.features), (fence.root(), 1), "{text}");
    }
    for (text, name) in [(EARTH, "pier & quay"), (EARTH, "0B3C"), (QGIS, "shore")] {
        assert_eq!(FenceDocument::parse(text, Some(name)).unwrap().fence, fence);
    }
}

/// As binary fractions these are on the other side of the tie.
#[test]
fn coordinates_are_what_their_digits_say() {
    for (latitude, wanted) in [
        ("47.60792305", 476_079_231),
        ("47.607923049999999", 476_079_230),
        ("47.60792304999999999999999999999999999999999999999999", 476_079_230),
    ] {
        let text = document(&placemark("a", &format!("18.5,47 18.6,47 18.6,{latitude} 18.5,47")));
        let corners = from_kml(&text).unwrap().triangles()[0].corners();
        assert_eq!(corners.iter().map(|corner| corner.signed().0).max(), Some(wanted), "{latitude}");
    }
}

#[test]
fn placemarks_are_picked_or_united() {
    let both = document(
        &(placemark("pier", SQUARE) + "<Folder>" + &placemark(" <![CDATA[sh]]>ore\n", BEYOND) + "</Folder>"),
    );
    let parse = |text: &str, name: Option<&str>| {
        FenceDocument::parse(text, name).map(|found| (found.fence, found.features))
    };
    let feature = |ring: &str| from_kml(&document(&placemark("x", ring))).unwrap();
    assert_eq!(parse(&both, Some("pier")), Ok((feature(SQUARE), 1)));
    assert_eq!(parse(&both, Some("shore")), Ok((feature(BEYOND), 1)));
    let (union, features) = parse(&both, None).unwrap();
    assert_eq!((union.triangles().len(), features), (3, 2));
    let turned = document(&(placemark("shore", BEYOND) + &placemark("pier", SQUARE)));
    assert_eq!(from_kml(&turned).unwrap().root(), union.root());
    // Of one Placemark these are two polygons, of which neither may lie on the other.
    let multi = format!(
        "<Placemark><MultiGeometry>{}<MultiGeometry>{}</MultiGeometry></MultiGeometry></Placemark>",
        polygon(SQUARE),
        polygon(BEYOND)
    );
    assert_eq!(parse(&document(&multi), None), Ok((union, 1)));
    let overlap = multi.replace(BEYOND, "1,1 2,1 2,2 1,1");
    assert!(matches!(
        from_kml(&document(&overlap)),
        Err(OutlineError::PolygonsOverlap { polygon: 0, other: 1 })
    ));
    // What is wrong with others does not matter to the one that is picked.
    for other in [
        "<Placemark><name>a</name><Point><coordinates>1,2</coordinates></Point></Placemark>",
        "<Placemark><name>b</name></Placemark>",
        "<NetworkLink><Link><href>more.kml</href></Link></NetworkLink>",
        &placemark("c", "x"),
        &placemark("d", &"0,0 ".repeat(MAX_VERTICES + 2)),
    ] {
        for text in [placemark("pier", SQUARE) + other, other.to_owned() + &placemark("pier", SQUARE)] {
            assert_eq!(parse(&document(&text), Some("pier")), Ok((feature(SQUARE), 1)), "{text}");
            assert!(parse(&document(&text), None).is_err());
        }
    }
    let message = |name: &str| parse(&both, Some(name)).unwrap_err().to_string();
    assert_eq!(
        message("Pier"),
        "expected a feature whose `id` or property `name` is `Pier`, got 2 of other names or none: `pier`, `shore`"
    );
    assert!(message("").contains("is ``, got 2"));
    let twice = both.replace("pier", "shore");
    assert_eq!(
        parse(&twice, Some("shore")),
        Err(OutlineError::SeveralFeatures { wanted: "shore".to_owned(), got: 2 })
    );
    // A name without end is nobody's.
    let long = document(&placemark(&"a".repeat(5000), SQUARE));
    assert!(parse(&long, Some(&"a".repeat(5000))).is_err() && parse(&long, None).is_ok());
}

#[test]
fn extensions_and_what_else_a_map_shows_are_passed_over() {
    let fence = from_kml(&document(&placemark("x", SQUARE))).unwrap();
    let passed = "<!-- c --><?pi?><gx:Tour xmlns:gx='g'><gx:Polygon/></gx:Tour><GroundOverlay><Polygon/></GroundOverlay>\
        <ScreenOverlay/><Style><Placemark/></Style><k:Placemark xmlns:k='other'><k:Polygon/></k:Placemark>\
        <unknown:Placemark><unknown:Polygon/></unknown:Placemark><Placemark xmlns='other'/>\
        <Region><coordinates>7</coordinates></Region><coordinates>7</coordinates>";
    assert_eq!(from_kml(&document(&(passed.to_owned() + &placemark("x", SQUARE)))).unwrap(), fence);
    let within = "<ExtendedData><Data name='Polygon'><value>&lt;</value><Polygon xmlns='x'/></Data></ExtendedData><Region/>\
        <Polygon xmlns:k='other'><k:outerBoundaryIs/><altitudeMode>clampToGround</altitudeMode><outerBoundaryIs><LinearRing>\
        <extrude>0</extrude><coordinates>0,0 9,0 9,9 0,9 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon>";
    assert_eq!(from_kml(&document(&format!("<Placemark>{within}</Placemark>"))).unwrap(), fence);
}

//! Documents that are no fence: each fault is named, with its line.

use super::*;

fn message(text: &str) -> String {
    FenceDocument::parse(text, None).unwrap_err().to_string()
}

#[test]
fn positions_are_refused_with_their_line() {
    let of = |coordinates: &str| {
        message(&document(&placemark("x", &format!("\n0,0 9,0\n {coordinates} 9,9 0,0"))))
    };
    for (coordinates, wanted) in [
        ("9;9", "line 3, column 2: expected positions such as 11.5,48.1 or 11.5,48.1,520"),
        ("9", "with commas within and white space between them, got `9`"),
        ("9,", "got `9,`"),
        (",9", "got `,9`"),
        ("9,9,", "got `9,9,`"),
        ("9,9,9,9", "got `9,9,9,9`"),
        ("9, 9", "got `9,`"),
        ("9,9,NaN", "got `9,9,NaN`"),
        ("9,48°", "got `9,48°`"),
        ("9&amp;9", "got `9&9`"),
        ("&lt;Point>,9", "got `<Point>,9`"),
        (
            "181,9",
            "line 3, column 2: expected longitude within 180 degrees at polygon 0, ring 0, vertex 2, got 181",
        ),
        (
            "361,9",
            "expected longitude within 180 and latitude within 90 degrees at polygon 0, ring 0, vertex 2, got 361, 9",
        ),
        ("48.1,111.5", "got 48.1, 111.5; the longitude comes first"),
        ("0,90", "got a pole at polygon 0, ring 0, vertex 2"),
        ("1e999,9", "got 1e999, 9"),
    ] {
        let said = of(coordinates);
        assert!(said.contains(wanted), "{coordinates}: {said}");
    }
    let long = of(&format!("9,{}", "9".repeat(2000)));
    assert!(long.contains("expected positions such as") && long.len() < 300, "{long}");
    let digits = document(&placemark("x", &format!("0,0 9,0 9,9.{} 0,0", "0".repeat(1000))));
    assert!(from_kml(&digits).is_ok());
}

/// What is said of a placemark.
fn of(placemark: &str) -> String {
    message(&document(&format!("<Placemark>\n{placemark}</Placemark>")))
}

fn ring(coordinates: &str) -> String {
    format!("<LinearRing><coordinates>{coordinates}</coordinates></LinearRing>")
}

#[test]
fn elements_that_make_no_outline_are_refused() {
    let shell = |inner: &str| format!("<Polygon><outerBoundaryIs>{inner}</outerBoundaryIs></Polygon>");
    for (text, wanted) in [
        (
            polygon("0,0 9,0 9,9"),
            "line 2, column 27: expected at least 4 positions in polygon 0, ring 0, got 3",
        ),
        (polygon(""), "in polygon 0, ring 0, got 0"),
        (shell("<LinearRing/>"), "in polygon 0, ring 0, got 0"),
        (shell(""), "expected a <LinearRing> in the boundary, got none"),
        (
            polygon(SQUARE).replace("</Polygon>", "<innerboundaryIs/></Polygon>"),
            "expected in <Polygon> what KML has there, got <innerboundaryIs>",
        ),
        (
            polygon(SQUARE).replace("</Polygon>", &format!("{}</Polygon>", ring("1,1 2,1 2,2 1,1"))),
            "expected in <Polygon> what KML has there, got <LinearRing>",
        ),
        (
            polygon(SQUARE).replace("</Polygon>", "<innerBoundaryIs/></Polygon>"),
            "expected a <LinearRing> in the boundary, got none",
        ),
        (
            polygon(SQUARE).replace("</Polygon>", "<innerBoundaryIs><Point/></innerBoundaryIs></Polygon>"),
            "expected in <innerBoundaryIs> what KML has there, got <Point>",
        ),
        (
            polygon(SQUARE).replace("<coordinates>", "<coordinate>1,1</coordinate><coordinates>"),
            "expected in <LinearRing> what KML has there, got <coordinate>",
        ),
        (format!("<name>a</name><name>b</name>{}", polygon(SQUARE)), "expected one <name> there"),
        (format!("{}<Polygon/>", polygon(SQUARE)), "expected a shell in polygon 1"),
        (
            shell(&(ring(SQUARE) + &ring(SQUARE))),
            "line 2, column 98: expected one <LinearRing> there, got another",
        ),
        (
            shell(&ring(SQUARE)).replace("</Polygon>", "") + &shell(&ring(SQUARE)).replace("<Polygon>", ""),
            "expected one <LinearRing>",
        ),
        (
            shell(&ring(&format!("{SQUARE}</coordinates><coordinates>{SQUARE}"))),
            "expected one <coordinates> there",
        ),
    ] {
        let said = of(&text);
        assert!(said.contains(wanted), "{text}: {said}");
    }
}

#[test]
fn outlines_are_refused_as_in_other_formats() {
    for (text, wanted) in [
        (polygon("0,0 9,0 9,9 1,0"), "expected the first position again at polygon 0, ring 0, vertex 3"),
        (polygon("0,0 9,9 9,0 0,9 0,0"), "got edges that cross: from polygon 0, ring 0, vertex 0"),
        (polygon("-170,0 170,0 170,9 -170,0"), "got a longer one from polygon 0, ring 0, vertex 0"),
        (polygon("0,0 1,1 2,2 0,0"), "expected a ring with area"),
        (
            String::new(),
            "line 1, column 55: expected a feature with a Polygon or MultiPolygon, got one without geometry",
        ),
        (
            "<Point><coordinates>1,2</coordinates></Point>".to_owned(),
            "line 2, column 1: expected a Polygon or MultiPolygon, got a Point",
        ),
        (format!("<MultiGeometry>{}<LineString/></MultiGeometry>", polygon(SQUARE)), "got a LineString"),
        (ring(SQUARE), "got a LinearRing"),
        ("<Model/>".to_owned(), "got a Model"),
        ("<gx:Track xmlns:gx='http://www.google.com/kml/ext/2.2'/>".to_owned(), "got a Track"),
        ("<gx:MultiTrack/>".to_owned(), "got a MultiTrack"),
        ("<MultiGeometry/>".to_owned(), "got one without geometry"),
    ] {
        let said = of(&text);
        assert!(said.contains(wanted), "{text}: {said}");
    }
    // Holes count from 1, wherever they stand.
    let hole = |inner: &str| format!("<innerBoundaryIs>{}</innerBoundaryIs>", ring(inner));
    let outside = format!(
        "<Polygon>{}{}{}",
        hole("1,1 2,1 2,2 1,1"),
        hole("11,1 12,1 12,2 11,1"),
        &polygon(SQUARE)["<Polygon>".len()..]
    );
    assert!(
        of(&outside).contains("expected holes inside the shell, got polygon 0, ring 2, vertex 0 outside")
    );
    let two = placemark("a", SQUARE) + &placemark("b", "0,0 9,9 9,0 0,9 0,0");
    assert!(message(&document(&two)).starts_with("feature 1: expected a simple ring"));
    let many = placemark("a", &format!("{}0,0", "0,0 ".repeat(MAX_VERTICES)));
    assert_eq!(
        from_kml(&document(&many)),
        Err(OutlineError::TooManyVertices { got: MAX_VERTICES + 1, limit: MAX_VERTICES })
    );
    let sum = placemark("a", &format!("{}0,0", "0,0 1,0 1,1 ".repeat(MAX_VERTICES / 4))).repeat(2);
    assert!(matches!(from_kml(&document(&sum)), Err(OutlineError::TooManyVertices { got: 24578, .. })));
}

#[test]
fn what_is_no_plain_kml_is_refused() {
    let body = placemark("x", SQUARE);
    for (text, wanted) in [
        (format!("<!DOCTYPE kml [<!ENTITY a 'b'>]><kml>{body}</kml>"), "without a document type"),
        (format!("<kml>\n&evil;{body}</kml>"), "line 2, column 1: expected no entities but &amp;"),
        (format!("<kml>{}{body}", "<a>".repeat(64)), "at most 64 elements within each other"),
        (format!("<kml>{}", "<Folder>".repeat(100_000)), "at most 64 elements within each other"),
        (
            format!("<gpx>{body}</gpx>"),
            "line 1, column 1: expected the element <kml> around all others, got <gpx>; is this",
        ),
        (
            format!("<?xml version='1.0'?>\n{body}"),
            "line 2, column 1: expected the element <kml> around all others, got <Placemark>",
        ),
        ("<!DOCTYPE html><html></html>".to_owned(), "without a document type"),
        ("<?xml version='1.0'?>".to_owned(), "got no element"),
        (format!("<kml>{body}</kml>x"), "around all others, got `x`"),
        (
            format!("<kml>{body}</kml><kml>{body}</kml>"),
            "expected well-formed XML: tags that match, one element around",
        ),
        (format!("<kml><Document/><Folder>{body}"), "expected </Folder>, got the end of the file"),
        (format!("<k:kml>{body}</k:kml>"), "around all others, got <k:kml>"),
        (format!("<kml><Document>{body}"), "expected </Document>, got the end of the file; is it cut?"),
        (format!("<kml><Document><a>{body}"), "expected </Document>, got the end of the file"),
        (format!("<kml>{body}</Document></kml>"), "expected well-formed XML"),
        ("<kml><Placemark".to_owned(), "expected well-formed XML"),
        ("<kml><Placemark id=1></Placemark></kml>".to_owned(), "expected well-formed XML"),
        (format!("<kml><!-- {body}</kml>"), "expected well-formed XML"),
        ("<kml/>".to_owned(), "expected a Placemark with a Polygon, got a document with nothing on the map"),
        (
            "<kml><Document><GroundOverlay/><ScreenOverlay/><GroundOverlay/></Document></kml>".to_owned(),
            "got no Placemark, but GroundOverlay, ScreenOverlay",
        ),
        (
            format!("<kml><Folder>{body}\n<NetworkLink/></Folder></kml>"),
            "line 2, column 1: expected the outline itself, got a NetworkLink, which says that it is in another file",
        ),
    ] {
        let said = message(&text);
        assert!(said.contains(wanted) && said.len() < 400, "{text}: {said}");
    }
    let picked = FenceDocument::parse("<kml><NetworkLink/></kml>", Some("x")).unwrap_err().to_string();
    assert!(picked.contains("got no Placemark, but NetworkLink"), "{picked}");
}

#[test]
fn other_encodings_are_named() {
    let text = document(&placemark("Hafen", SQUARE));
    let utf16 = |first: &[u8], byte: fn(u16) -> [u8; 2]| {
        [first, &text.encode_utf16().flat_map(byte).collect::<Vec<_>>()].concat()
    };
    for bytes in [
        utf16(&[0xff, 0xfe], u16::to_le_bytes),
        utf16(&[0xfe, 0xff], u16::to_be_bytes),
        utf16(&[], u16::to_le_bytes),
        utf16(&[], u16::to_be_bytes),
    ] {
        assert_eq!(FenceDocument::parse(bytes, None), Err(OutlineError::Encoding { got: "UTF-16" }));
    }
    let latin = [b"<kml><name>".as_slice(), &[0xe4], b"</name></kml>"].concat();
    let said = FenceDocument::parse(latin, None).unwrap_err().to_string();
    assert!(
        said.contains("expected text in UTF-8, or a KMZ archive, got bytes of another encoding"),
        "{said}"
    );
    assert!(FenceDocument::parse(b"", None).is_err());
}

proptest! {
    #[test]
    fn arbitrary_elements_never_panic(parts in prop::collection::vec("<kml>|</kml>|<Placemark>|</Placemark>|<Polygon>|</Polygon>|<outerBoundaryIs>|<innerBoundaryIs>|</outerBoundaryIs>|<LinearRing>|</LinearRing>|<coordinates>|</coordinates>|<name>|1,2 |0,0 |9,9,9|&amp;|&#65;|<a|é|<!--|-->|<![CDATA[|]]>", 0..40)) {
        let text = parts.concat();
        let _ = FenceDocument::parse(&text, None);
        let _ = from_kml(&format!("<kml>{text}"));
        let _ = FenceDocument::parse(format!("<kml><Placemark><Polygon>{text}"), Some("x"));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = FenceDocument::parse(&bytes, None);
        let _ = FenceDocument::parse([b"<kml>".as_slice(), &bytes].concat(), None);
    }

    #[test]
    fn damaged_documents_never_panic(at in any::<prop::sample::Index>(), count in 0usize..20, with in any::<String>()) {
        for text in [EARTH, QGIS] {
            let mut characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len());
            let end = (at + count).min(characters.len());
            characters.splice(at..end, with.chars());
            let _ = FenceDocument::parse(characters.into_iter().collect::<String>(), None);
        }
    }

    /// Any ring of a small grid: the same as WKT, fence or refusal.
    #[test]
    fn as_wkt_says(ring in prop::collection::vec((0i64..7, 0i64..7), 3..8)) {
        let closed: Vec<_> = ring.iter().chain(ring.first()).collect();
        let join = |between: &str, after: &str| closed.iter().map(|(x, y)| format!("{x}{between}{y}")).collect::<Vec<_>>().join(after);
        let kml = from_kml(&document(&placemark("x", &join(",", " "))));
        prop_assert_eq!(kml, from_wkt(&format!("POLYGON(({}))", join(" ", ","))));
    }
}

use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, RangeError, Row, Rows, Target, Zone};

fn target() -> Target {
    let schema = Schema::named("gnss_station").unwrap();
    Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 }
}

fn rows(track: &str) -> Vec<Result<Row, ImportError>> {
    GpxReader::new(track.as_bytes(), &target(), RangeError::default()).collect()
}

/// What is said about the one point with these children.
fn refused(attributes: &str, children: &str) -> String {
    let rows =
        rows(&format!("<gpx><trk><trkseg><trkpt {attributes}>{children}</trkpt></trkseg></trk></gpx>"));
    assert_eq!(rows.len(), 1);
    rows[0].as_ref().unwrap_err().to_string()
}

const TIME: &str = "<time>2026-01-01T00:00:00Z</time><ele>1</ele>";

#[test]
fn points_become_readings_and_nothing_private_does() {
    let track = "\u{feff}<?xml version='1.0'?><!-- c --><gpx xmlns:x='u'><metadata><time>x</time></metadata>\
        <wpt lat='1' lon='2'/><trk><name>&lt;&#65;</name><trkseg>\
        <trkpt lon='-121.9723242335021495819091796875' lat='37.24173816852271556854248046875'>\
        <time> 2017-07-29T14:46:35.5Z\n</time><ele>103.40000152587890625</ele><hdop>0.54</hdop><sat>9</sat><fix>3d</fix>\
        <extensions><x:TrackPointExtension><x:hr>74</x:hr><x:speed>1.2345</x:speed></x:TrackPointExtension></extensions>\
        </trkpt><trkpt lat='0' lon='0'><speed><![CDATA[2]]></speed><time>2026-01-01T00:00:00Z</time></trkpt>\
        </trkseg></trk></gpx>";
    let rows: Vec<Row> = rows(track).into_iter().map(Result::unwrap).collect();
    let first = rows[0].reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (372_417_382, -1_219_723_242));
    assert_eq!((first.time.get(), first.accuracy_mm), (1_501_339_595_500, 2_700));
    assert_eq!(first.channels, [9, 54, 103_400, 1_235]);
    let second = rows[1].reading;
    assert_eq!((second.channels, second.accuracy_mm), ([ABSENT, ABSENT, ABSENT, 2_000], ACCURACY_UNKNOWN));
    assert_eq!((rows[1].number, second.sequence), (2, 11));
    assert_eq!(rows.len(), 2);
}

#[test]
fn a_refused_point_names_its_field() {
    let at = "lat='1' lon='2'";
    assert_eq!(refused("lat='90.1' lon='2'", TIME), "row 1, column `lat`: expected -90 to 90, got `90.1`");
    assert_eq!(refused("lat='1' lon='2' lat='1'", TIME), "row 1: expected `lat` once, got it again");
    assert_eq!(refused("lat='1'", TIME), "row 1: expected a field `lon`, got none");
    assert_eq!(refused(at, "<ele>1</ele>"), "row 1: expected a field `time`, got none");
    assert_eq!(refused(at, &format!("{TIME}<ele>2</ele>")), "row 1: expected `ele` once, got it again");
    assert!(
        refused(at, &format!("{TIME}<speed>100.001</speed>"))
            .contains("column `speed`: expected 0 to 100 m/s")
    );
    assert!(
        refused(at, &format!("{TIME}<sat>1&#50;</sat>")).contains("column `sat`: expected a decimal number")
    );
    assert!(
        refused(at, "<time>2026-01-01T00:00:00Z</time>")
            .contains("at least one channel of the schema gnss_station")
    );
    assert!(
        refused(at, &format!("{TIME}<fix>none</fix>")).contains("column `fix`: expected a fix of 2d, 3d")
    );
    let long = format!("{TIME}<hdop>1.{}</hdop>", "0".repeat(255));
    assert!(refused(at, &long).contains("column `hdop`: expected at most 256 characters"));
    assert!(refused(at, "<time>1767225600000</time>").contains(
        "column `time`: expected a time like `2026-01-01T02:15:00Z` or `2026-01-01T03:15:00.25+01:00`, got"
    ));
}

#[test]
fn a_speed_may_stand_in_extensions() {
    let speed = |extensions: &str| {
        let point = format!("<trkpt lat='1' lon='2'>{TIME}<extensions>{extensions}</extensions></trkpt>");
        rows(&format!("<gpx xmlns:o='o'>{point}</gpx>")).remove(0).map(|row| row.reading.channels[3])
    };
    for extensions in [
        "<speed>1.2</speed>",
        "<o:speed>1.2</o:speed>",
        "<o:hr>74</o:hr><o:speed>1.2</o:speed>",
        "<o:TrackPointExtension><o:speed>1.2</o:speed></o:TrackPointExtension>",
    ] {
        assert_eq!(speed(extensions).unwrap(), 1_200, "{extensions}");
    }
    assert_eq!(speed("<o:other><o:speed>1.2</o:speed></o:other>").unwrap(), ABSENT, "somebody else's speed");
    assert!(speed("<speed>1.2</speed><o:speed>1.3</o:speed>").is_err(), "which of the two holds?");
}

#[test]
fn place_and_time_alone_are_a_reading_of_their_own_schema() {
    let track = "<gpx><wpt lat='1' lon='1'/><trkpt lat='48.1' lon='11.5'><time>2026-01-01T02:15:00Z</time></trkpt></gpx>";
    let position = Target { schema: Schema::named("position").unwrap(), ..target() };
    let mut reader = GpxReader::new(track.as_bytes(), &position, RangeError::default());
    let reading = reader.next().unwrap().unwrap().reading;
    assert_eq!((reading.schema, reading.channels, reading.accuracy_mm), (6, [1, 0, 0, 0], ACCURACY_UNKNOWN));
    assert!(reader.next().is_none());
    assert_eq!(reader.passed_over(), Some((1, "waypoints or points of routes")));
}

#[test]
fn a_time_has_a_zone() {
    let track =
        |time: &str| format!("<gpx><trkpt lat='1' lon='2'><ele>1</ele><time>{time}</time></trkpt></gpx>");
    let time = |time: &str| rows(&track(time))[0].as_ref().unwrap().reading.time.get();
    assert_eq!(time("2026-01-01T03:15:00.250+01:00"), 1_767_233_700_250);
    let local = track("2026-01-01T02:15:00");
    assert!(rows(&local)[0].as_ref().unwrap_err().to_string().contains("expected a time with its zone"));
    let reader = GpxReader::new(local.as_bytes(), &target(), RangeError::default());
    assert_eq!(reader.in_zone(Zone::Utc).next().unwrap().unwrap().reading.time.get(), 1_767_233_700_000);
    let message = rows(&track("1970-01-01T00:00:00Z"))[0].as_ref().unwrap_err().to_string();
    assert!(
        message.contains("column `time`: expected a time from 2000 on; was the clock not set"),
        "{message}"
    );
}

#[test]
fn a_point_after_a_refused_one_is_read() {
    let rows = rows(&format!(
        "<gpx><trkpt lat='x' lon='1'>{TIME}</trkpt><trkpt lat='1' lon='1'>{TIME}</trkpt></gpx>"
    ));
    assert!(rows[0].is_err());
    assert_eq!(rows[1].as_ref().unwrap().number, 2);
}

#[test]
fn what_is_no_plain_xml_ends_the_track() {
    let point = format!("<trkpt lat='1' lon='1'>{TIME}</trkpt>");
    for (track, wanted) in [
        (format!("<!DOCTYPE gpx><gpx>{point}</gpx>"), "without a document type"),
        (format!("<gpx>&evil;{point}</gpx>"), "no entities but"),
        (format!("<gpx>{}{point}", "<a>".repeat(64)), "at most 64 elements within each other"),
        (format!("<kml>{point}</kml>"), "the element <gpx> around"),
        (String::new(), "the element <gpx> around"),
        ("{\"time\": 1}\n".to_owned(), "the element <gpx> around"),
        ("time,lat,lon\n1,2,3\n".to_owned(), "the element <gpx> around"),
        (format!("<gpx><a></b>{point}</gpx>"), "well-formed XML"),
        ("<gpx><trkpt lat=1 lon='2'>".to_owned(), "well-formed XML"),
        (format!("<gpx><!--{}", "a".repeat(1 << 17)), "end within 65536 bytes"),
        ("<gpx><trkpt lat='1' lon='1'>".to_owned(), "the file ends before"),
    ] {
        let rows = rows(&track);
        assert_eq!(rows.len(), 1, "{wanted}");
        let error = rows[0].as_ref().unwrap_err();
        assert!(error.is_last() && error.to_string().contains(wanted), "{wanted}: {error}");
    }
    let bytes = [b"<gpx><name>".as_slice(), &[0xe9], b"</name></gpx>"].concat();
    let error = GpxReader::new(&bytes[..], &target(), RangeError::default()).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("expected UTF-8"), "{error}");
}

proptest! {
    #[test]
    fn arbitrary_tags_never_panic(parts in prop::collection::vec("<gpx>|</gpx>|<trkpt lat='1' lon='1'>|</trkpt>|<ele>|</ele>|<time/>|&amp;|1|<extensions>|<a|é", 0..20)) {
        rows(&parts.concat()).into_iter().for_each(drop);
        rows(&format!("<gpx>{}", parts.concat())).into_iter().for_each(drop);
    }
}

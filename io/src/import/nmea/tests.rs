use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network};
use zksensor_model::schema::{ABSENT, Schema};

use super::fields::coordinate;
use super::*;
use crate::import::{ImportError, RangeError, Row, Target};

fn target() -> Target {
    let schema = Schema::named("gnss_station").unwrap();
    Target { network: Network::new(137, [1; 20]), schema, first_sequence: 10 }
}

fn rows(log: &str) -> Vec<Result<Row, ImportError>> {
    NmeaReader::new(log.as_bytes(), &target(), RangeError::default()).collect()
}

/// Lines with `$` and checksum around the sentences.
fn log(sentences: &[&str]) -> String {
    let line = |text: &&str| format!("${text}*{:02X}\r\n", text.bytes().fold(0, |sum, byte| sum ^ byte));
    sentences.iter().map(line).collect()
}

fn messages(sentences: &[&str]) -> Vec<String> {
    rows(&log(sentences)).into_iter().map(|row| row.unwrap_err().to_string()).collect()
}

const RMC: &str = "GNRMC,223745.25,A,3806.62964,N,12237.61382,W,0.040,,110720,,,D,V";
const GGA: &str = "GNGGA,223745.25,3806.62964,N,12237.61382,W,2,12,0.54,83.1,M,-29.5,M,,0000";

#[test]
fn rmc_and_gga_of_one_time_are_a_fix_in_either_order() {
    for order in [[RMC, "GNGSV,1,1,00", GGA], [GGA, "PUBX,00", RMC]] {
        let rows = rows(&log(&order));
        assert_eq!(rows.len(), 1);
        let row = rows[0].as_ref().unwrap();
        let reading = row.reading;
        // 38 + 6.62964 / 60 and 122 + 37.61382 / 60 degrees.
        assert_eq!(
            (reading.location.latitude(), reading.location.longitude()),
            (381_104_940, -1_226_268_970)
        );
        assert_eq!((reading.time.get(), reading.accuracy_mm), (1_594_507_065_250, 2_700));
        // 0.040 kn are 0.0206 m/s.
        assert_eq!((reading.channels, row.number, reading.sequence), ([12, 54, 83_100, 21], 3, 10));
    }
}

#[test]
fn what_a_receiver_leaves_empty_is_absent() {
    let sparse = "GNGGA,223745.25,3806.62964,S,12237.61382,E,1,05,,,M,,M,,";
    let rmc = RMC.replace("0.040", "").replace(",N,", ",S,").replace(",W,", ",E,");
    let rows = rows(&log(&[&rmc, sparse]));
    let reading = rows[0].as_ref().unwrap().reading;
    assert_eq!((reading.channels, reading.accuracy_mm), ([5, ABSENT, ABSENT, ABSENT], ACCURACY_UNKNOWN));
    assert_eq!((reading.location.latitude(), reading.location.longitude()), (-381_104_940, 1_226_268_970));
}

#[test]
fn a_zda_settles_the_century() {
    let old = RMC.replace("110720", "110783");
    let year = |sentences: &[&str]| {
        rows(&log(sentences))[0].as_ref().unwrap().reading.time.get() / 31_556_952_000 + 1970
    };
    // Two digits of 83 are 1983: nothing that is read was measured then.
    assert!(messages(&[&old, GGA])[0].contains("column `RMC time`: expected a time from 2000 on"));
    assert_eq!(year(&["GNZDA,000000,11,07,2083,00,00", &old, GGA]), 2083);
    assert!(messages(&["GNZDA,000000,12,07,2083,00,00", &old, GGA])[0].contains("from 2000 on"));
}

#[test]
fn what_is_no_fix_is_refused_by_line() {
    assert_eq!(
        messages(&[&RMC.replace(",A,", ",V,"), GGA]),
        ["row 2: expected a valid fix, the receiver says that it has none"]
    );
    assert_eq!(messages(&[RMC, &GGA.replace("W,2,", "W,0,")]).len(), 1);
    assert_eq!(
        messages(&[RMC, &GGA.replace("45.25", "46.25"), RMC]),
        [
            "row 1: expected a GGA of the same talker and time, got none",
            "row 2: expected an RMC or ZDA of the same talker and time, got none",
            "row 3: expected a GGA of the same talker and time, got none"
        ]
    );
    let altered = log(&[RMC]).replace("0.040", "0.041");
    let message = rows(&altered)[0].as_ref().unwrap_err().to_string();
    assert!(message.starts_with("row 1: expected the checksum "), "{message}");
    let garbled = log(&["GPGSV,1"]).replace("GSV", "GSW");
    assert!(rows(&garbled)[0].as_ref().unwrap_err().to_string().contains("was altered on its way"));
    for (line, wanted) in [
        ("# a comment", "expected a sentence of NMEA 0183 like"),
        ("$GNRMC,1", "it has no checksum"),
        ("$GNRMC,1*zz", "not two hexadecimal digits"),
        ("$GNRMC,é*00", "not two hexadecimal digits"),
        ("$GNRMC,x*01", "it has fewer fields than its kind"),
    ] {
        let rows = rows(&format!("{line}\n{}", log(&[RMC, GGA])));
        assert!(rows[0].as_ref().unwrap_err().to_string().contains(wanted), "{line}");
        assert_eq!(rows[1].as_ref().unwrap().number, 3, "{line}");
    }
}

#[test]
fn a_position_that_nobody_measured_is_refused() {
    let rmc = |mode: &str| RMC.replace(",D,V", mode);
    for (rmc, gga, wanted) in [
        (rmc(",S"), GGA.replace("W,2,", "W,8,"), "a simulator"),
        (rmc(",S,V"), GGA.to_owned(), "got RMC mode S: a simulator"),
        (RMC.to_owned(), GGA.replace("W,2,", "W,8,"), "got GGA quality 8: a simulator"),
        (rmc(",M"), GGA.to_owned(), "put in by hand"),
        (rmc(""), GGA.replace("W,2,", "W,7,"), "put in by hand"),
        (rmc(",N"), GGA.to_owned(), "the receiver says that it has none"),
        (rmc(",A,U"), GGA.to_owned(), "navigational status U: unsafe"),
        (rmc(",E"), GGA.to_owned(), "signed only if you ask for it"),
        (rmc(",A"), GGA.replace("W,2,", "W,6,"), "signed only if you ask for it"),
        (rmc(",A"), GGA.replace("W,2,", "W,9,"), "the standard does not have"),
    ] {
        let message = &messages(&[&rmc, &gga])[0];
        assert!(message.starts_with("row 2: expected a") && message.contains(wanted), "{wanted}: {message}");
    }
    // On request an estimated one is read, and its dilution is nobody's accuracy.
    for (rmc, gga) in [
        (rmc(",E"), GGA.replace("W,2,", "W,6,")),
        (rmc(",A"), GGA.replace("W,2,", "W,6,")),
        (rmc(",E"), GGA.to_owned()),
    ] {
        let log = log(&[&rmc, &gga]);
        let reader = NmeaReader::new(log.as_bytes(), &target(), RangeError::default()).with_dead_reckoning();
        let reading = reader.map(Result::unwrap).next().unwrap().reading;
        assert_eq!((reading.channels, reading.accuracy_mm), ([12, ABSENT, 83_100, 21], ACCURACY_UNKNOWN));
    }
    let simulated = log(&[&rmc(",S"), &GGA.replace("W,2,", "W,8,")]);
    let reader = NmeaReader::new(simulated.as_bytes(), &target(), RangeError::default());
    assert!(reader.with_dead_reckoning().all(|row| row.is_err()), "a simulator is no dead reckoning");
}

#[test]
fn sentences_of_one_talker_and_time_are_paired_and_no_others() {
    let gp = |sentence: &str| sentence.replacen("GN", "GP", 1);
    let few = gp(GGA).replace("2,12,", "2,02,");
    let good = |sentences: &[&str]| -> Vec<(u64, [i64; 4])> {
        let rows = rows(&log(sentences));
        rows.into_iter().map(|row| row.map(|row| (row.number, row.reading.channels)).unwrap()).collect()
    };
    let whole = [12, 54, 83_100, 21];
    // Two talkers, whichever comes first: one fix of the time, of one talker.
    assert_eq!(good(&[GGA, &few, RMC, &gp(RMC)]), [(3, whole)]);
    assert_eq!(good(&[&few, GGA, &gp(RMC), RMC]), [(3, [2, 54, 83_100, 21])]);
    assert_eq!(good(&[&few, GGA, RMC]), [(3, whole)], "half of another talker's fix is passed over");
    assert_eq!(messages(&[&few, RMC]).len(), 2, "neither half is anybody's");
    // One time, however it is written.
    for time in ["223745.250", "223745.25000"] {
        assert_eq!(good(&[&RMC.replace("223745.25", time), GGA]), [(2, whole)]);
    }
    assert_eq!(messages(&[&RMC.replace("223745.25", "223745"), GGA]).len(), 2);
    // Fewer places are cut or rounded, and another place is another receiver's.
    assert_eq!(good(&[&RMC.replace("06.62964", "06.629"), GGA]), [(2, whole)]);
    assert_eq!(good(&[&RMC.replace("06.62964", "06.6297"), GGA]), [(2, whole)]);
    assert_eq!(
        messages(&[&RMC.replace("06.62964", "06.631"), GGA]),
        ["row 2: expected one position in RMC and GGA of a time, got two: are these two receivers?"]
    );
    // The same time of another day is not the same time.
    let filler = vec!["GPGSV,1,1,00"; 101];
    assert_eq!(messages(&[vec![RMC], filler, vec![GGA]].concat()).len(), 2);
}

#[test]
fn a_gga_takes_its_date_from_a_zda_of_its_time() {
    let zda = "GNZDA,223745.250,11,07,2020,00,00";
    for order in [[zda, GGA], [GGA, zda]] {
        let rows = rows(&log(&order));
        let reading = rows[0].as_ref().unwrap().reading;
        assert_eq!((rows.len(), reading.time.get()), (1, 1_594_507_065_250));
        assert_eq!((reading.channels, reading.accuracy_mm), ([12, 54, 83_100, ABSENT], 2_700));
    }
    for other in
        ["GPZDA,223745.250,11,07,2020,00,00", "GNZDA,223746.250,11,07,2020,00,00", "GNZDA,223745.250,,,,,"]
    {
        let message = &messages(&[other, GGA])[0];
        assert_eq!(message, "row 2: expected an RMC or ZDA of the same talker and time, got none", "{other}");
    }
    assert!(messages(&[zda, &GGA.replace("W,2,", "W,8,")])[0].contains("a simulator"));
    // With an RMC the ZDA has nothing to say.
    assert_eq!(rows(&log(&[zda, RMC, GGA, zda])).len(), 1);
    // One fix a day at one time of day: each has the date that was said before it.
    let next = "GNZDA,223745.250,12,07,2020,00,00";
    let times: Vec<u64> =
        rows(&log(&[zda, GGA, next, GGA])).into_iter().map(|row| row.unwrap().reading.time.get()).collect();
    assert_eq!(times, [1_594_507_065_250, 1_594_507_065_250 + 86_400_000]);
    // An altitude in feet is none in metres.
    let feet = GGA.replace("83.1,M", "83.1,F");
    assert!(messages(&[zda, &feet])[0].contains("expected the unit `M`"));
}

#[test]
fn a_sentence_is_found_wherever_it_begins() {
    let plain = log(&[RMC, GGA]);
    let wanted = rows(&plain)[0].as_ref().unwrap().reading;
    let each = |before: &str| plain.replace('$', &format!("{before}$"));
    for other in [
        each("$"),
        each("2026-01-01 02:15:00.123 "),
        each("\\c:1767233700*5B\\"),
        each("$GNRMC,2237"),
        plain.replace("\r\n", "\r"),
        plain.replace("\r\n", "\n"),
        plain.replace("\r\n", " \r\n\r\n"),
        format!("{plain}\x1a"),
        format!("{}{plain}", log(&["PGRMC,A,520.0,100,6378137.000,298.257223563,0.0,0.0,0.0,A,3,1,1,4,30"])),
    ] {
        let rows = rows(&other);
        assert_eq!((rows.len(), rows[0].as_ref().unwrap().reading), (1, wanted), "{other:?}");
    }
    let binary = [b"\xb5b\x01\x07\x02\x00\x100\xff".as_slice(), plain.as_bytes()].concat();
    let mut rows = NmeaReader::new(&binary[..], &target(), RangeError::default());
    assert_eq!(rows.next().unwrap().unwrap().reading, wanted);
    assert!(rows.next().is_none());
    let leap = log(&[&RMC.replace("223745.25", "235960"), &GGA.replace("223745.25", "235960")]);
    let message = self::rows(&leap)[0].as_ref().unwrap_err().to_string();
    assert!(message.contains("leap seconds have no Unix time"), "{message}");
}

#[test]
fn fields_are_checked_exactly() {
    for (from, to, wanted) in [
        ("3806.62964", "3860.0", "column `GGA latitude`: expected degrees and minutes"),
        ("3806.62964", "9000.00001", "column `GGA latitude`: expected -90 to 90"),
        ("12237.61382,W", "12237.61382,E", "expected one position in RMC and GGA of a time, got two"),
        ("0.54", "1e2", "HDOP"),
    ] {
        let changed = GGA.replace(from, to);
        let row = rows(&log(&[RMC, &changed])).remove(0);
        match row {
            Ok(_) => assert_eq!(wanted, "", "{to}"),
            Err(error) => assert!(error.to_string().contains(wanted), "{to}: {error}"),
        }
    }
    let row = rows(&log(&[&RMC.replace("110720", "310220"), GGA])).remove(0);
    assert!(row.is_err(), "there is no 31 February");
    assert_eq!(coordinate("4807.038", "N", 90), Ok(481_173_000));
    assert_eq!(coordinate("18000.000", "W", 180), Ok(-1_800_000_000));
    assert!(coordinate("18000.0000001", "W", 180).is_ok(), "rounds to 180");
    assert!(coordinate("18000.1", "W", 180).is_err());
    assert!(coordinate("807.038", "N", 90).is_err() && coordinate("4807.038", "E", 90).is_err());
}

proptest! {
    #[test]
    fn arbitrary_fields_never_panic(fields in prop::collection::vec("[-0-9.A-Z]{0,8}", 0..20), kind in "GNRMC|GPGGA|GNZDA") {
        rows(&log(&[&format!("{kind},{}", fields.join(",")), GGA, RMC])).into_iter().for_each(drop);
    }
}

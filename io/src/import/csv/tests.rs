use std::io::{self, Read};

use proptest::prelude::*;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Network};
use zksensor_model::schema::{ABSENT, Schema};

use super::*;
use crate::import::{ImportError, Row, Zone};

fn mapping() -> Mapping {
    let columns = "time=t,lat=y,lon=x,accuracy_m=acc,value=v".parse().unwrap();
    Mapping { scale: 3, first_sequence: 100, ..Mapping::new(columns, Network::new(137, [1; 20]), 9) }
}

fn rows(table: &str) -> Vec<Result<Row, ImportError>> {
    CsvReader::new(table.as_bytes(), &mapping()).unwrap().collect()
}

fn refused(row: &str) -> String {
    rows(&format!("t,y,x,acc,v\n{row}\n"))[0].as_ref().unwrap_err().to_string()
}

#[test]
fn rows_become_readings_by_header_name() {
    let table = "\u{feff}v,note,x,y,t,acc\n21.5,\"a, b\", -11.56438835 ,48.16350665,1410324847000,2.0001\n\
                 -0.001,,0,0,2014-09-10T04:54:08Z,\n";
    let rows: Vec<Row> = rows(table).into_iter().map(Result::unwrap).collect();
    let first = rows[0].reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (481_635_067, -115_643_884));
    assert_eq!(
        (first.time.get(), first.accuracy_mm, first.channels),
        (1_410_324_847_000, 2_001, [21_500, 0, 0, 0])
    );
    assert_eq!((first.schema, first.sequence, rows[1].number, rows[1].reading.sequence), (9, 100, 2, 101));
    assert_eq!((rows[1].reading.accuracy_mm, rows[1].reading.channels[0]), (ACCURACY_UNKNOWN, -1));
    assert_eq!(rows[1].reading.time.get(), rows[0].reading.time.get() + 1000);
}

#[test]
fn a_refused_cell_names_row_column_and_what_was_wanted() {
    assert_eq!(
        refused("2014-09-10,1,2,3,4"),
        "row 1, column `t`: expected a time like `2026-01-01T02:15:00Z` or `2026-01-01T03:15:00.25+01:00`, or a number of \
         Unix milliseconds, got `2014-09-10`"
    );
    assert_eq!(refused("1e12,90.0000001,2,3,4"), "row 1, column `y`: expected -90 to 90, got `90.0000001`");
    assert!(refused("1e12,1,181,3,4").starts_with("row 1, column `x`: expected -180 to 180"));
    assert!(refused("1e12,1,2,0,4").starts_with("row 1, column `acc`: expected 1 to"));
    assert!(refused("1e12,1,2,3,4.0005").contains("column `v`: expected at most 3 decimal places"));
    assert!(refused("1e12,1,2,3,x").contains("column `v`: expected a decimal number"));
    assert!(
        refused("281474976710656,1,2,3,4")
            .starts_with("row 1, column `t`: expected Unix milliseconds from the year 2000 on")
    );
    assert_eq!(refused("1e12,1,2"), "row 1: expected 5 cells as in the header, got 3");
}

#[test]
fn times_are_exact_and_of_a_known_unit() {
    let time = |columns: &str, zone, cell: &str| {
        let columns = format!("{columns}=t,lat=y,lon=x,value=v").parse().unwrap();
        let table = format!("t,y,x,v\n{cell},1,2,3\n");
        let mapping = Mapping { zone, ..Mapping::new(columns, Network::new(137, [1; 20]), 9) };
        let row = CsvReader::new(table.as_bytes(), &mapping).unwrap().next().unwrap();
        row.map(|row| row.reading.time.get()).map_err(|error| error.to_string())
    };
    let written = Zone::Written;
    assert_eq!(time("time", written, "2026-01-01 03:01:00.123456+01:00"), Ok(1_767_232_860_123));
    assert_eq!(time("time_s", written, "1767232860.5"), Ok(1_767_232_860_500));
    assert_eq!(time("time", Zone::Utc, "2026-01-01T02:01:00"), Ok(1_767_232_860_000));
    for (columns, cell, wanted) in [
        ("time", "1767232860", "the number looks like Unix seconds, got `1767232860`"),
        ("time", "46023", "the number looks like the days of a spreadsheet"),
        ("time_s", "1767232860000", "the number looks like Unix milliseconds"),
        ("time", "2026-01-01T02:01:00", "expected a time with its zone"),
        ("time", "1970-01-01T00:00:00Z", "expected a time from 2000 on"),
    ] {
        let message = time(columns, written, cell).unwrap_err();
        assert!(message.contains(wanted), "{wanted}: {message}");
    }
}

#[test]
fn a_row_after_a_refused_one_is_read() {
    let rows = rows("t,y,x,acc,v\n1e12,1,2,3,bad\n1e12,1,2,3,4\n");
    assert!(rows[0].is_err());
    assert_eq!(rows[1].as_ref().unwrap().number, 2);
}

#[test]
fn headers_are_checked() {
    let refused = |table: &str| CsvReader::new(table.as_bytes(), &mapping()).err().unwrap().to_string();
    assert_eq!(refused("t,y,x,v\n"), "expected a column `acc`, the header has `t`, `y`, `x`, `v`");
    assert!(refused("t,y,x,acc,v,v\n").contains("one column `v`"));
    assert!(refused("").contains("column `t`"));
}

#[test]
fn a_quote_that_never_closes_is_refused_in_bounded_memory() {
    let endless = io::repeat(b'a').take(1 << 40);
    let table = "t,y,x,acc,v\n\"".as_bytes().chain(endless);
    let error = CsvReader::new(table, &mapping()).unwrap().next().unwrap().unwrap_err();
    assert!(error.to_string().contains("is a quote not closed?"), "{error}");
}

#[test]
fn a_schema_with_units_has_the_scale_the_range_and_what_is_absent() {
    let columns = "time=t,lat=y,lon=x,accuracy_m=acc,value=v,value2=w".parse().unwrap();
    let schema = Schema::named("air_quality").unwrap().id;
    let mapping = Mapping { columns, scale: 9, schema, ..mapping() };
    let table = "t,y,x,acc,v,w\n1e12,1,2,3,21.5,-3.25\n1e12,1,2,3,,0\n1e12,1,2,3,,\n1e12,1,2,3,21.55,0\n1e12,1,2,3,1,70.01\n";
    let mut rows = CsvReader::new(table.as_bytes(), &mapping).unwrap();
    let mut channels =
        || rows.next().unwrap().map(|row| row.reading.channels).map_err(|error| error.to_string());
    assert_eq!(channels(), Ok([215, ABSENT, -325, ABSENT]));
    assert_eq!(channels(), Ok([ABSENT, ABSENT, 0, ABSENT]));
    let message = channels().unwrap_err();
    assert!(
        message.starts_with("row 3: expected at least one channel of the schema air_quality (no2,"),
        "{message}"
    );
    assert!(channels().unwrap_err().contains("column `v`: expected at most 1 decimal places"));
    let message = channels().unwrap_err();
    assert!(message.contains("row 5, column `w`: expected -90 to 70 Cel"), "{message}");
    assert!(rows.next().is_none());
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>, tail: Vec<u8>) {
        let mut table = b"t,y,x,acc,v\n".to_vec();
        table.extend(&tail);
        for bytes in [bytes, table] {
            if let Ok(reader) = CsvReader::new(&bytes[..], &mapping()) {
                reader.take(100).for_each(drop);
            }
        }
    }
}

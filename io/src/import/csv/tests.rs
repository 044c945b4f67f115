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
    assert!(
        refused("1e12,1,2,3,4.0005").contains("expected at most 3 decimal places; raise the scale, or round")
    );
    assert!(refused("1e12,1,2,3,x").contains("column `v`: expected a decimal number"));
    assert!(
        refused("281474976710656,1,2,3,4")
            .starts_with("row 1, column `t`: expected Unix milliseconds of the years 2000 to 2099")
    );
    assert_eq!(refused("1e12,1,2"), "row 1: expected 5 cells as in the header, got 3");
    assert_eq!(refused("1e12,1,2,3,4,5"), "row 1: expected 5 cells as in the header, got 6");
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
    let good = "1e12,1,2,3,4";
    let table = |bad: &[u8]| {
        [b"t,y,x,acc,v\n".as_slice(), bad, b"\n", good.as_bytes(), b"\n", good.as_bytes()].concat()
    };
    for bad in [
        b"1e12,1,2,3,bad".as_slice(),
        b"1e12,48.11",
        b"1e12,1,2,3,4,5",
        b"1e12,1,2,3,\xff",
        b"1e12,1,2,3,\"4",
    ] {
        let table = table(bad);
        let rows: Vec<_> = CsvReader::new(&table[..], &mapping()).unwrap().collect();
        assert!(rows[0].is_err(), "{bad:?}");
        // A quote that is not closed takes the rest of so small a table with it.
        if !bad.contains(&b'"') {
            assert_eq!(rows[1].as_ref().unwrap().number, 2, "{bad:?}");
            assert!(rows.len() == 3 && rows[2].is_ok());
        }
    }
    // In a large one nothing after it is read: lines may be the text of a cell, and are no rows then.
    let lines = format!("{good}\n").repeat(10_000);
    let table = format!("t,y,x,acc,v\n1e12,1,2,3,\"4\n{lines}");
    let rows = rows(&table);
    let error = rows[0].as_ref().unwrap_err();
    assert!(rows.len() == 1 && error.is_last() && error.to_string().contains("is a quote"), "{error}");
    // The same of a cell that is closed, and has such lines in it.
    let table = format!("t,y,x,acc,v\n1e12,1,2,3,4,\"{lines}\"\n{good}\n");
    let rows = self::rows(&table);
    assert!(rows.len() == 1 && rows[0].as_ref().is_err_and(ImportError::is_last));
}

#[test]
fn cells_are_separated_and_written_as_is_said() {
    let columns = || "time=t,lat=y,lon=x,accuracy_m=acc,value=v".parse().unwrap();
    let other = |delimiter: &str, decimal_comma| Mapping {
        delimiter: delimiter.parse().unwrap(),
        decimal_comma,
        scale: 3,
        ..Mapping::new(columns(), Network::new(137, [1; 20]), 9)
    };
    let table =
        "\u{feff}t;y;x;acc;v\r\n1e12;48,1;-11,5;2,5;1,25\r\n1e12;48.1;1;2;3\r\n1e12;1.234,5;1;2;3\r\n";
    let rows: Vec<_> = CsvReader::new(table.as_bytes(), &other(";", true)).unwrap().collect();
    let first = rows[0].as_ref().unwrap().reading;
    assert_eq!((first.location.latitude(), first.location.longitude()), (481_000_000, -115_000_000));
    assert_eq!((first.accuracy_mm, first.channels[0]), (2_500, 1_250));
    for row in &rows[1..] {
        let message = row.as_ref().unwrap_err().to_string();
        assert!(message.contains("column `y`: expected a decimal number such as -12,5"), "{message}");
    }
    let tabs = "t\ty\tx\tacc\tv\n1e12\t1\t2\t3\t4\n";
    assert!(CsvReader::new(tabs.as_bytes(), &other("tab", false)).unwrap().all(|row| row.is_ok()));
    for (table, wanted) in [(table, "one column with `;` in it"), (tabs, "one column with `tab` in it")] {
        let message = CsvReader::new(table.as_bytes(), &mapping()).err().unwrap().to_string();
        assert!(message.contains(wanted), "{message}");
    }
    let message = rows_of("t,y,x,acc,v\n1e12,\"48,1\",2,3,4\n").unwrap_err();
    assert!(message.contains("expected a decimal number such as -12.5, with a point"), "{message}");
}

/// The first row of a table.
fn rows_of(table: &str) -> Result<Row, String> {
    rows(table).remove(0).map_err(|error| error.to_string())
}

#[test]
fn a_unit_is_converted_and_never_guessed() {
    let vehicle = Schema::named("vehicle").unwrap().id;
    let read = |value: &str, header: &str, cell: &str| {
        let columns = format!("time=t,lat=y,lon=x,{value}={header}").parse().unwrap();
        let table = format!("t,y,x,{header}\n1e12,1,2,{cell}\n");
        let mut rows =
            CsvReader::new(table.as_bytes(), &Mapping::new(columns, Network::new(137, [1; 20]), vehicle))
                .map_err(|error| error.to_string())?;
        rows.next().unwrap().map(|row| row.reading.channels).map_err(|error| error.to_string())
    };
    assert_eq!(read("value:km/h", "Speed (OBD)(km/h)", "50"), Ok([13_889, ABSENT, ABSENT, ABSENT]));
    assert_eq!(read("speed:kph", "v", "50"), Ok([13_889, ABSENT, ABSENT, ABSENT]));
    assert_eq!(read("odometer:km", "v", "1.2345"), Ok([ABSENT, 1_235, ABSENT, ABSENT]));
    assert_eq!(read("energy:/", "v", "0.805"), Ok([ABSENT, ABSENT, 805, ABSENT]));
    assert_eq!(read("value", "v", "13.88889"), Ok([13_889, ABSENT, ABSENT, ABSENT]), "rounded once");
    assert_eq!(read("speed", "speed_mps", "1"), Ok([1_000, ABSENT, ABSENT, ABSENT]));
    for (value, header, wanted) in [
        (
            "value",
            "Speed (OBD)(km/h)",
            "the name of column `Speed (OBD)(km/h)` says km/h: map it as speed:km/h=",
        ),
        ("speed", "speed_mph", "says mph"),
        ("speed:Cel", "v", "expected `speed` in one of m/s, km/h, kn, mph, got Cel"),
        ("no2", "v", "got `no2`"),
    ] {
        let message = read(value, header, "50").unwrap_err();
        assert!(message.contains(wanted), "{wanted}: {message}");
    }
    assert!(read("speed:km/h", "v", "361").unwrap_err().contains("expected 0 to 100 m/s"));
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
    assert!(
        error.is_last() && error.to_string().contains("is a quote, a bracket or a tag not closed?"),
        "{error}"
    );
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
    assert_eq!(channels(), Ok([216, ABSENT, 0, ABSENT]), "rounded, as in every format");
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

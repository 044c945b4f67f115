//! Traces for tests.

use std::fmt::Write as _;
use std::io::Write as _;

/// Rows, a second apart, that go 11 m north and back again in the inner city; `odd` replaces places.
pub(crate) fn synthetic(rows: usize, odd: &[(usize, &str)]) -> String {
    let mut text = String::from("time,lat,lon\n");
    for row in 1..=rows {
        let place = odd.iter().find(|(at, _)| *at == row).map(|(_, place)| *place);
        let place = place.unwrap_or(if row % 2 == 0 { "48.1371,11.5750" } else { "48.1372,11.5750" });
        let second = 30 * 60 + row;
        let (hour, minute, second) = (4 + second / 3600, second / 60 % 60, second % 60);
        writeln!(text, "2014-09-10T{hour:02}:{minute:02}:{second:02}Z,{place}").unwrap();
    }
    text
}

/// The Munich trace, if it is there.
pub(crate) fn munich() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/munich_car_trace.csv");
    match std::fs::read_to_string(path) {
        Ok(text) => Some(text),
        Err(error) => {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {path}: {error}");
            // Straight to standard error: libtest captures `eprintln!`.
            writeln!(std::io::stderr(), "skipped: the Munich trace: {path}: {error}").unwrap();
            None
        }
    }
}

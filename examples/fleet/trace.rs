//! One car's fixes from CSV, and its speed between them.

use zksensor::model::policy::time::parse_rfc3339_millis;
use zksensor::model::reading::{Location, UnixMillis};

/// Columns that a trace has, in any order; others are ignored.
const COLUMNS: [&str; 3] = ["time", "lat", "lon"];
/// Semi-major axis of the WGS 84 ellipsoid, metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// First eccentricity of the WGS 84 ellipsoid, squared.
const ECCENTRICITY_2: f64 = 0.006_694_379_990_14;
/// Units of a [`Location`] in a degree.
const UNITS: f64 = 1e7;

/// Why text is not a trace. Rows are counted from 1, the header apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TraceError {
    #[error("expected the columns time, lat, lon in the first line, got {found:?}; {missing} is missing")]
    Column { missing: &'static str, found: Vec<String> },
    #[error("row {row}: {reason}; give every row as many cells as the header has")]
    Csv { row: usize, reason: String },
    #[error("row {row}: expected in {column} {wanted}, got {got:?}; correct the cell or leave the row out")]
    Cell { row: usize, column: &'static str, wanted: &'static str, got: String },
    #[error(
        "row {row}: expected a time after that of the row before; sort the rows by time and leave out repeated ones"
    )]
    Order { row: usize },
    #[error("expected at least {wanted} rows, one for a start and one for each stretch, got {found}")]
    Short { wanted: usize, found: usize },
}

/// Where the car was and how fast it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fix {
    /// Its row, counted from 1.
    pub(crate) row: usize,
    pub(crate) time: UnixMillis,
    pub(crate) location: Location,
    /// Mean speed since the row before, millimetres a second; none for row 1.
    pub(crate) speed_mm_s: Option<i64>,
}

/// The fixes of a CSV.
pub(crate) fn parse(text: &str) -> Result<Vec<Fix>, TraceError> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header =
        reader.headers().map_err(|reason| TraceError::Csv { row: 0, reason: reason.to_string() })?.clone();
    let mut columns = [0; COLUMNS.len()];
    for (column, missing) in columns.iter_mut().zip(COLUMNS) {
        *column = header.iter().position(|name| name == missing).ok_or_else(|| TraceError::Column {
            missing,
            found: header.iter().map(str::to_owned).collect(),
        })?;
    }
    let mut fixes: Vec<Fix> = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let row = index + 1;
        let record = record.map_err(|reason| TraceError::Csv { row, reason: reason.to_string() })?;
        let fix = fix(row, columns.map(|column| &record[column]), fixes.last())?;
        fixes.push(fix);
    }
    Ok(fixes)
}

fn fix(row: usize, [time, latitude, longitude]: [&str; 3], before: Option<&Fix>) -> Result<Fix, TraceError> {
    let cell = |column, wanted, got: &str| TraceError::Cell { row, column, wanted, got: got.to_owned() };
    let instant = parse_rfc3339_millis(time).ok().and_then(|millis| UnixMillis::new(millis).ok());
    let time = instant.ok_or_else(|| cell("time", "a time such as 2014-09-10T04:54:07Z", time))?;
    let north =
        degrees(latitude, 90.0).ok_or_else(|| cell("lat", "a latitude of -90 to 90 degrees", latitude))?;
    let east = degrees(longitude, 180.0)
        .ok_or_else(|| cell("lon", "a longitude of -180 to 180 degrees", longitude))?;
    let location = Location::from_e7(north, east).expect("both are in range");
    let speed_mm_s = before
        .map(|before| {
            speed_mm_s((before.time, &before.location), (time, &location)).ok_or(TraceError::Order { row })
        })
        .transpose()?;
    Ok(Fix { row, time, location, speed_mm_s })
}

/// Degrees within +-`limit` in units of 1e-7, to the nearest.
fn degrees(text: &str, limit: f64) -> Option<i32> {
    let value: f64 = text.parse().ok()?;
    // Infinite and NaN are in no range; 180e7 fits in 31 bits.
    #[allow(clippy::cast_possible_truncation, reason = "at most 1.8e9")]
    (-limit..=limit).contains(&value).then(|| (value * UNITS).round() as i32)
}

/// Mean speed from one fix to a later one, in mm/s to the nearest; `None` if it is not later.
///
/// The distance is equirectangular on the WGS 84 ellipsoid: north-south by the meridian's radius of curvature, east-west by
/// the parallel's radius, both at the middle latitude. That is exact to well below a millimetre over the tens of metres
/// between fixes.
pub(crate) fn speed_mm_s(from: (UnixMillis, &Location), to: (UnixMillis, &Location)) -> Option<i64> {
    let millis = to.0.get().checked_sub(from.0.get()).filter(|millis| *millis > 0)?;
    let radians = |units: i32| (f64::from(units) / UNITS).to_radians();
    let (south, north) = (radians(from.1.latitude()), radians(to.1.latitude()));
    let east = radians(to.1.longitude()) - radians(from.1.longitude());
    let middle = (south + north) / 2.0;
    let squash = 1.0 - ECCENTRICITY_2 * middle.sin().powi(2);
    let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / squash.powf(1.5);
    let parallel = SEMI_MAJOR_M / squash.sqrt() * middle.cos();
    let metres = (meridian * (north - south)).hypot(parallel * east);
    #[allow(clippy::cast_precision_loss, reason = "differences of times are far below 2^52 ms")]
    let speed = metres * 1e6 / millis as f64;
    #[allow(clippy::cast_possible_truncation, reason = "half a meridian in a millisecond is 2e13 mm/s")]
    Some(speed.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_name_and_speeds_computed() {
        let text = "lon,note,lat,time\n11.5,a,48,2014-09-10T04:54:07Z\n11.5,b,48.0001,2014-09-10T04:54:08Z\n\
                    11.5001,c,48.0001,2014-09-10T04:54:08.500Z\n";
        let fixes = parse(text).unwrap();
        assert_eq!(fixes[1].location, Location::from_e7(480_001_000, 115_000_000).unwrap());
        assert_eq!(fixes[1].time.get(), 1_410_324_848_000);
        // A degree of latitude at 48 degrees north is 111.190 km, one of longitude 74.626 km (WGS 84).
        let speeds: Vec<Option<i64>> = fixes.iter().map(|fix| fix.speed_mm_s).collect();
        assert_eq!(speeds, [None, Some(11_119), Some(14_925)]);
        assert_eq!(fixes.iter().map(|fix| fix.row).collect::<Vec<_>>(), [1, 2, 3]);
    }

    #[test]
    fn errors_name_the_row_the_column_and_what_was_wanted() {
        let good = "2014-09-10T04:54:07Z,48,11.5";
        for (text, wanted) in [
            ("", "time is missing"),
            ("time,lat\n", "lon is missing"),
            ("time,lat,lon\n2014-09-10T04:54:07Z,48\n", "row 1: "),
            ("time,lat,lon\nyesterday,48,11.5\n", "row 1: expected in time a time such as"),
            ("time,lat,lon\n2014-09-10T04:54:07Z,91,11.5\n", "row 1: expected in lat a latitude"),
            ("time,lat,lon\n2014-09-10T04:54:07Z,48,NaN\n", "row 1: expected in lon a longitude"),
            (&format!("time,lat,lon\n{good}\n{good}\n"), "row 2: expected a time after"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text:?}: {error}");
        }
    }
}

//! Which column of a table is what.

use std::str::FromStr;

use crate::import::TimeUnit;
use crate::import::time::unit_of_field;

/// Why text is not a mapping of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// No `=` between field and column.
    #[error("expected FIELD=COLUMN, got `{found}`")]
    Form {
        /// The part that came.
        found: String,
    },
    /// No such field.
    #[error(
        "expected one of the fields time, time_s, time_ms, time_us, time_ns, lat, lon, accuracy_m, accuracy_mm, value, value1, \
         value2, value3, sequence, got `{found}`"
    )]
    Field {
        /// The field that came.
        found: String,
    },
    /// A field, or two that say the same, more than once.
    #[error("expected `{field}` once; leave one of its columns out")]
    Repeated {
        /// The field.
        field: &'static str,
    },
    /// A field that no reading can do without.
    #[error("expected a column for `{field}`, got none; add {field}=COLUMN")]
    Missing {
        /// The field.
        field: &'static str,
    },
}

/// Names of the columns, as the header has them. Parsed from `time=..,lat=..,lon=..,accuracy_m=..,value=..`; a column whose
/// name has a comma cannot be named so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Times with their zone as text (RFC 3339), or numbers of [`time_unit`](Columns::time_unit).
    pub time: String,
    /// What a number that is a time counts: `time_s=COLUMN` says seconds. Without it milliseconds, and text will do as well.
    pub time_unit: Option<TimeUnit>,
    /// Latitude, decimal degrees.
    pub latitude: String,
    /// Longitude, decimal degrees.
    pub longitude: String,
    /// Horizontal accuracy, and the decimal places to millimetres: 3 for metres, 0 for millimetres. An empty cell, or no
    /// column, is an unknown accuracy.
    pub accuracy: Option<(String, u32)>,
    /// The channels. One without a column is 0.
    pub values: [Option<String>; 4],
    /// Sequence number; without a column the rows are counted.
    pub sequence: Option<String>,
}

impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Columns, ColumnsError> {
        let (mut time, mut latitude, mut longitude) = (None, None, None);
        let (mut accuracy, mut sequence) = (None, None);
        let mut values = [const { None }; 4];
        for part in text.split(',') {
            let wrong = || ColumnsError::Form { found: part.to_owned() };
            let (field, column) = part.split_once('=').ok_or_else(wrong)?;
            let column = column.trim().to_owned();
            if column.is_empty() {
                return Err(wrong());
            }
            match field.trim() {
                name if unit_of_field(name).is_some() => {
                    once("time", &mut time, (column, unit_of_field(name).flatten()))?;
                }
                "lat" => once("lat", &mut latitude, column)?,
                "lon" => once("lon", &mut longitude, column)?,
                "accuracy_m" => once("accuracy_m", &mut accuracy, (column, 3))?,
                "accuracy_mm" => once("accuracy_mm", &mut accuracy, (column, 0))?,
                "value" | "value0" => once("value", &mut values[0], column)?,
                "value1" => once("value1", &mut values[1], column)?,
                "value2" => once("value2", &mut values[2], column)?,
                "value3" => once("value3", &mut values[3], column)?,
                "sequence" => once("sequence", &mut sequence, column)?,
                found => {
                    return Err(ColumnsError::Field { found: found.to_owned() });
                }
            }
        }
        let wanted = |field| ColumnsError::Missing { field };
        if values.iter().all(Option::is_none) {
            return Err(wanted("value"));
        }
        let (time, time_unit) = time.ok_or(wanted("time"))?;
        Ok(Columns {
            time,
            time_unit,
            latitude: latitude.ok_or(wanted("lat"))?,
            longitude: longitude.ok_or(wanted("lon"))?,
            accuracy,
            values,
            sequence,
        })
    }
}

fn once<T>(field: &'static str, slot: &mut Option<T>, value: T) -> Result<(), ColumnsError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ColumnsError::Repeated { field }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_reads() {
        let columns: Columns = "time=t, lat=y,lon=x,accuracy_mm=hacc,value=a b,value2=c".parse().unwrap();
        assert_eq!(columns.accuracy, Some(("hacc".to_owned(), 0)));
        assert_eq!(columns.values, [Some("a b".to_owned()), None, Some("c".to_owned()), None]);
        assert_eq!((columns.time.as_str(), columns.time_unit), ("t", None));
        let columns: Columns = "time_us=ts,lat=y,lon=x,value=v".parse().unwrap();
        assert_eq!((columns.time.as_str(), columns.time_unit), ("ts", Some(TimeUnit::Microseconds)));
    }

    #[test]
    fn others_are_refused_by_name() {
        let refused = |text: &str| text.parse::<Columns>().unwrap_err().to_string();
        assert!(refused("time").contains("`time`"));
        assert!(refused("time=").contains("`time=`"));
        assert!(refused("colour=red").contains("`colour`"));
        assert!(refused("time=a,time=b").contains("`time` once"));
        assert!(refused("time=a,time_s=b").contains("`time` once"));
        assert!(refused("time_h=a").contains("`time_h`"));
        assert!(
            refused("time=a,lat=b,lon=c,value=v,accuracy_m=d,accuracy_mm=e").contains("`accuracy_mm` once")
        );
        assert!(refused("time=a,lat=b,lon=c").contains("`value`"));
        assert!(refused("time=a,lon=c,value=d").contains("`lat`"));
    }
}

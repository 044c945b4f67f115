//! Which column of a table is what.

use std::str::FromStr;

use zksensor_model::schema::{SCHEMAS, Schema};

use crate::import::target::presence;
use crate::import::time::unit_of_field;
use crate::import::{Place, SettingsError, TimeUnit, unit};

/// Why text is not a mapping of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// No `=` between field and column.
    #[error("expected FIELD=COLUMN, got `{got}`")]
    Form {
        /// The part that came.
        got: String,
    },
    /// No such field.
    #[error(
        "expected one of the fields time, time_s, time_ms, time_us, time_ns, lat, lon, accuracy_m, accuracy_mm, value, value1, \
         value2, value3, sequence, or the name of a channel, got `{got}`"
    )]
    Field {
        /// The field that came.
        got: String,
    },
    /// A unit that nobody converts, or one of what has none.
    #[error("expected a unit such as km/h, kn, Cel, ug/m3, /100 after a channel, got `{got}`")]
    Unit {
        /// Field and unit that came.
        got: String,
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

/// A column with values of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueColumn {
    /// Name of the column.
    pub column: String,
    /// The unit of its numbers, as SenML writes it; without one it is the channel's.
    pub unit: Option<&'static str>,
}

/// Names of the columns, as the header has them. Parsed from `time=..,lat=..,lon=..,accuracy_m=..,value=..`; a column whose
/// name has a comma cannot be named so. A channel is `value`, `value1` and so on by its place in the schema, or has its name,
/// and the unit of the column after a colon: `speed:km/h=..`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// Times with their zone as text (RFC 3339), or numbers of [`time_unit`](Columns::time_unit).
    pub time: String,
    /// What a number that is a time counts: `time_s=COLUMN` says seconds. Without it milliseconds, and text will do as well.
    pub time_unit: Option<TimeUnit>,
    /// Latitude and longitude, decimal degrees. Without them the readings are those of a station whose
    /// [`Place`](crate::import::Place) is given.
    pub position: Option<(String, String)>,
    /// Horizontal accuracy, and the decimal places to millimetres: 3 for metres, 0 for millimetres. An empty cell is an unknown
    /// accuracy; without a column it is that of the place, if one is given, and else unknown.
    pub accuracy: Option<(String, u32)>,
    /// The channels by their place.
    pub values: [Option<ValueColumn>; 4],
    /// The channels by their name in a schema of the registry.
    pub channels: Vec<(&'static str, ValueColumn)>,
    /// Sequence number; without a column the rows are counted.
    pub sequence: Option<String>,
}

impl Columns {
    /// Refuses a mapping that says another position than a station's place, or none at all.
    ///
    /// # Errors
    /// [`SettingsError::NoPosition`] or [`SettingsError::TwoPositions`].
    pub(crate) fn check_position(&self, place: Option<Place>) -> Result<(), SettingsError> {
        match (&self.position, place) {
            (None, None) => Err(SettingsError::NoPosition),
            (Some(_), Some(_)) => Err(SettingsError::TwoPositions),
            _ => Ok(()),
        }
    }

    /// The columns of the channels of a schema, by their place.
    ///
    /// # Errors
    /// [`SettingsError`] if the schema has no such channel, a channel has two columns or none has one, or a unit does not become
    /// the channel's.
    pub(crate) fn of(&self, schema: Option<&Schema>) -> Result<[Option<ValueColumn>; 4], SettingsError> {
        let mut values = self.values.clone();
        for (name, column) in &self.channels {
            let unknown = SettingsError::Channel { wanted: names(schema), got: (*name).to_owned() };
            let (index, _) = schema.and_then(|schema| schema.channel(name)).ok_or(unknown)?;
            if values[index].replace(column.clone()).is_some() {
                return Err(SettingsError::ChannelRepeated { channel: name });
            }
        }
        if values.iter().all(Option::is_none) && schema.and_then(presence).is_none() {
            return Err(SettingsError::NoChannel { wanted: names(schema) });
        }
        for (index, value) in values.iter().enumerate() {
            let Some(ValueColumn { unit: Some(got), .. }) = value else { continue };
            let channel = schema.and_then(|schema| schema.channels.get(index));
            let name = channel.map_or("value", |channel| channel.name);
            let quantity = channel.and_then(|channel| channel.quantity);
            let wanted = quantity.ok_or(SettingsError::NoUnit { channel: name, got })?.unit;
            if unit::conversion(got, wanted).is_none() {
                let wanted = unit::convertible(wanted);
                return Err(SettingsError::Unit { channel: name, wanted, got });
            }
        }
        Ok(values)
    }

    /// The channels of which nobody said in which unit the column is, with the unit that it is taken for.
    pub fn assumed(&self, schema: &Schema) -> Vec<(&'static str, &'static str)> {
        let values = self.of(Some(schema)).unwrap_or_default();
        let assumed = schema.channels.iter().zip(values).filter_map(|(channel, value)| {
            let ValueColumn { column, unit } = value?;
            let unsaid = unit.is_none() && unit::in_name(&column).is_none();
            channel.quantity.filter(|_| unsaid).map(|quantity| (channel.name, quantity.unit))
        });
        assumed.collect()
    }
}

/// The channels of a schema, for people.
fn names(schema: Option<&Schema>) -> String {
    let named = schema.map(|schema| schema.channels.iter().map(|channel| channel.name).collect::<Vec<_>>());
    named.map_or_else(|| "value, value1, value2, value3".to_owned(), |names| names.join(", "))
}

/// Where a channel stands in a reading, by `value`, `value1` and so on.
const PLACES: [(&str, usize); 5] = [("value", 0), ("value0", 0), ("value1", 1), ("value2", 2), ("value3", 3)];

impl FromStr for Columns {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Columns, ColumnsError> {
        Columns::with(text, None)
    }
}

impl Columns {
    /// The columns of a text, in which channels may have the names, and units those, of a project's own schema.
    ///
    /// # Errors
    /// [`ColumnsError`].
    pub fn with(text: &str, own: Option<&'static Schema>) -> Result<Columns, ColumnsError> {
        let (mut time, mut latitude, mut longitude) = (None, None, None);
        let (mut accuracy, mut sequence) = (None, None);
        let (mut values, mut channels) = ([const { None }; 4], Vec::new());
        for part in text.split(',') {
            let wrong = || ColumnsError::Form { got: part.to_owned() };
            let (field, column) = part.split_once('=').ok_or_else(wrong)?;
            let column = column.trim().to_owned();
            if column.is_empty() {
                return Err(wrong());
            }
            match field.trim() {
                name if unit_of_field(name).is_some() => {
                    once("time", &mut time, (column, unit_of_field(name).flatten()))?;
                }
                "lat" | "latitude" => once("lat", &mut latitude, column)?,
                "lon" | "longitude" => once("lon", &mut longitude, column)?,
                "accuracy_m" => once("accuracy_m", &mut accuracy, (column, 3))?,
                "accuracy_mm" => once("accuracy_mm", &mut accuracy, (column, 0))?,
                "sequence" => once("sequence", &mut sequence, column)?,
                field => value((field, own), column, &mut values, &mut channels)?,
            }
        }
        let wanted = |field| ColumnsError::Missing { field };
        let (time, time_unit) = time.ok_or(wanted("time"))?;
        Ok(Columns {
            time,
            time_unit,
            position: match (latitude, longitude) {
                (Some(latitude), Some(longitude)) => Some((latitude, longitude)),
                (None, None) => None,
                (None, Some(_)) => return Err(wanted("lat")),
                (Some(_), None) => return Err(wanted("lon")),
            },
            accuracy,
            values,
            channels,
            sequence,
        })
    }
}

/// A channel, with a unit or without.
fn value(
    (field, own): (&str, Option<&'static Schema>),
    column: String,
    values: &mut [Option<ValueColumn>; 4],
    channels: &mut Vec<(&'static str, ValueColumn)>,
) -> Result<(), ColumnsError> {
    let unit = match field.split_once(':') {
        None => None,
        Some((_, text)) => {
            let unit = unit::written(text).or_else(|| own_unit(text.trim(), own));
            Some(unit.ok_or_else(|| ColumnsError::Unit { got: field.to_owned() })?)
        }
    };
    let name = field.split(':').next().unwrap_or_default().trim();
    let value = ValueColumn { column, unit };
    if let Some((name, index)) = PLACES.into_iter().find(|(place, _)| *place == name) {
        return once(name, &mut values[index], value);
    }
    let schemas = SCHEMAS.iter().chain(own);
    let mut known = schemas.flat_map(|schema| schema.channels).map(|channel| channel.name);
    let name = known.find(|known| *known == name);
    let name = name.ok_or_else(|| ColumnsError::Field { got: field.to_owned() })?;
    if channels.iter().any(|(other, _)| *other == name) {
        return Err(ColumnsError::Repeated { field: name });
    }
    channels.push((name, value));
    Ok(())
}

/// The unit of a channel of the project's own schema, which becomes itself.
fn own_unit(text: &str, own: Option<&'static Schema>) -> Option<&'static str> {
    let mut units = own?.channels.iter().filter_map(|channel| channel.quantity.map(|quantity| quantity.unit));
    units.find(|unit| *unit == text)
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
    use zksensor_model::schema::{GENERIC, POSITION};

    fn named(column: &str, unit: Option<&'static str>) -> ValueColumn {
        ValueColumn { column: column.to_owned(), unit }
    }

    #[test]
    fn a_mapping_reads() {
        let columns: Columns = "time=t, lat=y,lon=x,accuracy_mm=hacc,value=a b,value2=c".parse().unwrap();
        assert_eq!(columns.accuracy, Some(("hacc".to_owned(), 0)));
        assert_eq!(columns.values, [Some(named("a b", None)), None, Some(named("c", None)), None]);
        assert_eq!((columns.time.as_str(), columns.time_unit), ("t", None));
        let columns: Columns =
            "time_us=ts,latitude=y,longitude=x,value1:km=d,speed:kph=Speed (km/h)".parse().unwrap();
        assert_eq!((columns.time.as_str(), columns.time_unit), ("ts", Some(TimeUnit::Microseconds)));
        assert_eq!(columns.channels, [("speed", named("Speed (km/h)", Some("km/h")))]);
        let values = columns.of(Schema::named("vehicle")).unwrap();
        assert_eq!(
            values,
            [Some(named("Speed (km/h)", Some("km/h"))), Some(named("d", Some("km"))), None, None]
        );
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
        assert!(refused("speed=a,speed:km/h=b").contains("`speed` once"));
        assert!(refused("speed:furlong=a").contains("got `speed:furlong`"));
        assert!(refused("energy:%=a").contains("got `energy:%`"));
        assert!(
            refused("time=a,lat=b,lon=c,value=v,accuracy_m=d,accuracy_mm=e").contains("`accuracy_mm` once")
        );
        assert!(refused("time=a,lon=c,value=d").contains("`lat`"));
    }

    #[test]
    fn channels_and_units_are_those_of_the_schema() {
        let of = |more: &str, schema: Option<&Schema>| {
            let columns: Columns = format!("time=t,lat=y,lon=x{more}").parse().unwrap();
            columns.of(schema).map_err(|error| error.to_string())
        };
        let vehicle = Schema::named("vehicle");
        for (more, schema, wanted) in [
            ("", vehicle, "expected a column for one of the channels speed, odometer, energy, engine_speed"),
            ("", Some(&GENERIC), "one of the channels value, value1, value2, value3"),
            ("", None, "one of the channels value, value1, value2, value3"),
            (
                ",no2=a",
                vehicle,
                "expected one of the channels speed, odometer, energy, engine_speed, got `no2`",
            ),
            (",value=a,speed=b", vehicle, "expected the channel `speed` once"),
            (",speed:Cel=a", vehicle, "expected `speed` in one of m/s, km/h, kn, mph, got Cel"),
            (
                ",value:m=a",
                Schema::named("generic"),
                "expected `value` without a unit, as the schema has it, got m",
            ),
        ] {
            let message = of(more, schema).unwrap_err();
            assert!(message.contains(wanted), "{wanted}: {message}");
        }
        let columns: Columns = "time=t,lat=y,lon=x,speed=a,energy:/100=b,odometer=d (km)".parse().unwrap();
        assert_eq!(of("", Some(&POSITION)), Ok([const { None }; 4]));
        assert_eq!(columns.assumed(vehicle.unwrap()), [("speed", "m/s")]);
    }
}

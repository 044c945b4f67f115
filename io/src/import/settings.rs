//! What a reader is told beside the file: what its readings are for, and what its format leaves open.

use std::fmt;
use std::time::Duration;

use zksensor_model::reading::Network;
use zksensor_model::schema::Schema;

use super::{About, Columns, Delimiter, FORMATS, Format, Place, RangeError, Target, Zone};

/// What a format may leave open. Which ones do says [`About::takes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Which column of a table is what.
    Columns,
    /// Decimal places of values without a unit.
    Scale,
    /// What a dilution of precision is multiplied by.
    RangeError,
    /// The address whose signature records need.
    Device,
    /// Whether positions that were estimated and not measured are read, too.
    DeadReckoning,
    /// What times without a zone are.
    Zone,
    /// How much older than its fix a signal may be.
    MaxAge,
    /// Which member of a record is what.
    Fields,
    /// What stands between cells.
    Delimiter,
    /// Whether numbers have a comma in the place of the point.
    DecimalComma,
    /// Where a station stands.
    Place,
}

impl Setting {
    /// The names of the formats that take it, with a word before the last: `gpx, nmea or dimo`.
    pub fn formats(self, conjunction: &str) -> String {
        let takes = |format: &&&dyn Format| format.about().takes.contains(&self);
        let names: Vec<&str> = FORMATS.iter().filter(takes).map(|format| format.about().name).collect();
        match names.split_last() {
            Some((last, [])) => (*last).to_owned(),
            Some((last, others)) => format!("{} {conjunction} {last}", others.join(", ")),
            None => "those of the feature `formats`".to_owned(),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Setting::Columns => "columns",
            Setting::Scale => "a scale",
            Setting::RangeError => "a range error",
            Setting::Device => "a device address",
            Setting::DeadReckoning => "dead reckoning",
            Setting::Zone => "a zone",
            Setting::MaxAge => "a greatest age",
            Setting::Fields => "fields",
            Setting::Delimiter => "a delimiter",
            Setting::DecimalComma => "a decimal comma",
            Setting::Place => "a place",
        })
    }
}

/// What a reader of any format is told. What its format does not take is refused, and not passed over: whoever demands a
/// device's signature does not go without it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Network of the readings.
    pub network: Network,
    /// Schema of the readings; all but a table want one of the registry, or [`own_schema`](Settings::own_schema).
    pub schema: u32,
    /// What the project says of a schema of its own.
    pub own_schema: Option<&'static Schema>,
    /// Sequence number of the first record that has none of its own; later ones count up, refused ones too.
    pub first_sequence: u64,
    /// Which column of a table is what.
    pub columns: Option<Columns>,
    /// Decimal places of values without a unit; 0 without it.
    pub scale: Option<u32>,
    /// What a dilution of precision is multiplied by; 5 m without it.
    pub range_error: Option<RangeError>,
    /// The Ethereum address whose signature every record needs; without it, signatures are not looked at.
    pub device: Option<[u8; 20]>,
    /// Reads positions that a receiver estimated, too; their accuracy is unknown. Without it they are refused.
    pub dead_reckoning: bool,
    /// What times without a zone are.
    pub zone: Zone,
    /// How much older than its fix a signal may be that is taken for the fix's; a minute without it.
    pub max_age: Option<Duration>,
    /// Which member of a record is what: the names of columns are paths.
    pub fields: Option<Columns>,
    /// What stands between cells; a comma without it.
    pub delimiter: Option<Delimiter>,
    /// Whether numbers have a comma in the place of the point.
    pub decimal_comma: bool,
    /// Where the readings were taken, if the records do not say it.
    pub place: Option<Place>,
}

/// Why settings do not fit a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A setting of another format.
    #[error("expected {setting} with {wanted} only, got it with {format}")]
    Setting {
        /// The setting.
        setting: Setting,
        /// The formats that take it.
        wanted: String,
        /// The format that came.
        format: &'static str,
    },
    /// A table without a mapping.
    #[error("expected columns with {format}: which column is what")]
    Columns {
        /// The format.
        format: &'static str,
    },
    /// A mapping without a position, and no place.
    #[error("expected lat and lon in the mapping, or the place of a station, got neither")]
    NoPosition,
    /// A mapping with a position, and a place.
    #[error(
        "expected the place of a station, or lat and lon in the mapping, got both; which of the two holds?"
    )]
    TwoPositions,
    /// JSON of any form without a mapping.
    #[error("expected fields with {format}: which member of a record is what")]
    Fields {
        /// The format.
        format: &'static str,
    },
    /// A member whose name says a unit that is not the channel's.
    #[error(
        "expected `{channel}` in {wanted}, the name says {got}: map it as {channel}:{got}=.. to convert it, or as \
         {channel}:{wanted}=.. if its name is wrong"
    )]
    NamedUnit {
        /// The channel.
        channel: &'static str,
        /// Its unit.
        wanted: &'static str,
        /// The unit in the name.
        got: &'static str,
    },
    /// A scale where there is one.
    #[error("expected no scale with the schema {schema}: its channels have their own")]
    Scale {
        /// Name of the schema.
        schema: &'static str,
    },
    /// A channel that the schema does not have.
    #[error("expected one of the channels {wanted}, got `{got}`")]
    Channel {
        /// Those that it has.
        wanted: String,
        /// The one that came.
        got: String,
    },
    /// A channel by its place and by its name.
    #[error("expected the channel `{channel}` once, got it by its place and by its name")]
    ChannelRepeated {
        /// The channel.
        channel: &'static str,
    },
    /// No channel at all.
    #[error("expected a column for one of the channels {wanted}, got none")]
    NoChannel {
        /// The channels there are.
        wanted: String,
    },
    /// A unit of a channel that has none.
    #[error("expected `{channel}` without a unit, as the schema has it, got {got}")]
    NoUnit {
        /// The channel.
        channel: &'static str,
        /// The unit that came.
        got: &'static str,
    },
    /// A unit that does not become the channel's.
    #[error("expected `{channel}` in one of {wanted}, got {got}")]
    Unit {
        /// The channel.
        channel: &'static str,
        /// The units that do.
        wanted: String,
        /// The unit that came.
        got: &'static str,
    },
    /// A schema that nobody described.
    #[error(
        "expected a schema of the registry, or the file of your own, with {format}, got {schema}: the units of its channels are not known"
    )]
    Schema {
        /// The format.
        format: &'static str,
        /// Number of the schema.
        schema: u32,
    },
}

impl Settings {
    /// What the readings are for; nothing else is set.
    pub fn new(network: Network, schema: u32, first_sequence: u64) -> Settings {
        Settings {
            network,
            schema,
            own_schema: None,
            first_sequence,
            columns: None,
            scale: None,
            range_error: None,
            device: None,
            dead_reckoning: false,
            zone: Zone::Written,
            max_age: None,
            fields: None,
            delimiter: None,
            decimal_comma: false,
            place: None,
        }
    }

    /// What the registry or the project says of the schema.
    pub fn described(&self) -> Option<&'static Schema> {
        Schema::numbered(self.schema).or_else(|| self.own_schema.filter(|own| own.id == self.schema))
    }

    /// Refuses what means nothing for this format and schema. [`Format::open`] does so, too.
    ///
    /// # Errors
    /// [`SettingsError::Setting`] or [`SettingsError::Scale`].
    pub fn check(&self, format: &dyn Format) -> Result<(), SettingsError> {
        let About { name, takes, .. } = *format.about();
        for (setting, given) in [
            (Setting::Columns, self.columns.is_some()),
            (Setting::Scale, self.scale.is_some()),
            (Setting::RangeError, self.range_error.is_some()),
            (Setting::Device, self.device.is_some()),
            (Setting::DeadReckoning, self.dead_reckoning),
            (Setting::Zone, self.zone != Zone::Written),
            (Setting::MaxAge, self.max_age.is_some()),
            (Setting::Fields, self.fields.is_some()),
            (Setting::Delimiter, self.delimiter.is_some()),
            (Setting::DecimalComma, self.decimal_comma),
            (Setting::Place, self.place.is_some()),
        ] {
            if given && !takes.contains(&setting) {
                let wanted = setting.formats("or");
                return Err(SettingsError::Setting { setting, wanted, format: name });
            }
        }
        match self.described() {
            Some(schema) if self.scale.is_some() && schema.channels[0].quantity.is_some() => {
                Err(SettingsError::Scale { schema: schema.name })
            }
            _ => Ok(()),
        }
    }

    /// What the readings of a format with units are for.
    ///
    /// # Errors
    /// [`SettingsError`] if the settings do not fit the format, or the schema is not in the registry.
    pub fn target(&self, format: &dyn Format) -> Result<Target, SettingsError> {
        self.check(format)?;
        let unknown = SettingsError::Schema { format: format.about().name, schema: self.schema };
        let schema = self.described().ok_or(unknown)?;
        Ok(Target { network: self.network, schema, first_sequence: self.first_sequence })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{ImportError, format_named};

    fn settings(schema: u32) -> Settings {
        Settings::new(Network::new(137, [1; 20]), schema, 0)
    }

    /// Why a format is not opened with these settings.
    fn refused(format: &dyn Format, settings: &Settings) -> Option<String> {
        let table = b"t,y,x,v\n";
        let error = format.open(Box::new(&table[..]), settings).err()?;
        assert!(error.is_last() && matches!(error, ImportError::Settings(_)), "{error}");
        Some(error.to_string())
    }

    #[test]
    fn a_format_takes_its_own_settings_and_no_other() {
        let columns: Columns = "time=t,lat=y,lon=x,value=v".parse().unwrap();
        let without: Columns = "time=t,value=v".parse().unwrap();
        for format in FORMATS {
            let About { name, takes, .. } = *format.about();
            let least = || Settings {
                columns: takes.contains(&Setting::Columns).then(|| columns.clone()),
                fields: takes.contains(&Setting::Fields).then(|| columns.clone()),
                ..settings(1)
            };
            let at_a_station = || Settings {
                columns: takes.contains(&Setting::Columns).then(|| without.clone()),
                fields: takes.contains(&Setting::Fields).then(|| without.clone()),
                ..settings(1)
            };
            assert_eq!(refused(*format, &least()), None, "{name}");
            for (setting, more) in [
                (Setting::Columns, Settings { columns: Some(columns.clone()), ..least() }),
                (Setting::Scale, Settings { scale: Some(2), ..least() }),
                (Setting::RangeError, Settings { range_error: Some(RangeError::default()), ..least() }),
                (Setting::Device, Settings { device: Some([1; 20]), ..least() }),
                (Setting::DeadReckoning, Settings { dead_reckoning: true, ..least() }),
                (Setting::Zone, Settings { zone: Zone::Utc, ..least() }),
                (Setting::MaxAge, Settings { max_age: Some(Duration::ZERO), ..least() }),
                (Setting::Fields, Settings { fields: Some(columns.clone()), ..least() }),
                (Setting::Delimiter, Settings { delimiter: Some(Delimiter::default()), ..least() }),
                (Setting::DecimalComma, Settings { decimal_comma: true, ..least() }),
                (Setting::Place, Settings { place: "1,2".parse().ok(), ..at_a_station() }),
            ] {
                let wanted = setting.formats("or");
                let message = format!("expected {setting} with {wanted} only, got it with {name}");
                assert_eq!(refused(*format, &more), (!takes.contains(&setting)).then_some(message));
            }
        }
    }

    #[test]
    fn a_table_needs_columns_and_one_scale() {
        let format = format_named("csv").unwrap();
        let message = refused(format, &settings(1)).unwrap();
        assert_eq!(message, "expected columns with csv: which column is what");
        let scaled = |schema| Settings { scale: Some(3), ..settings(schema) };
        let vehicle = Schema::named("vehicle").unwrap().id;
        let message = refused(format, &scaled(vehicle)).unwrap();
        assert_eq!(message, "expected no scale with the schema vehicle: its channels have their own");
        assert_eq!(scaled(70_000).check(format), Ok(()));
    }

    #[cfg(feature = "formats")]
    #[test]
    fn units_are_those_of_the_registry() {
        let format = format_named("gpx").unwrap();
        let message = refused(format, &settings(70_000)).unwrap();
        let wanted = "expected a schema of the registry, or the file of your own, with gpx, got 70000";
        assert!(message.starts_with(wanted), "{message}");
        assert_eq!(Setting::RangeError.formats("or"), "gpx, nmea or dimo");
        assert_eq!(Setting::Device.formats("and"), "dimo");
    }
}

//! Which file `device sign` reads, of which format, and what the format needs.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use zksensor::files::{self, FileError, Kind};
use zksensor::import::{
    CellError, Columns, ColumnsError, Decimal, Delimiter, FORMATS, Format, Place, PlaceError, RangeError,
    Setting, Settings, SettingsError, Zone, format_named,
};
use zksensor::model::reading::Network;
use zksensor::model::schema::{SCHEMAS, Schema};

use crate::args;
use crate::error::Advice;

/// The file and its format.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["csv", "input"]))]
pub(crate) struct SourceArgs {
    /// A table with a header: the same as --format csv --input FILE.
    #[arg(long, value_name = "FILE", requires = "columns")]
    csv: Option<PathBuf>,
    /// The file with readings, of the --format.
    #[arg(long, value_name = "FILE", requires = "format")]
    input: Option<PathBuf>,
    /// What the file is.
    #[arg(long, value_parser = formats(), requires = "input")]
    format: Option<&'static dyn Format>,
    /// Which column of a table is what: time=..,lat=..,lon=..,accuracy_m=..,value=.. by their names in the header. Times are
    /// RFC 3339 with their zone or Unix milliseconds (time_s=, time_us=, time_ns= for other units), coordinates decimal degrees (rounded to 1e-7, half away from zero), accuracy_m
    /// metres (rounded up to the millimetre; accuracy_mm for millimetres; unknown without a column or in an empty cell).
    /// value1, value2, value3 and sequence may be mapped, too. A channel may have its name in the schema in the place of value,
    /// and the unit of its column after a colon, which is converted: speed:km/h=..
    #[arg(long, value_name = "MAP")]
    columns: Option<Map>,
    /// Decimal places of the values of a table: a cell is multiplied by 10^N and has to be a whole number then. 0 without it;
    /// a schema with units has its own, and a value is rounded to them once.
    #[arg(long, value_name = "N")]
    scale: Option<u32>,
    #[arg(long, value_name = "METRES", help = format!(
        "User-equivalent range error in metres: times the horizontal dilution of precision it is the accuracy, in {}. 5 \
         without it",
        Setting::RangeError.formats("and")
    ))]
    uere_m: Option<RangeError>,
    #[arg(long, value_name = "HEX", value_parser = args::address, help = format!(
        "Signs only payloads that carry a signature by this Ethereum address over their data; in {}",
        Setting::Device.formats("and")
    ))]
    device_address: Option<[u8; 20]>,
    #[arg(long, help = format!(
        "Signs positions that a receiver estimated and did not measure, too, with an unknown accuracy; in {}",
        Setting::DeadReckoning.formats("and")
    ))]
    dead_reckoning: bool,
    #[arg(long, help = format!(
        "Takes times without a zone for UTC; they are refused otherwise. In {}",
        Setting::Zone.formats("and")
    ))]
    assume_utc: bool,
    /// Which member of a record is what, in any JSON: time=..,latitude=..,longitude=.. and channels of the schema by their names,
    /// each with the path of a member, such as object.lat or rxInfo.0.lat. Units as with --columns: time_s=.., speed:km/h=..
    #[arg(long, value_name = "MAP")]
    fields: Option<Map>,
    #[arg(long, value_name = "SECONDS", help = format!(
        "How much older than a position what else a vehicle measured may be; older values are absent. 60 without it; in {}",
        Setting::MaxAge.formats("and")
    ))]
    max_age_s: Option<u32>,
    /// What stands between the cells of a table: one character, or tab. A comma without it.
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<Delimiter>,
    /// Numbers of a table have a comma in the place of the point: 12,5.
    #[arg(long)]
    decimal_comma: bool,
    #[arg(long, value_name = "LAT,LON", allow_hyphen_values = true, help = format!(
        "Where the station stands, in degrees, if the records do not say it; in {}",
        Setting::Place.formats("and")
    ))]
    place: Option<Place>,
    /// In place of --place: a log of RTCM 3 with messages 1005 or 1006, which say where the antenna is.
    #[arg(long, value_name = "FILE", conflicts_with = "place")]
    place_rtcm: Option<PathBuf>,
    /// How well the place is known, in metres; unknown without it, which most policies refuse.
    #[arg(long, value_name = "METRES")]
    place_accuracy_m: Option<Decimal>,
}

/// A mapping. One that names what no schema of the registry has is read once it is known whether there is a schema of the project's own.
#[derive(Debug, Clone)]
enum Map {
    Read(Box<Columns>),
    Unread(String),
}

impl FromStr for Map {
    type Err = ColumnsError;

    fn from_str(text: &str) -> Result<Map, ColumnsError> {
        match text.parse() {
            Ok(columns) => Ok(Map::Read(Box::new(columns))),
            Err(ColumnsError::Field { .. } | ColumnsError::Unit { .. }) => Ok(Map::Unread(text.to_owned())),
            Err(error) => Err(error),
        }
    }
}

impl Map {
    fn columns(&self, own: Option<&'static Schema>) -> Result<Columns, SourceError> {
        match self {
            Map::Read(columns) => Ok(Columns::clone(columns)),
            Map::Unread(text) => Columns::with(text, own).map_err(SourceError::Map),
        }
    }
}

/// Why options do not fit each other.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// An option of another format.
    #[error("expected {option} with --format {wanted} only, got it with {format}")]
    Option {
        /// The option.
        option: &'static str,
        /// The formats that have it.
        wanted: String,
        /// The format that came.
        format: &'static str,
    },
    /// A table without a mapping.
    #[error("expected --columns with --format {format}: which column is what")]
    Columns {
        /// The format.
        format: &'static str,
    },
    /// JSON without a mapping.
    #[error("expected --fields with --format {format}: which member of a record is what")]
    Fields {
        /// The format.
        format: &'static str,
    },
    /// A scale where there is one.
    #[error("expected no --scale with the schema {schema}: its channels have their own")]
    Scale {
        /// Name of the schema.
        schema: &'static str,
    },
    /// A schema that nobody described.
    #[error(
        "expected a schema of the registry with --format {format}, got {schema}: the units of its channels are not known"
    )]
    Schema {
        /// The format.
        format: &'static str,
        /// Number of the schema.
        schema: u32,
    },
    /// The file of --place-rtcm.
    #[error(transparent)]
    File(#[from] FileError),
    /// The messages of --place-rtcm.
    #[error("{}: {reason}", path.display())]
    Rtcm {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: PlaceError,
    },
    /// An accuracy that no reading has.
    #[error("--place-accuracy-m: {reason}")]
    Accuracy {
        /// What was wanted.
        reason: CellError,
    },
    /// An accuracy of no place.
    #[error("expected --place or --place-rtcm with --place-accuracy-m, got neither")]
    NoPlace,
    /// A mapping of what is not there.
    #[error("--columns or --fields: {0}")]
    Map(ColumnsError),
    /// Something else, in the words of the library.
    #[error(transparent)]
    Settings(SettingsError),
}

impl From<SettingsError> for SourceError {
    fn from(error: SettingsError) -> SourceError {
        match error {
            SettingsError::Setting { setting, wanted, format } => {
                SourceError::Option { option: option(setting), wanted, format }
            }
            SettingsError::Columns { format } => SourceError::Columns { format },
            SettingsError::Fields { format } => SourceError::Fields { format },
            SettingsError::Scale { schema } => SourceError::Scale { schema },
            SettingsError::Schema { format, schema } => SourceError::Schema { format, schema },
            error => SourceError::Settings(error),
        }
    }
}

impl SourceError {
    /// What to do.
    pub(crate) fn advice(&self) -> Advice {
        let help = match self {
            SourceError::Option { option, .. } => format!("leave {option} out"),
            SourceError::Columns { .. } => "add --columns time=..,lat=..,lon=..,value=..".to_owned(),
            SourceError::Fields { .. } => "add --fields time=..,latitude=..,longitude=..,CHANNEL=..".to_owned(),
            SourceError::Scale { .. } => "leave --scale out".to_owned(),
            SourceError::File(error) => return Advice::of_file(error),
            SourceError::Rtcm { .. } => "log the station's RTCM for a minute, or say where it stands with --place LAT,LON".to_owned(),
            SourceError::Accuracy { .. } => "say how far the place may be off, such as --place-accuracy-m 0.5".to_owned(),
            SourceError::NoPlace => "leave --place-accuracy-m out, or add --place LAT,LON".to_owned(),
            SourceError::Map(_) => "a channel of your own has its name if the policy names its schema_file, or with --schema-file".to_owned(),
            SourceError::Settings(SettingsError::NoPosition) => {
                "add lat=..,lon=.. to the mapping, or say where the station stands with --place LAT,LON".to_owned()
            }
            SourceError::Settings(SettingsError::TwoPositions) => "leave one of the two out".to_owned(),
            SourceError::Schema { .. } => {
                format!("use one of {}, or convert the file to a table", names())
            }
            SourceError::Settings(
                SettingsError::Channel { .. }
                | SettingsError::ChannelRepeated { .. }
                | SettingsError::NoChannel { .. }
                | SettingsError::NamedUnit { .. }
                | SettingsError::NoUnit { .. }
                | SettingsError::Unit { .. },
            ) => "name the channels as the schema has them, with the unit where it is another: time=..,lat=..,lon=..,\
                  speed:km/h=.. (zksensor schema show NAME)"
                .to_owned(),
            SourceError::Settings(_) => "see zksensor device sign --help".to_owned(),
        };
        Advice::new("zksensor::source", help)
    }
}

impl SourceArgs {
    /// The file.
    pub(crate) fn path(&self) -> &PathBuf {
        self.csv.as_ref().or(self.input.as_ref()).expect("the option parser wants one of the two")
    }

    /// Its format. Without `--format` it is a table.
    pub(crate) fn format(&self) -> &'static dyn Format {
        self.format.or_else(|| format_named("csv")).expect("a table is always in the list")
    }

    /// What its reader is told.
    ///
    /// # Errors
    /// [`SourceError`] if options mean nothing for this format and schema.
    pub(crate) fn settings(
        &self,
        network: Network,
        (schema, own): (u32, Option<&'static Schema>),
        first_sequence: u64,
    ) -> Result<Settings, SourceError> {
        let columns = |map: &Option<Map>| map.as_ref().map(|map| map.columns(own)).transpose();
        let settings = Settings {
            own_schema: own,
            columns: columns(&self.columns)?,
            scale: self.scale,
            range_error: self.uere_m,
            device: self.device_address,
            dead_reckoning: self.dead_reckoning,
            fields: columns(&self.fields)?,
            max_age: self.max_age_s.map(|seconds| Duration::from_secs(seconds.into())),
            delimiter: self.delimiter,
            decimal_comma: self.decimal_comma,
            place: self.place()?,
            zone: if self.assume_utc { Zone::Utc } else { Zone::Written },
            ..Settings::new(network, schema, first_sequence)
        };
        settings.check(self.format())?;
        Ok(settings)
    }
}

impl SourceArgs {
    /// Where the station stands, if it was said.
    fn place(&self) -> Result<Option<Place>, SourceError> {
        let place = match &self.place_rtcm {
            Some(path) => {
                let place = Place::from_rtcm(&files::read(path, Kind::Rtcm)?);
                Some(place.map_err(|reason| SourceError::Rtcm { path: path.clone(), reason })?)
            }
            None => self.place,
        };
        match (place, &self.place_accuracy_m) {
            (Some(place), Some(metres)) => {
                place.within(metres).map(Some).map_err(|reason| SourceError::Accuracy { reason })
            }
            (None, Some(_)) => Err(SourceError::NoPlace),
            (place, None) => Ok(place),
        }
    }
}

/// The option that says this.
fn option(setting: Setting) -> &'static str {
    match setting {
        Setting::Columns => "--columns",
        Setting::Scale => "--scale",
        Setting::RangeError => "--uere-m",
        Setting::Device => "--device-address",
        Setting::DeadReckoning => "--dead-reckoning",
        Setting::Zone => "--assume-utc",
        Setting::MaxAge => "--max-age-s",
        Setting::Fields => "--fields",
        Setting::Delimiter => "--delimiter",
        Setting::DecimalComma => "--decimal-comma",
        Setting::Place => "--place or --place-rtcm",
    }
}

/// The values of `--format`.
fn formats() -> impl TypedValueParser<Value = &'static dyn Format> {
    let value = |format: &&dyn Format| {
        let about = format.about();
        let needs = [(Setting::Columns, "; needs --columns"), (Setting::Fields, "; needs --fields")];
        let needs =
            needs.into_iter().find(|(setting, _)| about.takes.contains(setting)).map_or("", |need| need.1);
        PossibleValue::new(about.name).help(format!("{}{needs}", about.title))
    };
    let values = PossibleValuesParser::new(FORMATS.iter().map(value));
    values.map(|name| format_named(&name).expect("each value is the name of a format"))
}

/// Why text names no schema.
#[derive(Debug, thiserror::Error)]
#[error("expected a number, or one of {}", names())]
pub(crate) struct SchemaNameError;

/// The number of a schema by its name or number.
///
/// # Errors
/// [`SchemaNameError`] if it is neither.
pub(crate) fn schema(text: &str) -> Result<u32, SchemaNameError> {
    match Schema::named(text) {
        Some(schema) => Ok(schema.id),
        None => text.parse().map_err(|_| SchemaNameError),
    }
}

fn names() -> String {
    SCHEMAS.iter().map(|schema| schema.name).collect::<Vec<_>>().join(", ")
}

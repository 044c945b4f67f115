//! Which file `device sign` reads, of which format, and what the format needs.

use std::path::PathBuf;

use zksensor::import::{Columns, RangeError, Target};
use zksensor::model::reading::Network;
use zksensor::model::schema::{SCHEMAS, Schema};

use crate::args;
use crate::error::Advice;

/// A format of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A table with a header; needs --columns.
    Csv,
    /// A track, GPX 1.0 or 1.1.
    Gpx,
    /// The log of a receiver, NMEA 0183.
    Nmea,
    /// SenML JSON (RFC 8428).
    Senml,
    /// One JSON object a line: time, latitude, longitude, accuracy_m, and the channels by name.
    Ndjson,
    /// Payloads of DIMO: AutoPi v2 and Ruptela.
    Dimo,
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Gpx => "gpx",
            Format::Nmea => "nmea",
            Format::Senml => "senml",
            Format::Ndjson => "ndjson",
            Format::Dimo => "dimo",
        }
    }
}

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
    #[arg(long, value_enum, requires = "input")]
    format: Option<Format>,
    /// Which column of a table is what: time=..,lat=..,lon=..,accuracy_m=..,value=.. by their names in the header. Times are
    /// RFC 3339 in UTC or Unix milliseconds, coordinates decimal degrees (rounded to 1e-7, half away from zero), accuracy_m
    /// metres (rounded up to the millimetre; accuracy_mm for millimetres; unknown without a column or in an empty cell).
    /// value1, value2, value3 and sequence may be mapped, too.
    #[arg(long, value_name = "MAP")]
    columns: Option<Columns>,
    /// Decimal places of the values of a table: a cell is multiplied by 10^N and has to be a whole number then. 0 without it;
    /// a schema with units has its own.
    #[arg(long, value_name = "N")]
    scale: Option<u32>,
    /// User-equivalent range error in metres: times the horizontal dilution of precision it is the accuracy, in gpx, nmea and
    /// dimo. 5 without it.
    #[arg(long, value_name = "METRES")]
    uere_m: Option<RangeError>,
    /// Signs only payloads that carry a signature by this Ethereum address over their data; in dimo.
    #[arg(long, value_name = "HEX", value_parser = args::address)]
    device_address: Option<[u8; 20]>,
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
        wanted: &'static str,
        /// The format that came.
        format: &'static str,
    },
    /// A table without a mapping.
    #[error("expected --columns with --format csv: which column is what")]
    Columns,
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
}

impl SourceError {
    /// What to do.
    pub(crate) fn advice(&self) -> Advice {
        let help = match self {
            SourceError::Option { option, .. } => format!("leave {option} out"),
            SourceError::Columns => "add --columns time=..,lat=..,lon=..,value=..".to_owned(),
            SourceError::Scale { .. } => "leave --scale out".to_owned(),
            SourceError::Schema { .. } => {
                format!("use one of {}, or convert the file to a table", names())
            }
        };
        Advice::new("zksensor::source", help)
    }
}

impl SourceArgs {
    /// The file.
    pub(crate) fn path(&self) -> &PathBuf {
        self.csv.as_ref().or(self.input.as_ref()).expect("the option parser wants one of the two")
    }

    /// Its format.
    pub(crate) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Csv)
    }

    /// Refuses options that mean nothing for this format and schema.
    ///
    /// # Errors
    /// [`SourceError`].
    pub(crate) fn check(&self, schema: u32) -> Result<(), SourceError> {
        let format = self.format();
        let ranged = matches!(format, Format::Gpx | Format::Nmea | Format::Dimo);
        for (given, fits, option, wanted) in [
            (self.columns.is_some(), format == Format::Csv, "--columns", "csv"),
            (self.scale.is_some(), format == Format::Csv, "--scale", "csv"),
            (self.uere_m.is_some(), ranged, "--uere-m", "gpx, nmea or dimo"),
            (self.device_address.is_some(), format == Format::Dimo, "--device-address", "dimo"),
        ] {
            if given && !fits {
                return Err(SourceError::Option { option, wanted, format: format.name() });
            }
        }
        match Schema::numbered(schema) {
            Some(schema) if self.scale.is_some() && schema.channels[0].quantity.is_some() => {
                Err(SourceError::Scale { schema: schema.name })
            }
            _ => Ok(()),
        }
    }

    /// The mapping of a table.
    ///
    /// # Errors
    /// [`SourceError::Columns`] without one.
    pub(crate) fn columns(&self) -> Result<&Columns, SourceError> {
        self.columns.as_ref().ok_or(SourceError::Columns)
    }

    /// Decimal places of channels without a unit.
    pub(crate) fn scale(&self) -> u32 {
        self.scale.unwrap_or(0)
    }

    /// What a dilution of precision is multiplied by.
    pub(crate) fn range_error(&self) -> RangeError {
        self.uere_m.unwrap_or_default()
    }

    /// Whose signature payloads need.
    pub(crate) fn device_address(&self) -> Option<[u8; 20]> {
        self.device_address
    }

    /// What the readings of a format with units are for.
    ///
    /// # Errors
    /// [`SourceError::Schema`] for a schema that is not in the registry.
    pub(crate) fn target(
        &self,
        network: Network,
        schema: u32,
        first_sequence: u64,
    ) -> Result<Target, SourceError> {
        let wrong = SourceError::Schema { format: self.format().name(), schema };
        Ok(Target { network, schema: Schema::numbered(schema).ok_or(wrong)?, first_sequence })
    }
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

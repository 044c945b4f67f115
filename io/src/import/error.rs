//! Why a file of readings, or a record of it, is refused: what every format says. What one format alone says stands in its
//! folder.

use std::io;

use zksensor_model::reading::ReadingError;
use zksensor_model::schema::Schema;

use super::target::names;
#[cfg(feature = "formats")]
use super::{AttestationError, DimoError, FitError, NmeaError, SenmlError, XmlError};
use super::{CellsError, ClockError, DecimalError, HeaderError, SettingsError};

/// Why a file, or a row of it, is refused. A row is what the format has: of a table a row below the header, of NMEA 0183 a
/// line, of GPX a track point, of JSON a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// What the reader was told does not fit the format. Nothing is read.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The header of a table. Nothing is read after it.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// Not a file of this format: not UTF-8, or a row without end. Nothing is read after it.
    #[error("row {row}: {reason}")]
    Table {
        /// Number of the row, from 1; 0 for what comes before the first.
        row: u64,
        /// What is wrong.
        #[source]
        reason: TableError,
    },
    /// A row that is not of this format. The next one is read as usual.
    #[error("row {row}: {reason}")]
    Record {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        #[source]
        reason: RecordError,
    },
    /// A cell that is not what its column should hold.
    #[error("row {row}, column `{column}`: {reason}, got `{got}`")]
    Cell {
        /// Number of the row, from 1.
        row: u64,
        /// Name of the column, or of the field.
        column: String,
        /// What was wanted.
        #[source]
        reason: CellError,
        /// What came, cut to 40 characters.
        got: String,
    },
    /// The cells are well formed, but not a reading together.
    #[error("row {row}: {reason}")]
    Reading {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        #[source]
        reason: ReadingError,
    },
    /// The signature of a device that was asked for does not hold.
    #[cfg(feature = "formats")]
    #[error("row {row}, column `signature`: {reason}")]
    Attestation {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        #[source]
        reason: AttestationError,
    },
}

impl ImportError {
    /// Whether this is the end: nothing of the file is read after it.
    pub fn is_last(&self) -> bool {
        matches!(self, ImportError::Settings(_) | ImportError::Header(_) | ImportError::Table { .. })
    }
}

/// Why a file is not one of its format.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file could not be read.
    #[error("the file could not be read: {reason}")]
    Io {
        /// What the system said.
        #[source]
        reason: io::Error,
    },
    /// Bytes that are not UTF-8.
    #[error("expected UTF-8 text; convert the file")]
    Utf8,
    /// A record that does not end within what one may have.
    #[error("expected the record to end within {limit} bytes; is a quote, a bracket or a tag not closed?")]
    Endless {
        /// The most bytes.
        limit: usize,
    },
    /// The file ends within a record.
    #[error("expected the record to end, the file ends before; was it cut?")]
    Cut,
    /// Bytes that begin as CBOR and are none.
    #[cfg(feature = "formats")]
    #[error(
        "expected CBOR (RFC 8949), got bytes that are none; was the file altered, or is it of another format?"
    )]
    Cbor,
    /// Not a file of the FIT protocol.
    #[cfg(feature = "formats")]
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Not XML, or more of it than GPX needs.
    #[cfg(feature = "formats")]
    #[error("byte {at}: {reason}")]
    Xml {
        /// Where, in bytes from the beginning of the file.
        at: u64,
        /// What is wrong.
        #[source]
        reason: XmlError,
    },
}

/// Why a record is not one of its format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// More bytes than a record of this kind may have; they were passed over.
    #[error("expected at most {limit} bytes in a line")]
    Length {
        /// The most bytes.
        limit: usize,
    },
    /// A row of a table with too few cells, or too many.
    #[error(transparent)]
    Cells(#[from] CellsError),
    /// Bytes that are not UTF-8.
    #[error("expected UTF-8 text")]
    Utf8,
    /// Not JSON, or not of the form that the format has.
    #[error("line {line}, column {column} of the record: expected {wanted}: {what}")]
    Json {
        /// Line within the record, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
        /// What kind of document.
        wanted: &'static str,
        /// What is wrong, cut to 200 characters.
        what: String,
    },
    /// An object has a key twice.
    #[error(
        "line {line}, column {column} of the record: expected every key once, got `{key}` again; which of the two holds?"
    )]
    DuplicateKey {
        /// The key, cut.
        key: String,
        /// Line within the record, from 1.
        line: usize,
        /// Column, from 1, in bytes.
        column: usize,
    },
    /// A field that no reading can do without.
    #[error("expected a field `{field}`, got none")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A member that a mapping names, and that no reading can do without.
    #[error("expected a member `{wanted}`, got none, or null")]
    NoMember {
        /// Its path, cut to 80 characters.
        wanted: String,
    },
    /// A field twice.
    #[error("expected `{field}` once, got it again")]
    Repeated {
        /// The field.
        field: String,
    },
    /// A field that the format, or the schema, does not have.
    #[error("expected one of the fields {wanted}, got `{got}`")]
    Unknown {
        /// The fields there are.
        wanted: String,
        /// The field, cut to 40 characters.
        got: String,
    },
    /// A position of its own, and the place of a station.
    #[error(
        "expected no position in a record of a station whose place is given, got one; which of the two holds?"
    )]
    TwoPositions,
    /// None of the schema's channels.
    #[error(
        "expected at least one channel of the schema {schema} ({wanted}), got none; sign place and time alone in \
         the schema position"
    )]
    NoChannel {
        /// Name of the schema.
        schema: &'static str,
        /// Its channels.
        wanted: String,
    },
    /// A payload of a kind that is not known.
    #[error("expected {wanted}")]
    Kind {
        /// What was wanted.
        wanted: &'static str,
    },
    /// A line of NMEA 0183.
    #[cfg(feature = "formats")]
    #[error(transparent)]
    Nmea(#[from] NmeaError),
    /// A pack of SenML.
    #[cfg(feature = "formats")]
    #[error(transparent)]
    Senml(#[from] SenmlError),
    /// A payload of DIMO.
    #[cfg(feature = "formats")]
    #[error(transparent)]
    Dimo(#[from] DimoError),
}

/// Why a cell is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// Not a number of the wanted form.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Not a time, or not one that is believed.
    #[error(transparent)]
    Time(#[from] ClockError),
    /// More decimal places than were asked for.
    #[error("expected at most {places} decimal places; raise the scale, or round the data")]
    Scale {
        /// Decimal places that the scale has.
        places: u32,
    },
    /// Beyond what the field holds.
    #[error("expected {low} to {high}")]
    Range {
        /// Least value.
        low: i64,
        /// Greatest value.
        high: i64,
    },
    /// Beyond what a working sensor reports.
    #[error("expected {low} to {high} {unit}: no working sensor reports more or less")]
    Implausible {
        /// Least value, as decimal text.
        low: PlainNumber,
        /// Greatest value.
        high: PlainNumber,
        /// Unit of the schema.
        unit: &'static str,
    },
    /// A channel that the schema does not have.
    #[error("expected one of {}, the channels of {}", names(schema), schema.name)]
    Channel {
        /// The schema.
        schema: &'static Schema,
    },
    /// A unit that the channel's is not made from.
    #[error("expected the unit `{wanted}`, or one that is converted into it exactly")]
    Unit {
        /// Unit of the schema.
        wanted: &'static str,
    },
    /// Text of another form than its field has.
    #[error("expected {wanted}")]
    Form {
        /// What was wanted.
        wanted: &'static str,
    },
    /// Too long to be what is wanted.
    #[error("expected at most {limit} characters")]
    Long {
        /// The most.
        limit: usize,
    },
    /// Not a sequence number.
    #[error("expected a whole number from 0 to 2^64 - 1")]
    Sequence,
}

/// A number of fixed point, shown as people write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainNumber {
    /// The number times 10^places.
    pub units: i64,
    /// Decimal places.
    pub places: u32,
}

impl std::fmt::Display for PlainNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let power = 10u64.pow(self.places);
        let sign = if self.units < 0 { "-" } else { "" };
        let (whole, fraction) = (self.units.unsigned_abs() / power, self.units.unsigned_abs() % power);
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let fraction = format!("{fraction:0width$}", width = self.places as usize);
        write!(f, "{sign}{whole}.{}", fraction.trim_end_matches('0'))
    }
}

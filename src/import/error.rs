//! Why a file of readings, or a record of it, is refused.

use std::io;

use zksensor_model::policy::time::TimeError;
use zksensor_model::reading::ReadingError;

#[cfg(feature = "formats")]
use super::AttestationError;
use super::DecimalError;

/// Why a file, or a row of it, is refused. A row is what the format has: of a table a row below the header, of NMEA 0183 a
/// line, of GPX a track point, of JSON a document.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The header has no column of this name.
    #[error("expected a column `{wanted}`, the header has {found}")]
    Column {
        /// The name in the mapping.
        wanted: String,
        /// The names in the header.
        found: String,
    },
    /// The header has two columns of this name.
    #[error("expected one column `{name}`, the header has several; rename all but one")]
    ColumnRepeated {
        /// The name.
        name: String,
    },
    /// Not a file of this format: not UTF-8, a row of another number of cells, or one without end. Nothing is read after it.
    #[error("row {row}: {reason}")]
    Table {
        /// Number of the row, from 1; 0 for what comes before the first.
        row: u64,
        /// What is wrong.
        reason: TableError,
    },
    /// A row that is not of this format. The next one is read as usual.
    #[error("row {row}: {reason}")]
    Record {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        reason: RecordError,
    },
    /// A cell that is not what its column should hold.
    #[error("row {row}, column `{column}`: {reason}, got `{found}`")]
    Cell {
        /// Number of the row, from 1.
        row: u64,
        /// Name of the column, or of the field.
        column: String,
        /// What was wanted.
        reason: CellError,
        /// What came, cut to 40 characters.
        found: String,
    },
    /// The cells are well formed, but not a reading together.
    #[error("row {row}: {reason}")]
    Reading {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        reason: ReadingError,
    },
    /// The signature of a device that was asked for does not hold.
    #[cfg(feature = "formats")]
    #[error("row {row}, column `signature`: {reason}")]
    Attestation {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        reason: AttestationError,
    },
}

impl ImportError {
    /// Whether this is the end: nothing of the file is read after it.
    pub fn is_last(&self) -> bool {
        matches!(
            self,
            ImportError::Column { .. } | ImportError::ColumnRepeated { .. } | ImportError::Table { .. }
        )
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
        reason: io::Error,
    },
    /// Another number of cells than the header.
    #[error("expected {wanted} cells as in the header, got {found}")]
    Cells {
        /// Cells of the header.
        wanted: u64,
        /// Cells of the row.
        found: u64,
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
    /// Not XML, or more of it than GPX needs.
    #[error("byte {at}: {reason}")]
    Xml {
        /// Where, in bytes from the beginning of the file.
        at: u64,
        /// What is wrong.
        reason: XmlError,
    },
}

/// Why bytes are not the XML of a track.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// Not well-formed.
    #[error("expected well-formed XML: tags that match, attributes in quotes and once each")]
    Form,
    /// A document type, which may define entities.
    #[error("expected GPX without a document type (<!DOCTYPE ..>); remove it")]
    DocumentType,
    /// An entity that XML does not define itself.
    #[error("expected no entities but &amp; &lt; &gt; &quot; &apos; and numbered characters")]
    Entity,
    /// Elements within elements without end.
    #[error("expected at most {limit} elements within each other")]
    Depth {
        /// The most.
        limit: usize,
    },
    /// Another document.
    #[error("expected the element <gpx> around all others; is this a GPX file?")]
    Root,
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
    /// A field that the device's own signature does not cover, where one is demanded.
    #[error(
        "expected `{field}` within what the device signed, got it beside: whoever passed it on may have changed it"
    )]
    Unsigned {
        /// The field.
        field: &'static str,
    },
    /// A field twice.
    #[error("expected `{field}` once, got it again")]
    Repeated {
        /// The field.
        field: String,
    },
    /// A field that the format, or the schema, does not have.
    #[error("expected one of the fields {wanted}, got `{found}`")]
    Unknown {
        /// The fields there are.
        wanted: String,
        /// The field, cut to 40 characters.
        found: String,
    },
    /// None of the schema's channels.
    #[error("expected at least one channel of the schema {schema} ({wanted}), got none")]
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
    /// A line that is no sentence of NMEA 0183.
    #[error("expected a sentence of NMEA 0183 like `$GNRMC,..*5A`{reason}")]
    Sentence {
        /// What is wrong with it, after a colon.
        reason: &'static str,
    },
    /// The checksum of a sentence.
    #[error("expected the checksum {wanted:02X}, got {found:02X}: the line was altered on its way")]
    Checksum {
        /// Of the line as it came.
        wanted: u8,
        /// What the line says.
        found: u8,
    },
    /// The receiver says that it has no position.
    #[error("expected a valid fix, the receiver says that it has none")]
    NoFix,
    /// Half of a fix.
    #[error("expected {wanted} of the same time, got none")]
    Unpaired {
        /// The sentence that is missing.
        wanted: &'static str,
    },
    /// Something of a device that is not the one before.
    #[error("expected records of one device, `{first}`, got `{found}`; sign each device's with its own key")]
    Device {
        /// The first device, cut to 80 characters.
        first: String,
        /// The other, cut to 80 characters.
        found: String,
    },
    /// A time relative to now.
    #[error(
        "expected an absolute time, 2^28 s or more after 1970, got {found} s: relative to what is not known"
    )]
    RelativeTime {
        /// What came, in whole seconds.
        found: i64,
    },
    /// The position was taken out.
    #[error("expected a position, it was redacted")]
    Redacted,
}

/// Why a cell is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// Not a number of the wanted form.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Neither digits nor a timestamp.
    #[error("expected Unix milliseconds, or: {0}")]
    Time(#[from] TimeError),
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
    /// A unit that the channel's is not made from.
    #[error("expected the unit `{wanted}`, or one that is converted into it exactly")]
    Unit {
        /// Unit of the schema.
        wanted: &'static str,
    },
    /// Half a hemisphere.
    #[error("expected degrees and minutes like 4807.038 and N, S, E or W")]
    DegreesMinutes,
    /// Not a UTC time of a sentence.
    #[error("expected a UTC time like 223745.00 and a date like 110720")]
    SentenceTime,
    /// Not a name of SenML.
    #[error("expected a name of letters, digits, and - : . / _ that begins with a letter or digit")]
    Name,
    /// Not the number of a Ruptela's signal.
    #[error("expected 1 to 16 hexadecimal digits as text")]
    Hexadecimal,
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

//! Readings from the files that other software writes.
//!
//! | format | reader | record | accuracy |
//! |---|---|---|---|
//! | CSV with a header | [`CsvReader`] | row | a column |
//! | GPX 1.0, 1.1 | `GpxReader` | track point | hdop x range error |
//! | NMEA 0183 | `NmeaReader` | line | HDOP x range error |
//! | SenML JSON (RFC 8428) | `SenmlReader` | pack | a record named `accuracy` |
//! | JSON, one object a line | `NdjsonReader` | line | a field |
//! | DIMO: AutoPi v2, Ruptela | `DimoReader` | document | hdop x range error |
//!
//! A reader is an iterator over `Result<Row, ImportError>`. It is strict: what it does not understand is an error that names
//! the row, the column or field, and what was wanted; after it the next record is read as usual, unless
//! [`ImportError::is_last`]. Records stream and each is bounded, so that memory is bounded whatever the length of the file.
//! Nothing passes through floating point. All but CSV need the feature `formats`.
//!
//! ```
//! use zksensor::circuits::reading::Network;
//! use zksensor::import::{CsvReader, Mapping};
//!
//! let table = "time,lat,lon,accuracy,celsius\n2014-09-10T04:54:07Z,48.1635066,11.5643883,2.5,21.25\n";
//! let columns = "time=time,lat=lat,lon=lon,accuracy_m=accuracy,value=celsius".parse()?;
//! let mapping = Mapping { columns, scale: 3, network: Network::new(137, [0x11; 20]), schema: 1, first_sequence: 0 };
//! let row = CsvReader::new(table.as_bytes(), &mapping)?.next().expect("the table has one row")?;
//! assert_eq!((row.number, row.reading.channels[0]), (1, 21_250));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod csv;
mod decimal;
#[cfg(feature = "formats")]
mod dimo;
#[cfg(feature = "formats")]
mod document;
mod error;
#[cfg(feature = "formats")]
mod gpx;
#[cfg(feature = "formats")]
mod lines;
#[cfg(feature = "formats")]
mod ndjson;
#[cfg(feature = "formats")]
mod nmea;
#[cfg(feature = "formats")]
mod senml;
#[cfg_attr(not(feature = "formats"), expect(dead_code, reason = "a table needs few of these"))]
mod target;

pub use csv::{CellsError, Columns, ColumnsError, CsvReader, HeaderError, Mapping, Row};
pub use decimal::{Decimal, DecimalError, Rounding};
#[cfg(feature = "formats")]
pub use dimo::{AttestationError, Attested, DimoError, DimoReader, Scheme};
pub use error::{CellError, ImportError, PlainNumber, RecordError, TableError};
#[cfg(feature = "formats")]
pub use gpx::{GpxReader, XmlError};
#[cfg(feature = "formats")]
pub use ndjson::NdjsonReader;
#[cfg(feature = "formats")]
pub use nmea::{NmeaError, NmeaReader};
#[cfg(feature = "formats")]
pub use senml::{SenmlError, SenmlReader};
pub use target::{RangeError, Target};

#[cfg(feature = "formats")]
pub use dimo::{recover, verify};

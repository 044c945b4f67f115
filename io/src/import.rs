//! Readings from the files that other software writes.
//!
//! [`FORMATS`] lists the formats; `docs/inputs.md` shows the list as a table. All but CSV need the feature `formats`.
//!
//! A reader is an iterator over `Result<Row, ImportError>`. It is strict: what it does not understand is an error that names
//! the row, the column or field, and what was wanted; after it the next record is read as usual, unless
//! [`ImportError::is_last`]. Records stream and each is bounded, so that memory is bounded whatever the length of the file.
//! Nothing passes through floating point. Whoever knows the format uses its reader, such as [`CsvReader`]:
//! [`Format::open`] is for whoever is told.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_io::import::{Settings, format_named};
//!
//! let table = "time,lat,lon,accuracy,celsius\n2014-09-10T04:54:07Z,48.1635066,11.5643883,2.5,21.25\n";
//! let format = format_named("csv").expect("it is in the list");
//! let columns = "time=time,lat=lat,lon=lon,accuracy_m=accuracy,value=celsius".parse()?;
//! let settings = Settings {
//!     columns: Some(columns),
//!     scale: Some(3),
//!     ..Settings::new(Network::new(137, [0x11; 20]), 1, 0)
//! };
//! let row = format.open(Box::new(table.as_bytes()), &settings)?.next().expect("the table has one row")?;
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
mod fit;
mod format;
mod frames;
#[cfg(feature = "formats")]
mod gpx;
#[cfg(feature = "formats")]
mod json;
#[cfg(feature = "formats")]
mod lines;
#[cfg(feature = "formats")]
mod ndjson;
#[cfg(feature = "formats")]
mod nmea;
mod place;
#[cfg(feature = "formats")]
mod senml;
mod settings;
#[cfg_attr(not(feature = "formats"), expect(dead_code, reason = "a table needs few of these"))]
mod target;
mod time;
mod unit;

pub use csv::{
    CellsError, Columns, ColumnsError, CsvReader, Delimiter, DelimiterError, HeaderError, Mapping,
    ValueColumn,
};
pub use decimal::{Decimal, DecimalError, Rounding};
#[cfg(feature = "formats")]
pub use dimo::{AttestationError, Attested, DimoError, DimoReader, Scheme, recover, verify};
pub use error::{CellError, ImportError, PlainNumber, RecordError, TableError};
#[cfg(feature = "formats")]
pub use fit::{FitError, FitReader};
pub use format::{About, Format, Opened, Row, Rows, format_named};
pub use frames::{FrameCutError, FrameCuts, FrameCutter};
#[cfg(feature = "formats")]
pub use gpx::{GpxReader, XmlError};
#[cfg(feature = "formats")]
pub use json::JsonReader;
#[cfg(feature = "formats")]
pub use ndjson::NdjsonReader;
#[cfg(feature = "formats")]
pub use nmea::{NmeaError, NmeaReader};
pub use place::{Place, PlaceError};
#[cfg(feature = "formats")]
pub use senml::{SenmlError, SenmlReader};
pub use settings::{Setting, Settings, SettingsError};
pub use target::{Channels, RangeError, Target, accuracy_mm, channel_value};
pub use time::{ClockError, LooksLike, TimeUnit, Zone};

/// Every format, in the order in which they are shown. The command, the fuzz targets and the table in `docs/inputs.md` take
/// them from here.
pub const FORMATS: &[&dyn Format] = &[
    &csv::Csv,
    #[cfg(feature = "formats")]
    &gpx::Gpx,
    #[cfg(feature = "formats")]
    &fit::Fit,
    #[cfg(feature = "formats")]
    &nmea::Nmea,
    #[cfg(feature = "formats")]
    &senml::Senml,
    #[cfg(feature = "formats")]
    &ndjson::Ndjson,
    #[cfg(feature = "formats")]
    &json::Json,
    #[cfg(feature = "formats")]
    &dimo::Dimo,
];

//! Readings from the files that other software writes.
//!
//! An importer is strict: a cell that it does not understand is an error that names the row, the column and what was wanted.
//! Nothing passes through floating point.
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

mod columns;
mod csv;
mod decimal;

pub use columns::{Columns, ColumnsError};
pub use csv::{CellError, CsvReader, ImportError, Mapping, Row, TableError};
pub use decimal::{Decimal, DecimalError, Rounding};

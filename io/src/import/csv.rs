//! Readings from a CSV table with a header. Rows stream: memory is bounded whatever the file's length.
//!
//! ```
//! use zksensor_model::reading::Network;
//! use zksensor_io::import::{CsvReader, Mapping};
//!
//! let table = "time,lat,lon,accuracy,celsius\n2014-09-10T04:54:07Z,48.1635066,11.5643883,2.5,21.25\n";
//! let columns = "time=time,lat=lat,lon=lon,accuracy_m=accuracy,value=celsius".parse()?;
//! let mapping = Mapping { scale: 3, ..Mapping::new(columns, Network::new(137, [0x11; 20]), 1) };
//! let row = CsvReader::new(table.as_bytes(), &mapping)?.next().expect("the table has one row")?;
//! assert_eq!((row.number, row.reading.channels[0]), (1, 21_250));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings, SettingsError};

mod bounded;
mod cells;
mod columns;
mod dialect;
mod error;
mod reader;

pub use columns::{Columns, ColumnsError, ValueColumn};
pub use dialect::{Delimiter, DelimiterError};
pub use error::{CellsError, HeaderError};
pub use reader::{CsvReader, Mapping};

/// The format.
#[derive(Debug)]
pub(super) struct Csv;

impl Format for Csv {
    fn about(&self) -> &'static About {
        &About {
            name: "csv",
            title: "A table with a header",
            record: "a row",
            channels: "mapped columns",
            accuracy: "a column",
            takes: &[
                Setting::Columns,
                Setting::Scale,
                Setting::Zone,
                Setting::Delimiter,
                Setting::DecimalComma,
                Setting::Place,
            ],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        settings.check(self)?;
        let missing = SettingsError::Columns { format: self.about().name };
        let mapping = Mapping {
            delimiter: settings.delimiter.unwrap_or_default(),
            decimal_comma: settings.decimal_comma,
            columns: settings.columns.clone().ok_or(missing)?,
            scale: settings.scale.unwrap_or(0),
            network: settings.network,
            schema: settings.schema,
            own_schema: settings.own_schema,
            first_sequence: settings.first_sequence,
            zone: settings.zone,
            place: settings.place,
        };
        Ok(Box::new(CsvReader::new(input, &mapping)?))
    }
}

#[cfg(test)]
mod tests;

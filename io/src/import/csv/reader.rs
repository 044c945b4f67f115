//! Reads a table row by row.

use std::cell::Cell;
use std::collections::HashMap;
use std::io::{self, Read};
use std::rc::Rc;

use zksensor_model::reading::{ACCURACY_UNKNOWN, Location, Network, PayloadHash, Reading};
use zksensor_model::schema::{ABSENT, Channel, Schema};

use super::error::{CellsError, HeaderError};
use crate::import::target::{accuracy, degrees, names, plausible};
use crate::import::time::either;
use crate::import::{
    CellError, Columns, Decimal, ImportError, RecordError, Rounding, Row, Rows, TableError, Zone,
};

/// The most bytes of one row, or of the header. Each may be a cell, of which the places take 25 bytes of memory.
const MAX_ROW_BYTES: usize = 1 << 15;

/// How rows become readings.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Which column is what.
    pub columns: Columns,
    /// Decimal places of the channels to which the schema gives none: a cell is multiplied by 10^scale, and has to be an
    /// integer then.
    pub scale: u32,
    /// Network of the readings.
    pub network: Network,
    /// Schema of the readings. One of the registry with units has its own scale and plausible ranges, and a channel of it
    /// without a column, or with an empty cell, is [`ABSENT`].
    pub schema: u32,
    /// Sequence number of row 1 where there is no column for it; later rows count up, refused ones too.
    pub first_sequence: u64,
    /// What times without a zone are.
    pub zone: Zone,
}

impl Mapping {
    /// A mapping of these columns; a scale of 0, rows counted from 0, times with their zone.
    pub fn new(columns: Columns, network: Network, schema: u32) -> Mapping {
        Mapping { columns, scale: 0, network, schema, first_sequence: 0, zone: Zone::Written }
    }
}

/// Reads a table row by row. After an error in a cell or a reading the next row is read as usual.
///
/// Latitude and longitude are rounded to 1e-7 degree, half away from zero, and an accuracy up to the next millimetre; values
/// are exact or refused. Cells are trimmed of spaces.
pub struct CsvReader<R> {
    rows: ::csv::Reader<Bounded<R>>,
    since_row: Rc<Cell<usize>>,
    record: ::csv::StringRecord,
    cells: Cells,
    mapping: Mapping,
    row: u64,
    broken: bool,
}

impl<R: Read> CsvReader<R> {
    /// Reads the header and finds the columns.
    ///
    /// # Errors
    /// [`ImportError::Header`] or [`ImportError::Table`].
    pub fn new(input: R, mapping: &Mapping) -> Result<CsvReader<R>, ImportError> {
        let since_row = Rc::new(Cell::new(0));
        let input = Bounded { input, since_row: Rc::clone(&since_row) };
        let mut rows = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(input);
        let header = rows.headers().map_err(|error| table_error(0, &error))?;
        let cells = Cells::find(header, &mapping.columns)?;
        let (mapping, record) = (mapping.clone(), ::csv::StringRecord::new());
        Ok(CsvReader { rows, since_row, record, cells, mapping, row: 0, broken: false })
    }

    fn reading(&self) -> Result<Reading, ImportError> {
        let (cells, columns) = (&self.cells, &self.mapping.columns);
        let places = |column: &str, index: usize, limit: i32| {
            self.cell(column, index, |text| degrees(&text.parse()?, limit))
        };
        let latitude = places(&columns.latitude, cells.latitude, 90)?;
        let longitude = places(&columns.longitude, cells.longitude, 180)?;
        let wrong = |reason| ImportError::Reading { row: self.row, reason };
        let reading = Reading {
            network: self.mapping.network,
            schema: self.mapping.schema,
            sequence: self.sequence()?,
            time: self.cell(&columns.time, cells.time, |text| {
                Ok(either(text, columns.time_unit, self.mapping.zone)?)
            })?,
            location: Location::new(latitude, longitude).map_err(wrong)?,
            accuracy_mm: self.accuracy()?,
            channels: self.channels()?,
            payload_hash: PayloadHash::NONE,
        };
        reading.check().map_err(wrong)?;
        Ok(reading)
    }

    fn channels(&self) -> Result<[i64; 4], ImportError> {
        let schema = Schema::numbered(self.mapping.schema).filter(|schema| has_units(schema));
        let mut channels = [0; 4];
        for (position, value) in channels.iter_mut().enumerate() {
            let channel = schema.and_then(|schema| schema.channels.get(position));
            *value = match (&self.mapping.columns.values[position], self.cells.values[position]) {
                (Some(column), Some(index)) => {
                    self.cell(column, index, |text| read_value(text, self.mapping.scale, channel))?
                }
                _ => channel.map_or(0, |_| ABSENT),
            };
        }
        match schema {
            Some(schema) if channels[..schema.channels.len()].iter().all(|value| *value == ABSENT) => {
                let reason = RecordError::NoChannel { schema: schema.name, wanted: names(schema) };
                Err(ImportError::Record { row: self.row, reason })
            }
            _ => Ok(channels),
        }
    }

    fn sequence(&self) -> Result<u64, ImportError> {
        match (&self.mapping.columns.sequence, self.cells.sequence) {
            (Some(column), Some(index)) => {
                self.cell(column, index, |text| text.parse().map_err(|_| CellError::Sequence))
            }
            _ => Ok(self.mapping.first_sequence.saturating_add(self.row - 1)),
        }
    }

    fn accuracy(&self) -> Result<u32, ImportError> {
        let (Some((column, places)), Some(index)) = (&self.mapping.columns.accuracy, self.cells.accuracy)
        else {
            return Ok(ACCURACY_UNKNOWN);
        };
        let read = |text: &str| {
            if text.is_empty() {
                return Ok(ACCURACY_UNKNOWN);
            }
            accuracy(&text.parse()?, 1, *places)
        };
        self.cell(column, index, read)
    }

    fn cell<T>(
        &self,
        column: &str,
        index: usize,
        read: impl FnOnce(&str) -> Result<T, CellError>,
    ) -> Result<T, ImportError> {
        let text = self.record.get(index).expect("every row has as many cells as the header");
        read(text).map_err(|reason| ImportError::Cell {
            row: self.row,
            column: column.to_owned(),
            reason,
            found: text.chars().take(40).collect(),
        })
    }
}

impl<R: Read> Iterator for CsvReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        self.since_row.set(0);
        match self.rows.read_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                self.row += 1;
                let number = self.row;
                Some(self.reading().map(|reading| Row { number, reading }))
            }
            Err(error) => {
                self.broken = true;
                Some(Err(table_error(self.row + 1, &error)))
            }
        }
    }
}

impl<R: Read> Rows for CsvReader<R> {}

/// Where in a row the mapped cells are.
struct Cells {
    time: usize,
    latitude: usize,
    longitude: usize,
    accuracy: Option<usize>,
    values: [Option<usize>; 4],
    sequence: Option<usize>,
}

impl Cells {
    fn find(header: &::csv::StringRecord, columns: &Columns) -> Result<Cells, HeaderError> {
        let mut places: HashMap<&str, (usize, usize)> = HashMap::new();
        for (index, name) in header.iter().enumerate() {
            // A byte order mark is no part of a name.
            let name = if index == 0 { name.trim_start_matches('\u{feff}') } else { name };
            places.entry(name).or_insert((index, 0)).1 += 1;
        }
        let find = |wanted: &str| match places.get(wanted) {
            Some((index, 1)) => Ok(*index),
            Some(_) => Err(HeaderError::ColumnRepeated { name: wanted.to_owned() }),
            None => {
                let found: Vec<String> = header.iter().take(32).map(|name| format!("`{name}`")).collect();
                let found = found.join(", ").chars().take(400).collect();
                Err(HeaderError::Column { wanted: wanted.to_owned(), found })
            }
        };
        let maybe = |wanted: Option<&str>| wanted.map(find).transpose();
        let [first, second, third, fourth] = columns.values.each_ref().map(Option::as_deref);
        Ok(Cells {
            time: find(&columns.time)?,
            latitude: find(&columns.latitude)?,
            longitude: find(&columns.longitude)?,
            accuracy: maybe(columns.accuracy.as_ref().map(|(name, _)| name.as_str()))?,
            values: [maybe(first)?, maybe(second)?, maybe(third)?, maybe(fourth)?],
            sequence: maybe(columns.sequence.as_deref())?,
        })
    }
}

/// Whether the registry says what the channels are.
fn has_units(schema: &Schema) -> bool {
    schema.channels.iter().any(|channel| channel.quantity.is_some())
}

fn read_value(text: &str, scale: u32, channel: Option<&Channel>) -> Result<i64, CellError> {
    match channel {
        Some(_) if text.is_empty() => Ok(ABSENT),
        Some(Channel { quantity: Some(quantity), .. }) => {
            plausible(quantity, text.parse::<Decimal>()?.to_fixed(quantity.scale, Rounding::Exact)?)
        }
        _ => Ok(text.parse::<Decimal>()?.to_fixed(scale, Rounding::Exact)?),
    }
}

fn table_error(row: u64, error: &::csv::Error) -> ImportError {
    let reason = match error.kind() {
        ::csv::ErrorKind::Io(error) => {
            TableError::Io { reason: io::Error::new(error.kind(), error.to_string()) }
        }
        ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            CellsError { wanted: *expected_len, found: *len }.into()
        }
        _ => TableError::Utf8,
    };
    ImportError::Table { row, reason }
}

/// Fails instead of reading on in a row without end, such as one whose quote is never closed.
struct Bounded<R> {
    input: R,
    since_row: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > MAX_ROW_BYTES {
            let message = format!("the row has more than {MAX_ROW_BYTES} bytes; is a quote not closed?");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let count = self.input.read(buffer)?;
        self.since_row.set(self.since_row.get() + count);
        Ok(count)
    }
}

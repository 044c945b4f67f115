//! Reads a table row by row.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use zksensor_model::reading::{ACCURACY_UNKNOWN, Location, Network, PayloadHash, Reading};
use zksensor_model::schema::{ABSENT, Schema};

use super::bounded::{Bounded, MAX_ROW_BYTES};
use super::cells::{Cells, Value};
use super::{CellsError, Columns, Delimiter};
use crate::import::target::{Amount, accuracy, degrees, fixed, names, presence};
use crate::import::time::either;
use crate::import::{
    CellError, Decimal, DecimalError, ImportError, Place, RecordError, Rounding, Row, Rows, SettingsError,
    TableError, Zone,
};

/// How rows become readings.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// Which column is what.
    pub columns: Columns,
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// Whether numbers have a comma in the place of the point. One with a point is refused then: it might mean thousands.
    pub decimal_comma: bool,
    /// Decimal places of the channels to which the schema gives none: a cell is multiplied by 10^scale, and has to be an
    /// integer then.
    pub scale: u32,
    /// Network of the readings.
    pub network: Network,
    /// Schema of the readings. One of the registry with units has its own scale and plausible ranges, and a channel of it
    /// without a column, or with an empty cell, is [`ABSENT`].
    pub schema: u32,
    /// What the project says of a schema of its own: it is then as one of the registry.
    pub own_schema: Option<&'static Schema>,
    /// Sequence number of row 1 where there is no column for it; later rows count up, refused ones too.
    pub first_sequence: u64,
    /// What times without a zone are.
    pub zone: Zone,
    /// Where the readings were taken, if no columns say it.
    pub place: Option<Place>,
}

impl Mapping {
    /// A mapping of these columns, with commas between them; a scale of 0, rows counted from 0, times with their zone.
    pub fn new(columns: Columns, network: Network, schema: u32) -> Mapping {
        Mapping {
            columns,
            delimiter: Delimiter::default(),
            decimal_comma: false,
            scale: 0,
            network,
            schema,
            own_schema: None,
            first_sequence: 0,
            zone: Zone::Written,
            place: None,
        }
    }
}

/// Reads a table row by row. After a refused row the next one is read as usual.
///
/// Latitude and longitude are rounded to 1e-7 degree, half away from zero, and an accuracy up to the next millimetre. A value
/// of a channel with a unit is converted and rounded once, half away from zero; one without is exact or refused. Cells are
/// trimmed of spaces.
pub struct CsvReader<R> {
    /// `None` after the end, or after what nothing is read.
    rows: Option<::csv::Reader<Bounded<R>>>,
    since_row: Rc<Cell<usize>>,
    record: ::csv::StringRecord,
    cells: Cells,
    mapping: Mapping,
    /// The schema, if the registry says what its channels are.
    schema: Option<&'static Schema>,
    row: u64,
}

impl<R: Read> CsvReader<R> {
    /// Reads the header and finds the columns.
    ///
    /// # Errors
    /// [`ImportError::Settings`] if the mapping does not fit the schema, [`ImportError::Header`] or [`ImportError::Table`].
    pub fn new(input: R, mapping: &Mapping) -> Result<CsvReader<R>, ImportError> {
        mapping.columns.check_position(mapping.place)?;
        let since_row = Rc::new(Cell::new(0));
        let mut rows = table(Bounded::new(input, Rc::clone(&since_row)), mapping.delimiter);
        let mut header = ::csv::StringRecord::new();
        rows.read_record(&mut header).map_err(|error| match table_error(&error) {
            Problem::Row(_) => ImportError::Table { row: 0, reason: TableError::Utf8 },
            Problem::File(reason) => ImportError::Table { row: 0, reason },
        })?;
        let own = mapping.own_schema.filter(|own| own.id == mapping.schema);
        let schema = Schema::numbered(mapping.schema).or(own);
        let cells = Cells::find(&header, &mapping.columns, schema, mapping.delimiter)?;
        let (mapping, record) = (mapping.clone(), ::csv::StringRecord::new());
        let schema = schema.filter(|schema| schema.channels.iter().any(|channel| channel.quantity.is_some()));
        Ok(CsvReader { rows: Some(rows), since_row, record, cells, mapping, schema, row: 0 })
    }

    fn reading(&self) -> Result<Reading, ImportError> {
        let (wanted, found) = (self.cells.count as u64, self.record.len() as u64);
        if wanted != found {
            let reason = CellsError { wanted, got: found }.into();
            return Err(ImportError::Record { row: self.row, reason });
        }
        let (cells, columns) = (&self.cells, &self.mapping.columns);
        let (latitude, longitude) = self.position()?;
        let wrong = |reason| ImportError::Reading { row: self.row, reason };
        let time = |text: &str| Ok(either(&self.plain(text), columns.time_unit, self.mapping.zone)?);
        let reading = Reading {
            network: self.mapping.network,
            schema: self.mapping.schema,
            sequence: self.sequence()?,
            time: self.cell(&columns.time, cells.time, time)?,
            location: Location::from_e7(latitude, longitude).map_err(wrong)?,
            accuracy_mm: self.accuracy()?,
            channels: self.channels()?,
            payload_hash: PayloadHash::NONE,
        };
        reading.check().map_err(wrong)?;
        Ok(reading)
    }

    fn position(&self) -> Result<(i32, i32), ImportError> {
        let places = |column: &str, index: usize, limit: i32| {
            self.cell(column, index, |text| degrees(&self.number(text)?, limit))
        };
        match (&self.mapping.columns.position, self.cells.position, self.mapping.place) {
            (Some((latitude, longitude)), Some((first, second)), _) => {
                Ok((places(latitude, first, 90)?, places(longitude, second, 180)?))
            }
            (.., Some(place)) => Ok(place.position()),
            _ => Err(SettingsError::NoPosition.into()),
        }
    }

    fn channels(&self) -> Result<[i64; 4], ImportError> {
        let mut channels = [0; 4];
        for (position, value) in channels.iter_mut().enumerate() {
            *value = match &self.cells.values[position] {
                Some(cell) => self.cell(&cell.column, cell.index, |text| self.value(cell, text))?,
                None => match self.schema {
                    Some(schema) if position < schema.channels.len() => presence(schema).unwrap_or(ABSENT),
                    _ => 0,
                },
            };
        }
        match self.schema {
            Some(schema) if channels[..schema.channels.len()].iter().all(|value| *value == ABSENT) => {
                let reason = RecordError::NoChannel { schema: schema.name, wanted: names(schema) };
                Err(ImportError::Record { row: self.row, reason })
            }
            _ => Ok(channels),
        }
    }

    fn value(&self, cell: &Value, text: &str) -> Result<i64, CellError> {
        let Some(quantity) = cell.channel.and_then(|channel| channel.quantity) else {
            let places = self.mapping.scale;
            return self.number(text)?.to_fixed(places, Rounding::Exact).map_err(|reason| match reason {
                DecimalError::Places { places } => CellError::Scale { places },
                reason => reason.into(),
            });
        };
        if text.is_empty() {
            return Ok(ABSENT);
        }
        fixed(&quantity, &Amount::new(self.number(text)?, cell.unit))
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
            return Ok(self.mapping.place.map_or(ACCURACY_UNKNOWN, |place| place.accuracy_mm()));
        };
        let read = |text: &str| {
            if text.is_empty() {
                return Ok(ACCURACY_UNKNOWN);
            }
            accuracy(&self.number(text)?, 1, *places)
        };
        self.cell(column, index, read)
    }

    /// A number with the point or comma that the table has.
    fn number(&self, text: &str) -> Result<Decimal, CellError> {
        if self.mapping.decimal_comma && text.contains('.') {
            return Err(CellError::Form {
                wanted: "a decimal number such as -12,5, with a comma and without a point",
            });
        }
        Ok(self.plain(text).parse()?)
    }

    /// The text with a point for its comma, if that is one.
    fn plain<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.mapping.decimal_comma { text.replacen(',', ".", 1).into() } else { text.into() }
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
            got: text.chars().take(40).collect(),
        })
    }

    /// Whether a record was read; `false` at the end.
    fn read(&mut self) -> Result<bool, Problem> {
        let Some(rows) = &mut self.rows else { return Ok(false) };
        self.since_row.set(0);
        let read = rows.read_record(&mut self.record);
        if !rows.get_ref().is_too_long() {
            return read.map_err(|error| table_error(&error));
        }
        // What follows may be inside of a cell, where lines are somebody's text and no rows: nothing more is read.
        Err(Problem::File(TableError::Endless { limit: MAX_ROW_BYTES }))
    }
}

impl<R: Read> Iterator for CsvReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read();
        let number = self.row + 1;
        if !matches!(read, Ok(false)) {
            self.row = number;
        }
        Some(match read {
            Ok(false) => return None,
            Ok(true) => self.reading().map(|reading| Row { number, reading }),
            Err(Problem::Row(reason)) => Err(ImportError::Record { row: number, reason }),
            Err(Problem::File(reason)) => {
                self.rows = None;
                Err(ImportError::Table { row: number, reason })
            }
        })
    }
}

impl<R: Read> Rows for CsvReader<R> {}

fn table<R: Read>(input: Bounded<R>, delimiter: Delimiter) -> ::csv::Reader<Bounded<R>> {
    let mut builder = ::csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter.byte()).trim(::csv::Trim::All);
    builder.from_reader(input)
}

/// What is wrong with a row, or with all that is left.
enum Problem {
    Row(RecordError),
    File(TableError),
}

fn table_error(error: &::csv::Error) -> Problem {
    match error.kind() {
        ::csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Problem::File(TableError::Endless { limit: MAX_ROW_BYTES })
        }
        ::csv::ErrorKind::Io(error) => {
            Problem::File(TableError::Io { reason: io::Error::new(error.kind(), error.to_string()) })
        }
        _ => Problem::Row(RecordError::Utf8),
    }
}

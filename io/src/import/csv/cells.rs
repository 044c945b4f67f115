//! Where in a row the mapped cells are.

use std::collections::HashMap;

use zksensor_model::schema::{Channel, Schema};

use super::error::HeaderError;
use super::{Columns, Delimiter, ValueColumn};
use crate::import::{ImportError, unit};

/// Index of each mapped column.
pub(super) struct Cells {
    pub(super) time: usize,
    /// Of latitude and longitude.
    pub(super) position: Option<(usize, usize)>,
    pub(super) accuracy: Option<usize>,
    pub(super) values: [Option<Value>; 4],
    pub(super) sequence: Option<usize>,
    /// Columns of the header.
    pub(super) count: usize,
}

/// A column of a channel.
pub(super) struct Value {
    pub(super) index: usize,
    pub(super) column: String,
    /// The channel, if the schema says what it measures.
    pub(super) channel: Option<&'static Channel>,
    /// The unit of the column, if the channel has one.
    pub(super) unit: &'static str,
}

impl Cells {
    /// Finds the columns in a header.
    pub(super) fn find(
        header: &::csv::StringRecord,
        columns: &Columns,
        schema: Option<&'static Schema>,
        delimiter: Delimiter,
    ) -> Result<Cells, ImportError> {
        let mapped = columns.of(schema)?;
        let mut places: HashMap<&str, (usize, usize)> = HashMap::new();
        for (index, name) in header.iter().enumerate() {
            // A byte order mark is no part of a name.
            let name = if index == 0 { name.trim_start_matches('\u{feff}').trim() } else { name };
            places.entry(name).or_insert((index, 0)).1 += 1;
        }
        let find = |wanted: &str| match places.get(wanted) {
            Some((index, 1)) => Ok(*index),
            Some(_) => Err(HeaderError::ColumnRepeated { name: wanted.to_owned() }),
            None => Err(missing(header, wanted, delimiter)),
        };
        let maybe = |wanted: Option<&str>| wanted.map(find).transpose();
        let time = find(&columns.time)?;
        let position = match &columns.position {
            Some((latitude, longitude)) => Some((find(latitude)?, find(longitude)?)),
            None => None,
        };
        let mut values = [const { None }; 4];
        for (place, column) in mapped.into_iter().enumerate() {
            let channel = schema.and_then(|schema| schema.channels.get(place));
            let channel = channel.filter(|channel| channel.quantity.is_some());
            if let Some(column) = column {
                values[place] = Some(Value {
                    index: find(&column.column)?,
                    unit: unit_of(&column, channel)?,
                    column: column.column,
                    channel,
                });
            }
        }
        Ok(Cells {
            time,
            position,
            accuracy: maybe(columns.accuracy.as_ref().map(|(name, _)| name.as_str()))?,
            values,
            sequence: maybe(columns.sequence.as_deref())?,
            count: header.len(),
        })
    }
}

/// Why a column is not there: perhaps another character stands between them.
fn missing(header: &::csv::StringRecord, wanted: &str, delimiter: Delimiter) -> HeaderError {
    let only = header.get(0).filter(|_| header.len() == 1).unwrap_or_default();
    let others = Delimiter::COMMON.into_iter().filter(|other| *other != delimiter);
    if let Some(got) = others.into_iter().find(|other| only.as_bytes().contains(&other.byte())) {
        return HeaderError::Delimiter { wanted: delimiter, got };
    }
    let found: Vec<String> = header.iter().take(32).map(|name| format!("`{name}`")).collect();
    let found = found.join(", ").chars().take(400).collect();
    HeaderError::Column { wanted: wanted.to_owned(), got: found }
}

/// The unit of a column: the one that was said, else the channel's, unless the column's own name says another.
fn unit_of(column: &ValueColumn, channel: Option<&'static Channel>) -> Result<&'static str, HeaderError> {
    let Some((channel, quantity)) = channel.and_then(|channel| Some((channel, channel.quantity?))) else {
        return Ok("");
    };
    let wanted = quantity.unit;
    unit::of_column(&column.column, column.unit, wanted).map_err(|got| HeaderError::Unit {
        column: column.column.clone(),
        channel: channel.name,
        wanted,
        got,
    })
}

//! Reads documents, and of each record the members that are mapped.

use std::collections::VecDeque;
use std::io::BufRead;

use serde_json::value::RawValue;
use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash};
use zksensor_model::schema::Quantity;

use super::path::Path;
use crate::at_most::AtMost;
use crate::import::document::{Documents, MAX_ELEMENTS, Text, parse};
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, accuracy, degrees, wrong};
use crate::import::time::of_json;
use crate::import::{
    CellError, Columns, Decimal, DecimalError, ImportError, Place, RecordError, Row, Rows, SettingsError,
    Target, TimeUnit, Zone, unit,
};

/// Reads records of any JSON by a mapping; the number of a row counts records. After a refused record the next one is read as
/// usual.
pub struct JsonReader<R> {
    documents: Documents<R>,
    finisher: Finisher,
    fields: Fields,
    zone: Zone,
    place: Option<Place>,
    row: u64,
    /// The records of a list that are still to be read.
    ready: VecDeque<Box<RawValue>>,
}

/// Which member is what.
struct Fields {
    time: (Path, Option<TimeUnit>),
    /// Latitude and longitude.
    position: Option<(Path, Path)>,
    /// With the decimal places to millimetres.
    accuracy: Option<(Path, u32)>,
    sequence: Option<Path>,
    /// Name of a channel, its member, and the member's unit.
    channels: Vec<(&'static str, Path, &'static str)>,
}

impl Fields {
    fn new(columns: &Columns, target: &Target) -> Result<Fields, SettingsError> {
        let mut channels = Vec::new();
        for (channel, column) in target.schema.channels.iter().zip(columns.of(Some(target.schema))?) {
            let Some(column) = column else { continue };
            let unit = match channel.quantity {
                Some(Quantity { unit: wanted, .. }) => {
                    unit::of_column(&column.column, column.unit, wanted)
                        .map_err(|got| SettingsError::NamedUnit { channel: channel.name, wanted, got })?
                }
                None => column.unit.unwrap_or_default(),
            };
            channels.push((channel.name, Path::new(&column.column), unit));
        }
        Ok(Fields {
            time: (Path::new(&columns.time), columns.time_unit),
            position: columns
                .position
                .as_ref()
                .map(|(latitude, longitude)| (Path::new(latitude), Path::new(longitude))),
            accuracy: columns.accuracy.as_ref().map(|(path, places)| (Path::new(path), *places)),
            sequence: columns.sequence.as_deref().map(Path::new),
            channels,
        })
    }
}

impl<R: BufRead> JsonReader<R> {
    /// A reader of these documents. Of the mapping, names of columns are paths of members.
    ///
    /// # Errors
    /// [`SettingsError`] if the mapping does not fit the schema.
    pub fn new(input: R, target: &Target, fields: &Columns) -> Result<JsonReader<R>, SettingsError> {
        JsonReader::at(input, target, fields, None)
    }

    /// As [`new`](JsonReader::new), for the readings of a station that stands there: the mapping has no position then.
    ///
    /// # Errors
    /// As of [`new`](JsonReader::new).
    pub fn at(
        input: R,
        target: &Target,
        fields: &Columns,
        place: Option<Place>,
    ) -> Result<JsonReader<R>, SettingsError> {
        fields.check_position(place)?;
        let fields = Fields::new(fields, target)?;
        let (documents, finisher) = (Documents::new(input), Finisher::new(target));
        let (zone, ready) = (Zone::Written, VecDeque::new());
        Ok(JsonReader { documents, finisher, fields, zone, place, row: 0, ready })
    }

    /// Says what times without a zone are; otherwise they are refused.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> JsonReader<R> {
        JsonReader { zone, ..self }
    }

    fn draft(&mut self) -> Option<Drafted> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                self.row += 1;
                return Some(self.record(&record));
            }
            let document = match self.documents.next()? {
                Ok(document) => document,
                Err(error) => return Some(Err(error)),
            };
            let wanted =
                "an object, or a list of at most 1,024 objects; of a longer list write one object a line";
            let read = if document.starts_with(b"[") {
                parse::<AtMost<Box<RawValue>, MAX_ELEMENTS>>(self.row + 1, &document, wanted)
                    .map(|list| list.0)
            } else {
                parse::<Box<RawValue>>(self.row + 1, &document, wanted).map(|record| vec![record])
            };
            match read {
                Ok(records) => self.ready = records.into(),
                Err(error) => {
                    self.row += 1;
                    return Some(Err(error));
                }
            }
        }
    }

    fn record(&self, record: &RawValue) -> Drafted {
        let (row, fields) = (self.row, &self.fields);
        let refused = |reason| ImportError::Record { row, reason };
        if !record.get().starts_with('{') {
            return Err(refused(RecordError::Kind { wanted: "an object as a record, got something else" }));
        }
        let time = self.needed(&fields.time.0, record, |raw| Ok(of_json(raw, fields.time.1, self.zone)?))?;
        let position = match (&fields.position, self.place) {
            (Some((latitude, longitude)), _) => (
                self.needed(latitude, record, |raw| degrees(&number(raw)?, 90))?,
                self.needed(longitude, record, |raw| degrees(&number(raw)?, 180))?,
            ),
            (None, Some(place)) => place.position(),
            (None, None) => return Err(SettingsError::NoPosition.into()),
        };
        let accuracy_mm = match &fields.accuracy {
            Some((path, places)) => self.member(path, record, |raw| accuracy(&number(raw)?, 1, *places))?,
            None => None,
        };
        let sequence = match &fields.sequence {
            Some(path) => Some(self.needed(path, record, whole)?),
            None => None,
        };
        let mut channels = Channels::new(self.finisher.target.schema);
        for (channel, path, unit) in &fields.channels {
            self.member(path, record, |raw| channels.put(channel, &Amount::new(number(raw)?, unit)))?;
        }
        let channels = channels.finish().map_err(refused)?;
        let unsaid = self.place.map_or(ACCURACY_UNKNOWN, |place| place.accuracy_mm());
        let (accuracy_mm, payload_hash) =
            (accuracy_mm.unwrap_or(unsaid), PayloadHash::of(record.get().as_bytes()));
        Ok((row, Draft { sequence, time, position, accuracy_mm, channels, payload_hash }))
    }

    /// What a member says, if it is there.
    fn member<T>(
        &self,
        path: &Path,
        record: &RawValue,
        read: impl FnOnce(&RawValue) -> Result<T, CellError>,
    ) -> Result<Option<T>, ImportError> {
        let found = path.find(record).map_err(|reason| ImportError::Record { row: self.row, reason })?;
        let Some(raw) = found else { return Ok(None) };
        read(raw).map(Some).map_err(|reason| wrong(self.row, path.text(), raw.get(), reason))
    }

    /// What a member says that has to be there.
    fn needed<T>(
        &self,
        path: &Path,
        record: &RawValue,
        read: impl FnOnce(&RawValue) -> Result<T, CellError>,
    ) -> Result<T, ImportError> {
        let missing = || RecordError::NoMember { wanted: path.text().chars().take(80).collect() };
        self.member(path, record, read)?
            .ok_or_else(|| ImportError::Record { row: self.row, reason: missing() })
    }
}

impl<R: BufRead> Iterator for JsonReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for JsonReader<R> {}

/// A number, or the text of one.
fn number(raw: &RawValue) -> Result<Decimal, CellError> {
    let number = match serde_json::from_str::<Text<'_>>(raw.get()) {
        Ok(Text(text)) => text.trim().parse(),
        Err(_) => raw.get().parse(),
    };
    number.map_err(|reason: DecimalError| reason.into())
}

/// A sequence number.
fn whole(raw: &RawValue) -> Result<u64, CellError> {
    raw.get().trim_matches('"').parse().map_err(|_| CellError::Sequence)
}

//! Reads lines, each an object.

use std::io::BufRead;

use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash};
use zksensor_model::schema::Schema;

use crate::import::document::{Fields, number, parse};
use crate::import::lines::Lines;
use crate::import::target::{
    Amount, Channels, Draft, Drafted, Finisher, accuracy, degrees, names, position, wrong,
};
use crate::import::time::{of_json, unit_of_field};
use crate::import::{CellError, DecimalError, ImportError, Place, RecordError, Row, Rows, Target, Zone};

/// The most bytes of a line.
const MAX_LINE: usize = 1 << 16;

/// Reads objects line by line; the number of a row is that of its line. After a refused line the next one is read as usual.
pub struct NdjsonReader<R> {
    lines: Lines<R>,
    finisher: Finisher,
    zone: Zone,
    place: Option<Place>,
}

impl<R: BufRead> NdjsonReader<R> {
    /// A reader of these lines.
    pub fn new(input: R, target: &Target) -> NdjsonReader<R> {
        NdjsonReader {
            lines: Lines::new(input, MAX_LINE),
            finisher: Finisher::new(target),
            zone: Zone::Written,
            place: None,
        }
    }

    /// Says what times without a zone are; otherwise they are refused.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> NdjsonReader<R> {
        NdjsonReader { zone, ..self }
    }

    /// Says where the readings were taken; the records say no position then.
    #[must_use]
    pub fn at(self, place: Option<Place>) -> NdjsonReader<R> {
        NdjsonReader { place, ..self }
    }

    fn draft(&mut self) -> Option<Drafted> {
        loop {
            let line = match self.lines.next()? {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            let text = if line.row == 1 { line.text.trim_start_matches('\u{feff}') } else { &line.text };
            if !text.trim().is_empty() {
                return Some(draft(line.row, text, self.finisher.target.schema, (self.zone, self.place)));
            }
        }
    }
}

impl<R: BufRead> Iterator for NdjsonReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for NdjsonReader<R> {}

fn draft(row: u64, text: &str, schema: &'static Schema, (zone, place): (Zone, Option<Place>)) -> Drafted {
    if text.trim_start().starts_with('[') {
        let wanted = "an object in each line, got a list: write each of its items in a line of its own";
        return Err(ImportError::Record { row, reason: RecordError::Kind { wanted } });
    }
    let Fields(fields) =
        parse(row, text.as_bytes(), "an object with time, latitude, longitude and channels")?;
    let refused = |reason| ImportError::Record { row, reason };
    let (mut time, mut latitude, mut longitude, mut sequence) = (None, None, None, None);
    let unsaid = place.map_or(ACCURACY_UNKNOWN, |place| place.accuracy_mm());
    let (mut accuracy_mm, mut payload_hash) = (unsaid, PayloadHash::NONE);
    let mut channels = Channels::new(schema);
    for (name, raw) in fields {
        let channel = schema.channel(&name);
        let cell = |reason| wrong(row, name.as_ref(), raw.get(), reason);
        let decimal = || number(raw).and_then(|number| number.ok_or(DecimalError::Form.into())).map_err(cell);
        if let Some(unit) = unit_of_field(&name) {
            let read = of_json(raw, unit, zone).map_err(|reason| cell(reason.into()))?;
            if time.replace(read).is_some() {
                return Err(refused(RecordError::Repeated { field: "time".to_owned() }));
            }
            continue;
        }
        match name.as_ref() {
            "latitude" => latitude = Some(degrees(&decimal()?, 90).map_err(cell)?),
            "longitude" => longitude = Some(degrees(&decimal()?, 180).map_err(cell)?),
            "accuracy_m" => {
                if let Some(metres) = number(raw).map_err(cell)? {
                    accuracy_mm = accuracy(&metres, 1, 3).map_err(cell)?;
                }
            }
            "sequence" => {
                sequence = Some(raw.get().parse().map_err(|_| cell(CellError::Sequence))?);
            }
            "payload" if raw.get() != "null" => payload_hash = PayloadHash::of(raw.get().as_bytes()),
            "payload" => {}
            _ => {
                let Some((_, channel)) = channel else {
                    let wanted = format!(
                        "time (or time_s, time_us, time_ns), latitude, longitude, accuracy_m, sequence, payload, {}",
                        names(schema)
                    );
                    let found = name.chars().take(40).collect();
                    return Err(refused(RecordError::Unknown { wanted, got: found }));
                };
                if let Some(value) = number(raw).map_err(cell)? {
                    let unit = channel.quantity.map_or("", |quantity| quantity.unit);
                    channels.put(channel.name, &Amount::new(value, unit)).map_err(cell)?;
                }
            }
        }
    }
    let missing = |field| refused(RecordError::Missing { field });
    let position = position(place, (latitude, longitude), ("latitude", "longitude")).map_err(refused)?;
    let time = time.ok_or_else(|| missing("time"))?;
    let channels = channels.finish().map_err(refused)?;
    Ok((row, Draft { sequence, time, position, accuracy_mm, channels, payload_hash }))
}

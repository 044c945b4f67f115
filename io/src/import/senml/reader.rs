//! Reads packs, and gathers the records of one time.

use std::collections::{BTreeMap, VecDeque};
use std::io::BufRead;

use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash, UnixMillis};
use zksensor_model::schema::Schema;

use super::error::SenmlError;
use super::packs::Packs;
use super::path::{Path, Quantity, SENSOR_UNITS};
use super::record::{Base, Record, Resolved, Time};
use crate::at_most::AtMost;
use crate::import::document::{MAX_ELEMENTS, parse};
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, accuracy, degrees, position, wrong};
use crate::import::time::of_number;
use crate::import::{
    CellError, Decimal, ImportError, Place, RecordError, Rounding, Row, Rows, Target, TimeUnit,
};

/// Times from here on are absolute, in seconds (section 4.5.3).
const ABSOLUTE_S: i64 = 1 << 28;

/// Reads SenML pack by pack; the number of a row is that of its pack. After a refused pack the next one is read as usual.
pub struct SenmlReader<R> {
    packs: Packs<R>,
    finisher: Finisher,
    origin: Origin,
    place: Option<Place>,
    ready: VecDeque<Draft>,
}

impl<R: BufRead> SenmlReader<R> {
    /// A reader of these packs.
    pub fn new(input: R, target: &Target) -> SenmlReader<R> {
        let (packs, finisher) = (Packs::new(input), Finisher::new(target));
        SenmlReader { packs, finisher, origin: Origin::default(), place: None, ready: VecDeque::new() }
    }

    /// Says where the readings were taken; the packs say no position then.
    #[must_use]
    pub fn at(self, place: Option<Place>) -> SenmlReader<R> {
        SenmlReader { place, ..self }
    }

    fn draft(&mut self) -> Option<Drafted> {
        loop {
            if let Some(draft) = self.ready.pop_front() {
                return Some(Ok((self.packs.row(), draft)));
            }
            let pack = match self.packs.next()? {
                Ok(pack) => pack,
                Err(error) => return Some(Err(error)),
            };
            let (schema, place) = (self.finisher.target.schema, self.place);
            match read(self.packs.row(), &pack, (schema, place), &mut self.origin) {
                Ok(drafts) => self.ready = drafts,
                Err(error) => return Some(Err(self.packs.explain(error))),
            }
        }
    }
}

impl<R: BufRead> Iterator for SenmlReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for SenmlReader<R> {}

/// Whose records a file has: of one device, and each quantity of one of its sensors.
#[derive(Default)]
struct Origin {
    device: Option<String>,
    /// Quantities that the schema has, and the instances of objects that they come from.
    instances: Vec<(&'static str, String)>,
}

impl Origin {
    fn check(&mut self, path: &Path<'_>, schema: &'static Schema) -> Result<(), SenmlError> {
        let cut = |text: &str| text.chars().take(80).collect::<String>();
        let first = self.device.get_or_insert_with(|| path.device.to_owned());
        if first != path.device {
            return Err(SenmlError::Device { first: cut(first), got: cut(path.device) });
        }
        let Some(instance) = path.instance else { return Ok(()) };
        let quantity = match path.quantity {
            // A latitude of one receiver and a longitude of another are no place.
            Quantity::InUnit("latitude" | "longitude" | "accuracy", _) => "the place",
            Quantity::InUnit(name, _) | Quantity::Named(name) => match schema.channel(name) {
                Some((_, channel)) => channel.name,
                None => return Ok(()),
            },
        };
        match self.instances.iter().find(|(other, _)| *other == quantity) {
            Some((_, first)) if first != instance => {
                Err(SenmlError::Instance { quantity, first: cut(first), got: cut(instance) })
            }
            Some(_) => Ok(()),
            None => {
                self.instances.push((quantity, instance.to_owned()));
                Ok(())
            }
        }
    }
}

/// What was measured at one time.
struct Group {
    latitude: Option<i32>,
    longitude: Option<i32>,
    accuracy_mm: Option<u32>,
    channels: Channels,
}

fn read(
    row: u64,
    pack: &[u8],
    (schema, place): (&'static Schema, Option<Place>),
    origin: &mut Origin,
) -> Result<VecDeque<Draft>, ImportError> {
    let refused = |reason| ImportError::Record { row, reason };
    if pack.first() == Some(&b'<') {
        let wanted = "SenML in JSON or CBOR, got XML (RFC 8428 section 7): convert it";
        return Err(refused(RecordError::Kind { wanted }));
    }
    let AtMost(records) = parse::<AtMost<Record<'_>, MAX_ELEMENTS>>(row, pack, "an array of SenML records")?;
    let mut base = Base::default();
    let mut resolved = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let place = |field: &str| format!("[{index}].{field}");
        resolved.extend(base.resolve(row, record, &place)?.map(|record| (index, record)));
    }
    let mut groups = BTreeMap::new();
    for (index, record) in &resolved {
        let place = |field: &str| format!("[{index}].{field}");
        let path = Path::of(&record.name);
        origin.check(&path, schema).map_err(|reason| refused(reason.into()))?;
        let time = absolute(row, &record.time, place(record.time.field))?;
        let group = groups.entry(time).or_insert_with(|| Group {
            latitude: None,
            longitude: None,
            accuracy_mm: None,
            channels: Channels::new(schema),
        });
        let (name, unit) = match path.quantity {
            Quantity::InUnit(name, fixed) => {
                let unit = record.unit.as_deref().unwrap_or(fixed);
                // Degrees are converted from nothing else, and a name without a channel would be passed over.
                if matches!(fixed, "lat" | "lon") && unit != fixed {
                    return Err(wrong(row, place("u"), unit, CellError::Unit { wanted: fixed }));
                }
                (name, Some(unit))
            }
            Quantity::Named(name) => {
                (name, record.unit.as_deref().or_else(|| sensor_units(&path, &resolved)))
            }
        };
        let amount =
            amount(record, &path).map_err(|(found, reason)| wrong(row, place("vs"), found, reason))?;
        let Some((value, found)) = amount else {
            if schema.channel(name).is_some() {
                return Err(refused(RecordError::Missing { field: "v" }));
            }
            continue;
        };
        group.put(name, value, unit).map_err(|problem| match problem {
            Problem::Cell(reason) => wrong(row, place("v"), found, reason),
            Problem::Repeated => refused(RecordError::Repeated { field: place(name) }),
        })?;
    }
    groups.into_iter().map(|(time, group)| group.draft(time, place).map_err(refused)).collect()
}

/// The number of a record and its text. Where LwM2M fixes the unit, versions of it have the number as text.
fn amount<'a>(
    record: &'a Resolved<'_>,
    path: &Path<'_>,
) -> Result<Option<(Decimal, &'a str)>, (&'a str, CellError)> {
    match (record.value, &record.text, path.quantity) {
        (Some(number), ..) => Ok(Some(number)),
        (None, Some(text), Quantity::InUnit(..)) => match text.parse() {
            Ok(number) => Ok(Some((number, text))),
            Err(reason) => Err((text, CellError::Decimal(reason))),
        },
        _ => Ok(None),
    }
}

/// The unit that a sensor of LwM2M says beside its value.
fn sensor_units<'a>(path: &Path<'_>, records: &'a [(usize, Resolved<'_>)]) -> Option<&'a str> {
    let instance = path.instance?;
    let says = |record: &Resolved<'_>| {
        let name = record.name.strip_prefix(instance)?.strip_prefix('/')?;
        (name == SENSOR_UNITS).then_some(())
    };
    let mut said =
        records.iter().filter(|(_, record)| says(record).is_some()).map(|(_, record)| &record.text);
    let first = said.next()?;
    // One that is said in two ways is not said.
    said.all(|other| other == first).then_some(first.as_deref()).flatten()
}

/// A time that is one without a clock.
fn absolute(row: u64, time: &Time<'_>, column: String) -> Result<UnixMillis, ImportError> {
    match time.seconds.to_fixed(0, Rounding::HalfAwayFromZero) {
        Ok(whole) if whole < ABSOLUTE_S => {
            let reason = SenmlError::RelativeTime { got: whole }.into();
            Err(ImportError::Record { row, reason })
        }
        _ => of_number(&time.seconds, TimeUnit::Seconds)
            .map_err(|reason| wrong(row, column, time.found, reason)),
    }
}

/// Why a group does not take a value.
enum Problem {
    Cell(CellError),
    Repeated,
}

impl From<CellError> for Problem {
    fn from(error: CellError) -> Problem {
        Problem::Cell(error)
    }
}

impl Group {
    fn put(&mut self, name: &str, value: Decimal, unit: Option<&str>) -> Result<(), Problem> {
        match (name, unit) {
            (_, Some("lat")) => once(&mut self.latitude, degrees(&value, 90)?),
            (_, Some("lon")) => once(&mut self.longitude, degrees(&value, 180)?),
            ("accuracy", unit) => {
                let (factor, places) = match unit {
                    Some("km") => (1000, 3),
                    Some("m") => (1, 3),
                    Some("cm") => (10, 0),
                    Some("mm") => (1, 0),
                    _ => return Err(CellError::Unit { wanted: "m" }.into()),
                };
                once(&mut self.accuracy_mm, accuracy(&value, factor, places)?)
            }
            _ if self.channels.has(name) => Err(Problem::Repeated),
            _ => Ok(self.channels.put(name, &Amount::new(value, unit.unwrap_or_default()))?),
        }
    }

    fn draft(self, time: UnixMillis, place: Option<Place>) -> Result<Draft, RecordError> {
        let names = ("a record of the unit lat at this time", "a record of the unit lon at this time");
        let position = position(place, (self.latitude, self.longitude), names)?;
        let unsaid = place.map_or(ACCURACY_UNKNOWN, |place| place.accuracy_mm());
        let accuracy_mm = self.accuracy_mm.unwrap_or(unsaid);
        let (channels, payload_hash) = (self.channels.finish()?, PayloadHash::NONE);
        Ok(Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash })
    }
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Problem> {
    if slot.replace(value).is_some() { Err(Problem::Repeated) } else { Ok(()) }
}

//! What all importers of formats with units share: which network and schema the readings are for, how quantities become
//! channels, and how a dilution of precision becomes an accuracy.

use zksensor_model::reading::{ACCURACY_UNKNOWN, Location, Network, PayloadHash, Reading, UnixMillis};
use zksensor_model::schema::{ABSENT, Channel, POSITION, Quantity, Schema};

use super::error::PlainNumber;
use super::unit::conversion;
use super::{CellError, Decimal, DecimalError, ImportError, Place, RecordError, Rounding, Row};

/// What the readings are for.
///
/// A quantity goes to the channel of its name. Its unit has to be the channel's, or one of km/h, kn, mph (into m/s), km, cm, mm,
/// mi, ft (m), 1/s (1/min), mg/m3 (ug/m3), and `/`, `%` and `/100` into each other (RFC 8428 section 12.1: `%` is the ratio, not
/// the percentage); it is rounded once, half away from zero, to the channel's decimal places. Beyond the schema's plausible
/// range it is refused. A channel that a source does not report is [`ABSENT`]; a reading with no channel at all is refused.
/// A channel without a unit, as the schema `generic` has them, takes whole numbers of any unit. The
/// schema `position` needs no channel: its only one is 1, the record itself.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Network of the readings.
    pub network: Network,
    /// Schema of the readings.
    pub schema: &'static Schema,
    /// Sequence number of the first record that has none of its own; later ones count up, refused ones too.
    pub first_sequence: u64,
}

/// User-equivalent range error, in millimetres: how far a single range to a satellite is off. A horizontal dilution of
/// precision times it is the accuracy of a position, rounded up to the millimetre (IS-GPS-200 and the GPS performance
/// standard put it at a few metres; the default is 5 m). A dilution of 0 is taken for an unknown one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeError(u32);

impl RangeError {
    /// The error of `millimetres`; `None` of 0.
    pub fn from_millimetres(millimetres: u32) -> Option<RangeError> {
        (millimetres > 0).then_some(RangeError(millimetres))
    }

    /// The accuracy at a dilution of precision.
    pub(super) fn accuracy(self, dilution: &Decimal) -> Result<u32, CellError> {
        if dilution.is_zero() {
            return Ok(ACCURACY_UNKNOWN);
        }
        accuracy(dilution, self.0, 0)
    }
}

impl Default for RangeError {
    fn default() -> RangeError {
        RangeError(5_000)
    }
}

impl std::str::FromStr for RangeError {
    type Err = CellError;

    /// Decimal metres, to the millimetre.
    fn from_str(text: &str) -> Result<RangeError, CellError> {
        let range = CellError::Range { low: 1, high: i64::from(u32::MAX) / 1000 };
        let millimetres = text.parse::<Decimal>()?.to_fixed(3, Rounding::Exact)?;
        u32::try_from(millimetres).ok().and_then(RangeError::from_millimetres).ok_or(range)
    }
}

/// The accuracy of a number times `factor`, in millimetres if it has 10^`places` of them; rounded up.
pub(super) fn accuracy(number: &Decimal, factor: u32, places: u32) -> Result<u32, CellError> {
    let high = i64::from(ACCURACY_UNKNOWN) - 1;
    let millimetres = match number.to_fixed_ratio(factor, 1, places, Rounding::AwayFromZero) {
        Err(DecimalError::Range { .. }) => high + 1,
        other => other?,
    };
    let fits = u32::try_from(millimetres).ok().filter(|value| (1..ACCURACY_UNKNOWN).contains(value));
    fits.ok_or(CellError::Range { low: 1, high: high / i64::from(factor) / 10i64.pow(places) })
}

/// Degrees in 1e-7, from -`limit` to `limit` degrees.
pub(super) fn degrees(number: &Decimal, limit: i32) -> Result<i32, CellError> {
    let units = number.to_fixed(7, Rounding::HalfAwayFromZero)?;
    let range = CellError::Range { low: (-limit).into(), high: limit.into() };
    i32::try_from(units)
        .ok()
        .filter(|units| units.unsigned_abs() <= limit.unsigned_abs() * 10_000_000)
        .ok_or(range)
}

/// The position of a record: its own, or that of its station.
pub(super) fn position(
    place: Option<Place>,
    own: (Option<i32>, Option<i32>),
    (latitude, longitude): (&'static str, &'static str),
) -> Result<(i32, i32), RecordError> {
    match (own, place) {
        ((None, None), Some(place)) => Ok(place.position()),
        ((Some(_), _) | (_, Some(_)), Some(_)) => Err(RecordError::TwoPositions),
        ((None, _), None) => Err(RecordError::Missing { field: latitude }),
        ((_, None), None) => Err(RecordError::Missing { field: longitude }),
        ((Some(latitude), Some(longitude)), None) => Ok((latitude, longitude)),
    }
}

/// A quantity as a source has it: `value` times `ratio`, in `unit`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Amount<'a> {
    pub(super) value: Decimal,
    pub(super) ratio: (u32, u32),
    pub(super) unit: &'a str,
}

impl<'a> Amount<'a> {
    pub(super) fn new(value: Decimal, unit: &'a str) -> Amount<'a> {
        Amount { value, ratio: (1, 1), unit }
    }

    pub(super) fn times(self, numerator: u32, denominator: u32) -> Amount<'a> {
        Amount { ratio: (numerator, denominator), ..self }
    }
}

/// The value of a channel, as decimal text in its unit, in the channel's fixed point: exactly, and as a working sensor reports it. Of a
/// channel without a unit a whole number.
///
/// ```
/// use zksensor_io::import::channel_value;
/// use zksensor_model::schema::AIR_QUALITY;
/// let (_, temperature) = AIR_QUALITY.channel("temperature").expect("it has one");
/// assert_eq!(channel_value(temperature, "21.5")?, 2_150);
/// assert!(channel_value(temperature, "21.505").is_err()); // it has two decimal places
/// assert!(channel_value(temperature, "2150").is_err()); // no thermometer of air reports as much
/// # Ok::<(), zksensor_io::import::CellError>(())
/// ```
///
/// # Errors
/// [`CellError::Decimal`] for other text and for more decimal places than the channel has, [`CellError::Implausible`] beyond the
/// schema's range.
pub fn channel_value(channel: &Channel, text: &str) -> Result<i64, CellError> {
    let number: Decimal = text.parse()?;
    match &channel.quantity {
        Some(quantity) => plausible(quantity, number.to_fixed(quantity.scale, Rounding::Exact)?),
        None => Ok(number.to_fixed(0, Rounding::Exact)?),
    }
}

/// A horizontal accuracy in millimetres, as decimal metres, exactly.
///
/// ```
/// # use zksensor_io::import::accuracy_mm;
/// assert_eq!(accuracy_mm("2.5"), Ok(2_500));
/// assert!(accuracy_mm("0").is_err() && accuracy_mm("0.0001").is_err());
/// ```
///
/// # Errors
/// [`CellError::Decimal`] for other text and for less than whole millimetres, [`CellError::Form`] of 0, less, or what a reading does not
/// hold.
pub fn accuracy_mm(text: &str) -> Result<u32, CellError> {
    let wanted = "an accuracy from 0.001 to 4294967.294 metres";
    let millimetres = text.parse::<Decimal>()?.to_fixed(3, Rounding::Exact)?;
    let fits = u32::try_from(millimetres).ok().filter(|value| (1..ACCURACY_UNKNOWN).contains(value));
    fits.ok_or(CellError::Form { wanted })
}

/// The channels of a reading while it is put together. What nobody sets is [`ABSENT`], never 0.
#[derive(Debug, Clone, Copy)]
pub struct Channels {
    schema: &'static Schema,
    values: [Option<i64>; 4],
}

impl Channels {
    /// Those of a schema, nothing of them set.
    pub fn new(schema: &'static Schema) -> Channels {
        Channels { schema, values: [presence(schema), None, None, None] }
    }

    /// Sets the channel of this name to a value, as [`channel_value`] reads it.
    ///
    /// # Errors
    /// [`CellError::Channel`] if the schema has none of that name, or as [`channel_value`].
    pub fn set(&mut self, name: &str, text: &str) -> Result<(), CellError> {
        let (index, channel) = self.schema.channel(name).ok_or(CellError::Channel { schema: self.schema })?;
        self.values[index] = Some(channel_value(channel, text)?);
        Ok(())
    }

    /// Whether the channel has a value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.schema.channel(name).is_some_and(|(index, _)| self.values[index].is_some())
    }

    /// Puts a quantity into the channel of its name, if there is one.
    pub(super) fn put(&mut self, name: &str, amount: &Amount<'_>) -> Result<(), CellError> {
        if let Some((index, channel)) = self.schema.channel(name) {
            self.values[index] = Some(match &channel.quantity {
                Some(quantity) => fixed(quantity, amount)?,
                None => amount.value.to_fixed_ratio(amount.ratio.0, amount.ratio.1, 0, Rounding::Exact)?,
            });
        }
        Ok(())
    }

    /// The channels; those of the schema that were not reported are absent, those beyond it 0.
    ///
    /// # Errors
    /// [`RecordError::NoChannel`] if nothing was set.
    pub fn finish(&self) -> Result<[i64; 4], RecordError> {
        if self.values.iter().all(Option::is_none) {
            return Err(RecordError::NoChannel { schema: self.schema.name, wanted: names(self.schema) });
        }
        let mut channels = [0; 4];
        for (channel, value) in channels.iter_mut().zip(self.values).take(self.schema.channels.len()) {
            *channel = value.unwrap_or(ABSENT);
        }
        Ok(channels)
    }
}

/// What the first channel is without a measurement: a record of a place and a time counts as one.
pub(super) fn presence(schema: &Schema) -> Option<i64> {
    (schema.id == POSITION.id).then_some(1)
}

/// The names of the schema's channels.
pub(super) fn names(schema: &Schema) -> String {
    schema.channels.iter().map(|channel| channel.name).collect::<Vec<_>>().join(", ")
}

/// A quantity in fixed point, if it is of the wanted kind and plausible.
pub(super) fn fixed(quantity: &Quantity, amount: &Amount<'_>) -> Result<i64, CellError> {
    let (numerator, denominator) =
        conversion(amount.unit, quantity.unit).ok_or(CellError::Unit { wanted: quantity.unit })?;
    let ratio = (numerator * amount.ratio.0, denominator * amount.ratio.1);
    let value = amount.value.to_fixed_ratio(ratio.0, ratio.1, quantity.scale, Rounding::HalfAwayFromZero)?;
    plausible(quantity, value)
}

/// The value, if a working sensor may report it.
fn plausible(quantity: &Quantity, value: i64) -> Result<i64, CellError> {
    if (quantity.low..=quantity.high).contains(&value) {
        return Ok(value);
    }
    let shown = |units| PlainNumber { units, places: quantity.scale };
    Err(CellError::Implausible { low: shown(quantity.low), high: shown(quantity.high), unit: quantity.unit })
}

/// A reading but for what the target says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft {
    pub(super) sequence: Option<u64>,
    pub(super) time: UnixMillis,
    /// Latitude and longitude in 1e-7 degree.
    pub(super) position: (i32, i32),
    pub(super) accuracy_mm: u32,
    pub(super) channels: [i64; 4],
    pub(super) payload_hash: PayloadHash,
}

/// A draft or an error, and the number of its row.
pub(super) type Drafted = Result<(u64, Draft), ImportError>;

/// Makes readings of drafts, and counts.
#[derive(Debug)]
pub(super) struct Finisher {
    pub(super) target: Target,
    given: u64,
}

impl Finisher {
    pub(super) fn new(target: &Target) -> Finisher {
        Finisher { target: *target, given: 0 }
    }

    pub(super) fn finish(&mut self, drafted: Drafted) -> Result<Row, ImportError> {
        let sequence = self.target.first_sequence.saturating_add(self.given);
        self.given += 1;
        let (number, draft) = drafted?;
        let wrong = |reason| ImportError::Reading { row: number, reason };
        let (latitude, longitude) = draft.position;
        let reading = Reading {
            network: self.target.network,
            schema: self.target.schema.id,
            sequence: draft.sequence.unwrap_or(sequence),
            time: draft.time,
            location: Location::from_e7(latitude, longitude).map_err(wrong)?,
            accuracy_mm: draft.accuracy_mm,
            channels: draft.channels,
            payload_hash: draft.payload_hash,
        };
        reading.check().map_err(wrong)?;
        Ok(Row { number, reading })
    }
}

/// An error about a field, with what came cut to 40 characters.
pub(super) fn wrong(
    row: u64,
    column: impl Into<String>,
    found: &str,
    reason: impl Into<CellError>,
) -> ImportError {
    let found = found.chars().take(40).collect();
    ImportError::Cell { row, column: column.into(), reason: reason.into(), got: found }
}

#[cfg(test)]
mod tests;

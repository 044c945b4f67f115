//! The data of Ruptela devices: a status with a position and signals, or a list of locations. All numbers are integers.

use std::collections::VecDeque;

use serde_json::value::RawValue;
use zksensor_model::reading::{ACCURACY_UNKNOWN, UnixMillis};

use super::reader::Context;
use crate::at_most::AtMost;
use crate::import::document::{MAX_ELEMENTS, Text, parse};
use crate::import::target::{Amount, Channels, Draft, Drafted, degrees, wrong};
use crate::import::time::{of_json, of_text};
use crate::import::{CellError, Decimal, DecimalError, ImportError, RecordError, Rounding, TimeUnit, Zone};

/// A position; a status has `sat` and `spd`, a location `ts`.
#[derive(serde::Deserialize)]
#[serde(expecting = "a position, an object")]
struct Position<'a> {
    #[serde(borrow)]
    ts: Option<&'a RawValue>,
    #[serde(borrow)]
    lat: Option<&'a RawValue>,
    #[serde(borrow)]
    lon: Option<&'a RawValue>,
    #[serde(borrow)]
    alt: Option<&'a RawValue>,
    #[serde(borrow)]
    hdop: Option<&'a RawValue>,
    #[serde(borrow)]
    sat: Option<&'a RawValue>,
    #[serde(borrow)]
    spd: Option<&'a RawValue>,
}

/// What stands for "not available": of a latitude or longitude, an altitude, a speed, and a byte.
const NO_PLACE: i64 = -0x8000_0000;
const NO_ALTITUDE: i64 = 0x8000;
const NO_SPEED: i64 = 0xffff;
const NO_BYTE: i64 = 0xff;

/// Of a signal.
const HEXADECIMAL: CellError = CellError::Form { wanted: "1 to 16 hexadecimal digits as text" };

/// A signal: identifier, the greatest number that is a value, whether 0 is one, channel, unit, ratio.
struct Signal(&'static str, u64, bool, &'static str, &'static str, (u32, u32));

/// The first of a channel that is available counts.
const SIGNALS: [Signal; 11] = [
    Signal("210", 64_255, true, "speed", "km/h", (1, 256)),
    Signal("95", 0xfe, true, "speed", "km/h", (1, 1)),
    Signal("645", 0xffff_fffe, true, "odometer", "km", (1, 1)),
    Signal("114", 4_211_081_215, false, "odometer", "m", (5, 1)),
    Signal("207", 250, false, "energy", "/100", (2, 5)),
    Signal("98", 0xfe, false, "energy", "/100", (100, 255)),
    Signal("722", 0xfe, true, "energy", "/100", (1, 1)),
    Signal("515", 0xfe, true, "energy", "/100", (1, 2)),
    Signal("720", 0xfe, true, "energy", "/100", (1, 2)),
    Signal("197", 64_255, true, "engine_speed", "1/min", (1, 8)),
    Signal("94", 0xfffe, false, "engine_speed", "1/min", (1, 4)),
];

/// The signals that are looked at, as they are written.
#[derive(serde::Deserialize)]
#[serde(expecting = "signals, an object")]
struct Signals<'a> {
    #[serde(borrow, rename = "210")]
    can_speed: Option<&'a RawValue>,
    #[serde(borrow, rename = "95")]
    obd_speed: Option<&'a RawValue>,
    #[serde(borrow, rename = "645")]
    odometer: Option<&'a RawValue>,
    #[serde(borrow, rename = "114")]
    fine_odometer: Option<&'a RawValue>,
    #[serde(borrow, rename = "207")]
    can_fuel: Option<&'a RawValue>,
    #[serde(borrow, rename = "98")]
    obd_fuel: Option<&'a RawValue>,
    #[serde(borrow, rename = "722")]
    obd_charge: Option<&'a RawValue>,
    #[serde(borrow, rename = "515")]
    can_charge: Option<&'a RawValue>,
    #[serde(borrow, rename = "720")]
    other_charge: Option<&'a RawValue>,
    #[serde(borrow, rename = "197")]
    can_engine: Option<&'a RawValue>,
    #[serde(borrow, rename = "94")]
    obd_engine: Option<&'a RawValue>,
}

impl<'a> Signals<'a> {
    /// In the order of [`SIGNALS`].
    fn raw(&self) -> [Option<&'a RawValue>; SIGNALS.len()] {
        [
            self.can_speed,
            self.obd_speed,
            self.odometer,
            self.fine_odometer,
            self.can_fuel,
            self.obd_fuel,
            self.obd_charge,
            self.can_charge,
            self.other_charge,
            self.can_engine,
            self.obd_engine,
        ]
    }
}

/// The one fix of a status, whose time is the document's.
pub(super) fn status(context: &Context, time: &str, pos: &RawValue, signals: Option<&RawValue>) -> Drafted {
    let row = context.row;
    let time = of_text(time, Zone::Written).map_err(|reason| wrong(row, "time", time, reason))?;
    let position: Position<'_> = parse(row, pos.get().as_bytes(), "`pos` of a Ruptela status")?;
    let mut channels = Channels::new(context.schema);
    let (place, accuracy_mm) = located(context, "data.pos", &position, &mut channels)?;
    if let Some(signals) = signals {
        let signals: Signals<'_> = parse(row, signals.get().as_bytes(), "`signals` of a Ruptela status")?;
        for (signal, raw) in SIGNALS.iter().zip(signals.raw()) {
            let Some(raw) = raw else { continue };
            let cell = |reason| wrong(row, format!("data.signals.{}", signal.0), raw.get(), reason);
            if let (false, Some(value)) = (channels.has(signal.3), hexadecimal(signal, raw).map_err(cell)?) {
                let amount = Amount::new(Decimal::whole(value), signal.4).times(signal.5.0, signal.5.1);
                channels.put(signal.3, &amount).map_err(cell)?;
            }
        }
    }
    finish(context, time, place, accuracy_mm, &channels)
}

/// The fixes of a list of locations.
pub(super) fn locations(context: &Context, list: &RawValue) -> Result<VecDeque<Drafted>, ImportError> {
    let wanted = "`location`, a list of Ruptela's locations";
    let AtMost(list) =
        parse::<AtMost<Position<'_>, MAX_ELEMENTS>>(context.row, list.get().as_bytes(), wanted)?;
    Ok(list.iter().enumerate().map(|(index, position)| location(context, index, position)).collect())
}

fn location(context: &Context, index: usize, position: &Position<'_>) -> Drafted {
    let row = context.row;
    let field = format!("data.location[{index}]");
    let missing = ImportError::Record { row, reason: RecordError::Missing { field: "ts" } };
    let ts = position.ts.ok_or(missing)?;
    let time = timestamp(ts).map_err(|reason| wrong(row, format!("{field}.ts"), ts.get(), reason))?;
    let mut channels = Channels::new(context.schema);
    let (place, accuracy_mm) = located(context, &field, position, &mut channels)?;
    finish(context, time, place, accuracy_mm, &channels)
}

/// Unix seconds as a number, or a time as text.
fn timestamp(raw: &RawValue) -> Result<UnixMillis, CellError> {
    let unit = (!raw.get().starts_with('"')).then_some(TimeUnit::Seconds);
    Ok(of_json(raw, unit, Zone::Written)?)
}

fn finish(
    context: &Context,
    time: UnixMillis,
    position: (i32, i32),
    accuracy_mm: u32,
    channels: &Channels,
) -> Drafted {
    let row = context.row;
    let channels = channels.finish().map_err(|reason| ImportError::Record { row, reason })?;
    let payload_hash = context.payload_hash;
    Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
}

/// Latitude and longitude, and the accuracy; what else a position has goes to the channels.
fn located(
    context: &Context,
    field: &str,
    position: &Position<'_>,
    channels: &mut Channels,
) -> Result<((i32, i32), u32), ImportError> {
    let row = context.row;
    let cell = |name: &str, raw: &RawValue, reason| wrong(row, format!("{field}.{name}"), raw.get(), reason);
    let read = |name: &str, raw: Option<&RawValue>, none: i64| match raw {
        Some(raw) => integer(raw, none).map_err(|reason| cell(name, raw, reason)),
        None => Ok(None),
    };
    let place = |name: &'static str, raw: Option<&RawValue>, limit: i32| {
        let missing = ImportError::Record { row, reason: RecordError::Missing { field: name } };
        let units = read(name, raw, NO_PLACE)?.ok_or(missing)?;
        let raw = raw.expect("a number was read from it");
        let scaled: Decimal = format!("{units}e-7")
            .parse()
            .map_err(|reason: DecimalError| cell(name, raw, CellError::Decimal(reason)))?;
        degrees(&scaled, limit).map_err(|reason| cell(name, raw, reason))
    };
    let at = (place("lat", position.lat, 90)?, place("lon", position.lon, 180)?);
    let mut accuracy_mm = ACCURACY_UNKNOWN;
    for (name, raw, none, channel, unit, ratio) in [
        ("alt", position.alt, NO_ALTITUDE, "altitude", "m", (1, 10)),
        ("hdop", position.hdop, NO_BYTE, "hdop", "/", (1, 10)),
        ("sat", position.sat, NO_BYTE, "satellites", "count", (1, 1)),
        ("spd", position.spd, NO_SPEED, "speed", "km/h", (1, 1)),
    ] {
        let (Some(value), Some(raw)) = (read(name, raw, none)?, raw) else { continue };
        let wrong = |reason| cell(name, raw, reason);
        let number = Decimal::whole(value.unsigned_abs());
        let number = if value < 0 { number.negated() } else { number };
        if name == "hdop" {
            let tenths: Decimal =
                format!("{value}e-1").parse().map_err(|reason: DecimalError| wrong(reason.into()))?;
            accuracy_mm = context.range_error.accuracy(&tenths).map_err(wrong)?;
            // A dilution of 0 is an unknown one.
            if value == 0 {
                continue;
            }
        }
        channels.put(channel, &Amount::new(number, unit).times(ratio.0, ratio.1)).map_err(wrong)?;
    }
    Ok((at, accuracy_mm))
}

/// A whole number; `null` and `none` are "not available".
fn integer(raw: &RawValue, none: i64) -> Result<Option<i64>, CellError> {
    if raw.get() == "null" {
        return Ok(None);
    }
    let value = raw.get().parse::<Decimal>()?.to_fixed(0, Rounding::Exact)?;
    Ok((value != none).then_some(value))
}

/// The number of a signal, if it is one.
fn hexadecimal(signal: &Signal, raw: &RawValue) -> Result<Option<u64>, CellError> {
    let Text(text) = serde_json::from_str(raw.get()).map_err(|_| HEXADECIMAL)?;
    let digits = (1..=16).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let value = u64::from_str_radix(&text, 16).ok().filter(|_| digits).ok_or(HEXADECIMAL)?;
    Ok((value <= signal.1 && (signal.2 || value > 0)).then_some(value))
}

//! The data of an AutoPi status, version 2: signals with a name, a time and a value each.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde_json::value::RawValue;
use zksensor_model::reading::{ACCURACY_UNKNOWN, UnixMillis};

use super::error::DimoError;
use super::reader::Context;
use crate::at_most::AtMost;
use crate::import::document::{MAX_ELEMENTS, parse};
use crate::import::target::{Amount, Channels, Draft, Drafted, degrees, wrong};
use crate::import::time::of_number;
use crate::import::{CellError, Decimal, ImportError, RecordError, TimeUnit};

#[derive(serde::Deserialize)]
struct Vehicle<'a> {
    #[serde(borrow)]
    signals: AtMost<Signal<'a>, MAX_ELEMENTS>,
}

#[derive(serde::Deserialize)]
struct Signal<'a> {
    timestamp: u64,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// Signal, channel, unit. The first of a channel that there is counts.
const SIGNALS: [(&str, &str, &str); 8] = [
    ("vehicleSpeed", "speed", "km/h"),
    ("odometer", "odometer", "km"),
    ("fuelLevel", "energy", "/100"),
    ("soc", "energy", "/100"),
    ("rpm", "engine_speed", "1/min"),
    ("nsat", "satellites", "count"),
    ("hdop", "hdop", "/"),
    ("altitude", "altitude", "m"),
];

/// The fixes of a status, by time.
pub(super) fn drafts(context: &Context, vehicle: &RawValue) -> Result<VecDeque<Drafted>, ImportError> {
    let row = context.row;
    let Vehicle { signals: AtMost(signals) } =
        parse(row, vehicle.get().as_bytes(), "`vehicle` with signals of timestamp, name and value")?;
    let mut times: Vec<u64> =
        signals.iter().filter(|signal| signal.name == "latitude").map(|signal| signal.timestamp).collect();
    times.sort_unstable();
    times.dedup();
    times.retain(|time| at(&signals, "longitude", *time).is_some());
    if times.is_empty() {
        let reason = RecordError::Missing { field: "latitude and longitude of one time" };
        return Err(ImportError::Record { row, reason });
    }
    Ok(times.into_iter().map(|time| draft(context, &signals, time)).collect())
}

/// The signal of exactly this time.
fn at<'a>(signals: &'a [Signal<'a>], name: &str, time: u64) -> Option<&'a Signal<'a>> {
    signals.iter().find(|signal| signal.timestamp == time && signal.name == name)
}

/// The newest signal of this time or before.
fn newest<'a>(signals: &'a [Signal<'a>], name: &str, time: u64) -> Option<&'a Signal<'a>> {
    let before = signals.iter().filter(|signal| signal.timestamp <= time && signal.name == name);
    before.max_by_key(|signal| signal.timestamp)
}

fn draft(context: &Context, signals: &[Signal<'_>], time: u64) -> Drafted {
    let row = context.row;
    let refused = |reason| ImportError::Record { row, reason };
    let cell = |signal: &Signal<'_>, reason: CellError| {
        wrong(row, format!("data.vehicle.signals.{}", signal.name), signal.value.get(), reason)
    };
    let number = |signal: &Signal<'_>| {
        signal.value.get().parse::<Decimal>().map_err(|reason| cell(signal, reason.into()))
    };
    if newest(signals, "isRedacted", time).is_some_and(|signal| signal.value.get() == "true") {
        return Err(refused(DimoError::Redacted.into()));
    }
    let twice = |name: &str| {
        signals.iter().filter(|signal| signal.timestamp == time && signal.name == name).count() > 1
    };
    if let Some(name) = ["latitude", "longitude"].into_iter().find(|name| twice(name)) {
        return Err(refused(RecordError::Repeated { field: format!("{name} at {time}") }));
    }
    let coordinate = |name: &'static str, limit: i32| {
        let signal = at(signals, name, time).ok_or(refused(RecordError::Missing { field: name }))?;
        degrees(&number(signal)?, limit).map_err(|reason| cell(signal, reason))
    };
    let position = (coordinate("latitude", 90)?, coordinate("longitude", 180)?);
    let mut channels = Channels::new(context.schema);
    let mut accuracy_mm = ACCURACY_UNKNOWN;
    for (name, channel, unit) in SIGNALS {
        let Some(signal) = newest(signals, name, time) else { continue };
        if name == "hdop" {
            let accuracy = context.range_error.accuracy(&number(signal)?);
            accuracy_mm = accuracy.map_err(|reason| cell(signal, reason))?;
            // A dilution of 0 is an unknown one.
            if number(signal)?.is_zero() {
                continue;
            }
        }
        if context.schema.channel(channel).is_some() && !channels.has(channel) {
            let put = channels.put(channel, &Amount::new(number(signal)?, unit));
            put.map_err(|reason| cell(signal, reason))?;
        }
    }
    let channels = channels.finish().map_err(refused)?;
    let time: UnixMillis = of_number(&Decimal::whole(time), TimeUnit::Milliseconds)
        .map_err(|reason| wrong(row, "data.vehicle.signals.timestamp", &time.to_string(), reason))?;
    let payload_hash = context.payload_hash;
    Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
}

//! Signals with a name, a time and a value each: the data of an AutoPi status, version 2, and of the default module, in which
//! other makers' devices send.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::Duration;

use serde_json::value::RawValue;
use zksensor_model::reading::{ACCURACY_UNKNOWN, UnixMillis};

use super::error::DimoError;
use super::reader::Context;
use crate::at_most::AtMost;
use crate::import::document::{MAX_ELEMENTS, parse};
use crate::import::target::{Amount, Channels, Draft, Drafted, degrees, wrong};
use crate::import::time::of_json;
use crate::import::{CellError, Decimal, ImportError, RecordError, Zone};

/// What signals are called, and where they stand.
pub(super) struct Vocabulary {
    place: &'static str,
    latitude: &'static str,
    longitude: &'static str,
    redacted: &'static str,
    /// Signal, channel, unit. The first of a channel that there is counts.
    channels: [(&'static str, &'static str, &'static str); 8],
}

/// Of an AutoPi status.
pub(super) const AUTOPI: Vocabulary = Vocabulary {
    place: "data.vehicle.signals",
    latitude: "latitude",
    longitude: "longitude",
    redacted: "isRedacted",
    channels: [
        ("vehicleSpeed", "speed", "km/h"),
        ("odometer", "odometer", "km"),
        ("fuelLevel", "energy", "/100"),
        ("soc", "energy", "/100"),
        ("rpm", "engine_speed", "1/min"),
        ("nsat", "satellites", "count"),
        ("hdop", "hdop", "/"),
        ("altitude", "altitude", "m"),
    ],
};

/// Of the default module: the names of DIMO's own vehicle signals.
pub(super) const DEFAULT_MODULE: Vocabulary = Vocabulary {
    place: "data.signals",
    latitude: "currentLocationLatitude",
    longitude: "currentLocationLongitude",
    redacted: "currentLocationIsRedacted",
    channels: [
        ("speed", "speed", "km/h"),
        ("powertrainTransmissionTravelledDistance", "odometer", "km"),
        ("powertrainFuelSystemRelativeLevel", "energy", "/100"),
        ("powertrainTractionBatteryStateOfChargeCurrent", "energy", "/100"),
        ("powertrainCombustionEngineSpeed", "engine_speed", "1/min"),
        ("dimoAftermarketNSAT", "satellites", "count"),
        ("dimoAftermarketHDOP", "hdop", "/"),
        ("currentLocationAltitude", "altitude", "m"),
    ],
};

#[derive(serde::Deserialize)]
#[serde(expecting = "a signal: an object with name, timestamp and value")]
struct Written<'a> {
    #[serde(borrow)]
    timestamp: &'a RawValue,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: &'a RawValue,
}

/// A signal that is looked at.
struct Signal<'a> {
    time: UnixMillis,
    name: Cow<'a, str>,
    value: &'a RawValue,
}

/// The fixes of a list of signals, by time.
pub(super) fn drafts(
    context: &Context,
    words: &Vocabulary,
    list: &RawValue,
) -> Result<VecDeque<Drafted>, ImportError> {
    let row = context.row;
    let wanted = "a list of signals of timestamp, name and value";
    let AtMost(written) = parse::<AtMost<Written<'_>, MAX_ELEMENTS>>(row, list.get().as_bytes(), wanted)?;
    let own = [words.latitude, words.longitude, words.redacted];
    let known = |name: &str| own.contains(&name) || words.channels.iter().any(|(signal, ..)| *signal == name);
    let mut signals = Vec::new();
    for Written { timestamp, name, value } in written {
        if known(&name) {
            let column = || format!("{}.timestamp", words.place);
            match of_json(timestamp, None, Zone::Written) {
                Ok(time) => signals.push(Signal { time, name, value }),
                Err(reason) if own.contains(&&*name) => {
                    return Err(wrong(row, column(), timestamp.get(), reason));
                }
                // A channel of no known time is as good as one that is too old.
                Err(_) => {}
            }
        }
    }
    let mut times: Vec<UnixMillis> =
        signals.iter().filter(|signal| signal.name == words.latitude).map(|signal| signal.time).collect();
    times.sort_unstable();
    times.dedup();
    times.retain(|time| at(&signals, words.longitude, *time).is_some());
    if times.is_empty() {
        let reason = RecordError::Missing { field: "latitude and longitude of one time" };
        return Err(ImportError::Record { row, reason });
    }
    let fix = |time| Fix { context, words, signals: &signals, time }.draft();
    Ok(times.into_iter().map(fix).collect())
}

/// The signal of exactly this time.
fn at<'a>(signals: &'a [Signal<'a>], name: &str, time: UnixMillis) -> Option<&'a Signal<'a>> {
    signals.iter().find(|signal| signal.time == time && signal.name == name)
}

/// A time that has a position, and the signals around it.
struct Fix<'a> {
    context: &'a Context,
    words: &'a Vocabulary,
    signals: &'a [Signal<'a>],
    time: UnixMillis,
}

impl Fix<'_> {
    /// The newest signal of the fix's time or before.
    fn newest(&self, name: &str) -> Option<&Signal<'_>> {
        let before = self.signals.iter().filter(|signal| signal.time <= self.time && signal.name == name);
        before.max_by_key(|signal| signal.time)
    }

    /// The newest one that is no older than a fix may have it: what was measured long before says nothing of now.
    fn current(&self, name: &str) -> Option<&Signal<'_>> {
        let age = |signal: &&Signal<'_>| Duration::from_millis(self.time.get() - signal.time.get());
        self.newest(name).filter(|signal| age(signal) <= self.context.max_age)
    }

    fn wrong(&self, signal: &Signal<'_>, reason: CellError) -> ImportError {
        wrong(self.context.row, format!("{}.{}", self.words.place, signal.name), signal.value.get(), reason)
    }

    fn number(&self, signal: &Signal<'_>) -> Result<Decimal, ImportError> {
        signal.value.get().parse::<Decimal>().map_err(|reason| self.wrong(signal, reason.into()))
    }

    fn coordinate(&self, name: &'static str, limit: i32) -> Result<i32, ImportError> {
        let refused = |reason| ImportError::Record { row: self.context.row, reason };
        let same = self.signals.iter().filter(|signal| signal.time == self.time && signal.name == name);
        if same.count() > 1 {
            let field = format!("{name} at {}", self.time.get());
            return Err(refused(RecordError::Repeated { field }));
        }
        let signal =
            at(self.signals, name, self.time).ok_or(refused(RecordError::Missing { field: name }))?;
        degrees(&self.number(signal)?, limit).map_err(|reason| self.wrong(signal, reason))
    }

    fn draft(&self) -> Drafted {
        let row = self.context.row;
        let refused = |reason| ImportError::Record { row, reason };
        if self
            .newest(self.words.redacted)
            .is_some_and(|signal| !matches!(signal.value.get(), "false" | "0" | "null"))
        {
            return Err(refused(DimoError::Redacted.into()));
        }
        let position =
            (self.coordinate(self.words.latitude, 90)?, self.coordinate(self.words.longitude, 180)?);
        let mut channels = Channels::new(self.context.schema);
        let mut accuracy_mm = ACCURACY_UNKNOWN;
        for (name, channel, unit) in self.words.channels {
            let Some(signal) = self.current(name) else { continue };
            if channel == "hdop" {
                let accuracy = self.context.range_error.accuracy(&self.number(signal)?);
                accuracy_mm = accuracy.map_err(|reason| self.wrong(signal, reason))?;
                // A dilution of 0 is an unknown one.
                if self.number(signal)?.is_zero() {
                    continue;
                }
            }
            if self.context.schema.channel(channel).is_some() && !channels.has(channel) {
                let put = channels.put(channel, &Amount::new(self.number(signal)?, unit));
                put.map_err(|reason| self.wrong(signal, reason))?;
            }
        }
        let channels = channels.finish().map_err(refused)?;
        let (time, payload_hash) = (self.time, self.context.payload_hash);
        Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
    }
}

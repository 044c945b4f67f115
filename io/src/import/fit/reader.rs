//! Makes readings of the messages `record`.

use std::io::BufRead;

use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash, UnixMillis};

use super::message::Message;
use super::messages::Messages;
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, accuracy, wrong};
use crate::import::time::of_number;
use crate::import::{CellError, Decimal, ImportError, RecordError, Row, Rows, Target, TimeUnit};

/// The message that is a sample of an activity.
const RECORD: u16 = 20;

/// Numbers of its fields.
mod field {
    pub(super) const LATITUDE: u8 = 0;
    pub(super) const LONGITUDE: u8 = 1;
    pub(super) const ALTITUDE: u8 = 2;
    pub(super) const SPEED: u8 = 6;
    pub(super) const TEMPERATURE: u8 = 13;
    pub(super) const GPS_ACCURACY: u8 = 31;
    pub(super) const ENHANCED_SPEED: u8 = 73;
    pub(super) const ENHANCED_ALTITUDE: u8 = 78;
    /// Of every message.
    pub(super) const TIMESTAMP: u8 = 253;
}

/// Seconds from 1970 to the epoch of the protocol, the end of 1989.
const EPOCH_S: i64 = 631_065_600;
/// Times below are seconds since the device was switched on.
const ABSOLUTE: i64 = 0x1000_0000;
/// Semicircles of 180 degrees.
const SEMICIRCLES: i64 = 1 << 31;
/// Units of 1e-7 degree in 180 degrees.
const HALF_TURN: i64 = 1_800_000_000;
/// Altitudes are a fifth of a metre, from so many of them below 0 on.
const ALTITUDE_OFFSET: i64 = 2500;

/// Reads an activity record by record; the number of a row is that of its message `record`. After a refused record the next
/// one is read as usual.
pub struct FitReader<R> {
    messages: Messages<R>,
    finisher: Finisher,
    row: u64,
    passed: u64,
    /// The file, and the last time in it of which all bits were written.
    time: (u64, Option<i64>),
    ended: bool,
}

impl<R: BufRead> FitReader<R> {
    /// A reader of this file.
    pub fn new(input: R, target: &Target) -> FitReader<R> {
        let (messages, finisher) = (Messages::new(input), Finisher::new(target));
        FitReader { messages, finisher, row: 0, passed: 0, time: (0, None), ended: false }
    }

    fn draft(&mut self) -> Option<Drafted> {
        while !self.ended {
            let message = match self.messages.next() {
                Ok(Some(message)) => message,
                Ok(None) => break,
                Err(reason) => {
                    self.ended = true;
                    return Some(Err(ImportError::Table { row: self.row + 1, reason }));
                }
            };
            // A file says nothing of the times of the next one.
            let before = self.time.1.filter(|_| self.time.0 == message.file);
            self.time = (message.file, time(&message, before));
            if message.definition.global != RECORD {
                self.passed += 1;
                continue;
            }
            self.row += 1;
            let place = (message.integer(field::LATITUDE), message.integer(field::LONGITUDE));
            if place == (None, None) {
                self.passed += 1;
                continue;
            }
            let row = self.row;
            let draft =
                draft(row, &message, (self.time.1, place), Channels::new(self.finisher.target.schema));
            return Some(draft.map(|draft| (row, draft)));
        }
        None
    }
}

impl<R: BufRead> Iterator for FitReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for FitReader<R> {
    fn passed_over(&self) -> Option<(u64, &'static str)> {
        Some((self.passed, "messages of another kind or without a position"))
    }
}

/// The time after a message: its own, or the one before with the low five bits that its header has.
fn time(message: &Message<'_>, before: Option<i64>) -> Option<i64> {
    if let Some(time) = message.integer(field::TIMESTAMP) {
        return Some(time);
    }
    let (Some(offset), Some(before)) = (message.time_offset, before) else { return before };
    let ahead = (i64::from(offset) - before).rem_euclid(32);
    Some(before + ahead)
}

fn draft(
    row: u64,
    message: &Message<'_>,
    (time, (latitude, longitude)): (Option<i64>, (Option<i64>, Option<i64>)),
    mut channels: Channels,
) -> Result<Draft, ImportError> {
    let refused = |reason| ImportError::Record { row, reason };
    let missing = |field| refused(RecordError::Missing { field });
    if let Some(number) = message.definition.repeated() {
        return Err(refused(RecordError::Repeated { field: format!("field {number}") }));
    }
    // A time of another message is none of this one.
    let own = message.integer(field::TIMESTAMP).is_some() || message.time_offset.is_some();
    let time = time.filter(|_| own).ok_or_else(|| missing("timestamp"))?;
    let degrees = |field, semicircles: Option<i64>| {
        let semicircles = semicircles.ok_or_else(|| missing(field))?;
        degrees(semicircles).ok_or_else(|| {
            let reason = CellError::Range { low: -SEMICIRCLES, high: SEMICIRCLES };
            wrong(row, field, &semicircles.to_string(), reason)
        })
    };
    let position = (degrees("position_lat", latitude)?, degrees("position_long", longitude)?);
    let accuracy_mm = match message.integer(field::GPS_ACCURACY) {
        Some(metres) => accuracy(&decimal(metres), 1, 3)
            .map_err(|reason| wrong(row, "gps_accuracy", &metres.to_string(), reason))?,
        None => ACCURACY_UNKNOWN,
    };
    for (name, enhanced, plain, unit, (offset, parts)) in [
        ("speed", Some(field::ENHANCED_SPEED), field::SPEED, "m/s", (0, 1000)),
        ("altitude", Some(field::ENHANCED_ALTITUDE), field::ALTITUDE, "m", (ALTITUDE_OFFSET, 5)),
        ("temperature", None, field::TEMPERATURE, "Cel", (0, 1)),
    ] {
        let value = enhanced.and_then(|field| message.integer(field)).or_else(|| message.integer(plain));
        if let Some(value) = value {
            let amount = Amount::new(decimal(value - offset), unit).times(1, parts);
            channels.put(name, &amount).map_err(|reason| wrong(row, name, &value.to_string(), reason))?;
        }
    }
    let channels = channels.finish().map_err(refused)?;
    let time = instant(time).map_err(|reason| wrong(row, "timestamp", &time.to_string(), reason))?;
    Ok(Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash: PayloadHash::NONE })
}

fn instant(time: i64) -> Result<UnixMillis, CellError> {
    if time < ABSOLUTE {
        return Err(CellError::Form {
            wanted: "a time in seconds since the end of 1989, and not since the device's start",
        });
    }
    of_number(&decimal(time + EPOCH_S), TimeUnit::Seconds).map_err(CellError::from)
}

/// Semicircles in units of 1e-7 degree, a half away from zero; none beyond 180 degrees.
fn degrees(semicircles: i64) -> Option<i32> {
    let scaled = semicircles.abs().checked_mul(HALF_TURN)? + SEMICIRCLES / 2;
    let units = i32::try_from(scaled / SEMICIRCLES).ok().filter(|units| i64::from(*units) <= HALF_TURN)?;
    Some(if semicircles < 0 { -units } else { units })
}

fn decimal(value: i64) -> Decimal {
    let magnitude = Decimal::whole(value.unsigned_abs());
    if value < 0 { magnitude.negated() } else { magnitude }
}

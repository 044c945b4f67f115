//! Reads a log line by line, and pairs sentences.

use std::collections::VecDeque;
use std::io::BufRead;

use nmea::{ParseResult, SentenceType};
use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash};

use super::error::NmeaError;
use super::fields::{Date, coordinate, date, instant, zda_date};
use super::quality::{Fix, of_gga, of_rmc};
use crate::import::lines::{Line, Lines};
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, wrong};
use crate::import::{Decimal, ImportError, RangeError, Row, Rows, Target};

/// The most bytes of a line. The standard says 82; some receivers send more, and none this many.
const MAX_LINE: usize = 256;
/// What the crate `nmea` reads of a sentence.
const MAX_SENTENCE: usize = nmea::SENTENCE_MAX_LEN;

/// Reads a log fix by fix; the number of a row is the line of the sentence that completes the fix.
pub struct NmeaReader<R> {
    lines: Lines<R>,
    finisher: Finisher,
    range_error: RangeError,
    dead_reckoning: bool,
    rmc: Option<Half>,
    gga: Option<Half>,
    /// The day of the last ZDA.
    zda: Option<Date>,
    ready: VecDeque<Drafted>,
}

/// RMC or GGA.
struct Half {
    row: u64,
    fields: Vec<String>,
}

impl Half {
    fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", String::as_str)
    }

    fn time(&self) -> &str {
        self.text(1)
    }
}

impl<R: BufRead> NmeaReader<R> {
    /// A reader of this log.
    pub fn new(input: R, target: &Target, range_error: RangeError) -> NmeaReader<R> {
        let (lines, finisher) = (Lines::new(input, MAX_LINE), Finisher::new(target));
        NmeaReader {
            lines,
            finisher,
            range_error,
            dead_reckoning: false,
            rmc: None,
            gga: None,
            zda: None,
            ready: VecDeque::new(),
        }
    }

    /// Reads positions that the receiver estimated, too (RMC mode E, GGA quality 6). Their accuracy is unknown, and their
    /// dilution absent: it is that of the satellites, which did not measure them.
    #[must_use]
    pub fn with_dead_reckoning(self) -> NmeaReader<R> {
        NmeaReader { dead_reckoning: true, ..self }
    }

    fn draft(&mut self) -> Option<Drafted> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            match self.lines.next() {
                Some(Ok(line)) => self.line(&line),
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.unpaired();
                    return self.ready.pop_front();
                }
            }
        }
    }

    fn line(&mut self, line: &Line) {
        match sentence(&line.text) {
            Ok(None) => {}
            Ok(Some(fields)) => self.sentence(line.row, fields),
            Err(reason) => {
                self.ready.push_back(Err(ImportError::Record { row: line.row, reason: reason.into() }));
            }
        }
    }

    fn sentence(&mut self, row: u64, fields: Vec<String>) {
        let half = Half { row, fields };
        let kind = half.text(0).get(2..).unwrap_or_default().to_owned();
        if kind == "ZDA" {
            self.zda = zda_date(&half.fields);
            return;
        }
        let (own, other) = if kind == "RMC" { (&self.rmc, &self.gga) } else { (&self.gga, &self.rmc) };
        // A sentence of the same kind, or the other kind at another time, was half of a fix.
        if own.is_some() || other.as_ref().is_some_and(|other| other.time() != half.time()) {
            self.unpaired();
        }
        let slot = if kind == "RMC" { &mut self.rmc } else { &mut self.gga };
        *slot = Some(half);
        if let (Some(rmc), Some(gga)) = (&self.rmc, &self.gga) {
            let drafted = self.fix(row, rmc, gga);
            self.ready.push_back(drafted);
            (self.rmc, self.gga) = (None, None);
        }
    }

    /// Refuses the halves that found no other.
    fn unpaired(&mut self) {
        for (half, wanted) in [(self.rmc.take(), "a GGA"), (self.gga.take(), "an RMC")] {
            if let Some(Half { row, .. }) = half {
                let reason = NmeaError::Unpaired { wanted }.into();
                self.ready.push_back(Err(ImportError::Record { row, reason }));
            }
        }
    }

    fn fix(&self, row: u64, rmc: &Half, gga: &Half) -> Drafted {
        let refused = |reason| ImportError::Record { row, reason };
        let ways = [of_rmc(rmc.text(2), rmc.text(12), rmc.text(13)), of_gga(gga.text(6))];
        let [one, other] = ways.map(|way| way.map_err(|reason| refused(reason.into())));
        let measured = (one?, other?) == (Fix::Measured, Fix::Measured);
        if !measured && !self.dead_reckoning {
            return Err(refused(NmeaError::Estimated.into()));
        }
        let cell = |half: &Half, index: usize, name: &str, reason| wrong(row, name, half.text(index), reason);
        let place = |index: usize, name: &str, limit: u32| {
            coordinate(gga.text(index), gga.text(index + 1), limit)
                .map_err(|reason| cell(gga, index, name, reason))
        };
        let position = (place(2, "GGA latitude", 90)?, place(4, "GGA longitude", 180)?);
        let day = date(rmc.text(9), self.zda).map_err(|reason| cell(rmc, 9, "RMC date", reason))?;
        let time = instant(day, rmc.time()).map_err(|reason| cell(rmc, 1, "RMC time", reason))?;
        let mut channels = Channels::new(self.finisher.target.schema);
        let mut accuracy_mm = ACCURACY_UNKNOWN;
        for (half, index, name, channel, unit) in [
            (gga, 7, "GGA satellites", "satellites", "count"),
            (gga, 8, "GGA HDOP", "hdop", "/"),
            (gga, 9, "GGA altitude", "altitude", "m"),
            (rmc, 7, "RMC speed", "speed", "kn"),
        ] {
            if half.text(index).is_empty() {
                continue;
            }
            let number = half.text(index).parse::<Decimal>();
            let number = number.map_err(|reason| cell(half, index, name, reason.into()))?;
            // A dilution of 0 is an unknown one, and one of satellites that did not measure this position is none of it.
            if channel == "hdop" && (number.is_zero() || !measured) {
                continue;
            }
            let put = channels.put(channel, &Amount::new(number, unit));
            put.map_err(|reason| cell(half, index, name, reason))?;
            if channel == "hdop" {
                let accuracy = self.range_error.accuracy(&number);
                accuracy_mm = accuracy.map_err(|reason| cell(half, index, name, reason))?;
            }
        }
        let channels = channels.finish().map_err(refused)?;
        let payload_hash = PayloadHash::NONE;
        Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
    }
}

impl<R: BufRead> Iterator for NmeaReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for NmeaReader<R> {}

/// The fields of an RMC, GGA or ZDA, the first of which is talker and kind; `None` of other sentences and empty lines.
fn sentence(line: &str) -> Result<Option<Vec<String>>, NmeaError> {
    let line = line.trim_end_matches(['\r', '\n']);
    if line.is_empty() {
        return Ok(None);
    }
    let form = |reason| NmeaError::Sentence { reason };
    let body = line.strip_prefix(['$', '!']).ok_or(form(""))?;
    let (content, checksum) = body.rsplit_once('*').ok_or(form(": it has no checksum"))?;
    let digits = checksum.len() == 2 && checksum.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !digits || !line.is_ascii() {
        return Err(form(": its checksum is not two hexadecimal digits"));
    }
    let found = u8::from_str_radix(checksum, 16).map_err(|_| form(""))?;
    let wanted = content.bytes().fold(0, |sum, byte| sum ^ byte);
    if found != wanted {
        return Err(NmeaError::Checksum { wanted, found });
    }
    let fields: Vec<&str> = content.split(',').take(32).collect();
    match (fields[0].len(), fields[0].get(2..)) {
        (5, Some("RMC" | "GGA")) => {}
        (5, Some("ZDA")) => return Ok(Some(owned(&fields))),
        _ => return Ok(None),
    }
    if line.len() > MAX_SENTENCE {
        return Err(form(": it is longer than any receiver's"));
    }
    match nmea::parse_str(line) {
        Ok(ParseResult::RMC(_) | ParseResult::GGA(_)) => Ok(Some(owned(&fields))),
        _ if SentenceType::try_from(&fields[0][2..]).is_err() => Ok(None),
        _ => Err(form(": its fields are not those of its kind")),
    }
}

fn owned(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

//! Reads a log sentence by sentence, and makes fixes of what belongs together.

use std::collections::VecDeque;
use std::io::BufRead;

use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash};

use super::error::NmeaError;
use super::fields::{Date, agree, coordinate, date, instant, zda_date};
use super::pairs::{MAX_APART, Pairs, Said, Sentence};
use super::quality::{Fix, of_gga, of_rmc};
use super::sentences::{Content, Sentences};
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, wrong};
use crate::import::{CellError, Decimal, ImportError, RangeError, Row, Rows, Target};

/// Reads a log fix by fix; the number of a row is the line of the sentence that completes the fix.
pub struct NmeaReader<R> {
    sentences: Sentences<R>,
    finisher: Finisher,
    range_error: RangeError,
    dead_reckoning: bool,
    pairs: Pairs,
    /// The day of the last ZDA, for the century.
    day: Option<Date>,
    /// Of the last fix that was read.
    last: Option<Last>,
    ready: VecDeque<Drafted>,
    /// Sentences of other kinds.
    passed: u64,
}

impl<R: BufRead> NmeaReader<R> {
    /// A reader of this log.
    pub fn new(input: R, target: &Target, range_error: RangeError) -> NmeaReader<R> {
        NmeaReader {
            sentences: Sentences::new(input),
            finisher: Finisher::new(target),
            range_error,
            dead_reckoning: false,
            pairs: Pairs::default(),
            day: None,
            last: None,
            ready: VecDeque::new(),
            passed: 0,
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
            match self.sentences.next() {
                Some(Ok((row, content))) => self.line(row, &content),
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    for said in self.pairs.finish() {
                        self.said(&said);
                    }
                    return self.ready.pop_front();
                }
            }
        }
    }

    fn line(&mut self, row: u64, content: &Content) {
        let fields = match content {
            Content::Sentence(text) => fields(text),
            Content::Text => Err(NmeaError::Sentence { reason: "" }),
        };
        match fields {
            Ok(None) => self.passed += 1,
            Ok(Some(fields)) => {
                if fields[0].ends_with("ZDA") {
                    self.day = zda_date(&fields).or(self.day);
                }
                for said in self.pairs.take(Sentence { row, fields }) {
                    self.said(&said);
                }
            }
            Err(reason) => self.ready.push_back(Err(ImportError::Record { row, reason: reason.into() })),
        }
    }

    /// Reads what a talker said of a time. There is one fix of a time: another talker's of the same is passed over.
    fn said(&mut self, said: &Said) {
        if self.last.as_ref().is_some_and(|last| last.is_of_another_talker(said)) {
            return;
        }
        let drafted = match (&said.rmc, &said.gga, said.date) {
            (Some(rmc), Some(gga), _) => self.fix(Some(rmc), gga, None),
            (None, Some(gga), Some(day)) => self.fix(None, gga, Some(day)),
            (Some(Sentence { row, .. }), None, _) => unpaired(*row, "a GGA"),
            (None, Some(Sentence { row, .. }), None) => unpaired(*row, "an RMC or ZDA"),
            (None, None, _) => return,
        };
        if let (Ok((row, _)), Some(time)) = (&drafted, said.time) {
            self.last = Some(Last { talker: said.talker.clone(), time, row: *row });
        }
        self.ready.push_back(drafted);
    }

    /// The fix of a GGA, with its RMC, or with the date that a ZDA of the same time says.
    fn fix(&self, rmc: Option<&Sentence>, gga: &Sentence, day: Option<Date>) -> Drafted {
        let row = rmc.map_or(gga.row, |rmc| rmc.row.max(gga.row));
        let refused = |reason: NmeaError| ImportError::Record { row, reason: reason.into() };
        let ways = [rmc.map_or(Ok(Fix::Measured), way_of_rmc), of_gga(gga.text(6))];
        let [one, other] = ways.map(|way| way.map_err(refused));
        let measured = (one?, other?) == (Fix::Measured, Fix::Measured);
        if !measured && !self.dead_reckoning {
            return Err(refused(NmeaError::Estimated));
        }
        let cell = |sentence: &Sentence, index: usize, name: &str, reason| {
            wrong(row, name, sentence.text(index), reason)
        };
        let place = |sentence: &Sentence, index: usize, name: &str, limit: u32| {
            coordinate(sentence.text(index), sentence.text(index + 1), limit)
                .map_err(|reason| cell(sentence, index, name, reason))
        };
        if !matches!(gga.text(10), "" | "M") {
            return Err(cell(gga, 10, "GGA unit of the altitude", CellError::Unit { wanted: "M" }));
        }
        let position = (place(gga, 2, "GGA latitude", 90)?, place(gga, 4, "GGA longitude", 180)?);
        let (day, clock) = match (rmc, day) {
            (Some(rmc), _) => {
                let other = (place(rmc, 3, "RMC latitude", 90)?, place(rmc, 5, "RMC longitude", 180)?);
                let same = agree((rmc.text(3), other.0), (gga.text(2), position.0))
                    && agree((rmc.text(5), other.1), (gga.text(4), position.1));
                if !same {
                    return Err(refused(NmeaError::Positions));
                }
                let day = date(rmc.text(9), self.day).map_err(|reason| cell(rmc, 9, "RMC date", reason))?;
                (day, (rmc, "RMC time"))
            }
            (None, Some(day)) => (day, (gga, "GGA time")),
            (None, None) => return unpaired(row, "an RMC or ZDA"),
        };
        let time = instant(day, clock.0.text(1)).map_err(|reason| cell(clock.0, 1, clock.1, reason))?;
        let (channels, accuracy_mm) = self.measurements(row, rmc, gga, measured)?;
        let payload_hash = PayloadHash::NONE;
        Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
    }

    /// The channels, and the accuracy.
    fn measurements(
        &self,
        row: u64,
        rmc: Option<&Sentence>,
        gga: &Sentence,
        measured: bool,
    ) -> Result<([i64; 4], u32), ImportError> {
        let mut channels = Channels::new(self.finisher.target.schema);
        let mut accuracy_mm = ACCURACY_UNKNOWN;
        for (sentence, index, name, channel, unit) in [
            (Some(gga), 7, "GGA satellites", "satellites", "count"),
            (Some(gga), 8, "GGA HDOP", "hdop", "/"),
            (Some(gga), 9, "GGA altitude", "altitude", "m"),
            (rmc, 7, "RMC speed", "speed", "kn"),
        ] {
            let Some(text) = sentence.map(|sentence| sentence.text(index)).filter(|text| !text.is_empty())
            else {
                continue;
            };
            let cell = |reason: CellError| wrong(row, name, text, reason);
            let number = text.parse::<Decimal>().map_err(|reason| cell(reason.into()))?;
            // A dilution of 0 is an unknown one, and one of satellites that did not measure this position is none of it.
            if channel == "hdop" && (number.is_zero() || !measured) {
                continue;
            }
            channels.put(channel, &Amount::new(number, unit)).map_err(cell)?;
            if channel == "hdop" {
                accuracy_mm = self.range_error.accuracy(&number).map_err(cell)?;
            }
        }
        let channels = channels.finish().map_err(|reason| ImportError::Record { row, reason })?;
        Ok((channels, accuracy_mm))
    }
}

impl<R: BufRead> Iterator for NmeaReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for NmeaReader<R> {
    fn passed_over(&self) -> Option<(u64, &'static str)> {
        Some((self.passed, "sentences of other kinds"))
    }
}

/// The fix that was read last.
struct Last {
    talker: String,
    time: u32,
    row: u64,
}

impl Last {
    fn is_of_another_talker(&self, said: &Said) -> bool {
        said.time == Some(self.time) && said.talker != self.talker && said.row.abs_diff(self.row) <= MAX_APART
    }
}

fn unpaired(row: u64, wanted: &'static str) -> Drafted {
    Err(ImportError::Record { row, reason: NmeaError::Unpaired { wanted }.into() })
}

fn way_of_rmc(rmc: &Sentence) -> Result<Fix, NmeaError> {
    of_rmc(rmc.text(2), rmc.text(12), rmc.text(13))
}

/// The most fields of a sentence that is read.
const MAX_FIELDS: usize = 32;
/// The fewest: up to the date of an RMC, the altitude of a GGA, the year of a ZDA.
const FEWEST: [(&str, usize); 3] = [("RMC", 10), ("GGA", 10), ("ZDA", 5)];

/// The fields of an RMC, GGA or ZDA, the first of which is talker and kind; `None` of other sentences, and of those that a
/// maker defined for itself, whose names begin with P.
fn fields(sentence: &str) -> Result<Option<Vec<String>>, NmeaError> {
    let form = |reason| NmeaError::Sentence { reason };
    let body = sentence.strip_prefix(['$', '!']).ok_or(form(""))?;
    let (content, checksum) = body.rsplit_once('*').ok_or(form(": it has no checksum"))?;
    let digits = checksum.len() == 2 && checksum.bytes().all(|digit| digit.is_ascii_hexdigit());
    if !digits || !sentence.is_ascii() {
        return Err(form(": its checksum is not two hexadecimal digits"));
    }
    let found = u8::from_str_radix(checksum, 16).map_err(|_| form(""))?;
    let wanted = content.bytes().fold(0, |sum, byte| sum ^ byte);
    if found != wanted {
        return Err(NmeaError::Checksum { wanted, got: found });
    }
    let name = content.split(',').next().unwrap_or_default();
    if name.len() != 5 || name.starts_with('P') {
        return Ok(None);
    }
    let Some((_, fewest)) = FEWEST.into_iter().find(|(kind, _)| name.ends_with(kind)) else {
        return Ok(None);
    };
    let fields: Vec<String> = content.split(',').take(MAX_FIELDS).map(str::to_owned).collect();
    if fields.len() < fewest {
        return Err(form(": it has fewer fields than its kind"));
    }
    Ok(Some(fields))
}

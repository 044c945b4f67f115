//! Reads a track event by event.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zksensor_model::reading::{ACCURACY_UNKNOWN, PayloadHash};

use crate::import::document::fill;
use crate::import::target::{Amount, Channels, Draft, Drafted, Finisher, degrees, wrong};
use crate::import::time::of_text;
use crate::import::{
    CellError, Decimal, ImportError, RangeError, RecordError, Row, Rows, TableError, Target, XmlError, Zone,
};

/// The most bytes of a tag, of a comment, or of text between tags.
const MAX_EVENT: usize = 1 << 16;
/// The most characters of a field.
const MAX_FIELD: usize = 256;
/// The most elements within each other.
const MAX_DEPTH: usize = 64;

/// Fields of a point, in the order of [`Point::fields`].
const FIELDS: [&str; 8] = ["lat", "lon", "time", "ele", "hdop", "sat", "speed", "fix"];

/// Reads a track point by point; the number of a row is that of its `trkpt`. After a refused point the next one is read as
/// usual.
pub struct GpxReader<R> {
    events: Reader<Bounded<R>>,
    since_event: Rc<Cell<usize>>,
    buffer: Vec<u8>,
    finisher: Finisher,
    range_error: RangeError,
    zone: Zone,
    depth: usize,
    /// Whether there was an element: [`begin`] sees to it that the first is `gpx`.
    begun: bool,
    row: u64,
    /// Waypoints and points of routes.
    passed: u64,
    ended: bool,
}

impl<R: BufRead> GpxReader<R> {
    /// A reader of this file.
    pub fn new(input: R, target: &Target, range_error: RangeError) -> GpxReader<R> {
        let since_event = Rc::new(Cell::new(0));
        let events = Reader::from_reader(Bounded { input, since_event: Rc::clone(&since_event) });
        let (buffer, finisher) = (Vec::new(), Finisher::new(target));
        GpxReader {
            events,
            since_event,
            buffer,
            finisher,
            range_error,
            zone: Zone::Written,
            depth: 0,
            begun: false,
            row: 0,
            passed: 0,
            ended: false,
        }
    }

    /// Says what times without a zone are; otherwise they are refused.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> GpxReader<R> {
        GpxReader { zone, ..self }
    }

    /// The next point, or an error; `None` at the end.
    fn draft(&mut self) -> Option<Drafted> {
        let mut point: Option<Point> = None;
        while !self.ended {
            match self.step(&mut point) {
                Ok(None) => {}
                Ok(Some(point)) => {
                    return Some(point.draft(self));
                }
                Err(reason) => {
                    self.ended = true;
                    return Some(Err(ImportError::Table {
                        row: self.row + u64::from(point.is_none()),
                        reason,
                    }));
                }
            }
        }
        None
    }

    /// Reads one event; gives the point that it ends.
    fn step(&mut self, point: &mut Option<Point>) -> Result<Option<Point>, TableError> {
        self.buffer.clear();
        self.since_event.set(0);
        let event = self.events.read_event_into(&mut self.buffer);
        let at = self.events.buffer_position();
        let xml = |reason| TableError::Xml { at, reason };
        match event.map_err(|error| table_error(at, &error))? {
            Event::Start(tag) => {
                (self.depth, self.begun) = (self.depth + 1, true);
                if self.depth > MAX_DEPTH {
                    return Err(xml(XmlError::Depth { limit: MAX_DEPTH }));
                }
                begin(&tag, self.depth, (&mut self.row, &mut self.passed), point).map_err(xml)
            }
            Event::Empty(tag) => {
                self.begun = true;
                let ended =
                    begin(&tag, self.depth + 1, (&mut self.row, &mut self.passed), point).map_err(xml)?;
                Ok(ended.or_else(|| end(self.depth + 1, point)))
            }
            Event::End(_) => {
                let ended = end(self.depth, point);
                self.depth -= 1;
                Ok(ended)
            }
            // A file of another format is one text.
            Event::Text(text)
                if self.depth == 0 && !text.trim_start_matches('\u{feff}').trim().is_empty() =>
            {
                Err(xml(XmlError::Root))
            }
            Event::Text(text) => Ok(add(point, &text)),
            Event::CData(text) => Ok(add(point, &text)),
            Event::GeneralRef(entity) => {
                let predefined = matches!(&*entity, "amp" | "lt" | "gt" | "quot" | "apos");
                if !predefined && !matches!(entity.resolve_char_ref(), Ok(Some(_))) {
                    return Err(xml(XmlError::Entity));
                }
                // No field of a point has a character that needs this.
                Ok(add(point, "&"))
            }
            Event::DocType(_) => Err(xml(XmlError::DocumentType)),
            Event::Eof if self.depth > 0 => Err(TableError::Cut),
            Event::Eof if !self.begun => Err(xml(XmlError::Root)),
            Event::Eof => {
                self.ended = true;
                Ok(None)
            }
            Event::Comment(_) | Event::PI(_) | Event::Decl(_) => Ok(None),
        }
    }
}

impl<R: BufRead> Iterator for GpxReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

impl<R: BufRead> Rows for GpxReader<R> {
    fn passed_over(&self) -> Option<(u64, &'static str)> {
        Some((self.passed, "waypoints or points of routes"))
    }
}

/// A track point while it is read.
struct Point {
    /// Depth of its element.
    depth: usize,
    /// Inside of `extensions`, and of a `TrackPointExtension` there.
    extensions: [bool; 2],
    /// The field whose text is read, and the depth of its element.
    open: Option<(usize, usize)>,
    fields: [Option<String>; FIELDS.len()],
    problem: Option<RecordError>,
}

/// An element begins at this depth; counted are points that are read, and those that are passed over.
fn begin(
    tag: &BytesStart<'_>,
    depth: usize,
    (row, passed): (&mut u64, &mut u64),
    point: &mut Option<Point>,
) -> Result<Option<Point>, XmlError> {
    let name = tag.local_name();
    if depth == 1 && name.as_ref() != "gpx" {
        return Err(XmlError::Root);
    }
    match point {
        None if name.as_ref() == "trkpt" => {
            *row += 1;
            *point = Some(Point::new(tag, depth)?);
        }
        None => *passed += u64::from(matches!(name.as_ref(), "wpt" | "rtept")),
        Some(point) => point.begin(name.as_ref(), depth),
    }
    Ok(None)
}

/// An element of this depth ends.
fn end(depth: usize, point: &mut Option<Point>) -> Option<Point> {
    let open = point.as_mut()?;
    match depth - open.depth {
        0 => return point.take(),
        1 => open.extensions = [false; 2],
        2 => open.extensions[1] = false,
        _ => {}
    }
    if open.open.is_some_and(|(_, own)| own == depth) {
        open.open = None;
    }
    None
}

/// Text between tags.
fn add(point: &mut Option<Point>, text: &str) -> Option<Point> {
    if let Some(Point { open: Some((field, _)), fields, .. }) = point
        && let Some(field) = &mut fields[*field]
    {
        let room = (MAX_FIELD + 1).saturating_sub(field.chars().count());
        field.extend(text.chars().take(room));
    }
    None
}

impl Point {
    fn new(tag: &BytesStart<'_>, depth: usize) -> Result<Point, XmlError> {
        let (mut fields, mut problem) = ([const { None }; FIELDS.len()], None);
        // Without the parser's own check: it compares every two attributes.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| XmlError::Form)?;
            let Some(index) = FIELDS[..2].iter().position(|field| *field == attribute.key.as_ref()) else {
                continue;
            };
            let text = attribute.value.chars().take(MAX_FIELD + 1).collect::<String>();
            if fields[index].replace(text).is_some() {
                problem = Some(RecordError::Repeated { field: FIELDS[index].to_owned() });
            }
        }
        Ok(Point { depth, extensions: [false; 2], open: None, fields, problem })
    }

    fn begin(&mut self, name: &str, depth: usize) {
        let field = FIELDS[2..].iter().position(|field| *field == name).map(|index| index + 2);
        match (depth - self.depth, field) {
            (1, Some(index)) => self.open(index, depth),
            (1, None) => self.extensions = [name == "extensions", false],
            // Many programs write it there without more around it; GPX 1.1 has no place of its own for it.
            (2, Some(index)) if self.extensions[0] && name == "speed" => self.open(index, depth),
            (2, _) => self.extensions[1] = self.extensions[0] && name == "TrackPointExtension",
            (3, Some(index)) if self.extensions[1] && name == "speed" => self.open(index, depth),
            _ => {}
        }
    }

    fn open(&mut self, index: usize, depth: usize) {
        if self.fields[index].replace(String::new()).is_some() {
            self.problem = Some(RecordError::Repeated { field: FIELDS[index].to_owned() });
        }
        self.open = Some((index, depth));
    }

    fn draft<R>(&self, reader: &GpxReader<R>) -> Drafted {
        let (row, range_error) = (reader.row, reader.range_error);
        if let Some(problem) = &self.problem {
            return Err(ImportError::Record { row, reason: problem.clone() });
        }
        self.field(7, row, measured)?;
        let latitude = self.needed(0, row, |text| degrees(&text.parse()?, 90))?;
        let longitude = self.needed(1, row, |text| degrees(&text.parse()?, 180))?;
        let time = self.needed(2, row, |text| Ok(of_text(text, reader.zone)?))?;
        let dilution = |text: &str| range_error.accuracy(&text.parse()?);
        let accuracy_mm = self.field(4, row, dilution)?.unwrap_or(ACCURACY_UNKNOWN);
        let mut channels = Channels::new(reader.finisher.target.schema);
        for (index, channel, unit) in
            [(3, "altitude", "m"), (4, "hdop", "/"), (5, "satellites", "count"), (6, "speed", "m/s")]
        {
            self.field(index, row, |text| {
                let number = text.parse::<Decimal>()?;
                // A dilution of 0 is an unknown one.
                if index == 4 && number.is_zero() {
                    return Ok(());
                }
                channels.put(channel, &Amount::new(number, unit))
            })?;
        }
        let channels = channels.finish().map_err(|reason| ImportError::Record { row, reason })?;
        let position = (latitude, longitude);
        let payload_hash = PayloadHash::NONE;
        Ok((row, Draft { sequence: None, time, position, accuracy_mm, channels, payload_hash }))
    }

    fn needed<T>(
        &self,
        index: usize,
        row: u64,
        read: impl FnOnce(&str) -> Result<T, CellError>,
    ) -> Result<T, ImportError> {
        let missing = RecordError::Missing { field: FIELDS[index] };
        self.field(index, row, read)?.ok_or(ImportError::Record { row, reason: missing })
    }

    fn field<T>(
        &self,
        index: usize,
        row: u64,
        read: impl FnOnce(&str) -> Result<T, CellError>,
    ) -> Result<Option<T>, ImportError> {
        let Some(text) = &self.fields[index] else { return Ok(None) };
        let long = text.chars().count() > MAX_FIELD;
        let value = if long { Err(CellError::Long { limit: MAX_FIELD }) } else { read(text.trim()) };
        value.map(Some).map_err(|reason| wrong(row, FIELDS[index], text, reason))
    }
}

/// What `fix` says: `none` is a point without a fix. GPX 1.1 has four more, and without the element nothing is known.
fn measured(fix: &str) -> Result<(), CellError> {
    match fix {
        "2d" | "3d" | "dgps" | "pps" => Ok(()),
        _ => Err(CellError::Form { wanted: "a fix of 2d, 3d, dgps or pps, or no element `fix`" }),
    }
}

fn table_error(at: u64, error: &quick_xml::Error) -> TableError {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            TableError::Endless { limit: MAX_EVENT }
        }
        quick_xml::Error::Io(error) => {
            TableError::Io { reason: io::Error::new(error.kind(), error.to_string()) }
        }
        quick_xml::Error::Encoding(_) => TableError::Utf8,
        _ => TableError::Xml { at, reason: XmlError::Form },
    }
}

/// Fails instead of reading on in an event without end.
struct Bounded<R> {
    input: R,
    since_event: Rc<Cell<usize>>,
}

impl<R: BufRead> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_event.get() > MAX_EVENT {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        // In pieces: the parser takes all that it is given while it looks for the end of an event.
        let chunk = fill(&mut self.input)?;
        Ok(&chunk[..chunk.len().min(MAX_EVENT)])
    }

    fn consume(&mut self, count: usize) {
        self.since_event.set(self.since_event.get() + count);
        self.input.consume(count);
    }
}

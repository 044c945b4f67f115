//! Reads a document event by event.

use quick_xml::NsReader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, NamespaceError, ResolveResult};

use super::super::OutlineError;
use super::super::error::line_and_column;
use super::{Chosen, KmlError, Placemark};
use crate::fence::geojson::shown;

/// The most elements within each other.
const MAX_DEPTH: usize = 64;
/// The most bytes of a position.
const MAX_TUPLE: usize = 1024;

/// Elements of KML that are looked into, as they are called in errors.
const ELEMENTS: [(&str, Element); 11] = [
    ("Document", Element::Document),
    ("Folder", Element::Folder),
    ("Placemark", Element::Placemark),
    ("name", Element::Name),
    ("MultiGeometry", Element::Multi),
    ("Polygon", Element::Polygon),
    ("outerBoundaryIs", Element::Shell),
    ("innerBoundaryIs", Element::Hole),
    ("LinearRing", Element::Ring),
    ("coordinates", Element::Coordinates),
    ("kml", Element::Root),
];
/// Geometries without area. Tracks are an extension of Google's, and of KML since 2.3.
const OTHERS: [&str; 6] = ["Point", "LineString", "LinearRing", "Model", "Track", "MultiTrack"];
/// How a polygon is drawn, which says nothing of its outline.
const DRAWING: [&str; 6] =
    ["extrude", "tessellate", "altitudeMode", "altitudeModeGroup", "drawOrder", "Style"];
/// What a map shows that is no outline.
const OVERLAYS: [&str; 5] = ["GroundOverlay", "ScreenOverlay", "PhotoOverlay", "Tour", "NetworkLink"];

/// An element that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Root,
    Document,
    Folder,
    Placemark,
    Name,
    Multi,
    Polygon,
    Shell,
    Hole,
    Ring,
    Coordinates,
    /// Passed over, with all that it holds.
    Other,
}

impl Element {
    /// What it is called.
    fn name(self) -> &'static str {
        ELEMENTS.iter().find(|(_, element)| *element == self).map_or("kml", |(name, _)| name)
    }

    fn may_hold(self, child: Element) -> bool {
        match self {
            Element::Root | Element::Document | Element::Folder => {
                matches!(child, Element::Document | Element::Folder | Element::Placemark)
            }
            Element::Placemark => matches!(child, Element::Name | Element::Multi | Element::Polygon),
            Element::Multi => matches!(child, Element::Multi | Element::Polygon),
            Element::Polygon => matches!(child, Element::Shell | Element::Hole),
            Element::Shell | Element::Hole => child == Element::Ring,
            Element::Ring => child == Element::Coordinates,
            Element::Name | Element::Coordinates | Element::Other => false,
        }
    }
}

/// A place in the text, in bytes from its beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    text: &'a str,
    at: usize,
}

impl At<'_> {
    /// What is wrong there.
    pub(super) fn error(self, source: impl Into<OutlineError>) -> OutlineError {
        let (line, column) = line_and_column(self.text, self.at);
        OutlineError::At { line, column, source: Box::new(source.into()) }
    }
}

/// Offers every Placemark of a document.
pub(super) fn read(text: &str, chosen: &mut Chosen<'_>) -> Result<(), OutlineError> {
    let mut events = NsReader::from_str(text);
    events.config_mut().expand_empty_elements = true;
    let (open, namespace, placemark) = (Vec::new(), None, None);
    let tuple = String::new();
    let mut reader = Reader { text, events, open, namespace, placemark, ring: false, tuple, tuple_at: 0 };
    while reader.step(chosen)? {}
    Ok(())
}

struct Reader<'a> {
    text: &'a str,
    events: NsReader<&'a [u8]>,
    open: Vec<Element>,
    /// The namespace of the outermost element, once it is open: `Some(None)` if it has none.
    namespace: Option<Option<String>>,
    placemark: Option<Placemark<'a>>,
    /// Whether the boundary that is open has a ring.
    ring: bool,
    /// The position that is read, which may come in several pieces, and where it begins.
    tuple: String,
    tuple_at: usize,
}

impl<'a> Reader<'a> {
    /// Reads one event; `false` at the end.
    fn step(&mut self, chosen: &mut Chosen<'_>) -> Result<bool, OutlineError> {
        let start = self.offset();
        let at = self.at(start);
        let (name, event) = self.events.read_resolved_event().map_err(|error| at.error(reason(&error)))?;
        match event {
            Event::Start(tag) => {
                if self.open.is_empty() && self.namespace.is_some() {
                    return Err(at.error(KmlError::Form));
                }
                let name = match name {
                    ResolveResult::Bound(Namespace(name)) => Some(Some(name)),
                    ResolveResult::Unbound => Some(None),
                    ResolveResult::Unknown(_) => None,
                };
                let root = self.namespace.get_or_insert_with(|| name.flatten().map(str::to_owned));
                let is_kml = name.is_some_and(|name| is_of(root.as_deref(), name));
                self.begin(at, &tag, is_kml, chosen)?;
            }
            Event::End(_) => self.end(at, chosen)?,
            Event::Text(text) => self.text(start, &text)?,
            Event::CData(text) => self.text(start + "<![CDATA[".len(), &text)?,
            Event::GeneralRef(entity) => {
                let character = character(&entity).ok_or_else(|| at.error(KmlError::Entity))?;
                self.text(start, character.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(at.error(KmlError::DocumentType)),
            Event::Eof => return self.finish(at),
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
        }
        Ok(true)
    }

    fn begin(
        &mut self,
        at: At<'a>,
        tag: &BytesStart<'_>,
        is_kml: bool,
        chosen: &mut Chosen<'_>,
    ) -> Result<(), OutlineError> {
        if self.open.len() == MAX_DEPTH {
            return Err(at.error(KmlError::Depth { limit: MAX_DEPTH }));
        }
        let name = tag.local_name();
        let known = ELEMENTS.iter().find(|(known, _)| is_kml && *known == name.as_ref());
        let element = match (self.open.last(), known) {
            (None, Some((_, Element::Root))) => Element::Root,
            (None, _) => {
                let got = format!("<{}>", shown(tag.name().as_ref()));
                return Err(at.error(KmlError::Root { got }));
            }
            (Some(parent), Some((_, element))) if parent.may_hold(*element) => *element,
            (Some(parent), _) => {
                let (parent, name) = (*parent, name.as_ref());
                match parent {
                    // A hole whose name is misspelt would be none, and the fence larger than its outline.
                    Element::Polygon | Element::Shell | Element::Hole | Element::Ring => {
                        if is_kml && !DRAWING.contains(&name) {
                            let (within, got) = (parent.name(), shown(name));
                            self.each(|placemark| placemark.refuse(at, KmlError::Misplaced { within, got }));
                        }
                    }
                    _ => self.pass_over(at, parent, name, chosen)?,
                }
                Element::Other
            }
        };
        let parent = self.open.last().copied();
        self.open.push(element);
        match element {
            Element::Placemark => {
                self.placemark = Some(Placemark::new(at, id(tag, at)?, chosen.room()));
            }
            Element::Polygon => self.each(Placemark::begin_polygon),
            Element::Shell | Element::Hole => self.ring = false,
            Element::Ring => {
                self.ring = true;
                self.each(|placemark| placemark.begin_ring(at, parent == Some(Element::Shell)));
            }
            Element::Name => self.each(|placemark| placemark.begin_name(at)),
            Element::Coordinates => self.each(|placemark| placemark.begin_coordinates(at)),
            _ => {}
        }
        Ok(())
    }

    /// An element that is not looked into, unless it is a geometry of the Placemark, or stands for another file.
    fn pass_over(
        &mut self,
        at: At<'a>,
        parent: Element,
        name: &str,
        chosen: &mut Chosen<'_>,
    ) -> Result<(), OutlineError> {
        match parent {
            Element::Root | Element::Document | Element::Folder => {
                if let Some(overlay) = OVERLAYS.into_iter().find(|overlay| *overlay == name) {
                    if overlay == "NetworkLink" && chosen.wanted.is_none() {
                        return Err(at.error(KmlError::NetworkLink));
                    }
                    if !chosen.others.contains(&overlay) {
                        chosen.others.push(overlay);
                    }
                }
            }
            Element::Placemark | Element::Multi => {
                if let Some(got) = OTHERS.into_iter().find(|other| *other == name) {
                    self.each(|placemark| placemark.refuse(at, OutlineError::Kind { got }));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, at: At<'a>, chosen: &mut Chosen<'_>) -> Result<(), OutlineError> {
        match self.open.pop() {
            Some(Element::Placemark) => {
                if let Some(placemark) = self.placemark.take() {
                    chosen.offer(placemark)?;
                }
            }
            Some(Element::Polygon) => self.each(|placemark| placemark.end_polygon(at)),
            Some(Element::Shell | Element::Hole) if !self.ring => {
                self.each(|placemark| placemark.refuse(at, KmlError::NoRing));
            }
            Some(Element::Ring) => self.each(Placemark::end_ring),
            Some(Element::Coordinates) => self.end_tuple(),
            _ => {}
        }
        Ok(())
    }

    /// Text between tags, which begins there.
    fn text(&mut self, start: usize, text: &str) -> Result<(), OutlineError> {
        match self.open.last() {
            // A file of another format is one text.
            None if !text.trim_start_matches('\u{feff}').trim().is_empty() => {
                Err(self.at(start).error(KmlError::Root { got: format!("`{}`", shown(text.trim())) }))
            }
            Some(Element::Name) => {
                self.each(|placemark| placemark.name(text));
                Ok(())
            }
            Some(Element::Coordinates) => {
                for (index, character) in text.char_indices() {
                    if matches!(character, ' ' | '\t' | '\r' | '\n') {
                        self.end_tuple();
                    } else {
                        if self.tuple.is_empty() {
                            self.tuple_at = start + index;
                        }
                        // What is longer is refused, whatever follows.
                        if self.tuple.len() <= MAX_TUPLE {
                            self.tuple.push(character);
                        }
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A position ends.
    fn end_tuple(&mut self) {
        if self.tuple.is_empty() {
            return;
        }
        let (tuple, at) = (std::mem::take(&mut self.tuple), self.at(self.tuple_at));
        self.each(|placemark| {
            if tuple.len() > MAX_TUPLE {
                placemark.refuse(at, KmlError::Tuple { got: shown(&tuple) });
            } else {
                placemark.position(at, &tuple);
            }
        });
        self.tuple = tuple;
        self.tuple.clear();
    }

    /// The end of the text: nothing may be open.
    fn finish(&self, at: At<'a>) -> Result<bool, OutlineError> {
        if self.namespace.is_none() {
            return Err(at.error(KmlError::Root { got: "no element".to_owned() }));
        }
        // What is passed over is within something that is not.
        let open = self.open.iter().rev().find_map(|open| ELEMENTS.iter().find(|(_, known)| known == open));
        match open {
            Some((wanted, _)) => Err(at.error(KmlError::Cut { wanted })),
            None => Ok(false),
        }
    }

    /// What is done with the Placemark that is open.
    fn each(&mut self, action: impl FnOnce(&mut Placemark<'a>)) {
        if let Some(placemark) = &mut self.placemark {
            action(placemark);
        }
    }

    fn at(&self, at: usize) -> At<'a> {
        At { text: self.text, at }
    }

    /// How far the text is read.
    fn offset(&self) -> usize {
        usize::try_from(self.events.buffer_position()).map_or(self.text.len(), |at| at.min(self.text.len()))
    }
}

/// Whether a name is of the namespace of the outermost element: the same, or KML in another version.
fn is_of(root: Option<&str>, name: Option<&str>) -> bool {
    let versions = ["http://www.opengis.net/kml/", "http://earth.google.com/kml/"];
    let is_kml = |name: Option<&str>| {
        name.is_some_and(|name| versions.iter().any(|version| name.starts_with(version)))
    };
    root == name || (is_kml(root) && is_kml(name))
}

/// The `id` of an element.
fn id(tag: &BytesStart<'_>, at: At<'_>) -> Result<Option<String>, OutlineError> {
    // Without the parser's own check: it compares every two attributes.
    for attribute in tag.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| at.error(KmlError::Form))?;
        if attribute.key.as_ref() == "id" {
            return Ok(Some(attribute.value.into_owned()));
        }
    }
    Ok(None)
}

/// The character that a reference stands for, if a document without a document type has it.
fn character(entity: &BytesRef<'_>) -> Option<char> {
    match &**entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => entity.resolve_char_ref().ok().flatten(),
    }
}

/// What the parser stopped at.
fn reason(error: &XmlError) -> KmlError {
    match error {
        XmlError::Namespace(NamespaceError::TooDeeplyNested(_)) => KmlError::Depth { limit: MAX_DEPTH },
        _ => KmlError::Form,
    }
}

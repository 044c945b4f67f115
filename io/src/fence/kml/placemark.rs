//! A Placemark while it is read: its names and polygons, or the first thing that is wrong with it.

use super::super::area::Polygons;
use super::super::outline::{FEWEST_POSITIONS, wrong_at};
use super::super::position::{ReadPosition, position};
use super::super::{OutlineError, VertexPath};
use super::KmlError;
use super::reader::At;
use crate::fence::geojson::shown;
use crate::import::{Decimal, DecimalError};

/// The most bytes of a name: a longer one is nobody's.
const MAX_NAME: usize = 4096;

/// What a Placemark has.
pub(super) struct Placemark<'a> {
    at: At<'a>,
    id: Option<String>,
    name: Option<String>,
    polygons: Polygons,
    polygon: Option<Rings<'a>>,
    vertices: usize,
    /// How many positions are kept, of all that come.
    room: usize,
    problem: Option<OutlineError>,
}

/// A polygon that is open.
#[derive(Default)]
struct Rings<'a> {
    shell: Option<Vec<ReadPosition>>,
    holes: Vec<Vec<ReadPosition>>,
    ring: Option<Ring<'a>>,
}

/// A ring that is open.
struct Ring<'a> {
    /// 0 is the shell.
    index: usize,
    at: At<'a>,
    /// Whether there were coordinates.
    begun: bool,
    positions: Vec<ReadPosition>,
    count: usize,
}

impl<'a> Placemark<'a> {
    pub(super) fn new(at: At<'a>, id: Option<String>, room: usize) -> Placemark<'a> {
        let (polygons, polygon, problem) = (Vec::new(), None, None);
        Placemark { at, id, name: None, polygons, polygon, vertices: 0, room, problem }
    }

    /// What it is called by, its name first.
    pub(super) fn called(&self) -> Option<&str> {
        self.name.as_deref().map(str::trim).filter(|name| !name.is_empty()).or(self.id.as_deref())
    }

    pub(super) fn is_called(&self, wanted: &str) -> bool {
        self.name.as_deref().map(str::trim) == Some(wanted) || self.id.as_deref() == Some(wanted)
    }

    /// Adds to the name.
    pub(super) fn begin_name(&mut self, at: At<'a>) {
        if self.name.replace(String::new()).is_some() {
            self.refuse(at, KmlError::Again { element: "name" });
        }
    }

    pub(super) fn name(&mut self, text: &str) {
        let name = self.name.get_or_insert_default();
        if name.len() + text.len() <= MAX_NAME {
            name.push_str(text);
        } else {
            // Longer by a character than any that fits, so that it is equal to none.
            name.clear();
            name.extend(std::iter::repeat_n('.', MAX_NAME));
        }
    }

    /// The first thing that is wrong. Nothing of the polygons is needed from there on.
    pub(super) fn refuse(&mut self, at: At<'a>, problem: impl Into<OutlineError>) {
        if self.problem.is_none() {
            self.problem = Some(at.error(problem));
            (self.polygons, self.polygon) = (Vec::new(), self.polygon.as_ref().map(|_| Rings::default()));
        }
    }

    pub(super) fn begin_polygon(&mut self) {
        self.polygon = Some(Rings::default());
    }

    /// A ring begins: of the shell, or a hole.
    pub(super) fn begin_ring(&mut self, at: At<'a>, shell: bool) {
        let Some(rings) = &mut self.polygon else { return };
        let index = if shell { 0 } else { 1 + rings.holes.len() };
        let again = shell && rings.shell.is_some();
        rings.ring = Some(Ring { index, at, begun: false, positions: Vec::new(), count: 0 });
        if again {
            self.refuse(at, KmlError::Again { element: "LinearRing" });
        }
    }

    pub(super) fn begin_coordinates(&mut self, at: At<'a>) {
        let again = self.ring().is_some_and(|ring| std::mem::replace(&mut ring.begun, true));
        if again {
            self.refuse(at, KmlError::Again { element: "coordinates" });
        }
    }

    /// A position, as it is written.
    pub(super) fn position(&mut self, at: At<'a>, text: &str) {
        let polygon = self.polygons.len();
        self.vertices += 1;
        let (keep, whole) = (self.vertices <= self.room, self.problem.is_none());
        let Some(ring) = self.ring() else { return };
        let place = VertexPath { polygon, ring: ring.index, vertex: ring.count };
        ring.count += 1;
        if !whole {
            return;
        }
        match numbers(text) {
            Some((longitude, latitude)) => match position(longitude, latitude) {
                Ok(point) if keep => ring.positions.push(Ok(point)),
                Ok(_) => {}
                Err(wrong) => self.refuse(at, wrong_at(place, *wrong)),
            },
            None => self.refuse(at, KmlError::Tuple { got: shown(text) }),
        }
    }

    pub(super) fn end_ring(&mut self) {
        let polygon = self.polygons.len();
        let Some(rings) = &mut self.polygon else { return };
        let Some(Ring { index: ring, at, positions, count, .. }) = rings.ring.take() else { return };
        if ring == 0 {
            rings.shell = Some(positions);
        } else {
            rings.holes.push(positions);
        }
        if count < FEWEST_POSITIONS {
            self.refuse(at, OutlineError::TooFewPositions { polygon, ring, got: count });
        }
    }

    pub(super) fn end_polygon(&mut self, at: At<'a>) {
        let Some(Rings { shell, holes, .. }) = self.polygon.take() else { return };
        match shell {
            Some(shell) if self.problem.is_none() => {
                self.polygons.push(std::iter::once(shell).chain(holes).collect());
            }
            Some(_) => {}
            None => self.refuse(at, OutlineError::NoRing { polygon: self.polygons.len() }),
        }
    }

    /// How many vertices there were, and the polygons if nothing is wrong.
    pub(super) fn finish(mut self) -> (usize, Result<Polygons, OutlineError>) {
        if self.polygons.is_empty() {
            self.refuse(self.at, OutlineError::NoGeometry);
        }
        (self.vertices, self.problem.map_or(Ok(self.polygons), Err))
    }

    fn ring(&mut self) -> Option<&mut Ring<'a>> {
        self.polygon.as_mut().and_then(|rings| rings.ring.as_mut())
    }
}

/// Longitude and latitude of a position; what follows has to be an altitude or nothing.
fn numbers(text: &str) -> Option<(&str, &str)> {
    let (longitude, rest) = text.split_once(',')?;
    let (latitude, altitude) = rest.split_once(',').map_or((rest, None), |(one, two)| (one, Some(two)));
    let is_number = |text: &str| !matches!(text.parse::<Decimal>(), Err(DecimalError::Form));
    let all = is_number(longitude) && is_number(latitude) && altitude.is_none_or(is_number);
    all.then_some((longitude, latitude))
}

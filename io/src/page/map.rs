//! The private half's map: the fence, the readings, a grid and a scale.
//!
//! Degrees become a drawing [`WIDTH`] units wide by an equirectangular projection, true to scale at the middle latitude: over
//! the few kilometres of a fence nobody sees the difference.

pub(super) mod outline;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use zksensor_model::fence::{Corner, Fence};
use zksensor_model::reading::Location;
use zksensor_model::rule::Rule;

use self::outline::Loop;
use super::text::distance;
use super::{Mark, Outcome, Private};

/// Width of the drawing, in its own units.
pub(super) const WIDTH: f64 = 640.0;
/// A rule that keeps out more readings than this is in the legend, and not beside each of them.
pub(super) const FEW: usize = 12;
/// Least and greatest height for its width.
const ASPECT: (f64, f64) = (0.62, 1.05);
/// Readings further than this from the fence, in sizes of the fence, are not drawn: one bad fix in the Gulf of Guinea must not
/// shrink the map to a dot.
const REACH: f64 = 0.75;
/// Empty space around what is drawn, as a part of its size.
const MARGIN: f64 = 0.07;
/// Metres in a degree of latitude, on a sphere of the Earth's mean radius.
const METRES: f64 = 111_195.0;
/// Units of a location in a degree.
const UNITS: f64 = 1e7;

/// A line of the grid.
pub(super) struct Line {
    /// Where it crosses the drawing.
    pub(super) at: String,
    /// The degrees that it stands for; empty where there is no room.
    pub(super) label: String,
}

/// A reading in the drawing.
pub(super) struct Dot {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) outcome: Outcome,
    pub(super) location: Location,
    /// Whether there is room for a word to the left of it only.
    pub(super) far_right: bool,
}

/// The drawing.
pub(super) struct Map {
    pub(super) height: String,
    /// Every triangle, as one path: a renderer leaves no seams within one.
    pub(super) triangles: String,
    /// The edges that belong to one triangle, as closed loops.
    pub(super) outline: String,
    /// Those of the loops that are holes.
    pub(super) holes: String,
    pub(super) meridians: Vec<Line>,
    pub(super) parallels: Vec<Line>,
    /// What is drawn last is on top: spare ones, those of rules that keep out many, those that count, those of rules that
    /// keep out few.
    pub(super) dots: Vec<Dot>,
    /// Length of the scale bar in the drawing, and the distance that it shows.
    pub(super) scale: (String, String),
    /// Readings too far away to be drawn.
    pub(super) beyond: usize,
}

impl Map {
    pub(super) fn of(private: &Private) -> Map {
        let frame = Frame::around(&private.fence, &private.marks);
        let mut dots: Vec<Dot> = private.marks.iter().filter_map(|mark| frame.dot(mark)).collect();
        let few = |outcome| private.marks.iter().filter(|mark| mark.outcome == outcome).count() <= FEW;
        let few: BTreeSet<Rule> =
            Rule::ALL.iter().copied().filter(|rule| few(Outcome::LeftOut(*rule))).collect();
        dots.sort_by_key(|dot| match dot.outcome {
            Outcome::Spare => 0,
            Outcome::LeftOut(rule) if !few.contains(&rule) => 1,
            Outcome::Counted => 2,
            Outcome::LeftOut(_) => 3,
        });
        let loops = outline::loops(&private.fence);
        let holes = loops.iter().filter(|ring| ring.is_hole());
        Map {
            height: short(frame.height()),
            triangles: frame
                .path(private.fence.triangles().iter().map(|triangle| triangle.corners().to_vec())),
            outline: frame.path(loops.iter().map(Loop::corners)),
            holes: frame.path(holes.map(Loop::corners)),
            meridians: frame.meridians(),
            parallels: frame.parallels(),
            beyond: private.marks.len() - dots.len(),
            dots,
            scale: frame.scale(),
        }
    }
}

/// The part of the world that is drawn, in degrees; longitudes go on past 180 for a fence across the antimeridian.
pub(super) struct Frame {
    pub(super) west: f64,
    pub(super) south: f64,
    pub(super) east: f64,
    pub(super) north: f64,
    /// Width of a degree of longitude, in degrees of latitude.
    squeeze: f64,
    across: bool,
}

impl Frame {
    /// Fence and readings, with a margin.
    pub(super) fn around(fence: &Fence, marks: &[Mark]) -> Frame {
        let across = crosses_antimeridian(fence);
        let corners = fence.triangles().iter().flat_map(|triangle| triangle.corners());
        let mut frame = Frame {
            west: f64::INFINITY,
            south: f64::INFINITY,
            east: f64::NEG_INFINITY,
            north: f64::NEG_INFINITY,
            squeeze: 1.0,
            across,
        };
        for corner in corners {
            frame.include(frame.degrees(corner.signed()));
        }
        let reach = Frame { ..frame.widened(REACH) };
        for mark in marks {
            let at = reach.degrees((mark.location.latitude(), mark.location.longitude()));
            if reach.holds(at) {
                frame.include(at);
            }
        }
        // At a pole there is no width at all.
        frame.squeeze = f64::midpoint(frame.south, frame.north).to_radians().cos().max(0.01);
        frame.widened(MARGIN).shaped()
    }

    /// So many degrees of latitude to the north and to the south of the fence's middle, and as far as fits to the sides.
    pub(super) fn about(&self, half_height: f64, aspect: f64) -> Frame {
        let (east, north) = (f64::midpoint(self.west, self.east), f64::midpoint(self.south, self.north));
        let squeeze = north.to_radians().cos().max(0.1);
        let half_width = (half_height / aspect / squeeze).min(180.0);
        Frame {
            west: east - half_width,
            east: east + half_width,
            south: north - half_width * squeeze * aspect,
            north: north + half_width * squeeze * aspect,
            squeeze,
            across: self.across,
        }
    }

    /// Longitude and latitude in degrees, from (latitude, longitude) in units of a location.
    pub(super) fn degrees(&self, (latitude, longitude): (i32, i32)) -> (f64, f64) {
        let turn = if self.across && longitude < 0 { 360.0 } else { 0.0 };
        (f64::from(longitude) / UNITS + turn, f64::from(latitude) / UNITS)
    }

    fn include(&mut self, (east, north): (f64, f64)) {
        (self.west, self.east) = (self.west.min(east), self.east.max(east));
        (self.south, self.north) = (self.south.min(north), self.north.max(north));
    }

    fn holds(&self, (east, north): (f64, f64)) -> bool {
        (self.west..=self.east).contains(&east) && (self.south..=self.north).contains(&north)
    }

    /// Larger on each side by a part of the longer side.
    fn widened(&self, part: f64) -> Frame {
        let by = part * ((self.east - self.west) * self.squeeze).max(self.north - self.south);
        Frame {
            west: self.west - by / self.squeeze,
            east: self.east + by / self.squeeze,
            south: self.south - by,
            north: self.north + by,
            ..*self
        }
    }

    /// Neither too flat nor too tall.
    fn shaped(mut self) -> Frame {
        let (width, height) = ((self.east - self.west) * self.squeeze, self.north - self.south);
        let more_height = (width * ASPECT.0 - height).max(0.0) / 2.0;
        let more_width = (height / ASPECT.1 - width).max(0.0) / 2.0 / self.squeeze;
        (self.south, self.north) = (self.south - more_height, self.north + more_height);
        (self.west, self.east) = (self.west - more_width, self.east + more_width);
        self
    }

    /// Drawing units in a degree of latitude.
    fn zoom(&self) -> f64 {
        WIDTH / ((self.east - self.west) * self.squeeze)
    }

    pub(super) fn height(&self) -> f64 {
        (self.north - self.south) * self.zoom()
    }

    pub(super) fn x(&self, east: f64) -> f64 {
        (east - self.west) * self.squeeze * self.zoom()
    }

    pub(super) fn y(&self, north: f64) -> f64 {
        (self.north - north) * self.zoom()
    }

    fn dot(&self, mark: &Mark) -> Option<Dot> {
        let at = self.degrees((mark.location.latitude(), mark.location.longitude()));
        let (x, y) = (self.x(at.0), self.y(at.1));
        self.holds(at).then(|| Dot {
            x: short(x),
            y: short(y),
            outcome: mark.outcome,
            location: mark.location,
            far_right: x > WIDTH * 0.9,
        })
    }

    /// Closed polygons as the data of one path.
    pub(super) fn path(&self, polygons: impl Iterator<Item = Vec<Corner>>) -> String {
        let mut path = String::new();
        for polygon in polygons {
            for (index, corner) in polygon.iter().enumerate() {
                let (east, north) = self.degrees(corner.signed());
                let command = if index == 0 { 'M' } else { 'L' };
                write!(path, "{command}{} {}", short(self.x(east)), short(self.y(north)))
                    .expect("writing to a string cannot fail");
            }
            path.push('Z');
        }
        path
    }

    pub(super) fn meridians(&self) -> Vec<Line> {
        let wrapped = |degrees: f64| if degrees > 180.0 { degrees - 360.0 } else { degrees };
        grid(self.west, self.east, |degrees, decimals| {
            let x = self.x(degrees);
            // There is no room for a label at the right edge.
            let label =
                if x < WIDTH * 0.88 { named(wrapped(degrees), decimals, ["W", "E"]) } else { String::new() };
            Line { at: short(x), label }
        })
    }

    pub(super) fn parallels(&self) -> Vec<Line> {
        grid(self.south, self.north, |degrees, decimals| Line {
            at: short(self.y(degrees)),
            label: named(degrees, decimals, ["S", "N"]),
        })
    }

    /// At most a quarter of the width.
    pub(super) fn scale(&self) -> (String, String) {
        let metres = round_below(WIDTH / 4.0 / self.zoom() * METRES);
        (short(metres / METRES * self.zoom()), distance(metres))
    }
}

/// A fence of which the corners are more than half a turn apart is meant the other way round.
fn crosses_antimeridian(fence: &Fence) -> bool {
    let longitudes =
        || fence.triangles().iter().flat_map(|triangle| triangle.corners()).map(|corner| corner.signed().1);
    let (west, east) = (longitudes().min(), longitudes().max());
    west.zip(east).is_some_and(|(west, east)| i64::from(east) - i64::from(west) > 1_800_000_000)
}

/// Three to six lines at round degrees strictly between two bounds.
fn grid(low: f64, high: f64, line: impl Fn(f64, usize) -> Line) -> Vec<Line> {
    let step = round_below((high - low) / 2.5);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a step of degrees is above 1e-9, and a number of decimals small"
    )]
    let decimals = (-step.log10()).ceil().max(0.0) as usize;
    let mut number = (low / step).floor() + 1.0;
    let mut lines = Vec::new();
    while number * step < high && lines.len() < 8 {
        lines.push(line(number * step, decimals));
        number += 1.0;
    }
    lines
}

/// Degrees with the letter of their side; 0 has none.
fn named(degrees: f64, decimals: usize, [negative, positive]: [&str; 2]) -> String {
    let number = format!("{:.decimals$}°", degrees.abs());
    match degrees {
        _ if number.trim_end_matches('°').parse() == Ok(0.0) => number,
        degrees if degrees < 0.0 => format!("{number} {negative}"),
        _ => format!("{number} {positive}"),
    }
}

/// The greatest of 1, 2 and 5 times a power of ten that is not above `value`, a positive number.
fn round_below(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let factor = [5.0, 2.0].into_iter().find(|factor| factor * power <= value).unwrap_or(1.0);
    // A fifth of 0.1 is not 0.02 in binary: by the text it is.
    format!("{:e}", factor * power).parse().unwrap_or(factor * power)
}

/// To a tenth of a unit of the drawing.
pub(super) fn short(value: f64) -> String {
    format!("{:.1}", (value * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests;

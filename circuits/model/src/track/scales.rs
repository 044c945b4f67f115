//! How many millimetres a unit of 1e-7 degree is, so that no distance in a fence comes out longer than it is.
//!
//! A geodesic from one place of the fence to another has the length
//!
//! ```text
//! integral of sqrt((M dlat)^2 + (N cos(lat) dlon)^2) >= sqrt((a dlat)^2 + (b dlon)^2)
//! ```
//!
//! wherever a is at most the meridional radius of curvature M along it and b at most N cos(lat), the radius of the parallel. On the
//! ellipsoid M grows towards the poles and N cos(lat) falls. So a is M at the latitude of the fence nearest to the equator, which a
//! geodesic does not leave towards it, and b is N cos(lat) at that furthest from it and 0.0125 degrees more, by which a geodesic over at
//! most 2^24 units of longitude bulges at the most (0.01233 degrees, at a latitude of 45). Both are rounded down.
//!
//! The radii are of WGS 84 (NIMA TR8350.2): M = A (1 - e^2) / w^3 and N = A / w with w = sqrt(1 - e^2 sin(lat)^2). Sine and root are of
//! additions, products and quotients of IEEE doubles alone, which are the same on every machine and need no operating system; what
//! they are off by is far below [`SLACK`].

use crate::fence::Fence;
use crate::preimages::TrackLimits;

/// Fraction bits of a scale.
pub const SCALE_FRACTION_BITS: u32 = 10;

/// Bits of a scale.
const SCALE_BITS: u32 = TrackLimits::PARTS.latitude_scale.bits();

/// A: the equatorial radius of WGS 84, in metres.
const EQUATORIAL_RADIUS: f64 = 6_378_137.0;

/// The flattening of WGS 84.
const FLATTENING: f64 = 1.0 / 298.257_223_563;

/// e^2, the square of the eccentricity.
const ECCENTRICITY_2: f64 = FLATTENING * (2.0 - FLATTENING);

/// 90 degrees, in units of 1e-7 degree.
const QUARTER: u32 = 900_000_000;

/// How far a geodesic bulges towards the pole, in units of 1e-7 degree.
const BULGE: u32 = 125_000;

/// Units of a scale in a metre of radius: 2^10 of them in each of 1,000 mm, and 1e-7 degree of arc.
const UNITS_OF_RADIUS: f64 = (1000u32 << SCALE_FRACTION_BITS) as f64 * core::f64::consts::PI / 180.0 * 1e-7;

/// More than the arithmetic is off by, in units of a scale.
const SLACK: f64 = 1e-6;

/// Parts of a [shortfall](Scales::shortfall) in one.
const PARTS: f64 = 1e6;

/// What a unit of latitude and one of longitude are, in 2^-10 mm: below 2^14.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scales {
    /// 1e-7 degree of latitude.
    pub latitude: u32,
    /// 1e-7 degree of longitude.
    pub longitude: u32,
}

/// Why scales are none of a fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScalesError {
    /// So near to a pole that a unit of longitude may be nothing.
    #[error(
        "expected a fence that ends 0.0125 degrees from either pole, got one that reaches {latitude} (1e-7 degree); cut the fence \
         off there"
    )]
    Pole {
        /// The latitude furthest from the equator, without its sign, in units of 1e-7 degree.
        latitude: u32,
    },
    /// A distance could come out longer than it is.
    #[error(
        "expected a scale of {axis} of at most {most} (2^-10 mm a unit of 1e-7 degree), as the fence has, got {got}: distances would \
         come out longer than they are; take {most} or less"
    )]
    TooLarge {
        /// Of latitude or of longitude.
        axis: &'static str,
        /// That of the fence.
        most: u32,
        /// That which came.
        got: u32,
    },
    /// A unit would be nothing.
    #[error(
        "expected a scale of {axis} of 1 to {most} (2^-10 mm a unit of 1e-7 degree), got 0; take that of the fence, {most}"
    )]
    Zero {
        /// Of latitude or of longitude.
        axis: &'static str,
        /// That of the fence.
        most: u32,
    },
}

impl Scales {
    /// The scales of the fence: no distance between two places of it, less than 2^24 units apart along either axis, comes out
    /// longer than the geodesic.
    ///
    /// # Errors
    /// [`ScalesError::Pole`] for a fence that ends within 0.0125 degrees of a pole.
    pub fn over(fence: &Fence) -> Result<Scales, ScalesError> {
        let band = Band::of(fence);
        let scale = |radius: f64| {
            // A positive number below 2^14: no radius of WGS 84 makes more than 11,500 units.
            (radius * UNITS_OF_RADIUS - SLACK) as u32
        };
        let scales = match band.furthest.checked_add(BULGE).filter(|latitude| *latitude < QUARTER) {
            Some(latitude) => {
                Scales { latitude: scale(meridian(band.nearest)), longitude: scale(parallel(latitude)) }
            }
            None => Scales { latitude: 0, longitude: 0 },
        };
        debug_assert!(scales.latitude >> SCALE_BITS == 0 && scales.longitude >> SCALE_BITS == 0);
        match scales.longitude {
            0 => Err(ScalesError::Pole { latitude: band.furthest }),
            _ => Ok(scales),
        }
    }

    /// Asserts that with these scales no distance in the fence comes out longer than it is, and none is nothing.
    ///
    /// # Errors
    /// [`ScalesError`].
    pub fn check(&self, fence: &Fence) -> Result<(), ScalesError> {
        let most = Scales::over(fence)?;
        for (axis, got, most) in
            [("latitude", self.latitude, most.latitude), ("longitude", self.longitude, most.longitude)]
        {
            if got > most {
                return Err(ScalesError::TooLarge { axis, most, got });
            }
            if got == 0 {
                return Err(ScalesError::Zero { axis, most });
            }
        }
        Ok(())
    }

    /// By how much a distance in the fence can come out shorter than it is, in millionths of it, rounded up: the scales against the
    /// longest units of the fence, of latitude at its end towards a pole and of longitude at its end towards the equator.
    ///
    /// Where the scales are those of the fence, nearly all of it is the ratio of the two cosines.
    pub fn shortfall(&self, fence: &Fence) -> u32 {
        let band = Band::of(fence);
        // A geodesic is no longer than the straight line in latitude and longitude, which stays between the two latitudes.
        let ratio = |scale: u32, radius: f64| f64::from(scale) / (radius * UNITS_OF_RADIUS);
        let (a, b) =
            (ratio(self.latitude, meridian(band.furthest)), ratio(self.longitude, parallel(band.nearest)));
        let least = if a < b { a } else { b };
        let parts = (1.0 - least) * PARTS;
        if parts <= 0.0 { 0 } else { parts as u32 + 1 }
    }
}

/// The latitudes of a fence, without their sign, in units of 1e-7 degree.
struct Band {
    /// Nearest to the equator.
    nearest: u32,
    /// Furthest from it.
    furthest: u32,
}

impl Band {
    fn of(fence: &Fence) -> Band {
        let latitudes = || {
            fence.triangles().iter().flat_map(|triangle| triangle.corners().map(|corner| corner.signed().0))
        };
        let south = latitudes().min().expect("a fence has a triangle");
        let north = latitudes().max().expect("a fence has a triangle");
        let ends = [south.unsigned_abs(), north.unsigned_abs()];
        let nearest = if south <= 0 && north >= 0 { 0 } else { ends[0].min(ends[1]) };
        Band { nearest, furthest: ends[0].max(ends[1]) }
    }
}

/// M, the meridional radius of curvature at a latitude of up to 90 degrees, in metres.
fn meridian(latitude: u32) -> f64 {
    let w = waist(latitude);
    EQUATORIAL_RADIUS * (1.0 - ECCENTRICITY_2) / (w * w * w)
}

/// N cos(lat), the radius of the parallel at a latitude of up to 90 degrees, in metres.
fn parallel(latitude: u32) -> f64 {
    EQUATORIAL_RADIUS / waist(latitude) * sine(QUARTER.saturating_sub(latitude))
}

/// w.
fn waist(latitude: u32) -> f64 {
    let sine = sine(latitude);
    root(1.0 - ECCENTRICITY_2 * sine * sine)
}

/// The sine of an angle of up to 90 degrees, in units of 1e-7 degree: its series, whose terms are below 2^-60 after the 12th.
fn sine(angle: u32) -> f64 {
    let x = f64::from(angle) / f64::from(QUARTER) * core::f64::consts::FRAC_PI_2;
    let (mut term, mut sum) = (x, x);
    for n in 1u8..=12 {
        let n = f64::from(n);
        term *= -x * x / (2.0 * n * (2.0 * n + 1.0));
        sum += term;
    }
    sum
}

/// The root of a number just below 1, by Newton's steps from 1, each of which doubles the digits.
fn root(square: f64) -> f64 {
    (0..6).fold(1.0, |root, _| 0.5 * (root + square / root))
}

#[cfg(test)]
mod tests;

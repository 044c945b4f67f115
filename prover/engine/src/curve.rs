//! Points of BN254's two curves in the machine's form, and their addition many at a time.
//!
//! A point is x and y, packed into [`Coordinate::LINES`] lines; the point at infinity is (0, 0), which is on neither curve, as
//! y^2 = x^3 + b with b not zero. Both curves have an odd number of points, so that no point has y = 0.

pub(crate) mod add;
pub(crate) mod convert;
pub(crate) mod coordinate;
mod inverses;
mod pairs;
pub(crate) mod runs;

#[cfg(test)]
mod tests;

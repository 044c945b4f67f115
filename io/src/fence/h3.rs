//! Lists of H3 cells (<https://h3geo.org>) to fences, read and drawn with `h3o`.
//!
//! A list is the indexes of cells in hexadecimal, as every H3 library writes them: text with lines, spaces or commas between
//! them, or a JSON array of strings. It is a set: neither the order matters, nor a cell that comes twice or lies within
//! another of the list. Cells of several resolutions, as `compactCells` leaves them, stand for all their descendants of the finest
//! resolution in the list, as `uncompactCells` has it: a place is in the fence if its cell of that resolution is in the set.
//!
//! The fence is the outline of that set: what neighbours share is not part of it. Each of its vertices is one that H3 has an
//! index for, or a bend where an edge crosses one of the icosahedron; it is computed once, rounded to 1e-7 degree from the
//! exact value of the double, half away from zero, and joined to the next by a line that is straight in longitude and
//! latitude. H3's own edge is a great circle, which bulges from that at middle latitudes by about the square of its length
//! over four times the diameter of the Earth: a millimetre at resolution 9, a metre at resolution 5. Of cells on the
//! antimeridian or at a pole there is no such outline; they are refused.
//!
//! The same cells give the same fence on every machine: `h3o` is built without its feature `std` and takes its sines from
//! `libm`, which is compiled like everything else. In a program whose other parts ask for that feature they are those of the
//! platform, and a vertex could be 1e-7 degree off.
//!
//! ```
//! use zksensor_io::fence::from_h3;
//! let flower = from_h3(
//!     "89283082803ffff 89283082807ffff 8928308280bffff 8928308280fffff 89283082813ffff 89283082817ffff 8928308281bffff",
//! )?;
//! // Seven hexagons have 42 corners, and their outline has 18.
//! assert_eq!(flower.triangles().len(), 16);
//! # Ok::<(), zksensor_io::fence::OutlineError>(())
//! ```

use super::{Fence, OutlineError, area};

mod error;
mod list;
mod outline;

pub use error::H3Error;

/// The most cells of a list: what has more is a set to compact, or too fine for a fence.
pub const MAX_CELLS: usize = 65_536;

/// The fence of a list of cells; what is accepted is said in [`h3`](self).
///
/// # Errors
/// [`OutlineError`] with the cell that is in the way.
pub fn from_h3(text: &str) -> Result<Fence, OutlineError> {
    // A byte order mark is no part of the text.
    let cells = list::read(text.trim_start_matches('\u{feff}'))?;
    area::unite(vec![outline::polygons(cells)?])
}

#[cfg(test)]
mod tests;

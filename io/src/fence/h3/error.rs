//! Why cells are no fence.

use super::MAX_CELLS;
use super::outline::MAX_SIDES;

/// Why text is not a list of H3 cells, or its cells are no fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum H3Error {
    /// Something else than a cell.
    #[error("expected an H3 cell in hexadecimal such as 8928308280fffff, got `{got}`, which is {is}")]
    Cell {
        /// What came, its first 40 characters.
        got: String,
        /// What that is.
        is: &'static str,
    },
    /// A number.
    #[error(
        "expected H3 cells as hexadecimal text, got the number {got}: programs whose numbers are doubles lose its last \
         digits; write cells with h3ToString or h3_to_string"
    )]
    Number {
        /// What came, its first 40 characters.
        got: String,
    },
    /// JSON, but no array of text.
    #[error("expected a JSON array of H3 cells such as [\"8928308280fffff\"]: {reason}")]
    Json {
        /// What the parser says of it, its first 120 characters.
        reason: String,
    },
    /// A list of nothing.
    #[error("expected at least one H3 cell, got none")]
    Empty,
    /// More cells than are read.
    #[error("expected at most {MAX_CELLS} cells, got more; compact the set, or take a coarser resolution")]
    TooMany,
    /// An outline of more corners than a fence has.
    #[error(
        "expected cells whose outline has at most {MAX_SIDES} corners, got more from resolutions {coarsest} to {finest}: a \
         coarse cell is outlined by its descendants of the finest resolution; take fewer or coarser cells"
    )]
    TooFine {
        /// The coarsest resolution.
        coarsest: u8,
        /// The finest resolution.
        finest: u8,
    },
    /// A cell of which no outline in degrees has a simple shape.
    #[error(
        "expected cells on one side of the antimeridian and short of the poles, got {cell} across; leave such cells out, or \
         give the area as GeoJSON that is split at the antimeridian"
    )]
    Across {
        /// The cell of the list.
        cell: String,
    },
    /// No outline, or only outlines of what is left out.
    #[error("expected an area with an outline around it, got cells all around the Earth")]
    Everywhere,
}

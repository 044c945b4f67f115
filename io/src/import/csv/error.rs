//! Why a table is refused, where no other format could say so.

use super::Delimiter;

/// Why a header does not fit the mapping of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The header has no column of this name.
    #[error("expected a column `{wanted}`, the header has {got}")]
    Column {
        /// The name in the mapping.
        wanted: String,
        /// The names in the header.
        got: String,
    },
    /// The header has two columns of this name.
    #[error("expected one column `{name}`, the header has several; rename all but one")]
    ColumnRepeated {
        /// The name.
        name: String,
    },
    /// The header is one column with another delimiter in it.
    #[error(
        "expected columns with `{wanted}` between them, got one column with `{got}` in it: name `{got}` as the delimiter"
    )]
    Delimiter {
        /// The delimiter that was wanted.
        wanted: Delimiter,
        /// What the header seems to have.
        got: Delimiter,
    },
    /// A column names a unit that is not the channel's.
    #[error(
        "expected `{channel}` in {wanted}, the name of column `{column}` says {got}: map it as {channel}:{got}=.. to convert it, \
         or as {channel}:{wanted}=.. if its name is wrong"
    )]
    Unit {
        /// The column.
        column: String,
        /// The channel.
        channel: &'static str,
        /// Its unit.
        wanted: &'static str,
        /// The unit in the column's name.
        got: &'static str,
    },
}

/// A row has another number of cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {wanted} cells as in the header, got {got}")]
pub struct CellsError {
    /// Cells of the header.
    pub wanted: u64,
    /// Cells of the row.
    pub got: u64,
}

//! Why a table is refused, where no other format could say so.

/// Why a header does not fit the mapping of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderError {
    /// The header has no column of this name.
    #[error("expected a column `{wanted}`, the header has {found}")]
    Column {
        /// The name in the mapping.
        wanted: String,
        /// The names in the header.
        found: String,
    },
    /// The header has two columns of this name.
    #[error("expected one column `{name}`, the header has several; rename all but one")]
    ColumnRepeated {
        /// The name.
        name: String,
    },
}

/// A row has another number of cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected {wanted} cells as in the header, got {found}")]
pub struct CellsError {
    /// Cells of the header.
    pub wanted: u64,
    /// Cells of the row.
    pub found: u64,
}

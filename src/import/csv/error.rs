//! Why a table is refused.

use std::io;

use zksensor_circuits::policy::time::TimeError;
use zksensor_circuits::reading::ReadingError;

use crate::import::DecimalError;

/// Why a table, or a row of it, is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
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
    /// Not a table: not UTF-8, a row of another number of cells, or one without end.
    #[error("row {row}: {reason}")]
    Table {
        /// Number of the row, from 1; 0 for the header.
        row: u64,
        /// What is wrong.
        reason: TableError,
    },
    /// A cell that is not what its column should hold.
    #[error("row {row}, column `{column}`: {reason}, got `{found}`")]
    Cell {
        /// Number of the row, from 1.
        row: u64,
        /// Name of the column.
        column: String,
        /// What was wanted.
        reason: CellError,
        /// What came, cut to 40 characters.
        found: String,
    },
    /// The cells are well formed, but not a reading together.
    #[error("row {row}: {reason}")]
    Reading {
        /// Number of the row, from 1.
        row: u64,
        /// What is wrong.
        reason: ReadingError,
    },
}

/// Why text is not a table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The file could not be read.
    #[error("the file could not be read: {reason}")]
    Io {
        /// What the system said.
        reason: io::Error,
    },
    /// Another number of cells than the header.
    #[error("expected {wanted} cells as in the header, got {found}")]
    Cells {
        /// Cells of the header.
        wanted: u64,
        /// Cells of the row.
        found: u64,
    },
    /// Bytes that are not UTF-8.
    #[error("expected UTF-8 text; convert the file")]
    Utf8,
}

/// Why a cell is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellError {
    /// Not a number of the wanted form.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// Neither digits nor a timestamp.
    #[error("expected Unix milliseconds, or: {0}")]
    Time(#[from] TimeError),
    /// Beyond what the field holds.
    #[error("expected {low} to {high}")]
    Range {
        /// Least value.
        low: i64,
        /// Greatest value.
        high: i64,
    },
    /// Not a sequence number.
    #[error("expected a whole number from 0 to 2^64 - 1")]
    Sequence,
}

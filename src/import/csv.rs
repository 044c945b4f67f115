//! Readings from a CSV table with a header. Rows stream: memory is bounded whatever the file's length.

mod columns;
mod error;
mod reader;

pub use columns::{Columns, ColumnsError};
pub use error::{CellsError, HeaderError};
pub use reader::{CsvReader, Mapping, Row};

#[cfg(test)]
mod tests;

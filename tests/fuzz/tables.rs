//! Tables of readings.

use zksensor::circuits::reading::Network;
use zksensor::import::{Columns, CsvReader, ImportError, Mapping};

use super::memory::bounded;

/// The first line is the mapping of columns, the rest the table.
pub(crate) fn csv(input: &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (line, table) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let Ok(line) = std::str::from_utf8(line) else { return };
    // Values of any kind; air quality, with units and ranges.
    for schema in [1, 3] {
        read(input, line, table, schema);
    }
}

fn read(input: &[u8], line: &str, table: &[u8], schema: u32) {
    bounded(input, |_| {
        let Ok(columns) = line.parse::<Columns>() else { return };
        let mapping = Mapping {
            columns,
            scale: 3,
            network: Network::new(137, [0x11; 20]),
            schema,
            first_sequence: u64::MAX,
        };
        let Ok(rows) = CsvReader::new(table, &mapping) else { return };
        for row in rows {
            match row {
                Ok(row) => row.reading.check().expect("an importer gives readings that can be signed"),
                Err(ImportError::Header(_)) => {
                    panic!("the columns were found in the header")
                }
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    });
}

//! The table of formats in `docs/inputs.md`, one row for each in the list.

use zksensor::import::{About, FORMATS};

/// The page.
pub(crate) const PATH: &str = "docs/inputs.md";
/// Around the table.
pub(crate) const MARKERS: (&str, &str) = ("<!-- formats begin -->", "<!-- formats end -->");

/// The table.
pub(crate) fn table() -> String {
    let row = |About { name, title, record, channels, accuracy, .. }: &About| {
        format!("| `{name}` | {title} | {record} | {channels} | {accuracy} |\n")
    };
    let rows: String = FORMATS.iter().map(|format| row(format.about())).collect();
    format!("| `--format` | what | a reading is | channels | accuracy |\n|---|---|---|---|---|\n{rows}")
}

//! What every generated file has to contain.

use std::fs;
use std::path::Path;

use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::reading::Reading;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::compile;
use zksensor_testkit::{costs, freedom_csv, layouts_json, row_digests};

use crate::{contracts, example_files, formats_page, gas_page, measured, preimages_page, vectors};

/// A file of the repository.
pub(crate) struct Generated {
    /// Where, from the root of the workspace.
    pub(crate) path: String,
    /// What belongs there.
    pub(crate) content: Vec<u8>,
}

impl Generated {
    /// `content` at `path`.
    pub(crate) fn new(path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        Generated { path: path.into(), content: content.into() }
    }
}

const README: &str = "README.md";
const MARKERS: (&str, &str) = ("<!-- costs begin -->", "<!-- costs end -->");

/// Every generated file.
pub(crate) fn all(root: &Path) -> Result<Vec<Generated>, String> {
    let failed = |error| format!("a statement does not compile: {error}");
    let costs = costs::to_csv(&costs::table().map_err(failed)?);
    let rows = row_digests::to_csv(&row_digests::table().map_err(failed)?);
    let page = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))
    };
    let (readme, inputs) = (page(README)?, page(formats_page::PATH)?);
    let (gas, paragraph) = measured::all(root)?;
    let readme = with_table(README, &readme, MARKERS, &cost_table().map_err(failed)?)?;
    let readme = with_table(README, &readme, gas_page::MARKERS, &paragraph)?;
    let inputs = with_table(formats_page::PATH, &inputs, formats_page::MARKERS, &formats_page::table())?;
    let preimages = page(preimages_page::PATH)?;
    let (path, markers) = (preimages_page::PATH, preimages_page::MARKERS);
    let preimages = with_table(path, &preimages, markers, &preimages_page::tables())?;
    let mut files = vec![
        Generated::new("circuits/goldens/cost.csv", costs),
        Generated::new("circuits/goldens/freedom.csv", freedom_csv()),
        Generated::new("circuits/goldens/layouts.json", layouts_json()),
        Generated::new("circuits/goldens/rows.csv", rows),
        Generated::new(README, readme),
        Generated::new(formats_page::PATH, inputs),
        Generated::new(preimages_page::PATH, preimages),
    ];
    files.extend(gas);
    files.extend(contracts::all(root)?);
    files.extend(example_files::all()?);
    files.extend(vectors::all());
    Ok(files)
}

/// `text`, which is that of `path`, with `table` between the markers.
pub(crate) fn with_table(
    path: &str,
    text: &str,
    markers: (&str, &str),
    table: &str,
) -> Result<String, String> {
    let (begin, end) = markers;
    let missing = || format!("{path} has to have the lines `{begin}` and `{end}`, in this order");
    let (before, rest) = text.split_once(begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n{table}{end}{after}"))
}

/// The README's table of statements.
fn cost_table() -> Result<String, zksensor_circuits::gadgets::SynthesisError> {
    fn row<S: Statement>(
        statement: &S,
        about: &str,
        readings: usize,
    ) -> Result<String, zksensor_circuits::gadgets::SynthesisError> {
        let (title, words) = (statement.id().title(), S::Inputs::layout().words());
        let constraints = compile(statement)?.constraints();
        let each = grouped(constraints.div_ceil(readings));
        Ok(format!("| `{title}`{about} | {words} | {} | {each} |\n", grouped(constraints)))
    }
    let mut table =
        String::from("| statement | public inputs | constraints | per reading |\n|---|---|---|---|\n");
    table.push_str(&row(&Reading, "", 1)?);
    for capacity in costs::CAPACITIES {
        let about = format!(", capacity {capacity}, {} triangles", costs::TRIANGLES);
        table.push_str(&row(&costs::aggregate(capacity), &about, capacity)?);
    }
    Ok(table)
}

/// A number with commas between groups of three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_goes_between_the_markers() {
        let (begin, end) = MARKERS;
        let readme = format!("a\n{begin}\nold\n{end}\nb\n");
        let with = |text: &str| with_table(README, text, MARKERS, "new\n");
        assert_eq!(with(&readme), Ok(format!("a\n{begin}\nnew\n{end}\nb\n")));
        assert!(with("a").is_err());
        assert!(with(begin).is_err());
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 442_202, 1_000_000].map(grouped),
            ["0", "999", "1,000", "442,202", "1,000,000"]
        );
    }
}

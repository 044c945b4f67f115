//! What every generated file has to contain.

use std::fs;
use std::path::Path;

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::compile;
use zksensor_testkit::{
    Specimen, SpecimenVisitor, costs, each_specimen, freedom_csv, layouts_json, row_digests,
};

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
fn cost_table() -> Result<String, SynthesisError> {
    struct Rows(Result<String, SynthesisError>);
    impl SpecimenVisitor for Rows {
        fn visit<S: Specimen>(&mut self) {
            for shape in S::cost_shapes() {
                let Ok(table) = &mut self.0 else { return };
                match cost_row(&shape) {
                    Ok(row) => table.push_str(&row),
                    Err(error) => self.0 = Err(error),
                }
            }
        }
    }
    let head = "| statement | public inputs | constraints | per reading |\n|---|---|---|---|\n";
    let mut rows = Rows(Ok(String::from(head)));
    each_specimen(&mut rows);
    rows.0
}

fn cost_row<S: Specimen>(shape: &S) -> Result<String, SynthesisError> {
    let (id, words) = (shape.id(), S::Inputs::layout().words());
    let sizes = S::SIZES.iter().zip(&id.shape).map(|(size, value)| match size.name == size.unit {
        true => format!(", {value} {}", size.name),
        false => format!(", {} {value}", size.name),
    });
    let about: String = sizes.collect();
    let constraints = compile(shape)?.constraints();
    let each = grouped(constraints.div_ceil(shape.each()));
    Ok(format!("| `{}`{about} | {words} | {} | {each} |\n", id.title(), grouped(constraints)))
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

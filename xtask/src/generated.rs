//! What every generated file but those of the contracts has to contain.

use std::fs;
use std::path::Path;

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::compile;
use zksensor_testkit::{
    Specimen, SpecimenVisitor, costs, each_specimen, freedom_csv, layouts_json, row_digests,
};

use crate::file::{Generated, grouped, with_table};
use crate::{example_files, formats_page, gas_page, measured, preimages_page, rules_page, vectors};

const README: &str = "README.md";
const MARKERS: (&str, &str) = ("<!-- costs begin -->", "<!-- costs end -->");

/// Every generated file but those of the contracts, which some of these are measured with.
pub(crate) fn all(root: &Path) -> Result<Vec<Generated>, String> {
    let failed = |error| format!("a statement does not compile: {error}");
    let costs = costs::to_csv(&costs::table().map_err(failed)?);
    let rows = row_digests::to_csv(&row_digests::table().map_err(failed)?);
    let page = |path: &str| {
        fs::read_to_string(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))
    };
    let (readme, inputs) = (page(README)?, page(formats_page::PATH)?);
    let (gas, paragraph) = measured::all(root)?;
    let statements = page(rules_page::PATH)?;
    let statements = with_table(rules_page::PATH, &statements, MARKERS, &cost_table().map_err(failed)?)?;
    let statements =
        with_table(rules_page::PATH, &statements, rules_page::MARKERS, &rules_page::table(root)?)?;
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
        Generated::new(rules_page::PATH, statements),
    ];
    files.extend(gas);
    files.extend(example_files::all()?);
    files.extend(vectors::all());
    Ok(files)
}

/// The table of what statements cost.
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
    let head = "| statement | public inputs | constraints | per reading or sample |\n|---|---|---|---|\n";
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

//! The golden `goldens/rows.csv`: the digest of the rows of each statement and of many shapes. Costs can stay as they are
//! while rows change; these cannot.

use std::thread;

use super::{Specimen, SpecimenVisitor, each_specimen};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Statement;
use zksensor_r1cs::{RowsDigest, compile};

/// One line of the golden file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsLine {
    /// Name and version.
    pub statement: String,
    /// The sizes, as the id has them; empty for a statement of one shape.
    pub shape: String,
    /// The digest of the rows.
    pub digest: RowsDigest,
    /// Constraints.
    pub constraints: usize,
}

/// Compiles everything.
///
/// # Errors
/// [`SynthesisError`] as the statements'.
pub fn table() -> Result<Vec<RowsLine>, SynthesisError> {
    struct Lines(Vec<Result<RowsLine, SynthesisError>>);
    impl SpecimenVisitor for Lines {
        fn visit<S: Specimen>(&mut self) {
            self.0.extend(lines(&S::row_shapes()));
        }
    }
    let mut lines = Lines(Vec::new());
    each_specimen(&mut lines);
    lines.0.into_iter().collect()
}

/// A line a shape, in order, on every core.
fn lines<S: Specimen>(shapes: &[S]) -> Vec<Result<RowsLine, SynthesisError>> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let share = shapes.len().div_ceil(threads).max(1);
        let of_shapes = |shapes: &'_ [S]| shapes.iter().map(line).collect::<Vec<_>>();
        let running: Vec<_> =
            shapes.chunks(share).map(|shapes| scope.spawn(move || of_shapes(shapes))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("compiling does not panic")).collect()
    })
}

/// The table as the golden file has it.
pub fn to_csv(lines: &[RowsLine]) -> String {
    let mut csv = String::from("statement,shape,digest,constraints\n");
    for RowsLine { statement, shape, digest, constraints } in lines {
        csv.push_str(&format!("{statement},{shape},{digest},{constraints}\n"));
    }
    csv
}

fn line<S: Statement>(statement: &S) -> Result<RowsLine, SynthesisError> {
    let (circuit, id) = (compile(statement)?, statement.id());
    let shape = id.shape.iter().map(u32::to_string).collect::<Vec<_>>().join("x");
    let (digest, constraints) = (circuit.rows_digest(), circuit.constraints());
    Ok(RowsLine { statement: id.title(), shape, digest, constraints })
}

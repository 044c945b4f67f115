//! The golden `goldens/rows.csv`: the digest of the rows of each statement and of many shapes. Costs can stay as they are
//! while rows change; these cannot.

use std::thread;

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::Reading;
use zksensor_r1cs::{RowsDigest, compile};

/// Capacities: about whole groups of eight, and those that are used.
pub const CAPACITIES: [usize; 7] = [1, 2, 3, 8, 9, 16, 64];
/// Triangles: whole and broken levels of the fence's tree.
pub const TRIANGLES: [usize; 7] = [8, 24, 64, 72, 128, 192, 256];

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
///
/// # Panics
/// If a shape is not one of the statement.
pub fn table() -> Result<Vec<RowsLine>, SynthesisError> {
    let capacities: Vec<Result<Vec<RowsLine>, SynthesisError>> = thread::scope(|scope| {
        let threads = CAPACITIES.map(|capacity| scope.spawn(move || of_capacity(capacity)));
        threads
            .into_iter()
            .map(|thread| thread.join().expect("every shape is one of the statement"))
            .collect()
    });
    let mut lines = vec![line(&Reading)?];
    for of_capacity in capacities {
        lines.extend(of_capacity?);
    }
    Ok(lines)
}

fn of_capacity(capacity: usize) -> Result<Vec<RowsLine>, SynthesisError> {
    let shape = |triangles| Aggregate::new(capacity, triangles).expect("a shape of the statement");
    TRIANGLES.iter().map(|triangles| line(&shape(*triangles))).collect()
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

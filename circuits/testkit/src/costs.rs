//! What gadgets and statements cost in R1CS constraints: the golden `goldens/cost.csv`, the README's table, the command's
//! `inspect --costs`.
//!
//! Every number is counted in compiled rows. A gadget's are those of its scope in a small statement that holds nothing else;
//! its inputs are free and cost nothing, unless said otherwise.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::probe::{self, Gadget};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::Reading;
use zksensor_model::primitives::poseidon::MAX_INPUTS;
use zksensor_r1cs::{Circuit, Segment, compile};

/// Capacities whose costs are kept.
pub const CAPACITIES: [usize; 3] = [16, 64, 256];
/// Triangles of the fence of the aggregates.
pub const TRIANGLES: usize = 32;
/// Scopes are reported to this depth.
const DEPTH: usize = 2;

/// One line of the golden file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostRow {
    /// `gadget` or `statement`.
    pub kind: &'static str,
    /// The gadget, or the statement's id with its shape.
    pub name: String,
    /// `total`, `per reading`, or a path of scopes: `outside / ...` once a proof, `reading / ...` once a reading.
    pub scope: String,
    /// Constraints; hundredths of one are shown where they are an average.
    pub constraints: Count,
}

/// A number of constraints, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(usize);

impl Count {
    /// A whole number.
    pub fn whole(constraints: usize) -> Self {
        Count(100 * constraints)
    }

    /// An average, rounded up to a hundredth.
    pub fn average(constraints: usize, readings: usize) -> Self {
        Count((100 * constraints).div_ceil(readings))
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 / 100)?;
        if self.0.is_multiple_of(100) { Ok(()) } else { write!(f, ".{:02}", self.0 % 100) }
    }
}

/// The headline numbers, which serialize as `zksensor inspect --costs --json` prints them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CostSummary {
    /// By gadget.
    pub gadgets: GadgetCosts,
    /// By statement.
    pub statements: StatementCosts,
}

/// Constraints of the gadgets that have a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GadgetCosts {
    /// One signature.
    pub eddsa: usize,
    /// A leaf hash at a position among 2^21, its bits and the equality with the root included, the leaf hash apart.
    pub membership: usize,
    /// A location in one of 32 triangles, the hash of the fence and the bits of the location apart.
    pub fence_32: usize,
}

/// Constraints of the statements that have a budget.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StatementCosts {
    /// `reading`.
    pub reading: ReadingCost,
    /// `aggregate` of 64 readings with a fence of 32 triangles.
    pub aggregate_64: AggregateCost,
}

/// Constraints of `reading`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ReadingCost {
    /// All of them.
    pub total: usize,
}

/// Constraints of an aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AggregateCost {
    /// All of them.
    pub total: usize,
    /// All of them divided by the capacity.
    pub per_reading: f64,
}

/// Counts the headline numbers.
///
/// # Errors
/// [`SynthesisError`] as the statements'.
pub fn summary() -> Result<CostSummary, SynthesisError> {
    let capacity = 64;
    let total = compile(&aggregate(capacity))?.constraints();
    Ok(CostSummary {
        gadgets: GadgetCosts {
            eddsa: probe::constraints(Gadget::Eddsa)?,
            membership: probe::constraints(Gadget::Membership)?,
            fence_32: probe::constraints(Gadget::Fence(TRIANGLES))?,
        },
        statements: StatementCosts {
            reading: ReadingCost { total: compile(&Reading)?.constraints() },
            aggregate_64: AggregateCost { total, per_reading: total as f64 / capacity as f64 },
        },
    })
}

/// Counts everything, gadgets first.
///
/// # Errors
/// [`SynthesisError`] as the statements'.
pub fn table() -> Result<Vec<CostRow>, SynthesisError> {
    let mut rows = Vec::new();
    let mut gadgets = vec![
        (String::from("eddsa"), Gadget::Eddsa),
        (String::from("membership"), Gadget::Membership),
        (format!("fence_{TRIANGLES}"), Gadget::Fence(TRIANGLES)),
    ];
    gadgets.extend((1..=MAX_INPUTS).map(|inputs| (format!("poseidon_{inputs}"), Gadget::Poseidon(inputs))));
    for (name, gadget) in gadgets {
        let constraints = Count::whole(probe::constraints(gadget)?);
        rows.push(CostRow { kind: "gadget", name, scope: String::from("total"), constraints });
    }
    rows.extend(statement_rows(&Reading, 1)?);
    for capacity in CAPACITIES {
        rows.extend(statement_rows(&aggregate(capacity), capacity)?);
    }
    Ok(rows)
}

/// The table as the golden file has it.
pub fn to_csv(rows: &[CostRow]) -> String {
    let mut csv = String::from("kind,name,scope,constraints\n");
    for CostRow { kind, name, scope, constraints } in rows {
        csv.push_str(&format!("{kind},{name},{scope},{constraints}\n"));
    }
    csv
}

/// The aggregate of this capacity whose costs are kept.
///
/// # Panics
/// If the capacity is not one of the statement.
pub fn aggregate(capacity: usize) -> Aggregate {
    Aggregate::new(capacity, TRIANGLES).expect("a capacity of the statement")
}

fn statement_rows<S: Statement>(statement: &S, readings: usize) -> Result<Vec<CostRow>, SynthesisError> {
    let circuit: Circuit = compile(statement)?;
    let name = statement.id().to_string();
    let row = |scope: &str, constraints| CostRow {
        kind: "statement",
        name: name.clone(),
        scope: scope.to_string(),
        constraints,
    };
    let total = circuit.constraints();
    let mut rows = vec![row("total", Count::whole(total))];
    if !circuit.repeats.is_empty() {
        rows.push(row("per reading", Count::average(total, readings)));
    }
    let blocks = circuit.repeats.iter().map(|repeat| (repeat.name, &repeat.block));
    for (place, segment) in std::iter::once(("outside", &circuit.outer)).chain(blocks) {
        for (scope, constraints) in by_scope(place, segment) {
            rows.push(row(&scope, Count::whole(constraints)));
        }
    }
    Ok(rows)
}

/// Constraints of a segment by scope, to the kept depth; a scope counts what is inside it.
/// They come in the order of the circuit.
fn by_scope(place: &str, segment: &Segment) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut index = HashMap::new();
    for row in 0..segment.constraints() {
        let path = segment.path(row);
        // The scopes of a block begin with the name of its repeat.
        let path = path.strip_prefix(&[place]).unwrap_or(path);
        for depth in 0..=path.len().min(DEPTH) {
            let mut scope = String::from(place);
            for part in &path[..depth] {
                scope.push_str(" / ");
                scope.push_str(part);
            }
            let next = counts.len();
            let slot = *index.entry(scope.clone()).or_insert(next);
            if slot == next {
                counts.push((scope, 0));
            }
            counts[slot].1 += 1;
        }
    }
    counts
}

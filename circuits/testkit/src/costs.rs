//! What gadgets and statements cost in R1CS constraints: the golden `goldens/cost.csv`, the README's table, the command's
//! `inspect --costs`.
//!
//! Every number is counted in compiled rows. A gadget's are those of its scope in a small statement that holds nothing else;
//! its inputs are free and cost nothing, unless said otherwise.

use std::collections::HashMap;
use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::probe::{self, Gadget};
use super::{Specimen, SpecimenVisitor, each_specimen};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_model::primitives::poseidon::MAX_INPUTS;
use zksensor_r1cs::{Circuit, Segment, compile};

/// Triangles of the fence whose gadget has a budget.
const TRIANGLES: usize = 32;
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

/// Constraints of the statements: each in the shape that has a budget, under the name that the command has for it.
#[derive(Debug, Clone, PartialEq)]
pub struct StatementCosts(Vec<StatementCost>);

/// Constraints of a statement. Serializes as `{"total": .., "per_reading": ..}`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatementCost {
    name: &'static str,
    total: usize,
    each: Option<(&'static str, usize)>,
}

impl StatementCosts {
    /// The cost of this name, such as `aggregate_64`; `None` if there is none.
    pub fn named(&self, name: &str) -> Option<&StatementCost> {
        self.0.iter().find(|cost| cost.name == name)
    }
}

impl StatementCost {
    /// All of them.
    pub fn total(&self) -> usize {
        self.total
    }

    /// All of them divided by how many readings there are, or whatever a proof speaks of several of; `None` if it does not.
    pub fn per_each(&self) -> Option<f64> {
        self.each.map(|(_, each)| self.total as f64 / each as f64)
    }
}

impl Serialize for StatementCosts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|cost| (cost.name, cost)))
    }
}

impl Serialize for StatementCost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("total", &self.total)?;
        if let (Some((name, _)), Some(each)) = (self.each, self.per_each()) {
            map.serialize_entry(&format!("per_{name}"), &each)?;
        }
        map.end()
    }
}

/// Counts the headline numbers.
///
/// # Errors
/// [`SynthesisError`] as the statements'.
pub fn summary() -> Result<CostSummary, SynthesisError> {
    struct Headlines(Result<Vec<StatementCost>, SynthesisError>);
    impl SpecimenVisitor for Headlines {
        fn visit<S: Specimen>(&mut self) {
            for (name, statement) in S::headlines() {
                let Ok(costs) = &mut self.0 else { return };
                match compile(&statement) {
                    Ok(circuit) => {
                        let each = S::EACH.map(|name| (name, statement.each()));
                        costs.push(StatementCost { name, total: circuit.constraints(), each });
                    }
                    Err(error) => self.0 = Err(error),
                }
            }
        }
    }
    let mut headlines = Headlines(Ok(Vec::new()));
    each_specimen(&mut headlines);
    Ok(CostSummary {
        gadgets: GadgetCosts {
            eddsa: probe::constraints(Gadget::Eddsa)?,
            membership: probe::constraints(Gadget::Membership)?,
            fence_32: probe::constraints(Gadget::Fence(TRIANGLES))?,
        },
        statements: StatementCosts(headlines.0?),
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
    let mut statements = Statements(Ok(rows));
    each_specimen(&mut statements);
    statements.0
}

/// The lines of every statement behind those of the gadgets.
struct Statements(Result<Vec<CostRow>, SynthesisError>);

impl SpecimenVisitor for Statements {
    fn visit<S: Specimen>(&mut self) {
        for shape in S::cost_shapes() {
            let Ok(rows) = &mut self.0 else { return };
            match statement_rows(&shape) {
                Ok(more) => rows.extend(more),
                Err(error) => self.0 = Err(error),
            }
        }
    }
}

/// The table as the golden file has it.
pub fn to_csv(rows: &[CostRow]) -> String {
    let mut csv = String::from("kind,name,scope,constraints\n");
    for CostRow { kind, name, scope, constraints } in rows {
        csv.push_str(&format!("{kind},{name},{scope},{constraints}\n"));
    }
    csv
}

fn statement_rows<S: Specimen>(statement: &S) -> Result<Vec<CostRow>, SynthesisError> {
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
    if let Some(name) = S::EACH {
        rows.push(row(&format!("per {name}"), Count::average(total, statement.each())));
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
        let path = path.split_first().filter(|(first, _)| **first == place).map_or(path, |(_, rest)| rest);
        for depth in 0..=path.len().min(DEPTH) {
            let mut scope = String::from(place);
            for part in &path[..depth] {
                scope.push_str(" / ");
                scope.push_str(part.name());
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

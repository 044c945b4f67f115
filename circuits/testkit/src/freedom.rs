//! How much of a claim the prover may choose: the dimension of the constraints' kernel where public inputs stand still and
//! everything else moves, free inputs too.
//!
//! [`super::rigidity`] holds the free inputs still, so a link that is missing *between* them is none of its business: a
//! Merkle path whose children are not tied to the node below, a nullifier of another secret. Such a link takes one equation
//! away, and the kernel grows by one. What the numbers are is a golden file.
//!
//! Each dimension is counted in one scope: that of the first free input that moves, in the order of the circuit. A free input
//! leads a dimension if it can move while all free inputs before it stand still. Integers that are ranged by bits cannot move to
//! first order and count nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use ark_ff::{AdditiveGroup, Field};

use super::elimination::{Reduction, SparseRow, derivative};
use super::rigidity::free_columns;
use super::{Specimen, SpecimenVisitor, each_specimen};
use zksensor_circuits::statement::Statement;
use zksensor_circuits::trace::WireKind;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_model::rule::Scope;
use zksensor_r1cs::{Circuit, Sequential, compile};

/// The freedom of one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeFreedom {
    /// The scopes around the free inputs, with the instance of a repeat; `outside` for those in no scope.
    pub scope: String,
    /// Free inputs.
    pub inputs: usize,
    /// Dimensions that a free input of the scope leads.
    pub freedom: usize,
}

/// The freedom at a satisfying assignment, by scope in the order of the circuit. Wires that move while all free inputs stand
/// still, of which a sound circuit has none, come last in the scope `wires`.
///
/// # Panics
/// If the assignment does not satisfy the circuit: its derivative would say nothing.
pub fn freedom(circuit: &Circuit, assignment: &[Fr]) -> Vec<ScopeFreedom> {
    assert_eq!(circuit.first_unsatisfied(assignment), None, "freedom wants a satisfying assignment");
    let free = free_columns(circuit);
    let is_wire = |column: usize| column > circuit.publics() && !free.contains(&column);
    let wires = Reduction::new(derivative(circuit, assignment, is_wire));
    let moved = wires.combine_idle(&derivative(circuit, assignment, |column| free.contains(&column)));
    let tied = last_columns(moved);
    let mut scopes: Vec<ScopeFreedom> = Vec::new();
    let mut numbers = BTreeMap::new();
    for (scope, column) in sites(circuit) {
        let number = *numbers.entry(scope.clone()).or_insert(scopes.len());
        if number == scopes.len() {
            scopes.push(ScopeFreedom { scope, inputs: 0, freedom: 0 });
        }
        scopes[number].inputs += 1;
        scopes[number].freedom += usize::from(!tied.contains(&column));
    }
    let unknown = circuit.columns() - 1 - circuit.publics() - free.len();
    let loose = unknown - wires.pivots();
    if loose > 0 {
        scopes.push(ScopeFreedom { scope: String::from("wires"), inputs: 0, freedom: loose });
    }
    scopes
}

/// The golden file: the freedom of every statement at a claim in which nothing happens to be equal.
///
/// # Panics
/// If a statement does not compile or refuses its claim.
pub fn freedom_csv() -> String {
    struct Lines(String);
    impl SpecimenVisitor for Lines {
        fn visit<S: Specimen>(&mut self) {
            let (shape, count) = S::unfilled();
            let (inputs, witness) = shape.generic(count, 1);
            add(&mut self.0, &shape, count, &inputs, &witness);
        }
    }
    let mut lines = Lines(String::from("statement,readings,scope,free inputs,freedom\n"));
    each_specimen(&mut lines);
    lines.0
}

fn add<S: Statement>(
    csv: &mut String,
    statement: &S,
    readings: usize,
    inputs: &S::Inputs,
    witness: &S::Witness,
) {
    let circuit = compile(statement).expect("the statement compiles");
    let words = inputs.to_words().expect("the inputs fit their layout");
    let assignment = circuit
        .assign(statement, &words, witness, &Sequential, None)
        .expect("the witness program has the compiled shape");
    let scopes = freedom(&circuit, &assignment);
    let total = ScopeFreedom {
        scope: String::from("total"),
        inputs: scopes.iter().map(|scope| scope.inputs).sum(),
        freedom: scopes.iter().map(|scope| scope.freedom).sum(),
    };
    for ScopeFreedom { scope, inputs, freedom } in std::iter::once(&total).chain(&scopes) {
        writeln!(csv, "{},{readings},{scope},{inputs},{freedom}", statement.id())
            .expect("writing to a string does not fail");
    }
}

/// Scope and column of every free input, in the order of the circuit.
fn sites(circuit: &Circuit) -> Vec<(String, usize)> {
    let mut all = Vec::new();
    for view in circuit.segments() {
        let segment = view.segment;
        for wire in segment.wires.iter().filter(|wire| wire.kind == WireKind::Witness) {
            let path = segment.wire_path(wire);
            let scope = match (view.instance, path) {
                (None, []) => String::from("outside"),
                (None, path) => Scope::join(path),
                (Some(instance), [repeat]) => format!("{repeat}[{instance}]"),
                (Some(instance), [repeat, path @ ..]) => {
                    format!("{repeat}[{instance}] / {}", Scope::join(path))
                }
                (Some(_), []) => unreachable!("a block is in the scope of its repeat"),
            };
            let first = 1 + segment.publics + wire.column;
            for offset in 0..wire.count {
                let local = u32::try_from(first + offset).expect("fewer than 2^32 columns");
                all.push((scope.clone(), view.global(local)));
            }
        }
    }
    all
}

/// The columns that are no combination of the columns after them.
fn last_columns(rows: Vec<SparseRow>) -> BTreeSet<usize> {
    let mut leaders: BTreeMap<usize, SparseRow> = BTreeMap::new();
    for mut row in rows {
        while let Some((last, entry)) = row.last_key_value().map(|(last, entry)| (*last, *entry)) {
            let Some(leader) = leaders.get(&last) else {
                leaders.insert(last, row);
                break;
            };
            let factor = entry * leader[&last].inverse().expect("entries that are zero were dropped");
            for (column, entry) in leader {
                *row.entry(*column).or_default() -= factor * entry;
            }
            row.retain(|_, entry| *entry != Fr::ZERO);
        }
    }
    leaders.into_keys().collect()
}

//! First-order rigidity: no wire can move while the free inputs stand still.
//!
//! At a satisfying assignment z the constraints' derivative d(Az o Bz - Cz) is a sparse matrix over the columns that are
//! neither public nor declared free (a [`WireKind::Witness`]). If its kernel is zero, every other wire is determined to
//! first order; a kernel vector that is not zero names wires that can move. Isolated second solutions (a root, a missing
//! boolean constraint's 0 and 1) are invisible to it: forged hints cover those.
//!
//! Public inputs stand still here, so that one which no row holds would go unnoticed: those are listed apart.

use std::collections::{BTreeMap, BTreeSet};

use ark_ff::{AdditiveGroup, Field};

use super::elimination::{SparseRow, derivative, eliminate, peel};
use zksensor_circuits::trace::WireKind;
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;
use zksensor_r1cs::Circuit;

/// A wire that can move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LooseWire {
    /// Column of the full assignment.
    pub column: usize,
    /// The scopes around it, the instance of a repeat, and its name; products have the name `product`.
    pub name: String,
}

/// What [`rigidity`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rigidity {
    /// Columns that had to be determined.
    pub wires: usize,
    /// Dimension of the kernel: 0 if no wire can move.
    pub nullity: usize,
    /// As many wires, the earliest in the circuit, that would hold all others still if they were tied.
    pub loose: Vec<LooseWire>,
    /// Public inputs, 0 up, that no row holds: the statement says nothing about them.
    pub unbound: Vec<usize>,
}

/// The kernel of the constraints' derivative at a satisfying assignment.
///
/// # Panics
/// If the assignment does not satisfy the circuit: its derivative would say nothing.
pub fn rigidity(circuit: &Circuit, assignment: &[Fr]) -> Rigidity {
    assert_eq!(circuit.first_unsatisfied(assignment), None, "rigidity wants a satisfying assignment");
    let names = Names::new(circuit);
    let mut rows =
        derivative(circuit, assignment, |column| column > circuit.publics() && !names.free.contains(&column));
    let pinned = peel(&mut rows, |_| ());
    let pivots = eliminate(&mut rows, |_| ());
    let solved: BTreeSet<usize> =
        pivots.iter().map(|(column, _)| *column).chain(pinned.iter().map(|(column, _)| *column)).collect();
    let pivots: Vec<(usize, SparseRow)> =
        pivots.into_iter().map(|(column, pivot)| (column, pivot.row)).collect();
    let unknown: Vec<usize> =
        (circuit.publics() + 1..circuit.columns()).filter(|column| !names.free.contains(column)).collect();
    let unsolved = unknown.iter().copied().filter(|column| !solved.contains(column));
    let loose: Vec<LooseWire> = earliest(unsolved, &pivots)
        .into_iter()
        .map(|column| LooseWire { column, name: names.of(column) })
        .collect();
    let wires = unknown.len();
    Rigidity { wires, nullity: loose.len(), loose, unbound: unbound(circuit) }
}

/// Public inputs, 0 up, whose column has no entry.
fn unbound(circuit: &Circuit) -> Vec<usize> {
    let mut held = vec![false; circuit.publics() + 1];
    for view in circuit.segments() {
        for rows in [&view.segment.a, &view.segment.b, &view.segment.c] {
            for (coefficient, column) in (0..rows.len()).flat_map(|row| rows.row(row)) {
                if let Some(held) = held.get_mut(view.global(*column)) {
                    *held |= *coefficient != Fr::ZERO;
                }
            }
        }
    }
    (0..circuit.publics()).filter(|index| !held[index + 1]).collect()
}

/// The leading columns of the kernel in echelon form, from a basis of one vector for each column without a pivot.
fn earliest(unsolved: impl Iterator<Item = usize>, pivots: &[(usize, SparseRow)]) -> Vec<usize> {
    let mut leaders: BTreeMap<usize, SparseRow> = BTreeMap::new();
    for column in unsolved {
        let mut vector = SparseRow::from([(column, Fr::ONE)]);
        for (pivot, row) in pivots.iter().rev() {
            let sum: Fr = row.iter().filter_map(|(column, entry)| Some(*entry * vector.get(column)?)).sum();
            if sum != Fr::ZERO {
                vector.insert(*pivot, -sum * row[pivot].inverse().expect("a pivot is not zero"));
            }
        }
        while let Some((lead, value)) = vector.first_key_value().map(|(lead, value)| (*lead, *value)) {
            let Some(leader) = leaders.get(&lead) else {
                leaders.insert(lead, vector);
                break;
            };
            let factor = value * leader[&lead].inverse().expect("entries that are zero were dropped");
            for (column, entry) in leader {
                *vector.entry(*column).or_default() -= factor * entry;
            }
            vector.retain(|_, entry| *entry != Fr::ZERO);
        }
    }
    leaders.into_keys().collect()
}

/// The columns of free inputs.
pub(super) fn free_columns(circuit: &Circuit) -> BTreeSet<usize> {
    Names::new(circuit).free
}

/// The names of columns, and which are free.
struct Names {
    free: BTreeSet<usize>,
    wires: BTreeMap<usize, String>,
}

impl Names {
    fn new(circuit: &Circuit) -> Self {
        let mut names = Names { free: BTreeSet::new(), wires: BTreeMap::new() };
        for view in circuit.segments() {
            let segment = view.segment;
            let first = 1 + segment.publics;
            for wire in &segment.wires {
                let path = Scope::join(segment.wire_path(wire));
                let instance = view.instance.map(|instance| format!("[{instance}]")).unwrap_or_default();
                for offset in 0..wire.count {
                    let local = u32::try_from(first + wire.column + offset).expect("fewer than 2^32 columns");
                    let column = view.global(local);
                    names.wires.insert(column, format!("{path}{instance} / {} {offset}", wire.name));
                    if wire.kind == WireKind::Witness {
                        names.free.insert(column);
                    }
                }
            }
        }
        names
    }

    fn of(&self, column: usize) -> String {
        self.wires.get(&column).cloned().unwrap_or_else(|| format!("product at column {column}"))
    }
}

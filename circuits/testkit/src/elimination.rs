//! Elimination in the constraints' derivative, with a note of every row operation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ark_ff::{AdditiveGroup, Field};

use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Rows, Segment};

/// Column -> entry that is not zero.
pub(super) type SparseRow = BTreeMap<usize, Fr>;

/// target -= entry / pivot * row: one row operation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// The row that changes.
    pub(super) target: usize,
    /// The row that is subtracted.
    pub(super) row: usize,
    /// Its entry in the pivot's column.
    pub(super) pivot: Fr,
    /// The target's entry there.
    pub(super) entry: Fr,
}

/// A row that determines a column.
pub(super) struct Pivot {
    /// Which.
    pub(super) index: usize,
    /// Its entries, none in the column of an earlier pivot.
    pub(super) row: SparseRow,
}

/// The rows of d(Az o Bz - Cz) over the columns that move.
pub(super) fn derivative(
    circuit: &Circuit,
    assignment: &[Fr],
    moves: impl Fn(usize) -> bool,
) -> Vec<SparseRow> {
    let mut all = Vec::with_capacity(circuit.constraints());
    for view in circuit.segments() {
        let Segment { a, b, c, .. } = view.segment;
        for row in 0..view.segment.constraints() {
            let value = |rows: &Rows| rows.evaluate(row, |column| assignment[view.global(column)]);
            let (left, right) = (value(a), value(b));
            let mut sparse = SparseRow::new();
            for (rows, scale) in [(a, right), (b, left), (c, -Fr::ONE)] {
                for (coefficient, column) in rows.row(row) {
                    let column = view.global(*column);
                    if moves(column) {
                        *sparse.entry(column).or_default() += *coefficient * scale;
                    }
                }
            }
            sparse.retain(|_, value| *value != Fr::ZERO);
            all.push(sparse);
        }
    }
    all
}

/// Removes, again and again, columns that some row determines alone; returns them with their rows.
pub(super) fn peel(rows: &mut [SparseRow], mut note: impl FnMut(Step)) -> Vec<(usize, usize)> {
    let mut occurrences: HashMap<usize, Vec<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        for column in row.keys() {
            occurrences.entry(*column).or_default().push(index);
        }
    }
    let mut ready: Vec<usize> = (0..rows.len()).filter(|index| rows[*index].len() == 1).collect();
    let mut pinned = Vec::new();
    while let Some(row) = ready.pop() {
        let Some((column, pivot)) = rows[row].pop_first() else { continue };
        pinned.push((column, row));
        for target in occurrences.remove(&column).unwrap_or_default() {
            if let Some(entry) = rows[target].remove(&column) {
                note(Step { target, row, pivot, entry });
                if rows[target].len() == 1 {
                    ready.push(target);
                }
            }
        }
    }
    pinned
}

/// Gaussian elimination, shortest row and rarest column first; returns each pivot's column with its row. Rows that are
/// left hold nothing.
pub(super) fn eliminate(rows: &mut [SparseRow], mut note: impl FnMut(Step)) -> Vec<(usize, Pivot)> {
    let mut holders: HashMap<usize, BTreeSet<usize>> = HashMap::new();
    for (index, row) in rows.iter().enumerate() {
        for column in row.keys() {
            holders.entry(*column).or_default().insert(index);
        }
    }
    let mut queue: BTreeSet<(usize, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !row.is_empty())
        .map(|(index, row)| (row.len(), index))
        .collect();
    let mut pivots = Vec::new();
    while let Some((_, index)) = queue.pop_first() {
        let row = std::mem::take(&mut rows[index]);
        for column in row.keys() {
            holders.entry(*column).or_default().remove(&index);
        }
        let Some(column) = row.keys().copied().min_by_key(|column| holders[column].len()) else { continue };
        let pivot = row[&column];
        let scale = pivot.inverse().expect("entries that are zero were dropped");
        for target in holders.remove(&column).unwrap_or_default() {
            queue.remove(&(rows[target].len(), target));
            let entry = rows[target].remove(&column).expect("it holds the pivot");
            note(Step { target, row: index, pivot, entry });
            let factor = entry * scale;
            for (column, value) in row.iter().filter(|(other, _)| **other != column) {
                let entry = rows[target].entry(*column).or_default();
                *entry -= factor * value;
                if *entry == Fr::ZERO {
                    rows[target].remove(column);
                    holders.entry(*column).or_default().remove(&target);
                } else {
                    holders.entry(*column).or_default().insert(target);
                }
            }
            if !rows[target].is_empty() {
                queue.insert((rows[target].len(), target));
            }
        }
        pivots.push((column, Pivot { index, row }));
    }
    pivots
}

/// Rows reduced to pivots and to nothing.
pub(super) struct Reduction {
    pub(super) rows: usize,
    /// (target, row, factor): target -= factor * row.
    steps: Vec<(usize, usize, Fr)>,
    /// Rows of which nothing was left.
    pub(super) idle: Vec<usize>,
}

impl Reduction {
    pub(super) fn new(mut rows: Vec<SparseRow>) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        let mut leads = vec![false; rows.len()];
        for (_, row) in peel(&mut rows, |step| steps.push(step)) {
            leads[row] = true;
        }
        for (_, pivot) in eliminate(&mut rows, |step| steps.push(step)) {
            leads[pivot.index] = true;
        }
        let mut inverses: Vec<Fr> = steps.iter().map(|step| step.pivot).collect();
        ark_ff::batch_inversion(&mut inverses);
        let steps = steps
            .iter()
            .zip(inverses)
            .map(|(step, inverse)| (step.target, step.row, step.entry * inverse))
            .collect();
        let idle = (0..leads.len()).filter(|row| !leads[*row]).collect();
        Reduction { rows: leads.len(), steps, idle }
    }

    /// Number of columns that some row determines.
    pub(super) fn pivots(&self) -> usize {
        self.rows - self.idle.len()
    }

    /// What is left of `rest`, other columns of the same rows, where the reduced ones vanish.
    pub(super) fn combine_idle(&self, rest: &[SparseRow]) -> Vec<SparseRow> {
        let rest: Vec<(usize, &SparseRow)> =
            rest.iter().enumerate().filter(|(_, row)| !row.is_empty()).collect();
        let combine = |idle: &usize| {
            let mut weights = vec![Fr::ZERO; self.rows];
            weights[*idle] = Fr::ONE;
            self.pull_back(&mut weights);
            let mut sum = SparseRow::new();
            for (row, entries) in rest.iter().filter(|(row, _)| weights[*row] != Fr::ZERO) {
                for (column, entry) in *entries {
                    *sum.entry(*column).or_default() += weights[*row] * entry;
                }
            }
            sum.retain(|_, entry| *entry != Fr::ZERO);
            sum
        };
        self.idle.iter().map(combine).collect()
    }

    /// Weights of the reduced rows as weights of the first.
    pub(super) fn pull_back(&self, weights: &mut [Fr]) {
        for (target, row, factor) in self.steps.iter().rev() {
            let weight = weights[*target];
            if weight != Fr::ZERO {
                weights[*row] -= *factor * weight;
            }
        }
    }
}

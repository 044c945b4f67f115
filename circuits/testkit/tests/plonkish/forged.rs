//! A sample of the cells of every statement's table, each changed by one, and of the hints of `reading`, each overridden by what a hostile
//! prover would try: a constraint refuses them.

use std::sync::Mutex;

use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Binding, Statement};
use zksensor_circuits::trace::{Hook, Site, WireKind};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_plonkish::{Circuit, Scalar, assign, compile, to_scalar};
use zksensor_testkit::{ClaimOf, hostile_values};

use super::cells::by_cell;
use super::kit::{Tested, TestedVisitor, each_tested};

/// Cells of a statement that are changed, about.
const CELLS: usize = 3_000;
/// Hints that are overridden, about.
const HINTS: usize = 60;

/// Where a witness or hint stands: the instance and the number of the site, and its name.
type Place = (Vec<String>, usize, usize, &'static str);

fn place(site: &Site<'_>) -> Place {
    let path = site.path.iter().map(ToString::to_string).collect();
    (path, site.instance, site.index, site.name)
}

/// Notes every site of a kind with its values.
struct Note(WireKind, Mutex<Vec<(Place, Vec<Fr>)>>);

impl Hook for Note {
    fn visit(&self, site: &Site<'_>, values: &mut [Fr]) {
        if site.kind == self.0 {
            self.1.lock().unwrap().push((place(site), values.to_vec()));
        }
    }
}

/// Puts other values where a site is.
struct Put<'p>(&'p Place, Vec<Fr>);

impl Hook for Put<'_> {
    fn visit(&self, site: &Site<'_>, values: &mut [Fr]) {
        if site.name == self.0.3 && place(site) == *self.0 {
            values.copy_from_slice(&self.1);
        }
    }
}

struct Table<S: Statement> {
    statement: S,
    blank: Circuit,
    words: Vec<Fr>,
    witness: S::Witness,
}

impl<S: Statement> Table<S> {
    fn of(statement: S, (inputs, witness): ClaimOf<S>) -> Self {
        let blank = compile(&statement).unwrap();
        Table { statement, blank, words: inputs.to_words().unwrap(), witness }
    }

    fn with(&self, hook: &dyn Hook) -> Circuit {
        assign(&self.statement, self.blank.size(), &self.words, &self.witness, Some(hook)).unwrap()
    }

    fn sites(&self, kind: WireKind) -> (Circuit, Vec<(Place, Vec<Fr>)>) {
        let note = Note(kind, Mutex::default());
        let circuit = self.with(&note);
        (circuit, note.1.into_inner().unwrap())
    }

    /// Whether a cell is a free input that the claim leaves free: with that input one more the table is this one but for the cell, and holds.
    fn is_free_input(&self, witnesses: &[(Place, Vec<Fr>)], values: &[Scalar], cell: usize) -> bool {
        let mut moved = values.to_vec();
        moved[cell] += Scalar::one();
        witnesses.iter().any(|(place, given)| {
            (0..given.len()).filter(|at| to_scalar(&given[*at]) == values[cell]).any(|at| {
                let mut other = given.clone();
                other[at] += Fr::from(1u64);
                let table = self.with(&Put(place, other));
                table.failures().is_empty() && table.values() == moved
            })
        })
    }
}

struct Cells;

impl TestedVisitor for Cells {
    fn visit<S: Tested>(&mut self) {
        let statement = S::small();
        let id = statement.id();
        let table = Table::of(statement, S::claim(&S::sparse(), Binding::NONE));
        let (circuit, witnesses) = table.sites(WireKind::Witness);
        assert!(circuit.failures().is_empty() && circuit.unmet().is_empty());
        let (mut values, constraints) = (circuit.values(), circuit.constraints());
        let by_cell = by_cell(&constraints, values.len());
        let (mut looked_at, mut free) = (0, Vec::new());
        for cell in (0..values.len()).step_by(values.len().div_ceil(CELLS)) {
            looked_at += 1;
            values[cell] += Scalar::one();
            let hold =
                by_cell[cell].iter().all(|index| constraints[*index].holds(&values, circuit.publics()));
            values[cell] -= Scalar::one();
            if hold {
                free.push(cell);
            }
        }
        assert!(looked_at > CELLS / 2 && free.len() < looked_at / 50, "{id}: {} of {looked_at}", free.len());
        for cell in free {
            assert!(table.is_free_input(&witnesses, &values, cell), "cell {cell} of {id}");
        }
    }
}

#[test]
fn no_cell_of_a_statement_moves() {
    each_tested(&mut Cells);
}

#[test]
fn no_hint_of_a_reading_moves() {
    let claim = SingleReading::claim(&SingleReading::sparse(), Binding::NONE);
    let table = Table::of(SingleReading, claim);
    let (_, hints) = table.sites(WireKind::Hint);
    assert!(hints.len() > 1_000, "{}", hints.len());
    let (mut forged, mut accepted) = (0, Vec::new());
    for (place, values) in hints.iter().step_by(hints.len().div_ceil(HINTS)) {
        for hostile in hostile_values(values) {
            if hostile.values == *values {
                continue;
            }
            forged += 1;
            let circuit = table.with(&Put(place, hostile.values));
            assert_eq!(circuit.failures().is_empty(), circuit.unmet().is_empty(), "{place:?}");
            if circuit.unmet().is_empty() {
                accepted.push((place, hostile.family));
            }
        }
    }
    assert!(forged > 3 * HINTS && accepted.is_empty(), "{forged}: {accepted:?}");
}

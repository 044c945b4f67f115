//! Constraint deletion: would anybody notice if a row were gone?
//!
//! * **Rigidity** notices a row without which something can move: its derivative is no combination of the others', where
//!   public inputs, free inputs and wires all move. One elimination tells that of all rows at once.
//! * **A bad vector** or **a forgery** notices a row if it is the only one that it breaks: with the row it is refused,
//!   without it accepted.
//! * Most rows of a gadget are hidden behind its user: a point that is wrong off the curve cannot meet the equation of the
//!   signature, whatever made it wrong. So both are asked of each **scope** alone, too: do its rows determine its wires while
//!   all that comes in stands still; is the row the only one of its scope that a vector or a forgery breaks? A row that only
//!   repeats one of another scope is therefore not found; each scope is to keep its own promise.
//!
//! What is left is redundant, or lacks a test.

mod independence;

use std::collections::{BTreeSet, HashMap};
use std::num::NonZero;
use std::thread;

use ark_ff::{AdditiveGroup, Field};

use self::independence::{independent_in_scope, independent_rows};
use super::forgery::{Forger, Target};
use super::hostile::{Hostile, hostile_values};
use zksensor_circuits::statement::Statement;
use zksensor_model::field::Fr;
use zksensor_model::rule::Scope;
use zksensor_r1cs::{Circuit, Segment};

/// Who notices that a row is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Notice {
    /// More can be claimed without it: the public inputs, the free inputs and the wires can move together.
    Rigidity,
    /// A wire of its scope can move without it while all that comes into the scope stands still.
    ScopeRigidity,
    /// A bad vector breaks it alone.
    Vector,
    /// A bad vector breaks no other row of its scope.
    ScopeVector,
    /// A forgery breaks it alone.
    Forgery,
    /// A forgery breaks no other row of its scope: what other scopes make of the results refuses it.
    ScopeForgery,
    /// It is of a gadget that another statement has, whose rows are deleted there.
    Elsewhere,
}

impl Notice {
    /// Every one.
    pub const ALL: [Notice; 7] = [
        Notice::Rigidity,
        Notice::ScopeRigidity,
        Notice::Vector,
        Notice::ScopeVector,
        Notice::Forgery,
        Notice::ScopeForgery,
        Notice::Elsewhere,
    ];
}

/// A row that nobody misses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// Its number: rows outside of blocks, then those of each repeat's block once.
    pub row: usize,
    /// The scopes around it, outermost first.
    pub path: Vec<Scope>,
    /// Its number in its scope.
    pub nth: usize,
}

/// What is known of every row of a circuit. A row of a block is one row, however many instances: it is deleted in all.
#[derive(Clone)]
pub struct Deletions<'c> {
    circuit: &'c Circuit,
    /// The row, once a block, of each row of the circuit.
    originals: Vec<usize>,
    /// Scope of each row.
    scopes: Vec<usize>,
    noticed: Vec<Option<Notice>>,
    /// Scopes that a block enters several times with the same rows, and how often.
    unrolled: Vec<(&'static str, usize)>,
    /// Scopes whose rows are deleted elsewhere.
    elsewhere: Vec<&'static str>,
}

/// Entries of an unrolled scope whose hints are forged: the first of all, and one that follows another.
const ENTRIES: usize = 2;

impl<'c> Deletions<'c> {
    /// Nothing is known yet. Of the scopes in `unrolled` a block enters each so many times, with the same rows: a row of such a scope is
    /// one row, too, and deleted in all.
    ///
    /// # Panics
    /// If the rows of such a scope are not as many times the same number.
    pub fn unrolled(circuit: &'c Circuit, unrolled: &[(&'static str, usize)]) -> Self {
        let mut deletions = Deletions { unrolled: unrolled.to_vec(), ..Deletions::new(circuit) };
        let mut rows: HashMap<usize, (usize, Vec<usize>)> = HashMap::new();
        for (row, path) in deletions.paths().enumerate() {
            if let Some(times) = deletions.times(path) {
                rows.entry(deletions.scopes[row]).or_insert((times, Vec::new())).1.push(row);
            }
        }
        let mut first: Vec<usize> = (0..deletions.noticed.len()).collect();
        for (times, rows) in rows.values() {
            assert_eq!(rows.len() % times, 0, "a scope is entered {times} times with the same rows");
            let each = rows.len() / times;
            rows.iter().enumerate().for_each(|(nth, row)| first[*row] = rows[nth % each]);
        }
        deletions.originals.iter_mut().for_each(|original| *original = first[*original]);
        deletions
    }

    /// Leaves the rows of these scopes to another statement.
    pub fn leave(&mut self, scopes: &[&'static str]) {
        self.elsewhere = scopes.to_vec();
        let left: Vec<bool> = self.paths().map(|path| self.is_left(path)).collect();
        for row in (0..left.len()).filter(|row| left[*row]) {
            self.notice(row, Notice::Elsewhere);
        }
    }

    fn is_left(&self, path: &[Scope]) -> bool {
        self.elsewhere.iter().any(|name| path.contains(&Scope::Part(name)))
    }

    /// How often a block enters an unrolled scope of this path; `None` if there is none around it.
    fn times(&self, path: &[Scope]) -> Option<usize> {
        let found = self.unrolled.iter().find(|(name, _)| path.contains(&Scope::Part(name)));
        found.map(|(_, times)| *times)
    }

    /// Nothing is known yet.
    pub fn new(circuit: &'c Circuit) -> Self {
        let (mut originals, mut scopes, mut numbers) = (Vec::new(), Vec::new(), HashMap::new());
        let mut first = HashMap::new();
        for view in circuit.segments() {
            let segment: *const Segment = view.segment;
            let next = scopes.len();
            let start = *first.entry(segment).or_insert(next);
            originals.extend((0..view.segment.constraints()).map(|row| start + row));
            if start == next {
                for row in 0..view.segment.constraints() {
                    let next = numbers.len();
                    scopes.push(*numbers.entry((segment, view.segment.path(row))).or_insert(next));
                }
            }
        }
        let noticed = vec![None; scopes.len()];
        Deletions { circuit, originals, scopes, noticed, unrolled: Vec::new(), elsewhere: Vec::new() }
    }

    /// Number of rows that are deleted here.
    pub fn rows(&self) -> usize {
        self.originals.iter().collect::<BTreeSet<_>>().len() - self.count(Notice::Elsewhere)
    }

    /// Number of rows, those of a block once: what [`Survivor::row`] counts.
    pub fn numbers(&self) -> usize {
        self.noticed.len()
    }

    /// The scopes around each row, once a block.
    fn paths(&self) -> impl Iterator<Item = &'c [Scope]> {
        let blocks = self.circuit.repeats.iter().map(|repeat| &repeat.block);
        let segments = std::iter::once(&self.circuit.outer).chain(blocks);
        segments.flat_map(|segment| (0..segment.constraints()).map(|row| segment.path(row)))
    }

    /// Takes note of the rows without which something could move at this assignment.
    ///
    /// # Panics
    /// If the assignment does not satisfy the circuit.
    pub fn by_rigidity(&mut self, assignment: &[Fr]) {
        assert_eq!(
            self.circuit.first_unsatisfied(assignment),
            None,
            "rigidity wants a satisfying assignment"
        );
        self.notice_all(&independent_rows(self.circuit, assignment), Notice::Rigidity);
        self.notice_all(&independent_in_scope(self.circuit, assignment), Notice::ScopeRigidity);
    }

    /// Takes note of the rows that a bad vector breaks alone, in the circuit or in their scope.
    pub fn by_vector(&mut self, assignment: &[Fr]) {
        let failed: Vec<usize> = self.circuit.unsatisfied(assignment).map(|row| row.constraint).collect();
        self.by_failures(&failed, Notice::Vector, Notice::ScopeVector);
    }

    /// As [`Deletions::by_vector`] for each of these overrides of a claim.
    pub fn by_lies<S: Statement>(&mut self, forger: &Forger<'_, S>, lies: &[Vec<(&Target, &[Fr])>]) {
        self.share(lies.len(), |deletions, lie| {
            deletions.by_failures(&forger.failed(&lies[lie]), Notice::Vector, Notice::ScopeVector);
        });
    }

    /// Takes note of the rows that forged hints and products break alone, in the circuit or in their scope.
    pub fn by_forgery<S: Statement>(&mut self, forger: &Forger<'_, S>) {
        let hints = self.few_of_many(forger.hints());
        self.share(hints.len(), |deletions, index| {
            let target = &hints[index];
            for Hostile { values, .. } in hostile_values(forger.values(target)) {
                deletions.by_override(forger, target, &values);
            }
        });
        self.share(self.originals.len(), |deletions, row| {
            if deletions.noticed[deletions.originals[row]].is_none()
                && let Some(target) = forger.product(row)
                && forger.is_looked_at(&target)
            {
                let value = forger.values(&target)[0];
                for values in [value + Fr::ONE, value - Fr::ONE, -value] {
                    let failed = forger.failed(&[(&target, &[values])]);
                    deletions.by_failures(&failed, Notice::Forgery, Notice::ScopeForgery);
                }
            }
        });
    }

    /// Of the hints in unrolled scopes those of the first entries: the rows of the others are the same.
    fn few_of_many(&self, mut hints: Vec<Target>) -> Vec<Target> {
        let key = |hint: &Target| (hint.repeat, hint.instance, hint.path.clone(), hint.name);
        let mut totals: HashMap<_, usize> = HashMap::new();
        hints.iter().for_each(|hint| *totals.entry(key(hint)).or_default() += 1);
        hints.retain(|hint| !self.is_left(&hint.path));
        hints.retain(|hint| {
            self.times(&hint.path)
                .is_none_or(|times| hint.nth / (totals[&key(hint)] / times).max(1) < ENTRIES)
        });
        hints
    }

    /// Shares jobs 0 to `count` - 1 among threads, and joins what they noticed.
    fn share(&mut self, count: usize, job: impl Fn(&mut Self, usize) + Sync) {
        let workers = thread::available_parallelism().map_or(1, NonZero::get);
        let all = thread::scope(|scope| {
            let running: Vec<_> = (0..workers)
                .map(|worker| {
                    let (mut part, job) = (self.clone(), &job);
                    scope.spawn(move || {
                        (worker..count).step_by(workers).for_each(|index| job(&mut part, index));
                        part.noticed
                    })
                })
                .collect();
            let join =
                |worker: thread::ScopedJoinHandle<'_, _>| worker.join().expect("a forger does not panic");
            running.into_iter().map(join).collect::<Vec<_>>()
        });
        for (row, notice) in all.iter().flat_map(|noticed| noticed.iter().enumerate()) {
            if let Some(notice) = notice {
                self.notice(row, *notice);
            }
        }
    }

    /// As [`Deletions::by_forgery`] for one override.
    fn by_override<S: Statement>(&mut self, forger: &Forger<'_, S>, target: &Target, values: &[Fr]) {
        // Rows that fail whatever follows: no need to know what follows.
        match forger.failed_at_once(target, values)[..] {
            [] => {}
            [row] if self.noticed[self.originals[row]].is_none() => {}
            _ => return,
        }
        let failed = forger.failed(&[(target, values)]);
        self.by_failures(&failed, Notice::Forgery, Notice::ScopeForgery);
    }

    /// Takes note of the product rows that a false claim with these overrides breaks alone, if their product is set to 0
    /// or off by one: links of a chain of products that must end in 0, and results that meet what is claimed. `scopes`
    /// says which products, by the scopes around them; of a block of many instances, those of which [`Forger::hints`] are.
    pub fn by_products<S: Statement>(
        &mut self,
        forger: &Forger<'_, S>,
        overrides: &[(&Target, &[Fr])],
        scopes: impl Fn(&[Scope]) -> bool,
    ) {
        let products: Vec<Target> = (0..self.originals.len())
            .filter(|row| self.noticed[self.originals[*row]].is_none())
            .filter_map(|row| forger.product(row))
            .filter(|target| scopes(&target.path) && forger.is_looked_at(target))
            .collect();
        self.share(products.len(), |deletions, index| {
            let target = &products[index];
            let value = forger.values(target)[0];
            for forged in [[Fr::ZERO], [value + Fr::ONE], [value - Fr::ONE]] {
                let overrides = [overrides, &[(target, &forged[..])]].concat();
                deletions.by_failures(&forger.failed(&overrides), Notice::Vector, Notice::ScopeVector);
            }
        });
    }

    /// Takes note of a row that fails alone, or alone in its scope.
    fn by_failures(&mut self, failed: &[usize], alone: Notice, in_scope: Notice) {
        let failed: BTreeSet<usize> = failed.iter().map(|row| self.originals[*row]).collect();
        let mut scopes: HashMap<usize, usize> = HashMap::new();
        for row in &failed {
            *scopes.entry(self.scopes[*row]).or_default() += 1;
        }
        for row in &failed {
            if failed.len() == 1 {
                self.notice(*row, alone);
            } else if scopes[&self.scopes[*row]] == 1 {
                self.notice(*row, in_scope);
            }
        }
    }

    fn notice_all(&mut self, rows: &[bool], notice: Notice) {
        for row in (0..rows.len()).filter(|row| rows[*row]) {
            self.notice(self.originals[row], notice);
        }
    }

    fn notice(&mut self, row: usize, notice: Notice) {
        self.noticed[row].get_or_insert(notice);
    }

    /// Number of rows noticed first so.
    pub fn count(&self, notice: Notice) -> usize {
        self.noticed.iter().filter(|noticed| **noticed == Some(notice)).count()
    }

    /// The rows that nobody misses.
    pub fn survivors(&self) -> Vec<Survivor> {
        let deleted: BTreeSet<usize> = self.originals.iter().copied().collect();
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut survivors = Vec::new();
        for (row, path) in self.paths().enumerate() {
            let nth = seen.entry(self.scopes[row]).or_default();
            if self.noticed[row].is_none() && deleted.contains(&row) {
                survivors.push(Survivor { row, path: path.to_vec(), nth: *nth });
            }
            *nth += 1;
        }
        survivors
    }
}

//! Forged hints: each overridden by hostile values at a claim that holds, the override propagating to all that is computed
//! from it. The forgery must be refused, or claim nothing else than the truth.
//!
//! *Propagation.* What comes before a hint does not depend on it. A row over the hint and what comes before that fails, fails
//! whatever follows; only where no such row fails is the witness program run again ([`Forger::forge`]).
//! [`Forger::propagate`] always runs it, and says everything that fails.
//!
//! *Public inputs.* A prover chooses them. A forgery that only rows over public inputs refuse is tried again with the public
//! inputs that those rows ask for; if that is accepted, `check` has to agree with the new claim.

mod bad;
mod publics;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

pub use self::bad::ForgedBad;
use self::publics::public_columns;
use super::Conformance;
use super::rows::RowIndex;
use zksensor_circuits::statement::Statement;
use zksensor_circuits::trace::{Hook, Site, WireKind};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_model::rule::Scope;
use zksensor_r1cs::Sequential;

/// What products are called.
const PRODUCT: &str = "product";
/// How often public inputs are fitted to a forgery.
const ROUNDS: usize = 4;
/// Instances of a block of which every hint is looked at.
const MOST_INSTANCES: usize = 16;

/// One hint or free input of one instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The scopes around it, outermost first.
    pub path: Vec<Scope>,
    /// Instance of the enclosing repeat; `None` outside of one.
    pub instance: Option<usize>,
    /// Number of that repeat, from 1; 0 outside of one.
    pub repeat: usize,
    /// Its name.
    pub name: &'static str,
    /// Hint or free input; `None` for a product.
    pub kind: Option<WireKind>,
    /// How many of this name came before in its scope.
    pub nth: usize,
    /// Columns of the full assignment that it fills.
    pub columns: Range<usize>,
    /// Number of the site, or witness column of the product, in its segment.
    index: usize,
    view: usize,
    first: usize,
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Scope::join(&self.path))?;
        if let Some(instance) = self.instance {
            write!(f, "[{instance}]")?;
        }
        write!(f, " / {} (site {})", self.name, self.index)
    }
}

/// What came of a forgery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// These rows fail, one of which asks nothing of the public inputs.
    Refused,
    /// Every row holds with the same public inputs: another way to say the same.
    Same,
    /// Every row holds with other public inputs, and `check` says that they are true.
    True,
    /// Every row holds with other public inputs (packed), and `check` says that they are false: a break.
    Broken(Vec<Fr>),
}

/// A judged forgery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgery {
    /// What came of it.
    pub verdict: Verdict,
    /// Rows that fail with the first public inputs: all of them if the witness program ran, some otherwise.
    pub failed: Vec<usize>,
    /// Whether the witness program ran.
    pub propagated: bool,
}

/// What the circuit takes.
pub(super) struct Accepted {
    /// The public inputs, packed.
    pub(super) words: Vec<Fr>,
    /// Every column.
    pub(super) assignment: Vec<Fr>,
}

/// A claim that holds, at which hints are forged.
pub struct Forger<'k, S: Statement> {
    kit: &'k Conformance<S>,
    words: Vec<Fr>,
    witness: &'k S::Witness,
    honest: Vec<Fr>,
    /// Rows that the claim does not meet: none if it holds.
    failing: BTreeSet<usize>,
    rows: Arc<RowIndex<'k>>,
    /// Column of a public input or of a field of one -> (word, weight of the field in the word).
    publics: BTreeMap<usize, (usize, Fr)>,
}

impl<'k, S: Statement> Forger<'k, S> {
    /// A forger of this claim.
    ///
    /// # Panics
    /// If the circuit does not accept the claim.
    pub fn new(kit: &'k Conformance<S>, inputs: &S::Inputs, witness: &'k S::Witness) -> Self {
        let forger = Forger::of_bad(kit, inputs, witness);
        assert!(forger.failing.is_empty(), "a forger wants a claim that holds");
        forger
    }

    /// A forger of a claim that need not hold: for [`Forger::assignment`], which gives no verdict, and
    /// [`Forger::forge_bad`].
    ///
    /// # Panics
    /// If the inputs do not fit their layout.
    pub fn of_bad(kit: &'k Conformance<S>, inputs: &S::Inputs, witness: &'k S::Witness) -> Self {
        Forger::over(kit, Arc::new(RowIndex::new(kit.circuit())), inputs, witness)
    }

    /// A forger of another claim, as [`Forger::of_bad`]; what is known of the rows is shared.
    ///
    /// # Panics
    /// If the inputs do not fit their layout.
    pub fn of_another<'w>(&self, inputs: &S::Inputs, witness: &'w S::Witness) -> Forger<'w, S>
    where
        'k: 'w,
    {
        Forger::over(self.kit, self.rows.clone(), inputs, witness)
    }

    fn over(
        kit: &'k Conformance<S>,
        rows: Arc<RowIndex<'k>>,
        inputs: &S::Inputs,
        witness: &'k S::Witness,
    ) -> Self {
        let words = inputs.to_words().expect("the inputs fit their layout");
        let honest = kit
            .circuit()
            .assign(kit.statement(), &words, witness, &Sequential, None)
            .expect("the witness program has the compiled shape");
        let failing = kit.circuit().unsatisfied(&honest).map(|row| row.constraint).collect();
        let publics = public_columns::<S>(rows.view(0));
        Forger { kit, words, witness, honest, failing, rows, publics }
    }

    /// The statement and its circuit.
    pub(super) fn kit(&self) -> &'k Conformance<S> {
        self.kit
    }

    /// The public inputs, packed.
    pub(super) fn words(&self) -> &[Fr] {
        &self.words
    }

    /// The honest assignment.
    pub fn honest(&self) -> &[Fr] {
        &self.honest
    }

    /// Every hint that has values, of every instance; of a block with more instances than 16 of the first, the middle and the
    /// last one: all have the same rows.
    pub fn hints(&self) -> Vec<Target> {
        self.targets()
            .filter(|target| target.kind == Some(WireKind::Hint) && !target.columns.is_empty())
            .filter(|target| self.is_looked_at(target))
            .collect()
    }

    /// Whether it is outside of blocks of many instances, or of an instance that is looked at.
    pub(super) fn is_looked_at(&self, target: &Target) -> bool {
        let views = 0..self.rows.views().len();
        let instances = views.filter(|view| self.rows.repeat(*view) == target.repeat).count();
        let looked_at = [0, instances / 2, instances - 1];
        instances <= MOST_INSTANCES || target.instance.is_none_or(|instance| looked_at.contains(&instance))
    }

    /// Every hint and free input of every instance.
    pub fn targets(&self) -> impl Iterator<Item = Target> {
        self.rows.views().iter().enumerate().flat_map(move |(view_index, view)| {
            let mut seen: BTreeMap<(u32, &str), usize> = BTreeMap::new();
            let repeat = self.rows.repeat(view_index);
            view.segment.wires.iter().enumerate().map(move |(index, wire)| {
                let nth = seen.entry((wire.scope, wire.name)).or_default();
                *nth += 1;
                let nth = *nth - 1;
                let first = 1 + view.segment.publics + wire.column;
                let start = if wire.count == 0 { 0 } else { view.global(narrow(first)) };
                Target {
                    path: view.segment.wire_path(wire).to_vec(),
                    instance: view.instance,
                    repeat,
                    name: wire.name,
                    kind: Some(wire.kind),
                    nth,
                    columns: start..start + wire.count,
                    index,
                    view: view_index,
                    first,
                }
            })
        })
    }

    /// The product that a row makes, if it makes one with a multiplication of [`zksensor_circuits::gadgets::Gadgets::mul`] or in an S-box.
    pub fn product(&self, row: usize) -> Option<Target> {
        let (view_index, local) = self.rows.locate(row);
        let view = self.rows.view(view_index);
        let [(_, column)] = view.segment.c.row(local) else { return None };
        let first = *column as usize;
        let index = first.checked_sub(1 + view.segment.publics)?;
        let is_wire =
            view.segment.wires.iter().any(|wire| (wire.column..wire.column + wire.count).contains(&index));
        let start = view.global(*column);
        (!is_wire && index >= view.segment.imports).then(|| Target {
            path: view.segment.path(local).to_vec(),
            instance: view.instance,
            repeat: self.rows.repeat(view_index),
            name: PRODUCT,
            kind: None,
            nth: 0,
            columns: start..start + 1,
            index,
            view: view_index,
            first,
        })
    }

    /// Every product of every instance, in the order of the rows that make them.
    pub fn products(&self) -> impl Iterator<Item = Target> {
        (0..self.rows.len()).filter_map(|row| self.product(row))
    }

    /// The honest values of a target.
    pub fn values(&self, target: &Target) -> &[Fr] {
        &self.honest[target.columns.clone()]
    }

    /// Judges one override, as cheaply as can be.
    pub fn forge(&self, target: &Target, values: &[Fr]) -> Forgery {
        match self.refused_at_once(target, values) {
            Some(failed) => Forgery { verdict: Verdict::Refused, failed, propagated: false },
            None => self.propagate(&[(target, values)]),
        }
    }

    /// The rows that fail whatever follows an override, if one of them asks nothing of the public inputs.
    pub(super) fn refused_at_once(&self, target: &Target, values: &[Fr]) -> Option<Vec<usize>> {
        let failed = self.failed_at_once(target, values);
        failed.iter().any(|row| !self.asks_publics(*row, &target.path)).then_some(failed)
    }

    /// Whether a row that asks nothing of the public inputs fails whatever hints follow overrides.
    pub(super) fn refused_anyway(&self, overrides: &[(&Target, &[Fr])]) -> bool {
        self.fails_anyway(overrides, |row| !self.asks_publics(row, &[]))
    }

    /// Whether some row over a target and what comes before it fails under an override.
    fn fails_at_once(&self, target: &Target, values: &[Fr]) -> bool {
        self.rows.violated_at(target.view, target.first, values, &self.honest).next().is_some()
    }

    /// Whether a row that the claim does not meet has nothing to do with this hint or those after it.
    fn is_beyond(&self, hint: &Target) -> bool {
        let base = (&self.honest[..], &self.failing);
        self.rows.fails_anyway(hint.view, &[], hint.first, false, base, |_| true).is_some()
    }

    /// Whether a row that `counts` fails whatever hints follow overrides.
    fn fails_anyway(&self, overrides: &[(&Target, &[Fr])], counts: impl Fn(usize) -> bool) -> bool {
        let mut by_view: BTreeMap<usize, Vec<(usize, Fr)>> = BTreeMap::new();
        for (target, values) in overrides {
            let columns = (target.first..).zip(values.iter().copied());
            by_view.entry(target.view).or_default().extend(columns);
        }
        let outside = by_view.contains_key(&0);
        by_view.iter_mut().any(|(view, overrides)| {
            overrides.sort_unstable_by_key(|(column, _)| *column);
            let base = (&self.honest[..], &self.failing);
            let first = overrides.first().map_or(0, |(column, _)| *column);
            let moves = outside && *view > 0;
            self.rows.fails_anyway(*view, overrides, first, moves, base, &counts).is_some()
        })
    }

    /// The rows over a target and what comes before it that fail under an override: they fail whatever follows.
    pub fn failed_at_once(&self, target: &Target, values: &[Fr]) -> Vec<usize> {
        self.rows.violated_at(target.view, target.first, values, &self.honest).collect()
    }

    /// Judges overrides of several targets at once by running the witness program.
    ///
    /// # Panics
    /// If the witness program does not run: it has no reason to look at values.
    pub fn propagate(&self, overrides: &[(&Target, &[Fr])]) -> Forgery {
        let (failed, accepted) = self.settle(overrides);
        let verdict = accepted.map_or(Verdict::Refused, |accepted| self.judge(accepted.words));
        Forgery { verdict, failed, propagated: true }
    }

    /// The rows that fail under overrides with the first public inputs; and what is accepted with the public inputs that
    /// those rows ask for, if anything is.
    pub(super) fn settle(&self, overrides: &[(&Target, &[Fr])]) -> (Vec<usize>, Option<Accepted>) {
        let path = overrides.first().map_or(&[][..], |(target, _)| &target.path);
        let mut words = self.words.clone();
        let mut first = None;
        for _ in 0..ROUNDS {
            let forged = self.run(&words, overrides);
            let base = (&self.honest[..], &self.failing);
            let failed: Vec<usize> = self.rows.violated(base, &forged).collect();
            let refused = failed.iter().any(|row| !self.asks_publics(*row, path));
            let known = first.get_or_insert_with(|| failed.clone());
            if refused {
                break;
            }
            if failed.is_empty() {
                return (known.clone(), Some(Accepted { words, assignment: forged }));
            }
            if !self.fit(&mut words, &forged, &failed) {
                break;
            }
        }
        (first.unwrap_or_default(), None)
    }

    /// Every row that fails under overrides with the claim's public inputs, by the rows that they touch alone.
    ///
    /// # Panics
    /// If the witness program does not run: it has no reason to look at values.
    pub fn failed(&self, overrides: &[(&Target, &[Fr])]) -> Vec<usize> {
        let forged = self.run(&self.words, overrides);
        self.rows.violated((&self.honest, &self.failing), &forged).collect()
    }

    /// The assignment with overrides and the claim's public inputs.
    ///
    /// # Panics
    /// If the witness program does not run: it has no reason to look at values.
    pub fn assignment(&self, overrides: &[(&Target, &[Fr])]) -> Vec<Fr> {
        self.run(&self.words, overrides)
    }

    fn run(&self, words: &[Fr], overrides: &[(&Target, &[Fr])]) -> Vec<Fr> {
        self.kit
            .circuit()
            .assign(self.kit.statement(), words, self.witness, &Sequential, Some(&Overrides(overrides)))
            .expect("the witness program has the compiled shape")
    }

    /// Every row holds with these public inputs.
    fn judge(&self, words: Vec<Fr>) -> Verdict {
        if words == self.words {
            return Verdict::Same;
        }
        let inputs = S::Inputs::from_words(&words);
        match inputs.map(|inputs| self.kit.statement().check(&inputs, self.witness)) {
            Ok(Ok(())) => Verdict::True,
            _ => Verdict::Broken(words),
        }
    }
}

/// The hook that overrides targets.
struct Overrides<'o>(&'o [(&'o Target, &'o [Fr])]);

impl Hook for Overrides<'_> {
    fn product(&self, path: &[Scope], instance: usize, column: usize, value: &mut Fr) {
        for (target, forged) in self.0.iter().filter(|(target, _)| target.kind.is_none()) {
            if column == target.index && instance == target.instance.unwrap_or(0) && path == target.path {
                *value = forged[0];
            }
        }
    }

    fn visit(&self, site: &Site<'_>, values: &mut [Fr]) {
        for (target, forged) in self.0.iter().filter(|(target, _)| target.kind.is_some()) {
            if site.index == target.index
                && site.instance == target.instance.unwrap_or(0)
                && site.name == target.name
                && site.path == target.path
            {
                values.copy_from_slice(forged);
            }
        }
    }
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 columns")
}

//! Forging at a claim that does not hold: does any hint, or any pair of hints of one scope, make the circuit take it?
//!
//! A hint is overridden by everything hostile and by what *fits*: the value with which a row that fails would hold. Where few
//! rows fail after an override, a second hint of its scope is fitted to one of them.

use std::collections::BTreeMap;

use ark_ff::{AdditiveGroup, Field};

use super::{Forger, Target};
use crate::hostile_values;
use crate::workers::share;
use zksensor_circuits::statement::{Rule, Statement};
use zksensor_model::field::Fr;
use zksensor_r1cs::Rows;

/// A second hint is fitted where at most so many rows fail.
const FEW: usize = 3;
/// Rules of whose results other rules are made.
const SHARED: [Rule; 3] = [Rule::POLICY, Rule::VALUE, Rule::ORDER];

/// What came of all forgeries of a false claim.
#[derive(Debug, Default)]
pub struct ForgedBad {
    /// Overrides, of one hint or of two.
    pub forged: usize,
    /// Overrides for which the witness program ran again.
    pub propagated: usize,
    /// The hints that made the circuit take the claim.
    pub accepted: Vec<Vec<Target>>,
}

impl ForgedBad {
    /// Adds what came of another claim.
    pub fn add(&mut self, other: ForgedBad) {
        self.forged += other.forged;
        self.propagated += other.propagated;
        self.accepted.extend(other.accepted);
    }
}

impl<S: Statement> Forger<'_, S> {
    /// Forges hints at this claim, which does not hold, with its public inputs as they are: the hints that stand in a rule
    /// of which a row fails, in a rule that others build on, or in none.
    ///
    /// # Panics
    /// If the circuit accepts the claim.
    pub fn forge_bad(&self) -> ForgedBad {
        self.forge_bad_alike(usize::MAX)
    }

    /// As [`Forger::forge_bad`], but of the values of a hint that make the same rows fail, which are alike, the first so many alone
    /// are joined with a second hint.
    ///
    /// # Panics
    /// If the circuit accepts the claim.
    pub fn forge_bad_alike(&self, alike: usize) -> ForgedBad {
        assert!(!self.failing.is_empty(), "a claim that does not hold is wanted");
        let failing: Vec<(Option<Rule>, usize, Option<usize>)> = self
            .failing
            .iter()
            .map(|row| {
                let (number, local) = self.rows.locate(*row);
                let view = self.rows.view(number);
                (Rule::innermost(view.segment.path(local)), self.rows.repeat(number), view.instance)
            })
            .collect();
        let hints: Vec<Target> = self
            .hints()
            .into_iter()
            .filter(|hint| {
                let rule = Rule::innermost(&hint.path);
                let shared = rule.is_none_or(|rule| SHARED.contains(&rule));
                failing.iter().any(|(failed, repeat, instance)| {
                    // Of what is not of the same repeat, nobody knows which instance it belongs to.
                    let near = hint.repeat != *repeat || hint.instance == *instance;
                    near && (shared || rule == *failed)
                })
            })
            .collect();
        share(&hints, |hint, total| self.forge_bad_hint(hint, &hints, alike, total), ForgedBad::add)
    }

    fn forge_bad_hint(&self, hint: &Target, hints: &[Target], alike: usize, total: &mut ForgedBad) {
        if self.is_beyond(hint) {
            return;
        }
        let hostile = hostile_values(self.values(hint)).into_iter().map(|hostile| hostile.values);
        let fitting = self.failing.iter().flat_map(|row| self.fitting(*row, hint, &self.honest));
        let mut met: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
        for values in hostile.chain(fitting) {
            total.forged += 1;
            let first = (hint, &values[..]);
            if self.fails_at_once(hint, &values) || self.fails_anyway(&[first], |_| true) {
                continue;
            }
            let Some((forged, failed)) = self.still_false(&[first], total) else { continue };
            let times = met.entry(failed.clone()).or_default();
            *times += 1;
            if *times > alike {
                continue;
            }
            let scope = hints.iter().filter(|other| {
                *other != hint
                    && other.path == hint.path
                    && (other.repeat, other.instance) == (hint.repeat, hint.instance)
            });
            for second in scope {
                for fitted in failed.iter().flat_map(|row| self.fitting(*row, second, &forged)) {
                    total.forged += 1;
                    self.still_false(&[first, (second, &fitted)], total);
                }
            }
        }
    }

    /// Runs with overrides and notes if the claim is accepted; otherwise the assignment and the rows that fail, if they are
    /// few.
    fn still_false(
        &self,
        overrides: &[(&Target, &[Fr])],
        total: &mut ForgedBad,
    ) -> Option<(Vec<Fr>, Vec<usize>)> {
        total.propagated += 1;
        let forged = self.assignment(overrides);
        let base = (&self.honest[..], &self.failing);
        let failed: Vec<usize> = self.rows.violated(base, &forged).take(FEW + 1).collect();
        if failed.is_empty() {
            total.accepted.push(overrides.iter().map(|(target, _)| (*target).clone()).collect());
        }
        (1..=FEW).contains(&failed.len()).then_some((forged, failed))
    }

    /// The values of a hint, one of them changed, with which a row would hold where all else stands still.
    fn fitting(&self, row: usize, hint: &Target, assignment: &[Fr]) -> Vec<Vec<Fr>> {
        let (view, local) = self.rows.locate(row);
        let view = self.rows.view(view);
        let honest = &assignment[hint.columns.clone()];
        let mut all = Vec::new();
        for (index, column) in hint.columns.clone().enumerate() {
            let split = |rows: &Rows| {
                let rest = rows.evaluate(local, |other| {
                    let other = view.global(other);
                    if other == column { Fr::ZERO } else { assignment[other] }
                });
                let slope: Fr = rows
                    .row(local)
                    .iter()
                    .filter(|(_, other)| view.global(*other) == column)
                    .map(|(coefficient, _)| *coefficient)
                    .sum();
                (rest, slope)
            };
            let [a, b, c] = [&view.segment.a, &view.segment.b, &view.segment.c].map(split);
            for root in roots(a, b, c) {
                let mut values = honest.to_vec();
                values[index] = root;
                if values != honest {
                    all.push(values);
                }
            }
        }
        all
    }
}

/// Some x with (a0 + a1 x) (b0 + b1 x) = c0 + c1 x: all where it is linear; where it is not, those that make a factor 0.
fn roots((a0, a1): (Fr, Fr), (b0, b1): (Fr, Fr), (c0, c1): (Fr, Fr)) -> Vec<Fr> {
    let solve = |rest: Fr, slope: Fr| slope.inverse().map(|inverse| -rest * inverse);
    if a1 * b1 == Fr::ZERO {
        return solve(a0 * b0 - c0, a1 * b0 + a0 * b1 - c1).into_iter().collect();
    }
    let factors = [solve(a0, a1), solve(b0, b1)];
    factors.into_iter().flatten().filter(|x| c0 + c1 * x == Fr::ZERO).collect()
}

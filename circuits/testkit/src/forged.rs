//! Every hint of a claim, overridden by everything hostile.

use std::collections::BTreeMap;

use super::forgery::{Forger, Target, Verdict};
use super::hostile::{Family, Hostile, hostile_values};
use super::workers::share;
use zksensor_circuits::statement::Statement;

/// What came of all forgeries of a claim's hints.
#[derive(Debug, Default)]
pub struct Forged {
    /// Hints with values, each instance of a block counted.
    pub hints: usize,
    /// Fewest overrides of a hint.
    pub fewest: usize,
    /// Overrides of each kind.
    pub families: BTreeMap<Family, usize>,
    /// Overrides for which the witness program ran again.
    pub propagated: usize,
    /// Accepted with the same public inputs: another way to say the same.
    pub same: Vec<Target>,
    /// Accepted with other public inputs that are true.
    pub truths: usize,
    /// Accepted with public inputs that are false.
    pub broken: Vec<(Target, Hostile)>,
}

impl Forged {
    /// Number of overrides.
    pub fn forged(&self) -> usize {
        self.families.values().sum()
    }

    /// Adds what came of another claim.
    pub fn add(&mut self, other: Forged) {
        if other.hints == 0 {
            return;
        }
        self.fewest = if self.hints == 0 { other.fewest } else { self.fewest.min(other.fewest) };
        self.hints += other.hints;
        for (family, count) in other.families {
            *self.families.entry(family).or_default() += count;
        }
        self.propagated += other.propagated;
        self.same.extend(other.same);
        self.truths += other.truths;
        self.broken.extend(other.broken);
    }
}

impl<S: Statement> Forger<'_, S> {
    /// Overrides every hint by all of [`hostile_values`]; with `always`, the witness program runs for each.
    pub fn forge_hints(&self, always: bool) -> Forged {
        self.forge_some(always, |_, _| true)
    }

    /// As [`Forger::forge_hints`], where `wanted` says which hints and which kinds of lies.
    pub fn forge_some(&self, always: bool, wanted: impl Fn(&Target, Family) -> bool + Sync) -> Forged {
        share(
            &self.hints(),
            |target, total: &mut Forged| total.add(self.forge_one(target, always, &wanted)),
            Forged::add,
        )
    }

    fn forge_one(&self, target: &Target, always: bool, wanted: &impl Fn(&Target, Family) -> bool) -> Forged {
        let mut total = Forged::default();
        for hostile in hostile_values(self.values(target)) {
            if !wanted(target, hostile.family) {
                continue;
            }
            *total.families.entry(hostile.family).or_default() += 1;
            let forgery = if always {
                self.propagate(&[(target, &hostile.values)])
            } else {
                self.forge(target, &hostile.values)
            };
            total.propagated += usize::from(forgery.propagated);
            match forgery.verdict {
                Verdict::Refused => {}
                Verdict::Same => total.same.push(target.clone()),
                Verdict::True => total.truths += 1,
                Verdict::Broken(_) => total.broken.push((target.clone(), hostile)),
            }
        }
        total.hints = usize::from(total.forged() > 0);
        total.fewest = total.forged();
        total
    }
}

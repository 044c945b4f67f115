//! The sweep: every free input of every instance is overridden, alone and with others, and the override propagates through
//! the hints. What the circuit accepts must be the claim of another witness: one is read out of the assignment, has to have
//! exactly these free inputs, and `check` has to agree with it.
//!
//! A link that is missing between free inputs is found so, where hints alone would all be honest: a child of a Merkle path
//! that is not tied to the node below, a secret that is witnessed twice.

mod lies;

pub use self::lies::LieKind;
use self::lies::{Lie, lies};
use super::extract::{Extract, FreeInputs};
use super::forgery::{Accepted, Forger, Target};
use super::workers::share;
use zksensor_circuits::statement::Violation;
use zksensor_circuits::trace::WireKind;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::Sequential;

/// What is wrong with something that the circuit accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// `check` refuses the public inputs with the witness that has these free inputs: a break.
    False(Violation),
    /// No witness has these free inputs: a link is missing, or the circuit is wider than the types.
    NoWitness,
    /// The public inputs are those of the honest claim, though its witness is another.
    Same,
}

/// An override that was accepted and should not have been.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The kind of override.
    pub kind: LieKind,
    /// The free inputs that were overridden.
    pub sites: Vec<Target>,
    /// What is wrong.
    pub fault: Fault,
}

/// What came of a sweep.
#[derive(Debug, Default)]
pub struct Swept {
    /// Free inputs, each instance counted.
    pub sites: usize,
    /// Overrides.
    pub lies: usize,
    /// Overrides for which the witness program ran again.
    pub propagated: usize,
    /// Accepted, and true of another witness.
    pub truths: usize,
    /// Accepted for no good reason.
    pub findings: Vec<Finding>,
}

impl Swept {
    /// Adds what came of another claim.
    pub fn add(&mut self, other: Swept) {
        self.sites += other.sites;
        self.lies += other.lies;
        self.propagated += other.propagated;
        self.truths += other.truths;
        self.findings.extend(other.findings);
    }
}

/// Overrides every free input of a claim that holds that is `wanted`, and those together with it. `donors` are the honest assignments of other claims, whose values are
/// tried in the place of the claim's own.
pub fn sweep<S>(forger: &Forger<'_, S>, donors: &[&[Fr]], wanted: impl Fn(&Target) -> bool) -> Swept
where
    S: Extract + Sync,
    S::Witness: Sync,
{
    let sites: Vec<Target> =
        forger.targets().filter(|target| target.kind == Some(WireKind::Witness)).collect();
    let mut all = lies(forger.honest(), donors, &sites);
    all.retain(|lie| lie.values.iter().any(|(site, _)| wanted(&sites[*site])));
    let mut total = share(&all, |lie, swept| look(forger, &sites, lie, swept), Swept::add);
    total.sites = sites.iter().filter(|site| wanted(site)).count();
    total
}

fn look<S: Extract>(forger: &Forger<'_, S>, sites: &[Target], lie: &Lie, swept: &mut Swept) {
    swept.lies += 1;
    let overrides: Vec<(&Target, &[Fr])> =
        lie.values.iter().map(|(site, value)| (&sites[*site], std::slice::from_ref(value))).collect();
    if forger.refused_anyway(&overrides) {
        return;
    }
    swept.propagated += 1;
    let Some(accepted) = forger.settle(&overrides).1 else { return };
    match judge(forger, sites, &accepted) {
        None => swept.truths += 1,
        Some(fault) => {
            let sites = overrides.iter().map(|(target, _)| (*target).clone()).collect();
            swept.findings.push(Finding { kind: lie.kind, sites, fault });
        }
    }
}

fn judge<S: Extract>(forger: &Forger<'_, S>, sites: &[Target], accepted: &Accepted) -> Option<Fault> {
    let kit = forger.kit();
    let free = FreeInputs::new(sites, &accepted.assignment);
    let Some(witness) = kit.statement().extract(&free) else { return Some(Fault::NoWitness) };
    let Ok(inputs) = S::Inputs::from_words(&accepted.words) else { return Some(Fault::NoWitness) };
    let again = kit.circuit().assign(kit.statement(), &accepted.words, &witness, &Sequential, None);
    let again = again.expect("the witness program has the compiled shape");
    if let Err(violation) = kit.statement().check(&inputs, &witness) {
        return Some(Fault::False(violation));
    }
    if FreeInputs::new(sites, &again).all() != free.all() {
        return Some(Fault::NoWitness);
    }
    (accepted.words == forger.words()).then_some(Fault::Same)
}

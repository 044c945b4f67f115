//! Gadgets held to a relation: with **all** inputs free and drawn hostile, not by a generator that knows what is right, a
//! gadget accepts exactly the inputs for which the native relation holds.
//!
//! The relation is written on integers and points, without [`zksensor_circuits::gadgets`]: `Native` and R1CS share the composite gadgets,
//! and would agree on a mistake. Where the relation does not hold, every hint is also overridden, so that no witness program
//! but the honest one makes the circuit accept either.

mod inverse;
mod laws;
mod order;
mod signature;
mod signature_cases;
mod trees;
mod triangle;
mod words;

use std::fmt;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::forgery::{Forger, Target};
use super::hostile::hostile_values;
use super::{Conformance, rigidity};
use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
use zksensor_circuits::mutants::ALONE;
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::Sequential;

zksensor_model::public_inputs! {
    /// One element that means nothing.
    pub struct RelationInputs, RelationVars {
        /// It.
        anything: Element = element as "uint256",
    }
}

/// A gadget, and what has to hold of its inputs.
trait Relation: Sync {
    /// What it is called.
    fn name(&self) -> String;

    /// Number of free inputs.
    fn inputs(&self) -> usize;

    /// The gadget on its free inputs; results are compared with free inputs, too.
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError>;

    /// The relation, in native arithmetic of its own.
    fn holds(&self, inputs: &[Fr]) -> bool;

    /// Hostile inputs, true ones among them.
    fn cases(&self) -> Vec<Vec<Fr>>;

    /// Whether the gadget may refuse inputs for which the relation holds: named exceptions that nobody meets by chance.
    fn may_refuse(&self, _inputs: &[Fr]) -> bool {
        false
    }

    /// What a hint is overridden with where the relation does not hold; none for a gadget of too many hints.
    fn overrides(&self, _inputs: &[Fr], _target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
    }

    /// False claims that only an override makes plausible: inputs, with the hints to override by name and number.
    fn forgeries(&self) -> Vec<Staged> {
        Vec::new()
    }

    /// Inputs that claim what the gadget computes, each with the number of its hint from the last: a prover claims them after
    /// the fact, so that no lie about another hint may carry over into them.
    fn results(&self) -> &'static [(usize, usize)] {
        &[]
    }

    /// Whether every wire has to be determined where the gadget accepts.
    fn is_rigid(&self) -> bool {
        true
    }
}

/// A false claim and the hints that go with it.
struct Staged {
    inputs: Vec<Fr>,
    /// Name of the hint, its number among those of that name, its values.
    hints: Vec<(&'static str, usize, Vec<Fr>)>,
    /// The inputs that take what the hints of these numbers, counted from the last, come to: results that the prover
    /// claims after the fact.
    claims: Vec<(usize, usize)>,
}

/// The statement of one relation; the witness is its inputs.
struct Probe<R>(R);

impl<R: Relation> Claim for Probe<R> {
    type Inputs = RelationInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "relation".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl<R: Relation> Statement for Probe<R> {
    type Witness = Vec<Fr>;

    fn check(&self, _: &RelationInputs, _: &Vec<Fr>) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        _: &InputVars<G, Self>,
        witness: Option<&Vec<Fr>>,
    ) -> Result<(), SynthesisError> {
        let free = (0..self.0.inputs())
            .map(|index| g.witness("free", witness.map(|values| values[index])))
            .collect::<Result<Vec<_>, _>>()?;
        g.scope(ALONE, |g| self.0.synthesize(g, &free))
    }
}

/// Where a gadget and its relation part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationFailure {
    /// The relation.
    pub relation: String,
    /// Number of the case.
    pub case: usize,
    /// What is wrong.
    pub what: Wrong,
}

/// How a gadget and its relation part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wrong {
    /// It does not hold, and the constraints accept.
    Accepted,
    /// It does not hold, and the constraints accept with a hint of this name overridden.
    Forged(String),
    /// It holds, and the constraints refuse.
    Refused,
    /// The native backend does not say what the relation says.
    Native,
    /// It holds, and a wire can move.
    Loose(String),
}

impl fmt::Display for RelationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, case {}: {:?}", self.relation, self.case, self.what)
    }
}

/// What was looked at.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Gadgets.
    pub relations: usize,
    /// Inputs for which the relation holds.
    pub held: usize,
    /// Inputs for which it does not.
    pub refused: usize,
    /// Overridden hints where it does not.
    pub forged: usize,
}

impl Looked {
    /// With what another part looked at.
    pub fn plus(self, other: Looked) -> Looked {
        Looked {
            relations: self.relations + other.relations,
            held: self.held + other.held,
            refused: self.refused + other.refused,
            forged: self.forged + other.forged,
        }
    }
}

/// Looks at some relations until one does not hold.
pub type Check = fn() -> Result<Looked, RelationFailure>;

/// Every group of relations, cheapest first.
pub const GROUPS: [(&str, Check); 7] = [
    ("words", words::check),
    ("order", order::check),
    ("inverse", inverse::check),
    ("laws", laws::check),
    ("triangle", triangle::check),
    ("trees", trees::check),
    ("signature", signature::check),
];

fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Holds one gadget to its relation.
fn hold<R: Relation>(relation: R) -> Result<Looked, RelationFailure> {
    let name = relation.name();
    let kit = Conformance::new(Probe(relation));
    let relation = &kit.statement().0;
    let mut looked = Looked { relations: 1, ..Looked::default() };
    for (case, inputs) in relation.cases().into_iter().enumerate() {
        let wrong = |what| RelationFailure { relation: name.clone(), case, what };
        if agree(&kit, &inputs).map_err(wrong)? {
            looked.held += 1;
        } else {
            looked.refused += 1;
            looked.forged += forge(&kit, &inputs).map_err(wrong)?;
        }
    }
    for (case, staged) in relation.forgeries().into_iter().enumerate() {
        looked.forged += 1;
        if stage(&kit, staged) {
            let what = Wrong::Forged(String::from("staged"));
            return Err(RelationFailure { relation: name, case, what });
        }
    }
    if !relation.results().is_empty() {
        looked.forged += carried_over(&kit, &name)?;
    }
    Ok(looked)
}

/// The public input of a gadget that has none.
fn anything() -> RelationInputs {
    RelationInputs { anything: Element(Fr::from(5u64)) }
}

/// Whether the relation holds of the inputs; both backends have to say the same, and no wire may move.
fn agree<R: Relation>(kit: &Conformance<Probe<R>>, inputs: &Vec<Fr>) -> Result<bool, Wrong> {
    let relation = &kit.statement().0;
    let words = [anything().anything.0];
    let holds = relation.holds(inputs);
    let failures = native::run(kit.statement(), &words, inputs, None).expect("the native backend runs");
    let assignment = kit
        .circuit()
        .assign(kit.statement(), &words, inputs, &Sequential, None)
        .expect("the witness program has the compiled shape");
    let accepted = kit.circuit().first_unsatisfied(&assignment).is_none();
    let excused = holds && relation.may_refuse(inputs);
    if accepted && !holds {
        return Err(Wrong::Accepted);
    }
    if !accepted && holds && !excused {
        return Err(Wrong::Refused);
    }
    if failures.is_empty() != holds && !excused {
        return Err(Wrong::Native);
    }
    if accepted && relation.is_rigid() {
        let found = rigidity(kit.circuit(), &assignment);
        if let Some(wire) = found.loose.first() {
            return Err(Wrong::Loose(wire.name.clone()));
        }
    }
    Ok(holds)
}

/// Every hint of inputs that the relation does not hold of is overridden; returns how often.
fn forge<R: Relation>(kit: &Conformance<Probe<R>>, inputs: &Vec<Fr>) -> Result<usize, Wrong> {
    let mut forged = 0;
    let forger = Forger::of_bad(kit, &anything(), inputs);
    for target in forger.hints() {
        for values in kit.statement().0.overrides(inputs, &target, forger.values(&target)) {
            forged += 1;
            if forger.failed_at_once(&target, &values).is_empty()
                && kit.circuit().first_unsatisfied(&forger.assignment(&[(&target, &values)])).is_none()
            {
                return Err(Wrong::Forged(target.to_string()));
            }
        }
    }
    Ok(forged)
}

/// Whether a forgery that was thought of is accepted.
fn stage<R: Relation>(kit: &Conformance<Probe<R>>, staged: Staged) -> bool {
    let Staged { inputs, hints, claims } = staged;
    let targets = Forger::of_bad(kit, &anything(), &inputs).hints();
    let hints: Vec<(Target, Vec<Fr>)> = hints
        .into_iter()
        .map(|(name, number, values)| {
            let mut named = targets.iter().filter(|target| target.name == name);
            (named.nth(number).expect("the gadget has the hint").clone(), values)
        })
        .collect();
    accepts(kit, inputs, &hints, &claims).is_some_and(|inputs| !kit.statement().0.holds(&inputs))
}

/// Every hint of a case that holds is overridden, and what comes of it is claimed; returns how many were.
fn carried_over<R: Relation>(kit: &Conformance<Probe<R>>, name: &str) -> Result<usize, RelationFailure> {
    let relation = &kit.statement().0;
    let good = |inputs: &Vec<Fr>| relation.holds(inputs) && !relation.may_refuse(inputs);
    let cases = relation.cases();
    let (case, inputs) =
        cases.iter().enumerate().rfind(|(_, inputs)| good(inputs)).expect("a case that holds");
    let forger = Forger::of_bad(kit, &anything(), inputs);
    let mut forged = 0;
    for target in forger.hints() {
        for hostile in hostile_values(forger.values(&target)) {
            forged += 1;
            if !forger.failed_at_once(&target, &hostile.values).is_empty() {
                continue;
            }
            let lie = [(target.clone(), hostile.values)];
            if accepts(kit, inputs.clone(), &lie, relation.results())
                .is_some_and(|inputs| !relation.holds(&inputs))
            {
                let what = Wrong::Forged(target.to_string());
                return Err(RelationFailure { relation: name.to_string(), case, what });
            }
        }
    }
    Ok(forged)
}

/// The inputs that a forgery ends with, if the constraints accept them. `claims` are as [`Relation::results`].
fn accepts<R: Relation>(
    kit: &Conformance<Probe<R>>,
    mut inputs: Vec<Fr>,
    hints: &[(Target, Vec<Fr>)],
    claims: &[(usize, usize)],
) -> Option<Vec<Fr>> {
    let anything = RelationInputs { anything: Element(Fr::from(5u64)) };
    let overrides: Vec<(&Target, &[Fr])> =
        hints.iter().map(|(target, values)| (target, &values[..])).collect();
    // Once to see what the hints come to, once to claim it.
    for round in 0..2 {
        let forger = Forger::of_bad(kit, &anything, &inputs);
        let assignment = forger.assignment(&overrides);
        if round == 1 || claims.is_empty() {
            return kit.circuit().first_unsatisfied(&assignment).is_none().then_some(inputs);
        }
        let targets = forger.hints();
        let claimed: Vec<(usize, Fr)> = claims
            .iter()
            .map(|(input, from_last)| {
                let target = &targets[targets.len() - 1 - from_last];
                (*input, assignment[target.columns.start])
            })
            .collect();
        claimed.into_iter().for_each(|(input, value)| inputs[input] = value);
    }
    None
}

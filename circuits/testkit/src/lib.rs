//! The conformance kit: what every statement and every backend is held to, and the fleet that vectors are made of.
//!
//! Nothing here can prove: [`first_unsatisfied`] reaches the circuit with claims that `check` refuses, and says which
//! constraint refuses them.

mod backend;
mod conformance;
pub mod costs;
pub mod curve;
mod deletion;
mod elimination;
mod extract;
mod fleet;
mod forged;
mod forgery;
mod freedom;
mod generic;
mod hostile;
mod key_file;
mod layouts;
mod probe;
pub mod relations;
mod rigidity;
pub mod row_digests;
mod rows;
mod specimen;
mod sweep;
mod workers;

pub use backend::{Backend, NativeBackend, R1csBackend, Refused};
pub use conformance::{Conformance, Vector};
pub use deletion::{Deletions, Notice, Survivor};
pub use extract::{Extract, FreeInputs};
pub use fleet::{FENCE_GEOJSON, FENCE_TRIANGLES, Fleet, FleetOptions, IN_FENCE, IN_HOLE, OUTSIDE};
pub use forged::Forged;
pub use forgery::{ForgedBad, Forger, Forgery, Target, Verdict};
pub use freedom::{ScopeFreedom, freedom, freedom_csv};
pub use generic::middle;
pub use hostile::{Family, Hostile, hostile_values};
pub use key_file::KeyFile;
pub use layouts::layouts_json;
pub use rigidity::{LooseWire, Rigidity, rigidity};
pub use specimen::{
    ClaimOf, KnownSpecimenVisitor, SmallFence, Specimen, SpecimenVisitor, each_specimen, visit_specimen,
};
pub use sweep::{Fault, Finding, LieKind, Swept, sweep};

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Statement;
use zksensor_circuits::trace::Hook;
use zksensor_model::field::Fr;
use zksensor_r1cs::{Circuit, Sequential, Unsatisfied, compile};

/// The first constraint of a statement's circuit that packed public inputs and a witness do not meet; `None` if they meet
/// all.
///
/// # Errors
/// [`SynthesisError`] as the statement's.
pub fn first_unsatisfied<S: Statement>(
    statement: &S,
    words: &[Fr],
    witness: &S::Witness,
) -> Result<Option<Unsatisfied>, SynthesisError> {
    first_unsatisfied_in(&compile(statement)?, statement, words, witness, None)
}

/// As [`first_unsatisfied`] with a circuit compiled before and a hook on its hints.
///
/// # Errors
/// [`SynthesisError`] as the statement's.
pub fn first_unsatisfied_in<S: Statement>(
    circuit: &Circuit,
    statement: &S,
    words: &[Fr],
    witness: &S::Witness,
    hook: Option<&dyn Hook>,
) -> Result<Option<Unsatisfied>, SynthesisError> {
    let assignment = circuit.assign(statement, words, witness, &Sequential, hook)?;
    Ok(circuit.first_unsatisfied(&assignment))
}

//! Why a row survives.

use zksensor_circuits::statement::{Rule, Scope};
use zksensor_testkit::Survivor;

/// The reason, if it is known.
pub(super) fn reason(survivor: &Survivor) -> Option<&'static str> {
    let Survivor { path, nth, .. } = survivor;
    match (path.last()?, nth) {
        // Slot 0 is active, so active_1 (1 - active_0) = 0 says nothing more.
        (Scope::Rule(Rule::ACTIVITY), 1) => Some("redundant: slot 0 is active, so slot 1 may be"),
        // The top bit is in every prefix: a value other than 0 and 1 fails both comparisons of the window, but for the last
        // factors, which only a digest within 2^16 of the window's ends meets.
        (Scope::Part("variable base"), 253) => Some(
            "implied by the window for all digests but those within 2^16 of its ends, which nobody can find",
        ),
        _ => None,
    }
}

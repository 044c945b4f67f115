//! Why a row survives.

use zksensor_circuits::statement::{Rule, Scope};
use zksensor_testkit::Survivor;

/// The reason, if it is known.
pub(super) fn reason(statement: &str, survivor: &Survivor) -> Option<&'static str> {
    let Survivor { path, nth, .. } = survivor;
    if path.last() == Some(&Scope::Rule(Rule::POLICY)) {
        return of_policy(statement, *nth);
    }
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

/// Of a row of C1: the ranges of the parts come first, then the hash, then what makes one id of one meaning.
fn of_policy(statement: &str, nth: usize) -> Option<&'static str> {
    match (statement, nth) {
        (_, 273) => Some(
            "redundant: any class is 2^16 and nothing else, so a fraction of it has the rest in the other bits, and makes the class \
             matter, which is none of 16 bits then",
        ),
        ("aggregate", 276) => Some(
            "implied by the range of k - 1 - 7 squares: beside two flags that are bits the third is quarters of an integer, and \
             seven times that is an integer for 0 and 1 alone",
        ),
        ("aggregate", 617) | ("reading", 594) => Some(
            "noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: any class)",
        ),
        ("reading", 593) => {
            Some("noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: k)")
        }
        _ => None,
    }
}

//! Why a row survives.

use zksensor_circuits::statement::{Rule, Scope};
use zksensor_model::claim::{survey, track};
use zksensor_testkit::Survivor;

/// The reason, if it is known.
pub(super) fn reason(statement: &str, survivor: &Survivor) -> Option<&'static str> {
    let Survivor { path, nth, .. } = survivor;
    if path.last() == Some(&Scope::Rule(Rule::POLICY)) {
        return of_policy(statement, *nth);
    }
    if let Some(reason) = of_samples(path, *nth) {
        return Some(reason);
    }
    match (path.last()?, nth) {
        // Where it is not left to them.
        (Scope::Part("variable base"), 252) if statement == "track" => {
            Some("noticed in `reading` and `aggregate`, which have this gadget at other digests")
        }
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
        ("aggregate" | "survey", 276) => Some(
            "implied by the range of k - 1 - 7 squares: beside two flags that are bits the third is quarters of an integer, and \
             seven times that is an integer for 0 and 1 alone",
        ),
        ("aggregate" | "histogram" | "private-sum", 617) | ("reading", 594) => Some(
            "noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: any class)",
        ),
        ("reading", 593) | ("track", 596) => {
            Some("noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: k)")
        }
        ("track", 597) | ("survey", 620) => Some(
            "noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: any class)",
        ),
        ("track", 598) | ("survey", 621) => Some(
            "noticed elsewhere: only the id of no typed policy breaks it (`statements/wider.rs`: the channel of a frame)",
        ),
        _ => None,
    }
}

/// Of a row of the samples of a frame: in a `sample` as it is, or in what ties them together.
fn of_samples(path: &[Scope], nth: usize) -> Option<&'static str> {
    let [scopes @ .., Scope::Rule(rule)] = path else { return None };
    let is_of = |rules: [Rule; 2]| rules.contains(rule);
    match (scopes.last() == Some(&Scope::Part("sample")), nth) {
        (false, 0) if is_of([track::SAMPLES, survey::SAMPLES]) => Some(
            "implied by T4, S3: a policy wants a sample or more, what is counted is there, and what is there has one before it",
        ),
        (false, 1) if is_of([track::SAMPLES, survey::SAMPLES]) => {
            Some("redundant: the first sample is there, so the second may be")
        }
        (true, 0) if is_of([track::COUNTED, survey::COUNTED]) => Some(
            "implied by C8: an inverse is 0 unless its sample is counted once, and an accuracy times it is what is counted",
        ),
        (true, 1) if is_of([track::COUNTED, survey::COUNTED]) => {
            Some("implied by C8: the accuracy of a sample that is not there is 0, as all of its element")
        }
        _ => None,
    }
}

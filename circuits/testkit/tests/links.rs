//! No link between free inputs is missing: every one is overridden at every site, alone and with others, and what a circuit
//! accepts is the claim of another witness; and the freedom that free inputs have is the golden one. Links that are cut in
//! circuits of the test's own are found by both.
#![allow(clippy::unwrap_used, reason = "tests")]

mod links {
    mod freedom;
    mod plants;
    mod reasons;
    mod tally;
}

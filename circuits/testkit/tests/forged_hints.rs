//! No hint can be forged: each is overridden by at least ten hostile values, and the override propagates. And bugs that
//! rigidity cannot see, planted in circuits of the test's own, are found.
#![allow(clippy::unwrap_used, reason = "tests")]

mod forged_hints {
    #[allow(dead_code, reason = "shared with `statements`, which uses more of it")]
    #[path = "../statements/kit.rs"]
    mod kit;
    mod named;
    mod plants;
    mod tally;
}

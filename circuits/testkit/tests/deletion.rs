//! No row can go unnoticed: every row of every statement is deleted in thought, and rigidity, a forged hint or a bad vector
//! has to miss it. What nobody misses is listed with its reason.
#![allow(clippy::unwrap_used, reason = "tests")]

mod deletion {
    #[allow(dead_code, reason = "shared with `statements`, which uses more of it")]
    #[path = "../statements/kit.rs"]
    mod kit;
    mod plants;
    mod reasons;
    mod signatures;
    mod tally;
    mod vectors;
    mod worlds;
}

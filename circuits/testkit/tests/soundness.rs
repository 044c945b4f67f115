//! Nothing but what a statement claims is accepted, and nothing in its circuit is idle. One binary, as all of these look at the same statements,
//! and most of what is compiled is those.
#![allow(clippy::unwrap_used, reason = "tests")]

#[allow(dead_code, reason = "shared with `statements`, which uses more of it")]
#[path = "statements/kit.rs"]
mod kit;

/// Statements whose rows are deleted and whose free inputs are swept whenever tests run: those with the rules and gadgets that the others have of
/// them. The others take minutes, and `.ci/run` looks at them where a circuit changed.
const SHARED: [&str; 3] = ["reading", "aggregate", "histogram"];

/// No row can go unnoticed: every row of every statement is deleted in thought, and rigidity, a forged hint or a bad vector
/// has to miss it. What nobody misses is listed with its reason.
mod deletion {
    use super::{SHARED, kit};

    mod plants;
    mod reasons;
    mod signatures;
    mod tally;
    mod vectors;
    mod worlds;
}

/// No hint can be forged: each is overridden by at least ten hostile values, and the override propagates. And bugs that
/// rigidity cannot see, planted in circuits of the test's own, are found.
mod forged_hints {
    use super::kit;

    mod named;
    mod plants;
    mod tally;
}

/// No link between free inputs is missing: every one is overridden at every site, alone and with others, and what a circuit
/// accepts is the claim of another witness; and the freedom that free inputs have is the golden one. Links that are cut in
/// circuits of the test's own are found by both.
mod links {
    use super::SHARED;

    mod freedom;
    mod plants;
    mod reasons;
    mod tally;
}

/// No wire can move: the kernel of the constraints' derivative is zero for every statement and every composite gadget,
/// at random and edge witnesses; and bugs planted in circuits of the test's own are found by name.
///
/// `ZKSENSOR_PLANT=<1..6>` claims that the circuit with that bug is sound, and fails naming its wire.
mod rigidity {
    use super::kit;

    mod gadgets;
    mod inputs;
    mod plants;
    mod probe;
    mod statements;
    mod tally;
}

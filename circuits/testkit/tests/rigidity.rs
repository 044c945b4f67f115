//! No wire can move: the kernel of the constraints' derivative is zero for every statement and every composite gadget,
//! at random and edge witnesses; and bugs planted in circuits of the test's own are found by name.
//!
//! `ZKSENSOR_PLANT=<1..6>` claims that the circuit with that bug is sound, and fails naming its wire.
#![allow(clippy::unwrap_used, reason = "tests")]

mod rigidity {
    mod gadgets;
    mod inputs;
    #[allow(dead_code, reason = "shared with `statements`, which uses more of it")]
    #[path = "../statements/kit.rs"]
    mod kit;
    mod plants;
    mod probe;
    mod statements;
    mod tally;
}

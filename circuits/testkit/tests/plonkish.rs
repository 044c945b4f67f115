//! Tables of halo2: no cell moves, no shape depends on a value, and halo2 proves what the table says that holds.
#![allow(clippy::unwrap_used, reason = "tests")]

mod plonkish {
    mod cells;
    mod forged;
    #[path = "../rigidity/inputs.rs"]
    mod inputs;
    #[allow(dead_code, reason = "shared with `statements`, which uses more of it")]
    #[path = "../statements/kit.rs"]
    mod kit;
    #[path = "../rigidity/probe.rs"]
    mod probe;
    mod proof;
    mod proven;
    mod shapes;
}

//! Good, edge and bad vectors of every statement on every backend, hostile inputs, the framework's own promises, costs.
#![allow(clippy::unwrap_used, reason = "tests")]

mod statements {
    mod aggregate_bad;
    mod aggregate_edge;
    mod costs;
    mod fences;
    mod forged;
    mod kit;
    mod public_inputs;
    mod random;
    mod reading_bad;
    mod reading_edge;
    mod reemit;
    mod repeat;
    mod row_digests;
    mod shape;
    mod signatures;
}

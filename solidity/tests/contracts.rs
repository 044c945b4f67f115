//! The compiled contracts in Polygon's EVM: what verifies natively verifies there, and nothing else does.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "contracts/batches.rs"]
mod batches;
#[path = "contracts/calls.rs"]
mod calls;
#[path = "contracts/deployed.rs"]
mod deployed;
#[path = "contracts/keys.rs"]
mod keys;
#[path = "contracts/private_sums.rs"]
mod private_sums;
#[path = "contracts/scene.rs"]
mod scene;
#[path = "contracts/sources.rs"]
mod sources;
#[path = "contracts/surveys.rs"]
mod surveys;
#[path = "contracts/town.rs"]
mod town;

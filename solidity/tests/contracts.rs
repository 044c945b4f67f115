//! The compiled contracts in Polygon's EVM: what verifies natively verifies there, and nothing else does.

#[path = "contracts/batches.rs"]
mod batches;
#[path = "contracts/calls.rs"]
mod calls;
#[path = "contracts/deployed.rs"]
mod deployed;
#[path = "contracts/keys.rs"]
mod keys;
#[path = "contracts/scene.rs"]
mod scene;
#[path = "contracts/sources.rs"]
mod sources;

//! The node without its door: what is acknowledged is stored, what is stored is proven once, and every epoch comes to an end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::duplicate_mod, reason = "the same tests hold whoever proves")]

mod bus;
mod by_workers;
mod chain;
mod cluster;
mod disk;
mod draining;
mod epochs;
mod folder;
mod frames;
mod intake;
mod migrate;
mod prover;
mod ride;
mod scene;
mod unproven;
mod worlds;

use scene::Scene;

/// The scene of the tests that hold whoever proves.
fn scene() -> Scene {
    Scene::new()
}

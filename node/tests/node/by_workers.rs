//! The same tests with proofs that a worker makes.

#[path = "chain.rs"]
mod chain;
#[path = "epochs.rs"]
mod epochs;

fn scene() -> crate::scene::Scene {
    crate::bus::scene(None).0
}

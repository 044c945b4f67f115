//! The queue on NATS JetStream: a real `nats-server`, which is ended and started again, with workers that die. Where it is not installed these
//! tests say that they are skipped; with ZKSENSOR_REQUIRE=nats they fail.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../node/bus.rs"]
#[allow(dead_code, reason = "the queue in memory is not for these tests")]
mod bus;
#[path = "../node/chain.rs"]
mod chain;
#[path = "../node/disk.rs"]
#[allow(dead_code, reason = "worlds have more of it")]
mod disk;
#[path = "../node/epochs.rs"]
mod epochs;
mod published;
mod queue;
#[path = "../node/ride.rs"]
#[allow(dead_code, reason = "the tests without a server have more of it")]
mod ride;
#[path = "../node/scene.rs"]
#[allow(dead_code, reason = "the tests without a server have more of it")]
mod scene;
mod server;

/// The scene of the tests that hold whoever proves: a worker does, which a server gives its jobs.
fn scene() -> scene::Scene {
    server::scene()
}

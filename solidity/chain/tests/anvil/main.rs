//! The crate on a chain: anvil as chain 80002, with real proofs. Where anvil is not installed these tests say that they are skipped; with
//! ZKSENSOR_REQUIRE=node they fail.

#![allow(clippy::unwrap_used, reason = "tests")]

mod covering;
mod crowd;
mod deploying;
mod freezing;
mod liars;
mod node;
mod posting;
mod roots;
mod scenario;
mod scene;
mod sender;
mod sending;
mod signing;
mod submitting;
#[path = "../../../../examples/feed/town.rs"]
#[allow(dead_code, reason = "the example has more of the town than tests need")]
mod town;
mod world;

type Failure = Box<dyn std::error::Error>;

/// Runs a test's future.
fn run<T>(future: impl Future<Output = T>) -> T {
    zksensor_chain::block_on(future).unwrap()
}

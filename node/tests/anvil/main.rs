//! A node whose proofs go to a feed on a chain: anvil as chain 80002, with real proofs. Where anvil is not installed these tests say that they
//! are skipped; with ZKSENSOR_REQUIRE=node they fail.

#![allow(clippy::unwrap_used, reason = "tests")]

mod bringing;
mod budget;
#[path = "../../../solidity/chain/tests/anvil/node.rs"]
#[allow(dead_code, reason = "the tests of the chain have more of it")]
mod node;
mod refusing;
mod station;
mod survey;
#[path = "../../../examples/feed/town.rs"]
#[allow(dead_code, reason = "the example has more of the town than tests need")]
mod town;
#[path = "../../../solidity/chain/tests/anvil/world.rs"]
#[allow(dead_code, reason = "the tests of the chain have more of it")]
mod world;

type Failure = Box<dyn std::error::Error>;

//! A feed on Polygon, in this process: who measures, who proves, who reads, and what everybody tries who has no right to.
//!
//! ```text
//! cargo run --release --example feed [-- --json]
//! ```
//!
//! Router, registry, feed, adapter and a cover are deployed in an EVM with Polygon's gas schedule. A town's stations are enrolled, and for
//! three hours the means of two chunks of them are proven and submitted; a chunk is replaced by one of more stations, one comes too late,
//! a root is posted that the guardian takes back. The third hour is hot, and the cover pays. Everything that is refused is really tried,
//! with proofs that hold wherever only the proof is not at fault, and has to revert with exactly the error that is named here. The chain
//! is Amoy (80002): chain 137 does not take a key that one machine made.

#[path = "../shared/command.rs"]
mod command;
mod polygon;
mod story;
mod town;

use std::process::ExitCode;

use command::{Failure, Report};

fn main() -> ExitCode {
    command::run("cargo run --release --example feed [-- --json]", 0..=0, |_| story::tell())
}

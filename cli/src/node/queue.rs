//! `node queue`: what waits for workers, and what nobody can prove.

use std::sync::Arc;

use serde_json::json;
use zksensor_node::cluster::nats::Nats;

use super::NodeError;
use super::server::Server;
use crate::output::Output;

/// Dead letters that are shown.
const SHOWN: usize = 100;

/// Options of `node queue`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    server: Server,
}

pub(super) fn run(args: &Args, output: &Output) -> Result<(), NodeError> {
    let nats = Nats::new(args.server.settings("zksensor-queue")?, Arc::new(|_: &str| {}))?;
    let (waiting, dead) = (nats.waiting()?, nats.dead_letters(SHOWN)?);
    output.line(format_args!("waiting     {waiting} jobs"));
    for letter in &dead {
        output.line(format_args!(
            "dead        {}, after {} deliveries: {}",
            letter.job, letter.deliveries, letter.reason
        ));
    }
    output.result(&json!({ "waiting": waiting, "dead": dead }));
    Ok(())
}

//! The command `submit`.

use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::files::{self, Kind, ProofFile};
use zksensor::prover::Groth16;
use zksensor::solidity::{Address, ContractKey};
use zksensor::verifier::Proof;
use zksensor_chain::{Claimed, Node, Plan, Proven, Submission};

use crate::args;
use crate::backend::Backend;
use crate::chain::{self, ChainCommandError, NodeArgs, SendArgs};
use crate::output::Output;
use crate::verify;

/// Options of `submit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing is sent without --send. A chunk that the feed has with the same count and sum is left out, and a command of \
                  which nothing is left has succeeded: so it can be run again after whatever happened. Several proofs are one \
                  transaction, all or none."
)]
pub(crate) struct Args {
    /// The proof, made for this chain, feed and aggregator. Several of one epoch are sent together.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    proof: Vec<PathBuf>,
    /// The verifying key: each proof is verified first, and the router is asked for its id.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The feed.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    feed: [u8; 20],
    /// Whose right and credit it is, and whom the proofs were made for (`prove --recipient`). Anybody may send them.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    aggregator: [u8; 20],
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    send: SendArgs,
}

/// Submits proofs to a feed, or says what that would take.
///
/// # Errors
/// [`ChainCommandError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), ChainCommandError> {
    let submission = submission(args)?;
    chain::run(async {
        if !args.send.send {
            let node = args.node.node()?;
            node.require_chain(args.send.chain_id).await?;
            return preview(args, &node, &submission, output).await;
        }
        // What a command before had begun may be this: the feed is asked after that.
        let outbox = args.send.outbox(&args.node, *output).await?;
        let plan = outbox.node().plan(&submission).await?;
        let sent = match &plan.call {
            Some(call) => outbox.submit(&submission, call).await?,
            None => None,
        };
        match &sent {
            Some(sent) => chain::say_sent(sent, output),
            None => say_there(&plan, output),
        }
        output.result(&result(&plan, true, Value::Null, sent.as_ref().map(chain::sent_json)));
        Ok(())
    })
}

async fn preview(
    args: &Args,
    node: &Node,
    submission: &Submission,
    output: &Output,
) -> Result<(), ChainCommandError> {
    let plan = node.plan(submission).await?;
    let Some(call) = &plan.call else {
        say_there(&plan, output);
        output.result(&result(&plan, false, Value::Null, None));
        return Ok(());
    };
    let from = args.send.tried_from(submission.aggregator);
    let preview = node.preview(submission.chain, &from, call, &args.send.limits()).await?;
    chain::say_preview(&call.what, &preview, output);
    output.result(&result(&plan, false, chain::preview_json(&preview), None));
    Ok(())
}

fn say_there(plan: &Plan, output: &Output) {
    output.line(format_args!(
        "the feed has it already: epoch {}, chunks {:?}; nothing was sent",
        plan.epoch, plan.there
    ));
}

fn result(plan: &Plan, asked: bool, preview: Value, sent: Option<Value>) -> Value {
    json!({
        "send": asked, "epoch": plan.epoch, "there": plan.there, "chunks": plan.sent, "root_index": plan.root_index,
        "preview": preview, "transaction": sent,
    })
}

/// The proofs, each verified.
fn submission(args: &Args) -> Result<Submission, ChainCommandError> {
    let key = Groth16::verifying_key_of(&args.key, &files::read(&args.key, Kind::VerifyingKey)?)?;
    let key_id = ContractKey::new(&key)?.id();
    let mut proven = Vec::new();
    for path in &args.proof {
        let file: ProofFile<Proof> = ProofFile::decode(path, &files::read(path, Kind::Proof)?)?;
        verify::require::<Groth16>(key.clone(), &file)
            .map_err(|reason| ChainCommandError::Proof { path: path.clone(), reason: reason.into() })?;
        let statement = file.statement().id().clone();
        let other = || ChainCommandError::OtherStatement { path: path.clone(), got: statement.to_string() };
        let inputs = Claimed::of(&statement, file.words()).and_then(Result::ok).ok_or_else(other)?;
        proven.push(Proven { statement, proof: file.proof().clone(), inputs });
    }
    let (feed, aggregator) = (Address(args.feed), Address(args.aggregator));
    Ok(Submission { chain: args.send.chain_id, feed, aggregator, key_id, proven })
}

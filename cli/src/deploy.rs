//! The command `deploy`.

use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::files::{self, Kind, ProofFile};
use zksensor::hex::HexError;
use zksensor::model::hex;
use zksensor::prover::Groth16;
use zksensor::solidity::feed::Statistic;
use zksensor::solidity::{Address, ContractKey};
use zksensor::verifier::Proof;
use zksensor_chain::{Blueprint, Call, Coins, FeedPlan, Node, Part, PartState};

use crate::args::{self, FenceArgs};
use crate::backend::Backend;
use crate::chain::{self, ChainCommandError, NodeArgs, SendArgs};
use crate::output::{Output, shown};
use crate::registry;
use crate::verify;

/// What an adapter answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Answer {
    /// Sum by count, rounded down.
    Mean,
    /// Sum of the values.
    Sum,
    /// Values that are counted.
    Count,
    /// Least value.
    Minimum,
    /// Greatest value.
    Maximum,
}

/// Options of `deploy`.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("fence", |fence| fence.requires("policy")),
    after_help = "Addresses are known before: run it without --policy and --send first, and put the registry's address into the policy. \
                  What is there already is left, so a deployment that was ended in the middle is gone on with by the same command. \
                  The router's and the feed's owner adds the key and names aggregators: if that is not the account that sends, what \
                  it has to call is in the output and in the file."
)]
pub(crate) struct Args {
    /// The verifying key, Groth16: for a feed of aggregate/v2 or survey/v1, as its policy.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A proof under that key: the verifier that was deployed has to accept it, and to refuse it altered. Needed with --send.
    #[arg(long, value_name = "FILE", required_if_eq("send", "true"))]
    proof: Option<PathBuf>,
    /// Who decides: a timelock; on Polygon of three days or more.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    owner: [u8; 20],
    /// Who stops what is wrong at once.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    guardian: [u8; 20],
    /// Who posts roots.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    registrar: [u8; 20],
    /// Seconds from a post of a root until it counts: the longest epoch of a feed, or more.
    #[arg(long, value_name = "SECONDS")]
    delay_s: u64,
    /// Another salt makes other addresses.
    #[arg(long, value_name = "HEX", value_parser = salt)]
    salt: Option<[u8; 32]>,
    /// The policy of the feed. Without it, verifier, router and registry alone are deployed.
    #[arg(
        long,
        value_name = "FILE",
        requires = "window_s",
        requires = "chunk_bits",
        requires = "description"
    )]
    policy: Option<PathBuf>,
    #[command(flatten)]
    fence: FenceArgs,
    /// Seconds after an epoch's end in which proofs are accepted; no more than an epoch has.
    #[arg(long, value_name = "SECONDS", requires = "policy")]
    window_s: Option<u64>,
    /// Least devices of a proof; without it, the policy's k.
    #[arg(long, value_name = "N", requires = "policy")]
    min_count: Option<u32>,
    /// Positions of a chunk, as a power of two: three bits for each level of the key's shape.
    #[arg(long, value_name = "N", requires = "policy")]
    chunk_bits: Option<u8>,
    /// What is measured, where.
    #[arg(long, value_name = "TEXT", requires = "policy")]
    description: Option<String>,
    /// Deploys an adapter, too, that answers as price feeds do.
    #[arg(long, value_enum, requires = "policy")]
    adapter: Option<Answer>,
    /// Decimals of its answers beyond the schema's.
    #[arg(long, value_name = "N", default_value_t = 0, requires = "adapter")]
    extra_decimals: u8,
    /// Who may submit, from the next epoch that begins on.
    #[arg(long, value_name = "ADDRESS", num_args = 1.., value_parser = args::address, requires = "policy")]
    aggregator: Vec<[u8; 20]>,
    /// Writes what is to be sent for a Safe, as its transaction builder takes it, and sends nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "send")]
    safe: Option<PathBuf>,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    send: SendArgs,
}

/// What is to be deployed.
struct Job {
    blueprint: Blueprint,
    parts: Vec<Part>,
}

/// Deploys, or says what that would take.
///
/// # Errors
/// [`ChainCommandError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), ChainCommandError> {
    let (blueprint, proof) = blueprint(args, output)?;
    output.line(format_args!("the registry's address is {}", blueprint.registry_address()));
    let parts = blueprint.parts()?;
    let job = Job { blueprint, parts };
    chain::run(async {
        match args.send.send {
            true => send(args, &job, proof.as_ref(), output).await,
            false => look(args, &job, output).await,
        }
    })
}

/// The dry run.
async fn look(args: &Args, job: &Job, output: &Output) -> Result<(), ChainCommandError> {
    let node = args.node.node()?;
    node.require_chain(args.send.chain_id).await?;
    let states = survey(args, &node, job).await?;
    let calls = node.owner_calls(&job.blueprint, &job.parts).await?;
    let mut most = 0;
    for (part, state) in job.parts.iter().zip(&states) {
        let cost = state.preview.map(|preview| (preview.gas, preview.cost, preview.most));
        let about = cost.map_or_else(
            || "is there".to_owned(),
            |(gas, cost, most)| format!("{gas} gas, {cost} now, {most} at the most"),
        );
        most += cost.map_or(0, |(_, _, most)| most.0);
        output.line(format_args!("  {:<9} {} {about}", part.name, state.address));
    }
    say_owner(&calls, job, output);
    output.line(format_args!("{} at the most; nothing was sent: --send does", Coins(most)));
    if let Some(path) = &args.safe {
        let mut batch: Vec<Call> = job
            .parts
            .iter()
            .zip(&states)
            .filter(|(_, state)| !state.is_there)
            .map(|(part, _)| part.call(&job.blueprint.salt))
            .collect();
        batch.extend(calls.clone());
        let now_ms = registry::clock().unwrap_or_default();
        zksensor_chain::write(path, &zksensor_chain::safe_batch(job.blueprint.chain, &batch, now_ms))?;
        output.line(format_args!(
            "wrote {}: {} transactions for the owner's Safe",
            path.display(),
            batch.len()
        ));
    }
    output.result(&result(args, job, &states, &calls, Vec::new()));
    Ok(())
}

async fn survey(args: &Args, node: &Node, job: &Job) -> Result<Vec<PartState>, ChainCommandError> {
    let Job { blueprint, parts } = job;
    node.check_roles(blueprint).await?;
    let from = args.send.tried_from(blueprint.registrar);
    Ok(node.survey(blueprint.chain, &blueprint.salt, parts, &from, &args.send.limits()).await?)
}

async fn send(
    args: &Args,
    job: &Job,
    proof: Option<&ProofFile<Proof>>,
    output: &Output,
) -> Result<(), ChainCommandError> {
    let Job { blueprint, parts } = job;
    let outbox = args.send.outbox(&args.node, *output).await?;
    let node = outbox.node();
    // Everything is looked at before anything is paid for.
    survey(args, node, job).await?;
    let mut sent = Vec::new();
    for part in parts {
        match outbox.deploy(&blueprint.salt, part).await? {
            Some(done) => {
                chain::say_sent(&done, output);
                sent.push(chain::sent_json(&done));
            }
            None => output.note(format_args!("{} is there already", part.contract)),
        }
    }
    if let (Some(proof), Some(verifier)) = (proof, parts.first()) {
        node.check_verifier(&verifier.address(&blueprint.salt), proof.proof(), proof.words()).await?;
        output.line("the verifier accepts the proof, and refuses it altered");
    }
    let mut calls = node.owner_calls(blueprint, parts).await?;
    if outbox.account() == blueprint.owner {
        for call in std::mem::take(&mut calls) {
            let done = outbox.send(&call).await?;
            chain::say_sent(&done, output);
            sent.push(chain::sent_json(&done));
        }
    }
    let states = survey(args, node, job).await?;
    let path = args.send.deployments.join(format!("{}.json", blueprint.chain));
    zksensor_chain::write(&path, &record(job, &states, &calls))?;
    say_owner(&calls, job, output);
    output.line(format_args!("wrote {}", path.display()));
    output.result(&result(args, job, &states, &calls, sent));
    Ok(())
}

fn say_owner(calls: &[Call], job: &Job, output: &Output) {
    for call in calls {
        output
            .line(format_args!("  the owner {} has to call {}: {}", job.blueprint.owner, call.to, call.what));
    }
}

fn record(job: &Job, states: &[PartState], calls: &[Call]) -> Value {
    let mut record = zksensor_chain::record(&job.blueprint, &job.parts, states);
    record["owner_calls"] = calls_json(calls);
    record
}

fn calls_json(calls: &[Call]) -> Value {
    let one = |call: &Call| json!({ "what": call.what, "to": call.to.to_string(), "data": hex::encode(&call.data) });
    calls.iter().map(one).collect()
}

fn result(args: &Args, job: &Job, states: &[PartState], calls: &[Call], sent: Vec<Value>) -> Value {
    let mut result = record(job, states, calls);
    let previews = job.parts.iter().zip(states);
    let previews: Vec<Value> = previews
        .map(|(part, state)| {
            json!({ "name": part.name, "there": state.is_there, "preview": state.preview.as_ref().map(chain::preview_json) })
        })
        .collect();
    result["send"] = args.send.send.into();
    result["parts"] = previews.into();
    result["transactions"] = sent.into();
    result["safe"] = args.safe.as_deref().map_or(Value::Null, shown);
    result
}

fn blueprint(
    args: &Args,
    output: &Output,
) -> Result<(Blueprint, Option<ProofFile<Proof>>), ChainCommandError> {
    let key = Groth16::verifying_key_of(&args.key, &files::read(&args.key, Kind::VerifyingKey)?)?;
    let mut proof = None;
    if let Some(path) = &args.proof {
        let file: ProofFile<Proof> = ProofFile::decode(path, &files::read(path, Kind::Proof)?)?;
        verify::require::<Groth16>(key.clone(), &file)
            .map_err(|reason| ChainCommandError::Proof { path: path.clone(), reason: reason.into() })?;
        proof = Some(file);
    }
    let mut feed = None;
    if let Some(path) = &args.policy {
        let (document, _) = args::policy_of(path, args.fence.load(output)?)?;
        let policy = document.policy;
        feed = Some(FeedPlan {
            window_ms: args.window_s.unwrap_or_default().saturating_mul(1000),
            min_count: args.min_count.unwrap_or(policy.parts().k),
            chunk_bits: args.chunk_bits.unwrap_or_default(),
            description: args.description.clone().unwrap_or_default(),
            adapter: args.adapter.map(|answer| (answer.statistic(), args.extra_decimals)),
            aggregators: args.aggregator.iter().map(|address| Address(*address)).collect(),
            policy,
        });
    }
    let blueprint = Blueprint {
        chain: args.send.chain_id,
        salt: args.salt.unwrap_or_default(),
        owner: Address(args.owner),
        guardian: Address(args.guardian),
        registrar: Address(args.registrar),
        delay_s: args.delay_s,
        key: ContractKey::new(&key)?,
        feed,
    };
    Ok((blueprint, proof))
}

/// 32 bytes.
///
/// # Errors
/// [`HexError`] for any other text.
fn salt(text: &str) -> Result<[u8; 32], HexError> {
    zksensor::hex::parse(text)
}

impl Answer {
    fn statistic(self) -> Statistic {
        match self {
            Answer::Mean => Statistic::Mean,
            Answer::Sum => Statistic::Sum,
            Answer::Count => Statistic::Count,
            Answer::Minimum => Statistic::Minimum,
            Answer::Maximum => Statistic::Maximum,
        }
    }
}

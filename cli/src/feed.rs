//! The commands `feed ..`: what a feed on a chain says.

use serde_json::{Value, json};
use zksensor::model::hex;
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::solidity::Address;
use zksensor_chain::{EpochState, FeedState, Post, RegistryState, Roles};

use crate::args;
use crate::chain::{self, ChainCommandError, NodeArgs};
use crate::output::Output;

/// What of a feed.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Reads a feed, its registry and its router: epochs, roots, what waits for its time, who decides.
    Status(StatusArgs),
    /// Says whether what the feed answers for an epoch stays for ever: its window is shut, in a block that no reorganisation changes.
    FinalizeCheck(FinalArgs),
}

/// Options of `feed finalize-check`.
#[derive(Debug, clap::Args)]
pub(crate) struct FinalArgs {
    /// The feed.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    feed: [u8; 20],
    /// Refuses a node of another chain.
    #[arg(long, value_name = "N")]
    chain_id: Option<u64>,
    /// The epoch.
    #[arg(long, value_name = "N")]
    epoch: u32,
    #[command(flatten)]
    node: NodeArgs,
}

/// Options of `feed status`.
#[derive(Debug, clap::Args)]
pub(crate) struct StatusArgs {
    /// The feed.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    feed: [u8; 20],
    /// Refuses a node of another chain.
    #[arg(long, value_name = "N")]
    chain_id: Option<u64>,
    /// Reads so many of the epochs that have begun, from the last one back.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=1000))]
    epochs: u32,
    #[command(flatten)]
    node: NodeArgs,
}

/// Runs a command about a feed.
///
/// # Errors
/// [`ChainCommandError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), ChainCommandError> {
    match command {
        Command::Status(args) => status(args, output),
        Command::FinalizeCheck(args) => finalize_check(args, output),
    }
}

fn finalize_check(args: &FinalArgs, output: &Output) -> Result<(), ChainCommandError> {
    let node = args.node.node()?;
    let check = chain::run(async {
        let chain = node.chain_id().await?;
        node.require_chain(args.chain_id.unwrap_or(chain)).await?;
        let terms = node.feed_terms(chain, &Address(args.feed)).await?;
        Ok(node.check_final(&terms, args.epoch).await?)
    })?;
    let epoch = args.epoch;
    if check.block.is_none() || !check.round.is_final {
        let time = format_rfc3339_millis(check.final_at_s.saturating_mul(1000));
        return Err(ChainCommandError::NotFinal { epoch, time, knows: check.block.is_some() });
    }
    if check.round.voided || check.round.count == 0 {
        return Err(ChainCommandError::NoAnswer { epoch, voided: check.round.voided });
    }
    let round = &check.round;
    output.line(format_args!(
        "epoch {epoch} is final: {} values of {} chunks, sum {}",
        round.count, round.chunks, round.sum
    ));
    output.result(&json!({
        "final": true, "epoch": epoch, "block": check.block, "final_at_s": check.final_at_s, "count": round.count,
        "sum": round.sum.to_string(), "chunks": round.chunks,
    }));
    Ok(())
}

fn status(args: &StatusArgs, output: &Output) -> Result<(), ChainCommandError> {
    let node = args.node.node()?;
    let state = chain::run(async {
        if let Some(chain) = args.chain_id {
            node.require_chain(chain).await?;
        }
        Ok(node.feed(&Address(args.feed), args.epochs).await?)
    })?;
    say(&state, output);
    output.result(&to_json(&state));
    Ok(())
}

fn say(state: &FeedState, output: &Output) {
    let terms = &state.terms;
    output.line(format_args!(
        "{} ({}) on chain {}, block {}, {}",
        terms.description,
        terms.feed,
        state.chain,
        state.block,
        format_rfc3339_millis(state.now_s.saturating_mul(1000))
    ));
    output.line(format_args!("  policy    {}", terms.policy_id));
    output.line(format_args!(
        "  epochs    of {} s, windows of {} s, at least {} devices of a chunk",
        terms.length_ms / 1000,
        terms.window_ms / 1000,
        terms.min_count
    ));
    if state.paused {
        output.line("  PAUSED    nothing is accepted");
    }
    say_roles("feed", &state.roles, output);
    say_roles("router", &state.router_roles, output);
    say_roles("registry", &state.registry.roles, output);
    say_registry(&state.registry, output);
    for epoch in &state.epochs {
        let round = &epoch.round;
        output.line(format_args!(
            "  epoch {:<6} {:<22} {} values of {} chunks, sum {}",
            epoch.epoch,
            phase(state, epoch),
            round.count,
            round.chunks,
            round.sum
        ));
    }
    match state.latest {
        Some(epoch) => output.line(format_args!("  latest    epoch {epoch} has an answer")),
        None => output.line("  latest    no epoch has an answer yet"),
    }
}

fn say_roles(of: &str, roles: &Roles, output: &Output) {
    let time = roles
        .timelock_s
        .map_or_else(|| "no timelock".to_owned(), |seconds| format!("timelock of {seconds} s"));
    output.line(format_args!("  {of:<9} owner {} ({time}), guardian {}", roles.owner, roles.guardian));
}

fn say_registry(registry: &RegistryState, output: &Output) {
    output.line(format_args!(
        "  roots     {} posts to {}, which count after {} s; registrar {}",
        registry.posts, registry.registry, registry.delay_s, registry.registrar
    ));
    let line = |word: &str, post: &Post| {
        let since = format_rfc3339_millis(post.active_at_s.saturating_mul(1000));
        output.line(format_args!("  {word:<9} post {}, {since}: {}", post.index, hex::encode(&post.root)));
    };
    registry.active.iter().for_each(|post| line("counts", post));
    registry.pending.iter().for_each(|post| line("waits", post));
}

/// Where an epoch is in its life.
fn phase(state: &FeedState, epoch: &EpochState) -> &'static str {
    let now_ms = state.now_s.saturating_mul(1000);
    match (epoch.round.voided, epoch.round.is_final) {
        (true, _) => "void",
        (_, true) if epoch.round.count == 0 => "final, without data",
        (_, true) => "final",
        _ if now_ms >= epoch.end_ms => "open for proofs",
        _ => "is measured",
    }
}

fn to_json(state: &FeedState) -> Value {
    let terms = &state.terms;
    let epochs: Vec<Value> = state
        .epochs
        .iter()
        .map(|epoch| {
            json!({
                "epoch": epoch.epoch, "phase": phase(state, epoch), "end_ms": epoch.end_ms, "final_at_s": epoch.final_at_s,
                "chunk_bits": epoch.chunk_bits, "count": epoch.round.count, "sum": epoch.round.sum.to_string(),
                "chunks": epoch.round.chunks, "final": epoch.round.is_final, "voided": epoch.round.voided,
            })
        })
        .collect();
    json!({
        "feed": terms.feed.to_string(), "chain_id": state.chain, "block": state.block, "now_s": state.now_s,
        "description": terms.description, "policy_id": terms.policy_id, "origin_ms": terms.origin_ms, "length_ms": terms.length_ms,
        "window_ms": terms.window_ms, "min_count": terms.min_count, "decimals": terms.decimals, "paused": state.paused,
        "roles": roles_json(&state.roles), "pending_owner": state.pending_owner.to_string(), "latest": state.latest,
        "epochs": epochs, "registry": registry_json(&state.registry),
        "router": { "address": terms.router.to_string(), "roles": roles_json(&state.router_roles) },
    })
}

fn roles_json(roles: &Roles) -> Value {
    json!({
        "owner": roles.owner.to_string(), "timelock_s": roles.timelock_s, "guardian": roles.guardian.to_string(),
    })
}

/// A registry, for programs.
pub(crate) fn registry_json(registry: &RegistryState) -> Value {
    json!({
        "address": registry.registry.to_string(), "delay_s": registry.delay_s, "posts": registry.posts,
        "head": hex::encode(&registry.head), "registrar": registry.registrar.to_string(), "roles": roles_json(&registry.roles),
        "active": registry.active.as_ref().map(post_json),
        "pending": registry.pending.iter().map(post_json).collect::<Vec<_>>(),
    })
}

fn post_json(post: &Post) -> Value {
    json!({
        "index": post.index, "root": hex::encode(&post.root), "digest": hex::encode(&post.digest), "active_at_s": post.active_at_s,
    })
}

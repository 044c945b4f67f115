//! The commands `registry post`, `registry sync` and `registry veto`: the file and the contract.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::files::{Moment, RegistryFile};
use zksensor::model::hex;
use zksensor::model::registry::{Registry, RegistryRoot};
use zksensor::solidity::Address;
use zksensor::solidity::feed::registry::Ops;
use zksensor_chain::{Call, Node, PostedRoot, Posts, RegistryState};

use super::RegistryArgs;
use crate::args;
use crate::chain::{self, ChainCommandError, NodeArgs, SendArgs};
use crate::output::{Output, shown};

/// Options of `registry post`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What counts at once is nothing: a root does after the contract's DELAY, and until then the guardian can take it back. \
                  What is posted already is left out, so the command can be run after every change, or by a clock."
)]
pub(crate) struct PostArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The registry's contract.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    contract: [u8; 20],
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    send: SendArgs,
}

/// Options of `registry sync`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A guardian who has the registrar's file compares with that; anybody follows the posts from the first on with --from-chain. What \
                  is posted are hashes of leaves, so that no key or identity can be read there, and proofs take the registrar's file."
)]
pub(crate) struct SyncArgs {
    /// The registry that every post has to be a state of.
    #[arg(long, value_name = "FILE", required_unless_present = "from_chain")]
    registry: Option<PathBuf>,
    /// Compares with no file: makes the tree again of the changes that were posted, and computes every root.
    #[arg(long, conflicts_with = "registry")]
    from_chain: bool,
    /// The registry's contract.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    contract: [u8; 20],
    /// Refuses a node of another chain.
    #[arg(long, value_name = "N")]
    chain_id: Option<u64>,
    /// The block of the contract's deployment, or one before it. From 0 it takes long on a chain of many blocks.
    #[arg(long, value_name = "N", default_value_t = 0)]
    from_block: u64,
    #[command(flatten)]
    node: NodeArgs,
}

/// Options of `registry veto`.
#[derive(Debug, clap::Args)]
pub(crate) struct VetoArgs {
    /// The registry's contract.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    contract: [u8; 20],
    /// The first post that is taken back; all after it are, too.
    #[arg(long, value_name = "N")]
    from_post: u64,
    /// Why, for everybody to read.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    send: SendArgs,
}

/// A post that is to be made.
struct Step {
    call: Call,
    root: RegistryRoot,
    bytes: usize,
}

/// Posts what is new.
///
/// # Errors
/// [`ChainCommandError`].
pub(super) fn post(args: &PostArgs, output: &Output) -> Result<(), ChainCommandError> {
    let path = &args.registry.registry;
    let file = super::load(&args.registry, output)?;
    let contract = Address(args.contract);
    chain::run(async {
        if !args.send.send {
            let node = args.node.node()?;
            node.require_chain(args.send.chain_id).await?;
            let state = node.registry(&contract).await?;
            let step = step(&node, &file, path, &state).await?;
            let preview = match &step {
                Some(step) => {
                    let from = args.send.tried_from(state.registrar);
                    let preview =
                        node.preview(args.send.chain_id, &from, &step.call, &args.send.limits()).await?;
                    chain::say_preview(&step.call.what, &preview, output);
                    chain::preview_json(&preview)
                }
                None => Value::Null,
            };
            say_all(step.is_none(), output);
            output.result(&result(args, step.is_none(), preview, Vec::new()));
            return Ok(());
        }
        let outbox = args.send.outbox(&args.node, *output).await?;
        let mut sent = Vec::new();
        loop {
            let state = outbox.node().registry(&contract).await?;
            let Some(step) = step(outbox.node(), &file, path, &state).await? else { break };
            let done = outbox.send(&step.call).await?;
            chain::say_sent(&done, output);
            let (root, ops_bytes) = (step.root.to_string(), step.bytes);
            sent.push(
                json!({ "root": root, "ops_bytes": ops_bytes, "transaction": chain::sent_json(&done) }),
            );
        }
        say_all(sent.is_empty(), output);
        output.result(&result(args, true, Value::Null, sent));
        Ok(())
    })
}

fn say_all(is_there: bool, output: &Output) {
    if is_there {
        output.line("the contract has the state of the file already");
    }
}

fn result(args: &PostArgs, is_there: bool, preview: Value, sent: Vec<Value>) -> Value {
    json!({
        "send": args.send.send, "contract": Address(args.contract).to_string(), "registry": shown(&args.registry.registry),
        "there": is_there, "preview": preview, "posts": sent,
    })
}

/// The next post; `None` if the contract has the state of the file.
async fn step(
    node: &Node,
    file: &RegistryFile,
    path: &Path,
    state: &RegistryState,
) -> Result<Option<Step>, ChainCommandError> {
    let journal = file.journal();
    let (base, before) = match state.pending.last().or(state.active.as_ref()) {
        None => (Moment::START, Registry::new()),
        Some(post) => {
            let moment =
                moment_of(file, &post.root, Moment::START).ok_or_else(|| ChainCommandError::OtherRoot {
                    contract: state.registry,
                    path: path.to_owned(),
                    index: post.index,
                    root: hex::encode(&post.root),
                    is_vetoable: !state.pending.is_empty(),
                })?;
            (moment, file.registry(moment)?)
        }
    };
    if journal.root_at(base) == journal.root() {
        return Ok(None);
    }
    let most = node.most_ops(&state.registry).await?;
    // The last state whose changes fit; what remains is for the next post.
    let later: Vec<Moment> =
        journal.history().map(|change| change.moment).filter(|moment| *moment > base).collect();
    let mut end = later.len();
    while end > 0 {
        let to = later[end - 1];
        let after = file.registry(to)?;
        let ops = zksensor_chain::changes(&before, &after);
        let bytes = ops.as_bytes().len();
        if bytes as u64 <= most {
            let call = zksensor_chain::post(&state.registry, after.root(), &state.head, &ops);
            return Ok(Some(Step { call, root: after.root(), bytes }));
        }
        if end == 1 {
            return Err(ChainCommandError::LargeChange { most, got: bytes });
        }
        end = end.div_ceil(2);
    }
    Ok(None)
}

/// The first state of the file with this root, from one on.
fn moment_of(file: &RegistryFile, root: &[u8; 32], from: Moment) -> Option<Moment> {
    let wanted = hex::encode(root);
    let journal = file.journal();
    if journal.root_at(from).to_string() == wanted {
        return Some(from);
    }
    let mut changes = journal.history().filter(|change| change.moment > from);
    changes.find(|change| change.root.to_string() == wanted).map(|change| change.moment)
}

/// Compares every post with the file, or with its own changes.
///
/// # Errors
/// [`ChainCommandError::OtherRoot`] and [`ChainCommandError::OtherChanges`] with the first that differs,
/// [`ChainCommandError::OtherTree`] with the first whose changes lead elsewhere.
pub(super) fn sync(args: &SyncArgs, output: &Output) -> Result<(), ChainCommandError> {
    let file = match &args.registry {
        Some(path) => {
            let registry = RegistryArgs { registry: path.clone() };
            Some((super::load(&registry, output)?, path))
        }
        None => None,
    };
    let contract = Address(args.contract);
    let node = args.node.node()?;
    let (posts, state) = chain::run(async {
        if let Some(chain) = args.chain_id {
            node.require_chain(chain).await?;
        }
        Ok((node.posts(&contract, args.from_block).await?, node.registry(&contract).await?))
    })?;
    let newer = state.posts.saturating_sub(posts.posts.len() as u64);
    let found = match file {
        Some((file, path)) => compared((&file, path), contract, (&posts, &state), output)?,
        None => rebuilt(contract, (&posts, &state), output)?,
    };
    if !posts.is_final {
        output.warn("the node does not say which block is final: the last posts may still change");
    }
    if newer > 0 {
        output.note(format_args!("{newer} newer posts are not final yet, and were not looked at"));
    }
    let mut result = json!({
        "contract": contract.to_string(), "posts": posts.posts.len(), "vetoed": posts.vetoed, "block": posts.block, "final": posts.is_final,
        "newer": newer, "root": posts.posts.last().map(|post| hex::encode(&post.root)),
    });
    for (name, value) in found {
        result[name] = value;
    }
    output.result(&result);
    Ok(())
}

/// What only one of the two ways finds.
type Found = Vec<(&'static str, Value)>;

/// Every post is a state of the file.
fn compared(
    (file, path): (&RegistryFile, &Path),
    contract: Address,
    (posts, state): (&Posts, &RegistryState),
    output: &Output,
) -> Result<Found, ChainCommandError> {
    let (mut at, mut before) = (Moment::START, Registry::new());
    for post in &posts.posts {
        (at, before) = follow(file, path, contract, state, (at, &before), post)?;
    }
    let is_current = file.journal().root_at(at) == file.journal().root();
    output.line(format_args!(
        "{} posts up to block {} are states of the file, each with the changes that lead to it; {} were taken back",
        posts.posts.len(),
        posts.block,
        posts.vetoed
    ));
    if !is_current {
        output.note("the file has changes that are not posted: `zksensor registry post`");
    }
    Ok(vec![("registry", shown(path)), ("current", is_current.into())])
}

/// Every root is what its changes lead to.
fn rebuilt(
    contract: Address,
    (posts, state): (&Posts, &RegistryState),
    output: &Output,
) -> Result<Found, ChainCommandError> {
    let tree = posts.rebuild().map_err(|reason| ChainCommandError::OtherTree {
        contract,
        is_vetoable: is_vetoable(state, reason.index()),
        reason,
    })?;
    output.line(format_args!(
        "{} posts up to block {} lead to the tree of {} devices, {} of them taken out, and each root is what its changes lead to; {} posts \
         were taken back",
        posts.posts.len(),
        posts.block,
        tree.enrolled(),
        tree.enrolled() - tree.active(),
        posts.vetoed
    ));
    Ok(vec![
        ("registry", Value::Null),
        ("enrolled", tree.enrolled().into()),
        ("active", tree.active().into()),
    ])
}

/// Whether a post does not count yet.
fn is_vetoable(state: &RegistryState, index: u64) -> bool {
    state.pending.iter().any(|pending| pending.index == index)
}

/// The state of the file that a post leads to.
fn follow(
    file: &RegistryFile,
    path: &Path,
    contract: Address,
    state: &RegistryState,
    (at, before): (Moment, &Registry),
    post: &PostedRoot,
) -> Result<(Moment, Registry), ChainCommandError> {
    let index = post.index;
    let Some(moment) = moment_of(file, &post.root, at) else {
        return Err(ChainCommandError::OtherRoot {
            contract,
            path: path.to_owned(),
            index,
            root: hex::encode(&post.root),
            is_vetoable: is_vetoable(state, index),
        });
    };
    let after = file.registry(moment)?;
    let ops: Ops = zksensor_chain::changes(before, &after);
    if ops.as_bytes() != post.ops {
        return Err(ChainCommandError::OtherChanges { contract, path: path.to_owned(), index });
    }
    Ok((moment, after))
}

/// Takes posts back.
///
/// # Errors
/// [`ChainCommandError`].
pub(super) fn veto(args: &VetoArgs, output: &Output) -> Result<(), ChainCommandError> {
    let contract = Address(args.contract);
    let call = zksensor_chain::veto(&contract, args.from_post, &args.reason);
    let (preview, sent) = chain::run(async {
        if !args.send.send {
            let node = args.node.node()?;
            node.require_chain(args.send.chain_id).await?;
            let state = node.registry(&contract).await?;
            let from = args.send.tried_from(state.roles.guardian);
            let preview = node.preview(args.send.chain_id, &from, &call, &args.send.limits()).await?;
            chain::say_preview(&call.what, &preview, output);
            return Ok((chain::preview_json(&preview), Value::Null));
        }
        let outbox = args.send.outbox(&args.node, *output).await?;
        let sent = outbox.send(&call).await?;
        chain::say_sent(&sent, output);
        Ok((Value::Null, chain::sent_json(&sent)))
    })?;
    output.result(&json!({
        "send": args.send.send, "contract": contract.to_string(), "from_post": args.from_post, "preview": preview,
        "transaction": sent,
    }));
    Ok(())
}

//! What the commands that speak with a chain have in common: the node, who signs, what may be paid, and what is said of what was sent.

use std::fmt::Display;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use zksensor::solidity::Address;
use zksensor_chain::{
    Coins, Event, Gwei, KEY_VARIABLE, Limits, Node, Outbox, Preview, Sent, Setup, Signer, Teller, Waiting,
};

use crate::args;
use crate::error::{Advice, diagnostic};
use crate::output::Output;

mod error;

pub(crate) use error::ChainCommandError;

/// The variable of the environment that may have the node's URL.
const RPC_VARIABLE: &str = "ZKSENSOR_RPC";
const GWEI: u128 = 1_000_000_000;

/// The node that is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct NodeArgs {
    /// URL of a node's JSON-RPC; without it, the variable ZKSENSOR_RPC of the environment has it, which other users of the machine do
    /// not see.
    #[arg(long, value_name = "URL")]
    rpc: Option<String>,
    /// Waits so long for an answer of the node.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    rpc_timeout_s: u64,
}

impl NodeArgs {
    /// The node.
    ///
    /// # Errors
    /// [`ChainCommandError::NoNode`] if neither names one.
    pub(crate) fn node(&self) -> Result<Node, ChainCommandError> {
        let url = self.rpc.clone().or_else(|| std::env::var(RPC_VARIABLE).ok());
        let url = url.filter(|url| !url.is_empty()).ok_or(ChainCommandError::NoNode)?;
        Ok(Node::new(&url, self.patience())?)
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.rpc_timeout_s)
    }
}

/// Who signs and what may be paid. Nothing is sent without `--send`.
#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    /// Id of the chain that is meant: 137 is Polygon, 80002 its test network Amoy. A node of another one is refused.
    #[arg(long, value_name = "N")]
    pub(crate) chain_id: u64,
    /// Sends it. Without this everything is looked at and tried in a call that changes nothing, and what it would cost is said.
    #[arg(long)]
    pub(crate) send: bool,
    /// The account's keystore (version 3, as geth and `cast wallet` write it). Without it and --signer-url, the key is in the variable
    /// ZKSENSOR_PRIVATE_KEY of the environment. A key never is an option: everybody on the machine could read it.
    #[arg(long, value_name = "FILE", requires = "password_file")]
    keystore: Option<PathBuf>,
    /// The file whose first line is the password of the keystore.
    #[arg(long, value_name = "FILE", requires = "keystore")]
    password_file: Option<PathBuf>,
    /// URL of a signer that has the key and speaks `eth_signTransaction`, such as Web3Signer or clef.
    #[arg(long, value_name = "URL", requires = "from", conflicts_with = "keystore")]
    signer_url: Option<String>,
    /// The account: that --signer-url signs for, or, without --send, that a call is tried from.
    #[arg(long, value_name = "ADDRESS", value_parser = args::address)]
    from: Option<[u8; 20]>,
    /// The most for a unit of gas, tip included, in gwei.
    #[arg(long, value_name = "GWEI", default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    max_fee_gwei: u64,
    /// The most that each transaction may cost, in the chain's coin.
    #[arg(long, value_name = "POL", default_value = "1", value_parser = coins)]
    max_cost_pol: Coins,
    /// Waits so long for a transaction to be final. The same command later goes on with it.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    wait_s: u64,
    /// Sends a transaction again for more gas price if it is in no block after so long.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    replace_after_s: u64,
    /// Folder of what is deployed on which chain, of the lock of each account, and of what is under way.
    #[arg(long, value_name = "DIR", default_value = "deployments")]
    pub(crate) deployments: PathBuf,
}

impl SendArgs {
    /// What may be paid.
    pub(crate) fn limits(&self) -> Limits {
        Limits { fee: Gwei(u128::from(self.max_fee_gwei) * GWEI), cost: self.max_cost_pol }
    }

    /// Who a call is tried from where nothing is sent: who is named, or `otherwise`.
    pub(crate) fn tried_from(&self, otherwise: Address) -> Address {
        self.from.map_or(otherwise, Address)
    }

    /// Opens the account's outbox, and says what is going on.
    ///
    /// # Errors
    /// [`ChainCommandError`].
    pub(crate) async fn outbox(&self, node: &NodeArgs, output: Output) -> Result<Outbox, ChainCommandError> {
        let signer = self.signer(node)?;
        let tell: Teller = Box::new(move |event: &Event| output.note(event));
        let waiting = Waiting {
            total: Duration::from_secs(self.wait_s),
            replace_after: Duration::from_secs(self.replace_after_s),
            ..Waiting::default()
        };
        let (chain, limits, folder) = (self.chain_id, self.limits(), self.deployments.as_path());
        let setup = Setup { chain, signer, limits, waiting, folder, tell };
        let (outbox, finished) = Outbox::open(node.node()?, setup).await?;
        if let Some(finished) = finished {
            output.note(format_args!("{} is final in block {}", finished.what, finished.block));
        }
        Ok(outbox)
    }

    fn signer(&self, node: &NodeArgs) -> Result<Signer, ChainCommandError> {
        let signer = match (&self.keystore, &self.password_file, &self.signer_url, self.from) {
            (Some(keystore), Some(password), ..) => Signer::of_keystore(keystore, password)?,
            (_, _, Some(url), Some(from)) => Signer::remote(url, Address(from), node.patience())?,
            _ => Signer::of_environment()?,
        };
        match self.from.map(Address).filter(|from| *from != signer.address()) {
            Some(wanted) => Err(ChainCommandError::OtherAccount { wanted, got: signer.address() }),
            None => Ok(signer),
        }
    }
}

/// Runs what waits for a chain.
///
/// # Errors
/// What it ends with; [`ChainCommandError::Runtime`].
pub(crate) fn run<T>(
    future: impl Future<Output = Result<T, ChainCommandError>>,
) -> Result<T, ChainCommandError> {
    zksensor_chain::block_on(future).map_err(|source| ChainCommandError::Runtime { source })?
}

/// An amount of the chain's coin, with at most 18 decimals.
fn coins(text: &str) -> Result<Coins, &'static str> {
    const WANTED: &str = "expected an amount such as 0.5, of at most 18 decimals";
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 18 {
        return Err(WANTED);
    }
    let parse = |text: &str| text.parse::<u128>().map_err(|_| WANTED);
    let (whole, part) = (parse(whole)?, parse(&format!("{part:0<18}"))?);
    whole.checked_mul(GWEI * GWEI).and_then(|whole| whole.checked_add(part)).map(Coins).ok_or(WANTED)
}

/// What a transaction would take, for people.
pub(crate) fn say_preview(what: impl Display, preview: &Preview, output: &Output) {
    output.line(format_args!(
        "{what} would take {} gas, {} now and {} at the most; nothing was sent: --send does",
        preview.gas, preview.cost, preview.most
    ));
}

/// The same for programs.
pub(crate) fn preview_json(preview: &Preview) -> Value {
    json!({ "gas": preview.gas, "cost_wei": preview.cost.0.to_string(), "most_wei": preview.most.0.to_string() })
}

/// What became of a transaction, for people.
pub(crate) fn say_sent(sent: &Sent, output: &Output) {
    output.line(format_args!(
        "{} is final in block {}: {} gas, {}",
        sent.what, sent.block, sent.gas, sent.cost
    ));
}

/// The same for programs.
pub(crate) fn sent_json(sent: &Sent) -> Value {
    let blocks = match sent.finality {
        zksensor_chain::Finality::Blocks(blocks) => Some(blocks),
        zksensor_chain::Finality::Finalized => None,
    };
    json!({
        "hash": sent.hash, "block": sent.block, "gas": sent.gas, "cost_wei": sent.cost.0.to_string(), "raised": sent.raised,
        "reorganised": sent.reorganised, "blocks_waited": blocks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        assert_eq!(coins("1"), Ok(Coins(GWEI * GWEI)));
        assert_eq!(coins("0.05"), Ok(Coins(GWEI * GWEI / 20)));
        assert_eq!(coins("0.000000000000000001"), Ok(Coins(1)));
        for wrong in
            ["", ".", "1.", ".5", "-1", "1e3", "0.0000000000000000001", "99999999999999999999999999", "1,5"]
        {
            assert!(coins(wrong).is_err(), "{wrong}");
        }
    }
}

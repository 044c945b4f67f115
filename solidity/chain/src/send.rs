//! Sending: what is looked at before, one number at a time, and that nothing is done until it is final.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy_consensus::TxEip1559;
use alloy_primitives::{Address as AlloyAddress, Bytes, TxKind};
use zksensor_solidity::Address;

use crate::error::{ChainError, Coins, Gwei};
use crate::fees::{self, Limits, Price};
use crate::follow::UnderWay;
use crate::lock::{self, Lock};
use crate::pending::Pending;
use crate::rpc::{At, Node};
use crate::signer::Signer;

/// A transaction that is to be sent; it pays nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What it does, for people.
    pub what: String,
    /// To whom.
    pub to: Address,
    /// What is called, with its arguments.
    pub data: Vec<u8>,
}

/// What a transaction takes, as the chain is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preview {
    /// The node's estimate of its gas.
    pub gas: u64,
    /// What it would cost at the price of now.
    pub cost: Coins,
    /// The most that it would cost: with a quarter more gas, at the highest price that is offered.
    pub most: Coins,
    limit: u64,
    price: Price,
}

/// How long is waited, and for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Until a transaction is final.
    pub total: Duration,
    /// Until one that is not included is sent at a higher price.
    pub replace_after: Duration,
    /// Between two looks at the chain.
    pub poll: Duration,
    /// Until another command has ended that sends from the account.
    pub lock: Duration,
}

impl Default for Waiting {
    /// Ten minutes in all, a higher price every half, a look each second and a half, which is a block of Polygon.
    fn default() -> Self {
        Waiting {
            total: Duration::from_secs(600),
            replace_after: Duration::from_secs(30),
            poll: Duration::from_millis(1500),
            lock: Duration::from_secs(10),
        }
    }
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// What was sent.
    pub what: String,
    /// Its hash, `0x` and 64 digits.
    pub hash: String,
    /// The block that it is in.
    pub block: u64,
    /// Gas that it took.
    pub gas: u64,
    /// What it cost.
    pub cost: Coins,
    /// Why it stays.
    pub finality: Finality,
    /// How often it was sent again at a higher price.
    pub raised: u32,
    /// How often it fell out of the chain in a reorganisation and was sent again.
    pub reorganised: u32,
}

/// Why a block stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    /// The chain says that it is final.
    Finalized,
    /// The node has no such tag, and so many blocks came after it.
    Blocks(u64),
}

/// What happens while a transaction is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A command before this one was ended while this was under way; it is gone on with.
    Resumed(String),
    /// It was handed in.
    HandedIn {
        /// What.
        what: String,
        /// Its hash.
        hash: String,
    },
    /// It was not included for long, and was sent at a higher price.
    Raised(Gwei),
    /// It was not included for long, and the limits allow no higher price.
    AtLimit,
    /// It is in a block.
    Included(u64),
    /// It was in a block that fell out of the chain, and was handed in again.
    Reorganised(u64),
    /// The node does not say what is final; so many blocks are waited for.
    NoFinality(u64),
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Resumed(what) => {
                write!(f, "a command before this one was ended while {what} was under way: going on with it")
            }
            Event::HandedIn { what, hash } => write!(f, "sent {what}: {hash}"),
            Event::Raised(fee) => write!(f, "not included yet: sent again for at most {fee} gwei"),
            Event::AtLimit => f.write_str(
                "not included yet, and --max-fee-gwei or --max-cost-pol allow no higher price: waiting",
            ),
            Event::Included(block) => write!(f, "included in block {block}; waiting until that is final"),
            Event::Reorganised(block) => {
                write!(f, "block {block} fell out of the chain in a reorganisation: sent again")
            }
            Event::NoFinality(blocks) => {
                write!(f, "the node does not say which block is final: waiting for {blocks} blocks")
            }
        }
    }
}

/// Who is told what happens.
pub type Teller = Box<dyn Fn(&Event) + Send + Sync>;

/// Sends from one account on one chain, one transaction at a time. Holds the account's lock while it lives.
pub struct Outbox {
    pub(crate) node: Node,
    pub(crate) chain: u64,
    pub(crate) signer: Signer,
    pub(crate) limits: Limits,
    pub(crate) waiting: Waiting,
    pub(crate) tell: Teller,
    pub(crate) path: PathBuf,
    _lock: Lock,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbox({} on chain {})", self.signer.address(), self.chain)
    }
}

/// What an outbox is made with.
pub struct Setup<'a> {
    /// The chain that is meant.
    pub chain: u64,
    /// Who signs.
    pub signer: Signer,
    /// What may be paid.
    pub limits: Limits,
    /// How long is waited.
    pub waiting: Waiting,
    /// Where the lock is, and what is under way.
    pub folder: &'a Path,
    /// Who is told.
    pub tell: Teller,
}

impl Outbox {
    /// Compares the chain, takes the lock of the account, and brings to its end what a command before had begun, if there is something:
    /// that is the second of what is returned.
    ///
    /// # Errors
    /// [`ChainError::OtherChain`], [`ChainError::Locked`]; as [`Outbox::send`].
    pub async fn open(node: Node, setup: Setup<'_>) -> Result<(Self, Option<Sent>), ChainError> {
        let (outbox, under_way) = Outbox::resume(node, setup).await?;
        let Some(under_way) = under_way else { return Ok((outbox, None)) };
        let sent = match outbox.follow(under_way).await {
            // It was overtaken or refused, and is not under way any more: what the command is to do is looked at anew.
            Err(ChainError::Overtaken { .. } | ChainError::Failed { .. }) => None,
            sent => Some(sent?),
        };
        Ok((outbox, sent))
    }

    /// As [`Outbox::open`], for who waits for other things, too: what was begun before is returned as it is, and has to come to its end by
    /// [`Outbox::advance`] before anything else is sent.
    ///
    /// # Errors
    /// [`ChainError::OtherChain`], [`ChainError::Locked`], [`ChainError::OtherFile`].
    pub async fn resume(node: Node, setup: Setup<'_>) -> Result<(Self, Option<UnderWay>), ChainError> {
        let Setup { chain, signer, limits, waiting, folder, tell } = setup;
        node.require_chain(chain).await?;
        let file = |what| lock::of_account(folder, chain, signer.address(), what);
        let lock = Lock::take(&file("lock"), waiting.lock).await?;
        let path = file("pending.json");
        let outbox = Outbox { node, chain, signer, limits, waiting, tell, path, _lock: lock };
        let pending = Pending::load(&outbox.path, chain, outbox.signer.account())?;
        if let Some(pending) = &pending {
            (outbox.tell)(&Event::Resumed(pending.what.clone()));
        }
        Ok((outbox, pending.map(UnderWay::of)))
    }

    /// Whose transactions these are.
    pub fn account(&self) -> Address {
        self.signer.address()
    }

    /// The node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// What may be paid from now on, be it for what is under way.
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Sends a call and waits until it is final. If a reorganisation drops it, it is sent again.
    ///
    /// # Errors
    /// [`ChainError::WouldRevert`] and others before anything is sent; [`ChainError::Failed`], [`ChainError::NotYet`].
    pub async fn send(&self, call: &Call) -> Result<Sent, ChainError> {
        self.follow(self.begin(call, || Ok(())).await?).await
    }

    /// Looks at a call, signs it, keeps it and hands it in. What a node does not answer to that is no error: it is under way once it is kept.
    /// Nothing else of the account may be under way. `before` is called when it is signed, and nothing is kept or sent if that fails.
    ///
    /// # Errors
    /// [`ChainError::WouldRevert`] and others before anything is sent; [`ChainError::Refused`] if the node does not take it, and nobody has it.
    pub async fn begin(
        &self,
        call: &Call,
        before: impl FnOnce() -> Result<(), ChainError>,
    ) -> Result<UnderWay, ChainError> {
        let account = self.account();
        let preview = self.node.preview(self.chain, &account, call, &self.limits).await?;
        let balance = Coins(self.node.balance(self.signer.account()).await?);
        if balance < preview.most {
            return Err(ChainError::TooPoor { account, wanted: preview.most, got: balance });
        }
        let transaction = TxEip1559 {
            chain_id: self.chain,
            nonce: self.free_number().await?,
            gas_limit: preview.limit,
            max_fee_per_gas: preview.price.most,
            max_priority_fee_per_gas: preview.price.tip,
            to: TxKind::Call(AlloyAddress::from(call.to.0)),
            input: Bytes::copy_from_slice(&call.data),
            ..TxEip1559::default()
        };
        let signed = self.signer.sign(&transaction).await?;
        before()?;
        let pending = Pending::new(&call.what, transaction, signed);
        pending.save(&self.path)?;
        let (hash, raw) = pending.last();
        match self.node.hand_in(raw, *hash).await {
            Ok(None) => (self.tell)(&Event::HandedIn { what: call.what.clone(), hash: hash.to_string() }),
            Ok(Some(refusal)) if self.is_unknown(&pending).await => {
                // Nobody has it: there is nothing to go on with.
                Pending::remove(&self.path)?;
                return Err(self.node.refused("eth_sendRawTransaction", &refusal));
            }
            // It was taken, and the answer to that was lost; or whoever looks after it hands it in again.
            Ok(Some(_)) | Err(_) => {}
        }
        Ok(UnderWay::of(pending))
    }

    /// Whether a node that refused a transaction has neither it nor another one of its number. What is not answered is not known.
    async fn is_unknown(&self, pending: &Pending) -> bool {
        let account = self.signer.account();
        let receipt = self.node.receipt(pending.last().0).await;
        let next = self.node.nonce(account, At::Pending).await;
        matches!((receipt, next), (Ok(None), Ok(next)) if next <= pending.transaction.nonce)
    }

    /// The number of the next transaction, once nothing of the account is under way.
    async fn free_number(&self) -> Result<u64, ChainError> {
        // Nodes behind one address may differ by some blocks.
        const LOOKS: u32 = 8;
        let account = self.signer.account();
        let mut looks = 0;
        loop {
            let next = self.node.nonce(account, At::Latest).await?;
            let pending = self.node.nonce(account, At::Pending).await?;
            if pending <= next {
                return Ok(next);
            }
            looks += 1;
            if looks == LOOKS {
                return Err(ChainError::Pending { account: self.account(), next, pending });
            }
            tokio::time::sleep(self.waiting.poll).await;
        }
    }
}

impl Node {
    /// What a call would take if `from` sent it now: it is tried first, and refused here if the contract would refuse it.
    ///
    /// # Errors
    /// [`ChainError::WouldRevert`]; what is beyond the limits.
    pub async fn preview(
        &self,
        chain: u64,
        from: &Address,
        call: &Call,
        limits: &Limits,
    ) -> Result<Preview, ChainError> {
        let (from, to) = (AlloyAddress::from(from.0), AlloyAddress::from(call.to.0));
        let refused = |revert| ChainError::WouldRevert { what: call.what.clone(), revert };
        self.call(Some(from), to, &call.data, At::Latest).await?.map_err(refused)?;
        let gas = self.estimate(from, to, &call.data).await?.map_err(refused)?;
        self.priced(chain, &call.what, gas, limits).await
    }

    /// What so much gas costs.
    pub(crate) async fn priced(
        &self,
        chain: u64,
        what: &str,
        gas: u64,
        limits: &Limits,
    ) -> Result<Preview, ChainError> {
        let limit = fees::gas_limit(what, gas)?;
        let (base, wished) = self.prices().await?;
        let price = limits.price(chain, base, wished)?;
        let most = limits.check(what, limit, price)?;
        let now = base.saturating_add(price.tip).min(price.most);
        Ok(Preview { gas, cost: Coins(now.saturating_mul(u128::from(gas))), most, limit, price })
    }

    /// Base fee and wished tip, in wei.
    pub(crate) async fn prices(&self) -> Result<(u128, u128), ChainError> {
        let base = self.head().await?.base_fee_per_gas.unwrap_or_default();
        Ok((base.saturating_to(), self.tip().await?))
    }
}

//! A transaction on its way: handed in again when it is lost, sent for more when it is left lying, and followed until its block is final.

use std::time::Instant;

use alloy_primitives::B256;
use zksensor_solidity::Revert;

use crate::error::{ChainError, Coins, Gwei};
use crate::pending::{MOST_SENT, Pending};
use crate::rpc::{At, Receipt};
use crate::send::{Event, Finality, Outbox, Sent};

/// Blocks that are waited for where a node has no tag `finalized`: reorganisations of more than 150 have happened on Polygon.
pub(crate) const BLOCKS: u64 = 256;
/// Looks between two times that a transaction is handed in again.
const HAND_IN_EVERY: u32 = 8;
/// Looks at which another transaction has its number, before it counts as overtaken: nodes behind one address may differ.
const OVERTAKEN_AFTER: u32 = 6;

/// A transaction that is under way: it was signed and kept, and is not final.
#[derive(Debug)]
pub struct UnderWay {
    pending: Pending,
    way: Way,
}

/// What one look came to.
#[derive(Debug)]
pub enum Progress {
    /// It is under way still.
    UnderWay,
    /// It is final.
    Final(Sent),
    /// It never will be: [`ChainError::Failed`] or [`ChainError::Overtaken`].
    Ended(ChainError),
}

/// Where the way has come to.
#[derive(Debug)]
struct Way {
    started: Instant,
    /// When it was last sent at a new price.
    priced: Instant,
    /// The block that it is in, as far as is known.
    seen: Option<(u64, B256)>,
    looks: u32,
    overtaken: u32,
    reorganised: u32,
    said_no_finality: bool,
    said_limit: bool,
}

impl UnderWay {
    pub(crate) fn of(pending: Pending) -> Self {
        let now = Instant::now();
        let way = Way {
            started: now,
            priced: now,
            seen: None,
            looks: 0,
            overtaken: 0,
            reorganised: 0,
            said_no_finality: false,
            said_limit: false,
        };
        UnderWay { pending, way }
    }

    /// What was sent.
    pub fn what(&self) -> &str {
        &self.pending.what
    }

    /// What it is known by, whatever it was raised to since: the hash at its first price, `0x` and 64 digits.
    pub fn id(&self) -> String {
        self.pending.sent[0].0.to_string()
    }
}

impl Outbox {
    /// Follows what is under way to its end, and forgets it then.
    pub(crate) async fn follow(&self, mut under_way: UnderWay) -> Result<Sent, ChainError> {
        loop {
            match self.advance(&mut under_way).await? {
                Progress::Final(sent) => return Ok(sent),
                Progress::Ended(error) => return Err(error),
                Progress::UnderWay => {}
            }
            let UnderWay { pending, way } = &under_way;
            let elapsed = way.started.elapsed();
            if elapsed > self.waiting.total {
                let awaited = if way.seen.is_some() { "final" } else { "included" };
                let (what, hash) = (pending.what.clone(), pending.last().0.to_string());
                return Err(ChainError::NotYet { what, hash, awaited, seconds: elapsed.as_secs() });
            }
            tokio::time::sleep(self.waiting.poll).await;
        }
    }

    /// Looks once at what is under way: hands it in again if it is lost, and sends it for more if it is left lying. What came to its end is
    /// forgotten.
    ///
    /// # Errors
    /// What the node does not answer; then it is under way still.
    pub async fn advance(&self, UnderWay { pending, way }: &mut UnderWay) -> Result<Progress, ChainError> {
        let looked = match self.receipt_of(pending).await? {
            Some(receipt) => self.included(pending, way, receipt).await,
            None => self.missing(pending, way).await.map(|()| None),
        };
        way.looks += 1;
        match looked {
            Ok(Some(sent)) => Ok(Progress::Final(sent)),
            Ok(None) => Ok(Progress::UnderWay),
            Err(error @ (ChainError::Failed { .. } | ChainError::Overtaken { .. })) => {
                Ok(Progress::Ended(error))
            }
            Err(error) => Err(error),
        }
    }

    /// The receipt of one of those that were sent; no more than one can be included.
    async fn receipt_of(&self, pending: &Pending) -> Result<Option<Receipt>, ChainError> {
        for (hash, _) in pending.sent.iter().rev() {
            if let Some(receipt) = self.node.receipt(*hash).await? {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    /// It is in a block: whether that is final.
    async fn included(
        &self,
        pending: &Pending,
        way: &mut Way,
        receipt: Receipt,
    ) -> Result<Option<Sent>, ChainError> {
        let block: u64 = receipt.block_number.to();
        way.overtaken = 0;
        if way.seen != Some((block, receipt.block_hash)) {
            (self.tell)(&Event::Included(block));
            way.seen = Some((block, receipt.block_hash));
        }
        let Some(finality) = self.finality(way, block, receipt.block_hash).await? else {
            return Ok(None);
        };
        Pending::remove(&self.path)?;
        let gas: u64 = receipt.gas_used.to();
        let price: u128 = receipt.effective_gas_price.saturating_to();
        let cost = Coins(price.saturating_mul(u128::from(gas)));
        if receipt.status.is_zero() {
            let revert = self.why(pending, block).await;
            return Err(ChainError::Failed { what: pending.what.clone(), block, cost, revert });
        }
        Ok(Some(Sent {
            what: pending.what.clone(),
            hash: receipt.transaction_hash.to_string(),
            block,
            gas,
            cost,
            finality,
            raised: u32::try_from(pending.sent.len() - 1).unwrap_or(u32::MAX),
            reorganised: way.reorganised,
        }))
    }

    /// Why a block stays, if it does.
    async fn finality(&self, way: &mut Way, block: u64, hash: B256) -> Result<Option<Finality>, ChainError> {
        let finality = match self.node.block(At::Finalized).await? {
            Some(last) if last.number.to::<u64>() < block => return Ok(None),
            Some(_) => Finality::Finalized,
            None => {
                if !way.said_no_finality {
                    (self.tell)(&Event::NoFinality(BLOCKS));
                    way.said_no_finality = true;
                }
                let after = self.node.head().await?.number.to::<u64>().saturating_sub(block);
                if after < BLOCKS {
                    return Ok(None);
                }
                Finality::Blocks(after)
            }
        };
        // The receipt may be of a block that fell out.
        let there = self.node.block(At::Block(block)).await?;
        Ok(there.filter(|there| there.hash == hash).map(|_| finality))
    }

    /// Why it was refused, asked again in the state of its block; nodes that have that state no more do not say.
    async fn why(&self, pending: &Pending, block: u64) -> Revert {
        let transaction = &pending.transaction;
        let Some(to) = transaction.to.to() else { return Revert::Empty };
        let from = Some(self.signer.account());
        let answer = self.node.call(from, *to, &transaction.input, At::Block(block)).await;
        answer.ok().and_then(Result::err).unwrap_or(Revert::Empty)
    }

    /// It is in no block.
    async fn missing(&self, pending: &mut Pending, way: &mut Way) -> Result<(), ChainError> {
        if let Some((block, _)) = way.seen.take() {
            (self.tell)(&Event::Reorganised(block));
            way.reorganised += 1;
            way.looks = 0;
            way.priced = Instant::now();
        }
        let next = self.node.nonce(self.signer.account(), At::Latest).await?;
        if next > pending.transaction.nonce {
            return self.overtaken(pending, way);
        }
        way.overtaken = 0;
        if way.looks.is_multiple_of(HAND_IN_EVERY) {
            // What the node says does not matter here: whether it is included, the chain says.
            let (hash, raw) = pending.last();
            self.node.hand_in(raw, *hash).await?;
        }
        if way.priced.elapsed() > self.waiting.replace_after {
            way.priced = Instant::now();
            self.raise(pending, way).await?;
        }
        Ok(())
    }

    /// Another one has its number; or the node does not have the receipt yet.
    fn overtaken(&self, pending: &Pending, way: &mut Way) -> Result<(), ChainError> {
        way.overtaken += 1;
        if way.overtaken < OVERTAKEN_AFTER {
            return Ok(());
        }
        Pending::remove(&self.path)?;
        let (account, nonce) = (self.account(), pending.transaction.nonce);
        Err(ChainError::Overtaken { what: pending.what.clone(), account, nonce })
    }

    /// Sends it for more, if the limits allow that.
    async fn raise(&self, pending: &mut Pending, way: &mut Way) -> Result<(), ChainError> {
        let (base, wished) = self.node.prices().await?;
        let old = pending.price();
        let now = self.limits.price(self.chain, base, wished).unwrap_or(old);
        let gas = pending.transaction.gas_limit;
        let higher = self.limits.higher(old, now).filter(|price| {
            pending.sent.len() < MOST_SENT && self.limits.check(&pending.what, gas, *price).is_ok()
        });
        let Some(price) = higher else {
            if !way.said_limit {
                (self.tell)(&Event::AtLimit);
                way.said_limit = true;
            }
            return Ok(());
        };
        let mut transaction = pending.transaction.clone();
        (transaction.max_fee_per_gas, transaction.max_priority_fee_per_gas) = (price.most, price.tip);
        let signed = self.signer.sign(&transaction).await?;
        pending.again(transaction, signed);
        pending.save(&self.path)?;
        let (hash, raw) = pending.last();
        self.node.hand_in(raw, *hash).await?;
        (self.tell)(&Event::Raised(Gwei(price.most)));
        Ok(())
    }
}

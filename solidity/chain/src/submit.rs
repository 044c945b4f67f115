//! Aggregates and surveys to a feed. What the feed has already is no work and no error, so a command can be run again whatever happened to it.

use alloy_primitives::U256;
use zksensor_model::claim::{Binding, StatementId};
use zksensor_solidity::Address;
use zksensor_verifier::Proof;

use crate::abi::AggregateFeed as F;
use crate::abi::SurveyFeed::devicesOfCall;
use crate::abi::VerifierRouter::routeOfCall;
use crate::claimed::{Claimed, calldata};
use crate::error::ChainError;
use crate::follow::BLOCKS;
use crate::rpc::{At, Node};
use crate::send::{Call, Outbox, Sent};
use crate::view::{Contract, FeedTerms};

/// What was proven for a feed and an aggregator.
#[derive(Debug, Clone, PartialEq)]
pub struct Proven {
    /// The statement, such as `aggregate/v2/64x32x3`.
    pub statement: StatementId,
    /// The proof.
    pub proof: Proof,
    /// What it shows.
    pub inputs: Claimed,
}

/// What is to be submitted: proofs of one statement and epoch under one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The chain.
    pub chain: u64,
    /// The feed.
    pub feed: Address,
    /// Whose right and credit it is: the recipient of the proofs.
    pub aggregator: Address,
    /// `KEY_ID` of the verifier.
    pub key_id: [u8; 32],
    /// One for each chunk.
    pub proven: Vec<Proven>,
}

/// What there is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The transaction; `None` if the feed has everything.
    pub call: Option<Call>,
    /// Chunks that the feed has, with the same count and sum.
    pub there: Vec<u32>,
    /// Chunks that are sent.
    pub sent: Vec<u32>,
    /// The epoch.
    pub epoch: u32,
    /// The post of the registry that counts at its end, if anything is sent.
    pub root_index: Option<u64>,
}

/// Whether a feed has a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does not.
    Missing,
    /// It does, and a reorganisation may change that.
    There,
    /// It does, and no reorganisation changes that.
    Final,
}

impl Node {
    /// What of a submission is to be sent. Everything is compared first with what the feed says, so that what would be refused is
    /// refused here, with a reason and without a fee.
    ///
    /// # Errors
    /// [`ChainError::Unfit`] for what the feed would never take; what the node does not answer.
    pub async fn plan(&self, submission: &Submission) -> Result<Plan, ChainError> {
        let terms = self.feed_terms(submission.chain, &submission.feed).await?;
        self.plan_for(&terms, submission).await
    }

    /// As [`Node::plan`], of a feed whose terms are known: they never change.
    ///
    /// # Errors
    /// As [`Node::plan`].
    pub async fn plan_for(&self, terms: &FeedTerms, submission: &Submission) -> Result<Plan, ChainError> {
        let epoch = submission.check(terms)?;
        let at = Contract { node: self, name: "a feed", address: submission.feed };
        let (mut there, mut wanted) = (Vec::new(), Vec::new());
        for proven in &submission.proven {
            let claimed = proven.inputs;
            let stored = at.ask(&F::chunkCall { epoch, index: claimed.chunk() }).await?;
            match stored.count == claimed.count() && i64::try_from(stored.sum) == Ok(claimed.sum()) {
                true => there.push(claimed.chunk()),
                false => wanted.push((proven.proof.clone(), claimed)),
            }
        }
        if wanted.is_empty() {
            return Ok(Plan { call: None, there, sent: Vec::new(), epoch, root_index: None });
        }
        wanted.sort_by_key(|(_, claimed)| claimed.chunk());
        self.require_key(&submission.key_id, terms).await?;
        let index = self.require_root(terms, epoch, &wanted).await?;
        let sent = wanted.iter().map(|(_, claimed)| claimed.chunk()).collect();
        let call = submission.call(epoch, &wanted, index)?;
        Ok(Plan { call: Some(call), there, sent, epoch, root_index: Some(index) })
    }

    /// Whether a feed has what a proof shows of its chunk, or a proof of more devices.
    ///
    /// # Errors
    /// What the node does not answer; one that has no block tag `finalized` has to know the state of 256 blocks before.
    pub async fn standing(&self, feed: &Address, claimed: &Claimed) -> Result<Standing, ChainError> {
        let at = Contract { node: self, name: "a feed", address: *feed };
        let head: u64 = self.head().await?.number.to();
        if at.devices_of(claimed, head).await? < claimed.devices() {
            return Ok(Standing::Missing);
        }
        let last = match self.block(At::Finalized).await? {
            Some(last) => last.number.to(),
            None => head.saturating_sub(BLOCKS),
        };
        let is_final = at.devices_of(claimed, last).await? >= claimed.devices();
        Ok(if is_final { Standing::Final } else { Standing::There })
    }

    /// Whether a feed has that now, be it in a block that a reorganisation may take back.
    ///
    /// # Errors
    /// What the node does not answer.
    pub async fn has(&self, feed: &Address, claimed: &Claimed) -> Result<bool, ChainError> {
        let at = Contract { node: self, name: "a feed", address: *feed };
        let head = self.head().await?.number.to();
        Ok(at.devices_of(claimed, head).await? >= claimed.devices())
    }

    /// What is wrong with a key for a feed's router: nothing, if it has it.
    ///
    /// # Errors
    /// What the node does not answer.
    pub async fn wrong_key(
        &self,
        terms: &FeedTerms,
        key_id: &[u8; 32],
    ) -> Result<Option<String>, ChainError> {
        Ok(match self.require_key(key_id, terms).await {
            Err(error @ ChainError::Unfit { .. }) => Some(error.to_string()),
            other => other.map(|()| None)?,
        })
    }

    /// Whether an aggregator may submit to a feed for an epoch, or will for a later one.
    ///
    /// # Errors
    /// What the node does not answer.
    pub async fn is_aggregator(
        &self,
        terms: &FeedTerms,
        aggregator: &Address,
        epoch: u32,
    ) -> Result<bool, ChainError> {
        let at = Contract { node: self, name: "a feed", address: terms.feed };
        let right = at.ask(&F::aggregatorOfCall { aggregator: aggregator.0.into() }).await?;
        Ok(right.from < right.until && epoch < right.until)
    }

    /// That the router has the key.
    async fn require_key(&self, key_id: &[u8; 32], terms: &FeedTerms) -> Result<(), ChainError> {
        let router = Contract { node: self, name: "a router", address: terms.router };
        let route = router.ask(&routeOfCall { keyId: key_id.into() }).await?;
        let got = match (route.verifier.is_zero(), route.frozen) {
            (true, _) => "one that was not added",
            (false, true) => "one that was frozen",
            (false, false) => return Ok(()),
        };
        Err(ChainError::Unfit {
            wanted: format!(
                "a key that the router {} has ({})",
                terms.router,
                zksensor_model::hex::encode(key_id)
            ),
            got: got.to_owned(),
        })
    }

    /// That the proofs name the root that counts at the end of the epoch; its index.
    async fn require_root(
        &self,
        terms: &FeedTerms,
        epoch: u32,
        wanted: &[(Proof, Claimed)],
    ) -> Result<u64, ChainError> {
        let end = terms.end_ms(epoch);
        let Some((index, root)) = self.root_at(&terms.registry, end).await? else {
            return Err(ChainError::Unfit {
                wanted: format!(
                    "a root in the registry {} that counted before {end} ms, the end of epoch {epoch}",
                    terms.registry
                ),
                got: "none".to_owned(),
            });
        };
        for (_, claimed) in wanted {
            let got = claimed.registry_root();
            if got != root.to_be_bytes::<32>() {
                return Err(ChainError::Unfit {
                    wanted: format!(
                        "a proof against the root {root:#x}, post {index}, which counts at the end of epoch {epoch}"
                    ),
                    got: format!("one against {:#x}", U256::from_be_bytes(got)),
                });
            }
        }
        Ok(index)
    }
}

impl Outbox {
    /// Sends what was planned, and looks afterwards whether the feed has it. `None` if somebody else brought the same in the meantime.
    ///
    /// # Errors
    /// As [`Outbox::send`]; [`ChainError::Lie`] if the feed does not have what is final.
    pub async fn submit(&self, submission: &Submission, call: &Call) -> Result<Option<Sent>, ChainError> {
        let sent = match self.send(call).await {
            Ok(sent) => Some(sent),
            Err(
                error @ (ChainError::WouldRevert { .. }
                | ChainError::Failed { .. }
                | ChainError::Overtaken { .. }),
            ) => {
                let is_there = self.node.plan(submission).await.is_ok_and(|plan| plan.call.is_none());
                if is_there { None } else { return Err(error) }
            }
            Err(error) => return Err(error),
        };
        if sent.is_some() {
            self.require_there(submission).await?;
        }
        Ok(sent)
    }

    /// That the feed has as many devices of each chunk, or more: what is of more may have come since.
    async fn require_there(&self, submission: &Submission) -> Result<(), ChainError> {
        let at = Contract { node: &self.node, name: "a feed", address: submission.feed };
        for Proven { inputs, .. } in &submission.proven {
            let (epoch, index) = (inputs.epoch(), inputs.chunk());
            let stored = match inputs {
                Claimed::Aggregate(_) => at.ask(&F::chunkCall { epoch, index }).await?.count,
                Claimed::Survey(_) => at.ask(&devicesOfCall { epoch, index }).await?,
            };
            if stored < inputs.devices() {
                return Err(ChainError::Lie {
                    host: self.node.host().to_owned(),
                    wanted: format!(
                        "{} devices in chunk {index}, as a final transaction submitted",
                        inputs.devices()
                    ),
                    got: stored.to_string(),
                });
            }
        }
        Ok(())
    }
}

impl Contract<'_> {
    /// Devices that a feed had counted in a block for the chunk of a proof.
    async fn devices_of(&self, claimed: &Claimed, block: u64) -> Result<u32, ChainError> {
        let (epoch, index) = (claimed.epoch(), claimed.chunk());
        let devices = match claimed {
            Claimed::Aggregate(_) => {
                self.ask_in(&F::chunkCall { epoch, index }, block).await?.map(|chunk| chunk.count)
            }
            Claimed::Survey(_) => self.ask_in(&devicesOfCall { epoch, index }, block).await?,
        };
        Ok(devices.unwrap_or(0))
    }
}

impl Submission {
    /// What needs no chain beyond the feed's terms; the epoch.
    fn check(&self, terms: &FeedTerms) -> Result<u32, ChainError> {
        let unfit = |wanted: String, got: String| Err(ChainError::Unfit { wanted, got });
        let Some(first) = self.proven.first() else {
            return unfit("a proof".to_owned(), "none".to_owned());
        };
        let (epoch, title) = (first.inputs.epoch(), first.inputs.title());
        let mut chunks = Vec::new();
        for Proven { statement, inputs, .. } in &self.proven {
            if statement.title() != title || inputs.title() != title {
                return unfit(
                    format!("proofs of one statement, {title} as the first"),
                    format!("one of {statement}"),
                );
            }
            if Some(inputs.policy_id()) != terms.policy_word() {
                let got = zksensor_model::hex::encode(&inputs.policy_id());
                return unfit(
                    format!("a proof of the feed's policy {}", terms.policy_id),
                    format!("one of {got}"),
                );
            }
            let binding = Binding::new(self.chain, self.feed.0, self.aggregator.0, statement);
            if inputs.binding() != binding {
                return unfit(
                    format!(
                        "a proof for chain {}, the feed {} and the aggregator {}",
                        self.chain, self.feed, self.aggregator
                    ),
                    "one for another chain, contract or recipient (`prove --chain-id --contract --recipient`)".to_owned(),
                );
            }
            if inputs.epoch() != epoch {
                return unfit(
                    format!("proofs of one epoch, {epoch} as the first"),
                    format!("one of {}", inputs.epoch()),
                );
            }
            if chunks.contains(&inputs.chunk()) {
                return unfit(
                    "one proof for each chunk".to_owned(),
                    format!("two for chunk {}", inputs.chunk()),
                );
            }
            chunks.push(inputs.chunk());
        }
        Ok(epoch)
    }

    fn call(&self, epoch: u32, wanted: &[(Proof, Claimed)], index: u64) -> Result<Call, ChainError> {
        let data = calldata(&self.key_id, wanted, &self.aggregator, index);
        let data = data.ok_or_else(|| ChainError::Unfit {
            wanted: "proofs of one statement".to_owned(),
            got: "several".to_owned(),
        })?;
        let what = match wanted {
            [(_, claimed)] => format!("the proof of chunk {} of epoch {epoch}", claimed.chunk()),
            _ => format!("the proofs of {} chunks of epoch {epoch}", wanted.len()),
        };
        Ok(Call { what, to: self.feed, data })
    }
}

//! What contracts say that hold state.

use alloy_primitives::{Address as AlloyAddress, U256};
use alloy_sol_types::SolCall;
use zksensor_model::hex;
use zksensor_solidity::feed::aggregates::{self, Round};
use zksensor_solidity::{Address, Revert};

use crate::abi::{AggregateFeed as F, SensorRegistry as R, TimelockController, VerifierRouter as V};
use crate::error::ChainError;
use crate::rpc::{At, Node};

/// Posts that wait for their time and are shown.
const MOST_POSTS: u64 = 64;

/// A feed, with its registry and router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedState {
    /// The chain.
    pub chain: u64,
    /// The newest block.
    pub block: u64,
    /// Its time, in Unix seconds: what the contracts take for now.
    pub now_s: u64,
    /// What never changes.
    pub terms: FeedTerms,
    /// Whether nothing is accepted for now.
    pub paused: bool,
    /// Who decides, and who stops.
    pub roles: Roles,
    /// Who was named to decide and has not taken it yet; zeros if nobody.
    pub pending_owner: Address,
    /// The last epochs that have begun, the newest first.
    pub epochs: Vec<EpochState>,
    /// The last epoch that has an answer.
    pub latest: Option<u32>,
    /// Which devices are there.
    pub registry: RegistryState,
    /// Who decides about keys, and who stops them.
    pub router_roles: Roles,
}

/// What of a feed never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedTerms {
    /// Where it is.
    pub feed: Address,
    /// What is measured, where.
    pub description: String,
    /// The policy's id, `0x` and 64 digits.
    pub policy_id: String,
    /// Start of epoch 0, in Unix milliseconds.
    pub origin_ms: u64,
    /// Length of an epoch, in milliseconds.
    pub length_ms: u64,
    /// How long after its end proofs are accepted, in milliseconds.
    pub window_ms: u64,
    /// Least devices of what is counted.
    pub min_count: u32,
    /// Decimals of the schema's fixed point.
    pub decimals: u8,
    /// Which keys count.
    pub router: Address,
    /// Which devices are there.
    pub registry: Address,
}

/// An epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochState {
    /// Its number.
    pub epoch: u32,
    /// Its end, in Unix milliseconds: from then on proofs are accepted.
    pub end_ms: u64,
    /// From when on nothing changes, in Unix seconds.
    pub final_at_s: u64,
    /// Positions of a chunk, as a power of two; of epochs before the last two it is not kept.
    pub chunk_bits: u8,
    /// What came in.
    pub round: Round,
}

/// Who decides, and who stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// Decides.
    pub owner: Address,
    /// Seconds that the owner's decisions take, if it is a timelock.
    pub timelock_s: Option<u64>,
    /// May stop; nobody, if it is 0.
    pub guardian: Address,
}

/// A registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistryState {
    /// Where it is.
    pub registry: Address,
    /// Seconds from a post until it counts.
    pub delay_s: u64,
    /// How many posts there are.
    pub posts: u64,
    /// Digest of the last one, what the next has to name; zeros if there is none.
    pub head: [u8; 32],
    /// Who posts.
    pub registrar: Address,
    /// Who decides, and who may take a post back.
    pub roles: Roles,
    /// The post that counts now.
    pub active: Option<Post>,
    /// The posts that do not count yet, the last ones if they are many: they can be vetoed.
    pub pending: Vec<Post>,
}

/// A post of a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Post {
    /// Its number.
    pub index: u64,
    /// The root.
    pub root: [u8; 32],
    /// Of it and every post before.
    pub digest: [u8; 32],
    /// From when on it counts, strictly after, in Unix seconds.
    pub active_at_s: u64,
}

impl Node {
    /// What a feed, its registry and its router say, with the last `epochs` epochs.
    ///
    /// # Errors
    /// [`ChainError::NoCode`], [`ChainError::OtherContract`]; what the node does not answer.
    pub async fn feed(&self, feed: &Address, epochs: u32) -> Result<FeedState, ChainError> {
        let chain = self.chain_id().await?;
        let terms = self.feed_terms(chain, feed).await?;
        let at = Contract { node: self, name: "a feed", address: *feed };
        let head = self.head().await?;
        let now_s: u64 = head.timestamp.to();
        let begun = (1000 * now_s).saturating_sub(terms.origin_ms).div_ceil(terms.length_ms.max(1));
        let begun = u32::try_from(begun).unwrap_or(u32::MAX);
        let mut states = Vec::new();
        for epoch in (begun.saturating_sub(epochs)..begun).rev() {
            states.push(self.epoch(&terms, epoch).await?);
        }
        let latest = match at.ask(&F::latestCall {}).await {
            Ok(found) => Some(found.epoch),
            Err(ChainError::View { revert, .. }) if revert.name() == Some("NoData") => None,
            Err(error) => return Err(error),
        };
        let registry = self.registry_of(chain, &terms.registry, now_s).await?;
        let router = Contract { node: self, name: "a router", address: terms.router };
        let (owner, guardian) = (router.ask(&V::ownerCall {}).await?, router.ask(&V::guardianCall {}).await?);
        Ok(FeedState {
            chain,
            block: head.number.to(),
            now_s,
            paused: at.ask(&F::pausedCall {}).await?,
            roles: self.roles(at.ask(&F::ownerCall {}).await?, at.ask(&F::guardianCall {}).await?).await?,
            pending_owner: ours(at.ask(&F::pendingOwnerCall {}).await?),
            epochs: states,
            latest,
            registry,
            router_roles: self.roles(owner, guardian).await?,
            terms,
        })
    }

    /// What of a feed never changes.
    ///
    /// # Errors
    /// As [`Node::feed`].
    pub async fn feed_terms(&self, chain: u64, feed: &Address) -> Result<FeedTerms, ChainError> {
        let at = Contract { node: self, name: "a feed", address: *feed };
        at.require_code(chain).await?;
        Ok(FeedTerms {
            feed: *feed,
            description: at.ask(&F::descriptionCall {}).await?,
            policy_id: hex::encode(&at.ask(&F::POLICY_IDCall {}).await?.to_be_bytes::<32>()),
            origin_ms: at.number(&F::ORIGINCall {}).await?,
            length_ms: at.number(&F::LENGTHCall {}).await?,
            window_ms: at.number(&F::WINDOWCall {}).await?,
            min_count: at.ask(&F::MIN_COUNTCall {}).await?,
            decimals: at.ask(&F::decimalsCall {}).await?,
            router: ours(at.ask(&F::ROUTERCall {}).await?),
            registry: ours(at.ask(&F::REGISTRYCall {}).await?),
        })
    }

    /// The time of the newest block, in Unix seconds: what contracts take for now.
    ///
    /// # Errors
    /// As [`Node::feed`].
    pub async fn now_s(&self) -> Result<u64, ChainError> {
        Ok(self.head().await?.timestamp.to())
    }

    /// An epoch of a feed.
    ///
    /// # Errors
    /// As [`Node::feed`].
    pub async fn epoch(&self, terms: &FeedTerms, epoch: u32) -> Result<EpochState, ChainError> {
        let at = Contract { node: self, name: "a feed", address: terms.feed };
        let output = at.raw("round", &aggregates::round(epoch)).await?;
        let round = aggregates::decode_round(&output).map_err(|error| at.other("round", error.got))?;
        Ok(EpochState {
            epoch,
            end_ms: terms.end_ms(epoch),
            final_at_s: at.number(&F::finalAtCall { epoch }).await?,
            chunk_bits: at.ask(&F::chunkBitsOfCall { epoch }).await?,
            round,
        })
    }

    /// A registry, as it is now.
    ///
    /// # Errors
    /// As [`Node::feed`].
    pub async fn registry(&self, registry: &Address) -> Result<RegistryState, ChainError> {
        let chain = self.chain_id().await?;
        let now_s = self.head().await?.timestamp.to();
        self.registry_of(chain, registry, now_s).await
    }

    async fn registry_of(
        &self,
        chain: u64,
        registry: &Address,
        now_s: u64,
    ) -> Result<RegistryState, ChainError> {
        let at = Contract { node: self, name: "a registry", address: *registry };
        at.require_code(chain).await?;
        let posts = at.ask(&R::lengthCall {}).await?;
        let mut pending = Vec::new();
        let mut active = None;
        for index in (posts.saturating_sub(MOST_POSTS)..posts).rev() {
            let post = at.post(index).await?;
            // As `rootAt` has it for this moment: strictly after.
            if post.active_at_s < now_s {
                active = Some(post);
                break;
            }
            pending.push(post);
        }
        pending.reverse();
        let (owner, guardian) = (at.ask(&R::ownerCall {}).await?, at.ask(&R::guardianCall {}).await?);
        Ok(RegistryState {
            registry: *registry,
            delay_s: at.number(&R::DELAYCall {}).await?,
            posts,
            head: at.ask(&R::headCall {}).await?.0,
            registrar: ours(at.ask(&R::registrarCall {}).await?),
            roles: self.roles(owner, guardian).await?,
            active,
            pending,
        })
    }

    /// Which post of a registry counts at a time, with its root; `None` if none does.
    pub(crate) async fn root_at(
        &self,
        registry: &Address,
        ms: u64,
    ) -> Result<Option<(u64, U256)>, ChainError> {
        let at = Contract { node: self, name: "a registry", address: *registry };
        match at.ask(&R::findRootCall { ms: U256::from(ms) }).await {
            Ok(found) => Ok(Some((found.index.saturating_to(), found.root))),
            Err(ChainError::View { revert, .. }) if revert.name() == Some("NoRoot") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn roles(&self, owner: AlloyAddress, guardian: AlloyAddress) -> Result<Roles, ChainError> {
        let timelock = Contract { node: self, name: "a timelock", address: ours(owner) };
        let timelock_s = match timelock.number(&TimelockController::getMinDelayCall {}).await {
            Ok(seconds) => Some(seconds),
            // An account, a Safe, or another contract.
            Err(ChainError::View { .. } | ChainError::OtherContract { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Roles { owner: ours(owner), timelock_s, guardian: ours(guardian) })
    }
}

/// What an epoch is in the newest block that no reorganisation changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinalCheck {
    /// That block; `None` if the node does not say which one it is.
    pub block: Option<u64>,
    /// Its time, in Unix seconds.
    pub now_s: u64,
    /// From when on the epoch does not change, in Unix seconds.
    pub final_at_s: u64,
    /// The epoch as it is in that block.
    pub round: Round,
}

impl Node {
    /// Whether what a feed says of an epoch stays, whatever comes: in the newest block that is final.
    ///
    /// # Errors
    /// As [`Node::feed`].
    pub async fn check_final(&self, terms: &FeedTerms, epoch: u32) -> Result<FinalCheck, ChainError> {
        let contract = Contract { node: self, name: "a feed", address: terms.feed };
        let last = self.block(At::Finalized).await?;
        let block = last.map(|head| head.number.to());
        let head = match last {
            Some(head) => head,
            None => self.head().await?,
        };
        let at = block.map_or(At::Latest, At::Block);
        let to = AlloyAddress::from(terms.feed.0);
        let output = self.call(None, to, &aggregates::round(epoch), at).await?;
        let output = output.map_err(|revert| ChainError::View { what: "round", at: terms.feed, revert })?;
        let round = aggregates::decode_round(&output).map_err(|error| contract.other("round", error.got))?;
        let final_at_s = contract.number(&F::finalAtCall { epoch }).await?;
        Ok(FinalCheck { block, now_s: head.timestamp.to(), final_at_s, round })
    }
}

impl FeedTerms {
    /// End of an epoch, in Unix milliseconds.
    pub fn end_ms(&self, epoch: u32) -> u64 {
        let length = self.length_ms.saturating_mul(u64::from(epoch) + 1);
        self.origin_ms.saturating_add(length)
    }

    /// The policy's id as a word.
    pub(crate) fn policy_word(&self) -> Option<[u8; 32]> {
        hex::decode(&self.policy_id)
    }
}

/// A contract at an address, and what it is to be.
#[derive(Clone, Copy)]
pub(crate) struct Contract<'a> {
    pub(crate) node: &'a Node,
    pub(crate) name: &'static str,
    pub(crate) address: Address,
}

impl Contract<'_> {
    pub(crate) async fn require_code(&self, chain: u64) -> Result<(), ChainError> {
        if !self.node.code(AlloyAddress::from(self.address.0)).await?.is_empty() {
            return Ok(());
        }
        Err(ChainError::NoCode { wanted: self.name, at: self.address, chain })
    }

    /// What a function returns.
    pub(crate) async fn ask<C: SolCall>(&self, call: &C) -> Result<C::Return, ChainError> {
        let name = C::SIGNATURE.split('(').next().unwrap_or_default();
        let output = self.raw(name, &call.abi_encode()).await?;
        C::abi_decode_returns_validate(&output).map_err(|_| self.other(name, output.len()))
    }

    /// What a function returned in a block; `None` if there was no contract then.
    pub(crate) async fn ask_in<C: SolCall>(
        &self,
        call: &C,
        block: u64,
    ) -> Result<Option<C::Return>, ChainError> {
        let name = C::SIGNATURE.split('(').next().unwrap_or_default();
        let output = self.raw_at(name, &call.abi_encode(), At::Block(block)).await?;
        if output.is_empty() {
            return Ok(None);
        }
        C::abi_decode_returns_validate(&output).map(Some).map_err(|_| self.other(name, output.len()))
    }

    /// What a function returns, of which nothing honest is beyond 64 bits.
    pub(crate) async fn number<C: SolCall<Return = U256>>(&self, call: &C) -> Result<u64, ChainError> {
        let name = C::SIGNATURE.split('(').next().unwrap_or_default();
        u64::try_from(self.ask(call).await?).map_err(|_| self.other(name, 32))
    }

    async fn post(&self, index: u64) -> Result<Post, ChainError> {
        let post = self.ask(&R::postAtCall { index: U256::from(index) }).await?;
        let active_at_s = u64::try_from(post.activeAt).map_err(|_| self.other("postAt", 96))?;
        Ok(Post { index, root: post.root.to_be_bytes(), digest: post.digest.0, active_at_s })
    }

    pub(crate) async fn raw(&self, what: &'static str, data: &[u8]) -> Result<Vec<u8>, ChainError> {
        self.raw_at(what, data, At::Latest).await
    }

    async fn raw_at(&self, what: &'static str, data: &[u8], at: At) -> Result<Vec<u8>, ChainError> {
        let output = self.node.call(None, AlloyAddress::from(self.address.0), data, at).await?;
        let view = |revert: Revert| ChainError::View { what, at: self.address, revert };
        Ok(output.map_err(view)?.to_vec())
    }

    pub(crate) fn other(&self, call: &'static str, got: usize) -> ChainError {
        ChainError::OtherContract { wanted: self.name, at: self.address, call, got }
    }
}

pub(crate) fn ours(address: AlloyAddress) -> Address {
    Address(address.into_array())
}

//! Roots on a chain: posts of a registry, read back from its events and compared with what the contract holds.

use alloy_primitives::{Address as AlloyAddress, B256, U256, keccak256};
use alloy_sol_types::{SolEvent, SolValue};
use zksensor_model::registry::{Position, Registry, RegistryRoot};
use zksensor_model::{field, hex};
use zksensor_solidity::Address;
use zksensor_solidity::feed::registry::{self, NO_PARENT, Ops};
use zksensor_solidity::feed::{ChangesError, PostedTree};

use crate::abi::SensorRegistry as R;
use crate::error::ChainError;
use crate::rpc::{At, Node};
use crate::send::Call;
use crate::view::Contract;

/// A post, as its event has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedRoot {
    /// Its number.
    pub index: u64,
    /// The root.
    pub root: [u8; 32],
    /// Digest of it and of every post before.
    pub digest: [u8; 32],
    /// From when on it counts, strictly after, in Unix seconds.
    pub active_at_s: u64,
    /// The changes that lead to it.
    pub ops: Vec<u8>,
    /// The block that it is in.
    pub block: u64,
}

/// Everything that was posted and not taken back, up to a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posts {
    /// The posts, each at its number.
    pub posts: Vec<PostedRoot>,
    /// Posts that were taken back.
    pub vetoed: u64,
    /// The last block that was read: the newest that is final, or the newest where the node does not say.
    pub block: u64,
    /// Whether that one is final.
    pub is_final: bool,
}

/// A post whose changes do not lead to its root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// They lead to another.
    #[error("post {index} has the root {}, and its changes lead to {computed}", hex::encode(root))]
    Root {
        /// Its number.
        index: u64,
        /// The root that was posted.
        root: [u8; 32],
        /// What the changes lead to.
        computed: RegistryRoot,
    },
    /// They are none.
    #[error("post {index}: {reason}")]
    Changes {
        /// Its number.
        index: u64,
        /// Why.
        #[source]
        reason: ChangesError,
    },
}

impl PostFault {
    /// The number of the post.
    pub fn index(&self) -> u64 {
        match self {
            PostFault::Root { index, .. } | PostFault::Changes { index, .. } => *index,
        }
    }
}

impl Posts {
    /// The tree that all changes lead to. Every root on the way is computed again: nothing but the chain is asked.
    ///
    /// # Errors
    /// [`PostFault`] of the first post that is not what its changes lead to.
    pub fn rebuild(&self) -> Result<PostedTree, PostFault> {
        let mut tree = PostedTree::new();
        for PostedRoot { index, root, ops, .. } in &self.posts {
            tree.apply(ops).map_err(|reason| PostFault::Changes { index: *index, reason })?;
            let computed = tree.root();
            if field::to_be_bytes(&computed.to_field()) != *root {
                return Err(PostFault::Root { index: *index, root: *root, computed });
            }
        }
        Ok(tree)
    }
}

/// The post of `ops`, which lead to `root` from the state whose digest is `parent`.
pub fn post(registry: &Address, root: RegistryRoot, parent: &[u8; 32], ops: &Ops) -> Call {
    Call {
        what: format!("the post of the root {root}"),
        to: *registry,
        data: registry::post(root, parent, ops),
    }
}

/// Takes back every post from `from` on.
pub fn veto(registry: &Address, from: u64, reason: &str) -> Call {
    Call {
        what: format!("the veto of posts from {from} on"),
        to: *registry,
        data: registry::veto(from, reason),
    }
}

/// The changes that lead from one state of a registry to a later one: devices that are new, then those that are not there any more.
pub fn changes(from: &Registry, to: &Registry) -> Ops {
    let mut ops = Ops::new();
    to.records().skip(from.enrolled() as usize).for_each(|record| ops.enrol(&record.leaf));
    let before = from.records().map(Some).chain(std::iter::repeat(None));
    for (order, (record, before)) in (0..).zip(to.records().zip(before)) {
        let Ok(position) = Position::of_enrolment(order) else { break };
        let was_revoked = before.is_some_and(|before| before.revoked);
        match before {
            _ if record.revoked && !was_revoked => ops.revoke(position),
            Some(before) if before.leaf != record.leaf => ops.replace(position, &record.leaf),
            _ => {}
        }
    }
    ops
}

impl Node {
    /// The most bytes of changes that a post takes.
    ///
    /// # Errors
    /// What the node does not answer.
    pub async fn most_ops(&self, registry: &Address) -> Result<u64, ChainError> {
        let at = Contract { node: self, name: "a registry", address: *registry };
        at.number(&R::MAX_OPSCall {}).await
    }

    /// What was posted to a registry since the block `from`, which is that of its deployment or before. Each digest is computed again.
    ///
    /// # Errors
    /// [`ChainError::Lie`] if the events do not lead to what the contract holds: some are missing, or are not its own.
    pub async fn posts(&self, registry: &Address, from: u64) -> Result<Posts, ChainError> {
        let (block, is_final) = match self.block(At::Finalized).await? {
            Some(head) => (head.number.to(), true),
            None => (self.head().await?.number.to(), false),
        };
        let topics = [R::RootPosted::SIGNATURE_HASH, R::RootsVetoed::SIGNATURE_HASH];
        let mut fold = Fold { host: self.host(), registry: *registry, posts: Vec::new(), vetoed: 0 };
        for event in self.events(AlloyAddress::from(registry.0), &topics, from, block).await? {
            fold.take(&event.topics, &event.data, event.block_number.to())?;
        }
        let Fold { posts, vetoed, .. } = fold;
        let at = AlloyAddress::from(registry.0);
        let head = self
            .call(None, at, &alloy_sol_types::SolCall::abi_encode(&R::headCall {}), At::Block(block))
            .await?;
        let last = posts.last().map_or(NO_PARENT, |post| post.digest);
        // Nodes that have no state of that block cannot say.
        if let Ok(head) = head
            && head[..] != last[..]
        {
            return Err(ChainError::Lie {
                host: self.host().to_owned(),
                wanted: format!(
                    "events that lead to the digest {head} of the registry {registry}; is --from-block before its deployment?"
                ),
                got: format!("events that lead to {}", hex::encode(&last)),
            });
        }
        Ok(Posts { posts, vetoed, block, is_final })
    }
}

/// Posts, event after event.
struct Fold<'a> {
    host: &'a str,
    registry: Address,
    posts: Vec<PostedRoot>,
    vetoed: u64,
}

impl Fold<'_> {
    fn take(&mut self, topics: &[B256], data: &[u8], block: u64) -> Result<(), ChainError> {
        let topics = topics.iter().copied();
        if topics.clone().next() == Some(R::RootsVetoed::SIGNATURE_HASH) {
            let event =
                R::RootsVetoed::decode_raw_log_validate(topics, data).map_err(|_| self.lie("an event"))?;
            let (from, length) = (event.from.saturating_to::<usize>(), event.length.saturating_to::<usize>());
            if from >= length || length != self.posts.len() {
                return Err(self.lie("a veto of posts that are there"));
            }
            self.vetoed += (length - from) as u64;
            self.posts.truncate(from);
            return Ok(());
        }
        let event = R::RootPosted::decode_raw_log_validate(topics, data).map_err(|_| self.lie("an event"))?;
        let parent = self.posts.last().map_or(NO_PARENT, |post| post.digest);
        let changes = keccak256(&event.ops);
        let digest = keccak256((B256::from(parent), event.root, changes).abi_encode());
        if event.index != U256::from(self.posts.len()) || event.parent.0 != parent || event.digest != digest {
            return Err(self.lie("posts that go on from each other"));
        }
        let active_at_s = u64::try_from(event.activeAt).map_err(|_| self.lie("a time"))?;
        self.posts.push(PostedRoot {
            index: self.posts.len() as u64,
            root: event.root.to_be_bytes(),
            digest: digest.0,
            active_at_s,
            ops: event.ops.to_vec(),
            block,
        });
        Ok(())
    }

    fn lie(&self, wanted: &str) -> ChainError {
        ChainError::Lie {
            host: self.host.to_owned(),
            wanted: format!("{wanted} in the events of the registry {}", self.registry),
            got: format!(
                "something else after {} posts; is --from-block before its deployment?",
                self.posts.len()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(index: u64, root: u64, parent: [u8; 32], ops: &[u8]) -> (R::RootPosted, [u8; 32]) {
        let root = U256::from(root);
        let digest = keccak256((B256::from(parent), root, keccak256(ops)).abi_encode());
        let event = R::RootPosted {
            index: U256::from(index),
            root,
            parent: parent.into(),
            digest,
            activeAt: U256::from(9),
            ops: ops.to_vec().into(),
        };
        (event, digest.0)
    }

    fn give(fold: &mut Fold<'_>, event: &impl SolEvent) -> Result<(), ChainError> {
        let log = event.encode_log_data();
        fold.take(log.topics(), &log.data, 1)
    }

    #[test]
    fn posts_are_folded_and_a_gap_is_noticed() {
        let mut fold = Fold { host: "node", registry: Address([1; 20]), posts: Vec::new(), vetoed: 0 };
        let (first, digest) = posted(0, 5, NO_PARENT, &[1]);
        let (second, second_digest) = posted(1, 6, digest, &[2]);
        assert!(give(&mut fold, &second).is_err());
        give(&mut fold, &first).unwrap();
        give(&mut fold, &second).unwrap();
        assert!(give(&mut fold, &second).is_err());
        let (mut altered, _) = posted(2, 7, second_digest, &[3]);
        altered.ops = vec![4].into();
        assert!(give(&mut fold, &altered).is_err());
        let veto = R::RootsVetoed { from: U256::from(1), length: U256::from(2), reason: "no".to_owned() };
        give(&mut fold, &veto).unwrap();
        assert!(give(&mut fold, &veto).is_err());
        assert_eq!((fold.posts.len(), fold.vetoed), (1, 1));
        // After a veto another one takes its number.
        give(&mut fold, &posted(1, 8, digest, &[5]).0).unwrap();
        assert_eq!(fold.posts[1].root[31], 8);
    }
}

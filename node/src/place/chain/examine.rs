//! Whether a feed takes what a configuration brings, asked before anything runs.

use std::time::Duration;

use zksensor::solidity::Address;
use zksensor_chain::ChainError;

use super::Feed;
use super::account::State;

/// What a configuration brings to a feed.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The policy's id, `0x` and 64 digits.
    pub policy_id: &'a str,
    /// How long after an epoch readings of it are taken.
    pub grace: Duration,
    /// Positions of a chunk in the key's shape, as a power of two.
    pub chunk_bits: u8,
}

impl State {
    /// What is wrong, in words.
    pub(super) async fn examine(
        &mut self,
        feed: &mut Feed,
        aggregator: Address,
        wanted: &Wanted<'_>,
    ) -> Result<Vec<String>, ChainError> {
        let (node, chain) = (self.settings.node.clone(), self.settings.chain);
        node.require_chain(chain).await?;
        let (key_id, address) = (feed.key_id, feed.address);
        let terms = feed.terms(&node, chain).await?;
        let mut wrong = Vec::new();
        if terms.policy_id != wanted.policy_id {
            wrong.push(format!("the feed {address} is one of the policy {}", terms.policy_id));
        }
        if u128::from(terms.window_ms) <= wanted.grace.as_millis() {
            wrong.push(format!(
                "the feed {address} takes proofs for {} s after an epoch, and grace_s is {}: it has to be shorter",
                terms.window_ms / 1000,
                wanted.grace.as_secs()
            ));
        }
        let since = (1000 * node.now_s().await?).saturating_sub(terms.origin_ms);
        let epoch = u32::try_from(since / terms.length_ms.max(1)).unwrap_or(u32::MAX);
        let bits = node.epoch(&terms, epoch).await?.chunk_bits;
        if bits != wanted.chunk_bits {
            wrong.push(format!(
                "the feed {address} has chunks of {bits} bits, and the key's shape has {}",
                wanted.chunk_bits
            ));
        }
        if let Some(reason) = node.wrong_key(&terms, &key_id).await? {
            wrong.push(reason);
        }
        if !node.is_aggregator(&terms, &aggregator, epoch).await? {
            wrong.push(format!(
                "the feed {address} has no aggregator {aggregator} for epoch {epoch} or a later one"
            ));
        }
        Ok(wrong)
    }
}

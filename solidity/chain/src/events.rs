//! What contracts said in the past: their events, block range by block range.

use alloy_primitives::{Address, B256, Bytes, U64};
use serde::Deserialize;
use serde_json::json;

use crate::error::ChainError;
use crate::rpc::{At, Node, Outcome};

/// Blocks of a first question; nodes have limits of their own, and a range that is refused is halved.
const RANGE: u64 = 10_000;

/// An event.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    address: Address,
    pub(crate) topics: Vec<B256>,
    pub(crate) data: Bytes,
    pub(crate) block_number: U64,
    log_index: U64,
    #[serde(default)]
    removed: bool,
}

impl Node {
    /// Events of a contract with one of these first topics, in blocks `from` to `to`, in their order.
    ///
    /// # Errors
    /// What the node does not answer for a single block.
    pub(crate) async fn events(
        &self,
        of: Address,
        topics: &[B256],
        from: u64,
        to: u64,
    ) -> Result<Vec<Event>, ChainError> {
        let (mut found, mut next, mut range) = (Vec::new(), from, RANGE);
        while next <= to {
            let last = to.min(next.saturating_add(range - 1));
            match self.events_within(of, topics, next, last).await {
                Ok(events) => {
                    found.extend(events);
                    next = last + 1;
                    range = RANGE.min(range * 2);
                }
                // Too many blocks or too long an answer for this node.
                Err(ChainError::Refused { .. } | ChainError::Http { .. }) if range > 1 && last > next => {
                    range /= 2
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn events_within(
        &self,
        of: Address,
        topics: &[B256],
        from: u64,
        to: u64,
    ) -> Result<Vec<Event>, ChainError> {
        let (method, wanted) = ("eth_getLogs", "events");
        let filter = json!([{
            "address": of, "topics": [topics], "fromBlock": At::Block(from).name(), "toBlock": At::Block(to).name(),
        }]);
        let mut events: Vec<Event> = match self.outcome(method, &filter, wanted).await? {
            Outcome::Answer(Some(events)) => events,
            Outcome::Answer(None) => return Err(self.garbage(method, wanted, "null")),
            Outcome::Refusal(refusal) => return Err(self.refused(method, &refusal)),
        };
        let is_asked = |event: &Event| {
            let block: u64 = event.block_number.to();
            event.address == of
                && event.topics.first().is_some_and(|topic| topics.contains(topic))
                && (from..=to).contains(&block)
        };
        if let Some(other) = events.iter().find(|event| !is_asked(event)) {
            return Err(ChainError::Lie {
                host: self.host().to_owned(),
                wanted: format!("events of {of} in blocks {from} to {to}"),
                got: format!("one of {} in block {}", other.address, other.block_number),
            });
        }
        events.retain(|event| !event.removed);
        events.sort_by_key(|event| (event.block_number, event.log_index));
        Ok(events)
    }
}

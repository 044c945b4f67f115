//! What a world is judged by.

use std::collections::{BTreeMap, BTreeSet};

use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::device::DeviceKey;
use zksensor::model::registry::Registry;
use zksensor_node::intake::{Answer, Intake};
use zksensor_node::toy::{Toy, ToyFeed};
use zksensor_node::view::{EpochState, EpochView, Show, View};

use super::sent::sent;
use super::story::{Known, World, has_ended};
use crate::ride::{self, RIDE, ride};
use crate::scene::{EPOCHS, K, LENGTH, NAMES, ORIGIN, inputs_of, town};

/// Count and sum of chunks.
type Sums = BTreeMap<u32, (u32, i64)>;

impl World {
    /// Holds what is proven against what was acknowledged.
    pub(super) fn judge(&self) {
        let core = self.core.as_ref().unwrap();
        // Nothing that was acknowledged is lost.
        for (index, known) in self.known.iter().enumerate() {
            let answer = core.take(vec![sent()[index].item.clone()]);
            let answer = answer.expect("the disk works").remove(0);
            // What is erased is late: nothing can be in its place.
            let is_erased = matches!(&answer, Answer::Refused { rule, .. } if rule == "late" || rule == "C4")
                && self.scene.retention_ms < LENGTH
                && has_ended(core, &sent()[index]);
            let is_stored = answer == Answer::Duplicate || is_erased && *known == Known::Stored;
            assert_eq!(is_stored, *known == Known::Stored, "item {index}: {answer:?}");
        }
        let view = core.view();
        assert_eq!(view.accepted, self.known.iter().filter(|known| **known == Known::Stored).count() as u64);
        self.judge_twice();
        self.judge_rides(&view);
        match &self.chain {
            Some((chain, feeds)) => self.judge_chain(chain, feeds, &view),
            None => self.judge_shelves(&view),
        }
    }

    fn judge_shelves(&self, view: &View) {
        let shelves = self.scene.shelves.0.lock().unwrap();
        let mut found: BTreeMap<(usize, u32, u32), AggregateInputs> = BTreeMap::new();
        for ((policy, epoch, chunk), file) in shelves.iter().filter(|((policy, ..), _)| policy != RIDE) {
            let policy = NAMES.iter().position(|name| name == policy).unwrap();
            let inputs = inputs_of(file);
            assert_eq!((inputs.epoch, inputs.chunk), (*epoch, *chunk));
            found.insert((policy, *epoch, *chunk), inputs);
        }
        for (policy, epoch) in every() {
            let wanted = self.wanted(policy, epoch);
            if !self.is_sure(policy, epoch) {
                found.retain(|(of, at, chunk), inputs| {
                    let is_its = (*of, *at) == (policy, epoch);
                    assert!(!is_its || wanted.get(chunk).is_some_and(|(count, _)| inputs.count <= *count));
                    !is_its
                });
                continue;
            }
            for (chunk, (count, sum)) in &wanted {
                let got = found.remove(&(policy, epoch, *chunk)).map(|inputs| (inputs.count, inputs.sum));
                assert_eq!(got, Some((*count, *sum)), "{} epoch {epoch} chunk {chunk}", NAMES[policy]);
            }
            if let Some(of) = of(view, policy, epoch) {
                assert_eq!(of.state == EpochState::Final, !wanted.is_empty(), "{of:?}");
                assert_eq!(of.state == EpochState::Ended, of.reason.is_some() && wanted.is_empty(), "{of:?}");
            }
        }
        assert!(found.is_empty(), "proofs of what nobody acknowledged: {found:?}");
    }

    /// Who was told to have signed twice is kept with both, and nobody who has not.
    fn judge_twice(&self) {
        let evidence = self.core.as_ref().unwrap().evidence().unwrap();
        let mut found = BTreeSet::new();
        for [one, other] in &evidence {
            // Both are of one length where they are readings, and end with the key and the signature.
            let keys = [one, other].map(|bytes| &bytes[bytes.len() - 96..bytes.len() - 64]);
            assert_eq!(keys[0], keys[1]);
            assert_ne!(one, other);
            let is_its = |(key, _): &(DeviceKey, u32)| key.public().encode() == *keys[0];
            found.insert(town().devices.iter().position(is_its).expect("it is of a device that speaks"));
        }
        assert!(self.caught.is_subset(&found), "{:?} of {found:?}", self.caught);
        assert!(found.is_subset(&self.may_be_caught), "{found:?} of {:?}", self.may_be_caught);
    }

    /// Holds the proofs of frames, which are on shelves in every world, against what was acknowledged.
    fn judge_rides(&self, view: &View) {
        let shelves = self.scene.shelves.0.lock().unwrap();
        let of_rides = shelves.iter().filter(|((policy, ..), _)| policy == RIDE);
        let mut found: BTreeMap<(u32, u32), (u32, u32, i64)> = of_rides
            .map(|((_, epoch, chunk), file)| {
                let inputs = ride::inputs_of(file);
                assert_eq!((inputs.epoch, inputs.chunk), (*epoch, *chunk));
                ((*epoch, *chunk), (inputs.devices, inputs.counted, inputs.sum))
            })
            .collect();
        for epoch in 0..EPOCHS {
            let wanted = self.wanted_rides(epoch);
            for (chunk, of_chunk) in &wanted {
                assert_eq!(
                    found.remove(&(epoch, *chunk)),
                    Some(*of_chunk),
                    "rides of epoch {epoch}, chunk {chunk}"
                );
            }
            if let Some(of) = view.epochs.iter().find(|of| of.policy == RIDE && of.epoch == epoch) {
                let is_final = of.state == EpochState::Final;
                assert_eq!(
                    (is_final, of.reason.is_none()),
                    (!wanted.is_empty(), !wanted.is_empty()),
                    "{of:?}"
                );
            }
        }
        assert!(found.is_empty(), "proofs of frames that nobody acknowledged: {found:?}");
    }

    /// Devices, counted samples and sum of each chunk, by the rule, of the frames that were acknowledged.
    fn wanted_rides(&self, epoch: u32) -> BTreeMap<u32, (u32, u32, i64)> {
        let registry = self.registry(epoch);
        let all = self.known[town().readings.len()..].iter();
        let stored =
            ride().frames.iter().filter(|frame| frame.is_good()).zip(all).filter(|(frame, known)| {
                let is_member = registry.position_of(town().devices[frame.device].0.public()).is_some();
                frame.epoch == epoch && is_member && **known == Known::Stored
            });
        let mut chunks = ride::of_chunks(stored.map(|(frame, _)| frame));
        chunks.retain(|_, (devices, ..)| *devices >= K);
        chunks
    }

    /// What counts for an epoch.
    fn registry(&self, epoch: u32) -> &Registry {
        let end = ORIGIN + u64::from(epoch + 1) * LENGTH;
        &self.scene.registries.0.iter().rev().find(|(since, _)| *since < end).unwrap().1
    }

    fn judge_chain(&self, chain: &Toy, feeds: &[ToyFeed; 2], view: &View) {
        assert_eq!(chain.sent().1, 0, "a transaction reverted, which a look would have told");
        for (policy, epoch) in every() {
            let wanted = self.wanted(policy, epoch);
            let count: u32 = wanted.values().map(|(count, _)| count).sum();
            let sum: i64 = wanted.values().map(|(_, sum)| sum).sum();
            let round = chain.round(&feeds[policy], epoch).unwrap();
            let got = (round.count, round.sum, round.chunks as usize);
            let all = (count, i128::from(sum), wanted.len());
            match of(view, policy, epoch) {
                Some(of) if !self.is_sure(policy, epoch) => {
                    assert!(got.0 <= all.0 && got.2 <= all.2, "{got:?} of {all:?}: {of:?}");
                }
                Some(of) if of.state == EpochState::Final => assert_eq!(got, all, "{of:?}"),
                Some(of) => {
                    let reason = of.reason.clone().expect("an epoch that ends so has a reason");
                    // It was closed, or brought, or taken back, too late for the feed.
                    assert!(wanted.is_empty() || reason.contains("window"), "{reason}");
                    assert!(got.0 <= all.0 && got.2 <= all.2, "{got:?} of {all:?}");
                }
                None => assert_eq!(got, (0, 0, 0)),
            }
        }
    }

    /// Whether it is known of each reading of an epoch that was stored whether this policy's had closed before.
    fn is_sure(&self, policy: usize, epoch: u32) -> bool {
        let may_miss = |(index, of): &(usize, usize)| {
            *of == policy && sent()[*index].epoch == epoch && self.known[*index] == Known::Stored
        };
        !self.unsure.iter().any(may_miss)
    }

    /// Count and sum of each chunk, by the rule, of what was acknowledged.
    fn wanted(&self, policy: usize, epoch: u32) -> Sums {
        let registry = self.registry(epoch);
        let low = town().policies[policy].model().parts().low;
        let mut last: BTreeMap<usize, (u64, i64)> = BTreeMap::new();
        for (index, signed) in town().readings.iter().enumerate() {
            let is_member = registry.position_of(town().devices[signed.device].0.public()).is_some();
            let is_good = signed.epoch == epoch && signed.value >= low && is_member;
            let is_its = self.known[index] == Known::Stored && !self.missed.contains(&(index, policy));
            if is_good && is_its {
                let newest = last.entry(signed.device).or_insert((signed.time, signed.value));
                *newest = (*newest).max((signed.time, signed.value));
            }
        }
        let mut chunks: Sums = BTreeMap::new();
        for (device, (_, value)) in last {
            let (count, sum) = chunks.entry(town().devices[device].1).or_default();
            *count += 1;
            *sum += value;
        }
        chunks.retain(|_, (count, _)| *count >= K);
        chunks
    }
}

fn every() -> impl Iterator<Item = (usize, u32)> {
    (0..NAMES.len()).flat_map(|policy| (0..EPOCHS).map(move |epoch| (policy, epoch)))
}

fn of(view: &View, policy: usize, epoch: u32) -> Option<&EpochView> {
    view.epochs.iter().find(|of| of.policy == NAMES[policy] && of.epoch == epoch)
}

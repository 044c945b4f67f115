//! Three epochs, and two kills.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rand::rngs::OsRng;
use rand::seq::SliceRandom;
use zksensor::model::reading::{SignedReading, UnixMillis};
use zksensor_node::clock::{Clock, SetClock};
use zksensor_node::core::{Core, QUEUE};
use zksensor_node::intake::{Answer, Intake, IntakeError, Item};
use zksensor_node::place::Place;
use zksensor_node::prove::Local;
use zksensor_node::registries::KnownRegistries;
use zksensor_node::seal::StoreKey;
use zksensor_node::served::{Served, Times};
use zksensor_node::store::{Store, StoreError};
use zksensor_node::toy::{BLOCK_S, Toy, ToyDisk, ToyFeed};
use zksensor_node::view::{EpochState, Show};

use super::DemoError;
use super::town::{CONFIRMATIONS, EPOCH_MS, GRACE_MS, Town};
use crate::folder::Folder;
use crate::output::Output;

const EPOCHS: u32 = 3;
/// The epoch in which the node is killed, while readings come and while its proofs are made.
const KILLED: u32 = 1;
const READINGS: u64 = 3;
/// Readings of one request.
const BATCH: usize = 7;
/// Accesses to the disk after which a write is cut off.
const INTO_A_WRITE: u32 = 9;
const NAME: &str = "air";

/// What came of it.
pub(super) struct Outcome {
    pub(super) epochs: u32,
    pub(super) finals: u32,
    pub(super) readings: usize,
    pub(super) lost: usize,
    pub(super) double: u32,
}

/// The node, and what it does not know.
pub(super) struct Life<'a> {
    town: &'a Town,
    output: &'a Output,
    clock: Arc<SetClock>,
    disk: ToyDisk,
    key: StoreKey,
    chain: Toy,
    feed: ToyFeed,
    /// What was acknowledged, by its bytes.
    acknowledged: BTreeMap<Vec<u8>, SignedReading>,
    /// Readings that were acknowledged, and taken as new again.
    forgotten: usize,
}

impl<'a> Life<'a> {
    pub(super) fn new(town: &'a Town, folder: &Folder, output: &'a Output) -> Result<Self, DemoError> {
        let chain = Toy::new(&town.key(), &town.registry, CONFIRMATIONS)?;
        let feed = chain.add_feed(town.policy.model(), EPOCH_MS, Town::chunk_bits())?;
        let path: PathBuf = folder.file("node.redb");
        Ok(Life {
            town,
            output,
            clock: Arc::new(SetClock::at(1000 * Toy::start_s())),
            disk: ToyDisk::new(&path),
            key: StoreKey::generate(),
            chain,
            feed,
            acknowledged: BTreeMap::new(),
            forgotten: 0,
        })
    }

    /// Lives them.
    pub(super) fn live(mut self) -> Result<Outcome, DemoError> {
        let mut node = self.start()?;
        for epoch in 0..EPOCHS {
            let end = self.town.policy.model().epoch_end_ms(epoch).unwrap_or(u64::MAX);
            self.at(end - 1);
            let mut requests = self.requests(epoch)?;
            if epoch == KILLED {
                let rest = requests.split_off(requests.len() / 2);
                self.send(&node, &requests)?;
                node =
                    self.kill_while(node, "takes readings", |life, node| life.send(node, &rest).is_err())?;
                requests = rest;
            }
            self.send(&node, &requests)?;
            self.at(end + GRACE_MS);
            if epoch == KILLED {
                node.step()?;
                node = self.kill_while(node, "stores a proof", |_, node| node.prove_one().is_err())?;
            }
            self.settle(&node)?;
            self.at(end + GRACE_MS + 1000 * BLOCK_S * (CONFIRMATIONS + 1));
            self.settle(&node)?;
            self.say(&node, epoch)?;
        }
        self.outcome(&node)
    }

    fn at(&self, time_ms: u64) {
        self.clock.set(time_ms);
        self.chain.set_time(time_ms);
    }

    /// A node over what is on the disk.
    fn start(&self) -> Result<Core, DemoError> {
        self.disk.cut_after(u32::MAX);
        let store = Store::on(Box::new(self.disk.clone()), &self.key)?;
        let times = Times { grace_ms: GRACE_MS, retention_ms: 100 * EPOCH_MS, ahead_ms: 5_000 };
        let policy = &self.town.policy;
        let parts = (*policy.model(), policy.fence().model().clone());
        let prover = Arc::new(Local(self.town.prover.clone()));
        let place: Box<dyn Place> = Box::new(self.feed.clone());
        let served = Served::new(NAME, parts, times, prover, place)?;
        let registries = KnownRegistries(vec![(0, Arc::new(self.town.registry.clone()))]);
        let clock: Arc<dyn Clock> = self.clock.clone();
        Ok(Core::new(store, vec![served], Box::new(registries), clock, QUEUE))
    }

    /// What the devices send in an epoch, in no order, some of it twice.
    fn requests(&self, epoch: u32) -> Result<Vec<SignedReading>, DemoError> {
        let policy = &self.town.policy;
        let start = policy.interval(epoch)?.start().get();
        let mut readings = Vec::new();
        for nth in 0..READINGS {
            let time = UnixMillis::new(start + nth * EPOCH_MS / READINGS).unwrap_or(UnixMillis::MAX);
            for (tenths, device) in self.town.devices.iter().enumerate() {
                let reading =
                    device.reading(policy).at(time).location_degrees("48.15", "11.55")?.accuracy_m("3")?;
                let value = format!("{}.{}", 20 + epoch, tenths % 10);
                let signed = reading.set("temperature", &value)?.sign()?;
                readings.push(signed);
                if tenths % 4 == 0 {
                    readings.push(signed);
                }
            }
        }
        readings.shuffle(&mut OsRng);
        Ok(readings)
    }

    /// Sends readings, until the node does not answer.
    fn send(&mut self, node: &Core, readings: &[SignedReading]) -> Result<(), DemoError> {
        for batch in readings.chunks(BATCH) {
            let items = batch.iter().map(|signed| Item::Reading(signed.encode().to_vec())).collect();
            for (signed, answer) in batch.iter().zip(node.take(items)?) {
                match answer {
                    answer @ (Answer::Accepted | Answer::Duplicate) => {
                        let known = self.acknowledged.insert(signed.encode().to_vec(), *signed).is_some();
                        // What was acknowledged is there: whoever takes it as new has lost it.
                        self.forgotten += usize::from(known && answer == Answer::Accepted);
                    }
                    Answer::Refused { rule, .. } => {
                        return Err(DemoError::Otherwise { wanted: "a good reading to be taken", got: rule });
                    }
                }
            }
        }
        Ok(())
    }

    /// Cuts the node off its disk in the middle of what it does, and starts another one. What is not acknowledged is sent again.
    fn kill_while(
        &mut self,
        node: Core,
        what: &'static str,
        work: impl FnOnce(&mut Self, &Core) -> bool,
    ) -> Result<Core, DemoError> {
        self.disk.cut_after(INTO_A_WRITE);
        if !work(self, &node) {
            let got = format!("one that goes on while it {what}");
            return Err(DemoError::Otherwise { wanted: "a node that is killed", got });
        }
        drop(node);
        let node = self.start()?;
        self.output.line(format_args!("killed while it {what}, and started again"));
        Ok(node)
    }

    /// Lets it do all that is due.
    fn settle(&self, node: &Core) -> Result<(), StoreError> {
        while !node.step()?.is_nothing() {}
        Ok(())
    }

    fn say(&self, node: &Core, epoch: u32) -> Result<(), DemoError> {
        let round = self.chain.round(&self.feed, epoch)?;
        let of = node.view().epochs.into_iter().find(|of| of.epoch == epoch);
        let readings = of.map_or(0, |of| of.readings);
        let mean = round.sum as f64 / f64::from(round.count.max(1)) / 100.0;
        let (count, chunks) = (round.count, round.chunks);
        self.output.line(format_args!(
            "epoch {epoch}: {readings} readings stored, {count} devices in {chunks} proofs on chain, mean {mean:.2} Cel"
        ));
        Ok(())
    }

    /// Holds what is on chain against what was acknowledged.
    fn outcome(self, node: &Core) -> Result<Outcome, DemoError> {
        let view = node.view();
        let finals = view.epochs.iter().filter(|of| of.state == EpochState::Final).count();
        let finals = u32::try_from(finals).unwrap_or(u32::MAX);
        let mut lost = self.forgotten;
        for bytes in self.acknowledged.keys() {
            let answers: Result<Vec<Answer>, IntakeError> = node.take(vec![Item::Reading(bytes.clone())]);
            lost += usize::from(answers?.first() != Some(&Answer::Duplicate));
        }
        let mut double = 0;
        for epoch in 0..EPOCHS {
            let round = self.chain.round(&self.feed, epoch)?;
            let (devices, sum) = self.expected(epoch);
            double += round.count.saturating_sub(devices);
            if round.count <= devices && (round.count, round.sum) != (devices, sum) {
                let got = format!("{} devices with a sum of {} in epoch {epoch}", round.count, round.sum);
                return Err(DemoError::Otherwise { wanted: "the last reading of each device on chain", got });
            }
        }
        Ok(Outcome { epochs: EPOCHS, finals, readings: self.acknowledged.len(), lost, double })
    }

    /// Devices that have a reading in an epoch, and the sum of the last of each.
    fn expected(&self, epoch: u32) -> (u32, i128) {
        let policy = self.town.policy.model();
        let mut last: BTreeMap<[u8; 32], (u64, i64)> = BTreeMap::new();
        for signed in self.acknowledged.values() {
            let reading = signed.reading();
            if policy.epoch_of(reading.time) == Some(epoch) {
                let value = (reading.time.get(), reading.channels[usize::from(policy.parts().channel)]);
                let newest = last.entry(signed.key().encode()).or_insert(value);
                *newest = (*newest).max(value);
            }
        }
        let sum = last.values().map(|(_, value)| i128::from(*value)).sum();
        (u32::try_from(last.len()).unwrap_or(u32::MAX), sum)
    }
}

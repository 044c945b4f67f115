//! The life of one world.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha8Rng;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::claim::survey::SurveyInputs;
use zksensor::rand::seq::SliceRandom;
use zksensor::rand::{Rng, SeedableRng};
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, ItemKind};
use zksensor_node::place::Place;
use zksensor_node::store::{Disk, Store};
use zksensor_node::toy::{Toy, ToyFeed};
use zksensor_node::view::{EpochState, EpochView, Show};

use super::flaky::{Flaky, Trouble};
use super::sent::{Sent, sent};
use crate::bus::MemoryQueue;
use crate::ride::RIDE;
use crate::scene::{EPOCHS, GRACE, LENGTH, NAMES, OF_FRAMES, ORIGIN, Scene, chain, town};

/// What became of a reading, as far as its sender knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    /// Not sent, or without an answer.
    Nothing,
    Stored,
    Refused,
}

/// A world, with everything in it that no node sees.
pub(super) struct World {
    rng: ChaCha8Rng,
    pub(super) scene: Scene,
    pub(super) core: Option<Core>,
    /// In every second world proofs go to feeds on a chain, in the others to shelves.
    pub(super) chain: Option<(Toy, [ToyFeed; 2])>,
    /// Carries jobs to workers, where those prove.
    queue: Option<Arc<MemoryQueue>>,
    network: Trouble,
    /// True time, in milliseconds since 1970.
    now: u64,
    /// What the node's clock is off by.
    off: i64,
    pub(super) known: Vec<Known>,
    /// Readings that were stored, for another policy, when this one's epoch had closed: its clock was set back since. Of the others nobody knows
    /// it, as there was no answer.
    pub(super) missed: BTreeSet<(usize, usize)>,
    pub(super) unsure: BTreeSet<(usize, usize)>,
    /// Devices that signed two contents with one number, and of which the node said so; and those of which it may know it.
    pub(super) caught: BTreeSet<usize>,
    pub(super) may_be_caught: BTreeSet<usize>,
    /// Proofs that are stored as made.
    stored: BTreeSet<Made>,
    /// Proofs that were begun and that came back, of readings and of frames, as far as they were looked at.
    looked: [usize; 4],
    failures: u64,
}

/// Epoch, chunk and policy of a proof.
type Made = (u32, u32, String);

/// What a world came to.
pub(super) struct Lived {
    pub(super) crashes: u64,
    pub(super) failures: u64,
}

impl World {
    pub(super) fn of(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let disk = crate::disk::SimDisk::new(rng.r#gen());
        // In a third of the worlds workers prove, and die, and the queue does not answer.
        let (scene, queue) = match rng.gen_ratio(1, 3) {
            true => {
                let (scene, queue) = crate::bus::scene(Some(rng.r#gen()));
                (scene, Some(queue))
            }
            false => (Scene::new(), None),
        };
        let mut scene = Scene { disk, ..scene };
        let chain = rng.gen_bool(0.5).then(chain);
        // Some are revoked while an epoch runs. What blocks that are taken back do to posts is for the registrar.
        for epoch in 1..EPOCHS {
            if chain.is_none() && rng.gen_bool(0.2) {
                let since = ORIGIN + u64::from(epoch) * LENGTH + rng.gen_range(1..LENGTH);
                let device = rng.gen_range(0..town().devices.len());
                scene.registries.0.push((since, Arc::new(town().without(device))));
            }
        }
        // In some nothing is kept for long after it is proven.
        if rng.gen_ratio(1, 3) {
            scene.retention_ms = rng.gen_range(0..LENGTH);
        }
        let known = vec![Known::Nothing; sent().len()];
        let network = Trouble::new(rng.r#gen());
        World {
            rng,
            scene,
            core: None,
            chain,
            queue,
            network,
            now: ORIGIN,
            off: 0,
            known,
            missed: BTreeSet::new(),
            unsure: BTreeSet::new(),
            caught: BTreeSet::new(),
            may_be_caught: BTreeSet::new(),
            stored: BTreeSet::new(),
            looked: [0; 4],
            failures: 0,
        }
    }

    /// Lives it: three epochs of trouble, and quiet after that.
    pub(super) fn live(mut self) -> Lived {
        let trouble_ends = ORIGIN + u64::from(EPOCHS) * LENGTH + GRACE;
        while self.now < trouble_ends {
            self.now += self.rng.gen_range(5_000..60_000);
            self.trouble();
            self.set_clock();
            self.senders(6);
            if self.rng.gen_ratio(1, 8) {
                self.sign_twice();
            }
            self.work();
        }
        self.quiet();
        self.judge();
        Lived { crashes: self.scene.disk.crashes(), failures: self.failures }
    }

    fn set_clock(&self) {
        if let Some((chain, _)) = &self.chain {
            chain.set_time(self.now);
        }
        self.scene.clock.set(self.now.saturating_add_signed(self.off));
    }

    /// What goes wrong next.
    fn trouble(&mut self) {
        let disk = &self.scene.disk;
        match self.rng.gen_range(0..24) {
            0..=4 => disk.set_fuse(Some(self.rng.gen_range(0..120))),
            5 => {
                disk.crash();
                self.core = None;
            }
            6 | 7 => disk.set_fault(Some(self.rng.gen_range(0..60))),
            8 => disk.set_room(self.rng.gen_range(0..1 << 16)),
            9..=11 => disk.set_room(1 << 28),
            12 => self.off = -self.rng.gen_range(0..2 * LENGTH as i64),
            13 => self.off = self.rng.gen_range(0..LENGTH as i64 / 2),
            14..=17 => self.off = 0,
            19 | 20 => {
                if let Some((chain, _)) = &self.chain {
                    chain.reorganise(self.rng.gen_range(1..=157));
                }
            }
            18 => *self.scene.prover.fails.lock().unwrap() = 1,
            21 => disk.set_sync_fault(Some(self.rng.gen_range(0..12))),
            _ => {}
        }
    }

    /// The node, started if it is not, unless that fails.
    fn core(&mut self) -> Option<&Core> {
        if self.core.is_none() {
            match Store::on(Box::new(self.scene.disk.clone()) as Box<dyn Disk>, &self.scene.key) {
                Ok(store) => {
                    self.core =
                        Some(self.scene.start_of(&[0, 1, OF_FRAMES], store, |policy| self.place(policy)));
                }
                Err(error) => {
                    // A disk that fails, or whose power goes while what the last one left is repaired. Never one that is damaged.
                    let text = error.to_string();
                    assert!(!text.contains("damaged") && !text.contains("orrupt"), "{text}");
                    if text.contains("start the machine") {
                        self.scene.disk.crash();
                    }
                    self.failures += 1;
                }
            }
        }
        self.core.as_ref()
    }

    /// Where the proofs of a policy go, by a network that answers when it likes.
    fn place(&self, policy: usize) -> Box<dyn Place> {
        let place: Box<dyn Place> = match &self.chain {
            Some((_, feeds)) if policy < feeds.len() => Box::new(feeds[policy].clone()),
            _ => Box::new(self.scene.shelves.clone()),
        };
        Box::new(Flaky { place, trouble: self.network.clone() })
    }

    /// Ends the node if its power has gone, or somebody has to start the machine again.
    fn look_at_power(&mut self, crashes: u64) {
        let is_over =
            |core: &Core| core.view().waiting_for.iter().any(|what| what.contains("start the machine"));
        if self.core.as_ref().is_some_and(is_over) {
            self.scene.disk.crash();
        }
        if self.scene.disk.crashes() != crashes {
            self.core = None;
        }
    }

    /// Sends what there is to send by now, in no order, some of it again.
    fn senders(&mut self, most: usize) {
        let due: Vec<usize> = (0..self.known.len()).filter(|index| sent()[*index].time <= self.now).collect();
        let mut unknown: Vec<usize> =
            due.iter().copied().filter(|index| self.known[*index] == Known::Nothing).collect();
        unknown.shuffle(&mut self.rng);
        unknown.truncate(self.rng.gen_range(0..=most * 3));
        if let Some(again) = due.choose(&mut self.rng) {
            unknown.push(*again);
        }
        for batch in unknown.chunks(most) {
            self.send(batch);
        }
    }

    fn send(&mut self, batch: &[usize]) {
        let crashes = self.scene.disk.crashes();
        let items = batch.iter().map(|index| sent()[*index].item.clone()).collect();
        let Some(core) = self.core() else { return };
        let closed = closed(core);
        let answers = core.take(items);
        if let Ok(answers) = answers {
            let gone: Vec<bool> = batch.iter().map(|index| has_ended(core, &sent()[*index])).collect();
            for ((index, answer), is_gone) in batch.iter().zip(answers).zip(gone) {
                self.hear(*index, &answer, is_gone);
                if answer == Answer::Accepted {
                    self.note_closed(*index, closed.as_ref(), true);
                }
            }
        } else {
            batch.iter().for_each(|index| self.note_closed(*index, closed.as_ref(), false));
            self.failures += 1;
        }
        self.look_at_power(crashes);
    }

    /// Which policies a reading that was stored, or may have been, came too late for.
    fn note_closed(&mut self, index: usize, closed: Option<&BTreeSet<(usize, u32)>>, is_stored: bool) {
        if sent()[index].item.kind() == ItemKind::Frame {
            return;
        }
        for policy in 0..NAMES.len() {
            match closed {
                Some(closed) if !closed.contains(&(policy, sent()[index].epoch)) => {}
                Some(_) if is_stored => _ = self.missed.insert((index, policy)),
                _ => _ = self.unsure.insert((index, policy)),
            }
        }
    }

    /// A device whose reading or frame is stored sends another with its number.
    fn sign_twice(&mut self) {
        let stored: Vec<usize> =
            (0..self.known.len()).filter(|index| self.known[*index] == Known::Stored).collect();
        let Some(index) = stored.choose(&mut self.rng).copied() else { return };
        let crashes = self.scene.disk.crashes();
        let sent = &sent()[index];
        let Sent { device, twin, .. } = sent;
        let Some(core) = self.core() else { return };
        let answer = core.take(vec![twin.clone()]);
        let is_gone = has_ended(core, sent);
        self.may_be_caught.insert(*device);
        match answer.map(|mut answers| answers.remove(0)) {
            Ok(Answer::Refused { rule, .. }) if rule == "equivocation" => {
                self.caught.insert(*device);
            }
            // Of a device that was revoked, or with a clock that is behind, nothing is looked at.
            Ok(Answer::Refused { rule, .. }) if ["early", "C4"].contains(&rule.as_str()) => {}
            Ok(Answer::Refused { rule, .. }) if rule == "late" => {
                assert!(is_gone, "item {index} was acknowledged, and another is late in its place");
            }
            Ok(answer) => panic!("another content of item {index} was answered with {answer:?}"),
            Err(_) => self.failures += 1,
        }
        self.look_at_power(crashes);
    }

    fn hear(&mut self, index: usize, answer: &Answer, is_gone: bool) {
        let before = self.known[index];
        self.known[index] = match answer {
            Answer::Accepted => {
                assert_ne!(before, Known::Stored, "reading {index} was acknowledged, and is lost");
                Known::Stored
            }
            Answer::Duplicate => Known::Stored,
            // It comes again when the node's clock is right.
            Answer::Refused { rule, .. } if rule == "early" => before,
            // It was erased, as all that it was for has come to its end.
            Answer::Refused { rule, .. }
                if before == Known::Stored && is_gone && ["late", "C4"].contains(&rule.as_str()) =>
            {
                before
            }
            Answer::Refused { rule, .. } => {
                assert!(["late", "C4"].contains(&rule.as_str()), "what is good was refused by {rule}");
                assert_ne!(before, Known::Stored, "reading {index} was acknowledged, and is lost: {rule}");
                Known::Refused
            }
        };
    }

    /// Lets the node work for a while.
    fn work(&mut self) {
        for _ in 0..self.rng.gen_range(0..12) {
            let crashes = self.scene.disk.crashes();
            let Some(core) = self.core() else { return };
            let did = core.step();
            match did {
                Ok(did) => self.look_at_proofs(did.proven > 0),
                Err(_) => {
                    self.failures += 1;
                    self.look_at_proofs(false);
                }
            }
            self.look_at_power(crashes);
        }
    }

    /// What is stored as proven must not be proven again.
    fn look_at_proofs(&mut self, stored: bool) {
        let of_readings =
            |inputs: &AggregateInputs| (inputs.epoch, inputs.chunk, inputs.policy_id.to_string());
        let of_frames = |inputs: &SurveyInputs| (inputs.epoch, inputs.chunk, inputs.policy_id.to_string());
        let Scene { prover, returned, surveys, .. } = &self.scene;
        let new = |list: Vec<Made>, looked: &mut usize| {
            let new = list[*looked..].to_vec();
            *looked = list.len();
            new
        };
        let keys =
            |list: &Mutex<Vec<AggregateInputs>>| list.lock().unwrap().iter().map(of_readings).collect();
        let survey_keys =
            |list: &Mutex<Vec<SurveyInputs>>| list.lock().unwrap().iter().map(of_frames).collect();
        let [made, surveyed, back, surveys_back] = &mut self.looked;
        let mut begun = new(keys(&prover.made), made);
        begun.extend(new(survey_keys(&surveys.surveyor.made), surveyed));
        for key in begun {
            assert!(!self.stored.contains(&key), "{key:?} was stored, and is proven again");
        }
        // A step makes one proof at most.
        let mut came = new(keys(returned), back);
        came.extend(new(survey_keys(&surveys.returned), surveys_back));
        self.stored.extend(came.pop().filter(|_| stored));
    }

    /// Everything works, and everybody who has no answer asks until there is one.
    fn quiet(&mut self) {
        self.scene.disk.set_fuse(None);
        self.scene.disk.set_fault(None);
        self.scene.disk.set_sync_fault(None);
        self.scene.disk.set_room(1 << 28);
        *self.scene.prover.fails.lock().unwrap() = 0;
        if let Some(queue) = &self.queue {
            queue.end_trouble();
        }
        self.off = 0;
        self.network.end();
        for _ in 0..60 {
            self.now += 30_000;
            self.set_clock();
            let open: Vec<usize> =
                (0..self.known.len()).filter(|index| self.known[*index] == Known::Nothing).collect();
            for batch in open.chunks(8) {
                self.send(batch);
            }
            let core = self.core().expect("the disk works");
            // The first access after a failure may be one to a file that has to be opened again.
            let _ = core.step();
            let idle = core.step().expect("the disk works").is_nothing();
            let ended =
                core.view().epochs.iter().all(|of| matches!(of.state, EpochState::Final | EpochState::Ended));
            if idle && ended && !self.known.contains(&Known::Nothing) {
                return;
            }
        }
        panic!("it does not come to rest: {:?}", self.core.as_ref().map(Show::view));
    }
}

/// The epochs of policies of readings that have closed; nothing if the node cannot say it now.
fn closed(core: &Core) -> Option<BTreeSet<(usize, u32)>> {
    let view = core.view();
    let is_closed = |of: &&EpochView| !matches!(of.state, EpochState::Open | EpochState::Grace);
    let of_readings = |of: &EpochView| Some((NAMES.iter().position(|name| *name == of.policy)?, of.epoch));
    view.ready.then(|| view.epochs.iter().filter(is_closed).filter_map(of_readings).collect())
}

/// Whether all that something may be for has come to its end.
pub(super) fn has_ended(core: &Core, sent: &Sent) -> bool {
    let is_frame = sent.item.kind() == ItemKind::Frame;
    let view = core.view();
    let is_for = |of: &&EpochView| of.epoch == sent.epoch && (of.policy == RIDE) == is_frame;
    let mut of_epoch = view.epochs.iter().filter(is_for).peekable();
    of_epoch.peek().is_some() && of_epoch.all(|of| matches!(of.state, EpochState::Final | EpochState::Ended))
}

//! What a journal says of the registry: now, and in each state that it was in.

use std::collections::HashMap;

use zksensor_model::device::Leaf;
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::Point;
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::reading::UnixMillis;
use zksensor_model::registry::{
    CAPACITY, EMPTY_LEAF, Position, Record, Registry, RegistryError, RegistryRoot,
};

use super::{Change, Device, Enrolment, FOR_EVER, Journal, Moment};
use crate::files::registry::error::{JournalError, JournalFault};
use crate::files::registry::record::{self, SEAL};
use crate::files::registry::tree;

impl Journal {
    /// Number of changes, the index of the next one.
    pub(in crate::files::registry) fn moments(&self) -> u32 {
        u32::try_from(self.changes.len()).expect("a file of at most 2^30 bytes has fewer changes")
    }

    /// The state after the last change.
    pub fn now(&self) -> Moment {
        Moment(self.moments())
    }

    /// The last seal.
    pub(in crate::files::registry) fn seal(&self) -> [u8; SEAL] {
        self.seals.last().map_or_else(record::first_seal, |(seal, _)| *seal)
    }

    /// The changes of all records in the bytes of the file.
    pub(in crate::files::registry) fn bodies<'a>(&self, bytes: &'a [u8]) -> Vec<&'a [u8]> {
        self.bodies.iter().filter_map(|range| bytes.get(range.clone())).collect()
    }

    /// Number of enrolments so far.
    pub fn enrolled(&self) -> u32 {
        u32::try_from(self.entries.len()).expect("at most 2^21 were taken")
    }

    /// Number of registered devices.
    pub fn devices(&self) -> u32 {
        self.active
    }

    /// The root after the last change.
    pub fn root(&self) -> RegistryRoot {
        self.root_at(self.now())
    }

    /// The root of a state.
    pub fn root_at(&self, Moment(count): Moment) -> RegistryRoot {
        match count.checked_sub(1).and_then(|last| self.changes.get(last as usize)) {
            Some(past) => RegistryRoot::from_field(record::element(&past.root)),
            None => RegistryRoot::from_field(tree::empty_root()),
        }
    }

    /// Bytes of a record at the end that was never finished.
    pub fn torn(&self) -> u64 {
        self.torn
    }

    /// The changes, the first one first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = Change> {
        self.changes.iter().enumerate().map(|(index, past)| Change {
            moment: Moment(u32::try_from(index).expect("as many as changes") + 1),
            time: UnixMillis::new(past.time).expect("it was checked"),
            what: ["enrol", "revoke", "replace", "take over"][usize::from(past.kind) - 1],
            root: RegistryRoot::from_field(record::element(&past.root)),
            devices: past.active,
            enrolled: past.enrolled,
        })
    }

    /// The last change that was made before `time`, in Unix milliseconds: what a contract that holds roots by time says, too.
    /// `None` if the history begins later.
    pub fn before(&self, time: u64) -> Option<Moment> {
        let count = self.changes.partition_point(|past| past.time < time);
        u32::try_from(count).ok().filter(|count| *count > 0).map(Moment)
    }

    /// When the last change was made.
    pub(in crate::files::registry) fn last_time(&self) -> u64 {
        self.changes.last().map_or(0, |past| past.time)
    }

    /// Every enrolment in order, with what became of it.
    pub fn enrolments(&self) -> impl Iterator<Item = Device> {
        (0..self.enrolled()).map(|order| self.enrolment(order))
    }

    fn enrolment(&self, order: u32) -> Device {
        let entry = &self.entries[order as usize];
        let time = |change: u32| {
            let past = self.changes.get(change as usize)?;
            Some(UnixMillis::new(past.time).expect("it was checked"))
        };
        Device {
            position: Position::of_enrolment(order).expect("at most 2^21 were taken"),
            leaf: record::leaf(&entry.leaf),
            since: time(entry.from).expect("an enrolment is of a change"),
            until: time(entry.until),
        }
    }

    /// The positions of the registered devices.
    pub fn positions(&self) -> impl Iterator<Item = Position> {
        let active = (0..).zip(&self.entries).filter(|(_, entry)| entry.until == FOR_EVER);
        active.map(|(order, _)| Position::of_enrolment(order).expect("at most 2^21 were taken"))
    }

    /// The device that is or was at a position; `None` if there never was one.
    pub fn device(&self, position: Position) -> Option<Device> {
        let order = position.enrolment();
        (order < self.enrolled()).then(|| self.enrolment(order))
    }

    /// Where the device with this key is or was.
    pub fn position_of(&self, key: &PublicKey) -> Option<Position> {
        let order = *self.keys.get(&field::to_be_bytes(&key.point().x))?;
        let position = Position::of_enrolment(order).expect("at most 2^21 were taken");
        let is_its = |device: &Device| device.leaf.key == *key || self.is_replaced(position, key);
        self.device(position).filter(is_its).map(|_| position)
    }

    fn is_replaced(&self, position: Position, key: &PublicKey) -> bool {
        let mut bytes = position.get().to_be_bytes().to_vec();
        bytes.extend(field::to_be_bytes(&key.point().x));
        bytes.extend(field::to_be_bytes(&key.point().y));
        self.replaced.iter().any(|replaced| replaced[..] == bytes)
    }

    /// What the tree has at a position in a state.
    pub(in crate::files::registry) fn leaf_at(&self, position: u32, Moment(count): Moment) -> Fr {
        let order = Position::new(position).expect("a position of the tree").enrolment();
        let registered = |entry: &&Enrolment| entry.from < count && count <= entry.until;
        match self.entries.get(order as usize).filter(registered) {
            Some(entry) => record::leaf(&entry.leaf).hash(),
            None => EMPTY_LEAF,
        }
    }

    /// The positions that differ between two states.
    pub(in crate::files::registry) fn between(&self, Moment(one): Moment, Moment(other): Moment) -> Vec<u32> {
        let within = |change: u32| (one.min(other)..one.max(other)).contains(&change);
        let changed = (0..).zip(&self.entries).filter(|(_, entry)| within(entry.from) || within(entry.until));
        changed
            .map(|(order, _)| Position::of_enrolment(order).expect("at most 2^21 were taken").get())
            .collect()
    }

    /// Requires a registered device at a position.
    pub(in crate::files::registry) fn check_registered(
        &self,
        position: Position,
    ) -> Result<(), RegistryError> {
        self.leaf_of(position, self.now()).map(|_| ())
    }

    /// The leaf of the device that is registered at a position in a state.
    pub(in crate::files::registry) fn leaf_of(
        &self,
        position: Position,
        Moment(count): Moment,
    ) -> Result<Leaf, RegistryError> {
        match self.entries.get(position.enrolment() as usize) {
            Some(entry) if count <= entry.until && entry.from < count => Ok(record::leaf(&entry.leaf)),
            Some(entry) if entry.until < count => Err(RegistryError::Revoked { position }),
            _ => Err(RegistryError::NotEnrolled { position }),
        }
    }

    /// Requires that the leaves can be enrolled together.
    pub(in crate::files::registry) fn check_new(&self, leaves: &[Leaf]) -> Result<(), RegistryError> {
        let (enrolled, wanted) = (self.enrolled(), leaves.len());
        if wanted > (CAPACITY - enrolled) as usize {
            return Err(RegistryError::Full { wanted, enrolled });
        }
        let in_batch = |index, reason| RegistryError::Batch { index, reason: Box::new(reason) };
        let keys: Vec<PublicKey> = leaves.iter().map(|leaf| leaf.key).collect();
        zksensor_model::registry::check_keys(&keys)
            .map_err(|(index, fault)| in_batch(index, fault.into()))?;
        let mut batch = HashMap::new();
        for (index, key) in keys.iter().enumerate() {
            let x = field::to_be_bytes(&key.point().x);
            if let Some(order) = self.keys.get(&x) {
                return Err(in_batch(index, self.refusal(&x, *order)));
            }
            if let Some(first) = batch.insert(x, index) {
                return Err(in_batch(index, RegistryError::KeyRepeated { first }));
            }
        }
        Ok(())
    }

    /// The registry of a state, with its tree; everything is checked that enrolling checks, and that the root is right.
    pub(in crate::files::registry) fn registry(&self, moment: Moment) -> Result<Registry, JournalError> {
        let Moment(count) = moment;
        let known = self.entries.iter().filter(|entry| entry.from < count);
        let records =
            known.map(|entry| Record { leaf: record::leaf(&entry.leaf), revoked: entry.until < count });
        let replaced = self.replaced.iter().filter(|_| count > 0).map(|bytes| {
            let position = u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"));
            let point = Point { x: record::element(&bytes[4..36]), y: record::element(&bytes[36..]) };
            // That it is of prime order is what restoring asks of all keys.
            (Position::new(position).expect("it was checked"), PublicKey::insecure_unchecked(point))
        });
        let wrong = |reason| JournalError { record: self.seals.len() as u64, at: 0, reason };
        let registry =
            Registry::restore(records, replaced.collect()).map_err(|reason| wrong(reason.into()))?;
        let (wanted, got) = (registry.root(), self.root_at(moment));
        if wanted == got { Ok(registry) } else { Err(wrong(JournalFault::Root { wanted, got })) }
    }
}

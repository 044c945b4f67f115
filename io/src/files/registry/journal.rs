//! The journal of a registry: every change since it was started, each with its time and the root after it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use zksensor_model::device::Leaf;
use zksensor_model::hex;
use zksensor_model::reading::UnixMillis;
use zksensor_model::registry::{CAPACITY, Position, RegistryError, RegistryRoot};

use super::error::{JournalError, JournalFault};
use super::record::{self, Cursor, HEAD, LEAF, LENGTHS, LeafBytes, REPLACED, SEAL};

mod queries;

/// A state of a registry: that after so many of its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub(super) u32);

impl Moment {
    /// Before the first change.
    pub const START: Moment = Moment(0);
}

/// One change of a registry, and what it led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The state after it.
    pub moment: Moment,
    /// When it was made, in Unix milliseconds.
    pub time: UnixMillis,
    /// What was done: `enrol`, `revoke`, `replace`, or `take over` for a file of an earlier format.
    pub what: &'static str,
    /// The root after it.
    pub root: RegistryRoot,
    /// Registered devices after it.
    pub devices: u32,
    /// Enrolments after it.
    pub enrolled: u32,
}

/// One enrolment, with what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// Where it is, or was.
    pub position: Position,
    /// Its leaf.
    pub leaf: Leaf,
    /// When it was enrolled, or taken over.
    pub since: UnixMillis,
    /// When it was revoked or replaced, if it was.
    pub until: Option<UnixMillis>,
}

/// The content of a registry file, checked but for what hashing alone can say.
///
/// | bytes | what |
/// |---|---|
/// | 17 | `zksensor registry` |
/// | 2 | version of this format and of the order of positions, 4 |
/// | ... | records |
///
/// | bytes of a record | what |
/// |---|---|
/// | 4 | length of the changes |
/// | 4 | its complement: a length that is damaged is not taken for one that was cut |
/// | ... | changes, one or more |
/// | 32 | keccak256 of the checksum before (for the first record the keccak256 of the head) and of the bytes above |
///
/// | bytes of a change | what |
/// |---|---|
/// | 8 | when, in Unix milliseconds, never before the change before |
/// | 1 | kind |
/// | ... | 1, enrol: count 4, leaves 122 each. 2, revoke: position 4. 3, replace: position 4, leaf 122 |
/// | | 4, take over, only as the first: n 4, m 4, n times state (0 registered, 1 revoked) 1 and leaf 122, m replaced keys 68 |
/// | 32 | the root after it |
///
/// A leaf is key x 32, y 32, identity 32, class 2, expiry 8, owner 16; a replaced key is position 4, x 32, y 32. Numbers are
/// big-endian.
#[derive(Debug, Clone)]
pub struct Journal {
    pub(super) entries: Vec<Enrolment>,
    /// Every key that was ever registered, by x, which determines the point: in the subgroup of prime order (x, -y) is none.
    keys: HashMap<[u8; 32], u32>,
    replaced: Vec<[u8; REPLACED]>,
    pub(super) changes: Vec<Past>,
    /// The seal of each record, and the number of changes up to its end.
    pub(super) seals: Vec<([u8; SEAL], u32)>,
    /// Where the changes of each record are in the file.
    bodies: Vec<Range<usize>>,
    /// Bytes up to the end of the last whole record.
    pub(super) length: u64,
    /// Bytes after that, of a record that was never finished.
    pub(super) torn: u64,
    pub(super) active: u32,
}

/// An enrolment, registered from the change `from` on and before the change `until`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Enrolment {
    pub(super) leaf: LeafBytes,
    from: u32,
    until: u32,
}

/// What a change left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    time: u64,
    kind: u8,
    pub(super) root: [u8; 32],
    active: u32,
    enrolled: u32,
}

const FOR_EVER: u32 = u32::MAX;

impl Journal {
    /// The journal without a change.
    pub(super) fn empty() -> Journal {
        Journal {
            entries: Vec::new(),
            keys: HashMap::new(),
            replaced: Vec::new(),
            changes: Vec::new(),
            seals: Vec::new(),
            bodies: Vec::new(),
            length: HEAD as u64,
            torn: 0,
            active: 0,
        }
    }

    /// Reads the bytes of a file. What is allocated is in proportion to their number. A last record that is cut short, or
    /// zeros in its place, were never acknowledged and are left out.
    ///
    /// # Errors
    /// [`JournalError`] for anything else that is not as this release writes it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Journal, JournalError> {
        let wrong = |record, at: usize, reason| JournalError { record, at: at as u64, reason };
        let version = bytes.strip_prefix(record::MAGIC).ok_or(wrong(0, 0, JournalFault::Magic))?;
        let version = version.first_chunk().map(|version| u16::from_be_bytes(*version));
        let version = version.ok_or(wrong(
            0,
            0,
            JournalFault::Short { wanted: HEAD as u64, got: bytes.len() as u64 },
        ))?;
        if version != record::VERSION {
            return Err(wrong(0, 0, JournalFault::Version { got: version }));
        }
        let mut journal = Journal::empty();
        let (mut at, mut before) = (HEAD, record::first_seal());
        while let Some(length) =
            next_record(&bytes[at..]).map_err(|reason| wrong(journal.seals.len() as u64 + 1, at, reason))?
        {
            let number = journal.seals.len() as u64 + 1;
            let (sealed, rest) = bytes[at..].split_at(LENGTHS + length);
            let (wanted, came) = (record::seal(&before, sealed), &rest[..SEAL]);
            if wanted != came {
                let (wanted, got) = (hex::encode(&wanted), hex::encode(came));
                return Err(wrong(number, at, JournalFault::Checksum { wanted, got }));
            }
            journal.apply_all(&sealed[LENGTHS..]).map_err(|reason| wrong(number, at, reason))?;
            journal.bodies.push(at + LENGTHS..at + LENGTHS + length);
            journal.seals.push((wanted, journal.moments()));
            before = wanted;
            at += LENGTHS + length + SEAL;
        }
        journal.length = at as u64;
        journal.torn = (bytes.len() - at) as u64;
        Ok(journal)
    }

    /// Makes the changes of a record.
    pub(super) fn apply_all(&mut self, changes: &[u8]) -> Result<(), JournalFault> {
        let mut cursor = Cursor(changes);
        loop {
            self.apply(&mut cursor)?;
            if cursor.0.is_empty() {
                return Ok(());
            }
        }
    }

    fn apply(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JournalFault> {
        if cursor.0.is_empty() {
            return Err(JournalFault::Nothing);
        }
        let time = UnixMillis::new(cursor.take().map(u64::from_be_bytes)?)?.get();
        let last = self.changes.last().map_or(0, |last| last.time);
        if time < last {
            return Err(JournalFault::Time { wanted: last, got: time });
        }
        let [kind] = cursor.take()?;
        match kind {
            record::ENROL => {
                let count = cursor.u32()? as usize;
                if count == 0 {
                    return Err(JournalFault::Nothing);
                }
                let leaves = cursor.slice(count.saturating_mul(LEAF))?;
                leaves
                    .chunks_exact(LEAF)
                    .try_for_each(|leaf| self.enrol(leaf.try_into().expect("a leaf")))?;
            }
            record::REVOKE => self.revoke(cursor.u32()?)?,
            record::REPLACE => {
                self.revoke(cursor.u32()?)?;
                self.enrol(&cursor.take()?)?;
            }
            record::TAKE_OVER => self.take_over(cursor)?,
            got => return Err(JournalFault::Kind { got }),
        }
        let root = cursor.take()?;
        record::check_canonical(&root)?;
        let enrolled = self.enrolled();
        self.changes.push(Past { time, kind, root, active: self.active, enrolled });
        Ok(())
    }

    fn enrol(&mut self, leaf: &LeafBytes) -> Result<(), JournalFault> {
        record::check_leaf(leaf)?;
        let (order, from) = (self.enrolled(), self.moments());
        if order == CAPACITY {
            return Err(RegistryError::Full { wanted: 1, enrolled: CAPACITY }.into());
        }
        self.claim(leaf[..32].try_into().expect("32 bytes"), order)?;
        self.entries.push(Enrolment { leaf: *leaf, from, until: FOR_EVER });
        self.active += 1;
        Ok(())
    }

    /// Records a key by its x as that of an enrolment, unless it ever was one.
    fn claim(&mut self, x: [u8; 32], order: u32) -> Result<(), RegistryError> {
        match self.keys.entry(x) {
            Entry::Vacant(vacant) => {
                vacant.insert(order);
                Ok(())
            }
            Entry::Occupied(holder) => {
                let order = *holder.get();
                Err(self.refusal(&x, order))
            }
        }
    }

    /// Why a key is not taken again that is known from the enrolment `order`.
    fn refusal(&self, x: &[u8; 32], order: u32) -> RegistryError {
        let position = Position::of_enrolment(order).expect("at most 2^21 were taken");
        let entry = self.entries.get(order as usize);
        match entry.filter(|entry| entry.until == FOR_EVER && entry.leaf[..32] == *x) {
            Some(_) => RegistryError::KeyRegistered { position },
            None => RegistryError::KeyRetired { position },
        }
    }

    fn revoke(&mut self, position: u32) -> Result<(), JournalFault> {
        let position = Position::new(position)?;
        let until = self.moments();
        self.check_registered(position)?;
        self.entries[position.enrolment() as usize].until = until;
        self.active -= 1;
        Ok(())
    }

    fn take_over(&mut self, cursor: &mut Cursor<'_>) -> Result<(), JournalFault> {
        if !self.changes.is_empty() {
            return Err(JournalFault::NotFirst);
        }
        let (count, replaced) = (cursor.u32()?, cursor.u32()? as usize);
        let entries = cursor.slice((count as usize).saturating_mul(1 + LEAF))?;
        for entry in entries.chunks_exact(1 + LEAF) {
            self.enrol(entry[1..].try_into().expect("a leaf"))?;
            match entry[0] {
                0 => {}
                1 => {
                    self.entries.last_mut().expect("it was pushed").until = 0;
                    self.active -= 1;
                }
                got => return Err(JournalFault::State { got }),
            }
        }
        for replaced in cursor.slice(replaced.saturating_mul(REPLACED))?.chunks_exact(REPLACED) {
            replaced[4..].chunks_exact(32).try_for_each(record::check_canonical)?;
            let position = Position::new(u32::from_be_bytes(replaced[..4].try_into().expect("four bytes")))?;
            if position.enrolment() >= count {
                return Err(RegistryError::NotEnrolled { position }.into());
            }
            self.claim(replaced[4..36].try_into().expect("32 bytes"), position.enrolment())?;
            self.replaced.push(replaced.try_into().expect("as long as one"));
        }
        Ok(())
    }
}

/// The length of the changes of the record that the bytes begin with; `None` if there is none that was finished.
fn next_record(bytes: &[u8]) -> Result<Option<usize>, JournalFault> {
    let Some((lengths, rest)) = bytes.split_first_chunk::<LENGTHS>() else {
        return Ok(None);
    };
    let [length, complement] =
        [0, 4].map(|at| u32::from_be_bytes(lengths[at..at + 4].try_into().expect("four bytes")));
    if complement != !length {
        let empty = bytes.iter().all(|byte| *byte == 0);
        return if empty { Ok(None) } else { Err(JournalFault::Length { length, complement }) };
    }
    let length = length as usize;
    Ok((rest.len() >= length.saturating_add(SEAL)).then_some(length))
}

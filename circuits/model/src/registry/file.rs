//! A registry as bytes: a state, without its past. The tree is not stored but rebuilt. `zksensor-io` keeps registries in journals,
//! and reads files of this format, too. Version 1 had one permutation of all positions: its devices are elsewhere now, under
//! other roots, so its files are refused.
//!
//! All numbers are big-endian, field elements 32 bytes. The length is exact.
//!
//! | bytes | what |
//! |---|---|
//! | 17 | `zksensor registry` |
//! | 2 | version of this format and of the order of positions, 3 |
//! | 4 | n, the number of enrolments |
//! | 4 | m, the number of replaced keys |
//! | 123 n | enrolments in order: state (0 registered, 1 revoked) 1, key x 32, y 32, identity 32, class 2, expiry 8, owner 16 |
//! | 68 m | replaced keys in order: position 4, key x 32, y 32 |
//! | 32 | keccak256 of all of the above |
//!
//! The checksum finds accidents, not malice: who can write the file can write the checksum. So everything that enrolling
//! checks is checked again.

use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
#[cfg(feature = "std")]
use std::io;

use sha3::{Digest, Keccak256};

use super::{CAPACITY, Entry, Position, Registry, RegistryError, prime_order};
use crate::device::{Attributes, Identity, Leaf};
use crate::field::{self, FieldError, Fr};
use crate::hex;
use crate::primitives::babyjubjub::Point;
use crate::primitives::eddsa::{PublicKey, PublicKeyError};
use crate::reading::{ReadingError, UnixMillis};

const MAGIC: &[u8; 17] = b"zksensor registry";
/// The version: 1 had another order of positions, and 2 and 4 are journals.
pub const FILE_VERSION: u16 = 3;

/// The version of the journals of `zksensor-io`, which begin as a file does: one more, as both go up with the order of positions.
pub const JOURNAL_VERSION: u16 = FILE_VERSION + 1;
const HEADER: usize = MAGIC.len() + 2 + 4 + 4;
const ENTRY: usize = 1 + 3 * 32 + 2 + 8 + 16;
const REPLACED: usize = 4 + 2 * 32;
const CHECKSUM: usize = 32;

/// What to do about a registry of another version, of whichever of the two formats.
pub fn other_version(got: u16) -> &'static str {
    if got < FILE_VERSION {
        "leaves and positions have changed: enrol its devices in a new registry"
    } else if got == JOURNAL_VERSION {
        "that is a journal, which `zksensor-io` reads"
    } else {
        "use the release that wrote it, or a later one"
    }
}

/// Why bytes are not a registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryFileError {
    /// The bytes do not begin with the magic.
    #[error("expected a file that begins with `zksensor registry`; is this a registry file?")]
    Magic,
    /// The file was written in a format that this program does not know.
    #[error("expected a registry file of version {FILE_VERSION}, got version {got}; {}", other_version(*got))]
    Version {
        /// The version that came.
        got: u16,
    },
    /// There are more enrolments than positions.
    #[error("expected at most {CAPACITY} enrolments, got {got}")]
    TooMany {
        /// The number that came.
        got: u32,
    },
    /// The length is not that of the stated numbers of enrolments and replaced keys.
    #[error("expected a registry file of {wanted} bytes, got {got}; is it cut short?")]
    Length {
        /// Bytes that a file with this header has.
        wanted: u64,
        /// Bytes that came.
        got: u64,
    },
    /// The bytes have changed since they were written.
    #[error("expected the checksum {wanted}, got {got}; the file is damaged, restore it from a copy")]
    Checksum {
        /// The keccak256 of the content.
        wanted: String,
        /// What the last 32 bytes say.
        got: String,
    },
    /// The state of an enrolment is neither 0 nor 1.
    #[error("enrolment {entry}: expected state 0 (registered) or 1 (revoked), got {got}")]
    State {
        /// Number of the enrolment, from 0.
        entry: usize,
        /// The state that came.
        got: u8,
    },
    /// A coordinate or identity is not a field element.
    #[error("record {record}: {reason}")]
    Field {
        /// Number of the enrolment, or n + number of the replaced key, from 0.
        record: usize,
        /// What is wrong.
        #[source]
        reason: FieldError,
    },
    /// A key is not of prime order.
    #[error("record {record}: {reason}")]
    Key {
        /// Number of the enrolment, or n + number of the replaced key, from 0.
        record: usize,
        /// What is wrong.
        #[source]
        reason: PublicKeyError,
    },
    /// An expiry is out of range.
    #[error("enrolment {entry}: {reason}")]
    Expiry {
        /// Number of the enrolment, from 0.
        entry: usize,
        /// What is wrong.
        #[source]
        reason: ReadingError,
    },
    /// A key comes twice, or a replaced key names a position that no device has.
    #[error("record {record}: {reason}")]
    Registry {
        /// Number of the enrolment, or n + number of the replaced key, from 0.
        record: usize,
        /// What is wrong.
        #[source]
        reason: RegistryError,
    },
}

impl Registry {
    /// Writes the bytes of [`Registry::to_bytes`], piece by piece.
    ///
    /// # Errors
    /// Those of `writer`.
    #[cfg(feature = "std")]
    pub fn write_to(&self, mut writer: impl io::Write) -> io::Result<()> {
        let replaced = u32::try_from(self.replaced.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.put_all(replaced, |bytes| writer.write_all(bytes))?;
        writer.flush()
    }

    /// The registry in the format that [`Registry::read_from`] reads; the same registry gives the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(
            HEADER + ENTRY * self.entries.len() + REPLACED * self.replaced.len() + CHECKSUM,
        );
        let replaced = u32::try_from(self.replaced.len()).expect("memory holds fewer than 2^32 keys");
        let Ok(()) = self.put_all(replaced, |piece| {
            bytes.extend_from_slice(piece);
            Ok::<(), Infallible>(())
        });
        bytes
    }

    /// Hands the file, which has `replaced` replaced keys, to `put`.
    fn put_all<E>(&self, replaced: u32, put: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut file = Sealed { put, hasher: Keccak256::new() };
        file.put(MAGIC)?;
        file.put(&FILE_VERSION.to_be_bytes())?;
        file.put(&self.enrolled().to_be_bytes())?;
        file.put(&replaced.to_be_bytes())?;
        for Entry { leaf, revoked } in &self.entries {
            file.put(&[u8::from(*revoked)])?;
            file.put_key(&leaf.key)?;
            file.put(&field::to_be_bytes(&leaf.identity.to_field()))?;
            file.put(&leaf.attributes.class.to_be_bytes())?;
            file.put(&leaf.attributes.expiry.get().to_be_bytes())?;
            file.put(&leaf.attributes.owner.to_be_bytes())?;
        }
        for (position, key) in &self.replaced {
            file.put(&position.get().to_be_bytes())?;
            file.put_key(key)?;
        }
        file.seal()
    }

    /// Reads a registry and rebuilds its tree. What is allocated is proportional to the length of `bytes`.
    ///
    /// # Errors
    /// [`RegistryFileError`] if the bytes are not exactly a registry that [`Registry::to_bytes`] can have given.
    pub fn read_from(bytes: &[u8]) -> Result<Registry, RegistryFileError> {
        let (enrolled, content) = open(bytes)?;
        let (entries, replaced) = content.split_at(enrolled * ENTRY);
        let entries = entries.chunks_exact(ENTRY).enumerate().map(|(entry, bytes)| read_entry(entry, bytes));
        let entries: Vec<Entry> = entries.collect::<Result<_, _>>()?;
        let replaced = replaced.chunks_exact(REPLACED).zip(enrolled..);
        let replaced: Vec<(Position, PublicKey)> =
            replaced.map(|(bytes, record)| read_replaced(record, bytes)).collect::<Result<_, _>>()?;
        rebuild(entries, replaced)
    }
}

/// Checks all but the records: the number of enrolments, and the bytes of the records.
fn open(bytes: &[u8]) -> Result<(usize, &[u8]), RegistryFileError> {
    if !bytes.starts_with(MAGIC) {
        return Err(RegistryFileError::Magic);
    }
    let came = bytes.len() as u64;
    if bytes.len() < HEADER + CHECKSUM {
        return Err(RegistryFileError::Length { wanted: (HEADER + CHECKSUM) as u64, got: came });
    }
    let mut header = Fields(&bytes[MAGIC.len()..HEADER]);
    let version = u16::from_be_bytes(header.take());
    if version != FILE_VERSION {
        return Err(RegistryFileError::Version { got: version });
    }
    let enrolled = u32::from_be_bytes(header.take());
    if enrolled > CAPACITY {
        return Err(RegistryFileError::TooMany { got: enrolled });
    }
    let replaced = u32::from_be_bytes(header.take());
    let records = ENTRY as u64 * u64::from(enrolled) + REPLACED as u64 * u64::from(replaced);
    let wanted = (HEADER + CHECKSUM) as u64 + records;
    if came != wanted {
        return Err(RegistryFileError::Length { wanted, got: came });
    }
    let (content, checksum) = bytes.split_at(bytes.len() - CHECKSUM);
    let digest = Keccak256::digest(content);
    if digest[..] != *checksum {
        let (wanted, came) = (hex::encode(&digest), hex::encode(checksum));
        return Err(RegistryFileError::Checksum { wanted, got: came });
    }
    Ok((enrolled as usize, &content[HEADER..]))
}

fn read_entry(entry: usize, bytes: &[u8]) -> Result<Entry, RegistryFileError> {
    let mut fields = Fields(bytes);
    let [state] = fields.take();
    if state > 1 {
        return Err(RegistryFileError::State { entry, got: state });
    }
    let key = fields.key(entry)?;
    let identity = Identity::from_field(fields.element(entry)?);
    let class = u16::from_be_bytes(fields.take());
    let expiry = UnixMillis::new(u64::from_be_bytes(fields.take()))
        .map_err(|reason| RegistryFileError::Expiry { entry, reason })?;
    let owner = u128::from_be_bytes(fields.take());
    let attributes = Attributes { class, expiry, owner };
    Ok(Entry { leaf: Leaf { key, identity, attributes }, revoked: state == 1 })
}

fn read_replaced(record: usize, bytes: &[u8]) -> Result<(Position, PublicKey), RegistryFileError> {
    let mut fields = Fields(bytes);
    let position = Position::new(u32::from_be_bytes(fields.take()))
        .map_err(|reason| RegistryFileError::Registry { record, reason })?;
    Ok((position, fields.key(record)?))
}

/// The registry with these records, whose keys have not been checked yet.
pub(super) fn rebuild(
    entries: Vec<Entry>,
    replaced: Vec<(Position, PublicKey)>,
) -> Result<Registry, RegistryFileError> {
    if entries.len() > CAPACITY as usize {
        return Err(RegistryFileError::TooMany { got: u32::try_from(entries.len()).unwrap_or(u32::MAX) });
    }
    let keys: Vec<PublicKey> =
        entries.iter().map(|entry| entry.leaf.key).chain(replaced.iter().map(|(_, key)| *key)).collect();
    prime_order::check_all(&keys).map_err(|(record, reason)| RegistryFileError::Key { record, reason })?;
    let mut registry = Registry { entries, replaced, ..Registry::new() };
    let orders = (0..registry.enrolled()).map(Position::of_order);
    let positions: Vec<Position> =
        orders.chain(registry.replaced.iter().map(|(position, _)| *position)).collect();
    for (record, (key, &position)) in keys.iter().zip(&positions).enumerate() {
        let wrong = |reason| RegistryFileError::Registry { record, reason };
        if position.order() >= registry.enrolled() {
            return Err(wrong(RegistryError::NotEnrolled { position }));
        }
        registry.claim(key, position).map_err(wrong)?;
    }
    registry.active = registry.entries.iter().filter(|entry| !entry.revoked).count();
    let leaves = positions.iter().zip(&registry.entries).filter(|(_, entry)| !entry.revoked);
    registry.tree.set_all(leaves.map(|(position, entry)| (position.get(), entry.leaf.hash())));
    Ok(registry)
}

/// Hashes what passes.
struct Sealed<P> {
    put: P,
    hasher: Keccak256,
}

impl<E, P: FnMut(&[u8]) -> Result<(), E>> Sealed<P> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), E> {
        self.hasher.update(bytes);
        (self.put)(bytes)
    }

    fn put_key(&mut self, key: &PublicKey) -> Result<(), E> {
        self.put(&field::to_be_bytes(&key.point().x))?;
        self.put(&field::to_be_bytes(&key.point().y))
    }

    fn seal(mut self) -> Result<(), E> {
        (self.put)(&self.hasher.finalize())
    }
}

/// What is left of a record whose length has been checked.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (field, rest) =
            self.0.split_first_chunk().expect("the record has exactly the bytes of its fields");
        self.0 = rest;
        *field
    }

    fn element(&mut self, record: usize) -> Result<Fr, RegistryFileError> {
        field::from_be_bytes(&self.take()).map_err(|reason| RegistryFileError::Field { record, reason })
    }

    /// Two coordinates; that they are a key is checked for all keys at once.
    fn key(&mut self, record: usize) -> Result<PublicKey, RegistryFileError> {
        let (x, y) = (self.element(record)?, self.element(record)?);
        Ok(PublicKey::insecure_unchecked(Point { x, y }))
    }
}

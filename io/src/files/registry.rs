//! The file of a registry: a journal of its changes, and how it is read and changed by several at once.
//!
//! * **A change is an append**, flushed to the disk before it is acknowledged. A process that is killed in the middle leaves
//!   the end of a record missing: that change was never acknowledged, readers leave it out, and the next change cuts it off.
//!   Anything else that is not as it was written is an error that says where.
//! * **Whoever changes it holds its lock** from reading to writing; whoever reads needs none, and sees the state before or
//!   after a change.
//! * **Nothing is forgotten**: devices, times and roots of every state stay, so that a proof is made against the registry as
//!   it was. Compacting joins the records into one, which is read faster, and loses none of it.
//! * **The root is in the journal**, after every change. A change hashes the path of its device against the root before it,
//!   and gets the root after it: a wrong node is never used ([`tree`](self)'s nodes are a cache that is not trusted). Whoever
//!   wants the whole tree ([`RegistryFile::registry`]) has every device and the root checked again.
//!
//! The checksums find accidents. Who can write the file can write a checksum: compare the root with one that you know.
//! The format that the model writes ([`Registry::to_bytes`]) is read, too, and becomes a journal with the first change.

mod error;
mod journal;
pub(super) mod lock;
mod record;
#[cfg(test)]
mod tests;
mod tree;
mod writer;

use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zksensor_model::field;
use zksensor_model::reading::UnixMillis;
#[cfg(doc)]
use zksensor_model::registry::RegistryError;
use zksensor_model::registry::{DeviceMembership, FILE_VERSION, Position, Registry, RegistryFileError};

use self::record::TAKE_OVER;
use self::tree::Tree;
use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason};

pub use self::error::{JournalError, JournalFault, RegistryFileFailure};
pub use self::journal::{Change, Device, Journal, Moment};
pub use self::writer::RegistryWriter;

/// A registry as its file has it.
///
/// ```
/// use std::time::Duration;
/// use zksensor_io::files::{RegistryFile, RegistryWriter};
/// use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
/// use zksensor_model::reading::UnixMillis;
/// # let folder = std::env::temp_dir().join(format!("zksensor-registry-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let path = folder.join("registry.bin");
///
/// let leaf = Leaf {
///     key: *DeviceKey::from_seed([1; 32]).public(),
///     identity: DeviceSecret::from_be_bytes(&[2; 32])?.identity(),
///     attributes: Attributes { class: 3, expiry: UnixMillis::MAX, owner: 7 },
/// };
/// let writer = RegistryWriter::open_or_start(&path, Duration::from_secs(10))?;
/// let (_, positions) = writer.enrol(&[leaf], UnixMillis::new(1_790_000_000_000)?)?;
///
/// let mut file = RegistryFile::load(&path)?;
/// let membership = file.membership(positions[0], file.journal().now())?;
/// assert_eq!(membership.root(), file.journal().root());
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RegistryFile {
    path: PathBuf,
    journal: Journal,
    /// The nodes, once they were needed, of the state that is named.
    tree: Option<(Tree, Moment)>,
    first_format: bool,
}

impl RegistryFile {
    /// Reads a registry.
    ///
    /// # Errors
    /// [`FileError`] unless the file is exactly a registry.
    pub fn load(path: &Path) -> Result<RegistryFile, FileError> {
        RegistryFile::settled(path, &disk::read(path, Kind::Registry)?)
    }

    /// The registry in the bytes of a file. If they are not whole, a change may be under way: what is there after it counts.
    fn settled(path: &Path, bytes: &[u8]) -> Result<RegistryFile, FileError> {
        let first = RegistryFile::from_bytes(path, bytes);
        let is_torn = match &first {
            Ok(file) => file.journal.torn > 0,
            Err(error) => matches!(error.reason, Reason::Journal { .. }),
        };
        match is_torn.then(|| lock::read_at_rest(path)).flatten() {
            Some(bytes) => RegistryFile::from_bytes(path, &bytes),
            None => first,
        }
    }

    fn from_bytes(path: &Path, bytes: &[u8]) -> Result<RegistryFile, FileError> {
        if Kind::of(bytes) != Some(Kind::Registry) {
            return Err(FileError::new(path, Reason::Kind { wanted: Kind::Registry, got: Kind::of(bytes) }));
        }
        let path = path.to_owned();
        match Registry::read_from(bytes) {
            Err(RegistryFileError::Version { .. } | RegistryFileError::Length { .. })
                if is_journal(bytes) =>
            {
                let journal = Journal::from_bytes(bytes).map_err(|reason| wrong(&path, reason))?;
                Ok(RegistryFile { path, journal, tree: None, first_format: false })
            }
            Err(reason) => Err(FileError::new(&path, Reason::Registry { reason })),
            Ok(registry) => {
                let journal = taken_over(&registry, UnixMillis::new(0).expect("0 is a time"));
                Ok(RegistryFile { path, journal, tree: None, first_format: true })
            }
        }
    }

    /// What the file says.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// Whether the file is of the first format, which says nothing of times: the first change makes a journal of it.
    pub fn is_first_format(&self) -> bool {
        self.first_format
    }

    /// The state of a time: after the last change before it. `None` if the file says nothing of that time.
    pub fn at(&self, time: u64) -> Option<Moment> {
        self.journal.before(time).filter(|_| !self.first_format)
    }

    /// The membership of the device at a position in a state.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`]; [`FileError`] if the root in the file is not that of
    /// its devices.
    pub fn membership(
        &mut self,
        position: Position,
        moment: Moment,
    ) -> Result<DeviceMembership, RegistryFileFailure> {
        let leaf = self.journal.leaf_of(position, moment)?;
        let root = self.journal.root_at(moment);
        self.tree_at(moment, &[position.get()])?;
        let (tree, _) = self.tree.as_ref().expect("the nodes were just made");
        let path = tree.path(position.get(), |index| self.journal.leaf_at(index, moment));
        Ok(DeviceMembership::new(position, leaf, path, root)?)
    }

    /// The registry of a state, with its tree, all of it computed and checked.
    ///
    /// # Errors
    /// [`FileError`] if a device is none that a registry takes, or the root in the file is not that of its devices.
    pub fn registry(&self, moment: Moment) -> Result<Registry, FileError> {
        self.journal.registry(moment).map_err(|reason| wrong(&self.path, reason))
    }

    /// Makes the nodes those of a state, good above and beside these positions.
    fn tree_at(&mut self, moment: Moment, positions: &[u32]) -> Result<(), FileError> {
        let (mut tree, of) = match self.tree.take().or_else(|| self.cached()) {
            Some(cached) => cached,
            None => (Tree::default(), Moment::START),
        };
        let (journal, root) = (&self.journal, |moment| journal_root(&self.journal, moment));
        let changed = journal.between(of, moment);
        let asked = [&changed[..], positions].concat();
        let good = tree.holds(root(of), &asked, |index| journal.leaf_at(index, of)) && {
            let came = tree.update(&changed, |index| journal.leaf_at(index, moment));
            changed.is_empty() || came == root(moment)
        };
        if !good {
            tree = whole(journal, moment);
            if !tree.holds(root(moment), positions, |index| journal.leaf_at(index, moment)) {
                let (wanted, got) = (tree.root(), journal.root_at(moment));
                let reason = JournalFault::Root { wanted, got };
                return Err(wrong(
                    &self.path,
                    JournalError { record: journal.seals.len() as u64, at: 0, reason },
                ));
            }
        }
        self.tree = Some((tree, moment));
        Ok(())
    }

    /// The nodes in the file beside the registry, if they are of a state of this journal.
    fn cached(&self) -> Option<(Tree, Moment)> {
        let path = tree_path(&self.path)?;
        // A pipe of that name would never end.
        fs::symlink_metadata(&path).ok().filter(Metadata::is_file)?;
        let (mut bytes, limit) = (Vec::new(), tree::largest(self.journal.enrolled()));
        File::open(&path).ok()?.take(limit + 1).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 > limit {
            return None;
        }
        let (tree, seal) = Tree::from_bytes(bytes)?;
        let (_, changes) = self.journal.seals.iter().rev().find(|(other, _)| *other == seal)?;
        Some((tree, Moment(*changes)))
    }
}

/// Reads a registry and rebuilds its tree.
///
/// # Errors
/// [`FileError`] unless the file is exactly a registry whose root is that of its devices.
pub fn load_registry(path: &Path) -> Result<Registry, FileError> {
    let bytes = disk::read(path, Kind::Registry)?;
    if let Ok(registry) = Registry::read_from(&bytes) {
        return Ok(registry);
    }
    let file = RegistryFile::settled(path, &bytes)?;
    file.registry(file.journal.now())
}

/// Writes a registry as a new journal, which begins with all its devices at the present time.
///
/// # Errors
/// [`FileError`], as [`disk::write`].
pub fn save_registry(path: &Path, registry: &Registry, overwrite: Overwrite) -> Result<(), FileError> {
    disk::write(path, Kind::Registry, overwrite, &registry_bytes(registry))
}

/// What [`save_registry`] writes.
pub fn registry_bytes(registry: &Registry) -> Vec<u8> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    let changes = take_over_bytes(registry, UnixMillis::new(millis).unwrap_or(UnixMillis::MAX));
    [&record::head()[..], &record::record(&record::first_seal(), &changes)].concat()
}

fn journal_root(journal: &Journal, moment: Moment) -> field::Fr {
    journal.root_at(moment).to_field()
}

fn is_journal(bytes: &[u8]) -> bool {
    let version = bytes.strip_prefix(record::MAGIC).and_then(|rest| rest.first_chunk::<2>());
    version.is_none_or(|version| u16::from_be_bytes(*version) != FILE_VERSION)
}

fn wrong(path: &Path, reason: JournalError) -> FileError {
    FileError::new(path, Reason::Journal { reason })
}

/// All nodes of a state, from its devices.
fn whole(journal: &Journal, moment: Moment) -> Tree {
    let mut tree = Tree::default();
    tree.update(&journal.between(Moment::START, moment), |index| journal.leaf_at(index, moment));
    tree
}

/// The change that begins a journal with the devices of a registry.
fn take_over_bytes(registry: &Registry, now: UnixMillis) -> Vec<u8> {
    let mut bytes = now.get().to_be_bytes().to_vec();
    bytes.push(TAKE_OVER);
    bytes.extend(registry.enrolled().to_be_bytes());
    let replaced = registry.replaced();
    bytes.extend(u32::try_from(replaced.len()).expect("memory holds fewer than 2^32 keys").to_be_bytes());
    for device in registry.records() {
        bytes.push(u8::from(device.revoked));
        bytes.extend(record::leaf_bytes(&device.leaf));
    }
    for (position, key) in replaced {
        bytes.extend(position.get().to_be_bytes());
        bytes.extend(field::to_be_bytes(&key.point().x));
        bytes.extend(field::to_be_bytes(&key.point().y));
    }
    bytes.extend(field::to_be_bytes(&registry.root().to_field()));
    bytes
}

/// The journal that begins with the devices of a registry.
fn taken_over(registry: &Registry, now: UnixMillis) -> Journal {
    let mut journal = Journal::empty();
    journal.apply_all(&take_over_bytes(registry, now)).expect("what a registry has, a journal takes");
    journal
}

/// Where the nodes of a registry are kept.
fn tree_path(path: &Path) -> Option<PathBuf> {
    // Beside the file, not beside a link to it.
    let file = path.canonicalize().ok()?;
    let mut name = file.file_name()?.to_owned();
    name.push(".tree");
    Some(file.with_file_name(name))
}

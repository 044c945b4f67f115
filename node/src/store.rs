//! The store: one file, in which everything is that the node must not forget.
//!
//! Every change is one transaction of redb, and is on the disk before anybody hears of it. Where the disk fails or is full, the file is opened again
//! before the next access: what was being written is there as a whole, or not at all. Where it fails to keep what was written, nothing is read
//! or written any more until somebody has looked at it: what the system says of that file is not what the disk has.

pub(crate) mod counts;
mod disk;
pub(crate) mod keys;
pub(crate) mod rows;

use std::fmt;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

use redb::{
    Database, DatabaseError, ReadTransaction, ReadableDatabase, StorageError, TableDefinition, TableError,
    WriteTransaction,
};
use thiserror::Error;

pub use self::disk::{Disk, FileDisk, SyncFault, database_on, new_database_on};
use crate::intake::ItemKind;
use crate::seal::{Sealer, StoreKey};

/// The layout of the tables. Another one has another number, and a migration.
pub const SCHEMA: u32 = 2;

pub(crate) type Bytes = &'static [u8];
pub(crate) type Table = TableDefinition<'static, Bytes, Bytes>;

/// `schema`, `key` and `counts`.
pub(crate) const META: Table = TableDefinition::new("meta");
/// Readings, sealed, by time, sequence and name.
pub(crate) const READINGS: Table = TableDefinition::new("readings");
/// Frames, in the same way; since schema 2.
pub(crate) const FRAMES: Table = TableDefinition::new("frames");
/// Where the reading or frame of a device and sequence is, and the name of its content.
pub(crate) const SEEN: Table = TableDefinition::new("seen");
/// By device: two readings of one sequence, sealed.
pub(crate) const EVIDENCE: Table = TableDefinition::new("evidence");
/// By device: two frames of one sequence, sealed; since schema 2.
pub(crate) const FRAME_EVIDENCE: Table = TableDefinition::new("frame evidence");
/// What became of an epoch of a policy.
pub(crate) const EPOCHS: Table = TableDefinition::new("epochs");
/// The epochs of which something is left to do.
pub(crate) const ACTIVE: Table = TableDefinition::new("active");
/// The readings that were chosen, by epoch, chunk and position.
pub(crate) const CHOSEN: Table = TableDefinition::new("chosen");
/// Chunks to prove, and what became of them.
pub(crate) const JOBS: Table = TableDefinition::new("jobs");
/// Proofs.
pub(crate) const PROOFS: Table = TableDefinition::new("proofs");
/// Proofs that are not where they belong.
pub(crate) const OUTBOX: Table = TableDefinition::new("outbox");
/// When the readings of an epoch may be erased.
pub(crate) const ERASE: Table = TableDefinition::new("erase");

const ALL: [Table; 13] = [
    META,
    READINGS,
    FRAMES,
    SEEN,
    EVIDENCE,
    FRAME_EVIDENCE,
    EPOCHS,
    ACTIVE,
    CHOSEN,
    JOBS,
    PROOFS,
    OUTBOX,
    ERASE,
];

/// Where items of a kind are.
pub(crate) fn items(kind: ItemKind) -> Table {
    match kind {
        ItemKind::Reading => READINGS,
        ItemKind::Frame => FRAMES,
    }
}

/// What that is called where it is damaged.
pub(crate) fn place(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Reading => "readings",
        ItemKind::Frame => "frames",
    }
}

/// Where two contents of one sequence are, by the kind of what was signed.
pub(crate) fn evidence(kind: ItemKind) -> Table {
    match kind {
        ItemKind::Reading => EVIDENCE,
        ItemKind::Frame => FRAME_EVIDENCE,
    }
}

/// Why the store did not do something.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// It is written by a later release.
    #[error(
        "expected a store of schema {SCHEMA} or before, got schema {got}: a later release wrote it; run that release, or restore a backup"
    )]
    Newer {
        /// Its schema.
        got: u32,
    },
    /// It was made with another key.
    #[error(
        "the key is not the one that this store was made with; pass that key: nothing else opens the readings"
    )]
    Key,
    /// Another process has it open.
    #[error("the store is open in another process; end that one first")]
    InUse,
    /// What is in it is not as it was written.
    #[error("the store is damaged at {place}; restore a backup")]
    Damaged {
        /// A table.
        place: &'static str,
    },
    /// The file that was open is not there any more.
    #[error(
        "the file of the store is not where it was when the node started; bring it back, or start the node again where it is: no new one is made in its place"
    )]
    Gone,
    /// The disk did not keep what was written.
    #[error(
        "the disk failed to keep what was written, and nothing more is taken: what the system shows of the store may not be on the disk; check the disk, start the machine again (or mount the disk anew), then start the node"
    )]
    Sync,
    /// The disk, or the database over it.
    #[error("the store: {0}")]
    Database(#[from] Box<redb::Error>),
}

macro_rules! from_redb {
    ($($error:ty),*) => {
        $(impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                StoreError::Database(Box::new(error.into()))
            }
        })*
    };
}
from_redb!(StorageError, TableError, redb::TransactionError, redb::CommitError, redb::SetDurabilityError);

impl From<DatabaseError> for StoreError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DatabaseAlreadyOpen => StoreError::InUse,
            error => StoreError::Database(Box::new(error.into())),
        }
    }
}

/// What was found damaged on the way: the first of it, which is told in the end.
#[derive(Debug, Default)]
pub(crate) struct Damage(Option<StoreError>);

impl Damage {
    /// What was done, or nothing where a row is damaged. Every other error ends the work.
    pub(crate) fn pass<T>(&mut self, done: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(error @ StoreError::Damaged { .. }) => {
                self.note(error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn note(&mut self, error: StoreError) {
        self.0.get_or_insert(error);
    }

    /// What was done, unless something was damaged.
    pub(crate) fn end<T>(self, done: T) -> Result<T, StoreError> {
        self.0.map_or(Ok(done), Err)
    }
}

/// The store.
pub struct Store {
    disk: Box<dyn Disk>,
    /// Nothing is read or written after one.
    fault: SyncFault,
    /// None after a failure of the disk, until it is opened again.
    database: RwLock<Option<Database>>,
    pub(crate) sealer: Sealer,
}

impl Store {
    /// Opens the store in a file, or makes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        Store::on(Box::new(FileDisk(path.to_owned())), key)
    }

    /// Opens the store on a disk, or makes it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn on(disk: Box<dyn Disk>, key: &StoreKey) -> Result<Self, StoreError> {
        let store =
            Store { disk, fault: SyncFault::default(), database: RwLock::new(None), sealer: key.sealer() };
        store.reopen(Store::make)?;
        Ok(store)
    }

    /// Whether the last access found the disk working.
    pub fn is_open(&self) -> bool {
        self.database.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Reads.
    pub(crate) fn read<T>(
        &self,
        what: impl FnOnce(&ReadTransaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.with(|database| what(&database.begin_read()?))
    }

    /// Changes: all of it, or nothing. What it says is on the disk when this returns; `None` leaves everything as it is.
    pub(crate) fn write<T>(
        &self,
        what: impl FnOnce(&WriteTransaction) -> Result<Option<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.with(|database| {
            let transaction = database.begin_write()?;
            match what(&transaction)? {
                Some(said) => {
                    transaction.commit()?;
                    Ok(Some(said))
                }
                None => {
                    transaction.abort()?;
                    Ok(None)
                }
            }
        })
    }

    fn with<T>(&self, what: impl FnOnce(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.fault.is_set() {
            return Err(StoreError::Sync);
        }
        if !self.is_open() {
            // It was here: a new one in its place would take what the old one knows.
            self.reopen(|_| Err(StoreError::Gone))?;
        }
        let guard = self.database.read().unwrap_or_else(PoisonError::into_inner);
        let Some(database) = guard.as_ref() else { return Err(StorageError::PreviousIo.into()) };
        let done = what(database);
        drop(guard);
        if let Err(StoreError::Database(error)) = &done
            && matches!(**error, redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseClosed)
        {
            *self.database.write().unwrap_or_else(PoisonError::into_inner) = None;
        }
        // What the database says of a sync that failed is the first half of it.
        if self.fault.is_set() { Err(StoreError::Sync) } else { done }
    }

    /// Opens it, or does what is done if there is none.
    fn reopen(&self, none: fn(&Store) -> Result<Database, StoreError>) -> Result<(), StoreError> {
        let mut guard = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if guard.is_none() {
            let opened = self.open_or(none);
            if self.fault.is_set() {
                return Err(StoreError::Sync);
            }
            *guard = Some(opened?);
        }
        Ok(())
    }

    fn open_or(&self, none: fn(&Store) -> Result<Database, StoreError>) -> Result<Database, StoreError> {
        let Some(database) = self.disk.open(&self.fault)? else { return none(self) };
        if self.check(&database)? < SCHEMA {
            migrate(&database)?;
        }
        Ok(database)
    }

    /// A new store, which has its name when everything that one has is in it.
    fn make(&self) -> Result<Database, StoreError> {
        let database = self.disk.make(&self.fault)?;
        let transaction = database.begin_write()?;
        for table in ALL {
            transaction.open_table(table)?;
        }
        {
            let mut meta = transaction.open_table(META)?;
            meta.insert(&b"schema"[..], &SCHEMA.to_be_bytes()[..])?;
            meta.insert(&b"key"[..], &self.sealer.seal(b"key", &[])[..])?;
        }
        transaction.commit()?;
        self.disk.name().map_err(StorageError::from)?;
        Ok(database)
    }

    /// Checks the key, and gives the schema.
    fn check(&self, database: &Database) -> Result<u32, StoreError> {
        let transaction = database.begin_read()?;
        let damaged = || StoreError::Damaged { place: "meta" };
        let meta = match transaction.open_table(META) {
            Err(TableError::TableDoesNotExist(_)) => return Err(damaged()),
            meta => meta?,
        };
        let schema = meta.get(&b"schema"[..])?.ok_or_else(damaged)?;
        let got = u32::from_be_bytes(schema.value().try_into().map_err(|_| damaged())?);
        match got {
            1..=SCHEMA => {
                let check = meta.get(&b"key"[..])?.ok_or_else(damaged)?;
                self.sealer.open(b"key", check.value()).ok_or(StoreError::Key)?;
                Ok(got)
            }
            got if got > SCHEMA => Err(StoreError::Newer { got }),
            _ => Err(damaged()),
        }
    }
}

/// Brings a store of an earlier schema to this one, in one transaction. Schema 1 had no frames; what its rows say holds in this one.
fn migrate(database: &Database) -> Result<(), StoreError> {
    let transaction = database.begin_write()?;
    for table in ALL {
        transaction.open_table(table)?;
    }
    transaction.open_table(META)?.insert(&b"schema"[..], &SCHEMA.to_be_bytes()[..])?;
    transaction.commit()?;
    Ok(())
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("open", &self.is_open()).finish_non_exhaustive()
    }
}

/// A document of a row.
pub(crate) fn document<T: serde::de::DeserializeOwned>(
    place: &'static str,
    bytes: &[u8],
) -> Result<T, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Damaged { place })
}

/// A document for a row.
pub(crate) fn bytes_of(document: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(document).expect("rows are JSON")
}

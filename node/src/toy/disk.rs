//! A disk whose power goes: what was written stays as it is, and nothing more is taken, as when a process is killed in the middle of it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend};

use crate::store::{Disk, FileDisk, SyncFault, database_on, new_database_on};

/// Memory for pages.
const CACHE_BYTES: usize = 1 << 20;

/// A file on the system's disk, which is cut off after some accesses.
#[derive(Clone, Debug)]
pub struct ToyDisk {
    path: PathBuf,
    /// Accesses that are still made.
    left: Arc<AtomicI64>,
}

impl ToyDisk {
    /// A file that is never cut off unless that is asked for.
    pub fn new(path: &Path) -> Self {
        ToyDisk { path: path.to_owned(), left: Arc::new(AtomicI64::new(i64::MAX)) }
    }

    /// Lets so many accesses through and nothing after them.
    pub fn cut_after(&self, accesses: u32) {
        self.left.store(accesses.into(), Ordering::SeqCst);
    }

    fn cut(&self, backend: FileBackend) -> Cut {
        Cut { backend, left: self.left.clone() }
    }
}

impl Disk for ToyDisk {
    fn open(&self, fault: &SyncFault) -> Result<Option<Database>, DatabaseError> {
        let backend = FileDisk(self.path.clone()).existing()?;
        backend.map(|backend| database_on(self.cut(backend), CACHE_BYTES, fault)).transpose()
    }

    fn make(&self, fault: &SyncFault) -> Result<Database, DatabaseError> {
        new_database_on(self.cut(FileDisk(self.path.clone()).empty()?), CACHE_BYTES, fault)
    }

    fn name(&self) -> io::Result<()> {
        FileDisk(self.path.clone()).name()
    }
}

#[derive(Debug)]
struct Cut {
    backend: FileBackend,
    left: Arc<AtomicI64>,
}

impl Cut {
    fn access(&self) -> io::Result<&FileBackend> {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        if left > 0 { Ok(&self.backend) } else { Err(io::Error::other("the power is off")) }
    }
}

impl StorageBackend for Cut {
    fn len(&self) -> io::Result<u64> {
        self.access()?.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.access()?.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.access()?.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.access()?.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.access()?.write(offset, data)
    }

    /// A file that is cut off is closed all the same: the system does so for a process that is killed.
    fn close(&self) -> io::Result<()> {
        self.backend.close()
    }
}

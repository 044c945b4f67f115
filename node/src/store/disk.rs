//! What the file of a store lies on.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend, StorageError};

/// Memory for pages.
const CACHE_BYTES: usize = 64 << 20;

/// Whether a disk failed to keep what was written. It stays so for as long as the process lives: the system may show what was written as if it
/// was on the disk, and never write it again. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct SyncFault(Arc<AtomicBool>);

impl SyncFault {
    /// Whether it did.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    fn note<T>(&self, done: io::Result<T>) -> io::Result<T> {
        if done.is_err() {
            self.0.store(true, Ordering::SeqCst);
        }
        done
    }
}

/// A disk with room for one store, under one name.
pub trait Disk: Send + Sync {
    /// Opens the database under the name, and repairs what a crash left; `None` if nothing has the name. The name is there for good when this
    /// returns. It says to `fault` if what was written is not kept.
    ///
    /// # Errors
    /// [`DatabaseError`].
    fn open(&self, fault: &SyncFault) -> Result<Option<Database>, DatabaseError>;

    /// An empty database that does not have the name yet, in the place of any that was begun and not named.
    ///
    /// # Errors
    /// [`DatabaseError`].
    fn make(&self, fault: &SyncFault) -> Result<Database, DatabaseError>;

    /// Gives what [`Disk::make`] made the name, for good.
    ///
    /// # Errors
    /// What the system says.
    fn name(&self) -> io::Result<()>;
}

/// A file on the system's disk.
#[derive(Clone, Debug)]
pub struct FileDisk(pub PathBuf);

impl FileDisk {
    /// Where a store is made: nothing that anybody was promised is ever there.
    fn new_path(&self) -> PathBuf {
        let mut path = self.0.clone().into_os_string();
        path.push(".new");
        path.into()
    }

    /// The file of the store, locked; `None` if there is none.
    pub(crate) fn existing(&self) -> Result<Option<FileBackend>, DatabaseError> {
        match std::fs::OpenOptions::new().read(true).write(true).open(&self.0) {
            Ok(file) => {
                let backend = FileBackend::new(file)?;
                // Whoever named it may have ended before that was flushed.
                sync_folder(&self.0).map_err(StorageError::from)?;
                Ok(Some(backend))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StorageError::from(error).into()),
        }
    }

    /// An empty file for a store, locked.
    pub(crate) fn empty(&self) -> Result<FileBackend, DatabaseError> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.new_path()).map_err(StorageError::from)?;
        let backend = FileBackend::new(file)?;
        // With the lock in hand: another process may have named the file that was opened here.
        if self.0.try_exists().map_err(StorageError::from)? {
            return Err(DatabaseError::DatabaseAlreadyOpen);
        }
        backend.set_len(0).map_err(StorageError::from)?;
        Ok(backend)
    }
}

impl Disk for FileDisk {
    fn open(&self, fault: &SyncFault) -> Result<Option<Database>, DatabaseError> {
        self.existing()?.map(|backend| database_on(backend, CACHE_BYTES, fault)).transpose()
    }

    fn make(&self, fault: &SyncFault) -> Result<Database, DatabaseError> {
        new_database_on(self.empty()?, CACHE_BYTES, fault)
    }

    fn name(&self) -> io::Result<()> {
        let path = self.new_path();
        std::fs::OpenOptions::new().read(true).write(true).open(&path)?.sync_all()?;
        std::fs::rename(&path, &self.0)?;
        sync_folder(&self.0)
    }
}

/// Flushes the names in the folder of a file.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The database on what is like a file, with so many bytes of memory for pages. Growing is flushed at once: the database writes its length in the same
/// breath as its header, and a disk that keeps the header and not the length leaves a file that nobody opens.
///
/// # Errors
/// [`DatabaseError`]; a file that does not begin as one of a database does is damaged, and is left as it is.
pub fn database_on(
    backend: impl StorageBackend,
    cache_bytes: usize,
    fault: &SyncFault,
) -> Result<Database, DatabaseError> {
    check_magic(&backend)?;
    open_on(backend, cache_bytes, fault)
}

/// A database on an empty file.
///
/// # Errors
/// [`DatabaseError`].
pub fn new_database_on(
    backend: impl StorageBackend,
    cache_bytes: usize,
    fault: &SyncFault,
) -> Result<Database, DatabaseError> {
    let length = backend.len().map_err(StorageError::from)?;
    if length > 0 {
        let text = format!("expected an empty file for a new store, got {length} bytes");
        return Err(StorageError::Corrupted(text).into());
    }
    open_on(backend, cache_bytes, fault)
}

fn open_on(
    backend: impl StorageBackend,
    cache_bytes: usize,
    fault: &SyncFault,
) -> Result<Database, DatabaseError> {
    let backend = Grown { backend, fault: fault.clone() };
    let open = || Database::builder().set_cache_size(cache_bytes).create_with_backend(backend);
    // It asserts what a file that somebody altered need not hold.
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(StorageError::Corrupted("the file is none of a store".to_owned()).into()))
}

/// What the file of a database begins with.
const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";

/// A store has its name only when it was made as a whole: what has the name and does not begin so was damaged.
fn check_magic(backend: &impl StorageBackend) -> Result<(), StorageError> {
    let mut magic = [0; MAGIC.len()];
    let length = backend.len()?;
    if length >= MAGIC.len() as u64 {
        backend.read(0, &mut magic)?;
    }
    if magic == MAGIC {
        return Ok(());
    }
    let text = format!(
        "expected the file of a store, got {length} bytes that do not begin as one: it is damaged; nothing in it was changed, restore a backup"
    );
    Err(StorageError::Corrupted(text))
}

#[derive(Debug)]
struct Grown<B> {
    backend: B,
    fault: SyncFault,
}

impl<B: StorageBackend> StorageBackend for Grown<B> {
    fn len(&self) -> io::Result<u64> {
        self.backend.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.backend.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let grows = len > self.backend.len()?;
        self.backend.set_len(len)?;
        if grows { self.sync_data() } else { Ok(()) }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.fault.note(self.backend.sync_data())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.backend.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.backend.close()
    }
}

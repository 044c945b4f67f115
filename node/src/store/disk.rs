//! What the file of a store lies on.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use redb::backends::FileBackend;
use redb::{Database, DatabaseError, StorageBackend, StorageError};

/// Memory for pages.
const CACHE_BYTES: usize = 64 << 20;

/// A disk.
pub trait Disk: Send + Sync {
    /// Opens the database, or makes it. It repairs what a crash left.
    ///
    /// # Errors
    /// [`DatabaseError`].
    fn open(&self) -> Result<Database, DatabaseError>;
}

/// A file on the system's disk.
#[derive(Clone, Debug)]
pub struct FileDisk(pub PathBuf);

impl Disk for FileDisk {
    fn open(&self) -> Result<Database, DatabaseError> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.0).map_err(StorageError::from)?;
        database_on(FileBackend::new(file)?, CACHE_BYTES)
    }
}

/// A database on what is like a file, with so many bytes of memory for pages. Growing is flushed at once: the database writes its length in the same
/// breath as its header, and a disk that keeps the header and not the length leaves a file that nobody opens.
///
/// # Errors
/// [`DatabaseError`].
pub fn database_on(backend: impl StorageBackend, cache_bytes: usize) -> Result<Database, DatabaseError> {
    clear_unfinished(&backend).map_err(StorageError::from)?;
    let open = || Database::builder().set_cache_size(cache_bytes).create_with_backend(Grown(backend));
    // It asserts what a file that somebody altered need not hold.
    catch_unwind(AssertUnwindSafe(open))
        .unwrap_or_else(|_| Err(StorageError::Corrupted("the file is none of a store".to_owned()).into()))
}

/// What the first file of a database begins with, written last when it is made.
const MAGIC: [u8; 9] = *b"redb\x1a\x0a\xa9\x0d\x0a";
/// More than a new one has.
const NEW_BYTES: u64 = 16 << 20;

/// Empties a file whose making was cut short: nothing was ever stored in it, as it does not begin as it would.
fn clear_unfinished(backend: &impl StorageBackend) -> io::Result<()> {
    let length = backend.len()?;
    if !(MAGIC.len() as u64..NEW_BYTES).contains(&length) {
        return Ok(());
    }
    let mut magic = [0; MAGIC.len()];
    backend.read(0, &mut magic)?;
    let written = magic.iter().zip(MAGIC).take_while(|(got, wanted)| *got == wanted).count();
    let is_cut_short = written < MAGIC.len() && magic[written..].iter().all(|byte| *byte == 0);
    if is_cut_short { backend.set_len(0) } else { Ok(()) }
}

#[derive(Debug)]
struct Grown<B>(B);

impl<B: StorageBackend> StorageBackend for Grown<B> {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let grows = len > self.0.len()?;
        self.0.set_len(len)?;
        if grows { self.0.sync_data() } else { Ok(()) }
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close()
    }
}

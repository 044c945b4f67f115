//! A disk in memory that loses what disks lose.
//!
//! When the power goes, what was synced is there, and of what was written since any part: each write as a whole, not at all, or torn at any byte,
//! whatever came of those before and after it.
//!
//! When a sync fails, a part of what was written is never written to it by any later one, and whoever reads sees all of it, until the power goes.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard};

use rand_chacha::ChaCha8Rng;
use redb::{Database, DatabaseError, StorageBackend, StorageError};
use zksensor::rand::{Rng, SeedableRng};
use zksensor_node::store::{Disk, SyncFault, database_on, new_database_on};

/// The disk. Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct SimDisk {
    state: Arc<Mutex<State>>,
    /// No sync is made while somebody holds it.
    held: Arc<RwLock<()>>,
}

#[derive(Debug)]
struct State {
    rng: ChaCha8Rng,
    /// Files that were made, the last of them last.
    files: Vec<File>,
    /// Which of them has the name of the store, and which has it for good.
    named: Option<usize>,
    named_for_good: Option<usize>,
    /// Handles of an earlier life get nothing more.
    life: u64,
    /// Accesses until the power goes.
    fuse: Option<u64>,
    /// Accesses until one fails.
    fault: Option<u64>,
    /// Syncs until one fails.
    sync_fault: Option<u64>,
    most: u64,
    crashes: u64,
}

#[derive(Debug, Default)]
struct File {
    synced: Vec<u8>,
    now: Vec<u8>,
    /// Since the last sync.
    writes: Vec<Write>,
}

#[derive(Debug)]
enum Write {
    Length(u64),
    Bytes(u64, Vec<u8>),
}

#[derive(Debug)]
struct Handle {
    disk: SimDisk,
    file: usize,
    life: u64,
}

impl SimDisk {
    pub(crate) fn new(seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        let state = State {
            rng,
            files: Vec::new(),
            named: None,
            named_for_good: None,
            life: 0,
            fuse: None,
            fault: None,
            sync_fault: None,
            most: 1 << 30,
            crashes: 0,
        };
        SimDisk { state: Arc::new(Mutex::new(state)), held: Arc::default() }
    }

    /// The power goes after so many accesses.
    pub(crate) fn set_fuse(&self, accesses: Option<u64>) {
        self.state.lock().unwrap().fuse = accesses;
    }

    /// One access fails after so many.
    pub(crate) fn set_fault(&self, accesses: Option<u64>) {
        self.state.lock().unwrap().fault = accesses;
    }

    /// One sync fails after so many.
    pub(crate) fn set_sync_fault(&self, syncs: Option<u64>) {
        self.state.lock().unwrap().sync_fault = syncs;
    }

    /// A disk so slow that no sync is made until what this returns is dropped.
    pub(crate) fn hold_syncs(&self) -> RwLockWriteGuard<'_, ()> {
        self.held.write().unwrap()
    }

    /// Nothing more is taken than there is, plus so many bytes.
    pub(crate) fn set_room(&self, bytes: u64) {
        let mut state = self.state.lock().unwrap();
        let used = state.files.last().map_or(0, |file| file.now.len() as u64);
        state.most = used.saturating_add(bytes);
    }

    /// The file of the store is moved away, or back if it was.
    pub(crate) fn set_there(&self, is_there: bool) {
        let mut state = self.state.lock().unwrap();
        state.named = is_there.then(|| state.files.len() - 1);
        state.named_for_good = state.named;
    }

    /// The power goes now.
    pub(crate) fn crash(&self) {
        self.state.lock().unwrap().crash();
    }

    pub(crate) fn crashes(&self) -> u64 {
        self.state.lock().unwrap().crashes
    }

    /// Everything that is on it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let state = self.state.lock().unwrap();
        state.named.map_or_else(Vec::new, |file| state.files[file].now.clone())
    }

    /// Overwrites bytes of the store, for good.
    pub(crate) fn damage(&self, at: usize, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap();
        let file = state.named.unwrap();
        let File { synced, now, .. } = &mut state.files[file];
        for of in [synced, now] {
            put(of, at as u64, bytes);
        }
    }

    fn handle(&self, file: usize) -> Handle {
        let life = self.state.lock().unwrap().life;
        Handle { disk: self.clone(), file, life }
    }
}

impl State {
    fn crash(&mut self) {
        let State { rng, files, .. } = self;
        for file in files {
            for write in std::mem::take(&mut file.writes) {
                match write {
                    _ if rng.gen_bool(0.4) => {}
                    Write::Length(length) => file.synced.resize(length as usize, 0),
                    Write::Bytes(at, mut bytes) => {
                        if rng.gen_bool(0.4) {
                            bytes.truncate(rng.gen_range(0..=bytes.len()));
                        }
                        put(&mut file.synced, at, &bytes);
                    }
                }
            }
            file.now = file.synced.clone();
        }
        // A name that was not flushed may be there all the same.
        if self.rng.gen_bool(0.5) {
            self.named_for_good = self.named;
        }
        self.named = self.named_for_good;
        self.life += 1;
        self.crashes += 1;
        (self.fuse, self.fault, self.sync_fault) = (None, None, None);
    }

    /// Whether this sync is made.
    fn sync(&mut self) -> io::Result<()> {
        match &mut self.sync_fault {
            Some(0) => {
                self.sync_fault = None;
                Err(io::Error::other("the disk failed to keep it"))
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Whether this access is made.
    fn access(&mut self, life: u64) -> io::Result<()> {
        if life != self.life {
            return Err(io::Error::other("the power is off"));
        }
        if let Some(left) = &mut self.fuse {
            if *left == 0 {
                self.crash();
                return Err(io::Error::other("the power is off"));
            }
            *left -= 1;
        }
        match &mut self.fault {
            Some(0) => {
                self.fault = None;
                Err(io::Error::other("the disk failed"))
            }
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// What lies beyond the end is lost with the length.
fn put(into: &mut [u8], at: u64, bytes: &[u8]) {
    let at = at as usize;
    if at < into.len() {
        let end = into.len().min(at + bytes.len());
        into[at..end].copy_from_slice(&bytes[..end - at]);
    }
}

impl Handle {
    /// Makes an access to the file.
    fn access<T>(&self, what: impl FnOnce(&mut File, u64) -> io::Result<T>) -> io::Result<T> {
        let mut state = self.disk.state.lock().unwrap();
        state.access(self.life)?;
        let most = state.most;
        what(&mut state.files[self.file], most)
    }
}

impl StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        self.access(|file, _| Ok(file.now.len() as u64))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.access(|file, _| {
            let at = offset as usize;
            let bytes = file.now.get(at..at + out.len());
            out.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
            Ok(())
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.access(|file, most| {
            if len > most {
                return Err(io::ErrorKind::StorageFull.into());
            }
            file.now.resize(len as usize, 0);
            file.writes.push(Write::Length(len));
            Ok(())
        })
    }

    fn sync_data(&self) -> io::Result<()> {
        let _not_held = self.disk.held.read().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.disk.state.lock().unwrap();
        let access = state.access(self.life).and_then(|()| state.sync());
        let State { rng, files, life, .. } = &mut *state;
        let file = &mut files[self.file];
        if access.is_err() {
            // The system holds what it has for written, and shows it; the disk never hears of it.
            if *life == self.life {
                file.writes.retain(|_| rng.gen_bool(0.5));
            }
            return access;
        }
        for write in std::mem::take(&mut file.writes) {
            match write {
                Write::Length(length) => file.synced.resize(length as usize, 0),
                Write::Bytes(at, bytes) => put(&mut file.synced, at, &bytes),
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.access(|file, _| {
            put(&mut file.now, offset, data);
            file.writes.push(Write::Bytes(offset, data.to_vec()));
            Ok(())
        })
    }
}

/// Few bytes of cache: more accesses, at each of which it may end.
const CACHE_BYTES: usize = 1 << 18;

impl Disk for SimDisk {
    fn open(&self, fault: &SyncFault) -> Result<Option<Database>, DatabaseError> {
        let named = {
            let mut state = self.state.lock().unwrap();
            let life = state.life;
            state.access(life).map_err(StorageError::from)?;
            state.named_for_good = state.named;
            state.named
        };
        named.map(|file| database_on(self.handle(file), CACHE_BYTES, fault)).transpose()
    }

    fn make(&self, fault: &SyncFault) -> Result<Database, DatabaseError> {
        let file = {
            let mut state = self.state.lock().unwrap();
            state.files.push(File::default());
            state.files.len() - 1
        };
        new_database_on(self.handle(file), CACHE_BYTES, fault)
    }

    fn name(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap();
        let life = state.life;
        state.access(life)?;
        state.named = Some(state.files.len() - 1);
        state.access(life)?;
        state.named_for_good = state.named;
        Ok(())
    }
}

#[test]
fn what_is_synced_survives_and_the_rest_may_not() {
    let disk = SimDisk::new(7);
    disk.state.lock().unwrap().files.push(File::default());
    disk.name().unwrap();
    let handle = disk.handle(0);
    handle.set_len(64).unwrap();
    handle.write(0, b"synced").unwrap();
    handle.sync_data().unwrap();
    let mut lost = 0;
    for life in 0..50 {
        let handle = disk.handle(0);
        handle.write(32, &[life as u8 + 1; 8]).unwrap();
        disk.crash();
        assert!(handle.len().is_err(), "a handle of before the crash works");
        assert_eq!(&disk.bytes()[..6], b"synced");
        lost += u64::from(disk.bytes()[32..40] != [life as u8 + 1; 8]);
    }
    assert!((5..45).contains(&lost), "{lost} of 50");
}

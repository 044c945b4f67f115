//! A disk in memory that loses what disks lose.
//!
//! When the power goes, what was synced is there, and of what was written since any part: each write as a whole, not at all, or torn at any byte,
//! whatever came of those before and after it.

use std::io;
use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha8Rng;
use redb::{Database, DatabaseError, StorageBackend};
use zksensor::rand::{Rng, SeedableRng};
use zksensor_node::store::{Disk, database_on};

/// The disk. Clones are the same disk.
#[derive(Clone, Debug)]
pub(crate) struct SimDisk(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    rng: ChaCha8Rng,
    synced: Vec<u8>,
    now: Vec<u8>,
    /// Since the last sync.
    writes: Vec<Write>,
    /// Handles of an earlier life get nothing more.
    life: u64,
    /// Accesses until the power goes.
    fuse: Option<u64>,
    /// Accesses until one fails.
    fault: Option<u64>,
    most: u64,
    crashes: u64,
}

#[derive(Debug)]
enum Write {
    Length(u64),
    Bytes(u64, Vec<u8>),
}

#[derive(Debug)]
struct Handle {
    disk: SimDisk,
    life: u64,
}

impl SimDisk {
    pub(crate) fn new(seed: u64) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        SimDisk(Arc::new(Mutex::new(State {
            rng,
            synced: Vec::new(),
            now: Vec::new(),
            writes: Vec::new(),
            life: 0,
            fuse: None,
            fault: None,
            most: 1 << 30,
            crashes: 0,
        })))
    }

    /// The power goes after so many accesses.
    pub(crate) fn set_fuse(&self, accesses: Option<u64>) {
        self.0.lock().unwrap().fuse = accesses;
    }

    /// One access fails after so many.
    pub(crate) fn set_fault(&self, accesses: Option<u64>) {
        self.0.lock().unwrap().fault = accesses;
    }

    /// Nothing more is taken than there is, plus so many bytes.
    pub(crate) fn set_room(&self, bytes: u64) {
        let mut state = self.0.lock().unwrap();
        state.most = (state.now.len() as u64).saturating_add(bytes);
    }

    /// The power goes now.
    pub(crate) fn crash(&self) {
        self.0.lock().unwrap().crash();
    }

    pub(crate) fn crashes(&self) -> u64 {
        self.0.lock().unwrap().crashes
    }

    /// Everything that is on it.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().now.clone()
    }
}

impl State {
    fn crash(&mut self) {
        let writes = std::mem::take(&mut self.writes);
        for write in writes {
            match write {
                _ if self.rng.gen_bool(0.4) => {}
                Write::Length(length) => self.synced.resize(length as usize, 0),
                Write::Bytes(at, mut bytes) => {
                    if self.rng.gen_bool(0.4) {
                        bytes.truncate(self.rng.gen_range(0..=bytes.len()));
                    }
                    put(&mut self.synced, at, &bytes);
                }
            }
        }
        self.now = self.synced.clone();
        self.life += 1;
        self.crashes += 1;
        (self.fuse, self.fault) = (None, None);
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

impl StorageBackend for Handle {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.disk.0.lock().unwrap();
        state.access(self.life)?;
        Ok(state.now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.access(self.life)?;
        let at = offset as usize;
        let bytes = state.now.get(at..at + out.len());
        out.copy_from_slice(bytes.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.access(self.life)?;
        if len > state.most {
            return Err(io::ErrorKind::StorageFull.into());
        }
        state.now.resize(len as usize, 0);
        state.writes.push(Write::Length(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.access(self.life)?;
        let writes = std::mem::take(&mut state.writes);
        for write in writes {
            match write {
                Write::Length(length) => state.synced.resize(length as usize, 0),
                Write::Bytes(at, bytes) => put(&mut state.synced, at, &bytes),
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.disk.0.lock().unwrap();
        state.access(self.life)?;
        put(&mut state.now, offset, data);
        state.writes.push(Write::Bytes(offset, data.to_vec()));
        Ok(())
    }
}

impl Disk for SimDisk {
    fn open(&self) -> Result<Database, DatabaseError> {
        let life = self.0.lock().unwrap().life;
        // Few bytes of cache: more accesses, at each of which it may end.
        database_on(Handle { disk: self.clone(), life }, 1 << 18)
    }
}

#[test]
fn what_is_synced_survives_and_the_rest_may_not() {
    let disk = SimDisk::new(7);
    let handle = Handle { disk: disk.clone(), life: 0 };
    handle.set_len(64).unwrap();
    handle.write(0, b"synced").unwrap();
    handle.sync_data().unwrap();
    let mut lost = 0;
    for life in 0..50 {
        let handle = Handle { disk: disk.clone(), life };
        handle.write(32, &[life as u8 + 1; 8]).unwrap();
        disk.crash();
        assert!(handle.len().is_err(), "a handle of before the crash works");
        assert_eq!(&disk.bytes()[..6], b"synced");
        lost += u64::from(disk.bytes()[32..40] != [life as u8 + 1; 8]);
    }
    assert!((5..45).contains(&lost), "{lost} of 50");
}

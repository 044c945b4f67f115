//! Changing a registry.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::Duration;

use zksensor_model::device::Leaf;
use zksensor_model::field;
use zksensor_model::reading::UnixMillis;
use zksensor_model::registry::{Position, Registry, RegistryError};

use super::record::{self, ENROL, REPLACE, REVOKE};
use super::{Journal, RegistryFile, RegistryFileFailure, lock, take_over_bytes, tree, tree_path};
use crate::files::disk::{self, Overwrite, Staged, fault};
use crate::files::{FileError, Kind, Reason};

const MANY: usize = 4096;

/// A registry that nobody else can change: one change is made with it.
///
/// A change that is returned is on the disk. One that is not was not made, or was made and not acknowledged.
#[derive(Debug)]
pub struct RegistryWriter {
    /// Before the file, so that one without a change goes before somebody else can lock it.
    started: Started,
    file: File,
    bytes: Vec<u8>,
    pub(super) registry: RegistryFile,
    /// Records after which the next change joins them into one.
    pub(super) many: usize,
}

/// The path of a file that was made for a change, until the change is made.
#[derive(Debug)]
struct Started(Option<PathBuf>);

impl Drop for Started {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            fault::point();
            let _ = std::fs::remove_file(path);
        }
    }
}

impl RegistryWriter {
    /// Opens a registry, waiting for as long as `wait` while somebody else changes it.
    ///
    /// # Errors
    /// [`Reason::Locked`]; as [`RegistryFile::load`].
    pub fn open(path: &Path, wait: Duration) -> Result<RegistryWriter, FileError> {
        match RegistryWriter::open_if_there(path, wait)? {
            Some(writer) => Ok(writer),
            None => Err(not_there(path)),
        }
    }

    /// As [`RegistryWriter::open`]; starts the registry if there is none. If no change is made with it, it goes.
    ///
    /// # Errors
    /// As [`RegistryWriter::open`]; [`Reason::System`] if it cannot be written.
    pub fn open_or_start(path: &Path, wait: Duration) -> Result<RegistryWriter, FileError> {
        let mut started = false;
        loop {
            if let Some(mut writer) = RegistryWriter::open_if_there(path, wait)? {
                let is_ours = started && writer.registry.journal.changes.is_empty();
                writer.started = Started(is_ours.then(|| path.to_owned()));
                return Ok(writer);
            }
            match disk::write(path, Kind::Registry, Overwrite::Never, &record::head()) {
                // Somebody else was first.
                Err(FileError { reason: Reason::Exists { .. }, .. }) if path.exists() => {}
                Err(error) => return Err(error),
                Ok(()) => started = true,
            }
        }
    }

    fn open_if_there(path: &Path, wait: Duration) -> Result<Option<RegistryWriter>, FileError> {
        if disk::is_standard(path) {
            return Err(not_there(path));
        }
        let Some(mut file) = lock::open(path, Kind::Registry, wait)? else { return Ok(None) };
        let kind = Kind::Registry;
        let failed = |source| FileError::new(path, Reason::System { action: "read", kind, source });
        let length = file.metadata().map_err(failed)?.len();
        if length > kind.limit() {
            return Err(FileError::new(path, Reason::TooLarge { kind, limit: kind.limit() }));
        }
        let mut bytes = Vec::new();
        Read::by_ref(&mut file).take(kind.limit()).read_to_end(&mut bytes).map_err(failed)?;
        let registry = RegistryFile::from_bytes(path, &bytes)?;
        Ok(Some(RegistryWriter { started: Started(None), file, bytes, registry, many: MANY }))
    }

    /// What the file says before the change.
    pub fn registry(&self) -> &RegistryFile {
        &self.registry
    }

    /// Whether the file was made for this change.
    pub fn is_started(&self) -> bool {
        self.started.0.is_some()
    }

    /// Enrols devices at the time `now`, all or none: their positions in the same order.
    ///
    /// # Errors
    /// As [`zksensor_model::registry::Registry::enrol_all`]; [`FileError`] if it cannot be written.
    pub fn enrol(
        self,
        leaves: &[Leaf],
        now: UnixMillis,
    ) -> Result<(RegistryFile, Vec<Position>), RegistryFileFailure> {
        self.registry.journal.check_new(leaves)?;
        let first = self.registry.journal.enrolled();
        let count = u32::try_from(leaves.len()).expect("there is room for so many");
        let positions = (first..first + count).map(Position::of_enrolment).collect::<Result<Vec<_>, _>>()?;
        if leaves.is_empty() {
            return Ok((self.registry, positions));
        }
        let mut what = count.to_be_bytes().to_vec();
        leaves.iter().for_each(|leaf| what.extend(record::leaf_bytes(leaf)));
        Ok((self.change(ENROL, &what, now)?, positions))
    }

    /// Takes the device at `position` out for good.
    ///
    /// # Errors
    /// [`RegistryError::NotEnrolled`] or [`RegistryError::Revoked`]; [`FileError`] if it cannot be written.
    pub fn revoke(self, position: Position, now: UnixMillis) -> Result<RegistryFile, RegistryFileFailure> {
        self.registry.journal.check_registered(position)?;
        Ok(self.change(REVOKE, &position.get().to_be_bytes(), now)?)
    }

    /// Takes the device at `position` out and enrols `leaf` for it, in one change: the new position.
    ///
    /// # Errors
    /// As [`RegistryWriter::revoke`] and [`RegistryWriter::enrol`].
    pub fn replace(
        self,
        position: Position,
        leaf: &Leaf,
        now: UnixMillis,
    ) -> Result<(RegistryFile, Position), RegistryFileFailure> {
        self.registry.journal.check_registered(position)?;
        self.registry.journal.check_new(std::slice::from_ref(leaf)).map_err(|refusal| match refusal {
            RegistryError::Batch { reason, .. } => *reason,
            other => other,
        })?;
        let new = Position::of_enrolment(self.registry.journal.enrolled())?;
        let what = [&position.get().to_be_bytes()[..], &record::leaf_bytes(leaf)].concat();
        Ok((self.change(REPLACE, &what, now)?, new))
    }

    /// Joins the records into one, after checking every device and the root, and writes the nodes anew.
    ///
    /// # Errors
    /// [`FileError`] if the file is damaged or cannot be written.
    pub fn compact(mut self, now: UnixMillis) -> Result<RegistryFile, FileError> {
        let moment = self.registry.journal.now();
        self.registry.registry(moment)?;
        let changes = self.changes(now);
        self.registry.tree = Some((super::whole(&self.registry.journal, moment), moment));
        self.rewrite(&changes)?;
        Ok(self.done())
    }

    /// The bytes of all changes so far.
    fn changes(&self, now: UnixMillis) -> Vec<u8> {
        if !self.registry.first_format {
            return self.registry.journal.bodies(&self.bytes).concat();
        }
        let registry = Registry::read_from(&self.bytes).expect("it was read before");
        take_over_bytes(&registry, now)
    }

    fn change(mut self, kind: u8, what: &[u8], now: UnixMillis) -> Result<RegistryFile, FileError> {
        let before = self.registry.journal.now();
        let rewrite = self.registry.first_format || self.registry.journal.seals.len() >= self.many;
        // Before anything changes: those of a file of the first format begin with what it had.
        let past = if rewrite { self.changes(now) } else { Vec::new() };
        let time = now.get().max(self.registry.journal.last_time());
        let mut change = time.to_be_bytes().to_vec();
        change.push(kind);
        change.extend(what);

        // With any root: the right one is known after it.
        let any = [&change[..], &[0; 32]].concat();
        self.registry.journal.apply_all(&any).expect("what was checked can be done");
        let after = self.registry.journal.now();
        let changed = self.registry.journal.between(before, after);
        self.registry.tree_at(before, &changed)?;
        let (tree, of) = self.registry.tree.as_mut().expect("the nodes were just made");
        let root = tree.update(&changed, |index| self.registry.journal.leaf_at(index, after));
        *of = after;
        let root = field::to_be_bytes(&root);
        change.extend(root);
        self.registry.journal.changes.last_mut().expect("a change was made").root = root;

        if !rewrite {
            self.append(&change)?;
        } else if let Err(error) = self.rewrite(&[&past[..], &change].concat()) {
            // Joining the records is no part of what was asked for: where the file cannot be replaced, it grows. If it was
            // replaced and that may not last, nothing is added to what is no longer there.
            if self.registry.first_format || !lock::is_at(&self.file, &self.registry.path) {
                return Err(error);
            }
            self.append(&change)?;
        }
        Ok(self.done())
    }

    /// Adds a record at the end, where what was never finished is cut off.
    fn append(&mut self, changes: &[u8]) -> Result<(), FileError> {
        let journal = &mut self.registry.journal;
        let record = record::record(&journal.seal(), changes);
        let (start, torn) = (journal.length, journal.torn);
        let file = &mut self.file;
        let written = (|| {
            let _whole = disk::uninterrupted();
            if torn > 0 {
                fault::point();
                file.set_len(start)?;
            }
            file.seek(SeekFrom::Start(start))?;
            let written = fault::write_all(file, &record).and_then(|()| {
                fault::point();
                file.sync_data()
            });
            if written.is_err() {
                // What stays of it would be cut off by the next change, too.
                let _ = file.set_len(start);
            }
            written
        })();
        let failed = |source| {
            FileError::new(
                &self.registry.path,
                Reason::System { action: "write", kind: Kind::Registry, source },
            )
        };
        written.map_err(failed)?;
        fault::point();
        let seal = record.last_chunk().expect("a record ends with its seal");
        journal.seals.push((*seal, journal.moments()));
        journal.length = start + record.len() as u64;
        journal.torn = 0;
        Ok(())
    }

    /// Writes a new file of one record in the place of this one. Whoever waits for the lock of the old one opens it anew.
    fn rewrite(&mut self, changes: &[u8]) -> Result<(), FileError> {
        let mut bytes = record::head().to_vec();
        if !changes.is_empty() {
            bytes.extend(record::record(&record::first_seal(), changes));
        }
        let mut staged = Staged::create(&self.registry.path, Kind::Registry, Overwrite::Replace)?;
        if !staged.is_file() {
            let what = "it is an open file that nothing can take the place of";
            return Err(staged.error(io::Error::new(io::ErrorKind::InvalidInput, what)));
        }
        staged.put(&bytes)?;
        staged.commit()?;
        self.registry.journal = Journal::from_bytes(&bytes).expect("what was just written can be read");
        self.registry.first_format = false;
        Ok(())
    }

    /// Keeps the nodes for the next time. They are a help: whatever fails here, they are computed again.
    fn done(mut self) -> RegistryFile {
        self.started.0 = None;
        let registry = self.registry;
        if let Some((tree, moment)) = &registry.tree
            && *moment == registry.journal.now()
        {
            let _ = keep(&self.file, &registry.path, &tree.to_bytes(&registry.journal.seal()));
        }
        registry
    }
}

fn not_there(path: &Path) -> FileError {
    let source = io::ErrorKind::NotFound.into();
    FileError::new(path, Reason::System { action: "write", kind: Kind::Registry, source })
}

/// Writes the nodes beside the registry, for whoever may read that. Nothing but nodes is replaced by them.
fn keep(registry: &File, path: &Path, bytes: &[u8]) -> Option<()> {
    let path = tree_path(path)?;
    let overwrite = match std::fs::symlink_metadata(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Overwrite::Never,
        Ok(there) if there.is_file() => {
            let mut head = Vec::new();
            File::open(&path).ok()?.take(tree::MAGIC.len() as u64).read_to_end(&mut head).ok()?;
            (head.is_empty() || head == tree::MAGIC).then_some(Overwrite::Replace)?
        }
        _ => return None,
    };
    let mut staged = Staged::create(&path, Kind::Registry, overwrite).ok()?;
    staged.put(bytes).ok()?;
    staged.allow(registry.metadata().ok()?.permissions()).ok()?;
    staged.commit_unflushed().ok()
}

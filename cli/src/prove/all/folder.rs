//! The folder that the proofs of an epoch go to, a file each.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use zksensor::circuits::statement::Statement;
use zksensor::files::{self, FileProof, Overwrite, ProofFile, Reason, Staged};
use zksensor::model::field::Fr;
use zksensor::model::known::AnyClaim;
use zksensor::model::registry::Chunk;

use super::super::ProveCommandError;
use super::{Place, Proven};
use crate::backend::Backend;

/// A folder for proofs of one statement under one key.
pub(super) struct Folder<B: Backend> {
    path: PathBuf,
    statement: AnyClaim,
    key: B::VerifyingKey,
    overwrite: Overwrite,
}

impl<B: Backend> Folder<B> {
    /// The folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`ProveCommandError::Folder`].
    pub(super) fn of(
        path: PathBuf,
        statement: &impl Statement,
        key: &B::VerifyingKey,
        overwrite: Overwrite,
    ) -> Result<Folder<B>, ProveCommandError> {
        let folder = Folder { path, statement: AnyClaim::of(statement), key: key.clone(), overwrite };
        let failed = |source| ProveCommandError::Folder { path: folder.path.clone(), source };
        fs::create_dir_all(&folder.path).map_err(failed)?;
        Ok(folder)
    }

    pub(super) fn key(&self) -> &B::VerifyingKey {
        &self.key
    }

    pub(super) fn as_path(&self) -> &Path {
        &self.path
    }

    /// Why not all of so many chunks are proven, and that others are.
    pub(super) fn after(&self, written: usize, of: usize, reason: ProveCommandError) -> ProveCommandError {
        ProveCommandError::AfterSome { written, of, folder: self.path.clone(), reason: Box::new(reason) }
    }

    /// Where the proof of a chunk goes: by the name of its policy, if that is one of several.
    pub(super) fn path(&self, name: Option<&OsStr>, epoch: u32, chunk: Chunk) -> PathBuf {
        let mut file = OsString::new();
        if let Some(name) = name {
            file.push(name);
            file.push("-");
        }
        file.push(format!("epoch-{epoch}-chunk-{}.json", chunk.index()));
        self.path.join(file)
    }

    /// The proof that is there already, if it shows these public inputs; none if it is not there or to be replaced.
    ///
    /// # Errors
    /// [`ProveCommandError::OtherProof`] for anything else that is there, unless it may be replaced; a file that cannot be written.
    pub(super) fn kept(
        &self,
        path: &Path,
        chunk: Chunk,
        words: &[Fr],
    ) -> Result<Option<ProofFile<B::Proof>>, ProveCommandError> {
        if fs::symlink_metadata(path).is_ok() {
            match self.same(path, words) {
                Ok(file) => return Ok(Some(file)),
                Err(why) if self.overwrite == Overwrite::Never => {
                    return Err(ProveCommandError::OtherProof { path: path.to_owned(), chunk, why });
                }
                Err(_) => {}
            }
        }
        // What cannot be written is known before anything is proven.
        drop(Staged::create(path, <B::Proof as FileProof>::KIND, self.overwrite)?);
        Ok(None)
    }

    /// The proof in a file, if it is one of these public inputs under the key; else what it is.
    fn same(&self, path: &Path, words: &[Fr]) -> Result<ProofFile<B::Proof>, String> {
        // A pipe is not waited for.
        if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
            return Err("something that is no file".to_owned());
        }
        let bytes = files::read(path, <B::Proof as FileProof>::KIND);
        let file = bytes.and_then(|bytes| B::proof_file(path, &bytes));
        let file = file.map_err(|error| format!("none that can be read ({})", error.reason))?;
        let other = |why: &str| Err(format!("a proof that {why}"));
        if file.statement().id() != self.statement.id() {
            return other("is of another statement");
        }
        if file.key_id() != B::key_id(&self.key).to_string() {
            return other("is under another key");
        }
        if file.words() != words {
            return other("shows other public inputs: of other readings, another policy or another registry");
        }
        match B::verify_file(&file, self.key.clone()) {
            Ok(()) => Ok(file),
            Err(_) => other("does not hold"),
        }
    }

    /// Writes a proof, unless another run that proves the same has written its own meanwhile: then that one is kept.
    ///
    /// # Errors
    /// Another file that is there meanwhile; one that cannot be written.
    pub(super) fn write(&self, place: &Place, proof: B::Proof) -> Result<Proven<B>, ProveCommandError> {
        let Place { round, chunk, path, words } = place;
        let file = ProofFile::new(self.statement.clone(), B::key_id(&self.key), proof, words.clone())?;
        let (file, is_kept) = match file.save(path, self.overwrite) {
            Ok(()) => (file, false),
            Err(error) if matches!(error.reason, Reason::Exists { .. }) => {
                (self.kept(path, *chunk, words)?.ok_or(error)?, true)
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Proven { round: *round, chunk: *chunk, path: path.clone(), file, is_kept })
    }
}
